import csv
import io

import pandas as pd
import pytest

from pumpurs_analysis import catalogue, measures, protect
from pumpurs_analysis.app import published_figures as page
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.tables import table, worklist
from pumpurs_analysis.text import LANGUAGES

NAMES = list(catalogue.entries("tables"))


def shown(name, figures, example_records, language="lv"):
    """What a measure answers, and the table of it; on published figures where it has an answer."""
    more = {"founding_facts": {"document": "founding-gulbene"}}
    more["what_if"] = {"rule": "catering_cap_eur", "value": 60}
    data = figures if name in page.SHOWS else example_records
    result = getattr(measures, name)(data, **more.get(name, {}))
    if isinstance(result, Worklist):
        return result, worklist(result, language=language)
    return result, table(protect(result), language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_measure_has_a_table_with_a_row_for_each_of_its_rows(
    figures, example_records, name, language
):
    result, made = shown(name, figures, example_records, language)

    assert len(made.rows) == len(result.frame)
    assert all(column.label for column in made.columns)
    assert all(len(row) == len(made.columns) for row in made.rows)


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_shown_in_words(figures, example_records, name):
    _, made = shown(name, figures, example_records)
    codes = {code for part in catalogue.entries("codes").values() for code in part}

    for row in made.rows:
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


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("lv", ["2019. gada oktobris|12,00 + 18,01 = 30,01", "2019./2020. I|5,00"]),
        ("en", ["October 2019|12.00 + 18.01 = 30.01", "2019/20 I|5.00"]),
    ],
)
def test_a_finding_says_its_period_and_sum_as_the_language_writes_them(language, written):
    frame = pd.DataFrame(
        {
            "period": ["2019-10", "2019/2020-1"],
            "arithmetic": ["12.00 + 18.01 = 30.01", "5.00"],
        }
    )
    made = worklist(Worklist("cap_breaches", frame, "payment", "sum"), language=language)

    assert ["|".join(cell.text for cell in row) for row in made.rows] == written


def test_a_ratio_keeps_its_decimals_where_others_in_its_column_have_them(records):
    plans = "plan_id | learner_id | school_id | semester | status\n"
    data = records(plans=f"{plans}P1|L1|A|2021/2022-1|approved\nP2|L2|A|2021/2022-1|approved")
    shown = protect(measures.participation(data), audience="owner")

    made = table(shown, language="lv")

    cells = dict(zip([column.key for column in made.columns], made.rows[0], strict=True))
    assert cells["plans_per_learner"].text == "1,00"
    assert cells["plan_count"].text == "2"


def test_a_table_without_rows_keeps_its_heads():
    rows = Worklist("cap_breaches", pd.DataFrame({"paid_cents": []}), "payment", "sum")

    made = worklist(rows).without_empty()

    assert [column.label for column in made.columns] == ["Izmaksāts"]
