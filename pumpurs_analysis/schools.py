"""The school register, and finding the school that a text names.

Comes in: a school's name as people write it, with the municipality and date as context. Goes out: a
``Match`` with the register's name, or candidates for a person to choose from. A school that is near
but not the same (another number, level or town) is never taken for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from typing import Literal

import pandas as pd
from rapidfuzz import fuzz, process

from pumpurs_analysis import catalogue
from pumpurs_analysis.municipalities import municipality_on, place_words, resolve, unit_words
from pumpurs_analysis.school_names import (
    Lexicon,
    Name,
    differ,
    key,
    known_name,
    readings,
    town_words,
)
from pumpurs_analysis.spellings import plain, written
from pumpurs_analysis.text import sort_key

Status = Literal["exact", "matched", "review", "unknown"]

_REFORM = date(2021, 7, 1)
_TODAY = date(2025, 7, 1)  # the last change of municipalities
_COMMON = frozenset({"sakumskola", "pamatskola", "vidusskola", "gimnazija", "skola"})
_HONOREE_MISSING = 10  # counts more than any other liberty a name may take
_CANDIDATES = 5
_NEAR = 80  # how alike, of 100, a name must be to be worth a person's look


@dataclass(frozen=True)
class Match:
    """What a text was read as.

    Attributes:
        name: The register's name; None where no school was accepted.
        status: ``exact`` (spelt so), ``matched`` (surely that school), ``review`` (a person must
            choose) or ``unknown`` (nothing is near).
        candidates: For review: names to choose from, best first.
        reason: Why, in plain English.
        school_id: The register's code, where the school stands in the shipped register.
    """

    name: str | None
    status: Status
    candidates: list[str] = field(default_factory=list)
    reason: str = ""
    school_id: str | None = None


@dataclass(frozen=True)
class _School:
    name: str
    parsed: Name
    units: frozenset[str]  # municipalities it lay or lies in
    territory: frozenset[str]  # the same, as of today
    is_former_known: bool
    school_id: str | None = None
    valid_to: str = ""
    heirs: tuple[str, ...] = ()  # successors by name, the nearest first


@dataclass(frozen=True)
class _Context:
    unit: str | None
    on: date | None


@cache
def _table() -> pd.DataFrame:
    path = catalogue.DATA / "reference" / "schools.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def register() -> pd.DataFrame:
    """Give the shipped register of schools.

    One row per: institution under one name.

    Columns:
        school_id, name, kind: Code, canonical name, code of ``school_kind``.
        municipality_former, municipality_today: Until 2021-06-30 and since; empty is unknown.
        valid_from, valid_to: Days as far as known; valid_to is the last day.
        successor_id: What it became.
        written, sources: Acronyms and full spellings; where the row comes from.

    Example:
        >>> frame = register().set_index("school_id")
        >>> frame.loc["tukuma-2-vidusskola", "municipality_today"]
        'Tukuma novads'
    """
    return _table().drop(columns="change")


@cache
def _rows() -> dict[str, dict[str, str]]:
    """Register rows by every exact spelling of their name."""
    found: dict[str, dict[str, str]] = {}
    for row in _table().to_dict("records"):
        cells = {str(column): str(value) for column, value in row.items()}
        for spelling in (cells["name"], *filter(None, cells["written"].split(";"))):
            found.setdefault(key(spelling), cells)
    return found


@cache
def _heirs(school_id: str) -> tuple[str, ...]:
    """Names of the successors, and of theirs."""
    by_id = {row["school_id"]: row for row in _rows().values()}
    names: list[str] = []
    while (heir := by_id[school_id]["successor_id"]) and by_id[heir]["name"] not in names:
        names.append(by_id[heir]["name"])
        school_id = heir
    return tuple(names)


@cache
def _territory(unit: str) -> frozenset[str]:
    found = municipality_on(unit, _TODAY)
    return frozenset([found] if isinstance(found, str) else found)


def _units_of_name(parsed: Name) -> frozenset[str]:
    """Municipalities that the town in a name stands for."""
    town = next((word for word in parsed.words if word in unit_words()), None)
    if town is None:
        return frozenset()
    units = unit_words()[town]
    is_novads = "novada" in parsed.marks
    return frozenset(unit for unit in units if unit.endswith("novads") or not is_novads)


def school_municipality(name: str, on: date) -> str | list[str] | None:
    """Say in which municipality a school of the register lay on a date.

    Returns:
        The name; a list of possible ones where no source names the former unit; None where no
        source names any.

    Raises:
        KeyError: The register has no such school.
        NotVerified: The register of municipalities does not reach back to that date.

    Example:
        >>> [school_municipality("Zantes pamatskola", day) for day in (date(2020, 1, 1), _REFORM)]
        ['Kandavas novads', 'Tukuma novads']
    """
    row = _rows().get(key(name))
    if row is None:
        raise KeyError(f"The register has no school called “{name}”; match_school finds its name.")
    former, today = row["municipality_former"], row["municipality_today"]
    if on < _REFORM and former:
        return municipality_on(former, on)
    return municipality_on(today, on, named=_REFORM) if today else None


class _Index:
    """Known schools, prepared for matching."""

    def __init__(self, known: tuple[str, ...] | None) -> None:
        rows = _rows()
        names = known if known is not None else tuple(_table()["name"])
        self.lexicon = Lexicon(others=set(unit_words()) | place_words())
        self.schools = [self._school(name, rows.get(key(name))) for name in dict.fromkeys(names)]
        if known is not None:  # words of real schools are right, though not to be matched
            register_words = Lexicon(others=self.lexicon.others)
            for name in _table()["name"]:
                known_name(name, register_words)
            self.lexicon.others |= register_words.words - self.lexicon.words
        self.by_key: dict[str, list[_School]] = {}
        self.by_core: dict[tuple[object, ...], list[_School]] = {}
        self.by_word: dict[str, list[_School]] = {}
        for school in self.schools:
            self._file(school)
        self.keys = {school.name: key(school.name) for school in self.schools}
        self.spelt = {school.name: _spelt(school.parsed) for school in self.schools}

    def _school(self, name: str, row: dict[str, str] | None) -> _School:
        parsed = known_name(name, self.lexicon)
        row = row or dict.fromkeys(_table().columns, "")
        stated = {row["municipality_former"], row["municipality_today"]} - {""}
        units = frozenset(stated) or _units_of_name(parsed)
        today = {row["municipality_today"]} - {""} or units
        return _School(
            name=name,
            parsed=parsed,
            units=units,
            territory=frozenset(part for unit in today for part in _territory(unit)),
            is_former_known=bool(row["municipality_former"] or not stated),
            school_id=row["school_id"] or None,
            valid_to=row["valid_to"],
            heirs=_heirs(row["school_id"]) if row["school_id"] else (),
        )

    def _file(self, school: _School) -> None:
        spellings = {key(school.name)}
        if row := _rows().get(key(school.name)):
            spellings |= {key(way) for way in row["written"].split(";") if way}
        for spelling in spellings:
            self.by_key.setdefault(spelling, []).append(school)
        self.by_core.setdefault(school.parsed.core, []).append(school)
        for word in set(school.parsed.words):
            self.by_word.setdefault(word, []).append(school)

    def match(self, text: str, context: _Context) -> Match:
        """Read one text that names one school."""
        spelt = self.by_key.get(key(text), [])
        own = [school for school in spelt if self.keys[school.name] == key(text)]
        if len(own or spelt) == 1:
            school = (own or spelt)[0]
            is_exact = bool(own) and _is_spelt(text, school.name)
            return _settled(school, "exact" if is_exact else "matched", context)
        names = readings(text, self.lexicon)
        fits = self._fits(names, context.unit)
        if len(fits) == 1:
            return _settled(fits[0], "matched", context)
        near = [school.name for school in fits] or self._near(names, context.unit)
        if not near:
            return Match(None, "unknown", [], "No known school is near this text.")
        reason = "Several schools fit." if fits else "Near, but not surely the same school."
        return Match(None, "review", near, reason)

    def _fits(self, names: list[Name], unit: str | None) -> list[_School]:
        """Schools the text surely means: complete names first, then names completed by context."""
        costs: dict[str, int] = {}
        for name in names:
            for school in self.by_core.get(name.core, []):
                cost = _cost(name, school)
                if cost is not None:
                    costs[school.name] = min(cost, costs.get(school.name, cost))
        complete = [school for school in self.schools if school.name in costs]
        if complete:
            least = min(costs.values())
            return [school for school in complete if costs[school.name] == least]
        found = (school for name in names for school in self._in_context(name, unit))
        return list({school.name: school for school in found}.values())

    def _in_context(self, name: Name, unit: str | None) -> list[_School]:
        """Schools of the municipality that a name without its town can mean."""
        for place in name.places if unit is None else ():
            unit = _unit(place)
        if unit is None or name.is_shortened:
            return []
        if not name.nouns:
            return self._of_town(name, unit)
        same = (school for school in self.by_core.get(name.core, []) if _lies_in(school, unit))
        return [school for school in same if _is_completed_by(name, school, unit)]

    def _of_town(self, name: Name, unit: str) -> list[_School]:
        """The one school told by its town or honoree alone: ``Jersikas``, ``Raiņa``."""
        there = self.by_word.get(name.words[0], []) if len(name.words) == 1 else []
        own = [school for school in there if _lies_in(school, unit)]
        if any(name.core) or len(own) != 1 or own[0].parsed.words[-1:] != name.words:
            return []
        parsed = own[0].parsed
        is_honoree = len(parsed.words) > 1 and name.words[0] not in unit_words()
        return own if is_honoree or not (len(there) > 1 or parsed.numbers or parsed.marks) else []

    def _near(self, names: list[Name], unit: str | None) -> list[str]:
        """Names worth a person's look: those that share a word, then those spelt alike."""
        scores: dict[str, float] = {}
        for name in names:
            for school in self._pool(name, unit):
                agreeing = sum(
                    one == other for one, other in zip(name.core, school.parsed.core, strict=True)
                )
                alike = fuzz.token_sort_ratio(_spelt(name), _spelt(school.parsed))
                scores[school.name] = max(scores.get(school.name, 0), 100 + 25 * agreeing + alike)
            if name.words:
                near = process.extract(
                    _spelt(name), self.spelt, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=3
                )
                scores = {known: score for _, score, known in near} | scores
        return sorted(scores, key=lambda known: (-scores[known], sort_key(known)))[:_CANDIDATES]

    def _pool(self, name: Name, unit: str | None) -> Iterable[_School]:
        """Schools that share a word with the text; for a bare form those that agree otherwise."""
        if name.words:
            return (school for word in name.words for school in self.by_word.get(word, []))
        same = self.by_core.get(name.core, []) if any(name.core) else []
        return (school for school in same if not unit or _lies_in(school, unit))


