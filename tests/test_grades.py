import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.grades import GradeRange, read_grade_range, read_grades

PUBLISHED = Path(__file__).parent / "spellings" / "other_strings.csv"


def published() -> list[tuple[str, str]]:
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["text_as_published"], row["normalised"])
        for row in rows
        if row["kind"] == "grade_range"
    ]


def test_the_published_list_is_whole() -> None:
    assert len(published()) == 12


@pytest.mark.parametrize(("text", "expected"), published())
def test_a_published_grade_range_reads_as_labelled(text: str, expected: str) -> None:
    first, last = expected.removeprefix("course ").split("-")

    is_course = expected.startswith("course")

    assert read_grade_range(text) == GradeRange(int(first), int(last), is_course)
    assert read_grades(text) == (int(first), int(last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("5.-12. kl.", 5, 12),
        ("5-12", 5, 12),
        ("5 – 12", 5, 12),
        ("5.–12.kl", 5, 12),
        ("kl. 5-12", 5, 12),
        ("klases: 5–12", 5, 12),
        ("5.līdz 9.klase", 5, 9),
        ("5. līdz 9. klašu skolēniem", 5, 9),
        ("39 skolēniem no 5. līdz 12. klasei", 5, 12),
        ("2019./2020. m.g. 5.-9. klases", 5, 9),
        ("no piektās līdz devītajai klasei", 5, 9),
        ("V-XII klase", 5, 12),
        ("5.,6.,7. klase", 5, 7),
        ("5., 6. un 7. klase", 5, 7),
        ("5,6,7 klase", 5, 7),
        ("5.-9. un 10.-12. klase", 5, 12),
        ("7. klase", 7, 7),
        ("7.a klase", 7, 7),
        ("7.b", 7, 7),
        ("7a", 7, 7),
        ("7.a, 7.b", 7, 7),
        ("7.a-9.b klase", 7, 9),
        ("45 skolēni 7. klasē", 7, 7),
        ("7", 7, 7),
        ("1.-4. kursam", 1, 4),
        ("I kurss", 1, 1),
        ("pirmais kurss", 1, 1),
        ("1., 2. kurss", 1, 2),
        ("grades 5 to 12", 5, 12),
        ("classes 5-9", 5, 9),
        ("grade 7", 7, 7),
        ("7th grade", 7, 7),
        ("no 5. klases līdz 12. klasei", 5, 12),
        ("5.klase–12.klase", 5, 12),
        ("7. klase - 5 skolēni", 7, 7),
        ("grade 5 to grade 12", 5, 12),
        ("grades 5 through 12", 5, 12),
    ],
)
def test_grades_and_courses_are_read(text: str, first: int, last: int) -> None:
    assert read_grades(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "12.-5. klase",
        "0.-3. klase",
        "13. klase",
        "5.-13. klase",
        "5. kurss",
        "1.-5. kurss",
        "7. un 9. klase",
        "10.12. klase",
        "5.6. klase",
        "1.-4. kurss un 5.-12. klase",
        "līdz 9. klasei",
        "sākot no 5. klases",
        "12 klases",
        "12 klašu",
        "10. 11. 12. klase",
        "pamatskolas klases",
        "5-12 gadi",
        "05.10.2019.",
        "2019./2020.",
        "45 skolēni",
        "klase",
        "-",
        "",
    ],
)
def test_what_is_no_row_of_grades_is_none(text: str) -> None:
    assert read_grades(text) is None


@pytest.mark.parametrize(
    ("text", "grade"),
    [("VII", 7), ("IXb", 9), ("devītā", 9), ("Desmitā", 10), ("7-b", 7), ("9.k.", 9), ("X", 10)],
)
def test_a_grade_may_stand_alone(text: str, grade: int) -> None:
    assert read_grade_range(text) == GradeRange(grade, grade)


@pytest.mark.parametrize("text", ["II k.", "1.k", "x", "v", "XIII", "K2"])
def test_what_may_be_a_course_or_a_mark_is_no_grade(text: str) -> None:
    assert read_grades(text) is None


def test_courses_are_told_apart_from_grades() -> None:
    course, grade = read_grade_range("1.–4. kurss"), read_grade_range("1.–4. klase")

    assert course is not None
    assert grade is not None
    assert (course.is_course, grade.is_course) == (True, False)


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(["{}.-{}. klase", "no {}. līdz {}. klasei", "{}. – {}.klašu", "{}–{}. kl."]),
)
def test_every_pair_reads_back_in_order_only(first: int, last: int, template: str) -> None:
    expected = (first, last) if first <= last else None

    assert read_grades(template.format(first, last)) == expected


@given(st.text() | st.text("0123456789.-– kursklaīdz", max_size=25))
def test_reading_grades_never_raises(text: str) -> None:
    found = read_grades(text)

    assert found is None or 1 <= found[0] <= found[1] <= 12
