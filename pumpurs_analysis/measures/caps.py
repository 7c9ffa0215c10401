"""What was paid for each learner and period, held against what was allowed.

Comes in: the learner-month facts. Goes out: the same rows with the cap of their month and what is
over it. Payments of a period are added up before they are compared, whichever file or school they
come from, and cents stay whole numbers. Where no source speaks there is no cap, never the last one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.result import Result, Source
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import Change, rules_on

PERIOD = ["learner_id", "support_kind", "start"]
STATUSES = [
    *("stated", "assumed", "tried", "not_verified", "not_applicable"),
    *("month_unknown", "learner_unknown", "municipality_pays"),
]
DIMENSIONS = (*grouping.DIMENSIONS, "cap_status", "use_band")
RULE = ["rule", "source", "checked", "valid_from"]
_BANDS = 10
_FEW = dict.fromkeys(("cap_status", "rule", "source"), "category")
MONEY = ("paid_cents", "compared_cents", "allowed_cents", "headroom_cents", "over_cap_cents")


def cap_table(months: Iterable[date], changes: Iterable[Change] = ()) -> pd.DataFrame:
    """Give the cap of each kind of support in each month, with where it is from.

    One row per: kind of support and month.

    Columns:
        support_kind, month: What the row is about.
        cap_cents: The cap; missing where none was published or no source speaks of the month.
        cap_status: stated, assumed, tried, not_verified or not_applicable (no cap was published).
        rule, source, checked, valid_from: Where the cap is from.

    Example:
        >>> table = cap_table([date(2019, 10, 1), date(2024, 1, 1)]).set_index("support_kind")
        >>> table.loc["catering", ["cap_cents", "cap_status"]].values.tolist()
        [[7000, 'stated'], [<NA>, 'not_verified']]
    """
    rows = []
    for month in months:
        rules = rules_on(month, tuple(changes))
        known = {rule.support_kind: rule for rule in rules.in_force.values() if rule.support_kind}
        for kind in rules:
            rule = known.get(kind)
            euros = rule.value_eur if rule and rule.scope == "learner" else None
            silent = "not_applicable" if rule else "not_verified"
            rows.append(
                {
                    "support_kind": kind,
                    "month": month,
                    "cap_cents": None if euros is None else int(euros * 100),
                    "cap_status": rule.status if rule and euros is not None else silent,
                    "rule": rule.rule_id if rule else None,
                    "source": rule.source if rule else None,
                    "checked": rule.checked if rule else None,
                    "valid_from": rule.valid_from if rule else None,
                }
            )
    columns = ["support_kind", "month", "cap_cents", "cap_status"]
    columns += RULE
    table = pd.DataFrame(rows, columns=columns).astype({"cap_cents": "Int64"} | _FEW)
    dated = {name: pd.to_datetime(table[name]) for name in ("month", "checked", "valid_from")}
    return table.assign(**dated)


def periods_of(kinds: "pd.Series[Any]") -> "pd.Series[Any]":
    """Say per what the cap of each kind of support counts: ``semester``, else ``month``.

    Example:
        >>> periods_of(pd.Series(["catering", "personal_items"])).tolist()
        ['month', 'semester']
    """
    by_semester = [
        rule["support_kind"]
        for rule in catalogue.entries("rules").values()
        if rule["per"] == "learner and semester"
    ]
    return pd.Series(np.where(kinds.isin(by_semester), "semester", "month"), index=kinds.index)


def held_against_caps(data: Dataset, changes: Iterable[Change] = ()) -> pd.DataFrame:
    """Hold every learner-month against its cap.

    One row per: learner, school, kind of support and month; and one per learner and semester whose
    meals the municipality pays and who was paid none.

    Columns:
        learner_id, school_id, support_kind, month, semester, paid_cents, payment_count,
            refund_cents: As in ``facts.learner_month``.
        per, start: Whether the cap counts per month or semester; first day of that period.
        is_main: True in one row of each learner, kind and period: that of the school and month
            where most was paid. There stand the period's cap and what is over it.
        period_paid_cents, period_payment_count, period_refund_cents: Sums of the whole period.
        cap_cents, rule, source, checked, valid_from: As in ``cap_table``.
        cap_status: As there, or month_unknown, learner_unknown, municipality_pays.
        compared_cents: paid_cents where there is a cap to compare with.
        allowed_cents, headroom_cents, over_cap_cents: Of the period, in its main row.
        use_band: Upper end of the period's use of the cap in tenths (``to_100`` is at the cap).

    Args:
        data: A Dataset of records.
        changes: Values to try instead of those of the catalogue.
    """
    changes = tuple(changes)
    if changes:
        return _against_caps(_periods(data), changes)
    return facts.kept(data, "caps", lambda: _against_caps(_periods(data), ()))


def _periods(data: Dataset) -> pd.DataFrame:
    """Learner-months with the sums of the period their cap counts for."""
    return grouping.placed(data, "periods", lambda: _summed_by_period(_rows(data)))


def _rows(data: Dataset) -> pd.DataFrame:
    paid = facts.learner_month(data)
    plans = facts.counted_plans(data)
    fed = plans.loc[plans["is_catering_by_municipality"].fillna(value=False), _PLACE]
    fed = fed.drop_duplicates(["learner_id", "semester"])
    if len(fed):
        served = paid.loc[paid["support_kind"] == "catering", ["learner_id", "semester"]]
        is_served = pd.MultiIndex.from_frame(served.astype("string"))
        asked = pd.MultiIndex.from_frame(fed[["learner_id", "semester"]].astype("string"))
        fed = fed[~asked.isin(is_served)].assign(support_kind="catering", month=None)
        zero = dict.fromkeys(_SUMS, 0)
        joined = pd.concat([paid.astype(_TEXTS), fed.assign(**zero).astype(_TEXTS)])
        paid = joined.astype(dict.fromkeys(_TEXTS, "category")).reset_index(drop=True)
    is_fed = paid["payment_count"] == 0
    per = periods_of(paid["support_kind"]).mask(is_fed, "semester")
    return paid.assign(per=per, start=starts(paid, per))


def starts(rows: pd.DataFrame, per: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give the first day of the month or semester each row's cap counts for.

    Example:
        >>> rows = pd.DataFrame(
        ...     {"month": pd.to_datetime(["2019-10-01"]), "semester": "2019/2020-1"}
        ... )
        >>> starts(rows, pd.Series(["semester"])).tolist()
        [Timestamp('2019-09-01 00:00:00')]
    """
    first = {code: semester_bounds(code)[0] for code in rows["semester"].dropna().unique()}
    of_semester: pd.Series[Any] = rows["semester"].map(first).astype(object)
    seconds: Any = _SECONDS
    days: pd.Series[Any] = pd.to_datetime(of_semester).astype(seconds)
    return rows["month"].astype(seconds).where(per == "month", days)


