"""Whether payments, consultations, supports and risks agree with the plans they speak of."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pumpurs_analysis.checks.tables import Tables, file_and_row, hours
from pumpurs_analysis.periods import semester_on

_SUMMER = (6, 7, 8)
_DAY_HOURS, _PREPARATION_HOURS = 8, 6
Beside = Callable[[pd.DataFrame], list[str]]
_PER_LINE = ["learner_id", "plan_id", "support_kind", "month", "amount_cents"]


def _strangers(tables: Tables, name: str) -> pd.DataFrame:
    """Rows that speak of no delivered plan; where no plan was delivered nothing can be said."""
    rows, plans = tables[name], tables["plans"]
    if plans.empty or rows.empty:
        return rows[:0]
    known = plans["plan_id"].cat.categories.get_indexer(rows["plan_id"].cat.categories) >= 0
    return rows[~np.append(known, [False])[rows["plan_id"].cat.codes.to_numpy()]]


def support_without_plan(tables: Tables) -> pd.DataFrame:
    """Planned support of a plan that was not delivered."""
    return _strangers(tables, "supports")


def risk_without_plan(tables: Tables) -> pd.DataFrame:
    """A risk of a plan that was not delivered."""
    return _strangers(tables, "risks")


def _unplaced(tables: Tables, name: str) -> pd.DataFrame:
    """Give the first of rows of which neither they, a title, the file nor a plan name a school."""
    rows = tables[name]
    is_lost, at = rows["school_id"].isna(), rows["input_id"].cat.codes
    return rows[is_lost & ~(is_lost.shift(fill_value=False) & (at == at.shift()))]


def payment_without_school(tables: Tables) -> pd.DataFrame:
    """A payment, and those that follow it, of which nothing says whose school it is."""
    return _unplaced(tables, "payments")


def consultation_without_school(tables: Tables) -> pd.DataFrame:
    """A consultation, and those that follow it, of which nothing says whose school it is."""
    return _unplaced(tables, "consultations")


def payment_without_plan(tables: Tables) -> pd.DataFrame:
    """A payment of a plan or learner that was not delivered."""
    return _strangers(tables, "payments")


def consultation_without_plan(tables: Tables) -> pd.DataFrame:
    """A consultation of a plan or learner that was not delivered."""
    return _strangers(tables, "consultations")


def _of_plans(rows: pd.DataFrame, plans: pd.DataFrame, column: str) -> pd.Categorical:
    """What each row's plan says in a column; one look per plan."""
    once = plans.drop_duplicates("plan_id")
    said = once[column].cat
    places = pd.Index(once["plan_id"].astype("str")).get_indexer(rows["plan_id"].cat.categories)
    codes = np.append(np.append(said.codes.to_numpy(), -1)[places], -1)
    return pd.Categorical.from_codes(
        codes[rows["plan_id"].cat.codes], categories=said.categories, validate=False
    )


def _outside(tables: Tables, name: str, day: str) -> pd.DataFrame:
    rows = tables[name]
    if rows.empty or tables["plans"].empty:
        return rows[:0]
    codes, days = pd.factorize(rows[day])
    own = pd.Index([semester_on(each.date()) or "" for each in days], dtype="str")
    planned = _of_plans(rows, tables["plans"], "semester")
    mine = np.append(planned.categories.get_indexer(own), -1)[codes]
    at = (codes >= 0) & (planned.codes >= 0) & (mine != planned.codes)
    shown = rows[day][at].dt.strftime("%m.%Y." if day == "month" else "%d.%m.%Y.")
    wanted = [say_semester(str(code)) for code in planned[at]]
    found: pd.DataFrame = rows[at].assign(found=shown, wanted=wanted)
    return found


@cache
def say_semester(code: str) -> str:
    """Write a semester for a message in either language.

    Example:
        >>> say_semester("2022/2023-1")
        '2022/2023 I'
    """
    return f"{code[:-2]} {'I' if code.endswith('1') else 'II'}"


def month_outside_semester(tables: Tables) -> pd.DataFrame:
    """A payment's month lies outside the semester of its plan."""
    return _outside(tables, "payments", "month")


def consultation_outside_semester(tables: Tables) -> pd.DataFrame:
    """A consultation lies outside the semester of its plan."""
    return _outside(tables, "consultations", "date")


def payment_in_summer(tables: Tables) -> pd.DataFrame:
    """A payment for June, July or August: whether these are payable is not verified."""
    rows = tables["payments"]
    found: pd.DataFrame = rows[rows["month"].dt.month.isin(_SUMMER).to_numpy()]
    return found


def _key(rows: pd.DataFrame, names: list[str]) -> npt.NDArray[np.int64]:
    """One whole number per row that is equal where all columns are."""
    key, width = np.zeros(len(rows), dtype=np.int64), 1
    for name in names:
        codes = _codes(rows[name])
        own = int(codes.max(initial=-1)) + 2  # -1 says that there is no value
        if width * own >= _LARGEST:
            key = pd.factorize(key)[0].astype(np.int64)
            width = len(rows)
        key = key * own + codes + 1
        width *= own
    return key


_LARGEST = 2**62


