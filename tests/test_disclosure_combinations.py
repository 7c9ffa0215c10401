"""An attacker who counts plans by everything at once: each is of one combination, place and time.

Shares, places and combinations stand in different tables, and no equation holds all of them. Yet
each plan has one combination of risk groups, one municipality, one semester, and is approved or is
not: what fits all tables together is what such plans can add up to.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from pumpurs_analysis.releases import make_release
from pumpurs_analysis.releases import release as releases
from tests.test_disclosure_independent import delivery

FEW = range(1, 5)
DIMS = {"municipality_today": "place", "semester": "semester", "school_year": "year"}


class Plans:
    """Every kind of plan there can be, and what the finished tables say of them together."""

    def __init__(self, release):
        self.release = release
        kinds = [
            self.values("risk_overlap", "combination"),
            self.values("participation", "municipality_today"),
            self.values("participation", "semester"),
            [True, False],
        ]
        names = ["combination", "place", "semester", "is_approved"]
        self.kinds = pd.DataFrame(list(product(*kinds)), columns=names)
        self.kinds["year"] = self.kinds["semester"].str[:9]
        self.read, self.few = {}, {}  # which plans > how many
        for key, figure in release.figures.items():
            true = releases.make(release.data, releases.asked()[key]).frame
            for row, truth in zip(
                figure.frame.to_dict("records"), true.to_dict("records"), strict=True
            ):
                self.take(figure.result.name, row, truth)

    def values(self, measure, name):
        found = [
            each.frame[name].astype(str).unique()
            for each in self.release.figures.values()
            if each.result.name == measure and name in each.frame
        ]
        return list(found[0]) if found else ["any"]

    def take(self, measure, row, truth):
        if not {*row} <= {*truth, "is_hidden"} or "school" in row:
            return
        held = np.ones(len(self.kinds), dtype=bool)
        for dim, name in DIMS.items():
            held &= (self.kinds[name] == row[dim]).to_numpy() if dim in row else True
        is_approved = self.kinds["is_approved"].to_numpy()
        if measure == "participation":
            self.note(held, row["plan_count"], truth["plan_count"])
            approved = truth["approved_plan_count"]
            self.note(held & is_approved, row["approved_plan_count"], approved)
            self.note(held & ~is_approved, np.nan, truth["plan_count"] - approved)
        elif measure == "risk_mix" and row["basis"] == "plan":
            combinations = self.kinds["combination"].str.split("+")
            has = np.array([row["risk_category"] in each for each in combinations])
            self.note(held, row["denominator_count"], truth["denominator_count"])
            self.note(held & has, row["with_risk_count"], truth["with_risk_count"])
        elif measure == "risk_overlap":
            is_it = (self.kinds["combination"] == row["combination"]).to_numpy()
            self.note(is_it, row["with_risk_count"], truth["with_risk_count"])

    def note(self, held, number, true):
        if pd.notna(number):
            self.read[held.tobytes()] = float(number)
        elif pd.notna(true) and true in FEW:
            self.few[held.tobytes()] = float(true)

    def narrowed(self):
        """Give few plans of which it is known that they are not 0, or not 5."""
        equal = csr_array(np.array([self.weights(each) for each in self.read]))
        value = [*self.read.values()]
        found = []
        for each, true in self.few.items():
            ends = []
            for sign in (1, -1):
                solved = linprog(sign * self.weights(each), A_eq=equal, b_eq=value)
                assert solved.status in {0, 3}, solved.message
                ends.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
            if ends[0] > 1e-6 or ends[1] < FEW.stop - 1e-6:
                found.append((true, *ends))
        return found

    def weights(self, held):
        return np.frombuffer(held, dtype=bool).astype(float)


@pytest.mark.parametrize(
    ("plans", "seed"),
    [
        (450, 5),  # where nobody has the third or fourth risk, who has not the first has the second
        *(pytest.param(*each, marks=pytest.mark.slow)
          for each in [(350, 3), (600, 1), (800, 9), (1500, 21)]),
    ],
)  # fmt: skip
def test_few_plans_are_not_known_by_all_tables_of_plans_together(plans, seed):
    shown = Plans(make_release(delivery(plans, seed)))

    assert len(shown.read) > 30
    assert len(shown.few) > 5
    assert shown.narrowed() == []
