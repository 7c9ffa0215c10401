"""Pages about records: without a browser."""

import json
import re
from io import BytesIO
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import charts
from pumpurs_analysis.app import (
    GROUPS,
    PAGES,
    figures,
    page,
    pages,
    place_page,
    places,
    published_figures,
    records,
    rules_page,
    standalone,
)
from pumpurs_analysis.app.first_pictures import FirstPictures
from pumpurs_analysis.app.parts import Cell, Chart, Column, Filters, Head, Link, Row, Table
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.founding import documents
from pumpurs_analysis.measures.result import Worklist

ROOT = Path(__file__).parents[1]
SPECS = list(pages.ALL.values())


@pytest.fixture(scope="module")
def public(release):
    return release


@pytest.fixture(scope="module")
def owner(example_records):
    return pa.make_release(example_records, audience="owner")


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_page_is_drawn_in_both_languages(public, spec, language):
    parts = records.build(spec, Selection(language=language), public)

    assert isinstance(parts[0], Head)
    assert "Izdomāti" in parts[0].badge or "Made-up" in parts[0].badge
    charts = [part for part in parts if isinstance(part, Chart)]
    assert charts
    made_up = {"lv": "Izdomāti parauga dati.", "en": "Made-up example data."}[language]
    assert all(made_up in chart.footnote[0] for chart in charts)
    assert len({part.id for part in parts}) == len(parts)
    # What the script of the pages can draw.
    drawn = {trace["type"] for chart in charts for trace in chart.figure["data"]}
    assert drawn <= {"bar", "scatter"}
    titles = [part.title for part in parts if isinstance(part, Chart | Table)]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_all_others(monkeypatch, name):
    monkeypatch.setattr("pumpurs_analysis.workspace.which", lambda: None)
    notebook = (ROOT / "dashboards" / f"{name}.ipynb").read_text("utf-8")
    shown = []
    monkeypatch.setattr(page, "show", lambda build, **_: shown.append(build(Selection())))

    code = "\n".join("".join(cell["source"]) for cell in json.loads(notebook)["cells"])
    exec(code, {})  # noqa: S102  (as Voila runs it)

    head = next(part for part in shown[0] if isinstance(part, Head))
    led = [link.href.partition(".")[0] for link in head.links]
    assert head.links[0].href == "../../?lang=lv"  # the start
    assert led[1:] == ["" if each == name else each for each in PAGES]  # in one order everywhere


def test_a_footnote_says_first_what_belongs_to_the_numbers_and_then_how_they_were_counted(public):
    parts = records.build(pages.OVERVIEW, Selection(), public)
    chart = next(part for part in parts if isinstance(part, Chart))

    first, counted = chart.footnote
    assert first.startswith("n = ")
    assert re.search(r"Avot[si]: .*\.$", first)
    assert counted.startswith("Dzēstie (neaktīvie) plāni nav skaitīti")
    assert "Dzēstie" not in first
    caps = next(part for part in parts if part.id.startswith("cost-against-cap"))
    assert "griesti ir pieņemti" in caps.footnote[0]  # a phone folds the second line


