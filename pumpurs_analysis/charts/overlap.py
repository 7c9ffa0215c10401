"""Charts of risk groups that stand together: an UpSet of combinations, a matrix of pairs."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.charts import groups, rows, theme, tiles
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, number, percent, say

_COLUMNS = 9  # combinations drawn; what is rarer is told together
_BARS, _LINE = 190, 44
_DOTS = 4 * _LINE
_DARK = 0.55  # from this share on a cell is so dark that its text is white
_DEEPEST = 0.8  # the share of the deepest colour
_CELL, _PITCH = 70, 96  # a row's name stands above its cells


def risk_overlap(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw combinations of risk groups as an UpSet, or pairs of them as a matrix.

    Args:
        published: ``protect(measures.risk_overlap(...))``; of several groups the first is drawn.
        language: Language of the words.
    """
    view, basis = (published.result.choices[name] for name in ("view", "basis"))
    found = groups.groups(published, language)
    name, frame = found[0] if found else ("", published.frame)
    figure = Draft()
    draw = _upset if view == "combination" else _matrix
    height, parts, more = draw(figure, frame, language)
    whole = frame["denominator_count"].dropna()
    count = float(whole.iloc[0]) if len(whole) else 0.0
    unit = f"count.{basis}s"
    n = say(unit, language, count=count)
    if view == "pair":
        n = say("records.n_diagonal", language)
        more = [say("records.interval_in_text", language)]
    subtitle = say(f"risk_overlap.{view}.subtitle.{basis}", language)
    around = groups.words(
        published, language, parts="; ".join(parts), n=n,
        subtitle=f"{name}: {subtitle}" if name else subtitle,
        more=[*more, groups.rest(language, 1, len(found))],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=height)


def _short(language: Language) -> dict[str, str]:
    codes = catalogue.entries("codes")["risk_category"]
    return {code: entry["short"][language] for code, entry in codes.items()}


def _label(figure: Draft, text: str, *, x: float, y: float, **more: Any) -> None:  # noqa: ANN401  (plotly's own options)
    font = {"size": more.pop("size", 13), "color": more.pop("colour", theme.TEXT)}
    figure.add_annotation(
        name="label", x=x, y=y, text=text, showarrow=False, borderpad=0, font=font, **more
    )


def _upset(
    figure: Draft, frame: pd.DataFrame, language: Language
) -> tuple[int, list[str], list[str]]:
    """Draw a bar for each combination and dots below that say what it joins."""
    known = frame[frame["with_risk_count"].notna()].sort_values(
        "with_risk_count", ascending=False, kind="stable", ignore_index=True
    )
    shown, rare = known.iloc[:_COLUMNS], known.iloc[_COLUMNS:]
    names = _short(language)
    most = float(shown["with_risk_count"].max()) if len(shown) else 1.0
    parts = []
    for place, row in enumerate(shown.to_dict("records")):
        members = [] if row["combination"] == "none" else row["combination"].split("+")
        count = float(row["with_risk_count"])
        bar = (_BARS - 26) * count / most
        figure.add_bar(
            x=[place], y=[bar], base=_DOTS, width=0.62, marker={"color": theme.ACCENT},
            hoverinfo="skip",
        )  # fmt: skip
        written = f"<b>{number(count, language)}</b>"
        _label(figure, written, x=place, y=_DOTS + bar, yanchor="bottom")
        _draw_dots(figure, place, members=members, order=list(names))
        name = " + ".join(names[member] for member in members)
        if not members:
            name = say("risk_overlap.none", language)
            _label(figure, name, x=place, y=_LINE * 1.2, textangle=-90, size=12, colour=theme.MUTED,
                   bgcolor="#FFFFFF")  # fmt: skip
        share = "" if schema.is_missing(row["share"]) else f" ({percent(row['share'], language)})"
        parts.append(f"{name} {number(count, language)}{share}")
    for place, (code, name) in enumerate(names.items()):
        _label(figure, name, x=0, y=_DOTS - 12 - _LINE * place, xref="paper", xanchor="left",
               yanchor="middle", size=12, colour=theme.RISK[code], bgcolor="#FFFFFF")  # fmt: skip
    figure.update_xaxes(range=[-0.6, max(len(shown), 1) - 0.4], visible=False)
    figure.update_yaxes(range=[0, _BARS + _DOTS], visible=False)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 12}, barmode="overlay")
    together = number(float(rare["with_risk_count"].sum()), language)
    more = [say("risk_overlap.rest", language, count=together)] if len(rare) else []
    return _BARS + _DOTS, parts, more


