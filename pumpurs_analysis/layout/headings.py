"""What a heading says: a field of a form, a value spread over columns, or nothing known.

Comes in: the text of a heading. Goes out: the fields it may mean. Knows the catalogue's headings
and codes; knows nothing of rows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from pumpurs_analysis import catalogue
from pumpurs_analysis.periods import read_period
from pumpurs_analysis.spellings import listed, pattern
from pumpurs_analysis.text import fold, tidy_spaces

_NOT_WORDS = re.compile(r"[^a-z0-9#]+")
_UNITS = re.compile(r"\b(eur|euro|eiro|h|st|stundas)\b")
_MONEY = re.compile(r"(?i)\b(eur|euro|eiro)\b|€")
_JOINTS = " \n,;:/|()[]-–—"
_SHORT = 5  # letters; a shorter heading must be spelt as listed
_ALIKE = 88  # of 100: how near a heading must be to one listed
_SUGGESTED = 70  # of 100: how near to be named as what may have been meant
# What people write for "nothing here"; a zero is written 0 and is something else.
NOTHING = frozenset(
    {"", "-", "--", "–", "—", "…", "...", "n/a", "na", "n.a.", "n/p", "nav", "nav datu", "x/x", "?"}
    | {"null", "none", "nan"}
)
_LONGEST_NOTHING = 12  # letters
_MAY_BE_SPREAD = ("support_kind", "risk_category", "risk")


@dataclass(frozen=True)
class Value:
    """A heading that is itself a value: a month, a kind of support, a risk.

    Attributes:
        field: ``month``, ``support_kind``, ``risk_category`` or ``risk``.
        written: The heading's text, to be read like a cell of that field.
    """

    field: str
    written: str


def plain_heading(text: str) -> str:
    r"""Reduce a heading to its letters and figures.

    Example:
        >>> plain_heading(" Izmaksātā  summa,\nEUR "), plain_heading("N. p. k.")
        ('izmaksata summa eur', 'n p k')
    """
    return _NOT_WORDS.sub(" ", fold(text)).strip()


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Plain heading -> fields it is listed for."""
    found: dict[str, tuple[str, ...]] = {}
    for field, entry in catalogue.entries("headings").items():
        for spelling in entry["written"]:
            key = plain_heading(spelling)
            found[key] = tuple(dict.fromkeys([*found.get(key, ()), field]))
            # written together ("p.k.", "pk") or with its spaces, a short heading is the same
            found.setdefault(key.replace(" ", ""), found[key])
    return found


@lru_cache(maxsize=50_000)
def fields_of(text: str) -> tuple[str, ...]:
    """Give the fields a heading may mean, by exact spelling first, then by likeness.

    Example:
        >>> fields_of("Izmaksātā summa (EUR)"), fields_of("Izgl. iestādes nosaukums")
        (('amount',), ('school',))
        >>> fields_of("Pavisam kaut kas cits")
        ()
    """
    key = plain_heading(text)
    if not key:
        return ()
    without_unit = " ".join(_UNITS.sub(" ", key).split())
    for spelling in (key, without_unit, key.replace(" ", "")):
        if spelling in _listed():
            return _listed()[spelling]
    if len(without_unit) < _SHORT:
        return ()
    near = process.extractOne(
        without_unit, list(_listed()), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE
    )
    return _listed()[near[0]] if near else ()


def nearest_heading(text: str, wanted: Iterable[str]) -> str | None:
    """Give the listed heading most like a text among the fields wanted, or None.

    Example:
        >>> nearest_heading("Menesi", ["month", "amount"])
        'mēnesis'
    """
    entries = catalogue.entries("headings")
    choices = {word: plain_heading(word) for field in wanted for word in entries[field]["written"]}
    near = process.extractOne(
        plain_heading(text), choices, scorer=fuzz.ratio, score_cutoff=_SUGGESTED
    )
    return str(near[2]) if near else None


@cache
def spellings(codes: str) -> Mapping[str, str]:
    """Plain spelling -> code of one code list, names and codes included.

    Example:
        >>> spellings("plan_status")["apstiprinats"]
        'approved'
    """
    found: dict[str, str] = {}
    for code, entry in catalogue.entries("codes")[codes].items():
        names = [*entry["name"].values(), *entry.get("short", {}).values()]
        for spelling in [code, code.replace("_", " "), *names, *entry.get("written", ())]:
            found.setdefault(plain_heading(str(spelling)), code)
    return found


@cache
def _codes() -> Mapping[str, tuple[str, str]]:
    """Plain spelling -> (field, code) of everything that may be spread over columns."""
    return {
        spelling: (field, code)
        for field in reversed(_MAY_BE_SPREAD)  # of one spelling, the first field's counts
        for spelling, code in spellings(field).items()
    }


@cache
def _month() -> re.Pattern[str]:
    return re.compile(pattern([word for words in listed("months") for word in words]))


@lru_cache(maxsize=50_000)
def value_of(text: str) -> Value | None:
    """Say which value a heading is, if it is one.

    Example:
        >>> value_of("Ēdināšana"), value_of("Skola")
        (Value(field='support_kind', written='catering'), None)
        >>> value_of("sept.")
        Value(field='month', written='sept.')
    """
    key = plain_heading(text)
    for spelling in (key, " ".join(_UNITS.sub(" ", key).split())):
        if spelling in _codes():
            return Value(*_codes()[spelling])
    month = _MONEY.sub(" ", text).strip(_JOINTS)
    return Value("month", month) if is_month(month) else None


@lru_cache(maxsize=50_000)
def values_of(text: str) -> tuple[Value, ...]:
    """Give the values a heading holds: one, or a month joined with what it is the month of.

    Example:
        >>> [value.written for value in values_of("2022. gada septembris, transports")]
        ['2022. gada septembris', 'transport']
        >>> values_of("Skola"), len(values_of("Ēdināšana"))
        ((), 1)
    """
    words = tidy_spaces(text).split()
    for cut in range(1, len(words)):
        sides = [" ".join(side).strip(_JOINTS) for side in (words[:cut], words[cut:])]
        values = [value for side in sides if (value := value_of(side))]
        fields = {value.field for value in values}
        is_amount = len(values) == 1 and any("amount" in fields_of(side) for side in sides)
        if "month" in fields and ("support_kind" in fields or is_amount):
            return tuple(values)
    whole = value_of(text)
    return (whole,) if whole else ()


def is_month(text: str) -> bool:
    """Say whether a text is one month, with its year or without, and nothing else.

    Example:
        >>> [is_month(text) for text in ("Septembris", "09.2022", "2022-09-01", "2022", "maijā 5")]
        [True, True, True, False, False]
    """
    word = fold(text).strip(" .,")
    if _month().fullmatch(f"{word}.") or _month().fullmatch(word):
        return True
    read = read_period(text)
    if read.start is None or read.end is None:
        return False
    is_first_day = read.start == read.end and read.start.day == 1
    is_whole = read.start.day == 1 and (read.end.month, read.end.year) == (
        read.start.month,
        read.start.year,
    )
    return is_first_day or (is_whole and read.end.day > 27)  # noqa: PLR2004  (the last of a month)


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is nothing.

    Example:
        >>> [is_nothing(text) for text in ("—", "n/a", "0", "nav")]
        [True, True, False, True]
    """
    return len(text) < _LONGEST_NOTHING and text.strip().casefold() in NOTHING
