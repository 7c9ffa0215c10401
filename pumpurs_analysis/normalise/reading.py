"""The data rows of one table while they are read, column by column.

Comes in: a ``FoundTable``. Goes out: arrays of values, one per data row, and the doubts met. Each
distinct text of a column is read once, however many rows hold it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.layout import FoundTable
from pumpurs_analysis.normalise import cells
from pumpurs_analysis.normalise.cells import Doubtful, Unread
from pumpurs_analysis.pseudonyms import could_name_a_person
from pumpurs_analysis.spellings import NO, is_nothing
from pumpurs_analysis.text import tidy_spaces

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64] | slice
"""Positions of rows; ``slice(None)`` are all of them, without a list as long as the table."""
Read = Callable[[str], Any]

# A phone without a word that says so; no date, part of an amount or number of a document.
_LIKE_PHONE = re.compile(
    r"(?i)(?<![\d.,/-])(?<!nr\.)(?<!nr )(?<!nr\. )(?!20[12]\d)"
    r"[26]\d(?:\d{6}|(?: \d{3}){2}|(?: \d\d){3})(?![\d/-]|[.,]\d)"
)
_WORDS = ("subject", "source", "risk", "school", "notes")  # fields in which eight digits are no id
_LISTS = ("support_kind", "risk")  # fields of which a cell may hold several
_QUOTED = 80  # letters of a cell that a message repeats


def quotable(text: str) -> str:
    """Give a cell's text as a message may repeat it: short, and never what could name a person.

    Example:
        >>> quotable("trīsdesmit"), quotable("⟪code:0011223344556677⟫"), quotable(f"2{0:07}")
        ('trīsdesmit', '…', '…')
    """
    shown = tidy_spaces(text)
    if cells.personal(shown) or _LIKE_PHONE.search(shown) or could_name_a_person(shown):
        return "…"
    return shown if len(shown) <= _QUOTED else shown[: _QUOTED - 1] + "…"


def _tidy_lines(text: str) -> str:
    return "\n".join(filter(None, map(tidy_spaces, text.splitlines())))


@dataclass
class Doubts:
    """Problems of one delivery, as columns; a million of them cost no million objects."""

    pieces: list[pd.DataFrame] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Add one problem."""
        self.pieces.append(pd.DataFrame([problem.as_row()]))

    def add_rows(
        self,
        code: str,
        rows: Sequence[int] | npt.NDArray[np.int64],
        **cells_of: Any,  # noqa: ANN401  (one value, or an array)
    ) -> None:
        """Add the same problem for many rows; other fields have one value, or one per row."""
        if len(rows):
            severity = catalogue.entries("problems")[code]["severity"]
            piece = pd.DataFrame({"row": np.asarray(rows, dtype=np.int64)})
            self.pieces.append(piece.assign(code=code, severity=severity, **cells_of))


