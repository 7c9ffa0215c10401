"""Whatever the tables and however they are linked: a solver of its own gets no small count."""

from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from pumpurs_analysis.disclosure import NotReleasable, protect
from pumpurs_analysis.measures.result import Result
from tests.tried import tried

DIMS = {
    "municipality_today": ["Kuldīgas novads", "Rīga", "Saldus novads"],
    "grade_band": ["1-4", "5-6"],
    "school_year": ["2021/2022", "2022/2023"],
}
INNER = pd.DataFrame(list(product(*DIMS.values())), columns=list(DIMS))
GROUPINGS = list(chain.from_iterable(combinations(DIMS, n) for n in range(3)))
BOTH = ("plan_count", "approved_plan_count")
COUNTS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 4)), min_size=12, max_size=12
)  # approved, and not


def tables(numbers, groupings):
    """The inner table and totals of it: plans, and those of them that are approved."""
    approved, waiting = np.array(numbers).T
    cells = INNER.assign(plan_count=approved + waiting, approved_plan_count=approved)
    return [
        Result(
            "participation",
            cells.groupby(list(dims))[list(BOTH)].sum().reset_index()
            if dims
            else cells[list(BOTH)].sum().to_frame().T,
            "plan", "group", "records", dimensions=dims, counts=BOTH,
        )
        for dims in (tuple(DIMS), *groupings)
    ]  # fmt: skip


def rows_of(results):
    """Each count that stands in a table, and those beside it, as weights of the inner numbers."""
    for result in results:
        for _, row in result.frame.iterrows():
            mask = np.all([INNER[n] == row[n] for n in result.dimensions], axis=0)
            mask = np.broadcast_to(mask, 12).astype(float)
            none = np.zeros(12)
            yield row["plan_count"], np.concatenate([mask, none])
            yield row["approved_plan_count"], np.concatenate([none, mask])
            yield row["plan_count"] - row["approved_plan_count"], np.concatenate([mask, -mask])


def narrowed(truth, shown, known=()):
    """Small numbers of which a solver proves more than that they are 0 to 5, from frames alone."""
    told = [(value, weights) for value, weights in rows_of([each.result for each in shown])
            if not pd.isna(value)]  # fmt: skip
    told += list(known)
    equal, values = np.array([w for _, w in told]), [float(v) for v, _ in told]
    at_most = np.hstack([-np.eye(12), np.eye(12)])  # no more approved than there are
    found = []
    for value, weights in rows_of(truth):
        if not 1 <= value <= 4:
            continue
        low, high = (
            sign * answer.fun if answer.status == 0 else sign * np.inf
            for sign in (1, -1)
            for answer in [
                linprog(sign * weights, A_ub=at_most, b_ub=np.zeros(12),
                        A_eq=equal if told else None, b_eq=values if told else None)
            ]
        )  # fmt: skip
        if low > 1e-6 or abs(high) < 5 - 1e-6:
            found.append((value, low, high))
    return found


@tried(8)
@given(COUNTS, st.lists(st.sampled_from(GROUPINGS), unique=True, max_size=4))
def test_nothing_small_comes_out_of_linked_tables_nor_who_is_not_among_them(numbers, groupings):
    truth = tables(numbers, groupings)

    shown = protect(truth[0], *truth[1:])

    shown = shown if isinstance(shown, tuple) else (shown,)
    assert narrowed(truth, shown) == []


def test_the_attacker_of_this_test_can_win():
    truth = tables([(20, 0)] * 11 + [(3, 0)], GROUPINGS)

    alone = [protect(each) for each in truth]

    assert narrowed(truth, alone)[0] == (3, 3, pytest.approx(3))


@tried(3)
@given(COUNTS, st.integers(0, 99))
def test_order_and_names_of_rows_make_little_difference(numbers, seed):
    truth = tables(numbers, GROUPINGS)
    names = dict(
        zip(
            DIMS["municipality_today"],
            ["Talsu novads", "Alūksnes novads", "Ogres novads"],
            strict=True,
        )
    )
    others = [
        Result(
            each.name,
            each.frame.replace(names).sample(frac=1, random_state=seed).reset_index(drop=True),
            each.unit, each.one_row_per, each.evidence, dimensions=each.dimensions, counts=BOTH,
        )
        for each in truth
    ]  # fmt: skip

    one, other = (sum(each.hidden_count for each in protect(*them)) for them in (truth, others))

    assert abs(one - other) <= 6 + 0.2 * one


def test_every_single_complement_is_needed_or_the_audit_would_not_mind(monkeypatch):
    """Show one more cell after another: whenever that gives something away, it is refused."""
    truth = tables([(20, 6)] * 11 + [(3, 6)], GROUPINGS)
    shown = protect(*truth)
    finish = protect.__globals__["_masked"]
    hidden = [
        (number, row, name)
        for number, each in enumerate(shown)
        for name in BOTH
        for row in np.flatnonzero(each.hidden[name])
    ]
    results = {id(each): number for number, each in enumerate(truth)}
    gave_away = 0
    for number, row, name in hidden[::4]:

        def careless(result, mask, rules, at=(number, row, name)):
            made = finish(result, mask, rules)
            if results[id(result)] == at[0]:
                made.result.frame.loc[at[1], at[2]] = result.frame.loc[at[1], at[2]]
            return made

        monkeypatch.setitem(protect.__globals__, "_masked", careless)
        try:
            looser = protect(*truth)
        except NotReleasable:
            gave_away += 1
        else:
            assert narrowed(truth, looser) == []
    assert gave_away >= len(hidden[::4]) / 2


def test_a_sparse_table_does_not_hide_twice_what_it_must():
    """One start hid 40 cells where another order of the same rows came out with 21."""
    numbers = [(0, 0), (5, 4), (0, 0), (0, 0), (10, 0), (0, 2), (5, 1), (0, 0), (5, 0)]
    truth = tables(numbers + [(0, 0)] * 3, GROUPINGS)
    moved = [
        replace(each, frame=each.frame.sample(frac=1, random_state=0).reset_index(drop=True))
        for each in truth
    ]

    for several in (truth, moved):
        assert sum(each.hidden_count for each in protect(*several)) <= 26