def _is_spelt(text: str, name: str) -> bool:
    """Whether a text of the same key is the name itself: diacritics may be lost, never added."""
    pairs = zip(*(re.findall(r"\w", written(each).lower()) for each in (text, name)), strict=False)
    return all(letter in {right, plain(right)} for letter, right in pairs)


def _spelt(name: Name) -> str:
    numbers = [str(number) for number in name.numbers]
    return " ".join([*name.words, *numbers, *name.marks, *name.nouns, *name.optional])


def _unit(place: str | None) -> str | None:
    """A municipality by any spelling; None where there is none of that name."""
    try:
        return resolve(place) if place else None
    except KeyError:
        return None


def _is_elsewhere(school: _School, unit: str) -> bool:
    return bool(school.territory) and not school.territory & _territory(unit)


def _lies_in(school: _School, unit: str) -> bool:
    is_possible = not school.is_former_known and bool(school.territory & _territory(unit))
    return unit in school.units or unit in school.territory or is_possible


def _cost(name: Name, school: _School) -> int | None:
    """How many liberties a complete name takes; None where it is not this school's name."""
    difference = differ(name, school.parsed)
    if difference.extra or name.typos > 1 or not (name.words or name.marks):
        return None
    if difference.missing and not _is_named_by_number(name):
        return None
    if _city_disagrees(name, school) or _is_displaced(name, school):
        return None
    return difference.cost + _HONOREE_MISSING * bool(difference.missing)


