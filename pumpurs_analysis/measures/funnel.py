"""Funnel: schools compared fairly, by how far their share lies outside of what chance explains."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, limits, received, tallies
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.measures.risks import with_interval
from pumpurs_analysis.text import nearest, sort_key

LEVELS = MappingProxyType({"95": 0.95, "998": 0.998})
_LIMITS = tuple(
    f"{kind}_{level}_{end}"
    for kind in ("exact", "limit") for level in LEVELS for end in ("low", "high")
)  # fmt: skip
_SHARES = ("share", "share_low", "share_high")
_SHRUNKEN = ("shrunken_share", "shrunken_low", "shrunken_high")


def school_funnel(  # noqa: PLR0913  (each is a choice of the reader)
    data: Dataset,
    *,
    of: str = "consultation",
    by: Literal["school", "municipality", "municipality_today"] = "school",
    step: Literal["planned", "delivered", "paid"] = "planned",
    adjust: Literal["additive", "multiplicative", "none"] = "additive",
    only: Mapping[str, str] = MappingProxyType({}),
    least: int = 5,
) -> Result:
    """Compare the schools' share of learners with one kind of support or one group of risks.

    One row per: school with enough learners, in alphabetical order: this is no ranking.

    Columns:
        school: The school (or municipality).
        supported_count: Learners with that support or risk.
        learner_count: Learners with a plan.
        share: supported_count / learner_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.
        expected_share: Share of all these schools together.
        exact_95_low: Lower 95 % limit by the binomial distribution alone.
        exact_95_high: Upper one.
        exact_998_low: Lower 99.8 % limit by the binomial distribution alone.
        exact_998_high: Upper one.
        limit_95_low: Lower 95 % limit that allows for the spread between schools.
        limit_95_high: Upper one.
        limit_998_low: Lower 99.8 % limit that allows for the spread between schools.
        limit_998_high: Upper one.
        position: inside, above_95, below_95, above_998 or below_998, by the limits that allow for
            the spread.
        shrunken_share: The share drawn towards that of all, the more the fewer learners.
        shrunken_low: Lower end of its 95 % interval.
        shrunken_high: Upper end of its 95 % interval.
        phi: Mean of the squared winsorised z-scores; 1 where chance explains everything.
        tau: Standard deviation between schools on top of chance, as a share.

    Leaves out:
        Deleted plans; schools with fewer learners than ``least``; schools where that support is
        for none of the learners (the municipality pays all catering, nobody is vocational for
        learning materials) and none has it. What is left out is neither drawn nor used.

    Sources:
        Tables plans, supports, consultations, payments and risks of the delivery. Limits after doi
        10.1002/sim.1970.

    Args:
        data: A Dataset of records.
        of: A kind of support or a group of risks.
        by: What is compared.
        step: For support: planned, delivered or paid.
        adjust: How the limits allow for more spread than chance: additive, multiplicative or none.
        only: Dimension = code: these plans alone, such as ``{"semester": "2022/2023-1"}`` or
            ``{"school_kind": "secondary_school"}``.
        least: Fewest learners a school must have.

    Raises:
        KeyError: ``of`` or a dimension is not known.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> school_funnel(published())
        Traceback (most recent call last):
        ValueError: school_funnel counts records of plans ... support_uptake answers.
    """
    grouping.needs_records(data, "school_funnel", "support_uptake")
    grouping.dimensions(by, among=("school", "municipality", "municipality_today"))
    frame, not_for = _counts(data, _happened(data, of, step), of=of, by=by, only=only)
    is_large = frame["learner_count"] >= least
    frame, small = frame[is_large].reset_index(drop=True), int((~is_large).sum())
    if not frame["supported_count"].isna().all():
        frame = _compared(frame, adjust)
    else:
        missing = [*_SHARES, "expected_share", *_LIMITS, "position", *_SHRUNKEN, "phi", "tau"]
        frame = grouping.without(frame, missing)
    frame = frame.rename(columns={by: "school"})
    return Result(
        name="school_funnel",
        frame=frame[["school", "supported_count", "learner_count", *_SHARES, "expected_share",
                     *_LIMITS, "position", *_SHRUNKEN, "phi", "tau"]],
        unit="learner",
        one_row_per="school with enough learners",
        evidence="records",
        notes=("note.funnel", *grouping.learner_notes(data)),
        dimensions=("school",),
        counts=("supported_count", "learner_count"),
        derived=(*_SHARES, *_LIMITS, "position", *_SHRUNKEN),
        value="supported_count",
        instead=MappingProxyType(
            {"school": f"support_uptake(data, by=()) for {of}: a learner can be in two schools"}
        ),
        choices=MappingProxyType(
            {"of": of, "by": by, "step": step, "adjust": adjust, "least": str(least),
             "small_count": str(small), "not_for_count": str(not_for),
             **{f"only.{name}": code for name, code in only.items()}}
        ),
        is_made_up=data.is_made_up,
    )  # fmt: skip


def _happened(data: Dataset, of: str, step: str) -> "pd.Series[str] | None":
    """Plans with the support or risk; None where nobody delivered the table that shows it."""
    risks = catalogue.entries("codes")["risk_category"]
    kinds = received.learner_kinds()
    if of in risks:
        rows = data.risks[data.risks["risk_category"] == of]
        return rows["plan_id"] if grouping.was_delivered(data, "risks") else None
    if of not in kinds:
        choices = [*kinds, *risks]
        may = ", ".join(choices)
        raise KeyError(f"Cannot compare {of}; nearest: {nearest(of, choices)}. Choose from {may}.")
    if not grouping.was_delivered(data, received.STEPS[step]):
        return None
    rows = received.units(data, ())
    return rows.loc[(rows["support_kind"] == of) & (rows["step"] == step), "plan_id"]


def _counts(
    data: Dataset,
    happened: "pd.Series[str] | None",
    *,
    of: str,
    by: str,
    only: Mapping[str, str],
) -> tuple[pd.DataFrame, int]:
    """One row per school the support may be for; and how many schools it is not for."""
    grouping.dimensions(tuple(only), among=grouping.PLAN_DIMENSIONS)
    plans = grouping.plans_by_dimension(data)
    for name, code in only.items():
        plans = plans[plans[name] == code]
    plans = plans[plans[by].notna()]
    has = plans["plan_id"].isin([] if happened is None else happened.unique())
    keys = (by,)
    whole = tallies.tally(plans, keys, {"learner_count": ("learner_id", "nunique")})
    with_it = tallies.tally(plans[has], keys, {"supported_count": ("learner_id", "nunique")})
    may = tallies.tally(plans[_may_be_for(plans, of)], keys, {"may_count": ("plan_id", "size")})
    frame = grouping.with_every(grouping.with_every(whole, with_it), may)
    is_for = (frame["may_count"] > 0) | (frame["supported_count"] > 0)
    frame["supported_count"] = frame["supported_count"].astype("Int64")
    if happened is None:
        frame = grouping.without(frame, ["supported_count"])
    frame = frame[is_for].drop(columns="may_count")
    frame = frame.loc[sorted(frame.index, key=lambda i: sort_key(str(frame.loc[i, by])))]
    return frame, int((~is_for).sum())


def _may_be_for(plans: pd.DataFrame, of: str) -> "pd.Series[bool]":
    """Plans whose learner the support may be for, as far as the plan tells."""
    if of == "catering":
        return ~plans["is_catering_by_municipality"].fillna(value=False).astype(bool)
    if of == "learning_materials":
        return plans["programme_kind"] != "general"
    return plans["plan_id"].notna()


def _compared(frame: pd.DataFrame, adjust: str) -> pd.DataFrame:
    yes = frame["supported_count"].to_numpy(float)
    count = frame["learner_count"].to_numpy(float)
    frame = with_interval(
        frame, count="supported_count", denominator="learner_count", share="share"
    )
    found = limits.spread(yes, count)
    for name, level in LEVELS.items():
        exact = limits.exact_limits(count, found.target, level)
        wide = limits.adjusted_limits(count, found, level, adjust=adjust, number=len(frame))
        for kind, ends in (("exact", exact), ("limit", wide)):
            frame[f"{kind}_{name}_low"], frame[f"{kind}_{name}_high"] = ends
    share = frame["share"].astype(float)
    places = {
        "above_998": share > frame["limit_998_high"], "below_998": share < frame["limit_998_low"],
        "above_95": share > frame["limit_95_high"], "below_95": share < frame["limit_95_low"],
    }  # fmt: skip
    position = np.select(list(places.values()), list(places), default="inside")
    frame = frame.assign(
        expected_share=found.target, phi=found.phi, tau=found.tau,
        position=pd.array(position, dtype="string"),
    )  # fmt: skip
    if 0 < found.target < 1:
        frame[[*_SHRUNKEN]] = np.column_stack(limits.shrunken(yes, count))
    else:  # nobody or everybody: there is nothing to draw the shares towards
        frame[[*_SHRUNKEN]] = found.target
    floats = [*_LIMITS, *_SHRUNKEN, "expected_share", "phi", "tau"]
    return frame.astype(dict.fromkeys(floats, "Float64"))
