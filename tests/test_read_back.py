"""Files taken apart: what stands in a case study, slides or a chart is what the release shows.

The threshold is high here, so that hidden counts have three digits: numbers that stand nowhere by
chance, and are known again in whatever part of a file.
"""

import html
import json
import re
from io import BytesIO
from itertools import chain
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import case_studies
from pumpurs_analysis.case_studies import documents, evidence, pictures, word_document
from pumpurs_analysis.export import decks, slides_html, slides_pptx
from pumpurs_analysis.export.browser import chromium
from pumpurs_analysis.releases import release as releases
from pumpurs_analysis.text import LANGUAGES
from tests.scanning import PLANTED, closed, insides
from tests.test_disclosure_independent import delivery

PLACE, THRESHOLD = "Tukuma novads", 150
STEPS = [
    ("participation", ()), ("participation", ("school_year",)),
    ("participation", ("municipality_today",)), ("risk_mix", ()),
    ("risk_mix", ("municipality_today",)), ("support_uptake", ()),
    ("support_uptake", ("municipality_today",)), ("cost_against_cap", ("support_kind",)),
    ("cost_against_cap", ("municipality_today",)),
]  # fmt: skip
# Texts between tags, and what is read out, shown on a pointer, or kept beside.
TEXT = re.compile(r">([^<>]+)<")
ATTRIBUTES = re.compile(r'\b(?:alt|title|descr|aria-label|data-[\w-]+|content|val)="([^"]*)"')
DRAWN = re.compile(r"<(?:svg|style|script(?![^>]*json))\b.*?</(?:svg|style|script)>", re.DOTALL)
SVG_TEXT = re.compile(r"<(?:text|title|desc)\b[^>]*>(.*?)</(?:text|title|desc)>", re.DOTALL)


@pytest.fixture(scope="module")
def release():
    with pytest.MonkeyPatch.context() as patch:
        steps = [[releases._figure(name, by) for name, by in STEPS]]
        patch.setattr(releases, "_steps", lambda: steps)
        made = pa.make_release(delivery(1500, 1), threshold=THRESHOLD)
    assert not made.left_out
    return made


@pytest.fixture(scope="module")
def planted(release):
    """Hidden counts that no figure shows, and that are no part of what it is about."""
    hidden, shown = set(), set()
    for key, figure in release.figures.items():
        true = releases.make(release.data, dict(figures())[key]).frame
        for column in figure.result.counts:
            is_hidden = figure.hidden[column].to_numpy() if column in figure.hidden else False
            hidden |= {*true[column][is_hidden].dropna().astype(int)}
        shown |= {round(each) for each in values_of(figure)}
    public = case_studies.story(None, PLACE)  # what pages state of this place anyway
    stated = [said(part.encode()) for part in documents.parts_of(public, "lv")]
    enrolled = {str(round(each)) for each in public.evidence.enrolment()["value"].dropna()}
    found = {str(each) for each in hidden - shown if each >= 100} - numbers(chain(*stated))
    found -= enrolled
    assert len(found) > 20
    return found


def values_of(figure):
    """Every number shown, in cents and euros, as a share and in percent."""
    numeric = figure.frame.select_dtypes("number").astype("Float64")
    for factor in (1, 0.01, 100):
        for column in numeric:
            yield from (numeric[column].dropna().astype(float) * factor).tolist()


def figures():
    return [(releases.key_of(*each), each) for each in
            (releases._figure(name, by) for name, by in STEPS)]  # fmt: skip


@pytest.fixture(scope="module")
def shut(release):
    return closed(release)