_PLACE = ["learner_id", "school_id", "semester"]
_SUMS = ["paid_cents", "payment_count", "refund_cents"]
_SECONDS = "datetime64[s]"
_TEXTS = dict.fromkeys((*_PLACE, "support_kind"), "string") | {"month": _SECONDS}


def _summed_by_period(rows: pd.DataFrame) -> pd.DataFrame:
    """Most periods are one row already; only those of several rows are ordered and added up."""
    is_shared = rows.duplicated(PERIOD, keep=False)
    shared = rows[is_shared]
    order = shared.sort_values(
        ["paid_cents", "month", "school_id"], ascending=[False, True, True], kind="stable"
    )
    is_later = order.duplicated(PERIOD).reindex(rows.index, fill_value=False)
    periods = shared.groupby(PERIOD, observed=True, dropna=False, sort=False)
    sums = periods[_SUMS].transform("sum").astype("Int64")
    whole = {
        f"period_{name}": rows[name]
        if shared.empty
        else sums[name].reindex(rows.index).fillna(rows[name])
        for name in _SUMS
    }
    return rows.assign(is_main=~is_later, **whole)


def _against_caps(rows: pd.DataFrame, changes: tuple[Change, ...]) -> pd.DataFrame:
    held = rows.join(_caps(rows, changes))
    cap, paid = held["cap_cents"], held["period_paid_cents"]
    of_period = {
        "allowed_cents": cap,
        "headroom_cents": (cap - paid).clip(lower=0),
        "over_cap_cents": (paid - cap).clip(lower=0),
    }
    # right-closed tenths of the cap, in whole cents: exactly at the cap is not over it
    tenths = (-(-paid * _BANDS // cap.where(cap > 0))).clip(0, _BANDS + 1)
    bands: Any = pd.CategoricalDtype(
        [f"to_{tenth * 100 // _BANDS}" for tenth in range(11)] + ["over"]
    )
    codes: Any = tenths.astype("Float64").fillna(-1).to_numpy(int)
    return held.assign(
        compared_cents=held["paid_cents"].where(cap.notna()),
        use_band=pd.Series(pd.Categorical.from_codes(codes, dtype=bands), index=held.index),
        **{name: column.where(held["is_main"]) for name, column in of_period.items()},
    )


def _caps(rows: pd.DataFrame, changes: tuple[Change, ...]) -> pd.DataFrame:
    """Each row's cap and rule: a small table by month and kind, taken from by position."""
    months, known = pd.factorize(rows["month"])
    table = cap_table([date(day.year, day.month, 1) for day in pd.DatetimeIndex(known)], changes)
    kinds = list(catalogue.entries("codes")["support_kind"])
    kind = tallies.positions(rows["support_kind"], pd.Index(kinds))
    at = np.where((months >= 0) & (kind >= 0), months * len(kinds) + kind, -1)
    found = table.drop(columns=["support_kind", "month"]).reindex(at).set_axis(rows.index)
    without: dict[str, Any] = {
        "not_applicable": kind < 0,
        "month_unknown": months < 0,
        "learner_unknown": rows["learner_id"].isna(),
        "municipality_pays": rows["payment_count"] == 0,
    }
    status: pd.Series[Any] = found["cap_status"].cat.set_categories(STATUSES)
    for name, is_so in without.items():
        status = status.mask(is_so, name)
    cap = found["cap_cents"].where(rows["learner_id"].notna())
    return found.assign(cap_cents=cap, cap_status=status)


def learner_periods(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Give one row per learner, kind of support and period, with its sums and its cap.

    The columns of ``held_against_caps`` with the sums of the period, ``school``, ``period`` (its
    code) and ``use_share``; sorted by learner, kind and period.

    Args:
        data: A Dataset of records.
        rows: Of ``held_against_caps``, all or some.
    """
    rows = rows[rows["is_main"]].sort_values(PERIOD, ignore_index=True)
    rows = rows.assign(**{name: rows[f"period_{name}"] for name in _SUMS})
    is_monthly = rows["per"] == "month"
    month = rows["month"].where(is_monthly)
    code = month_codes(month).astype("string").where(is_monthly, rows["semester"])
    share = rows["paid_cents"].astype("Float64") / rows["cap_cents"].astype("Float64")
    return grouping.attach(data, rows.assign(month=month, period=code, use_share=share), "school")


def month_codes(months: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give each month as ``2019-10``, so that it sorts and reads the same in every file.

    Example:
        >>> month_codes(pd.Series(pd.to_datetime(["2019-10-01", None]))).tolist()
        ['2019-10', nan]
    """
    codes, known = pd.factorize(months, sort=True)
    names = pd.Index([f"{day:%Y-%m}" for day in pd.DatetimeIndex(known)], dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, names), index=months.index)


def rule_sources(source_ids: Iterable[Any]) -> tuple[Source, ...]:
    """Give the sources of rules, as a Result cites them.

    Example:
        >>> [source.publisher for source in rule_sources(["S01", None])]
        ['Jēkabpils pilsētas pašvaldība']
    """
    wanted = set(pd.Series(list(source_ids), dtype="string").dropna())
    return tuple(
        Source(
            source_id,
            entry["title"],
            entry["publisher"],
            entry.get("address") or entry.get("document") or "",
            str(entry["published"] or ""),
        )
        for source_id, entry in catalogue.entries("sources").items()
        if source_id in wanted
    )


def money_result(
    data: Dataset,
    rows: pd.DataFrame,
    dims: tuple[str, ...],
    *,
    counts: Mapping[str, tuple[str, str]],
    money: tuple[str, ...],
    name: str,
) -> Result:
    """Add rows of cents up by group, with who stands behind each sum.

    Args:
        data: Where the rows are from.
        rows: ``learner_id``, what is counted and the columns of cents; what dimensions it lacks
            comes from plans and schools.
        dims: Dimensions.
        counts: As ``columns`` of ``tallies.tally``.
        money: Columns of cents; the first may be added up.
        name: Name of the measure.
    """
    rows = grouping.attach(data, rows, tuple(dim for dim in dims if dim not in rows))
    if "month" in dims:
        rows = rows.assign(month=month_codes(rows["month"]))
    frame = tallies.tally(rows, dims, {**counts, **{each: (each, "sum") for each in money}})
    beside = {"uncompared_cents", "delivered_hours"} & {*rows}  # as telling of few as money shown
    return Result(
        name=name,
        frame=frame,
        unit="money",
        one_row_per="group",
        evidence="records",
        sources=rule_sources(rows["source"].unique()) if "source" in rows else (),
        notes=grouping.learner_notes(data),
        dimensions=dims,
        counts=tuple(counts),
        money=money,
        contributors=tallies.contributors(rows, dims, (*money, *beside)),
        value=money[0],
        additive=money,
        instead=grouping.instead(name, dims),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )
