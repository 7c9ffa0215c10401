"""Cut a text about time into tokens: dates, months, school years, semesters, joints.

Comes in: text as written. Goes out: tokens in order. Refuses what no calendar has (a third
semester, 2019/2021); putting tokens together is the work of ``periods``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pumpurs_analysis.spellings import listed, number_word, ordinal, pattern, plain

_MONTHS = 12


class UnreadError(ValueError):
    """The text cannot be one period; the message says why."""


@dataclass(frozen=True)
class Token:
    """One piece of a text about time: what it is and the numbers in it."""

    kind: str
    value: tuple[int, ...] = ()


# One rule a line: kind, then what it looks like in plain letters (spaces are written \s); a rule
# may go on in the next line. The first that fits wins. @name stands for words of the catalogue, @Y
# for a year.
_RULES = r"""
skip        \d\d?\s?\.?(?:\s?(?:-|lidz)\s?\d\d?\s?\.?)?\s?(?:klas|kurs|kl\b|grade)[a-z]*
          | (?:grades?|class(?:es)?)\s\d\d?(?:\s?(?:-|to)\s?\d\d?)?\b
skip        8\.3\.4[\w./]* | \[\d+\] | [*] | (?:\bnr\b\.?|§)\s?\d[\w./-]* | @silent
          | plkst\.?\s?\d\d?[.:]\d\d\b | \d\d?:\d\d(?::\d\d)?\b
relative    @own_count\s@place\s@study@sem | @place\s@own_count\s@sem
relative    jau\s[a-z]+o\s@study(?:semestri|pusgadu)\b
date        (?P<y>@Y)(?P<mark>[-./])\s?(?P<m>0?[1-9]|1[0-2])(?P=mark)\s?(?P<d>\d\d?)
            \b(?!/)\.?(?:[t\s]\d\d:\d\d(?::\d\d)?)?
date        (?P<d>\d\d?)(?P<mark>[./-])\s?(?P<m>\d\d?)(?P=mark)\s?(?P<y>@Y|\d\d)
            \b(?!/\d|-\d(?!\d?\.\d))\.?(?:\s?(?:g|gad[a-z]*)\b\.?)?
date        (?P<d>\d\d?)\s?(?P<mark>[./-]|\s)\s?(?P<m>[ivx]{1,4})(?:\.\s?|\s|(?P=mark))
            (?P<y>@Y|\d\d)\b(?!/\d)\.?(?:\s?(?:g|gad[a-z]*)\b\.?)?
several     @Y\s?\.?\s?(?:(?:gad[a-z]*|g\b\.?)\s)?@school_year
          | @school_year\s@Y\b(?!\s?\.?\s?(?:[/\d-]|g))
