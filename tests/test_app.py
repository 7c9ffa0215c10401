"""Pages without a browser: traits and messages in, parts and answers out."""

import json
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.offline import get_plotlyjs_version

from pumpurs_analysis.app.page import as_csv, show
from pumpurs_analysis.app.parts import (
    Cell,
    Chart,
    Choice,
    Column,
    Definitions,
    Filter,
    Filters,
    Head,
    Link,
    Part,
    Prose,
    Row,
    Table,
    Tile,
    Tiles,
    Width,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import PAGE_MIME, PLOTLY, STATIC, Page, words

Sent = list[tuple[dict[str, Any], list[bytes]]]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUERY_STRING", "VOILA_PREHEAT", "PUMPURS_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "lv_LV.UTF-8")


def schools_table(chosen: Selection) -> Table:
    names = ["Ķekavas vsk.", "Kandavas vsk.", "Ādažu vsk."]
    rows = [Row([name, Cell(str(n), n)], pick=name) for n, name in enumerate(names)]
    kept = [row for row in rows if chosen.chosen("school") in {"", row.pick}]
    columns = [Column("Skola"), Column("Skaits", numeric=True)]
    return Table(id="schools", title="Skolas", columns=columns, rows=kept, downloads=["csv"])


def two_parts(chosen: Selection) -> list[Part]:
    choices = [Choice("", "Visas"), Choice("Ādažu vsk.", "Ādažu vsk.")]
    return [
        Head(title="Pārskats" if chosen.language == "lv" else "Overview"),
        Filters(filters=[Filter("school", "Skola", choices, chosen.chosen("school"))]),
        schools_table(chosen),
    ]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = show(two_parts)
    page.sent = sent = []
    monkeypatch.setattr(page, "send", lambda text, buffers=(): sent.append((text, list(buffers))))
    return page


def tell(page: Page, **message: str) -> None:
    page._handle_custom_msg(message, [])


def bundle_of(page: Page) -> dict[str, Any]:
    shown = page._repr_mimebundle_()
    assert shown is not None
    return shown[0]


def rows_of(page: Page) -> list[str]:
    table = next(part for part in page.parts if part["id"] == "schools")
    names = table["columns"][0]
    return [names["cells"][at][0] for at in names["at"]]


def test_a_language_message_redraws_the_page(page: Page) -> None:
    tell(page, kind="language", value="en")

    assert (page.language, page.title, page.query) == ("en", "Overview", "lang=en")
    assert page.words["table"] == "Data as a table"


def test_setting_the_selection_redraws_the_page(page: Page) -> None:
    page.selection.choose("school", "Ādažu vsk.")

    assert rows_of(page) == ["Ādažu vsk."]


def test_a_filter_message_narrows_and_clear_widens(page: Page) -> None:
    tell(page, kind="filter", name="school", value="Ādažu vsk.")
    narrowed = rows_of(page)
    tell(page, kind="clear")

    assert narrowed == ["Ādažu vsk."]
    assert len(rows_of(page)) == 3


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(
            {"kind": "filter", "name": "school", "value": "Ķekavas vsk."}, id="not offered"
        ),
        pytest.param({"kind": "filter", "name": "drop", "value": "Ādažu vsk."}, id="no filter"),
        pytest.param({"kind": "language", "value": "ru"}, id="language"),
        pytest.param({"kind": "query", "query": "school=Ķekavas&x=1"}, id="address"),
        pytest.param({"kind": "__class__"}, id="unknown kind"),
        pytest.param({}, id="empty"),
    ],
)
def test_what_is_not_offered_changes_nothing(page: Page, message: dict[str, str]) -> None:
    before = page.query, page.parts

    tell(page, **message)

    assert (page.query, page.parts) == before
    assert page.sent[-1][0] == {"kind": "done"}


def test_the_browser_sets_no_trait(page: Page) -> None:
    page._handle_msg({"content": {"data": {"method": "update", "state": {"title": "x"}}}})

    assert page.title == "Pārskats"


def test_one_step_draws_once(page: Page) -> None:
    drawn = page.revision

    page.selection.take(Selection(language="en", filters={"school": "Ādažu vsk."}))

    assert page.revision == drawn + 1


def test_an_address_is_answered_even_if_nothing_changes(page: Page) -> None:
    drawn = page.revision

    tell(page, kind="query", query="lang=lv")

    assert page.revision == drawn + 1


def test_the_first_view_follows_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUERY_STRING", "lang=en&school=%C4%80da%C5%BEu+vsk.&other=1")

    page = show(two_parts)

    assert page.language == "en"
    assert page.selection.filters == {"school": "Ādažu vsk."}


