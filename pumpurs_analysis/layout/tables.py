"""Find the tables of a sheet.

Comes in: a ``Grid``. Goes out: ``FoundTable``s that together hold every row of the sheet exactly
once: as data, as a total, or apart with a reason. Of tables side by side, each holds its rows.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis.days import is_whole_day
from pumpurs_analysis.layout.cells import Positions, filled_counts, is_filled, row_texts, texts_of
from pumpurs_analysis.layout.context import only_school_in, read_context, with_former
from pumpurs_analysis.layout.forms import IS_SUM, Form, Mapped, Spread, best_form, forms
from pumpurs_analysis.layout.halves import MARKED, halves_of
from pumpurs_analysis.layout.header import SEARCHED, bounds, find_headers, heading_parts
from pumpurs_analysis.layout.headings import IDENTITY, fields_of, is_long, is_measured, values_of
from pumpurs_analysis.layout.rows import VALUES, classified
from pumpurs_analysis.layout.turned import name_codes
from pumpurs_analysis.read import Grid
from pumpurs_analysis.spellings import MARKS, is_nothing
from pumpurs_analysis.text import fold, says_made_up

Titles = Mapping[int, list[str]]
"""Row number -> its texts: what stands above tables side by side speaks of each of them."""
_YEARS = len("2021/2022")
_MARK = re.compile(r"(?i)j[aā]?|n[eē]?|x|\+|✓|✔")
_ASKED = 1000  # rows that tell of a column

# Beginnings of the names of sheets that explain, list codes or list problems.
_EXPLAINS: tuple[str, ...] = ("pamacib", "noradijum", "instru", "saraksti", "kodi", "labojamais")
_EXPLAINS += ("lists", "codes", "to mend")


@dataclass(frozen=True)
class FoundTable:
    """A table of a sheet."""

    grid: Grid  # the sheet
    number: int  # which table of the sheet, from 1; 0 where the sheet holds none
    form: Form | None  # the form it is read as; None where no form fits
    header: tuple[int, ...]  # positions of the rows with headings
    columns: Mapping[str, int]  # field -> column of the sheet, from 0
    spread: tuple[Spread, ...]  # columns whose headings are values
    headings: Mapping[int, str]  # column -> heading as written
    unused: tuple[int, ...]  # columns whose heading says nothing known
    twice: tuple[int, ...]  # columns whose field another column has already
    missing: tuple[tuple[str, ...], ...]  # groups needed of which no field was found
    context: Mapping[str, str]  # field -> text of titles, sheet or file name
    rows: Positions  # positions of data rows
    totals: Positions  # positions of rows that total others
    apart: Mapping[int, str] = field(repr=False)  # position -> ``row_reason``
    groups: tuple[Mapping[str, int], ...] = ()  # columns of fields that stand there further times
    is_made_up: bool = False  # whether the sheet says that its data are made up

    @property
    def is_explanation(self) -> bool:
        """Whether the sheet's name says that it explains or lists codes."""
        return fold(self.grid.sheet).startswith(_EXPLAINS)

    @property
    def header_row(self) -> int | None:
        """Row of the (last) headings as the user's program numbers it."""
        return self.row_number(self.header[-1]) if self.header else None

    def row_number(self, position: int) -> int:
        """Give the row number a spreadsheet program shows for a position."""
        return self.grid.first_row + int(position)

    def cells(self, column: int) -> pd.Categorical:
        """Give the cells of a column in the data rows."""
        return self.grid.columns[column].take(self.rows)


def find_tables(grid: Grid) -> list[FoundTable]:
    """Find every table of a sheet, in its order; a sheet without one gives one without a form."""
    tables = [] if fold(grid.sheet).startswith(_EXPLAINS) else _tables(grid, {})
    if grid.row_count < SEARCHED and all(each.form is None or each.missing for each in tables):
        turned = _tables(_turned(grid), {})
        tables = turned if any(each.form and not each.missing for each in turned) else tables
    numbered = [replace(table, number=number) for number, table in enumerate(tables, 1)]
    found = numbered or [_no_table(grid)]
    for kept in (texts_of, filled_counts):
        kept.cache_clear()  # a sheet of millions of rows is not kept
    return found


