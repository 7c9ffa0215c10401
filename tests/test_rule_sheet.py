"""The rule sheet: whole, sourced, in two languages, and nothing but what the catalogue holds."""

import copy
from datetime import date
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from pumpurs_analysis import catalogue
from pumpurs_analysis.export import rule_sheet
from pumpurs_analysis.rules import rule
from pumpurs_analysis.text import LANGUAGES


def read(content):
    return openpyxl.load_workbook(BytesIO(content))


@pytest.fixture
def changed(monkeypatch):
    """The catalogue with one rule's entry changed, as if the file had been edited."""
    asked = catalogue.entries

    def change(rule_id, edit):
        rules = copy.deepcopy(dict(asked("rules")))
        edit(rules[rule_id])
        edited = MappingProxyType(rules)
        monkeypatch.setattr(catalogue, "entries", lambda n: edited if n == "rules" else asked(n))
        rule.steps.cache_clear()

    yield change
    rule.steps.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_every_rule_stands_on_the_sheet(language):
    page = rule_sheet.html(language)
    sheet = read(rule_sheet.workbook(language)).worksheets[0]
    values = sum(
        "ends" not in value
        for entry in catalogue.entries("rules").values()
        for value in entry["values"].values()
    )

    assert page.count("<section") == len(catalogue.entries("rules"))
    assert page.count("<tr><td>") == values
    assert sheet.max_row - 1 == values


def test_a_line_has_value_unit_time_status_source_and_day_checked():
    sheet = read(rule_sheet.workbook("en")).worksheets[0]
    head, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    catering = next(row for row in rows if row[0] == "Catering cap")

    told = dict(zip(head, catering, strict=True))
    assert told["Number"] == 70
    assert told["Unit"] == "euros"
    assert told["Counted"] == "per learner and month"
    assert told["Concerns"] == "the learner"
    assert (told["From"].date(), told["To"].date()) == (date(2017, 3, 1), date(2022, 12, 31))
    assert (told["Status"], told["Source"]) == ("stated by the source", "S01")
    assert told["Checked"].date() == date(2026, 11, 22)


def test_editing_one_entry_changes_the_sheet_there_and_nowhere_else(changed):
    before = rule_sheet.html("en")

    changed("lodging_cap_eur", lambda entry: entry["values"][date(2017, 3, 1)].update(value=36))

    after = rule_sheet.html("en")
    assert after != before
    assert after == before.replace(
        "at most €35.00 per learner and month", "at most €36.00 per learner and month", 1
    )


def test_contradicting_sources_stand_beside_the_rule():
    page = rule_sheet.html("lv")
    grant = page.split('<section id="ngo_project_grant_eur">')[1].split("</section>")[0]
    others = read(rule_sheet.workbook("lv")).worksheets[1]

    assert "tieši 4\u00a0600\u00a0€" in grant
    assert "„līdz 4600 eur/projektam”" in grant
    assert any("līdz 4600" in str(row[1].value) for row in others.iter_rows())


def test_a_day_outside_the_sources_is_not_verified_and_says_what_would_verify_it():
    lines = {line.rule: line for line in rule_sheet.lines_of("en", date(2024, 6, 1))}

    cap = lines["transport_cap_eur"]
    assert (cap.number, cap.status, cap.first) == (None, "not verified", None)
    assert "Cabinet regulation 460" in cap.verify


def test_a_sheet_fetches_nothing_and_is_the_same_every_time():
    page = rule_sheet.html("lv")

    assert "<script" not in page
    assert "src=" not in page
    assert rule_sheet.workbook("lv") == rule_sheet.workbook("lv")


def test_a_rule_cannot_smuggle_code_into_the_page(changed):
    changed("lodging_cap_eur", lambda entry: entry["name"].update(en="<script>1</script>"))

    assert "<script" not in rule_sheet.html("en")


def test_only_two_formats_are_written():
    with pytest.raises(ValueError, match=r"\.html"):
        rule_sheet.written(Path("rules.pdf"), "en")
