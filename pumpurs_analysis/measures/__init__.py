"""Measures: questions asked of a Dataset, each answered by a Result.

A measure is a noun phrase; its chart, table, texts, notebook and test carry the same name. Each is
loaded on first use: a page that shows finished figures waits for no statistics.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pumpurs_analysis.measures.breaches import cap_breaches
    from pumpurs_analysis.measures.cost import cost_against_cap
    from pumpurs_analysis.measures.eligibility import eligibility_findings
    from pumpurs_analysis.measures.forecasts import projection
    from pumpurs_analysis.measures.founding import founding_facts
    from pumpurs_analysis.measures.funnel import school_funnel
    from pumpurs_analysis.measures.gaps import support_gap_rows, support_gaps
    from pumpurs_analysis.measures.ngo import ngo_projects
    from pumpurs_analysis.measures.overlap import risk_overlap
    from pumpurs_analysis.measures.participants import participation
    from pumpurs_analysis.measures.peers import peer_group
    from pumpurs_analysis.measures.planned import hours_and_load, planned_and_delivered
    from pumpurs_analysis.measures.published import (
        published_checks,
        published_figures,
        published_timeline,
    )
    from pumpurs_analysis.measures.risks import risk_mix
    from pumpurs_analysis.measures.transitions import risk_transitions
    from pumpurs_analysis.measures.trials import what_if
    from pumpurs_analysis.measures.unit_cost import budget_use, cost_per_unit
    from pumpurs_analysis.measures.uptake import support_uptake

_HOME = {
    "budget_use": "unit_cost",
    "cap_breaches": "breaches",
    "cost_against_cap": "cost",
    "cost_per_unit": "unit_cost",
    "eligibility_findings": "eligibility",
    "founding_facts": "founding",
    "hours_and_load": "planned",
    "ngo_projects": "ngo",
    "participation": "participants",
    "peer_group": "peers",
    "planned_and_delivered": "planned",
    "projection": "forecasts",
    "published_checks": "published",
    "published_figures": "published",
    "published_timeline": "published",
    "risk_mix": "risks",
    "risk_overlap": "overlap",
    "risk_transitions": "transitions",
    "school_funnel": "funnel",
    "support_gap_rows": "gaps",
    "support_gaps": "gaps",
    "support_uptake": "uptake",
    "what_if": "trials",
}

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


def __getattr__(name: str) -> Any:  # noqa: ANN401  (every measure, whatever it takes)
    """Load a measure from its module."""
    if name not in _HOME:
        raise AttributeError(f"measures has no {name}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
