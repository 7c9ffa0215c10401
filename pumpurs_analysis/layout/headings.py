"""What a heading says: a field of a form, a value spread over columns, or nothing known.

Comes in: the text of a heading. Goes out: the fields it may mean. Knows the catalogue's headings
and codes; knows nothing of rows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from pumpurs_analysis import catalogue
from pumpurs_analysis.days import plain_month, with_days
from pumpurs_analysis.grades import grade_band
from pumpurs_analysis.hours import unit_of
from pumpurs_analysis.periods import read_month
from pumpurs_analysis.spellings import (
    code_spellings,
    kind_of_support,
    listed,
    of_abbreviation,
    plain_heading,
)
from pumpurs_analysis.text import tidy_spaces

_UNITS = re.compile(r"(?i)\b(eur|euro|eiro|h|st|stundas?|hours?|min|ja ne)\b\.?|€")
_JOINTS = " \n,;:/|()[]-–—*"
_SHORT = 5  # letters; a shorter heading must be spelt as listed
_ALIKE = 88  # of 100: how near a heading must be to one listed
MAY_BE_SPREAD = ("support_kind", "risk_category", "risk")
IDENTITY = ("plan_id", "learner_code", "learner_local_code", "learner", "ngo_project_id")
_WHO = frozenset({*IDENTITY, "learner_name"})
TAUGHT = frozenset({"hours", "subject", "specialist", "specialist_code", "specialist_kind"})
_NO_MONTH = re.compile(r"(?i)\d*\.?|20\d\d\W+([12]|ii?)")  # a number; the half of a year
_NUMBER, _DAY = re.compile(r"\d\d?\.?"), re.compile(r"(\d\d?) diena")
_WEEK = re.compile(r"\d\d? (ned[a-z]*|week)|(ned[a-z]*|week) \d\d?")
_GROUP = re.compile(r"(?i)^(atbalsts|risks|riski) ?[:–—-] ?")  # "Atbalsts: transp."
_SCHOOL_YEAR = re.compile(r"(20\d\d) (?:20)?(\d\d)(?: (?:m g|mg|macibu gads))?")
_MOST_OF_MONTH = 15  # numbers in order that are days whatever stands beside them
_ENDING = re.compile(r"([aeiou]?s|[aeiou]|iem)$")
_NOT_ASKED = frozenset({"learner", "learner_count", "planned_amount"})
_ASKS = re.compile(r"(jusu|ludzu|norad\w*|ierakst\w*|izvel\w*|atzim\w*|please|enter|select|your)\b")
_REMARK = re.compile(r" *\([^)]*\) *")
_CLASS = re.compile(r"(?i)\d\d?[.-]? ?[a-h]\.?")
_HALF = re.compile(r"(?i)([12]|ii?)(\W+\d+)?")
_HALF_IN = re.compile(
    r"(?i)\(?(?:\b20\d\d\.?\s?[/–-]\s?(?:20)?\d\d\.?\s?(?:m\.?\s?g\.?)?,?\s?)?"
    r"(?:\b(?:[12]|ii?|pirm\w+|otr\w+)\.?\s?(?:sem|pusg)\w*\.?|\b(?:semester|term)\s[12]\b)\)?"
)
_OF_YEAR = re.compile(r" 20\d\d( g\w*)?$")
_LONG = re.compile(  # years, their halves and quarters, in plain letters
    r"(20\d\d ((20)?\d\d )?)?((m )?g |macibu gads? |gada )?([12]|ii?) ?(sem\w*|pusg\w*)"
    r"|(20\d\d (g |gada )?)?([1-4]|i{1,3}|iv) ?(cet\w*|kv\w*)( 20\d\d)?( g\w*)?"
    r"|20\d\d (20)?\d\d ([12]|ii?)|20[12]\d( g\w*)?"
)
_MEMBER = re.compile(r"(\d)[.)] ?(\D+)|(\D+?)[ ._(]*(?:[nN]r\.? ?)?(\d)(\D*)")  # 09 is a month
_REPEATED = frozenset({*MAY_BE_SPREAD, *TAUGHT, "month", "date", "is_remote", "is_refund"})


@dataclass(frozen=True)
class Value:
    """A heading that is itself a value: a month, a kind of support, a risk."""

    field: str  # month, week, day, long_period, school_year, grade_band, subject, or of _codes
    written: str  # the heading's text, to be read like a cell of that field


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Plain heading -> fields it is listed for."""
    found: dict[str, tuple[str, ...]] = {}
    for field, entry in catalogue.entries("headings").items():
        for spelling in entry["written"]:
            key = plain_heading(spelling)
            found[key] = tuple(dict.fromkeys([*found.get(key, ()), field]))
            # written together ("p.k.", "pk") or with its spaces, a short heading is the same
            if len(key) <= _SHORT:
                found.setdefault(key.replace(" ", ""), found[key])
    return found


