"""How much is hidden and why: on the page that explains it, and as a total in every output."""

import json
import re
from io import BytesIO
from types import MappingProxyType

import docx
import openpyxl
import pandas as pd
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis.app import hidden as page
from pumpurs_analysis.app import pages, places, records, rules_page
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.case_studies import documents, evidence, word_document
from pumpurs_analysis.case_studies.sections import Exhibit
from pumpurs_analysis.case_studies.story import story
from pumpurs_analysis.disclosure.published import DOOR, Published
from pumpurs_analysis.export import contents, data_package, decks, one_page, release_workbook
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.releases import hidden


def shown(by="", *, name="participation", counts=(7, None), is_hidden=(False, True), **columns):
    """A figure as protect would leave it: counts in one column, more columns where given."""
    frame = pd.DataFrame({"learner_count": counts} | {k: v[0] for k, v in columns.items()})
    mask = pd.DataFrame({"learner_count": is_hidden} | {k: v[1] for k, v in columns.items()})
    money = tuple(each for each in columns if each.endswith("_cents"))
    result = Result(
        name, frame, "learner", "x", "records", counts=("learner_count",), money=money,
        choices=MappingProxyType({"by": by}),
    )  # fmt: skip
    return Published(result, int(mask.to_numpy().sum()), 5, door=DOOR, hidden=mask)


def many(hides, cells):
    """A figure that hides so many of so many cells."""
    is_hidden = [place < hides for place in range(cells)]
    return shown(counts=[None if each else 9.0 for each in is_hidden], is_hidden=is_hidden)


@pytest.mark.parametrize(
    ("hides", "cells", "language", "said"),
    [
        (0, 90, "lv", "Slēptas 0 no 90 šūnām"),
        (1, 11, "lv", "Slēpta 1 no 11 šūnām"),
        (10, 21, "lv", "Slēptas 10 no 21 šūnas"),
        (21, 111, "lv", "Slēpta 21 no 111 šūnām"),
        (3, 1001, "lv", "Slēptas 3 no 1\u00a0001 šūnas"),
        (0, 1, "en", "0 of 1 cell hidden"),
        (1, 90, "en", "1 of 90 cells hidden"),
    ],
)
def test_the_total_is_said_in_the_right_case_and_number(hides, cells, language, said):
    assert hidden.hidden_of([many(hides, cells)], language) == said


def test_cells_and_reasons_by_hand():
    """Row 2 hides its count and all with it, row 3 its sum alone; of row 4 nothing is known."""
    figure = shown(
        counts=[7, None, 10, None],
        is_hidden=[False, True, False, False],
        paid_cents=([100, None, None, None], [False, True, True, False]),
        paid_share=([0.5, None, 0.2, None], [False, True, False, False]),
    )

    assert figure.cell_count == 9
    assert hidden.reasons(figure) == {"count": 1, "with_count": 1, "sum": 1, "computed": 1}
    assert hidden.reasons(many(0, 5)) == {}


def test_two_figures_that_look_alike_are_explained_alike():
    """Which hidden cell is small must not be told: the words depend on what is shown alone."""
    both_small = shown(counts=[None, None], is_hidden=[True, True])
    assert hidden.reasons(both_small) == {"count": 2}


def test_the_coarser_figure_is_the_finest_that_hides_less():
    by_school = shown("municipality_today, school", counts=[None] * 9, is_hidden=[True] * 9)
    by_place = shown("municipality_today", counts=[None, 8, 9], is_hidden=[True, False, False])
    by_region = shown("region", counts=[8, 9], is_hidden=[False, False])
    alone = shown(counts=[17], is_hidden=[False])
    others = [
        shown("school_year", counts=[8] * 30, is_hidden=[False] * 30),
        shown("region", name="risk_mix", counts=[8] * 30, is_hidden=[False] * 30),
    ]
    figures = dict(enumerate([alone, by_region, by_place, by_school, *others]))

    assert hidden.coarser(by_school, figures) is by_place
    assert hidden.coarser(by_place, figures) is by_region
    assert hidden.coarser(by_region, figures) is None
    assert hidden.coarser(shown("month"), figures) is others[0]  # month, semester, school year


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_page_counts_each_table_and_names_a_coarser_one(monkeypatch, release, language):
    monkeypatch.setattr(places, "release", lambda: release)
    parts = {part.id: part for part in rules_page.build(Selection(language=language))}

    rows = parts["hidden-cells"].rows
    assert [row.cells[2].value for row in rows] == [
        x.hidden_count for x in release.figures.values()
    ]
    assert sum(row.cells[2].value for row in rows) > 0
    assert (
        f"{hidden.hidden_of(release.figures.values(), language)}." == parts["hidden-cells"].subtitle
    )
    by_school = next(row for row in rows if row.cells[1].startswith(("Iestāde, ", "School, ")))
    assert re.search("Pašvaldība|Municipality", by_school.cells[5])
    words = str(parts["hidden"].blocks)
    for setting in ("1 līdz 4" if language == "lv" else "1 to 4", "80\u00a0%", "95\u00a0%"):
        assert setting.replace("\u00a0", "\\xa0") in words


