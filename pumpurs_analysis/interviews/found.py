"""What the readers hand over: rows of text with their place, before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.spellings import plain_heading


@dataclass(frozen=True)
class Row:
    """A session, a coded passage or a code as it stands in a file.

    Attributes:
        cells: Text by field of ``catalogue/interviews.yaml``.
        file: File name without folders.
        sheet: Sheet of a workbook.
        row: Row of a table; None in a project.
    """

    cells: Mapping[str, str]
    file: str
    sheet: str = ""
    row: int | None = None

    def get(self, field_name: str) -> str:
        """Give a cell's text; empty where there is none."""
        return self.cells.get(field_name, "").strip()

    def problem(self, code: str, found: str = "") -> Problem:
        """Say a problem of this row."""
        return Problem(code, self.file, self.sheet, row=self.row, found=found)


@dataclass
class Found:
    """Everything the readers found."""

    sessions: list[Row] = field(default_factory=list)
    segments: list[Row] = field(default_factory=list)
    codes: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@cache
def _fields() -> dict[str, str]:
    written: Mapping[str, list[str]] = catalogue.entries("interviews")["written"]
    return {plain_heading(word): name for name, words in written.items() for word in words}


def field_of(heading: str) -> str:
    """Say which field a heading, variable or attribute is; empty where none.

    Example:
        >>> field_of("Dalībnieku grupa"), field_of("Stakeholder group"), field_of("Uzvārds")
        ('stakeholder_group', 'stakeholder_group', '')
    """
    return _fields().get(plain_heading(heading), "")