def _turned(grid: Grid) -> Grid:
    """The sheet with its columns as rows, where a learner or class begins a row; titles stay."""
    rows = [row_texts(grid, row) for row in range(grid.row_count)]
    name_codes(rows)
    named = [{*fields_of(row[0])} for row in rows]
    is_counted = {"learner_count"} in named  # "Klase" above "Skaits"
    wanted = {*IDENTITY, *({"grade_band"} if is_counted else ())}
    said = (wanted & names and any(row[1:]) for names, row in zip(named, rows, strict=True))
    first = next((at for at, is_told in enumerate(said) if is_told), None)
    if first is None:
        return grid
    before = [""] * (grid.first_row - 1 + first)  # so that a column's place tells the sheet's row
    below = [[*before, *cells] for cells in zip(*rows[first:], strict=True)]
    titles = [[*row, *([""] * len(below[0]))][: len(below[0])] for row in rows[:first]]
    columns = [pd.Categorical(cells) for cells in zip(*titles, *below, strict=True)]
    return replace(grid, columns=columns, first_row=1 - first, merged=(), is_turned=True)


def _tables(grid: Grid, shared: Titles) -> list[FoundTable]:
    """Tables side by side, or below each other and some of those side by side."""
    filled = filled_counts(grid)
    headers = find_headers(grid, filled)
    found: list[FoundTable] = []
    for header in headers[:1]:
        found += _side_by_side(grid, header, span=(0, len(filled)), shared=shared)
    spans = zip(headers, bounds(headers, filled, len(filled)), strict=True)
    for header, span in () if found else spans:
        before = found[-1].context if found else {}
        found += _side_by_side(grid, header, span=span, shared=shared) or _of_header(
            grid, header, span=span, shared=shared, before=before
        )
    return found


def _side_by_side(
    grid: Grid, header: tuple[int, ...], *, span: tuple[int, int], shared: Titles
) -> list[FoundTable]:
    """The tables of each block of columns; none where the headings are those of one table."""
    blocks = _blocks(grid, header, span[1])
    above = {grid.first_row + row: row_texts(grid, row) for row in range(span[0], header[0])}
    parts = [_part(grid, span, block) for block in blocks] if len(blocks) > 1 else []
    return [
        table for part in parts for table in _tables(part, {**shared, **above}) or [_no_table(part)]
    ]


def _blocks(grid: Grid, header: tuple[int, ...], last: int) -> list[range]:
    """Columns of each table side by side: those parted by an empty column that can stand alone."""
    parts = heading_parts(grid, header)
    lower = heading_parts(grid, header[-1:])  # a title above it is no group of columns
    starts = [0]
    for column, texts in enumerate(parts):
        if not texts and not is_filled(grid, column)[header[0] : last].any():
            sides = (slice(starts[-1], column), slice(column + 1, None))
            if all(_stands_alone(parts[side]) or _stands_alone(lower[side]) for side in sides):
                starts.append(column + 1)
    starts = _repeated(lower) if len(starts) == 1 else starts
    return [range(*pair) for pair in zip(starts, [*starts[1:], len(parts)], strict=True)]


