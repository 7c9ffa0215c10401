"""Read which grades or courses a text names.

Comes in: text in Latvian or English. Goes out: the first and the last one. Refuses gaps ("5. un 7.
klase"), a wrong order, grades and courses in one text, and "II k.", which may be either; "9. k." is
a grade, since there are four courses. A number, a Roman numeral or an ordinal alone is a grade.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pumpurs_analysis import catalogue
from pumpurs_analysis.spellings import listed, ordinal, pattern, plain, written

_LAST_GRADE = 12
_LAST_COURSE = 4
_GRADES = re.compile(r"grades? \d\d?(?: ?- ?\d\d?)?")
_HEADING = re.compile(r"\d\d?\.? ?(?:- ?\d\d?\.? ?|[a-h]\.? )?(?:kl|kurs)[a-z]*\.?")


@dataclass(frozen=True)
class GradeRange:
    """Grades of a school, or courses of vocational education, first to last.

    Attributes:
        first: The lowest.
        last: The highest; equal to ``first`` for a single one.
        is_course: Whether courses are named (``1.-4. kurss``), not grades.
    """

    first: int
    last: int
    is_course: bool = False


def read_grades(text: str) -> tuple[int, int] | None:
    """Read grades or courses as people write them, as (first, last).

    Returns:
        First and last; None where none are named, or not in one unbroken row within 1-12 (courses
        1-4).

    Example:
        >>> read_grades("5.-12. kl."), read_grades("no 1. līdz 4. kursam"), read_grades("7.a klase")
        ((5, 12), (1, 4), (7, 7))
        >>> read_grades("VII"), read_grades("devītā"), read_grades("9. k.")
        ((7, 7), (9, 9), (9, 9))
        >>> read_grades("12.-5. klase") is None and read_grades("II k.") is None
        True
    """
    found = read_grade_range(text)
    return (found.first, found.last) if found else None


@lru_cache(maxsize=4096)
def read_grade_range(text: str) -> GradeRange | None:
    """Read grades or courses, and which of the two they are.

    Example:
        >>> read_grade_range("1.–4. kursa")
        GradeRange(first=1, last=4, is_course=True)
    """
    shown = _WITH_LETTER.sub(r"\1 \2", written(text).strip(" *"))
    letters = plain(shown)
    for twice, once in _said_once():
        letters = twice.sub(once, letters)
    found = [_read_match(match) for match in _worded().finditer(letters)]
    alone = _alone().fullmatch(letters)
    is_other = shown in {"x", "v"} or "skol" in letters  # marks; "pirmsskola" is no first grade
    if alone and not found and not is_other:
        found = [_row(alone["row"])]
        if alone["k"] and found[0] and found[0].first <= _LAST_COURSE:
            return None
    ranges = {part for part in found if part}
    if len(ranges) != len(set(found)) or len({part.is_course for part in ranges}) != 1:
        return None
    return _unbroken(ranges)


def grade_band(heading: str) -> str | None:
    """Give the programme's band that a heading is, or that its one grade or course is a part of.

    Example:
        >>> grade_band("5. klase"), grade_band("5.-9. kl."), grade_band("7.-9. klase")
        ('grades_5_9', 'grades_5_9', None)
    """
    is_like = heading[:1].isdigit() and _HEADING.fullmatch(plain(heading))
    is_like = is_like or _GRADES.fullmatch(plain(heading))
    read = read_grade_range(heading) if is_like else None
    for code, band in catalogue.entries("codes")["grade_band"].items():
        if read and band["source"] and band["is_course"] == read.is_course:
            is_whole = (read.first, read.last) == (band["from"], band["to"])
            if is_whole or band["from"] <= read.first == read.last <= band["to"]:
                return str(code)
    return None


def _unbroken(ranges: set[GradeRange]) -> GradeRange | None:
    """Join "5.-9. un 10.-12. klase"; a gap between them is no range."""
    named = sorted({place for part in ranges for place in range(part.first, part.last + 1)})
    if named != list(range(named[0], named[-1] + 1)):
        return None
    return GradeRange(named[0], named[-1], next(iter(ranges)).is_course)


_WITH_LETTER = re.compile(r"\b([IVX]+|\d{1,2}\.?(?=[-/]))[-/]?([A-Ha-h])\b")  # VIIb, 7-b
_LETTER = r"(?:\s?\.?\s?[a-h]\b(?!\s?[a-z]*\.?\s?lid))?"
_TO = r"\s?(?:-|\blidz\b|\bto\b|\bthrough\b)\s?"
_AND = r"\s?(?:,|\bun\b|\band\b|&)\s?(?:no\s)?"


@cache
def _one() -> str:
    words = [word for place in listed("ordinals") for word in place if word not in {"l", "ll"}]
    figures = r"(?<![\d/])(?<!\d\.)\d{1,2}(?!\d)(?:st|nd|rd|th)?\s?\.?"
    return rf"(?:{figures}|\b{pattern(word for word in words if not word.isdigit())}){_LETTER}"


@cache
def _worded() -> re.Pattern[str]:
    row = rf"{_one()}(?:(?:{_TO}|{_AND}){_one()})*"
    grade, course = (pattern(listed("grade_words", kind)) for kind in ("grade", "course"))
    word_last = rf"(?P<row>{row})\s?\.?\s?(?:{grade}|(?P<course>{course}))"
    word_first = rf"\b(?:{grade}|(?P<courses>{course}))\s?:?\s?(?:from\s|no\s)?(?P<late_row>{row})"
    return re.compile(f"{word_last}|{word_first}")


@cache
def _said_once() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Find the word said twice: "5. klases līdz 12. klasei", "grade 5 to grade 12"."""
    word = pattern(word for kind in ("grade", "course") for word in listed("grade_words", kind))
    last = rf"({_one()})\s?\.?\s?{word}({_TO})(?={_one()}\s?\.?\s?{word})"
    return (re.compile(last), r"\1\2"), (re.compile(rf"(?<=\d)({_TO}){word}\s(?=\d)"), r"\1")


