"""What was allowed on a date, with its source, or that nobody has verified it.

Comes in: a day. Goes out: caps, grants, eligibility, emergency limits, term and money, each with
unit, period, source and the day it was last checked. Everything known stands in
``catalogue/rules.yaml``; no value is carried over into a time no source speaks of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.text import Language, long_date, money, nearest, percent, say

_COUNTED_UNITS = ("hours", "institutions", "plans")


@dataclass(frozen=True)
class Rule:
    """One rule as it stood on a day.

    Attributes:
        rule_id: Entry of ``catalogue/rules.yaml``.
        name: ``{"lv": ..., "en": ...}``.
        kind: at_most, exactly, none_published, eligibility, period, funding or target.
        scope: What the value is about: learner, plan, project, specialist, school or programme.
        unit: EUR, hours, grade, date ... (closed list in ``schemas/rules.json``).
        per: month, semester, project, plan, hour, programme; None where no source names a period.
        support_kind: Kind of support whose amount this is, else None.
        value: The value as the catalogue holds it; None = nothing published.
        status: stated, assumed or not_verified.
        source: Entry of ``catalogue/sources.yaml``.
        checked: Day the source was last looked at.
        note: ``{"lv": ..., "en": ...}``: what a reader must know.
        says: The value in words, where it is no number.
        valid_from: First day of this value.
        valid_to: Last day of this value.
    """

    rule_id: str
    name: Mapping[Language, str]
    kind: str
    scope: str
    unit: str
    per: str | None
    support_kind: str | None
    value: Any
    status: str
    source: str
    checked: date
    note: Mapping[Language, str]
    says: Mapping[Language, str] | None
    valid_from: date
    valid_to: date

    @property
    def value_eur(self) -> Decimal | None:
        """The amount in euros; None where no cap was published or the value is no money."""
        if self.unit != "EUR" or self.value is None:
            return None
        return Decimal(str(self.value))

    @property
    def source_title(self) -> str:
        """Title of the page or document the value comes from."""
        return str(catalogue.entries("sources")[self.source]["title"])

    def value_text(self, language: Language) -> str:
        """Write the value for a person, with what it counts per.

        Example:
            >>> rules_on(date(2019, 10, 1))["catering"].value_text("en")
            'at most €70.00 per learner and month'
        """
        if self.says is not None:
            return self.says[language]
        if self.value is None:
            silent = "not_verified" if self.status == "not_verified" else "none_published"
            return say(f"rules.nothing.{silent}", language)
        per = catalogue.entries("rules")[self.rule_id]["per"]
        words = [
            say(f"rules.kind.{self.kind}", language),
            self._bare_value(language),
            say(f"rules.per.{per.replace(' ', '_')}", language) if per else "",
        ]
        return " ".join(word for word in words if word)

    def _bare_value(self, language: Language) -> str:
        if self.unit == "EUR":
            return money(int(self.value * 100), language)
        if self.unit == "percent":
            return percent(self.value / 100, language)
        if self.unit in _COUNTED_UNITS:
            return say(f"rules.unit.{self.unit}", language, count=self.value)
        return long_date(self.value, language)


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


@dataclass(frozen=True)
class Break:
    """A day on which a series breaks: figures before and after are not of the same thing.

    Attributes:
        break_id: Entry of ``catalogue/breaks.yaml``.
        date: The first day of the new state, or the last of the old where something ends.
        name: ``{"lv": ..., "en": ...}``.
        short: The same in at most 22 characters, for charts.
        affects: Which tables it concerns; ``all`` for every one.
        is_shown: Whether a chart over years marks it.
        source: Entry of ``catalogue/sources.yaml``.
    """

    break_id: str
    date: date
    name: Mapping[Language, str]
    short: Mapping[Language, str]
    affects: Sequence[str]
    is_shown: bool
    source: str


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

    def __init__(self, day: date) -> None:
        self.day = day
        self.in_force: Mapping[str, Rule] = MappingProxyType(
            {rule_id: rule for rule_id in catalogue.entries("rules") if (rule := _on(rule_id, day))}
        )

    def __getitem__(self, support_kind: str) -> Rule:
        rule_id = _amount_rules().get(support_kind)
        if rule_id is None:
            near = nearest(support_kind, _amount_rules())
            hint = f" The nearest is {near!r}." if near else ""
            choices = ", ".join(_amount_rules())
            raise KeyError(f"No kind of support {support_kind!r}. Choose from: {choices}.{hint}")
        if rule_id not in self.in_force:
            raise NotVerified(not_verified(rule_id, self.day, "en"))
        return self.in_force[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(_amount_rules())

    def __len__(self) -> int:
        return len(_amount_rules())

    def __contains__(self, support_kind: object) -> bool:
        return support_kind in _amount_rules()

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
        _refuse_unknown(facts)
        known = {**facts, "support_kind": support_kind, "month": self.day.month}
        judged = [rule for rule in self.in_force.values() if _is_judged(rule)]
        answers = [(rule, _judge(rule, known)) for rule in judged]
        against = tuple(rule for rule, answer in answers if answer is False)
        undecided = tuple(rule for rule, answer in answers if answer is None)
        missing = dict.fromkeys(name for rule in undecided for name in _missing(rule, known))
        is_allowed = False if against else None if undecided else True
        return Eligibility(is_allowed, against, undecided, tuple(missing))


def rules_on(day: date) -> Rules:
    """Give the rules of a day as a mapping by kind of support.

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
    return _rules_on(day.date() if isinstance(day, datetime) else day)


