"""Tables as strangers bring them: other shapes, totals among the rows, refunds, faults.

What each may hide at most was found by trying every set of cells, the smallest first. The judge is
a linear program of its own that reads the finished frames alone.
"""

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from pumpurs_analysis.disclosure import NotReleasable, attack, protect
from pumpurs_analysis.disclosure.primary import Rules, missing_uncertainty
from pumpurs_analysis.measures import tallies
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.municipalities import municipalities, region_of
from tests.plain_tables import Cube, suppress

TOWN = "municipality_today"
TOWNS = ["Kuldīgas novads", "Rīga", "Saldus novads", "Talsu novads", "Tukuma novads"]
KINDS = municipalities(date(2022, 9, 1)).set_index("name")["kind"]
TERMS = {
    "2020-09": "2020/2021-1", "2020-10": "2020/2021-1", "2021-01": "2020/2021-2",
    "2021-02": "2020/2021-2", "2021-09": "2021/2022-1",
}  # fmt: skip


def table(frame, *dims, unit="plan", counts=("n",), **more):
    return Result("participation", frame, unit, "cell", "records", dimensions=dims, counts=counts,
                  **more)  # fmt: skip


class Tables:
    """Tables of the same numbers by several groupings, with what each cell is the sum of."""

    def __init__(self, dims, numbers, groupings=None, *, unit="plan"):
        keys = pd.DataFrame(list(product(*dims.values())), columns=list(dims))
        self.inner = keys.assign(n=np.asarray(numbers, dtype=int))
        full = self.inner.copy()
        for wide, narrow, rise in (
            ("region", TOWN, region_of),
            ("semester", "month", TERMS.get),
            ("school_year", "month", lambda month: TERMS[month][:9]),
            ("municipality_kind", TOWN, KINDS.get),
        ):
            if narrow in full:
                full[wide] = full[narrow].map(rise)
        every = [each for size in range(len(dims), -1, -1) for each in combinations(dims, size)]
        self.results, masks = [], []
        for by in groupings or every:
            frame = (
                full.groupby(list(by), sort=False, as_index=False)["n"].sum()
                if by
                else full[["n"]].sum().to_frame().T
            )
            self.results.append(table(frame, *by, unit=unit))
            masks += [(full[list(by)] == list(key)).all(axis=1).to_numpy()
                      for key in frame[list(by)].itertuples(index=False)]  # fmt: skip
        self.masks = np.array(masks, dtype=float)
        self.truth = numbers_of(self.results)

    def protected(self):
        shown = protect(*self.results)
        self.shown = shown if isinstance(shown, tuple) else (shown,)
        self.told = numbers_of(self.shown)
        return self

    def narrowed(self, known=()):
        """Small counts that can be told better than from 0 to 5; by who knows inner numbers."""
        found = []
        for place in np.flatnonzero((self.truth >= 1) & (self.truth < 5)):
            if not (self.masks[place][list(known)] > 0).any():
                low, high = self.interval(self.masks[place], known)
                if low > 1e-6 or high < 5 - 1e-6:
                    found.append((self.truth[place], low, high))
        return found

    def interval(self, weights, known=()):
        is_read = ~np.isnan(self.told)
        equal, value = self.masks[is_read], self.told[is_read]
        true = self.inner["n"].to_numpy()
        bounds = [(true[n], true[n]) if n in known else (0, None) for n in range(len(true))]
        return span(weights, equal, value, bounds)


def numbers_of(results, name="n"):
    return np.concatenate([each.frame[name].astype(float).to_numpy() for each in results])


def span(weights, equal, value, bounds):
    """Between what a linear program proves a sum to lie."""
    ends = []
    for sign in (1, -1):
        told = {"A_eq": equal, "b_eq": value} if len(value) else {}
        found = linprog(sign * weights, bounds=bounds, **told)
        assert found.status in {0, 3}, found.message
        ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
    return ends


