"""Charts of what pages state over time and of how their figures agree."""

import math
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.charts import rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.rules import Break, breaks
from pumpurs_analysis.text import (
    NBSP,
    Language,
    money,
    number,
    partial_date,
    percent,
    say,
    school_year,
    short_date,
)

_APPROXIMATE = ("more_than", "at_least", "about", "approaching", "up_to", "average")
_SIGN = {"more_than": ">", "at_least": "≥", "about": "~", "approaching": "~", "up_to": "≤"}
_SHAPES: dict[str, Literal["bar", "circle", "diamond", "x"]] = {
    "agrees": "circle",
    "consistent": "circle",
    "contradicts": "x",
    "explained": "diamond",
}
_TABLE_OF = {"plan": "plans", "learner": "learners", "municipality": "municipalities"}


def published_timeline(
    published: Published,
    *,
    language: Language = "lv",
    series: tuple[str, ...] = (),
    targets: Published | None = None,
) -> go.Figure:
    """Draw what pages state about one measure over time, with the breaks of the series marked.

    Whole school years alone stand as columns side by side; statements of days, semesters or since
    the beginning stand as rows in order of time, because they are not of the same thing.

    Args:
        published: ``protect(measures.published_timeline(...))``.
        language: Language of the words.
        series: Only these series (school_year, semester, cumulative, point, planned).
        targets: Planned values without a date, drawn as lines (in rows only).

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> plans = protect(measures.published_timeline(published(), measure="plans"))
        >>> published_timeline(plans, series=("school_year",)).data[0].y.tolist()
        [6834.0, 15129.0, 21732.0, 19757.0]
    """
    frame = published.frame
    wanted = frame["series"].isin(series) if series else frame["series"].notna()
    undated = int((frame["at"].isna() & wanted).sum())
    frame = frame[frame["at"].notna() & wanted]
    frame = frame.sort_values(["at", "value"], ignore_index=True)
    if len(set(frame["dimension"].dropna())) <= 1:  # the same for all: it tells nothing apart
        frame = frame.assign(dimension=None)
    figure = Draft()
    if frame["series"].eq("school_year").all() and frame["school_year"].is_unique:
        height = 330
        _add_columns(figure, frame, language=language, published=published)
    else:
        largest = float(pd.concat([frame["value"], *_values(targets)]).max())
        items = _rows(frame, language=language, published=published)
        height = rows.draw_rows(figure, items, limits=(0, largest * 1.04))
        figure.update_xaxes(visible=False)
        _mark_targets(figure, targets, language)
    words = _timeline_words(published, frame, language=language, series=series, undated=undated)
    return theme.framed(figure, words, language, height=height)


def _values(targets: Published | None) -> list["pd.Series[float]"]:
    """Targets of the whole term; a target for an earlier day is none of them."""
    if targets is None:
        return []
    term_ends = min(pd.Timestamp(each.date) for each in breaks() if each.break_id == "former_end")
    frame = targets.frame
    return [frame.loc[frame["at"].isna() | (frame["at"] >= term_ends), "value"]]


def _value_labels(frame: pd.DataFrame, language: Language, published: Published) -> list[str]:
    signs = frame["qualifier"].astype(str).map(_SIGN).fillna("")
    is_money = published.result.unit == "money"
    return [
        f"{sign}{NBSP if sign else ''}"
        + (money(round(value * 100), language) if is_money else number(value, language))
        for sign, value in zip(signs, frame["value"], strict=True)
    ]


def _colours(frame: pd.DataFrame) -> list[str]:
    approximate = frame["qualifier"].astype(str).isin(_APPROXIMATE) | frame["series"].eq("planned")
    return [theme.PALE if is_about else theme.ACCENT for is_about in approximate]


def _add_columns(
    figure: Draft, frame: pd.DataFrame, *, language: Language, published: Published
) -> None:
    signs = frame["qualifier"].astype(str).map(_SIGN).fillna("")
    figure.add_bar(
        x=[school_year(year, language).replace("/", "/<br>") for year in frame["school_year"]],
        y=frame["value"].astype(float),
        marker={"color": _colours(frame)},
        text=[
            f"<b>{sign}{number(value, language)}</b>"
            for sign, value in zip(signs, frame["value"], strict=True)
        ],
        textposition="inside",
        insidetextanchor="end",
        textfont={"size": 15},
        textangle=0,
        hoverinfo="skip",
    )
    top = float(frame["value"].max())
    figure.update_yaxes(range=[0, top * 1.3], visible=False)
    figure.update_xaxes(type="category", showgrid=False, tickangle=0)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 48})
    _mark_years(figure, frame, language=language, published=published)


