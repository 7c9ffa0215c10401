import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.periods import Month, read_month, read_period, semester_bounds, semester_on

PUBLISHED = Path(__file__).parent / "spellings" / "period_strings.csv"
# What its page adds to a text: the reader holds what the text itself states.
FROM_CONTEXT = {
    "2023. gada maijā": ("2022/2023", 2, "2023-05-01", "2023-05-31"),  # a visit, not a semester
    "no 2020. gada augusta līdz 2021. gada augustam": (None, None, "2020-08-01", "2021-08-31"),
}


def stated(text: str) -> tuple[str | None, int | None, str | None, str | None]:
    period = read_period(text)
    start = period.start.isoformat() if period.start else None
    end = period.end.isoformat() if period.end else None
    return period.school_year, period.semester, start, end


def published() -> list[tuple[str, tuple[str | None, int | None, str | None, str | None]]]:
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        (
            row["text_as_published"],
            (
                row["school_year"] or None,
                {"1": 1, "2": 2}.get(row["semester"]),
                row["from_date"] or None,
                row["to_date"] or None,
            ),
        )
        for row in rows
    ]


def cases(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in row.split("|")) for row in table.strip().splitlines()]


def test_the_published_list_is_whole() -> None:
    assert len(published()) == 141


@pytest.mark.parametrize(("text", "expected"), published())
def test_a_published_spelling_reads_as_labelled(
    text: str, expected: tuple[str | None, int | None, str | None, str | None]
) -> None:
    assert stated(text) == FROM_CONTEXT.get(text, expected)


@pytest.mark.parametrize(
    ("text", "school_year", "semester"),
    cases("""
    2018./ 2019. mācību gada               | 2018/2019 |
    2018./19. m.g.                         | 2018/2019 |
    2018-2019                              | 2018/2019 |
    2018.–2019. m. g.                      | 2018/2019 |
    2018/19                                | 2018/2019 |
    18./19. m.g.                           | 2018/2019 |
    18/19                                  | 2018/2019 |
    19/20. mācību gads                     | 2019/2020 |
    mācību gads 2018/2019                  | 2018/2019 |
    2018./2019. māc. gads                  | 2018/2019 |
    2018./2019.mg                          | 2018/2019 |
    2020 / 2021                            | 2020/2021 |
    2020. /21. m.g.                        | 2020/2021 |
    2021_2022                              | 2021/2022 |
    2020.2021. m.g.                        | 2020/2021 |
    2018./2019.gada 2. semestris           | 2018/2019 | 2
    2018./2019.m.g. II sem.                | 2018/2019 | 2
    II sem. 2018/19                        | 2018/2019 | 2
    2018/2019 2 semestris                  | 2018/2019 | 2
    2 semestrī                             |           | 2
    II pusgads                             |           | 2
    otrajā pusgadā 2020./2021. m. g.       | 2020/2021 | 2
    2021./2022.m.g. 1. pusg.               | 2021/2022 | 1
    2019.-2020.m.g.2.pusgads               | 2019/2020 | 2
    2019./20.m.g.1.sem.                    | 2019/2020 | 1
    2019/2020-1                            | 2019/2020 | 1
    2019/2020 I                            | 2019/2020 | 1
    2019/2020-II                           | 2019/2020 | 2
    2019/20-2                              | 2019/2020 | 2
    19/20-1                                | 2019/2020 | 1
    1.sem. 2019/20                         | 2019/2020 | 1
    2020/2021 (1)                          | 2020/2021 | 1
    I semestris (2020./2021.)              | 2020/2021 | 1
    2018./2019. m.g. - 1. semestris        | 2018/2019 | 1
    2018./2019. mācību gada otrajā semestrī | 2018/2019 | 2
    šajā (2019./2020.) mācību gadā         | 2019/2020 |
    rudens semestris 2021                  | 2021/2022 | 1
    2020. gada pavasara semestrī           | 2019/2020 | 2
    2019. gada pavasarī                    | 2018/2019 | 2
    2021.gada rudens                       | 2021/2022 | 1
    autumn 2018                            | 2018/2019 | 1
    in the spring of 2020                  | 2019/2020 | 2
    school year 2019/20                    | 2019/2020 |
    academic year 2020/2021, 2nd semester  | 2020/2021 | 2
    the first semester of 2019/2020        | 2019/2020 | 1
    semester I of 2021/22                  | 2021/2022 | 1
    during the 2018/2019 school year       | 2018/2019 |
    sākot ar 2019./2020. mācību gadu       | 2019/2020 |
    kopš 2019./2020. mācību gada 2. semestra | 2019/2020 | 2
    5.-12. klase 2019./2020. m.g.          | 2019/2020 |
    Nr. 8.3.4.0/16/I/001 2019./2020. m.g.  | 2019/2020 |
    18 skolēni 2018./2019. mācību gadā     | 2018/2019 |
    2019/2020mācību gadā                   | 2019/2020 |
    2019—2020mācību gads                   | 2019/2020 |
    2019.g./2020.g. m.g.                   | 2019/2020 |
    2019.gada/2020.gada mācību gadā        | 2019/2020 |
    2018./2019. m.g. 1-mais semestris      | 2018/2019 | 1
    2018./2019. m.g. Ⅱ semestrī            | 2018/2019 | 2
    2018./19. m.g. II p.                   | 2018/2019 | 2
    Semester 1 2019/20                     | 2019/2020 | 1
    semestris 2 2019./2020.                | 2019/2020 | 2
    2018.-2019. gada 1. semestrī           | 2018/2019 | 1
    """),
)
def test_school_years_and_semesters_are_read(text: str, school_year: str, semester: str) -> None:
    assert stated(text) == (school_year or None, int(semester) if semester else None, None, None)


