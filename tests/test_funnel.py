import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pumpurs_analysis import measures
from pumpurs_analysis.measures import limits


def schools(counts, records):
    """Schools with so many learners each, of whom so many have transport planned."""
    plans, supports = [], []
    for name, (yes, count) in counts.items():
        for i in range(count):
            plan = f"{name}-{i}"
            plans.append({"plan_id": plan, "learner_id": plan, "school_id": name,
                          "semester": "2021/2022-1", "status": "approved"})  # fmt: skip
            if i < yes:
                supports.append({"plan_id": plan, "support_kind": "transport"})
    register = pd.DataFrame({"school_id": list(counts), "name": list(counts)})
    return records(plans=pd.DataFrame(plans), supports=pd.DataFrame(supports), schools=register)


def by_definition(count, target, probability):
    """The limit of the paper's appendix, by adding the binomial terms one by one."""
    below = 0.0
    for yes in range(count + 1):
        term = stats.binom.pmf(yes, count, target)
        if below + term >= probability:
            return max(0.0, (yes - (below + term - probability) / term) / count)
        below += term
    return 1.0


@pytest.mark.parametrize("target", [0.04, 0.3, 0.9])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_exact_limits_are_those_of_the_binomial_terms(target, level):
    count = np.array([5, 17, 60, 250])

    low, high = limits.exact_limits(count, target, level)

    for i, n in enumerate(count):
        assert low[i] == pytest.approx(by_definition(n, target, (1 - level) / 2), abs=1e-9)
        if stats.binom.cdf(n - 1, n, target) < (1 + level) / 2:  # all of them are likely by chance
            assert high[i] == 1
        else:
            assert high[i] == pytest.approx(by_definition(n, target, (1 + level) / 2), abs=1e-9)


def test_where_nearly_all_have_it_a_school_at_all_is_within_the_limits():
    """Of 20 learners at 99.8 %: all 0.998**20 = 0.9608, but one 0.0385, fewer 0.0007."""
    count = np.array([20])

    low, high = limits.exact_limits(count, 0.998, 0.95)

    assert high[0] == 1
    assert low[0] == pytest.approx((19 - (0.0392 - 0.025) / 0.0385) / 20, abs=2e-4)
    assert 18 / 20 < low[0] < 19 / 20


@pytest.mark.parametrize("adjust", ["none", "additive", "multiplicative"])
def test_nobody_missing_is_never_outside_where_chance_makes_it_likely(adjust):
    found = limits.Spread(target=0.998, phi=3.0, tau=0.001)

    _, high = limits.adjusted_limits(np.array([20, 60]), found, 0.95, adjust=adjust, number=30)

    assert (high == 1).all()


def test_schools_at_all_are_not_marked_because_one_learner_of_another_has_none(records):
    counts = {f"S{i:02}": (20, 20) for i in range(24)} | {"One": (19, 20), "Few": (16, 20)}

    frame = measures.school_funnel(schools(counts, records), of="transport").frame
    places = frame.set_index("school")["position"]

    assert places["Few"].startswith("below")
    assert set(places.drop("Few")) == {"inside"}


def test_the_spread_is_that_of_the_papers_formulas():
    yes, count = np.array([5, 12, 33, 40, 20, 60, 9, 80, 15, 31]), np.full(10, 100)

    found = limits.spread(yes, count)

    target = yes.sum() / count.sum()
    variance = target * (1 - target) / count
    scores = np.sort((yes / count - target) / np.sqrt(variance))
    scores[0], scores[-1] = scores[1], scores[-2]  # a tenth of ten on each side is one
    phi = np.mean(scores**2)
    weight = 1 / variance
    tau_squared = (10 * phi - 9) / (weight.sum() - (weight**2).sum() / weight.sum())
    assert found.target == pytest.approx(target)
    assert found.phi == pytest.approx(phi)
    assert found.tau == pytest.approx(np.sqrt(tau_squared))


@pytest.mark.parametrize("adjust", ["additive", "multiplicative"])
def test_adjusted_limits_are_those_of_the_papers_formulas(adjust):
    count = np.array([20, 200])
    found = limits.Spread(target=0.3, phi=4.0, tau=0.1)

    low, high = limits.adjusted_limits(count, found, 0.95, adjust=adjust, number=30)

    variance = 0.3 * 0.7 / count
    error = np.sqrt(variance + 0.01) if adjust == "additive" else np.sqrt(4 * variance)
    assert low == pytest.approx(np.maximum(0, 0.3 - 1.959964 * error), abs=1e-6)
    assert high == pytest.approx(0.3 + 1.959964 * error, abs=1e-6)


def test_without_a_spread_the_limits_are_exact():
    count = np.array([20, 200])
    chance = limits.Spread(target=0.3, phi=0.9, tau=0.0)

    for adjust in ("additive", "multiplicative", "none"):
        wide = limits.adjusted_limits(count, chance, 0.95, adjust=adjust, number=30)
        assert np.array_equal(wide, limits.exact_limits(count, 0.3, 0.95))


def test_of_2000_simulations_of_equal_schools_five_percent_lie_outside():
    chance = np.random.default_rng(8340)
    count = chance.integers(20, 400, size=40)
    yes = chance.binomial(count, 0.3, size=(2000, 40))
    target = yes.sum(axis=1) / count.sum()
    outside = {}
    known, at = np.unique(np.round(target, 3), return_inverse=True)
    for level in (0.95, 0.998):
        ends = np.array([limits.exact_limits(count, each, level) for each in known])
        low, high = ends[at, 0], ends[at, 1]
        outside[level] = np.mean((yes / count < low) | (yes / count > high))

    assert outside[0.95] == pytest.approx(0.05, abs=0.008)
    assert outside[0.998] == pytest.approx(0.002, abs=0.001)


