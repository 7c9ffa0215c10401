"""The PuMPuRS workbench: from spreadsheets and published figures to protected charts.

Start with ``load()`` or ``published()``, ask a question of ``measures``, pass the answer through
``protect`` and draw it with ``charts``. Names are loaded on first use: who needs no chart waits
for none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pumpurs_analysis import charts, measures, tables
    from pumpurs_analysis.amounts import Amount, read_amount
    from pumpurs_analysis.app.notebook import show_only
    from pumpurs_analysis.dataset import Dataset, published
    from pumpurs_analysis.disclosure import NotReleasable, Published, protect
    from pumpurs_analysis.disclosure.attacker import attack
    from pumpurs_analysis.errors import InputError, NotVerified, Problem
    from pumpurs_analysis.grades import read_grades
    from pumpurs_analysis.loading import load
    from pumpurs_analysis.measures.result import NotAdditive, Result, Worklist
    from pumpurs_analysis.municipalities import municipality_on
    from pumpurs_analysis.periods import Period, read_period, semester_on
    from pumpurs_analysis.releases import make_release
    from pumpurs_analysis.rules import rules_on
    from pumpurs_analysis.schools import Match, match_school, match_schools
    from pumpurs_analysis.workspace import open_workspace

_HOME = {
    "Amount": "amounts",
    "Dataset": "dataset",
    "InputError": "errors",
    "Match": "schools",
    "NotAdditive": "measures.result",
    "NotReleasable": "disclosure",
    "NotVerified": "errors",
    "Period": "periods",
    "Problem": "errors",
    "Published": "disclosure",
    "Result": "measures.result",
    "Worklist": "measures.result",
    "attack": "disclosure.attacker",
    "charts": "",
    "load": "loading",
    "make_release": "releases",
    "match_school": "schools",
    "match_schools": "schools",
    "measures": "",
    "municipality_on": "municipalities",
    "open_workspace": "workspace",
    "protect": "disclosure",
    "published": "dataset",
    "read_amount": "amounts",
    "read_grades": "grades",
    "read_period": "periods",
    "rules_on": "rules",
    "semester_on": "periods",
    "show_only": "app.notebook",
    "tables": "",
}

__all__ = [
    "Amount",
    "Dataset",
    "InputError",
    "Match",
    "NotAdditive",
    "NotReleasable",
    "NotVerified",
    "Period",
    "Problem",
    "Published",
    "Result",
    "Worklist",
    "attack",
    "charts",
    "load",
    "make_release",
    "match_school",
    "match_schools",
    "measures",
    "municipality_on",
    "open_workspace",
    "protect",
    "published",
    "read_amount",
    "read_grades",
    "read_period",
    "rules_on",
    "semester_on",
    "show_only",
    "tables",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (every public name, whatever it is)
    """Load a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"pumpurs_analysis has no {name}; it has {', '.join(__all__)}")
    home = import_module(f"{__name__}.{_HOME[name] or name}")
    return getattr(home, name) if _HOME[name] else home


def __dir__() -> list[str]:
    return __all__
