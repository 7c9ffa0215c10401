"""Deliveries full of faults: what is wrong in them gives nobody away either.

A payment outside its plan's semester or by another school, twice, of nobody's plan or of a school
that nobody knows; more paid back than paid; a hundred times the cap; consultations of no school.
"""

import csv
from itertools import cycle

import numpy as np
import pandas as pd
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import example, loading, measures, pseudonyms
from pumpurs_analysis.disclosure import attack, protect
from pumpurs_analysis.disclosure.columns import columns_of
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.measures.result import Result
from tests import test_disclosure_money as money
from tests.test_disclosure_independent import Attacker

MARK = "IZDOMĀTI DATI – MADE-UP DATA"
PLAN, PERSON, SCHOOL = "IAP kods", "Personas kods", "Izglītības iestāde"
PLACE, KIND, MONTH, SUM, BACK = (
    "Pašvaldība", "Atbalsta veids", "Mēnesis", "Izmaksātā summa, EUR", "Atmaksa",
)  # fmt: skip
SLOW = [(900, 5), (400, 7), (1200, 4)]


def rows(folder, name):
    """The rows of every file of one sheet of the template."""
    for path in sorted(folder.glob(f"*_{name}.csv")):
        yield from csv.DictReader(path.read_text("utf-8-sig").splitlines()[1:], delimiter=";")


def put(path, lines):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(f"{MARK}\n")
        out = csv.DictWriter(file, [*lines[0]], delimiter=";", quoting=csv.QUOTE_ALL)
        out.writeheader()
        out.writerows(lines)


def nobody(number, kind):
    """A plan and a learner that stand in no other file."""
    return {PLAN: f"IAP-{kind}{number:05}", PERSON: f"32{number:04}-{kind}{number:04}"}


def wrong_payments(payments):
    schools = {}
    for row in payments:
        schools.setdefault((row[SCHOOL], row[PLACE]), []).append(row)
    for number, (paid, kind) in enumerate(zip(schools.values(), cycle("abc"), strict=False)):
        first, last = paid[0], paid[-1]
        yield first  # twice
        if kind == "a":
            yield {**first, **nobody(number, 9), SUM: f"{31 + number},17"}
            yield {**first, **nobody(number, 8), SUM: f"{12 + number},41", KIND: "Ēdināšana"}
        if kind == "b":
            yield {**first, SUM: f"{900 + number},05", BACK: "jā"}
            yield {**last, SUM: f"-{20 + number},05"}
        if kind == "c":
            yield {**last, MONTH: "07.2021", SUM: "45,10"}  # long after the plan
            yield {**last, MONTH: "03.2014"}
            yield {**first, SUM: f"{5000 + number},00", KIND: "Transports"}
    for number in range(3):
        unknown = {SCHOOL: "Izdomātā pamatskola nr. 77", PLACE: "Pasakas novads"}
        yield {**payments[0], **nobody(number, 7), **unknown, SUM: f"{21 + number},33"}
        nowhere = {SCHOOL: "", PLACE: "", SUM: f"{41 + number},33"}
        yield {**payments[0], **nobody(number, 6), **nowhere}


def wrong_consultations(given):
    for number, row in enumerate(given[: 9 * 97 : 97]):
        yield row  # twice
        yield {**row, **nobody(number, 5)}
        yield {**row, "Datums": "05.07.2021." if number % 2 else "03.03.2014.", "Stundas": "7"}


def faulty(folder, plans, seed):
    """Load a made-up delivery with a file of faults beside it."""
    example.write(folder, plans=plans, seed=seed, dirt=False, formats=("csv",))
    paid, given = list(rows(folder, "Izmaksas")), list(rows(folder, "Konsultācijas"))
    put(folder / "IZDOMATI_DATI_Kļūdas_Izmaksas.csv", [*wrong_payments(paid)])
    put(folder / "IZDOMATI_DATI_Kļūdas_Konsultācijas.csv", [*wrong_consultations(given)])
    return loading.check(folder, key=pseudonyms.MADE_UP_KEY)


@pytest.fixture(scope="module")
def checked(request, tmp_path_factory):
    return faulty(tmp_path_factory.mktemp("faulty"), *request.param)


@pytest.fixture(scope="module")
def released(checked):
    return pa.make_release(checked.dataset)


