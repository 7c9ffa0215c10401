"""Who, where and when: the plan, learner, school and semester that a row speaks of.

Comes in: a ``Reading``. Goes out: columns of plan codes, pseudonyms, school ids and semesters.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.layout.headings import fields_of
from pumpurs_analysis.municipalities import municipalities, municipality_on, resolve
from pumpurs_analysis.normalise import cells
from pumpurs_analysis.normalise.cells import Part, Unread
from pumpurs_analysis.normalise.reading import Column, Mask, Reading, quotable
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.pseudonyms import could_name_a_person, pseudonym
from pumpurs_analysis.schools import Match, match_school, register, school_municipality
from pumpurs_analysis.spellings import is_nothing
from pumpurs_analysis.text import fold, nearest

_APART = re.compile(r"[,;] ?|\n| un | and | & ")
_REFORM = date(2021, 7, 1)
_AUTUMN = 9
_MONTHS_OF_AUTUMN = 4


@dataclass
class Ways:
    """What reading needs to know beyond a table."""

    key: bytes  # the workspace's key of pseudonyms
    known: tuple[str, ...] | None = None  # schools to match: the register's and the delivery's own
    school_ids: dict[str, str] = field(default_factory=dict)  # name -> code of each of them
    own_places: dict[str, str] = field(default_factory=dict)  # where the delivery's own lie
    plan_semesters: Mapping[str, str] = field(default_factory=dict)  # of the plans read so far

    def __post_init__(self) -> None:
        if not self.school_ids:
            shipped = register()
            self.school_ids = dict(zip(shipped["name"], shipped["school_id"], strict=True))
        self.school_names = {code: name for name, code in self.school_ids.items()}

    def add_school(self, name: str, municipality: str | None) -> str:
        """Take in a school of the delivery's own and give its code."""
        if name not in self.school_ids:
            code = "own-" + "-".join(fold(name).replace(".", " ").split())
            self.school_ids[name] = code
            self.school_names[code] = name
            self.known = tuple(self.school_ids)
        if municipality:
            self.own_places.setdefault(name, municipality)
        return self.school_ids[name]

    def place(self, school_id: str | None, day: date) -> str | None:
        """Say where a school lay on a day; None where no source tells or several are possible."""
        name = self.school_names.get(school_id or "", "")
        try:
            if name in self.own_places:
                found = municipality_on(self.own_places[name], day)
            else:
                found = school_municipality(name, day)  # type: ignore[assignment]  # None is sorted out below
        except (KeyError, NotVerified):
            return None
        return found if isinstance(found, str) else None

    def place_in(self, school_id: str | None, semester_code: str | None) -> str | None:
        """Say where a school lay on the first day of a semester."""
        if school_id is None or semester_code is None:
            return None
        return self.place(school_id, semester_bounds(semester_code)[0])


def plan(reading: Reading) -> Column:
    """Read the plan's code."""
    return reading.read("plan_id", _identifier)


def _identifier(text: str) -> str:
    if cells.personal(text):
        raise Unread("personal_code_in_cell")
    return _alone(cells.identifier(text))


def _alone(code: str) -> str:
    """Refuse several codes in one cell: whose the figures are, nobody knows."""
    parts = _APART.split(code)
    if len(parts) > 1 and all(any(map(str.isdigit, part)) for part in parts):
        raise Unread("codes_together")
    return code


def municipality(reading: Reading) -> Column:
    """Read the municipality as named, whatever day it is valid on."""
    return reading.read("municipality", _municipality)


def _municipality(text: str) -> str:
    try:
        return resolve(text)
    except KeyError:
        raise Unread("municipality_unknown", _nearest_unit(text)) from None


@cache
def _nearest_unit(text: str) -> str:
    return nearest(text, municipalities(_REFORM)["name"]) or ""


