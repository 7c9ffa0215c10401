"""The one door: whatever draws or prints takes Published, and a bare answer gets nowhere."""

import inspect
import re
import typing
from dataclasses import fields, replace

import pandas as pd
import pytest

from pumpurs_analysis import charts, measures, protect, tables
from pumpurs_analysis.app import published_figures as page
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.measures.result import Result

PLANTED = 3
SHOWS = [
    *(getattr(charts, name) for name in charts.__all__),
    tables.table,
]  # whatever draws or prints
SHOWS = [each for each in SHOWS if "published" in inspect.signature(each).parameters]


@pytest.fixture
def bare():
    """An answer with a small count in it, as a measure gives it."""
    frame = pd.DataFrame(
        {"municipality_today": ["Rīga", "Liepāja"], "learner_count": [PLANTED, 40]}
    )
    return Result(
        "participation", frame, "learner", "municipality", "records",
        dimensions=("municipality_today",), counts=("learner_count",),
    )  # fmt: skip


def test_nearly_every_chart_is_looked_at():
    assert len(SHOWS) >= len(charts.__all__) - 2


@pytest.mark.parametrize("show", SHOWS, ids=lambda each: each.__name__)
def test_what_shows_takes_published_and_nothing_else_with_numbers(show):
    told = typing.get_type_hints(show)

    assert told["published"] is Published
    assert not {Result, Dataset, pd.DataFrame} & set(told.values())


@pytest.mark.parametrize("name", sorted({each.__name__ for each in SHOWS} & set(measures.__all__)))
def test_the_very_answer_that_a_chart_is_made_for_is_not_drawn_bare(name, figures, example_records):
    data = figures if name in page.SHOWS else example_records
    more = {"what_if": {"rule": "catering_cap_eur", "value": 60}}
    answer = getattr(measures, name)(data, **more.get(name, {}))

    with pytest.raises((AttributeError, TypeError)):
        getattr(charts, name)(answer)
    with pytest.raises((AttributeError, TypeError)):
        tables.table(answer)


def test_a_measure_gives_no_published_and_nobody_can_make_one(bare):
    assert not isinstance(bare, Published)
    shown = protect(bare)
    held = {each.name: getattr(shown, each.name) for each in fields(shown)}

    with pytest.raises(TypeError, match="protect"):
        Published(**(held | {"result": bare, "door": None}))
    assert PLANTED not in shown.frame["learner_count"].tolist()


def test_a_planted_small_count_reaches_no_table(bare):
    whole = replace(bare, frame=bare.frame.assign(plan_count=[PLANTED, 40]).assign(
        approved_plan_count=[PLANTED, 40]), counts=("learner_count", "plan_count",
        "approved_plan_count"))  # fmt: skip
    shown = protect(whole)

    shown_table = tables.table(shown, language="en")

    for written in (shown_table._repr_html_(), shown_table.to_csv().decode("utf-8-sig")):
        cells = re.split(r"[<>;,\n\r\t\"]+", written)
        assert str(PLANTED) not in cells
        assert "40" in cells
