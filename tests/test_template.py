"""The template: whole, in both languages, and read back as it was written."""

from datetime import date

import openpyxl
import pandas as pd
import pytest

from pumpurs_analysis import catalogue, loading
from pumpurs_analysis.export import template
from pumpurs_analysis.layout.headings import fields_of


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = template.write(tmp_path_factory.mktemp("template") / "veidne.xlsx")
    return openpyxl.load_workbook(path)


def test_instructions_come_first_then_a_sheet_per_form_and_hidden_lists(book):
    forms = [template.sheet_name(form, "lv") for form in template.forms()]

    assert book.sheetnames == ["Norādījumi", *forms, "Saraksti"]
    assert book["Saraksti"].sheet_state == "hidden"
    assert all(book[name].sheet_state == "visible" for name in forms)


@pytest.mark.parametrize("form", template.forms())
def test_a_sheet_has_the_headings_of_its_form_and_nothing_else(book, form):
    sheet = book[template.sheet_name(form, "lv")]

    assert [cell.value for cell in sheet[1]] == list(template.headings(form, "lv").values())
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "B2"
    assert not sheet.protection.sheet


def test_every_list_of_a_drop_down_stands_on_the_hidden_sheet(book):
    lists = book["Saraksti"]
    plans = book["Plāni"]
    rules = {
        min(r.min_col for r in rule.sqref.ranges): rule
        for rule in plans.data_validations.dataValidation
    }
    headings = list(template.headings("plans", "lv"))

    rule = rules[headings.index("status") + 1]
    sheet, cells = rule.formula1.split("!")
    found = [cell.value for (cell,) in lists[cells.replace("$", "")]]

    assert sheet == "'Saraksti'"
    assert found == [e["name"]["lv"] for e in catalogue.entries("codes")["plan_status"].values()]


def test_prompts_and_errors_are_as_short_as_a_spreadsheet_wants_them(book):
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.promptTitle) <= 32
            assert len(rule.prompt) <= 255
            assert len(rule.error or "") <= 255


@pytest.mark.parametrize("form", template.forms())
@pytest.mark.parametrize("language", ["lv", "en"])
def test_headings_are_understood_as_their_fields(form, language):
    for name, heading in template.headings(form, language).items():
        assert name in fields_of(heading), heading


@pytest.mark.parametrize("language", ["lv", "en"])
def test_an_empty_template_reads_back_without_a_problem(tmp_path, language):
    path = template.write(tmp_path / "veidne.xlsx", language)

    assert loading.check([path]).problems.query("severity != 'note'").empty


def test_a_filled_template_reads_back_as_it_was_filled(tmp_path):
    plans = pd.DataFrame(
        {
            "plan_id": ["P1"],
            "semester": ["2022./2023. II"],
            "school": ["Tukuma 2. vidusskola"],
            "learner_local_code": ["I-017"],
            "grade": ["7. klase"],
        }
    )
    payments = pd.DataFrame(
        {
            "plan_id": ["P1", "P1"],
            "support_kind": ["Sabiedriskais transports"] * 2,
            "month": [date(2023, 3, 1)] * 2,
            "amount": [12.5, -2.25],
            "is_refund": ["nē", "jā"],
        }
    )
    path = template.write(tmp_path / "a.xlsx", rows={"plans": plans, "payments": payments})

    checked = loading.check([path])

    assert checked.problems.empty
    assert checked.dataset.plans["grade"].tolist() == [7]
    assert checked.dataset.payments["amount_cents"].tolist() == [1250, -225]
    assert checked.dataset.payments["is_refund"].tolist() == [False, True]
    assert checked.dataset.payments["row"].tolist() == [2, 3]
    assert not checked.dataset.is_made_up


def test_a_banner_stands_first_on_every_sheet(tmp_path):
    path = template.write(tmp_path / "a.xlsx", banner="IZDOMĀTI DATI")
    book = openpyxl.load_workbook(path)

    assert {sheet["A1"].value for sheet in book.worksheets} == {"IZDOMĀTI DATI"}
    assert book.properties.keywords == "IZDOMĀTI DATI"
