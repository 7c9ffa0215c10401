"""ODS workbooks to Grids: read here, since what repeats in them must not be unrolled unseen.

Comes in: a Source. Goes out: one Grid per sheet with cells; comments are no part of a cell.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from pumpurs_analysis.pseudonyms import shown_name
from pumpurs_analysis.read import guard
from pumpurs_analysis.read.grid import Door
from pumpurs_analysis.read.source import Refused, Source
from pumpurs_analysis.read.workbook import Read, sheet_of

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MORE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_DURATION = re.compile(r"-?P(?:T)?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_CONSTANTS = {"of:=TRUE()": True, "of:=FALSE()": False}
_DAY = 24  # hours
_MOST_CELLS = 20_000_000
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


@dataclass
class _Sheet:
    name: str
    cells: dict[int, dict[int, object]] = field(default_factory=dict)
    facts: guard.SheetFacts = field(default_factory=guard.SheetFacts)
    row: int = 0  # rows so far
    column: int = 0  # columns declared so far
    count: int = 0

    def add_columns(self, element: ET.Element) -> None:
        """Note columns that are not shown."""
        times = min(_times(element, "columns"), _MOST_COLUMNS)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self.facts.hidden_columns.update(range(self.column + 1, self.column + times + 1))
        self.column += times

    def add_rows(self, element: ET.Element) -> None:
        """Add a row as often as it stands for itself."""
        times = min(_times(element, "rows"), _MOST_ROWS - self.row)
        numbers = range(self.row + 1, self.row + times + 1)
        cells = self._cells(element)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self.facts.hidden_rows.update(numbers)
        if cells:
            self.count += times * len(cells)
            if self.count > _MOST_CELLS:
                raise Refused("cells_far_apart", sheet=self.name, row=numbers[-1])
            self.cells |= dict.fromkeys(numbers, cells)
        self.row += times

    def _cells(self, element: ET.Element) -> dict[int, object]:
        cells: dict[int, object] = {}
        column = 1
        for cell in element:
            times = _times(cell, "columns")
            value = _value(cell)
            place = (self.row + 1, column)
            if cell.get(f"{_MORE}value-type") == "error":
                self.facts.errors[place] = str(value)
            elif cell.get(f"{_TABLE}formula") and not cell.get(f"{_OFFICE}value-type"):
                self.facts.uncalculated.add(place)
            if value != "":
                if column + times > _MOST_COLUMNS:
                    raise Refused("cells_far_apart", sheet=self.name, row=self.row + 1)
                cells |= dict.fromkeys(range(column, column + times), value)
            self._merge(cell, place)
            column += times
        return cells

    def _merge(self, cell: ET.Element, place: tuple[int, int]) -> None:
        names = (f"{_TABLE}number-rows-spanned", f"{_TABLE}number-columns-spanned")
        high, wide = (int(cell.get(name, "1")) for name in names)
        if (high, wide) != (1, 1):
            row, column = place[0] - 1, place[1] - 1
            self.facts.merged.append((row, column, row + high - 1, column + wide - 1))


def read_opendocument(source: Source, key: bytes) -> Iterator[Read]:
    """Read every sheet of an ODS workbook.

    Raises:
        Refused: It is damaged, locked, declares entities, or repeats cells without measure.
    """
    with guard.open_archive(source) as archive:
        manifest = guard.whole(archive, "META-INF/manifest.xml")
        if b"encryption-data" in manifest:
            raise Refused("file_locked")
        for sheet in _sheets(guard.declared_nothing(archive, "content.xml")):
            door = Door(source, sheet.name, key)
            if sheet.cells:
                yield sheet_of(door, _placed(sheet), sheet.facts)


def _placed(sheet: _Sheet) -> tuple[tuple[int, int], list[list[object]]]:
    top, bottom = min(sheet.cells), max(sheet.cells)
    left = min(min(row) for row in sheet.cells.values())
    width = max(max(row) for row in sheet.cells.values()) - left + 1
    if (bottom - top + 1) * width > max(guard.FEW_CELLS, 50 * sheet.count):
        raise Refused("cells_far_apart", sheet=sheet.name, row=bottom)
    rows: list[list[object]] = [[""] * width for _ in range(top, bottom + 1)]
    for number, row in sheet.cells.items():
        for column, value in row.items():
            rows[number - top][column - left] = value
    return (top - 1, left - 1), rows


def _sheets(pieces: Iterator[bytes]) -> Iterator[_Sheet]:
    """Read sheet by sheet, forgetting each row when it is read."""
    parser: Any = ET.XMLPullParser(["start", "end"])
    reader = _Reader()
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from filter(None, map(reader.step, parser.read_events()))
        parser.close()
    except (ET.ParseError, ValueError):
        raise Refused("file_damaged") from None


class _Reader:
    """Where in the document we are, and the sheet so far."""

    def __init__(self) -> None:
        self._above: list[ET.Element] = []
        self._hidden: set[str] = set()  # styles of sheets that are not shown
        self._sheet: _Sheet | None = None
        self._taken: set[str] = set()  # what sheets are called

    def step(self, event: tuple[str, ET.Element]) -> _Sheet | None:
        """Enter or leave an element; give the sheet that ends with it."""
        kind, element = event
        if kind == "end":
            return self._end(element)
        self._start(element)
        return None

    def _start(self, element: ET.Element) -> None:
        if element.tag == f"{_TABLE}table" and self._above[-1].tag == f"{_OFFICE}spreadsheet":
            self._sheet = _Sheet(shown_name(element.get(f"{_TABLE}name", ""), self._taken))
            self._sheet.facts.is_hidden = element.get(f"{_TABLE}style-name") in self._hidden
        self._above.append(element)

    def _end(self, element: ET.Element) -> _Sheet | None:
        self._above.pop()
        if element.tag == f"{_STYLE}style":
            if any(inner.get(f"{_TABLE}display") == "false" for inner in element):
                self._hidden.add(element.get(f"{_STYLE}name", ""))
        elif self._sheet is not None:
            if element.tag == f"{_TABLE}table-column":
                self._sheet.add_columns(element)
            elif element.tag == f"{_TABLE}table-row":
                self._sheet.add_rows(element)
                self._above[-1].remove(element)
            elif self._above[-1].tag == f"{_OFFICE}spreadsheet":
                sheet, self._sheet = self._sheet, None
                return sheet
        return None


def _times(element: ET.Element, what: str) -> int:
    """How often an element stands for itself, at most as often as a sheet has places."""
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return min(int(text), _MOST_ROWS) if text.isdecimal() else 1


def _text(element: ET.Element) -> str:
    """The words of a paragraph; comments (in the cell, beside its paragraphs) are not asked."""
    parts = [element.text or ""]
    for inner in element:
        if inner.tag == f"{_TEXT}s":
            parts.append(" " * min(int(inner.get(f"{_TEXT}c", "1")), 1000))
        elif inner.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
            parts.append("\t" if inner.tag.endswith("tab") else "\n")
        else:
            parts.append(_text(inner))
        parts.append(inner.tail or "")
    return "".join(parts)


def _value(cell: ET.Element) -> object:
    """A cell as the typed value that calamine would give."""
    kind = cell.get(f"{_OFFICE}value-type")
    if cell.get(f"{_TABLE}formula") in _CONSTANTS:  # as LibreOffice writes a plain TRUE
        return _CONSTANTS[cell.get(f"{_TABLE}formula", "")]
    if kind in {"float", "percentage", "currency"}:
        return float(cell.get(f"{_OFFICE}value", "nan"))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind == "date":
        return dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
    if kind == "time":
        return _time(cell.get(f"{_OFFICE}time-value", ""))
    return "\n".join(_text(each) for each in cell if each.tag == f"{_TEXT}p")


def _time(text: str) -> dt.time | dt.timedelta | str:
    found = _DURATION.fullmatch(text)
    if found is None:
        return text
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return dt.time(hours, minutes % 60, seconds % 60) if hours < _DAY else length