@lru_cache(maxsize=50_000)
def fields_of(text: str) -> tuple[str, ...]:
    """Give the fields a heading may mean, by exact spelling first, then by likeness.

    What is planned in hours ("Plānots, st.") is no sum; nor is what an hour costs or took.

    Example:
        >>> fields_of("Izmaksātā summa (EUR)"), fields_of("Izgl. iestādes nosaukums")
        (('amount',), ('school',))
        >>> fields_of("Pavisam kaut kas cits")
        ()
        >>> fields_of("Ierakstiet izglītojamā personas kodu:"), fields_of("Kura klase un skola?")
        (('learner_code',), ())
    """
    names = _named(text)
    if {"amount", "planned_amount"}.isdisjoint(names) or unit_of(text) != "hours":
        return names
    return ("planned_hours",) if "planned_amount" in names else ()


def _named(text: str) -> tuple[str, ...]:
    key = plain_heading(text)
    if not key or "%" in text:  # a share is none of the figures
        return ()
    without_unit = " ".join(_UNITS.sub(" ", key).split())
    for spelling in (key, without_unit, key.replace(" ", ""), _bare_sum(without_unit)):
        if spelling in _listed():
            return _listed()[spelling]
    if (meant := of_abbreviation(text, _listed())) and value_of(text) is None:
        return meant
    is_asked = text.rstrip().endswith(("?", ":")) or _ASKS.match(key)
    if is_asked and (asked := _asked(key)):
        return asked
    if (bare := _REMARK.sub("", text)) != text:  # a remark may tell one sum from another
        return () if any(map(is_measured, fields_of(bare))) else fields_of(bare)
    near = process.extractOne(
        without_unit, list(_listed()), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE
    )
    return _listed()[near[0]] if near and len(without_unit) >= _SHORT else ()


def _bare_sum(key: str) -> str:
    """A sum's heading without the programme ("PuMPuRS summa"), a total's without its year."""
    ours = " ".join(word for word in key.split() if word != "pumpurs")
    total = _OF_YEAR.sub("", key)
    is_sum = any(map(is_measured, _listed().get(ours, ())))
    return ours if is_sum else total if "row_total" in _listed().get(total, ()) else key


def _asked(key: str) -> tuple[str, ...]:
    """Give the fields of the only heading whose words, in any case, stand in a question."""
    words = " ".join(_ENDING.sub("", word) for word in key.split())
    found = {stems: names for stems, names in _stems().items() if f" {stems} " in f" {words} "}
    longest = [one for one in found if not any(one != other and one in other for other in found)]
    return found[longest[0]] if len({found[one] for one in longest}) == 1 else ()


@cache
def _stems() -> Mapping[str, tuple[str, ...]]:
    """Headings by their words without endings; whom a question is about is not what it asks."""
    found: dict[str, tuple[str, ...]] = {}
    for key, names in _listed().items():
        if len(key) >= _SHORT and _NOT_ASKED.isdisjoint(names):
            stems = " ".join(_ENDING.sub("", word) for word in key.split())
            found[stems] = tuple(dict.fromkeys([*found.get(stems, ()), *names]))
    return found


def is_measured(field: str) -> bool:
    """Say whether a field is an amount of money or hours."""
    return catalogue.entries("headings")[field]["reads"] in {"money", "cents", "hours"}


