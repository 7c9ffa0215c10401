"""Risks: how the four groups are distributed, on every denominator that is known."""

from types import MappingProxyType
from typing import Literal

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.ordering import in_order
from pumpurs_analysis.measures.result import Result, cite

_SCHOOL_YEAR = "2019/2020"  # the only year for which a page states the four groups
RISK_GROUPS = tuple(catalogue.entries("codes")["risk_category"])
_RECUT = "2023/2024-1"  # by December 2023 the second group was called the learner's personality
_COUNTS = ("mention_count", "with_risk_count", "denominator_count", "risk_learner_count")
_CATEGORY = {
    "risk_learning": "learning",
    "risk_economic": "economic",
    "risk_family": "family",
    "risk_social_environment": "social_health",
}


def with_interval(frame: pd.DataFrame, *, count: str, denominator: str, share: str) -> pd.DataFrame:
    """Add a share and its 95 % Wilson interval; missing where the denominator is not known.

    Args:
        frame: Has the two count columns.
        count: Column of the numerator.
        denominator: Column of the denominator.
        share: Name of the share's column; ``_low`` and ``_high`` are added to it.

    Example:
        >>> counts = pd.DataFrame({"yes": [9], "all": [10]})
        >>> with_interval(counts, count="yes", denominator="all", share="share").round(3).iloc[
        ...     0
        ... ].tolist()
        [9.0, 10.0, 0.9, 0.596, 0.982]
    """
    counts = frame[count].astype("Float64")
    known = counts.notna() & frame[denominator].gt(0).fillna(value=False)
    known &= (counts <= frame[denominator]).fillna(value=False)
    low, high = proportion_confint(
        counts.where(known, 0).to_numpy(float),
        frame[denominator].astype("Float64").where(known, 1).to_numpy(float),
        method="wilson",
    )
    computed = {
        share: counts / frame[denominator].astype("Float64"),
        f"{share}_low": pd.Series(low, index=frame.index, dtype="Float64"),
        f"{share}_high": pd.Series(high, index=frame.index, dtype="Float64"),
    }
    return frame.assign(**{name: column.where(known) for name, column in computed.items()})


def risk_mix(
    data: Dataset,
    *,
    by: Grouping = "school_year",
    level: Literal["risk_category", "risk"] = "risk_category",
) -> Result:
    """Say how risks divide into the four groups, on three denominators.

    One row per: group, basis (mention, plan or learner) and risk group.

    Columns:
        school_year: The group; one column for each dimension asked for.
        basis: What the share is a share of.
        risk_category: One of the four groups.
        mention_count: Times the group is mentioned, semesters together.
        with_risk_count: Mentions, plans or learners that have it, as the basis says.
        denominator_count: Mentions, plans or learners in all; missing where not known.
        risk_learner_count: Learners behind the row; missing where not known.
        status: counted (records); stated or assumed (a plan counts once per group, which no page
            says); not_known.
        share: with_risk_count / denominator_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.

    Leaves out:
        Deleted plans. On published figures every other year: no page states the groups for it.

    Sources:
        Tables plans and risks of the delivery; or the page with the four groups of 2019/20 and the
        one with plans by school year.

    Args:
        data: A Dataset of records or of published figures.
        by: Dimensions of a plan; published figures have one school year only.
        level: risk_category, or risk for the single risks too (records only; an open list).

    Raises:
        KeyError: A dimension a plan does not have.

    Example:
        >>> from pumpurs_analysis import published
        >>> mix = risk_mix(published()).frame.set_index(["basis", "risk_category"])["share"]
        >>> [round(float(mix[basis, "learning"]), 3) for basis in ("mention", "plan")]
        [0.715, 0.859]
    """
    if data.evidence == "records":
        return _recorded(data, grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS), level)
    return _published(data)


def recorded_mentions(data: Dataset) -> pd.DataFrame:
    """Give every risk of the plans that count, with learner, school and every dimension."""

    def make() -> pd.DataFrame:
        of_plan = ("learner_id", "school_id", "semester")
        return grouping.of_counted_plans(data, data.risks, *of_plan)

    return grouping.placed(data, "mentions", make)


