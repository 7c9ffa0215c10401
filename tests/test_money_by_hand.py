"""The example delivery's money once more: read as text, added up with Decimal, no table at all.

Nothing of the package but the example's files and the answers to check is used here.
"""

import csv
import re
from collections import defaultdict
from decimal import Decimal

import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import example, measures

CAPS = {  # EUR for a learner and month; personal items for a learner and semester
    "Sabiedriskais transports": Decimal(30), "Speciālais transports": Decimal(30),
    "Naktsmītne": Decimal(35), "Ēdināšana": Decimal(70),
    "Individuālās lietošanas priekšmeti": Decimal(25),
}  # fmt: skip
NEAR = Decimal("0.9")
AMOUNT = re.compile(r'"(\d+,\d\d)";')


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    """The example's files, every third payment raised by half so that caps are passed."""
    files = example.write(
        tmp_path_factory.mktemp("example"), plans=400, dirt=False, formats=["csv"]
    )
    for file in files:
        if file.name.endswith("_Izmaksas.csv"):
            rows = file.read_text("utf-8-sig").splitlines()
            raised = [
                AMOUNT.sub(_half_more, row) if i % 3 == 0 else row for i, row in enumerate(rows)
            ]
            file.write_text("\r\n".join([*raised, ""]), "utf-8-sig")
    return files


def _half_more(found):
    more = (Decimal(found[1].replace(",", ".")) * Decimal("1.5")).quantize(Decimal("0.01"))
    return f'"{more}";'.replace(".", ",")


@pytest.fixture(scope="module")
def data(delivery):
    return pa.load(delivery)


@pytest.fixture(scope="module")
def lines(delivery):
    """Every payment line of the files: file, row, and its cells as text by heading."""
    found = []
    for file in sorted(delivery):
        if not file.name.endswith("_Izmaksas.csv"):
            continue
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
        head = next(place for place, row in enumerate(rows) if "Atbalsta veids" in row)
        for place, row in enumerate(rows[head + 1 :], start=head + 2):
            if len(row) == len(rows[head]):
                found.append(
                    {"file": file.name, "row": place, **dict(zip(rows[head], row, strict=True))}
                )
    return found


def euros(line):
    amount = Decimal(re.sub(r"[\s\u00a0€]", "", line["Izmaksātā summa, EUR"]).replace(",", "."))
    return -abs(amount) if line["Atmaksa"] == "jā" else amount


def learner(line):
    """The personal code, else school and own code, else the plan alone."""
    own = (line["Izglītības iestāde"], line["Izglītojamā kods"])
    return line["Personas kods"] or (own if line["Izglītojamā kods"] else line["IAP kods"])


def period(line):
    month, year = line["Mēnesis"].split(".")
    if line["Atbalsta veids"] != "Individuālās lietošanas priekšmeti":
        return f"{year}-{month}"
    first = int(year) - (int(month) < 9)
    return f"{first}/{first + 1}-{1 if int(month) >= 9 else 2}"


def summed(lines):
    sums = defaultdict(Decimal)
    for line in lines:
        if line["Atbalsta veids"] in CAPS:
            sums[learner(line), line["Atbalsta veids"], period(line)] += euros(line)
    return sums


def test_every_sum_near_or_over_a_cap_is_found_and_no_other(data, lines):
    by_hand = sorted(
        (when, total, CAPS[kind])
        for (_, kind, when), total in summed(lines).items()
        if total >= NEAR * CAPS[kind]
    )

    found = measures.cap_breaches(data, near_share=float(NEAR)).frame
    found = found[found["finding_kind"] != "hours"]

    told = sorted(
        (row["period"], Decimal(int(row["paid_cents"])) / 100, Decimal(int(row["cap_cents"])) / 100)
        for row in found.to_dict("records")
    )
    assert sum(total > cap for _, total, cap in by_hand) > 10
    assert told == by_hand


def test_every_finding_can_be_replayed_from_the_files(data, lines):
    in_file = {(line["file"], line["row"]): euros(line) for line in lines}
    found = measures.cap_breaches(data, near_share=float(NEAR)).frame

    for row in found[found["finding_kind"] != "hours"].to_dict("records"):
        places = [
            (file.strip(), int(number))
            for file, numbers in zip(row["file"].split(";"), row["rows"].split(";"), strict=True)
            for number in numbers.split(",")
        ]
        added = sum((in_file[place] for place in places), Decimal(0))
        assert added == Decimal(int(row["paid_cents"])) / 100


def test_ledger_schools_municipalities_and_programme_are_the_same_to_the_cent(data, lines):
    ledger = sum(map(euros, lines), Decimal(0))
    by_school, by_kind = defaultdict(Decimal), defaultdict(Decimal)
    for line in lines:
        by_school[line["Izglītības iestāde"]] += euros(line)
        by_kind[line["Atbalsta veids"]] += euros(line)

    def paid(by, measure=measures.cost_against_cap):
        cents = measure(data, by=by).frame["paid_cents"]
        return sorted(Decimal(int(each)) / 100 for each in cents)

    assert sorted(filter(None, paid("school"))) == sorted(filter(None, by_school.values()))
    assert sorted(filter(None, paid("support_kind"))) == sorted(filter(None, by_kind.values()))
    groupings = ["school", "municipality", "municipality_today", "semester", "programme"]
    assert {sum(paid(by)) for by in groupings} == {ledger}
    assert sum(paid("municipality_today", measures.cost_per_unit)) == ledger


def test_money_over_and_under_the_caps_is_the_same_by_hand(data, lines):
    sums = summed(lines)
    over = sum(max(Decimal(0), paid - CAPS[kind]) for (_, kind, _), paid in sums.items())

    whole = measures.cost_against_cap(data, by="programme").frame.loc[0]

    assert whole["compared_count"] == len(sums)
    assert Decimal(int(whole["over_cap_cents"])) / 100 == over
