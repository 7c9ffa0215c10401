"""Charts of payments held against caps: bullets, strips, histograms and bars over time."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.charts import bars, rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, money, number, percent, say, school_year, semester

_TIMES = ("month", "semester", "school_year")
_ROW = 64  # pixels for each kind in a strip
_SHOWN_AT_MOST = 450  # dots of one kind; what is over its cap is always shown
_WIDEST = 150  # percent at which the axis of use ends; what is more stands at its end
_OVER = 111  # percent at which the axis of bands ends
_WIDTH = 9.2  # percent that the bar of a band is wide
_FEW = 8  # bars over which a phone has room for a percentage
_LARGEST = 24  # diameter of the largest circle


@dataclass(frozen=True)
class _Drawn:
    """A drawing, and what its words are about."""

    figure: Draft
    height: int
    variant: str
    parts: list[str]
    subtitle: str = ""
    kind: str = ""


def draw(published: Published, language: Language) -> go.Figure:
    """Draw payments against caps in the way their breakdown asks for."""
    dims = published.result.dimensions
    if "learner_id" in dims:
        return _strip(published, language)
    if "use_band" in dims:
        kinds = published.frame["support_kind"].nunique() if "support_kind" in dims else 1
        return (_bands if kinds > 1 else _histogram)(published, language)
    if len(dims) == 1 and dims[0] in _TIMES:
        return _over_time(published, language)
    return _bullets(published, language)


def group_name(row: schema.Record, dims: Iterable[str], language: Language) -> str:
    """Name a group by its codes' names; what is not known says so.

    Example:
        >>> group_name({"support_kind": "catering"}, ("support_kind",), "en")
        'Catering'
    """
    names = [_value_name(dim, row[dim], language) for dim in dims]
    return ", ".join(names) or say("cost.all", language)


def split(published: Published, language: Language, title: str) -> str:
    """Add to a title what the rows are split by, so that no two charts of a page share one."""
    names = [name for name in published.result.choices.get("by", "").split(", ") if name]
    by = say("title.and", language).join(say(f"by.{name}", language) for name in names)
    return say("title.split", language, title=title, by=by) if by else title


def narrowed(published: Published, language: Language, subtitle: str) -> str:
    """Add to a subtitle what alone the rows are about: it stays true whatever filter is set.

    Args:
        published: What is shown.
        language: Language of the words.
        subtitle: What is shown, in words.
    """
    choices, texts = published.result.choices, catalogue.entries("texts")
    only = [
        group_name({name: code}, (name,), language)
        for key, code in choices.items()
        if (name := key.removeprefix("only.")) != key and f"dimension.{name}" in texts
    ]
    return say("records.only", language, text=subtitle, only=", ".join(only)) if only else subtitle


def _value_name(dim: str, value: object, language: Language) -> str:
    if schema.is_missing(value):
        return say("cost.not_known", language)
    if dim == "semester":
        return semester(str(value), language)
    if dim == "school_year":
        return school_year(str(value), language)
    codes = {"status": "plan_status"}.get(dim, dim)
    return schema.code_names(codes, language, [str(value)])[str(value)]


def _bullets(published: Published, language: Language) -> go.Figure:
    frame, dims = published.frame, published.result.dimensions
    frame = frame[frame["allowed_cents"].fillna(1) > 0]
    frame = frame.sort_values("compared_cents", ascending=False, na_position="last")
    items: list[rows.Item] = []
    parts = []
    for row in frame.to_dict("records"):
        name = group_name(row, dims, language)
        label = _bullet_label(row, language)
        known = not schema.is_missing(row["allowed_cents"])
        items.append(rows.Heading(name, pick=name))
        items.append(
            rows.Row(
                label,
                row["compared_cents"] / 100,
                theme.WARNING if row["compared_cents"] > row["allowed_cents"] else theme.ACCENT,
                behind=row["allowed_cents"] / 100,
                pick=name,
            )
            if known
            else rows.Row(label, None, theme.MUTED, pick=name)
        )
        parts.append(f"{name}: {label.replace('<b>', '').replace('</b>', '')}")
    figure = Draft()
    most = frame[["allowed_cents", "compared_cents"]].max().max()
    limit = 1.0 if schema.is_missing(most) else max(float(most) / 100 * 1.02, 1.0)
    height = rows.draw_rows(figure, items, limits=(0, limit))
    figure.update_xaxes(visible=False)
    return _framed(published, language, _Drawn(figure, height, "bullet", parts))


def _bullet_label(row: schema.Record, language: Language) -> str:
    if schema.is_missing(row["allowed_cents"]):
        return say("cost.hidden", language)
    label = say(
        "cost_against_cap.bullet.row",
        language,
        share=percent(float(row["use_share"]), language),
        paid=money(int(row["compared_cents"]), language),
        allowed=money(int(row["allowed_cents"]), language),
    )
    if schema.is_missing(row.get("over_cap_cents")) or row["over_cap_cents"] == 0:
        return label
    over = money(int(row["over_cap_cents"]), language)
    return f"{label}; {say('cost_against_cap.bullet.over', language, over=over)}"


def _over_time(published: Published, language: Language) -> go.Figure:
    frame, dim = published.frame, published.result.dimensions[0]
    frame = frame.dropna(subset=dim)
    times = [str(code) for code in frame[dim]]
    figure = Draft()
    for column, colour in (("allowed_cents", theme.BEHIND), ("compared_cents", theme.ACCENT)):
        drawn = bars.heights(frame[column], language, per=100)
        if column == "allowed_cents":  # what is hidden is said once
            drawn |= {"text": _shares(frame, language), "textangle": 0}
        figure.add_bar(
            x=bars.places(times), **drawn, marker={"color": colour}, name=column,
            **bars.told(
                [_value_name(dim, code, language) for code in frame[dim]], frame[column], language
            ),
        )  # fmt: skip
    most = frame[["allowed_cents", "compared_cents"]].max().max()
    bars.time_axis(figure, times)
    highest = 0.0 if schema.is_missing(most) else float(most) / 100
    bars.value_axis(figure, highest, language, unit=f"{NBSP}€")
    figure.update_layout(barmode="overlay", margin={"l": 24, "b": 44})
    parts = [
        f"{_value_name(dim, row[dim], language)}: {money(int(row['compared_cents']), language)}"
        for row in frame.to_dict("records")
        if not schema.is_missing(row["compared_cents"])
    ]
    return _framed(published, language, _Drawn(figure, 300, "time", parts))


def _shares(frame: pd.DataFrame, language: Language) -> list[str]:
    """Write over each pale bar how much of the caps was paid, where the bars are few."""
    known = frame["use_share"].between(0, 1).fillna(value=False) & (len(frame) <= _FEW)
    return [
        percent(float(share), language) if is_known else ""
        for share, is_known in zip(frame["use_share"], known, strict=True)
    ]


def _kinds(frame: pd.DataFrame) -> list[str]:
    order = list(catalogue.entries("codes")["support_kind"])
    return [kind for kind in order if kind in set(frame["support_kind"])]


def _strip(published: Published, language: Language) -> go.Figure:
    frame = published.frame
    frame = frame[frame["use_share"].notna()]
    kinds = _kinds(frame)
    figure, parts = Draft(), []
    spread = np.random.default_rng(1)  # the same picture every time
    for place, kind in enumerate(kinds):
        of_kind = frame[frame["support_kind"] == kind]
        is_over = of_kind["over_cap_cents"] > 0
        within = of_kind[~is_over]
        if len(within) > _SHOWN_AT_MOST:
            within = within.sample(_SHOWN_AT_MOST, random_state=1)
        for part, colour, symbol in (
            (within, theme.PALE, "circle"),
            (of_kind[is_over], theme.WARNING, "x"),
        ):
            figure.add_scatter(
                x=(part["use_share"].astype(float) * 100).clip(0, _WIDEST).tolist(),
                y=(place + spread.uniform(-0.25, 0.25, len(part))).tolist(),
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 7},
                hoverinfo="skip",
                name=f"{kind}-{symbol}",
            )
        parts.append(_over_of(kind, language, over=int(is_over.sum()), count=len(of_kind)))
    drawn = _Drawn(figure, 0, "strip", parts, subtitle="strip")
    return _framed(published, language, _use_axis(drawn, kinds, language))


def _bands(published: Published, language: Language) -> go.Figure:
    frame = published.frame
    frame = frame[frame["use_band"].notna()]
    kinds = _kinds(frame)
    figure, parts = Draft(), []
    most = max(float(frame["compared_count"].fillna(0).max() or 0), 1.0)
    for place, kind in enumerate(kinds):
        of_kind = frame[frame["support_kind"] == kind]
        for row in of_kind.to_dict("records"):
            figure.add_scatter(
                x=[_middle(row["use_band"])], y=[place], **_circle(row, most, language)
            )
        counts = of_kind["compared_count"]
        if counts.notna().all():
            over = int(counts[of_kind["use_band"] == "over"].sum())
            parts.append(_over_of(kind, language, over=over, count=int(counts.sum())))
    drawn = _Drawn(figure, 0, "strip", parts, subtitle="band")
    return _framed(published, language, _use_axis(drawn, kinds, language))


def _circle(row: schema.Record, most: float, language: Language) -> dict[str, Any]:
    """A circle whose area is the count, a cross over the cap, an open circle where it is hidden."""
    count, is_over = row["compared_count"], row["use_band"] == "over"
    look: dict[str, Any] = {
        "mode": "markers+text",
        "textposition": "top center",
        "hoverinfo": "skip",
    }
    look |= {"textfont": {"size": 10, "color": theme.MUTED}}
    if schema.is_missing(count):
        hidden = {"color": theme.MUTED, "size": 8, "symbol": "circle-open"}
        return look | {"marker": hidden, "text": [""], "name": "hidden"}
    marker = {
        "color": theme.WARNING if is_over else theme.ACCENT,
        "symbol": "x" if is_over else "circle",
        "size": 4 + _LARGEST * math.sqrt(float(count) / most),
        "opacity": 0.75,
    }
    return look | {"marker": marker, "text": [number(float(count), language)], "name": "counted"}


def _middle(band: str) -> float:
    """Where a band stands; nothing paid stands left of zero, what is over right of the cap."""
    return 105.0 if band == "over" else float(band.removeprefix("to_")) - 5


def _over_of(kind: str, language: Language, *, over: int, count: int) -> str:
    name = schema.code_names("support_kind", language, [kind])[kind]
    return say(
        "cost_against_cap.over_of",
        language,
        name=name,
        over=number(over, language),
        count=number(count, language),
    )


def _use_axis(drawn: _Drawn, kinds: list[str], language: Language) -> _Drawn:
    """Kinds from the top down over one axis: percent of the cap, with the cap as a line."""
    figure, names = drawn.figure, schema.code_names("support_kind", language, kinds)
    for place, kind in enumerate(kinds):
        theme.label_above(figure, place - 0.42, f"<b>{names[kind]}</b>", offset=0)
    _percent_axis(figure, language)
    widest = _WIDEST if drawn.subtitle == "strip" else _OVER
    figure.update_xaxes(range=[-12, widest + 4])
    figure.update_yaxes(range=[len(kinds) - 0.4, -1.1], visible=False)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 60})
    height = max(_ROW * (len(kinds) + 1), 160)
    return replace(drawn, height=height)


def _percent_axis(figure: Draft, language: Language) -> None:
    """Percent of the cap, with the cap as a line and its name left of it, where there is room."""
    figure.add_vline(x=100, line={"color": theme.WARNING, "width": 2})
    figure.add_annotation(
        name="cap", text=say("cost_against_cap.cap_line", language), x=100, y=1, yref="paper",
        xanchor="right", yanchor="top", xshift=-6, showarrow=False, font={"color": theme.WARNING},
        bgcolor="#FFFFFF", borderpad=0,
    )  # fmt: skip
    title = {"text": say("cost_against_cap.axis", language), "font": {"size": 14}, "standoff": 6}
    figure.update_xaxes(
        title=title,
        tickangle=0,
        tickvals=list(range(0, 101, 25)),
        ticktext=[f"{value}{NBSP}%" for value in range(0, 101, 25)],
    )


def _histogram(published: Published, language: Language) -> go.Figure:
    frame, dims = published.frame, published.result.dimensions
    frame = frame[frame["use_band"].notna()]
    kind = frame["support_kind"].iloc[0] if "support_kind" in dims and len(frame) else None
    counts = frame.set_index("use_band")["compared_count"]
    bands = list(catalogue.entries("codes")["use_band"])
    names = schema.code_names("use_band", language, bands)
    colours = [
        theme.WARNING if band == "over" else theme.ACCENT if band == "to_100" else theme.PALE
        for band in bands
    ]
    values = [counts.get(band, 0) for band in bands]
    figure = Draft()
    figure.add_bar(
        x=[_middle(band) for band in bands], width=_WIDTH, **bars.heights(values, language),
        customdata=[names[band] for band in bands], marker={"color": colours},
        hovertemplate="%{customdata}: %{y}<extra></extra>",
    )  # fmt: skip
    most = max((float(value) for value in values if not schema.is_missing(value)), default=1) or 1
    bars.value_axis(figure, most, language)
    figure.update_xaxes(range=[_middle("to_0") - 2 * _WIDTH, _OVER])
    figure.update_layout(margin={"l": 24, "b": 60})
    _percent_axis(figure, language)
    parts = [
        f"{names[band]}: {number(int(value), language)}"
        for band, value in zip(bands, values, strict=True)
        if not schema.is_missing(value)
    ]
    name = (
        say("cost.all", language) if kind is None else _value_name("support_kind", kind, language)
    )
    return _framed(published, language, _Drawn(figure, 300, "histogram", parts, kind=name))


def _framed(published: Published, language: Language, drawn: _Drawn) -> go.Figure:
    key = f"cost_against_cap.{drawn.variant}"
    title = split(published, language, say(f"{key}.title", language, kind=drawn.kind))
    count = published.frame.get("compared_count")
    periods = published.frame["cap_cents"].notna().sum() if count is None else count.sum()
    n = say("cost.count.learner_periods", language, count=int(periods))
    if count is not None and count.isna().any():
        n = say("cost.n_shown", language, n=n) if periods else say("cost.hidden", language)
    parts = "; ".join(drawn.parts) or say("cost.not_known", language)
    words = theme.Words(
        name="cost_against_cap",
        title=title,
        subtitle=narrowed(
            published,
            language,
            say(f"cost_against_cap.{drawn.subtitle or drawn.variant}.subtitle", language),
        ),
        footnote=footnote(published, language, *_uncompared(published, language), n=n),
        summary=say("cost_against_cap.records.summary", language, title=title, parts=parts),
    )
    return theme.framed(drawn.figure, words, language, height=drawn.height)


def _uncompared(published: Published, language: Language) -> list[str]:
    """Say what was paid beside what was held against caps, where both stand in every row."""
    sums = published.frame.reindex(columns=["paid_cents", "compared_cents"])
    rest = 0 if sums.isna().any(axis=None) else int((sums.iloc[:, 0] - sums.iloc[:, 1]).sum())
    return [say("cost.uncompared", language, paid=money(rest, language))] if rest else []
