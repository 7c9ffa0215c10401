"""Text cells to tidy tables; every doubt becomes a problem, nothing is guessed.

Comes in: RawTable. Goes out: frames after ``catalogue/fields.yaml`` and the problems met. A
published figure is read twice: by our own readers from the words alone, and by the page's
context that stands beside it. Where the words say less, context fills in and the row says so;
where the two differ, context is kept and a warning is raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.amounts import read_amount
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.periods import Period, read_period
from pumpurs_analysis.read import RawTable
from pumpurs_analysis.schools import match_school

_JOINED = (" ... ", "…")  # two parts of one sentence, joined when the figure was collected
_SCHOOL_LEVELS = {"school", "vocational_school"}


@dataclass
class _Doubts:
    """Collects the problems of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, row: object, column: str, found: str) -> None:  # noqa: PLR0917  (as a sentence)
        place = int(str(row))
        self.problems.append(Problem(code, file=self.file, row=place, column=column, found=found))


def published_figures(
    raw: RawTable, source_ids: Iterable[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Make the ``published_figures`` table from its cells.

    Rows in = rows accepted + rows set aside: a row with an ``error`` problem is set aside.

    Args:
        raw: Cells of the form ``published_figures``.
        source_ids: Codes of the sources known.

    Returns:
        The table, and every problem, notes included.

    Example:
        >>> from pumpurs_analysis.read import read_table
        >>> raw = read_table(catalogue.DATA / "published" / "figures.csv", "published_figures")
        >>> table, problems = published_figures(raw, raw.frame["source_id"])
        >>> len(table), {problem.severity for problem in problems}
        (310, {'note'})
    """
    doubts = _Doubts(raw.file)
    _check_codes(raw.frame, doubts, set(source_ids))
    rows = {row: _figure(row, cells, doubts) for row, cells in raw.frame.to_dict("index").items()}
    set_aside = {problem.row for problem in doubts.problems if problem.severity == "error"}
    kept = pd.DataFrame([cells for row, cells in rows.items() if row not in set_aside])
    return schema.conform("published_figures", kept), doubts.problems


def _check_codes(frame: pd.DataFrame, doubts: _Doubts, source_ids: set[str]) -> None:
    for row in frame.index[frame["figure_id"].duplicated()]:
        doubts.add("figure_twice", row, "figure_id", frame.loc[row, "figure_id"])
    for row in frame.index[~frame["source_id"].isin(source_ids)]:
        doubts.add("source_unknown", row, "source_id", frame.loc[row, "source_id"])
    for column, declared in catalogue.entries("fields")["fields"].items():
        codes = catalogue.entries("codes").get(declared.get("allowed") or "")
        if codes and column in frame.columns:
            for row in frame.index[~frame[column].isin(codes)]:
                doubts.add("code_unknown", row, column, frame.loc[row, column])


def _figure(row: object, cells: schema.Record, doubts: _Doubts) -> schema.Record:
    school = _school(row, cells, doubts) if cells["level"] in _SCHOOL_LEVELS else None
    found = _period(row, cells, doubts) | _value(row, cells, doubts) | {"school_id": school}
    return dict(cells) | {str(name): value for name, value in found.items()}


def _school(row: object, cells: schema.Record, doubts: _Doubts) -> str | None:
    """The register's code; the page's own words first, its context where they are too bare."""
    written = "entity_as_published"
    place = cells["municipality_today"] or None
    read = match_school(cells["entity_as_published"], municipality=place)
    known = match_school(cells["entity"], municipality=place) if cells["entity"] else read
    if read.name and known.name and read.name != known.name:
        doubts.add("school_differs", row, written, cells[written])
    elif not read.name:
        doubts.add("school_not_matched", row, written, cells[written])
    return known.school_id


def _joined_parts(text: str) -> str:
    for join in _JOINED:
        text = text.replace(join, " ")
    return text


def _period(row: object, cells: schema.Record, doubts: _Doubts) -> dict[str, object]:
    column = "period_as_published"
    read = read_period(_joined_parts(cells[column]))
    words = (read.school_year, read.semester)
    context = (cells["school_year"] or None, {"1": 1, "2": 2}.get(cells["semester"]))
    basis = "text" if _says_something(read) else "unknown"
    if any(said and known and said != known for said, known in zip(words, context, strict=True)):
        doubts.add("period_differs", row, column, cells[column])
        found, basis = context, "context"
    else:
        found = (words[0] or context[0], words[1] or context[1])
        if found != words:
            doubts.add("period_from_context", row, column, cells[column])
            basis = "context"
    return {
        "school_year": found[0],
        "semester": found[1],
        "start": _timestamp(read.start),
        "end": _timestamp(read.end),
        "period_basis": basis,
    }


def _says_something(read: Period) -> bool:
    return any((read.school_year, read.semester, read.start, read.end))


def _timestamp(day: date | None) -> pd.Timestamp | None:
    return None if day is None else pd.Timestamp(day)


def _value(row: object, cells: schema.Record, doubts: _Doubts) -> dict[str, object]:
    read = read_amount(_joined_parts(cells["value_as_published"]))
    try:
        context = float(cells["value"]) if cells["value"] else None
    except ValueError:
        doubts.add("number_unread", row, "value", cells["value"])
        return {"value": None, "value_basis": "unknown"}
    found = None if read.value is None else float(read.value)
    if context is None:
        doubts.add("value_vague", row, "value_as_published", cells["value_as_published"])
        return {"value": None, "value_basis": "unknown"}
    if found == context:
        return {"value": context, "value_basis": "text"}
    code = "value_from_context" if found is None else "value_differs"
    doubts.add(code, row, "value_as_published", cells["value_as_published"])
    return {"value": context, "value_basis": "context"}
