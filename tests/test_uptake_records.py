# ruff: noqa: E501  (tables drawn in a test are wider than a line)
import pandas as pd
import pytest

from pumpurs_analysis import facts, measures

SCHOOLS = """
    school_id | name        | kind             | municipality_today
    A         | A vidusskola | secondary_school | Tukuma novads
    B         | B tehnikums | technical_school | Tukuma novads
"""
PLANS = """
    plan_id | learner_id | learner_basis | school_id | semester    | status    | programme_kind | grade | is_course
    P1      | L1         | personal_code | A         | 2021/2022-1 | approved  | general        | 5     | false
    P2      | L1         | personal_code | A         | 2021/2022-2 | approved  | general        | 5     | false
    P3      | L2         | personal_code | A         | 2021/2022-1 | suspended | general        | 9     | false
    P4      | L3         | personal_code | B         | 2021/2022-1 | approved  | vocational     | 1     | true
    P5      | L3         | personal_code | A         | 2021/2022-2 | inactive  | general        | 9     | false
"""
SUPPORTS = """
    support_id | plan_id | support_kind       | specialist_kind | subject    | planned_hours | planned_cents
    S1         | P1      | consultation       | teacher         | matemātika | 10            | 9000
    S2         | P1      | consultation       | psychologist    |            | 4             | 4000
    S3         | P2      | catering           |                 |            |               | 35000
    S4         | P3      | catering           |                 |            |               | 28000
    S5         | P4      | learning_materials |                 |            |               | 2000
    S6         | P5      | transport          |                 |            |               | 9900
    S7         | P1      | plan_preparation   |                 |            | 6             | 5400
"""
CONSULTATIONS = """
    plan_id | learner_id | school_id | date       | hours | specialist_id | specialist_kind | subject
    P1      | L1         | A         | 2021-09-10 | 1.5   | T1            | teacher         | matemātika
    P1      | L1         | A         | 2021-10-10 | 2     | T1            | teacher         | matemātika
    P1      | L1         | A         | 2021-10-11 | 1     | T2            | psychologist    |
    P5      | L3         | A         | 2022-02-11 | 7     | T2            | teacher         |
            | L2         | A         | 2021-11-11 | 3     |               | teacher         |
"""
PAYMENTS = """
    plan_id | learner_id | school_id | support_kind | month      | amount_cents
    P2      | L1         | A         | catering     | 2022-01-01 | 7000
    P2      | L1         | A         | catering     | 2022-02-01 | 6000
    P2      | L1         | A         | catering     | 2022-02-01 | -1000
    P3      | L2         | A         | catering     | 2021-09-01 | 500
    P3      | L2         | A         | catering     | 2021-09-01 | -500
"""


@pytest.fixture(scope="module")
def delivered(records):
    return records(
        schools=SCHOOLS, plans=PLANS, supports=SUPPORTS, consultations=CONSULTATIONS,
        payments=PAYMENTS,
    )  # fmt: skip


def test_the_fact_holds_planned_delivered_and_paid_apart(delivered):
    fact = facts.plan_support(delivered).astype({"plan_id": str, "support_kind": str})
    fact = fact.set_index(["plan_id", "support_kind"]).sort_index()

    assert "P5" not in fact.index.get_level_values(0)
    columns = ["planned_count", "planned_hours", "planned_cents", "consultation_count",
               "delivered_hours", "paid_cents", "paid_month_count"]  # fmt: skip
    assert fact.loc[("P1", "consultation"), columns].tolist() == [2, 14, 13000, 3, 4.5, 0, 0]
    assert fact.loc[("P2", "catering"), columns].tolist() == [1, 0, 35000, 0, 0, 12000, 2]
    assert fact.loc[("P3", "catering"), columns].tolist() == [1, 0, 28000, 0, 0, 0, 0]
    assert fact.loc[("P3", "catering"), "learner_id"] == "L2"


def rows(result, **where):
    frame = result.frame
    for column, code in where.items():
        frame = frame[frame[column] == code]
    return frame.set_index(["support_kind", "step"])[["supported_count", "denominator_count"]].apply(
        tuple, axis=1
    ).to_dict()  # fmt: skip


