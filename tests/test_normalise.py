import pandas as pd
import pytest

from pumpurs_analysis.normalise import published_figures
from pumpurs_analysis.read import RawTable

CLEAN = {
    "figure_id": "X1", "source_id": "P01", "level": "school",
    "entity_as_published": "Liepājas Raiņa 6.vidusskolā", "entity": "Liepājas Raiņa 6. vidusskola",
    "municipality_as_published": "Liepājas", "municipality_today": "Liepāja",
    "period_as_published": "2018./2019. mācību gada 2. semestrī", "school_year": "2018/2019",
    "semester": "2", "measure": "learners", "dimension": "", "dimension_as_published": "",
    "value_as_published": "64 skolēni", "value": "64", "unit": "persons", "qualifier": "exact",
    "is_planned": "false", "is_cumulative": "false", "as_of": "", "note": "",
}  # fmt: skip


def read(**changed):
    rows = [CLEAN | changed]
    return published_figures(RawTable(pd.DataFrame(rows, index=[2]), "figures.csv"), ["P01"])


def codes(problems):
    return [problem.code for problem in problems]


def test_a_clean_row_gives_no_problem():
    table, problems = read()

    assert problems == []
    assert table.loc[0, "value_basis"] == "text"
    assert table.loc[0, "school_id"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"period_as_published": "Šobrīd"}, "period_from_context"),
        ({"period_as_published": "2019./2020. m. g."}, "period_differs"),
        ({"value_as_published": "visi skolēni"}, "value_from_context"),
        ({"value_as_published": "65 skolēni"}, "value_differs"),
        ({"value_as_published": "vairāki simti skolēnu", "value": ""}, "value_vague"),
        ({"entity_as_published": "mūsu skolā"}, "school_not_matched"),
        ({"entity_as_published": "Liepājas Valsts 1. ģimnāzijā"}, "school_differs"),
    ],
)
def test_doubts_keep_the_row_and_say_so(changed, code):
    table, problems = read(**changed)

    assert codes(problems) == [code]
    assert len(table) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": "daudz"}, "number_unread"),
        ({"source_id": "P99"}, "source_unknown"),
        ({"measure": "pupils"}, "code_unknown"),
        ({"qualifier": ""}, "code_unknown"),
    ],
)
def test_errors_set_the_row_aside(changed, code):
    table, problems = read(**changed)

    assert code in codes(problems)
    assert len(table) == 0


def test_a_code_given_twice_is_an_error():
    rows = pd.DataFrame([CLEAN, CLEAN], index=[2, 3])

    table, problems = published_figures(RawTable(rows, "figures.csv"), ["P01"])

    assert [(problem.code, problem.row) for problem in problems] == [("figure_twice", 3)]
    assert len(table) == 1


def test_every_row_is_accepted_or_set_aside(figures):
    assert len(figures.published_figures) == 310
    assert figures.problems["severity"].ne("error").all()


def test_our_readers_never_contradict_the_pages_context(figures):
    differs = figures.problems["code"].isin(["value_differs", "period_differs", "school_differs"])

    assert figures.problems[differs].empty
