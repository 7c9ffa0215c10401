"""A release as a workbook: a sheet with a native chart for each figure, and what explains it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from pumpurs_analysis import catalogue, tables
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import contents, findings
from pumpurs_analysis.export.contents import Headline, Where
from pumpurs_analysis.export.drawings import Drawing, Series, Unit, draw
from pumpurs_analysis.export.table_workbook import for_print, height_for
from pumpurs_analysis.releases import Release
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import Language, say, short_date

_Xlsx = Any  # xlsxwriter ships no types
_DAY = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_SHEET_NAME = 31  # characters that a sheet's name may have
_WIDEST, _NARROWEST = 60, 9
_CENTS = 100
_FORMATS: dict[Unit, str] = {"count": "#,##0", "share": "0.0\\ %", "money": '#,##0.00\\ "€"'}
_DECIMALS = "#,##0.##"
_KINDS = {"bar": "bar", "column": "column", "line": "line"}


def workbook(release: Release, where: Where, language: Language, *, is_final: bool) -> bytes:
    """Write a release.

    Args:
        release: What may be shown.
        where: What it is narrowed to.
        language: Language of headings and notes; numbers are numbers.
        is_final: Whether it says final, else draft.

    Returns:
        The bytes of an XLSX file; the same release gives the same bytes.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        marks = contents.marks(release, language, is_final=is_final)
        book.set_properties({"created": _DAY, "title": title(release, language),
                             "keywords": ", ".join(marks), "author": "PuMPuRS"})  # fmt: skip
        writer = _Writer(book, language)
        about = writer.sheet(say("publish.sheet.about", language))
        writer.headlines(contents.headlines(release, where))
        found = list(contents.figures(release, where))
        sheets = {name: writer.figure(shown) for name, shown in found}
        lines = [title(release, language), *marks]
        more = (contents.period(release, language), contents.extracted(release, language))
        lines += filter(None, (contents.about(where, language), *more))
        lines += [say(key, language) for key in ("publish.marks", "slides.method.units_text")]
        lines.append(f"{hidden_of([shown for _, shown in found], language)}.")
        writer.about(about, lines, sheets)
        writer.definitions(found)
        writer.sources(found)
        writer.recipes(release, found)
    return out.getvalue()


def title(release: Release, language: Language) -> str:
    """Give the title of what is published."""
    is_records = release.data.evidence == "records"
    return say("publish.title" if is_records else "publish.title_published", language)


