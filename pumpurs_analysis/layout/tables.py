"""Find the tables of a sheet.

Comes in: a ``Grid``. Goes out: ``FoundTable``s that together hold every row of the sheet exactly
once: as data, as a total, or apart with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis.layout.cells import Positions, filled_counts, row_texts, texts_of
from pumpurs_analysis.layout.context import read_context, says_made_up
from pumpurs_analysis.layout.forms import Form, Spread, best_form
from pumpurs_analysis.layout.header import SEARCHED, bounds, find_headers, heading_parts
from pumpurs_analysis.layout.rows import classified
from pumpurs_analysis.read import Grid
from pumpurs_analysis.text import fold

# Beginnings of the names of sheets that explain, list codes or list problems.
_EXPLAINS = (
    "pamacib",
    "noradijum",
    "instruk",
    "saraksti",
    "kodi",
    "labojamais",
    "instruct",
    "lists",
    "codes",
    "to mend",
)


@dataclass(frozen=True)
class FoundTable:
    """A table of a sheet.

    Attributes:
        grid: The sheet.
        number: Which table of the sheet, from 1; 0 where the sheet holds none.
        form: The form it is read as; None where no form fits.
        header: Positions of the rows with headings.
        columns: Field -> column of the sheet, from 0.
        spread: Columns whose headings are values.
        headings: Column -> heading as written.
        unused: Columns whose heading says nothing known.
        twice: Columns whose field another column has already.
        missing: Groups of fields of which one is needed and none was found.
        context: Field -> text found in titles, sheet or file name, for what has no column.
        rows: Positions of data rows.
        totals: Positions of rows that total others.
        apart: Position -> reason (code list ``row_reason``) of every other row.
        is_made_up: Whether the sheet says that its data are made up.
    """

    grid: Grid
    number: int
    form: Form | None
    header: tuple[int, ...]
    columns: Mapping[str, int]
    spread: tuple[Spread, ...]
    headings: Mapping[int, str]
    unused: tuple[int, ...]
    twice: tuple[int, ...]
    missing: tuple[tuple[str, ...], ...]
    context: Mapping[str, str]
    rows: Positions
    totals: Positions
    apart: Mapping[int, str] = field(repr=False)
    is_made_up: bool = False

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
    """Find every table of a sheet; a sheet without one gives one entry without a form.

    Returns:
        Tables in the order of the sheet; every row of the sheet stands in exactly one of them.
    """
    filled = filled_counts(grid)
    explains = fold(grid.sheet).startswith(_EXPLAINS)
    headers = [] if explains else find_headers(grid, filled)
    spans = bounds(headers, filled, len(filled))
    tables = [
        _table(grid, number, header, span=span)
        for number, (header, span) in enumerate(zip(headers, spans, strict=True), 1)
    ] or [_no_table(grid)]
    for kept in (texts_of, filled_counts):
        kept.cache_clear()  # a sheet of millions of rows is not kept
    return tables


def _table(
    grid: Grid, number: int, header: tuple[int, ...], *, span: tuple[int, int]
) -> FoundTable:
    filled = filled_counts(grid)
    above = range(span[0], header[0])
    titles = [text for row in above for text in row_texts(grid, row) if text]
    context = read_context([row_texts(grid, row) for row in above], grid)
    parts = heading_parts(grid, header)
    mapped = best_form(parts, context)
    apart = {row: "title" if filled[row] else "blank" for row in above}
    apart |= dict.fromkeys(header, "header")
    below = np.arange(header[-1] + 1, span[1])
    rows, totals, others = classified(grid, below, mapped, header=header)
    apart |= others
    notes = (text for row, why in others.items() if why == "note" for text in row_texts(grid, row))
    return FoundTable(
        grid=grid,
        number=number,
        form=mapped.form if mapped else None,
        header=header,
        columns=mapped.columns if mapped else {},
        spread=tuple(mapped.spread) if mapped else (),
        headings={column: " ".join(texts) for column, texts in enumerate(parts) if texts},
        unused=tuple(mapped.unused) if mapped else (),
        twice=tuple(mapped.twice) if mapped else (),
        missing=mapped.missing if mapped else (),
        context=context,
        rows=rows,
        totals=totals,
        apart=apart,
        is_made_up=says_made_up([*titles, *notes, grid.sheet, grid.file]),
    )


def _no_table(grid: Grid) -> FoundTable:
    filled = filled_counts(grid)
    nothing = np.array([], dtype=np.int64)
    texts = [text for row in range(min(len(filled), SEARCHED)) for text in row_texts(grid, row)]
    apart = {row: "note" if count else "blank" for row, count in enumerate(filled)}
    none: dict[Any, Any] = {}
    made_up = says_made_up([*texts, grid.sheet, grid.file])
    return FoundTable(
        grid, 0, None, (), none, (), none, (), (), (), none, nothing, nothing, apart, made_up
    )
