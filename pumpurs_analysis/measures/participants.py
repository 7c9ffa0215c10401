"""Participation: how many plans, learners, schools and specialists there were."""

from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result

# A specialist works in a school and semester, not for a grade, a programme or a status.
_NOT_FOR_SPECIALISTS = {"grade_band", "programme_kind", "status", "sex"}


def participation(data: Dataset, *, by: Grouping = "semester") -> Result:
    """Count plans, learners, schools and specialists.

    One row per: group.

    Columns:
        semester: The group; one column for each dimension asked for.
        learner_count: Learners with a plan in the group, each once.
        plan_count: Plans; a plan lives one semester, a resumed one stays one.
        approved_plan_count: Of these, plans that passed approval.
        school_count: Schools with a plan.
        specialist_count: Specialists named by school and semester or by a consultation; missing
            where none is named or the group is no place and time.
        plans_per_learner: plan_count / learner_count.

    Leaves out:
        Deleted plans (Neaktīvs). Suspended plans stay.

    Sources:
        Tables plans, specialists and consultations of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan.

    Raises:
        KeyError: A dimension a plan does not have.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> participation(published())
        Traceback (most recent call last):
        ValueError: participation counts records of plans ... published_timeline answers.
    """
    grouping.needs_records(data, "participation", "published_timeline")
    dims = grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS)
    plans = grouping.plans_by_dimension(data)
    statuses = catalogue.entries("codes")["plan_status"]
    approved = [code for code, entry in statuses.items() if entry["is_approved"]]
    frame = tallies.tally(
        plans.assign(is_approved=plans["status"].isin(approved).astype("Int64")),
        dims,
        {
            "learner_count": ("learner_id", "nunique"),
            "plan_count": ("plan_id", "nunique"),
            "approved_plan_count": ("is_approved", "sum"),
            "school_count": ("school_id", "nunique"),
        },
    )
    frame["specialist_count"] = _specialists(data, frame, dims)
    learners = frame["learner_count"].astype("Float64")
    frame["plans_per_learner"] = (frame["plan_count"] / learners).where(learners > 0)
    return Result(
        name="participation",
        frame=frame,
        unit="learner",
        one_row_per="group",
        evidence="records",
        notes=(
            "note.plans_counted",
            *grouping.learner_notes(data),
            *grouping.open_period_note(data, dims),
        ),
        dimensions=dims,
        counts=("learner_count", "plan_count", "approved_plan_count"),
        derived=("plans_per_learner",),
        value="learner_count",
        additive=("plan_count", "approved_plan_count"),
        instead=grouping.instead("participation", dims),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )


def _specialists(
    data: Dataset, frame: pd.DataFrame, dims: tuple[str, ...]
) -> "pd.Series[int] | pd.Series[float]":
    """Distinct specialists of each group's schools and semesters."""

    def make() -> pd.DataFrame:
        named = data.specialists[["specialist_id", "school_id", "semester"]].astype("string")
        seen = data.consultations
        seen = seen.assign(semester=grouping.semester_of(seen["date"]))[named.columns]
        rows = pd.concat([named, seen.drop_duplicates().astype("string")])
        return rows.dropna(subset="specialist_id").drop_duplicates(ignore_index=True)

    rows = grouping.placed(data, "specialists", make)
    if rows.empty or _NOT_FOR_SPECIALISTS & set(dims):
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    counted = tallies.tally(rows, dims, {"count": ("specialist_id", "nunique")})
    if not dims:
        return counted["count"]
    return frame[[*dims]].merge(counted, how="left", on=[*dims])["count"].fillna(0)
