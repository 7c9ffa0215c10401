"""Who received what the rules of that day did not allow to them."""

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from pumpurs_analysis import facts, marks
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import caps, findings, grouping
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.rules import Change, Rule, change_days, judged, rules_on
from pumpurs_analysis.schema import Record, is_missing

Decision = Literal["refused", "undecided"]
_COLUMNS = [
    *("finding_key", "decision", "table", "school", "learner_id", "support_kind", "period"),
    *findings.POINTS,
    *("paid_cents", "hours", "rule", "rule_status", "source", "valid_from", "checked"),
    *("missing_facts", *findings.MARK),
]
_KEY = ["rule", "table", "learner_id", "school", "support_kind", "period", "paid_cents", "hours"]
_OF_PLAN = {
    "programme_kind": "programme_kind",
    "grade": "grade",
    "is_catering_by_municipality": "municipality_pays",
    "is_low_income": "is_low_income",
    "is_in_practice": "is_in_practice",
}
FACTS = [*_OF_PLAN.values(), "is_planned_before", "is_remote"]
_PLAN = ["learner_id", "school_id", "semester"]
_RULE = ["rule_status", "source", "valid_from", "checked"]
_DELETED = "deleted_plan_costs"


def eligibility_findings(
    data: Dataset, *, decision: Decision = "refused", workspace: Path | str | None = None
) -> Worklist:
    """List payments and consultations that a rule of their day did not allow, rule by rule.

    One row per: learner, school, kind of support, month (or day of a consultation) and rule.

    Columns:
        finding_key: The same after every load while the sum stays; marks hold to it.
        decision: refused, or undecided where a source or a fact about the learner is missing.
        table: payments or consultations.
        school: School.
        learner_id: Pseudonym.
        support_kind: Kind of support.
        period: Month of the payments, day of the consultation.
        file, sheet, rows: The lines; of several tables the parts in order, ``;`` between.
        amounts_cents: Their amounts, in the order of the rows.
        arithmetic: The sum in euros, or in hours for consultations.
        paid_cents: The sum paid.
        hours: The hours of consultations.
        rule: Entry of ``catalogue/rules.yaml``.
        rule_status: stated or assumed: how sure the rule itself is.
        source: Where the rule is from.
        valid_from: Since when the value holds.
        checked: Day the source was last looked at.
        missing_facts: For undecided ones what would decide it (``rules.fact.*`` in the texts).
        explained_reason, explained_by, explained_on: What a person marked, with initials and day.

    Leaves out:
        A month of which some day allowed it: a payment tells its month alone. Planned support that
        was not paid.

    Sources:
        The rules' own sources; tables plans, supports, payments and consultations.

    Args:
        data: A Dataset of records.
        decision: What is listed. Undecided ones are many where a delivery leaves facts out.
        workspace: Folder whose marks are shown.

    Raises:
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> eligibility_findings(published())
        Traceback (most recent call last):
        ValueError: eligibility_findings ... On those, cost_against_cap answers.
    """
    grouping.needs_records(data, "eligibility_findings", "cost_against_cap")
    units = pd.concat([judged_payments(data), _judged_consultations(data)], ignore_index=True)
    column = "against" if decision == "refused" else "undecided"
    told = units["is_allowed"]
    wanted = told.isna() if decision == "undecided" else ~told.fillna(value=True)
    found = units[wanted.astype(bool)]
    found = found.assign(decision=decision, unit=found.index, rule=found[column].str.split(";"))
    found = found.explode("rule", ignore_index=True)
    found = found.join(_rule_columns(found)).assign(missing_facts=_missing_facts(found))
    found = findings.pointed(data, found, _lines(data, found))
    found["arithmetic"] = found["arithmetic"].fillna("")
    found["amounts_cents"] = found["amounts_cents"].where(found["table"] == "payments")
    found = grouping.attach(data, found, "school")
    found = found.assign(finding_key=marks.keys_of(found, _KEY))
    found = findings.explained(found, workspace)
    return Worklist(
        name="eligibility_findings",
        frame=found[_COLUMNS].sort_values(["rule", "period", "learner_id"], ignore_index=True),
        unit="payment",
        one_row_per="learner, school, kind of support, month or day, and rule",
        sources=caps.rule_sources(found["source"]),
        notes=("note.replay", "note.part_month", *grouping.learner_notes(data)),
        choices=MappingProxyType({"decision": decision}),
        is_made_up=data.is_made_up,
    )