@cache
def _alone() -> re.Pattern[str]:
    row = rf"(?P<row>{_one()}(?:(?:{_TO}|{_AND}){_one()})*)"
    return re.compile(rf"\s*(?:no\s)?{row}(?P<k>\s?\.?\s?k\.?)?\s*")


def _read_match(match: re.Match[str]) -> GradeRange | None:
    """Read one row of grades with its word; open ends and counts ("12 klases") are none."""
    before = match.string[: match.start()]
    found = _row(
        match["row"] or match["late_row"], is_course=bool(match["course"] or match["courses"])
    )
    if re.search(r"(?<![\d/.])\d{1,2}\s?[.…][\s.…]*$", before):  # 10. 11. 12. klase
        return None
    is_open = re.search(r"(?:\blidz|\bsakot(?: no| ar)?|\bup to|^no|^from)\s*$", before)
    is_count = re.fullmatch(r"\d+\s(?:klases|klasu|klasem|kursi|classes|grades)", match[0])
    is_single = found is not None and not re.search(rf"{_TO}|{_AND}", match[0])
    return None if is_single and (is_open or is_count) else found


def _row(row: str, *, is_course: bool = False) -> GradeRange | None:
    """Read one row such as "5., 6. un 7." or "5.-9., 10."; None where it is no row of grades."""
    ranges = set()
    for part in re.split(_AND, row):
        ends = [_place(end) for end in re.split(_TO, part.strip())]
        top = _LAST_COURSE if is_course else _LAST_GRADE
        if len(ends) > 2 or not 1 <= ends[0] <= ends[-1] <= top:  # noqa: PLR2004  (first and last)
            return None
        ranges.add(GradeRange(ends[0], ends[-1], is_course))
    return _unbroken(ranges)


def _place(word: str) -> int:
    bare = re.sub(r"(?<=[\d.\s])\s?[a-h]$", "", word.strip(" .")).strip(" .")
    digits = re.match(r"\d+", bare)
    return int(digits[0]) if digits else ordinal(bare) or 0
