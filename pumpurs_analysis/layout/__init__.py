"""Where the tables of a sheet stand: headings, data rows, totals, titles - and which form each is.

Comes in: a ``Grid`` of text cells. Goes out: every table found, with the column of each field and
every row accounted for. Nothing is read into numbers or dates here, and nothing is mended.
"""

from pumpurs_analysis.layout.forms import Spread
from pumpurs_analysis.layout.tables import FoundTable, find_tables

__all__ = ["FoundTable", "Spread", "find_tables"]
