"""The pages about a workspace as a coordinator meets them, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PLACE = "Tukuma novads"  # of the example
QUERIES = {
    "overview": "", "risks": "", "schools": "", "costs": "", "planned": "", "rules": "",
    "place": "&municipality_today=Tukuma+novads",
}  # fmt: skip
VIEWS = [(name, "public") for name in QUERIES]
VIEWS += [  # rules are for everybody
    pytest.param(name, "owner", marks=pytest.mark.slow) for name in QUERIES if name != "rules"
]
DRAWN_ANEW = """() => [...document.querySelectorAll(".plot.is-drawn")].every(plot =>
    Math.abs(plot.querySelector(".main-svg").getBoundingClientRect().width - plot.clientWidth) < 2)
"""
CUT_ON_PAPER = """() => [...document.querySelectorAll(".scroller, .pumpurs")].filter(box =>
    box.offsetParent && box.scrollWidth > box.clientWidth + 1).map(box => box.className)"""

# A drawing of rows higher than a page stands in columns on paper; nothing of it is left out.
PARTS_OF_TALL = """() => [...document.querySelectorAll(".plot.is-drawn")].filter(plot => {
    const {height, yaxis} = plot.layout;
    const columns = [...plot.parentNode.querySelectorAll(".column > svg:first-child")];
    const parts = columns.map(svg => svg.viewBox.baseVal.height);
    const isTall = height > 1000 && yaxis?.range?.[0] > yaxis?.range?.[1];
    const whole = parts.reduce((sum, part) => sum + part, 0);
    return isTall !== (parts.length > 1) || (isTall && Math.abs(whole - height) > 1);
}).map(plot => plot.getAttribute("aria-label"))"""
BOLD = """() => [...document.querySelectorAll(".plot .annotation tspan[style*=bold]")]
    .map(words => words.textContent).filter(words => words.includes("("))"""


def faults(page):
    return [
        (each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize(("name", "audience"), VIEWS)
def test_a_page_is_whole_at_every_width_and_axe_finds_nothing(
    opened, cut, complaints, *, name, audience
):
    page = opened(name, f"?lang=lv{QUERIES[name]}", audience)

    def check(width):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(200)
        page.wait_for_function(DRAWN_ANEW)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert cut(page) == [], width
        assert complaints == []

    for width in (390, 320, 640, 768, 1440):  # 640 is a screen of 1280 at twice the size
        check(width)
        if width != 390:
            assert faults(page) == [], width
            complaints.clear()  # axe asks for style sheets that it is not given
    if audience == "public":  # the same page, since a page's start takes long
        page.locator("[data-key=language-en]").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator(".plot:not(.is-drawn)")).to_have_count(0, timeout=30_000)
        for width in (390, 640, 1440):
            check(width)
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    page.wait_for_timeout(200)
    page.wait_for_function(DRAWN_ANEW)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(CUT_ON_PAPER) == []
    assert page.evaluate(PARTS_OF_TALL) == []


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


def pressed(page, part, value):
    """Press a mark of a chart by its value, where it is drawn; a folded chart is unfolded first."""
    card = page.locator(f"[data-part={part}]")
    whole = card.get_by_role("button", name="Rādīt visu diagrammu")
    if whole.is_visible():
        whole.click()
    card.scroll_into_view_if_needed()
    at = card.locator(".plot").evaluate(
        """(plot, value) => {
            for (const trace of plot._fullData) {
                const place = (trace.meta?.picks ?? []).indexOf(value);
                if (place < 0 || trace.y[place] == null) continue;
                const {yaxis} = plot._fullLayout;
                const xaxis = plot._fullLayout[trace.xaxis.replace("x", "xaxis")];
                const base = trace.base ?? null;  // a band behind a row: its middle
                const x = base === null ? trace.x[place] : base + trace.x[place] / 2;
                return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(trace.y[place])];
            }
        }""",
        value,
    )
    box = card.locator(".plot").bounding_box()
    page.evaluate(
        "by => scrollBy(0, by)", box["y"] + at[1] - 450
    )  # rows may reach below the screen
    box = card.locator(".plot").bounding_box()
    page.mouse.move(box["x"] + at[0], box["y"] + at[1])
    page.wait_for_timeout(150)  # as a hand does: first over it, then down
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])


@pytest.mark.parametrize(
    ("name", "part", "value", "said", "audience"),
    [
        ("overview", "participation-municipality-today", PLACE, PLACE, "public"),
        ("risks", "risk-mix-municipality-today", PLACE, PLACE, "public"),
        ("schools", "support-uptake-school-year", "2021/2022", "2021./2022.", "public"),
        ("costs", "cost-against-cap-municipality-today", PLACE, PLACE, "owner"),
        ("schools", "school-funnel-school-catering", "Jelgavas tehnikums", "Jelgavas tehnikums",
         "owner"),
    ],
)  # fmt: skip
def test_a_mark_of_a_chart_narrows_the_page_and_pressed_again_widens_it(
    opened, *, name, part, value, said, audience
):
    page = opened(name, "?lang=lv", audience)

    pressed(page, part, value)
    chip = page.locator(".chip")
    expect(chip).to_have_count(1)
    expect(chip).to_contain_text(said)
    expect(page.locator(".plot:not(.is-drawn)")).to_have_count(0)
    page.wait_for_timeout(600)  # charts are drawn anew
    pressed(page, part, value)

    expect(chip).to_have_count(0)


LAYERS = """plot => {
    const marks = [...plot.querySelectorAll(".points path, .errorbars path")];
    const isBand = (mark) => mark.getBoundingClientRect().width > 0.95 * plot.clientWidth;
    return [marks.findLastIndex(isBand), marks.findIndex((mark) => !isBand(mark))];
}"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    ("name", "part"),
    [("risks", "risk-mix-municipality-today"), ("costs", "cost-against-cap-municipality-today")],
)
def test_what_was_chosen_is_marked_behind_its_marks(opened, name, part, width):
    page = opened(name, f"?lang=lv&municipality_today={PLACE}")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(200)
    page.wait_for_function(DRAWN_ANEW)

    band, mark = page.locator(f"[data-part={part}] .plot").evaluate(LAYERS)

    assert 0 <= band < mark


