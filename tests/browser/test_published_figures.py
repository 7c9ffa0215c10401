"""The page "published figures" as a coordinator meets it, in a real browser."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
DASHBOARDS = Path(__file__).parents[2] / "dashboards"
OURS = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
CHARTS = 10


@pytest.fixture(scope="module")
def dashboards(serve):
    with serve(DASHBOARDS) as address:
        yield address


@pytest.fixture
def opened(context, dashboards, requests, complaints):
    def open_page(query="?lang=lv", charts=CHARTS):
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        # Whatever does not come from this computer is cut off, as with the network pulled.
        context.route(lambda address: not address.startswith(OURS), lambda route: route.abort())
        page.goto(f"{dashboards}voila/render/published_figures.ipynb{query}")
        expect(page.locator(".plot.is-drawn")).to_have_count(charts, timeout=60_000)
        return page

    return open_page


def test_the_page_draws_with_nothing_from_outside(opened, requests, complaints):
    page = opened()

    expect(page.get_by_role("heading", level=1)).to_have_text("Publicētie skaitļi")
    assert [address for address in requests if not address.startswith(OURS)] == []
    assert complaints == []


def test_every_word_switches_language_without_reloading(opened):
    page = opened()
    page.evaluate("window.notReloaded = true")

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Published figures")
    expect(page.get_by_text("Plans and support measures", exact=True)).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, window.notReloaded]") == ["en", True]
    latvian = re.compile(r"(mācību|kopš|minējum|mēnesī|nesakrīt)")
    expect(page.locator(".plot").filter(has_text=latvian)).to_have_count(0)


def test_choosing_a_municipality_shows_its_figures_and_keeps_them_in_the_address(opened):
    page = opened()

    page.get_by_label("Pašvaldība (pēc 2021. gada reformas)", exact=True).select_option(
        "Tukuma novads"
    )

    expect(page).to_have_url(re.compile("municipality=Tukuma"))
    expect(page.locator("[data-part=figures]")).to_contain_text("284 skolēniem")
    expect(page.locator("[data-part=figures]")).not_to_contain_text("286 individuālā")
    page.reload()
    expect(page.locator("[data-part=figures]")).to_contain_text("284 skolēniem")


def test_search_needs_no_diacritics(opened):
    page = opened("?lang=lv")

    page.get_by_label("Meklēt vietu, skaitli vai avotu").fill("liepajas raina")

    expect(page.locator("[data-part=figures] tbody tr").first).to_contain_text("Liepājas Raiņa")


def test_facts_of_the_founding_documents_are_on_the_page(opened):
    page = opened()

    for fact in ("Zemītes sākumskola", "35 dalībnieki", "līdz 70 eur/mēnesī", "vismaz 614",
                 "virs 30 000", "29.martā"):  # fmt: skip
        expect(page.get_by_text(fact).first).to_be_attached()


@pytest.mark.parametrize("language", ["lv", "en"])
def test_nothing_is_cut_or_scrolls_sideways(opened, cut, language):
    page = opened(f"?lang={language}")

    for width in (1440, 1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(2500)  # charts are laid out anew
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert cut(page) == [], width


@pytest.mark.parametrize("language", ["lv", "en"])
def test_axe_finds_nothing(opened, language):
    page = opened(f"?lang={language}")

    found = Axe().run(page).response["violations"]

    assert [(each["id"], len(each["nodes"])) for each in found] == []


def test_a_table_downloads_as_it_is_shown(opened):
    page = opened("?lang=lv&municipality=Tukuma+novads", CHARTS - 1)  # no share can be drawn there
    rows = page.locator("[data-part=figures] tbody tr").count()

    with page.expect_download() as waited:
        page.locator("[data-part=figures]").get_by_role("button", name="CSV").click()

    text = Path(waited.value.path()).read_text("utf-8-sig")
    assert text.startswith("Vieta;")
    assert "284 skolēniem" in text
    assert len(text.split("\n\n")[0].splitlines()) >= rows