def _recorded(data: Dataset, dims: tuple[str, ...], level: str) -> Result:
    plans, mentions = grouping.plans_by_dimension(data), recorded_mentions(data)
    frame = _mention_counts(plans, mentions, dims=dims, level=level)
    numerators = {"mention": "mention_count", "plan": "plan_with", "learner": "risk_learner_count"}
    if not grouping.was_delivered(data, "risks"):
        frame = grouping.without(frame, ["mention", *numerators.values()])
    frame = pd.concat(
        frame.assign(basis=basis, with_risk_count=frame[column], denominator_count=frame[basis])
        for basis, column in numerators.items()
    )
    if dims:
        frame = frame.sort_values([*dims], kind="stable", key=in_order)
    frame = with_interval(
        frame.assign(status="counted").reset_index(drop=True),
        count="with_risk_count", denominator="denominator_count", share="share",
    )  # fmt: skip
    own = tuple(dict.fromkeys(("risk_category", level)))
    is_recut = bool((plans["semester"].astype("string") >= _RECUT).any())
    return Result(
        name="risk_mix",
        frame=frame[[*dims, "basis", *own, *_COUNTS, "status", "share", "share_low", "share_high"]],
        unit="mention",
        one_row_per="group, basis and risk group",
        evidence="records",
        notes=(
            "note.risk_bases",
            *(("note.risk_recut",) if is_recut else ()),
            *grouping.learner_notes(data),
            *grouping.open_period_note(data, dims),
        ),
        dimensions=(*dims, "basis", *own),
        counts=_COUNTS,
        derived=("share", "share_low", "share_high"),
        value="mention_count",
        additive_over=frozenset({*dims, *own}),
        instead=MappingProxyType({"basis": 'total(basis="mention")'}),
        choices=MappingProxyType({"by": ", ".join(dims), "level": level}),
        is_made_up=data.is_made_up,
    )


def _mention_counts(
    plans: pd.DataFrame, mentions: pd.DataFrame, *, dims: tuple[str, ...], level: str
) -> pd.DataFrame:
    """One row per group and risk: plans, learners and mentions with it, and of how many."""
    of_plans = {"plan": ("plan_id", "nunique"), "learner": ("learner_id", "nunique")}
    groups = tallies.tally(plans, dims, of_plans)
    of_mentions = tallies.tally(mentions, dims, {"mention": ("plan_id", "size")})
    counts = {
        "mention_count": ("plan_id", "size"),
        "plan_with": ("plan_id", "nunique"),
        "risk_learner_count": ("learner_id", "nunique"),
    }
    counted = tallies.tally(mentions, (*dims, level), counts)
    codes = (
        RISK_GROUPS if level == "risk_category" else grouping.in_catalogue(mentions[level], level)
    )
    groups = grouping.with_every(groups, of_mentions)
    frame = grouping.with_every(groups, counted, **{level: codes})
    if level == "risk":
        pairs = mentions[["risk", "risk_category"]].astype("string").drop_duplicates("risk")
        frame = frame.merge(pairs, how="left", on="risk")
    return frame


def _published(data: Dataset) -> Result:
    figures = data.published_figures
    in_year = figures[(figures["level"] == "national") & (figures["school_year"] == _SCHOOL_YEAR)]
    risks = in_year[in_year["measure"] == "learners_with_risk"]
    plans = in_year[(in_year["measure"] == "plans") & in_year["semester"].isna()]
    mentions = risks.groupby(risks["dimension"].map(_CATEGORY))["value"].sum()
    mentions = mentions.sort_values(ascending=False)
    bases = {
        "mention": (mentions.sum(), "stated"),
        "plan": (plans["value"].iloc[0], "assumed"),
        "learner": (pd.NA, "not_known"),
    }
    frame = pd.concat(
        pd.DataFrame(
            {
                "school_year": _SCHOOL_YEAR,
                "basis": basis,
                "risk_category": mentions.index,
                "mention_count": mentions.to_numpy(),
                "with_risk_count": mentions.to_numpy() if status != "not_known" else pd.NA,
                "denominator_count": pd.array([denominator] * len(mentions), dtype="Float64"),
                "risk_learner_count": pd.NA,
                "status": status,
            }
        )
        for basis, (denominator, status) in bases.items()
    )
    frame = frame.reset_index(drop=True).astype(
        {"with_risk_count": "Float64", "risk_learner_count": "Int64"}
    )
    return Result(
        name="risk_mix",
        frame=with_interval(
            frame, count="with_risk_count", denominator="denominator_count", share="share"
        ),
        unit="mention",
        one_row_per="risk group and basis",
        evidence="published",
        sources=cite(data, [*risks["source_id"], *plans["source_id"]]),
        notes=("note.risk_mix_words", "note.risk_mix_plan_basis", "note.risk_mix_learner_basis"),
        counts=("mention_count",),
        derived=("share", "share_low", "share_high"),
        value="mention_count",
        additive_over=frozenset({"risk_category"}),
        instead={"basis": 'total(basis="mention")'},
    )