def test_the_owner_ticks_a_gap_off_with_a_reason_by_the_keyboard(opened):
    page = opened("risks", "?lang=lv", "owner")
    rows = page.locator("[data-part=support-gap-rows-list] tbody tr")
    box = rows.nth(0).locator(".tick")

    box.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Zvans uz 2" + "6123456")
    page.keyboard.press("Enter")
    expect(page.locator(".marking .problem")).to_contain_text("tālrunis")
    page.locator(".marking input").first.fill("Atbalstu sniedz pašvaldība")
    page.keyboard.press("Tab")
    page.keyboard.type("AB")
    page.keyboard.press("Enter")

    expect(box).to_have_attribute("aria-pressed", "true")
    expect(box).to_be_focused()
    expect(rows.nth(0)).to_contain_text("Atbalstu sniedz pašvaldība")
    expect(page.locator(".marking")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".marking")).to_have_count(0)


def test_the_keyboard_presses_the_same_in_the_charts_table(opened):
    page = opened("costs", "?lang=lv")
    card = page.locator("[data-part=cost-against-cap-municipality-today]")

    card.locator("summary").press("Enter")
    card.get_by_role("button", name=PLACE).press("Enter")

    expect(page.locator(".chip")).to_contain_text(PLACE)
    chosen = card.get_by_role("button", name=PLACE)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(chosen).to_be_focused()
    chosen.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "label", "kept"),
    [("rules", "Atbalsta veids", "support_kind="),
     ("place", "Pašvaldība", "municipality_today=(?!Tuk)")],
)  # fmt: skip
def test_the_keyboard_chooses_and_back_undoes(opened, name, label, kept):
    page = opened(name, f"?lang=lv{QUERIES[name]}")
    before = page.locator("tbody").first.inner_text()
    field = page.get_by_label(label, exact=True)

    for _ in range(40):
        page.keyboard.press("Tab")
        if field.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(kept))

    expect(page.locator("tbody").first).not_to_have_text(before)
    expect(field).to_be_focused()
    narrowed = page.locator("tbody").first.inner_text()
    page.reload()
    expect(page.locator("tbody").first).to_have_text(narrowed, timeout=90_000, use_inner_text=True)
    page.go_back()
    expect(page.locator("tbody").first).to_have_text(before, timeout=90_000, use_inner_text=True)


def test_a_tall_chart_is_folded_until_asked_for_whole(opened):
    page = opened("schools", "?lang=lv")
    card = page.locator("[data-part=support-uptake-municipality-today]")
    window = card.locator(".window")
    assert window.bounding_box()["height"] <= 640
    page.locator("[data-part=support-uptake-school-year] summary").click()  # holds what is shown

    card.get_by_role("button", name="Rādīt visu diagrammu").press("Enter")

    assert window.bounding_box()["height"] > 800
    expect(card.get_by_role("button", name="Rādīt īsāk")).to_be_focused()


