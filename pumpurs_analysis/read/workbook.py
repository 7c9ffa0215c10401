"""Workbooks to Grids by calamine: XLSX and XLSM behind the guard, XLS in another process.

Comes in: a Source. Goes out: one Grid per sheet with cells; formulas are never calculated.
"""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine as calamine

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.pseudonyms import shown_name
from pumpurs_analysis.read import guard
from pumpurs_analysis.read.grid import Door, Grid, coded
from pumpurs_analysis.read.source import Refused, Source
from pumpurs_analysis.read.xls_child import LOCKED

_SECONDS = 330  # the process stops itself before

Placed = tuple[tuple[int, int], list[list[Any]]]  # what a cell holds is told by its type alone
Read = tuple[Grid | None, list[Problem]]


def read_workbook(source: Source, key: bytes) -> Iterator[Read]:
    """Read every sheet of an XLSX or XLSM workbook.

    Raises:
        Refused: The guard or calamine found it harmful, damaged or locked.
    """
    facts, has_macros = guard.look_into_workbook(source)
    if has_macros:
        yield None, [Problem("macros_ignored", source.name)]
    try:
        with calamine.CalamineWorkbook.from_object(source.path or BytesIO(source.content)) as book:
            taken: set[str] = set()
            for about in book.sheets_metadata:
                shown = shown_name(about.name, taken)
                if about.name in facts:
                    sheet = book.get_sheet_by_name(about.name)
                    seen = facts[about.name]
                    seen.is_hidden = about.visible != calamine.SheetVisibleEnum.Visible
                    seen.merged = [
                        (*first, *last) for first, last in sheet.merged_cell_ranges or []
                    ]
                    door = Door(source, shown, key)
                    yield sheet_of(door, (sheet.start or (0, 0), sheet.to_python()), seen)
    except calamine.CalamineError:
        raise Refused("file_damaged") from None


def read_legacy(source: Source, key: bytes) -> Iterator[Read]:
    """Read every sheet of an XLS workbook, in a process of its own.

    Raises:
        Refused: The process found it damaged or locked, or was stopped by its limits.
    """
    child = Path(__file__).with_name("xls_child.py")
    try:
        done = subprocess.run(  # noqa: S603  (our own file, started by our own Python)
            [sys.executable, "-I", str(child)],
            input=source.content,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        sheets = pickle.loads(done.stdout)  # noqa: S301  (written by our own process)
    except subprocess.CalledProcessError as ended:
        raise Refused("file_locked" if ended.returncode == LOCKED else "file_damaged") from None
    except (subprocess.TimeoutExpired, pickle.UnpicklingError, EOFError):
        raise Refused("file_damaged") from None
    taken: set[str] = set()
    for name, placed, more in sheets:
        yield sheet_of(Door(source, shown_name(name, taken), key), placed, guard.SheetFacts(**more))


def sheet_of(door: Door, placed: Placed, facts: guard.SheetFacts) -> Read:
    """Make the grid of a sheet.

    Args:
        door: Where its texts come in.
        placed: Row and column (from 0) of the first cell, and the rows of cells from there.
        facts: What else is known of the sheet.
    """
    (top, left), rows = placed
    door.first_row = top + 1
    for (row, column), text in facts.errors.items():
        if top < row <= top + len(rows) and left < column <= left + len(rows[0]):
            rows[row - top - 1][column - left - 1] = text
    blank = [[""] * len(rows)] * left
    grid = door.grid(
        door.columns(coded(values) for values in [*blank, *zip(*rows, strict=True)]),
        merged=tuple((a + 1, b + 1, c + 1, d + 1) for a, b, c, d in facts.merged),
        hidden_rows=frozenset(facts.hidden_rows),
        hidden_columns=frozenset(facts.hidden_columns),
        struck_rows=frozenset(facts.struck_rows),
        is_hidden=facts.is_hidden,
    )
    for row, column in sorted(facts.uncalculated):
        door.report("formula_not_calculated", row - door.first_row, column)
    return grid, door.problems
