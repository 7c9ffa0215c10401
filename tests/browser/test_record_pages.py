"""The pages about a workspace as a coordinator meets them, in a real browser."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pumpurs_analysis import facts, workspace

pytestmark = pytest.mark.browser
PAGES = ("overview", "risks", "schools", "costs", "planned")
DASHBOARDS = Path(__file__).parents[2] / "dashboards"
PLACE = "Tukuma novads"  # of the example


@pytest.fixture(scope="module")
def folder(tmp_path_factory, example_records):
    made = tmp_path_factory.mktemp("pages") / "records"
    reductions = {
        "learner_month": facts.learner_month(example_records),
        "plan_support": facts.plan_support(example_records),
    }
    workspace.save(example_records, made, reductions=reductions)
    return made


@pytest.fixture(scope="module")
def dashboards(serve, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUMPURS_WORKSPACE", str(folder))
        with serve(DASHBOARDS, "--port", "0") as address:
            yield address


@pytest.fixture
def opened(context, dashboards, complaints):
    def open_page(name, query):
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.goto(f"{dashboards}voila/render/{name}.ipynb{query}", wait_until="commit")
        expect(page.locator(".plot.is-drawn").first).to_be_visible(timeout=90_000)
        expect(page.locator(".plot:not(.is-drawn)")).to_have_count(0, timeout=30_000)
        return page

    return open_page


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_at_every_width_and_axe_finds_nothing(
    opened, cut, complaints, name, language
):
    page = opened(name, f"?lang={language}")

    assert complaints == []
    assert [
        (each["id"], len(each["nodes"])) for each in Axe().run(page).response["violations"]
    ] == []
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(2000)  # charts are laid out anew
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert cut(page) == [], width


def test_pressing_a_municipality_narrows_the_page_and_back_widens_it(opened):
    page = opened("overview", "?lang=lv")
    plans = page.locator(".tile").nth(1)
    before = plans.inner_text()

    page.get_by_role("button", name=PLACE).first.press("Enter")

    expect(page).to_have_url(re.compile("municipality_today=Tukuma"))
    expect(plans).not_to_have_text(before)
    expect(page.locator("[data-part=risk-mix]")).to_contain_text(f"Tikai: {PLACE}")
    page.get_by_role("link", name="Riski").click()
    expect(page).to_have_url(re.compile("risks.*municipality_today=Tukuma"))
    page.go_back()
    expect(page.locator("[data-part=risk-mix]")).to_contain_text(f"Tikai: {PLACE}", timeout=90_000)


def test_an_address_with_what_is_not_offered_shows_the_whole(opened):
    page = opened("risks", "?lang=lv&municipality_today=%3Cscript%3E&school=X")

    expect(page.locator("[data-part=risk-mix]")).not_to_contain_text("Tikai")
