"""Slides: what they say is true of the numbers they show, in both formats and languages."""

import re
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from pptx import Presentation

import pumpurs_analysis as pa
from pumpurs_analysis.export import decks, drawings, findings, slides_html, slides_pptx, svg_charts
from pumpurs_analysis.export.drawings import Drawing, Series


@pytest.fixture(scope="module")
def release(figures):
    return pa.make_release(figures)


@pytest.fixture(scope="module")
def deck(release):
    return decks.make_deck(release, decks.Wanted({}, "lv"))


def opened(deck, logos=()):
    return Presentation(BytesIO(slides_pptx.pptx(deck, logos)))


def shown(frame, **more):
    """What a finding reads: a frame behind the door."""

    class Frame:
        result = type("R", (), {"name": "x", "evidence": "records", **more})

    Frame.frame = pd.DataFrame(frame)
    return Frame()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        pytest.param([3, 9, 5], "Most plans in 2019/20: 9", id="one year has most"),
        pytest.param([9, 9, 5], "Most plans in a school year: 9", id="two years tie"),
        pytest.param([3, None, 5], "", id="a hidden year could have more"),
        pytest.param([7], "Plans in 2018/19: 7", id="one year is no comparison"),
    ],
)
def test_the_year_with_most_plans_is_said_only_when_known(counts, said):
    years = ["2018/2019", "2019/2020", "2020/2021"][: len(counts)]
    frame = {"school_year": years, "plan_count": pd.array(counts, dtype="Int64")}

    title = findings.FINDINGS["plans_over_time"].title(shown(frame), "en")

    assert title == said


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        pytest.param([0.6, 0.4], "Mentioned most: learning and school, 60.0\xa0%", id="largest"),
        pytest.param([0.6, None], "Mentioned most: learning and school, 60.0\xa0%", id="over half"),
        pytest.param([0.4, None], "", id="the hidden one could be larger"),
        pytest.param([0.5, 0.5], "", id="none is largest"),
    ],
)
def test_the_largest_risk_group_is_named_only_when_certain(shares, said):
    frame = {"basis": "mention", "risk_category": ["learning", "family"], "share": shares}

    assert findings.FINDINGS["risks"].title(shown(frame), "en") == said


def test_the_most_received_support_is_no_statement_beside_a_hidden_one():
    rows = [("consultation", "delivered", 9), ("catering", "paid", 4), ("catering", "planned", 20)]
    frame = pd.DataFrame(rows, columns=["support_kind", "step", "supported_count"]).assign(
        basis="learner", status="counted", supported_share=pd.NA
    )
    frame["supported_count"] = frame["supported_count"].astype("Int64")
    say = findings.FINDINGS["support"].title

    assert say(shown(frame), "en") == "Most received: consultations – 9 learners"
    frame.loc[1, "supported_count"] = pd.NA
    assert say(shown(frame), "en") == ""


def test_use_of_the_caps_is_the_sum_of_what_was_paid_by_the_sum_of_caps():
    frame = {"compared_cents": [100, 200], "allowed_cents": [300, 300]}

    assert findings.FINDINGS["cost"].title(shown(frame), "en") == "50.0\xa0% of the caps was used"
    frame["compared_cents"] = [100, None]
    assert findings.FINDINGS["cost"].title(shown(frame), "en") == ""


def test_titles_of_published_figures_are_what_the_pages_state(deck):
    titles = {slide.name: slide.title.replace("\xa0", " ") for slide in deck.slides}

    assert titles["stated_plans"] == "Visvairāk plānu – 2019./2020. mācību gadā: 21 732"
    assert titles["risks"] == "Visbiežāk minēti – mācības un skola: 71,5 %"
    assert titles["caps"] == "Lielākie griesti: ēdināšana – 70,00 € mēnesī"
    assert titles["ngo_calls"] == (
        "Apstiprināti jaunatnes projekti: 175; pēc noteiktās summas – 805 000 €"
    )  # a page states the number of projects, not what was paid


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_finding_has_its_words(language, release):
    deck = decks.make_deck(release, decks.Wanted({}, language))

    for slide in deck.slides:
        assert slide.title
        assert slide.subtitle
        assert slide.notes
    for slide in deck.slides[:-1]:
        assert re.search(r"n = .+(Recepte|Recipe) [0-9a-f]{8}\.", slide.footer)
        assert slide.grid or slide.alt.count(";") or len(slide.drawing.categories) == 1


