import pandas as pd
import pytest

from pumpurs_analysis import measures
from pumpurs_analysis.measures.result import NotAdditive

PLANS = """
    plan_id | learner_id | learner_basis | school_id | semester    | status    | sex
    P1      | L1         | personal_code | A         | 2021/2022-1 | approved  | female
    P2      | L1         | personal_code | A         | 2021/2022-2 | approved  | female
    P3      | L2         | personal_code | A         | 2021/2022-1 | suspended | male
    P4      | L3         | personal_code | B         | 2021/2022-1 | approved  | male
    P5      | L4         | personal_code | B         | 2021/2022-1 | inactive  | male
"""
RISKS = """
    plan_id | risk_category | risk
    P1      | learning      | learning_difficulties
    P1      | learning      | unexcused_absences
    P1      | economic      | material_circumstances
    P2      | learning      | learning_difficulties
    P3      | family        | little_parental_involvement
    P5      | family        | little_parental_involvement
"""


@pytest.fixture(scope="module")
def delivered(records):
    return records(plans=PLANS, risks=RISKS)


def by_basis(result, *columns):
    frame = result.frame.set_index(["basis", "risk_category"])
    return {basis: frame.loc[basis, [*columns]].apply(tuple, axis=1).to_dict()
            for basis in ("mention", "plan", "learner")}  # fmt: skip


def test_each_basis_has_its_own_numerator_and_denominator(delivered):
    counted = by_basis(measures.risk_mix(delivered, by=()), "with_risk_count", "denominator_count")

    assert counted == {
        "mention": {"learning": (3, 5), "economic": (1, 5), "family": (1, 5),
                    "social_health": (0, 5)},
        "plan": {"learning": (2, 4), "economic": (1, 4), "family": (1, 4),
                 "social_health": (0, 4)},
        "learner": {"learning": (1, 3), "economic": (1, 3), "family": (1, 3),
                    "social_health": (0, 3)},
    }  # fmt: skip


def test_shares_have_wilson_intervals(delivered):
    frame = measures.risk_mix(delivered, by=()).frame.set_index(["basis", "risk_category"])

    # Wilson for 1 of 4: (1/4 + z^2/8 -+ z sqrt(3/64 + z^2/256)) / (1 + z^2/4), z = 1.959964
    family = frame.loc[("plan", "family")]
    assert family["share"] == 0.25
    assert family["share_low"] == pytest.approx(0.0456, abs=1e-4)
    assert family["share_high"] == pytest.approx(0.6994, abs=1e-4)


def test_mentions_add_up_within_one_basis_only(delivered):
    mix = measures.risk_mix(delivered, by="school")

    assert mix.total(basis="mention") == 5
    with pytest.raises(NotAdditive, match="basis"):
        mix.total()


def test_single_risks_add_up_to_their_groups(delivered):
    groups = measures.risk_mix(delivered, by="semester")
    single = measures.risk_mix(delivered, by="semester", level="risk")

    def mentions(result):
        rows = result.frame[result.frame["basis"] == "mention"]
        return rows.groupby(["semester", "risk_category"])["mention_count"].sum()

    assert mentions(groups)[mentions(groups) > 0].equals(mentions(single)[mentions(single) > 0])
    assert measures.risk_mix(delivered, by=(), level="risk").frame["risk"].nunique() == 4


def test_a_zero_is_a_zero_and_an_undelivered_table_is_missing(delivered, records):
    zero = measures.risk_mix(delivered, by="school").frame
    missing = measures.risk_mix(records(plans=PLANS), by=()).frame

    of_b = zero[(zero["school"] == "B") & (zero["basis"] == "plan")]
    assert of_b["with_risk_count"].tolist() == [0, 0, 0, 0]
    assert of_b["denominator_count"].tolist() == [1, 1, 1, 1]
    assert missing["with_risk_count"].isna().all()
    assert missing["share"].isna().all()


def test_the_recut_of_2023_is_noted_only_where_it_may_matter(delivered, records):
    later = records(plans=PLANS.replace("2021/2022-2", "2023/2024-1"), risks=RISKS)

    assert "note.risk_recut" not in measures.risk_mix(delivered).notes
    assert "note.risk_recut" in measures.risk_mix(later).notes


def test_published_shares_of_mentions_stay_as_they_were(figures):
    frame = measures.risk_mix(figures).frame
    mention = frame[frame["basis"] == "mention"].set_index("risk_category")["share"]

    assert (mention.astype(float) * 100).round(1).to_dict() == {
        "learning": 71.5, "economic": 22.5, "family": 4.0, "social_health": 2.0,
    }  # fmt: skip


def test_combinations_are_disjoint_and_make_up_all_plans(delivered):
    result = measures.risk_overlap(delivered)

    rows = result.frame.set_index("combination")["with_risk_count"].to_dict()
    assert rows == {"none": 1, "family": 1, "learning": 1, "learning+economic": 1}
    assert result.total() == 4
    assert result.frame["denominator_count"].unique().tolist() == [4]


def test_a_learners_combination_joins_all_plans(delivered):
    rows = measures.risk_overlap(delivered, basis="learner").frame
    rows = rows.set_index("combination")["with_risk_count"].to_dict()

    assert rows == {"none": 1, "family": 1, "learning+economic": 1}


@pytest.mark.parametrize("basis", ["plan", "learner"])
def test_overlaps_reconcile_with_the_mix(delivered, basis):
    mix = measures.risk_mix(delivered, by=()).frame
    mix = mix[mix["basis"] == basis].set_index("risk_category")["with_risk_count"]
    pairs = measures.risk_overlap(delivered, basis=basis, view="pair").frame
    diagonal = pairs[pairs["risk_category"] == pairs["other_category"]]
    combinations = measures.risk_overlap(delivered, basis=basis).frame

    for group, count in mix.items():
        has = combinations["combination"].str.split("+").map(lambda names, g=group: g in names)
        assert combinations.loc[has, "with_risk_count"].sum() == count
        assert diagonal.set_index("risk_category").loc[group, "with_risk_count"] == count


def test_pairs_are_read_by_the_group_given(delivered):
    pairs = measures.risk_overlap(delivered, view="pair").frame
    pairs = pairs.set_index(["risk_category", "other_category"])

    assert pairs.loc[("economic", "learning"), "share"] == 1
    assert pairs.loc[("learning", "economic"), "share"] == 0.5
    assert pd.isna(pairs.loc[("social_health", "learning"), "share"])


def test_relabelling_schools_changes_nothing_else(delivered, records):
    plans = delivered.plans
    renamed = plans.assign(school_id=plans["school_id"].cat.rename_categories({"A": "M", "B": "N"}))
    other = records(plans=renamed, risks=RISKS)

    for measure in (measures.risk_mix, measures.risk_overlap):
        first, second = (measure(data, by="school").frame.drop(columns="school")
                         for data in (delivered, other))  # fmt: skip
        pd.testing.assert_frame_equal(first, second)


def test_published_figures_cannot_answer_what_needs_records(figures):
    for measure in (measures.risk_overlap, measures.risk_transitions, measures.support_gaps):
        with pytest.raises(ValueError, match="holds published figures"):
            measure(figures)
