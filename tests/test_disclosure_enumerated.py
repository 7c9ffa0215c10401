"""An attacker without a solver writes down every table of whole numbers that fits what is shown."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.disclosure import NotReleasable, attack, protect
from pumpurs_analysis.measures.result import Result

TOWN, BAND, YEAR, SEX = "municipality_today", "grade_band", "school_year", "sex"
VALUES = {
    TOWN: ["Kuldīgas novads", "Rīga"], BAND: ["1-4", "5-6"], YEAR: ["2021/2022", "2022/2023"],
    SEX: ["female", "male"],
}  # fmt: skip
RING = [(SEX, BAND), (BAND, YEAR), (SEX, YEAR)]
RING_OF_TOWNS = [(TOWN, BAND), (BAND, YEAR), (TOWN, YEAR)]
SHAPES = {
    "one way with its total": [(BAND, YEAR), ()],
    "two ways with totals": [(TOWN, BAND), (TOWN,), (BAND,), ()],
    "two linked, with totals": [(TOWN, BAND), (TOWN, YEAR), (TOWN,), ()],
    "two linked, totals of neither shown": [(TOWN, BAND), (TOWN, YEAR)],
    "linked by the sum of all alone": [(TOWN, BAND), (YEAR,)],
    "a ring of three": RING,
    "a ring of three with totals": [*RING, (SEX,), (BAND,), (YEAR,), ()],
}


class Shown:
    """Tables of made-up plans in a shape, with every table of whole numbers that fits them."""

    def __init__(self, groupings, seed, most=9):
        self.names = [name for name in VALUES if any(name in dims for dims in groupings)]
        inner = pd.DataFrame(list(product(*(VALUES[n] for n in self.names))), columns=self.names)
        cells = inner.assign(plan_count=np.random.default_rng(seed).integers(0, most, len(inner)))
        self.results = [
            Result(
                "participation",
                cells.groupby(list(dims))["plan_count"].sum().reset_index()
                if dims
                else cells[["plan_count"]].sum().to_frame().T,
                "plan", "group", "records", dimensions=dims, counts=("plan_count",),
            )
            for dims in groupings
        ]  # fmt: skip
        self.inner = cells
        self.masks = np.array([
            np.broadcast_to(np.all([inner[n] == row[n] for n in each.dimensions], axis=0),
                            len(inner))
            for each in self.results for _, row in each.frame.iterrows()
        ])  # fmt: skip
        self.truth = self._column(self.results)

    def _column(self, tables):
        return pd.concat([each.frame["plan_count"] for each in tables]).fillna(-1).to_numpy(int)

    def protected(self):
        self.published = protect(*self.results)
        self.told = self._column(self.published)
        self.hidden = np.flatnonzero(self.told < 0)
        self.small = self.hidden[np.isin(self.truth[self.hidden], [1, 2, 3, 4])]
        return self

    def possible(self, known=()):
        """What each number can be, table by table."""
        return completions(self.masks, self.told, known) @ self.masks.T.astype(np.int16)


def completions(masks, told, known=()):
    """Every table of whole numbers with the sums that are told, number by number."""
    size = masks.shape[1]
    fits = np.zeros((1, 0), dtype=np.int16)
    told = [*((mask, value) for mask, value in zip(masks, told, strict=True) if value >= 0), *known]
    for place in range(size):
        most = min((value for mask, value in told if mask[place]), default=5)
        fits = np.repeat(fits, most + 1, axis=0)
        more = np.resize(np.arange(most + 1, dtype=np.int16), (len(fits), 1))
        fits = np.hstack([fits, more])
        for mask, value in told:
            sums = fits @ mask[: place + 1].astype(np.int16)
            fits = fits[sums == value if not mask[place + 1 :].any() else sums <= value]
    return fits


@pytest.mark.parametrize("shape", SHAPES)
def test_every_table_of_whole_numbers_that_fits_is_what_attack_says(shape):
    """The interval of each hidden cell is what they span, and every small one can be 0 to 5."""
    hidden = 0
    for seed in range(5):
        shown = Shown(SHAPES[shape], seed).protected()
        told, possible = shown.told, shown.possible()
        # with a number that is in no shown sum there is no end
        has_no_end = shown.masks @ ~shown.masks[told >= 0].any(axis=0) > 0

        found = attack(shown.published)
        spans = sorted(zip(found["low"], found["high"], strict=True))

        most = np.where(has_no_end, np.inf, possible.max(axis=0))[shown.hidden]
        assert spans == sorted(zip(possible.min(axis=0)[shown.hidden], most, strict=True))
        for place in shown.small:
            assert {*range(6)} <= set(possible[:, place].tolist())
            hidden += 1
    assert hidden > 3


@pytest.mark.parametrize("shape", SHAPES)
def test_who_takes_hidden_to_be_at_least_1_learns_no_small_count(shape):
    """Where no zero is hidden, small numbers that are no totals can still be 1 to 5."""
    looked_at = 0
    for seed in range(6):
        shown = Shown(SHAPES[shape], seed, most=12).protected()
        if (shown.truth[shown.hidden] == 0).any():
            continue
        possible = shown.possible()
        possible = possible[(possible[:, shown.hidden] >= 1).all(axis=1)]
        finest = shown.masks.sum(axis=1) == shown.masks.sum(axis=1).min()
        for place in shown.small[finest[shown.small]]:
            assert {*range(1, 6)} <= set(possible[:, place].tolist())
            looked_at += 1
    assert looked_at > 0


@pytest.mark.parametrize(
    "groupings",
    [
        pytest.param(SHAPES["two ways with totals"], id="two ways"),
        pytest.param(SHAPES["two linked, with totals"], id="two linked"),
        pytest.param([*RING_OF_TOWNS, (TOWN, BAND, YEAR)], id="a ring, with all of it at once"),
    ],
)
def test_who_knows_one_town_learns_no_small_count_of_another(groupings):
    looked_at = 0
    for seed in range(4):
        shown = Shown(groupings, seed).protected()
        for town in VALUES[TOWN]:
            own = (shown.inner[TOWN] == town).to_numpy()
            numbers = shown.inner["plan_count"]
            known = [(np.eye(len(own))[at] == 1, int(numbers[at])) for at in np.flatnonzero(own)]
            possible = shown.possible(known)
            foreign = ~(shown.masks & own).any(axis=1)
            for place in shown.small[foreign[shown.small]]:
                assert {*range(6)} <= set(possible[:, place].tolist())
                looked_at += 1
    assert looked_at > 3


def test_a_ring_of_towns_needs_the_numbers_by_everything_at_once():
    """Who knows one town knows its numbers by grade and year; which these are is not given."""
    shown = Shown(RING_OF_TOWNS, seed=1)

    with pytest.raises(NotReleasable, match="Ask by \\(grade_band, municipality_today, school_ye"):
        protect(*shown.results)
    large = [
        replace(each, frame=each.frame.assign(plan_count=each.frame["plan_count"] + 100))
        for each in shown.results
    ]
    assert sum(each.hidden_count for each in protect(*large)) == 0


def test_learners_by_kind_and_by_semester_are_held_together_without_their_total():
    """From 14 to 23 learners, of whom 12 have transport: 2 or more have lodging."""
    kinds = pd.DataFrame({"support_kind": ["transport", "lodging"], "learner_count": [12, 3]})
    semesters = pd.DataFrame({"semester": ["2021/2022-1", "2021/2022-2"]})
    semesters = semesters.assign(learner_count=[14, 9])
    tables = [
        Result("participation", frame, "learner", "group", "records",
               dimensions=(frame.columns[0],), counts=("learner_count",))
        for frame in (kinds, semesters)
    ]  # fmt: skip

    told = attack([protect(each) for each in tables])

    assert told.loc[0, ["low", "high", "status"]].tolist() == [2, 23, "narrowed"]
    assert (attack(protect(*tables))["status"] == "ok").all()
