import inspect
import re

import plotly.graph_objects as go
import pytest

from pumpurs_analysis import catalogue, charts, measures, protect
from pumpurs_analysis.charts import theme
from pumpurs_analysis.text import LANGUAGES

NAMES = ["published_timeline", "risk_mix", "support_uptake", "cost_against_cap", "published_checks"]


def drawn(figures, name, language="lv"):
    return getattr(charts, name)(protect(getattr(measures, name)(figures)), language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_chart_says_title_subtitle_footnote_and_summary(figures, name, language):
    figure = drawn(figures, name, language)
    words = figure.layout.meta

    assert all(words[part] for part in ("title", "subtitle", "footnote", "summary"))
    assert words["name"] == name
    assert words["title"] in figure.layout.title.text.replace("<br>", " ")
    assert "n = " in words["footnote"]
    assert re.search(r"Avot[si]|Sources?:", words["footnote"])


@pytest.mark.parametrize("name", NAMES)
def test_no_chart_mixes_languages(figures, name):
    def words_of(language):
        figure = drawn(figures, name, language)
        said = [figure.layout.meta[part] for part in ("title", "subtitle", "footnote", "summary")]
        return _without_names(" ".join(said), figures)

    assert not re.search(r"\b(the|of|and|plans|learners|Source)\b", words_of("lv"))
    assert not re.search(r"\b(un|vai|pēc|plāni|izglītojam\w+|Avoti?)\b", words_of("en"))


def _without_names(text, figures):
    """Names of publishers and schools stay in their own language."""
    names = {*figures.sources["publisher"], *figures.published_figures["entity"].dropna()}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_takes_nothing_unprotected(name):
    function = getattr(charts, name)

    assert inspect.signature(function).parameters["published"].annotation.__name__ == "Published"


def test_bars_of_plans_are_what_was_published(figures):
    plans = protect(measures.published_timeline(figures, measure="plans"))
    figure = charts.published_timeline(plans, series=("school_year",))

    assert list(figure.data[0].y) == [6834, 15129, 21732, 19757]


def test_approximate_figures_are_drawn_paler(figures):
    plans = protect(measures.published_timeline(figures, measure="plans"))
    bars = charts.published_timeline(plans, series=("cumulative",)).data
    by_value = {bar.x[0]: bar.marker.color for bar in bars}

    assert by_value[93497] == theme.ACCENT
    assert by_value[30000] == theme.PALE


def test_the_municipal_reform_is_marked_where_the_series_breaks(figures):
    shown = protect(measures.published_timeline(figures, measure="municipalities"))
    breaks = [
        n.text for n in charts.published_timeline(shown).layout.annotations if n.name == "break"
    ]

    assert any("01.07.2021" in text for text in breaks)


def test_risk_bars_add_up_to_all_mentions(figures):
    figure = drawn(figures, "risk_mix")

    shares = [bar.x[0] for bar in figure.data]
    on_mentions, on_plans = shares[:4], shares[4:]
    assert sum(on_mentions) == pytest.approx(100)
    assert sum(on_plans) == pytest.approx(26104 / 21732 * 100)


def test_a_bare_chart_keeps_its_marks_and_loses_its_words(figures):
    figure = drawn(figures, "risk_mix")
    bare = charts.bare(figure)

    assert "title" not in bare["layout"]
    assert not [n for n in bare["layout"]["annotations"] if n.get("name") == "footnote"]
    assert len(bare["data"]) == len(figure.data)
    assert bare["layout"]["height"] < figure.layout.height


def test_drawing_changes_no_global_default(figures):
    import plotly.io as pio  # noqa: PLC0415  (looked at only here)

    before = pio.templates.default
    drawn(figures, "risk_mix")

    assert pio.templates.default == before


def test_every_risk_group_has_its_own_colour():
    assert set(theme.RISK) == set(catalogue.entries("codes")["risk_category"])
    assert len(set(theme.RISK.values())) == len(theme.RISK)


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("colour", "least"),
    [
        *((colour, 3.0) for colour in [*theme.RISK.values(), *theme.SUPPORT.values()]),
        *((colour, 4.5) for colour in (theme.TEXT, theme.MUTED, theme.ACCENT, theme.WARNING)),
    ],
)
def test_colours_stand_out_from_white(colour, least):
    assert 1.05 / (_luminance(colour) + 0.05) >= least


def test_a_chart_is_a_plain_figure_that_lab_shows(figures):
    assert isinstance(drawn(figures, "risk_mix"), go.Figure)
