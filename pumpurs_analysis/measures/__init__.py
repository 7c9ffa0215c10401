"""Measures: questions asked of a Dataset, each answered by a Result.

A measure is a noun phrase; its chart, table, texts, notebook and test carry the same name.
"""

from pumpurs_analysis.measures.cost import cost_against_cap
from pumpurs_analysis.measures.published import (
    founding_facts,
    published_checks,
    published_figures,
    published_timeline,
)
from pumpurs_analysis.measures.risks import risk_mix
from pumpurs_analysis.measures.uptake import support_uptake

__all__ = [
    "cost_against_cap",
    "founding_facts",
    "published_checks",
    "published_figures",
    "published_timeline",
    "risk_mix",
    "support_uptake",
]
