"""The owner ticks off what is settled; nobody else can."""

import shutil

import pytest

from pumpurs_analysis import make_release, marks
from pumpurs_analysis.app import pages, places, records
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.storage import Busy

GAPS, BREACHES = "support-gap-rows-list", "cap-breaches-list"


@pytest.fixture
def folder(tmp_path, example_workspace, monkeypatch):
    shutil.copytree(example_workspace, tmp_path / "darbtelpa")
    monkeypatch.setenv("PUMPURS_WORKSPACE", str(tmp_path / "darbtelpa"))
    monkeypatch.setenv("PUMPURS_AUDIENCE", "owner")
    return tmp_path / "darbtelpa"


def listed(page, part):
    """The rows that can be marked, as the browser puts them together."""
    table = next(each for each in page.parts if each["id"] == part)
    return [
        {
            "finding": key,
            "cells": [column["cells"][column["at"][row]] for column in table["columns"]],
            **{name: values[row] for name, values in table["rows"].items()},
        }
        for row, key in enumerate(table["rows"]["finding"])
    ]


def gaps():
    frame = places.release().get("support_gaps").frame
    return int(frame.loc[frame["is_gap"], "outcome_mention_count"].sum())


def tick(page, part, finding, reason, initials="AB"):
    """What the browser sends; gives what it is told."""
    told = []
    page.send = lambda message, **_files: told.append(message)
    asked = {"part": part, "finding": finding, "reason": reason, "initials": initials}
    page._receive(page, {"kind": "mark", **asked}, [])
    return [each["word"] for each in told if each["kind"] == "problem"]


def test_a_gap_ticked_off_keeps_its_reason_and_is_no_gap_any_more(folder):
    page = records.show(pages.RISKS)
    before, rows = gaps(), listed(page, GAPS)

    said = tick(page, GAPS, rows[1]["finding"], " Atbalstu sniedz pašvaldība ")

    assert said == []
    [kept] = marks.read_marks(folder).to_dict("records")
    assert (kept["kind"], kept["key"]) == ("handled_otherwise", rows[1]["finding"])
    assert (kept["reason"], kept["initials"]) == ("Atbalstu sniedz pašvaldība", "AB")
    assert gaps() == before - 1
    release = places.release()
    assert release.recipe(release.get("support_gaps")).choices["marks"] == "1"
    again = listed(page, GAPS)
    assert len(again) == len(rows)
    assert [row["finding"] for row in again if row.get("is_marked")] == [rows[1]["finding"]]
    assert "Atbalstu sniedz pašvaldība" in [cell[0] for cell in again[1]["cells"]]
    assert not any(cell[0] == "…" for cell in again[0]["cells"])  # not marked is not unknown

    tick(page, GAPS, rows[1]["finding"], "")

    assert marks.read_marks(folder).empty
    assert gaps() == before
    assert listed(page, GAPS) == rows


@pytest.mark.usefixtures("folder")
def test_a_list_nobody_reads_to_its_end_shows_its_first_rows_and_says_so(monkeypatch):
    whole = len(listed(records.show(pages.RISKS), GAPS))
    monkeypatch.setattr(records, "_MOST_ROWS", 3)
    page = records.show(pages.RISKS)

    table = next(each for each in page.parts if each["id"] == GAPS)
    page.selection.filters = {"school": table["columns"][0]["cells"][0][0]}
    of_school = next(each for each in page.parts if each["id"] == GAPS)

    assert whole > 3
    assert len(table["rows"]["finding"]) == 3
    assert f"Rādītas pirmās 3 no {whole} rindām" in table["subtitle"]
    assert len(of_school["rows"]["finding"]) <= 3


def test_a_payment_over_the_cap_is_explained_and_stays_one(folder):
    page = records.show(pages.COSTS)
    finding = listed(page, BREACHES)[0]["finding"]

    tick(page, BREACHES, finding, "Streika dēļ")

    assert marks.read_marks(folder)["kind"].tolist() == ["explained"]
    assert listed(page, BREACHES)[0]["is_marked"]
    assert len(listed(page, BREACHES)) == len(listed(records.show(pages.COSTS), BREACHES))


@pytest.mark.parametrize(
    "reason",
    ["zvanīt 2" + "6123456", "zvanīt 26 12" + "3 456", "PK 010203-" + "29999", "raksti a@b.lv"],
)
def test_a_reason_that_names_a_person_is_refused(folder, reason):
    page = records.show(pages.RISKS)

    said = tick(page, GAPS, listed(page, GAPS)[0]["finding"], reason)

    assert said == ["mark_personal"]
    assert marks.read_marks(folder).empty


def test_a_day_in_a_reason_is_no_phone(folder):
    page = records.show(pages.RISKS)

    tick(page, GAPS, listed(page, GAPS)[0]["finding"], "vienošanās 01.09.2021. par 2021/2022")

    assert len(marks.read_marks(folder)) == 1


@pytest.mark.parametrize("finding", ["", "P1|family|", "../../x"])
def test_only_what_the_list_shows_can_be_ticked_off(folder, finding):
    page = records.show(pages.RISKS)

    tick(page, GAPS, finding, "vecāki")
    tick(page, "tiles", listed(page, GAPS)[0]["finding"], "vecāki")

    assert marks.read_marks(folder).empty


def test_a_visitor_of_the_public_pages_ticks_nothing_off(folder, monkeypatch):
    finding = listed(records.show(pages.RISKS), GAPS)[0]["finding"]
    monkeypatch.setenv("PUMPURS_AUDIENCE", "public")
    page = records.show(pages.RISKS)

    tick(page, GAPS, finding, "vecāki")
    refused = records._mark(pages.RISKS, GAPS, finding, "vecāki", "AB")

    assert refused == "mark_failed"
    assert marks.read_marks(folder).empty
    assert finding not in str(page.parts)


@pytest.mark.usefixtures("folder")
def test_a_workspace_that_is_being_loaded_says_so(monkeypatch):
    page = records.show(pages.RISKS)
    rows = listed(page, GAPS)

    def busy(*_marks):
        raise Busy("cita programma")

    monkeypatch.setattr(marks, "set_marks", busy)

    assert tick(page, GAPS, rows[0]["finding"], "vecāki") == ["mark_failed"]
    assert listed(page, GAPS) == rows


def test_records_in_memory_have_no_boxes(example_records):
    parts = records.build(pages.RISKS, Selection(), make_release(example_records, audience="owner"))

    table = next(part for part in parts if part.id == GAPS)
    assert not any(row.finding for row in table.rows)