def judged_payments(data: Dataset, changes: Iterable[Change] = ()) -> pd.DataFrame:
    """Judge every learner-month of payments by the rules of its days.

    One row per: row of ``facts.learner_month``, with the facts of the learner's plan, is_allowed,
    against and undecided as in ``rules.judged``.
    """
    changes = tuple(changes)
    if changes:
        return _judged(_payments(data), changes)
    return facts.kept(data, "judged_payments", lambda: _judged(_payments(data), ()))


def _payments(data: Dataset) -> pd.DataFrame:
    rows = _with_plan(data, facts.learner_month(data))
    period = caps.month_codes(rows["month"]).astype("string")
    return rows.assign(table="payments", day=rows["month"], is_month_only=True, period=period)


def _judged_consultations(data: Dataset) -> pd.DataFrame:
    keys = ["learner_id", "school_id", "date", "is_month_only", "is_remote"]
    by_day = data.consultations.groupby(keys, observed=True, dropna=False)
    rows = by_day.agg(hours=("hours", "sum")).reset_index()
    semester = grouping.semester_of(rows["date"])
    rows = _with_plan(data, rows.assign(semester=semester, support_kind="consultation"))
    whole = rows["is_month_only"].fillna(value=False).astype(bool)
    period = rows["date"].dt.strftime("%Y-%m-%d").astype("string")
    rows = rows.assign(
        table="consultations",
        day=rows["date"],
        is_month_only=whole,
        period=period.mask(whole, period.str[:7]),
    )
    return _judged(rows, ())