def test_of_published_figures_and_of_the_owners_view_no_table_is_counted(
    monkeypatch, example_records
):
    owner = pa.make_release(example_records, audience="owner")
    for each in (owner, places.stated()):
        monkeypatch.setattr(places, "release", lambda each=each: each)
        assert [part.id for part in page.parts("lv")] == ["hidden"]


def test_every_figure_that_hides_leads_to_the_reason(release):
    hides = set()
    for spec in (pages.OVERVIEW, pages.RISKS):
        parts = {part.id: part for part in records.build(spec, Selection(language="en"), release)}
        assert page.link("en") in parts["foot"].blocks[0].p
        for card in (each for cards in spec.sections.values() for each in cards):
            if not card.owner_only:
                count = release.get(card.measure, by=card.by, **dict(card.choices)).hidden_count
                hides.add(count > 0)
                assert parts[card.id].why == (page.link("en") if count else None), card.id
    assert hides == {True, False}
    assert page.link("en").href == "rules.ipynb?lang=en#hidden"


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("basis", ["records", "published"])
def test_every_file_says_how_much_it_hides(release, language, basis):
    release = release if basis == "records" else places.stated()
    figures = dict(contents.figures(release, {}))
    count = sum(each.hidden_count for each in figures.values())
    assert (count > 0) == (basis == "records")
    said = f"{hidden.hidden_of(figures.values(), language)}."

    book = openpyxl.load_workbook(
        BytesIO(release_workbook.workbook(release, {}, language, is_final=False))
    )
    assert said in [cell.value for cell in book.worksheets[0]["A"]]
    html = one_page.html(release, {}, language, is_final=False)
    assert said in re.search('<p id="foot">(.*?)</p>', html).group(1)
    package = data_package.package(release, {}, licence="CC-BY-4.0", is_final=False)
    told = json.loads(package["datapackage.json"])
    assert (told["hidden_cells"], told["cells"]) == (
        count, sum(each["cells"] for each in told["resources"] if "cells" in each)
    )  # fmt: skip
    assert said in told["description" if language == "en" else "description_lv"]
    assert said in package["README.md"].decode()
    deck = decks.make_deck(release, decks.Wanted({}, language))
    method = next(slide for slide in deck.slides if slide.name == "method")
    assert f"{hidden.hidden_of(deck.figures, language)}." in str(method.grid.rows)


def test_a_case_study_says_it_in_all_and_under_each_table(example_records, release, monkeypatch):
    monkeypatch.setattr(evidence, "make_release", lambda *_, **__: release)
    monkeypatch.setattr(word_document.Pictures, "can_draw", property(lambda _: False))
    told = story(example_records, "Tukuma novads")
    exhibits = [
        item.shown for each in told.sections for item in each.items if isinstance(item, Exhibit)
    ]
    hiding = [f"{hidden.hidden_of([each], 'lv')}." for each in exhibits if each.hidden_count]
    whole = f"{hidden.hidden_of(exhibits, 'lv')}."
    assert 0 < len(hiding) < len(exhibits)

    html = "".join(documents.parts_of(told, "lv"))
    assert re.findall('<p class="source">(Slēpt.*?)</p>', html) == hiding
    assert f'<p class="mark">{whole}</p>' in html
    document = docx.Document(BytesIO(word_document.docx_of(told, "lv")))
    lines = [line.text for line in document.paragraphs if line.text.startswith("Slēpt")]
    assert lines == [whole, *hiding]
