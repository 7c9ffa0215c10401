"""The audit believes nobody: whatever goes wrong on the way to a finished table, it refuses."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.disclosure import NotReleasable, protect, release
from pumpurs_analysis.disclosure.linking import Linker
from pumpurs_analysis.disclosure.system import FIRST_INSIDER, Proof
from pumpurs_analysis.measures.result import Result

TOWNS = ["Kuldīgas novads", "Saldus novads", "Talsu novads", "Tukuma novads"]
BANDS = ["1-4", "5-6", "7-9"]
NUMBERS = [3, 20, 30, 12, 9, 14, 25, 8, 7, 11, 16, 22]


def release_of_a_grid():
    """One small cell, its table, and every total of it."""
    keys = pd.DataFrame(list(product(TOWNS, BANDS)), columns=["municipality_today", "grade_band"])
    cells = keys.assign(plan_count=NUMBERS)
    found = []
    for dims in ((), ("municipality_today",), ("grade_band",), tuple(keys)):
        frame = (
            cells.groupby(list(dims))["plan_count"].sum().reset_index()
            if dims
            else pd.DataFrame({"plan_count": [sum(NUMBERS)]})
        )
        found.append(
            Result(
                "participation", frame.assign(share=frame["plan_count"] / 200), "plan", "group",
                "records", dimensions=dims, counts=("plan_count",), derived=("share",),
            )
        )  # fmt: skip
    return found


def test_as_it_is_it_passes():
    assert [each.hidden_count for each in protect(*release_of_a_grid())] == [0, 0, 0, 12]


def test_one_hidden_cell_that_shows_in_the_finished_table_is_refused(monkeypatch):
    finish = release._masked

    def careless(result, mask, rules):
        shown = finish(result, mask, rules)
        frame = shown.result.frame
        rows = np.flatnonzero(mask["plan_count"])
        if len(rows):  # the last complement stays readable, the mark says hidden
            frame.loc[rows[-1], "plan_count"] = result.frame.loc[rows[-1], "plan_count"]
        return shown

    monkeypatch.setattr(release, "_masked", careless)

    with pytest.raises(NotReleasable, match="plan_count of grade_band 1-4, municipality_today Kul"):
        protect(*release_of_a_grid())


def test_a_share_that_shows_beside_a_hidden_count_is_refused(monkeypatch):
    monkeypatch.setattr(release, "hides_with_row", lambda _: ())

    with pytest.raises(NotReleasable, match="share shows beside a hidden count"):
        protect(*release_of_a_grid())


def test_a_hidden_count_in_the_words_of_another_column_is_refused(monkeypatch):
    finish = release._masked

    def talkative(result, mask, rules):
        shown = finish(result, mask, rules)
        told = [f"{count} plans" for count in result.frame["plan_count"]]
        return replace(shown, result=replace(shown.result, frame=shown.frame.assign(told=told)))

    monkeypatch.setattr(release, "_masked", talkative)

    with pytest.raises(NotReleasable, match="told shows beside a hidden count"):
        protect(*release_of_a_grid())


def test_another_number_than_was_measured_is_refused(monkeypatch):
    finish = release._masked

    def wrong(result, mask, rules):
        shown = finish(result, mask, rules)
        return replace(shown, result=replace(shown.result, frame=shown.frame.assign(plan_count=7)))

    monkeypatch.setattr(release, "_masked", wrong)

    with pytest.raises(NotReleasable, match="another number than was measured"):
        protect(*release_of_a_grid())


def test_a_search_that_forgot_the_totals_is_refused(monkeypatch):
    monkeypatch.setattr(Linker, "_link", lambda _: None)

    with pytest.raises(NotReleasable, match="in the finished tables"):
        protect(*release_of_a_grid())


def test_a_search_that_forgot_one_pair_of_tables_is_refused(monkeypatch):
    add = Linker._add

    def forgetful(self, pair, value):
        if pair.wide.dims != ("grade_band",):
            add(self, pair, value)

    monkeypatch.setattr(Linker, "_add", forgetful)

    with pytest.raises(NotReleasable, match="in the finished tables"):
        protect(*release_of_a_grid())


@pytest.mark.parametrize("times", [0, 0.5, 100], ids=["no step", "half people", "below nothing"])
def test_other_tables_that_do_not_fit_prove_nothing(monkeypatch, times):
    moves = release._moves

    def wrong(proof, linked):
        found = moves(proof, linked)
        return replace(found, step=found.step * times)

    monkeypatch.setattr(release, "_moves", wrong)

    with pytest.raises(NotReleasable, match="in the finished tables"):
        protect(*release_of_a_grid())


def test_a_search_that_asked_for_no_insider_is_refused(monkeypatch):
    ask = Proof._ask

    def forgetful(self):
        ask(self)
        self.is_asked[:, :, FIRST_INSIDER:] = False

    monkeypatch.setattr(Proof, "_ask", forgetful)

    with pytest.raises(NotReleasable, match="in the finished tables"):
        protect(*release_of_a_grid())
