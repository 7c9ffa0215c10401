"""What the browser and a reader get is searched for hidden numbers: pages, case studies."""

import json
import re

import pytest

from pumpurs_analysis.app import (
    pages,
    place_page,
    places,
    presenting,
    records,
    rules_page,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.case_studies import documents, evidence, word_document
from pumpurs_analysis.case_studies.story import story
from pumpurs_analysis.text import LANGUAGES
from tests.scanning import PEOPLE, closed, hidden_sums, insides, numbers_in

BUILT = (place_page.build, rules_page.build, presenting.Desk().build)


@pytest.fixture(scope="module")
def planted(release, example_records):
    found = hidden_sums(release, example_records)
    assert len(found) > 4
    return found


def views(release):
    """The page as it opens, and with one of each filter: the largest place and the smallest."""
    yield {}
    for name in release.filters:
        whole = release.get("participation", by=(name,)).frame.sort_values("plan_count")
        yield from ({name: value} for value in whole[name].iloc[[0, -1]])


@pytest.fixture(scope="module", params=LANGUAGES)
def states(request, release):
    """What the browser gets of every page: what shows, and what waits to be opened."""
    shut = closed(release)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "release", lambda *_: shut)
        found = []
        for filters in views(shut):
            chosen = Selection(language=request.param, filters=filters)
            parts = [records.build(spec, chosen, shut) for spec in pages.ALL.values()]
            parts += [build(chosen) for build in BUILT]
            found += [[part.to_json() for part in each] for each in parts]
    return found


def test_no_view_of_a_page_holds_a_hidden_sum_or_reads_the_records(states, planted):
    everything = json.dumps(states, ensure_ascii=False)

    assert not planted & numbers_in(everything)
    assert len(numbers_in(everything)) > 500  # the scan sees numbers


def test_no_view_of_a_page_speaks_of_one_to_four_people(states):
    # The explanation of the rules speaks of one learner and of two, whatever the data.
    told = [[part for part in state if part["id"] != "hidden"] for state in states]

    assert re.findall(PEOPLE, json.dumps(told, ensure_ascii=False)) == []


def test_no_case_study_holds_a_hidden_sum(release, planted, monkeypatch):
    shut = closed(release)
    monkeypatch.setattr(evidence, "make_release", lambda *_, **__: shut)
    monkeypatch.setattr(word_document.Pictures, "can_draw", property(lambda _: False))
    for place in release.values("municipality_today")[:3]:
        told = story(shut.data, place)
        page = documents.page_of(told, documents.parts_of(told, "lv"), "lv")
        inside = b"\n".join(insides(word_document.docx_of(told, "lv"))).decode("utf-8", "replace")

        assert not planted & numbers_in(page)
        assert not planted & numbers_in(inside)
        assert not planted & numbers_in(re.sub(r"<[^>]+>", "", inside))  # a number in several runs