@pytest.mark.parametrize(
    ("text", "start", "end", "names"),
    cases("""
    2015                                        | 2015-01-01 | 2015-12-31 |
    2019.g.                                     | 2019-01-01 | 2019-12-31 |
    2017.gada nogalē                            | 2017-01-01 | 2017-12-31 |
    2018.-2019. gados                           | 2018-01-01 | 2019-12-31 |
    no 2018. līdz 2019. gadam                   | 2018-01-01 | 2019-12-31 |
    2014.-2020. gada plānošanas periodā         | 2014-01-01 | 2020-12-31 |
    from 2017 to 2022                           | 2017-01-01 | 2022-12-31 |
    2019. gada 1. pusgadā                       | 2019-01-01 | 2019-06-30 |
    first half of 2019                          | 2019-01-01 | 2019-06-30 |
    2019. gada 2. ceturksnī                     | 2019-04-01 | 2019-06-30 |
    IV ceturksnis 2018                          | 2018-10-01 | 2018-12-31 |
    maijs 2019                                  | 2019-05-01 | 2019-05-31 | 2018/2019 2
    2020.g. marts                               | 2020-03-01 | 2020-03-31 | 2019/2020 2
    2018. gada decembra beigās                  | 2018-12-01 | 2018-12-31 | 2018/2019 1
    03.2020.                                    | 2020-03-01 | 2020-03-31 | 2019/2020 2
    2019-10                                     | 2019-10-01 | 2019-10-31 | 2019/2020 1
    2018./2019. m.g. septembrī                  | 2018-09-01 | 2018-09-30 | 2018/2019 1
    May 2023                                    | 2023-05-01 | 2023-05-31 | 2022/2023 2
    2019. gada jūlijā                           | 2019-07-01 | 2019-07-31 |
    05.10.2018.                                 | 2018-10-05 | 2018-10-05 | 2018/2019
    5. oktobris, 2018                           | 2018-10-05 | 2018-10-05 | 2018/2019
    2018-10-05 00:00:00                         | 2018-10-05 | 2018-10-05 | 2018/2019
    12. 10. 2018.                               | 2018-10-12 | 2018-10-12 | 2018/2019
    01.09.20.                                   | 2020-09-01 | 2020-09-01 | 2020/2021
    25/10/2018                                  | 2018-10-25 | 2018-10-25 | 2018/2019
    2020. gada 1. septembrī plkst. 12.00        | 2020-09-01 | 2020-09-01 | 2020/2021
    December 31, 2022                           | 2022-12-31 | 2022-12-31 | 2022/2023
    1st of March 2017                           | 2017-03-01 | 2017-03-01 | 2016/2017
    29.02.2020.                                 | 2020-02-29 | 2020-02-29 | 2019/2020
    2020. gada 15. jūlijā                       | 2020-07-15 | 2020-07-15 |
    2018. gada 5.–7. oktobris                   | 2018-10-05 | 2018-10-07 |
    10.-14.12.2018.                             | 2018-12-10 | 2018-12-14 |
    2019. gada 1. septembris – 31. decembris    | 2019-09-01 | 2019-12-31 | 2019/2020 1
    01.09.–31.12.2019.                          | 2019-09-01 | 2019-12-31 | 2019/2020 1
    no 2019. gada septembra līdz decembrim      | 2019-09-01 | 2019-12-31 | 2019/2020 1
    2020./2021. m.g. (septembris–decembris)     | 2020-09-01 | 2020-12-31 | 2020/2021 1
    01.01.2020.-31.08.2020.                     | 2020-01-01 | 2020-08-31 | 2019/2020 2
    01.09.2019.-31.05.2020.                     | 2019-09-01 | 2020-05-31 | 2019/2020
    2018. gada septembris – 2019. gada maijs    | 2018-09-01 | 2019-05-31 | 2018/2019
    2018. gada 28. septembra - 5. oktobra       | 2018-09-28 | 2018-10-05 |
    no 2018. gada oktobra līdz 2019. gada maijam | 2018-10-01 | 2019-05-31 |
    between March 2017 and December 2022        | 2017-03-01 | 2022-12-31 |
    from 1 March 2017 until 31 December 2023    | 2017-03-01 | 2023-12-31 |
    Projekta termiņš: 01.03.2017. – 31.12.2023. | 2017-03-01 | 2023-12-31 |
    kopš 2018. gada septembra                   | 2018-09-01 |            | 2018/2019 1
    no 01.03.2017                               | 2017-03-01 |            | 2016/2017 2
    kopš 2022. gada augusta                     | 2022-08-01 |            |
    Kopš projekta sākuma 2017. gadā             | 2017-01-01 |            |
    no 2020. gada 12. marta līdz gada beigām    | 2020-03-12 |            | 2019/2020 2
    pēc stāvokļa uz 31.12.2019.                 | 2019-12-31 | 2019-12-31 | 2019/2020
    as of September 2018                        | 2018-09-01 |            | 2018/2019 1
    līdz 2021. gada jūnija beigām               |            | 2021-06-30 |
    līdz 2021. gadam                            |            | 2021-12-31 |
    01.09.2019-31.12.2019                       | 2019-09-01 | 2019-12-31 | 2019/2020 1
    01.09.2019. ─ 31.12.2019.                   | 2019-09-01 | 2019-12-31 | 2019/2020 1
    2019-09-01/2019-12-31                       | 2019-09-01 | 2019-12-31 | 2019/2020 1
    2018-10-05T00:00:00                         | 2018-10-05 | 2018-10-05 | 2018/2019
    2018. gada trīsdesmit pirmajā decembrī      | 2018-12-31 | 2018-12-31 | 2018/2019
    2018. gada desmitajā maijā                  | 2018-05-10 | 2018-05-10 | 2017/2018
    2019. gada pēdējā ceturksnī                 | 2019-10-01 | 2019-12-31 |
    by the end of 2019                          |            | 2019-12-31 |
    until December 31, 2022                     |            | 2022-12-31 |
    """),
)
def test_calendar_dates_and_ranges_are_read(text: str, start: str, end: str, names: str) -> None:
    school_year, _, semester = names.partition(" ")

    expected = (school_year or None, int(semester) if semester else None, start or None)

    assert stated(text) == (*expected, end or None)


