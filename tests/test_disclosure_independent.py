"""An attacker of another make: what the words of the public release say, solved by another solver.

It reads what the finished tables show and asks the protection for nothing. What counts mean, which
rows add up to which and what is a part of what stands here a second time, in this attacker's own
words. The true numbers only say which hidden counts are small.
"""

from collections import defaultdict
from itertools import permutations
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from pumpurs_analysis import catalogue, example, schema, schools
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.releases import make_release
from pumpurs_analysis.releases import release as releases
from tests.conftest import RECORDS

FEW = 5
SLACK = 1e-6
SLOW = [(700, 3), (1500, 21), (3000, 8)]
STEPS = ("planned", "delivered", "paid for plans")
# Measure, column, and basis or step = what it counts.
MEANS = {
    ("participation", "learner_count", ""): "learners",
    ("participation", "plan_count", ""): "plans",
    ("participation", "approved_plan_count", ""): "approved plans",
    ("cost_per_unit", "learner_count", ""): "learners",
    ("cost_per_unit", "plan_count", ""): "plans",
    ("cost_per_unit", "paid_learner_count", ""): "paid",
    ("cost_against_cap", "paid_learner_count", ""): "paid",
    ("cost_against_cap", "compared_count", ""): "compared",
    ("risk_mix", "mention_count", ""): "mentions",
    ("risk_mix", "risk_learner_count", ""): "learners at risk",
    ("risk_mix", "with_risk_count", "mention"): "mentions",
    ("risk_mix", "with_risk_count", "plan"): "plans at risk",
    ("risk_mix", "with_risk_count", "learner"): "learners at risk",
    ("risk_mix", "denominator_count", "mention"): "mentions",
    ("risk_mix", "denominator_count", "plan"): "plans",
    ("risk_mix", "denominator_count", "learner"): "learners",
    ("support_gaps", "outcome_mention_count", ""): "mentions",
    ("support_gaps", "outcome_plan_count", ""): "plans at risk",
    ("support_gaps", "outcome_learner_count", ""): "learners at risk",
    ("support_gaps", "risk_learner_count", ""): "learners at risk",
    ("risk_overlap", "with_risk_count", ""): "plans",
    ("risk_overlap", "denominator_count", ""): "plans",
    ("risk_overlap", "risk_learner_count", ""): "learners",
    ("support_uptake", "supported_count", "planned"): "planned",
    ("support_uptake", "supported_count", "delivered"): "delivered",
    ("support_uptake", "supported_count", "paid"): "paid for plans",
    ("support_uptake", "denominator_count", ""): "learners",
    ("planned_and_delivered", "involved_learner_count", ""): "involved",
    ("planned_and_delivered", "involved_plan_count", ""): "involved plans",
    ("planned_and_delivered", "planned_count", ""): "supports",
    ("planned_and_delivered", "consultation_count", ""): "consultations",
    ("hours_and_load", "consultation_count", ""): "consultations",
}  # fmt: skip
NO_DIMENSION = {"basis", "step", "risk_group_count"}
WHERE = ("municipality_today", "school", "school_year", "semester")
# What a count of its row is said to be about although it does not change by it.
SAID_AGAIN = {"denominator_count": (), "support_gaps.risk_learner_count": ("risk_category",)}
# Each of these stands in one row alone, by all of these dimensions.
ADD_UP = {
    "plans": (*WHERE, "combination"),
    "approved plans": WHERE,
    "mentions": (*WHERE, "risk_category", "outcome"),
    "supports": (*WHERE, "support_kind"),
    "consultations": (*WHERE, "support_kind"),
    "compared": (*WHERE, "support_kind"),
    "plans at risk": WHERE,
    "involved plans": WHERE,
}
PART_OF = {
    "learners": ["plans"],
    "approved plans": ["plans"],
    "plans at risk": ["mentions", "plans"],
    "learners at risk": ["plans at risk", "learners"],
    "planned": ["involved", "supports", "learners"],
    "delivered": ["involved", "consultations", "learners"],
    "paid for plans": ["paid", "involved", "learners"],
    "involved": ["involved plans", "learners"],
    "involved plans": ["plans"],
}


