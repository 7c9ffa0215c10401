"""What titles, the sheet's name and the file's name say of a whole table.

Comes in: the texts above a table. Goes out: field -> text, for fields that have no column. A title
is believed only where it surely names a school, municipality, period or kind of support.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath

from pumpurs_analysis.hours import unit_of
from pumpurs_analysis.layout.headings import fields_of, is_long, value_of
from pumpurs_analysis.municipalities import resolve
from pumpurs_analysis.periods import read_period
from pumpurs_analysis.read import Grid
from pumpurs_analysis.schools import match_school, register
from pumpurs_analysis.spellings import kind_of_support
from pumpurs_analysis.text import fold, tidy_spaces

_PARTS = re.compile(
    r"[,;:|()\n–—„”\"]| - |(?<=\w\w\w)\. (?=[A-ZĀČĒĢĪĶĻŅŠŪŽ])"
    r"|(?=\d\d?[./]\d\d$)|^\d\d?[.)] |\bpar\b|\b20\d\d\b|\bPuMPuRS\b"
)
# After a word in small letters, or a year: "Atbalsta personāls Tukuma 2. vidusskola".
_NAME = re.compile(r"\b(?:[a-zāčēģīķļņšūž]{4,}|g\.) (?=([A-ZĀČĒĢĪĶĻŅŠŪŽ].*))")
_LIKE_SCHOOL = re.compile(r"[^\W\d]\S+ (\S+ ){0,5}(\w*skola|gimnazija|tehnikums|koledza|licejs)")
_PLANNED = re.compile(r"(?!.*(maksat|faktisk|notiku|izpild)).*(planot|paredz)")
PAID = re.compile(r"(iz|sa|ap)maksa|parskait|faktisk|izliet|iztere|paid|spent")
_ENROLLED = re.compile(r"\b(izglitojamo|skolenu|audzeknu) skait|number of (learners|pupils)|enrol")
_SUPPORTED = re.compile(
    r"\b(atbalstit|iesaistit|dalibniek|piedal[aio]|sanemus|supported|participa)"
)
_SEPTEMBER = re.compile(r"\b1\. ?(09\b|septembr)|1 september")
_OF_PROGRAMME = re.compile(r"\b(pumpurs|iap)\b")
_TAUGHT = re.compile(r"konsult|consult|\bstund|\bhours")
_THOUSANDS = re.compile(
    r".*\b(tukst\w*\.? ?(eur|eiro|€)|thousands? (of )?eur|eur ?(thousands?|000)\b)"
)
_DENIED = re.compile(r"\b(bez|iznemot|nav|nesanem|atteik)")
_UNIT = re.compile(r"([A-ZĀČĒĢĪĶĻŅŠŪŽ]\w+ novad)[aā]\b")  # in the genitive or locative
_PRINTED = re.compile(  # a day; the first of a month may be how a program keeps that month
    r"\d\d?\.\d\d?\.(?:20)?\d\d\b\.?|20\d\d-\d\d-(?!01)\d\d"
)
_YEARS_JOINED = re.compile(r"(?<=20\d\d)_(?=20\d\d)")  # izmaksas_2020_2021.xlsx
_LONGEST = 300
_SHORTEST = 4  # letters; no school and no municipality has so short a name
_FROM_LABEL = ("school", "municipality", "semester", "school_year", "month", "support_kind")
_OF_LEARNER = ("plan_id", "learner_code", "learner_local_code")  # a sheet or table of one


def read_context(titles: list[list[str]], grid: Grid) -> dict[str, str]:
    """Read what stands around a table; the nearest place that says something counts.

    Returns:
        Field -> text: school, municipality, semester, school_year, year, month, support_kind;
        unit, empty where none is named; stranger where no register has the school; and the marks
        planned, taught, paid, enrolled, supported, september, thousands (of euros).
    """
    found: dict[str, str] = {}
    for row in reversed(titles):
        for field, text in _labelled(row):
            found.setdefault(field, text)
    lines = [cell for row in reversed(titles) for cell in row if cell]
    file = _YEARS_JOINED.sub("/", PurePath(grid.file).stem).replace("_", " ")
    whole = " ".join([*lines, grid.sheet])
    found |= {"unit": unit_of(whole)} | _marks(fold(whole), fold(f"{whole} {file}"))
    for text in [*lines, grid.sheet, file]:
        for field, read in _said(tidy_spaces(text)[:_LONGEST]).items():
            if field != "school_year" or "semester" not in found:
                found.setdefault(field, read)
    if "municipality" in found and "school" not in found:
        parts = [part for text in [*lines, grid.sheet, file] for part in _PARTS.split(text)]
        found |= next(filter(None, (school_alone(each, found) for each in parts)), {})
    return found


def _marks(titles: str, whole: str) -> dict[str, str]:
    """What words of titles say of the figures below them; of "supported", how surely."""
    found = {"planned": _PLANNED.match(titles), "taught": _TAUGHT.search(whole)}
    found |= {"paid": PAID.search(whole), "enrolled": _ENROLLED.search(whole)}
    found |= {"september": _SEPTEMBER.search(titles), "thousands": _THOUSANDS.match(titles)}
    marks = {name: "yes" for name, said in found.items() if said}
    if _SUPPORTED.search(whole):
        marks["supported"] = "yes"
    elif _OF_PROGRAMME.search(titles) and "enrolled" not in marks:
        marks["supported"] = "maybe"
    return marks


def school_alone(text: str, context: Mapping[str, str]) -> dict[str, str]:
    """Find a school told by a word of its name alone ("Zantes"), where a title tells the place."""
    place = context.get("municipality")
    word = text.strip()
    asked = (
        [word, *_genitives(word)] if place and " " not in word and len(word) >= _SHORTEST else []
    )
    found = (match_school(each, municipality=place).name for each in asked)
    return next(({"school": name} for name in found if name), {})


def with_former(own: Mapping[str, str], former: Mapping[str, str]) -> dict[str, str]:
    """Add the school above the table before and, where this one has no year, its period."""
    period = {"semester", "school_year", "year", "month"}
    has_year = any(letter.isdigit() for name in period & own.keys() for letter in own[name])
    taken = {"school", "stranger", "municipality"} | (set() if has_year else period)
    return {name: text for name, text in former.items() if name in taken} | dict(own)


def _labelled(row: list[str]) -> Iterator[tuple[str, str]]:
    """``Skola: Tukuma 2. vidusskola`` in one cell, or label and value in two."""
    cells = [tidy_spaces(cell) for cell in row if cell]
    for place, cell in enumerate(cells):
        label, colon, value = cell.partition(":")
        if is_long(label):
            continue  # "1. semestris" is a heading of months, or a value
        if not value.strip() and place + 1 < len(cells):
            value = cells[place + 1]
        elif not colon:
            continue
        for field in fields_of(label):
            if value.strip() and field in (*_FROM_LABEL, *(_OF_LEARNER if colon else ())):
                yield field, value.strip()


def _genitives(place: str) -> list[str]:
    endings = (("a", "as"), ("e", "es"), ("s", "a"), ("i", "u"))
    return [f"{place.removesuffix(one)}{of}" for one, of in endings if place.endswith(one)]


@lru_cache(maxsize=500)
def only_school_in(place: str) -> str | None:
    """Give the register's only school in the place that a sheet is named after ("Irlava")."""
    starts = tuple(f"{genitive} " for genitive in _genitives(place))
    found = [name for name in register()["name"] if name.startswith(starts)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=5000)
