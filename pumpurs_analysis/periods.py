"""Read what people write for a time: a school year, a semester, a date, a range.

Comes in: text in Latvian or English. Goes out: a :class:`Period` holding only what the text itself
states. Refuses to know when a text was written ("šobrīd") and never mends what it cannot read,
except misprints listed with their source in the catalogue.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from pumpurs_analysis.period_words import Token, UnreadError, one_month, tokens
from pumpurs_analysis.spellings import listed, ordinal, pattern, plain, written

Kind = Literal[
    "semester",
    "school_year",
    "both_semesters",
    "dates",
    "since",
    "until",
    "relative",
    "vague",
    "unread",
]

_NO_YEAR = "the text states no year"
_SEVERAL = "the text states several periods"
_HOLIDAYS = frozenset({7, 8})
_SEPTEMBER = 9


@dataclass(frozen=True)
class Period:
    """What a text states about time; what it does not state is None.

    Attributes:
        school_year: ``"2018/2019"``, or None.
        semester: 1, 2, or None (none stated, or both).
        start: First day, where the text states days, months or calendar years.
        end: Last day, likewise.
        text: The text as given.
        kind: What sort of statement it is.
        reason: Why something is missing, in plain words; empty where all is well.
    """

    school_year: str | None = None
    semester: Literal[1, 2] | None = None
    start: date | None = None
    end: date | None = None
    text: str = ""
    kind: Kind = "unread"
    reason: str = ""


def semester_on(day: date) -> str:
    """Give the semester a day falls in: I = 1 September - 31 December, II = 1 January - 31 August.

    Example:
        >>> semester_on(date(2019, 10, 1)), semester_on(date(2017, 3, 1))
        ('2019/2020-1', '2016/2017-2')
    """
    if day.month >= _SEPTEMBER:
        return f"{_school_year(day.year)}-1"
    return f"{_school_year(day.year - 1)}-2"


def semester_bounds(code: str) -> tuple[date, date]:
    """Give the first and the last day of a semester.

    Raises:
        ValueError: The code is not of the form ``2019/2020-1``.

    Example:
        >>> semester_bounds("2019/2020-2")
        (datetime.date(2020, 1, 1), datetime.date(2020, 8, 31))
    """
    found = re.fullmatch(r"(\d{4})/(\d{4})-([12])", code, re.ASCII)
    if not found or int(found[2]) != int(found[1]) + 1:
        raise ValueError(f"A semester is written like 2019/2020-1, not {code!r}.")
    if found[3] == "1":
        return date(int(found[1]), 9, 1), date(int(found[1]), 12, 31)
    return date(int(found[2]), 1, 1), date(int(found[2]), 8, 31)


@lru_cache(maxsize=65536)
def read_period(text: str) -> Period:
    """Read a period as people write it, in Latvian or English.

    Args:
        text: Anything from ``2018./19. m.g.`` to a part of a sentence.

    Returns:
        What the text states. Never a guess: what cannot be read is None, with the reason.

    Example:
        >>> period = read_period("2018./ 2019. mācību gada 1. pusgadā")
        >>> period.school_year, period.semester
        ('2018/2019', 1)
        >>> read_period("no 2019. gada februāra").start
        datetime.date(2019, 2, 1)
        >>> read_period("31.02.2020.").reason
        'there is no such day: 31.02.2020'
    """
    mended, note = _mend(written(text))
    try:
        period = _read(mended)
    except UnreadError as why:
        period = Period(reason=str(why))
    return replace(period, text=text, reason="; ".join(filter(None, (period.reason, note))))


@dataclass(frozen=True)
class Month:
    """A month, with its year where one stands there.

    ``is_plain`` is False for what only its place tells from other figures: IX, 9, 09.22.
    """

    year: int | None
    month: int
    is_plain: bool = True


@lru_cache(maxsize=65536)
def read_month(text: str) -> Month | None:
    """Read a text that names one month and nothing else.

    Two figures after a month are its year where they lie in the programme (17-23): no month and no
    school year could stand there instead.

    Example:
        >>> [read_month(text).month for text in ("Sept.22", "09/22", "9. mēnesis", "2022-IX", "IX")]
        [9, 9, 9, 9, 9]
        >>> read_month("sep-22").year, read_month("09.22").is_plain, read_month("22.09")
        (2022, False, None)
    """
    letters = plain(written(text)).strip(" .,;)")
    found = next(filter(None, (rule.fullmatch(letters) for rule in one_month())), None)
    if found:
        word, year = found["month"], found.groupdict().get("year")
        names = (re.fullmatch(pattern(words, "[a-z]{0,2}"), word) for words in listed("months"))
        named = next((place for place, name in enumerate(names, 1) if name), 0)
        is_last = bool(year) and found.start("year") > 0
        is_figures = year and len(year) == 4 and (len(word) == 2 or is_last)  # noqa: PLR2004  (not 2022-1)
        is_plain = bool(named or found.groupdict().get("says") or (is_figures and word.isdigit()))
        month = named or ordinal(word.lstrip("0")) or 0
        return Month(int(year) % 100 + 2000 if year else None, month, is_plain) if month else None
    read = read_period(text)
    if not (read.start and read.end) or read.start.day != 1:
        return None
    is_one = read.start == read.end or (read.start, read.end) == _months(
        read.start.year, read.start.month, read.start.month
    )
    return Month(read.start.year, read.start.month) if is_one else None


def _mend(text: str) -> tuple[str, str]:
    for misprint in listed("known_misprints"):
        at = plain(text).find(misprint["written"])
        if at >= 0:
            years, right = misprint["written"].split(" ", 1)[0], misprint["stands_for"]
            note = f"misprint mended from the catalogue: {years} stands for {right}"
            return f"{text[:at]}{right} school year{text[at + len(misprint['written']) :]}", note
    return text, ""


# Tokens between two joints ("līdz", a dash) form a bag whose order does not matter: "2019. gada
# maijs" and "maijs 2019" hold the same. Bags are then read one by one and joined.

_TURNS = frozenset({"since", "from", "after", "before"})
_YEARS = ("date", "month_year", "year", "span")
_MOMENTS = ("date", "month_year", "day_month", "month", "day", "quarter")
_PIECES = frozenset({*_YEARS, *_MOMENTS, "school_year", "semester", "both", "half", "season"})


@dataclass
class _Bag:
    """What stands between two joints: its pieces by kind, and how it was opened."""

    joint: str = ""
    turn: str = ""
    part: str = ""
    is_relative: bool = False
    lasts_years: bool = False
    pieces: dict[str, set[tuple[int, ...]]] = field(default_factory=dict)

    def has(self, *kinds: str) -> bool:
        return any(kind in self.pieces for kind in kinds)

    def one(self, kind: str) -> tuple[int, ...]:
        """Give the only piece of a kind, () for none; several different ones are no period."""
        found = self.pieces.get(kind, set())
        if len(found) > 1:
            raise UnreadError(_SEVERAL)
        return next(iter(found), ())

    def take(self, token: Token) -> None:
        if token.kind in _PIECES or token.kind == "tail":
            self.pieces.setdefault(token.kind, set()).add(token.value)
        elif token.kind in {"begin", "middle", "end"}:
            self.part = token.kind
        self.is_relative |= token.kind in {"relative", "unit", "duration"}
        self.lasts_years |= token.kind == "duration"

    def join(self, other: "_Bag") -> None:
        for kind, found in other.pieces.items():
            self.pieces.setdefault(kind, set()).update(found)
        if other.pieces:
            self.part = self.part or other.part
        self.is_relative |= other.is_relative
        self.lasts_years |= other.lasts_years


def _read(text: str) -> Period:
    bags = _bags(list(tokens(text)))
    is_relative = any(bag.is_relative for bag in bags)
    bags = [bag for bag in _joined(bags) if bag.pieces]
    if not bags:
        kind: Kind = "relative" if is_relative else "unread"
        told = (
            "depends on when and where the text was written" if is_relative else "no period found"
        )
        return Period(kind=kind, reason=told)
    if len(bags) > 2:  # noqa: PLR2004  (a range has two ends)
        raise UnreadError(_SEVERAL)
    if len(bags) == 2:  # noqa: PLR2004  (a range has two ends)
        return _range(*bags)
    return _turned(bags[0])


def _bags(found: list[Token]) -> list[_Bag]:
    bags = [_Bag()]
    for place, token in enumerate(found):
        if token.kind in {"until", "dash"}:
            bags.append(_Bag(joint=token.kind))
        elif token.kind in _TURNS and _governs(token, found[place + 1 :]):
            bags[-1].turn = bags[-1].turn or token.kind
        else:
            bags[-1].take(token)
    return bags


def _governs(opener: Token, following: list[Token]) -> bool:
    """Whether "no" or "kopš" belongs to a stated time; some words may follow only after "kopš"."""
    for token in following:
        if token.kind in _PIECES:
            return True
        if token.kind in {"comma", "until"} or (opener.kind != "since" and token.kind == "word"):
            return False
    return False


def _joined(bags: list[_Bag]) -> Iterator[_Bag]:
    """Undo joints that join nothing: a dash as punctuation, "1. līdz 2. semestris"."""
    last = bags[0]
    for bag in bags[1:]:
        if bag.pieces and last.pieces and _is_range(last, bag):
            yield last
            last = bag
        elif bag.joint == "until" and bag.pieces and not last.pieces:
            last = bag
        else:
            last.join(bag)
    yield last


def _is_range(left: _Bag, right: _Bag) -> bool:
    dated = (*_MOMENTS, *_YEARS)
    if left.joint == "until" or right.joint == "until":
        both_semesters = left.has("semester") and right.has("semester")
        return not (both_semesters and not left.has(*dated) and not right.has(*dated))
    moments = left.has(*_MOMENTS) and right.has(*_MOMENTS)
    years = left.has(*_YEARS) and right.has(*_YEARS)
    return moments or years


def _turned(bag: _Bag) -> Period:
    """Read one bag as a point in time, as "since" it or as "until" it."""
    if bag.turn in {"after", "before"}:
        kind: Kind = "since" if bag.turn == "after" else "until"
        return Period(kind=kind, reason="after or before a time: the day itself is not stated")
    point = _point(bag)
    if bag.joint == "until":
        end = None if bag.part in {"begin", "middle"} else point.end
        told = "" if end else f"no last day: {point.reason or 'the text does not state it'}"
        return Period(
            end=end, kind="until" if end or point.kind != "relative" else "relative", reason=told
        )
    if not bag.turn or point.kind == "relative" or bag.has("span"):
        return point
    start = None if bag.part in {"middle", "end"} else point.start
    told = "" if start else f"no first day: {point.reason or 'the text does not state it'}"
    if bag.lasts_years:
        return Period(start=start, kind="since", reason=told or "counted over several years")
    semester = point.semester
    if start and start == point.end and point.school_year and start.month not in _HOLIDAYS:
        semester = _semester_of(start)
    return replace(point, start=start, end=None, semester=semester, kind="since", reason=told)


def _range(left: _Bag, right: _Bag) -> Period:
    if left.turn in {"after", "before"}:
        raise UnreadError(_SEVERAL)
    _lend_year(left, right)
    _lend_year(right, left)
    if left.has("day") and not left.has("day_month"):
        left.pieces["day_month"] = {(*left.one("day"), right.one("day_month")[1])}
    first, last = _point(left), _point(right)
    if "relative" in {first.kind, last.kind} and not (first.start or last.end):
        return Period(kind="relative", reason=_NO_YEAR)
    start = None if left.part in {"middle", "end"} else first.start
    end = None if right.part in {"begin", "middle"} else last.end
    if not (start or end):
        raise UnreadError(_SEVERAL if first.school_year or last.school_year else "no day is stated")
    if start and end and end < start:
        raise UnreadError("the end comes before the start")
    year, semester = _named(start, end) if start and end else (None, None)
    told = "" if start and end else f"no {'last' if start else 'first'} day stated"
    kind: Kind = "dates" if start else "until"
    return Period(year, semester, start, end, kind=kind if end else "since", reason=told)


def _lend_year(owner: _Bag, needy: _Bag) -> None:
    """Let "septembris - 2019. gada decembris" share its year."""
    if needy.has(*_YEARS, "school_year") or not needy.has(*_MOMENTS, "half", "season"):
        return
    if owner.has("date", "month_year"):
        needy.pieces["year"] = {owner.one("date")[:1] or owner.one("month_year")[1:]}
        if needy.has("day") and owner.has("date"):
            needy.pieces["day_month"] = {(*needy.one("day"), owner.one("date")[1])}
    for kind in ("year", "school_year"):
        if owner.has(kind):
            needy.pieces[kind] = {owner.one(kind)}


def _point(bag: _Bag) -> Period:
    """Read one bag as a stretch of days, or as what it names."""
    _settle_semester(bag)
    days = _days(bag)
    if days:
        return _dated(bag, *days)
    if bag.has("day_month", "month", "day", "quarter") and not bag.has("school_year"):
        return Period(kind="relative", reason=_NO_YEAR)
    if bag.has("season"):
        return _season(bag)
    semester = _semester(bag)
    if bag.has("school_year"):
        (first,) = bag.one("school_year")
        kind: Kind = (
            "semester" if semester else "both_semesters" if bag.has("both") else "school_year"
        )
        told = (
            "a part of the school year that is no semester" if bag.has("halves", "quarter") else ""
        )
        return Period(_school_year(first), semester, kind=kind, reason=told)
    if bag.has("year"):
        told = "a semester of a calendar year: the school year may be either"
        return Period(semester=semester, kind="semester", reason=told)
    kind = "relative" if bag.is_relative else "semester" if semester else "both_semesters"
    return Period(semester=semester, kind=kind, reason="the text states no school year")


def _settle_semester(bag: _Bag) -> None:
    """Let a bare "-1" or "II" beside a school year, and a half of it, name its semester."""
    if bag.has("tail"):
        if not bag.has("school_year") or bag.has("semester", "half"):
            raise UnreadError("a number stands there that is no part of a period")
        bag.pieces["semester"] = bag.pieces.pop("tail")
    if bag.has("half") and not bag.has("year"):
        found = bag.pieces.pop("half")
        if (1,) in {value[1:] for value in found} or not bag.has("school_year"):
            bag.pieces.setdefault("semester", set()).update(value[:1] for value in found)
        else:
            bag.pieces["halves"] = found
    if len(bag.pieces.get("semester", ())) == 2:  # noqa: PLR2004  (both)
        del bag.pieces["semester"]
        bag.pieces["both"] = {()}


def _semester(bag: _Bag) -> Literal[1, 2] | None:
    found = bag.one("semester")
    return None if not found else 1 if found == (1,) else 2


def _year(bag: _Bag, month: int) -> int:
    """Give the calendar year of a month: stated, or from the school year; 0 where neither is."""
    if bag.has("year"):
        return bag.one("year")[0]
    if bag.has("school_year"):
        return bag.one("school_year")[0] + (month < _SEPTEMBER)
    return 0


def _days(bag: _Bag) -> tuple[date, date] | None:
    """Give the first and last day where the text states any."""
    if bag.has("date", "day_month"):
        return _one_day(bag)
    if bag.has("month_year"):
        month, year = bag.one("month_year")
        return _months(year, month, month)
    if bag.has("month"):
        (month,) = bag.one("month")
        return _months(_year(bag, month), month, month)
    if bag.has("span"):
        first, last = bag.one("span")
        return date(first, 1, 1), date(last, 12, 31)
    return _part_of_year(bag)


def _part_of_year(bag: _Bag) -> tuple[date, date] | None:
    """Give the days of a calendar year, or of a half or quarter of it."""
    if not bag.has("year") or bag.has("semester", "both", "season"):
        return None
    (year,) = bag.one("year")
    length = 3 if bag.has("quarter") else 6 if bag.has("half") else 12
    place = (bag.one("quarter") or bag.one("half") or (1,))[0]
    return _months(year, (place - 1) * length + 1, place * length)


def _one_day(bag: _Bag) -> tuple[date, date] | None:
    year, month, day = bag.one("date") or (0, *reversed(bag.one("day_month")))
    if bag.has("date") and bag.has("day_month") and bag.one("day_month") != (day, month):
        raise UnreadError(_SEVERAL)
    year = year or _year(bag, month)
    try:
        found = date(year or 2000, month, day)  # a leap year lets 29 February pass
    except ValueError:
        shown = f"{day:02}.{month:02}" + (f".{year}" if year else "")
        raise UnreadError(f"there is no such day: {shown}") from None
    return (found, found) if year else None


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    if not 1 <= first <= last <= 12:  # noqa: PLR2004  (months)
        raise UnreadError(f"there is no such month: {last:02}/{year}")
    return (date(year, first, 1), date(year, last, monthrange(year, last)[1])) if year else None


def _dated(bag: _Bag, start: date, end: date) -> Period:
    """Name the school year and semester of a day or month in teaching time."""
    year, semester = _named(start, end)
    is_month = (start.day, start.year, start.month) == (1, end.year, end.month) and start != end
    if (is_month or start == end) and start.month not in _HOLIDAYS:
        year = semester_on(start)[:9]
        semester = _semester_of(start) if is_month else None
    if bag.has("school_year"):
        stated = _school_year(*bag.one("school_year"))
        if stated != semester_on(start)[:9]:
            raise UnreadError(f"the day does not lie in the school year {stated}")
        year = stated
    stated_semester = _semester(bag)
    if stated_semester and stated_semester != _semester_of(start):
        raise UnreadError(f"the day does not lie in semester {stated_semester}")
    return Period(year, stated_semester or semester, start, end, kind="dates")


def _named(start: date, end: date) -> tuple[str | None, Literal[1, 2] | None]:
    """Name a range that is exactly a semester or a school year."""
    code = semester_on(start)
    if (start, end) == semester_bounds(code):
        return code[:9], _semester_of(start)
    first, last = date(start.year, 9, 1), {(5, 31), (8, 31)}
    if start == first and end.year == start.year + 1 and (end.month, end.day) in last:
        return code[:9], None
    return None, None


def _season(bag: _Bag) -> Period:
    """Read autumn as semester I and spring as semester II; winter and summer name none."""
    place, is_semester = bag.one("season")
    semester: Literal[1, 2] = 1 if place == 1 else 2
    if place > 2:  # noqa: PLR2004  (winter, summer)
        year = _school_year(*bag.one("school_year")) if bag.has("school_year") else None
        return Period(year, kind="vague", reason="a season that is no semester")
    if bag.has("school_year", "year"):
        first = (bag.one("school_year") or (bag.one("year")[0] - (semester == 2),))[0]  # noqa: PLR2004
        return Period(_school_year(first), semester, kind="semester")
    if is_semester:
        return Period(semester=semester, kind="semester", reason="the text states no school year")
    return Period(kind="relative", reason=_NO_YEAR)


def _school_year(first: int) -> str:
    return f"{first}/{first + 1}"


def _semester_of(day: date) -> Literal[1, 2]:
    return 1 if day.month >= _SEPTEMBER else 2