def delivery(plans, seed):
    made = example.tables(plans=plans, seed=seed)
    tables = {name: schema.conform(name, pd.DataFrame()) for name in RECORDS}
    tables |= {name: frame for name, frame in made.items() if name in tables}
    tables["schools"] = schema.conform("schools", schools.register())
    return Dataset(MappingProxyType(tables), evidence="records", is_made_up=True)


def with_few(data, learners, place="Gulbenes novads"):
    """Leave a few learners of one place, with all that is theirs."""
    plans = data.plans
    here = plans.loc[plans["municipality"] == place, "learner_id"].astype(str)
    gone = set(plans.loc[plans["learner_id"].isin(here.unique()[learners:]), "plan_id"])
    tables = dict(data.tables)
    for name in ("plans", "supports", "risks", "payments", "consultations"):
        left = tables[name][~tables[name]["plan_id"].isin(gone)].reset_index(drop=True)
        ids = left.select_dtypes("category")
        tables[name] = left.assign(
            **{each: ids[each].cat.remove_unused_categories() for each in ids}
        )
    return Dataset(MappingProxyType(tables), evidence="records", is_made_up=True)


class Attacker:
    """What is shown, by what it counts and what it is about, and what follows for the rest."""

    def __init__(self, release):
        self.number, self.shown, self.true, self.hidden = {}, {}, {}, {}
        self.sheets = defaultdict(dict)  # count, dimensions > what a cell is about > its number
        self.equal, self.at_most = [], []  # sums that are nothing, or nothing at most
        for key, figure in release.figures.items():
            measured = releases.make(release.data, releases.asked()[key]).frame
            for name in figure.result.counts:
                self.read(figure, name, measured[name], key)
        self.add_up_and_compare()

    def read(self, figure, name, measured, key):
        result = figure.result
        only = SAID_AGAIN.get(name, SAID_AGAIN.get(f"{result.name}.{name}"))
        for row, true in zip(figure.frame.to_dict("records"), measured, strict=True):
            keys = [(result.name, name, row.get(each, "")) for each in ("basis", "step", "")]
            keys.append((result.name, name, ""))
            count = next((MEANS[each] for each in keys if each in MEANS), None)
            if count is None or row.get("basis") == "enrolled" or pd.isna(true):
                continue
            dims = [each for each in result.dimensions if each not in NO_DIMENSION]
            if only is not None:
                dims = [each for each in dims if each in (*only, *WHERE)]
            about = frozenset((each, str(row[each])) for each in dims)
            cell = self.number.setdefault((count, about), len(self.number))
            self.sheets[count, frozenset(dims)][about] = cell
            self.true[cell] = float(true)
            if pd.isna(row[name]):
                self.hidden[cell] = f"{key}: {name} ({count}) of {dict(sorted(about))}"
            else:
                self.shown[cell] = float(row[name])

    def add_up_and_compare(self):
        """Parts and wholes: of one count, of two counts, of combinations and of steps."""
        for (part, fine), (whole, wide) in permutations(list(self.sheets), 2):
            lost = fine - wide
            if wide <= widened(fine) and (part == whole or whole in PART_OF.get(part, ())):
                groups = self.groups((part, fine), (whole, wide), lambda about: [about])
                self.tie(groups, adds_up=lost <= {*ADD_UP.get(whole, ())}, is_same=part == whole)
            if (
                "combination" in fine
                and (whole == f"{part} at risk")
                and (fine - {"combination"} == wide - {"risk_category"})
            ):
                groups = self.groups((part, fine), (whole, wide), risks_of)
                self.tie(groups, adds_up=part == "plans", is_same=True)
        for (count, dims), cells in list(self.sheets.items()):
            for about, cell in cells.items():
                steps = [self.sheets[step, dims].get(about) for step in STEPS]
                if count == "involved" and "support_kind" in dims:
                    self.compare([cell], [each for each in steps if each is not None])

    def groups(self, fine, wide, belongs):
        """Give the cells of a sheet by what they are a part of in another."""
        found = defaultdict(list)
        for about, cell in self.sheets[fine].items():
            for each in belongs(dict(about)):
                known = each | {"school_year": each.get("semester", "").rpartition("-")[0]} | each
                whole = frozenset((name, known[name]) for name in wide[1])
                if whole in self.sheets[wide]:
                    found[self.sheets[wide][whole]].append(cell)
        return found

    def tie(self, groups, *, adds_up, is_same):
        """A whole is the sum of its parts, or at least each and, of one count, at most the sum.

        Where people may stand in several parts and in truth nobody does, that is known as well.
        """
        if all(self.sum(parts) == self.true[whole] for whole, parts in groups.items()) and is_same:
            self.equal += [(parts, [whole]) for whole, parts in groups.items()]
            return
        for whole, parts in groups.items():
            for each in [parts] if adds_up else [[part] for part in parts]:
                self.compare(each, [whole])
            if is_same and not adds_up:
                self.compare([whole], parts)

    def compare(self, less, more):
        if self.sum(less) <= self.sum(more):
            self.at_most.append((less, more))

    def sum(self, cells):
        return sum(self.true[each] for each in cells)

    def narrowed(self):
        """Give the hidden small counts that cannot be anything from 0 to 5 any more."""
        unknown = {cell: at for at, cell in enumerate(self.hidden) if cell not in self.shown}
        limits = [self.system(rows, unknown) for rows in (self.equal, self.at_most)]
        (equal, equals), (at_most, most) = limits
        found = []
        for cell, where in self.hidden.items():
            if not 1 <= self.true[cell] < FEW:
                continue
            if cell in self.shown:
                found.append(f"{where} is shown elsewhere")
                continue
            ends = []
            for sign in (1, -1):
                price = np.zeros(len(unknown))
                price[unknown[cell]] = sign
                solved = linprog(price, at_most, most, equal, equals, bounds=(0, None))
                assert solved.status in {0, 3}, solved.message
                ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
            if ends[0] > SLACK or ends[1] < FEW - SLACK:
                found.append(f"{where} lies from {ends[0]:g} to {ends[1]:g}")
        return found

    def system(self, rows, unknown):
        """Write sums down as a matrix of what is hidden, and what shows on the other side."""
        row, column, value, right = [], [], [], np.zeros(len(rows))
        for number, (less, more) in enumerate(rows):
            for sign, cells in ((1, less), (-1, more)):
                for cell in cells:
                    if cell in unknown:
                        row.append(number)
                        column.append(unknown[cell])
                        value.append(sign)
                    else:
                        right[number] -= sign * self.shown[cell]
        matrix = coo_array((value, (row, column)), shape=(len(rows), len(unknown)))
        return matrix.tocsr(), right