def _said(text: str) -> Mapping[str, str]:
    """Read one line: the period it names, and the school, municipality and kind in its parts."""
    if not any(letter.isalpha() for letter in text) and not value_of(text, is_told=True):
        return {}
    found = dict(_period(text))
    parts = [text, *map(str.strip, _PARTS.split(text)), *(f"{at}s" for at in _UNIT.findall(text))]
    parts += [name for part in parts for name in _NAME.findall(part)]
    pairs = [part.partition(" ")[::2] for part in parts]  # "Transports Tukuma 2. vidusskola"
    last = (part.rpartition(" ")[::-2] for part in parts)  # "Zantes pamatskola transports"
    pairs += [(one, rest) for one, rest in last if _LIKE_SCHOOL.fullmatch(fold(rest))]
    parts += [side for one, rest in pairs if rest and value_of(one) for side in (one, rest)]
    parts += [end for part in parts if not _DENIED.search(fold(part)) for end in _ends(part)]
    named = [pair for part in parts for pair in _named(part)]
    for field, read in named:
        found.setdefault(field, read)
    if len({read for field, read in named if field == "support_kind"}) > 1:
        del found["support_kind"]  # whose the sums are, the title leaves open
    strangers = [part for part in parts if _LIKE_SCHOOL.fullmatch(fold(part))]
    if strangers and "school" not in found:
        found |= {"school": strangers[-1], "stranger": strangers[-1]}
    return found


def _ends(part: str) -> list[str]:
    """The last words of a title, where they name support: "saraksts ēdināšanas kompensācijai"."""
    words = part.split()
    ends = (" ".join(words[at:]) for at in range(len(words)))
    found = [end for end in ends if kind_of_support(end)]  # "speciālā transporta", not its end
    return [end for end in found[:1] if kind_of_support(end) != "consultation"]


def names_school(text: str) -> bool:
    """Whether a cell names a school, so that it heads no column."""
    return "school" in _said(tidy_spaces(text)[:_LONGEST])


def _period(text: str) -> Iterator[tuple[str, str]]:
    read = read_period(_PRINTED.sub(" ", text))  # what it is of, before the day it was written on
    read = read if read.start or read.school_year else read_period(text)
    if read.school_year and read.semester:
        yield "semester", f"{read.school_year}-{read.semester}"
    elif read.school_year:
        yield "school_year", read.school_year
    if read.start and read.end and read.start.replace(day=1) == read.end.replace(day=1):
        if read.start != read.end or not _PRINTED.search(text):
            yield "month", f"{read.start:%Y-%m}"
    elif read.start and read.end and not read.school_year and read.start.year == read.end.year:
        yield "year", str(read.start)[:4]


def _named(part: str) -> Iterator[tuple[str, str]]:
    if len(part) < _SHORTEST:
        return
    value = None if _PRINTED.search(part) else value_of(part, is_told=True)
    if value is not None and value.field in {"support_kind", "month"}:
        yield value.field, value.written
        return
    match = match_school(part)
    if match.name is not None:
        yield "school", match.name
        return
    try:
        yield "municipality", resolve(part)
    except KeyError:
        return