@dataclass(frozen=True)
class Column:
    """Values of one field, one per row, kept as places in the distinct values."""

    places: npt.NDArray[np.int32]  # place in ``distinct`` for each row
    distinct: npt.NDArray[np.object_]  # none where there is none; equal ones may stand twice

    @classmethod
    def constant(cls, value: object, length: int) -> "Column":
        """Give the same value to every row."""
        return cls(np.zeros(length, dtype=np.int32), _objects([value]))

    @classmethod
    def of(cls, per_row: Iterable[object]) -> "Column":
        """Make a column of one value per row."""
        codes, values = pd.factorize(_objects(list(per_row)))
        return cls(codes.astype(np.int32), _objects([*values, None]))

    @classmethod
    def flags(cls, mask: Mask) -> "Column":
        """Make a column of yes and no."""
        return cls(mask.astype(np.int32), _objects([False, True]))

    @classmethod
    def below(cls, parts: "list[Column]") -> "Column":
        """Put columns below each other."""
        if len(parts) == 1:
            return parts[0]
        starts = np.cumsum([0, *(len(part.distinct) for part in parts)])
        places = [part.places + np.int32(start) for part, start in zip(parts, starts, strict=False)]
        return cls(np.concatenate(places), np.concatenate([part.distinct for part in parts]))

    def map(self, change: Callable[[Any], Any]) -> "Column":
        """Change every value; None stays."""
        return Column(
            self.places,
            _objects([None if value is None else change(value) for value in self.distinct]),
        )

    def with_other(self, other: "Column", combine: Callable[[Any, Any], Any]) -> "Column":
        """Combine two columns; each pair that occurs is asked once."""
        if self.places is other.places:
            pairs_of = zip(self.distinct, other.distinct, strict=True)
            return Column(self.places, _objects([combine(*pair) for pair in pairs_of]))
        one, two = self.compact(), other.compact()
        if len(two.distinct) == 1:
            only = two.distinct[0]
            return Column(one.places, _objects([combine(mine, only) for mine in one.distinct]))
        width = len(two.distinct)
        both = one.places.astype(np.int64) * width + two.places
        pairs, places = _distinct(both, len(one.distinct) * width)
        values = [
            combine(one.distinct[pair // width], two.distinct[pair % width]) for pair in pairs
        ]
        return Column(places, _objects(values))

    def compact(self) -> "Column":
        """Give the same column with equal values once."""
        if len(self.distinct) == 1:
            return self
        codes, values = pd.factorize(self.distinct)
        if len(values) == len(self.distinct):
            return self
        settled: npt.NDArray[np.int32] = codes.astype(np.int32)
        settled[codes < 0] = len(values)
        return Column(settled[self.places], _objects([*values, None]))

    def or_else(self, other: "Column") -> "Column":
        """Take the other column's value where this one has none."""
        return self.with_other(other, lambda mine, theirs: theirs if mine is None else mine)

    def per_row(self, at: Any = slice(None)) -> npt.NDArray[np.object_]:  # noqa: ANN401  (a mask or positions)
        """Give the values of rows."""
        found: npt.NDArray[np.object_] = self.distinct[self.places[at]]
        return found

    def take(self, rows: Rows) -> "Column":
        """Give the column of some rows, in their order; a row may be taken more than once."""
        if isinstance(rows, slice):
            return self
        return Column(self.places[rows], self.distinct)

    def is_missing(self) -> Mask:
        """Say for each row whether it has no value."""
        answer: Mask = np.array([value is None for value in self.distinct], dtype=bool)[self.places]
        return answer

    def where(self, wanted: Callable[[Any], bool]) -> Mask:
        """Say for each row whether it has a value of a kind."""
        flags = [value is not None and wanted(value) for value in self.distinct]
        answer: Mask = np.array(flags, dtype=bool)[self.places]
        return answer

    def array(self, dtype: str) -> Any:  # noqa: ANN401  (an array of any type)
        """Give one value per row in a column type of the catalogue."""
        if dtype == "category":
            codes, names = pd.factorize(self.distinct)
            index = pd.Index([str(name) for name in names], dtype="str")
            return pd.Categorical.from_codes(codes[self.places], categories=index)
        if dtype.startswith("datetime"):
            days = pd.to_datetime(pd.Series(self.distinct, dtype=object)).astype("datetime64[s]")
            return days.to_numpy()[self.places]
        return pd.array(self.distinct.tolist(), dtype=dtype).take(self.places)


def _objects(values: list[Any]) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _distinct(
    codes: npt.NDArray[Any], length: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Distinct codes and each row's place among them; counting is quicker than sorting."""
    if length > 4 * len(codes) + 1_000_000:
        used, places = np.unique(codes, return_inverse=True)
        return used, places.astype(np.int32)
    is_used = np.zeros(length, dtype=bool)
    is_used[codes] = True
    used = np.flatnonzero(is_used)
    if len(used) == length and codes.dtype == np.int32:
        return used, codes
    place = np.zeros(length, dtype=np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[codes]


class Reading:
    """The data rows of one table while they are read; ``is_out``: those set aside, to be mended."""

    def __init__(
        self, found: FoundTable, doubts: Doubts, texts: Mapping[int, Column] = MappingProxyType({})
    ) -> None:
        self.found, self.doubts = found, doubts
        self.is_out: Mask = np.zeros(len(found.rows), dtype=bool)
        self.schools: Column | None = (
            None  # names, as soon as they are read: by school is how people mend
        )
        self._texts: dict[int, Column] = dict(texts)  # of columns of the sheet

    def __len__(self) -> int:
        return len(self.found.rows)

    def has(self, name: str) -> bool:
        """Say whether the field has a column of its own."""
        return name in self.found.columns

    def numbers(self, at: Any) -> npt.NDArray[np.int64]:  # noqa: ANN401  (a mask or positions)
        """Give row numbers as the user's program shows them."""
        rows: npt.NDArray[np.int64] = self.found.rows[at] + self.found.grid.first_row
        return rows

    def doubt(
        self,
        code: str,
        at: Mask,
        *,
        column: int | None = None,
        found: object = "",
        wanted: object = "",
        is_heading: object = False,
    ) -> None:
        """Note a problem for the rows of a mask; an error sets them aside.

        What a title or heading says wrong (``is_heading``) is noted once, in the first row.
        """
        if not at.any():
            return
        if catalogue.entries("problems")[code]["severity"] == "error":
            self.is_out |= at
        if is_heading or (column is None and isinstance(found, str) and found):
            at = self.mask(np.flatnonzero(at)[:1])
        heading = "" if column is None else self.found.headings.get(column, "")
        self.doubts.add_rows(
            code,
            self.numbers(at),
            file=self.found.grid.file,
            sheet=self.found.grid.sheet,
            column=tidy_spaces(heading),
            column_number=None if column is None else column + 1,
            found=found,
            wanted=wanted,
            school=self._schools(at),
        )

    def _schools(self, at: Mask) -> object:
        if self.schools is None:
            return ""
        return np.array([name or "" for name in self.schools.per_row(at)], dtype=object)

    def texts(self, column: int) -> Column:
        """Give the texts of a column of the sheet."""
        if column not in self._texts:
            taken = self.found.cells(column)
            codes = taken.codes.astype(np.int32)
            if codes.min(initial=0) < 0:
                codes[codes < 0] = len(taken.categories)
            used, places = _distinct(codes, len(taken.categories) + 1)
            texts = np.append(np.asarray(taken.categories, dtype=object), [""])[used]
            tidied = _tidy_lines if self._is_list(column) else tidy_spaces
            for place in np.flatnonzero(["\n" in text for text in texts]):
                texts[place] = tidied(texts[place])
            if column in {self.found.columns.get(name) for name in _WORDS}:
                texts[:] = [_LIKE_PHONE.sub("⟪phone⟫", text) for text in texts]
            self._texts[column] = Column(places, texts)
        return self._texts[column]

    def _is_list(self, column: int) -> bool:
        """Whether each line of a cell may be one of several."""
        return column in {self.found.columns.get(name, -1) for name in _LISTS}

    def read(self, name: str, read: Read) -> Column:
        """Read a field: its column, else what the titles say, else nothing."""
        if self.has(name):
            return self.read_column(self.found.columns[name], read)
        said = Column.constant(self.found.context.get(name, ""), len(self))
        return self.read_texts(said, read, column=None)

    def read_column(self, column: int, read: Read) -> Column:
        """Read a column of the sheet."""
        return self.read_texts(self.texts(column), read, column=column)

    def read_texts(self, texts: Column, read: Read, *, column: int | None) -> Column:
        """Read texts; each distinct one is read once."""
        values: list[Any] = []
        for place, text in enumerate(texts.distinct):
            value = None
            is_said = read is cells.yes_no and text.casefold() in NO  # "nav"
            if text and (is_said or not is_nothing(text)):
                try:
                    value = read(text)
                except Doubtful as doubt:
                    value = doubt.value
                    self._doubt_text(doubt, texts.places == place, column=column, text=text)
                except Unread as doubt:
                    self._doubt_text(doubt, texts.places == place, column=column, text=text)
            values.append(value)
        return Column(texts.places, _objects(values))

    def _doubt_text(self, doubt: Unread, at: Mask, *, column: int | None, text: str) -> None:
        if cells.personal(text):
            return  # note_personal says so, for every column
        shown = "" if doubt.code in _NEVER_QUOTED else doubt.found or quotable(text)
        self.doubt(doubt.code, at, column=column, found=shown, wanted=doubt.wanted)

    def quoted(self, column: int | None, at: Mask) -> object:
        """Give the cells of a column in some rows as messages may repeat them."""
        if column is None or not at.any():
            return ""
        texts = self.texts(column).per_row(at)
        shown = {text: quotable(text) for text in set(texts)}
        return np.array([shown[text] for text in texts], dtype=object)

    def mask(self, rows: Rows) -> Mask:
        """Give a mask of some rows."""
        at: Mask = np.zeros(len(self), dtype=bool)
        at[rows] = True
        return at

    def needs(self, name: str, values: Column) -> None:
        """Set rows aside whose cell of a needed field is empty."""
        column = self.found.columns.get(name)
        known = name if name in catalogue.entries("headings") else ""
        at = values.is_missing() & ~self.is_out
        self.doubt("cell_missing", at, column=column, wanted=known, is_heading=column is None)


_NEVER_QUOTED = {"learner_code_unread"}
_PERSONAL = {
    "code": "personal_code_in_cell",
    "phone": "contact_in_cell",
    "email": "contact_in_cell",
    "account": "account_in_cell",
}


def _note_personal_outside(reading: Reading) -> None:
    """The same for titles, remarks and signatures around the table."""
    found = reading.found
    for position, why in found.apart.items():
        if why not in {"title", "note"}:
            continue
        for column in range(len(found.grid.columns)):
            kind = cells.personal(found.grid.cell(found.row_number(position), column + 1))
            if kind is not None:
                place = {"file": found.grid.file, "sheet": found.grid.sheet}
                rows = [found.row_number(position)]
                reading.doubts.add_rows(_PERSONAL[kind], rows, **place, column_number=column + 1)


def note_personal(reading: Reading) -> None:
    """Note personal codes, phones, addresses and accounts in columns where none belongs.

    What was found is gone already: ``read`` took it out at the door.
    """
    headings = catalogue.entries("headings")
    _note_personal_outside(reading)
    expected = {
        column
        for name, column in reading.found.columns.items()
        if headings[name].get("drops") == "person"
        or headings[name]["reads"] in {"learner_code", "learner", "specialist"}
    }
    for column in range(len(reading.found.grid.columns)):
        if column in expected:
            continue
        kinds = reading.texts(column).map(cells.personal)
        for kind in dict.fromkeys(filter(None, kinds.distinct)):
            reading.doubt(_PERSONAL[kind], kinds.where(kind.__eq__), column=column)