def test_learners_are_counted_by_step_over_learners_with_a_plan(delivered):
    assert rows(measures.support_uptake(delivered, by=())) == {
        ("catering", "planned"): (2, 3),
        ("catering", "paid"): (1, 3),  # what was paid to L2 was paid back
        ("consultation", "planned"): (1, 3),
        ("consultation", "delivered"): (1, 3),
        ("learning_materials", "planned"): (1, 3),
        ("learning_materials", "paid"): (0, 3),
    }


def test_zero_missing_and_not_applicable_are_three_things(delivered, records):
    frame = measures.support_uptake(delivered, by="school").frame
    frame = frame.set_index(["school", "support_kind", "step"])
    unpaid = records(schools=SCHOOLS, plans=PLANS, supports=SUPPORTS, consultations=CONSULTATIONS)
    missing = measures.support_uptake(unpaid, by=()).frame
    missing = missing[missing["step"] == "paid"]

    zero = frame.loc[("B tehnikums", "catering", "planned")]
    assert (zero["supported_count"], zero["status"], zero["supported_share"]) == (0, "counted", 0)
    not_for = frame.loc[("A vidusskola", "learning_materials", "planned")]
    assert not_for["status"] == "not_applicable"
    assert pd.isna(not_for["supported_count"])
    assert missing["supported_count"].isna().all()
    assert set(missing["status"]) == {"not_delivered"}


def test_uptake_by_specialist_and_subject_is_of_consultations(delivered):
    frame = measures.support_uptake(delivered, by="specialist_kind").frame
    taught = frame[frame["specialist_kind"] == "psychologist"]

    assert set(frame["support_kind"]) == {"consultation"}
    assert set(frame["step"]) == {"planned", "delivered"}
    assert taught["supported_count"].tolist() == [1, 1]


ENROLMENT = """
    school_id | school_year | grade_band   | learner_count | source
    A         | 2021/2022   | grades_5_9   | 40            | VIIS
    A         | 2021/2022   | grades_10_12 | 10            | VIIS
    B         | 2021/2022   |              | 200           |
"""


def test_coverage_needs_enrolment_with_a_source(delivered, records):
    sourced = records(
        schools=SCHOOLS, plans=PLANS, supports=SUPPORTS, consultations=CONSULTATIONS,
        payments=PAYMENTS, enrolment=ENROLMENT,
    )  # fmt: skip
    by = ("municipality_today", "school_year")

    assert set(measures.support_uptake(delivered, by=by).frame["basis"]) == {"learner"}
    frame = measures.support_uptake(sourced, by=by).frame
    enrolled = frame[frame["basis"] == "enrolled"]
    assert enrolled["denominator_count"].unique().tolist() == [50]
    materials = enrolled[enrolled["support_kind"] == "learning_materials"]
    assert materials["status"].unique().tolist() == ["not_applicable"]  # school B has no source
    assert set(measures.support_uptake(sourced, by="school").frame["basis"]) == {"learner"}


def test_bands_that_overlap_are_never_added_up(records):
    doubled = ENROLMENT + "    A | 2021/2022 | grades_1_12 | 55 | VIIS\n"
    data = records(schools=SCHOOLS, plans=PLANS, supports=SUPPORTS, enrolment=doubled)

    frame = measures.support_uptake(data, by=("school", "school_year")).frame
    banded = measures.support_uptake(data, by=("school_year", "grade_band")).frame

    assert frame[frame["basis"] == "enrolled"]["denominator_count"].unique().tolist() == [55]
    of_band = banded[(banded["basis"] == "enrolled") & (banded["grade_band"] == "grades_5_9")]
    assert of_band["denominator_count"].unique().tolist() == [40]


def test_learners_are_not_added_over_kinds_steps_or_schools(delivered):
    result = measures.support_uptake(delivered, by="school")

    with pytest.raises(measures.result.NotAdditive, match="support_kind"):
        result.total(step="planned", basis="learner", school="A vidusskola")


