"""The many rows of the made-up delivery: planned supports, payments and consultations.

Comes in: plans with numbers, specialists. Goes out: frames whose column ``plan`` is the plan's row.
Everything is allowed on its day: caps and eligibility are asked of ``rules``, never written here.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import change_days, rules_on

# A school's style decides how it writes its tables, and with that what its tables can tell.
STYLES = 6
RISKS_BY_PLAN = (0, 1, 5)  # risks are known of the plan alone, not of the support
NO_PLAN_ID = 3  # payments name the learner, not the plan

# How many of those whom the rules allow it have it in their plan: general and special, vocational.
_WANTED = {
    "transport": (0.07, 0.30),
    "special_transport": (0.01, 0.0),
    "lodging": (0.04, 0.28),
    "catering": (0.34, 0.35),
    "personal_items": (0.35, 0.40),
    "learning_materials": (0.0, 0.22),
}
MONEY_KINDS = tuple(_WANTED)
_CONSULTATIONS = {1: 0.5, 2: 0.35, 3: 0.15}
_MATERIALS_CENTS = 9000  # no cap was published: what the made-up plans hold at most
_GIVEN_SHARE = 0.9
_PAID_MONTH_SHARE = 0.93
_REFUND_SHARE = 0.015
_LIEPAJA_2 = ("liepajas-raina-6-vidusskola", "2018/2019-2")
_STATED_COUNTS = {"catering": 30, "transport": 3}  # of the 64 learners of Liepāja's school
_HOURS = np.array([1.0, 2.0, 1.5, 0.5])
_HOUR_CHANCES = (0.68, 0.2, 0.06, 0.06)
_FIRST_HALF_ENDS, _SECOND_HALF_STARTS = (12, 20), (1, 7)


# --- what the rules allow ------------------------------------------------------------------------


def allowed(frame: pd.DataFrame, facts: Iterable[str], day: str = "day") -> np.ndarray:
    """Ask the rules about every row, once for each distinct set of facts.

    Args:
        frame: With ``support_kind``, a day and the facts as columns.
        facts: Names of columns that the rules know (``programme_kind``, ``grade``...).
        day: Column with the day asked about.
    """
    names = [day, "support_kind", *facts]
    numbers = frame[names].groupby(names, observed=True, dropna=False, sort=False).ngroup()
    distinct = frame[names].iloc[np.unique(numbers, return_index=True)[1]]
    answers = [
        rules_on(pd.Timestamp(when).date()).eligibility(kind, **dict(zip(facts, values))).is_allowed  # noqa: B905  (the rest of one row)
        for when, kind, *values in distinct.itertuples(index=False)
    ]
    return np.array([answer is True for answer in answers], dtype=bool)[numbers]


@cache
def cap_cents(kind: str, day: date) -> int:
    """Give the cap of a kind of support on a day in cents; where none is published, our own."""
    value = rules_on(day)[kind].value_eur
    return _MATERIALS_CENTS if value is None else int(value * 100)


@cache
def months(semester: str) -> tuple[pd.Timestamp, ...]:
    """Give the months in which the made-up schools teach: September-December, January-May."""
    start, end = semester_bounds(semester)
    return tuple(pd.date_range(start, min(end, date(end.year, 12, 31)), freq="MS")[:5])


@cache
def school_days(semester: str) -> np.ndarray:
    """Give the working days of a semester, without the winter and summer holidays."""
    start, end = semester_bounds(semester)
    if semester.endswith("-1"):
        end = date(end.year, *_FIRST_HALF_ENDS)
    else:
        start, end = date(start.year, *_SECOND_HALF_STARTS), date(end.year, 5, 31)
    return pd.bdate_range(start, end).to_numpy()


# --- supports ------------------------------------------------------------------------------------


def supports(rng: np.random.Generator, plans: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Give each counted plan its supports: consultations, compensations, its own preparation.

    One row per: support in a plan.
    """
    counted = plans.index[plans["status"] != "inactive"]
    how_many = rng.choice(list(_CONSULTATIONS), len(counted), p=list(_CONSULTATIONS.values()))
    talks = pd.DataFrame({"plan": np.repeat(counted, how_many), "support_kind": "consultation"})
    talks = _with_staff(talks.join(plans[["school", "semester"]], on="plan"), staff)
    money = _compensations(rng, plans.loc[counted])
    preparation = pd.DataFrame({"plan": counted, "support_kind": "plan_preparation"})
    start = plans["semester"].map(lambda code: semester_bounds(str(code))[0]).astype(object)
    preparation["planned_hours"] = [
        float(rules_on(day)["plan_preparation"].value) for day in start.loc[counted]
    ]
    whole = pd.concat([talks, money, preparation], ignore_index=True)
    whole = whole.sort_values("plan", kind="stable", ignore_index=True)
    texts = [f"A-{number:06d}" for number in range(1, len(whole) + 1)]
    whole["support_id"] = pd.Categorical.from_codes(np.arange(len(whole)), pd.Index(texts))
    whole["support_kind"] = whole["support_kind"].astype("category")
    whole["planned_cents"] = whole["planned_cents"].astype("Int64")
    return whole