@pytest.fixture(scope="module")
def story(shut):
    """A case study of what shows alone: neither records nor what was hidden can be read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "make_release", lambda *_, **__: shut)
        told = case_studies.story(shut.data, PLACE)
        assert told.evidence.release is shut
        assert told.evidence.has_records
        yield told


def said(content):
    """Everything a part says, and not where it stands: words, attributes, JSON, cells."""
    for part in insides(content):
        text = part.decode("utf-8", "replace")
        if text.startswith("\x89PNG") or part.startswith(b"\x89PNG"):
            yield from texts_of_png(part)
            continue
        yield from SVG_TEXT.findall(text)
        text = DRAWN.sub(" ", text)
        yield from TEXT.findall(text)
        yield from ATTRIBUTES.findall(text)


def texts_of_png(content):
    """The chunks of a picture that are no picture: words, days, profiles."""
    at = 8
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8].decode()
        if kind not in {"IHDR", "IDAT", "IEND", "PLTE", "tRNS", "sRGB", "gAMA", "pHYs", "sBIT"}:
            yield content[at + 8 : at + 8 + size].decode("utf-8", "replace")
        at += size + 12


def numbers(texts):
    """Every number as digits, without the marks between them, with its decimals cut off."""
    found = set()
    for text in texts:
        plain = re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))", "", html.unescape(text))
        for number in re.findall(r"\d+(?:[.,]\d+)?", plain):
            found |= {number, re.split("[.,]", number)[0]}
    return found


def files(story, shut):
    for language in LANGUAGES:
        page = documents.page_of(story, documents.parts_of(story, language), language)
        yield f"case.{language}.html", page.encode()
        yield f"case.{language}.docx", word_document.docx_of(story, language)
        for where in ({}, {"municipality_today": PLACE}):
            deck = decks.make_deck(shut, decks.Wanted(where, language))
            yield f"slides.{language}.html", slides_html.html(deck).encode()
            yield f"slides.{language}.pptx", slides_pptx.pptx(deck)


@pytest.fixture(scope="module")
def made(story, shut):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pumpurs_analysis.case_studies.pictures.chromium", lambda: "")
        return list(files(story, shut))


def test_the_reader_sees_a_number_wherever_it_stands():
    inside = BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = 641
    book.save(inside)
    for text in (
        "<a:t>641</a:t>",
        '<p:cNvPr descr="plāni: 641"/>',
        "<c:v>641</c:v>",
        "<svg><text x='3'>641</text></svg>",
        "<vt:lpwstr>641</vt:lpwstr>",
        '<script type="application/json">{"a": 641}</script>',
        "<td>641,0</td>",
    ):
        assert "641" in numbers(said(text.encode())), text
    assert "641" in numbers(said(inside.getvalue()))
    assert "12641" in numbers(said("<td>12\u00a0641</td>".encode()))
    assert "641" not in numbers(said("<td>12\u00a0641</td>".encode()))


def test_no_hidden_count_stands_in_any_part_of_a_file(made, planted, release):
    values = [round(each) for shown in release.figures.values() for each in values_of(shown)]
    shown = {str(each) for each in values if each >= THRESHOLD}
    for name, content in made:
        texts = [text for text in said(content) if not re.search("šūn|cells", text)]
        read = numbers(texts)  # but of how many cells are hidden of how many
        assert planted & read == set(), name
        assert not [words for words in PLANTED if any(words in text for text in texts)]
        assert len(shown & read) > 2, name  # what shows is found


def test_numbers_of_charts_and_the_workbooks_in_them_are_those_of_the_release(made, release):
    known = {round(each, 6) for figure in release.figures.values() for each in values_of(figure)}
    shares = np.array(sorted(each for each in known if each <= 1))
    ends = np.unique(np.abs(shares[:, None] - shares[None, :]))
    looked_at = 0
    for name, content in made:
        if not name.endswith(".pptx"):
            continue
        with ZipFile(BytesIO(content)) as package:
            charts = [
                each for each in package.namelist() if re.search(r"charts/chart\d+\.xml", each)
            ]
            books = [each for each in package.namelist() if each.endswith(".xlsx")]
            for each in charts:
                text = package.read(each).decode()
                drawn = re.findall(r"<c:val>.*?</c:val>", text, re.DOTALL)
                values = {round(float(v), 6) for v in re.findall(r"<c:v>([-\d.eE]+)</c:v>",
                                                                  " ".join(drawn))}  # fmt: skip
                assert values <= known, (name, each, values - known)
                bars = re.findall(r"<c:(?:plus|minus)>.*?</c:(?:plus|minus)>", text, re.DOTALL)
                values = {round(float(v), 6) for v in re.findall(r"<c:v>([-\d.eE]+)</c:v>",
                                                                  " ".join(bars))}  # fmt: skip
                assert all(np.abs(ends - v).min() < 2e-6 for v in values), (name, each)
                looked_at += 1
            for each in books:
                book = openpyxl.load_workbook(BytesIO(package.read(each)))
                cells = [cell.value for sheet in book for row in sheet for cell in row]
                found = {round(float(v), 6) for v in cells if isinstance(v, int | float)}
                assert found <= known, (name, each, found - known)
    assert looked_at > 10


def test_sentences_keep_what_the_release_shows(made, planted):
    """The figures kept in the page, to notice changes by, are those that its sentences say."""
    for name, content in made:
        found = re.search(
            r'id="claims">(.*?)</script>', content.decode("utf-8", "replace"), re.DOTALL
        )
        if found:
            kept = json.loads(found[1].replace("<\\/", "</"))
            assert planted & numbers([json.dumps(kept, ensure_ascii=False)]) == set(), name


@pytest.mark.skipif(not chromium(), reason="no Chromium")
def test_a_chart_as_a_picture_has_no_words_beside_it(story):
    shown = story.evidence.ask("participation", "school_year", everywhere=True)
    with pictures.Pictures() as drawn:
        content = drawn.png(pa.charts.participation(shown, language="lv"))

    assert content.startswith(b"\x89PNG")
    assert list(texts_of_png(content)) == []
