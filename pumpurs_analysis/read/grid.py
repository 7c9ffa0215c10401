"""Grids: the cells of one sheet as text, each distinct text kept once.

Comes in: the values of a column, or codes and the texts they stand for. Goes out: a Grid whose
texts came through the door: spaces tidied, garbled letters mended, personal patterns replaced.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import count
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pumpurs_analysis import catalogue, pseudonyms
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.read.source import Source
from pumpurs_analysis.spellings import plain
from pumpurs_analysis.text import tidy_spaces

Codes = np.ndarray[Any, np.dtype[Any]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

# What is worth a closer look (RE2): all other texts pass untouched, a million in a blink.
_UNTIDY = (
    r"[\x00-\x1f\x7f-\xa0\x{300}-\x{36f}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}\x{3000}\x{feff}]"
    "|^ | $|  "
)
_GARBLED = r"[ÄÅÃ\x{fffd}]|\pL\?\pL"
_UNUSUAL = re.compile(r"[^!-~ ]|[A-Za-z]\?[a-z]|^ | $|  ")  # anything but tidy ASCII
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_LOST = re.compile("\ufffd|(?<=[^\\W\\d_])\\?(?=[a-zāčēģīķļņšūž])")
_LATVIAN = frozenset("āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ–—„“”’…")
_ERRORS = pa.array(
    [*("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A"), *("#NUM!", "#NULL!", "#ERR!")]
)
_LARGE = 1_000_000  # cells of a large part
_MOST_DIGITS = 15  # a spreadsheet program shows no more


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one sheet as text.

    Attributes:
        file: File name without folders; inside an archive ``delivery.zip/a.xlsx``.
        sheet: Sheet of a workbook, empty for a plain table.
        sha256: Of the file's bytes.
        columns: One categorical per column A, B, ... of the sheet, all of one length; the category
            ``""`` is an empty cell.
        first_row: Row number of the first record as a spreadsheet program shows it.
        merged: Merged ranges as first row, first column, last row, last column, counted from 1.
        hidden_rows: Row numbers that the program does not show.
        hidden_columns: Column numbers that it does not show.
        struck_rows: Row numbers with text that is struck through.
        is_hidden: The whole sheet is not shown.
        is_turned: Rows of the sheet stand as columns, and its columns as rows.
    """

    file: str
    sheet: str
    sha256: str
    columns: list[pd.Categorical]
    first_row: int = 1
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck_rows: frozenset[int] = frozenset()
    is_hidden: bool = False
    is_turned: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """The file and the sheet it is of."""
        return self.file, self.sheet

    @property
    def row_count(self) -> int:
        """How many records there are, blank ones included."""
        return len(self.columns[0]) if self.columns else 0

    def cell(self, row: int, column: int) -> str:
        """Give one cell by its row and column number as the program shows them.

        Example:
            >>> Grid("a.csv", "", "", [pd.Categorical(["x", "y"])]).cell(2, 1)
            'y'
        """
        inside = 0 < column <= len(self.columns) and 0 <= row - self.first_row < self.row_count
        return str(self.columns[column - 1][row - self.first_row]) if inside else ""


