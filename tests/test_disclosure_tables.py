"""Tables of our own in the shapes of the known ones: they run wherever the project is."""

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.disclosure import NotReleasable
from tests.plain_tables import Cube, attack_table, suppress

ROWS, KINDS = ("a", "b", "c", "d"), ("p", "q", "r", "s")
CUBE = Cube(("row", "kind"), "count")


def plain(numbers):
    """A table with its totals, one row per cell."""
    inner = pd.DataFrame(numbers, index=ROWS[: len(numbers)], columns=KINDS[: len(numbers[0])])
    inner["Total"] = inner.sum(axis=1)
    inner.loc["Total"] = inner.sum()
    return inner.rename_axis("row").reset_index().melt("row", var_name="kind", value_name="count")


def cells(frame, *names):
    at = (frame["row"] + "/" + frame["kind"]).isin(names)
    return at.to_numpy()


FOUR = [[20, 50, 10, 10], [8, 19, 22, 9], [17, 32, 12, 11], [3, 8, 13, 9]]


def test_a_small_cell_takes_three_others_of_a_rectangle():
    frame = plain(FOUR)

    hidden = suppress(frame, CUBE, primary=frame["count"].between(1, 4).to_numpy())

    assert hidden.sum() == 4
    told = attack_table(frame, CUBE, hidden=hidden, small=frame["count"].between(1, 4).to_numpy())
    assert set(told["status"]) == {"ok"}


def test_two_hidden_in_every_row_and_column_can_still_give_one_away():
    frame = plain(FOUR)
    trap = cells(
        frame, "a/p", "a/q", "a/r", "b/p", "b/r", "c/q", "c/s", "d/q", "d/s"
    )  # two or more in each row and column, and yet

    told = attack_table(frame.assign(count=frame["count"].where(~trap)), CUBE, hidden=trap)

    assert told.loc[told["status"] == "recovered", ["cell", "low"]].to_numpy().tolist() == [
        ["a/q", 50]
    ]
    assert suppress(frame, CUBE, primary=trap, width=1).sum() == trap.sum() + 1


def test_two_hidden_zeros_do_not_show_by_their_sum():
    frame = plain([[0, 0, 9], [12, 8, 7], [5, 6, 11]])
    zeros = ((frame["count"] == 0) & (frame["row"] != "Total")).to_numpy()

    hidden = suppress(frame, CUBE, primary=zeros, width=1)

    told = attack_table(frame, CUBE, hidden=hidden)
    assert not (told["status"] == "recovered").any()


def test_a_table_whose_totals_are_wrong_is_refused():
    frame = plain(FOUR)
    frame.loc[0, "count"] += 1

    with pytest.raises(NotReleasable, match="does not add up in 2 places"):
        suppress(frame, CUBE, primary=np.zeros(len(frame), dtype=bool))


def test_who_knows_one_cell_gets_the_only_other_one():
    frame = plain(FOUR).assign(who="Total")
    hidden = cells(frame, "a/p", "a/q", "b/p", "b/q")
    frame.loc[cells(frame, "a/p"), "who"] = "a learner"
    cube = Cube(("row", "kind"), "count", insiders="who", is_whole=False)

    told = attack_table(frame, cube, hidden=hidden, small=cells(frame, "a/q"), threshold=60)

    found = told[(told["who"] == "insider: a learner") & (told["cell"] == "a/q")]
    assert found[["low", "high", "status"]].to_numpy().tolist() == [[50, 50, "recovered"]]
