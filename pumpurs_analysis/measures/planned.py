"""Planned and delivered: hours and money of plans held against what was given and paid."""

from types import MappingProxyType

import pandas as pd

from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts import counted_plans, learner_month, plan_support
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.received import OF_ROW
from pumpurs_analysis.measures.result import Result

_PLANNED = ("planned_count", "planned_hours", "planned_consultation_hours", "planned_cents")
_IN_HOURS = ("consultation", "plan_preparation")  # payments of them need not stand in the records
_DELIVERED = ("consultation_count", "delivered_hours")
_SUMS = (*_PLANNED, *_DELIVERED, "paid_cents")
_DETAILS = ("involved_learner_count", "involved_plan_count", "planned_hours")
_MONEY = ("planned_cents", "paid_cents")
_HOURS = ("planned_hours", "planned_consultation_hours", "delivered_hours")
_RATIOS = MappingProxyType(
    {
        "delivered_ratio": ("delivered_hours", "planned_consultation_hours"),
        "paid_ratio": ("paid_cents", "planned_cents"),
    }
)


def planned_and_delivered(
    data: Dataset, *, by: Grouping = "support_kind", details: bool = True
) -> Result:
    """Hold what plans foresaw against what was delivered and paid, in hours and money.

    One row per: group.

    Columns:
        support_kind: The group; one column for each dimension asked for.
        involved_learner_count: Learners in whose plans anything of it is planned, delivered or
            paid.
        involved_plan_count: These plans.
        planned_count: Supports planned.
        planned_hours: Hours planned, those for preparing a plan included.
        planned_consultation_hours: Of these, the hours of consultations: only these are delivered.
        planned_cents: Money planned; not money paid.
        consultation_count: Consultations delivered; missing where the kind has none.
        delivered_hours: Their hours.
        paid_cents: Paid, less what was paid back; missing by specialist or subject.
        delivered_ratio: delivered_hours / planned_consultation_hours; above 1 where more was given
            than planned.
        paid_ratio: paid_cents / planned_cents; missing where some of the planned money is
            for consultations or for preparing plans and no payment of the delivery names these.

    Leaves out:
        Deleted plans; their consultations. Consultations and payments whose plan is not known stay,
        and payments count where and when they were paid, so that sums equal those of
        ``hours_and_load`` and ``cost_against_cap``. A table nobody delivered leaves its columns
        missing, not zero.

    Sources:
        Tables plans, supports, consultations and payments of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan (``status`` keeps statuses apart), support_kind, specialist_kind or
            subject.
        details: False leaves out whose it was and the hours of preparing plans (involved_…_count,
            planned_hours): in public, whoever has nothing planned would hide the sums beside it.

    Raises:
        KeyError: There is no such dimension.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> planned_and_delivered(published())
        Traceback (most recent call last):
        ValueError: planned_and_delivered counts records of plans ... support_uptake answers.
    """
    grouping.needs_records(data, "planned_and_delivered", "support_uptake")
    dims = grouping.dimensions(by, among=(*grouping.PLAN_DIMENSIONS, *OF_ROW))
    rows = _rows(data, dims)
    of_plans = rows["planned_hours"] - rows["planned_consultation_hours"]
    rows = rows.assign(preparation_hours=of_plans)
    sums = {name: (name, "sum") for name in (*_SUMS, "never_paid_cents")}
    frame = tallies.tally(
        rows,
        dims,
        {
            "involved_learner_count": ("planned_learner_id", "nunique"),
            "involved_plan_count": ("plan_id", "nunique"),
            **sums,
        },
    )
    frame = _without_absent(data, frame, dims)
    for name, (upper, lower) in _RATIOS.items():
        whole = frame[lower].astype("Float64")
        frame[name] = frame[upper].astype("Float64") / whole.where(whole > 0)
    never_paid = frame.pop("never_paid_cents")
    frame["paid_ratio"] = frame["paid_ratio"].where(never_paid == 0)
    people = dims if "support_kind" in dims else ()
    left_out = () if details else _DETAILS
    counts = ("involved_learner_count", "involved_plan_count", "planned_count",
              "consultation_count")  # fmt: skip
    return Result(
        name="planned_and_delivered",
        frame=frame.drop(columns=[*left_out]),
        unit="support",
        one_row_per="group",
        evidence="records",
        notes=("note.planned_is_not_paid", *grouping.learner_notes(data)),
        dimensions=dims,
        counts=tuple(name for name in counts if name not in left_out),
        money=tuple(name for name in (*_MONEY, *_HOURS) if name not in left_out),
        contributors=tallies.contributors(rows, dims, (*_MONEY, *_HOURS, "preparation_hours")),
        derived=(*_RATIOS,),
        value="planned_count",
        additive=tuple(name for name in _SUMS if name not in left_out),
        instead=grouping.instead("planned_and_delivered", people),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )  # fmt: skip