def _is_named_by_number(name: Name) -> bool:
    """Town, number and level say which school it is; whom it honours may be left out."""
    return bool(name.numbers and name.words) and set(name.words) <= set(unit_words())


def _city_disagrees(name: Name, school: _School) -> bool:
    """``pilsētas`` may be left out beside a number or a word of its own, and added after a town."""
    is_in_text, is_in_name = ("pilsetas" in each.marks for each in (name, school.parsed))
    if is_in_text == is_in_name:
        return False
    is_told = name.numbers or len(name.words) > 1  # Rīgas Pļavnieku ģimnāzija
    return not (name.words if is_in_text else is_told)


def _is_displaced(name: Name, school: _School) -> bool:
    """The text itself says a municipality where this school is not."""
    units = [unit for place in name.places if (unit := _unit(place))]
    return any(_is_elsewhere(school, unit) for unit in units)


def _is_completed_by(name: Name, school: _School, unit: str) -> bool:
    """The municipality supplies what the name lacks: its town, or for a bare form all of it."""
    difference = differ(name, school.parsed)
    if (
        difference.extra
        or name.typos > 1
        or _city_disagrees(name, school)
        or _is_displaced(name, school)
    ):
        return False
    if name.words:
        return set(difference.missing) <= town_words(school.parsed)
    is_telling = name.numbers or name.marks or not name.nouns <= _COMMON
    is_of_centre = len(school.parsed.words) == 1 and unit in unit_words().get(
        school.parsed.words[0], ()
    )
    return bool(is_telling or is_of_centre)