def _with_plan(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the learner's plan of that semester tells; a deleted plan only where it is alone."""
    plans = data.plans.drop_duplicates("plan_id", keep="last")
    counted = facts.counted_plans(data)["plan_id"]
    plans = plans.assign(is_deleted=~plans["plan_id"].isin(counted))
    plans = plans.sort_values("is_deleted", ascending=False, kind="stable")
    plans = plans.drop_duplicates(_PLAN, keep="last").rename(columns=_OF_PLAN)
    told = plans[[*_PLAN, "plan_id", "is_deleted", *_OF_PLAN.values()]]
    text = dict.fromkeys(_PLAN, "string")
    joined = rows.astype(text | {"support_kind": "string"}).merge(
        told.astype(text | {"plan_id": "string", "programme_kind": "string"}).dropna(subset=_PLAN),
        how="left",
        on=_PLAN,
    )
    planned = data.supports[["plan_id", "support_kind"]].astype("string").drop_duplicates()
    pairs = pd.MultiIndex.from_frame(joined[["plan_id", "support_kind"]])
    # that the plan holds it is known, when it was put in is not
    is_known = grouping.was_delivered(data, "supports")
    is_absent = (
        is_known & ~pairs.isin(pd.MultiIndex.from_frame(planned)) & joined["plan_id"].notna()
    )
    before = pd.Series(pd.NA, index=joined.index, dtype="boolean")
    return joined.assign(
        is_planned_before=before.mask(
            is_absent & grouping.was_delivered(data, "supports"), other=False
        ),
        is_remote=joined.get("is_remote", default=before),
    )


def _judged(rows: pd.DataFrame, changes: tuple[Change, ...]) -> pd.DataFrame:
    """Judge rows; who only tells a month is judged on each of its days on which a rule changes."""
    asked = [*FACTS, "support_kind", "day", "is_month_only"]
    starts = np.array(change_days(changes), dtype="datetime64[s]")
    days = rows["day"].dt  # those of a month between two changes are all judged alike
    span = np.searchsorted(starts, rows["day"].to_numpy("datetime64[s]"), side="right")
    keys = rows[asked].assign(day=days.year * 12 + days.month, span=span)
    alike = keys.groupby([*keys], dropna=False, sort=False).ngroup()
    first = ~alike.duplicated()
    distinct = rows.loc[first, asked].set_index(alike[first])
    asked_days = distinct.assign(day=_days(distinct, changes)).explode("day")
    asked_days["day"] = asked_days["day"].astype("datetime64[s]")
    answers = judged(asked_days.reset_index(names="alike"), changes)
    answers = answers.assign(alike=asked_days.index)
    by_month = answers.groupby("alike")
    verdict = answers[["against", "undecided"]].apply(_by_month, alike=answers["alike"])
    # allowed on one of its days; else undecided on one of them; else refused
    verdict["is_allowed"] = by_month["is_allowed"].any(skipna=False)
    found = verdict.loc[alike].set_axis(rows.index)
    return _without_deleted(rows.join(found))


def _by_month(rules: "pd.Series[str]", alike: "pd.Series[Any]") -> "pd.Series[Any]":
    """Join what the days of each name, each rule once; nearly all of them name one thing."""
    told = pd.DataFrame({"alike": alike, "rules": rules}).drop_duplicates()
    several = told["alike"].duplicated(keep=False)
    one = told[~several].set_index("alike")["rules"]
    joined: pd.Series[Any] = pd.concat([one, told[several].groupby("alike")["rules"].agg(_joined)])
    return joined


def _joined(rules: "pd.Series[str]") -> str:
    return ";".join(dict.fromkeys(rule for each in rules for rule in each.split(";") if rule))


def _days(rows: pd.DataFrame, changes: tuple[Change, ...]) -> "pd.Series[Any]":
    """Days on which each row is judged: its own, or the first and all changes of its month."""
    in_month: dict[tuple[int, int], list[Any]] = {}
    for day in change_days(changes):
        in_month.setdefault((day.year, day.month), []).append(day)
    found = [
        [day, *(in_month.get((day.year, day.month), []) if is_month else [])]
        for day, is_month in zip(rows["day"], rows["is_month_only"], strict=True)
    ]
    return pd.Series(found, index=rows.index)


def _without_deleted(rows: pd.DataFrame) -> pd.DataFrame:
    """A plan may only be deleted where no money was used for it."""
    is_deleted = rows["is_deleted"].fillna(value=False).astype(bool)
    against = (rows["against"] + ";" + _DELETED).str.strip(";")
    return rows.assign(
        is_allowed=rows["is_allowed"].mask(is_deleted, other=False),
        against=rows["against"].mask(is_deleted, against),
    )


def _rule_columns(found: pd.DataFrame) -> pd.DataFrame:
    """Status, source and dates of each finding's rule on its day."""
    asked = found[["rule", "day"]].drop_duplicates()
    rules = [
        None if pd.isna(day) else rules_on(day.date()).in_force.get(rule_id)
        for rule_id, day in asked.itertuples(index=False)
    ]
    told = asked.assign(
        rule_status=[rule.status if rule else "not_verified" for rule in rules],
        source=pd.Series([rule.source if rule else None for rule in rules], asked.index, "string"),
        valid_from=pd.to_datetime(pd.Series(_days_of(rules, "valid_from"), asked.index)),
        checked=pd.to_datetime(pd.Series(_days_of(rules, "checked"), asked.index)),
    )
    return found.merge(told, how="left", on=["rule", "day"])[_RULE].set_axis(found.index)


def _days_of(rules: list[Rule | None], name: str) -> list[Any]:
    return [getattr(rule, name) if rule else None for rule in rules]


def _missing_facts(found: pd.DataFrame) -> "pd.Series[Any]":
    """What would decide each undecided finding, asked once per kind of case."""
    cases = found.groupby(["day", "support_kind", *FACTS], dropna=False, sort=False).ngroup()
    answers: dict[int, str] = {}
    for number, row in zip(cases, found.to_dict("records"), strict=True):
        if number not in answers:
            answers[number] = _missing(row)
    return cases.map(answers).astype("string")


def _missing(row: Record) -> str:
    if row["decision"] == "refused" or is_missing(row["day"]):
        return ""
    rules = rules_on(row["day"].date())
    known = {name: None if is_missing(row[name]) else row[name] for name in FACTS}
    try:
        return ";".join(rules.eligibility(row["support_kind"], **known).missing_facts)
    except LookupError:  # no source speaks of that day, or no such kind
        return ""


def _lines(data: Dataset, found: pd.DataFrame) -> pd.DataFrame:
    """Payment and consultation lines behind each finding."""
    text = dict.fromkeys(("learner_id", "school_id", "support_kind"), "string")
    asked = found.assign(finding=found.index).astype(text)
    paid = data.payments
    paid = paid[paid["amount_cents"].notna() & paid["learner_id"].isin(found["learner_id"])]
    keys = ["learner_id", "school_id", "support_kind", "month"]
    of_payments = asked.loc[asked["table"] == "payments", [*keys, "finding"]]
    given = data.consultations
    given = given[given["learner_id"].isin(found["learner_id"])]
    given = given.assign(amount_cents=(given["hours"] * 100).round().astype("Int64"))
    days = ["learner_id", "school_id", "date", "is_remote"]
    of_days = asked.loc[asked["table"] == "consultations", [*days, "finding"]]
    columns = ["finding", "input_id", "row", "amount_cents"]
    return pd.concat(
        [
            paid.astype(text).merge(of_payments, on=keys)[columns],
            given.astype(dict.fromkeys(days[:2], "string")).merge(of_days, on=days)[columns],
        ],
        ignore_index=True,
    )
