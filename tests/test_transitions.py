from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis import measures
from pumpurs_analysis.measures.result import NotAdditive

PLANS = """
    plan_id | learner_id | learner_basis | school_id | semester    | status
    P1      | stays      | personal_code | A         | 2021/2022-1 | approved
    P2      | stays      | personal_code | A         | 2021/2022-2 | approved
    P3      | gets_well  | personal_code | A         | 2021/2022-1 | suspended
    P4      | gets_well  | personal_code | A         | 2021/2022-2 | approved
    P5      | moves      | personal_code | A         | 2021/2022-1 | approved
    P6      | moves      | personal_code | B         | 2021/2022-2 | approved
    P7      | leaves     | personal_code | A         | 2021/2022-1 | approved
    P8      | arrives    | personal_code | B         | 2021/2022-2 | approved
    P9      | unknown    | plan          | A         | 2021/2022-1 | approved
    PX      | leaves     | personal_code | A         | 2021/2022-2 | inactive
"""
RISKS = """
    plan_id | risk_category
    P1      | learning
    P2      | learning
    P3      | learning
    P4      | family
    P5      | learning
    P6      | learning
    P7      | learning
    P8      | learning
    P9      | learning
    PX      | learning
"""


@pytest.fixture(scope="module")
def followed(records):
    return records(plans=PLANS, risks=RISKS)


def outcomes(result, category, column="transition_count"):
    rows = result.frame[result.frame["risk_category"] == category]
    return rows.set_index("outcome")[column].to_dict()


def test_every_outcome_is_told_apart(followed):
    result = measures.risk_transitions(followed)

    assert outcomes(result, "learning") == {
        "persists": 1, "ended": 1, "moved": 1, "left": 1, "new": 1,
    }  # fmt: skip
    assert outcomes(result, "family")["new"] == 1
    assert outcomes(result, "learning", "still_count")["moved"] == 1


def test_outcomes_sum_to_the_cohort_before_and_after(followed):
    frame = measures.risk_transitions(followed).frame
    learning = frame[frame["risk_category"] == "learning"]
    before = learning[learning["outcome"] != "new"]

    assert before["transition_count"].sum() == before["denominator_count"].iloc[0] == 4
    after = learning[learning["outcome"] == "new"]["denominator_count"].iloc[0]
    assert learning["still_count"].sum() == after == 3


def test_a_plan_suspended_and_resumed_stays_one_plan(records):
    plans = """
    plan_id | learner_id | learner_basis | school_id | semester    | status
    P1      | L1         | personal_code | A         | 2021/2022-1 | suspended
    P1      | L1         | personal_code | A         | 2021/2022-1 | in_revision
    P2      | L1         | personal_code | A         | 2021/2022-2 | approved
    """
    data = records(plans=plans, risks="plan_id | risk_category\n P1 | learning\n P2 | learning")

    result = measures.risk_transitions(data)

    assert outcomes(result, "learning")["persists"] == 1
    assert result.total(risk_category="learning") == 1


def test_learners_who_cannot_be_followed_are_left_out_and_noted(followed):
    assert "note.plan_as_learner_out" in measures.risk_transitions(followed).notes


def test_a_missing_semester_makes_nobody_leave(records):
    data = records(plans=PLANS.replace("2021/2022-2", "2022/2023-1"), risks=RISKS)

    assert measures.risk_transitions(data).frame.empty


def test_risks_and_semesters_are_not_added_up(followed):
    with pytest.raises(NotAdditive, match="risk_category"):
        measures.risk_transitions(followed).total()


def test_random_cohorts_add_up_by_any_grouping(records):
    chance = np.random.default_rng(4)
    semesters = ["2020/2021-1", "2020/2021-2", "2021/2022-1"]
    plans = pd.DataFrame(
        [
            {"plan_id": f"P{learner}-{semester}-{school}", "learner_id": f"L{learner}",
             "learner_basis": "personal_code", "school_id": school, "semester": semester,
             "status": "approved"}
            for learner in range(80)
            for semester in semesters
            for school in "AB"
            if chance.random() < 0.4
        ]
    )  # fmt: skip
    risks = pd.DataFrame(
        [
            {"plan_id": plan, "risk_category": category}
            for plan in plans["plan_id"]
            for category in ("learning", "economic", "family")
            if chance.random() < 0.5
        ]
    )
    data = records(plans=plans, risks=risks)

    for by in ((), "school"):
        frame = measures.risk_transitions(data, by=by).frame
        keys = [name for name in ("school", "semester", "risk_category") if name in frame]
        before = frame[frame["outcome"] != "new"].groupby(keys)
        assert (before["transition_count"].sum() == before["denominator_count"].first()).all()
    whole = measures.risk_transitions(data).frame
    after = whole[whole["outcome"] == "new"].set_index(["semester", "risk_category"])
    still = whole.groupby(["semester", "risk_category"])["still_count"].sum()
    assert (still.loc[after.index] == after["denominator_count"]).all()
    slow = slowly(plans, risks, semesters)
    fast = whole.set_index(["semester", "risk_category", "outcome"])["transition_count"]
    assert fast[fast > 0].to_dict() == slow


def slowly(plans, risks, semesters):
    """The same by hand: one learner, semester and risk after the other."""
    has = plans.merge(risks, on="plan_id")
    counted = {}
    for first, second in pairwise(semesters):
        for learner in plans["learner_id"].unique():
            mine = plans[plans["learner_id"] == learner]
            at = {when: set(mine.loc[mine["semester"] == when, "school_id"]) for when in semesters}
            held = has[has["learner_id"] == learner]
            for category in ("learning", "economic", "family"):
                rows = held[held["risk_category"] == category]
                then = set(rows.loc[rows["semester"] == first, "school_id"])
                is_later = bool((rows["semester"] == second).any())
                if not then and is_later:
                    outcome = "new"
                elif not then:
                    continue
                elif not at[second]:
                    outcome = "left"
                elif not then & at[second]:
                    outcome = "moved"
                else:
                    outcome = "persists" if is_later else "ended"
                key = (first, category, outcome)
                counted[key] = counted.get(key, 0) + 1
    return counted
