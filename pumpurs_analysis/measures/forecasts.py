"""What will have been paid by the end of a year or of the programme, with an honest interval.

The method is simple enough to be told: the last twelve months are carried on with the seasonal
shape of all whole years and half of the last change from year to year. How far the same method
would have been off from every earlier month, at the same distance, makes the interval.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from pumpurs_analysis import facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import caps, grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.rules import rules_on

End = Literal["school_year", "calendar_year", "programme"]
_YEAR = 12
_AUGUST = 8
_DERIVED = (
    *("expected_cents", "total_cents", "total_low_cents", "total_high_cents"),
    *("tested_count", "covered_share"),
)
_TIMES = {"month", "semester", "school_year"}
_GROWTH = 0.5  # of last year's change that is carried on; 0 and 1 were further off when simulated
_SINCE_EVER = pd.Timestamp(2000, 1, 1)
_Money = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Forecast:
    """A sum still to come.

    Attributes:
        value: What is expected.
        low: Lower end of the interval; missing (nan) where there is nothing to test the method on.
        high: Upper end.
        tested_count: Earlier months from which the method was tested.
        covered_share: Of these, the part whose true sum lies within an interval of this width.
    """

    value: float
    low: float
    high: float
    tested_count: int
    covered_share: float


def forecast(
    paid: "pd.Series[Any]", ahead: int, *, level: float = 0.8, season: int = _YEAR
) -> Forecast:
    """Expect the sum of the next steps of a series, and test the method on the series itself.

    Args:
        paid: The series, one value per step, without gaps.
        ahead: How many steps to add up.
        level: Share of cases the interval is meant to cover.
        season: Steps in a year: 12 for months, 1 for school years.

    Returns:
        The forecast; missing (nan) where the series is shorter than a year.

    Example:
        >>> even = forecast(pd.Series([100.0] * 36), 6)
        >>> even.value, even.low, even.high, even.tested_count
        (600.0, 600.0, 600.0, 19)
    """
    known = paid.to_numpy(dtype=float)
    value = _expected(known, ahead, season)
    origins = range(season, len(known) - ahead + 1)
    tested = [
        (_expected(known[:at], ahead, season), known[at : at + ahead].sum()) for at in origins
    ]
    if ahead == 0:
        return Forecast(0.0, 0.0, 0.0, 0, np.nan)
    errors = np.array([(true - told) / told for told, true in tested if told > 0])
    if not len(errors) or np.isnan(value):
        return Forecast(value, np.nan, np.nan, 0, np.nan)
    # tests that overlap tell the same twice: only so many of them stand on their own
    apart = max(1.0, len(errors) / ahead)
    quantile = float(stats.t.ppf(0.5 + level / 2, apart))
    spread = quantile * float(np.sqrt((1 + 1 / apart) * (errors**2).mean()))
    covered = float((np.abs(errors) <= spread + 1e-12).mean())
    return Forecast(
        value, max(0.0, value * (1 - spread)), value * (1 + spread), len(errors), covered
    )


def _expected(known: _Money, ahead: int, season: int) -> float:
    years = known[len(known) % season :].reshape(-1, season)
    totals = years.sum(axis=1)
    is_used = totals > 0
    if not is_used.any():
        return np.nan
    shape = (years[is_used] / totals[is_used, None]).mean(axis=0)
    growth = 1.0
    if len(totals) > 1 and totals[-2] > 0:
        growth = (max(totals[-1], 0.0) / totals[-2]) ** _GROWTH
    step = np.arange(ahead)
    return float((totals[-1] * shape[step % season] * growth ** (step // season + 1)).sum())


def projection(
    data: Dataset,
    *,
    to: End = "school_year",
    by: Grouping = (),
    last: date | None = None,
    level: float = 0.8,
) -> Result:
    """Expect what will have been paid by the end of a year or of the programme.

    One row per: group.

    Columns:
        paid_learner_count: Learners with a payment in the time that is projected.
        paid_cents: Paid from its beginning to the last month known.
        last_month: The last month known.
        end: Last day of what is projected.
        ahead_count: Months still to come.
        expected_cents: Expected in these months.
        total_cents: paid_cents + expected_cents.
        total_low_cents: Lower end of the interval; missing where the method cannot be tested.
        total_high_cents: Upper end.
        level: Share of cases the interval is meant to cover.
        tested_count: Earlier months from which the same method was tested.
        covered_share: Of these, the part an interval of this width would have covered.

    Leaves out:
        Payments without a month. Groups known for less than a year have no expectation.

    Sources:
        Table payments of the delivery; the rule on the end of the programme.

    Args:
        data: A Dataset of records.
        to: Ends on 31 August, on 31 December or on the last day of the programme.
        by: Dimensions of a plan other than time, or support_kind.
        last: The last month that is complete; else the last one with a payment.
        level: Share of cases the interval is meant to cover, 0 to 1.

    Raises:
        KeyError: No such dimension.
        ValueError: The Dataset holds published figures, no payment with a month, or the level is
            not between 0 and 1.

    Example:
        >>> from pumpurs_analysis import published
        >>> projection(published())
        Traceback (most recent call last):
        ValueError: projection ... On those, published_timeline answers.
    """
    grouping.needs_records(data, "projection", "published_timeline")
    if not 0 < level < 1:
        raise ValueError(f"level is a share between 0 and 1, not {level}.")
    among = tuple(name for name in grouping.DIMENSIONS if name not in _TIMES)
    dims = grouping.dimensions(by, among=among)
    rows = facts.learner_month(data).dropna(subset="month")
    if rows.empty:
        raise ValueError("There is no payment with a month, so nothing can be projected.")
    known = pd.Timestamp(last.replace(day=1)) if last else rows["month"].max()
    rows = rows[rows["month"] <= known].reset_index(drop=True)
    first, end = _bounds(known, to)
    result = _paid_so_far(data, rows, dims, first=first)
    ahead = (end.year - known.year) * _YEAR + end.month - known.month
    groups = result.frame[list(dims)].apply(tuple, axis=1) if dims else pd.Series([()])
    series = _series(grouping.attach(data, rows, dims), dims, known)
    told = [forecast(series[group], ahead, level=level) for group in groups]
    frame = result.frame.assign(
        last_month=known,
        end=end + pd.offsets.MonthEnd(0),
        ahead_count=ahead,
        expected_cents=_cents(each.value for each in told),
        total_cents=lambda each: each["paid_cents"] + each["expected_cents"],
        total_low_cents=result.frame["paid_cents"] + _cents(each.low for each in told),
        total_high_cents=result.frame["paid_cents"] + _cents(each.high for each in told),
        level=level,
        tested_count=[each.tested_count for each in told],
        covered_share=pd.array([each.covered_share for each in told], dtype="Float64"),
    )
    return replace(
        result,
        frame=frame,
        one_row_per="group",
        derived=_DERIVED,
        notes=("note.projection", "note.paid_not_planned", *result.notes),
        choices=MappingProxyType({**result.choices, "only.to": to, "only.last": f"{known:%Y-%m}"}),
    )


def _bounds(known: pd.Timestamp, to: End) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First month and last month of what is projected."""
    if to == "calendar_year":
        return pd.Timestamp(known.year, 1, 1), pd.Timestamp(known.year, 12, 1)
    if to == "school_year":
        year = known.year + (known.month > _AUGUST)
        return pd.Timestamp(year - 1, 9, 1), pd.Timestamp(year, 8, 1)
    rule = rules_on(known.date()).in_force.get("programme_end")
    if rule is None:
        raise ValueError(f"No source tells the end of the programme as of {known:%Y-%m}.")
    return _SINCE_EVER, pd.Timestamp(rule.value.replace(day=1))


