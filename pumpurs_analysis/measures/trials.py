"""What another cap or another rule of eligibility would have meant for what was paid."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import caps, grouping, tallies
from pumpurs_analysis.measures.eligibility import judged_payments
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.rules import Change
from pumpurs_analysis.rules.rule import amount_rules
from pumpurs_analysis.text import nearest

_MONEY = (
    *("refused_before_cents", "refused_after_cents"),
    *("allowed_before_cents", "allowed_after_cents"),
)
_ALWAYS = (date.min, date.max)


def what_if(
    data: Dataset,
    *,
    rule: str,
    value: object,
    period: tuple[date, date] = _ALWAYS,
    scope: Mapping[str, str] | None = None,
    by: Grouping = (),
) -> Result:
    """Say what payments would have come to, had a cap or a rule of eligibility been another.

    One row per: group.

    Columns:
        affected_learner_count: Learners for whom what is refused changes.
        refused_learner_before_count: Learners with something refused under the rules as they are.
        refused_learner_after_count: The same under what is tried.
        refused_before_cents: Paid above the cap (or to whom the rule does not allow it) as it is.
        refused_after_cents: The same under what is tried.
        allowed_before_cents: The caps of all periods compared, together; for eligibility what was
            paid and is allowed.
        allowed_after_cents: The same under what is tried.
        affected_school_count: Schools of the affected learners.
        refused_change_cents: refused_after_cents - refused_before_cents.
        allowed_change_cents: allowed_after_cents - allowed_before_cents.

    Leaves out:
        What people would have done otherwise: the payments stay as they are. Days no rule covers:
        nothing is tried there.

    Sources:
        The rule's own source; the payments of the delivery.

    Args:
        data: A Dataset of records; neither it nor the catalogue is changed.
        rule: Entry of ``catalogue/rules.yaml``, or a kind of support for its cap.
        value: Euros for a cap; for eligibility a list of alternatives, of which one must be met,
            such as ``[{"grade": {"from": 1, "to": 12}}]``.
        period: First and last day of the trial.
        scope: Only rows with these values, such as ``{"municipality": "Tukuma novads"}``.
        by: Dimensions.

    Raises:
        KeyError: No such rule or dimension; the nearest is named.
        ValueError: The rule holds no cap for learners and asks for no facts; or the value does not
            fit it; or the Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> what_if(published(), rule="catering", value=80)
        Traceback (most recent call last):
        ValueError: what_if ... On those, cost_against_cap answers.
    """
    grouping.needs_records(data, "what_if", "cost_against_cap")
    dims = grouping.dimensions(by, among=caps.DIMENSIONS)
    change = Change(_rule_id(rule), value, *period)
    _check(change)
    is_cap = "when" not in catalogue.entries("rules")[change.rule_id]
    rows = (_capped if is_cap else _judged)(data, change)
    rows = _scoped(data, rows, scope or {})
    is_affected = rows["refused_before_cents"] != rows["refused_after_cents"]
    learner = rows["learner_id"]
    rows = rows.assign(
        affected_learner=learner.where(is_affected),
        affected_school=rows["school_id"].where(is_affected),
        refused_before=learner.where(rows["refused_before_cents"] > 0),
        refused_after=learner.where(rows["refused_after_cents"] > 0),
    )
    result = caps.money_result(
        data,
        rows,
        dims,
        name="what_if",
        counts={
            "affected_learner_count": ("affected_learner", "nunique"),
            "refused_learner_before_count": ("refused_before", "nunique"),
            "refused_learner_after_count": ("refused_after", "nunique"),
        },
        money=_MONEY,
    )
    schools = tallies.tally(
        grouping.attach(data, rows, dims), dims, {"count": ("affected_school", "nunique")}
    )
    frame = result.frame.assign(
        affected_school_count=schools["count"],
        refused_change_cents=result.frame["refused_after_cents"]
        - result.frame["refused_before_cents"],
        allowed_change_cents=result.frame["allowed_after_cents"]
        - result.frame["allowed_before_cents"],
    )
    told = {"only.rule": change.rule_id, "only.value": str(value)}
    told |= {f"only.{name}": str(code) for name, code in (scope or {}).items()}
    told |= {"only.first": change.first.isoformat(), "only.last": change.last.isoformat()}
    return replace(
        result,
        frame=frame,
        derived=("affected_school_count", "refused_change_cents", "allowed_change_cents"),
        notes=("note.what_if", *result.notes),
        choices=MappingProxyType({**result.choices, **told}),
    )


def _capped(data: Dataset, change: Change) -> pd.DataFrame:
    before = caps.held_against_caps(data)
    after = caps.held_against_caps(data, (change,))
    return before.assign(
        refused_before_cents=before["over_cap_cents"].fillna(0),
        refused_after_cents=after["over_cap_cents"].fillna(0),
        allowed_before_cents=before["allowed_cents"].fillna(0),
        allowed_after_cents=after["allowed_cents"].fillna(0),
    )


def _judged(data: Dataset, change: Change) -> pd.DataFrame:
    before, after = judged_payments(data), judged_payments(data, (change,))
    paid = before["paid_cents"]
    return before.assign(
        refused_before_cents=paid.where(before["is_allowed"].eq(False).fillna(False), 0),  # noqa: FBT003
        refused_after_cents=paid.where(after["is_allowed"].eq(False).fillna(False), 0),  # noqa: FBT003
        allowed_before_cents=paid.where(before["is_allowed"].fillna(False), 0),  # noqa: FBT003
        allowed_after_cents=paid.where(after["is_allowed"].fillna(False), 0),  # noqa: FBT003
    )


def _scoped(data: Dataset, rows: pd.DataFrame, scope: Mapping[str, str]) -> pd.DataFrame:
    names = grouping.dimensions(tuple(scope), among=caps.DIMENSIONS)
    rows = grouping.attach(data, rows, tuple(name for name in names if name not in rows))
    for name in names:
        rows = rows[rows[name].astype("string").eq(scope[name]).fillna(value=False)]
    return rows.reset_index(drop=True)


def _rule_id(rule: str) -> str:
    rules = catalogue.entries("rules")
    rule_id = amount_rules().get(rule, rule)
    if rule_id not in rules:
        near = nearest(rule, [*rules, *amount_rules()])
        raise KeyError(f"No rule {rule!r}; nearest: {near}. Choose from: {', '.join(rules)}.")
    return rule_id


def _check(change: Change) -> None:
    entry = catalogue.entries("rules")[change.rule_id]
    if "when" in entry:
        if not _is_alternatives(change.value):
            raise ValueError(
                f"{change.rule_id} asks for facts: give a list of alternatives, of which one must "
                'be met, such as [{"grade": {"from": 1, "to": 12}}]; [] allows nothing, [{}] all.'
            )
    elif "support_kind" not in entry or entry["scope"] != "learner":
        raise ValueError(f"{change.rule_id} holds no cap for a learner and asks for no facts.")
    elif not isinstance(change.value, int | float | Decimal) or not _is_whole_cents(change.value):
        raise ValueError(f"A cap is a sum in euros and whole cents, 0 or more: {change.value!r}.")
    if change.first > change.last:
        raise ValueError(f"The trial ends ({change.last}) before it begins ({change.first}).")


def _is_alternatives(value: Any) -> bool:  # noqa: ANN401  (whatever a caller gives)
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _is_whole_cents(euros: float | Decimal) -> bool:
    cents = Decimal(str(euros)) * 100
    return cents >= 0 and cents == cents.to_integral_value()