@pytest.mark.parametrize(
    ("text", "kind"),
    cases("""
    2019./2021. m.g.                       | unread
    2017-2023                              | unread
    2018/9                                 | unread
    2011/12                                | unread
    3. semestris                           | unread
    2018./2019. m.g. trešajā semestrī      | unread
    2 semestri                             | relative
    2 semestrus                            | relative
    31.02.2020                             | unread
    29.02.2019.                            | unread
    13/2017                                | unread
    2020. gada 35. maijā                   | unread
    05/10/2018                             | unread
    31.12.2019.-01.09.2019.                | unread
    2018.-2019. gadā                       | unread
    2019. un 2020. mācību gadā             | unread
    2019. vai 2020. gadā                   | unread
    mācību gads 2018                       | unread
    2018. gada 2. un 3. oktobrī            | unread
    2018. gada 3. un 4. ceturksnī          | unread
    Nr. 2019/12                            | unread
    2018./2019. m.g. un 2019./2020. m.g.   | unread
    2018. un 2019. gadā                    | unread
    2020./2021.,2021./2022.m.g.            | unread
    05.10.2018. un 12.10.2018.             | unread
    2018./2019./2020.                      | unread
    2019 skolēni                           | unread
    2019./2020. m.g., 45                   | unread
    8.3.4.0/16/I/001                       | unread
    drīz                                   | unread
    nav                                    | unread
    -                                      | unread
                                           | unread
    šogad                                  | relative
    pagājušajā gadā                        | relative
    šī gada 5. oktobrī                     | relative
    maijā                                  | relative
    projekta pirmajā semestrī              | relative
    jau otro semestri                      | relative
    no septembra                           | relative
    mācību gada sākumā                     | relative
    2019. gada ziemā                       | vague
    2020. gada vasarā                      | vague
    abos semestros                         | both_semesters
    I/II semestris                         | both_semesters
    līdz 2019./2020. mācību gada beigām    | until
    līdz 2019. gada vidum                  | until
    pirms 2019. gada 1. septembra          | until
    pēc 2020. gada                         | since
    kopš 2017. gada nogales                | since
    """),
)
def test_what_is_not_stated_is_not_guessed(text: str, kind: str) -> None:
    period = read_period(text)

    assert stated(text) == (None, None, None, None)
    assert period.kind == kind
    assert period.reason


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2.IX.2022", date(2022, 9, 2)),
        ("02. XII 22", date(2022, 12, 2)),
        ("5-okt-2022", date(2022, 10, 5)),
        ("2022.09.02.", date(2022, 9, 2)),
    ],
)
def test_a_month_may_be_a_roman_numeral_or_a_name(text: str, day: date) -> None:
    read = read_period(text)

    assert (read.start, read.end) == (day, day)


