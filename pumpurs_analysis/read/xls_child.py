"""Reads one XLS workbook in a process of its own, so that a harmful file takes nothing down.

Comes in: bytes on standard input. Goes out: pickled sheets on standard output. Started by its path;
imports nothing of this package, so that it starts in a blink.
"""

import pickle
import struct
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import python_calamine as calamine

LOCKED = 3
_MOST_MEMORY = 3 << 30
_SECONDS = 300
_END = 0xFFFFFFFA  # sector numbers from here on mean something else
_ROW, _COLUMNS, _BOOL_OR_ERROR, _FORMULA = 0x208, 0x7D, 0x205, 0x06
_SHEET, _BEGIN, _FINISH = 0x85, 0x809, 0x0A
_SHORTEST = 14  # bytes to which shorter records are filled up
_ERROR = 2  # kind of a formula's result
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Compound:
    """A compound file (OLE): streams in chains of sectors."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._first, _, self._cutoff, self._mini = struct.unpack_from("<IIII", content, 48)
        heads = list(struct.unpack_from("<109I", content, 76))
        more, count = struct.unpack_from("<II", content, 68)
        for _ in range(min(count, len(content) // self._size)):
            *table, more = _numbers(self._sector(more))
            heads += table
        self._links = _numbers(b"".join(self._sector(head) for head in heads if head < _END))

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, start: int) -> bytes:
        numbers = _followed(start, self._links)
        return b"".join(map(self._sector, numbers))

    def workbook(self) -> bytes:
        """Give the stream called Workbook or Book."""
        directory = self._chain(self._first)
        entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
        named = {
            entry[: max(0, entry[64] - 2)].decode("utf-16-le", "replace"): entry
            for entry in entries
        }
        start, length = struct.unpack_from("<II", named.get("Workbook") or named["Book"], 116)
        if length >= self._cutoff:
            return self._chain(start)[:length]
        small = self._chain(struct.unpack_from("<I", entries[0], 116)[0])
        numbers = _followed(start, _numbers(self._chain(self._mini)))
        return b"".join(small[number * 64 : (number + 1) * 64] for number in numbers)[:length]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(data) // 4}I", data)


def _followed(start: int, links: tuple[int, ...]) -> list[int]:
    """Numbers of a chain; a chain that bites its tail ends where every number was met."""
    found: list[int] = []
    while start < len(links) and len(found) < len(links):
        found.append(start)
        start = links[start]
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length].ljust(_SHORTEST, b"\0")
        at += 4 + length


def _facts(stream: bytes) -> list[dict[str, Any]]:
    """What calamine does not tell of each sheet: hidden rows and columns, errors."""
    starts = []
    for kind, data in _records(stream, 0):
        if kind == _SHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        if kind == _FINISH:
            break
    return [_sheet_facts(stream, start) for start in starts]


def _sheet_facts(stream: bytes, start: int) -> dict[str, Any]:
    rows: set[int] = set()
    columns: set[int] = set()
    errors: dict[tuple[int, int], str] = {}
    depth = 0
    for kind, data in _records(stream, start):
        depth += (kind == _BEGIN) - (kind == _FINISH)
        if depth == 0:
            break
        if kind == _ROW and data[12] & 0x20:
            rows.add(struct.unpack_from("<H", data)[0] + 1)
        elif kind == _COLUMNS and data[8] & 1:
            left, right = struct.unpack_from("<HH", data)
            columns.update(range(left + 1, min(right, 255) + 2))
        else:
            code = _error(kind, data)
            if code is not None:
                row, column = struct.unpack_from("<HH", data)
                errors[row + 1, column + 1] = _ERRORS.get(code, "#ERR!")
    return {"hidden_rows": rows, "hidden_columns": columns, "errors": errors}


def _error(kind: int, data: bytes) -> int | None:
    if kind == _BOOL_OR_ERROR and data[7]:
        return data[6]
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == _ERROR:
        return data[8]
    return None


def main() -> int:
    """Read, write, and say by the exit code how it went."""
    _limit()
    content = sys.stdin.buffer.read()
    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    except calamine.PasswordError:
        return LOCKED
    facts = _facts(_Compound(content).workbook())
    sheets = []
    for number, about in enumerate(book.sheets_metadata):
        if about.typ == calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(number)
            more = facts[number] if number < len(facts) else {}
            more["merged"] = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
            more["is_hidden"] = about.visible != calamine.SheetVisibleEnum.Visible
            sheets.append((about.name, (sheet.start or (0, 0), sheet.to_python()), more))
    pickle.dump(sheets, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