def test_planned_is_held_against_delivered_and_paid(delivered):
    frame = measures.planned_and_delivered(delivered).frame.set_index("support_kind")

    talk = frame.loc["consultation"]
    # 4.5 in plans, and 3 whose plan nobody knows; the fifth stands on a deleted plan
    assert (talk["planned_hours"], talk["delivered_hours"]) == (14, 7.5)
    assert talk["delivered_ratio"] == pytest.approx(7.5 / 14)
    assert (talk["involved_learner_count"], talk["involved_plan_count"]) == (1, 1)
    meals = frame.loc["catering"]
    assert (meals["planned_cents"], meals["paid_cents"]) == (63000, 12000)
    assert pd.isna(meals["delivered_hours"])
    assert meals["involved_learner_count"] == 2


def test_only_what_can_be_delivered_or_paid_is_held_against_it(records):
    data = records(
        schools=SCHOOLS,
        plans=PLANS,
        supports="""
            support_id | plan_id | support_kind     | planned_hours | planned_cents
            S1         | P1      | consultation     | 10            |
            S2         | P1      | plan_preparation | 6             |
            S3         | P1      | catering         |               | 20000
            S4         | P2      | transport        |               | 5000
            S5         | P2      | consultation     | 4             | 3000
        """,
        consultations="plan_id|learner_id|school_id|date|hours\nP1|L1|A|2021-10-04|8",
        payments="plan_id|learner_id|school_id|support_kind|month|amount_cents\n"
        "P1|L1|A|catering|2021-10-01|5000",
    )

    whole = measures.planned_and_delivered(data, by=()).frame.loc[0]
    assert (whole["planned_hours"], whole["planned_consultation_hours"]) == (20, 14)
    assert whole["delivered_ratio"] == pytest.approx(8 / 14)  # preparing plans has no such hours
    assert pd.isna(whole["paid_ratio"]), "30 EUR are planned for consultations that nobody pays out"
    by_kind = measures.planned_and_delivered(data).frame.set_index("support_kind")
    assert by_kind["paid_ratio"].dropna().to_dict() == {"catering": 0.25, "transport": 0}
    assert pd.isna(by_kind.loc["plan_preparation", "delivered_ratio"])


def test_planned_and_paid_add_up_to_the_rows(delivered):
    for by in ((), "school", "status", ("semester", "support_kind")):
        result = measures.planned_and_delivered(delivered, by=by)
        assert result.total("planned_cents") == 9000 + 4000 + 35000 + 28000 + 2000 + 5400
        assert result.total("paid_cents") == 12000
        assert len(result.contributors) == len(result.frame)


def test_statuses_are_kept_apart(delivered):
    frame = measures.planned_and_delivered(delivered, by="status").frame.set_index("status")

    assert frame.loc["suspended", "planned_cents"] == 28000
    assert "inactive" not in frame.index


def test_planned_by_specialist_knows_no_payments(delivered):
    frame = measures.planned_and_delivered(delivered, by="specialist_kind").frame
    frame = frame.set_index("specialist_kind")

    assert frame.loc["teacher", ["planned_hours", "delivered_hours"]].tolist() == [10, 3.5]
    assert frame["paid_cents"].isna().all()


def test_hours_reconcile_to_the_rows(delivered):
    whole = measures.hours_and_load(delivered, by=())
    by_school = measures.hours_and_load(delivered)

    assert whole.total("delivered_hours") == by_school.total("delivered_hours") == 7.5
    row = whole.frame.loc[0]
    assert row["consultation_count"] == 4  # the fifth stands on a deleted plan
    assert row["hours_per_learner"] == 7.5 / 2
    assert row["hours_per_specialist"] == 4.5 / 2  # the row without a specialist is no one's load


def test_a_delivery_of_nothing_answers_with_nothing(records):
    nothing = records()

    assert measures.support_uptake(nothing, by=()).frame.empty
    assert measures.planned_and_delivered(nothing).frame.empty
    assert measures.hours_and_load(nothing).frame.empty


def test_without_details_nothing_says_whose_it_was(delivered):
    whole = measures.planned_and_delivered(delivered)
    public = measures.planned_and_delivered(delivered, details=False)

    gone = {*whole.frame} - {*public.frame}
    assert gone == {"involved_learner_count", "involved_plan_count", "planned_hours"}
    assert public.frame["paid_cents"].tolist() == whole.frame["paid_cents"].tolist()
    assert not gone & {*public.counts, *public.money, *public.additive, *public.derived}
