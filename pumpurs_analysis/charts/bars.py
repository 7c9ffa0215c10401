"""Upright bars: heights where some are hidden, and axes of months, semesters and euros."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.charts import lines
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.text import Language, money, say

_ROOM = 0.16  # of the width, for the values left of the first bar


def heights(values: Iterable[object], language: Language, *, per: int = 1) -> dict[str, Any]:
    """Heights of bars; a hidden one has none and says so, since hidden is no zero.

    Example:
        >>> heights([250, None], "en", per=100)["text"]
        ['', 'hidden']
    """
    shown = list(values)
    return {
        "y": [0.0 if schema.is_missing(value) else float(str(value)) / per for value in shown],
        "text": [
            say("cost.hidden", language) if schema.is_missing(value) else "" for value in shown
        ],
        "textposition": "outside",
        "textangle": -90,
        "textfont": {"size": 11},
        "constraintext": "none",
        "cliponaxis": False,
    }


def places(times: Sequence[str]) -> list[int]:
    """Where bars of months, semesters or school years stand; months without one leave a gap.

    Example:
        >>> places(["2021-09", "2021-12"]), places(["2021/2022-1", "2021/2022-2"])
        ([0, 3], [0, 1])
    """
    if any("/" in time for time in times):
        return list(range(len(times)))
    months = [pd.Period(time, "M").ordinal for time in times]
    return [each - min(months) for each in months]


def time_axis(figure: Draft, times: Sequence[str]) -> None:
    """Name times under bars: semesters as I and II, months by the year that begins.

    Args:
        figure: Gets the axis.
        times: Codes of months, semesters or school years in order, as in ``places``.

    Example:
        >>> figure = Draft()
        >>> time_axis(figure, ["2021-11", "2022-03"])
        >>> figure.layout["xaxis"]["ticktext"], figure.layout["xaxis"]["tickvals"]
        (['2022'], [2])
    """
    at, last = places(times), max(places(times), default=0)
    if any("/" in time for time in times):
        ticks = dict(zip(at, lines.ticks(times), strict=True))
    else:
        months = {i: pd.Period(min(times), "M") + i for i in range(last + 1)} if times else {}
        ticks = {i: str(each.year) for i, each in months.items() if each.month == 1}
    figure.update_xaxes(
        range=[-0.8 - _ROOM * (last + 1), last + 0.8], tickvals=list(ticks), tickangle=0,
        ticktext=list(ticks.values()), showgrid=False, ticklabeloverflow="allow",
    )  # fmt: skip


def told(names: Sequence[str], cents: "pd.Series[Any]", language: Language) -> dict[str, Any]:
    """Say each bar's sum as everywhere else when it is pointed at; a hidden one is no zero.

    Example:
        >>> told(["2019", "2020"], pd.Series([310000, None]), "en")["customdata"]
        ['2019: €3,100', '2020: hidden']
    """
    hidden = say("cost.hidden", language)
    sums = [hidden if schema.is_missing(each) else money(int(each), language) for each in cents]
    words = [f"{name}: {amount}" for name, amount in zip(names, sums, strict=True)]
    return {"customdata": words, "hovertemplate": "%{customdata}<extra></extra>"}


def value_axis(figure: Draft, most: float, language: Language, *, unit: str = "") -> None:
    """Write round values left of the first bar, with room above the highest for a word."""
    ticks = lines.value_ticks(most, language, unit=unit)
    figure.update_yaxes(range=[0, max(most, 1) * 1.2], **ticks)
