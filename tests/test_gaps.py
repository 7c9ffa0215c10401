# ruff: noqa: E501  (tables drawn in a test are wider than a line)
from datetime import date
from itertools import chain

import jsonschema
import pandas as pd
import pytest

from pumpurs_analysis import catalogue, marks, measures

# Twelve cases, one plan each: the plan's code says what is expected.
PLANS = """
    plan_id           | learner_id | school_id | semester    | status    | is_catering_by_municipality
    not_planned       | L1         | A         | 2021/2022-1 | approved  | false
    answered          | L2         | A         | 2021/2022-1 | approved  | false
    not_received      | L3         | A         | 2021/2022-1 | approved  | false
    wrong_kind        | L4         | A         | 2021/2022-1 | approved  | false
    wrong_specialist  | L5         | A         | 2021/2022-1 | approved  | false
    right_specialist  | L6         | A         | 2021/2022-1 | approved  | false
    municipality_pays | L7         | A         | 2021/2022-1 | approved  | true
    handled_otherwise | L8         | A         | 2021/2022-1 | approved  | false
    suspended         | L9         | A         | 2021/2022-1 | suspended | false
    waiting           | L10        | A         | 2021/2022-1 | draft     | false
    deleted           | L11        | A         | 2021/2022-1 | inactive  | false
    paid_back         | L12        | A         | 2021/2022-1 | approved  | false
"""
RISKS = """
    plan_id           | risk_category | risk                   | input_id | row
    not_planned       | learning      | learning_difficulties  | I1       | 2
    answered          | learning      | learning_difficulties  | I1       | 3
    not_received      | learning      | learning_difficulties  | I1       | 4
    wrong_kind        | economic      | material_circumstances | I1       | 5
    wrong_specialist  | family        | little_parental_involvement | I1  | 6
    right_specialist  | social_health | addiction              | I1       | 7
    municipality_pays | economic      | material_circumstances | I1       | 8
    handled_otherwise | learning      | unexcused_absences     | I1       | 9
    suspended         | economic      | material_circumstances | I1       | 10
    waiting           | economic      | material_circumstances | I1       | 11
    deleted           | learning      | learning_difficulties  | I1       | 12
    paid_back         | economic      | material_circumstances | I1       | 13
"""
SUPPORTS = """
    support_id | plan_id          | support_kind | specialist_kind | planned_hours | planned_cents
    S2         | answered         | consultation | teacher         | 10            | 9000
    S3         | not_received     | consultation | teacher         | 8             | 7200
    S4         | wrong_kind       | consultation | teacher         | 5             | 4500
    S5         | wrong_specialist | consultation | teacher         | 5             | 4500
    S6         | right_specialist | consultation | psychologist    | 5             | 4500
    S9         | suspended        | transport    |                 |               | 12000
    S10        | waiting          | transport    |                 |               | 12000
    S12        | paid_back        | transport    |                 |               | 12000
"""
CONSULTATIONS = """
    plan_id          | date       | hours | specialist_kind
    answered         | 2021-09-10 | 1     | teacher
    wrong_kind       | 2021-09-10 | 1     | teacher
    wrong_specialist | 2021-09-10 | 1     | teacher
    right_specialist | 2021-09-10 | 1     | psychologist
"""
PAYMENTS = """
    plan_id   | support_kind | month      | amount_cents
    paid_back | transport    | 2021-09-01 | 3000
    paid_back | transport    | 2021-09-01 | -3000
"""
EXPECTED = {
    "not_planned": "not_planned",
    "answered": "answered",
    "not_received": "not_received",
    "wrong_kind": "not_planned",
    "wrong_specialist": "not_planned",
    "right_specialist": "answered",
    "municipality_pays": "municipality_pays",
    "handled_otherwise": "handled_otherwise",
    "suspended": "suspended",
    "waiting": "waiting",
    "paid_back": "not_received",
}
INPUTS = "input_id | file | sheet\n I1 | riski.xlsx | Riski"


@pytest.fixture(scope="module")
def twelve(records):
    return records(
        plans=PLANS, risks=RISKS, supports=SUPPORTS, consultations=CONSULTATIONS,
        payments=PAYMENTS, inputs=INPUTS,
    )  # fmt: skip


@pytest.fixture
def kept(tmp_path):
    """Marks of a workspace, read back from its folder."""
    key = "handled_otherwise|learning|unexcused_absences"
    mark = marks.Mark("handled_otherwise", key, "atbalsts citā projektā", "AB", date(2022, 1, 5))
    marks.set_marks(tmp_path, [mark])
    return marks.read_marks(tmp_path)


def test_twelve_cases_have_the_outcome_expected(twelve, kept):
    frame = measures.support_gaps(twelve, marks=kept).frame
    counted = frame.groupby("outcome")["outcome_mention_count"].sum()

    wanted = pd.Series(EXPECTED).value_counts()
    assert counted[counted > 0].sort_index().to_dict() == wanted.sort_index().to_dict()
    assert counted.sum() == 11  # the deleted plan is none


def test_gaps_are_told_in_people_plans_hours_and_euros(twelve, kept):
    frame = measures.support_gaps(twelve, marks=kept).frame
    row = frame.set_index(["risk_category", "outcome"]).loc[("learning", "not_received")]

    assert row[["outcome_learner_count", "outcome_plan_count", "risk_learner_count"]].tolist() == [
        1, 1, 4,
    ]  # fmt: skip
    assert (row["planned_hours"], row["planned_cents"], row["is_gap"]) == (8, 7200, True)
    assert row["share"] == 0.25


