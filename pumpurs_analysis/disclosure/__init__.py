"""The only door to the outside: a Result becomes Published here and nowhere else.

Comes in: Results. Goes out: Published, which charts, tables and exports take. Published figures are
public already and pass as they are. Records are protected together as one linked system, with the
releases made before, and attacked before anything is handed out (docs/decisions/0008).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pumpurs_analysis.disclosure.published import DEFAULT_THRESHOLD, NotReleasable, Published

if TYPE_CHECKING:
    from pumpurs_analysis.disclosure.attacker import attack, remember
    from pumpurs_analysis.disclosure.ledger import Ledger
    from pumpurs_analysis.disclosure.release import protect

_HOME = {"attack": "attacker", "Ledger": "ledger", "protect": "release", "remember": "attacker"}

__all__ = [
    "DEFAULT_THRESHOLD",
    "Ledger",
    "NotReleasable",
    "Published",
    "attack",
    "protect",
    "remember",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (functions and a class)
    """Load what needs a solver on first use: who opens a finished release needs none."""
    if name not in _HOME:
        raise AttributeError(f"disclosure has no {name}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
