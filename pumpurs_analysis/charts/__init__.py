"""Charts: Published in, plotly Figure out; nothing unprotected can be drawn.

A chart has its measure's name. It never shows, saves or reads data, and sets no global default.
"""

from pumpurs_analysis.charts.cost import cost_against_cap
from pumpurs_analysis.charts.funnel import peer_group, school_funnel
from pumpurs_analysis.charts.money import (
    budget_use,
    cost_per_unit,
    ngo_projects,
    projection,
    what_if,
)
from pumpurs_analysis.charts.overlap import risk_overlap
from pumpurs_analysis.charts.participants import hours_and_load, participation
from pumpurs_analysis.charts.published import published_checks, published_timeline
from pumpurs_analysis.charts.risks import risk_mix
from pumpurs_analysis.charts.support import planned_and_delivered, support_gaps
from pumpurs_analysis.charts.theme import bare
from pumpurs_analysis.charts.transitions import risk_transitions
from pumpurs_analysis.charts.uptake import support_uptake

__all__ = [
    "bare",
    "budget_use",
    "cost_against_cap",
    "cost_per_unit",
    "hours_and_load",
    "ngo_projects",
    "participation",
    "peer_group",
    "planned_and_delivered",
    "projection",
    "published_checks",
    "published_timeline",
    "risk_mix",
    "risk_overlap",
    "risk_transitions",
    "school_funnel",
    "support_gaps",
    "support_uptake",
    "what_if",
]
