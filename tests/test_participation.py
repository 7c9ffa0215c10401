# ruff: noqa: E501  (tables drawn in a test are wider than a line)
import pandas as pd
import pytest

from pumpurs_analysis import measures
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.result import NotAdditive

SCHOOLS = """
    school_id | name       | kind             | municipality_former | municipality_today
    A         | A vidusskola | secondary_school | Kandavas novads   | Tukuma novads
    B         | B pamatskola | basic_school     | Tukuma novads     | Tukuma novads
"""
PLANS = """
    plan_id | learner_id | school_id | municipality    | semester    | status            | grade | sex
    P1      | L1         | A         | Kandavas novads | 2020/2021-1 | approved          | 5     | female
    P2      | L1         | B         | Tukuma novads   | 2020/2021-1 | suspended         | 5     | female
    P3      | L2         | A         | Kandavas novads | 2020/2021-1 | inactive          | 9     | male
    P4      | L3         | A         | Tukuma novads   | 2021/2022-1 | draft             | 10    |
"""


@pytest.fixture(scope="module")
def two_schools(records):
    return records(schools=SCHOOLS, plans=PLANS)


@pytest.fixture(scope="module")
def madona(records):
    """286 plans of 181 learners in 2020/21: 150 in the first semester, 136 in the second."""
    first = [f"L{i}" for i in range(150)]
    second = [f"L{i}" for i in range(45, 181)]
    plans = pd.DataFrame(
        {
            "plan_id": [f"P{i}" for i in range(286)],
            "learner_id": first + second,
            "learner_basis": "personal_code",
            "school_id": "A",
            "municipality": "Madonas novads",
            "semester": ["2020/2021-1"] * 150 + ["2020/2021-2"] * 136,
            "status": "in_implementation",
        }
    )
    return records(plans=plans, schools=SCHOOLS)


def counted(result, *columns):
    return result.frame[list(columns)].to_numpy().tolist()


def test_madona_has_286_plans_of_181_learners(madona):
    result = measures.participation(madona, by="school_year")

    assert counted(result, "plan_count", "learner_count") == [[286, 181]]
    assert result.total() == 181
    assert result.frame.loc[0, "plans_per_learner"] == pytest.approx(286 / 181)


def test_learners_are_refused_a_sum_over_semesters_and_told_the_right_call(madona):
    result = measures.participation(madona, by="semester")

    assert counted(result, "learner_count") == [[150], [136]]
    assert result.total("plan_count") == 286
    assert result.total(semester="2020/2021-2") == 136
    with pytest.raises(NotAdditive, match=r"participation\(data, by=\('school_year',\)\)"):
        result.total()


def test_a_learner_of_two_schools_counts_once_in_the_municipality(two_schools):
    by_school = measures.participation(two_schools, by=("school", "school_year"))
    together = measures.participation(two_schools, by=("municipality_today", "school_year"))

    assert counted(by_school, "school", "learner_count") == [
        ["A vidusskola", 1], ["A vidusskola", 1], ["B pamatskola", 1],
    ]  # fmt: skip
    assert counted(together, "school_year", "learner_count", "plan_count") == [
        ["2020/2021", 1, 2], ["2021/2022", 1, 1],
    ]  # fmt: skip


def test_inactive_plans_are_never_counted_and_suspended_ones_are(two_schools):
    result = measures.participation(two_schools, by="status")

    assert counted(result, "status", "plan_count") == [
        ["approved", 1], ["draft", 1], ["suspended", 1],
    ]  # fmt: skip
    assert result.total("approved_plan_count") == 2


def test_a_resumed_plan_is_one_plan_with_its_last_status(records):
    data = records(
        plans="""
        plan_id | learner_id | school_id | semester    | status
        P1      | L1         | A         | 2020/2021-1 | suspended
        P1      | L1         | A         | 2020/2021-1 | in_revision
        """
    )

    result = measures.participation(data, by="status")

    assert counted(result, "status", "plan_count") == [["in_revision", 1]]


def test_what_is_not_known_is_a_group_of_its_own(two_schools):
    result = measures.participation(two_schools, by="sex")

    assert counted(result, "plan_count") == [[2], [1]]
    assert result.frame["sex"].isna().tolist() == [False, True]


