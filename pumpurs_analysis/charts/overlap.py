"""Charts of risk groups that stand together: an UpSet of combinations, a matrix of pairs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme, tiles
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, number, percent, say

_COLUMNS = 9  # combinations drawn; what is rarer is told together
_NONE = "none"  # the combination of no risk
_BARS, _LINE, _LETTER = 190, 40, 6.6
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


def _label(figure: Draft, text: str, **options: Any) -> None:  # noqa: ANN401  (plotly's own)
    font = {"size": options.pop("size", 13), "color": options.pop("colour", theme.TEXT)}
    options = {"name": "label", "showarrow": False, "borderpad": 0, "font": font, **options}
    figure.add_annotation(text=text, **options)


def _upset(
    figure: Draft, frame: pd.DataFrame, language: Language
) -> tuple[int, list[str], list[str]]:
    """Draw a bar for each combination and dots below that say what it joins."""
    known = frame[frame["with_risk_count"].notna()].sort_values(
        "with_risk_count", ascending=False, kind="stable", ignore_index=True
    )
    shown, rare = known.iloc[:_COLUMNS], known.iloc[_COLUMNS:]
    names = schema.short_names("risk_category", language)
    if (shown["combination"] == _NONE).any():
        names[_NONE] = say("risk_overlap.none", language)
    under = _LINE * len(names)
    most = float(shown["with_risk_count"].max()) if len(shown) else 1.0
    parts = []
    for place, row in enumerate(shown.to_dict("records")):
        members = row["combination"].split("+")
        count = float(row["with_risk_count"])
        bar = (_BARS - 26) * count / most
        figure.add_bar(
            x=[place], y=[bar], base=under, width=0.62, marker={"color": theme.ACCENT},
            hoverinfo="skip",
        )  # fmt: skip
        written = f"<b>{number(count, language)}</b>"
        _label(figure, written, x=place, y=under + bar, yanchor="bottom")
        name = " + ".join(names[member] for member in members)
        share = "" if schema.is_missing(row["share"]) else f" ({percent(row['share'], language)})"
        parts.append(f"{name} {number(count, language)}{share}")
    _dots(figure, [row.split("+") for row in shown["combination"]], list(names))
    left = round(max(map(len, names.values())) * _LETTER) + 16
    for at, (code, name) in enumerate(names.items()):
        _label(figure, name, x=0, y=under - _LINE * (at + 0.5), xref="paper", xanchor="left",
               xshift=-left, yanchor="middle", name="side",
               colour=theme.RISK.get(code, theme.MUTED))  # fmt: skip
    figure.update_xaxes(range=[-0.6, max(len(shown), 1) - 0.4], visible=False)
    figure.update_yaxes(range=[0, _BARS + under], visible=False)
    margin = {"l": theme.EDGE + left, "r": theme.EDGE, "b": 12}
    meta = {"beside": left, "line": _LINE, "columns": len(shown)}
    figure.update_layout(margin=margin, barmode="overlay", meta=meta)
    together = number(float(rare["with_risk_count"].sum()), language)
    more = [say("risk_overlap.rest", language, count=together)] if len(rare) else []
    more += _hidden(frame, names, language)
    return _BARS + under, parts, more


def _hidden(frame: pd.DataFrame, names: Mapping[str, str], language: Language) -> list[str]:
    """Name the combinations that are not drawn: one of them may be the largest of all."""
    hidden = frame.loc[frame["with_risk_count"].isna(), "combination"]
    told = [" + ".join(names.get(code, code) for code in each.split("+")) for each in hidden]
    return [say("risk_overlap.hidden", language, names="; ".join(told))] if told else []


def _dots(figure: Draft, combinations: list[list[str]], order: list[str]) -> None:
    """Draw a line of places for each risk group, and on it what each combination holds."""
    heights = {code: _LINE * (len(order) - at - 0.5) for at, code in enumerate(order)}
    columns = range(len(combinations))
    for height in list(heights.values())[::2]:
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, y0=height - _LINE / 2, y1=height + _LINE / 2,
            line={"width": 0}, fillcolor=theme.STRIPE, layer="below",
        )  # fmt: skip
    figure.add_scatter(
        x=[*columns] * len(order), y=[y for y in heights.values() for _ in columns],
        mode="markers", hoverinfo="skip", marker={"size": 9, "color": theme.BEHIND},
    )  # fmt: skip
    for place, members in zip(columns, combinations, strict=True):
        figure.add_scatter(
            x=[place] * len(members), y=[heights[code] for code in members], mode="lines+markers",
            line={"color": theme.TEXT, "width": 2.5}, hoverinfo="skip",
            marker={"size": 12, "color": [theme.RISK.get(code, theme.MUTED) for code in members]},
        )  # fmt: skip


def _matrix(
    figure: Draft, frame: pd.DataFrame, language: Language
) -> tuple[int, list[str], list[str]]:
    """Draw a cell for each pair: the row's group is given, the column's looked for."""
    names = schema.short_names("risk_category", language)
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
