"""Names of places stand in Latvian order in every measure of records."""

import pytest

from pumpurs_analysis import measures

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
