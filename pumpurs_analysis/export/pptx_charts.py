"""A Drawing as a native chart of PPTX: it can be edited, and holds the numbers drawn alone."""

from typing import Any
from xml.sax.saxutils import quoteattr

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.oxml import parse_xml
from pptx.util import Pt

from pumpurs_analysis.charts import theme
from pumpurs_analysis.export.decks import Slide
from pumpurs_analysis.export.drawings import Drawing, Series, Unit
from pumpurs_analysis.text import NBSP, Language

TAG = {"lv": "lv-LV", "en": "en-GB"}
Box = tuple[int, int, int, int]
_Pptx = Any  # it ships no types
_SMALLER = 8  # categories from which letters become smaller
_LONG = 10  # letters of a number; longer ones are broken by some programs
_KIND = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_PER: dict[Unit, int] = {"count": 1, "share": 1, "money": 100}
_PLOT_POINTS, _SPACE = 500, 0.3  # width of a plot, and of a space for one of size
_NAMES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def describe(shape: _Pptx, text: str) -> None:
    """Give a shape the words for who cannot see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)  # noqa: SLF001  (pptx has no other door)


def add_chart(slide: _Pptx, made: Slide, body: Box, *, language: Language) -> None:
    """Add a slide's chart, if it has one."""
    drawing = made.drawing
    if drawing is None:
        return
    data = CategoryChartData(number_format=_number_format(drawing, language))
    data.categories = _categories(drawing)
    for each in drawing.series:
        per = _PER[drawing.unit]
        data.add_series(each.name, [None if n is None else n / per for n in each.numbers])
    shape = slide.shapes.add_chart(_KIND[drawing.kind], *body, data)
    describe(shape, made.alt)
    chart = shape.chart
    longest = max(len(word) for each in drawing.series for word in each.words)
    size = 16 if len(drawing.categories) < _SMALLER else 12
    number_size = min(size, 14) if longest > _LONG else size
    chart.font.size, chart.font.color.rgb = Pt(size), _rgb(theme.TEXT)
    chart.font._rPr.set("lang", TAG[language])  # noqa: SLF001  (pptx has no other door)
    chart.has_title = False
    chart.has_legend = len(drawing.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(chart, drawing)
    plot = chart.plots[0]
    plot.has_data_labels = True
    _label(plot.data_labels, drawing, language, size=number_size)
    if drawing.kind != "line":
        plot.gap_width, plot.overlap, plot.vary_by_categories = 45, -5, False
    for series, each in zip(plot.series, drawing.series, strict=True):
        _paint(series, each, drawing)
        if any(each.ends):
            _whiskers(series, each)
            _label(series.data_labels, drawing, language, size=size)
            _move_labels(series, each, drawing=drawing, form=_number_format(drawing, language))


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def _label(labels: _Pptx, drawing: Drawing, language: Language, *, size: int) -> None:
    labels.number_format_is_linked = False
    labels.number_format = _number_format(drawing, language)
    is_line = drawing.kind == "line"
    labels.position = XL_LABEL_POSITION.ABOVE if is_line else XL_LABEL_POSITION.OUTSIDE_END
    labels.show_value = True
    labels.font.size, labels.font.bold = Pt(size), True


def _categories(drawing: Drawing) -> list[str]:
    """Names of categories; where a value is missing, why: an empty place is no zero."""
    names = []
    for place, name in enumerate(drawing.categories):
        missing = [
            each.words[place] if len(drawing.series) == 1 else f"{each.name}: {each.words[place]}"
            for each in drawing.series
            if each.numbers[place] is None
        ]
        words = list(dict.fromkeys(missing))
        names.append(f"{name} ({'; '.join(words)})" if words else name)
    return names


def _number_format(drawing: Drawing, language: Language) -> str:
    """Show numbers as the language does; thousands are set apart whatever the machine speaks."""
    if drawing.unit == "share":
        return f'[$-426]0.0"{NBSP}"%' if language == "lv" else f'0.0"{NBSP}"%'
    shown = [value for each in drawing.series for value in each.numbers if value is not None]
    is_whole = all(value % _PER[drawing.unit] == 0 for value in shown)
    rest = "" if is_whole else ".00"
    if language == "en":
        return f"#,##0{rest}" if drawing.unit == "count" else f'"€"#,##0{rest}'
    sign = f'"{NBSP}€"' if drawing.unit == "money" else ""
    apart = f'"{NBSP}"'
    return (
        f"[$-426][>=1000000]#{apart}###{apart}##0{rest}{sign};"
        f"[>=1000]#{apart}##0{rest}{sign};0{rest}{sign}"
    )


def _axes(chart: _Pptx, drawing: Drawing) -> None:
    values, names = chart.value_axis, chart.category_axis
    values.visible = values.has_major_gridlines = False
    values.minimum_scale, values.maximum_scale = 0, _end(drawing)
    names.has_major_gridlines = False
    names.format.line.color.rgb = _rgb(theme.GRID)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    (last,) = names._element.xpath("./c:noMultiLvlLbl")  # noqa: SLF001  (pptx knows no skipped names)
    last.addprevious(parse_xml(f'<c:tickLblSkip {_NAMES} val="1"/>'))
    if drawing.kind == "bar":
        names.reverse_order = True


def _end(drawing: Drawing) -> float:
    """Where the axis ends: right of the longest bar there is room for its number."""
    ends = [pair[1] for each in drawing.series for pair in each.ends if pair]
    values = [value for each in drawing.series for value in each.numbers if value is not None]
    room = 1.3 if drawing.unit == "money" and drawing.kind == "bar" else 1.15  # sums are long
    return max([*values, *ends]) / _PER[drawing.unit] * room or 1.0


def _paint(series: _Pptx, given: Series, drawing: Drawing) -> None:
    if drawing.kind == "line":
        series.format.line.color.rgb = _rgb(given.colour)
        series.format.line.width = Pt(3)
        series.smooth = False
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = _rgb(given.colour)
        return
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = _rgb(given.colour)
    series.invert_if_negative = False
    for place, colour in enumerate(given.colours):
        point = series.points[place].format.fill
        point.solid()
        point.fore_color.rgb = _rgb(colour)


def _whiskers(series: _Pptx, given: Series) -> None:
    """Draw intervals as error bars, which can be edited too."""
    pairs = list(enumerate(zip(given.numbers, given.ends, strict=True)))

    def numbers(end: int) -> str:
        points = "".join(
            f'<c:pt idx="{place}"><c:v>{abs(ends[end] - value):.6f}</c:v></c:pt>'
            for place, (value, ends) in pairs
            if value is not None and ends is not None
        )
        count = f'<c:ptCount val="{len(pairs)}"/>'
        return f"<c:numLit><c:formatCode>General</c:formatCode>{count}{points}</c:numLit>"

    bars = (
        f'<c:errBars {_NAMES}><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/><c:plus>{numbers(1)}</c:plus><c:minus>{numbers(0)}</c:minus>'
        f'<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="{theme.TEXT[1:]}"/></a:solidFill>'
        "</a:ln></c:spPr></c:errBars>"
    )
    element = series._element  # noqa: SLF001  (pptx knows no error bars)
    element.xpath("./c:cat")[0].addprevious(parse_xml(bars))


def _move_labels(series: _Pptx, given: Series, *, drawing: Drawing, form: str) -> None:
    """Move each number behind its interval, by spaces in its number format: it stays editable."""
    labels = series.data_labels._element  # noqa: SLF001  (pptx sets no format of a single label)
    size = series.data_labels.font.size.pt
    shows = "".join(
        f'<c:show{name} val="{int(name == "Val")}"/>'
        for name in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    made = []
    for place, (value, ends) in enumerate(zip(given.numbers, given.ends, strict=True)):
        if value is None or ends is None:
            continue
        points = (ends[1] - value) / _end(drawing) * _PLOT_POINTS
        spaces = NBSP * (1 + round(points / (size * _SPACE)))
        moved = quoteattr(form.replace("0.0", f'"{spaces}"0.0', 1))
        made.append(
            f'<c:dLbl {_NAMES}><c:idx val="{place}"/>'
            f'<c:numFmt formatCode={moved} sourceLinked="0"/><c:spPr/>'
            '<c:txPr><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr>'
            f'<a:defRPr sz="{size * 100:.0f}" b="1"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
            f'<c:dLblPos val="outEnd"/>{shows}</c:dLbl>'
        )
    for label in reversed(made):
        labels.insert(0, parse_xml(label))
