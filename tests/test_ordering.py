"""Names of places stand in Latvian order and times in theirs, in every measure of records."""

import pandas as pd
import pytest

from pumpurs_analysis import measures
from pumpurs_analysis.charts import lines
from pumpurs_analysis.charts.draft import Draft

# By the letters' numbers: Jelgava, Jēkabpils, Ādaži, Ķekava, Žagare. By the alphabet: as below.
SCHOOLS = ["Ādažu vidusskola", "Jēkabpils 2. vidusskola", "Jēkabpils 10. vidusskola",
           "Jelgavas tehnikums", "Ķekavas vidusskola", "Žagares pamatskola"]  # fmt: skip


@pytest.fixture
def data(records):
    ids = [f"S{place}" for place, _ in enumerate(SCHOOLS)]
    schools = "\n".join(f"{one} | {name}" for one, name in zip(ids, SCHOOLS, strict=True))
    several = [(one, number) for one in reversed(ids) for number in range(3)]
    plans = "\n".join(
        f"P{s}{n} | L{s}{n} | {s} | 2019/2020-1 | 8 | in_progress" for s, n in several
    )
    risks = "\n".join(f"P{s}{n} | learning | low_results" for s, n in several)
    return records(
        schools=f"school_id | name\n{schools}",
        plans=f"plan_id | learner_id | school_id | semester | grade | status\n{plans}",
        risks=f"plan_id | risk_category | risk\n{risks}",
    )


@pytest.mark.parametrize("name", ["participation", "risk_mix", "risk_overlap"])
def test_schools_stand_in_latvian_order(data, name):
    frame = getattr(measures, name)(data, by=("school",)).frame

    assert list(dict.fromkeys(frame["school"])) == SCHOOLS


def test_pairs_of_risks_stand_in_latvian_order(data):
    frame = measures.risk_overlap(data, by=("school",), view="pair").frame

    assert list(dict.fromkeys(frame["school"])) == SCHOOLS


@pytest.mark.parametrize("by", ["semester", "school_year"])
def test_times_follow_each_other_whatever_came_first(records, by):
    semesters = ["2018/2019-1", "2020/2021-2", "2018/2019-2", "2019/2020-1"]
    plans = "\n".join(f"P{n} | L{n} | A | {one} | 8" for n, one in enumerate(semesters))
    data = records(
        schools="school_id | name\nA | Ādažu vidusskola",
        plans=f"plan_id | learner_id | school_id | semester | grade\n{plans}",
    )
    first_come = pd.CategoricalDtype(semesters)
    data.tables["plans"]["semester"] = data.plans["semester"].astype(str).astype(first_come)

    found = list(measures.participation(data, by=by).frame[by])

    assert found == sorted(found)


def test_a_lines_name_stands_at_its_last_time():
    figure = Draft()
    line = lines.Line("plāni", {"2021/2022": 30, "2020/2021": 3}, "#0B5A8F")

    lines.draw(figure, [line], ["2020/2021", "2021/2022"], language="lv")

    [name] = [each for each in figure.annotations if each["name"] == "line"]
    assert (name["text"], name["y"]) == ("● plāni <b>30</b>", 30)
