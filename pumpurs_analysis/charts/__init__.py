"""Charts: Published in, plotly Figure out; nothing unprotected can be drawn.

A chart has its measure's name. It never shows, saves or reads data, and sets no global default.
"""

from pumpurs_analysis.charts.cost import cost_against_cap
from pumpurs_analysis.charts.published import published_checks, published_timeline
from pumpurs_analysis.charts.risks import risk_mix
from pumpurs_analysis.charts.theme import bare
from pumpurs_analysis.charts.uptake import support_uptake

__all__ = [
    "bare",
    "cost_against_cap",
    "published_checks",
    "published_timeline",
    "risk_mix",
    "support_uptake",
]
