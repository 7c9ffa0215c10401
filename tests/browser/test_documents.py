"""The pages that make a deck and a case study, from a choice to the file that is opened."""

import dataclasses
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pptx import Presentation

import pumpurs_analysis as pa
from pumpurs_analysis import workspace
from pumpurs_analysis.releases import beside

pytestmark = pytest.mark.browser
DASHBOARDS = Path(__file__).parents[2] / "dashboards"
PLACE = "Tukuma novads"
MADE = 90_000  # a deck with its PDF on a busy machine
PLACES = {
    "lv": "Pašvaldība",
    "en": "Municipality",
}
OTHER = {"lv": "en", "en": "lv"}
SPOKEN = {"lv": "lv-LV", "en": "en-GB"}
VISITORS = [("lv", 1280), ("en", 390)]
SLOW = [pytest.param(*one, marks=pytest.mark.slow) for one in (("en", 1280), ("lv", 390))]


@pytest.fixture(scope="module")
def address(pages_of, example_workspace):
    """Where the pages are; the release is made here, once, and not by each kernel at its start."""
    pa.make_release(pa.open_workspace(example_workspace))
    return f"{pages_of('public')}voila/render/"


@pytest.fixture
def visited(context, complaints):
    """Open a page in the other language at a width, then choose the language on the page."""

    def visit(where, language, width):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.goto(f"{where}?lang={OTHER[language]}", wait_until="commit")
        page.locator(f"[data-key=language-{language}]").click(timeout=MADE)
        expect(page.locator("html")).to_have_attribute("lang", language, timeout=MADE)
        return page

    return visit


def chosen(page, language):
    page.get_by_label(PLACES[language], exact=True).select_option(PLACE)
    expect(page).to_have_url(re.compile("municipality_today=Tukuma"), timeout=MADE)


def whole(page, complaints):
    """Nothing is wider than the window, nothing was complained of, axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    faults = Axe().run(page).response["violations"]
    complaints.clear()  # axe asks for style sheets that it is not given
    assert [(each["id"], each["nodes"][0]["html"]) for each in faults] == []


def made(page):
    page.locator("[data-key=make]").press("Enter")
    expect(page.locator(".outcome")).to_be_visible(timeout=MADE)


def saved(page, name):
    with page.expect_download() as waited:
        page.locator(f".downloads [data-key=download-{name}]").click()
    assert waited.value.suggested_filename.endswith(f"tukuma-novads.{name}")
    return Path(waited.value.path()).read_bytes()


DECKS = {
    "lv": ("Prezentācija: Tukuma novads", "Mūsu stāsts – ķiršu ēna", "Kā lasīt šos skaitļus"),
    "en": ("Deck: Tukuma novads", "Our story – a quiet year", "How to read these numbers"),
}


@pytest.mark.parametrize(("language", "width"), [*VISITORS, *SLOW])
def test_own_headlines_go_into_the_slides_downloaded(
    visited, address, complaints, *, language, width
):
    subject, own, last = DECKS[language]
    page = visited(f"{address}presenting.ipynb", language, width)
    chosen(page, language)
    expect(page.get_by_role("heading", name=subject)).to_be_visible()

    for box in page.locator(".picks input[type=checkbox]:not(:disabled)").all():
        box.uncheck()
    page.locator("#deck-take-risks").check()
    page.locator("#deck-title").fill(own)
    page.locator("#deck-message-risks").fill(f"{own}!")
    page.locator("#deck-status").select_option("final")
    made(page)

    assert page.locator("#deck-title").input_value() == own  # what was written is still there
    whole(page, complaints)
    slides = list(Presentation(BytesIO(saved(page, "pptx"))).slides)
    assert [slide.shapes.title.text_frame.text for slide in slides] == [own, f"{own}!", last]
    spoken = {run.get("lang") for slide in slides for run in slide.element.iter("{*}rPr")}
    assert spoken == {SPOKEN[language]}
    text = saved(page, "html").decode()
    assert re.search(f'<html[^>]* lang="{language}"', text)
    assert text.count(f"{own}!") > 0
    assert saved(page, "pdf").startswith(b"%PDF")


STUDIES = {
    "lv": ("Gadījuma izpēte", "Izglītojamie ar plānu", "Riski", "Izdomāti parauga dati"),
    "en": ("Case study", "Learners with a plan", "Risks", "Made-up example data"),
}


@pytest.mark.parametrize(("language", "width"), [*VISITORS, *SLOW])
def test_what_is_read_is_what_the_document_says(visited, address, complaints, *, language, width):
    title, people, risks, made_up = STUDIES[language]
    page = visited(f"{address}case_study.ipynb", language, width)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    chosen(page, language)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title}: {PLACE}")
    expect(page.locator(".plot:not(.is-drawn)")).to_have_count(0, timeout=MADE)
    expect(page.locator("h2").get_by_text(risks, exact=True)).to_be_visible()
    read = page.locator(".prose p").filter(has_text=people).first.inner_text()

    made(page)

    whole(page, complaints)
    document = docx.Document(BytesIO(saved(page, "docx")))
    written = [paragraph.text for paragraph in document.paragraphs]
    assert written[0] == f"{title}: {PLACE}"
    assert any(made_up in line for line in written[:4])
    assert read in written
    assert document.core_properties.language == SPOKEN[language]
    text = saved(page, "html").decode()
    assert re.search(f'<html[^>]* lang="{language}"', text)
    assert read in text


@pytest.fixture(scope="module")
def refusing(serve, tmp_path_factory, example_records):
    """A workspace into which one learner came after a release: both together tell of them."""
    steps = [[("participation", (), {}), ("participation", ("municipality_today",), {})]]
    folder = tmp_path_factory.mktemp("refusing") / "records"
    tables = {name: example_records.tables[name] for name in example_records.tables}
    learner = tables["plans"]["learner_id"].iloc[0]
    before = MappingProxyType({
        name: frame[frame["learner_id"] != learner].reset_index(drop=True)
        if "learner_id" in frame else frame
        for name, frame in tables.items()
    })  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pumpurs_analysis.releases.release._steps", lambda: steps)  # few, for time
        for data in (dataclasses.replace(example_records, tables=before), example_records):
            workspace.save(data, folder, acknowledged=True)
            shown = pa.make_release(pa.open_workspace(folder))
            if data is not example_records:
                beside.issue(shown, name="publish", on=date(2022, 10, 1))
        patch.setenv("PUMPURS_WORKSPACE", str(folder))
        with serve(DASHBOARDS) as where:
            yield f"{where}voila/render/"


REFUSED = {
    "lv": "Nekas nav publicēts. Kopā ar agrāk publicēto (pēdējoreiz 01.10.2022.)",
    "en": "Nothing was published. Together with what was published before (last on 1 Oct 2022)",
}


@pytest.mark.parametrize("name", ["presenting", pytest.param("case_study", marks=pytest.mark.slow)])
def test_who_is_refused_reads_why_in_their_language_and_gets_nothing(
    visited, refusing, complaints, name
):
    page = visited(f"{refusing}{name}.ipynb", "lv", 390)
    chosen(page, "lv")

    for language in ("lv", "en"):
        page.locator(f"[data-key=language-{language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language, timeout=MADE)
        expect(page.locator(".outcome")).to_have_count(0)
        made(page)

        expect(page.locator(".outcome")).to_contain_text(REFUSED[language])
        expect(page.locator(".outcome")).to_contain_text("--nearest-safe")
        expect(page.locator(".downloads")).to_have_count(0)
        whole(page, complaints)
