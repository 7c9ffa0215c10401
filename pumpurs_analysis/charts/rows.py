"""Charts made of rows: words, and beside them a bar or dots, from the top down.

Words stand in a column left of the marks, their values right of them. Positions are pixels from the
top: what is put in decides how high the chart is. A page puts the words above their marks where a
card is too narrow for both, and joins headings that were broken for a phone (kit.js); for that
``layout.meta`` tells where rows and columns are.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pumpurs_analysis.charts import theme
from pumpurs_analysis.charts.draft import Draft

_LINE = 19  # a line of text
_CHARACTERS = 32  # what fits a card on the narrowest phone, and the column of words
_LETTER = 7.6  # pixels of a letter, about (as in kit.js)
SOFT = "<br />"  # a break for want of room; "<br>" is one that is meant
_BOLDER = 3  # how many characters fewer fit in bold
_MOST_BEHIND = 24  # characters that stand right of the marks; longer words stand under the label
_BAR = 14
_GAP = 8
_APART_COLUMNS = 14


_DOT = 10  # diameter of a dot
_APART = 8  # pixels between the dots of one row, so that their intervals do not cover each other

Shape = Literal["bar", "circle", "diamond", "square", "x"]


@dataclass(frozen=True)
class Row:
    """One mark with its label; without a value only the label, which says why.

    ``low`` and ``high`` draw its interval, ``origin`` a line to it, ``behind`` a thicker pale bar
    behind it: what could have been. ``end`` stands right of the mark. ``pick`` is the value that
    pressing the row narrows a page to.
    """

    label: str
    value: float | None
    colour: str
    low: float | None = None
    high: float | None = None
    origin: float | None = None
    shape: Shape = "bar"
    opacity: float = 1.0
    behind: float | None = None
    end: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Dot:
    """A dot with its interval."""

    value: float
    shape: Shape
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dots:
    """Words, and beside them several dots of one colour; the rest as in ``Row``."""

    label: str
    dots: tuple[Dot, ...]
    colour: str
    end: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Heading:
    """Words over the rows that follow; ``detail`` stands under them in a quieter colour."""

    text: str
    detail: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Divider:
    """A dotted line across, with its words: the series breaks here."""

    text: str


Item = Row | Dots | Heading | Divider


def draw_rows(figure: Draft, items: Sequence[Item], *, limits: tuple[float, float]) -> int:
    """Draw items from the top down.

    Args:
        figure: Gets the traces and words.
        items: What to draw, in order.
        limits: Ends of the value axis.

    Returns:
        Height of the drawing in pixels.

    Example:
        >>> draw_rows(Draft(), [Heading("Riski"), Row("71 %", 71, "#0072B2")], limits=(0, 100))
        50
    """
    top = 4
    items = list(_under_label(_one_row(items)))
    marked = [item for item in items if isinstance(item, Row | Dots)]
    left = _column([line for item in marked for line in _lines(item.label)])
    right = _column([item.end for item in marked])
    places, at, behind = [], [], len(figure.traces)
    for item in items:
        above = top
        if isinstance(item, Heading):
            top = _heading(figure, item, top, left=left)
        elif isinstance(item, Divider):
            top = _divider(figure, item, top, left=left)
        else:
            words, marks = _LINE * len(_lines(item.label)), _high(item)
            top += max(words, marks) + _GAP
            at.append([above, top - above, words, marks])
            middle = (above + top) / 2
            _words(figure, item, middle, left=left, right=right)
            if isinstance(item, Dots):
                _dots(figure, item, middle)
            else:
                _row(figure, item, middle, zero=limits[0])
        if not isinstance(item, Divider) and item.pick:
            places.append((item.pick, above, top))
    if places:
        figure.traces.insert(behind, _pressed(places, limits))
    figure.update_xaxes(range=list(limits))
    figure.update_yaxes(range=[top, 0], visible=False)
    figure.update_layout(
        margin={"l": theme.EDGE + left, "r": theme.EDGE + right, "b": 12}, barmode="overlay",
        meta={"rows": at, "left": left, "right": right},
    )  # fmt: skip
    return top


def _one_row(items: Sequence[Item]) -> Iterator[Item]:
    """Join a heading with the only row under it: one line of words fewer."""
    skipped = -1
    for at, item in enumerate(items):
        below = items[at + 1 : at + 3]
        if (
            isinstance(item, Heading) and not item.detail and item.text
            and below and isinstance(below[0], Row | Dots)
            and not (below[1:] and isinstance(below[1], Row | Dots))
        ):  # fmt: skip
            label = f"<b>{item.text}</b><br>{below[0].label}"
            yield replace(below[0], label=label, pick=item.pick or below[0].pick)
            skipped = at + 1
        elif at != skipped:
            yield item


def _under_label(items: Iterator[Item]) -> Iterator[Item]:
    """Put what would stand right of the marks under the label, where it is long in any row."""
    listed = list(items)
    ends = [_plain(item.end) for item in listed if isinstance(item, Row | Dots)]
    is_long = any(len(end) > _MOST_BEHIND or "<br>" in end for end in ends)
    for item in listed:
        if is_long and isinstance(item, Row | Dots) and item.end:
            yield replace(item, label=f"{item.label}<br>{item.end}", end="")
        else:
            yield item


def _column(texts: Sequence[str]) -> int:
    """Give the width of the longest text in pixels, with room beside it."""
    widths = [
        len(_plain(text)) * _LETTER + (text.count("<b>") > 0) * _BOLDER * 2
        for text in texts if text
    ]  # fmt: skip
    return round(max(widths)) + _APART_COLUMNS if widths else 0


def _lines(text: str) -> list[str]:
    return re.split("<br(?: /)?>", _wrapped(text))


def _plain(text: str) -> str:
    return re.sub(r"</?b>", "", text)


def _pressed(
    places: Sequence[tuple[str, float, float]], limits: tuple[float, float]
) -> dict[str, Any]:
    """Lay a band behind each row that can be pressed; only the chosen one is seen."""
    low, high = limits
    return {
        "type": "bar", "name": "picks", "orientation": "h", "hoverinfo": "none",
        "base": low, "x": [high - low] * len(places),
        "y": [(above + below) / 2 - 2 for _, above, below in places],
        "width": [below - above for _, above, below in places],
        "customdata": [pick for pick, _, _ in places],
        "marker": {"color": theme.CHOSEN, "opacity": 0},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def write(figure: Draft, text: str, top: int, *, colour: str = theme.TEXT) -> int:
    """Write a text from a height on and give the height below it.

    Example:
        >>> write(Draft(), "Riski", 0)
        19
    """
    return _text(figure, _wrapped(text), top, colour=colour)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines, never inside a word.

    Example:
        >>> wrapped("Sociālā vide un veselība", 12)
        ['Sociālā vide', 'un veselība']
    """
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _heading(figure: Draft, item: Heading, top: int, *, left: int) -> int:
    top += 8
    top = _text(figure, _wrapped(f"<b>{item.text}</b>"), top, left=left)
    if not item.detail:
        return top
    return _text(figure, _wrapped(item.detail), top, colour=theme.MUTED, left=left)