several     @place\s?(?:un|vai|and|or|,|&)\s?\d\d?\s?\.?\s?(?:@month|@quarter)
several     @Y\s?\.?\s?[/-]\s?(?:@Y|\d\d)\s?\.?\s?/\s?\d\d
pair        (?P<a>@Y)\s?\.?(?P<mark>\s?(?:(?:(?:gad[a-z]*|g\b)\.?\s?)?/|//|-)\s?)\.?\s?
            (?P<b>@Y\b|\d{5,}|\d\d?\b(?!\s?\.?\s?@month|\.\s?\d\d?\.\s?@Y))(?P<after>@years)
pair        (?P<a>@Y)(?P<mark>\.)\s?
            (?P<b>@Y|\d\d(?!\s?\.?\s?(?:\d|@month|@place\s?@sem)))\b(?P<after>@years)
pair        (?P<a>\d\d)\s?\.?(?P<mark>\s?[/-]\s?)(?P<b>\d\d)
            \b(?!\s?\.?\s?@month|\.\s?\d\d?\.\s?@Y)(?P<after>@years)
month_year  (\d\d?)\s?[./]\s?(@Y)\b\.?(?:\s?(?:g|gad[a-z]*)\b\.?)?
both        @one\s?(?:un|,|-|/|and|&|\+)\s?@two\s?@study@sem | @all\s@study@sem
duration    \d\d?\s@study(?:semestr(?:i|us?|os|iem)|pusgad(?:i|us?|os|iem)|semesters)\b
semester    (?P<n>@place)\s?@study(?P<what>@sem)
semester    (?P<what>@sem)\s?[:(-]?\s?(?P<n>[12]|ii?)\b\.?
            (?!\s?(?:@month|gad|\d(?!\d\d\d)|g\b|/|-\d))
half        (?P<n>@place)\s?(?P<what>@half)
quarter     (?P<n>@place)\s?@quarter | q\s?(?P<q>[1-4])\b | pedej[a-z]*\s@quarter
day         (\d\d?)\.?(?=\s?(?:-|lidz\b)\s?\d\d?\s?\.?\s?(?:@month|\d\d?\.\s?@Y))
day_month   (?P<tens>(?:div|tris)desmit\s)?(?P<nth>@nth)(?:ais|aja|ajam|a|o)\s(?P<month>@month)
day_month   (?P<day>\d\d?)\s?(?:[.-]|st|nd|rd|th)?\s?(?:of\s)?(?P<month>@month)
day_month   (?P<month>@month)\s?(?P<day>\d\d?)(?:st|nd|rd|th|\.)?(?=,?\s?@Y)
day_month   (?P<day>\d\d?)\.\s?(?P<number>\d\d?)\b\.?(?=\s?(?:-|lidz\b|$|,|\)))
month       (?P<month>@month)
season      (?P<season>@season)(?P<sem>\s@study@sem)?
year        (?:gad[a-z]*\s)?(@Y)\b\s?\.?\s?-?(?:gad[a-z]*|g)\b\.?
year        (?<=\bin\s)(@Y)\b | (?<=\bof\s)(@Y)\b | (?<=year\s)(@Y)\b
          | (?<=gads\s)(@Y)\b | (?<=gada\s)(@Y)\b
year        (@Y)\b\.?(?!\s?\.?\s?[\w%€])
          | (@Y)\b\.?(?=\s?\.?\s?
            (?:un|and|vai|or|@until|@season|@month|@place\s?@sem|@sem|@half|@quarter|\d))
duration    (?:[a-z]+|\d+)\s(?:@study)gad(?:us|iem|os|i)\b
unit        @school_year | @span
begin       @begin
middle      @middle
end         @end
relative    lidz\ssim\b
since       @since
from        @from
until       @until
after       @after
before      @before
dash        -
comma       [,;]
tail        (?P<p>[12]|ii?|ll)\b\s?\.?\s?(?:p|pg|p/g)\b\.?
          | s?\s?(?P<n>[12]|ii?|ll)\b\.?\)?$ | (?P<m>ii?)\b(?=\s?[,(]?\s?@Y)
relative    @relative
number      \d+
word        [^\W\d_]+
"""


def _plain_token(kind: str, found: re.Match[str]) -> Token:
    return Token(kind, tuple(int(number) for number in found.groups() if number))


def _date(kind: str, found: re.Match[str]) -> Token:
    """A whole date in figures; beside strokes and dashes the day or the month may stand first.

    A Roman numeral is the month ("2.IX.2022").
    """
    year, day = int(found["y"]), int(found["d"])
    month = int(found["m"]) if found["m"].isdigit() else ordinal(found["m"])
    if month is None:
        raise UnreadError(f"{found['m']} is no month")
    if found["m"].isdigit() and found["mark"] != "." and found.start("d") < found.start("y"):
        if max(month, day) <= _MONTHS and month != day:
            raise UnreadError(f"the day or the month may stand first: {found[0].strip()}")
        if month > _MONTHS:
            month, day = day, month
    return Token(kind, (year if len(found["y"]) > 2 else 2000 + year, month, day))  # noqa: PLR2004  (1.9.19)


def _several(_: str, found: re.Match[str]) -> Token:
    raise UnreadError(f"not one day, and not two years in a row: {found[0].strip()}")


def _pair(_: str, found: re.Match[str]) -> Token:
    """Two numbers beside a stroke or dash: a school year, a month of a year, or a span of years."""
    first, second, after = found["a"], found["b"], found["after"].strip(" .")
    is_school = bool(
        re.search(rf"\b{pattern(listed('period_words', 'school_year'))}", found.string)
    )
    mark = found["mark"].strip()
    if len(first) == 2:  # noqa: PLR2004  (18/19)
        is_alone = mark == "/" or found[0].strip(" .") == found.string.strip(" .")
        if not (is_school or (is_alone and first in _PROGRAMME)):
            raise UnreadError(f"{found[0].strip()} is no part of a period")
        first = f"20{first}"
    if not is_school and len(second) == 2 and 1 <= int(second) <= _MONTHS:  # noqa: PLR2004  (2019/05)
        return _month_or_years(found, int(first), int(second))
    is_semester = re.search(pattern(listed("period_words", "semester")), found.string)
    follows = int(first) + 1 == int(second if len(second) == 4 else first[:2] + second)  # noqa: PLR2004
    is_span = mark == "-" and len(second) == 4 and int(second) > int(first) and not is_school  # noqa: PLR2004
    if is_span and _says_calendar_years(after, found.string, follows=follows):
        return Token("span", (int(first), int(second)))
    if mark == "-" and after.startswith("g") and not (is_school or is_semester):
        raise UnreadError(f"two calendar years or a school year: {found[0].strip()}")
    if not follows or (mark == "." and not is_school):
        raise UnreadError(f"not two years in a row: {found[0].strip()}")
    return Token("school_year", (int(first),))


def _month_or_years(found: re.Match[str], first: int, second: int) -> Token:
    if second == (first + 1) % 100:
        raise UnreadError(f"a school year or a month: {found[0].strip()}")
    return Token("month_year", (second, first))


def _says_calendar_years(after: str, whole: str, *, follows: bool) -> bool:
    """Tell calendar years ("2018.-2019. gados", "2014.-2020. gada") from a school year."""
    is_plural = re.fullmatch(r"gad(?:os|iem|i|us)", after) or re.search(r"\byears\b", whole)
    return bool(is_plural or (after.startswith("g") and not follows))


def _semester(kind: str, found: re.Match[str]) -> Token:
    """Semester or half; the second number tells "pusgads", which may be of a calendar year."""
    place = ordinal(found["n"].strip("."))
    if place not in {1, 2}:
        raise UnreadError(f"there are only two: {found[0].strip()}")
    is_half_year = kind == "semester" and found["what"].startswith(("p", "half"))
    if kind == "half" or is_half_year:
        return Token("half", (place, int(is_half_year)))
    return Token("semester", (place,))


def _quarter(kind: str, found: re.Match[str]) -> Token:
    place = int(found["q"] or 0) or ordinal((found["n"] or "4").strip(".")) or 0  # pēdējā is 4
    if place > 4:  # noqa: PLR2004  (quarters)
        raise UnreadError(f"there are only four: {found[0].strip()}")
    return Token(kind, (place,))


def _named_day(kind: str, found: re.Match[str]) -> Token:
    groups = found.groupdict()
    if word := groups.get("nth"):  # "divdesmit pirmajā septembrī"
        tens = number_word((groups["tens"] or "").strip())
        ones = ordinal(word) or int(getattr(number_word(word), "value", 0))
        day = ones + (int(tens.value) if tens else 0)
        return Token(kind, (day, _month_of(groups["month"])))
    month = int(groups["number"]) if "number" in groups else _month_of(groups["month"])
    return Token(kind, (int(groups["day"]), month) if "day" in groups else (month,))


def _month_of(word: str) -> int:
    months = enumerate(listed("months"), 1)
    return next(n for n, words in months if re.fullmatch(pattern(words, "[a-z]{0,2}"), word))


def _season(kind: str, found: re.Match[str]) -> Token:
    seasons = enumerate(listed("seasons").values(), 1)
    place = next(n for n, words in seasons if re.fullmatch(pattern(words), found["season"]))
    return Token(kind, (place, int(bool(found["sem"]))))


def _tail(kind: str, found: re.Match[str]) -> Token:
    return Token(kind, (1 if (found["p"] or found["n"] or found["m"]) in {"1", "i"} else 2,))


_APART = tuple(
    (re.compile(written), meant)
    for written, meant in (
        (r"\b(\d\d?)-[mrtš]?(?:ais|aj[a-z]*)\b", r"\1."),  # 1-mais, 2-rais
        (r"(?<=\d)t(?=\d\d:)", " "),  # 2018-10-05T00:00
        (r"(?<=\d)(?=[a-z])(?!(?:st|nd|rd|th)\b)", " "),  # 2020mācību gadā
        (r"(?<=[.-]\d\d)/(?=\d{4}-\d)|(?<=\.\d{4})\.?\s?/\s?(?=\d\d?\.\d)", " - "),
        (r"(?<=[a-z]{3})(?=\d)", " "),  # gada1.semestrī
        (r"\b(?:between|starp)\s(.+?)\s(?:and|un)\s", r"from \1 until "),
    )
)
_PROGRAMME = frozenset(str(year) for year in range(16, 30))  # 18/19 alone is a school year of these
_MAKERS: dict[str, Callable[[str, re.Match[str]], Token]] = {
    "date": _date,
    "several": _several,
    "pair": _pair,
    "semester": _semester,
    "half": _semester,
    "quarter": _quarter,
    "day_month": _named_day,
    "month": _named_day,
    "season": _season,
    "tail": _tail,
}


def tokens(text: str) -> Iterator[Token]:
    """Cut a text into tokens; what says nothing of time is left out or called a word.

    Raises:
        UnreadError: A piece of it is no time: a third semester, 2019/2021.

    Example:
        >>> [(token.kind, token.value) for token in tokens("no 2018./2019. m.g. 1. semestra")]
        [('from', ()), ('school_year', (2018,)), ('semester', (1,))]
    """
    # "2 semestrī" is the second semester, "2 semestri" are two: only the long vowel tells.
    told_apart = re.sub(r"\b([12])(?=\s(?:mācību\s)?(?:semestrī|pusgadā)\b)", r"\1.", text.lower())
    whole = plain(told_apart).replace("_", "/")
    for written, meant in _APART:
        whole = written.sub(meant, whole)
    place = 0
    while place < len(whole):
        kind, found = _first(whole, place)
        place = found.end() if found else place + 1
        if found and kind == "number":
            _refuse_loose(found, whole)
        elif found and kind != "skip":
            yield _MAKERS.get(kind, _plain_token)(kind, found)


def _first(whole: str, place: int) -> tuple[str, re.Match[str] | None]:
    for kind, rule in _rules():
        found = rule.match(whole, place)
        if found and found.end() > place:
            return kind, found
    return "", None


def _refuse_loose(found: re.Match[str], whole: str) -> None:
    """A number beside words counts something; at the end, or by a stroke, it is a spoilt date."""
    before, after = whole[: found.start()], whole[found.end() :]
    if before.endswith(("/", ".")) or re.match(r"\s*\.?\s*(?:$|[/-]?\s?\d|[/-])", after):
        raise UnreadError(f"{found[0]} is no part of a period")


@cache
def one_month() -> tuple[re.Pattern[str], ...]:
    """A month alone or with the word "mēnesis", before its year, and after it."""
    names = pattern((word for words in listed("months") for word in words), "[a-z]{0,2}")
    month, apart = rf"(?P<month>{names}|0?[1-9]|1[0-2]|[ivx]{{1,4}})", r"[\s./'(-]"
    return (
        re.compile(rf"(?:par\s|for\s)?{month}(?P<says>\.?\s?(?:menes[a-z]{{1,3}}|men|month))?"),
        re.compile(
            rf"{month}(?:{apart}+|(?<=[a-z]))(?P<year>20\d\d|1[7-9]|2[0-3])(?:\.?\s?g[ads]*)?"
        ),
        re.compile(rf"(?P<year>20\d\d)(?:{apart}+(?:g[ads]*\b\.?\s?)?|(?=[a-z])){month}"),
    )


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = listed("period_words")
    named = {name: pattern(words[name]) for name in words}
    ordinals = [pattern(found) for found in listed("ordinals")]
    nth = "|".join(stem[:-1] for place in listed("ordinals")[:9] for stem in place if "*" in stem)
    named |= {
        "month": pattern((word for month in listed("months") for word in month), "[a-z]{0,2}"),
        "season": pattern(word for season in listed("seasons").values() for word in season),
        "nth": rf"(?:{nth}|[a-z]+padsmit|(?:div|tris)?desmit)",
        "place": f"(?:{'|'.join(reversed(ordinals))})",
        "one": ordinals[0],
        "two": ordinals[1],
        "all": named["both"],
        "sem": pattern([*words["semester"], *words["half_year"]]),
        "Y": r"(?:19|20)\d\d",
        "study": r"(?:macibu\s)?",
        "years": rf"(?:\s?\.?\s?(?:{named['school_year']}|gad[a-z]*\b|g\b\.?))?",
    }
    rules = []
    for line in re.split(r"\n(?=\S)", _RULES.strip()):
        kind, rule = line.split(maxsplit=1)
        rule = re.sub(r"@(\w+)", lambda name: named[name[1]], rule)
        rules.append((kind, re.compile(rule, re.VERBOSE)))
    return tuple(rules)