def school(reading: Reading, ways: Ways, place: Column) -> Column:
    """Match the school named in each row; the municipality beside it is context."""
    column = reading.found.columns.get("school")
    if column is None:
        texts = Column.constant(reading.found.context.get("school", ""), len(reading))
    else:
        section = reading.found.context.get("section", "")  # a school alone in a row above
        texts = reading.texts(column).map(lambda text: section if is_nothing(text) else text)
    pairs = texts.with_other(place, lambda text, where: (text, where))
    found = [
        None if not text or is_nothing(text) else _matched(text, where, ways)
        for text, where in pairs.distinct
    ]
    for at, (match, (text, _)) in enumerate(zip(found, pairs.distinct, strict=True)):
        if match is not None and match.name is None and not cells.personal(text):
            code = "school_to_review" if match.candidates else "school_unknown"
            is_sure = text == reading.found.context.get("stranger") and text.count(" ") == 1
            shown = text if is_sure else quotable(text)  # two words, of which one is “school”
            words = {"found": shown, "wanted": ", ".join(match.candidates)}
            reading.doubt(code, pairs.places == at, column=column, **words)
    names = np.empty(len(found), dtype=object)
    names[:] = [None if match is None else match.name for match in found]
    reading.schools = Column(pairs.places, names)
    return reading.schools.map(ways.school_ids.get)


def _matched(text: str, where: str | None, ways: Ways) -> Match:
    """Match a name; one that is complete is believed against the municipality beside it."""
    match = match_school(text, municipality=where, known=ways.known)
    alone = match_school(text, known=ways.known) if match.name is None and where else match
    return match if alone.name is None else alone


def doubt_places(reading: Reading, ways: Ways, *, named: Column, semesters: Column) -> None:
    """Note rows whose municipality is not where the register has the school at that time."""
    if not reading.has("municipality") or reading.schools is None:
        return
    ids = reading.schools.map(ways.school_ids.get)
    own = ids.with_other(semesters, ways.place_in)
    stated = named.with_other(semesters, _carried)
    differs = own.with_other(
        stated, lambda mine, said: mine if mine and said and mine != said else None
    )
    column = reading.found.columns["municipality"]
    at = ~differs.is_missing()
    words = {"found": reading.quoted(column, at), "wanted": differs.per_row(at)}
    reading.doubt("school_elsewhere", at, column=column, **words)


def semester(reading: Reading) -> Column:
    """Read the semester; year and half may stand in two columns, or in a title."""
    said = reading.read("semester", cells.semester)
    bounds = {name: reading.read(name, _of_day) for name in ("start", "end")}
    said = said.or_else(bounds["start"])
    year = reading.read("school_year", cells.school_year)
    whole = said.with_other(year, _whole)
    unsettled = whole.is_missing() & ~said.is_missing() & ~reading.is_out
    if unsettled.any():
        column = reading.found.columns.get("semester")
        reading.doubt("semester_unread", unsettled, column=column, found=_found(reading, column))
    for name, of_day in bounds.items():
        differs = whole.with_other(of_day, lambda one, two: two if one and two != one else None)
        at = ~differs.is_missing()
        words = {"found": whole.per_row(at), "wanted": differs.per_row(at)}
        reading.doubt("plan_in_two_semesters", at, column=reading.found.columns.get(name), **words)
    return whole


def _of_day(text: str) -> str | None:
    """The semester a plan's first or last day lies in, where it can be read."""
    with suppress(Unread):
        read = cells.semester(text)
        return read if isinstance(read, str) else None
    return None


def _found(reading: Reading, column: int | None) -> str:
    return (
        "" if column is None else quotable(next(filter(None, reading.texts(column).distinct), ""))
    )


def _whole(said: "str | Part | None", year: str | None) -> str | None:
    if isinstance(said, str):
        return said
    known_year = (said.school_year if said else None) or year
    return f"{known_year}-{said.half}" if said and said.half and known_year else None


def month_of(said: "date | Part | None", semester_code: str | None) -> date | None:
    """Settle a month: a name without a year takes the year of its semester, or a calendar year.

    A first month is the first of a semester that begins in September, not January after it; of a
    school year (half 0) it may be either.

    Example:
        >>> str(month_of(Part(month=1), "2022/2023-2"))
        '2023-01-01'
        >>> str(month_of(Part(month=1, is_counted=True), "2022/2023-1"))
        '2022-09-01'
    """
    if not isinstance(said, Part):
        return said
    if semester_code is None or said.month is None:
        return None
    first = int(semester_code[:4])
    if semester_code.isdigit():
        return in_year(said, first)
    if said.is_counted and said.month < _AUTUMN and not semester_code.endswith("-2"):
        is_told = semester_code.endswith("-1") and said.month <= _MONTHS_OF_AUTUMN
        return date(first, said.month + _AUTUMN - 1, 1) if is_told else None
    return in_year(said, first if said.month >= _AUTUMN else first + 1)


