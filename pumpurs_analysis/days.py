"""Read a day, whole or without its year, as journals write it in headings and rows.

Comes in: text. Goes out: the day, or day and month where the year stands elsewhere. Refuses to
choose between day and month where figures leave both open, and says so.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

from pumpurs_analysis.periods import read_month, read_period
from pumpurs_analysis.spellings import plain, written

FIRST_DAY, LAST_DAY = date(2017, 3, 1), date(2023, 12, 31)

_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheet programs
_SERIALS = (20_000, 60_000)
_DAY = re.compile(
    r"'?(\d{4}|\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{1,2})\.?(?: ?g\.)?"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_SHORT_YEAR = re.compile(r"^(\d\d?)[. -]+([^\W\d]{3,})[. '’-]*(1[7-9]|2[0-3])\.?$")  # 2. okt.22
_NO_YEAR = re.compile(
    r"(?P<d>\d\d?)(?:\. ?(?P<n>\d\d?|[ivx]{1,4})|[. ]+(?P<w>[a-z]{3,10}))\b[. ]*"
    r"(?P<year>20\d\d|1[7-9]|2[0-3])?\.?(?: ?g(?:ads?|ada|\.)?)?"
)
_ISO = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")  # as programs write a heading typed as a date
_LEAP_YEAR = 2020
_BETWEEN_DAYS = re.compile(r"[,;+]|\bun\b|\band\b| (?=\d\d?\.\d\d?\.)")
_DAY_ALONE = re.compile(r"(\d\d?)\.?")


@lru_cache(maxsize=4096)
def read_day(text: str) -> tuple[int, int, int | None] | None:
    """Read day, month and, where it is there, year.

    Example:
        >>> (
        ...     read_day("05.09."),
        ...     read_day("12. februāris"),
        ...     read_day("5.IX"),
        ...     read_day("30.okt.2020."),
        ... )
        ((5, 9, None), (12, 2, None), (5, 9, None), (30, 10, 2020))
        >>> read_day("31.11.") is None and read_day("09.22") is None and read_day("5/9") is None
        True
    """
    if iso := _ISO.fullmatch(text.strip()):
        text = f"{iso[3]}.{iso[2]}.{iso[1]}"
    found = _NO_YEAR.fullmatch(plain(written(text)).strip())
    month = read_month(found["n"] or found["w"]) if found else None
    if found is None or month is None or month.year:
        return None
    whole = int(found["year"]) % 100 + 2000 if found["year"] else None
    days = monthrange(whole or _LEAP_YEAR, month.month)[1]
    return (int(found["d"]), month.month, whole) if 0 < int(found["d"]) <= days else None


@lru_cache(maxsize=4096)
def days_of(text: str) -> list[str]:
    """Divide a cell into the days it lists; a last month or year holds for those before it, too.

    Example:
        >>> days_of("05.09., 12.09. un 19.09.2022."), days_of("5., 12. septembris")
        (['5.9.2022.', '12.9.2022.', '19.9.2022.'], ['5.9.', '12.9.'])
        >>> days_of("05.09.2022."), days_of("2., 3. un drīz")
        (['05.09.2022.'], ['2., 3. un drīz'])
    """
    parts = [part for part in map(str.strip, _BETWEEN_DAYS.split(text)) if part.strip(".")]
    found: list[tuple[int, int, int | None]] = []
    for part in reversed(parts):
        month, year = found[0][1:] if found else (0, None)
        bare = _DAY_ALONE.fullmatch(part)
        day = (int(bare[1]), month, None) if bare and month else read_day(part)
        if day is None:
            return [text]
        is_before = bool(found) and day[:2][::-1] <= found[0][:2][::-1]
        found.insert(0, day if day[2] or not is_before else (day[0], day[1], year))
    if len(found) < 2:  # noqa: PLR2004  (one day stays as it is written)
        return [text]
    return [f"{d}.{m}.{f'{y}.' if y else ''}" for d, m, y in found]


def month_comes_first(texts: Iterable[str]) -> bool | None:
    """Tell by all dates of a column which of two figures is the month; None where none tells.

    Example:
        >>> month_comes_first(["9/2/2022", "9/22/2022"]), month_comes_first(["2/9/2022"])
        (True, None)
    """
    told = {next(iter(read)) for text in texts if len(read := _orders(text)) == 1}
    told.discard("year first")
    return "month first" in told if len(told) == 1 else None


def _orders(text: str) -> dict[str, date]:
    """Give the days three figures may be, by what stands first; those of the programme, if any."""
    found = _DAY.fullmatch(text)
    if not found:
        return {}
    first, mark, second, last = found[1], found[2], found[3], found[4]
    orders = {"day first": (last, second, first)}
    if len(first) == 4:  # noqa: PLR2004  (2022-09-02)
        orders = {"year first": (first, second, last)}
    elif mark != ".":
        orders["month first"] = (last, first, second)
    days = {}
    for name, parts in orders.items():
        year, month_number, day_number = map(int, parts)
        with suppress(ValueError):
            days[name] = date(year + 2000 if year < 100 else year, month_number, day_number)  # noqa: PLR2004  (22)
    inside = {name: each for name, each in days.items() if FIRST_DAY <= each <= LAST_DAY}
    return inside or days


def read_whole_day(text: str, *, is_month_first: bool | None = None) -> tuple[date | None, bool]:
    """Give a day, and whether its figures leave open which is the month."""
    bare = text.removesuffix(".0")
    if bare.isdigit() and _SERIALS[0] < int(bare) < _SERIALS[1]:
        return _SERIAL_ZERO + timedelta(days=int(bare)), False
    days = _orders(text)
    if not days:
        read = read_period(_SHORT_YEAR.sub(r"\1. \2 20\3", text))
        return read.start if read.start == read.end else None, False
    name = "month first" if is_month_first and "month first" in days else next(iter(days), "")
    is_unsure = is_month_first is None and len(set(days.values())) > 1
    return days.get(name), is_unsure


def is_whole_day(text: object) -> bool:
    """Say whether a text is a day with its year; a number alone is none.

    Example:
        >>> is_whole_day("05.10.2022."), is_whole_day("12.05"), is_whole_day("44839")
        (True, False, False)
    """
    return isinstance(text, str) and _DAY.fullmatch(text.strip()) is not None


def plain_month(month: int, year: int | None) -> str:
    """Write a month so that nothing else can be read there."""
    return f"{year}.{month:02}" if year else f"{month}. mēnesis"


def with_days(row: list[str], is_headed: list[bool]) -> list[str]:
    """Write "05.09.", "12.09." as days of their month: in order, and not all the same of theirs."""
    days = {at: day for at, text in enumerate(row) if not is_headed[at] and (day := read_day(text))}
    order = [((month + 3) % 12, day) for day, month, _ in days.values()]  # from September
    is_sure = len({day for _, day in order}) > 1 and order == sorted(set(order))  # not 2.1, 2.2
    said = {at: f"{day}. diena {plain_month(m, y)}" for at, (day, m, y) in days.items() if is_sure}
    return [said.get(at, text) for at, text in enumerate(row)]
