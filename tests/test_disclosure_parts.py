"""Parts that add up to a whole under another name: whoever has all but one has that one.

Reads what is shown and adds up by itself; nothing of the protection is asked.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from pumpurs_analysis.disclosure import NotReleasable, protect, relations, system
from pumpurs_analysis.disclosure.columns import columns_of
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.disclosure.release import link
from tests.test_disclosure_release import result

FEW = 5
MENTIONS = ("risk_mix", "risk_mix by municipality_today", "risk_mix by school_year")
PARTS = {  # parts, whole, and where both stand
    **{
        f"{name}: one risk group a mention": (name, "mention_count", "denominator_count")
        for name in MENTIONS
    },
    "one combination a plan": ("risk_overlap", "with_risk_count", "denominator_count"),
}


def rows(release, figure, basis="mention"):
    frame = release.figures[figure].frame
    return frame[frame["basis"] == basis] if basis and "basis" in frame else frame


def gives_away(parts, whole):
    """Whether what is hidden comes to few in all."""
    return parts.isna().any() and pd.notna(whole) and 0 < whole - parts.sum() < FEW


def groups(frame):
    by = [name for name in ("municipality_today", "school_year") if name in frame]
    return [each for _, each in frame.groupby(by)] if by else [frame]


@pytest.mark.parametrize("named", PARTS)
def test_no_part_is_the_whole_less_the_others(named, release):
    figure, part, whole = PARTS[named]
    for group in groups(rows(release, figure)):
        assert not gives_away(group[part], group[whole].iloc[0]), group[part].tolist()


def test_no_outcome_of_a_risk_is_the_mentions_less_the_others(release):
    mentions = rows(release, "risk_mix").set_index("risk_category")["mention_count"]
    for risk, group in release.get("support_gaps").frame.groupby("risk_category"):
        assert not gives_away(group["outcome_mention_count"], mentions[risk]), risk


def test_learners_are_at_most_plans_and_plans_at_most_mentions():
    """Where 3 mentions are hidden, no number of plans may show that says there are no fewer."""
    counts = {"mention": [60, 60, 60, 3], "plan": [60, 60, 60, 3], "learner": [30, 40, 50, 3]}
    frame = pd.DataFrame({
        "basis": np.repeat([*counts], 4),
        "risk_category": ["learning", "economic", "family", "social_health"] * 3,
        "mention_count": counts["mention"] * 3,
        "with_risk_count": [each for column in counts.values() for each in column],
        "denominator_count": np.repeat([183, 170, 100], 4),
        "risk_learner_count": counts["learner"] * 3,
    })  # fmt: skip
    names = ("mention_count", "with_risk_count", "denominator_count", "risk_learner_count")
    made = {"name": "risk_mix", "unit": "mention", "counts": names}

    rules = rules_of_release(5)
    columns, _ = columns_of([result(frame, "basis", "risk_category", **made)], rules)
    system = link(columns, rules).system

    told = {system.words(row) for row in range(system.matrix.shape[0])}
    few = "of risk_category social_health (?)"
    assert f"with_risk_count (plan) {few} ≤ mention_count {few}" in told
    assert f"risk_learner_count {few} ≤ with_risk_count (plan) {few}" in told


def test_learners_planned_for_are_together_no_more_than_the_supports_of_their_place():
    """Nobody is planned for without a support, and a support has one kind: they add up."""
    kinds = ["transport", "special_transport", "lodging"]
    uptake = pd.DataFrame({
        "municipality_today": "Gulbenes novads", "support_kind": kinds, "step": "planned",
        "basis": "learner", "supported_count": [2, 3, 0],
    })  # fmt: skip
    plans = pd.DataFrame({"municipality_today": ["Gulbenes novads"], "planned_count": [9]})
    rules, dims = rules_of_release(5), ("municipality_today", "support_kind", "step", "basis")
    planned = {"name": "planned_and_delivered", "unit": "support", "count": "planned_count"}
    given = {"name": "support_uptake", "unit": "learner", "count": "supported_count"}

    columns, _ = columns_of(
        [result(uptake, *dims, **given), result(plans, "municipality_today", **planned)], rules
    )
    shown = link(columns, rules).system
    together = [shown.words(row) for row in range(shown.matrix.shape[0])]

    assert any(words.count(" + ") == 2 and words.endswith("(9)") for words in together)


def test_combinations_stand_in_an_order_that_is_not_that_of_their_counts(release):
    """Between two numbers in order a hidden one is known."""
    frame = release.figures["risk_overlap"].frame
    order = ["risk_group_count", "combination"]

    assert frame[order].equals(frame[order].sort_values("risk_group_count", kind="stable"))


LEARNERS, PLANS = {"Rīga": 2, "Saldus novads": 1, "Tukuma novads": 1}, 4


def learners_and_plans():
    """Learners by place, and all learners beside their plans: all of them few."""
    places = pd.DataFrame({"municipality_today": [*LEARNERS], "learner_count": LEARNERS.values()})
    whole = pd.DataFrame({"learner_count": [sum(LEARNERS.values())], "plan_count": [PLANS]})
    return (
        result(places, "municipality_today", counts=("learner_count",)),
        result(whole, counts=("learner_count", "plan_count")),
    )


def test_who_knows_a_part_of_the_learners_knows_that_plans_are_no_fewer():
    """Nothing can be hidden that takes this away, so it is no reason to refuse."""
    places, whole = protect(*learners_and_plans())

    assert places.frame["learner_count"].isna().all()
    assert whole.frame[["learner_count", "plan_count"]].isna().all(axis=None)
    tables = [
        (parts, plans)
        for *parts, plans in product(range(FEW + 1), repeat=4)
        if sum(parts) <= plans  # of what is hidden this alone is known
    ]
    for at, own in enumerate(LEARNERS.values()):
        seen = [(sum(parts), plans) for parts, plans in tables if parts[at] == own]
        assert [min(each) for each in zip(*seen, strict=True)] == [own, own]
        assert [max(each) for each in zip(*seen, strict=True)] == [FEW, FEW]


@pytest.mark.parametrize("half", [system, relations])
def test_search_and_audit_each_know_it(half, monkeypatch):
    monkeypatch.setattr(half, "with_wholes", lambda is_total, _: is_total)

    with pytest.raises(NotReleasable, match="plan_count of all together"):
        protect(*learners_and_plans())


def test_what_is_no_less_than_a_total_is_so_over_several_steps_and_pairs_alone():
    """0 is a total, 0 <= 1 <= 2; but 0 + 3 <= 4 is no pair, and 5 <= 0 says nothing of 5."""
    ties = csr_array(
        np.array([
            [1, -1, 0, 0, 0, 0],
            [0, 1, -1, 0, 0, 0],
            [1, 0, 0, 1, -1, 0],
            [-1, 0, 0, 0, 0, 1],
        ])
    )  # fmt: skip

    found = system.with_wholes(np.arange(6) == 0, ties)

    assert np.flatnonzero(found).tolist() == [0, 1, 2]