def month_number(said: "date | Part | None", code: str | None) -> tuple[str, int, bool] | None:
    """Give the half (0: a whole school year) in which a month without a year stands, and it."""
    if not isinstance(said, Part) or said.month is None or code is None or code.isdigit():
        return None
    return code[-1], said.month, said.is_bare


def in_month(said: "date | Part | None", month: "date | Part | None") -> date | None:
    """Give a month or day without a year the year of that month, if a title names it."""
    if isinstance(said, Part) and isinstance(month, date) and said.month == month.month:
        return in_year(said, month.year)
    return None


def in_year(said: Part, year: int) -> date | None:
    """Give the day in a year, where that has it."""
    try:
        return date(year, said.month or 0, said.day)
    except ValueError:  # 29 February
        return None


@dataclass(frozen=True)
class Learners:
    """Who a row speaks of, in the ways it says so."""

    by_code: Column  # pseudonym by personal code
    by_local: Column  # pseudonym by the school's own code, of that school
    alone: Column  # pseudonym by that code without its school, to find a learner of the plans again

    @property
    def best(self) -> Column:
        """The pseudonym by the surest way."""
        return self.by_code.or_else(self.by_local)

    @property
    def basis(self) -> Column:
        """What the pseudonym rests on; None where the row says no learner."""
        code = self.by_code.map(lambda _: "personal_code")
        return code.or_else(self.by_local.map(lambda _: "local_code"))


def learners(reading: Reading, ways: Ways, schools: Column) -> Learners:
    """Read who a row speaks of; names are never read."""
    code = reading.read("learner_code", _personal_code)
    local = reading.read("learner_local_code", _local_code)
    if reading.has("learner"):
        texts = reading.texts(reading.found.columns["learner"])
        code = code.or_else(texts.map(cells.learner_token))
        local = local.or_else(texts.map(_local_or_name))
    known = ~code.is_missing() | ~local.is_missing()
    _note_name_alone(reading, known)
    tagged = local.with_other(schools, lambda own, at: None if own is None else f"{at or ''}|{own}")
    return Learners(
        by_code=code.map(lambda token: f"L-{token[:12]}"),
        by_local=tagged.map(lambda own: pseudonym("learner", own, ways.key)),
        alone=local.map(lambda own: pseudonym("learner", own, ways.key)),
    )


def _personal_code(text: str) -> str:
    token = cells.learner_token(text)
    if token is None:
        raise Unread("learner_code_unread")
    return token


def _local_code(text: str) -> str | None:
    has_figure = any(letter.isdigit() for letter in text)
    return _alone(cells.identifier(text)) if has_figure or not could_name_a_person(text) else None


def _local_or_name(text: str) -> str | None:
    if not text or is_nothing(text) or cells.personal(text):
        return None
    return _local_code(text)


def _note_name_alone(reading: Reading, known: Mask) -> None:
    """Say once of a table that its learners are told by name alone, in the first such row."""
    headings = reading.found.headings
    names = [column for column in headings if "learner_name" in fields_of(headings[column])]
    names += [reading.found.columns["learner"]] if reading.has("learner") else []
    for column in names[:1]:
        alone = reading.texts(column).where(bool) & ~known
        first = np.flatnonzero(alone)[:1]
        reading.doubt("learner_only_by_name", reading.mask(first), column=column)


def specialist(reading: Reading, ways: Ways) -> Column:
    """Give the pseudonym of the specialist, by code or by name."""
    said = reading.read("specialist_code", _person).or_else(reading.read("specialist", _person))
    return said.map(lambda known: pseudonym("specialist", known, ways.key))


def _person(text: str) -> str | None:
    if cells.kind_for_name(text):
        return None  # "psihologs" is nobody's name
    token = cells.learner_token(text)
    return token or " ".join(sorted(fold(text).replace(",", " ").replace(".", " ").split()))


def municipality_in(ways: Ways, schools: Column, *, semesters: Column, named: Column) -> Column:
    """Say in which municipality a row's school lay in its semester."""
    by_school = schools.with_other(semesters, ways.place_in)
    carried = named.with_other(semesters, _carried)
    return by_school.or_else(carried)


def _carried(name: str | None, code: str | None) -> str | None:
    if name is None or code is None:
        return name
    try:
        found: Any = municipality_on(name, semester_bounds(code)[0])
    except (KeyError, NotVerified):
        return None
    return found if isinstance(found, str) else None
