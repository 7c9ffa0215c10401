"""The pages about records: which figures each of them shows."""

from types import MappingProxyType

from pumpurs_analysis import measures
from pumpurs_analysis.app import marking
from pumpurs_analysis.app.records import Card, Spec

_PLACE = ("municipality_today",)
_YEAR = ("school_year",)

OVERVIEW = Spec(
    "overview",
    MappingProxyType(
        {
            "main": (
                Card("participation", ("semester",), width=6, ignores=(*_YEAR, "semester")),
                Card("risk_mix"),
                Card("support_uptake", width=6),
                Card("cost_against_cap", ("support_kind",), width=6),
            ),
            "where": (
                Card("participation", _PLACE, width=5, ignores=(*_PLACE, "school")),
                Card(
                    "participation", _PLACE, width=7, ignores=(*_PLACE, "school"),
                    is_table=True,
                ),
            ),
        }
    ),
    tiles=True,
)  # fmt: skip

RISKS = Spec(
    "risks",
    MappingProxyType(
        {
            "main": (Card("risk_mix"), Card("risk_overlap")),
            "compared": (
                Card("risk_mix", _PLACE, ignores=(*_PLACE, "school")),
                Card("risk_mix", _YEAR, ignores=(*_YEAR, "semester")),
            ),
            "answered": (
                Card("support_gaps"),
                Card("risk_overlap", choices=(("view", "pair"),), owner_only=True),
                Card("risk_transitions", width=12, owner_only=True),
            ),
        }
    ),
    worklists=MappingProxyType({"support_gap_rows": marking.gap_rows}),
)

SCHOOLS = Spec(
    "schools",
    MappingProxyType(
        {
            "main": (
                Card("support_uptake", _PLACE, ignores=(*_PLACE, "school")),
                Card("support_uptake", _YEAR, ignores=(*_YEAR, "semester")),
            ),
            "funnel": (
                Card("school_funnel", ("school",), width=12, owner_only=True,
                     choices=(("of", "transport"),),
                     ignores=(*_PLACE, *_YEAR, "school", "semester")),
                Card("school_funnel", ("school",), width=12, owner_only=True,
                     choices=(("of", "catering"),),
                     ignores=(*_PLACE, *_YEAR, "school", "semester")),
            ),
            "list": (
                Card("participation", ("school", *_PLACE), width=12, ignores=("school",),
                     is_table=True, owner_only=True),
                Card("participation", ("school", *_PLACE), width=12, ignores=(*_PLACE, *_YEAR),
                     is_table=True, public_only=True),
            ),
        }
    ),
)  # fmt: skip

COSTS = Spec(
    "costs",
    MappingProxyType(
        {
            "main": (
                Card("cost_against_cap", ("support_kind",), width=12),
                Card("cost_against_cap", _PLACE, ignores=(*_PLACE, "school")),
                Card("cost_against_cap", _YEAR, ignores=(*_YEAR, "semester")),
            ),
            "unit": (
                Card("cost_per_unit"),
                Card("projection", owner_only=True, ignores=(*_YEAR, "semester")),
                Card("budget_use", owner_only=True),
            ),
            "youth": (
                Card("ngo_projects", ("municipality",), width=12,
                     ignores=(*_PLACE, *_YEAR, "school", "semester")),
            ),
        }
    ),
    worklists=MappingProxyType(
        {
            "cap_breaches": lambda release: measures.cap_breaches(
                release.data, near_share=0.9, workspace=release.data.folder
            ),
            "eligibility_findings": lambda release: measures.eligibility_findings(
                release.data, workspace=release.data.folder
            ),
        }
    ),
    tiles=True,
)  # fmt: skip

PLANNED = Spec(
    "planned",
    MappingProxyType(
        {
            "main": (
                Card("planned_and_delivered", ("support_kind",), width=12),
                Card("planned_and_delivered", _PLACE, ignores=(*_PLACE, "school")),
                Card("planned_and_delivered", _YEAR, ignores=(*_YEAR, "semester")),
                Card("planned_and_delivered", ("specialist_kind",), width=12, owner_only=True),
            ),
            "hours": (
                Card("hours_and_load", width=6),
                Card("hours_and_load", ("school",), width=12, owner_only=True),
            ),
        }
    ),
)

ALL = MappingProxyType({spec.name: spec for spec in (OVERVIEW, RISKS, SCHOOLS, COSTS, PLANNED)})