def _rows(data: Dataset, dims: tuple[str, ...]) -> pd.DataFrame:
    """What was planned, delivered and paid by plan and kind; by specialist from the rows."""
    if not {"specialist_kind", "subject"} & set(dims):
        fact = grouping.placed(data, "plan_support_placed", lambda: _with_planless(data))
        kind = fact["support_kind"]
        is_paid = ~kind.isin(_IN_HOURS) | kind.isin(kind[fact["paid_cents"] != 0].unique())
        return fact.assign(
            planned_learner_id=fact["learner_id"].where(fact["plan_id"].notna()),
            planned_consultation_hours=fact["planned_hours"].where(kind == "consultation", 0),
            never_paid_cents=fact["planned_cents"].where(~is_paid, 0),
        )
    return grouping.placed(data, "specialists_planned", lambda: _of_specialists(data))


def _with_planless(data: Dataset) -> pd.DataFrame:
    """What plans foresaw and had delivered; below it what was given without one, and what was paid.

    Payments count where and when they were paid, as in ``cost_against_cap``: by their plan they
    would come to another sum wherever one lies outside it, and the difference would tell of few.
    """
    fact = plan_support(data)
    fact = fact.assign(paid_cents=fact["paid_cents"] * 0)
    paid = learner_month(data)
    given = data.consultations[~data.consultations["plan_id"].isin(_all_plans(data))]
    given = given.assign(
        semester=grouping.semester_of(given["date"]), support_kind="consultation",
        consultation_count=1, delivered_hours=given["hours"],
    )  # fmt: skip
    keys = ["learner_id", "school_id", "semester", "support_kind"]
    sums = [name for name in fact if name not in {*keys, "plan_id"}]
    rest = pd.concat([each.reindex(columns=[*keys, *sums]).astype(dict.fromkeys(keys, "string"))
                      for each in (paid, given)], ignore_index=True)  # fmt: skip
    if rest.empty:
        return fact
    rest = rest.groupby(keys, dropna=False, as_index=False)[sums].sum()
    texts = {**dict.fromkeys(keys, "string"), "plan_id": "string"}
    whole = pd.concat([fact.astype(texts), rest.astype(fact[sums].dtypes)], ignore_index=True)
    return whole.astype(dict.fromkeys(texts, "category"))


def _of_specialists(data: Dataset) -> pd.DataFrame:
    """Consultations planned and delivered, with whom and in what."""
    supports = data.supports[data.supports["support_kind"] == "consultation"]
    supports = supports.assign(
        planned_count=1, planned_consultation_hours=supports["planned_hours"]
    )
    supports = supports[["plan_id", *OF_ROW, *_PLANNED]]
    given = data.consultations.rename(columns={"hours": "delivered_hours"})
    given = given.assign(support_kind="consultation", consultation_count=1)
    given = given[["plan_id", *OF_ROW, *_DELIVERED]]
    keys = ["plan_id", *OF_ROW]
    parts = [part.astype(dict.fromkeys(keys, "string")) for part in (supports, given)]
    rows = pd.concat(parts, ignore_index=True)
    numbers = [*_PLANNED, *_DELIVERED]
    rows[numbers] = rows[numbers].fillna(0)
    rows = grouping.of_counted_plans(data, rows, "learner_id", "school_id", "semester")
    nothing = pd.array([0] * len(rows), dtype="Int64")
    return rows.assign(
        planned_learner_id=rows["learner_id"], paid_cents=nothing, never_paid_cents=nothing
    )


