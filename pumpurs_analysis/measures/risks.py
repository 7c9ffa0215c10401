"""Risks: how the four groups are distributed, on every denominator that is known."""

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures.result import Result, cite

_SCHOOL_YEAR = "2019/2020"  # the only year for which a page states the four groups
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
    known = counts.notna() & frame[denominator].notna() & (counts <= frame[denominator])
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


def risk_mix(data: Dataset) -> Result:
    """Say how risks divide into the four groups, on three denominators.

    One row per: risk group and basis (mention, plan or learner).

    Columns:
        school_year: School year the page speaks of.
        basis: What the share is a share of.
        risk_category: One of the four groups.
        mention_count: Times the group is mentioned, both semesters together.
        denominator_count: Mentions, plans or learners in all; missing where no page states it.
        status: stated; assumed (a plan counts once per group, which no page says); not_known.
        share: mention_count / denominator_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.

    Leaves out:
        Every other year: no page states the groups for it.

    Sources:
        The page with the four groups of 2019/20 and the one with plans by school year.

    Example:
        >>> from pumpurs_analysis import published
        >>> mix = risk_mix(published()).frame.set_index(["basis", "risk_category"])["share"]
        >>> [round(float(mix[basis, "learning"]), 3) for basis in ("mention", "plan")]
        [0.715, 0.859]
    """
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
                "denominator_count": pd.array([denominator] * len(mentions), dtype="Float64"),
                "status": status,
            }
        )
        for basis, (denominator, status) in bases.items()
    )
    frame = frame.reset_index(drop=True)
    return Result(
        name="risk_mix",
        frame=with_interval(
            frame, count="mention_count", denominator="denominator_count", share="share"
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