def test_reasons_are_no_gaps(twelve, kept):
    frame = measures.support_gaps(twelve, marks=kept).frame

    gaps = set(frame.loc[frame["is_gap"], "outcome"])
    assert gaps == {"not_planned", "not_received"}


def test_without_the_mark_it_is_a_gap(twelve):
    frame = measures.support_gaps(twelve).frame

    assert frame.loc[frame["outcome"] == "handled_otherwise", "outcome_plan_count"].sum() == 0
    gaps = frame[(frame["outcome"] == "not_planned") & (frame["risk_category"] == "learning")]
    assert gaps["outcome_plan_count"].tolist() == [2]


def test_the_list_points_to_rows_of_the_delivery(twelve, kept):
    work = measures.support_gap_rows(twelve, marks=kept)

    listed = work.frame.set_index("plan_id")
    assert {plan: EXPECTED[plan] for plan in listed.index} == listed["outcome"].to_dict()
    assert set(listed.index) == {
        "not_planned", "not_received", "wrong_kind", "wrong_specialist", "paid_back",
    }  # fmt: skip
    row = listed.loc["not_received"]
    assert (row["file"], row["sheet"], row["row"]) == ("riski.xlsx", "Riski", 4)
    assert row["planned"] == "consultation"
    assert row["would_answer"] == "consultation;learning_materials"


def test_a_listed_gap_can_be_marked_and_is_then_gone(twelve, tmp_path):
    gap = measures.support_gap_rows(twelve).frame.iloc[0]
    mark = marks.Mark("handled_otherwise", gap["mark_key"], "vecāki", "AB", date(2022, 1, 5))

    marks.set_marks(tmp_path, [mark])

    left = measures.support_gap_rows(twelve, marks=marks.read_marks(tmp_path)).frame
    assert gap["mark_key"] not in set(left["mark_key"])
    marks.drop_marks(tmp_path, "handled_otherwise", [gap["mark_key"]])
    assert marks.read_marks(tmp_path).empty


def test_a_later_mark_takes_the_place_of_an_earlier_one(tmp_path):
    for reason in ("viens", "otrs"):
        marks.set_marks(tmp_path, [marks.Mark("explained", "P1|x", reason, "AB", date(2022, 1, 5))])

    assert marks.read_marks(tmp_path)["reason"].tolist() == ["otrs"]


def test_a_mark_needs_a_reason():
    with pytest.raises(ValueError, match="reason"):
        marks.Mark("explained", "P1|x", "  ", "AB", date(2022, 1, 5))


def test_what_no_delivered_table_could_show_is_not_known(records):
    data = records(plans=PLANS, risks=RISKS, supports=SUPPORTS)

    frame = measures.support_gaps(data).frame
    counted = frame.groupby("outcome")["outcome_mention_count"].sum()

    assert counted["not_received"] == 0
    assert counted["not_known"] > 0


def test_outcomes_of_a_risk_are_all_its_mentions(twelve):
    result = measures.support_gaps(twelve, by="semester")

    assert result.total("outcome_mention_count") == 11
    assert len(result.contributors) == len(result.frame)


def test_every_group_of_risks_is_answered_by_known_support():
    codes, answers = catalogue.entries("codes"), catalogue.entries("answers")

    assert set(answers) == set(codes["risk_category"])
    for group, entry in answers.items():
        for risk, special in entry.get("risks", {}).items():
            assert codes["risk"][risk]["category"] == group
            assert special
        special = entry.get("risks", {}).values()
        for answer in chain(entry["answers"], *special):
            assert answer["support_kind"] in codes["support_kind"]
            assert set(answer.get("specialists", ())) <= set(codes["specialist_kind"])


def test_the_schema_refuses_an_answer_without_a_reason():
    import json  # noqa: PLC0415  (only here)

    schema = json.loads((catalogue.FOLDER / "schemas" / "answers.json").read_text("utf-8"))
    bare = {"learning": {"status": "inferred", "answers": [{"support_kind": "catering"}]}}

    with pytest.raises(jsonschema.ValidationError, match="'reason' is a required property"):
        jsonschema.validate(bare, schema)


SCHOOLS = """
    school_id | name | kind             | municipality_today
    A         | A    | secondary_school | Tukuma novads
    B         | B    | secondary_school | Talsu novads
    C         | C    | secondary_school | Rīga
    D         | D    | technical_school | Tukuma novads
    E         | E    | basic_school     | Talsu novads
"""


def test_peers_are_named_with_their_reasons(records):
    sizes = {"A": 20, "B": 30, "C": 22, "D": 20, "E": 150}
    plans = pd.DataFrame(
        [
            {"plan_id": f"{school}{i}", "learner_id": f"{school}{i}", "school_id": school,
             "semester": "2021/2022-1", "status": "approved"}
            for school, count in sizes.items() for i in range(count)
        ]
    )  # fmt: skip
    frame = measures.peer_group(records(plans=plans, schools=SCHOOLS), school="A").frame

    assert frame.set_index("school")["reasons"].to_dict() == {
        "A": "",
        "B": "same_kind;like_size;same_municipality_kind",
        "C": "same_kind;wider_size",
    }
    assert frame.loc[1, "size_ratio"] == 1.5
    with pytest.raises(KeyError, match="No plans of Z"):
        measures.peer_group(records(plans=plans, schools=SCHOOLS), school="Z")