def test_charts_and_tables_of_pptx_are_native_and_hold_the_numbers_drawn(deck):
    presentation = opened(deck)

    for slide, made in zip(deck.slides, list(presentation.slides)[1:], strict=True):
        charts = [shape.chart for shape in made.shapes if shape.has_chart]
        grids = [shape.table for shape in made.shapes if shape.has_table]
        assert made.shapes.title.text_frame.text == slide.title
        assert made.notes_slide.notes_text_frame.text.split("\n") == slide.notes.split("\n")
        if slide.drawing:
            per = 100 if slide.drawing.unit == "money" else 1
            for drawn, series in zip(slide.drawing.series, charts[0].plots[0].series, strict=True):
                assert list(series.values) == [
                    None if value is None else value / per for value in drawn.numbers
                ]
        if slide.grid:
            cells = [[cell.text for cell in row.cells] for row in grids[0].rows]
            assert cells == [list(row) for row in (slide.grid.head, *slide.grid.rows)]


def test_text_of_pptx_says_its_language_and_charts_have_words(deck):
    with ZipFile(BytesIO(slides_pptx.pptx(deck))) as package:
        slides = [package.read(name).decode() for name in package.namelist()
                  if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]  # fmt: skip

    for text in slides:
        runs = re.findall(r"<a:r><a:rPr([^>]*)>", text)
        assert runs
        assert all('lang="lv-LV"' in run for run in runs)
        for frame in re.findall(r"<p:graphicFrame>.*?</p:graphicFrame>", text, re.DOTALL):
            assert re.search(r'descr="[^"]+"', frame)


def test_numbers_of_intervals_stand_clear_of_their_lines(deck):
    with ZipFile(BytesIO(slides_pptx.pptx(deck))) as package:
        charts = [package.read(name).decode() for name in package.namelist()
                  if re.fullmatch(r"ppt/charts/chart\d+\.xml", name)]  # fmt: skip
    (with_bars,) = [text for text in charts if "errBars" in text]

    assert with_bars.count("<c:dLbl ") + with_bars.count("<c:dLbl>") == 8
    assert re.search(r'formatCode="\[\$-426\](&quot;|\")\xa0+', with_bars)
    assert "0.706" not in with_bars  # the interval's ends are distances, not shares


def test_a_hidden_value_leaves_a_gap_with_a_word():
    one = Series("Plans", (3.0, None), ("3", "hidden"), "#0B5A8F")
    drawing = Drawing("bar", "count", ("A", "B"), (one,))
    slide = decks.Slide("x", "T", "S", "F", "N", alt=drawing.told(), drawing=drawing)
    deck = decks.Deck("T", "S", ("Draft",), (slide,), "en", ())

    (chart,) = [shape.chart for shape in opened(deck).slides[1].shapes if shape.has_chart]

    assert list(chart.plots[0].categories) == ["A", "B (hidden)"]
    assert list(chart.plots[0].series[0].values) == [3, None]
    assert ">hidden</text>" in slides_html.html(deck)


def test_bars_are_as_long_as_their_numbers():
    one = Series("Plans", (100.0, 25.0, 0.0), ("100", "25", "0"), "#0B5A8F")

    text = svg_charts.svg(Drawing("bar", "count", ("A", "B", "C"), (one,)), "told")

    wide = [float(each) for each in re.findall(r'width="([\d.]+)%" height="[\d.]+" fill', text)]
    assert wide == [72, 18, 0]


