"""Tables: Published in, text cells in one language out, for pages, notebooks and files alike.

What a measure's table shows stands in ``catalogue/tables.yaml``. Zero, missing (…), hidden (x) and
not applicable (–) are four marks.
"""

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from typing import Any, Self

import pandas as pd

from pumpurs_analysis import catalogue, schema, text
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.measures.result import Source, Worklist
from pumpurs_analysis.text import Language

MISSING = "…"
HIDDEN = "x"
NOT_APPLICABLE = "–"
_NARROW = 3  # columns that fit a telephone
# Where a page is narrow, the cells of a wide table stand below each other, each with its heading.
STACKED = (
    "@media screen and (max-width:40rem){.stacks thead{display:none}.stacks,.stacks tbody,"
    ".stacks tr{display:block}.stacks tr{padding:.5rem 0;border-bottom:1px solid #9fb3c8}"
    ".stacks td{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.6rem;border:0;"
    "padding:.15rem 0;text-align:left!important;white-space:normal;overflow-wrap:anywhere}"
    ".stacks td:empty{display:none}.stacks td::before{content:attr(data-label);color:#52606d}}"
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Cell:
    """One cell as shown: its text, what it sorts by, and a link where it has one."""

    text: str
    sort: object = ""
    address: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers (set to the right)."""

    key: str
    label: str
    is_number: bool


@dataclass(frozen=True)
class Table:
    """A measure's table in one language.

    Attributes:
        name: Name of the measure.
        columns: Columns in order.
        rows: Cells by row.
        language: Language of all words and numbers.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    language: Language

    def without_empty(self) -> Self:
        """Leave out columns in which nothing is said, so that the others have room.

        Example:
            >>> heads = (Column("a", "A", is_number=False), Column("b", "B", is_number=False))
            >>> made = Table("x", heads, ((Cell("1"), Cell("")), (Cell("2"), Cell(""))), "lv")
            >>> [column.key for column in made.without_empty().columns]
            ['a']
        """
        if not self.rows:  # the heads stay
            return self
        said = [any(row[place].text for row in self.rows) for place in range(len(self.columns))]
        return replace(
            self,
            columns=tuple(compress(self.columns, said)),
            rows=tuple(tuple(compress(row, said)) for row in self.rows),
        )

    def to_csv(self) -> bytes:
        r"""Write the table as shown for Latvian Excel: UTF-8 with mark, ``;``, decimal comma.

        A cell that starts like a formula keeps a leading apostrophe, so that it stays text.

        Example:
            >>> cell = Cell("=1+1")
            >>> Table("t", (Column("a", "A", is_number=False),), ((cell,),), "lv").to_csv()
            b"\xef\xbb\xbfA\r\n'=1+1\r\n"
        """
        head = [column.label for column in self.columns]
        body = [
            [
                cell.text if column.is_number else as_text(cell.text)
                for cell, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]
        return csv_bytes([head, *body])

    def _repr_html_(self) -> str:
        """Show the table in a notebook, all text escaped."""
        head = "".join(
            f"<th{_aligned(each)}>{html.escape(each.label)}</th>" for each in self.columns
        )
        body = "".join(
            "<tr>" + "".join(map(_html_cell, row, self.columns)) + "</tr>" for row in self.rows
        )
        head = f"<thead><tr>{head}</tr></thead>"
        stacks = ' class="stacks"' if len(self.columns) > _NARROW else ""
        return f'<table lang="{self.language}"{stacks}>{head}<tbody>{body}</tbody></table>'


def as_text(shown: str) -> str:
    """Keep a text that starts like a formula a text in any spreadsheet program.

    Example:
        >>> as_text("=1+1"), as_text("Tukums")
        ("'=1+1", 'Tukums')
    """
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    r"""Write rows the way Excel opens them in Latvia: UTF-8 with mark, semicolons.

    Example:
        >>> csv_bytes([["Vieta", "Skaits"], ["Ķekava", "1,5"]]).decode("utf-8-sig")
        'Vieta;Skaits\r\nĶekava;1,5\r\n'
    """
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _html_cell(cell: Cell, column: Column) -> str:
    shown = html.escape(cell.text)
    if cell.address:
        shown = f'<a href="{html.escape(cell.address)}">{shown}</a>'
    return f'<td data-label="{html.escape(column.label)}"{_aligned(column)}>{shown}</td>'


def _aligned(column: Column) -> str:
    return f' style="text-align:{"right" if column.is_number else "left"}"'


_NUMERIC = {"count", "number", "share", "money"}


def table(published: Published, *, language: Language = "lv") -> Table:
    r"""Make the table of what a measure shows.

    Args:
        published: Any measure's answer after ``protect``.
        language: Language of headings, words and numbers.

    Raises:
        KeyError: The measure has no entry in ``catalogue/tables.yaml``.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> shown = table(protect(measures.risk_mix(published())), language="lv")
        >>> [cell.text for cell in shown.rows[0]][3:6]
        ['18\xa0666', '26\xa0104', '71,5\xa0%']
    """
    result = published.result
    frame = _in_language(published, language)
    cited = result.sources
    return _written(frame, result.name, language, cited=cited, dimensions=result.dimensions)


def worklist(rows: Worklist, *, language: Language = "lv") -> Table:
    r"""Make the table of rows to act on, for the person who may open the records anyway.

    Args:
        rows: What a measure such as ``cap_breaches`` gave; it is never released.
        language: Language of headings, words and numbers.

    Example:
        >>> from pumpurs_analysis.measures.result import Worklist
        >>> rows = Worklist("cap_breaches", pd.DataFrame({"paid_cents": [3001]}), "payment", "sum")
        >>> worklist(rows).to_csv().decode("utf-8-sig").splitlines()
        ['Izmaksāts', '30,01\xa0€']
    """
    return _written(rows.frame, rows.name, language, cited=rows.sources)


def _written(
    frame: pd.DataFrame,
    name: str,
    language: Language,
    *,
    cited: Sequence[Source],
    dimensions: Sequence[str] = (),
) -> Table:
    declared = catalogue.entries("tables")[name]
    told = {entry["column"] for entry in declared}
    declared = [*map(_of_dimension, (dim for dim in dimensions if dim not in told)), *declared]
    sources = {source.source_id: source for source in cited}
    alone = {"school_count"} & ({*frame.columns} if "school" in dimensions else set())  # always 1
    shown = [
        entry
        for entry in declared
        if entry["column"] in {*frame.columns} - alone
        and (not _is_empty(frame, entry["column"]) or len(frame) == 0)
    ]
    columns = tuple(
        Column(entry["column"], entry["label"][language], entry["as"] in _NUMERIC)
        for entry in shown
    )
    writers = [_writer(entry, language, sources) for entry in shown]
    rows = tuple(
        tuple(write(row[entry["column"]], row) for write, entry in zip(writers, shown, strict=True))
        for row in frame.to_dict("records")
    )
    return Table(name, columns, rows, language)


def _of_dimension(dimension: str) -> dict[str, Any]:
    """How a breakdown is shown that the table does not declare: by its codes' names, if any."""
    label = catalogue.entries("texts")[f"dimension.{dimension}"]
    codes = {"status": "plan_status"}.get(dimension, dimension)
    if codes in catalogue.entries("codes"):
        return {"column": dimension, "as": "code", "codes": codes, "label": label}
    return {
        "column": dimension,
        "as": {"semester": "semester", "school_year": "period"}.get(dimension, "text"),
        "label": label,
    }


def _is_empty(frame: pd.DataFrame, column: str) -> bool:
    return bool(frame[column].isna().all())


def _in_language(published: Published, language: Language) -> pd.DataFrame:
    """Give the frame with the columns that only exist in words."""
    frame = published.frame
    if published.result.name == "founding_facts":
        told = {"label": "label", "fact": "value", "found": "found", "why": "why"}
        return frame.assign(**{name: frame[f"{of}_{language}"] for name, of in told.items()})
    if published.result.name == "published_checks":
        checks = {check["id"]: check for check in catalogue.entries("checks")["checks"]}
        words = {
            part: frame["check_id"].map(lambda code, part=part: checks[code][part][language])
            for part in ("title", "explanation")
        }
        return frame.assign(**words)
    return frame


_Write = Callable[[Any, Mapping[Any, Any]], Cell]


def _writer(entry: schema.Record, language: Language, sources: Mapping[str, Source]) -> _Write:
    if entry.get("or_blank"):  # nothing to say of the row, which is not a value that is missing
        write = _writer({**entry, "or_blank": False}, language, sources)
        return lambda value, row: Cell("") if schema.is_missing(value) else write(value, row)
    kind = entry["as"]
    if kind == "codes":
        return partial(_listed, entry=entry, language=language)
    if kind == "code":
        return partial(_code, entry=entry, language=language)
    if kind == "source":
        return partial(_source, sources=sources)
    if kind in _MARKS:
        return partial(_MARKS[kind], language=language)
    write = partial(_period if kind == "period" else _plain, entry=entry, language=language)
    return partial(_if_applicable, write=write, not_for=entry.get("not_for", {}))


def _if_applicable(
    value: Any,  # noqa: ANN401  (a cell of any type)
    row: schema.Record,
    *,
    write: _Write,
    not_for: Mapping[str, str | list[str]],
) -> Cell:
    """Mark a missing value as not applicable where the row says that it cannot have one."""
    says_no = any(
        row.get(column) in ([codes] if isinstance(codes, str) else codes)
        for column, codes in not_for.items()
    )
    return Cell(NOT_APPLICABLE) if says_no and schema.is_missing(value) else write(value, row)


def _plain(value: Any, row: schema.Record, *, entry: schema.Record, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    kind = entry["as"]
    if schema.is_missing(value):
        hidden = row.get("is_hidden", False) is True and kind in _NUMERIC
        return Cell(HIDDEN if hidden else MISSING, -1 if kind in _NUMERIC else "")
    if kind == "text":
        return Cell(str(value), "")
    if row.get(entry.get("share_where")) == "share":
        kind = "share"
    number = float(value)
    is_whole = number.is_integer() and not entry.get("is_ratio")
    shown = {
        "count": lambda: text.number(number, language),
        "number": lambda: text.number(number, language, 0 if is_whole else 2),
        "share": lambda: text.percent(number, language, 1),
        "money": lambda: text.money(round(number), language),
    }[kind]()
    return Cell(shown, number)


def _period(value: Any, row: schema.Record, *, entry: schema.Record, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Write school year and semester, else the day or term that is known; no more than that."""
    if schema.is_missing(value):
        return _other_period(row, entry, language)
    half = row.get("semester")
    if schema.is_missing(half):
        return Cell(text.school_year(str(value), language), str(value))
    code = f"{value}-{half}"
    return Cell(text.semester(code, language), code)


def _other_period(row: schema.Record, entry: schema.Record, language: Language) -> Cell:
    known = row.get("as_of")
    if not schema.is_missing(known):
        return Cell(text.partial_date(str(known), language), str(known))
    days: list[Any] = [row.get(column) for column in entry.get("days", ())]
    first, last = [
        "" if schema.is_missing(day) else text.short_date(day, language) for day in days
    ] or ("", "")
    if first and last:
        return Cell(f"{first}–{last}")
    if first or last:
        return Cell(text.say("since" if first else "until", language, day=first or last))
    return Cell(MISSING)


def _mark(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    return Cell(text.say("yes", language) if value is True else "")


def _day(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    if schema.is_missing(value):
        return Cell(MISSING)
    return Cell(text.short_date(value, language), f"{value:%Y-%m-%d}")


def _semester(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    if schema.is_missing(value):
        return Cell(MISSING)
    return Cell(text.semester(str(value), language), str(value))


def _rule(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    rules = catalogue.entries("rules")
    return Cell(rules[value]["name"][language] if value in rules else MISSING)


def _facts(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    if schema.is_missing(value) or not value:
        return Cell("")
    return Cell("; ".join(text.say(f"rules.fact.{name}", language) for name in value.split(";")))


def _counted(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Write the month or semester that a cap counts for; a plan's code stays."""
    if schema.is_missing(value):
        return Cell(MISSING)
    code = str(value)
    if re.fullmatch(r"\d{4}/\d{4}-[12]", code):
        return Cell(text.semester(code, language), code)
    if re.fullmatch(r"\d{4}-\d\d", code):
        return Cell(text.partial_date(code, language), code)
    return Cell(code, code)


def _arithmetic(value: Any, _row: schema.Record, *, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Write a sum as a calculator of the language takes it: 20,00 + 15,00 = 35,00."""
    if schema.is_missing(value):
        return Cell(MISSING)
    parts, _, total = str(value).partition(" = ")
    told = total if parts == total else str(value)  # one amount is no sum
    return Cell(told.replace(".", "," if language == "lv" else "."))


_MARKS = {
    "mark": _mark,
    "day": _day,
    "semester": _semester,
    "counted": _counted,
    "arithmetic": _arithmetic,
    "rule": _rule,
    "facts": _facts,
}


def _code(value: Any, row: schema.Record, *, entry: schema.Record, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Name a code, with its breakdown behind it where the table joins the two."""
    if schema.is_missing(value):
        return Cell("")
    name = _named(entry["codes"], value, language)
    breakdown = row.get(entry.get("breakdown"))
    if schema.is_missing(breakdown):
        return Cell(name)
    return Cell(f"{name}: {_named(entry['breakdown_codes'], breakdown, language)}")


def _listed(value: Any, _row: schema.Record, *, entry: schema.Record, language: Language) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Name several codes, which ``;`` or ``+`` joins, in short."""
    if schema.is_missing(value):
        return Cell("")
    names, codes = schema.short_names(entry["codes"], language), str(value).replace("+", ";")
    return Cell(", ".join(names.get(code, code) for code in codes.split(";") if code))


def _named(codes: str, code: object, language: Language) -> str:
    return schema.code_names(codes, language, [str(code)])[str(code)]


def _source(value: Any, _row: schema.Record, *, sources: Mapping[str, Source]) -> Cell:  # noqa: ANN401  (a cell of any type)
    """Name the first page's publisher with a link; further pages are counted."""
    codes = str(value).split(";")
    first = sources.get(codes[0])
    name = first.publisher if first else codes[0]
    more = f" (+{len(codes) - 1})" if len(codes) > 1 else ""
    address = first.address if first else codes[0]
    return Cell(name + more, name, address if address.startswith("http") else "")
