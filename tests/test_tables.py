import csv
import io

import pytest

from pumpurs_analysis import catalogue, measures, protect
from pumpurs_analysis.tables import table
from pumpurs_analysis.text import LANGUAGES

NAMES = list(catalogue.entries("tables"))


def result_of(figures, name):
    more = {"document": "founding-gulbene"} if name == "founding_facts" else {}
    return getattr(measures, name)(figures, **more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_measure_has_a_table_with_a_row_for_each_of_its_rows(figures, name, language):
    result = result_of(figures, name)
    shown = table(protect(result), language=language)

    assert len(shown.rows) == len(result.frame)
    assert all(column.label for column in shown.columns)
    assert all(len(row) == len(shown.columns) for row in shown.rows)


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_shown_in_words(figures, name):
    shown = table(protect(result_of(figures, name)), language="lv")
    codes = {code for part in catalogue.entries("codes").values() for code in part}

    for row in shown.rows:
        assert not {cell.text for cell in row} & (codes - {"%", "EUR", "any"})


def test_missing_is_not_zero(figures):
    shown = table(protect(measures.risk_mix(figures)), language="en")
    place = [column.key for column in shown.columns].index("share")

    assert [row[place].text for row in shown.rows][-4:] == ["…"] * 4


def test_a_table_is_escaped_in_a_notebook(figures):
    html = table(protect(measures.published_figures(figures)))._repr_html_()

    assert "<script" not in html
    assert "&quot;" in html or "&#x27;" in html


def test_csv_reads_back_cell_by_cell(figures):
    shown = table(protect(measures.published_figures(figures)), language="lv")
    text = shown.to_csv().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))

    assert rows[0] == [column.label for column in shown.columns]
    assert len(rows) == 311
    assert rows[1][-3:] == [cell.text for cell in shown.rows[0]][-3:]