@cache
def _codes() -> Mapping[str, tuple[str, str]]:
    """Plain spelling -> (field, code) of everything that may be spread over columns."""
    return {
        spelling: (field, code)
        for field in (
            "specialist_kind",
            *reversed(MAY_BE_SPREAD),
        )  # of one spelling, the last counts
        for spelling, code in code_spellings(field).items()
    }


@lru_cache(maxsize=50_000)
def value_of(text: str, *, is_told: bool = False) -> Value | None:
    """Say which value a heading is, if it is one.

    ``is_told``: something beside it tells that "09.22" or "IX.22" is a month.

    Example:
        >>> value_of("Ēdināšana"), value_of("Skola")
        (Value(field='support_kind', written='catering'), None)
        >>> value_of("sept.")
        Value(field='month', written='sept.')
    """
    text = _GROUP.sub("", text)
    key = plain_heading(text)
    without_unit = " ".join(_UNITS.sub(" ", key).split())
    for spelling in (key, without_unit):
        if spelling in _codes():
            return Value(*_codes()[spelling])
    if code := of_abbreviation(text, _codes()):
        return Value(*code)
    for field, reads in (
        ("support_kind", kind_of_support),
        ("grade_band", grade_band),
        ("subject", _subject),
    ):
        if meant := reads(text):
            return Value(field, meant)
    if (day := _DAY.fullmatch(key)) or _LONG.fullmatch(without_unit):
        return Value("day", day[1]) if day else Value("long_period", tidy_spaces(text))
    if (years := _SCHOOL_YEAR.fullmatch(key)) and int(years[1]) % 100 + 1 == int(years[2]):
        return Value("school_year", f"{years[1]}/20{years[2]}")
    return _month_in(text, is_told=is_told)


def _subject(text: str) -> str | None:
    return tidy_spaces(text) if plain_heading(text) in listed("subjects") else None


def _month_in(text: str, *, is_told: bool) -> Value | None:
    """A month, or a week of one."""
    if _WEEK.fullmatch(plain_heading(text)):
        return Value("week", tidy_spaces(text))
    month = _UNITS.sub(" ", text).strip(_JOINTS)
    read = read_month(month)
    is_month = read is not None and (read.is_plain or (is_told and read.year is not None))
    return Value("month", month) if is_month else None


@lru_cache(maxsize=50_000)
def member_of(text: str) -> tuple[tuple[str, ...], int]:
    """Give the fields and the number of a heading that stands there once for each of several.

    Example:
        >>> member_of("Summa 2, EUR"), member_of("2. risks"), member_of("1. klase")
        ((('amount',), 2), (('risk',), 2), ((), 0))
    """
    found = _MEMBER.fullmatch(tidy_spaces(text))
    if found is None or value_of(text):
        return (), 0
    names = fields_of(found[2] or found[3] + found[5])
    kept = tuple(name for name in names if name in _REPEATED or is_measured(name))
    return kept, int(found[1] or found[4]) if kept else 0


def is_long(text: str) -> bool:
    """Say whether a heading is a quarter, half-year or year."""
    value = value_of(text)
    return value is not None and value.field == "long_period"


@lru_cache(maxsize=50_000)
def half_in(text: str) -> tuple[str, str]:
    """Give the half of a year that a heading names, and the rest of it.

    Example:
        >>> half_in("IAP 1. semestrī"), half_in("2. semestris"), half_in("Semestris")
        (('1. semestrī', 'IAP'), ('2. semestris', ''), ('', 'Semestris'))
    """
    found = _HALF_IN.search(text)
    rest = tidy_spaces(_HALF_IN.sub(" ", text)).strip(_JOINTS) if found else text
    is_worded = not found or any(map(str.isalpha, rest))  # "(09.-12.)" says no more
    return (found[0].strip("() ") if found else ""), rest if is_worded else ""


@lru_cache(maxsize=50_000)
def series_of(text: str) -> str:
    """Say which row of headings one belongs to that says little alone: "Summa 2", "II cet."."""
    return "long_period" if is_long(text) else next(iter(member_of(text)[0]), "")


