"""Who may have what: the rules that ask for facts about a learner, for one and for millions.

Comes in: facts. Goes out: allowed, not allowed, or undecided where a source or a fact is missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.rules.rule import Change, Rule, amount_rules, change_days, in_force
from pumpurs_analysis.text import nearest

_ANSWER = ["is_allowed", "against", "undecided"]


@dataclass(frozen=True)
class Eligibility:
    """Whether a kind of support was allowed to a learner on a day.

    Attributes:
        is_allowed: True, False, or None where a source or a fact is missing.
        against: Rules that forbid it.
        undecided: Rules that could not be judged.
        missing_facts: Facts about the learner that would decide it (``rules.fact.*`` in the texts).
    """

    is_allowed: bool | None
    against: tuple[Rule, ...]
    undecided: tuple[Rule, ...]
    missing_facts: tuple[str, ...]


def judge_all(in_force: Mapping[str, Rule], facts: Mapping[str, object]) -> Eligibility:
    """Judge one learner by the rules of a day.

    Example:
        >>> from datetime import date
        >>> day = in_force(date(2019, 10, 1))
        >>> facts = {"support_kind": "transport", "programme_kind": "general", "grade": 4}
        >>> [rule.rule_id for rule in judge_all(day, facts).against]
        ['general_grades']
    """
    answers = [(rule, _judge(rule, facts)) for rule in in_force.values() if _is_judged(rule)]
    against = tuple(rule for rule, answer in answers if answer is False)
    undecided = tuple(rule for rule, answer in answers if answer is None)
    missing = dict.fromkeys(name for rule in undecided for name in _missing(rule, facts))
    is_allowed = False if against else None if undecided else True
    return Eligibility(is_allowed, against, undecided, tuple(missing))


def judged(facts: pd.DataFrame, changes: Iterable[Change] = ()) -> pd.DataFrame:
    """Judge many learners at once, each by the rules of their day.

    One row per: row of ``facts``.

    Columns:
        is_allowed: True, False, or missing where a source or a fact is missing.
        against: Rules that forbid it, with ``;`` between.
        undecided: Rules that could not be judged, likewise; outside the time the sources speak of
            the rule that would hold the amount.

    Args:
        facts: ``day``, ``support_kind`` and the facts of ``Rules.eligibility``; a column that is
            not there is unknown.
        changes: Values to try instead of those of the catalogue.

    Example:
        >>> facts = pd.DataFrame({"day": pd.to_datetime(["2021-05-01", "2021-09-01"])})
        >>> facts = facts.assign(support_kind="transport", programme_kind="general", grade=4)
        >>> judged(facts)["against"].tolist()
        ['general_grades', '']
    """
    changes = tuple(changes)
    known = facts.assign(month=facts["day"].dt.month).reset_index(drop=True)
    starts = np.array(change_days(changes), dtype="datetime64[s]")
    span = np.searchsorted(starts, known["day"].to_numpy("datetime64[s]"), side="right")
    dated = known["day"].notna()
    parts = [
        _judged_alike(rows, in_force(rows["day"].iloc[0].date(), changes))
        for _, rows in known[dated].groupby(span[dated])
    ]
    undated = known[~dated].assign(is_allowed=None, against="", undecided="")[_ANSWER]
    answers = pd.concat([*parts, undated]).sort_index().astype({"is_allowed": "boolean"})
    return answers.set_axis(facts.index)


def _judged_alike(facts: pd.DataFrame, rules: Mapping[str, Rule]) -> pd.DataFrame:
    """Judge rows of a time in which no rule changes."""
    answers = {rule.rule_id: _answers(facts, rule) for rule in rules.values() if _is_judged(rule)}
    for kind, rule_id in amount_rules().items():
        if rule_id not in rules:
            is_other = (facts["support_kind"] != kind).astype("boolean")
            answers[rule_id] = is_other.mask(~is_other)
    whole = pd.Series(data=True, index=facts.index, dtype="boolean")
    against, undecided = (pd.Series("", index=facts.index) for _ in range(2))
    for rule_id, answer in answers.items():
        whole = whole & answer
        against = against + np.where(~answer.fillna(value=True), f"{rule_id};", "")
        undecided = undecided + np.where(answer.isna(), f"{rule_id};", "")
    told = {"against": against.str.rstrip(";"), "undecided": undecided.str.rstrip(";")}
    return pd.DataFrame({"is_allowed": whole, **told})[_ANSWER]


def _answers(facts: pd.DataFrame, rule: Rule) -> "pd.Series[Any]":
    """As ``_judge``, for many: and, or and not know three values (true, false, missing)."""
    concerns = _all_meet(facts, catalogue.entries("rules")[rule.rule_id]["when"])
    allows = pd.Series(
        data=False if rule.value is not None else pd.NA, index=facts.index, dtype="boolean"
    )
    for one in rule.value or ():
        allows |= _all_meet(facts, one)
    return ~concerns | allows


def _all_meet(facts: pd.DataFrame, wanted: Mapping[str, Any]) -> "pd.Series[Any]":
    answer = pd.Series(data=True, index=facts.index, dtype="boolean")
    for name, want in wanted.items():
        found = facts.get(name, default=pd.Series(pd.NA, index=facts.index))
        if isinstance(want, dict):
            meets = found.between(want["from"], want["to"])
        else:
            meets = found.isin(want if isinstance(want, list) else [want])
        answer &= meets.astype("boolean").mask(found.isna())
    return answer


def _is_judged(rule: Rule) -> bool:
    return "when" in catalogue.entries("rules")[rule.rule_id]


def _judge(rule: Rule, facts: Mapping[str, object]) -> bool | None:
    """True where the rule allows or does not concern; None where a fact or a source is missing."""
    concerns = _meets(catalogue.entries("rules")[rule.rule_id]["when"], facts)
    if concerns is False:
        return True
    allows = None if rule.value is None else _any(_meets(one, facts) for one in rule.value)
    return allows if concerns or allows else None


def _meets(wanted: Mapping[str, Any], facts: Mapping[str, object]) -> bool | None:
    answers = [_is_as_wanted(want, facts.get(name)) for name, want in wanted.items()]
    return False if False in answers else None if None in answers else True


def _any(answers: Iterator[bool | None]) -> bool | None:
    seen = list(answers)
    return True if True in seen else None if None in seen else False


def _is_as_wanted(wanted: Any, found: Any) -> bool | None:  # noqa: ANN401  (facts are of any kind)
    if found is None or pd.isna(found):
        return None
    if isinstance(wanted, dict):
        return bool(wanted["from"] <= found <= wanted["to"])
    return found in wanted if isinstance(wanted, list) else found == wanted


def _missing(rule: Rule, facts: Mapping[str, object]) -> list[str]:
    when = catalogue.entries("rules")[rule.rule_id]["when"]
    asked = [when, *(one for one in rule.value or () if _meets(one, facts) is None)]
    return [name for wanted in asked for name in wanted if facts.get(name) is None]


@cache
def _facts_asked() -> frozenset[str]:
    judged = [rule for rule in catalogue.entries("rules").values() if "when" in rule]
    steps = [value for rule in judged for value in rule["values"].values()]
    wanted = [rule["when"] for rule in judged]
    wanted += [one for step in steps for one in step.get("value") or ()]
    return frozenset(name for one in wanted for name in one)


def refuse_unknown(facts: Mapping[str, object]) -> None:
    """Raise ValueError with the choices where no rule asks for a fact."""
    choices = sorted(_facts_asked() - {"support_kind", "month"})
    for name in facts:
        if name not in choices:
            near = nearest(name, choices)
            hint = f" The nearest is {near!r}." if near else ""
            raise ValueError(f"No rule asks for {name!r}. Choose from: {', '.join(choices)}.{hint}")