def _codes(values: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """A small whole number per row, equal where values are; -1 where there is none."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(np.int64)
    if values.dtype == "Int64" and len(values):  # cents are small whole numbers already
        lowest = values.min()
        return (values - (0 if pd.isna(lowest) else lowest)).fillna(-1).to_numpy(dtype=np.int64)
    return pd.factorize(values)[0].astype(np.int64)


def _is_later(key: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say of each row whether an earlier one has its key."""
    later: npt.NDArray[np.bool_] = pd.Series(key, copy=False).duplicated().to_numpy()
    return later


def payment_twice(tables: Tables, beside: Beside | None = None) -> pd.DataFrame:
    """Two lines equal in learner, plan, kind, month and amount, and in dates and numbers beside."""
    rows = tables["payments"]
    if rows.empty:
        return rows
    key = _key(rows, _PER_LINE)
    at = np.flatnonzero(pd.Series(key, copy=False).duplicated(keep=False))
    rows = rows.iloc[at]
    texts = beside(rows) if beside else [""] * len(rows)
    own = _key(pd.DataFrame({"key": key[at], "beside": texts}), ["key", "beside"])
    _, firsts, places = np.unique(own, return_index=True, return_inverse=True)
    later = _is_later(own)
    return rows[later].assign(found=file_and_row(tables, rows.iloc[firsts[places[later]]]))


def learner_is_paid_in_two_schools(tables: Tables) -> pd.DataFrame:
    """A payment by another school than the plan's."""
    rows = tables["payments"]
    if rows.empty or tables["plans"].empty:
        return rows[:0]
    planned = _of_plans(rows, tables["plans"], "school_id")
    own = rows["school_id"].cat
    places = np.append(planned.categories.get_indexer(own.categories), -1)
    is_known = own.codes.to_numpy() >= 0
    at = is_known & (planned.codes >= 0) & (places[own.codes] != planned.codes)
    found: pd.DataFrame = rows[at]
    return found


def refund_without_payment(tables: Tables) -> pd.DataFrame:
    """More was paid back than was paid for that learner, kind and month."""
    rows = tables["payments"]
    refunds = (rows["amount_cents"] < 0).fillna(value=False).to_numpy(dtype=bool)
    if not refunds.any():
        return rows[:0]
    key = _key(rows, ["learner_id", "support_kind", "month"])
    concerned = np.isin(key, key[refunds])
    sums = rows["amount_cents"][concerned].groupby(key[concerned]).sum()
    below = set(sums[sums < 0].index)
    return rows[refunds & np.isin(key, list(below))]


def payment_on_inactive_plan(tables: Tables) -> pd.DataFrame:
    """Money or hours for a plan that is deleted, which is allowed only where none was used."""
    plans = tables["plans"]
    if not (plans["status"] == "inactive").any():
        return tables["payments"][:0]
    both = [tables[name] for name in ("payments", "consultations")]
    used = [rows[_of_plans(rows, plans, "status") == "inactive"] for rows in both if len(rows)]
    wanted = ["input_id", "row", "school_id"]
    pieces = [rows[wanted].astype(object) for rows in used]
    return pd.concat(pieces) if pieces else tables["payments"][:0]


def learner_is_in_two_schools(tables: Tables) -> pd.DataFrame:
    """Payments to one learner by two schools in one month."""
    rows = tables["payments"]
    if rows.empty:
        return rows
    names = ["learner_id", "month", "school_id"]
    is_known = rows[names].notna().all(axis=1).to_numpy()
    places = np.flatnonzero(is_known & ~_is_later(_key(rows, names)))
    again = _is_later(_key(rows[names].iloc[places], names[:2]))
    return rows.iloc[places[again]]


def consultation_twice(tables: Tables) -> pd.DataFrame:
    """Two consultations equal in learner, day, subject, specialist and hours."""
    rows = tables["consultations"]
    if rows.empty:
        return rows
    names = [
        "learner_id",
        "plan_id",
        "date",
        "subject",
        "specialist_kind",
        "specialist_id",
        "hours",
    ]
    is_month_only = rows["is_month_only"].fillna(value=False).to_numpy(dtype=bool)
    later = _is_later(_key(rows, names)) & ~is_month_only
    found: pd.DataFrame = rows[later]
    return found


def consultation_hours_over_day(tables: Tables) -> pd.DataFrame:
    """A learner has more than eight hours on one day."""
    rows = tables["consultations"]
    rows = rows[~rows["is_month_only"].fillna(value=False).to_numpy(dtype=bool)]
    if rows.empty:
        return rows
    key = _key(rows, ["learner_id", "date"])
    sums = rows["hours"].groupby(key).transform("sum")
    at = (sums > _DAY_HOURS).fillna(value=False).to_numpy(dtype=bool)
    at &= ~_is_later(key)
    return rows[at].assign(found=hours(sums[at]))


def preparation_over_six_hours(tables: Tables) -> pd.DataFrame:
    """Preparing a plan takes at most six hours."""
    rows = tables["supports"]
    is_over = (rows["support_kind"] == "plan_preparation") & (
        rows["planned_hours"] > _PREPARATION_HOURS
    )
    found = rows[is_over.fillna(value=False).to_numpy(dtype=bool)]
    return found.assign(found=hours(found["planned_hours"]))
