"""Files to text cells, nothing mended but spaces: every cell keeps its file, sheet and row.

Comes in: paths. Goes out: Grids of text (deliveries) or a RawTable (published files laid out as a
form), and a problem for everything that could not be read. Personal codes, phones, e-mails and
bank accounts are replaced at this door, before anything else sees them.
"""

from pumpurs_analysis.read.delivery import read_delivery
from pumpurs_analysis.read.grid import Grid
from pumpurs_analysis.read.published import RawTable, read_table

__all__ = ["Grid", "RawTable", "read_delivery", "read_table"]