def _settled(school: _School, status: Status, context: _Context) -> Match:
    """Accept a school, unless place or date speak against it."""
    unit, on = context.unit, context.on
    if unit and _is_elsewhere(school, unit):
        where = ", ".join(sorted(school.territory, key=sort_key))
        return Match(None, "review", [school.name], f"That school lies in {where}, not in {unit}.")
    if on and school.valid_to and school.valid_to < on.isoformat():
        reason = f"That school existed under this name until {school.valid_to}."
        return Match(None, "review", [school.name, *school.heirs], reason)
    reason = "Spelt so." if status == "exact" else "Only endings, abbreviations or context differ."
    return Match(school.name, status, [], reason, school.school_id)


_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+(?:un|and|&)\s+")


def _parts(text: str, index: _Index, context: _Context) -> list[str]:
    """Cut a list into names; gives the text itself where it names one school.

    A piece without its type borrows it from the next (``Jersikas, Rožupes pamatskolām``), one that
    is only a number borrows the town of the piece before (``Rēzeknes 2. un 3. vidusskola``).
    """
    pieces = [piece for piece in _SEPARATOR.split(text) if key(piece)]
    if len(pieces) < 2 or index.match(text, context).name:  # noqa: PLR2004  (a list has two)
        return [text]
    pieces = _rejoined(pieces, index, context)
    names = [readings(piece, index.lexicon)[0] for piece in pieces]
    for at in reversed(range(len(pieces) - 1)):
        following = names[at + 1]
        if not names[at].nouns:
            if not (following.is_plural or names[at].numbers or following.numbers):
                return [text]
            pieces[at] += " " + key(pieces[at + 1]).split()[-1]
            names[at] = replace(names[at], is_plural=following.is_plural, nouns=following.nouns)
    for at in range(1, len(pieces)):
        if names[at].numbers and not names[at].words:
            pieces[at] = " ".join([*names[at - 1].words, pieces[at]])
            names[at] = replace(names[at], words=names[at - 1].words)
    return pieces


def _rejoined(pieces: list[str], index: _Index, context: _Context) -> list[str]:
    """Put together neighbours that are one name with ``un`` inside."""
    joined: list[str] = []
    for piece in pieces:
        whole = f"{joined[-1]} un {piece}" if joined else piece
        if joined and index.match(whole, context).name and not index.match(piece, context).name:
            joined[-1] = whole
        else:
            joined.append(piece)
    return joined


@lru_cache(maxsize=16)
def _index(known: tuple[str, ...] | None) -> _Index:
    return _Index(known)


@lru_cache(maxsize=65536)
def _match(text: str, context: _Context, known: tuple[str, ...] | None) -> Match:
    index = _index(known)
    match = index.match(text, context)
    if match.name is None:
        found = (index.match(part, context).name for part in _parts(text, index, context))
        named = [name for name in dict.fromkeys(found) if name]
        if len(named) > 1:
            return Match(None, "review", named, "The text names several schools.")
    return match


def match_school(
    text: str,
    *,
    municipality: str | None = None,
    on: date | None = None,
    known: Iterable[str] | None = None,
) -> Match:
    """Find the school that a text names.

    Endings, abbreviations, initials, missing diacritics and one wrong letter in a long word are
    forgiven; another number, level, town or a missing ``valsts``, ``vakara`` or honoree never is.

    Args:
        text: As people write it: ``"Jēkabpils 2.vidusskolu"``.
        municipality: Context in any spelling; completes bare forms such as ``"7. vidusskolā"``.
        on: When the school was spoken of; one that had ended by then goes to review.
        known: Names to match against instead of the shipped register.

    Example:
        >>> match_school("Jēkabpils 2.vidusskolu").name
        'Jēkabpils 2. vidusskola'
        >>> match_school("3. vidusskolā", municipality="Rēzekne").name
        'Rēzeknes 3. vidusskola'
        >>> match_school("Kandavas vidusskola").status
        'review'
    """
    names = None if known is None else tuple(known)
    match = _match(text, _Context(_unit(municipality), on), names)
    return replace(match, candidates=list(match.candidates))


def match_schools(
    text: str,
    *,
    municipality: str | None = None,
    on: date | None = None,
    known: Iterable[str] | None = None,
) -> list[Match]:
    """Find every school that a text lists: ``"Jersikas, Rožupes, Jaunsilavas pamatskolām"``.

    Takes what ``match_school`` takes; a text that names one school gives one match.

    Example:
        >>> found = match_schools("Rēzeknes 4.vidusskola un Rēzeknes sākumskola")
        >>> [match.name for match in found]
        ['Rēzeknes 4. vidusskola', 'Rēzeknes sākumskola']
    """
    names = None if known is None else tuple(known)
    parts = _parts(text, _index(names), _Context(_unit(municipality), on))
    return [match_school(part, municipality=municipality, on=on, known=names) for part in parts]
