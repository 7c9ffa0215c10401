"""One rule as it stood on a day, its value in words, and the steps a rule takes over time.

Comes in: ``catalogue/rules.yaml``. Goes out: Rules of one value each; none is carried over into a
time no source speaks of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import Language, long_date, money, percent, say

_DAY = timedelta(days=1)
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
            >>> on("catering_cap_eur", date(2019, 10, 1)).value_text("en")
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
class Change:
    """A value one wants to try for a rule; the catalogue stays as it is.

    Attributes:
        rule_id: Entry of ``catalogue/rules.yaml``.
        value: What holds instead: euros or hours, or a list of requirements.
        first: First day of the trial.
        last: Last day of the trial.
    """

    rule_id: str
    value: Any
    first: date = date.min
    last: date = date.max


@cache
def steps(rule_id: str) -> tuple[Rule, ...]:
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


def on(rule_id: str, day: date, changes: Iterable[Change] = ()) -> Rule | None:
    """Give a rule as it stood on a day, or as one wants to try it; None where no source speaks.

    Example:
        >>> on("catering_cap_eur", date(2019, 10, 1), [Change("catering_cap_eur", 80)]).value_eur
        Decimal('80')
    """
    found = (rule for rule in steps(rule_id) if rule.valid_from <= day <= rule.valid_to)
    rule = next(found, None)
    for change in changes:
        if rule and change.rule_id == rule_id and change.first <= day <= change.last:
            rule = replace(rule, value=change.value, status="tried", says=None)
    return rule


def in_force(day: date, changes: Iterable[Change] = ()) -> Mapping[str, Rule]:
    """Give every rule a source speaks of on a day, by its id.

    Example:
        >>> "summer_months" in in_force(date(2019, 10, 1)), len(in_force(date(2016, 1, 1)))
        (True, 0)
    """
    found = {rule_id: on(rule_id, day, changes) for rule_id in catalogue.entries("rules")}
    return MappingProxyType({rule_id: rule for rule_id, rule in found.items() if rule})


def change_days(changes: Iterable[Change] = ()) -> tuple[date, ...]:
    """Give every day on which any rule, or what is tried, begins, changes or ends.

    Example:
        >>> [day.isoformat() for day in change_days()][:2]
        ['2017-03-01', '2017-10-02']
    """
    days = {day for rule in catalogue.entries("rules").values() for day in rule["values"]}
    for change in changes:
        days |= {change.first, min(change.last, date.max - _DAY) + _DAY}
    return tuple(sorted(days))


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


@cache
def amount_rules() -> Mapping[str, str]:
    """Kind of support -> rule that holds its amount, in the order of the code list."""
    by_kind = {
        rule["support_kind"]: rule_id
        for rule_id, rule in catalogue.entries("rules").items()
        if "support_kind" in rule
    }
    order = catalogue.entries("codes")["support_kind"]
    return MappingProxyType({kind: by_kind[kind] for kind in order})