def test_in_voila_the_page_stands_in_the_html(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOILA_PREHEAT", "False")

    bundle = bundle_of(show(two_parts))

    assert bundle[PAGE_MIME]["state"]["query"] == "lang=lv"
    assert json.dumps(bundle[PAGE_MIME])


def test_a_notebook_holds_no_page_data() -> None:
    bundle = bundle_of(show(two_parts))

    assert PAGE_MIME not in bundle


def test_a_failure_is_a_sentence_and_the_log_has_no_data(capfd: pytest.CaptureFixture[str]) -> None:
    def failing(_chosen: Selection) -> list[Part]:
        raise ValueError("Jānis 010101-12345")

    page = show(failing)

    assert page.title == "Lapu neizdevās parādīt"
    assert "Jānis" not in json.dumps(page.parts, ensure_ascii=False)
    logged = capfd.readouterr().err
    assert "ValueError" in logged
    assert "Jānis" not in logged


def test_a_page_recovers_after_a_failure() -> None:
    def moody(chosen: Selection) -> list[Part]:
        return [Head(title=str(1 // (chosen.language == "lv")))]

    page = show(moody)
    tell(page, kind="language", value="en")
    failed = page.title
    tell(page, kind="language", value="lv")

    assert (failed, page.title) == ("The page could not be shown", "1")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([6, 6], [6, 6]),
        ([6, 6, 6], [6, 6, 12]),
        ([12, 6, 12, 6, 6], [12, 12, 12, 6, 6]),
        ([8, 4, 6], [8, 4, 12]),
        ([6], [12]),
    ],
)
def test_a_half_wide_card_without_a_neighbour_takes_the_row(
    given: list[Width], shown: list[Width]
) -> None:
    tables = [
        Table(id=str(place), title="T", columns=[], rows=[], width=width)
        for place, width in enumerate(given)
    ]

    page = show(lambda _chosen: tables)

    assert [part["width"] for part in page.parts] == shown


def test_a_download_is_asked_for_and_answered(page: Page) -> None:
    tell(page, kind="download", part="schools", format="csv")

    answer, content = page.sent[0]
    assert answer == {"kind": "file", "part": "schools", "name": "skolas.csv"}
    assert content[0].decode("utf-8-sig").splitlines()[:2] == ["Skola;Skaits", "Ķekavas vsk.;0"]


@pytest.mark.parametrize("asked", [("schools", "xlsx"), ("other", "csv")])
def test_a_download_not_offered_is_not_made(page: Page, asked: tuple[str, str]) -> None:
    tell(page, kind="download", part=asked[0], format=asked[1])

    assert page.sent == [({"kind": "done"}, [])]


def test_a_download_that_fails_says_so() -> None:
    page = show(two_parts, download=lambda _part, _form, _chosen: ("x", b"%d" % (1 // 0)))
    page.send = lambda text, buffers=(): sent.append((text, list(buffers)))
    sent: Sent = []

    tell(page, kind="download", part="schools", format="csv")

    assert sent == [({"kind": "file", "part": "schools"}, []), ({"kind": "done"}, [])]


def test_names_are_ranked_the_latvian_way(page: Page) -> None:
    table = next(part for part in page.parts if part["id"] == "schools")

    ranks = dict(table["columns"][0]["cells"])

    assert sorted(ranks, key=lambda name: ranks[name]) == [
        "Ādažu vsk.",
        "Kandavas vsk.",
        "Ķekavas vsk.",
    ]


def test_a_hidden_cell_has_no_number_anywhere() -> None:
    table = Table(id="t", title="T", columns=[Column("n", numeric=True)], rows=[Row([Cell("<5")])])

    told = table.to_json()
    assert (told["columns"][0]["cells"], told["rows"]) == ([["<5", None]], {})


def test_the_script_that_draws_is_of_the_version_that_figures_are_made_for() -> None:
    first_words = (STATIC / PLOTLY).read_bytes()[:200].decode()

    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}\n" in first_words


def test_a_figure_becomes_plain_json() -> None:
    figure = go.Figure(go.Bar(x=[1, 2], y=["Ēdināšana", "Transports"]))

    part = Chart(id="c", title="T", figure=figure, summary="S").to_json()

    assert part["figure"]["data"][0]["y"] == ["Ēdināšana", "Transports"]
    assert json.dumps(part)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "JavaScript:x", "file:///etc"]
)
def test_a_link_leads_nowhere_unsafe(href: str) -> None:
    with pytest.raises(ValueError, match="a link leads to"):
        Link("x", href)


def test_every_part_is_json() -> None:
    parts = [
        Tiles(id="t", tiles=[Tile("Plāni", "1", tone="warning")]),
        Prose(id="p", blocks=[Definitions([("a", ["b", Link("c", "?d")])])]),
    ]

    assert [json.loads(json.dumps(part.to_json())) for part in parts] == [
        part.to_json() for part in parts
    ]


def test_both_languages_have_the_same_words_and_places() -> None:
    def places(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    lv, en = words("lv"), words("en")

    assert lv.keys() == en.keys()
    assert [key for key in lv if places(lv[key]) != places(en[key])] == []


def test_a_formula_stays_text_in_csv() -> None:
    rows = [Row(["=1+1", Cell("-5", -5)]), Row(["@x", Cell("x")])]
    columns = [Column("+a"), Column("n", numeric=True)]
    table = Table(id="t", title="T", columns=columns, rows=rows, footnote=["Avots: A."])

    lines = as_csv(table).decode("utf-8-sig").splitlines()

    assert lines == ["'+a;n", "'=1+1;-5", "'@x;x", "", "Avots: A."]


@given(
    st.sampled_from(["lv", "en"]),
    st.dictionaries(
        st.text("aābcņ", min_size=1, max_size=6),
        st.text("xyž &=?", min_size=1, max_size=9),
        max_size=4,
    ),
)
def test_an_address_keeps_the_selection(language: str, filters: Mapping[str, str]) -> None:
    selection = Selection(language=language, filters=dict(filters))

    again = Selection.from_query("?" + selection.as_query(), language="lv")

    assert (again.language, again.filters) == (language, filters)


@given(st.text(max_size=60))
def test_any_address_gives_a_selection(query: str) -> None:
    assert Selection.from_query(query).language in {"lv", "en"}
