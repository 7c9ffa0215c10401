"""What every row of a record form has: its keys, and the readers of its usual columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pumpurs_analysis.days import month_comes_first
from pumpurs_analysis.normalise import cells, keys
from pumpurs_analysis.normalise.keys import Ways
from pumpurs_analysis.normalise.reading import Column, Mask, Reading, Rows
from pumpurs_analysis.pseudonyms import could_name_a_person
from pumpurs_analysis.spellings import is_nothing, specialist_in

Piece = dict[str, Any]
"""Columns of one table as read from one delivered table; ``_at``: the rows its lines stand in."""
Built = Iterator[tuple[str, Piece]]
"""Pieces with the table they belong to."""


@dataclass(frozen=True)
class RowKeys:
    """Which plan, learner, school and semester each row of a table speaks of."""

    plan_id: Column
    school_id: Column
    semester: Column
    municipality: Column
    who: keys.Learners

    def at(self, rows: Rows) -> Piece:
        """The columns that tie rows to plans, for lines that stand in these rows."""
        columns = {
            "plan_id": self.plan_id,
            "school_id": self.school_id,
            "learner_id": self.who.best,
            "_semester": self.semester,
            "_basis": self.who.basis,
            "_local": self.who.by_local,
            "_alone": self.who.alone,
        }
        return {name: column.take(rows) for name, column in columns.items()} | {"_at": rows}


def row_keys(reading: Reading, ways: Ways) -> RowKeys:
    """Read the keys of every row."""
    named = keys.municipality(reading)
    schools = keys.school(reading, ways, named)
    who = keys.learners(reading, ways, schools)
    plan_id = keys.plan(reading)
    nobody = plan_id.is_missing() & who.best.is_missing() & ~reading.is_out
    if reading.has("plan_id"):  # a personal code in its place is said already
        nobody &= ~reading.texts(reading.found.columns["plan_id"]).map(cells.personal).where(bool)
    if reading.found.form is not None and "plan_id" in reading.found.form.takes:
        reading.doubt("learner_missing", nobody)
    semesters = keys.semester(reading)
    keys.doubt_places(reading, ways, named=named, semesters=semesters)
    return RowKeys(plan_id, schools, semesters, named, who)


def code(reading: Reading, name: str, problem: str, *, codes: str = "") -> Column:
    """Read a field of a code list, of the field's own name unless another is given."""
    return reading.read(name, cells.code(codes or name, problem))


def days(reading: Reading) -> Column:
    """Read the day; which of two figures is its month may be told by the other days."""
    texts = reading.texts(reading.found.columns["date"]).distinct if reading.has("date") else ()
    is_month_first = month_comes_first(filter(None, texts))
    return reading.read("date", partial(cells.day, is_month_first=is_month_first))


def flag(reading: Reading, name: str) -> Column:
    """Read yes or no."""
    return reading.read(name, cells.yes_no)


def short_texts(reading: Reading, name: str) -> Column:
    """Short texts that are kept as written, unless they could name somebody."""
    if not reading.has(name):
        return Column.constant(None, len(reading))
    return reading.texts(reading.found.columns[name]).map(_kept)


def _kept(text: str) -> str | None:
    if not text or is_nothing(text) or cells.personal(text) or could_name_a_person(text):
        return None
    return text[:1].upper() + text[1:]


def support_kinds(reading: Reading, *, measured: Mask | bool = False) -> Column:
    """Read the kinds of support of each row; several cannot share what is measured of them."""
    kinds = reading.read("support_kind", cells.support_kinds)
    shared = kinds.where(lambda each: len(each) > 1) & measured
    column = reading.found.columns.get("support_kind")
    found = reading.quoted(column, shared)
    reading.doubt("support_kinds_together", shared, column=column, found=found)
    return kinds


def only_kind(kinds: Column) -> Column:
    """Give the kind of support where there is only one."""
    return kinds.map(lambda each: each[0] if len(each) == 1 else None)


def specialist_kind(reading: Reading) -> Column:
    """Read the kind of specialist; where most names are kinds, the others are, too."""
    column = reading.found.columns.get("specialist")
    names = () if column is None else filter(None, reading.texts(column).distinct)
    said = [*map(cells.kind_for_name, names)]
    is_of_kinds = 2 * sum(map(bool, said)) > len(said)
    own = reading.read("specialist_kind", cells.specialist_kind)
    read = cells.specialist_kind if is_of_kinds else cells.kind_for_name
    of_support = reading.read("support_kind", specialist_in)  # "psihologs": by a psychologist
    return own.or_else(reading.read("specialist", read)).or_else(of_support)
