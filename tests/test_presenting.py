"""The pages that make a deck and a case study: what is offered, made, refused, and forgotten."""

import io
import json
import re
import shutil
from zipfile import ZipFile

import pytest
from pptx import Presentation

from pumpurs_analysis.app import case_page, page, places, presenting
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.upload import Cancelled
from pumpurs_analysis.case_studies import documents, notebook
from pumpurs_analysis.export import contents, output_folder

PLACE = "Tukuma novads"


@pytest.fixture(autouse=True)
def _nothing_loaded(monkeypatch):
    monkeypatch.setattr("pumpurs_analysis.workspace.which", lambda: None)
    monkeypatch.setattr("pumpurs_analysis.export.browser.chromium", lambda: "")
    monkeypatch.setattr("pumpurs_analysis.case_studies.pictures.chromium", lambda: "")


@pytest.fixture
def loaded(monkeypatch, example_workspace):
    monkeypatch.setattr("pumpurs_analysis.workspace.which", lambda: example_workspace)


def form_of(desk, query):
    (form,) = [part for part in desk.build(Selection.from_query(query)) if part.kind == "form"]
    return form


def filled(form, **more):
    """What the browser sends for a form left as it is, with what the test changes."""
    taken = [{"name": one.name, "text": ""} for one in form.picks if one.is_on]
    whole = {"about": form.about, "lines": {}, "choices": {"status": "draft"}, "picks": taken}
    return {"form.json": json.dumps(whole | more).encode()}


def made(desk, query, files, told=lambda *_: None):
    desk.take(files, told)()
    parts = desk.build(Selection.from_query(query))
    return {part.id: part for part in parts}


def test_a_deck_of_published_figures_is_made_with_own_words():
    desk, query = presenting.Desk(), "lang=lv"
    form = form_of(desk, query)
    picks = [{"name": "risks", "text": "Mācības pirmajā vietā\n"}]
    told = []

    parts = made(desk, query, filled(form, picks=picks, lines={"title": "Mūsu stāsts"},
                 choices={"status": "final"}), lambda *step: told.append(step))  # fmt: skip

    name, content = desk.download("downloads", "pptx", Selection.from_query(query))
    slides = list(Presentation(io.BytesIO(content)).slides)
    assert name == "prezentacija.pptx"
    assert [slide.shapes.title.text_frame.text for slide in slides] == [
        "Mūsu stāsts", "Mācības pirmajā vietā", "Kā lasīt šos skaitļus",
    ]  # fmt: skip
    assert "71,5" in slides[1].notes_slide.notes_text_frame.text
    assert "Galīgā versija" in slides[0].shapes[2].text_frame.text
    assert [step[:2] for step in told] == [(0, 3), (1, 3), (2, 3)]
    assert parts["deck"].result_tone == "warning"  # no Chromium: no PDF, and it is said
    assert "Chromium" in parts["deck"].result
    assert [offer.name for offer in parts["downloads"].offers] == ["pptx", "html", "zip"]


@pytest.mark.usefixtures("loaded")
def test_the_page_shows_what_everybody_may_see_even_to_the_owner(monkeypatch):
    monkeypatch.setenv("PUMPURS_AUDIENCE", "owner")
    desk, query = presenting.Desk(), f"lang=lv&municipality_today={PLACE}"

    parts = made(desk, query, filled(form_of(desk, query)))
    _, content = desk.download("downloads", "html", Selection.from_query(query))

    release = places.public_release()
    assert release.audience == "public"
    wanted = {each.label("lv"): each.text("lv")
              for each in contents.headlines(release, {"municipality_today": PLACE})}  # fmt: skip
    tiles = re.findall(r"<div><dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", content.decode())
    assert dict(tiles) == wanted
    assert "Iekšēj" not in content.decode()
    assert PLACE in parts["deck"].title