def test_allowing_for_a_spread_marks_no_more_of_equal_schools():
    chance = np.random.default_rng(1)
    count = chance.integers(20, 400, size=40)
    marked = []
    for _ in range(200):
        yes = chance.binomial(count, 0.3)
        found = limits.spread(yes, count)
        low, high = limits.adjusted_limits(count, found, 0.95, adjust="additive", number=40)
        marked.append(np.mean((yes / count < low) | (yes / count > high)))

    assert 0.02 < np.mean(marked) < 0.06


def test_schools_that_differ_by_more_than_chance_are_not_all_marked(records):
    chance = np.random.default_rng(3)
    shares = chance.beta(3, 7, size=60)
    data = schools({f"S{i:02}": (round(p * 80), 80) for i, p in enumerate(shares)}, records)

    plain = measures.school_funnel(data, of="transport", adjust="none").frame
    fair = measures.school_funnel(data, of="transport").frame

    assert (plain["position"] != "inside").mean() > 0.3
    assert (fair["position"] != "inside").mean() < 0.12
    assert fair["phi"].iloc[0] > 2


def test_a_school_far_from_the_rest_is_marked(records):
    counts = {f"S{i:02}": (24, 80) for i in range(20)} | {"Far": (60, 80), "Low": (1, 80)}

    frame = measures.school_funnel(schools(counts, records), of="transport").frame
    places = frame.set_index("school")["position"]

    assert places["Far"] == "above_998"
    assert places["Low"] == "below_998"
    assert set(places.drop(["Far", "Low"])) == {"inside"}


def test_small_schools_are_left_out_and_counted(records):
    result = measures.school_funnel(
        schools({"A": (3, 10), "B": (1, 4), "C": (6, 20)}, records), of="transport"
    )

    assert result.frame["school"].tolist() == ["A", "C"]
    assert result.choices["small_count"] == "1"


def test_where_the_municipality_pays_for_all_no_catering_is_no_outlier(records):
    data = schools({"A": (3, 10), "B": (0, 9), "C": (0, 8)}, records)
    paid = data.plans["school_id"].isin(["B", "C"]) & (data.plans["plan_id"] != "C-0")
    plans = data.plans.assign(is_catering_by_municipality=paid)
    supports = data.supports.assign(support_kind="catering")
    data = records(plans=plans, supports=supports, schools=data.schools)

    result = measures.school_funnel(data, of="catering")

    assert result.frame["school"].tolist() == ["A", "C"]  # one learner of C may have it
    assert result.choices["not_for_count"] == "1"
    assert result.frame["expected_share"].iloc[0] == pytest.approx(3 / 18)


def test_schools_stand_in_latvian_order_and_no_rank_is_given(records):
    frame = measures.school_funnel(
        schools({"Ogres": (9, 10), "Ādažu": (1, 10), "Cēsu": (5, 10)}, records), of="transport"
    ).frame

    assert frame["school"].tolist() == ["Ādažu", "Cēsu", "Ogres"]
    assert not [name for name in frame.columns if "rank" in name]


def test_relabelling_schools_changes_nothing_else(records):
    counts = {"A": (3, 10), "B": (9, 40), "C": (6, 20), "D": (30, 35)}
    renamed = {f"Z{name}": pair for name, pair in counts.items()}

    first, second = (
        measures.school_funnel(schools(each, records), of="transport").frame.drop(columns="school")
        for each in (counts, renamed)
    )

    pd.testing.assert_frame_equal(first, second)


def test_shrunken_shares_lie_between_their_own_and_the_whole():
    yes, count = np.array([0, 40, 10, 90, 2]), np.array([6, 100, 50, 120, 6])

    estimate, low, high = limits.shrunken(yes, count)

    raw, whole = yes / count, yes.sum() / count.sum()
    assert (
        (estimate >= np.minimum(raw, whole) - 0.06) & (estimate <= np.maximum(raw, whole) + 0.06)
    ).all()
    assert (abs(estimate - raw)[[0, 4]] > abs(estimate - raw)[[1, 3]].max()).all()
    assert ((low < estimate) & (estimate < high)).all()


def test_the_prior_is_the_most_likely_one():
    chance = np.random.default_rng(5)
    count = chance.integers(30, 200, size=300)
    yes = chance.binomial(count, chance.beta(6, 14, size=300))

    estimate, *_ = limits.shrunken(yes, count)

    by_true_prior = (6 + yes) / (20 + count)
    assert np.abs(estimate - by_true_prior).max() < 0.02


def test_what_nobody_delivered_is_missing_and_not_zero(records):
    data = schools({"A": (3, 10), "B": (4, 10)}, records)

    frame = measures.school_funnel(data, of="transport", step="paid").frame

    assert frame["supported_count"].isna().all()
    assert frame["share"].isna().all()
    assert frame["learner_count"].tolist() == [10, 10]


def test_an_unknown_support_is_answered_with_the_nearest(records):
    data = schools({"A": (3, 10)}, records)

    with pytest.raises(KeyError, match="nearest: transport"):
        measures.school_funnel(data, of="transpor")


def test_nobody_or_everybody_needs_no_limits(records):
    nobody = measures.school_funnel(
        schools({"A": (0, 10), "B": (0, 30), "C": (1, 3)}, records), of="transport", least=5
    ).frame

    assert nobody["share"].tolist() == [0, 0]
    assert nobody["position"].tolist() == ["inside", "inside"]
    assert nobody["limit_95_high"].tolist() == [0, 0]