def test_the_place_page_offers_the_places_before_one_is_chosen(monkeypatch, public):
    monkeypatch.setattr(places, "release", lambda: public)

    parts = place_page.build(Selection())

    (table,) = [part for part in parts if isinstance(part, Table)]
    assert table.picks == "municipality_today"
    assert {row.pick for row in table.rows} == set(public.values("municipality_today"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_no_small_count_reaches_the_browser_of_the_public(public, spec):
    place = public.values("municipality_today")[0]
    for filters in ({}, {"municipality_today": place}, {"school_year": "2021/2022"}):
        for part in records.build(spec, Selection(filters=filters), public):
            tables = [part] if isinstance(part, Table) else [getattr(part, "table", None)]
            for table in filter(None, tables):
                for row in table.rows:
                    for column, cell in zip(table.columns, row.cells, strict=True):
                        if column.label in {"Izglītojamie ar plānu", "Plāni", "Minējumi"}:
                            assert isinstance(cell, Cell)
                            assert cell.value is None or not 0 < cell.value < 5


def test_the_public_sets_one_filter_at_a_time(public):
    place = public.values("municipality_today")[0]
    both = Selection(filters={"municipality_today": place, "school_year": "2021/2022"})

    (filters,) = [
        part for part in records.build(pages.RISKS, both, public) if isinstance(part, Filters)
    ]

    assert records.chosen(public, both) == {"municipality_today": place}
    assert filters.is_single
    assert "2021/2022" in filters.offered("school_year")


def test_a_new_choice_of_the_public_replaces_the_one_before(public):
    shown = page.show(lambda chosen: records.build(pages.RISKS, chosen, public))
    place = public.values("municipality_today")[0]

    for name, value in (("municipality_today", place), ("school_year", "2021/2022")):
        shown._receive(shown, {"kind": "filter", "name": name, "value": value}, [])

    assert shown.selection.filters == {"school_year": "2021/2022"}
    assert shown.query.endswith("school_year=2021%2F2022")


def test_what_an_address_asks_for_in_vain_is_said_once(public, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "lang=en&municipality_today=Nowhere")
    shown = page.show(lambda chosen: records.build(pages.RISKS, chosen, public))
    first = [part["id"] for part in shown.parts]
    shown._receive(shown, {"kind": "language", "value": "lv"}, [])

    assert first[:2] == ["head", "lost"]
    assert "lost" not in [part["id"] for part in shown.parts]
    pictures = FirstPictures()
    pictures.take("risks", {"language": "en", "query": "lang=en", "parts": [{"id": "lost"}]}, [])
    assert pictures.of("risks", "en") == []


def test_the_owner_crosses_filters_and_every_page_says_internal(owner):
    place = owner.values("municipality_today")[0]
    both = Selection(filters={"municipality_today": place, "school_year": "2021/2022"})

    parts = records.build(pages.OVERVIEW, both, owner)

    assert "Iekšējai lietošanai" in parts[0].badge
    assert records.chosen(owner, both) == both.filters
    whole = owner.get("participation", by=("municipality_today", "school_year")).frame
    row = whole[(whole["municipality_today"] == place) & (whole["school_year"] == "2021/2022")]
    tiles = next(part for part in parts if part.kind == "tiles")
    assert re.sub(r"\D", "", tiles.tiles[1].value) == str(row["plan_count"].item())


def test_schools_on_offer_are_those_of_the_municipality(owner):
    place = owner.values("municipality_today")[0]

    filters = records.filters(owner, Selection(filters={"municipality_today": place}))

    frame = owner.get("participation", by=("municipality_today", "school")).frame
    there = set(frame.loc[frame["municipality_today"] == place, "school"])
    assert filters.offered("school") == there | {""}


def test_lists_to_act_on_are_the_owners_alone(public, owner):
    def lists(release):
        return [part.id for part in records.build(pages.COSTS, Selection(), release)
                if part.id.endswith("-list")]  # fmt: skip

    assert lists(public) == []
    assert lists(owner) == ["cap-breaches-list", "eligibility-findings-list"]
    assert isinstance(pages.COSTS.worklists["cap_breaches"](owner), Worklist)


def test_lists_to_act_on_follow_the_place_and_say_so_of_the_time(owner):
    place = owner.values("municipality_today")[0]
    schools = owner.get("participation", by=("municipality_today", "school")).frame
    there = set(schools.loc[schools["municipality_today"] == place, "school"])
    whole = pages.RISKS.worklists["support_gap_rows"](owner).frame
    where = Selection(filters={"municipality_today": place, "school_year": "2021/2022"})

    listed = next(part for part in records.build(pages.RISKS, where, owner)
                  if part.id == "support-gap-rows-list")  # fmt: skip

    assert len(listed.rows) == int(whole["school"].isin(there).sum())
    assert 0 < len(listed.rows) < len(whole)
    assert "visi periodi" in listed.subtitle


def test_what_is_left_out_is_named_once_each_as_one_sentence(public):
    place = next(iter(public.values("municipality_today")))

    parts = records.build(pages.COSTS, Selection(filters={"municipality_today": place}), public)

    said = next(part for part in parts if part.id == "left-out").blocks[0].p[0].partition(":")[0]
    names = said.split(", ")
    assert len({name.lower() for name in names}) == len(names) > 1
    assert [name[0].isupper() for name in names] == [True] + [False] * (len(names) - 1)


def test_what_a_filter_cannot_show_is_named_and_not_shown(public):
    place = public.values("municipality_today")[0]

    parts = records.build(pages.RISKS, Selection(filters={"municipality_today": place}), public)

    (note,) = [part for part in parts if part.id == "left-out"]
    assert "Risku kombinācijas" in note.blocks[0].p[0]


def test_without_a_workspace_pages_say_what_to_do(monkeypatch):
    monkeypatch.delenv("PUMPURS_WORKSPACE", raising=False)
    monkeypatch.setattr("pumpurs_analysis.workspace.last_loaded", lambda: None)

    parts = records.build(pages.OVERVIEW, Selection(language="en"))

    assert [part.id for part in parts] == ["head", "nothing", "foot"]
    led = [each.href for each in parts[1].blocks[1].p if isinstance(each, Link)]
    assert "place.ipynb?lang=en" in led  # what works without data, in the visitor's language
    assert "pumpurs load" in parts[1].blocks[0].p[0]


def test_a_workspace_that_is_gone_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PUMPURS_WORKSPACE", str(tmp_path / "gone"))

    parts = records.build(pages.OVERVIEW, Selection())

    assert parts[1].id == "nothing"


def test_the_audience_is_the_servers_and_not_the_visitors(monkeypatch):
    monkeypatch.setenv("PUMPURS_AUDIENCE", "everybody")
    assert places.audience() == "public"


def test_each_founding_document_stands_under_its_own_title_and_publisher():
    parts = {part.id: part for part in published_figures.build(Selection())}

    for document in documents():
        card = parts[document["id"]]
        cited = card.blocks[-1].p[1]
        assert re.sub("[“”]", '"', card.title) == document["title"]
        assert document["publisher"] in (cited if isinstance(cited, str) else cited.text)


def test_the_place_page_works_from_published_figures_alone(monkeypatch):
    monkeypatch.setattr("pumpurs_analysis.workspace.which", lambda: None)

    parts = place_page.build(Selection(filters={"municipality_today": "Liepāja"}))

    (table,) = [part for part in parts if isinstance(part, Table)]
    assert len(table.rows) > 5


def test_the_rules_of_a_day_stand_with_their_source():
    parts = rules_page.build(Selection(filters={"on": "2020-03-13", "support_kind": "catering"}))

    rules = next(part for part in parts if part.id == "rules")
    assert all(row.cells[5].text for row in rules.rows)
    kinds = next(part for part in parts if part.id == "kinds")
    caps = {row.cells[0]: row.cells[1] for row in kinds.rows}
    assert "70,00" in caps["Ēdināšana"]
    assert caps["Individuālie mācību līdzekļi"] == "nav publicēts"


def test_every_page_has_its_notebook():
    assert {path.stem for path in (ROOT / "dashboards").glob("*.ipynb")} == set(PAGES)


def test_the_index_lists_pages_in_a_readers_order_and_others_after():
    names = [*sorted(path.name for path in (ROOT / "dashboards").glob("*.ipynb")), "folder"]
    contents = [
        {"type": "notebook" if name.endswith("ipynb") else "directory", "name": name, "path": name}
        for name in names
    ]

    listed = standalone.Site("lv").pages(str(ROOT / "dashboards"), contents)

    assert [each["path"].removesuffix(".ipynb") for each in listed] == list(PAGES)
    assert listed[0]["title"] == {"lv": "Pārskats", "en": "Overview"}
    assert [group for group, _ in groupby(each["group"] for each in listed)] == list(GROUPS)


def test_a_table_as_a_workbook_has_the_numbers_shown():
    columns = [Column("Veids"), Column("Izmaksāts", numeric=True), Column("Daļa", numeric=True)]
    rows = [
        Row(["=1+1", Cell("1 234,50 €", 123450), Cell("12,5 %", 0.125)]),
        Row(["Ēdināšana", Cell("x"), Cell("…")]),
    ]
    table = Table(id="t", title="T", columns=columns, rows=rows, footnote=("Avots: x.",))

    book = openpyxl.load_workbook(BytesIO(page.as_xlsx(table, "lv")))

    sheet = book["Skaitļi"]
    assert [cell.value for cell in sheet[2]] == ["=1+1", 1234.5, 0.125]
    assert sheet["A2"].data_type == "s"
    assert [cell.value for cell in sheet[3]] == ["Ēdināšana", "x", "…"]
    assert [row[0].value for row in book["Piezīmes"]] == ["T", "Avots: x."]


def test_marks_carry_what_a_filter_offers_and_nothing_else(public, owner):
    place = owner.values("municipality_today")[0]
    there = {choice.value for choice in records.filters(
        owner, Selection(filters={"municipality_today": place})).choices("school")}  # fmt: skip

    def charts_of(spec, release, **filters):
        built = records.build(spec, Selection(filters=filters), release)
        return {part.id: part for part in built if isinstance(part, Chart)}

    def pressed(chart):
        marks = [trace.get("meta", {}).get("picks", []) for trace in chart.figure["data"]]
        return {value for each in marks for value in each if value}

    whole = charts_of(pages.RISKS, public)["risk-mix-municipality-today"]
    assert pressed(whole) == set(public.values("municipality_today"))
    assert whole.table.picks == whole.picks == "municipality_today"
    funnel = charts_of(pages.SCHOOLS, owner, municipality_today=place)[
        "school-funnel-school-catering"
    ]
    assert pressed(funnel)
    assert pressed(funnel) <= there
    semesters = charts_of(pages.OVERVIEW, public)["participation-semester"]
    assert semesters.picks == ""  # the public is offered no semesters


def test_on_a_phone_the_words_are_those_of_the_rows_and_not_of_the_map(public):
    shown = public.get("participation", by=("municipality_today",))
    figure, rows = (
        charts.participation(shown, language="lv", is_narrow=is_narrow)
        for is_narrow in (False, True)
    )

    card = figures.chart("map", shown, figure, narrow=rows)

    assert "rūts" in card.subtitle
    assert "rūts" not in card.subtitle_narrow
    assert card.subtitle_narrow.startswith("Izglītojamie ar individuālo atbalsta plānu (iekavās")
