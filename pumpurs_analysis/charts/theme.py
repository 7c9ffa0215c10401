"""How every chart looks: one template, one colour per meaning, one frame of words around it.

Title, subtitle, footnote and text summary are given to ``framed`` and kept in ``layout.meta`` too,
so that a page can show them as real text and ask for the chart without them (``bare``).
"""

import json
import textwrap
from dataclasses import asdict, dataclass
from typing import Any

import plotly.graph_objects as go

from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.text import NBSP, Language

FONT = "Inter, 'Segoe UI', Arial, sans-serif"
TEXT = "#1F2933"
MUTED = "#5A6470"
GRID = "#E4E7EB"
STRIPE = "#F3F5F7"  # every second line of places
BEHIND = "#CFD7DF"  # what could have been, behind what was; seen on a chosen row too
ACCENT = "#0B5A8F"
PALE = "#A9C6DB"
CHOSEN = "#E1EDF6"  # behind what a page is narrowed to
WARNING = "#B8400A"
RISK = {
    "learning": "#0072B2",
    "economic": "#009E73",
    "family": "#A85C8B",
    "social_health": "#D55E00",
}
SUPPORT = {
    "consultation": "#0B5A8F",
    "catering": "#B34E00",
    "transport": "#00745A",
    "lodging": "#8A4671",
    "special_transport": "#5C6B00",
    "personal_items": "#6B5B95",
}
RELATION = {
    "agrees": "#00745A",
    "consistent": "#00745A",
    "contradicts": "#B8400A",
    "explained": "#5A6470",
}

EDGE = 24  # distance of words from the figure's edge, in pixels
_LINE = 20  # height of one line of footnote, in pixels
_CHARACTERS = 118  # footnote characters that fit one line at the default width

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 14, "color": TEXT},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "hoverlabel": {"font": {"family": FONT, "size": 14}, "bgcolor": "#FFFFFF"},
        "xaxis": {"gridcolor": GRID, "zeroline": False, "automargin": False, "fixedrange": True},
        "yaxis": {"gridcolor": GRID, "zeroline": False, "automargin": False, "fixedrange": True},
        "showlegend": False,
        "bargap": 0.35,
    }
)


@dataclass(frozen=True)
class Words:
    """The words of a figure; none may be missing.

    Attributes:
        name: Name of the measure.
        title: What is shown; true under any filter.
        subtitle: Period and unit.
        footnote: n, sources, hidden cells.
        summary: The figure in one or two sentences, for who cannot see it.
    """

    name: str
    title: str
    subtitle: str
    footnote: str
    summary: str


def framed(figure: Draft, words: Words, language: Language, *, height: int) -> go.Figure:
    """Put title, subtitle and footnote around a figure and keep them in ``layout.meta``.

    Args:
        figure: Traces and axes, with its left and bottom margin set.
        words: What stands around it.
        language: For decimal marks in hover texts and axes.
        height: Height of the drawing itself, in pixels; words come on top of it.

    Returns:
        The figure, done.
    """
    lines = _wrapped(words.footnote, _CHARACTERS)
    margin = figure.layout.get("margin", {})
    left, below = margin.get("l", EDGE), margin.get("b", 30)
    title_lines = _wrapped(words.title, 68)
    subtitle_lines = _wrapped(words.subtitle, 110)
    top = 60 + 28 * len(title_lines) + _LINE * (len(subtitle_lines) - 1) + margin.get("t", 0)
    figure.update_layout(
        template=TEMPLATE,
        separators=f",{NBSP}" if language == "lv" else ".,",
        height=height + top + below + _LINE * len(lines) + EDGE,
        margin={
            "l": left,
            "r": margin.get("r", EDGE),
            "t": top,
            "b": below + _LINE * len(lines) + EDGE,
        },
        title={
            "text": f"<b>{'<br>'.join(title_lines)}</b>",
            "subtitle": {
                "text": "<br>".join(subtitle_lines),
                "font": {"size": 15, "color": MUTED},
            },
            "font": {"size": 22},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"l": EDGE, "t": 18},
        },
        meta=asdict(words),
    )
    figure.add_annotation(
        name="footnote",
        text="<br>".join(lines),
        showarrow=False,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xanchor="left",
        yanchor="top",
        xshift=EDGE - left,
        yshift=-below,
        align="left",
        font={"size": 13, "color": MUTED},
    )
    return figure.figure()


def bare(figure: go.Figure) -> dict[str, Any]:
    """Give a figure's JSON without the words around it, for a page that shows them as text.

    Example:
        >>> words = Words("x", "Title", "Subtitle", "Footnote", "Summary")
        >>> figure = framed(Draft(), words, "en", height=200)
        >>> bare(figure)["layout"]["height"]
        230
    """
    taken_off = len(_wrapped(figure.layout.meta["footnote"], _CHARACTERS)) * _LINE + EDGE
    spec: dict[str, Any] = json.loads(figure.to_json())
    layout, meta = spec["layout"], figure.layout.meta
    words = layout.get("annotations", [])
    layout["annotations"] = [note for note in words if note.get("name") != "footnote"]
    margin = layout["margin"]
    top = meta.get("top", 0)
    layout["height"] -= taken_off + margin["t"] - top
    layout["margin"] = {"t": top, "b": margin["b"] - taken_off, "l": 2, "r": 10}
    # Where rows, columns and names are: a page finds room for them by its own width (kit.js).
    places = ("rows", "left", "right", "first", "beside", "line", "columns")
    layout["meta"] = {name: meta[name] for name in places if name in meta}
    for note in layout["annotations"]:
        if "rows" in meta:
            note.pop("xshift", None)
    del layout["title"]
    return spec


def label_above(
    figure: Draft, position: float, text: str, *, offset: int = 16, name: str = "label"
) -> None:
    """Write a row's label above its bar, so that long Latvian names fit a phone too."""
    figure.add_annotation(
        name=name,
        text=text,
        showarrow=False,
        xref="paper",
        x=0,
        y=position,
        xanchor="left",
        yanchor="bottom",
        yshift=offset,
        align="left",
    )


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
