"""Columns of each half of a school year: beside each other they are tables of two semesters.

Comes in: the headings of a table and the cells below them. Goes out: which columns speak of which
half, with the headings that stay when the half is taken out. Refuses figures of a half-year, which
may be money of several months, where no title says that they are planned.
"""

import re
from collections.abc import Mapping

from pumpurs_analysis.layout.cells import Positions, filled_counts
from pumpurs_analysis.layout.forms import OF_RISKS
from pumpurs_analysis.layout.headings import (
    IDENTITY,
    fields_of,
    half_in,
    is_measured,
    value_of,
    values_of,
)
from pumpurs_analysis.read import Grid
from pumpurs_analysis.spellings import MARKS, code_spellings, is_nothing, plain_heading

Halves = Mapping[str, Mapping[int, tuple[str, ...]]]
"""A half as written -> its columns, each with the rest of its headings."""

_CODE = re.compile(r"(?i)(?=.*\d)[a-z]+[-/. ]?\S*")  # "A-101", no mark and no figure
_ASKED = 1000  # rows that tell of a column
_WHOSE = {*IDENTITY, "learner_name", "specialist", "specialist_code", "specialist_kind"}
_TOLD = {"plan_id", "support_kind", "specialist_kind", "status", *OF_RISKS}  # what a cell tells
_SPREAD = {"support_kind", "specialist_kind", "risk", "risk_category", "subject"}
MARKED = "is_in_semester"  # the field of marks that say no more than that


def halves_of(
    grid: Grid, rows: Positions, headings: list[tuple[str, ...]], *, is_planned: bool
) -> Halves:
    """Give the columns of each half, where the rows tell plans or support of it, not money.

    Args:
        grid: The sheet.
        rows: Positions of the rows below the headings.
        headings: The texts above each column.
        is_planned: A title says that figures are planned.
    """
    parted = [_parted(texts) for texts in headings]
    shared = {
        name for half, rest in parted if not half for text in rest for name in fields_of(text)
    }
    if not shared & _WHOSE or "semester" in shared:
        return {}
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    is_told = False
    for column, (half, rest) in enumerate(parted):
        if half:
            texts = _texts(grid, rows, column)
            named = _named(rest, texts, is_planned=is_planned)
            if named is None or shared & {*fields_of(named[-1] if named else "")} & _TOLD:
                return {}  # "IAP" of the first half beside "2. semestris"
            is_told |= bool(named)
            found.setdefault(half, {})[column] = named or rest or ("…",)
    return found if is_told else {}


def _parted(texts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The half that headings name, and the headings without it."""
    parts = [*map(half_in, texts)]
    half = next((half for half, _ in parts if half), "")
    return half, tuple(rest for _, rest in parts if rest)


def _texts(grid: Grid, rows: Positions, column: int) -> list[str]:
    """The cells that say something; a few words alone in their row are a remark."""
    asked = rows[filled_counts(grid)[rows] > 1][:_ASKED]
    cells = grid.columns[column].take(asked).remove_unused_categories().categories
    return [text for text in cells if not is_nothing(text)]


def _named(rest: tuple[str, ...], texts: list[str], *, is_planned: bool) -> tuple[str, ...] | None:
    """The headings a column is read by; empty where nothing is known, None where money may be."""
    is_marked = bool(texts) and all(text.casefold() in {*MARKS, "iap"} for text in texts)
    names = {*fields_of(rest[-1])} if rest else set()
    values = {value.field for text in rest for value in values_of(text)}
    is_figure = bool(texts) and any(text[0].isdigit() for text in texts) and not is_marked
    if values - _SPREAD or any(name in {"amount", "hours", "month", "date"} for name in names):
        return None
    if values or any(map(is_measured, names)):
        return None if is_figure and not is_planned else rest
    if is_marked and (not rest or "plan_id" in names):
        return (MARKED,)
    if rest:
        return rest if names & _TOLD else ()
    return _by_cells(texts) if texts else ()  # a half that has not begun


def _by_cells(texts: list[str]) -> tuple[str, ...] | None:
    """The heading of cells below a half alone: codes, statuses or support; else None."""
    is_of = {
        "plan_id": lambda text: bool(_CODE.fullmatch(text)),
        "status": lambda text: plain_heading(text) in code_spellings("plan_status"),
        "support_kind": _is_kind,
    }
    return next(((name,) for name, is_it in is_of.items() if all(map(is_it, texts))), None)


def _is_kind(text: str) -> bool:
    """Whether a cell names support: "transports, ēdināšana"."""
    parts = filter(None, map(str.strip, re.split(r"[,;+/\n]|\bun\b", text)))
    found = [value_of(part) for part in parts]
    return bool(found) and all(value and value.field == "support_kind" for value in found)
