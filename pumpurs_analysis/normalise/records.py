"""Delivered tables to the tidy tables of records.

Comes in: the ``FoundTable``s of a delivery. Goes out: a frame per table of the catalogue, linked
with each other, and every doubt. Plans are read first: the other tables speak of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.grades import read_grades
from pumpurs_analysis.layout import FoundTable, Spread
from pumpurs_analysis.normalise import cells, keys
from pumpurs_analysis.normalise.keys import Ways
from pumpurs_analysis.normalise.lines import check_row_totals, consultations, payments
from pumpurs_analysis.normalise.linking import linked
from pumpurs_analysis.normalise.plans import plans, risks, supports
from pumpurs_analysis.normalise.reading import Column, Doubts, Reading, note_personal, quotable
from pumpurs_analysis.normalise.rows import Built, Piece, code, short_texts, specialist_kind
from pumpurs_analysis.normalise.totals import check_totals
from pumpurs_analysis.normalise.unfolding import readings

_ORDER = ["schools", "plans", "supports", "risks", "payments", "consultations"]
_ORDER += ["specialists", "ngo_projects", "enrolment"]


@dataclass(frozen=True)
class Normalised:
    """What a delivery was read as."""

    tables: Mapping[str, pd.DataFrame]  # frame by table name, as the catalogue declares them
    doubts: Doubts  # everything that must be mended or looked at
    set_aside: Mapping[int, npt.NDArray[np.int64]]  # by place of their table


def records(tables: Sequence[FoundTable], key: bytes) -> Normalised:
    """Read the tables of a delivery.

    Args:
        tables: As ``layout`` found them; those without a form are left alone. Their place in this
            sequence is their ``input_id``.
        key: The workspace's key of pseudonyms.

    Returns:
        Tidy tables, doubts, and which rows were set aside.
    """
    ways, doubts = Ways(key), Doubts()
    pieces: dict[str, list[Piece]] = {name: [] for name in _ORDER}
    set_aside: dict[int, npt.NDArray[np.int64]] = {}
    order = sorted(range(len(tables)), key=lambda place: _rank(tables[place]))
    for place in order:
        found = tables[place]
        if found.form is None or found.missing or not len(found.rows):
            continue
        if found.form.name not in {"schools", "plans"} and not ways.plan_semesters:
            ways.plan_semesters = _semesters(pieces["plans"])
        built, set_aside[place] = _pieces(found, doubts, ways)
        for name, piece in built:
            origin = Column.constant(f"T{place + 1}", len(piece["row"]))
            pieces[name].append(piece | {"input_id": origin})
    stacked = {name: _stacked(name, pieces.pop(name)) for name in _ORDER}
    return Normalised(linked(stacked), doubts, set_aside)


def _pieces(
    found: FoundTable, doubts: Doubts, ways: Ways
) -> tuple[list[tuple[str, Piece]], npt.NDArray[np.int64]]:
    """Read one delivered table; which rows are set aside is known when all of it is read."""
    build = _BUILD[found.form.name if found.form else ""]
    built, out = [], found.rows[:0]
    for reading, filled in readings(found, doubts):
        built += [(name, piece, reading) for name, piece in build(reading, ways)]
        built = [each for each in built if each[2] is not reading or each[0] not in filled]
        note_personal(reading)
        if "supports" not in filled:
            check_totals(reading)
        out = np.union1d(out, reading.found.rows[reading.is_out])
    for *_, reading in built:
        reading.is_out |= np.isin(reading.found.rows, out)
    return [(name, _kept(piece, reading)) for name, piece, reading in built], out


def _rank(found: FoundTable) -> int:
    return len(_ORDER) if found.form is None else _ORDER.index(found.form.table)


def _semesters(plans: list[Piece]) -> dict[str, str]:
    pairs = (piece["plan_id"].with_other(piece["semester"], _pair).distinct for piece in plans)
    return dict(pair for each in pairs for pair in each if pair is not None)


def _pair(plan: str | None, semester: str | None) -> tuple[str | None, str] | None:
    return None if semester is None else (plan, semester)


def _kept(piece: Piece, reading: Reading) -> Piece:
    """Give the lines of a piece that are not set aside, with the place each stands in."""
    at = piece.pop("_at", slice(None))
    is_out = reading.is_out[at]
    kept = np.flatnonzero(~is_out) if is_out.any() else slice(None)
    numbers = reading.numbers(at)[kept]
    return {name: column.take(kept) for name, column in piece.items()} | {"row": numbers}


def _dtype(name: str) -> str:
    field = {"semester": "semester_code", "start": "start_month", "end": "end_month"}.get(
        name, name
    )
    known = catalogue.entries("fields")["fields"].get(field)
    return str(known["dtype"]) if known else "category"


def _stacked(table: str, pieces: list[Piece]) -> pd.DataFrame:
    """Put pieces of one table below each other; each distinct value is made once."""
    wanted = list(schema.fields(table))
    if not pieces:
        return schema.conform(table, pd.DataFrame(columns=wanted))
    extras = sorted({name for piece in pieces for name in piece} - set(wanted))
    columns = {name: _below(name, pieces) for name in [*wanted, *extras]}
    frame = pd.DataFrame({name: columns[name] for name in wanted}, copy=False)
    return schema.conform(table, frame).assign(**{name: columns[name] for name in extras})


def _below(name: str, pieces: list[Piece]) -> Any:  # noqa: ANN401  (an array of any type)
    """One column of the table, emptying the pieces as it grows."""
    lengths = [len(piece["row"]) for piece in pieces if name != "row"]
    if name == "row":
        return pd.array(np.concatenate([piece["row"] for piece in pieces]), dtype="Int64")
    if not any(name in piece for piece in pieces):
        return pd.Series([None] * sum(lengths), dtype=object)
    parts = [
        piece.pop(name, None) or Column.constant(None, length)
        for piece, length in zip(pieces, lengths, strict=True)
    ]
    return Column.below(parts).array(_dtype(name))


def _specialists(reading: Reading, ways: Ways) -> Built:
    schools = keys.school(reading, ways, keys.municipality(reading))
    who, semesters = keys.specialist(reading, ways), keys.semester(reading)
    for name, column in (("school", schools), ("semester", semesters)):
        reading.needs(name, column)
    yield (
        "specialists",
        {
            "specialist_id": who,
            "school_id": schools,
            "semester": semesters,
            "specialist_kind": specialist_kind(reading),
        },
    )


def _ngo_projects(reading: Reading, _ways: Ways) -> Built:
    place = keys.municipality(reading)
    amount = reading.read("amount", cells.money).or_else(reading.read("amount_cents", cells.cents))
    ids = reading.read("ngo_project_id", cells.identifier)
    for name, column in (("ngo_project_id", ids), ("municipality", place), ("amount", amount)):
        reading.needs(name, column)
    span = reading.read("span", cells.span)
    start = reading.read("start", _month).or_else(span.map(lambda months: months[0]))
    end = reading.read("end", _month).or_else(span.map(lambda months: months[1]))
    is_back = start.with_other(end, lambda one, two: True if one and two and two < one else None)
    reading.doubt("ngo_ends_before_start", ~is_back.is_missing())
    yield (
        "ngo_projects",
        {
            "ngo_project_id": ids,
            "municipality": place,
            "start": start,
            "end": end,
            "amount_cents": amount,
            "learner_count": reading.read("learner_count", cells.count),
        },
    )


def _month(text: str) -> Any:  # noqa: ANN401  (a date)
    read = cells.month(text)
    if isinstance(read, cells.Part):
        raise cells.Unread("month_without_year")
    return read


def _enrolment(reading: Reading, ways: Ways) -> Built:
    schools = keys.school(reading, ways, keys.municipality(reading))
    years = reading.read("school_year", cells.school_year)
    source = short_texts(reading, "source")
    reading.needs("school", schools)
    totals = np.zeros(len(reading), dtype=np.int64)
    of_row = schools.with_other(years, lambda school, year: (school, year))
    for band, own, counts in _by_band(reading, of_row):
        year = own.or_else(years)
        reading.needs("school_year", year)
        rows = np.flatnonzero(~counts.is_missing())
        totals += (
            counts.map(lambda count: 100 * count)
            .or_else(Column.constant(0, len(reading)))
            .array("int64")
        )
        columns = {"school_id": schools, "school_year": year, "grade_band": band}
        columns |= {"learner_count": counts, "source": source}
        yield (
            "enrolment",
            {name: column.take(rows) for name, column in columns.items()} | {"_at": rows},
        )
    check_row_totals(reading, totals)


def _by_band(reading: Reading, of_row: Column) -> Iterator[tuple[Column, Column, Column]]:
    """Bands and years with their learners: a column of each, or columns of grades added up."""
    none = Column.constant(None, len(reading))
    if not reading.found.spread:
        counts = reading.read("learner_count", cells.count)
        reading.needs("learner_count", counts)
        band, counts = _with_classes(reading, of_row, counts)
        yield band, none, counts
    bands: dict[tuple[str | None, str | None], dict[tuple[int, int], dict[bool, Column]]] = {}
    of_years = [each for each in reading.found.spread if each.fields == {"school_year"}]
    yield from _by_year(reading, of_row, of_years)
    for each in (other for other in reading.found.spread if other not in of_years):
        heading = reading.found.headings[each.column]
        grades = read_grades(heading) or (0, 0)
        counts = reading.read_column(each.column, cells.count)
        says = {value.field: value.written for value in each.says}
        of, is_class = (says.get("grade_band"), says.get("school_year")), cells.is_class(heading)
        same = bands.setdefault(of, {}).setdefault(grades, {})
        is_more = is_class in same and grades[0] == grades[1]
        same[is_class] = same[is_class].with_other(counts, _added) if is_more else counts
    for of, by_grades in bands.items():  # a grade's own column counts before those of its classes
        columns = [
            (reduce(Column.or_else, [same[at] for at in sorted(same)]), grades)
            for grades, same in by_grades.items()
        ]
        span = min(first for _, (first, _) in columns), max(last for _, (_, last) in columns)
        is_whole = [grades == span and span[0] < span[1] for _, grades in columns]
        wholes, parts = (
            [each for (each, _), is_it in zip(columns, is_whole, strict=True) if is_it is asked]
            for asked in (True, False)
        )
        added = [reduce(partial(Column.with_other, combine=_added), parts)] if parts else []
        band, year = (Column.constant(each, len(reading)) for each in of)
        yield band, year, reduce(Column.or_else, [*wholes[:1], *added])


def _by_year(
    reading: Reading, of_row: Column, columns: list[Spread]
) -> Iterator[tuple[Column, Column, Column]]:
    """Columns of one school year each; of several days of one nobody knows which is meant."""
    by_year: dict[str, list[int]] = {}
    for each in columns:
        by_year.setdefault(each.says[0].written, []).append(each.column)
    for year, (first, *others) in by_year.items():
        counts = reading.read_column(first, cells.count)
        if others:
            found = ", ".join(quotable(reading.found.headings[at]) for at in (first, *others))
            at = ~counts.is_missing()
            reading.doubt("enrolment_days", at, column=first, found=found, is_heading=True)
            continue
        band = Column.constant(None, len(reading))
        if reading.has("grade_band"):
            band, counts = _with_classes(reading, of_row, counts)
        yield band, Column.constant(year, len(reading)), counts


def _with_classes(reading: Reading, of_row: Column, counts: Column) -> tuple[Column, Column]:
    """Bands with learners; grades and classes add up in the first row of theirs.

    A class in its grade's own row counts there. Beside whole bands a class is not all of its own.
    """
    bands = reading.read("grade_band", cells.grade_band)
    if bands.where(lambda read: not read[1]).any():
        column, part = reading.found.columns.get("grade_band"), bands.where(lambda read: read[1])
        found = reading.quoted(column, part)
        reading.doubt("grade_band_unknown", part, column=column, found=found)
    pairs = [*zip(of_row.per_row(), bands.per_row(), strict=True)]
    known, sums = Counter(pairs), list(counts.per_row())
    first: dict[object, int] = {}
    for at, (of, read) in enumerate(pairs):
        if read and read[1] and sums[at] is not None and known[of, read] == 1:
            count, sums[at] = sums[at], None
            if not read[2] or (of, (*read[:2], "")) not in known:
                top = first.setdefault((of, read[0]), at)
                sums[top] = (sums[top] or 0) + count
    return bands.map(lambda read: read[0]), Column.of(sums)


def _added(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def _schools(reading: Reading, ways: Ways) -> Built:
    place = keys.municipality(reading)
    texts = (
        reading.texts(reading.found.columns["school"])
        if reading.has("school")
        else Column.constant(None, len(reading))
    )
    names = texts.map(lambda text: text or None)
    reading.needs("school", names)
    ids = names.with_other(
        place, lambda name, at: None if name is None else ways.add_school(name, at)
    )
    yield (
        "schools",
        {
            "school_id": ids,
            "name": names,
            "kind": code(reading, "school_kind", "school_kind_unknown"),
            "municipality_today": place,
        },
    )


_BUILD: Mapping[str, Callable[[Reading, Ways], Built]] = {
    "plans": plans,
    "supports": supports,
    "risks": risks,
    "payments": payments,
    "consultations": consultations,
    "specialists": _specialists,
    "ngo_projects": _ngo_projects,
    "enrolment": _enrolment,
    "schools": _schools,
}
