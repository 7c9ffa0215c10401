"""The rules as tables, what other sources say instead, and the days on which a series breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.rules.rule import Rule, not_verified, on, steps
from pumpurs_analysis.text import Language, say


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
        rows = [_row(rule) for rule_id in rules for rule in steps(rule_id)]
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


def _row_on(rule_id: str, day: date) -> dict[str, object]:
    rule = on(rule_id, day)
    if rule is not None:
        return _row(rule)
    silence = {f"value_{lang}": say("rules.nothing.not_verified", lang) for lang in ("lv", "en")}
    notes = {f"note_{lang}": not_verified(rule_id, day, lang) for lang in ("lv", "en")}
    empty = dict.fromkeys(("value", "valid_from", "valid_to", "source", "source_title", "checked"))
    return _row(steps(rule_id)[0]) | empty | silence | notes | {"status": "not_verified"}


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
