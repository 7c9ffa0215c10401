"""Plain text tables (CSV, TSV) to Grids, as fast as they can be read where they are regular.

Comes in: a Source that is text. Goes out: a Grid. A file whose records are all of one width is read
by pyarrow, any other by the csv module; both give the same cells.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pumpurs_analysis.read.grid import CodedParts, Codes, Door, without_last
from pumpurs_analysis.read.source import CHUNK, Refused, Source

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OTHERS = ("cp1257", "iso8859_4", "cp775")
_LATVIAN = frozenset("āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ–—„“”’")
_WORKBOOKS = {"xlsx", "xlsm", "xls", "ods", "parquet"}  # endings of what is no text when whole
_SEPARATORS = ";\t,|"
_SAMPLE = 200  # records that tell the separator
_AT_ONCE = 50_000
_BLOCK = 1 << 21  # bytes of a part; pyarrow reads up to 32 of them ahead
_END = "\ue000end\ue001"
_ENDS = [_END, _END]  # comes after the last record, unless a quotation mark swallows it


def encoding_of(source: Source) -> str:
    """Say how a text is encoded: mark, UTF-16 by its zeros, UTF-8, else a Baltic code page.

    Raises:
        Refused: It is no text, or its last letter is cut in two.
    """
    for mark, encoding in _MARKS.items():
        if source.head.startswith(mark):
            return encoding
    zeros = [source.head[start::2].count(0) for start in (0, 1)]
    if any(zeros):
        if source.head.count(0) < len(source.head) // 8 or min(zeros) * 10 > max(zeros):
            raise Refused("file_damaged" if source.ending in _WORKBOOKS else "file_not_text")
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open() as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                decoder.decode(chunk)
    except UnicodeDecodeError:
        return _code_page(source.head)
    if decoder.getstate()[0]:
        raise Refused("file_cut_off")
    return "utf-8"


def _code_page(head: bytes) -> str:
    """The code page in which most of the unusual letters are Latvian."""

    def score(encoding: str) -> int:
        unusual = [letter for letter in head.decode(encoding, "replace") if letter > "\x7f"]
        return sum(1 if letter in _LATVIAN else -1 for letter in unusual)

    return max(_OTHERS, key=score)


def read_plain(source: Source, door: Door) -> list[pd.Categorical]:
    """Read the columns of a text table.

    Raises:
        Refused: It is no text, empty, or cut off.
    """
    encoding = encoding_of(source)
    with _text(source, encoding) as file:
        sample = file.read(len(source.head))
    if not sample.strip("\r\n \t\x00;,|"):
        raise Refused("file_empty")
    layout = _layout(sample, encoding)
    columns = _regular(source, layout, door) if layout.is_regular else None
    return columns or _ragged(source, layout, door)


@dataclass(frozen=True)
class _Layout:
    """How the text is laid out, told by its first records.

    Attributes:
        head: Lines that are no record: ``sep=;``.
        skipped: Lines before the first record of the usual width.
        before: The records in these lines: titles.
    """

    encoding: str
    separator: str
    width: int
    head: int
    skipped: int
    before: list[list[str]]

    @property
    def is_regular(self) -> bool:
        """Whether the first records have one width, and no title reaches beyond it."""
        return self.width > 1 and all(len(record) <= self.width for record in self.before)


def _text(source: Source, encoding: str) -> io.TextIOWrapper:
    errors = "strict" if encoding == "utf-8" else "replace"
    return io.TextIOWrapper(source.open(), encoding=encoding, errors=errors, newline="")


def _records(text: str, separator: str) -> list[tuple[list[str], int]]:
    """The first records and the line each ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(record, reader.line_num) for record in islice(reader, _SAMPLE)]
    except csv.Error:
        return []


def _layout(sample: str, encoding: str) -> _Layout:
    """Choose the separator that gives most records one width above one, the widest first."""
    is_stated = sample[:4].lower() == "sep=" and len(sample) > len("sep=;")
    head = 1 if is_stated else 0
    best = _Layout(encoding, sample[4] if is_stated else ";", 0, head, head, [])
    most = 0.0
    for separator in best.separator if is_stated else _SEPARATORS:
        records = _records(sample, separator)[head:]
        widths = Counter(len(record) for record, _ in records if any(record))
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 1))
        is_decimal = separator == "," and width <= best.width <= 2 * most + 1  # 12,50;13,00
        if not is_decimal and times / max(1, widths.total()) * (width - 1) > most:
            most = times / widths.total() * (width - 1)
            first = next(at for at, record in enumerate(records) if len(record[0]) == width)
            lines = records[first - 1][1] if first else head
            titles = [record for record, _ in records[:first]]
            best = _Layout(encoding, separator, width, head, lines, titles)
    return best