def _without_absent(data: Dataset, frame: pd.DataFrame, dims: tuple[str, ...]) -> pd.DataFrame:
    """What nobody delivered, or what a payment cannot name, is missing and not zero."""
    absent = [] if grouping.was_delivered(data, "supports") else [*_PLANNED]
    if not grouping.was_delivered(data, "consultations"):
        absent += _DELIVERED
    is_by_row = bool({"specialist_kind", "subject"} & set(dims))
    if is_by_row or not grouping.was_delivered(data, "payments"):
        absent += ["paid_cents"]
    typed = frame.astype({name: "Float64" if name.endswith("hours") else "Int64" for name in _SUMS})
    typed = grouping.without(typed, absent)
    if "support_kind" in dims:  # hours are of consultations: elsewhere they do not apply
        hours = ["planned_hours", "planned_consultation_hours", *_DELIVERED]
        typed[hours] = (
            typed[hours]
            .where(typed[hours] > 0)
            .where(frame["support_kind"] != "consultation", typed[hours])
        )
    return typed


def _all_plans(data: Dataset) -> set[str]:
    return set(data.plans["plan_id"].cat.categories)


def _consultations(data: Dataset) -> pd.DataFrame:
    """Add consultations up by learner, specialist and dimension; deleted plans have none."""

    def make() -> pd.DataFrame:
        rows = data.consultations
        deleted = _all_plans(data) - set(counted_plans(data)["plan_id"])
        rows = rows[~rows["plan_id"].isin(deleted)].reset_index(drop=True)
        rows = rows.assign(named_hours=rows["hours"].where(rows["specialist_id"].notna(), 0))
        rows = grouping.attach(data, rows, grouping.PLAN_DIMENSIONS)
        keys = (*grouping.PLAN_DIMENSIONS, "learner_id", "specialist_id", *OF_ROW[1:])
        sums = {name: (name, "sum") for name in ("hours", "named_hours")}
        counted = {"consultation_count": ("hours", "size"), **sums}
        order = {name: rows[name].dtype for name in keys}
        return tallies.tally(rows, keys, counted).astype(order)

    return grouping.placed(data, "consultations_counted", make)


def hours_and_load(data: Dataset, *, by: Grouping = "school") -> Result:
    """Give consultation hours per learner and per specialist.

    One row per: group.

    Columns:
        school: The group; one column for each dimension asked for.
        consultation_count: Consultations delivered; equals the rows of the table.
        delivered_hours: Their hours; equals the sum of the rows.
        consulted_learner_count: Learners who had one.
        active_specialist_count: Specialists who gave one; missing where none is named.
        hours_per_learner: delivered_hours / consulted_learner_count.
        hours_per_specialist: Hours of consultations that name their specialist /
            active_specialist_count.

    Leaves out:
        Consultations of deleted plans. Those whose plan is not known stay.

    Sources:
        Table consultations of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan, specialist_kind or subject.

    Raises:
        KeyError: There is no such dimension.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> hours_and_load(published())
        Traceback (most recent call last):
        ValueError: hours_and_load counts records of plans ... published_timeline answers.
    """
    grouping.needs_records(data, "hours_and_load", "published_timeline")
    dims = grouping.dimensions(by, among=(*grouping.PLAN_DIMENSIONS, *OF_ROW[1:]))
    rows = _consultations(data).rename(columns={"hours": "delivered_hours"})
    frame = tallies.tally(
        rows,
        dims,
        {
            "consultation_count": ("consultation_count", "sum"),
            "delivered_hours": ("delivered_hours", "sum"),
            "consulted_learner_count": ("learner_id", "nunique"),
            "active_specialist_count": ("specialist_id", "nunique"),
            "named_hours": ("named_hours", "sum"),
        },
    )
    specialists = frame["active_specialist_count"].where(frame["active_specialist_count"] > 0)
    learners = frame["consulted_learner_count"].astype("Float64")
    hours = frame["delivered_hours"].astype("Float64").round(6)
    frame = frame.assign(
        delivered_hours=hours,
        active_specialist_count=specialists,
        hours_per_learner=hours / learners.where(learners > 0),
        hours_per_specialist=frame["named_hours"].astype("Float64") / specialists.astype("Float64"),
    )
    return Result(
        name="hours_and_load",
        frame=frame.drop(columns="named_hours"),
        unit="learner",
        one_row_per="group",
        evidence="records",
        notes=("note.hours_delivered", *grouping.learner_notes(data)),
        dimensions=dims,
        counts=("consultation_count", "consulted_learner_count"),
        money=("delivered_hours",),
        contributors=tallies.contributors(rows, dims, ("delivered_hours",)),
        derived=("hours_per_learner", "hours_per_specialist"),
        value="consulted_learner_count",
        additive=("consultation_count", "delivered_hours"),
        instead=grouping.instead("hours_and_load", dims),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )
