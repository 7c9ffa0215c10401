"""One cell's text to one value, or the reason why it could not be read.

Comes in: the text of a cell, spaces tidied. Goes out: a value. A text that cannot be read raises
``Unread`` with a code of ``catalogue/problems``; nothing here knows rows, files or other cells.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from pumpurs_analysis import catalogue
from pumpurs_analysis.grades import read_grade_range
from pumpurs_analysis.layout.headings import plain_heading, spellings
from pumpurs_analysis.periods import read_period, semester_on
from pumpurs_analysis.spellings import listed, pattern
from pumpurs_analysis.text import fold, nearest, tidy_spaces

FIRST_DAY, LAST_DAY = date(2017, 3, 1), date(2023, 12, 31)

_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheet programs
_SERIALS = (20_000, 60_000)
_CURRENCY = re.compile(r"\s*(?:eur|eiro|euro|€)\.?\s*", re.IGNORECASE)
_NO_CENTS = re.compile(r"(?<=\d)[.,] ?[-–—]{1,2}$")  # 30,- and 30.—
_OTHER_MONEY = re.compile(r"(?:\$|\b(?:usd|lvl|ls|lati|latu|gbp|sek|rub)\b|£)", re.IGNORECASE)
_PLAIN = re.compile(r"\d+(?:[.,](\d+))?")
_GROUPED = re.compile(r"\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:([.,])(\d{1,2}))?")
_FLOAT_NOISE = 6  # decimals; a number with more was computed, and its last places are noise
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_DOTS = re.compile(
    r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\.?(?: ?g\.)?(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_YEAR_MONTH = re.compile(r"(20\d\d)[-./ ](\d{1,2})\.?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-./ ]\s?(20\d\d)\.?(?: ?g\.)?")
_SHORT_YEAR = re.compile(r"^((?:\d\d?\. ?)?[^\W\d]{3,}\.?)[ '’]?(1[7-9]|2[0-3])\.?$")  # 2. okt.22
_HALF = re.compile(
    r"(?:semestris|sem|pusgads|s)?\s?(1|2|i|ii|pirmais|otrais)\.?\s?(?:semestris|sem|pusgads|pusg)?\.?"
)
_RISKS_APART = re.compile(r"[;\n|•]+|\s/\s")
_CODE = re.compile(r"⟪(code|phone|email|account):?([0-9a-f]*)⟫")
YES = frozenset(
    {"jā", "ja", "j", "yes", "y", "true", "taisnība", "x", "✓", "✔", "v", "+", "1", "ir"}
)
NO = frozenset({"nē", "ne", "n", "no", "false", "aplams", "0", "nav"})
_REMOTE = ("attalinat", "remote", "tiessaist", "online", "zoom", "teams", "e-vide")
_ON_SITE = ("klatien", "on site", "onsite", "in person", "uz vietas")


class Unread(Exception):  # noqa: N818  (it says what is the case, and never leaves normalise)
    """A text that could not be read; ``code`` says why, ``wanted`` what would be right."""

    def __init__(self, code: str, wanted: str = "") -> None:
        super().__init__(code)
        self.code, self.wanted = code, wanted


class Doubtful(Unread):
    """A text that was read, with a doubt worth a look; ``value`` is what it was read as."""

    def __init__(self, code: str, value: object, wanted: str = "") -> None:
        super().__init__(code, wanted)
        self.value = value


@dataclass(frozen=True)
class Part:
    """A part of a period: a year without its half, a month without its year."""

    school_year: str | None = None
    half: int | None = None
    month: int | None = None


def money(text: str) -> int:
    """Read an amount in euros as whole cents.

    Example:
        >>> [
        ...     money(text)
        ...     for text in (
        ...         "1 234,56",
        ...         "30",
        ...         "€30.5",
        ...         "(5,00)",
        ...         "1.234,5 EUR",
        ...         "55.300000000000004",
        ...         "30,- EUR",
        ...     )
        ... ]
        [123456, 3000, 3050, -500, 123450, 5530, 3000]
    """
    if _OTHER_MONEY.search(text):
        raise Unread("money_other_currency")
    bare = _CURRENCY.sub("", text).strip(" *").replace("−", "-")
    bare = _NO_CENTS.sub("", bare)
    is_negative = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = bare.strip("-+() ")
    return -_cents(bare) if is_negative else _cents(bare)


def _cents(bare: str) -> int:
    if plain := _PLAIN.fullmatch(bare):
        decimals = plain[1] or ""
        value = Decimal(bare.replace(",", "."))
        if len(decimals) <= 2:  # noqa: PLR2004  (cents)
            return int(value * 100)
        cents = round(value * 100)
        if len(decimals) >= _FLOAT_NOISE and abs(value * 100 - cents) < Decimal("0.0001"):
            return cents
        raise Unread("money_too_precise")
    grouped = _GROUPED.fullmatch(bare)
    if grouped and grouped[1] != grouped[2]:
        whole = re.sub(r"[ '.,]", "", bare[: grouped.start(2)] if grouped[2] else bare)
        return int(whole) * 100 + int((grouped[3] or "0").ljust(2, "0"))
    raise Unread("money_unread")


def cents(text: str) -> int:
    """Read whole cents.

    Example:
        >>> cents("3000")
        3000
    """
    if not re.fullmatch(r"-?\d+(\.0+)?", text):
        raise Unread("money_unread")
    return int(float(text))


def planned_money(text: str) -> int:
    """Read a planned amount: never below zero."""
    read = money(text)
    if read < 0:
        raise Unread("planned_negative")
    return read


def hours(text: str) -> float:
    """Read hours: a number, or hours and minutes.

    Example:
        >>> [hours(text) for text in ("1,5", "2 h", "1:30", "2 st.")]
        [1.5, 2.0, 1.5, 2.0]
    """
    bare = re.sub(r"\s*(?:stundas?|st|hours?|h|akad)\.?\s*", "", fold(text)).replace(",", ".")
    clock = re.fullmatch(r"(\d{1,3}):(\d{2})(?::00)?", bare)
    if clock and int(clock[2]) < 60:  # noqa: PLR2004  (minutes)
        return int(clock[1]) + int(clock[2]) / 60
    try:
        return float(bare)
    except ValueError:
        raise Unread("hours_unread") from None


def delivered_hours(text: str) -> float:
    """Read the hours of one consultation; implausible ones are kept with a doubt."""
    read = hours(text)
    if not 0 < read <= 12:  # noqa: PLR2004  (nobody consults longer on one day)
        raise Doubtful("hours_implausible", read)
    return read


def planned_hours(text: str) -> float:
    """Read planned hours: never below zero."""
    read = hours(text)
    if read < 0:
        raise Unread("planned_negative")
    return read


def count(text: str) -> int:
    """Read a whole number."""
    bare = text.replace(" ", "").removesuffix(".0")
    if not bare.isascii() or not bare.isdigit():
        raise Unread("count_unread")
    return int(bare)


def day(text: str) -> date:
    """Read a day: dd.mm.yyyy., ISO, a spreadsheet's serial number, a date in words.

    Example:
        >>> [
        ...     str(day(text))
        ...     for text in ("05.10.2018.", "2018-10-05", "43378", "2018. gada 5. oktobris")
        ... ]
        ['2018-10-05', '2018-10-05', '2018-10-05', '2018-10-05']
    """
    found = _figures(text)
    if found is None:
        read = read_period(_SHORT_YEAR.sub(r"\1 20\2", text))
        if read.start is None or read.start != read.end:
            raise Unread("date_unread")
        found = read.start
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unread("outside_programme")
    if _SLASHES.fullmatch(text):
        raise Doubtful("date_order_unsure", found, found.strftime("%d.%m.%Y."))
    return found


def _figures(text: str) -> date | None:
    """A day written in figures alone."""
    bare = text.removesuffix(".0")
    if bare.isdigit() and _SERIALS[0] < int(bare) < _SERIALS[1]:
        return _SERIAL_ZERO + timedelta(days=int(bare))
    try:
        if found := _ISO.fullmatch(text):
            return date(*(int(part) for part in found.groups()))
        if found := _DOTS.fullmatch(text) or _SLASHES.fullmatch(text):
            first, month, year = (int(part) for part in found.groups()[:3])
            return date(year + 2000 if year < 100 else year, month, first)  # noqa: PLR2004  (two figures)
    except ValueError:
        raise Unread("date_unread") from None
    return None


def month(text: str) -> date | Part:
    """Read a month as its first day; a name without a year waits for one.

    Example:
        >>> [
        ...     str(month(text))
        ...     for text in ("09.2022", "2022. gada septembris", "2022-09-15", "44805")
        ... ]
        ['2022-09-01', '2022-09-01', '2022-09-01', '2022-09-01']
        >>> month("septembris").month
        9
    """
    if alone := _month_alone(fold(text).strip(" .,")):
        return Part(month=alone)
    found = _month_in_figures(text) or _figures(text)
    if found is None:
        read = read_period(_SHORT_YEAR.sub(r"\1 20\2", text))
        is_one = (
            read.start
            and read.end
            and (read.start.year, read.start.month) == (read.end.year, read.end.month)
        )
        if not is_one or read.start is None:
            raise Unread("month_unread")
        found = read.start
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unread("outside_programme")
    return found.replace(day=1)


def _month_in_figures(text: str) -> date | None:
    if found := _YEAR_MONTH.fullmatch(text):
        year, number = int(found[1]), int(found[2])
    elif found := _MONTH_YEAR.fullmatch(text):
        year, number = int(found[2]), int(found[1])
    else:
        return None
    if not 1 <= number <= 12:  # noqa: PLR2004  (months)
        raise Unread("month_unread")
    return date(year, number, 1)


@cache
def _month_names() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern(words)) for words in listed("months"))


def _month_alone(word: str) -> int | None:
    names = enumerate(_month_names(), 1)
    return next(
        (place for place, name in names if name.fullmatch(word) or name.fullmatch(f"{word}.")), None
    )


def semester(text: str) -> str | Part:
    """Read a semester as its code; a year or a half alone waits for the other.

    Example:
        >>> semester("2022./2023. m. g. 1. semestris"), semester("2022/2023-2"), semester("II").half
        ('2022/2023-1', '2022/2023-2', 2)
    """
    if half := _HALF.fullmatch(fold(text)):
        return Part(half=1 if half[1] in {"1", "i", "pirmais"} else 2)
    read = read_period(text)
    if read.school_year and read.semester:
        return _in_programme(f"{read.school_year}-{read.semester}")
    if read.start is not None and read.start == read.end:
        return _in_programme(semester_on(read.start))
    if read.school_year or read.semester:
        return Part(school_year=read.school_year, half=read.semester)
    raise Unread("semester_unread")


def _in_programme(code: str) -> str:
    if not "2016/2017-2" <= code <= "2023/2024-1":
        raise Unread("outside_programme")
    return code


def school_year(text: str) -> str:
    """Read a school year as its code.

    Example:
        >>> school_year("2022./2023. m. g."), school_year("2022-2023")
        ('2022/2023', '2022/2023')
    """
    read = read_period(text)
    if read.school_year is None:
        raise Unread("school_year_unread")
    _in_programme(f"{read.school_year}-2" if read.school_year < "2017" else f"{read.school_year}-1")
    return read.school_year


def grade(text: str) -> tuple[int, bool]:
    """Read a grade or course and whether it is a course.

    Example:
        >>> grade("5.a"), grade("II kurss")
        ((5, False), (2, True))
    """
    bare = text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text
    read = read_grade_range(bare)
    if read is None or read.first != read.last:
        raise Unread("grades_unread")
    return read.first, read.is_course


def yes_no(text: str) -> bool:
    """Read yes or no.

    Example:
        >>> [yes_no(text) for text in ("Jā", "nē", "X", "0")]
        [True, False, True, False]
    """
    word = tidy_spaces(text).casefold().rstrip(".")
    if word in YES or word in NO:
        return word in YES
    raise Unread("yes_no_unread")


def remote(text: str) -> bool:
    """Read whether something took place remotely."""
    word = fold(text)
    is_remote, is_on_site = (any(start in word for start in words) for words in (_REMOTE, _ON_SITE))
    if is_remote != is_on_site:
        return is_remote
    try:
        return yes_no(text)
    except Unread:
        raise Unread("remote_unread") from None


def code(codes: str, problem: str) -> Callable[[str], str]:
    """Give the reader of a code list.

    Example:
        >>> code("support_kind", "support_kind_unknown")("Ēdināšanas izdevumi")
        'catering'
    """
    known = spellings(codes)

    def read(text: str) -> str:
        key = plain_heading(text)
        for candidate in (key, re.sub(r"^\d+ ", "", key)):
            if candidate in known:
                return known[candidate]
        near = nearest(key, known)
        raise Unread(problem, known[near] if near else ", ".join(dict.fromkeys(known.values())))

    return read


Mention = tuple[str | None, str | None]
"""Group and risk."""


def risks(text: str) -> tuple[Mention, ...]:
    """Read the risks of one cell as (group, risk); a group alone has no risk, a stranger no group.

    Example:
        >>> risks("Ekonomiskie riski; kavējumi")
        (('economic', None), ('learning', 'unexcused_absences'))
    """
    whole = _risk(text)
    if whole is not None:
        return (whole,)
    parts = [part for part in _RISKS_APART.split(text) if part.strip()]
    if len(parts) == 1:
        parts = [part for part in re.split(r",| un ", text) if part.strip()]
    return tuple(_risk(part) or (None, tidy_spaces(part)) for part in parts)


def _risk(text: str) -> Mention | None:
    key = plain_heading(re.sub(r"\([^)]*\)", " ", text))
    if key in spellings("risk_category"):
        return spellings("risk_category")[key], None
    if key in spellings("risk"):
        found = spellings("risk")[key]
        return catalogue.entries("codes")["risk"][found]["category"], found
    return None


def personal(text: str) -> str | None:
    """Say which kind of personal mark was found in a cell at the door, if any.

    Example:
        >>> personal("zvanīt ⟪phone⟫"), personal("30,00") is None
        ('phone', True)
    """
    found = _CODE.search(text) if "⟪" in text else None
    return found[1] if found else None


def learner_token(text: str) -> str | None:
    """Give the keyed hash that stands where a personal code stood."""
    found = _CODE.search(text) if "⟪" in text else None
    return found[2] if found and found[1] == "code" else None


def identifier(text: str) -> str:
    """Read a code as written, without the decimals a spreadsheet adds.

    Example:
        >>> identifier(" IAP-0012 "), identifier("12.0")
        ('IAP-0012', '12')
    """
    bare = text.strip()
    return bare.removesuffix(".0") if bare.endswith(".0") and bare[:-2].isdigit() else bare
