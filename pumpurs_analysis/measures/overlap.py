"""Overlap: which groups of risks stand together in one plan or with one learner."""

import itertools
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from pumpurs_analysis import facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.ordering import in_order
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.measures.risks import RISK_GROUPS, recorded_mentions, with_interval

_COUNTS = ("with_risk_count", "denominator_count", "risk_learner_count")
_SHARE = ("share", "share_low", "share_high")


def risk_overlap(
    data: Dataset,
    *,
    by: Grouping = (),
    basis: Literal["plan", "learner"] = "plan",
    view: Literal["combination", "pair"] = "combination",
) -> Result:
    """Say which groups of risks stand together.

    One row per: group and combination of the four risk groups (none is a combination too), or,
    with view ``pair``, group and two of them.

    Columns:
        combination: Codes of the groups of risks joined by ``+``; ``none``.
        risk_group_count: How many groups the combination has, 0 to 4.
        with_risk_count: Plans (or learners) that have exactly these groups.
        denominator_count: Plans (or learners) in all.
        risk_learner_count: Learners behind the row.
        share: with_risk_count / denominator_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.

    Columns of pairs:
        risk_category: The group that is given.
        other_category: The group looked for beside it; the same one stands on the diagonal.
        with_risk_count: Plans (or learners) that have both.
        denominator_count: Plans (or learners) that have the group given.
        risk_learner_count: Learners behind the row.
        share: with_risk_count / denominator_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.

    Leaves out:
        Deleted plans; combinations nobody has.

    Sources:
        Tables plans and risks of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan.
        basis: plan, or learner (all plans of a learner in the group together).
        view: combination or pair.

    Raises:
        KeyError: A dimension a plan does not have.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> risk_overlap(published())
        Traceback (most recent call last):
        ValueError: risk_overlap counts records of plans ... risk_mix answers.
    """
    grouping.needs_records(data, "risk_overlap", "risk_mix")
    dims = grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS)
    people = _groups_of_each(data, dims, basis)
    frame = _combinations(people, dims) if view == "combination" else _pairs(people, dims)
    if not grouping.was_delivered(data, "risks"):
        frame = grouping.without(frame, _COUNTS)
    own = ["combination", "risk_group_count"]
    own = own if view == "combination" else ["risk_category", "other_category"]
    frame = with_interval(
        frame, count="with_risk_count", denominator="denominator_count", share="share"
    )
    return Result(
        name="risk_overlap",
        frame=frame[[*dims, *own, *_COUNTS, *_SHARE]],
        unit=basis,
        one_row_per=f"group and {view} of risk groups",
        evidence="records",
        notes=(f"note.overlap_{view}", *grouping.learner_notes(data)),
        dimensions=(*dims, *own),
        counts=_COUNTS,
        derived=_SHARE,
        value="with_risk_count",
        additive_over=frozenset({"combination"} if view == "combination" else ()),
        instead=grouping.instead("risk_overlap", dims if basis == "learner" else ()),
        choices=MappingProxyType({"by": ", ".join(dims), "basis": basis, "view": view}),
        is_made_up=data.is_made_up,
    )


def _groups_of_each(data: Dataset, dims: tuple[str, ...], basis: str) -> pd.DataFrame:
    """One row per group and plan (or learner), with a column of True and False per risk group."""
    plans = facts.kept(data, "risk_groups_of_plans", lambda: _with_risk_groups(data))
    if basis == "plan":
        return plans.assign(one=plans["plan_id"])
    keys = (*dims, "learner_id")
    found = tallies.tally(plans, keys, {name: (name, "sum") for name in RISK_GROUPS})
    return found.assign(one=found["learner_id"], **{name: found[name] > 0 for name in RISK_GROUPS})


def _with_risk_groups(data: Dataset) -> pd.DataFrame:
    """The plans that count, and for each group of risks whether the plan names one of it."""
    plans, mentions = grouping.plans_by_dimension(data), recorded_mentions(data)
    of_group = {
        name: plans["plan_id"].isin(mentions.loc[mentions["risk_category"] == name, "plan_id"])
        for name in RISK_GROUPS
    }
    return plans.assign(**of_group)


def _combinations(people: pd.DataFrame, dims: tuple[str, ...]) -> pd.DataFrame:
    has = people[list(RISK_GROUPS)].to_numpy(bool)
    of_code = list(itertools.product([False, True], repeat=len(RISK_GROUPS)))
    names = ["+".join(itertools.compress(RISK_GROUPS, code)) or "none" for code in of_code]
    bits = 2 ** np.arange(len(RISK_GROUPS))[::-1]
    combination = pd.CategoricalDtype(pd.Index(names))
    people = people.assign(combination=pd.Categorical.from_codes(has @ bits, dtype=combination))
    keys = (*dims, "combination")
    counted = tallies.tally(people, keys, _numbers("with_risk_count"))
    group_counts = pd.Series([sum(code) for code in of_code], index=names, dtype="Int64")
    counted["risk_group_count"] = group_counts[counted["combination"]].array
    whole = tallies.tally(people, dims, {"denominator_count": ("one", "size")})
    counted = counted.merge(whole, on=[*dims]) if dims else counted.merge(whole, how="cross")
    order = [*dims, "risk_group_count", "combination"]
    return counted.sort_values(order, ignore_index=True, key=in_order)  # their counts may hide


def _pairs(people: pd.DataFrame, dims: tuple[str, ...]) -> pd.DataFrame:
    groups = tallies.tally(people, dims, {"everybody": ("one", "size")})
    frames = []
    for given in RISK_GROUPS:
        those = people[people[given]]
        whole = tallies.tally(those, dims, {"denominator_count": ("one", "size")})
        for other in RISK_GROUPS:
            both = tallies.tally(those[those[other]], dims, _numbers("with_risk_count"))
            counted = grouping.with_every(grouping.with_every(groups, whole), both)
            frames.append(counted.assign(risk_category=given, other_category=other))
    pairs = pd.concat(frames, ignore_index=True)
    if not dims:
        return pairs
    return pairs.sort_values([*dims], kind="stable", ignore_index=True, key=in_order)


def _numbers(name: str) -> dict[str, tuple[str, str]]:
    return {name: ("one", "size"), "risk_learner_count": ("learner_id", "nunique")}