def with_months(
    row: list[str], beside: Iterable[str] = (), context: Mapping[str, str] | None = None
) -> list[str]:
    """Write months and days that only their place tells as plain ones, beside learners.

    "09.22" can be nothing else there; "IX" may be a grade or a mark, and "2022-I" a semester, but
    not where the next heading goes on with X. Elsewhere they may be amounts or numbers of columns.

    Example:
        >>> with_months(["IAP kods", "IX", "X, EUR", "V"]), with_months(["A-1", "10.22", "11.22"])
        (['IAP kods', '9. mēnesis', '10. mēnesis', 'V'], ['A-1', '10.22', '11.22'])
        >>> with_months(["IAP kods", "Stundas", "9", "16"])
        ['IAP kods', 'Stundas', '9. diena', '16. diena']
    """
    others = [*beside] or [""] * len(row)
    known = {field for text in (*row, *others) for field in fields_of(text)}
    if known.isdisjoint(_WHO):
        is_class = [bool(_CLASS.fullmatch(text)) for text in row]
        is_sure = "school" in known and sum(is_class) > 1  # beside learners "5.a" is a cell
        pairs = zip(row, is_class, strict=True)
        return [f"{text} klase" if is_sure and at else text for text, at in pairs]
    bare = ["" if value_of(text) else _UNITS.sub(" ", text).strip(_JOINTS) for text in row]
    filled = [at for at, text in enumerate(row) if text]
    read = [None if _NO_MONTH.fullmatch(bare[at]) else read_month(bare[at]) for at in filled]
    places = [month.month if month else 0 for month in read]
    steps = [a > 0 and b - a in {1, -11} for a, b in pairwise([0, *places, 0])]
    written = with_days(row, [bool(fields_of(text)) for text in others])
    for at, month, is_beside in zip(filled, read, map(any, pairwise(steps)), strict=True):
        if month and (is_beside or (month.year and not _HALF.fullmatch(bare[at]))):
            written[at] = plain_month(month.month, month.year)
    numbers = {at: int(text.strip(".")) for at, text in enumerate(bare) if _NUMBER.fullmatch(text)}
    if 2 * sum(bool(others[at]) for at in numbers) < len(numbers):  # else data, or their numbering
        unit = _unit_counted([*numbers.values()], known, context)
        for at in numbers if unit else ():
            written[at] = f"{numbers[at]}. {unit}"
    return written


def _unit_counted(numbers: list[int], known: set[str], context: Mapping[str, str] | None) -> str:
    """What numbers as headings count: days of a month, months, or nothing that is sure."""
    steps = {after - before for before, after in pairwise(numbers)}
    if max(numbers) > 12:  # noqa: PLR2004  (a year's months)
        is_days = min(steps, default=0) > 0 and numbers[0] > 0 and numbers[-1] <= 31  # noqa: PLR2004  (a month's days)
        is_month = len(numbers) >= _MOST_OF_MONTH  # weekends and holidays may lack
        return "diena" if is_days and (known & TAUGHT or is_month) else ""
    told = {"semester": "2"} if context is None else context
    is_second = "month" not in told and told.get("semester", "").endswith("2")
    is_taught = "taught" in told or known & TAUGHT  # "1", "2": the first consultation, the second
    is_year = "year" in told and not is_taught
    is_sure = is_second or is_year or numbers[0] == 9  # noqa: PLR2004  (a school year begins in September)
    return "mēnesis" if is_sure and steps and steps <= {1, -11} else ""


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
        found = [value_of(side) for side in sides]
        is_kind = any(value and value.field == "support_kind" for value in found)
        values = [value for side in sides if (value := value_of(side, is_told=is_kind))]
        fields = {value.field for value in values}
        is_amount = len(values) == 1 and any("amount" in fields_of(side) for side in sides)
        if "month" in fields and (fields & {"support_kind", "day"} or is_amount):
            return tuple(values)
    whole = value_of(text)
    return (whole,) if whole else ()
