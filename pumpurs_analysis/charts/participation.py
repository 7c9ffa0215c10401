"""Charts of who takes part, and of hours per learner and specialist."""

import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, lines, rows, theme
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, number, say

_TIMES = ("semester", "school_year")
_LINES = 7


def participation(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw learners and plans: over time as lines, else as bars.

    Args:
        published: ``protect(measures.participation(...))``.
        language: Language of the words.
    """
    dims = published.result.dimensions
    time = next((name for name in _TIMES if name in dims), "")
    if time and len(dims) <= 2:  # noqa: PLR2004  (time and one more are lines, more is a table)
        return _over_time(published, language, time)
    found = groups.groups(published, language)
    items: list[rows.Item] = []
    most = 1.0
    for name, frame in found[: groups.DRAWN_AT_MOST]:
        row = frame.to_dict("records")[0]
        items.append(rows.Heading(name or say("cost.all", language)))
        if schema.is_missing(row["learner_count"]):
            items.append(rows.Row(groups.why_missing(row, language), 0, theme.ACCENT))
            continue
        most = max(most, float(row["learner_count"]))
        items.append(rows.Row(_counted(row, language), float(row["learner_count"]), theme.ACCENT))
    drawn = min(len(found), groups.DRAWN_AT_MOST)
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "plan_count", "count.plans", language=language),
        more=[groups.rest(language, drawn, len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, limits=(0, most))


def _counted(row: schema.Record, language: Language) -> str:
    plans = row["plan_count"]
    if schema.is_missing(plans):
        return say("count.learners", language, count=float(row["learner_count"]))
    return say(
        "participation.row", language,
        learners=say("count.learners", language, count=float(row["learner_count"])),
        plans=say("count.plans", language, count=float(plans)),
    )  # fmt: skip


def _over_time(published: Published, language: Language, time: str) -> go.Figure:
    frame = published.frame.dropna(subset=time)
    others = [name for name in published.result.dimensions if name != time]
    times = sorted(frame[time].unique())
    if others:
        sizes = frame.groupby(others[0], dropna=False)["learner_count"].max()
        names = list(sizes.sort_values(ascending=False).index[:_LINES])
        series = [
            (group_name({others[0]: name}, others, language),
             frame[frame[others[0]] == name], "learner_count")
            for name in names
        ]  # fmt: skip
        count = len(sizes)
    else:
        counted = (("plans", "plan_count"), ("learners", "learner_count"))
        series = [
            (say(f"participation.{name}", language), frame, column) for name, column in counted
        ]
        count = len(series)
    drawn = [
        lines.Line(
            name,
            {at: float(value) for at, value in zip(rows_of[time], rows_of[column], strict=True)
             if not schema.is_missing(value)},
            colour,
        )
        for (name, rows_of, column), colour in zip(series, lines.COLOURS, strict=False)
    ]  # fmt: skip
    figure = go.Figure()
    concerns = frozenset(
        {"learners", "plans", *(["municipalities"] if "municipality" in others else [])}
    )
    height = lines.draw(figure, drawn, times, language=language, concerns=concerns)
    parts = "; ".join(
        f"{line.name}: " + ", ".join(
            f"{group_name({time: at}, (time,), language)} {number(value, language)}"
            for at, value in line.values.items()
        )
        for line in drawn
    )  # fmt: skip
    around = groups.words(
        published, language, parts=parts,
        n=groups.total(published, "plan_count", "count.plans", language=language),
        more=[groups.rest(language, len(drawn), count)],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=height)


def hours_and_load(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw hours per learner and per specialist, group by group.

    Args:
        published: ``protect(measures.hours_and_load(...))``.
        language: Language of the words.
    """
    found = groups.groups(published, language, own=())
    items: list[rows.Item] = []
    most = 1.0
    for name, frame in found[: groups.DRAWN_AT_MOST]:
        row = frame.to_dict("records")[0]
        items.append(rows.Heading(name or say("cost.all", language)))
        for who, column, count, colour in (
            ("learner", "hours_per_learner", "consulted_learner_count", theme.ACCENT),
            ("specialist", "hours_per_specialist", "active_specialist_count", theme.PALE),
        ):
            value = row[column]
            if schema.is_missing(value):
                words = say(f"hours_and_load.{who}", language,
                            hours=groups.why_missing(row, language), count="–")  # fmt: skip
                items.append(rows.Row(words, 0, colour))
                continue
            most = max(most, float(value))
            label = say(
                f"hours_and_load.{who}", language, count=number(float(row[count]), language),
                hours=f"{number(float(value), language, 1)}{NBSP}h",
            )  # fmt: skip
            items.append(rows.Row(label, float(value), colour))
    drawn = min(len(found), groups.DRAWN_AT_MOST)
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "consultation_count", "count.consultations", language=language),
        more=[groups.rest(language, drawn, len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, limits=(0, most))
