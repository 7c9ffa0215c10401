"""Releases of records: nothing small can be worked out, and an independent attacker agrees."""

from dataclasses import fields, replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from pumpurs_analysis.disclosure import Ledger, NotReleasable, attack, protect
from pumpurs_analysis.disclosure.suppress import Search
from pumpurs_analysis.measures.result import Result, Worklist
from tests.tried import tried

TOWNS = ["Kuldīgas novads", "Rīga", "Saldus novads", "Talsu novads", "Tukuma novads"]  # sorted
BANDS = ["1-4", "5-6", "7-9"]
OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)


def result(frame, *dims, count="plan_count", **more):
    made = {"name": "participation", "unit": "plan", "one_row_per": "group"} | more
    return Result(frame=frame, evidence="records", dimensions=dims, **({"counts": (count,)} | made))


def margins(cells, subsets, count="plan_count"):
    """Results for several groupings of the same cells."""
    found = []
    for subset in subsets:
        frame = (
            cells.groupby(list(subset))[count].sum().reset_index()
            if subset
            else pd.DataFrame({count: [cells[count].sum()]})
        )
        found.append(result(frame, *subset, count=count))
    return found


def grid(numbers):
    keys = pd.DataFrame(list(product(TOWNS, BANDS)), columns=["municipality_today", "grade_band"])
    return keys.assign(plan_count=list(numbers))


ALL = [(), ("municipality_today",), ("grade_band",), ("municipality_today", "grade_band")]


def provable(shown, known=()):
    """An attacker of his own: intervals of the inner cells by scipy, from the frames alone."""
    inner = shown[-1].frame
    count = len(inner)
    equal, value = [], []
    for each in shown:
        for _, row in each.frame.iterrows():
            if pd.isna(row["plan_count"]):
                continue
            mask = np.ones(count)
            for name in each.result.dimensions:
                mask *= (inner[name] == row[name]).to_numpy(float)
            equal.append(mask)
            value.append(float(row["plan_count"]))
    for place, number in known:
        equal.append(np.eye(count)[place])
        value.append(number)
    found = {}
    for place in np.flatnonzero(inner["plan_count"].isna()):
        ends = []
        for sign in (1, -1):
            cost = sign * np.eye(count)[place]
            told = linprog(cost, A_eq=np.array(equal), b_eq=value, method="highs")
            ends.append(sign * told.fun if told.status == 0 else np.inf)
        found[int(place)] = tuple(ends)
    return found


@tried(12)
@given(st.lists(st.integers(0, 30), min_size=15, max_size=15))
def test_an_independent_attacker_narrows_no_small_count(numbers):
    cells = grid(numbers)

    shown = protect(*margins(cells, ALL))

    for place, (low, high) in provable(shown).items():
        if 1 <= numbers[place] <= 4:
            assert low <= 1e-6
            assert high >= 5 - 1e-6


@tried(6)
@given(st.lists(st.integers(0, 12), min_size=15, max_size=15), st.sampled_from(range(5)))
def test_who_knows_one_municipality_learns_no_other(numbers, town):
    shown = protect(*margins(grid(numbers), ALL))
    own = range(3 * town, 3 * town + 3)

    for place, (low, high) in provable(shown, [(each, numbers[each]) for each in own]).items():
        if 1 <= numbers[place] <= 4 and place not in own:
            assert low <= 1e-6
            assert high >= 5 - 1e-6


def test_without_complements_the_attacker_finds_the_small_count():
    cells = grid([3, 20, 30, 12, 9, 14, 25, 8, 7, 11, 16, 22, 40, 50, 60])
    alone = [protect(each) for each in margins(cells, ALL)]

    told = attack(alone)

    assert told["status"].tolist() == ["recovered"]
    assert told.loc[0, ["low", "high"]].tolist() == [3, 3]
    assert "Kuldīgas novads" in told.loc[0, "equations"][0]
    assert (attack(protect(*margins(cells, ALL)))["status"] == "ok").all()


def test_the_tests_see_a_protection_that_does_nothing(monkeypatch):
    monkeypatch.setattr(Search, "answer", lambda *_: True)
    monkeypatch.setattr(
        "pumpurs_analysis.disclosure.suppress.Search._ask_positive", lambda *_: None
    )
    monkeypatch.setattr("pumpurs_analysis.disclosure.suppress.Search._ask", lambda *_: None)
    cells = grid([3, 20, 30, 12, 9, 14, 25, 8, 7, 11, 16, 22, 40, 50, 60])

    with pytest.raises(NotReleasable, match="could be worked out"):
        protect(*margins(cells, ALL))