def _divider(figure: Draft, item: Divider, top: int, *, left: int) -> int:
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=top, y1=top,
        line={"color": theme.MUTED, "width": 1, "dash": "dot"},
    )  # fmt: skip
    text = _wrapped(item.text)
    return _text(figure, text, top + 2, colour=theme.MUTED, name="break", left=left) + 6


def _high(item: Row | Dots) -> int:
    """Give the height of a row's marks."""
    if isinstance(item, Dots):
        return _DOT + max(len(item.dots) - 1, 0) * _APART
    return 0 if item.value is None else _BAR + 8 * (item.behind is not None)


def _row(figure: Draft, item: Row, middle: float, *, zero: float) -> None:
    if item.value is None:
        return
    dot = Dot(item.value, item.shape, item.low, item.high)
    if item.behind is not None:
        figure.add_bar(
            x=[item.behind - zero], base=zero, y=[middle], width=_BAR + 8, orientation="h",
            marker={"color": theme.BEHIND}, hoverinfo="skip", name="behind",
        )  # fmt: skip
    if item.shape == "bar":
        figure.add_bar(
            x=[item.value - zero], base=zero, y=[middle], orientation="h",
            width=_BAR - 4 * (item.behind is not None), hoverinfo="skip",
            marker={"color": item.colour, "opacity": item.opacity},
            error_x=_interval(dot, theme.TEXT),
        )  # fmt: skip
    else:
        if item.origin is not None:
            figure.add_shape(
                type="line", x0=item.origin, x1=item.value, y0=middle, y1=middle,
                line={"color": item.colour, "width": 2},
            )  # fmt: skip
        _dot(figure, dot, middle=middle, colour=item.colour)


