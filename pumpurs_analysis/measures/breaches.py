"""Breaches of caps: which payments, added up, come to more than was allowed."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import marks
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts import counted_plans
from pumpurs_analysis.measures import caps, findings, grouping
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import rules_on

_COLUMNS = [
    *("finding_key", "finding_kind", "school", "learner_id", "support_kind", "period"),
    *findings.POINTS,
    *("paid_cents", "cap_cents", "over_cap_cents", "headroom_cents", "use_share"),
    *("planned_hours", "cap_hours", "over_cap_hours"),
    *("per", "rule", "cap_status", "source", "valid_from", "checked"),
    *findings.MARK,
]
_NUMBERS = dict.fromkeys(("planned_hours", "cap_hours", "over_cap_hours"), "Float64")
_KEY = ["rule", "learner_id", "school", "period", "paid_cents", "planned_hours"]


def cap_breaches(
    data: Dataset, *, near_share: float | None = None, workspace: Path | str | None = None
) -> Worklist:
    """List what was paid above a cap, with the payments behind each sum.

    One row per: learner, kind of support and period over its cap; plan over its hours. Highest
    above the cap first.

    Columns:
        finding_key: The same after every load while the sum stays; marks hold to it.
        finding_kind: over, near (asked for with ``near_share``) or hours (of preparing a plan).
        school: School; where several paid, the one that paid most.
        learner_id: Pseudonym.
        support_kind: Kind of support.
        period: Month or semester the cap counts for.
        file, sheet, rows: The payment lines; of several tables the parts in order, ``;`` between.
        amounts_cents: Their amounts, in the order of the rows.
        arithmetic: The sum in euros, to be replayed with a calculator.
        paid_cents: The sum.
        cap_cents: The cap.
        over_cap_cents: paid_cents above cap_cents.
        headroom_cents: cap_cents above paid_cents.
        use_share: paid_cents / cap_cents.
        planned_hours, cap_hours, over_cap_hours: The same in hours, for preparing a plan; planned,
            since nobody delivers the hours worked.
        per: month, semester or plan.
        rule: Entry of ``catalogue/rules.yaml``.
        cap_status: stated or assumed: how sure the rule itself is.
        source: Where the rule is from.
        valid_from: Since when the value holds.
        checked: Day the source was last looked at.
        explained_reason, explained_by, explained_on: What a person marked, with initials and day.

    Leaves out:
        What cannot be judged: months no source speaks of, payments without a month or learner,
        kinds without a published cap (``cost_against_cap`` counts them by cap_status).

    Sources:
        The rules' own sources; tables payments and supports of the delivery.

    Args:
        data: A Dataset of records.
        near_share: List those from this share of the cap up to the cap too, nearest first.
        workspace: Folder whose marks are shown.

    Raises:
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> cap_breaches(published())
        Traceback (most recent call last):
        ValueError: cap_breaches ... On those, cost_against_cap answers.
    """
    grouping.needs_records(data, "cap_breaches", "cost_against_cap")
    held = caps.held_against_caps(data)
    least = held["allowed_cents"].astype("Float64") * (1 if near_share is None else near_share)
    is_near = (held["period_paid_cents"] >= least).fillna(value=False) & (near_share is not None)
    is_over = (held["over_cap_cents"] > 0).fillna(value=False)
    found = caps.learner_periods(data, held[is_over | is_near])
    kind = (found["over_cap_cents"] > 0).map({True: "over", False: "near"})
    found = found.assign(finding_kind=kind)
    found = found.sort_values(
        ["over_cap_cents", "headroom_cents", *caps.PERIOD], ascending=[False, True, *[True] * 3]
    ).reset_index(drop=True)
    found = findings.pointed(data, found, _payments(data, found))
    found = pd.concat([found, _preparation(data)], ignore_index=True)
    found = found.assign(finding_key=marks.keys_of(found.reindex(columns=_KEY), _KEY))
    found = findings.explained(found, workspace)
    return Worklist(
        name="cap_breaches",
        frame=found.reindex(columns=_COLUMNS).astype(_NUMBERS),
        unit="payment",
        one_row_per="learner, kind of support and period over its cap",
        sources=caps.rule_sources(found["source"]),
        notes=(
            "note.replay",
            "note.cap_periods",
            "note.cap_assumed",
            *grouping.learner_notes(data),
        ),
        choices=MappingProxyType({"near_share": f"{near_share or ''}"}),
        is_made_up=data.is_made_up,
    )


def _payments(data: Dataset, found: pd.DataFrame) -> pd.DataFrame:
    """The payment lines of each finding: only those of its learners are looked at."""
    lines = data.payments
    lines = lines[lines["learner_id"].isin(found["learner_id"]) & lines["amount_cents"].notna()]
    lines = lines.assign(semester=grouping.semester_of(lines["month"]))
    lines = lines.assign(start=caps.starts(lines, caps.periods_of(lines["support_kind"])))
    asked = found[caps.PERIOD].assign(finding=found.index)
    keys = {"learner_id": "string", "support_kind": "string"}
    return lines.astype(keys).merge(asked.astype(keys), on=caps.PERIOD)


def _preparation(data: Dataset) -> pd.DataFrame:
    """Plans with more hours of preparation planned than the rule of their semester allows."""
    planned = data.supports
    planned = planned[planned["support_kind"].eq("plan_preparation")]
    planned = planned[planned["planned_hours"].notna()].astype({"plan_id": "string"})
    hours = planned.groupby("plan_id", as_index=False)["planned_hours"].sum()
    plans = hours.merge(counted_plans(data).astype({"plan_id": "string"}), on="plan_id")
    plans = plans.assign(start=_rule_days(plans["semester"]))
    found = [_over_hours(rows, day) for day, rows in plans.groupby("start")]
    if not any(map(len, found)):
        return pd.DataFrame()
    over = grouping.attach(data, pd.concat(found, ignore_index=True), "school")
    lines = planned.merge(over[["plan_id"]].assign(finding=over.index), on="plan_id")
    lines = lines.assign(amount_cents=(lines["planned_hours"] * 100).round().astype("Int64"))
    return findings.pointed(data, over, lines).assign(amounts_cents=None)


def _over_hours(plans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    rule = rules_on(day).in_force.get("plan_preparation_hours")
    if rule is None:
        return plans.iloc[:0]
    over = plans[plans["planned_hours"] > float(rule.value)]
    return over.assign(
        finding_kind="hours",
        support_kind="plan_preparation",
        period=over["semester"],
        per="plan",
        cap_hours=float(rule.value),
        over_cap_hours=over["planned_hours"] - float(rule.value),
        rule=rule.rule_id,
        cap_status=rule.status,
        source=rule.source,
        valid_from=pd.Timestamp(rule.valid_from),
        checked=pd.Timestamp(rule.checked),
    )


def _rule_days(semesters: "pd.Series[Any]") -> "pd.Series[Any]":
    """Last day of each plan's semester: the programme began within one."""
    last = {code: semester_bounds(code)[1] for code in semesters.dropna().unique()}
    return pd.to_datetime(semesters.astype("string").map(last).astype(object))
