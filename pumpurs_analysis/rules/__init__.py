"""What was allowed on a date, with its source, or that nobody has verified it.

Comes in: a day. Goes out: caps, grants, eligibility, emergency limits, term and money, each with
unit, period, source and the day it was last checked. Everything known stands in
``catalogue/rules.yaml``; no value is carried over into a time no source speaks of.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache

from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.rules.eligibility import Eligibility, judge_all, judged, refuse_unknown
from pumpurs_analysis.rules.listed import Break, also_stated, breaks, rule_table
from pumpurs_analysis.rules.rule import (
    Change,
    Rule,
    amount_rules,
    change_days,
    in_force,
    not_verified,
)
from pumpurs_analysis.text import nearest

__all__ = [
    "Break",
    "Change",
    "Eligibility",
    "Rule",
    "Rules",
    "also_stated",
    "breaks",
    "change_days",
    "judged",
    "not_verified",
    "rule_table",
    "rules_on",
]


class Rules(Mapping[str, Rule]):
    """The rules of one day by kind of support: a read-only mapping.

    Attributes:
        day: The day asked for.
        in_force: Every rule a source speaks of on that day (eligibility, emergency, term, money and
            targets too), by its id.

    Example:
        >>> catering = rules_on(date(2019, 10, 1))["catering"]
        >>> catering.value_eur, catering.per, catering.status, catering.source
        (Decimal('70'), 'month', 'stated', 'S01')
    """

    def __init__(self, day: date, changes: Iterable[Change] = ()) -> None:
        self.day = day
        self.in_force = in_force(day, tuple(changes))

    def __getitem__(self, support_kind: str) -> Rule:
        rule_id = amount_rules().get(support_kind)
        if rule_id is None:
            near = nearest(support_kind, amount_rules())
            hint = f" The nearest is {near!r}." if near else ""
            choices = ", ".join(amount_rules())
            raise KeyError(f"No kind of support {support_kind!r}. Choose from: {choices}.{hint}")
        if rule_id not in self.in_force:
            raise NotVerified(not_verified(rule_id, self.day, "en"))
        return self.in_force[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(amount_rules())

    def __len__(self) -> int:
        return len(amount_rules())

    def __contains__(self, support_kind: object) -> bool:
        return support_kind in amount_rules()

    def eligibility(self, support_kind: str, **facts: object) -> Eligibility:
        """Say whether a learner could receive a kind of support on this day.

        Args:
            support_kind: Code of the kind of support.
            **facts: What is known of the learner: ``programme_kind`` (general, special,
                vocational), ``grade`` (grade or course), ``municipality_pays``,
                ``is_low_income``, ``is_in_practice``, ``is_remote``, ``is_planned_before``. What
                is left out or None is unknown; an answer that depends on it is None.

        Raises:
            KeyError: There is no such kind of support.
            ValueError: There is no such fact.
            NotVerified: No source speaks of this day.

        Example:
            >>> autumn = rules_on(date(2019, 10, 1))
            >>> autumn.eligibility("transport", programme_kind="general", grade=4).is_allowed
            False
            >>> autumn.eligibility("catering", programme_kind="general", grade=6).missing_facts
            ('municipality_pays',)
        """
        self[support_kind]
        refuse_unknown(facts)
        known = {**facts, "support_kind": support_kind, "month": self.day.month}
        return judge_all(self.in_force, known)


def rules_on(day: date, changes: Iterable[Change] = ()) -> Rules:
    """Give the rules of a day as a mapping by kind of support.

    Args:
        day: The day asked about.
        changes: Values to try instead of those of the catalogue.

    Returns:
        Rules; ``rules[kind]`` raises NotVerified for a day no source speaks of, and KeyError with
        the choices for an unknown kind.

    Example:
        >>> rules_on(date(2023, 3, 1))["transport"].status
        'assumed'
        >>> rules_on(date(2042, 1, 1))["transport"]
        Traceback (most recent call last):
        pumpurs_analysis.errors.NotVerified: “Public transport cap” on 1 January 2042 is ...
    """
    day = day.date() if isinstance(day, datetime) else day
    return Rules(day, changes) if changes else _rules_on(day)


@cache
def _rules_on(day: date) -> Rules:
    return Rules(day)
