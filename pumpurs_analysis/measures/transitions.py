"""Transitions: what became of a risk from one semester to the next."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from pumpurs_analysis import facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.measures.risks import RISK_GROUPS, with_interval

OUTCOMES = ("persists", "ended", "moved", "left", "new")
_TEXTS = ("plan_id", "learner_id", "semester", "school_id")
_COUNTS = ("transition_count", "still_count", "denominator_count")
_KEYS = ["learner_id", "semester"]
_ONCE = ["learner_id", "semester", "risk_category", "is_before"]


def risk_transitions(data: Dataset, *, by: Grouping = ()) -> Result:
    """Follow learners with a risk from each semester into the next.

    One row per: group, semester, risk group and outcome.

    Columns:
        semester: The first of the two semesters.
        next_semester: The second.
        risk_category: Group of the risk.
        outcome: persists (same school, has the risk again), ended (same school, a plan without it),
            moved (a plan at another school only), left (no plan in the next semester); new (has the
            risk in the next semester and had it not in the first).
        transition_count: Learners with this outcome.
        still_count: Of these, learners who have the risk in the next semester.
        denominator_count: Learners with the risk in the first semester; for new: in the next.
        share: transition_count / denominator_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.

    Leaves out:
        Deleted plans; plans whose learner cannot be told apart (they would all seem to leave);
        semesters of which the next is not delivered. A suspended and resumed plan is one plan.

    Sources:
        Tables plans and risks of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of the plan in the first semester (for new: in the next).

    Raises:
        KeyError: A dimension a plan does not have.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> risk_transitions(published())
        Traceback (most recent call last):
        ValueError: risk_transitions counts records of plans ... risk_mix answers.
    """
    grouping.needs_records(data, "risk_transitions", "risk_mix")
    dims = grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS)
    dims = tuple(name for name in dims if name != "semester")
    moves = facts.kept(data, "moves", lambda: _moves(data))
    again = moves[moves["is_repeated"]]
    again = again[again.duplicated([*dims, *_ONCE])]
    frame = _counted(moves.drop(again.index), dims)
    if not grouping.was_delivered(data, "risks"):
        frame = grouping.without(frame, _COUNTS)
    frame = with_interval(
        frame, count="transition_count", denominator="denominator_count", share="share"
    )
    own = ("semester", "next_semester", "risk_category", "outcome")
    return Result(
        name="risk_transitions",
        frame=frame[[*dims, *own, *_COUNTS, "share", "share_low", "share_high"]],
        unit="learner",
        one_row_per="group, semester, risk group and outcome",
        evidence="records",
        notes=("note.transitions",
               *(("note.plan_as_learner_out",) if grouping.learner_notes(data) else ())),
        dimensions=(*dims, *own),
        counts=_COUNTS,
        derived=("share", "share_low", "share_high"),
        value="transition_count",
        additive_over=frozenset({"outcome"}),
        instead=MappingProxyType(
            {
                "risk_category": "one risk_category at a time: a learner can have several risks",
                "semester": "one semester at a time: a learner is followed through several",
                **grouping.instead("risk_transitions", dims),
            }
        ),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )  # fmt: skip


def _moves(data: Dataset) -> pd.DataFrame:
    """One row per plan and risk before or after a change of semester, with what became of it.

    A learner with several plans in a semester has several rows (``is_repeated``), the one that
    says what became of the risk first.
    """
    plans = grouping.plans_by_dimension(data)
    plans = plans[plans["learner_basis"] != "plan"].astype(dict.fromkeys(_TEXTS, "string"))
    follows = _follows(plans["semester"])
    at = plans.assign(next_semester=plans["semester"].map(follows).astype("string"))
    schools = plans[[*_KEYS, "school_id"]].drop_duplicates()
    # Is there a plan in the next semester, and is one of them at the same school?
    after = schools.rename(columns={"semester": "next_semester"}).assign(is_same=1)
    at = at.merge(after, how="left", on=["learner_id", "next_semester", "school_id"])
    any_after = after[["learner_id", "next_semester"]].drop_duplicates().assign(is_there=1)
    at = at.merge(any_after, how="left", on=["learner_id", "next_semester"])
    risks = data.risks[["plan_id", "risk_category"]].astype("string").drop_duplicates()
    held = at.merge(risks, on="plan_id").dropna(subset="risk_category")
    having = held[_ONCE[:3]].drop_duplicates()
    later = having.rename(columns={"semester": "next_semester"}).assign(has_after=1)
    before = held[held["next_semester"].notna()].merge(
        later, how="left", on=["learner_id", "next_semester", "risk_category"]
    )
    # Of two plans in a semester, the one at the school that goes on says what became of the risk.
    before = before.sort_values("is_same", kind="stable", na_position="last")
    before["outcome"] = np.select(
        [before["is_there"].isna(), before["is_same"].isna(), before["has_after"].isna()],
        ["left", "moved", "ended"],
        default="persists",
    )
    moves = pd.concat([before.assign(is_before=True), _new(held, having, follows)])
    moves = moves.assign(still=moves["has_after"].eq(1).astype("Int64"))
    texts = ("risk_category", "outcome", "next_semester", "semester", "learner_id")
    moves = moves[[*dict.fromkeys((*grouping.PLAN_DIMENSIONS, *texts, "is_before", "still"))]]
    moves = moves.reset_index(drop=True).astype(dict.fromkeys(texts, "category"))
    return moves.assign(is_repeated=moves.duplicated(_ONCE, keep=False))


def _new(held: pd.DataFrame, having: pd.DataFrame, follows: dict[str, str]) -> pd.DataFrame:
    """Learners who have a risk in a semester and had it not in the one before."""
    back = {later: earlier for earlier, later in follows.items()}
    arrived = held[held["semester"].isin(back)].rename(columns={"semester": "then"})
    arrived = arrived.assign(semester=arrived["then"].map(back).astype("string"))
    had = arrived.merge(having.assign(had=1), how="left", on=_ONCE[:3])["had"].notna().to_numpy()
    return arrived.assign(
        next_semester=arrived["then"], has_after=1, is_before=False,
        outcome=np.where(had, "held_before", "new"),
    )  # fmt: skip


def _follows(semesters: "pd.Series[str]") -> dict[str, str]:
    """The next semester of each, where plans of both were delivered."""
    there = set(semesters.dropna())
    following = {}
    for code in there:
        year, half = int(code[:4]), code[-1]
        later = f"{year}/{year + 1}-2" if half == "1" else f"{year + 1}/{year + 2}-1"
        if later in there:
            following[code] = later
    return following


def _counted(moves: pd.DataFrame, dims: tuple[str, ...]) -> pd.DataFrame:
    keys = (*dims, "semester", "next_semester")
    groups = tallies.tally(moves, keys, {})
    counts = {"transition_count": ("learner_id", "nunique"), "still_count": ("still", "sum")}
    frame = grouping.with_every(
        groups,
        tallies.tally(moves, (*keys, "risk_category", "outcome"), counts),
        risk_category=RISK_GROUPS, outcome=OUTCOMES,
    )  # fmt: skip
    for side in ("before", "after"):
        is_side = moves["is_before"] == (side == "before")
        whole = tallies.tally(
            moves[is_side], (*keys, "risk_category"), {side: ("learner_id", "nunique")}
        )
        frame = grouping.with_every(frame, whole)
    is_new = frame["outcome"] == "new"
    frame["denominator_count"] = frame["after"].where(is_new, frame["before"]).astype("Int64")
    return frame