def _draw_dots(figure: Draft, place: int, *, members: list[str], order: list[str]) -> None:
    heights = {code: _DOTS - 32 - _LINE * i for i, code in enumerate(order)}
    figure.add_scatter(
        x=[place] * len(order), y=list(heights.values()), mode="markers", hoverinfo="skip",
        marker={"size": 9, "color": theme.GRID},
    )  # fmt: skip
    figure.add_scatter(
        x=[place] * len(members), y=[heights[code] for code in members], mode="lines+markers",
        line={"color": theme.TEXT, "width": 2.5}, hoverinfo="skip",
        marker={"size": 12, "color": [theme.RISK[code] for code in members]},
    )  # fmt: skip


def _matrix(
    figure: Draft, frame: pd.DataFrame, language: Language
) -> tuple[int, list[str], list[str]]:
    """Draw a cell for each pair: the row's group is given, the column's looked for."""
    names = _short(language)
    order = list(names)
    parts = []
    for row in frame.to_dict("records"):
        line, column = order.index(row["risk_category"]), order.index(row["other_category"])
        is_pair = line != column and not schema.is_missing(row["share"])
        share = float(row["share"]) if is_pair else None
        top = line * _PITCH + 26
        figure.add_shape(
            type="rect", x0=column + 0.02, x1=column + 0.98, y0=top, y1=top + _CELL,
            line={"width": 0}, layer="below", fillcolor=tiles.shade(share and share / _DEEPEST),
        )  # fmt: skip
        colour = "#FFFFFF" if share is not None and share >= _DARK else theme.TEXT
        text = _cell_text(row, language, is_pair=is_pair)
        _label(figure, text, x=column + 0.5, y=top + _CELL / 2, colour=colour)
        if share is not None:
            of_pair = f"{names[order[line]]} – {names[order[column]]}"
            parts.append(f"{of_pair} {percent(share, language)}")
    for place, code in enumerate(order):
        _label(figure, f"<b>{names[code]}</b>", x=0, y=place * _PITCH + 24, xref="paper", size=12,
               xanchor="left", yanchor="bottom", colour=theme.RISK[code])  # fmt: skip
        _label(figure, "<br>".join(rows.wrapped(names[code], 11)), x=place + 0.5, size=11,
               y=len(order) * _PITCH + 4, align="center", yanchor="top",
               colour=theme.RISK[code])  # fmt: skip
    height = len(order) * _PITCH + 58
    figure.add_scatter(x=[None], y=[None], hoverinfo="skip")  # shapes alone make no axes
    figure.update_xaxes(range=[0, len(order)], visible=False)
    figure.update_yaxes(range=[height, 0], visible=False)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 12})
    return height, parts, []


def _cell_text(row: schema.Record, language: Language, *, is_pair: bool) -> str:
    if is_pair:
        share = groups.percent_of(float(row["share"]), language)
        count = number(float(row["with_risk_count"]), language)
        return f"<b>{share}</b><br>{count}<br>{groups.between(row, language)}"
    is_diagonal = row["risk_category"] == row["other_category"]
    if is_diagonal and not schema.is_missing(row["denominator_count"]):
        return f"n = {number(float(row['denominator_count']), language)}"
    return groups.why_missing(row, language)