@pytest.mark.parametrize(
    ("text", "year", "month", "is_plain"),
    [
        ("Sept.22", 2022, 9, True),
        ("sep-22", 2022, 9, True),
        ("sept", None, 9, True),
        ("9. mēnesis", None, 9, True),
        ("par martu", None, 3, True),
        ("2022. gada maijs", 2022, 5, True),
        ("12.2022", 2022, 12, True),
        ("09/22", 2022, 9, False),
        ("IX.2022", 2022, 9, False),
        ("2022-1", 2022, 1, False),
        ("XII", None, 12, False),
        ("9", None, 9, False),
    ],
)
def test_one_month_is_read_and_said_how_plainly(
    text: str, year: int | None, month: int, is_plain: bool
) -> None:
    assert read_month(text) == Month(year, month, is_plain)


@pytest.mark.parametrize("text", ["22.09", "18/19", "2022", "sept/okt", "XIII", "Mārtiņš", "922"])
def test_what_is_no_one_month_is_none(text: str) -> None:
    assert read_month(text) is None


def test_both_semesters_of_a_stated_school_year_are_kept() -> None:
    period = read_period("2019./2020. mācību gada I un II semestrī")

    assert (period.school_year, period.semester) == ("2019/2020", None)
    assert period.kind == "both_semesters"


def test_a_semester_of_a_calendar_year_names_no_school_year() -> None:
    period = read_period("2019. gada 1. semestrī")

    assert (period.school_year, period.semester, period.start) == (None, 1, None)
    assert "either" in period.reason