def without_signs(self, held, *, is_money):
    """Who dominates a sum does so by what was paid or given back, as sums without their signs."""
    sums = self.parts[held[self.of]].groupby("learner_id")["amount"].sum()
    sums = sums.drop(money.NOBODY, errors="ignore")
    size, whole = np.sort(sums[sums != 0].abs())[::-1], sums.sum()
    if not len(size) or whole <= 0:
        return None
    if len(size) < money.FEW:
        return 0, whole * (money.FEW / len(size) if is_money else 1)
    missing = [size[:n].sum() / share - size.sum() for n, share in money.SHARES]
    missing.append(size[0] * money.NEAR - size[2:].sum())
    if not is_money or max(missing) <= 0:
        return None
    return whole * (1 - money.WIDE), whole + max(whole * money.WIDE, *missing)


slow = pytest.mark.parametrize(
    "checked",
    [(500, 11), *(pytest.param(each, marks=pytest.mark.slow) for each in SLOW)],
    indirect=True,
)


@slow
def test_the_delivery_has_the_faults_and_keeps_them(checked):
    told = set(checked.problems["code"].astype(str))
    paid = checked.dataset.payments

    assert {"payment_twice", "payment_without_plan", "refund_without_payment"} <= told
    assert {"month_outside_semester", "school_unknown", "payment_without_school"} <= told
    assert {"consultation_without_school", "consultation_outside_semester"} <= told
    assert paid["school_id"].isna().sum() >= 3
    assert (paid["amount_cents"] < 0).sum() >= 2


@slow
def test_no_small_count_of_a_faulty_delivery_is_known(released):
    attacker = Attacker(released)

    assert len(attacker.hidden) > 100
    assert attacker.narrowed() == []
    told = attack(tuple(released.figures.values()))
    assert not told["status"].isin(["narrowed", "recovered"]).any()


@slow
@pytest.mark.parametrize("knows_kinds", [False, True])
def test_no_sum_of_few_of_a_faulty_delivery_is_known(released, knows_kinds, monkeypatch):
    monkeypatch.setattr(money.Sums, "asked", without_signs)
    sums = money.sums_of(released, knows_kinds=knows_kinds)

    assert money.narrowed(sums) == {}
    if not knows_kinds:
        assert money.narrowed_by_insiders(sums) == {}


@slow
@pytest.mark.parametrize("by", ["school_year", "semester", "municipality_today", "school"])
def test_what_was_paid_is_one_sum_in_every_measure(checked, by):
    """The difference of two would be what was paid to the few whose payments lie elsewhere."""
    data = checked.dataset
    first = measures.cost_against_cap(data, by=by).frame
    second = measures.planned_and_delivered(data, by=by).frame

    sums = [each.set_index(each[by].astype("string").fillna(""))["paid_cents"]
            for each in (first, second)]  # fmt: skip
    one, other = (each[each != 0].sort_index().astype(int).to_dict() for each in sums)
    assert one == other


def paid_by_year(measure, cents):
    frame = pd.DataFrame({"school_year": ["2019/2020", "2020/2021", "2021/2022"]})
    return Result(measure, frame.assign(paid_cents=cents), "money", "year", "records",
                  dimensions=("school_year",), money=("paid_cents",))  # fmt: skip


def test_where_two_measures_differ_by_money_nobody_reads_the_difference():
    """45.10 EUR lie in another year: of one payment, to one learner."""
    by_day, by_plan = [100_000, 200_000, 300_000], [100_000, 204_510, 295_490]

    shown = protect(
        paid_by_year("cost_against_cap", by_day), paid_by_year("cost_per_unit", by_plan)
    )

    read = [each.frame["paid_cents"].isna().tolist() for each in shown]
    assert np.logical_or(*read).tolist() == [False, True, True]
    assert (attack(shown)["status"] == "ok").all()


def test_a_zero_that_everybody_knows_makes_nothing_uncertain():
    """Learning materials have no cap: their nothing is no number that might be another one."""
    kinds = pd.DataFrame({
        "support_kind": ["learning_materials", "catering"], "allowed_cents": [0, 990_000],
    })  # fmt: skip
    made = Result("cost_against_cap", kinds, "money", "group", "records",
                  dimensions=("support_kind",), money=("allowed_cents",))  # fmt: skip

    (column,), _ = columns_of([made], rules_of_release(5))

    assert np.isnan(column.value[0])
    assert column.value[1] == 990_000
