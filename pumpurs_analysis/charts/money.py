"""Charts of sums: what-if, unit costs, months, projections and youth NGO projects."""

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.charts import bars, groups, rows, theme
from pumpurs_analysis.charts.caps import group_name, narrowed, split
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, money, month, number, percent, say, short_date

_UNITS = (
    "paid_per_learner_cents",
    "paid_per_paid_learner_cents",
    "paid_per_plan_cents",
    "paid_per_hour_cents",
)


def what_if(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what is not allowed under the rules as they are and under what is tried.

    Args:
        published: ``protect(measures.what_if(...))``.
        language: Language of the words.
    """
    dims = published.result.dimensions
    items: list[rows.Item] = []
    parts = []
    for row in published.frame.to_dict("records"):
        name = group_name(row, dims, language)
        affected = say(
            "what_if.affected",
            language,
            learners=_count(row["affected_learner_count"], language),
            schools=_count(row["affected_school_count"], language),
        )
        items.append(rows.Heading(name, affected))
        for part, colour in (("before", theme.PALE), ("after", theme.ACCENT)):
            cents = row[f"refused_{part}_cents"]
            label = say(
                f"what_if.{part}", language, sum=_of(row, f"refused_{part}_cents", language)
            )
            items.append(rows.Row(label, _drawn(cents), colour))
        change = _of(row, "refused_change_cents", language)
        parts.append(f"{name}: {affected}; {change}")
    choices = published.result.choices
    rule = catalogue.entries("rules")[choices["only.rule"]]["name"][language]
    words = _words(
        published,
        language,
        parts,
        n=_people(published, "affected_learner_count", language),
        titles=(
            say("what_if.title", language, rule=rule),
            say("what_if.subtitle", language, value=choices["only.value"]),
        ),
    )
    return _rows_figure(items, words, language)


def cost_per_unit(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was paid per learner, plan and hour, group by group.

    Args:
        published: ``protect(measures.cost_per_unit(...))``.
        language: Language of the words.
    """
    items: list[rows.Item] = []
    parts = []
    for row in published.frame.to_dict("records"):
        name = group_name(row, published.result.dimensions, language)
        items.append(rows.Heading(name))
        labels = []
        for unit in _UNITS:
            label = say(f"cost_per_unit.{unit}", language, sum=_of(row, unit, language))
            items.append(rows.Row(label, _drawn(row[unit]), theme.ACCENT))
            labels.append(label)
        parts.append(f"{name}: {', '.join(labels)}")
    words = _words(
        published,
        language,
        parts,
        n=_people(published, "paid_learner_count", language),
        titles=(say("cost_per_unit.title", language), say("cost_per_unit.subtitle", language)),
    )
    return _rows_figure(items, words, language)


def projection(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was paid and what is expected, with the interval.

    Args:
        published: ``protect(measures.projection(...))``.
        language: Language of the words.
    """
    frame = published.frame
    items: list[rows.Item] = []
    parts = []
    for row in frame.to_dict("records"):
        name = group_name(row, published.result.dimensions, language)
        paid = say("projection.paid", language, sum=_of(row, "paid_cents", language))
        expected = _expected(row, language)
        total = None if schema.is_missing(row["total_cents"]) else _euros(row["total_cents"])
        items.append(rows.Heading(name))
        items.append(rows.Row(paid, _drawn(row["paid_cents"]), theme.ACCENT, behind=total))
        if total is None:
            items.append(rows.Heading("", expected))
        else:
            low, high = row["total_low_cents"], row["total_high_cents"]
            is_known = not schema.is_missing(low) and low < high
            ends = (_euros(low), _euros(high)) if is_known else (None, None)
            items.append(
                rows.Row(expected, total, theme.TEXT, low=ends[0], high=ends[1], shape="diamond")
            )
        parts.append(f"{name}: {paid}; {expected}")
    title = say(f"projection.title.{published.result.choices['only.to']}", language)
    words = _words(
        published,
        language,
        parts,
        n=_people(published, "paid_learner_count", language),
        titles=(title, _to_when(frame, language)),
    )
    return _rows_figure(items, words, language)


def _to_when(frame: pd.DataFrame, language: Language) -> str:
    if frame.empty:
        return say("cost.not_known", language)
    first = frame.iloc[0]
    return say(
        "projection.subtitle",
        language,
        last=short_date(first["last_month"] + pd.offsets.MonthEnd(0), language),
        end=short_date(first["end"], language),
        level=percent(float(first["level"]), language),
    )


def _expected(row: schema.Record, language: Language) -> str:
    if schema.is_missing(row["total_cents"]):
        return say("projection.too_short", language)
    if row["total_cents"] == row["paid_cents"]:
        return say("projection.nothing_more", language)
    total, low, high = (_sum(row[f"total_{end}cents"], language) for end in ("", "low_", "high_"))
    if schema.is_missing(row["total_low_cents"]):
        return say("projection.untested", language, total=total)
    return say("projection.row", language, total=total, low=low, high=high)


def ngo_projects(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what youth NGO projects came to against the fixed grant.

    Args:
        published: ``protect(measures.ngo_projects(...))``.
        language: Language of the words.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> figure = ngo_projects(protect(measures.ngo_projects(published())))
        >>> [bar.x[0] for bar in figure.data if bar.name != "behind"]
        [358800.0, 446200.0]
    """
    items: list[rows.Item] = []
    parts = []
    for row in published.frame.to_dict("records"):
        name = (
            _call(row["call"], language)
            if "call" in row
            else group_name(row, published.result.dimensions, language)
        )
        count = say("cost.count.ngo_projects", language, count=int(row["project_count"]))
        label = say(
            "ngo_projects.row", language, projects=count, paid=_sum(row["paid_cents"], language)
        )
        if not schema.is_missing(row["differing_count"]) and row["differing_count"]:
            differing = number(int(row["differing_count"]), language)
            label = f"{label}; {say('ngo_projects.differing', language, count=differing)}"
        items.append(rows.Heading(name))
        granted = _euros(row["granted_cents"])
        items.append(rows.Row(label, _euros(row["paid_cents"]), theme.ACCENT, behind=granted))
        parts.append(f"{name}: {label}")
    total = int(published.frame["project_count"].sum())
    title = split(published, language, say("ngo_projects.title", language))
    words = _words(
        published,
        language,
        parts,
        n=say("cost.count.ngo_projects", language, count=total),
        titles=(title, say("ngo_projects.subtitle", language)),
    )
    return _rows_figure(items, words, language)


def _call(call: str, language: Language) -> str:
    year, season = call.split("-")
    return say(f"ngo_projects.call.{season}", language, year=year)


def budget_use(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was paid each month, and say how much of a budget is used.

    Args:
        published: ``protect(measures.budget_use(...))``, all together or of one group.
        language: Language of the words.
    """
    frame = published.frame
    dated = frame.dropna(subset="month")
    days = pd.to_datetime(dated["month"] + "-01")
    times = [str(code) for code in dated["month"]]
    figure = Draft()
    figure.add_bar(
        x=bars.places(times), **bars.heights(dated["paid_cents"], language, per=100),
        **bars.told([month(day, language) for day in days], dated["paid_cents"], language),
        marker={"color": theme.ACCENT},
    )  # fmt: skip
    bars.time_axis(figure, times)
    most = dated.groupby("month")["paid_cents"].sum().max()
    highest = 0.0 if schema.is_missing(most) else float(most) / 100
    bars.value_axis(figure, highest, language, unit=f"{NBSP}€")
    figure.update_layout(margin={"l": 24, "b": 44}, barmode="stack")
    ends = [month(day, language) for day in (days.min(), days.max())] if len(days) else ["", ""]
    parts = [
        f"{month(day, language)}: {_sum(cents, language)}"
        for day, cents in zip(days, dated["paid_cents"], strict=True)
    ]
    words = _words(
        published,
        language,
        parts,
        n=say("cost.count.paid_months", language, count=dated["month"].nunique()),
        titles=(
            say("budget_use.title", language),
            say("budget_use.subtitle", language, first=ends[0], last=ends[1]),
        ),
        more=_of_budget(published, language),
    )
    return theme.framed(figure, words, language, height=300)


def _of_budget(published: Published, language: Language) -> tuple[str, ...]:
    frame, budget = published.frame, published.result.choices["budget_eur"]
    undated = frame.loc[frame["month"].isna(), "paid_cents"]
    told = [say("budget_use.undated", language, sum=_sum(cents, language)) for cents in undated]
    if budget and frame["paid_cents"].notna().all():
        cents = int(budget) * 100
        share = percent(float(frame["paid_cents"].sum()) / cents, language) if cents else "–"
        told.append(
            say("budget_use.of_budget", language, budget=money(cents, language), share=share)
        )
    return tuple(told)


def _rows_figure(items: list[rows.Item], words: theme.Words, language: Language) -> go.Figure:
    ends = [
        end
        for item in items
        if isinstance(item, rows.Row)
        for end in (item.value, item.behind, item.high)
        if end is not None
    ]
    return groups.drawn(items, words, language, limits=(0, max([1.0, *ends]) * 1.02))


def _words(
    published: Published,
    language: Language,
    parts: Iterable[str],
    *,
    titles: tuple[str, str],
    n: str,
    more: tuple[str, ...] = (),
) -> theme.Words:
    name, (title, subtitle) = published.result.name, titles
    told = "; ".join(parts).replace("<b>", "").replace("</b>", "")
    return theme.Words(
        name=name,
        title=title,
        subtitle=narrowed(published, language, subtitle),
        footnote=footnote(published, language, *more, n=n),
        summary=say(f"{name}.summary", language, title=title, parts=told),
    )


def _people(published: Published, column: str, language: Language) -> str:
    """How many learners stand behind a chart; groups may share learners, so those are counted."""
    if len(published.frame) == 1 and published.frame[column].notna().all():
        return say("cost.count.paid_learners", language, count=int(published.frame[column].iloc[0]))
    return say("cost.count.groups", language, count=len(published.frame))


def _count(value: object, language: Language) -> str:
    return (
        say("cost.hidden", language)
        if schema.is_missing(value)
        else number(float(str(value)), language)
    )


def _of(row: schema.Record, column: str, language: Language) -> str:
    """Write a sum; one that is hidden is no sum that nobody knows."""
    if schema.is_missing(row[column]) and row.get("is_hidden") is True:
        return say("cost.hidden", language)
    return _sum(row[column], language)


def _drawn(cents: object) -> float | None:
    return None if schema.is_missing(cents) else _euros(cents)


def _sum(cents: object, language: Language) -> str:
    if schema.is_missing(cents):
        return say("cost.not_known", language)
    return money(round(float(str(cents))), language)


def _euros(cents: object) -> float:
    return 0.0 if schema.is_missing(cents) else float(str(cents)) / 100
