"""The rules as a sheet to print or to filter: every value with unit, time, status and source.

Comes in: the catalogue, so that mending an entry changes the sheet. Goes out: an HTML page that
prints on A4 and needs nothing beside itself, or a workbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.export.fixed_bytes import fixed
from pumpurs_analysis.export.table_workbook import for_print, height_for
from pumpurs_analysis.rules import also_stated, rule_table
from pumpurs_analysis.text import Language, long_date, say, short_date

_STYLE = Path(__file__).parent / "static" / "rule_sheet.css"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_PRINTED = ("period", "value", "status", "source", "checked", "note")
_WIDTHS = {
    "name": 24, "value": 26, "number": 9, "unit": 11, "per": 16, "scope": 12, "first": 11,
    "last": 11, "status": 13, "source": 7, "checked": 11, "note": 44, "verify": 30,
    "says": 60, "code": 8, "title_column": 50, "publisher": 30, "where": 60, "source_title": 40,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One value of one rule, in words; ``number`` is the amount alone where there is one."""

    rule: str
    name: str
    value: str
    number: Decimal | None
    unit: str
    per: str
    scope: str
    first: date | None
    last: date | None
    status: str
    source: str
    checked: date | None
    note: str
    verify: str


def lines_of(language: Language, day: date | None = None) -> list[Line]:
    """Give every value of every rule in the order of the catalogue, or those of one day.

    Args:
        language: Language of the words.
        day: Only what held on that day, or that it is not verified.

    Example:
        >>> [line.value for line in lines_of("en", date(2019, 10, 1)) if line.number == 70]
        ['at most €70.00 per learner and month']
    """
    rules = catalogue.entries("rules")
    return [_line(row, rules, language) for row in rule_table(day).to_dict("records")]


def html(language: Language = "lv", day: date | None = None) -> str:
    """Write the sheet as one HTML file that prints on A4.

    Example:
        >>> html("en").count("<section") == len(catalogue.entries("rules"))
        True
    """
    lines = lines_of(language, day)
    sections = [
        _section([line for line in lines if line.rule == rule], language)
        for rule in dict.fromkeys(line.rule for line in lines)
    ]
    title = escape(_title(language, day))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE.read_text('utf-8')}</style></head><body>"
        f"<h1>{title}</h1><p>{_say('intro', language)}</p>{''.join(sections)}"
        f"{_sources(lines, language)}</body></html>\n"
    )


def workbook(language: Language = "lv", day: date | None = None) -> bytes:
    """Write the sheet as a workbook: rules, what other sources say, sources.

    Example:
        >>> workbook("lv")[:2]
        b'PK'
    """
    out = BytesIO()
    lines = lines_of(language, day)
    names = [each.name for each in fields(Line) if each.name != "rule"]
    others = also_stated().to_dict("records")
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        _fill(book, "rules", [[getattr(line, name) for name in names] for line in lines],
              names=names, language=language)  # fmt: skip
        _fill(book, "others", [
            [row[f"name_{language}"], row[f"says_{language}"], row["source"], row["source_title"]]
            for row in others
        ], names=["name", "says", "source", "source_title"], language=language)  # fmt: skip
        _fill(book, "sources", _cited(lines), names=["code", "title_column", "publisher", "where"],
              language=language)  # fmt: skip
    return fixed(out.getvalue())


def written(file: Path, language: Language, day: date | None = None) -> bytes:
    """Give the bytes of a sheet in the format that a file's name asks for.

    Raises:
        ValueError: The name ends neither in .html nor in .xlsx.

    Example:
        >>> written(Path("rules.pdf"), "en")
        Traceback (most recent call last):
        ValueError: rules.pdf: the name of a rule sheet ends in .html or .xlsx.
    """
    if file.suffix.lower() == ".html":
        return html(language, day).encode()
    if file.suffix.lower() == ".xlsx":
        return workbook(language, day)
    raise ValueError(say("rule_sheet.ending", language, file=file.name))