def _dots(figure: Draft, item: Dots, middle: float) -> None:
    first = middle - (len(item.dots) - 1) * _APART / 2
    for place, dot in enumerate(item.dots):
        _dot(figure, dot, middle=first + place * _APART, colour=item.colour)


def _dot(figure: Draft, dot: Dot, *, middle: float, colour: str) -> None:
    figure.add_scatter(
        x=[dot.value], y=[middle], mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"color": colour, "size": _DOT, "symbol": dot.shape},
        error_x=_interval(dot, colour),
    )  # fmt: skip


def _interval(dot: Dot, colour: str) -> dict[str, Any] | None:
    value, low, high = dot.value, dot.low, dot.high
    if low is None or high is None:
        return None
    return {
        "type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low],
        "color": colour, "thickness": 1.5, "width": 3,
    }  # fmt: skip


def _words(figure: Draft, item: Row | Dots, middle: float, *, left: int, right: int) -> None:
    """Write a row's words left of its marks, and what stands right of them."""
    common = {"xref": "paper", "y": middle, "yanchor": "middle", "showarrow": False, "borderpad": 0}
    figure.add_annotation(
        name="row", text=_wrapped(item.label), x=0, xanchor="left", align="left", xshift=-left,
        **common,
    )  # fmt: skip
    if item.end:
        figure.add_annotation(
            name="end", text=item.end, x=1, xanchor="right", align="right", xshift=right, **common
        )


def _text(
    figure: Draft, text: str, top: int, *,
    colour: str = theme.TEXT, name: str = "label", left: int = 0,
) -> int:  # fmt: skip
    figure.add_annotation(
        name=name, text=text, x=0, xref="paper", xanchor="left", y=top, yanchor="top",
        align="left", showarrow=False, borderpad=0, font={"color": colour}, xshift=-left,
    )  # fmt: skip
    return top + _LINE * (text.count("<br") + 1)


def _wrapped(text: str) -> str:
    """Wrap each line by what is seen: the marks of bold words take no room."""
    return "<br>".join(_wrapped_line(line, _CHARACTERS) for line in text.split("<br>"))


def _wrapped_line(line: str, width: int) -> str:
    plain = re.sub(r"</?b>", "", line)
    is_bold = line == f"<b>{plain}</b>"
    width -= _BOLDER * is_bold
    if len(plain) <= width:
        return line
    # While wrapping, a mark is one letter long; it never stands at a line's end.
    short = plain if is_bold else line.replace("<b>", "\x01").replace("</b>", "\x02")
    marks = 0 if is_bold else 2
    parts = textwrap.wrap(short, width + marks, break_long_words=False, break_on_hyphens=False)
    whole = SOFT.join(f"<b>{part}</b>" if is_bold else part for part in parts)
    return whole.replace("\x01", "<b>").replace("\x02", "</b>")