NAMES = """plot => {
    const at = (element) => element.getBoundingClientRect();
    const names = [...plot.querySelectorAll(".annotation text")]
        .filter(text => text.textContent.includes("izmaksāts")).map(at);
    const points = [...plot.querySelectorAll(".points path")].map(at);
    return {
        left: Math.min(...names.map(({left}) => left)),
        below: Math.max(...names.map(({bottom}) => bottom)),
        covered: names.some((one, at) => names.some((other, to) =>
            to > at && one.top < other.bottom - 2 && other.top < one.bottom - 2)),
        last: Math.max(...points.map(({left}) => left)),
        highest: Math.min(...points.map(({top}) => top)),
        bold: plot.querySelectorAll(".annotation text tspan[style*=bold]").length - names.length,
        unused: plot.clientHeight - plot.querySelector(".main-svg").getBoundingClientRect().height,
    };
}"""


def test_names_of_lines_stand_at_their_ends_and_on_a_phone_above(opened):
    page = opened("schools", "?lang=lv")
    plot = page.locator("[data-part=support-uptake-school-year] .plot")
    wide = plot.evaluate(NAMES)
    assert wide["left"] > wide["last"]
    assert not wide["covered"]
    assert wide["bold"] >= 0
    assert abs(wide["unused"]) <= 1

    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function(DRAWN_ANEW)
    narrow = plot.evaluate(NAMES)
    assert narrow["below"] < narrow["highest"]
    assert not narrow["covered"]
    assert abs(narrow["unused"]) <= 1


WORDS = """plot => {
    const at = (text) => text.getBoundingClientRect();
    const texts = [...plot.querySelectorAll(".annotation text")];
    const marks = [...plot.querySelectorAll(".points path")].map(at)
        .filter(({width}) => width < 0.95 * plot.clientWidth);  // the bands for pressing are wider
    const words = at(texts.find(text => text.textContent.includes("€ no")));  // others are hidden
    const nearest = marks.reduce((best, mark) => {
        const away = ({top, bottom}) => Math.abs(top + bottom - words.top - words.bottom);
        return away(mark) < away(best) ? mark : best;
    });
    const level = marks.filter(({top, bottom}) => top < words.bottom - 2 && bottom > words.top + 2);
    return {level: level.length, beside: nearest.left - words.right,
            apart: Math.abs((nearest.top + nearest.bottom - words.top - words.bottom) / 2)};
}"""


def test_words_of_rows_stand_beside_their_marks_and_on_a_phone_above(opened):
    page = opened("costs", "?lang=lv")
    plot = page.locator("[data-part=cost-against-cap-municipality-today] .plot")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(200)
    page.wait_for_function(DRAWN_ANEW)
    wide = plot.evaluate(WORDS)
    assert wide["level"] > 0
    assert wide["beside"] > 0
    assert wide["apart"] < 5

    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_timeout(200)
    page.wait_for_function(DRAWN_ANEW)
    assert plot.evaluate(WORDS)["level"] == 0


def test_a_chart_takes_the_room_beside_a_taller_one_and_keeps_it(opened):
    page = opened("schools", "?lang=lv")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(300)
    page.wait_for_function(DRAWN_ANEW)
    plot = page.locator("[data-part=support-uptake-school-year] .plot")
    height = plot.bounding_box()["height"]
    by_itself = plot.locator("..").evaluate(
        "box => parseInt(box.style.getPropertyValue('--height'))"
    )
    assert height > by_itself + 30
    assert plot.locator(".main-svg").first.bounding_box()["height"] == pytest.approx(height, abs=1)

    beside = page.locator("[data-part=support-uptake-municipality-today]")
    beside.locator("summary").click()  # its table makes the row higher

    assert plot.bounding_box()["height"] == pytest.approx(height, abs=1)


def test_only_shares_are_bold_in_rows_joined_to_one_line(opened):
    page = opened("risks", "?lang=lv")

    assert page.locator("[data-part=support-gaps] .annotation tspan[style*=bold]").count() > 4
    assert page.evaluate(BOLD) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_card_shows_how_it_was_counted_when_asked_and_on_paper(opened, width):
    page = opened("overview", "?lang=lv")
    page.set_viewport_size({"width": width, "height": 900})
    card = page.locator("[data-part=risk-mix]")
    counted = card.get_by_text("Trīs saucēji", exact=False)
    expect(counted).to_be_hidden()
    button = card.get_by_role("button", name="Kā skaitīts")
    expect(button).to_have_attribute("aria-expanded", "false")

    button.press("Enter")

    expect(counted).to_be_visible()
    button.press("Enter")
    expect(counted).to_be_hidden()
    page.emulate_media(media="print")
    expect(button).to_be_hidden()
    expect(counted).to_be_visible()
    page.emulate_media(media="screen")
