"""What was planned, delivered and paid for each kind of support in a plan, one row each.

Comes in: plans, supports, consultations and payments, as any tables Narwhals speaks to. Goes out:
pandas. Deleted plans (Neaktīvs) are left out here, so that no measure can count them; suspended
ones stay, since they may have cost money.
"""

from typing import Any

import narwhals as nw
import pandas as pd

from pumpurs_analysis import catalogue

_KEYS = ("plan_id", "support_kind")
_WHOLE = ("planned_count", "planned_cents", "consultation_count", "paid_cents", "paid_month_count")
_HOURS = ("planned_hours", "delivered_hours")
_OF_PLAN = ("learner_id", "school_id", "semester")


def is_counted(status: "pd.Series[Any]") -> "pd.Series[bool]":
    """Say which statuses count: all but deleted plans; one that is not known counts.

    Example:
        >>> is_counted(pd.Series(["inactive", "suspended", None])).tolist()
        [False, True, True]
    """
    return ~status.isin(_NOT_COUNTED)


def grade_bands(plans: pd.DataFrame) -> "pd.Series[Any]":
    """Give each plan's band of grades or courses; bands of the catalogue that overlap come later.

    Example:
        >>> plans = pd.DataFrame({"grade": [4, 5, 2], "is_course": [False, False, True]})
        >>> grade_bands(plans).tolist()
        ['grades_1_4', 'grades_5_9', 'courses_1_4']
    """
    bands = pd.Series(pd.NA, index=plans.index, dtype="string")
    is_course = plans["is_course"].astype("boolean").fillna(value=False)
    for code, band in catalogue.entries("codes")["grade_band"].items():
        is_in = plans["grade"].between(band["from"], band["to"]) & (is_course == band["is_course"])
        bands = bands.mask(is_in.fillna(value=False) & bands.isna(), code)
    return bands


_NOT_COUNTED = [
    code
    for code, entry in catalogue.entries("codes")["plan_status"].items()
    if not entry["is_counted"]
]


def plan_support(*, plans: Any, supports: Any, consultations: Any, payments: Any) -> pd.DataFrame:  # noqa: ANN401  (any backend's own tables)
    """Reduce what was planned, delivered and paid to one row per plan and kind of support.

    One row per: plan and kind of support that was planned, delivered or paid in it.

    Columns:
        plan_id, support_kind: What the row is about.
        learner_id, school_id, semester: Of the plan.
        planned_count: Supports planned.
        planned_hours: Hours planned.
        planned_cents: Money planned; not money paid.
        consultation_count: Consultations delivered.
        delivered_hours: Their hours.
        paid_cents: Paid, less what was paid back.
        paid_month_count: Months in which more was paid than paid back.

    Leaves out:
        Deleted plans; consultations and payments whose plan is not known.

    Args:
        plans: Table of that name, native to pandas, duckdb, polars or PySpark.
        supports: The same.
        consultations: The same.
        payments: The same.

    Example:
        >>> plans = pd.DataFrame({"plan_id": ["P1"], "learner_id": ["L1"], "school_id": ["A"]})
        >>> plans = plans.assign(semester="2019/2020-1", status="suspended")
        >>> supports = pd.DataFrame({"plan_id": ["P1"], "support_kind": ["catering"]})
        >>> supports = supports.assign(planned_hours=None, planned_cents=28000)
        >>> none = pd.DataFrame({"plan_id": [], "hours": []})
        >>> paid = pd.DataFrame({"plan_id": ["P1", "P1"], "support_kind": "catering"})
        >>> paid = paid.assign(month=pd.Timestamp("2019-10-01"), amount_cents=[7000, -500])
        >>> fact = plan_support(plans=plans, supports=supports, consultations=none, payments=paid)
        >>> fact.loc[0, ["planned_cents", "paid_cents", "paid_month_count"]].tolist()
        [28000, 6500, 1]
    """
    parts = [_planned(supports), _delivered(consultations), _paid(payments)]
    counted = _named(plans, "plan_id", *_OF_PLAN, "status")
    counted = counted.filter(~nw.col("status").fill_null("").is_in(_NOT_COUNTED)).drop("status")
    fact: pd.DataFrame = (
        nw.concat(parts, how="diagonal")
        .group_by(*_KEYS)
        .agg(*(nw.col(name).sum() for name in (*_WHOLE, *_HOURS)))
        .join(counted.unique("plan_id"), on="plan_id", how="inner")
        .collect("pandas")
        .to_native()
    )
    typed = {**dict.fromkeys(_WHOLE, "Int64"), **dict.fromkeys(_HOURS, "Float64")}
    typed |= dict.fromkeys((*_KEYS, *_OF_PLAN), "category")
    fact = fact.fillna(dict.fromkeys((*_WHOLE, *_HOURS), 0)).astype(typed)
    # hours are added in any order: the last digits of a float would differ from run to run
    fact = fact.round(dict.fromkeys(_HOURS, 6))
    return fact[[*_KEYS, *_OF_PLAN, "planned_count", "planned_hours", *_WHOLE[1:3],
                 "delivered_hours", *_WHOLE[3:]]]  # fmt: skip


def _named(table: Any, *columns: str) -> Any:  # noqa: ANN401  (a lazy frame of whatever engine)
    """Give columns with names as text: lists of categories differ from table to table."""
    frame = nw.from_native(table).lazy()
    return frame.select(*(nw.col(name).cast(nw.String) for name in columns))


def _rows(table: Any, *names: str, **columns: nw.Expr) -> Any:  # noqa: ANN401  (a lazy frame of whatever engine)
    """Give the rows whose plan is known: names as text, and the columns to add up."""
    frame = nw.from_native(table).lazy().filter(~nw.col("plan_id").is_null())
    return frame.select(*(nw.col(name).cast(nw.String) for name in names), **columns)


def _planned(supports: Any) -> Any:  # noqa: ANN401  (a lazy frame of whatever engine)
    rows = _rows(
        supports, *_KEYS, planned_count=nw.lit(1, nw.Int64),
        planned_hours=nw.col("planned_hours").cast(nw.Float64),
        planned_cents=nw.col("planned_cents").cast(nw.Int64),
    )  # fmt: skip
    return rows.group_by(*_KEYS).agg(
        nw.col("planned_count", "planned_hours", "planned_cents").sum()
    )


def _delivered(consultations: Any) -> Any:  # noqa: ANN401  (a lazy frame of whatever engine)
    rows = _rows(
        consultations, "plan_id", consultation_count=nw.lit(1, nw.Int64),
        delivered_hours=nw.col("hours").cast(nw.Float64),
    )  # fmt: skip
    summed = rows.group_by("plan_id").agg(nw.col("consultation_count", "delivered_hours").sum())
    return summed.with_columns(support_kind=nw.lit("consultation"))


def _paid(payments: Any) -> Any:  # noqa: ANN401  (a lazy frame of whatever engine)
    rows = _rows(
        payments, *_KEYS, month=nw.col("month"), paid_cents=nw.col("amount_cents").cast(nw.Int64)
    )
    by_month = rows.group_by(*_KEYS, "month").agg(nw.col("paid_cents").sum())
    is_paid = nw.when(nw.col("paid_cents") > 0).then(nw.lit(1)).otherwise(nw.lit(0))
    by_month = by_month.with_columns(paid_month_count=is_paid.cast(nw.Int64))
    return by_month.group_by(*_KEYS).agg(nw.col("paid_cents", "paid_month_count").sum())