@cache
def _rules_on(day: date) -> Rules:
    return Rules(day)


def not_verified(rule_id: str, day: date, language: Language) -> str:
    """Say in words that no source speaks of a rule on a day, and what would verify it.

    Example:
        >>> not_verified("catering_cap_eur", date(2016, 1, 1), "lv")
        '„Ēdināšanas griesti”, 2016. gada 1. janvāris: nav pārbaudīts. ...
    """
    rule = catalogue.entries("rules")[rule_id]
    first, *_, end = rule["values"]
    return say(
        "rules.not_verified",
        language,
        name=rule["name"][language],
        day=long_date(day, language),
        first=long_date(first, language),
        last=long_date(end - timedelta(days=1), language),
        verify=rule["verify"][language],
    )


def change_days() -> tuple[date, ...]:
    """Give every day on which any rule begins, changes or ends.

    Example:
        >>> [day.isoformat() for day in change_days()][:2]
        ['2017-03-01', '2017-10-02']
    """
    days = {day for rule in catalogue.entries("rules").values() for day in rule["values"]}
    return tuple(sorted(days))


def rule_table(day: date | None = None) -> pd.DataFrame:
    """List every rule value with its time, source and words.

    One row per: rule and value; with ``day``, one row per rule as it stood on that day.

    Args:
        day: Show one day only. A rule no source speaks of on that day has the status not_verified,
            no value, and in its notes what would verify it.

    Example:
        >>> rule_table(date(2019, 10, 1)).set_index("rule").loc["catering_cap_eur", "value_en"]
        'at most €70.00 per learner and month'
    """
    rules = catalogue.entries("rules")
    if day is None:
        rows = [_row(rule) for rule_id in rules for rule in _steps(rule_id)]
    else:
        rows = [_row_on(rule_id, day) for rule_id in rules]
    frame = pd.DataFrame(rows)
    for column in ("valid_from", "valid_to", "checked"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def also_stated() -> pd.DataFrame:
    """List what other sources say instead, where sources disagree on a rule.

    One row per: rule and differing statement.

    Example:
        >>> "ngo_project_grant_eur" in set(also_stated()["rule"])
        True
    """
    return pd.DataFrame(
        {
            "rule": rule_id,
            "name_lv": rule["name"]["lv"],
            "name_en": rule["name"]["en"],
            "says_lv": other["says"]["lv"],
            "says_en": other["says"]["en"],
            "source": other["source"],
            "source_title": catalogue.entries("sources")[other["source"]]["title"],
        }
        for rule_id, rule in catalogue.entries("rules").items()
        for other in rule.get("also_stated", ())
    )


@cache
def breaks() -> tuple[Break, ...]:
    """Give the days on which a series of figures breaks, in order of time.

    Example:
        >>> [str(each.date) for each in breaks() if "municipalities" in each.affects]
        ['2021-07-01', '2025-07-01']
    """
    found = [Break(break_id, **entry) for break_id, entry in catalogue.entries("breaks").items()]
    return tuple(sorted(found, key=lambda each: each.date))


@cache
def _amount_rules() -> Mapping[str, str]:
    """Kind of support -> rule that holds its amount, in the order of the code list."""
    by_kind = {
        rule["support_kind"]: rule_id
        for rule_id, rule in catalogue.entries("rules").items()
        if "support_kind" in rule
    }
    order = catalogue.entries("codes")["support_kind"]
    return MappingProxyType({kind: by_kind[kind] for kind in order})


@cache
def _steps(rule_id: str) -> tuple[Rule, ...]:
    """Every value of a rule as a Rule, each lasting to the day before the next."""
    entry = catalogue.entries("rules")[rule_id]
    days = list(entry["values"])
    return tuple(
        Rule(
            rule_id=rule_id,
            name=entry["name"],
            kind=entry["kind"],
            scope=entry["scope"],
            unit=entry["unit"],
            per=entry["per"].split()[-1] if entry["per"] else None,
            support_kind=entry.get("support_kind"),
            value=value["value"],
            status=value["status"],
            source=value["source"],
            checked=value["checked"],
            note=value["note"],
            says=value.get("says"),
            valid_from=day,
            valid_to=following - timedelta(days=1),
        )
        for (day, value), following in zip(entry["values"].items(), days[1:], strict=False)
    )


def _on(rule_id: str, day: date) -> Rule | None:
    found = (rule for rule in _steps(rule_id) if rule.valid_from <= day <= rule.valid_to)
    return next(found, None)


def _row_on(rule_id: str, day: date) -> dict[str, object]:
    rule = _on(rule_id, day)
    if rule is not None:
        return _row(rule)
    silence = {f"value_{lang}": say("rules.nothing.not_verified", lang) for lang in ("lv", "en")}
    notes = {f"note_{lang}": not_verified(rule_id, day, lang) for lang in ("lv", "en")}
    empty = dict.fromkeys(("value", "valid_from", "valid_to", "source", "source_title", "checked"))
    return _row(_steps(rule_id)[0]) | empty | silence | notes | {"status": "not_verified"}


def _row(rule: Rule) -> dict[str, object]:
    plain = ("kind", "scope", "unit", "per", "support_kind", "valid_from", "valid_to", "value")
    proof = ("status", "source", "source_title", "checked")
    return {
        "rule": rule.rule_id,
        "name_lv": rule.name["lv"],
        "name_en": rule.name["en"],
        **{name: getattr(rule, name) for name in plain},
        "value_lv": rule.value_text("lv"),
        "value_en": rule.value_text("en"),
        **{name: getattr(rule, name) for name in proof},
        "note_lv": rule.note["lv"],
        "note_en": rule.note["en"],
    }


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


def _refuse_unknown(facts: Mapping[str, object]) -> None:
    choices = sorted(_facts_asked() - {"support_kind", "month"})
    for name in facts:
        if name not in choices:
            near = nearest(name, choices)
            hint = f" The nearest is {near!r}." if near else ""
            raise ValueError(f"No rule asks for {name!r}. Choose from: {', '.join(choices)}.{hint}")
