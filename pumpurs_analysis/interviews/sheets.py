"""Sessions, coded passages and codes from CSV, XLSX and other tables."""

from collections.abc import Iterable
from pathlib import Path

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.interviews.found import Found, Row, field_of
from pumpurs_analysis.read import Grid, read_delivery

# Told by their headings, in this order: coded passages name a session too.
_KINDS = (
    ("segments", {"session", "code"}),
    ("sessions", {"session", "stakeholder_group"}),
    ("codes", {"code", "parent"}),
    ("codes", {"code", "risk_category"}),
    ("codes", {"code", "support_kind"}),
)


def read_tables(paths: Iterable[Path], key: bytes, found: Found) -> None:
    """Read every table of the files; codes, phones and e-mails are replaced on the way."""
    grids, problems = read_delivery(list(paths), key=key)
    found.problems += problems
    for grid in grids:
        if not grid.row_count:
            continue
        fields, kind = _kind(grid)
        if not kind:
            found.problems.append(Problem("interview_table_unknown", grid.file, grid.sheet))
            continue
        rows: list[Row] = getattr(found, kind)
        rows += _rows(grid, fields)


def _kind(grid: Grid) -> tuple[dict[int, str], str]:
    """Say what a table's columns are, by its first row, and which kind of table it is."""
    headings = (grid.cell(grid.first_row, column) for column in range(1, len(grid.columns) + 1))
    named = {column: field_of(heading) for column, heading in enumerate(headings, start=1)}
    fields = {column: name for column, name in named.items() if name}
    there = set(fields.values())
    return fields, next((kind for kind, wanted in _KINDS if wanted <= there), "")


def _rows(grid: Grid, fields: dict[int, str]) -> Iterable[Row]:
    for row in range(grid.first_row + 1, grid.first_row + grid.row_count):
        cells = {name: grid.cell(row, column) for column, name in fields.items()}
        if any(cells.values()):
            yield Row(cells, grid.file, grid.sheet, row)