class _WithEnd:
    """A file followed by one record of our own: an open quotation mark would swallow it."""

    def __init__(self, source: Source, layout: _Layout) -> None:
        path = source.path
        self._file = pa.OSFile(str(path)) if path else pa.BufferReader(source.content)
        self._last, self.closed = b"", False
        encoding = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(
            layout.encoding, layout.encoding
        )
        if source.head.startswith(codecs.BOM_UTF16_BE):
            encoding = "utf-16-be"
        self._breaks = tuple(letter.encode(encoding) for letter in "\r\n")
        end = _END + layout.separator * (layout.width - 1)
        self._end = [end.encode(encoding), f"\n{end}".encode(encoding)]

    def read_buffer(self, size: int | None = None) -> pa.Buffer:
        """Give the next bytes, in memory that pyarrow gives back to the system after use."""
        chunk = self._file.read_buffer(size)
        if not chunk.size and self._end:
            chunk = pa.py_buffer(self._end[0 if self._last.endswith(self._breaks) else 1])
            self._end = []
        self._last = chunk.slice(max(0, chunk.size - 4)).to_pybytes()
        return chunk

    def read(self, size: int | None = None) -> bytes:
        """Give the next bytes."""
        return bytes(self.read_buffer(size).to_pybytes())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self.closed = True


def _regular(source: Source, layout: _Layout, door: Door) -> list[pd.Categorical] | None:
    """Read a text whose records (but titles above) have one width; None where one has not."""
    parts = [CodedParts() for _ in range(layout.width)]
    for part, cells in zip(
        parts, zip_longest([""] * layout.width, *layout.before, fillvalue=""), strict=False
    ):
        part.add(pa.array(cells[1:], pa.string()).dictionary_encode())
    ends = [""]
    try:
        for batch in _batches(source, layout):
            ends = [column[-1].as_py() for column in batch.columns]
            for part, column in zip(parts, batch.columns, strict=True):
                part.add(column)
    except (pa.ArrowInvalid, UnicodeError):
        return None
    if ends[0] != _END:
        raise Refused("file_cut_off", row=parts[0].count)
    return door.columns(without_last(*part.joined()) for part in parts)


def _batches(source: Source, layout: _Layout) -> Iterator[pa.RecordBatch]:
    names = [str(number) for number in range(layout.width)]
    yield from arrow_csv.open_csv(
        pa.PythonFile(_WithEnd(source, layout), mode="r"),
        arrow_csv.ReadOptions(
            column_names=names,
            skip_rows=layout.skipped,
            encoding=layout.encoding.removesuffix("-sig"),
            block_size=_BLOCK,
        ),
        arrow_csv.ParseOptions(
            delimiter=layout.separator, newlines_in_values=True, ignore_empty_lines=False
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
            null_values=[],
            strings_can_be_null=False,
        ),
    )


def _ragged(source: Source, layout: _Layout, door: Door) -> list[pd.Categorical]:
    """Read any text; short records are filled up with empty cells."""
    columns: list[_Column] = []
    count = 0
    record: list[str] = []
    with _text(source, layout.encoding) as file:
        lines = chain(islice(file, layout.head, None), [layout.separator.join(_ENDS)])
        reader = csv.reader(lines, delimiter=layout.separator)
        try:
            while records := list(islice(reader, _AT_ONCE)):
                record = records[-1]
                for place, cells in enumerate(zip_longest(*records, fillvalue="")):
                    if place == len(columns):
                        columns.append(_Column(count))
                    columns[place].add(cells)
                count += len(records)
        except csv.Error:  # a cell longer than a book: its quotation mark never closes
            record = []
    if record != _ENDS:
        raise Refused("file_cut_off", row=count or None)
    return door.columns(
        without_last(column.codes(count), pa.array(column.seen)) for column in columns
    )


class _Column:
    """Cells of one column so far, coded; code 0 is the empty cell."""

    def __init__(self, blanks: int) -> None:
        self.seen = {"": 0}
        self._parts: list[Codes] = [np.zeros(blanks, np.int32)]

    def add(self, cells: Iterable[str]) -> None:
        """Add cells below."""
        seen = self.seen
        self._parts.append(np.array([seen.setdefault(cell, len(seen)) for cell in cells], np.int32))

    def codes(self, count: int) -> Codes:
        """Give the codes of all cells, filled up to a count of rows."""
        known = np.concatenate(self._parts)
        return np.concatenate([known, np.zeros(count - len(known), np.int32)])
