"""The one-file page and the slides, opened from the disk with the network off."""

import csv
import io
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from pumpurs_analysis.export import contents, decks, output_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory, release):
    out = tmp_path_factory.mktemp("offline")
    output_folder.write_release(release, decks.Wanted({}, "lv"), out)
    output_folder.write_slides(release, decks.Wanted({}, "lv"), out / "slides")
    return out


@pytest.fixture
def opened(browser, folder):
    """Open a file with the network off; afterwards nothing was asked for but the file itself."""
    asked, said = [], []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})

    def visit(name):
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text))
        page.goto((folder / name).as_uri())
        return page

    yield visit
    context.close()
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert (outside, said) == ([], [])


def saved(page, button):
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_searched_switched_and_never_wider_than_the_screen(opened, width):
    page = opened("figures.html")
    page.set_viewport_size({"width": width, "height": 900})
    cards = page.locator("article")
    every = cards.count()
    assert every >= 8

    page.locator("#search").fill("edinasana")
    expect(page.locator("#found")).to_contain_text("rind")
    found = page.locator("tbody tr:visible").all_inner_texts()
    assert found
    assert all("Ēdināšana" in row for row in found)
    page.locator("#search").fill("")
    expect(page.locator("article:visible")).to_have_count(every)

    page.locator("[data-language=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []


def test_a_chosen_municipality_is_what_the_files_saved_speak_of(opened, release):
    page = opened("figures.html")
    page.locator("#filter").select_option("municipality_today=Tukuma novads")
    (told,) = (each.text("lv") for each in contents.headlines(
        release, {"municipality_today": "Tukuma novads"}) if each.key == "plans")  # fmt: skip
    expect(page.locator("[data-headline=plans]")).to_have_text(told)

    card = page.locator("article[data-name=risk_mix]")
    name, content = saved(page, card.locator("button.picture"))
    picture = Image.open(BytesIO(content))
    assert name == "risk_mix.png"
    assert picture.width > 2 * card.locator("svg[role=img]").bounding_box()["width"]
    colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert {(255, 255, 255), (11, 90, 143)} <= colours  # paper, and bars in the colour of the page

    name, content = saved(page, card.locator("button.download"))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    shown = card.locator("tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert rows[: len(shown)] == shown
    label = page.locator("#filter_label").inner_text()
    assert [f"{label}: Tukuma novads"] in rows


def test_slides_turn_by_keyboard_and_each_fits_the_screen(opened):
    page = opened("slides/slides.html")
    slides = page.locator("section")
    assert Axe().run(page).response["violations"] == []
    for place in range(slides.count()):
        expect(slides.nth(place)).to_be_visible()
        cut = page.locator("section.now").evaluate(
            "slide => slide.scrollWidth > slide.clientWidth + 1"
            " || slide.scrollHeight > slide.clientHeight + 1"
        )
        assert not cut, f"slide {place} is cut off"
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect(slides.first).to_be_visible()
    expect(slides.nth(1)).to_be_hidden()