def _with_staff(talks: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Share the consultations out over the school's specialists in turn, so that each has some."""
    keys = ["school", "semester"]
    turn = talks.groupby(keys, observed=True).cumcount()
    sizes = staff.groupby(keys, observed=True).size().rename("size").reset_index()
    size = talks.merge(sizes, on=keys, how="left", sort=False)["size"].to_numpy()
    talks["turn"] = turn.to_numpy() % size
    ranked = staff.assign(turn=staff.groupby(keys, observed=True).cumcount())
    joined = talks.merge(ranked, on=[*keys, "turn"], how="left", sort=False)
    return joined.drop(columns=[*keys, "turn"])


def _compensations(rng: np.random.Generator, plans: pd.DataFrame) -> pd.DataFrame:
    """Choose who gets what: only what the rules allow on the first school day of the semester."""
    first = plans["semester"].astype(str).map(lambda code: months(code)[0])
    facts = plans.assign(
        day=first,
        municipality_pays=plans["is_catering_by_municipality"],
        is_remote=False,
        is_planned_before=True,
    )
    names = ["programme_kind", "grade", "municipality_pays", "is_low_income", "is_in_practice"]
    parts = []
    for kind, (general, vocational) in _WANTED.items():
        chance = np.where(plans["is_course"], vocational, general)
        wanted = rng.random(len(plans)) < chance
        wanted &= (plans["lodges"] | (kind != "lodging")).to_numpy()
        may = allowed(facts.assign(support_kind=kind), [*names, "is_remote", "is_planned_before"])
        chosen = plans.index[wanted & may]
        if kind in _STATED_COUNTS:
            chosen = _as_stated(plans, chosen, kind)
        caps = [cap_cents(kind, day.date()) for day in first.loc[chosen]]
        parts.append(pd.DataFrame({"plan": chosen, "support_kind": kind, "cap": caps}))
    money = pd.concat(parts, ignore_index=True)
    money["monthly"] = (money["cap"] * rng.beta(5, 2, len(money)) // 10 * 10).astype(int)
    count = money["plan"].map(plans["semester"].astype(str).map(lambda code: len(months(code))))
    count = count.where(~money["support_kind"].isin(["personal_items", "learning_materials"]), 1)
    money["planned_cents"] = money["monthly"] * count
    return money.drop(columns="cap")


def _as_stated(plans: pd.DataFrame, chosen: pd.Index, kind: str) -> pd.Index:
    """Give Liepāja's school the number of learners its page states, where it has that many."""
    school, semester = _LIEPAJA_2
    here = plans.index[(plans["school_id"] == school) & (plans["semester"] == semester)]
    count = round(len(here) * _STATED_COUNTS[kind] / 64)
    return chosen.difference(here).union(here[:count])


# --- payments ------------------------------------------------------------------------------------


def payments(rng: np.random.Generator, plans: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Pay what was planned month by month, never over the cap, with a few refunds.

    One row per: payment line.
    """
    facts = ["programme_kind", "grade", "is_catering_by_municipality", "is_low_income"]
    facts += ["is_in_practice", "status", "semester"]
    money = planned.loc[planned["support_kind"].isin(MONEY_KINDS)]
    money = money[["plan", "support_kind", "monthly"]].join(plans[facts], on="plan")
    codes = money["semester"].astype(str)
    money = money.assign(month=codes.map(months), started=codes.map(lambda code: months(code)[0]))
    money["last"] = _last_month(rng, money)
    lines = money.explode("month", ignore_index=True)
    lines["month"] = lines["month"].astype("datetime64[s]")
    lines["day"] = lines["month"]
    lines = lines.rename(columns={"is_catering_by_municipality": "municipality_pays"})
    lines["is_remote"], lines["is_planned_before"] = False, True
    names = ["programme_kind", "grade", "municipality_pays", "is_low_income", "is_in_practice"]
    kept = allowed(lines, [*names, "is_remote", "is_planned_before"])
    kept &= rng.random(len(lines)) < _PAID_MONTH_SHARE
    place = lines.groupby(["plan", "support_kind"], observed=True).cumcount()
    once = lines["support_kind"].isin(["personal_items", "learning_materials"])
    kept &= (place <= lines["last"]).to_numpy() & (~once | (place == 1)).to_numpy()
    lines = lines.loc[kept, ["plan", "support_kind", "month", "monthly"]]
    factor = np.minimum(1, rng.beta(8, 1.2, len(lines)) + 0.05)
    lines["amount_cents"] = np.maximum(100, lines.pop("monthly") * factor).astype("int64")
    lines["is_refund"] = False
    back = lines.loc[rng.random(len(lines)) < _REFUND_SHARE].assign(is_refund=True)
    back["amount_cents"] = -np.maximum(50, back["amount_cents"] // 3)
    whole = pd.concat([lines, back]).sort_values(["plan", "month"], kind="stable")
    return whole.reset_index(drop=True)


def _last_month(rng: np.random.Generator, money: pd.DataFrame) -> np.ndarray:
    """Say in which month, counted from 0, payments end: early for plans that were suspended."""
    stopped = rng.integers(0, 3, len(money))
    is_waiting = money["status"].isin(["draft", "in_coordination"])
    return np.where(is_waiting, -1, np.where(money["status"] == "suspended", stopped, 9))


# --- consultations -------------------------------------------------------------------------------


def consultations(
    rng: np.random.Generator, plans: pd.DataFrame, planned: pd.DataFrame, *, wanted: int | None
) -> pd.DataFrame:
    """Give the planned consultations, on distinct school days and remotely where the rules say so.

    One row per: consultation.
    """
    talks = planned.loc[planned["support_kind"] == "consultation"]
    talks = talks[["plan", "support_id", "specialist_id", "specialist_kind", "subject"]]
    talks = talks.join(
        plans[["semester", "school", "grade", "programme_kind", "status"]], on="plan"
    )
    talks = talks.loc[~talks["status"].isin(["draft", "in_coordination"])]
    count = rng.integers(4, 18, len(talks)).astype(float)
    if wanted is not None:  # about: some days fall into the emergency
        count = np.full(len(talks), wanted / _GIVEN_SHARE / len(talks))
    count = np.floor(count + rng.random(len(talks)))
    days = talks["semester"].map(lambda code: len(school_days(str(code)))).astype(int).to_numpy()
    count = np.clip(count, 1, days).astype(int)
    rows = talks.loc[np.repeat(talks.index, count)].reset_index(drop=True)
    length, many = np.repeat(days, count), np.repeat(count, count)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    part = np.where(rows["status"] == "suspended", 0.4, 1.0)
    spot = ((place + rng.random(len(rows))) * length / many * part).astype(int)
    first = {code: number for number, code in enumerate(rows["semester"].cat.categories)}
    calendar = np.concatenate([school_days(code) for code in first])
    starts = np.cumsum([0, *(len(school_days(code)) for code in first)])[:-1]
    rows["date"] = calendar[starts[rows["semester"].cat.codes] + spot].astype("datetime64[s]")
    rows["hours"] = rng.choice(_HOURS, len(rows), p=_HOUR_CHANCES)
    keys = ["plan", "specialist_id", "date"]
    rows = rows.loc[~rows.duplicated(keys)] if (part < 1).any() else rows
    rows = _on_allowed_days(rows).drop(
        columns=["semester", "school", "grade", "programme_kind", "status"]
    )
    return rows.assign(is_month_only=False).sort_values(["plan", "date"], kind="stable")


def _on_allowed_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop days on which nothing was allowed; where only remote ones were, make them remote."""
    changes = np.array(change_days(), dtype="datetime64[s]")
    period = changes[np.searchsorted(changes, rows["date"].to_numpy(), side="right") - 1]
    asked = rows[["grade", "programme_kind"]].assign(day=period, support_kind="consultation")
    names = ["programme_kind", "grade", "is_remote"]
    on_site = allowed(asked.assign(is_remote=False), names)
    remote = allowed(asked.assign(is_remote=True), names)
    rows = rows.assign(is_remote=~on_site)
    kept: pd.DataFrame = rows.loc[on_site | remote]
    return kept


def plan_hours(rng: np.random.Generator, planned: pd.DataFrame, given: pd.DataFrame) -> None:
    """Plan somewhat more hours than were given; what was never given was planned all the same."""
    hours = given.groupby("support_id", observed=True)["hours"].sum()
    talks = planned["support_kind"] == "consultation"
    delivered = planned.loc[talks, "support_id"].astype(object).map(hours).fillna(0)
    share = rng.beta(9, 1.6, len(delivered))
    planned.loc[talks, "planned_hours"] = np.ceil(np.maximum(delivered, 4) / np.clip(share, 0.5, 1))
