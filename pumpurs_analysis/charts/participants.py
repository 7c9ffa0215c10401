"""Charts of who takes part, and of hours per learner and specialist."""

import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, lines, rows, shares, theme, tiles
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.municipalities import tile_grid
from pumpurs_analysis.text import NBSP, Language, number, say, sort_key

_LINES = 7


def participation(
    published: Published, *, language: Language = "lv", is_narrow: bool = False
) -> go.Figure:
    """Draw learners and plans: over time as lines, by municipality as a map, else as bars.

    Args:
        published: ``protect(measures.participation(...))``.
        language: Language of the words.
        is_narrow: For a phone, where a map's tiles have no room for words: rows instead.
    """
    dims = published.result.dimensions
    time = next((name for name in shares.TIMES if name in dims), "")
    if time and len(dims) <= 2:  # noqa: PLR2004  (time and one more are lines, more is a table)
        return _over_time(published, language, time)
    if dims == ("municipality_today",) and not is_narrow:
        return _map(published, language)
    return _bars(published, language, len(published.frame) if is_narrow else groups.DRAWN_AT_MOST)


def _bars(published: Published, language: Language, at_most: int) -> go.Figure:
    found = groups.groups(published, language)
    items: list[rows.Item] = []
    most = 1.0
    for name, frame in found[:at_most]:
        row = frame.to_dict("records")[0]
        label = f"<b>{name or say('cost.all', language)}</b>"
        if schema.is_missing(row["learner_count"]):
            why = groups.why_missing(row, language)
            items.append(rows.Row(label, None, theme.ACCENT, end=why, pick=name))
            continue
        learners = float(row["learner_count"])
        most = max(most, learners)
        counted = _counted(row, language)
        items.append(rows.Row(label, learners, theme.ACCENT, end=counted, pick=name))
    drawn = min(len(found), at_most)
    around = groups.words(
        published, language, parts=groups.plain(items),
        subtitle=say("participation.bars.subtitle", language),
        n=groups.total(published, "plan_count", "count.plans", language=language),
        more=[groups.rest(language, drawn, len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, limits=(0, most))


def _counted(row: schema.Record, language: Language) -> str:
    learners = number(float(row["learner_count"]), language)
    plans = row["plan_count"]
    if schema.is_missing(plans):
        return f"<b>{learners}</b>"
    return f"<b>{learners}</b> ({number(float(plans), language)})"


def _map(published: Published, language: Language) -> go.Figure:
    """Draw learners by municipality as a tile map."""
    frame = published.frame
    known = frame[frame["municipality_today"].notna()].to_dict("records")
    most = max([1.0, *frame["learner_count"].dropna().astype(float)])
    shown = {}
    for row in sorted(known, key=lambda row: sort_key(row["municipality_today"])):
        count = row["learner_count"]
        shown[row["municipality_today"]] = (
            tiles.Tile(groups.why_missing(row, language), None)
            if schema.is_missing(count)
            else tiles.Tile(number(float(count), language), float(count) / most)
        )
    figure = Draft()
    height = tiles.draw(figure, shown)
    around = groups.words(
        published, language,
        parts="; ".join(f"{name}: {tile.text}" for name, tile in shown.items()),
        n=groups.total(published, "plan_count", "count.plans", language=language),
        subtitle=say("participation.map.subtitle", language),
        more=[say("participation.map.none", language, count=len(tile_grid()) - len(shown))],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=height)


def _over_time(published: Published, language: Language, time: str) -> go.Figure:
    frame = published.frame.dropna(subset=time)
    others = [name for name in published.result.dimensions if name != time]
    subtitle = ""
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
        counted: tuple[tuple[str, str], ...] = (
            ("plans", "plan_count"), ("learners", "learner_count"),
        )  # fmt: skip
        if frame["learner_count"].equals(frame["plan_count"]):  # two lines would cover each other
            counted = counted[1:]
            subtitle = say("participation.one_plan_each", language)
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
    figure = Draft()
    concerns = frozenset(
        {"learners", "plans", *(["municipalities"] if "municipality" in others else [])}
    )
    height = lines.draw(
        figure, drawn, times, language=language, concerns=concerns,
        is_last_open=shares.is_last_open(published),
    )  # fmt: skip
    parts = "; ".join(
        f"{line.name}: " + ", ".join(
            f"{group_name({time: at}, (time,), language)} {number(value, language)}"
            for at, value in line.values.items()
        )
        for line in drawn
    )  # fmt: skip
    around = groups.words(
        published, language, parts=parts, subtitle=subtitle,
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
        items.append(rows.Heading(name or say("cost.all", language), pick=name))
        for who, column, count, colour in (
            ("learner", "hours_per_learner", "consulted_learner_count", theme.ACCENT),
            ("specialist", "hours_per_specialist", "active_specialist_count", theme.PALE),
        ):
            value = row[column]
            if schema.is_missing(value):
                words = say(f"hours_and_load.{who}", language,
                            hours=groups.why_missing(row, language), count="–")  # fmt: skip
                items.append(rows.Row(words, None, colour, pick=name))
                continue
            most = max(most, float(value))
            label = say(
                f"hours_and_load.{who}", language, count=number(float(row[count]), language),
                hours=f"{number(float(value), language, 1)}{NBSP}h",
            )  # fmt: skip
            items.append(rows.Row(label, float(value), colour, pick=name))
    drawn = min(len(found), groups.DRAWN_AT_MOST)
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "consultation_count", "count.consultations", language=language),
        more=[groups.rest(language, drawn, len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, limits=(0, most))