@pytest.mark.usefixtures("loaded")
def test_the_zip_is_what_the_command_writes(tmp_path):
    desk, query = presenting.Desk(), "lang=en"
    made(desk, query, filled(form_of(desk, query)))

    _, content = desk.download("downloads", "zip", Selection.from_query(query))

    release = places.public_release()
    wanted = presenting.decks.Wanted({}, "en")
    output_folder.write_slides(release, wanted, tmp_path)
    with ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == sorted(path.name for path in tmp_path.iterdir())
        for path in tmp_path.iterdir():
            assert archive.read(path.name) == path.read_bytes(), path.name


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("query", "evidence", "where"),
    [
        pytest.param("lang=lv", "records", {}, id="programme"),
        pytest.param(f"municipality_today={PLACE}", "records", {"municipality_today": PLACE},
                     id="place of the records"),
        pytest.param("municipality_today=Rīga", "published", {"municipality_today": "Rīga"},
                     id="place of pages alone"),
        pytest.param("evidence=published", "published", {}, id="pages wanted"),
        pytest.param("school=Silenes+pamatskola", "published",
                     {"municipality_today": "Augšdaugavas novads", "school": "Silenes pamatskola"},
                     id="school of pages"),
        pytest.param("municipality_today=<x>&school=<y>&school_year=<z>", "records", {},
                     id="typed"),
    ],
)  # fmt: skip
def test_an_address_leads_to_the_data_that_know_the_place(query, evidence, where):
    view = presenting._view(Selection.from_query(query))

    assert (view.release.data.evidence, dict(view.where)) == (evidence, where)


@pytest.mark.usefixtures("loaded")
def test_a_slide_that_cannot_be_shown_says_why_and_cannot_be_taken():
    desk, query = presenting.Desk(), f"lang=en&municipality_today={PLACE}"
    form = form_of(desk, query)
    closed = {pick.name: pick.note for pick in form.picks if pick.line is None}

    parts = made(desk, query, filled(form, picks=[{"name": name} for name in closed]))

    assert closed["places"] == ("The slide compares several places or years; here there is one.")
    assert all(closed.values())
    assert parts["deck"].result == "No slide that can be shown is ticked. Tick at least one."
    assert "downloads" not in parts


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"vairogs.png": b"no picture"}, "vairogs.png cannot be used", id="broken"),
        pytest.param({"logo.svg": b"<svg/>"}, "logo.svg cannot be used", id="other kind"),
        pytest.param({"liels.png": bytes(2_000_001)}, "liels.png is too large", id="too large"),
        pytest.param({f"{n}.png": b"" for n in range(7)}, "too many logos: at most 6", id="many"),
    ],
)
def test_a_logo_that_cannot_be_used_gives_a_sentence(files, said):
    desk, query = presenting.Desk(), "lang=en"

    parts = made(desk, query, filled(form_of(desk, query)) | files)

    assert said in parts["deck"].result
    assert parts["deck"].result_tone == "error"
    assert "downloads" not in parts


def test_a_logo_stands_on_the_first_slide():
    from PIL import Image  # noqa: PLC0415  (needed by this test alone)

    out = io.BytesIO()
    Image.new("RGB", (400, 100), "#0B5A8F").save(out, "PNG")
    desk, query = presenting.Desk(), "lang=lv"

    made(desk, query, filled(form_of(desk, query)) | {"fonds.png": out.getvalue()})

    _, page_text = desk.download("downloads", "html", Selection.from_query(query))
    assert 'alt="Logotips: fonds"' in page_text.decode()


