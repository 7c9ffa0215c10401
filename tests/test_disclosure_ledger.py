"""Releases one after the other: the next one is held against all former ones."""

import json

import pandas as pd

from pumpurs_analysis.disclosure import Ledger, protect
from tests.test_disclosure_release import ALL, NOVEMBER, OCTOBER, TOWNS, grid, margins, result


def test_a_later_release_that_gives_an_earlier_one_away_is_found_and_a_safe_one_made(tmp_path):
    cells = grid([3, 20, 30, 12, 9, 14, 25, 8, 7, 11, 16, 22, 40, 50, 60])
    inner, *totals = [margins(cells, [each])[0] for each in (ALL[3], ALL[1], ALL[2])]
    ledger = Ledger.open(tmp_path / "releases.json")
    ledger.keep([protect(inner)], name="first", on=OCTOBER)
    again = Ledger.open(tmp_path / "releases.json")

    found = again.found(*[protect(each) for each in totals])
    offer = protect(*totals, ledger=again)

    assert found["status"].tolist() == ["recovered"]
    assert again.found(*offer).empty
    again.keep(offer, name="second", on=NOVEMBER)
    assert sum(each.hidden_count for each in offer) > 0
    kept = json.loads((tmp_path / "releases.json").read_text("utf-8"))
    assert [each["name"] for each in kept["releases"]] == ["first", "second"]
    assert [path.name for path in tmp_path.iterdir()] == ["releases.json"]


def test_two_newcomers_between_two_releases_stay_hidden():
    then = result(
        pd.DataFrame({"municipality_today": TOWNS[:2], "plan_count": [50, 40]}),
        "municipality_today",
    )
    now = result(
        pd.DataFrame({"municipality_today": TOWNS[:2], "plan_count": [52, 60]}),
        "municipality_today",
    )
    ledger = Ledger(None)
    ledger.keep([protect(then)], name="october", on=OCTOBER)

    shown = protect(now, ledger=ledger)

    assert shown.frame["is_hidden"].tolist() == [True, False]


def test_what_was_shown_before_and_has_not_changed_stays_shown():
    table = result(
        pd.DataFrame({"municipality_today": TOWNS[:2], "plan_count": [50, 3]}), "municipality_today"
    )
    ledger = Ledger(None)
    first = protect(table)
    ledger.keep([first], name="october", on=OCTOBER)

    assert first.frame.equals(protect(table, ledger=ledger).frame)


def plans(*counts):
    """Plans of some towns, and of all together."""
    cells = pd.DataFrame({"municipality_today": TOWNS[: len(counts)], "plan_count": counts})
    return margins(cells, ALL[:2])


def test_one_newcomer_between_two_releases_is_found_with_the_sums_that_give_it():
    """50, 40 and 30 plans, 120 together; then 51, 40 and 30, 121 together: 51 - 50 = 1."""
    ledger = Ledger(None)
    ledger.keep(protect(*plans(50, 40, 30)), name="october", on=OCTOBER)
    later = protect(*plans(51, 40, 30))

    told = ledger.check(*later)

    assert set(told["cell"]) == {
        "the change of plan_count of all together",
        "the change of plan_count of municipality_today Kuldīgas novads",
    }
    assert (told["status"] == "recovered").all()
    assert told[["low", "high"]].to_numpy().tolist() == [[1, 1], [1, 1]]
    assert "(51) = plan_count (release 1)" in " ".join(told["equations"].explode())
    totals, towns = protect(*plans(51, 40, 30), ledger=ledger)
    assert totals.frame["is_hidden"].tolist() == [True]
    assert towns.frame["is_hidden"].tolist() == [True, False, False]


def test_the_same_release_twice_is_one_release(tmp_path):
    shown = protect(*plans(50, 40, 3))
    ledger = Ledger.open(tmp_path / "releases.json")
    assert not ledger.holds(*shown)
    ledger.keep(shown, name="october", on=OCTOBER)

    again = Ledger.open(tmp_path / "releases.json")

    assert again.holds(*reversed(shown))
    assert not again.holds(*protect(*plans(50, 41, 3)))
    assert not again.holds(shown[0])


def test_a_ledger_of_a_version_with_other_names_is_held_against_the_same_counts(tmp_path):
    """Plans with a risk stood as several counts; one newcomer since then is found all the same."""
    cells = pd.DataFrame({"basis": "plan", "risk_category": ["learning", "family"]})
    made = {"name": "risk_mix", "unit": "mention", "count": "mention_count"}

    def mentions(*counts):
        frame = cells.assign(mention_count=counts)
        return protect(result(frame, "basis", "risk_category", **made))

    ledger = Ledger.open(tmp_path / "releases.json")
    ledger.keep([mentions(50, 40)], name="october", on=OCTOBER)
    kept = json.loads(ledger.path.read_text("utf-8"))
    for column in kept["releases"][0]["columns"]:
        column["quantity"] = "mention_count (plan)"
        column["whole"] = len(column.pop("wholes"))
    ledger.path.write_text(json.dumps(kept), "utf-8")

    found = Ledger.open(ledger.path).found(mentions(51, 40))

    assert found["cell"].tolist() == ["the change of mention_count of risk_category learning"]