def test_a_filter_that_leaves_out_two_gives_nothing_away():
    whole = result(
        pd.DataFrame({"municipality_today": TOWNS, "plan_count": [52, 40, 33, 28, 90]}),
        "municipality_today",
    )
    filtered = result(
        pd.DataFrame({"municipality_today": TOWNS, "plan_count": [50, 31, 20, 15, 60]}),
        "municipality_today", choices={"by": "municipality_today", "only.status": "approved"},
    )  # fmt: skip

    shown = protect(whole, filtered)

    assert any(each.frame["is_hidden"].iloc[0] for each in shown)
    assert (attack(shown)["status"] == "ok").all()


def test_former_and_present_municipalities_are_held_together():
    former = result(
        pd.DataFrame(
            {
                "municipality": [
                    "Kandavas novads",
                    "Tukuma novads",
                    "Engures novads",
                    "Jaunpils novads",
                ],
                "plan_count": [3, 40, 9, 12],
            }
        ),
        "municipality",
    )
    today = result(
        pd.DataFrame({"municipality_today": ["Tukuma novads"], "plan_count": [64]}),
        "municipality_today",
    )

    alone = attack([protect(former), protect(today)])
    together = protect(former, today)

    assert alone["status"].tolist() == ["recovered"]
    assert (attack(together)["status"] == "ok").all()
    assert sum(each.hidden_count for each in together) > 1


def test_schools_add_up_to_their_municipality():
    schools = pd.DataFrame(
        {
            "school": [
                "Tukuma 2. vidusskola",
                "Zantes pamatskola",
                "Kandavas Kārļa Mīlenbaha vidusskola",
            ],
            "municipality_today": "Tukuma novads",
            "plan_count": [20, 2, 30],
        }
    )
    by_school = result(schools, "municipality_today", "school")
    total = result(
        pd.DataFrame({"municipality_today": ["Tukuma novads"], "plan_count": [52]}),
        "municipality_today",
    )

    shown = protect(by_school, total)

    assert shown[0].frame["is_hidden"].sum() + shown[1].frame["is_hidden"].sum() > 1
    assert (attack(shown)["status"] == "ok").all()


def test_how_many_schools_there_are_is_a_number_and_tells_no_total_apart():
    whole = result(pd.DataFrame({"plan_count": [3], "school_count": [7]}))

    assert attack([protect(whole)])["cell"].tolist() == ["plan_count of all together"]


def test_a_school_of_which_nobody_knows_where_it_lies_cannot_be_summed():
    by_school = result(pd.DataFrame({"school": ["Nezināmā skola"], "plan_count": [20]}), "school")
    total = result(
        pd.DataFrame({"municipality_today": ["Tukuma novads"], "plan_count": [52]}),
        "municipality_today",
    )

    with pytest.raises(NotReleasable, match="Nobody knows to which municipality_today"):
        protect(by_school, total)


def test_learners_of_two_semesters_are_no_sum_but_no_fewer_than_in_each():
    year = result(
        pd.DataFrame({"school_year": ["2021/2022"], "learner_count": [12]}),
        "school_year",
        count="learner_count",
        unit="learner",
    )
    semesters = result(
        pd.DataFrame({"semester": ["2021/2022-1", "2021/2022-2"], "learner_count": [3, 11]}),
        "semester",
        count="learner_count",
        unit="learner",
    )

    told = attack([protect(year), protect(semesters)])

    assert told.loc[0, ["low", "high", "status"]].tolist() == [1, 12, "narrowed"]
    assert (attack(protect(year, semesters))["status"] == "ok").all()


def money(counts, cents, behind=None):
    frame = pd.DataFrame(
        {"municipality_today": TOWNS[: len(counts)], "learner_count": counts, "paid_cents": cents}
    )
    behind = behind or [
        (n, c / max(n, 1), c / max(n, 1)) for n, c in zip(counts, cents, strict=True)
    ]
    return result(
        frame.assign(mean_cents=frame["paid_cents"] / frame["learner_count"]), "municipality_today",
        counts=("learner_count",), money=("paid_cents",), derived=("mean_cents",), unit="learner",
        contributors=pd.DataFrame(
            behind, columns=[f"paid_cents_{part}" for part in ("count", "first", "second")]
        ),
    )  # fmt: skip


