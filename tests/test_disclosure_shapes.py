"""Tables in shapes not tried elsewhere: two hierarchies at once, one row, all alike, frozen cells.

What each must hide at least was found by trying every set of cells, the smallest first; the judge
is the linear program of ``test_disclosure_tables_more``, which reads the finished frames alone.
"""

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.disclosure import Ledger, NotReleasable, attack, protect
from tests.test_disclosure_tables_more import (
    TERMS,
    TOWN,
    TOWNS,
    Tables,
    numbers_of,
    paid,
    span,
    table,
)

MONTHS, YEARS = [*TERMS], ["2019/2020", "2020/2021"]
AGE, GEO, SEX = {"age": [*"abc"]}, {"geo": [*"XYZ"]}, {"sex": ["f", "m"]}
AB, XY = {"age": [*"ab"]}, {"geo": [*"XY"]}
EIGHT = [3, 12, 9, 14, 22, 8, 17, 25]
TWO_TOWNS, FOUR_TOWNS = {TOWN: TOWNS[:2]}, {TOWN: TOWNS[:4]}
# Dimensions, numbers, groupings (none: all), unit, the fewest cells, how many more hide because
# what is read first (totals) is dearer.
SHAPES = {
    "two hierarchies of three ways": (
        {TOWN: [TOWNS[0], TOWNS[2]], "month": [MONTHS[0], MONTHS[2]]} | SEX, EIGHT,
        [(TOWN, "month", "sex"), ("region", "semester"), (TOWN, "school_year"), ("sex",), ()],
        "payment", 4, 0,
    ),
    "two hierarchies, two small": (
        {TOWN: [TOWNS[0], TOWNS[1], TOWNS[4]], "month": [MONTHS[0], MONTHS[1], MONTHS[4]]},
        [3, 12, 9, 14, 2, 8, 17, 25, 11],
        [(TOWN, "month"), ("region", "semester"), ("semester",), ("region",), ()], "payment", 4, 0,
    ),
    "a semester of one month": (
        {"month": [MONTHS[0], MONTHS[2], MONTHS[4]]} | SEX, [3, 12, 9, 14, 22, 8],
        [("month", "sex"), ("semester", "sex"), ("school_year", "sex"), ("month",), ()],
        "payment", 6, 0,
    ),
    "one of two levels": (
        {"month": MONTHS}, [3, 12, 9, 2, 22], [("month",), ("school_year",)], "payment", 3, 0,
    ),
    "one row and its total": ({"age": ["a"]}, [3], [("age",), ()], "plan", 2, 0),
    "one row of two": ({"age": ["a"]} | XY, [3, 9], None, "plan", 4, 0),
    "all alike": (AGE | GEO, [4] * 9, None, "plan", 9, 0),
    "all alike but one": (AGE | GEO, [7] * 8 + [3], None, "plan", 4, 0),
    "all small, three ways": (AB | XY | SEX, [1, 2, 3, 4, 4, 3, 2, 1], None, "plan", 20, 0),
    "no totals of regions": (
        FOUR_TOWNS | AB, EIGHT, [(TOWN, "age"), ("region", "age"), ("age",)], "plan", 3, 0,
    ),
    "tied by a margin not shown": (
        TWO_TOWNS | {"school_year": YEARS} | SEX, [3, 1, 9, 14, 22, 8, 17, 25],
        [(TOWN, "school_year"), (TOWN, "sex")], "plan", 2, 0,
    ),
    "tied by a margin shown": (
        TWO_TOWNS | {"school_year": YEARS} | SEX, [1, 2, 9, 14, 22, 8, 17, 25],
        [(TOWN, "school_year"), (TOWN, "sex"), (TOWN,), ()], "plan", 2, 0,
    ),
    "three tables of two ways, and all at once": (
        TWO_TOWNS | AB | SEX, EIGHT,
        [(TOWN, "age"), (TOWN, "sex"), ("age", "sex"), (TOWN, "age", "sex")], "plan", 4, 0,
    ),
    "a small one among zeros": (AGE | GEO, [3, 0, 0, 0, 12, 9, 0, 14, 22], None, "plan", 4, 0),
    "a small one among zeros and others": (
        AGE | GEO, [3, 0, 7, 0, 12, 9, 6, 14, 0], None, "plan", 4, 2,
    ),
    "towns grouped twice": (
        {TOWN: TOWNS}, [3, 12, 9, 2, 22], [(TOWN,), ("region",), ("municipality_kind",), ()],
        "plan", 3, 0,
    ),
    "towns grouped twice, by sex": (
        {TOWN: TOWNS} | SEX, [3, 12, 9, 14, 22, 8, 17, 25, 6, 2],
        [(TOWN, "sex"), ("region",), ("municipality_kind",), ("sex",), ()], "plan", 5, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_no_small_count_shows_and_hardly_more_hides_than_must(name):
    dims, numbers, groupings, unit, fewest, dearer = SHAPES[name]
    tables = Tables(dims, numbers, groupings, unit=unit).protected()

    assert tables.narrowed() == []
    for town in {*tables.inner.get(TOWN, ())}:
        own = np.flatnonzero(tables.inner[TOWN] == town)
        assert tables.narrowed(known=[*own]) == []
    assert at_least_1(tables) == []
    assert fewest <= np.isnan(tables.told).sum() <= fewest + dearer
    assert (attack(tables.shown)["status"] == "ok").all()


def at_least_1(tables):
    """Inner small counts that are known better than 1 to 5 by who knows that no zero is hidden."""
    is_hidden = np.isnan(tables.told)
    if (tables.truth[is_hidden] == 0).any():
        return []
    # every hidden cell is one and more: what is over one is free
    over = np.eye(len(tables.inner))
    rows = np.vstack([tables.masks[~is_hidden], tables.masks[is_hidden]])
    value = np.concatenate([tables.told[~is_hidden], np.ones(is_hidden.sum())])
    slack = np.vstack([np.zeros((sum(~is_hidden), sum(is_hidden))), -np.eye(sum(is_hidden))])
    bounds = [(0, None)] * (len(over) + sum(is_hidden))
    found = []
    for place in np.flatnonzero((tables.truth >= 1) & (tables.truth < 5)):
        if tables.masks[place].sum() == 1:  # of totals the list of rows says more
            weights = np.concatenate([tables.masks[place], np.zeros(sum(is_hidden))])
            low, high = span(weights, np.hstack([rows, slack]), value, bounds)
            if low > 1 + 1e-6 or high < 5 - 1e-6:
                found.append((tables.truth[place], low, high))
    return found


# -- cells that are given: rows left out, earlier releases ----------------------------------------


def test_where_a_row_cannot_be_it_is_no_way_out():
    """Rows that nobody can have are not listed: only three of four cells are there to hide."""
    tables = Tables(AB | XY, [3, 20, 0, 30])
    frames = [each.frame[each.frame["n"] != 0] for each in tables.results]

    shown = protect(*(table(frame, *each.dimensions)
                      for frame, each in zip(frames, tables.results, strict=True)))  # fmt: skip

    told = numbers_of(shown)
    keep = tables.truth != 0
    masks = tables.masks[keep][:, [0, 1, 3]]
    low, high = span(masks[0], masks[~np.isnan(told)], told[~np.isnan(told)], (0, None))
    assert (low, high >= 5) == (0, True)
    assert np.isnan(told).sum() >= 4  # with totals: a row of two, a column of one
    assert (attack(shown)["status"] == "ok").all()


@pytest.mark.parametrize("first", [slice(0, 1), slice(0, 2), slice(1, 3)], ids=str)
def test_what_was_published_stays_and_later_tables_fit_it(first):
    """Cells of an earlier release are frozen: shown ones cannot hide any more."""
    numbers = [3, 12, 9, 14, 22, 8, 17, 25, 11]
    towns = {TOWN: [TOWNS[0], TOWNS[1], TOWNS[4]], "school_year": [*YEARS, "2021/2022"]}
    tables = Tables(towns, numbers)
    ledger, before = Ledger(None), tables.results[first]
    after = [each for each in tables.results if not any(each is one for one in before)]

    earlier = protect(*before, ledger=ledger)
    earlier = earlier if isinstance(earlier, tuple) else (earlier,)
    ledger.keep(earlier, name="first", on=date(2023, 1, 1))
    later = protect(*after, ledger=ledger)

    order = [*before, *after]
    at = [next(n for n, each in enumerate(order) if each is one) for one in tables.results]
    shown = [[*earlier, *later][n] for n in at]
    tables.told = numbers_of(shown)
    assert tables.narrowed() == []
    for town in towns[TOWN]:
        assert tables.narrowed(known=[*np.flatnonzero(tables.inner[TOWN] == town)]) == []
    assert not ledger.check(*later)["status"].isin(["narrowed", "recovered"]).any()


def test_what_was_shown_before_is_no_way_out():
    """The whole and all towns but two were shown: of one of these two the other would tell."""
    inner = Tables({TOWN: TOWNS[:3]}, [9, 6, 12], [(TOWN,), ()])
    ledger = Ledger(None)
    ledger.keep(protect(*inner.results), name="first", on=date(2023, 1, 1))
    later = Tables({TOWN: TOWNS[:3]} | SEX, [9, 0, 3, 3, 12, 0], [(TOWN, "sex")])

    shown = protect(*later.results, ledger=ledger)

    assert shown.frame["n"].isna().tolist()[2:4] == [True, True]
    told = np.append(numbers_of([shown]), [9, 6, 12])
    masks = np.vstack([later.masks, np.kron(np.eye(3), [1, 1])])
    for place in (2, 3):
        low, high = span(masks[place], masks[~np.isnan(told)], told[~np.isnan(told)], (0, None))
        assert (low, high) == (0, 6)


# -- sums: weights, refunds, two contributors -----------------------------------------------------


def test_weighted_counts_do_not_tell_the_count():
    """Each plan weighs 1.25: whoever reads the weight has the count, so both hide, and no more."""
    counted = Tables(AB | XY, [3, 20, 15, 30])
    weighted = [
        table(each.frame.assign(weight=each.frame["n"] * 1.25), *each.dimensions, money=("weight",))
        for each in counted.results
    ]

    shown = protect(*weighted)

    assert all((each.hidden["n"] == each.hidden["weight"]).all() for each in shown)
    counted.told = numbers_of(shown)
    assert counted.narrowed() == []
    read = numbers_of(shown, "weight")
    is_read = ~np.isnan(read)
    low, high = span(counted.masks[0], counted.masks[is_read], read[is_read], (0, None))
    assert low <= 0.8 * 3.75
    assert high >= 5 * 1.25
    assert np.isnan(read).sum() == 4


def sums_shown(results, shown):
    """Inner sums, with what is read of all: 3 x 3 cells, their rows, columns and the whole."""
    keys = list(product("pqr", "ABC"))
    every = [*keys, *((kind, "") for kind in "pqr"), *(("", geo) for geo in "ABC"), ("", "")]
    masks = np.array(
        [[kind in {"", k} and geo in {"", g} for k, g in keys] for kind, geo in every], dtype=float
    )
    return masks, numbers_of(results, "paid_cents"), numbers_of(shown, "paid_cents")


def cells(**first):
    made = {key: [40 + 7 * n] * (24 + n) for n, key in enumerate(product("pqr", "ABC"))}
    return made | {(name[0], name[1]): each for name, each in first.items()}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"pA": [900, *[5] * 20], "qB": [-300] * 3}, id="refunds of three elsewhere"),
        pytest.param({"pA": [-700, -600, *[5] * 10]}, id="two who gave back"),
        pytest.param({"pA": [50] * 3, "pB": [-50] * 3}, id="as much paid as given back"),
        pytest.param({"pA": [-80] * 4, "qB": [-90] * 4, "rC": [700] * 2}, id="three of few"),
    ],
)
def test_sums_of_few_among_refunds_are_not_known(given):
    results = paid(cells(**given))

    shown = protect(*results)

    masks, true, told = sums_shown(results, shown)
    is_read = ~np.isnan(told)
    for name, each in given.items():
        place = list(product("pqr", "ABC")).index((name[0], name[1]))
        assert not is_read[place], name
        low, high = span(masks[place], masks[is_read], told[is_read], (None, None))
        whole = abs(true[place])
        assert low <= true[place] - 0.2 * whole + 1
        assert high >= true[place] + 0.2 * whole - 1
        if len(each) < 5:  # of enough, it would be as much more
            assert high - low >= whole
    assert (attack(shown)["status"] == "ok").all()


@pytest.mark.parametrize(
    ("two", "is_guarded"), [([500, 480], True), ([500, 480, 60], False), ([500, 480, 45], True)]
)
def test_of_two_contributors_each_would_know_the_other(two, is_guarded):
    """The threshold of 2 lets few be shown; the rest must still be 10 % of the largest."""
    results = paid(cells(pA=two))

    shown = protect(*results, threshold=2)

    assert shown[0].hidden["paid_cents"][0] == is_guarded
    if is_guarded:
        masks, true, told = sums_shown(results, shown)
        low, high = span(masks[0], masks[~np.isnan(told)], told[~np.isnan(told)], (0, None))
        assert low <= true[0] * 0.8 + 1
        assert high >= true[0] * 1.2 - 1


def test_nothing_but_one_small_total_is_refused_or_hidden():
    """One number that is small: there is nothing to add and nothing to hide beside it."""
    assert protect(table(pd.DataFrame({"n": [3]}))).frame["n"].isna().all()
    with pytest.raises(NotReleasable, match="is no count"):
        protect(table(pd.DataFrame({"n": [-3]})))