def test_whoever_cancels_keeps_nothing():
    desk, query = presenting.Desk(), "lang=lv"

    def cancel(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        desk.take(filled(form_of(desk, query)), cancel)

    assert [part.kind for part in desk.build(Selection())] == ["head", "filters", "form", "foot"]
    with pytest.raises(LookupError):
        desk.download("downloads", "pptx", Selection())


def test_another_place_does_not_offer_the_former_deck():
    desk, query = presenting.Desk(), "lang=lv"
    made(desk, query, filled(form_of(desk, query)))

    parts = desk.build(Selection(filters={"municipality_today": "Liepāja"}))

    assert all(part.kind != "downloads" for part in parts)


def test_files_come_through_the_page_and_the_filters_stay():
    """The way a browser goes: announce, send, end; then ask for the file."""
    desk = presenting.Desk()
    living = page.show(desk.build, download=desk.download, take=desk.take)
    living.selection.choose("municipality_today", "Liepāja")
    sent = []
    living.send = lambda message, buffers=None: sent.append((message, buffers))
    (content,) = filled(form_of(desk, living.query)).values()

    def say(**message):
        living._receive(None, {"kind": "upload", **message}, message.pop("buffers", ()))

    say(step="begin", files=[{"name": "form.json", "size": len(content)}])
    turn = sent[-1][0]["turn"]
    say(step="piece", turn=turn, file=0, buffers=[content])
    say(step="end", turn=turn)
    living._receive(None, {"kind": "download", "part": "downloads", "format": "html"}, ())

    assert living.selection.filters == {"municipality_today": "Liepāja"}
    assert sent[-2][0]["name"] == "prezentacija-liepaja.html"
    assert b"Liep" in sent[-2][1][0]


def test_a_case_study_is_read_on_the_page_without_a_workspace():
    desk = case_page.Desk()
    query = f"lang=en&municipality_today={PLACE}"

    parts = desk.build(Selection.from_query(query))

    said = [block.p[0] for part in parts if part.kind == "prose" for block in part.blocks]
    story = case_page._chosen(Selection.from_query(query))
    assert [each for each in said if each in {s.text("en") for s in story.sentences}] == [
        each.text("en") for each in story.sentences
    ]
    links = [piece.href for part in parts if part.kind == "prose" for block in part.blocks
             for piece in block.p if not isinstance(piece, str)]  # fmt: skip
    assert any(href.startswith("https://") for href in links)


def test_before_a_choice_the_case_study_offers_what_something_is_known_of():
    chosen = next(
        part for part in case_page.Desk().build(Selection(language="en")) if part.id == "choose"
    )

    lists = [links for block in chosen.blocks for _, links in getattr(block, "dl", ())]
    led = {link.text: link.href for link in lists[-1] if not isinstance(link, str)}
    assert led["Rēzekne"] == "?lang=en&municipality_today=R%C4%93zekne"
    assert list(led)[:2] == ["Ādažu novads", "Augšdaugavas novads"]  # the Latvian order
    assert "Alūksnes novads" not in led, "no page states a figure of it"


def test_the_documents_of_the_page_are_those_of_the_command(monkeypatch, tmp_path):
    desk = case_page.Desk()
    query = f"lang=lv&municipality_today={PLACE}"
    form = form_of(desk, query)
    steps = []

    made(desk, query, filled(form), lambda *step: steps.append(step))

    asked = notebook.Asked(PLACE)
    monkeypatch.setattr(
        documents, "executed", lambda asked: documents.parts_of(asked.story(), asked.language)
    )
    for path in documents.write(asked, tmp_path):
        name, content = desk.download("downloads", path.suffix[1:], Selection.from_query(query))
        assert (name, content) == (path.name, path.read_bytes())
    assert [step[0] for step in steps] == list(range(steps[0][1]))


@pytest.mark.usefixtures("loaded")
def test_the_case_study_shows_the_headlines_of_the_release():
    release = places.public_release()
    wanted = {each.key: each for each in contents.headlines(release, {"municipality_today": PLACE})}
    story = case_page._chosen(Selection(filters={"municipality_today": PLACE}))

    told = [claim for sentence in story.sentences for claim in sentence.claims.values()]

    def value(measure, column, **where):
        (found,) = {claim.value for claim in told
                    if (claim.figure.measure, claim.figure.column) == (measure, column)
                    and not claim.figure.by and not claim.figure.everywhere
                    and where.items() <= claim.figure.where.items()}  # fmt: skip
        return found

    assert value("participation", "learner_count") == wanted["learners"].value
    assert value("participation", "plan_count") == wanted["plans"].value
    assert value("cost_against_cap", "paid_cents") == wanted["paid"].value


def test_two_municipalities_with_documents_in_both_languages_have_no_empty_part():
    for language in ("lv", "en"):
        for name in ("Varakļānu novads", "Liepāja"):
            parts = case_page.Desk().build(
                Selection(language=language, filters={"municipality_today": name})
            )
            assert len({part.id for part in parts}) == len(parts)
            prose = [part for part in parts if part.kind == "prose"]
            assert all(part.blocks for part in prose)
            assert not [block.p[0] for part in prose for block in part.blocks
                        if "None" in block.p[0] or "nan" in block.p[0].split()]  # fmt: skip


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_a_pdf_has_a_page_for_each_slide_and_the_same_bytes_twice(monkeypatch):
    monkeypatch.undo()
    from pumpurs_analysis.export import browser, slides_html  # noqa: PLC0415  (needed here alone)

    deck = presenting.decks.make_deck(places.stated(), presenting.decks.Wanted({}, "lv"))
    text = slides_html.html(deck)

    first, second = browser.pdf(text), browser.pdf(text)

    assert first == second
    assert len(re.findall(rb"/Type\s*/Page\b", first)) == 1 + len(deck.slides)
