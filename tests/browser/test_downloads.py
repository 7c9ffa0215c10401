"""What is downloaded is what is shown: cell by cell, and the picture."""

import csv
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.browser
CARDS = [
    ("overview", "participation-municipality-today-rows", "public", "lv"),
    ("risks", "risk-mix-municipality-today", "public", "en"),
    ("costs", "cap-breaches-list", "owner", "lv"),
]
SHOWN = """(card) => [...card.querySelectorAll("table tr")].map(row =>
    [...row.querySelectorAll(":is(th, td):not(.tick-head, .tick-cell)")].map(cell => [  // no box of
        // the owner's is in a file, and a link's address is written out
        cell.textContent, cell.querySelector("a")?.getAttribute("href") ?? ""].join(" ").trim()))"""
DRAWN = """async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
    return [image.width, image.height, new Set(pixels).size];
}"""
LISTEN = """() => {
    const write = CanvasRenderingContext2D.prototype.fillText;
    window.written = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(text);
        return write.call(this, text, ...rest);
    };
}"""


def saved(page, card, name):
    with page.expect_download() as waited:
        card.locator(f"[data-key={name}]").click()
    return Path(waited.value.path())


@pytest.mark.parametrize(("name", "part", "audience", "language"), CARDS)
def test_files_hold_the_cells_shown(opened, name, part, audience, language):
    page = opened(name, f"?lang={language}", audience)
    card = page.locator(f"[data-part={part}]")
    if card.locator("summary").count():
        card.locator("summary").click()
    if card.locator("[data-key=all]").is_visible():
        card.locator("[data-key=all]").click()
    shown = card.evaluate(SHOWN)

    text = saved(page, card, "download-csv").read_bytes()
    sheet = workbook(saved(page, card, "download-xlsx")).worksheets[0]

    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(text.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert lines[: len(shown)] == shown
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == shown[0]
    assert len(cells) == len(shown)
    for row, seen in zip(cells[1:], shown[1:], strict=True):
        assert all(map(same, row, seen)), (row, seen)


def workbook(path):
    return openpyxl.load_workbook(BytesIO(path.read_bytes()))  # it is saved without an ending


def same(value, seen):
    """Compare a workbook's cell with the text on the page; a share is shown in percent."""
    if isinstance(value, str) or value is None:
        return (value or "") == seen
    decimals = len(seen.rpartition("," if "," in seen[-6:] else ".")[2].rstrip("\u00a0%€ h"))
    number = float("".join(c for c in seen if c.isdigit() or c == "-"))
    wanted = value * (100 if "%" in seen else 1)
    return any(
        abs(number / 10**places - wanted) <= 0.51 / 10**places for places in (0, 1, decimals)
    )


def test_the_picture_holds_the_chart_with_its_words(opened):
    page = opened("overview", "?lang=lv")
    card = page.locator("[data-part=risk-mix]")
    title = card.locator(".card-title").inner_text()
    page.evaluate(LISTEN)

    picture = saved(page, card, "png")

    width, height, colours = page.evaluate(DRAWN, list(picture.read_bytes()))
    plot = card.locator(".plot").bounding_box()
    assert width == 2 * (max(round(plot["width"]), 640) + 40)
    assert height > 2 * plot["height"]
    assert colours > 50
    written = " ".join(page.evaluate("window.written"))
    assert title in written
    for line in card.locator("figcaption p").all_text_contents():
        assert "".join(line.split()) in "".join(written.split())
