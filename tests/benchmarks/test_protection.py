"""How long protection takes, as ratios within one run: seconds depend on who else is computing."""

import os
import time

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis import attack, protect
from tests.benchmarks.bench_protection import tables
from tests.plain_tables import Cube, suppress

SLOW = pytest.mark.skipif(
    not os.environ.get("PUMPURS_BENCHMARKS"), reason="set PUMPURS_BENCHMARKS=1 for the large ones"
)


def table(shape, seed=1, empty=0.2, mean=15):
    """A table with all its totals, as a plain frame."""
    chance = np.random.default_rng(seed)
    inner = chance.negative_binomial(1, 1 / (1 + mean), size=shape) * (chance.random(shape) > empty)
    full = inner
    for axis in range(len(shape)):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    places = np.array(list(np.ndindex(full.shape)))
    names = ("municipality", "kind", "sex")[: len(shape)]
    frame = pd.DataFrame(
        {
            name: np.where(places[:, axis] == shape[axis], "Total", places[:, axis].astype(str))
            for axis, name in enumerate(names)
        }
    )
    return frame.assign(count=full.ravel()), names


def seconds(shape, insiders="municipality", **more):
    frame, names = table(shape, **more)
    primary = frame["count"].between(1, 4).to_numpy()
    start = time.process_time()
    hidden = suppress(frame, Cube(names, "count", insiders=insiders), primary=primary)
    return time.process_time() - start, int(hidden.sum()), int(primary.sum())


@pytest.fixture(scope="module")
def small():
    return seconds((43, 4), mean=25)


def test_43_municipalities_by_4_kinds_take_less_than_a_second_of_computing(small):
    took, hidden, primary = small

    assert took < 1  # process time, two searches
    assert hidden <= 2.5 * primary


def test_twice_the_dimensions_take_at_most_40_times_as_long(small):
    took, hidden, primary = seconds((43, 4, 2))

    assert took < 40 * max(small[0], 0.1)
    assert hidden <= 3 * primary


@SLOW
def test_43_by_10_by_2_takes_at_most_300_times_as_long(small):
    took, _, _ = seconds((43, 10, 2))

    assert took < 300 * max(small[0], 0.1)


def test_schools_of_many_municipalities_are_kept_from_each_insider_in_one_go(small):
    """120 schools of 43 municipalities, by 4 kinds, with every total, insiders and the audit."""
    results = tables((120, 4))
    start = time.process_time()

    shown = protect(*results)

    assert time.process_time() - start < 60 * max(small[0], 0.1)
    hidden = sum(each.hidden_count for each in shown)
    assert hidden <= 3 * sum(each.frame["support_count"].between(1, 4).sum() for each in results)
    told = attack(shown)
    assert set(told["status"]) <= {"ok", "needless"}
    assert hidden > 100