def _repeated(headings: list[tuple[str, ...]]) -> list[int]:
    """Where the same headings begin again, a learner's among them: tables without a gap between."""
    for width in range(2, len(headings) // 2 + 1):
        is_again = headings == headings[:width] * (len(headings) // width)
        names = {name for texts in headings[:width] for text in texts for name in fields_of(text)}
        if is_again and names & {*IDENTITY}:
            return [*range(0, len(headings), width)]
    return [0]


def _stands_alone(parts: list[tuple[str, ...]]) -> bool:
    """Whether headings say whom or what their rows speak of, so that they need none beside them."""
    mapped = best_form(parts, {})
    return mapped is not None and (
        not mapped.missing or not mapped.columns.keys().isdisjoint(IDENTITY)
    )


def _part(grid: Grid, rows: tuple[int, int], columns: Container[int]) -> Grid:
    """Some rows and columns of a grid, each in its place; the other columns are empty."""
    nothing = np.zeros(rows[1] - rows[0], np.int8)
    empty = pd.Categorical.from_codes(nothing, pd.Index([""], dtype=object))
    kept = [
        cells[slice(*rows)] if column in columns else empty
        for column, cells in enumerate(grid.columns)
    ]
    return replace(grid, columns=kept, first_row=grid.first_row + rows[0])


@dataclass(frozen=True)
class _Headed:
    """The headings of a table, with what stands around them."""

    header: tuple[int, ...]
    above: range  # positions of titles
    below: Positions
    titles: list[str]
    written: list[tuple[str, ...]]  # headings of each column
    parts: list[tuple[str, ...]]  # the same as the cells below tell what they mean
    context: Mapping[str, str]
    own: frozenset[int] = frozenset()  # columns of the half of a year it speaks of


def _of_header(
    grid: Grid,
    header: tuple[int, ...],
    *,
    span: tuple[int, int],
    shared: Titles,
    before: Mapping[str, str] = MappingProxyType({}),
) -> list[FoundTable]:
    """The table below headings, or one for each half of a school year they speak of."""
    filled = filled_counts(grid)
    above = range(span[0], header[0])
    said = [
        row_texts(grid, row) if filled[row] else shared.get(grid.first_row + row, [])
        for row in above
    ]
    titles = [text for row in said for text in row if text]
    over = {text for row in header[:-1] for text in row_texts(grid, row) if is_long(text)}
    said += [[*over]] if len(over) == 1 else []  # one semester above its months
    context = with_former(read_context(said, grid), before)
    below = np.arange(header[-1] + 1, span[1])
    written = heading_parts(grid, header, context)
    parts = [
        _by_cells(grid, below, texts, column=at) if texts else texts
        for at, texts in enumerate(written)
    ]
    if "month" not in context and _is_marked(grid, below, written):
        context |= {"planned": "yes"}  # no sums stand below kinds of support
    headed = _Headed(header, above, below, titles, written, parts, context)
    return [_table(part, own) for part, own in _by_half(grid, headed)]


def _by_half(grid: Grid, headed: _Headed) -> Iterator[tuple[Grid, _Headed]]:
    """A table, or for each half of a year that its headings speak of, that and what is of both."""
    context = headed.context
    halves = halves_of(grid, headed.below, headed.written, is_planned="planned" in context)
    every = {at for own in halves.values() for at in own}
    for half, own in halves.items():
        kept = [at for at in range(len(headed.parts)) if at in own or at not in every]
        parts = [own.get(at, texts) if at in kept else () for at, texts in enumerate(headed.parts)]
        written = [texts if at in kept else () for at, texts in enumerate(headed.written)]
        said = {**context, "semester": half}
        if len(year := context.get("semester", "").partition("-")[0]) == _YEARS:
            said["school_year"] = year  # a title names a semester of it
        yield (
            _part(grid, (0, grid.row_count), kept),
            replace(headed, parts=parts, written=written, context=said, own=frozenset(own)),
        )
    if not halves:
        yield grid, headed


def _table(grid: Grid, headed: _Headed) -> FoundTable:
    header, below, context = headed.header, headed.below, dict(headed.context)
    filled = filled_counts(grid)
    mapped = best_form(headed.parts, context)
    needs_school = mapped is not None and ("school",) in mapped.form.needs
    if not needs_school and context.get("stranger") == context.get("school"):
        context.pop("school", "")  # of no weight, where plans tell the school
    if mapped and not mapped.columns.keys().isdisjoint(IDENTITY):
        context = {name: text for name, text in context.items() if name not in IDENTITY}
    if mapped and (name := _school_of_sheet(mapped, grid, context)):
        context |= {"school": name, "place": grid.sheet}
        mapped = best_form(headed.parts, context)
    understood, lacking = _nearest(grid) if mapped is None else ({}, ())
    apart = {row: "title" if filled[row] else "blank" for row in headed.above}
    apart |= dict.fromkeys(header, "header")
    lowest = row_texts(grid, header[-1])  # as written: "IX" is read as a month
    headings = [(at, texts) for at, texts in enumerate(headed.written) if texts]
    if mapped:
        mapped.own = headed.own | {at for name, at in mapped.columns.items() if name == MARKED}
        _tell_refunds(mapped, grid, below)
    grid = _unmerged(grid, header, mapped.columns) if mapped and grid.merged else grid
    rows, totals, others = classified(grid, below, mapped, header=header, titles=headed.above)
    apart |= others
    notes = (text for row, why in others.items() if why == "note" for text in row_texts(grid, row))
    return FoundTable(
        grid=grid,
        number=1,
        form=mapped.form if mapped else None,
        header=header,
        columns=mapped.columns if mapped else {},
        spread=tuple(mapped.spread) if mapped else (),
        headings=understood
        or {at: " ".join([*up, lowest[at] or low]) for at, (*up, low) in headings},
        unused=tuple(mapped.unused) if mapped else (),
        twice=tuple(mapped.twice) if mapped else (),
        missing=mapped.missing if mapped else lacking,
        context=context,
        rows=rows,
        totals=totals,
        apart=apart,
        groups=tuple(mapped.groups) if mapped else (),
        is_made_up=says_made_up([*headed.titles, *notes, grid.sheet, grid.file]),
    )


def _school_of_sheet(mapped: Mapped, grid: Grid, context: Mapping[str, str]) -> str | None:
    """The school a sheet is named after, where it is needed: its own codes are nobody's without."""
    told = {*mapped.columns, *context}
    is_of_school = not told.isdisjoint({"learner_local_code", "learner"})
    is_needed = ("school",) in mapped.missing or (
        is_of_school and told.isdisjoint({"school", "plan_id"})
    )
    return only_school_in(grid.sheet) if is_needed else None


def _by_cells(
    grid: Grid, rows: Positions, heading: tuple[str, ...], *, column: int
) -> tuple[str, ...]:
    """A heading as most cells below it say: days of payments, marks."""
    names = fields_of(heading[-1])
    is_sum = any(is_measured(name) or name == "is_refund" for name in names)
    is_of_plan = names == ("plan_id",)
    is_of_month = any(value.field == "month" for text in heading[:-1] for value in values_of(text))
    if is_of_month and "date" in names:
        return ("days",)  # of payment: the month is told
    if not (is_sum or is_of_plan):
        return heading
    asked = rows[filled_counts(grid)[rows] > 1][:_ASKED]  # a few words are a remark
    texts = grid.columns[column].take(asked)
    cells = [text for text in texts if isinstance(text, str) and not is_nothing(text)]
    if is_of_plan:  # "jā" below "IAP"
        words = {text.casefold() for text in cells}
        return (MARKED,) if words <= MARKS and not words <= {"0", "1"} else heading
    is_mark = "is_refund" not in names and not IS_SUM.search(heading[-1])
    if is_mark and cells and all(map(_MARK.fullmatch, cells)):
        return ("…",)  # "jā" below "Izmaksāts"
    return ("date",) if 2 * sum(map(is_whole_day, cells)) > len(asked) else heading


def _is_marked(grid: Grid, rows: Positions, headings: list[tuple[str, ...]]) -> bool:
    """Whether marks alone, and more than figures, stand below kinds of support."""
    asked = rows[filled_counts(grid)[rows] > 1][:_ASKED]
    found: set[str] = set()
    for column, texts in enumerate(headings):
        fields = {value.field for text in texts for value in values_of(text)}
        names = {name for text in texts for name in fields_of(text)}
        if names & {"month", "date"} or any(map(is_measured, names)):
            return False
        if fields & {"month", "day", "long_period"}:
            return False
        if fields & {"support_kind", "specialist_kind", "subject"}:
            cells = grid.columns[column].take(asked).remove_unused_categories().categories
            found |= {text.casefold() for text in cells if not is_nothing(text)}
    return found <= MARKS and not found <= {"0", "1"}


def _tell_refunds(mapped: Mapped, grid: Grid, rows: Positions) -> None:
    """Take "Atgriezts" for sums given back, where sums, not marks, stand below it.

    "Atmaksāts" in most rows is what was given back to learners for what they had paid.
    """
    column = mapped.columns.get("is_refund")
    if column is None:
        return
    texts = grid.columns[column].take(rows).remove_unused_categories().categories
    if not any(any(map(str.isdigit, text)) and text not in {"0", "1"} for text in texts):
        return
    at = mapped.columns.pop("is_refund")
    said = fold(row_texts(grid, int(rows[0]) - 1)[at]) if len(rows) else ""
    paid, back = (is_filled(grid, each)[rows] for each in (mapped.columns.get("amount", at), at))
    is_paid = said.startswith("atmaksat") and 2 * (paid & back).sum() > max(paid.sum(), 2)
    if is_paid and "amount" in mapped.columns:
        mapped.unused.append(mapped.columns.pop("amount"))
    mapped.columns["amount" if is_paid else "refund_amount"] = at


def _unmerged(grid: Grid, header: tuple[int, ...], columns: Mapping[str, int]) -> Grid:
    """Give every row of a cell merged downwards its text; what is added up stays in the first."""
    top = grid.first_row + header[-1]
    keys = {column for name, column in columns.items() if name not in VALUES}
    every = list(grid.columns)
    for first, left, last, _ in grid.merged:
        if top < first < min(last, grid.first_row + grid.row_count) and left - 1 in keys:
            cells = every[left - 1]
            codes = cells.codes.copy()
            codes[first - grid.first_row : last - grid.first_row + 1] = codes[
                first - grid.first_row
            ]
            every[left - 1] = pd.Categorical.from_codes(codes, cells.categories, validate=False)
    return replace(grid, columns=every)


def _no_table(grid: Grid) -> FoundTable:
    filled = filled_counts(grid)
    nothing = np.array([], dtype=np.int64)
    texts = [text for row in range(min(len(filled), SEARCHED)) for text in row_texts(grid, row)]
    apart = {row: "note" if count else "blank" for row, count in enumerate(filled)}
    none: dict[Any, Any] = {}
    made_up = says_made_up([*texts, grid.sheet, grid.file])
    understood, missing = _nearest(grid)
    return FoundTable(
        *(grid, 0, None, (), none, (), understood, (), (), missing),
        *(none, nothing, nothing, apart, (), made_up),
    )


def _nearest(grid: Grid) -> tuple[dict[int, str], tuple[tuple[str, ...], ...]]:
    """Headings understood in the row that has most of them, and what the nearest form lacks."""
    rows = [row_texts(grid, row) for row in range(min(grid.row_count, SEARCHED))]
    known = [{at: text for at, text in enumerate(row) if fields_of(text)} for row in rows]
    understood = max(known, key=len, default={})
    fields = {name for text in understood.values() for name in fields_of(text)}
    fields |= read_context(rows[: known.index(understood)] if understood else [], grid).keys()
    lacking = [tuple(each for each in form.needs if not fields & {*each}) for form in forms()]
    shares = [len(each) / len(form.needs) or 1 for each, form in zip(lacking, forms(), strict=True)]
    return understood, lacking[shares.index(min(shares))] if understood else ()