def test_the_html_deck_is_one_file_that_fetches_nothing(deck):
    text = slides_html.html(deck)

    assert "default-src 'none'" in text
    assert not re.search(r"""(src|href)=["'](?!data:)|url\((?!data:)|@import""", text)
    assert text.count("<section") == 1 + len(deck.slides)
    for slide in deck.slides:
        assert slide.title in text.replace("&amp;", "&")


def test_both_formats_say_the_same(deck):
    presentation, page = opened(deck), slides_html.html(deck)

    for made in presentation.slides:
        for shape in made.shapes:
            if shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    assert paragraph.text in page


def test_two_runs_give_the_same_bytes(release):
    first, second = (decks.make_deck(release, decks.Wanted({}, "en")) for _ in "12")

    assert slides_pptx.pptx(first) == slides_pptx.pptx(second)
    assert slides_html.html(first) == slides_html.html(second)


def test_a_draft_says_so_until_it_is_final(release):
    draft = decks.make_deck(release, decks.Wanted({}, "lv"))
    final = decks.make_deck(release, decks.Wanted({}, "lv", is_final=True))

    assert "Melnraksts" in draft.marks
    assert final.marks == ("Galīgā versija",)


def test_a_deck_file_chooses_slides_and_says_them_in_own_words(tmp_path, release):
    file = tmp_path / "deck.yaml"
    file.write_text(
        "title: {lv: Mūsu, en: Ours}\n"
        "slides:\n- {finding: risks, message: {lv: Mācības, en: Learning comes first}}\n",
        encoding="utf-8",
    )

    deck = decks.make_deck(release, decks.Wanted({}, "en", deck=decks.read_deck(file, "en")))

    assert deck.title == "Ours"
    assert deck.slides[0].title == "Learning comes first"
    assert "71.5" in deck.slides[0].notes


@pytest.mark.parametrize(
    "text",
    ["- 1", "title: {lv: A}\nslides: []", "title: {lv: A, en: A}\nslides: [{finding: nothing}]"],
)
def test_a_deck_file_that_cannot_be_used_says_why(tmp_path, text):
    file = tmp_path / "deck.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(decks.BadDeck):
        decks.read_deck(file, "lv")


def test_what_a_place_has_no_figures_on_is_said_and_not_left_empty(release):
    own = {"title": {"en": "T"}, "slides": [{"finding": "risks"}]}
    where = {"municipality_today": "Tukuma novads"}

    deck = decks.make_deck(release, decks.Wanted(where, "en", deck=own))

    assert deck.slides[-1].name == "left_out"
    assert deck.slides[-1].grid.rows[0][1] == "These data do not answer it."


def test_logos_stand_on_the_first_slide(tmp_path, deck):
    from PIL import Image  # noqa: PLC0415  (needed by this test alone)

    logo = tmp_path / "fonds.png"
    Image.new("RGB", (400, 100), "#0B5A8F").save(logo)

    presentation, page = opened(deck, [logo]), slides_html.html(deck, [logo])

    pictures = [shape for shape in presentation.slides[0].shapes if shape.shape_type == 13]
    assert len(pictures) == 1
    assert 'alt="Logotips: fonds"' in page


def test_every_finding_of_a_deck_exists_and_every_finding_has_a_deck():
    from pumpurs_analysis import catalogue  # noqa: PLC0415  (needed by this test alone)

    used = {slide["finding"] for deck in catalogue.entries("decks")["decks"].values()
            for slide in deck["slides"]}  # fmt: skip

    assert used == set(findings.FINDINGS)


def test_a_number_is_written_as_the_page_writes_it():
    assert drawings.written(0.715, "share", "lv") == "71,5\xa0%"
    assert drawings.written(123456, "money", "lv") == "1\xa0234,56\xa0€"