def test_count_and_money_of_a_cell_hide_together():
    table = money([3, 20, 30], [9000, 60000, 90000])
    total = replace(
        table, dimensions=(), derived=(), contributors=None,
        frame=pd.DataFrame({"learner_count": [53], "paid_cents": [159000]}),
    )  # fmt: skip

    shown, whole = protect(table, total)

    hidden = shown.hidden
    assert hidden.loc[0].all()
    assert (hidden["learner_count"] == hidden["paid_cents"]).all()
    assert hidden["learner_count"].sum() + whole.hidden["learner_count"].sum() >= 2
    assert (attack([shown, whole])["status"] == "ok").all()


def test_money_of_which_one_learner_has_nearly_all_is_hidden():
    table = money([20, 20], [100_000, 100_000], [(20, 90_000, 500), (20, 6_000, 6_000)])

    hidden = protect(table).hidden["paid_cents"].tolist()

    assert hidden == [True, False]


def test_a_denominator_is_the_count_it_repeats():
    learners = result(
        pd.DataFrame({"municipality_today": TOWNS[:3], "learner_count": [3, 20, 30]}),
        "municipality_today",
        count="learner_count",
        unit="learner",
    )
    kinds = pd.DataFrame(
        list(product(TOWNS[:3], ["catering", "transport"])),
        columns=["municipality_today", "support_kind"],
    )
    uptake = result(
        kinds.assign(supported_count=[2, 1, 9, 8, 7, 6], denominator_count=[3, 3, 20, 20, 30, 30]),
        "municipality_today", "support_kind", unit="learner",
        counts=("supported_count", "denominator_count"),
    )  # fmt: skip

    shown, shares = protect(learners, uptake)

    for place, is_hidden in enumerate(shown.hidden["learner_count"]):
        assert (
            shares.hidden["denominator_count"].iloc[2 * place : 2 * place + 2] == is_hidden
        ).all()


def test_worklists_and_rows_of_single_learners_are_refused():
    worklist = Worklist("cap_breaches", pd.DataFrame({"row": [1]}), "payment", "payment")
    single = result(pd.DataFrame({"learner_id": ["L1"], "plan_count": [9]}), "learner_id")

    with pytest.raises(NotReleasable, match="worklist"):
        protect(worklist)
    with pytest.raises(NotReleasable, match="a row for each learner"):
        protect(single)
    assert protect(single, audience="owner").frame.loc[0, "plan_count"] == 9


def test_the_owner_sees_everything_and_it_says_internal():
    shown = protect(margins(grid(range(15)), [ALL[3]])[0], audience="owner")

    assert shown.hidden_count == 0
    assert shown.audience == "owner"
    assert "internal" in repr(shown)
    with pytest.raises(NotReleasable, match="never released"):
        Ledger(None).keep([shown], name="x", on=OCTOBER)


def test_numbers_without_counts_cannot_be_judged():
    bare = replace(
        result(pd.DataFrame({"school": ["A"], "median_hours": [2.5]}), "school"), counts=()
    )

    with pytest.raises(NotReleasable, match="declares no counts"):
        protect(bare)


def test_what_protect_hid_is_not_in_what_it_hands_out():
    shown = protect(margins(grid([3] + [20] * 14), [ALL[3]])[0])

    held = [getattr(shown.result, each.name) for each in fields(shown.result)]

    assert shown.result.contributors is None
    assert sum(isinstance(each, pd.DataFrame) for each in held) == 1
    assert 3 not in shown.frame["plan_count"].tolist()


def test_a_number_in_words_hides_as_the_number_does():
    whole = margins(grid([3] + [20] * 14), [ALL[3]])[0]
    told = [f"{count} plans" for count in whole.frame["plan_count"]]

    shown = protect(replace(whole, frame=whole.frame.assign(told=told, status="stated")))

    assert shown.frame["told"].isna().equals(shown.frame["plan_count"].isna())
    assert set(shown.frame["told"].dropna()) == {"20 plans"}
    assert set(shown.frame["status"]) == {"stated"}


def test_few_who_did_not_get_a_support_are_hidden_too():
    frame = pd.DataFrame({"municipality_today": TOWNS[:3], "supported_count": [48, 20, 31]})
    frame = frame.assign(denominator_count=[50, 40, 60])
    uptake = result(
        frame, "municipality_today", unit="learner", counts=("supported_count", "denominator_count")
    )

    hidden = protect(uptake).hidden

    assert hidden.any(axis=1).tolist() == [True, False, False]