def _paid_so_far(
    data: Dataset, rows: pd.DataFrame, dims: tuple[str, ...], *, first: pd.Timestamp
) -> Result:
    is_within = rows["month"] >= first
    return caps.money_result(
        data,
        rows.assign(
            paid_learner=rows["learner_id"].where(is_within),
            paid_cents=rows["paid_cents"].where(is_within, 0),
        ),
        dims,
        name="projection",
        counts={"paid_learner_count": ("paid_learner", "nunique")},
        money=("paid_cents",),
    )


def _series(
    rows: pd.DataFrame, dims: tuple[str, ...], known: pd.Timestamp
) -> "dict[tuple[Any, ...], pd.Series[Any]]":
    """Each group's months from its first payment to the last month known; none paid is a zero."""
    paid = tallies.tally(
        rows.assign(month=caps.month_codes(rows["month"])),
        (*dims, "month"),
        {"paid_cents": ("paid_cents", "sum")},
    )
    months = pd.to_datetime(paid["month"] + "-01")
    groups = paid[list(dims)].apply(tuple, axis=1) if dims else pd.Series([()] * len(paid))
    series = {}
    for group, part in paid.assign(month=months).groupby(groups, sort=False, dropna=False):
        days = pd.date_range(part["month"].min(), known, freq="MS")
        series[group] = part.set_index("month")["paid_cents"].reindex(days).fillna(0)
    return series


def _cents(values: Iterable[float]) -> "pd.Series[Any]":
    return pd.Series([*values], dtype="Float64").round().astype("Int64")