def _mark_years(
    figure: Draft, frame: pd.DataFrame, *, language: Language, published: Published
) -> None:
    """Draw a break where it falls inside a column's school year (1 September to 31 August)."""
    begins = [pd.Timestamp(year=int(year[:4]), month=9, day=1) for year in frame["school_year"]]
    for each in breaks():
        passed = [(pd.Timestamp(each.date) - day) / pd.Timedelta(days=365) for day in begins]
        inside = [place for place, share in enumerate(passed) if 0 < share < 1]
        if inside and _concerns(each, published):
            _mark(figure, each, language, x=inside[0] - 0.5 + passed[inside[0]])


def _mark(figure: Draft, each: Break, language: Language, *, x: float) -> None:
    figure.add_shape(
        type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", layer="below",
        line={"color": theme.MUTED, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        name="break",
        text=f"{short_date(each.date, language)}<br>{each.short[language]}",
        x=x, xanchor="right" if x > 1 else "left", xshift=-5 if x > 1 else 5,
        y=1, yref="paper", yanchor="top", align="left",
        showarrow=False, font={"size": 12, "color": theme.MUTED},
    )  # fmt: skip


def _rows(frame: pd.DataFrame, *, language: Language, published: Published) -> list[rows.Item]:
    """Rows in order of time, with a divider wherever the series breaks between two of them."""
    values = _value_labels(frame, language, published)
    records = frame.to_dict("records")
    marked = [each for each in breaks() if _concerns(each, published)]
    items: list[rows.Item] = []
    before = frame["at"].min()
    for row, value, colour in zip(records, values, _colours(frame), strict=True):
        items += [
            rows.Divider(f"{short_date(each.date, language)} {each.short[language]}")
            for each in marked
            if before <= pd.Timestamp(each.date) < row["at"]
            and str(row["as_of"]) != str(each.date.year)  # no more than the year is known
        ]
        items.append(rows.Row(f"<b>{value}</b> · {_when(row, language)}", row["value"], colour))
        before = row["at"]
    return items


def _concerns(each: Break, published: Published) -> bool:
    choices = published.result.choices
    counted = catalogue.entries("codes")["published_measure"][choices["measure"]]["counted"]
    tables = {"all", _TABLE_OF.get(counted, "")}
    if choices["level"] == "municipality":
        tables.add("municipalities")
    return each.is_shown and bool(tables & set(each.affects))


def _when(row: schema.Record, language: Language) -> str:
    """Say which time a row speaks of, and its breakdown where it has one."""
    is_of_year = not schema.is_missing(row["school_year"]) and schema.is_missing(row["as_of"])
    if row["series"] in {"school_year", "semester"} or is_of_year:
        when = _period_label(row, language)
    else:
        known = row["as_of"]
        when = partial_date(
            f"{row['at']:%Y-%m-%d}" if schema.is_missing(known) else known, language
        )
    said = say(f"published_timeline.series.{row['series']}", language, when=when)
    dimension = row["dimension"]
    if schema.is_missing(dimension):
        return said
    name = schema.code_names("published_dimension", language, [str(dimension)])[str(dimension)]
    return f"{said}, {name}"


def _period_label(row: schema.Record, language: Language) -> str:
    year = school_year(str(row["school_year"]), language)
    if schema.is_missing(row["semester"]):
        return year
    half = "I" if row["semester"] == 1 else "II"
    return say("published_timeline.semester", language, year=year, half=half)


def _mark_targets(figure: Draft, targets: Published | None, language: Language) -> None:
    if targets is None:
        return
    values = sorted(_values(targets)[0].astype(float).unique())
    for value in values:
        figure.add_vline(
            x=value, layer="below", line={"color": theme.WARNING, "width": 1, "dash": "dash"}
        )
    figure.add_annotation(
        name="target",
        text=say(
            "published_timeline.target",
            language,
            value=" / ".join(number(value, language) for value in values),
        ),
        x=1, xref="paper", xanchor="right", y=0, yref="paper", yanchor="top", showarrow=False,
        font={"size": 12, "color": theme.WARNING},
    )  # fmt: skip
    figure.update_layout(margin={"b": 30})


def _timeline_words(
    published: Published,
    frame: pd.DataFrame,
    *,
    language: Language,
    series: tuple[str, ...],
    undated: int,
) -> theme.Words:
    choices = published.result.choices
    name = catalogue.entries("codes")["published_measure"][choices["measure"]]["name"][language]
    place = choices["place"]
    key = f"published_timeline.title.{series[0]}" if len(series) == 1 else ""
    title = (
        say(key, language, measure=name)
        if key in catalogue.entries("texts")
        else say("published_timeline.title", language, measure=name)
    )
    if place:
        title = say("published_timeline.title_place", language, measure=title, place=place)
    n = say("count.figures", language, count=int(frame["statement_count"].sum()))
    approximate = theme.PALE in _colours(frame)
    more = [say("published_timeline.approximate", language)] if approximate else []
    if undated:
        more.append(say("published_timeline.undated", language, count=undated))
    counted = frame.loc[frame["series"].eq("cumulative") & frame["qualifier"].eq("exact"), "value"]
    if choices["measure"] == "plans" and not place and len(counted):  # the programme's last count
        count = number(float(counted.iloc[-1]), language)
        more.append(say("published_timeline.with_measures", language, count=count))
    points = "; ".join(
        f"{value} – {_when(row, language)}"
        for row, value in zip(
            frame.to_dict("records"), _value_labels(frame, language, published), strict=True
        )
    )
    return theme.Words(
        name="published_timeline",
        title=title,
        subtitle=_years_said(frame, language),
        footnote=footnote(published, language, *more, n=n),
        summary=say("published_timeline.summary", language, title=title, points=points),
    )


def _years_said(frame: pd.DataFrame, language: Language) -> str:
    if frame["series"].eq("term").all():
        return say("published_timeline.subtitle_term", language)
    years = [*frame["school_year"].dropna().str[:4], *frame["at"].dt.year.astype(str)]
    first, last = min(years), max(years)
    key = "published_timeline.subtitle" if first != last else "published_timeline.subtitle_one"
    return say(key, language, first=first, last=last)


def published_checks(
    published: Published,
    *,
    language: Language = "lv",
    relations: tuple[str, ...] = ("contradicts",),
) -> go.Figure:
    """Draw each recomputed value in percent of the published one, with words beside the colour.

    Args:
        published: ``protect(measures.published_checks(...))``.
        language: Language of the words.
        relations: Which findings to draw (contradicts, explained, agrees); all are counted.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> figure = published_checks(protect(measures.published_checks(published())))
        >>> figure.layout.meta["name"]
        'published_checks'
    """
    whole = published.frame
    frame = whole[whole["relation"].isin(relations) & whole["ratio"].notna()]
    far = frame["ratio"].map(lambda ratio: abs(math.log(ratio)))
    frame = frame.assign(far=far).sort_values("far", ascending=False)
    titles = {each["id"]: each["title"][language] for each in catalogue.entries("checks")["checks"]}
    items = [
        rows.Row(
            f"<b>{titles[row['check_id']]}</b><br>{_held_against(row, language)}",
            row["ratio"] * 100,
            theme.RELATION[row["relation"]],
            origin=100,
            shape=_SHAPES[row["relation"]],
        )
        for row in frame.to_dict("records")
    ]
    ratio = frame["ratio"] * 100
    figure = Draft()
    height = rows.draw_rows(
        figure, items, limits=(min(80, ratio.min() - 6), max(120, ratio.max() + 6))
    )
    figure.add_vline(x=100, layer="below", line={"color": theme.MUTED, "width": 1})
    figure.update_xaxes(ticksuffix=f"{NBSP}%", nticks=5)
    figure.update_layout(margin={"b": 36})
    counts = whole["relation"].value_counts()
    findings = {relation: int(counts.get(relation, 0)) for relation in _SHAPES}
    words = theme.Words(
        name="published_checks",
        title=say("published_checks.title", language),
        subtitle=say("published_checks.subtitle", language),
        footnote=footnote(
            published,
            language,
            say("published_checks.counts", language, **findings),
            n=say("count.checks", language, count=len(whole)),
        ),
        summary=say("published_checks.summary", language, **findings),
    )
    return theme.framed(figure, words, language, height=height)


def _held_against(row: schema.Record, language: Language) -> str:
    write = percent if row["kind"] == "share" else _figure_text
    left, right = (write(float(row[f"{side}_value"]), language) for side in ("left", "right"))
    against = say("published_checks.against", language, left=left, right=right)
    relation = say(f"published_checks.{row['relation']}", language)
    return f"{against} · {relation}"


def _figure_text(value: float, language: Language) -> str:
    return number(value, language, 0 if value.is_integer() else 2)
