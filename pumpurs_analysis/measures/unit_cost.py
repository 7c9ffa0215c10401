"""Unit costs and the use of money over time."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import caps, grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result

_COUNTS = {
    "learner_count": ("planned_learner", "nunique"),
    "paid_learner_count": ("paid_learner", "nunique"),
    "plan_count": ("plan_id", "nunique"),
}
_COSTS = {
    "paid_per_learner_cents": ("paid_cents", "learner_count"),
    "paid_per_paid_learner_cents": ("paid_cents", "paid_learner_count"),
    "paid_per_plan_cents": ("paid_cents", "plan_count"),
    "paid_per_hour_cents": ("consultation_cents", "delivered_hours"),
}


def cost_per_unit(data: Dataset, *, by: Grouping = ()) -> Result:
    """Divide what was paid by learners, by plans and by hours of consultations.

    One row per: group.

    Columns:
        learner_count: Learners with a plan in the group.
        paid_learner_count: Learners with a payment in the group, with or without a plan.
        plan_count: Plans; a learner has one each semester, so there are more of them.
        paid_cents: All payments of the group, less refunds.
        consultation_cents: Of these for consultations.
        delivered_hours: Hours of consultations given; missing where none were delivered.
        paid_per_learner_cents: paid_cents / learner_count, learners without a payment included.
        paid_per_paid_learner_cents: paid_cents / paid_learner_count.
        paid_per_plan_cents: paid_cents / plan_count.
        paid_per_hour_cents: consultation_cents / delivered_hours; missing where no payment of the
            delivery names consultations: what they cost is not known, and nothing is no price.

    Leaves out:
        Deleted plans; planned sums and hours, which are not payments and not given.

    Sources:
        Tables plans, payments and consultations of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan.

    Raises:
        KeyError: A dimension a plan does not have.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> cost_per_unit(published())
        Traceback (most recent call last):
        ValueError: cost_per_unit ... On those, cost_against_cap answers.
    """
    grouping.needs_records(data, "cost_per_unit", "cost_against_cap")
    dims = grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS)
    result = caps.money_result(
        data,
        grouping.placed(data, "cost_units", lambda: _units(data)),
        dims,
        name="cost_per_unit",
        counts=_COUNTS | {"delivered_hours": ("delivered_hours", "sum")},
        money=("paid_cents", "consultation_cents"),
    )
    frame = result.frame
    if not grouping.was_delivered(data, "consultations"):
        frame = frame.assign(delivered_hours=pd.Series(pd.NA, index=frame.index, dtype="Float64"))
    order = [*dims, *_COUNTS, *result.money, "delivered_hours"]
    costs = {name: _divided(frame, *parts) for name, parts in _COSTS.items()}
    if not (facts.learner_month(data)["support_kind"] == "consultation").any():
        costs["paid_per_hour_cents"] = pd.Series(pd.NA, index=frame.index, dtype="Float64")
    return replace(
        result,
        frame=frame[order].assign(**costs),
        counts=tuple(_COUNTS),
        money=(*result.money, "delivered_hours"),
        derived=(*_COSTS,),
        notes=(
            "note.cost_per_learner",
            "note.cost_per_hour",
            "note.paid_not_planned",
            *result.notes,
        ),
    )


def _units(data: Dataset) -> pd.DataFrame:
    """Plans, payments and consultations one under the other, each with its own columns."""
    plans = grouping.plans_by_dimension(data)
    plans = plans.assign(planned_learner=plans["learner_id"])
    paid = _paid(data)
    is_consultation = paid["support_kind"] == "consultation"
    paid = paid.assign(
        paid_learner=paid["learner_id"],
        consultation_cents=paid["paid_cents"].where(is_consultation, 0),
    )
    given = grouping.attach(data, data.consultations, grouping.PLAN_DIMENSIONS)
    keys = ["learner_id", *grouping.PLAN_DIMENSIONS]
    given = tallies.tally(given, tuple(keys), {"delivered_hours": ("hours", "sum")})
    parts = (
        plans[["plan_id", "planned_learner", *keys]],
        paid[["paid_learner", "paid_cents", "consultation_cents", *keys]],
        given,
    )
    found = [
        part.astype({name: "string" for name in part if part[name].dtype == "category"})
        for part in parts
    ]
    zero = {"paid_cents": 0, "consultation_cents": 0}
    return pd.concat(found, ignore_index=True).fillna(zero).astype({"delivered_hours": "Float64"})


def _paid(data: Dataset) -> pd.DataFrame:
    return grouping.placed(data, "paid_months", lambda: facts.learner_month(data))


def _divided(frame: pd.DataFrame, money: str, unit: str) -> "pd.Series[Any]":
    units = frame[unit].astype("Float64")
    return (frame[money].astype("Float64") / units).where(units > 0)


def budget_use(data: Dataset, *, by: Grouping = (), budget_eur: int | None = None) -> Result:
    """Say what was paid month by month, to be held against a budget.

    One row per: group and month.

    Columns:
        month: The month paid for, such as 2019-10; missing where payments tell none.
        paid_learner_count: Learners with a payment in that month.
        paid_cents: Paid, less refunds.

    Leaves out:
        Running sums: their steps would give hidden months away; a chart adds them up where no
        month is hidden. Planned sums.

    Sources:
        Table payments of the delivery.

    Args:
        data: A Dataset of records.
        by: Further dimensions.
        budget_eur: What may be spent; schools and municipalities know theirs, no page states it.

    Raises:
        KeyError: No such dimension.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> budget_use(published())
        Traceback (most recent call last):
        ValueError: budget_use ... On those, published_timeline answers.
    """
    grouping.needs_records(data, "budget_use", "published_timeline")
    dims = grouping.dimensions(by, among=grouping.DIMENSIONS)
    dims = (*(name for name in dims if name != "month"), "month")
    result = caps.money_result(
        data,
        _paid(data).assign(paid_learner=lambda rows: rows["learner_id"]),
        dims,
        name="budget_use",
        counts={"paid_learner_count": ("paid_learner", "nunique")},
        money=("paid_cents",),
    )
    budget = "" if budget_eur is None else str(budget_eur)
    return replace(
        result,
        one_row_per="group and month",
        notes=("note.paid_not_planned", *result.notes),
        choices=MappingProxyType({**result.choices, "budget_eur": budget}),
    )
