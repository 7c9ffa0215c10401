from datetime import date

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis import measures
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.measures import tallies
from pumpurs_analysis.measures.result import NotAdditive


def test_plans_by_school_year_are_as_the_page_states_them(figures):
    frame = measures.published_timeline(figures, measure="plans").frame
    yearly = frame[frame["series"] == "school_year"]

    assert dict(zip(yearly["school_year"], yearly["value"], strict=True)) == {
        "2017/2018": 6834,
        "2018/2019": 15129,
        "2019/2020": 21732,
        "2020/2021": 19757,
    }


def test_yearly_plans_add_up_but_not_with_cumulative_ones(figures):
    plans = measures.published_timeline(figures, measure="plans")

    assert plans.total(series="school_year") == 63452
    with pytest.raises(NotAdditive, match="series"):
        plans.total()


def test_learners_are_refused_a_sum_over_semesters(figures):
    learners = measures.published_timeline(
        figures, measure="learners", level="school", place="Rīgas 33. vidusskola"
    )

    with pytest.raises(NotAdditive, match="learners must not be added over"):
        learners.total(series="semester")


def test_madona_has_286_plans_and_181_learners(figures):
    of_madona = {"level": "municipality", "place": "Madonas novads"}
    plans = measures.published_timeline(figures, measure="plans", **of_madona)
    learners = measures.published_timeline(figures, measure="learners_with_support", **of_madona)

    assert plans.total(series="semester") == plans.total(series="school_year") == 286
    assert learners.frame["value"].tolist() == [181]


def test_pages_that_repeat_a_figure_are_joined(figures):
    frame = measures.published_timeline(figures, measure="plans").frame
    semester_two = frame[(frame["school_year"] == "2019/2020") & (frame["semester"] == 2)]

    assert semester_two["value"].tolist() == [11000]
    assert semester_two["statement_count"].tolist() == [2]


def test_an_unknown_measure_is_answered_with_the_nearest(figures):
    with pytest.raises(KeyError, match="plans"):
        measures.published_timeline(figures, measure="plan")


def test_risk_shares_of_2019_20_stand_on_three_bases(figures):
    frame = measures.risk_mix(figures).frame
    shares = frame.pivot_table(
        index="risk_category", columns="basis", values="share", aggfunc="first", observed=True
    )

    assert (shares["mention"].astype(float) * 100).round(1).to_dict() == {
        "learning": 71.5, "economic": 22.5, "family": 4.0, "social_health": 2.0,
    }  # fmt: skip
    assert (shares["plan"].astype(float) * 100).round(1).to_dict() == {
        "learning": 85.9, "economic": 27.0, "family": 4.8, "social_health": 2.4,
    }  # fmt: skip
    assert frame.loc[frame["basis"] == "learner", "share"].isna().all()


def test_mentions_add_up_within_one_basis_only(figures):
    mix = measures.risk_mix(figures)

    assert mix.total(basis="mention") == 26104
    with pytest.raises(NotAdditive):
        mix.total()


def test_every_known_share_lies_inside_its_interval(figures):
    for result, share in (
        (measures.risk_mix(figures), "share"),
        (measures.support_uptake(figures), "supported_share"),
    ):
        known = result.frame[result.frame[share].notna()]
        assert (known[f"{share}_low"] <= known[share]).all()
        assert (known[share] <= known[f"{share}_high"]).all()
        assert known[share].between(0, 1).all()


def test_uptake_needs_a_stated_denominator(figures):
    frame = measures.support_uptake(figures).frame
    without = frame["denominator_count"].isna()

    assert frame.loc[without, "supported_share"].isna().all()
    assert frame.loc[~without, "supported_share"].notna().all()


def test_jelgava_technical_school_is_counted_on_its_99_plans(figures):
    frame = measures.support_uptake(figures).frame
    here = frame[frame["entity"] == "Jelgavas tehnikums"].set_index("support_kind")

    assert here["denominator_count"].unique().tolist() == [99]
    assert here["supported_count"].to_dict() == {
        "catering": 89, "consultation": 20, "lodging": 11, "transport": 10,
    }  # fmt: skip


