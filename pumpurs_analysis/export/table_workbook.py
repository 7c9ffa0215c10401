"""A table of a page as a workbook: the figures as shown, and a sheet of notes."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from textwrap import wrap

import xlsxwriter

from pumpurs_analysis.text import Language, say

_WIDEST, _NARROWEST = 60, 8
_LINE, _A4 = 15.0, 9  # points of a line; a paper's number
_MONEY, _PERCENT, _DECIMAL = "#,##0.00\\ [$€-x-euro2]", "0.0\\ %", re.compile(r"[.,]\d+")
_HUNDRED = 100

Shown = tuple[str, float | None]
"""A cell's text as shown and, where it is a number, the number."""


def workbook(
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[Shown]],
    notes: Sequence[str],
    *,
    language: Language,
) -> bytes:
    """Write a table and its notes.

    Args:
        columns: Heading, and whether the column holds numbers.
        rows: Cells as shown; hidden and missing ones have their mark and no number.
        notes: Title, filters, n, source and what is hidden: one line each, on a sheet of their own.
        language: Names the sheets.

    Returns:
        The bytes of an XLSX file. Text that begins like a formula stays text.

    Example:
        >>> workbook([("A", True)], [[("1,5", 1.5)], [("x", None)]], ["T"], language="lv")[:2]
        b'PK'
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(say("table_workbook.figures", language))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        right = book.add_format({"align": "right"})
        formats = {shape: book.add_format({"num_format": shape}) for shape in _shapes(rows)}
        for place, (label, _) in enumerate(columns):
            sheet.write_string(0, place, label, bold)
        for line, row in enumerate(rows, start=1):
            for place, (text, value) in enumerate(row):
                if value is None:
                    sheet.write_string(line, place, text, right if columns[place][1] else None)
                else:
                    shape = _shape(text)
                    whole = (
                        value / _HUNDRED if shape == _MONEY and _is_cents(text, value) else value
                    )
                    sheet.write_number(line, place, whole, formats[shape])
        for place, (label, _) in enumerate(columns):
            longest = max([len(label), *(len(row[place][0]) for row in rows)])
            sheet.set_column(place, place, max(_NARROWEST, min(_WIDEST, longest + 2)))
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for_print(sheet)
        about = book.add_worksheet(say("table_workbook.notes", language))
        about.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
        for line, note in enumerate(notes):
            about.write_string(line, 0, note)
            about.set_row(line, height_for([(note, 100)]))
    return out.getvalue()


def height_for(texts: Iterable[tuple[str, float]]) -> float:
    """Give the height in points of a row of wrapped texts in columns of some width.

    Not every program makes rows higher by itself: without it words lie over the next row.

    Example:
        >>> height_for([("two words", 6), ("short", 20)])
        30.0
    """
    lines = (len(wrap(text, max(1, int(width) - 1))) for text, width in texts)
    return _LINE * max([1, *lines])


def for_print(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Print a sheet across A4, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _shapes(rows: Sequence[Sequence[Shown]]) -> set[str]:
    return {_shape(text) for row in rows for text, value in row if value is not None}


def _shape(text: str) -> str:
    """Give the number format that shows a number as the page does."""
    if "€" in text:
        return _MONEY
    if "%" in text:
        return _PERCENT
    found = _DECIMAL.search(text)
    return "#,##0" if found is None else "#,##0." + "0" * (len(found.group()) - 1)


def _is_cents(text: str, value: float) -> bool:
    """Whether a sum of money is held in cents: then the page shows a hundredth of it."""
    digits = re.sub(r"\D", "", text)
    return bool(digits) and abs(value) >= 1 and digits.lstrip("0") == f"{abs(round(value))}"
