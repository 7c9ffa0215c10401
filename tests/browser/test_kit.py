"""The kit in a real browser: what is seen, what is pressed, what is asked of the network."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pumpurs_analysis.app.widget import words

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
OURS = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
DEMO = Path(__file__).parent / "demo"


def test_the_page_is_drawn_from_this_computer_alone(
    visit: Visit, requests: list[str], complaints: list[str]
) -> None:
    page = visit()

    expect(page.get_by_role("heading", level=1)).to_have_text("PuMPuRS atbalsta pārskats")
    expect(page.locator(".plot.is-drawn")).to_have_count(2)
    assert [address for address in requests if not address.startswith(OURS)] == []
    assert complaints == []
    assert sum("plotly-basic" in address for address in requests) == 1


def test_the_language_switches_without_reloading(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.notReloaded = true")

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("PuMPuRS support overview")
    expect(page).to_have_title("PuMPuRS support overview")
    expect(page).to_have_url(re.compile(r"\?lang=en$"))
    assert page.evaluate("[document.documentElement.lang, window.notReloaded]") == ["en", True]
    shown = page.locator("body").inner_text()
    assert [word for word in words("lv").values() if len(word) > 3 and word in shown] == []


def test_the_address_reproduces_the_view_and_back_works(visit: Visit) -> None:
    page = visit("demo.ipynb?lang=en&municipality=kekava")
    chip = page.get_by_role("button", name="Remove filter Municipality: Ķekavas novads")
    expect(chip).to_be_visible()
    expect(page.get_by_text("Showing 30 of 30")).to_be_visible()

    page.get_by_label("Support kind", exact=True).select_option("catering")
    expect(page).to_have_url(re.compile("kind=catering"))
    page.go_back()

    expect(page.get_by_label("Support kind", exact=True)).to_have_value("")
    expect(chip).to_be_visible()


def test_an_address_cannot_choose_what_is_not_offered(visit: Visit) -> None:
    page = visit("demo.ipynb?municipality=nowhere&drop=tables")

    expect(page.get_by_label("Pašvaldība", exact=True)).to_have_value("")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_bar_filters_the_page_and_a_second_press_undoes_it(visit: Visit) -> None:
    page = visit()
    bar = page.locator("[data-part=kinds] .point").last

    bar.click(force=True)
    expect(page.get_by_role("button", name="Noņemt filtru")).to_have_count(1)
    expect(page.get_by_label("Atbalsta veids", exact=True)).to_have_value("transport")
    page.wait_for_timeout(300)
    page.locator("[data-part=kinds] .point").last.click(force=True)

    expect(page.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280, 1440])
def test_nothing_scrolls_sideways(visit: Visit, width: int) -> None:
    page = visit(width=width)

    page.locator("summary").first.click()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.plot svg')].every(s => s.clientWidth <= innerWidth)"
    )


def test_the_chart_follows_the_window(visit: Visit) -> None:
    page = visit(width=1280)
    svg = page.locator("[data-part=kinds] .main-svg").first
    wide = svg.bounding_box()

    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(600)
    narrow = svg.bounding_box()

    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < 360 < wide["width"]


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.dataset.key ?? document.activeElement.className")
        )

    wanted = [
        "skip",
        "language-lv",
        "filter-municipality",
        "filter-kind",
        "png",
        "fold",
        "search",
        "sort-2",
    ]
    assert [name for name in wanted if name not in reached] == []


def test_the_keyboard_sorts_searches_and_keeps_its_place(visit: Visit) -> None:
    page = visit()
    search = page.get_by_label("Meklēt skolu vai pašvaldību")
    search.focus()
    page.keyboard.type("kekavas")
    expect(page.get_by_text("Rindas: 30 no 120")).to_be_visible()

    page.locator("[data-part=schools] [data-key=sort-2]").focus()
    page.keyboard.press("Enter")
    table = page.locator("[data-part=schools] table")
    expect(table.locator("th").nth(2)).to_have_attribute("aria-sort", "descending")
    largest = table.locator("tbody tr").first.locator("td").nth(1)
    expect(largest).to_have_text("133")

    page.locator("[data-key=language-en]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Showing 30 of 120")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.key") == "language-en"


def test_names_sort_by_the_latvian_alphabet(visit: Visit) -> None:
    page = visit()
    names = page.locator("[data-part=schools] tbody th")

    page.locator("[data-part=schools] [data-key=sort-0]").click()

    assert names.first.inner_text() == "Āgenskalna 1. vidusskola"
    assert names.nth(12).inner_text() == "Čiekurkalna 1. vidusskola"


def test_a_chart_has_its_numbers_in_words_and_in_a_table(visit: Visit) -> None:
    page = visit()

    picture = page.get_by_role("img", name="Atbalsta veidi")
    expect(picture).to_have_attribute("aria-label", re.compile("Transports 1.124"))
    page.locator("[data-part=kinds] summary").click()
    page.get_by_role("button", name="Transports", exact=True).click()

    expect(
        page.get_by_role("button", name="Noņemt filtru Atbalsta veids: Transports")
    ).to_be_visible()
    expect(page.locator("[data-part=kinds] details")).to_have_attribute("open", "")


def test_downloads_are_what_is_shown(visit: Visit) -> None:
    page = visit("demo.ipynb?lang=lv&municipality=riga")

    with page.expect_download() as table:
        page.get_by_role("button", name="Lejupielādēt CSV: Skolas").click()
    with page.expect_download() as picture:
        page.get_by_role("button", name="Saglabāt PNG attēlu: Pa semestriem").click()

    lines = Path(table.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == [
        "Skola;Pašvaldība;Izglītojamie;Izmaksas;Virs griestiem",
        "Āgenskalna 1. vidusskola;Rīga;<5;x;0",
    ]
    assert len(lines) == 1 + 30 + 2
    assert picture.value.suggested_filename == "pa-semestriem.png"
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")


def test_text_is_never_read_as_markup(visit: Visit) -> None:
    page = visit()

    expect(page.get_by_text("<b>teksts & zīmes</b>")).to_be_visible()


@pytest.mark.parametrize("path", ["demo.ipynb", "demo.ipynb?lang=en&kind=catering"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width=width)
    page.locator("summary").first.click()

    violations = Axe().run(page).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


def test_the_list_of_pages_is_ours(visit: Visit, requests: list[str]) -> None:
    page = visit("../../?lang=en", ready="h1")

    expect(page.get_by_role("link", name="Demo page")).to_be_visible()
    assert [address for address in requests if not address.startswith(OURS)] == []
    assert Axe().run(page).response["violations"] == []


def test_a_failing_page_is_a_sentence_without_data(visit: Visit) -> None:
    page = visit("failing.ipynb?lang=en", ready=".prose.error")

    expect(page.get_by_role("heading", level=1)).to_have_text("The page could not be shown")
    assert not re.search("Jānis|Error|Traceback", page.content())


def test_a_broken_notebook_is_a_sentence(visit: Visit) -> None:
    page = visit("broken.ipynb", ready="#failed:not([hidden])")

    expect(page.get_by_role("alert")).to_contain_text("Lapu neizdevās parādīt")
    assert not re.search("no_such_module|Traceback|ExecutionError", page.content())


def test_a_missing_page_is_a_sentence(visit: Visit) -> None:
    page = visit("nothing.ipynb", ready="h1")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Šādas lapas nav")


def test_a_dead_kernel_is_said_and_the_page_greyed(visit: Visit) -> None:
    page = visit("demo.ipynb?lang=en")
    page.locator("[data-key=language-lv]").click()  # the kernel answers, so it is ours and alive
    expect(page.get_by_role("heading", level=1)).to_have_text("PuMPuRS atbalsta pārskats")

    os.kill(_kernel_of(page), signal.SIGKILL)

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Savienojums ar lapas datiem ir pārtrūkis", timeout=20_000)
    expect(page.locator("#pumpurs")).to_have_attribute("inert", "")
    expect(page.get_by_role("button", name="Ielādēt no jauna")).to_be_focused()


def test_a_stopped_server_is_said(
    browser: Browser, serve: Callable[..., AbstractContextManager[str]]
) -> None:
    page = browser.new_page()
    with serve(DEMO / "demo.ipynb", "--cold") as address:
        page.goto(address)
        page.wait_for_selector(".is-drawn", timeout=60_000)

    expect(page.get_by_role("alert")).to_contain_text("pārtrūkis", timeout=20_000)
    page.close()


def test_the_next_visitor_sees_the_page_before_its_kernel_answers(visit: Visit) -> None:
    visit()  # its picture is kept
    page = visit()
    kept, answer = (
        json.loads(page.locator(f"#pumpurs-{name}").inner_text()) for name in ("first", "page")
    )

    assert {state["query"] for state in kept} >= {"lang=lv"}
    assert (answer["query"], answer["state"]) == ("lang=lv", None)  # nothing is sent twice
    page.get_by_label("Support kind", exact=True).or_(
        page.get_by_label("Atbalsta veids", exact=True)
    ).select_option("catering")
    expect(page).to_have_url(re.compile("kind=catering"))


def test_a_page_too_many_is_asked_to_wait(
    browser: Browser, serve: Callable[..., AbstractContextManager[str]]
) -> None:
    with serve(DEMO / "demo.ipynb", "--cold", "--most-pages", "1") as address:
        first, second = browser.new_page(), browser.new_page()
        first.goto(address)
        first.wait_for_selector(".is-drawn", timeout=60_000)
        answer = second.goto(address)
        heading = second.get_by_role("heading", level=1)
        expect(heading).to_contain_text("Pašlaik atvērts ļoti daudz lapu")
        assert answer is not None
        assert answer.status == 503

        first.goto("about:blank")  # its kernel is given back
        for _moment in range(60):
            answer = second.goto(address)
            if answer is not None and answer.ok:
                break
            second.wait_for_timeout(500)
        second.wait_for_selector(".is-drawn", timeout=60_000)
        second.close()
        first.close()


def test_paper_has_the_charts_and_no_controls(visit: Visit) -> None:
    page = visit()

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 970})

    expect(page.locator(".languages")).to_be_hidden()
    card, drawing = (
        page.locator(".chart-card").first.bounding_box(),
        page.locator(".main-svg").first.bounding_box(),
    )
    assert card is not None
    assert drawing is not None
    assert drawing["width"] <= card["width"]


def _kernel_of(page: Page) -> int:
    """Find the process of the page's kernel: its name begins as the kernel's id."""
    kernel = page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )
    listed = subprocess.run(
        ["ps", "-ewwo", "pid=,comm=,args="], capture_output=True, text=True, check=True
    )
    found = (line for line in listed.stdout.splitlines() if kernel[:15] in line)
    return int(next(found).split()[0])
