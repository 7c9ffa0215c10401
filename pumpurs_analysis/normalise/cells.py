"""One cell's text to one value, or the reason why it could not be read.

Comes in: the text of a cell, spaces tidied. Goes out: a value. A text that cannot be read raises
``Unread`` with a code of ``catalogue/problems``; nothing here knows rows, files or other cells.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from pumpurs_analysis import catalogue
from pumpurs_analysis.days import FIRST_DAY, LAST_DAY, read_day, read_whole_day
from pumpurs_analysis.grades import grade_band as band_of
from pumpurs_analysis.grades import read_grade_range
from pumpurs_analysis.hours import read_hours
from pumpurs_analysis.layout.headings import is_long
from pumpurs_analysis.money import MoneyUnreadError, read_cents
from pumpurs_analysis.periods import read_month, read_period, semester_on
from pumpurs_analysis.spellings import (
    NO,
    YES,
    code_spellings,
    is_taught,
    kind_of_support,
    noun,
    of_abbreviation,
    plain_heading,
    specialist_in,
)
from pumpurs_analysis.text import fold, nearest, tidy_spaces

_HALF = re.compile(
    r"(?:semestris|sem|pusgads|s)?\s?(1|2|i|ii|pirmais|otrais)\.?\s?(?:semestris|sem|pusgads|pusg)?\.?"
)
_COUNTED = re.compile(r"\d\d?\.? ?men[a-z]*\.?")
_HEADED = {"klase": "klas|grade", "kurss": "kurs|course"}
_BARE_GRADE = re.compile(r"(\d{1,2}|[IVX]+)\.? ?(?:k\.?)?")
_CLASS = re.compile(r"\d[-./ ]{0,2}([a-h])\b|kl[a-z]*[. ]+([a-h])\b")
_BETWEEN = re.compile(r" ?(?:[-–—/,;+]|\b(?:un|lidz|no)\b) ?")  # "9-12", "septembris un oktobris"
_YEAR = re.compile(r"20\d\d\.?(?: ?g[a-z.]*)?")
_LISTED = r"[;\n|•]+|\s/\s|\s(?=\d[.)] )"  # 1) ... 2) ...
_NUMBERED = re.compile(r"^\d[.)]\s*")
_CODE = re.compile(r"⟪(code|phone|email|account):?([0-9a-f]*)⟫")
_OF_SUBJECT = re.compile(r"(?:[^\W\d]+(?:as|es|u|a) ){1,3}(?:skolotāj[sa]|pedagogs|pedagoģe)")
_REMOTE = ("attalinat", "remote", "tiessaist", "online", "zoom", "teams", "e-vide")
_SHORT_MODES = ("att", "attal", "kl", "klat")  # remotely, on site
_ON_SITE = ("klatien", "on site", "onsite", "in person", "uz vietas")


class Unread(Exception):  # noqa: N818  (it says what is the case, and never leaves normalise)
    """A text that could not be read; ``code`` says why, ``wanted`` what would be right."""

    def __init__(self, code: str, wanted: str = "", *, found: str = "") -> None:
        super().__init__(code)
        self.code, self.wanted, self.found = code, wanted, found  # found: told instead of the text


class Doubtful(Unread):
    """A text that was read, with a doubt worth a look; ``value`` is what it was read as."""

    def __init__(self, code: str, value: object, wanted: str = "") -> None:
        super().__init__(code, wanted)
        self.value = value


@dataclass(frozen=True)
class Part:
    """A part of a period: a year without its half, a month or its day without their year."""

    school_year: str | None = None
    half: int | None = None
    month: int | None = None
    day: int = 1
    is_counted: bool = False  # "1. mēnesis": of the year, or of the semester
    is_bare: bool = False  # "1": January, or the first of the semester


def money(text: str) -> int:
    """Read an amount in euros as whole cents."""
    try:
        return read_cents(text)
    except MoneyUnreadError as doubt:
        raise Unread(f"money_{doubt}") from None


def thousands(_text: str) -> int:
    """Refuse an amount where the title says thousands of euros: cents are lost in them."""
    raise Unread("money_too_precise")


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
    """Read hours: a number, hours and minutes, minutes."""
    read = read_hours(text)
    if read is None:
        raise Unread("hours_unread")
    return read


def hours_below(heading: str, read: Callable[[str], float]) -> Callable[[str], float]:
    """Read bare figures below a heading that says minutes as minutes."""
    if not re.search(r"\bmin(ut[a-z]*|usu|)\b", fold(heading)):
        return read
    return lambda text: read(f"{text} min" if text.isdigit() else text)


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
    figures, _, word = text.rpartition(" ")  # "12 jaunieši"
    bare = figures if (counted := noun(word.lower())) and counted.unit == "persons" else text
    bare = bare.replace(" ", "").removesuffix(".0")
    if not bare.isascii() or not bare.isdigit():
        raise Unread("count_unread")
    return int(bare)


def day(text: str, *, is_month_first: bool | None = None) -> date | Part:
    """Read a day: dd.mm.yyyy., ISO, a spreadsheet's serial number, a date in words.

    "12.02." and "12. februāris" wait for their year.

    Beside strokes and dashes the day or the month may stand first: programs set to English write
    9/2/2022 for 2 September. Where only one order gives a day of the programme, that is it; else
    the other dates of the column tell (``month_comes_first``); else the day is taken to stand
    first, as in Latvia, and the doubt is told with the way to write it.

    Example:
        >>> written = ("05.10.2018.", "2018-10-05", "43378", "2018. gada 5. oktobris", "5.X.18")
        >>> {str(day(text)) for text in written}
        {'2018-10-05'}
        >>> str(day("9/2/2022", is_month_first=True)), str(day("9/22/2022"))
        ('2022-09-02', '2022-09-22')
    """
    found, is_unsure = read_whole_day(text, is_month_first=is_month_first)
    if found is None and (read := read_day(text)) and read[2] is None:
        return Part(month=read[1], day=read[0])
    if found is None:
        raise Unread("date_unread")
    return _sure(found, is_unsure=is_unsure)


def _sure(found: date, *, is_unsure: bool) -> date:
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unread("outside_programme")
    if is_unsure:
        raise Doubtful("date_order_unsure", found, found.strftime("%d.%m.%Y."))
    return found


def month(text: str) -> date | Part:
    """Read a month as its first day; a name without a year waits for one.

    Example:
        >>> written = ("09.2022", "2022. gada septembris", "2022-09-15", "44805", "IX.22")
        >>> {str(month(text)) for text in written}
        {'2022-09-01'}
        >>> month("septembris").month
        9
    """
    read = read_month(text)
    if read and read.year is None:
        is_counted, is_bare = (
            bool(re.fullmatch(form, fold(text))) for form in (_COUNTED, r"\d\.?")
        )
        return Part(month=read.month, is_counted=is_counted, is_bare=is_bare)
    found, is_unsure = (
        (date(read.year, read.month, 1), False) if read and read.year else read_whole_day(text)
    )
    if found is None:
        read_as = read_period(text)
        named = [part for part in _BETWEEN.split(fold(text)) if part and not _YEAR.fullmatch(part)]
        is_several = len(named) > 1 and all(map(read_month, named))
        is_longer = is_long(text) or is_several or (read_as.start and read_as.start != read_as.end)
        raise Unread("longer_than_month" if is_longer else "month_unread")
    return _sure(found.replace(day=1), is_unsure=is_unsure)


def of_year(month: date | Part) -> date | Part:
    """Give a month that only its number names as one of the calendar year."""
    return replace(month, is_counted=False) if isinstance(month, Part) else month


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
    if read.start and read.end and read.school_year:
        first, last = semester_on(read.start), semester_on(read.end)
        if first != last:
            raise Unread("plan_in_two_semesters", last, found=first)
        return _in_programme(first)
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


def year(text: str) -> str:
    """Read a calendar year, or the school year a month lies in, as ``month_of`` takes them."""
    bare = text.removesuffix(".0").rstrip(". g")
    return bare if re.fullmatch(r"20\d\d", bare) else f"{school_year(text)}-0"


def span(text: str) -> tuple[date, date]:
    """Read from which month to which something lasted.

    Example:
        >>> [str(month) for month in span("01.03.2019.-31.08.2019.")]
        ['2019-03-01', '2019-08-01']
    """
    read = read_period(text)
    if read.start is None or read.end is None:
        raise Unread("month_unread")
    first, last = (_sure(day.replace(day=1), is_unsure=False) for day in (read.start, read.end))
    return first, last


def grade(text: str, *, heading: str = "") -> tuple[int, bool]:
    """Read a grade or course and whether it is a course.

    What the text leaves open ("2", "II k.") the heading of its column may tell.

    Example:
        >>> grade("5.a"), grade("II kurss"), grade("2", heading="Kurss")
        ((5, False), (2, True), (2, True))
    """
    bare = text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text
    words = [word for word, says in _HEADED.items() if re.search(says, fold(heading))]
    if len(words) == 1 and (number := _BARE_GRADE.fullmatch(bare)):
        bare = f"{number[1]} {words[0]}"
    read = read_grade_range(bare)
    if read is None or read.first != read.last:
        raise Unread("grades_unread")
    return read.first, read.is_course


def grade_band(text: str) -> tuple[str, int, str]:
    """Read a band of grades, or a grade or class of one: the band, the grade, the class.

    Example:
        >>> grade_band("5.-9. klase"), grade_band("5. klase"), grade_band("5. b")
        (('grades_5_9', 0, ''), ('grades_5_9', 5, ''), ('grades_5_9', 5, 'b'))
    """
    read = read_grade_range(text)
    whole = band_of(text if any(map(str.isalpha, text)) else f"{text} klase")  # "1.-4."
    if whole and read and read.first < read.last:
        return whole, 0, ""
    if read and read.first == read.last:
        band = band_of(f"{read.first}. {'kurss' if read.is_course else 'klase'}")
        if band:
            letter = _CLASS.search(fold(text))
            return band, read.first, (letter[1] or letter[2]) if letter else ""
    return code("grade_band", "grade_band_unknown")(text), 0, ""


def is_class(text: str) -> bool:
    """Whether a class of a grade is named: 5.a."""
    return _CLASS.search(fold(text)) is not None


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
    if word.rstrip(".") in _SHORT_MODES:
        return word.startswith("a")
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
    known = code_spellings(codes)

    def read(text: str) -> str:
        key = plain_heading(text)
        bare = plain_heading(re.sub(r"\([^)]*\)", " ", text))  # "ēdināšana (pusdienas)"
        for candidate in (key, re.sub(r"^\d+ ", "", key), bare):
            if candidate in known:
                return known[candidate]
        if meant := of_abbreviation(text, known):
            return meant
        if codes == "support_kind" and (kind := kind_of_support(text)):
            return kind
        if codes == "support_kind" and (specialist_in(text) or is_taught(text)):
            return "consultation"
        if codes == "specialist_kind" and _OF_SUBJECT.fullmatch(text.casefold()):
            return "teacher"
        near = nearest(key, known)
        raise Unread(problem, known[near] if near else ", ".join(dict.fromkeys(known.values())))

    return read


def support_kinds(text: str) -> tuple[str, ...]:
    r"""Read the kinds of support of one cell: one, or several that are all known.

    Example:
        >>> support_kinds("1) transports\n2) ēdināšana"), support_kinds("apģērbs un apavi")
        (('transport', 'catering'), ('personal_items',))
    """
    return _several(text, code("support_kind", "support_kind_unknown"))


def specialist_kind(text: str) -> str:
    """Read the kind of specialist of one cell; of several nobody knows whose the hours are."""
    kinds = _several(text, code("specialist_kind", "specialist_kind_unknown"))
    if len(kinds) > 1:
        raise Unread("specialist_kinds_together")
    return kinds[0]


def kind_for_name(text: str) -> str | None:
    """Read the kind of specialist where a name is asked for; what is no kind may be a name."""
    with suppress(Unread):
        return specialist_kind(text)
    return None


def _several(text: str, read: Callable[[str], str]) -> tuple[str, ...]:
    with suppress(Unread):
        return (read(tidy_spaces(text)),)
    for apart in ("[+]", "[+,/]", r"[+,/&]|\bun\b|\band\b"):
        parts = _parts(rf"{_LISTED}|{apart}", text) or [text]
        with suppress(Unread):
            return tuple(dict.fromkeys(map(read, parts)))
    return (read(tidy_spaces(text)),)


def _parts(apart: str, text: str) -> list[str]:
    """The parts of a list in a cell, without their numbers."""
    parts = (_NUMBERED.sub("", part.strip()) for part in re.split(apart, text))
    return [part for part in parts if part]


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
    parts = _parts(_LISTED, text)
    if len(parts) == 1:
        parts = [part for part in re.split(r",| un ", text) if part.strip()]
    return tuple(_risk(part) or (None, tidy_spaces(part)) for part in parts)


def _risk(text: str) -> Mention | None:
    key = plain_heading(re.sub(r"\([^)]*\)", " ", text))
    if key in code_spellings("risk_category"):
        return code_spellings("risk_category")[key], None
    if key in code_spellings("risk"):
        found = code_spellings("risk")[key]
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
