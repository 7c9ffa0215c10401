"""Measures: questions asked of a Dataset, each answered by a Result.

A measure is a noun phrase; its chart, table, texts, notebook and test carry the same name.
"""

from pumpurs_analysis.measures.breaches import cap_breaches
from pumpurs_analysis.measures.cost import cost_against_cap
from pumpurs_analysis.measures.eligibility import eligibility_findings
from pumpurs_analysis.measures.forecasts import projection
from pumpurs_analysis.measures.funnel import school_funnel
from pumpurs_analysis.measures.gaps import support_gap_rows, support_gaps
from pumpurs_analysis.measures.ngo import ngo_projects
from pumpurs_analysis.measures.overlap import risk_overlap
from pumpurs_analysis.measures.participation import participation
from pumpurs_analysis.measures.peers import peer_group
from pumpurs_analysis.measures.planned import hours_and_load, planned_and_delivered
from pumpurs_analysis.measures.published import (
    founding_facts,
    published_checks,
    published_figures,
    published_timeline,
)
from pumpurs_analysis.measures.risks import risk_mix
from pumpurs_analysis.measures.transitions import risk_transitions
from pumpurs_analysis.measures.trials import what_if
from pumpurs_analysis.measures.unit_cost import budget_use, cost_per_unit
from pumpurs_analysis.measures.uptake import support_uptake

__all__ = [
    "budget_use",
    "cap_breaches",
    "cost_against_cap",
    "cost_per_unit",
    "eligibility_findings",
    "founding_facts",
    "hours_and_load",
    "ngo_projects",
    "participation",
    "peer_group",
    "planned_and_delivered",
    "projection",
    "published_checks",
    "published_figures",
    "published_timeline",
    "risk_mix",
    "risk_overlap",
    "risk_transitions",
    "school_funnel",
    "support_gap_rows",
    "support_gaps",
    "support_uptake",
    "what_if",
]
