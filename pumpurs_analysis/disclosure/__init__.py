"""The only door to the outside: a Result becomes Published here and nowhere else.

Comes in: Results. Goes out: Published, which charts, tables and exports take. Published figures are
public already and pass as they are. Records are protected together as one linked system, with the
releases made before, and attacked before anything is handed out (docs/decisions/0008).
"""

from pumpurs_analysis.disclosure.attack import attack
from pumpurs_analysis.disclosure.ledger import Ledger
from pumpurs_analysis.disclosure.published import DEFAULT_THRESHOLD, NotReleasable, Published
from pumpurs_analysis.disclosure.release import protect

__all__ = [
    "DEFAULT_THRESHOLD",
    "Ledger",
    "NotReleasable",
    "Published",
    "attack",
    "protect",
]