AGE, GEO, SEX = {"age": [*"abc"]}, {"geo": [*"XYZ"]}, {"sex": ["f", "m"]}
CROSS = [("age", "geo"), ("age",), ("geo",), ()]
# Name: dimensions, numbers, groupings (none: all), the fewest cells that can be hidden.
SHAPES = {
    "two by two": ({"age": [*"ab"], "geo": [*"XY"]}, [3, 20, 15, 30], None, 4),
    "all of them small": ({"age": [*"ab"], "geo": [*"XY"]}, [3, 4, 2, 4], None, 6),
    "five is not small, four is": (AGE | GEO, [5, 4, 9, 12, 5, 7, 8, 6, 11], None, 4),
    "two small in a row": (
        {"age": [*"abcd"]} | GEO, [1, 2, 30, 14, 25, 9, 8, 16, 21, 33, 7, 18], None, 6,
    ),
    "one way": ({"age": [*"abcde"]}, [3, 12, 9, 30, 7], None, 2),
    "one way without its total": ({"age": [*"abcde"]}, [3, 12, 9, 30, 7], [("age",)], 1),
    "totals of one way alone": (
        AGE | {"geo": [*"XY"]}, [3, 20, 15, 30, 9, 12], [("age", "geo"), ("geo",)], 2,
    ),
    "totals first": (AGE | {"geo": [*"XY"]}, [3, 20, 15, 30, 9, 12], CROSS[::-1], 4),
    "regions": ({TOWN: TOWNS}, [3, 40, 12, 9, 22], [(TOWN,), ("region",), ()], 3),
    "a region of one": (
        {TOWN: TOWNS[:2]} | AGE, [2, 12, 9, 40, 33, 14],
        [(TOWN, "age"), (TOWN,), ("age",), (), ("region", "age"), ("region",)], 6,
    ),
    "months, semesters, years": (
        {"month": [*TERMS]}, [3, 12, 9, 2, 22], [("month",), ("semester",), ("school_year",), ()],
        4,
    ),
    "learners by what adds up by chance": (
        AGE | GEO, [3, 14, 9, 12, 25, 7, 8, 16, 11], None, 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_no_small_count_shows_and_no_more_hides_than_must(name):
    dims, numbers, groupings, fewest = SHAPES[name]
    unit = "learner" if "learners" in name else "plan"
    tables = Tables(dims, numbers, groupings, unit=unit).protected()

    assert tables.narrowed() == []
    assert np.isnan(tables.told).sum() == fewest
    assert (attack(tables.shown)["status"] == "ok").all()
    for town in {*tables.inner.get(TOWN, ())}:
        own = np.flatnonzero(tables.inner[TOWN] == town)
        assert tables.narrowed(known=[*own]) == []


# The fewest of outsiders and insiders; who takes hidden to be at least 1 asks for a little more.
DEARER = {
    "zeros that must be zeros": (AGE | GEO, [0, 3, 9, 12, 0, 7, 8, 6, 0], None, 4),
    "no total of all": (
        AGE | {"geo": [*"XY"]}, [3, 20, 15, 30, 9, 12], [("age", "geo"), ("age",), ("geo",)], 3,
    ),
    "two groupings of towns that overlap": (
        {TOWN: ["Rīga", "Talsu novads", "Kuldīgas novads"], "age": [*"ab"]},
        [3, 12, 9, 14, 22, 8],
        [(TOWN, "age"), ("region", "age"), ("municipality_kind", "age"), ("age",)], 4,
    ),
    "one small of three ways": (
        AGE | {"geo": [*"XY"]} | SEX, [3, 12, 9, 30, 14, 22, 8, 17, 25, 6, 11, 19], None, 8,
    ),
    "sparse, three ways": (
        {"age": [*"abcd"]} | GEO | SEX,
        [3, 6, 2, 0, 4, 5, 8, 1, 3, 7, 2, 4, 0, 5, 3, 6, 9, 2, 4, 4, 1, 6, 3, 5], None, 34,
    ),
    "twenty by ten by two": (
        {"age": [f"a{n}" for n in range(20)], "geo": [f"g{n}" for n in range(10)]} | SEX,
        np.random.default_rng(7).poisson(13, 400), None, 24,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEARER)
def test_larger_and_odder_tables_hide_little_more(name):
    dims, numbers, groupings, fewest = DEARER[name]
    tables = Tables(dims, numbers, groupings).protected()

    assert tables.narrowed() == []
    assert np.isnan(tables.told).sum() <= fewest + 2
    assert (attack(tables.shown)["status"] == "ok").all()


# -- totals among the rows ------------------------------------------------------------------------


def with_totals(word):
    """Nine numbers and seven sums in one frame."""
    inner = Tables(AGE | GEO, [3, 12, 9, 20, 14, 8, 17, 25, 11])
    parts = [each.frame.assign(**{dim: word for dim in ("age", "geo") if dim not in each.frame})
             for each in inner.results]  # fmt: skip
    return inner, pd.concat(parts, ignore_index=True)[["age", "geo", "n"]]


@pytest.mark.parametrize(
    "word", ["Total", "Kopā", "Visi", "_T", "KOPĀ:", "All", None, "Visa Latvija"]
)
def test_totals_among_the_rows_are_totals(word):
    """By the usual words, or whatever they are called where they always come to all others."""
    apart, frame = with_totals(word)

    together = protect(table(frame, "age", "geo"))

    apart.told = together.frame["n"].astype(float).to_numpy()
    assert apart.narrowed() == []
    assert together.hidden_count == 4
    told = attack(together)
    assert len(told) == 4
    assert (told["status"] == "ok").all()


def test_money_and_counts_of_totals_among_the_rows_hide_together():
    _, frame = with_totals("Kopā")
    frame = frame.assign(paid_cents=frame["n"] * 1000)

    shown = protect(table(frame, "age", "geo", money=("paid_cents",)))

    assert shown.hidden["n"].sum() == 4
    assert (shown.hidden["n"] == shown.hidden["paid_cents"]).all()


def test_a_row_that_is_once_as_much_as_two_others_is_no_total():
    frame = pd.DataFrame({"age": [*"abcabc"], "geo": [*"XXXYYY"], "n": [3, 9, 12, 7, 8, 20]})

    assert protect(table(frame, "age", "geo")).hidden["n"].tolist() == [True] + [False] * 5


TOWN_BY_CHANCE = pd.DataFrame(  # of three towns the first always has as many as the two others
    {"age": [*"aaabbb"], "geo": [*"XYZXYZ"], "n": [10, 6, 4, 8, 5, 3]}
)


def test_where_another_table_holds_the_totals_a_row_is_none():
    totals = TOWN_BY_CHANCE.groupby("age", as_index=False)["n"].sum()

    towns, shown = protect(table(TOWN_BY_CHANCE, "age", "geo"), table(totals, "age"))

    assert shown.frame["n"].tolist() == [20, 16]
    assert towns.hidden["n"].tolist() == [False, True, True] * 2
    assert (attack([towns, shown])["status"] == "ok").all()


def test_several_measures_hold_no_totals_among_their_rows():
    by_us = replace(table(TOWN_BY_CHANCE, "age", "geo"), name="participation")
    beside = table(TOWN_BY_CHANCE.assign(sex=[*"fffmmm"], n=30), "geo", "sex")

    assert protect(by_us, beside)[0].hidden["n"].tolist() == [False, False, True] * 2


# -- faults ---------------------------------------------------------------------------------------

GOOD = pd.DataFrame({"age": [*"aabb"], "geo": [*"XYXY"], "n": [3, 12, 9, 14]})


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (GOOD.assign(n=["3", "many", "9", "14"]), "n of age a, geo Y is no number: many"),
        (GOOD.assign(n=[3, np.inf, 9, 14]), "n of age a, geo Y is no number: inf"),
        (GOOD.assign(n=[3, 12, 9.5, 14]), r"n of age b, geo X is no count \(0, 1, 2, ...\): 9.5"),
        (GOOD.assign(n=[-3, 12, -9, 14]), r"n of age a, geo X is no count .*: -3.*, and 1 more"),
        (GOOD.drop(columns="n"), "has no column n; its columns are: age, geo"),
        (GOOD.rename(columns={"geo": "place"}), "has no column geo"),
        (pd.concat([GOOD, GOOD[["n"]]], axis=1), "has several columns n"),
        (pd.concat([GOOD, GOOD.head(1)]), "are not told apart by age, geo"),
    ],
)
def test_faults_are_told_in_a_sentence(frame, says):
    with pytest.raises(NotReleasable, match=says):
        protect(table(frame, "age", "geo"))


@pytest.mark.parametrize("threshold", ["5", 5.5, float("nan"), 1])
def test_a_threshold_is_a_whole_number(threshold):
    with pytest.raises(ValueError, match="threshold must be a whole number, 2 or more, not"):
        protect(table(GOOD, "age", "geo"), threshold=threshold)


def test_attack_takes_one_or_several_and_says_what_else_it_was_given():
    shown = protect(table(GOOD, "age", "geo"))

    assert attack(shown).equals(attack([shown]))
    for wrong in ([GOOD], [table(GOOD, "age", "geo")]):
        with pytest.raises(TypeError, match="attack takes what protect gave, not"):
            attack(wrong)


def test_no_rows_and_missing_numbers_pass():
    assert protect(table(GOOD.head(0), "age", "geo")).hidden_count == 0
    lost = protect(table(GOOD.assign(n=[np.nan, 12, 9, 14]), "age", "geo"))

    assert lost.hidden_count == 0
    assert lost.frame["n"].isna().tolist() == [True, False, False, False]


def years(numbers):
    return pd.DataFrame({"school_year": ["2020/2021", "2021/2022"], "n": numbers})


BY_SEX = pd.DataFrame({
    "school_year": ["2020/2021"] * 2 + ["2021/2022"] * 2, "sex": [*"fmfm"], "n": [3, 12, 9, 14],
})  # fmt: skip


def test_parts_that_are_more_than_their_total_are_refused_by_name():
    says = (
        "do not add up in 1 places: n of school_year 2020/2021 is 14, its parts together 15 "
        r"\(n of school_year 2020/2021, sex f; n of school_year 2020/2021, sex m\)"
    )
    with pytest.raises(NotReleasable, match=says):
        protect(table(BY_SEX, "school_year", "sex"), table(years([14, 23]), "school_year"))


def test_learners_may_stand_in_several_rows_but_no_row_is_more_than_its_total():
    kinds = GOOD.rename(columns={"geo": "support_kind"})
    wide = [table(pd.DataFrame({"age": [*"ab"], "n": n}), "age", unit="learner")
            for n in ([14, 20], [11, 20])]  # fmt: skip
    fine = table(kinds, "age", "support_kind", unit="learner")

    assert (attack(protect(fine, wide[0]))["status"] == "ok").all()
    with pytest.raises(NotReleasable, match="n of age a is 11, its parts alone 12"):
        protect(fine, wide[1])


def test_rounded_money_does_not_add_up():
    frame = BY_SEX.assign(paid_cents=[400, 1300, 1000, 1500], n=[30, 40, 50, 60])
    total = years([70, 110]).assign(paid_cents=[1600, 2600])

    with pytest.raises(NotReleasable, match="paid_cents of school_year 2020/2021 is 1600, its par"):
        protect(
            table(frame, "school_year", "sex", money=("paid_cents",)),
            table(total, "school_year", money=("paid_cents",)),
        )


# -- money ----------------------------------------------------------------------------------------


def paid(cells):
    """Tables of payments by kind and place with their totals; a cell is what each learner got."""
    rows = pd.DataFrame(
        [(f"{who}" if isinstance(who, str) else f"{kind}{geo}{n}", kind, geo, cents)
         for (kind, geo), each in cells.items()
         for n, (who, cents) in enumerate(x if isinstance(x, tuple) else (n, x)
                                          for n, x in enumerate(each))],
        columns=["learner_id", "kind", "geo", "paid_cents"],
    )  # fmt: skip
    found = []
    for by in (("kind", "geo"), ("kind",), ("geo",), ()):
        sums = {"learner_count": ("learner_id", "nunique"), "paid_cents": ("paid_cents", "sum")}
        frame = tallies.tally(rows, by, sums)
        behind = tallies.contributors(rows, by, ("paid_cents",))
        found.append(table(frame, *by, unit="learner", counts=("learner_count",),
                           money=("paid_cents",), contributors=behind))  # fmt: skip
    return found


def grid(first):
    """Three by three cells of many learners with much the same, but for the first."""
    cells = {key: [40 + 7 * n] * (24 + n) for n, key in enumerate(product("pqr", "ABC"))}
    return paid({**cells, ("p", "A"): first})


@pytest.mark.parametrize(
    ("first", "is_primary"),
    [
        pytest.param([800, *[10] * 20], False, id="80 % exactly"),
        pytest.param([801, *[10] * 20], True, id="more than 80 %"),
        pytest.param([475, 475, *[5] * 10], False, id="two with 95 % exactly"),
        pytest.param([476, 475, *[5] * 10], True, id="two with more than 95 %"),
        pytest.param([500, 450, *[5] * 10], False, id="the rest is 10 % of the first exactly"),
        pytest.param([501, 460, *[5] * 10], True, id="the rest is less than 10 % of the first"),
        pytest.param([300] * 4, True, id="four learners"),
        pytest.param([300] * 5, False, id="five learners"),
        pytest.param([-9000, *[50] * 30], True, id="given back by one, 86 % without signs"),
        pytest.param([-5000, *[50] * 30], False, id="given back by one, 77 % without signs"),
        pytest.param([5000, -5000, *[1] * 6], True, id="much of two that is nearly nothing"),
        pytest.param([("one", 900), ("one", -890), *[5] * 20], False, id="one had it back"),
        pytest.param([("holding", 400), ("holding", 410), *[9] * 22], True, id="one of two parts"),
    ],
)
def test_who_dominates_a_sum_is_hidden_well(first, is_primary):
    """Hand-worked: (1, 80), (2, 95) and 10 %, of what each learner comes to without its sign."""
    results = grid(first)

    shown = protect(*results)

    hidden = np.concatenate([each.hidden["paid_cents"] for each in shown])
    assert hidden[0] == is_primary
    assert hidden.sum() == (4 if is_primary else 0)
    if is_primary:
        told = numbers_of(shown, "paid_cents")
        true = numbers_of(results, "paid_cents")
        keys = list(product("pqr", "ABC"))
        masks = np.array(
            [[(by[0] in {"", kind}) and (by[1] in {"", geo}) for kind, geo in keys]
             for by in [*keys, *(("pqr"[n], "") for n in range(3)),
                        *(("", "ABC"[n]) for n in range(3)), ("", "")]], dtype=float,
        )  # fmt: skip
        least = None if (true < 0).any() else 0
        low, high = span(masks[0], masks[~np.isnan(told)], told[~np.isnan(told)], (least, None))
        whole = true[0]
        assert low <= whole - 0.2 * abs(whole) + 1
        assert high >= whole + 0.2 * abs(whole) - 1


def test_contributors_are_ranked_without_their_signs():
    rows = pd.DataFrame({"learner_id": [*"AABC"], "paid_cents": [5, 4, -30, 2]})

    behind = tallies.contributors(rows, (), ("paid_cents",))

    assert behind.loc[0].to_dict() == {
        "paid_cents_count": 3, "paid_cents_first": 30, "paid_cents_second": 9,
        "paid_cents_size": 41,
    }  # fmt: skip


def test_contributors_of_others_need_not_say_what_all_come_to_without_signs():
    results = grid([-9000, *[50] * 30])
    plain = [table(each.frame, *each.dimensions, unit="learner", counts=each.counts,
                   money=each.money, contributors=each.contributors.drop(columns="paid_cents_size"))
             for each in results]  # fmt: skip

    assert protect(*plain)[0].hidden.loc[0, "paid_cents"]


def test_what_contributors_do_not_tell_is_no_rule():
    with pytest.raises(ValueError, match=r"of the 1 or 2 largest and up to 100 %, not \(3, 90\)"):
        Rules(dominance=((3, 90.0),))
    asked = missing_uncertainty(*np.array([[100.0], [60.0], [30.0]]), rules=Rules(p_percent=50))
    assert asked.tolist() == [20]  # 60 * 50 % less the 10 of all others


# -- the search by itself -------------------------------------------------------------------------

TREE = {"a1": "a", "a2": "a", "b1": "b", "a": "AB", "b": "AB", "c": "CC"}
COUNTRIES = {"B": "EU", "C": "EU", "D": "non", "E": "non"}
TWELVE = [2, 5, 7, 9, 11, 4, 6, 8, 13, 15, 12, 22]
# Rows, kinds and what they belong to, numbers, hidden up to, how wide, the fewest cells.
PLAIN = {
    "zeros too": ("abc", "xyz", {}, [0, 5, 7, 9, 1, 4, 6, 8, 3], (0, 1), 1, 4),
    "up to three": (
        "abcd", "xyz", {}, [2, 5, 7, 9, 11, 4, 6, 8, 13, 15, 3, 22], (1, 3), 1, 4,
    ),
    "five wide": ("abc", "wxyz", {}, TWELVE, (1, 2), 5, 4),
    "ten wide": ("abc", "wxyz", {}, TWELVE, (1, 2), 10, 4),
    "countries": ("yo", "BCDE", COUNTRIES, [2, 5, 7, 1, 9, 4, 6, 8], (1, 2), 1, 8),
    "a tree with branches of unequal length": (
        "yo", ["a1", "a2", "b1", "c"], TREE, [2, 5, 7, 9, 4, 6, 8, 12], (1, 2), 1, 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_the_search_hides_what_must_and_no_more(name):
    rows, kinds, tree, numbers, (least, most), width, fewest = PLAIN[name]
    leaves = list(product(rows, kinds))
    codes = {"Total": {*kinds}} | {kind: {kind} for kind in kinds}
    for _ in range(3):
        for narrow, wide in tree.items():
            codes[wide] = codes.get(wide, set()) | codes.get(narrow, set())
    cells = [(row, kind) for row in [*rows, "Total"] for kind in codes]
    masks = np.array([[(row in {"Total", r}) and k in codes[kind] for r, k in leaves]
                      for row, kind in cells], dtype=float)  # fmt: skip
    frame = pd.DataFrame(cells, columns=["row", "kind"]).assign(n=masks @ numbers)
    primary = frame["n"].between(least, most).to_numpy()

    cube = Cube(("row", "kind"), "n", trees={"kind": (tree,)} if tree else {})
    hidden = suppress(frame, cube, primary=primary, width=width)

    assert hidden.sum() <= fewest
    for place in np.flatnonzero(primary):
        equal, value = masks[~hidden], frame.loc[~hidden, "n"].to_numpy()
        low, high = span(masks[place], equal, value, (0, None))
        assert high - low >= width - 1e-6