def test_few_without_a_risk_are_no_secret():
    frame = pd.DataFrame({"municipality_today": TOWNS[:2], "with_risk_count": [48, 20]})
    mix = result(
        frame.assign(denominator_count=[50, 40]), "municipality_today", unit="learner",
        counts=("with_risk_count", "denominator_count"),
    )  # fmt: skip

    assert protect(mix).hidden_count == 0


def test_money_of_two_could_be_that_of_five():
    """Caps are public: 60 EUR that can only be 48 to 72 would still say two learners."""
    table = money([2, 20, 30], [6000, 60000, 90000])
    total = replace(
        table, dimensions=(), derived=(), contributors=None,
        frame=pd.DataFrame({"learner_count": [52], "paid_cents": [156000]}),
    )  # fmt: skip

    told = attack(protect(table, total))

    hidden = told[told["cell"].str.contains(TOWNS[0]) & (told["column"] == "paid_cents")]
    assert hidden["low"].max() <= 0
    assert hidden["high"].min() >= 6000 / 2 * 5


def test_whoever_is_alone_in_a_total_learns_nothing_from_it():
    """A year in which one municipality alone had anybody: its own number is no news to it."""
    keys = pd.DataFrame({"municipality_today": TOWNS[:3], "school_year": ["2020", "2021", "2021"]})
    cells = keys.assign(plan_count=[3, 20, 30])
    shown = protect(*margins(cells, [("school_year",), ("municipality_today", "school_year")]))

    assert (attack(shown)["status"] == "ok").all()


def test_rows_of_no_municipality_belong_to_nobody():
    cells = grid([3] + [20] * 14)
    cells["municipality_today"] = cells["municipality_today"].where(
        cells["municipality_today"] != TOWNS[1], None
    )
    whole = margins(cells, [()])[0]
    inner = result(cells, "municipality_today", "grade_band")

    told = attack(protect(whole, inner))

    assert (told["status"] == "ok").all()
    assert not told["who"].str.contains("none").any()


def test_what_one_measure_counts_and_another_does_not_is_a_number_too():
    def of(name, *counts):
        frame = pd.DataFrame({"school_year": ["2020/2021", "2021/2022"], "plan_count": counts})
        return result(frame, "school_year", name=name)

    shown = protect(of("participation", 500, 700), of("hours_and_load", 502, 700))

    hidden = [each.hidden["plan_count"].tolist() for each in shown]
    assert [any(year) for year in zip(*hidden, strict=True)] == [True, False]


def test_a_column_hides_only_with_what_it_tells_of():
    """Two waiting of 20 plans: the approved hide, plans for each learner follow from what shows."""
    frame = pd.DataFrame({
        "municipality_today": TOWNS[:3], "learner_count": [10, 20, 30], "plan_count": [20, 30, 40],
        "approved_plan_count": [18, 20, 30], "plans_per_learner": [2, 1.5, 4 / 3],
    })  # fmt: skip
    counts = ("learner_count", "plan_count", "approved_plan_count")

    shown = protect(
        result(frame, "municipality_today", counts=counts, derived=("plans_per_learner",))
    )

    assert shown.hidden["approved_plan_count"].tolist() == [True, False, False]
    assert shown.frame["plans_per_learner"].tolist() == frame["plans_per_learner"].tolist()


def test_what_was_paid_shows_beside_few_over_the_cap():
    frame = pd.DataFrame({
        "municipality_today": TOWNS[:2], "paid_learner_count": [30, 40],
        "compared_count": [60, 80], "over_cap_learner_count": [2, 9],
        "paid_cents": [90_000, 80_000], "over_cap_cents": [500, 4_000],
    })  # fmt: skip
    counts = ("paid_learner_count", "compared_count", "over_cap_learner_count")

    shown = protect(
        result(
            frame, "municipality_today", name="cost_against_cap", unit="learner",
            counts=counts, money=("paid_cents", "over_cap_cents"),
        )
    )  # fmt: skip

    hidden = shown.hidden.loc[0]
    assert hidden[["over_cap_learner_count", "over_cap_cents", "compared_count"]].all()
    assert not hidden[["paid_learner_count", "paid_cents"]].any()
    assert not shown.hidden.loc[1].any()