def test_a_misprint_is_mended_only_from_the_list() -> None:
    assert read_period("In the 2014-2019 school year").school_year == "2018/2019"
    assert "misprint" in read_period("In the 2014-2019 school year").reason
    assert read_period("In the 2015-2019 school year").school_year is None


def test_a_day_outside_the_stated_school_year_is_a_contradiction() -> None:
    assert read_period("2019./2020. mācību gadā 2019. gada maijā").kind == "unread"


SCHOOL_YEARS = st.integers(2016, 2029)
TEMPLATES = (
    "{0}./{1}. mācību gadā",
    "{0}./ {1}. m.g.",
    "{0}.–{1}. m. g.",
    "{0}/{1}",
    "{0}-{1}",
    "{0}./{2}.mācību gads",
    "{0}/{2}",
    "{0}./\u00a0{1}.\u00a0m.\u00a0g.",
    "m.g. {0}/{1}",
    "the {0}/{2} school year",
)
SEMESTERS = ("{n}. semestrī", "{r} semestris", "{n}.sem.", "{n}. pusgads", "{r} pusgadā")


@given(SCHOOL_YEARS, st.sampled_from(TEMPLATES))
def test_every_school_year_reads_back(first: int, template: str) -> None:
    text = template.format(first, first + 1, (first + 1) % 100)

    assert stated(text) == (f"{first}/{first + 1}", None, None, None)


@given(
    SCHOOL_YEARS, st.sampled_from(TEMPLATES), st.sampled_from(SEMESTERS), st.sampled_from((1, 2))
)
def test_every_semester_reads_back(first: int, template: str, named: str, half: int) -> None:
    year = template.format(first, first + 1, (first + 1) % 100)
    semester = named.format(n=half, r="I" * half)

    expected = (f"{first}/{first + 1}", half, None, None)

    assert stated(f"{year} {semester}") == expected
    assert stated(f"{semester} {year}") == expected


@given(SCHOOL_YEARS, st.integers(2, 40).filter(lambda gap: gap != 1), st.sampled_from("/-–"))
def test_years_that_do_not_follow_are_no_school_year(first: int, gap: int, mark: str) -> None:
    assert read_period(f"{first}.{mark}{first + gap}. m.g.").school_year is None


@given(st.dates(date(2016, 1, 1), date(2029, 12, 31)))
def test_every_day_reads_back(day: date) -> None:
    for pattern in ("%d.%m.%Y.", "%Y-%m-%d", "%d.%m.%y."):
        period = read_period(day.strftime(pattern))

        assert (period.start, period.end) == (day, day)


@given(st.text() | st.text("0123456789./-–IVX semstrigadlīdzno", max_size=30))
def test_reading_a_period_never_raises(text: str) -> None:
    period = read_period(text)

    assert period.text == text
    assert period.reason or period.kind != "unread"


def test_every_day_of_the_programme_has_one_semester() -> None:
    day, last = date(2017, 3, 1), date(2023, 12, 31)
    starts = [date(year, month, 1) for year in range(2016, 2025) for month in (1, 9)]
    codes = {
        start: f"{start.year}/{start.year + 1}-1"
        if start.month == 9
        else f"{start.year - 1}/{start.year}-2"
        for start in starts
    }
    while day <= last:
        code = codes[max(start for start in starts if start <= day)]

        assert semester_on(day) == code
        assert semester_bounds(code)[0] <= day <= semester_bounds(code)[1]
        day += timedelta(days=1)


def test_semesters_follow_without_gap_or_overlap() -> None:
    codes = [f"{year}/{year + 1}-{half}" for year in range(2016, 2024) for half in (1, 2)]
    bounds = [semester_bounds(code) for code in codes]

    for (_, end), (start, _) in pairwise(bounds):
        assert start == end + timedelta(days=1)


@pytest.mark.parametrize("code", ["2019/2021-1", "2019/2020-3", "2019/2020", "", "2019-2020-1"])
def test_a_wrong_semester_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="2019/2020-1"):
        semester_bounds(code)