def widened(dims):
    return dims | ({"school_year"} if "semester" in dims else set())


def risks_of(about):
    """A combination counts in each of its risk groups."""
    rest = {name: each for name, each in about.items() if name != "combination"}
    return [rest | {"risk_category": risk} for risk in about["combination"].split("+")]


@pytest.mark.parametrize(
    ("plans", "seed"),
    [(600, 1), (900, 5), *(pytest.param(*each, marks=pytest.mark.slow) for each in SLOW)],
)
def test_no_small_count_is_known_by_what_the_tables_mean(plans, seed):
    attacker = Attacker(make_release(delivery(plans, seed)))

    assert len(attacker.hidden) > (100 if plans < 2000 else 50)  # a large delivery hides less
    assert attacker.narrowed() == []


def test_no_small_count_of_a_place_with_few_learners_is_known():
    assert Attacker(make_release(with_few(delivery(900, 5), 2))).narrowed() == []


@pytest.mark.parametrize(
    ("kept", "name"),
    [("counts_as.risk_mix", "denominator_count (mention)"), ("of_combinations", "plan_count")],
)
def test_a_relation_that_the_protection_does_not_know_gives_counts_away(kept, name, monkeypatch):
    settings = catalogue.entries("disclosure")
    for each in kept.split("."):
        settings = settings[each]
    monkeypatch.delitem(settings, name)

    assert Attacker(make_release(delivery(900, 5))).narrowed() != []
