"""The facts of the five founding documents, said in Latvian and English.

Comes in: ``data/published/founding.yaml`` and the words of ``catalogue/founding_terms.yaml``. Goes
out: one row per fact. Nothing is judged here; where documents disagree, both facts stand.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd
import yaml

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import LANGUAGES, Language, long_date, month, number, say, school_year

_ABOUT_THE_DOCUMENT = ("id", "title", "publisher", "address")
_QUOTES: Mapping[Language, str] = {"lv": "„{}”", "en": "“{}”"}
Path = tuple[Any, ...]


@cache
def documents() -> tuple[Mapping[str, Any], ...]:
    """Give the founding documents as the facts file holds them.

    Example:
        >>> [document["id"] for document in documents()][:2]
        ['founding-tukums-2022', 'founding-jekabpils']
    """
    with (catalogue.DATA / "published" / "founding.yaml").open(encoding="utf-8") as file:
        return tuple(yaml.safe_load(file))


@cache
def stated(document_id: str) -> Mapping[str, Any]:
    """Give the facts of one document by topic, as the facts file holds them.

    Example:
        >>> stated("founding-jekabpils")["funding.total"]
        '39,81 milj. EUR'
    """
    document = next(each for each in documents() if each["id"] == document_id)
    return {".".join(map(str, path)): value for path, value in _facts(document, ())}


def founding_facts() -> pd.DataFrame:
    """List every fact of the founding documents, in their order.

    One row per: fact; a list (schools, subjects, kinds of specialist) is one fact.

    Columns:
        document_id, source_title, publisher, address: The document.
        order: Place of the fact in its document, from 1.
        topic: Path of keys in the facts file, such as ``case_study.participants.learners``.
        label_lv, label_en: What the fact is about.
        value_lv, value_en: The fact; strings whose form matters stand in quotation marks.

    Example:
        >>> facts = founding_facts().set_index(["document_id", "topic"])
        >>> facts.loc[("founding-tukums-2022", "learners_with_consultations"), "value_en"]
        '284'
    """
    return pd.DataFrame(row for document in documents() for row in _rows(document))


def _rows(document: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    facts = {key: value for key, value in document.items() if key not in _ABOUT_THE_DOCUMENT}
    for order, (path, value) in enumerate(_facts(facts, ()), start=1):
        label = _label(path)
        yield {
            "document_id": document["id"],
            "source_title": document["title"],
            "publisher": document["publisher"],
            "address": document.get("address", ""),
            "order": order,
            "topic": ".".join(str(part) for part in path),
            **{f"label_{lang}": _label_text(path, document, lang) for lang in LANGUAGES},
            **{f"value_{lang}": _text(label.get("as"), value, lang) for lang in LANGUAGES},
        }


def _facts(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401  (any YAML)
    if isinstance(value, dict):
        if ".".join(map(str, path)) in catalogue.entries("founding_terms")["totals"]:
            yield path, value
        for key, inner in value.items():
            yield from _facts(inner, (*path, key))
    elif isinstance(value, list) and isinstance(value[0], dict):
        for place, inner in enumerate(value, start=1):
            yield from _facts(inner, (*path, place))
    else:
        yield path, value


def _keys(path: Path) -> list[str]:
    return [str(part) for part in path if not isinstance(part, int)]


def _label(path: Path) -> Mapping[str, Any]:
    """The entry for a path: the exact one, else the one with a star in a key's place."""
    labels = catalogue.entries("founding_terms")["labels"]
    keys = _keys(path)
    starred = [".".join([*keys[:place], "*", *keys[place + 1 :]]) for place in range(len(keys))]
    for key in (".".join(keys), *starred):
        if key in labels:
            entry: Mapping[str, Any] = labels[key]
            return entry
    raise KeyError(f"founding_terms.yaml has no label for {'.'.join(keys)}")


def _label_text(path: Path, document: Mapping[str, Any], language: Language) -> str:
    label = _label(path)
    text = str(label[language])
    if "code" in label:
        name = _code_of(label["code"], path, language)
        text = text.format(code=name if text.startswith("{code}") else _inside(name))
    if len(path) > 1 and isinstance(path[1], int) and path[-1] != "as_published":
        period = document[path[0]][path[1] - 1]["as_published"]
        return say("founding.of_period", language, label=text, period=_term(period, language))
    return text


def _code_of(codes: str, path: Path, language: Language) -> str:
    known = catalogue.entries("codes")[codes]
    return str(next(known[key]["name"][language] for key in _keys(path) if key in known))


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: a common noun loses its capital."""
    return name[0].lower() + name[1:] if name.split(maxsplit=1)[0][1:].islower() else name


def _text(how: str | None, value: Any, language: Language) -> str:  # noqa: ANN401  (any YAML)
    if value is None:
        return say("founding.nothing", language)
    if how is None:
        return _by_type(value, language)
    if how in _WRITE:
        return _WRITE[how](value, language)
    names = catalogue.entries("codes")[how]
    return _joined([_inside(str(names[code]["name"][language])) for code in value])


def _by_type(value: Any, language: Language) -> str:  # noqa: ANN401  (any YAML)
    if isinstance(value, dict):
        total = sum(value.values())
        return say("founding.people_in_groups", language, count=total, groups=len(value))
    if isinstance(value, list):
        return _joined([_term(item, language) for item in value])
    if value is True:
        return say("founding.yes", language)
    if isinstance(value, dt.date):
        return long_date(value, language)
    return number(value, language) if isinstance(value, int) else _term(value, language)


def _term(word: str, language: Language) -> str:
    """A word of the facts file; names of schools and places are their own words."""
    return str(catalogue.entries("founding_terms")["terms"].get(word, {}).get(language, word))


def _quoted(value: str, language: Language) -> str:
    quotation = _QUOTES[language].format(value)
    meaning = catalogue.entries("founding_terms")["terms"][value]["en"]
    return quotation if language == "lv" else f"{quotation} ({meaning})"


def _joined(items: list[str]) -> str:
    return ("; " if any("," in item for item in items) else ", ").join(items)


def _range(key: str) -> Callable[[Any, Language], str]:
    return lambda ends, language: say(key, language, first=ends[0], last=ends[1])


_WRITE: Mapping[str, Callable[[Any, Language], str]] = {
    "year": lambda value, _: str(value),
    "month": lambda value, language: month(dt.date.fromisoformat(f"{value}-01"), language),
    "school_year": lambda value, language: say(
        "founding.school_year", language, year=school_year(value, language)
    ),
    "name": lambda value, _: str(value),
    "quoted": _quoted,
    "grades": _range("founding.grades"),
    "courses": _range("founding.courses"),
}