def test_totals_are_equal_before_and_after_the_reform(two_schools):
    then = measures.participation(two_schools, by="municipality")
    today = measures.participation(two_schools, by="municipality_today")

    assert then.total("plan_count") == today.total("plan_count") == 3
    assert counted(then, "municipality") == [["Kandavas novads"], ["Tukuma novads"]]


def test_specialists_nobody_named_are_missing_and_not_zero(records, two_schools):
    named = records(
        schools=SCHOOLS,
        plans=PLANS,
        specialists="""
        specialist_id | school_id | semester
        S1            | A         | 2020/2021-1
        S1            | A         | 2021/2022-1
        S2            | A         | 2021/2022-1
        """,
    )

    assert measures.participation(two_schools).frame["specialist_count"].isna().all()
    assert counted(measures.participation(named), "specialist_count") == [[1], [2]]
    assert counted(measures.participation(named, by=()), "specialist_count") == [[2]]
    assert measures.participation(named, by="sex").frame["specialist_count"].isna().all()


def test_learners_who_cannot_be_told_apart_are_noted(records):
    data = records(
        plans="""
        plan_id | learner_id | learner_basis | semester
        P1      | plan:P1    | plan          | 2020/2021-1
    """
    )

    assert "note.plan_as_learner" in measures.participation(data).notes


def test_an_unknown_dimension_is_answered_with_the_nearest(two_schools):
    with pytest.raises(KeyError, match="nearest: semester"):
        measures.participation(two_schools, by="semestr")
    with pytest.raises(KeyError, match="grade_band"):
        measures.participation(two_schools, by="month")


def test_everything_together_is_one_row(two_schools, records):
    assert len(measures.participation(two_schools, by="programme").frame) == 1
    nothing = measures.participation(records(), by=())
    assert counted(nothing, "learner_count", "plan_count") == [[0, 0]]


def test_the_order_of_rows_changes_nothing(two_schools, records):
    shuffled = records(
        schools=SCHOOLS, plans=two_schools.plans.sample(frac=1, random_state=1, ignore_index=True)
    )

    for by in ("semester", ("municipality", "status"), ()):
        pd.testing.assert_frame_equal(
            measures.participation(shuffled, by=by).frame,
            measures.participation(two_schools, by=by).frame,
        )


def test_rows_without_a_plan_take_place_and_time_from_themselves(two_schools):
    paid = pd.DataFrame({"learner_id": ["L1", "L9"], "school_id": ["A", "A"],
                         "semester": ["2020/2021-1", "2021/2022-1"]})  # fmt: skip

    attached = grouping.attach(
        two_schools, paid, ("school", "municipality", "sex", "school_year", "region")
    )

    assert attached.astype("string").fillna("-").iloc[:, 3:].to_numpy().tolist() == [
        ["A vidusskola", "Kandavas novads", "female", "2020/2021", "Kurzeme"],
        ["A vidusskola", "Tukuma novads", "-", "2021/2022", "Kurzeme"],
    ]


def test_contributors_of_a_sum_are_counted_and_ranked():
    rows = pd.DataFrame(
        {
            "school": ["A", "A", "A", "B", "C"],
            "learner_id": ["L1", "L1", "L2", "L3", "L4"],
            "paid_cents": [100, 50, 400, 7, 0],
        }
    )

    behind = tallies.contributors(rows, ("school",), ("paid_cents",))

    assert behind.to_numpy().tolist() == [[2, 400, 150], [1, 7, 0], [0, 0, 0]]


def test_sums_and_different_values_agree_with_pandas():
    rows = pd.DataFrame({"a": list("xyxyz"), "b": [1, 1, 2, None, 1], "v": [1, 2, 3, 4, 5]})

    ours = tallies.tally(
        rows, ("a",), {"n": ("v", "size"), "total": ("v", "sum"), "kinds": ("b", "nunique")}
    )
    theirs = rows.groupby("a").agg(n=("v", "size"), total=("v", "sum"), kinds=("b", "nunique"))

    assert ours.iloc[:, 1:].to_numpy().tolist() == theirs.to_numpy().tolist()