def test_liepaja_school_6_had_30_of_64_with_catering(figures):
    frame = measures.support_uptake(figures).frame
    here = frame[(frame["entity"] == "Liepājas Raiņa 6. vidusskola") & (frame["semester"] == 2)]
    catering = here[here["support_kind"] == "catering"].iloc[0]

    assert (catering["supported_count"], catering["denominator_count"]) == (30, 64)
    # Wilson 95 % worked out apart: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    assert catering["supported_share_low"] == pytest.approx(0.35176, abs=1e-5)
    assert catering["supported_share_high"] == pytest.approx(0.58928, abs=1e-5)


def test_every_stated_grant_is_exactly_4600(figures):
    frame = measures.cost_against_cap(figures).frame
    grants = frame[frame["statement"] == "grant"]

    assert len(grants) == 12
    assert grants["stated_cents"].unique().tolist() == [460000]
    assert grants["over_cap_cents"].unique().tolist() == [0]


def test_semester_maxima_follow_from_cap_and_months(figures):
    frame = measures.cost_against_cap(figures).frame.drop_duplicates("support_kind")
    by_kind = frame.set_index("support_kind")

    assert (by_kind["semester_1_cents"] / 100).dropna().to_dict() == {
        "transport": 120, "lodging": 140, "catering": 280, "special_transport": 120,
        "personal_items": 25,
    }  # fmt: skip
    assert (by_kind["semester_2_cents"] / 100).dropna().to_dict() == {
        "transport": 150, "lodging": 175, "catering": 350, "special_transport": 150,
        "personal_items": 25,
    }  # fmt: skip


def test_a_day_no_rule_is_verified_for_is_not_answered_with_the_last_value(figures):
    with pytest.raises(NotVerified):
        measures.cost_against_cap(figures, on=date(2042, 1, 1))


@pytest.mark.parametrize("day", [date(2019, 10, 1), date(2023, 5, 1)])
def test_caps_after_2022_are_assumed(figures, day):
    statuses = measures.cost_against_cap(figures, on=day).frame["cap_status"]

    assert statuses.unique().tolist() == ["stated" if day.year < 2023 else "assumed"]


def test_checks_are_recomputed_from_the_figures(figures):
    checks = measures.published_checks(figures).frame.set_index("check_id")

    assert checks.loc["plans_sum_called_learners", "left_value"] == 63452
    assert checks.loc["plans_sum_called_learners", "relation"] != "agrees"
    assert set(checks["relation"]) == {"agrees", "consistent", "contradicts", "explained"}


def test_a_check_notices_a_changed_figure(figures):
    changed = figures.published_figures
    changed["value"] = changed["value"].mask(changed["figure_id"] == "OBS0053", 146)
    tables = dict(figures.tables) | {"published_figures": changed}
    before = measures.published_checks(figures).frame
    after = measures.published_checks(type(figures)(tables, evidence="published")).frame

    broken = (before["relation"] == "agrees") & (after["relation"] != "agrees")
    assert broken.sum() == 1


def test_every_founding_document_has_its_facts(figures):
    sizes = figures.founding_facts["document_id"].value_counts()

    assert sizes.to_dict() == {
        "founding-tukums-2022": 27,
        "founding-jekabpils": 31,
        "founding-gulbene": 15,
        "founding-ikvd-2020-03-31": 8,
        "founding-liepaja-6": 30,
    }
    facts = measures.founding_facts(figures, document="founding-tukums-2022").frame
    assert facts["value_lv"].str.contains("Zemītes sākumskola").any()
    assert isinstance(facts, pd.DataFrame)


def test_groups_of_many_dimensions_are_those_of_pandas_though_no_whole_number_holds_their_product():
    random = np.random.default_rng(1)
    words = np.array([f"{number:02}" for number in range(60)])
    names = [f"d{number}" for number in range(13)]  # 61 ** 13 is far beyond 2 ** 63
    rows = pd.DataFrame({name: words[random.integers(0, 60, 400)] for name in names})
    rows = pd.concat([rows, rows.iloc[:150]], ignore_index=True).astype("category")
    rows.loc[::7, "d3"] = None
    rows["learner_id"] = random.integers(0, 9, len(rows)).astype(str)
    rows["cents"] = random.integers(0, 900, len(rows))

    ours = tallies.tally(rows, tuple(names), {"learners": ("learner_id", "nunique"),
                                               "cents": ("cents", "sum"),
                                               "rows": ("cents", "size")})  # fmt: skip

    by = rows.astype(dict.fromkeys(names, "string")).groupby(names, dropna=False)
    theirs = by.agg(
        learners=("learner_id", "nunique"), cents=("cents", "sum"), rows=("cents", "size")
    ).reset_index()
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
