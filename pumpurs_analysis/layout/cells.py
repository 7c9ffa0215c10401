"""Looking at the cells of a grid: whole columns at a time, each distinct text once."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pumpurs_analysis.read import Grid
from pumpurs_analysis.read.grid import matches
from pumpurs_analysis.spellings import is_nothing

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@lru_cache(maxsize=1)
def texts_of(grid: Grid) -> list[npt.NDArray[np.object_]]:
    """The distinct texts of each column, with an empty one at the end for “no text”."""
    return [np.append(np.asarray(column.categories, dtype=object), [""]) for column in grid.columns]


def row_texts(grid: Grid, position: int) -> list[str]:
    """Give the texts of one row."""
    texts = zip(grid.columns, texts_of(grid), strict=True)
    return [str(known[column.codes[position]]) for column, known in texts]


@lru_cache(maxsize=1)
def filled_counts(grid: Grid) -> npt.NDArray[np.int16]:
    """Count the cells of each row that hold something."""
    count = np.zeros(len(grid.columns[0]) if grid.columns else 0, dtype=np.int16)
    for column in range(len(grid.columns)):
        count += is_filled(grid, column)
    return count


def is_filled(grid: Grid, column: int) -> Mask:
    """Say for each row of a column whether its cell holds any text."""
    codes = grid.columns[column].codes
    is_filled: Mask = codes >= 0
    for empty in np.flatnonzero(texts_of(grid)[column][:-1] == ""):
        is_filled &= codes != empty
    return is_filled


def any_text(
    grid: Grid,
    rows: Positions,
    likely: str,
    *,
    columns: list[int] | None = None,
    is_wanted: Callable[[str], bool] = bool,
) -> Mask:
    """Say for each row whether any cell (of some columns) is as wanted.

    ``likely`` is a pattern (RE2) that a wanted text matches: a million texts pass it in a blink.
    """
    asked = range(len(grid.columns)) if columns is None else columns
    answer = np.zeros(len(rows), dtype=bool)
    for cells, wanted in wanted_texts(grid, likely, columns=asked, is_wanted=is_wanted):
        answer |= wanted[cells.codes[rows]]
    return answer


def wanted_texts(
    grid: Grid, likely: str, *, columns: Iterable[int], is_wanted: Callable[[str], bool] = bool
) -> Iterator[tuple[pd.Categorical, Mask]]:
    """Give the columns in which any text is as wanted, and which of their texts are."""
    asked = [grid.columns[column] for column in columns]
    arrays = [pa.array(cells.categories, pa.string()) for cells in asked]
    for cells, texts, matching in zip(asked, arrays, matches(arrays, f"(?i){likely}"), strict=True):
        wanted = np.append(matching, False)
        for code in np.flatnonzero(matching):
            wanted[code] = is_wanted(texts[int(code)].as_py())
        if wanted.any():
            yield cells, wanted


def holds_any(grid: Grid, rows: Positions, columns: list[int]) -> Mask:
    """Say for each row whether any cell holds something; a dash holds nothing."""
    answer = np.zeros(len(rows), dtype=bool)
    for column in columns:
        holds = np.array([not is_nothing(str(text)) for text in texts_of(grid)[column]])
        answer |= holds[grid.columns[column].codes[rows]]
    return answer
