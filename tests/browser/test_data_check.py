"""The data check as a coordinator meets it, in a real browser."""

import os
import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
OURS = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
WAIT = 90_000

DROPPED = """async ([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    for (const kind of ["dragover", "drop"])
        document.querySelector("h1").dispatchEvent(
            new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""
TYPED = """(text) => {
    const field = document.querySelector(".findings input[type=search]");
    field.value = text;
    const start = performance.now();
    field.dispatchEvent(new Event("input", {bubbles: true}));
    document.body.offsetHeight;
    return performance.now() - start;
}"""


@pytest.fixture(scope="module")
def stand_in(serve):
    with serve(HERE / "stand_in") as address:
        yield address


@pytest.fixture
def opened(context, stand_in, requests, complaints):
    def open_page(query="?lang=lv"):
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        context.route(lambda address: not address.startswith(OURS), lambda route: route.abort())
        page.on("filechooser", lambda _: None)  # asked for early: a chooser opened before is lost
        page.goto(f"{stand_in}voila/render/data_check.ipynb{query}", timeout=2 * WAIT)
        page.wait_for_selector(".zone")
        return page

    return open_page


@pytest.fixture
def delivery(tmp_path):
    def write(name="izmaksas.csv", count=40, value="30,-"):
        schools = ("Ērgļu vidusskola", "Ķekavas vidusskola")
        lines = [f"{schools[row % 2]};{value if row % 2 else 12}" for row in range(count)]
        path = tmp_path / name
        path.write_text("\n".join(["Iestāde;Summa", *lines, "Ērgļu vidusskola;2018"]), "utf-8")
        return str(path)

    return write


def choose(page, *paths):
    page.locator(".zone input[type=file]").first.set_input_files(list(paths))


def checked(page, text="Pārbaudīt"):
    expect(page.locator(".drop > .outcome")).to_contain_text(text, timeout=WAIT)


def test_files_are_checked_and_listed_with_nothing_from_outside(
    opened, delivery, requests, complaints
):
    page = opened()

    choose(page, delivery())
    checked(page, "Pieņemtās rindas: 21 no 41. Jālabo: 20. Jāpārbauda: 1.")

    place = page.locator(".finding.error").first
    expect(place).to_contain_text("3. rinda, kolonna „Summa” · B3 · Ķekavas vidusskola")
    expect(place).to_contain_text("Ierakstiet skaitli vai atstājiet šūnu tukšu.")
    assert [address for address in requests if not address.startswith(OURS)] == []
    assert complaints == []


def test_a_file_is_taken_wherever_it_falls(opened):
    page = opened()

    page.evaluate(DROPPED, ["mans.csv", "Iestāde;Summa\nA;x"])

    checked(page)
    expect(page.locator(".finding")).to_have_count(1)


def test_the_keyboard_alone_is_enough(opened, delivery):
    page = opened()
    for _ in range(15):  # past the skip link, the languages and the other pages
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.key") == "choose":
            break
    assert page.evaluate("document.activeElement.dataset.key") == "choose"

    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(delivery())
    checked(page)

    assert page.evaluate("document.activeElement.dataset.key") == "choose"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.key"))
    wanted = {"folder", "download-marked-0", "download-csv", "pick-0", "findings-severity",
              "findings-kind", "search"}  # fmt: skip
    assert wanted <= reached


def test_the_list_is_filtered_searched_and_picked_from_the_tables(opened, delivery):
    page = opened()
    choose(page, delivery("a.csv"), delivery("b.csv", 20))
    checked(page)
    count = page.locator(".findings .count")

    page.get_by_label("Cik svarīgi").select_option("warning")
    expect(count).to_have_text("Redzamas 2 no 2 vietām (pavisam 32)")
    page.locator("[data-part=by-file] .pick", has_text="b.csv").click()
    expect(count).to_have_text("Redzamas 1 no 1 vietām (pavisam 32)")
    picked = page.locator("[data-part=by-file] .pick", has_text="b.csv")
    expect(picked).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Datne", exact=True)).to_have_value("1")
    page.get_by_role("button", name="Notīrīt filtrus").click()
    page.get_by_label("Meklēt tekstu, rindu vai šūnu").fill("kekavas b5")
    expect(count).to_have_text("Redzamas 2 no 2 vietām (pavisam 32)")


def test_the_language_switches_with_the_list_and_without_reloading(opened, delivery):
    page = opened()
    choose(page, delivery())
    checked(page)
    page.get_by_label("Cik svarīgi").select_option("warning")
    page.evaluate("window.notReloaded = true")

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Data check")
    expect(page.locator(".findings .count")).to_have_text("Showing 1 of 1 places (21 in all)")
    expect(page.locator(".finding")).to_contain_text("To look at")
    assert page.evaluate("[document.documentElement.lang, window.notReloaded]") == ["en", True]


def test_five_thousand_places_are_typed_through_at_once(opened, delivery):
    page = opened()
    choose(page, delivery(count=10_000))
    checked(page)
    expect(page.locator(".findings .count")).to_contain_text("50 no 5\u00a0001 vietām")

    page.evaluate(TYPED, "k")
    times = [page.evaluate(TYPED, text) for text in ("ke", "kek", "keka", "kekavas b9999")]

    assert min(times) < 300
    expect(page.locator(".finding")).to_have_count(1)
    page.evaluate(TYPED, "")
    page.get_by_role("button", name="Rādīt vēl 100").click()
    expect(page.locator(".finding")).to_have_count(150)


@pytest.mark.slow
def test_fifty_megabytes_arrive(opened, tmp_path):
    page = opened()
    (tmp_path / "liela.txt").write_bytes(os.urandom(50_000_000))

    choose(page, str(tmp_path / "liela.txt"))

    checked(page, "Pārbaudīta 1 datne.")


def test_a_check_can_be_cancelled(opened, delivery):
    page = opened()
    choose(page, delivery("slow.csv"))
    expect(page.locator(".zone-title")).to_contain_text("Pārbauda: 0 no 1. slow.csv")

    page.get_by_role("button", name="Atcelt").click()

    expect(page.get_by_role("alert")).to_contain_text("Pārbaude atcelta")
    choose(page, delivery())
    checked(page)


def test_what_cannot_be_checked_is_said_before_it_is_sent(opened, tmp_path):
    page = opened()
    (tmp_path / "vēstule.docx").write_bytes(b"x")
    choose(page, str(tmp_path / "vēstule.docx"))
    expect(page.get_by_role("alert")).to_contain_text("Nevienu no šīm datnēm nevar pārbaudīt")

    with (tmp_path / "milzis.csv").open("wb") as file:
        file.truncate(201_000_000)
    choose(page, str(tmp_path / "milzis.csv"))

    expect(page.get_by_role("alert")).to_contain_text("201 MB, bet vienā reizē")
    assert page.evaluate("document.querySelector('.tiles')") is None


def test_a_failing_check_is_a_sentence(opened, delivery):
    page = opened()

    choose(page, delivery("broken.csv", value="Jānis"))

    expect(page.get_by_role("alert")).to_contain_text("Pārbaude neizdevās")
    assert not re.search("Jānis|Traceback|ValueError", page.content())


def test_the_marked_copy_is_downloaded(opened, delivery):
    page = opened()
    choose(page, delivery())
    checked(page)

    with page.expect_download() as waited:
        page.get_by_role("button", name="Iekrāsotā datne: izmaksas.csv").click()

    assert waited.value.suggested_filename == "izmaksas_labojamais.xlsx"
    book = openpyxl.load_workbook(BytesIO(Path(waited.value.path()).read_bytes()))
    assert book["izmaksas"]["B3"].comment is not None


@pytest.mark.parametrize("language", ["lv", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened, delivery, language):
    page = opened(f"?lang={language}")
    assert Axe().run(page).response["violations"] == []

    choose(page, delivery("gara_datne_ar_ļoti_garu_nosaukumu_2019_2020_I_semestris.csv"))
    checked(page, ":")

    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    for width in (1440, 1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_the_page_itself_reads_a_delivery(context, serve):
    with serve(HERE.parents[1] / "dashboards", "--cold") as address:
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{address}voila/render/data_check.ipynb?lang=lv", timeout=2 * WAIT)
        page.wait_for_selector(".zone", timeout=2 * WAIT)

        page.evaluate(DROPPED, ["mana.csv", "Vārds;Krāsa\nx;y\n"])

        checked(page, "Neko nevarēja nolasīt")
        expect(page.locator(".finding").first).to_be_visible()