def text_of(value: object) -> str:
    """Write a typed cell as text: shortest number, ISO date, TRUE or FALSE.

    Example:
        >>> [text_of(value) for value in (30.0, 30.5, True, dt.date(2019, 10, 1), 0.1 + 0.2)]
        ['30', '30.5', 'TRUE', '2019-10-01', '0.3']
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | Decimal):
        return _number(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else str(value)
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return "" if value is None else str(value)


def _number(value: float) -> str:
    if isnan(value):
        return ""
    if value.is_integer() and abs(value) < 10**_MOST_DIGITS:
        return str(int(value))
    text = f"{value:.{_MOST_DIGITS}g}"
    if "e" not in text:
        return text
    written = f"{float(text):.20f}" if abs(value) < 1 else f"{float(text):.0f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def coded(values: Sequence[object]) -> tuple[Codes, list[str]]:
    """Give each distinct value once as text, and which of them every cell holds.

    Example:
        >>> codes, texts = coded(["a", 1.0, "a", True])
        >>> codes.tolist(), texts
        ([0, 1, 0, 2], ['a', '1', 'TRUE'])
    """
    seen: dict[object, int] = {}
    if bool in set(map(type, values)):  # True and 1 are one key of a dict
        values = [text_of(value) if isinstance(value, bool) else value for value in values]
    first = np.fromiter(map(seen.setdefault, values, count()), np.int64, len(values))
    dense = np.empty(len(values), np.int32)
    dense[list(seen.values())] = np.arange(len(seen), dtype=np.int32)
    return dense[first], [text_of(value) for value in seen]


class CodedParts:
    """A long column read part by part, each coded by a dictionary of its own.

    Small parts are joined into large ones as they come: memory given back in large pieces is free
    again, in small ones it is lost.
    """

    def __init__(self) -> None:
        self._large: list[tuple[Codes, pa.Array]] = []
        self._small: list[tuple[Codes, pa.Array]] = []
        self.count = 0
        self._waiting = 0  # cells in small parts

    def add(self, part: pa.DictionaryArray) -> None:
        """Add cells below, in the fewest bytes that hold their codes."""
        codes = part.indices.to_numpy().astype(np.min_scalar_type(len(part.dictionary)))
        self._small.append((codes, part.dictionary))
        self.count += len(part)
        self._waiting += len(part)
        if self._waiting > _LARGE:
            self._large.append(_joined(self._small))
            self._waiting = 0

    def joined(self) -> tuple[Codes, pa.Array]:
        """Give the codes of all cells, and the distinct texts they stand for."""
        self._large += self._small
        return _joined(self._large)


def _joined(parts: list[tuple[Codes, pa.Array]]) -> tuple[Codes, pa.Array]:
    """Join parts, emptying the list."""
    every = pa.concat_arrays([texts for _, texts in parts]).dictionary_encode()
    places = every.indices.to_numpy().astype(np.min_scalar_type(-len(every.dictionary) - 1))
    codes = np.empty(sum(len(part) for part, _ in parts), places.dtype)
    at = start = 0
    for part, texts in parts:
        places[start : start + len(texts)].take(part, out=codes[at : at + len(part)], mode="clip")
        at, start = at + len(part), start + len(texts)
    parts.clear()
    return codes, every.dictionary


def without_last(codes: Codes, texts: pa.Array) -> tuple[Codes, pa.Array]:
    """Leave out the last cell, and its text where no other cell holds it."""
    kept = codes[:-1]
    is_needed = codes[-1] != len(texts) - 1 or codes[-1] in kept
    return kept, texts if is_needed else texts[:-1]


@dataclass
class Door:
    """Lets the texts of one sheet in, each distinct one once.

    Attributes:
        source: The file.
        sheet: Of a workbook, as it may be shown.
        key: Makes the pseudonyms.
        problems: What was met, with row and column; texts are never quoted.
    """

    source: Source
    sheet: str
    key: bytes
    first_row: int = 1
    problems: list[Problem] = field(default_factory=list)
    _filled: list[tuple[int, int]] = field(default_factory=list)

    def grid(self, columns: list[pd.Categorical], **more: Any) -> Grid | None:  # noqa: ANN401  (fields of Grid)
        """Make the grid, without blank rows and columns at its ends; None where all is blank."""
        filled = [span for span in self._filled if span[0] <= span[1]]
        if not filled:
            return None
        first, last = min(span[0] for span in filled), max(span[1] for span in filled)
        width = max(number for number, span in enumerate(self._filled, 1) if span[0] <= span[1])
        kept = [column[first : last + 1] for column in columns[:width]]
        place = (self.source.name, self.sheet)
        return Grid(*place, self.source.sha256, kept, self.first_row + first, **more)

    def columns(
        self, parts: "Iterable[tuple[Codes, list[str] | pa.Array]]"
    ) -> list[pd.Categorical]:
        """Make the columns of the sheet: which of its distinct texts every cell holds."""
        every = [_as_array(codes, texts) for codes, texts in parts]
        arrays = [array for _, array in every]
        headings = matches(arrays, _code_headings())
        patterns = f"{_UNTIDY}|{_GARBLED}|{pseudonyms.LIKE}"
        asked = zip(every, matches(arrays, patterns), headings, count(1), strict=False)
        return [
            self._column(codes, array, looked_at, is_code=bool(heading.any()), number=number)
            for (codes, array), looked_at, heading, number in asked
        ]

    def _column(
        self, codes: Codes, array: pa.Array, looked_at: Mask, *, is_code: bool, number: int
    ) -> pd.Categorical:
        if is_code:
            looked_at |= matches([array], r"\d")[0]
        if looked_at.any():
            places = np.flatnonzero(looked_at)
            is_seen = pa.array(looked_at)
            let_in = [
                self._admit(text, is_code=is_code) for text in array.filter(is_seen).to_pylist()
            ]
            problems = dict(zip(places.tolist(), (code for _, code in let_in), strict=True))
            self._report_letters(codes, problems, number)
            array = pc.replace_with_mask(array, is_seen, pa.array([text for text, _ in let_in]))
            again = array.dictionary_encode()
            codes = again.indices.to_numpy().astype(codes.dtype)[codes]
            array = again.dictionary
        self._report_errors(codes, array, number)
        blank = pc.index(array, "").as_py()
        filled = codes != blank
        if filled.any():
            last = len(filled) - 1 - int(filled[::-1].argmax())
            self._filled.append((int(filled.argmax()), last))
        else:
            self._filled.append((1, 0))
        categories = pd.Index(pd.array(array, dtype="str"))
        return pd.Categorical.from_codes(codes, categories, validate=False)

    def _admit(self, text: str, *, is_code: bool) -> tuple[str, str]:
        """Give the text as it is let in, and the code of what was wrong with it."""
        problem = ""
        if _UNUSUAL.search(text):
            mended = _mended(text)
            problem = "letters_mended" if mended != text else ""
            if not problem and "/" not in text and _LOST.search(text):  # "?" may ask an address
                problem = "letters_lost"
            lines = _LINE_END.split(_CONTROL.sub("", mended))
            text = unicodedata.normalize("NFC", "\n".join(map(tidy_spaces, lines)).strip("\n"))
        return pseudonyms.scrub(text, self.key, is_code=is_code), problem

    def _report_errors(self, codes: Codes, array: pa.Array, number: int) -> None:
        """Say of every cell that holds what a spreadsheet program shows for a failed formula."""
        places = np.flatnonzero(pc.is_in(array, _ERRORS).to_numpy(zero_copy_only=False))
        for row in np.flatnonzero(np.isin(codes, places)) if len(places) else ():
            found = array[codes[row]].as_py()
            self.report("formula_error", int(row), number, found)

    def report(self, code: str, row: int, column: int, found: str = "") -> None:  # noqa: PLR0917  (as a sentence)
        """Note a problem of a cell, its row counted from the first one read."""
        place = self.first_row + row
        self.problems.append(
            Problem(
                code, self.source.name, self.sheet, row=place, found=found, column_number=column
            )
        )

    def _report_letters(self, codes: Codes, found: dict[int, str], number: int) -> None:
        """Say once in a column that letters were garbled, and in how many cells."""
        for problem in ("letters_mended", "letters_lost"):
            places = [place for place, code in found.items() if code == problem]
            if places:
                rows = np.flatnonzero(np.isin(codes, places))
                self.report(problem, int(rows[0]), number, str(len(rows)))


def matches(arrays: Sequence[pa.Array], pattern: str) -> list[Mask]:
    """Say of every text in some arrays whether it matches a pattern (RE2).

    A pattern is worth most of the time that small arrays take, so they are asked in one go.
    """
    if len(arrays) < 2 or sum(map(len, arrays)) > _LARGE:  # noqa: PLR2004  (nothing to join)
        return [_match(array, pattern) for array in arrays]
    found = _match(pa.concat_arrays(arrays), pattern)
    return np.split(found, np.cumsum([len(array) for array in arrays])[:-1])


def _match(array: pa.Array, pattern: str) -> Mask:
    found = pc.match_substring_regex(array, pattern)
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask if mask.flags.writeable else mask.copy()


def _as_array(codes: Codes, texts: "list[str] | pa.Array") -> tuple[Codes, pa.Array]:
    """Give distinct texts as one array; “30” and 30 are one text now."""
    if isinstance(texts, pa.Array):
        return codes, texts
    again = pa.array(_encodable(texts), pa.string()).dictionary_encode()
    return again.indices.to_numpy()[codes], again.dictionary


def _encodable(texts: list[str]) -> list[str]:
    """Half characters (lone surrogates) are replaced: no program could write them anywhere."""
    return [text.encode("utf-8", "replace").decode() for text in texts]


def _mended(text: str) -> str:
    """Undo UTF-8 that was once read as Windows-1257 or 1252, where that gives Latvian letters.

    Example:
        >>> _mended("SkolÄ\u0081"), _mended("Älvas")
        ('Skolā', 'Älvas')
    """
    for encoding in ("cp1257", "cp1252"):
        try:
            mended = b"".join(_byte(letter, encoding) for letter in text).decode("utf-8")
        except (UnicodeError, ValueError):
            continue
        if _LATVIAN & set(mended):
            return mended
    return text


def _byte(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return bytes([ord(letter)])  # places without a letter were kept as they are


@cache
def _code_headings() -> str:
    """One pattern of all headings that say: personal codes stand below."""
    written = catalogue.entries("headings")["learner_code"]["written"]
    words = (
        "".join(
            f"[{letter}{plain(letter)}]" if letter != plain(letter) else re.escape(letter)
            for letter in word
        )
        for word in map(str.lower, written)
    )
    return rf"(?i)^\s*(?:{'|'.join(words)})[\s.:*]*$"