@dataclass
class _Writer:
    """One workbook being written."""

    book: _Xlsx
    language: Language
    names: set[str] = field(default_factory=set)
    formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def format(self, **properties: object) -> _Xlsx:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(properties))
        return self.formats[key]

    def sheet(self, name: str) -> _Xlsx:
        short, count = name[:_SHEET_NAME], 2
        while short.lower() in self.names:
            short, count = f"{name[: _SHEET_NAME - 3]} {count}", count + 1
        self.names.add(short.lower())
        made = self.book.add_worksheet(short)
        for_print(made)
        return made

    def head(self, sheet: _Xlsx, line: int, labels: Sequence[str]) -> None:
        bold = self.format(bold=True, text_wrap=True, valign="top", bottom=1)
        for place, label in enumerate(labels):
            sheet.write_string(line, place, label, bold)

    def text(self, sheet: _Xlsx, line: int, texts: Sequence[str]) -> None:
        wrap = self.format(text_wrap=True, valign="top")
        for place, text in enumerate(texts):
            sheet.write_string(line, place, text, wrap)

    def listing(self, key: str, columns: Mapping[str, int], rows: Sequence[Sequence[str]]) -> None:
        sheet = self.sheet(say(f"publish.sheet.{key}", self.language))
        self.head(sheet, 0, [say(f"publish.column.{name}", self.language) for name in columns])
        for place, width in enumerate(columns.values()):
            sheet.set_column(place, place, width)
        for line, row in enumerate(rows, start=1):
            self.text(sheet, line, row)
            sheet.set_row(line, height_for(zip(row, columns.values(), strict=True)))
        sheet.freeze_panes(1, 0)

    def about(self, sheet: _Xlsx, lines: Sequence[str], sheets: Mapping[str, str]) -> None:
        sheet.set_column(0, 0, 100)
        for place, line in enumerate(lines):
            bold = self.format(bold=True, font_size=16)
            plain = self.format(text_wrap=True, valign="top")
            sheet.write_string(place, 0, line, plain if place else bold)
            if place:
                sheet.set_row(place, height_for([(line, 100)]))
        for place, name in enumerate(sheets.values(), start=len(lines) + 1):
            sheet.write_url(place, 0, f"internal:'{name}'!A1", string=name)

    def headlines(self, known: Sequence[Headline]) -> None:
        sheet = self.sheet(say("publish.sheet.headlines", self.language))
        self.head(sheet, 0, [say(f"publish.column.{name}", self.language)
                             for name in ("figure", "value", "recipe")])  # fmt: skip
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 2, 16)
        for line, each in enumerate(known, start=1):
            sheet.write_string(line, 0, each.label(self.language))
            if each.value is None:
                right = self.format(align="right")
                mark = tables.HIDDEN if each.state == "hidden" else tables.MISSING
                sheet.write_string(line, 1, mark, right)
            else:
                value = each.value / _CENTS if each.unit == "money" else each.value
                sheet.write_number(line, 1, value, self.format(num_format=_FORMATS[each.unit]))
            sheet.write_string(line, 2, each.recipe)

    def figure(self, shown: Published) -> str:
        """Write a figure's sheet: words, table, and the chart with the cells it draws."""
        language = self.language
        table = tables.table(shown, language=language)
        named = findings.neutral_title(shown, language)
        asked = filter(None, shown.result.choices.get("by", "").split(", "))
        by = ", ".join(say(f"dimension.{each}", language).lower() for each in asked)
        sheet = self.sheet(self.short(shown, named, by))
        sheet.write_string(0, 0, f"{named} ({by})" if by else named,
                           self.format(bold=True, font_size=14))  # fmt: skip
        sheet.write_string(1, 0, footnote(shown, language), self.format(font_color="#5A6470"))
        first = 3
        self.head(sheet, first, [column.label for column in table.columns])
        for line, row in enumerate(table.rows, start=first + 1):
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                self.cell(sheet, (line, place), cell=cell, column=column)
        widths = []
        for place, column in enumerate(table.columns):
            longest = max([len(column.label) // 2, *(len(row[place].text) for row in table.rows)])
            widths.append(max(_NARROWEST, min(_WIDEST, longest + 2)))
            sheet.set_column(place, place, widths[-1])
        labels = [column.label for column in table.columns]
        sheet.set_row(first, height_for(zip(labels, widths, strict=True)))
        sheet.freeze_panes(first + 1, 1)
        drawing = draw(shown, language)
        if drawing is not None and not drawing.is_empty:
            self.chart(sheet, drawing, line=first + len(table.rows) + 3, named=named)
        return str(sheet.get_name())

    def short(self, shown: Published, named: str, by: str) -> str:
        """Name a sheet shortly: 31 characters are all that a workbook allows."""
        key = f"page.measure.{shown.result.name}"
        is_known = shown.result.evidence == "records" and key in catalogue.entries("texts")
        words = say(key, self.language) if is_known else named
        words = f"{words} ({by})" if by else words
        return re.sub(r"[\[\]:*?/\\]", " ", words)

    def cell(
        self, sheet: _Xlsx, at: tuple[int, int], *, cell: tables.Cell, column: tables.Column
    ) -> None:
        marks = {tables.HIDDEN, tables.MISSING, tables.NOT_APPLICABLE}
        if not column.is_number or cell.text in marks or not isinstance(cell.sort, float):
            right = self.format(align="right") if column.is_number else None
            sheet.write_string(*at, cell.text, right)
        elif "€" in cell.text:
            sheet.write_number(*at, cell.sort / _CENTS, self.format(num_format=_FORMATS["money"]))
        elif "%" in cell.text:
            sheet.write_number(*at, cell.sort, self.format(num_format=_FORMATS["share"]))
        else:
            shape = _FORMATS["count"] if cell.sort.is_integer() else _DECIMALS
            sheet.write_number(*at, cell.sort, self.format(num_format=shape))

    def chart(self, sheet: _Xlsx, drawing: Drawing, *, line: int, named: str) -> None:
        """Write what is drawn as cells and a chart of these cells, under the table."""
        labels = [say("publish.column.category", self.language),
                  *(each.name for each in drawing.series)]  # fmt: skip
        self.head(sheet, line, labels)
        shape = self.format(num_format=_FORMATS[drawing.unit])
        last = line + len(drawing.categories)
        for place, category in enumerate(drawing.categories):
            sheet.write_string(line + 1 + place, 0, category)
            for which, each in enumerate(drawing.series, start=1):
                value = each.numbers[place]
                if value is None:
                    sheet.write_string(line + 1 + place, which, each.words[place])
                else:
                    whole = value / _CENTS if drawing.unit == "money" else value
                    sheet.write_number(line + 1 + place, which, whole, shape)
        chart = self.book.add_chart({"type": _KINDS[drawing.kind]})
        for which, each in enumerate(drawing.series, start=1):
            chart.add_series(
                {
                    "name": [sheet.get_name(), line, which],
                    "categories": [sheet.get_name(), line + 1, 0, last, 0],
                    "values": [sheet.get_name(), line + 1, which, last, which],
                    "data_labels": {"value": True},
                    "gap": 50,
                    **_look(each, drawing),
                }
            )
        chart.set_title({"name": named, "name_font": {"size": 12}})
        chart.set_legend({"none": True} if len(drawing.series) == 1 else {"position": "top"})
        if drawing.kind == "bar":
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        else:
            chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_size({"width": 760, "height": 160 + 34 * len(drawing.categories)})
        description = {"description": f"{named}. {drawing.told()}"}
        sheet.insert_chart(last + 2, 0, chart, description)

    def definitions(self, found: Sequence[tuple[str, Published]]) -> None:
        rows: dict[tuple[str, ...], None] = {}
        for _, shown in found:
            named = findings.neutral_title(shown, self.language)
            for column in tables.table(shown, language=self.language).columns:
                rows[named, column.label, _unit(column.key, self.language), ""] = None
            for note in shown.result.notes:
                rows[named, "", "", say(note, self.language)] = None
        widths = {"figure": 44, "column": 40, "unit": 20, "note": 100}
        self.listing("definitions", widths, list(rows))

    def sources(self, found: Sequence[tuple[str, Published]]) -> None:
        rows = {
            (each.publisher, each.title, each.address): None
            for _, shown in found
            for each in shown.result.sources
        }
        own = (say("source.delivery", self.language), "", "")
        is_records = any(shown.result.evidence == "records" for _, shown in found)
        listed = [*([own] if is_records else []), *rows]
        self.listing("sources", {"publisher": 44, "page": 70, "address": 70}, listed)

    def recipes(self, release: Release, found: Sequence[tuple[str, Published]]) -> None:
        rows = [
            (f"{name}", contents.recipe_id(release, shown), told)
            for name, shown in found
            for told in ["\n".join(recipe_lines(release, shown, self.language))]
        ]
        self.listing("recipes", {"figure": 44, "recipe": 14, "note": 100}, rows)


def _look(each: Series, drawing: Drawing) -> dict[str, object]:
    if drawing.kind == "line":
        line = {"color": each.colour, "width": 2.5}
        return {"line": line, "marker": {"type": "circle", "fill": {"color": each.colour}}}
    points = [{"fill": {"color": colour}} for colour in each.colours]
    return {"fill": {"color": each.colour}, **({"points": points} if points else {})}


_UNITS = {"_count": "count", "_share": "share", "share": "share", "_cents": "euro",
          "_hours": "hours"}  # fmt: skip


def _unit(column: str, language: Language) -> str:
    for ending, unit in _UNITS.items():
        if column.endswith(ending):
            return say(f"publish.unit.{unit}", language)
    return ""


OWN = ("measure", "by", "choices", "rule_versions")
COMMON = ("threshold", "extracted", "inputs", "content", "rules", "code")


def _version(given: Mapping[str, str], language: Language) -> str:
    """Say a rule's version: its name, since when, and whether it is stated or assumed."""
    name = catalogue.entries("rules")[given["rule"]]["name"][language]
    since = short_date(date.fromisoformat(given["from"]), language)
    status = say(f"cli.rules.status.{given['status']}", language)
    return f"{name} {since} – {status}"


def recipe_lines(
    release: Release, shown: Published, language: Language, *, parts: tuple[str, ...] = OWN + COMMON
) -> Iterator[str]:
    """Say a figure's recipe in words, a line for each part of it that there is.

    Args:
        release: It comes from.
        shown: The figure.
        language: Language of the words.
        parts: ``OWN``, ``COMMON`` to all figures of a release, or both.
    """
    recipe = contents.recipe_of(release, shown)
    for part in parts:
        value = recipe[part]
        if part == "inputs":
            value = str(len(value)) if value else ""
        if part == "rule_versions":
            value = [_version(each, language) for each in value]
        if isinstance(value, dict):
            value = ", ".join(f"{name}: {each}" for name, each in value.items() if each)
        elif isinstance(value, list):
            value = ", ".join(value)
        if value:
            yield f"{say(f'publish.recipe.{part}', language)}: {value}"
