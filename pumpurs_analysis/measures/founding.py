"""What the founding documents state, each fact held against what is known apart from it.

Comes in: the documents' facts and ``catalogue/founding_checks.yaml``. Goes out: one row per fact,
with what the published figures, rules, register or another document say, and whether they agree.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from pumpurs_analysis import catalogue, founding
from pumpurs_analysis.amounts import read_amount
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures.result import Result, cite
from pumpurs_analysis.periods import read_period
from pumpurs_analysis.rules import rules_on
from pumpurs_analysis.schools import match_school
from pumpurs_analysis.text import LANGUAGES, Language, number, say

_AT_LEAST = {"more_than", "at_least"}
_COMPUTED = "computed"  # stands among the sources of what rests on no single page


def founding_facts(data: Dataset, *, document: str, about: Iterable[str] = ()) -> Result:
    r"""List every fact that one of the five founding documents states, and what bears it out.

    One row per: fact.

    Columns:
        topic: Code of the topic.
        label_lv, label_en: What the fact is about.
        value_lv, value_en: The fact.
        found_lv, found_en: What is computed or loaded apart from it; missing where nothing is.
        relation: agrees, consistent (within rounding or a stated "more than"), differs, loaded (the
            document is the only source), stated_only (nothing to compute it from) or words.
        why_lv, why_en: Why it differs, or what would be needed to compute it.

    Leaves out:
        The documents' sentences; facts only.

    Sources:
        The document itself, and the pages whose figures it is held against.

    Args:
        data: A Dataset of published figures.
        document: Code of the document, such as founding-tukums-2022.
        about: First words of topics, such as ``funding``; all facts where left out.

    Raises:
        KeyError: No such document.

    Example:
        >>> from pumpurs_analysis import published
        >>> facts = founding_facts(published(), document="founding-jekabpils", about=["funding"])
        >>> facts.frame[["value_lv", "found_lv", "relation"]].iloc[0].to_list()
        ['„39,81 milj. EUR”', '39\xa0812\xa0376\xa0€ visā projektā', 'consistent']
    """
    facts = data.founding_facts
    rows = facts[facts["document_id"] == document].sort_values("order", ignore_index=True)
    if rows.empty:
        raise KeyError(f"No founding document {document}; there are {set(facts['document_id'])}")
    rows = rows[rows["topic"].str.startswith(tuple(about) or ("",))].reset_index(drop=True)
    found = [_held(data, document, str(topic)) for topic in rows["topic"]]
    told = pd.DataFrame([row for row, _ in found], index=rows.index, dtype="string")
    kept = rows[["topic", "label_lv", "label_en", "value_lv", "value_en"]]
    return Result(
        name="founding_facts",
        frame=kept.join(told),
        unit="figure",
        one_row_per="fact",
        evidence="published",
        sources=cite(data, [document, *(page for _, pages in found for page in pages)]),
        notes=("note.published_as_stated",),
        choices=MappingProxyType({"document": document}),
    )


class _Found(NamedTuple):
    """What a fact is held against: in words, as a value to compare, and where it is from."""

    words: Mapping[Language, str]
    value: object
    sources: tuple[str, ...] = ()


def _held(data: Dataset, document: str, topic: str) -> tuple[dict[str, object], tuple[str, ...]]:
    book = catalogue.entries("founding_checks")
    check = book["checks"][document].get(topic, {})
    stated = founding.stated(document)[topic]
    how = next((name for name in _HOW if name in check), None)
    found = _HOW[how](data, document, {**check, "stated": stated}) if how else _Found({}, None)
    why = check.get("why", {})
    why = book["whys"][why] if isinstance(why, str) else why
    relation = "stated_only" if check else "words"
    if how:
        relation = _relation(stated, found.value, rounding=check.get("tolerance", 0))
    if relation == "agrees" and set(found.sources) <= {document}:
        relation = "loaded"
    row: dict[str, object] = {f"found_{lang}": found.words.get(lang) for lang in LANGUAGES}
    row |= {"relation": relation} | {f"why_{lang}": why.get(lang) for lang in LANGUAGES}
    return row, found.sources


def _relation(stated: object, found: object, *, rounding: float) -> str:
    ours, theirs = _comparable(stated), _comparable(found)
    if ours == theirs:
        return "agrees"
    if isinstance(ours, float) and isinstance(theirs, float):
        is_floor = isinstance(stated, str) and read_amount(stated).qualifier in _AT_LEAST
        if abs(ours - theirs) <= rounding * theirs or (is_floor and theirs > ours):
            return "consistent"
    return "differs"


def _comparable(value: object) -> object:
    """What of a fact can be compared: a number, the last day of a term, a set, else the words."""
    if isinstance(value, dict):
        value = sum(value.values())
    if isinstance(value, list):
        return frozenset(map(str, value))
    if isinstance(value, str):
        amount = read_amount(value).value
        return read_period(value).end or (value if amount is None else float(amount))
    return float(value) if isinstance(value, int) else value


def _figures(data: Dataset, document: str, check: Mapping[str, Any]) -> _Found:
    """Add published figures; a minus before a code takes one away."""
    rows = data.published_figures.set_index("figure_id")
    rows = rows.loc[[code.lstrip("-") for code in check["figures"]]]
    signs = ["−" if code.startswith("-") else "+" for code in check["figures"]]
    values = rows["value"].astype(float).tolist()
    total = sum(-value if sign == "−" else value for sign, value in zip(signs, values, strict=True))
    sources = tuple(rows["source_id"].astype(str))
    publishers = [each.publisher for each in cite(data, set(sources) - {document})]
    words = {}
    for lang in LANGUAGES:
        parts = [f"{sign} {number(each, lang)}" for sign, each in zip(signs, values, strict=True)]
        sums = f" = {number(total, lang)}" if len(values) > 1 else ""
        said = " ".join(parts).removeprefix("+ ") + sums
        words[lang] = " – ".join([said, *publishers])
    return _Found(words, total, (*sources, _COMPUTED) if len(values) > 1 else sources)


def _fact(data: Dataset, document: str, check: Mapping[str, Any]) -> _Found:
    """Give what another document states, or count a list of the same one."""
    if isinstance(check["fact"], str):
        count = len(founding.stated(document)[check["fact"]])
        words = {lang: say("founding.named", lang, count=count) for lang in LANGUAGES}
        return _Found(words, count, (_COMPUTED,))
    other, topic = check["fact"]
    facts = data.founding_facts.set_index(["document_id", "topic"]).loc[(other, topic)]
    words = {lang: f"{facts[f'value_{lang}']} – {facts['publisher']}" for lang in LANGUAGES}
    return _Found(words, founding.stated(other)[topic], (other,))


def _rule(_data: Dataset, document: str, check: Mapping[str, Any]) -> _Found:
    """Give a rule as it stood on a day; one in words alone was taken over from the document."""
    rule = rules_on(check["day"]).in_force[check["rule"]]
    words = {lang: rule.value_text(lang) for lang in LANGUAGES}
    source = catalogue.entries("sources")[rule.source].get("founding", rule.source)
    if rule.unit == "grade":
        ends = rule.value[0]["grade"]
        return _Found(words, [ends["from"], ends["to"]], (source,))
    if isinstance(rule.value, list):
        return _Found(words, check["stated"], (document,))
    return _Found(words, rule.value, (source,))


def _schools(_data: Dataset, _document: str, check: Mapping[str, Any]) -> _Found:
    """Look the named schools up in the register."""
    names, place = check["stated"], check["schools"]
    there = [name for name in names if match_school(name, municipality=place).name]
    count = {"found": len(there), "count": len(names)}
    words = {lang: say("founding.in_register", lang, **count) for lang in LANGUAGES}
    return _Found(words, there, (_COMPUTED,))


_HOW = {"figures": _figures, "fact": _fact, "rule": _rule, "schools": _schools}
