"""Shares of several groups: dots with intervals side by side, or lines over time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, lines, rows, theme
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, number

TIMES = ("semester", "school_year")
ROWS = 36  # drawn at most; a longer chart is a table
_GLYPHS: Mapping[rows.Shape, str] = {"diamond": "◆", "circle": "●", "square": "■"}
_OPEN = "note.open_period"
_TALL, _AXIS = 560, 36  # pixels: of rows, of the names of values
_QUARTER = 25  # percent


@dataclass(frozen=True)
class Shown:
    """A share by its columns: the share has ``_low`` and ``_high`` beside it."""

    share: str
    whole: str


def time_of(published: Published) -> str:
    """Give the time a measure was asked by, if by nothing else.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> time_of(protect(measures.risk_mix(published())))
        ''
    """
    by = published.result.choices.get("by", "")
    return by if by in TIMES else ""


def is_last_open(published: Published) -> bool:
    """Say whether more is to come for the last semester or school year."""
    return _OPEN in published.result.notes


def limit(frame: pd.DataFrame, column: str) -> float:
    """Where an axis of percent ends: the quarter above the highest interval."""
    high = frame[f"{column}_high"].max()
    return 100.0 if schema.is_missing(high) else -(-float(high) * 100 // _QUARTER) * _QUARTER or 25


def dots(  # noqa: PLR0913  (each is one thing about the dots)
    label: str, records: Sequence[schema.Record], language: Language, *,
    shown: Shown, colour: str, shape_of: Callable[[schema.Record], rows.Shape], pick: str = "",
) -> rows.Dots:  # fmt: skip
    """Draw the shares of one group on one line, each with its interval; a missing one says why.

    Args:
        label: Name of the group.
        records: Its rows.
        language: Language of numbers.
        shown: Columns.
        colour: Colour of the dots.
        shape_of: Shape of a row's dot.
        pick: As in ``rows.Row``.
    """
    marks, said = [], []
    is_told = len(records) > 1
    for row in records:
        shape = shape_of(row)
        sign = f"{_GLYPHS[shape]}{NBSP}" if is_told else ""
        if schema.is_missing(row[shown.share]):
            said.append(f"{sign}{groups.why_missing(row, language)}")
            continue
        share = float(row[shown.share])
        ends = [row[f"{shown.share}_{end}"] for end in ("low", "high")]
        low, high = (None if schema.is_missing(end) else float(end) * 100 for end in ends)
        marks.append(rows.Dot(share * 100, shape, low, high))
        said.append(f"{sign}<b>{groups.percent_of(share, language)}</b>")
    return rows.Dots(label, tuple(marks), colour, end="  ".join(said), pick=pick)


def named(name: str, row: schema.Record, language: Language, *, shown: Shown) -> str:
    """Write a group's name with how many it has: of so many is the share."""
    whole = row[shown.whole]
    if schema.is_missing(whole):
        return name
    return f"{name} ({number(float(whole), language)})"


def over_time(
    figure: Draft, published: Published, language: Language, *,
    series: Sequence[tuple[str, str, pd.DataFrame]], shown: Shown, concerns: frozenset[str],
) -> tuple[int, str]:  # fmt: skip
    """Draw a line for each series and give the height and what is drawn, in words.

    Args:
        figure: Gets the lines.
        published: The measure's answer.
        language: Language of the words.
        series: Name, colour and rows of each line.
        shown: Columns.
        concerns: What is counted: breaks of its series are marked.
    """
    time = time_of(published)
    times = sorted(published.frame[time].dropna().unique())
    drawn, said = [], []
    for name, colour, frame in series:
        known = frame[frame[shown.share].notna() & frame[time].notna()].set_index(time)
        percents = {str(at): float(value) * 100 for at, value in known[shown.share].items()}
        ends = {
            str(row[time]): (row[f"{shown.share}_low"] * 100, row[f"{shown.share}_high"] * 100)
            for row in known.reset_index().to_dict("records")
        }
        drawn.append(lines.Line(name, percents, colour, ends))
        values = (
            f"{group_name({time: at}, (time,), language)} "
            f"{groups.percent_of(value / 100, language)}"
            for at, value in percents.items()
        )
        said.append(f"{name}: {', '.join(values)}")
    height = lines.draw(
        figure, drawn, times, language=language, concerns=concerns, unit=f"{NBSP}%",
        is_last_open=is_last_open(published),
    )  # fmt: skip
    return height, "; ".join(said)


def axis(figure: Draft, height: int) -> None:
    """Show the axis of percent of rows of dots: quarters, or fifths of a short one.

    Below them, but above tall ones: a page folds these, and reading begins there.
    """
    ends = figure.layout["xaxis"]["range"][1]
    step = _QUARTER if ends > 2 * _QUARTER else ends / 5
    figure.update_xaxes(range=[-ends / 35, ends * 1.04])  # for half a mark, and half a word
    figure.update_xaxes(ticksuffix=f"{NBSP}%", tick0=0, dtick=step, gridcolor=theme.GRID)
    is_tall = height > _TALL
    figure.update_xaxes(side="top" if is_tall else "bottom")
    margin = {"t": _AXIS, "b": 12} if is_tall else {"b": _AXIS}
    figure.update_layout(margin=margin, meta={"top": _AXIS * is_tall})