def _line(row: schema.Record, rules: Mapping[str, Any], language: Language) -> Line:
    value, entry = row["value"], rules[row["rule"]]
    is_number = isinstance(value, int | float | Decimal) and not schema.is_missing(value)
    return Line(
        rule=row["rule"],
        name=row[f"name_{language}"],
        value=row[f"value_{language}"],
        number=Decimal(str(value)) if is_number else None,
        unit=say(f"rule_sheet.unit.{row['unit'].lower()}", language),
        per=say(f"rules.per.{entry['per'].replace(' ', '_')}", language) if entry["per"] else "",
        scope=say(f"rule_sheet.scope.{row['scope']}", language),
        first=_day(row["valid_from"]),
        last=_day(row["valid_to"]),
        status=say(f"rules.status.{row['status']}", language),
        source=_text(row["source"]),
        checked=_day(row["checked"]),
        note=_text(row[f"note_{language}"]),
        verify=f"{entry['verify'][language]} ({entry['verify_source']})",
    )


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) and not schema.is_missing(value) else None


def _text(value: object) -> str:
    return "" if schema.is_missing(value) else str(value)


def _say(name: str, language: Language, **values: object) -> str:
    return escape(say(f"rule_sheet.{name}", language, **values))


def _title(language: Language, day: date | None) -> str:
    title = say("rule_sheet.title", language)
    return f"{title}: {long_date(day, language)}" if day else title


def _section(lines: Sequence[Line], language: Language) -> str:
    first = lines[0]
    per = first.per or say("rule_sheet.no_period", language)
    about = _say("about", language, unit=first.unit, per=per, scope=first.scope)
    head = "".join(f'<th scope="col">{_say(name, language)}</th>' for name in _PRINTED)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(line, name, language)}</td>" for name in _PRINTED) + "</tr>"
        for line in lines
    )
    others = "".join(
        f'<p class="other"><b>{_say("others", language)}</b> '
        f"{escape(row[f'says_{language}'])} ({row['source']})</p>"
        for row in also_stated().to_dict("records")
        if row["rule"] == first.rule
    )
    verify = f'<p class="verify">{_say("verify", language)}: {escape(first.verify)}</p>'
    return (
        f'<section id="{first.rule}"><h2>{escape(first.name)}</h2><p class="about">{about}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{others}{verify}"
        "</section>"
    )


def _cell(line: Line, name: str, language: Language) -> str:
    if name == "period":
        days = [short_date(day, language) if day else "" for day in (line.first, line.last)]
        return escape(" – ".join(days) if any(days) else "–")
    if name == "checked":
        return escape(short_date(line.checked, language)) if line.checked else "–"
    return escape(str(getattr(line, name))) or "–"


def _cited(lines: Sequence[Line]) -> list[list[str]]:
    """The sources behind the lines and what differs from them, each once."""
    codes = {line.source for line in lines} | set(also_stated()["source"])
    codes |= {entry["verify_source"] for entry in catalogue.entries("rules").values()}
    return [
        [
            code,
            entry["title"],
            entry["publisher"],
            entry.get("address") or entry.get("document", ""),
        ]
        for code, entry in catalogue.entries("sources").items()
        if code in codes
    ]


def _sources(lines: Sequence[Line], language: Language) -> str:
    items = "".join(
        f"<dt>{code}</dt><dd>{escape(title)}. {escape(publisher)}. "
        f"<span>{escape(where)}</span></dd>"
        for code, title, publisher, where in _cited(lines)
    )
    return f"<h2>{_say('sources', language)}</h2><dl>{items}</dl>"


def _fill(
    book: xlsxwriter.Workbook, name: str, rows: Sequence[Sequence[object]], *,
    names: Sequence[str], language: Language,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(say(f"rule_sheet.tab.{name}", language))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    amount = book.add_format({"num_format": "#,##0.##", "valign": "top", "align": "left"})
    for place, column in enumerate(names):
        sheet.set_column(place, place, _WIDTHS[column])
        sheet.write_string(0, place, say(f"rule_sheet.{column}", language), head)
        for line, row in enumerate(rows, start=1):
            value = row[place]
            if isinstance(value, date):
                sheet.write_datetime(line, place, pd.Timestamp(value).to_pydatetime(), day)
            elif isinstance(value, Decimal):
                sheet.write_number(line, place, float(value), amount)
            else:
                sheet.write_string(line, place, _text(value), words)
    for line, row in enumerate(rows, start=1):
        texts = ((_text(value), _WIDTHS[name]) for value, name in zip(row, names, strict=True))
        sheet.set_row(line, height_for(texts))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
    for_print(sheet)
    sheet.repeat_rows(0)
