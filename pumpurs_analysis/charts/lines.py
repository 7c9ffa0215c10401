"""Lines over semesters or school years: names and last values at their ends, breaks marked.

A card that is too narrow for names beside the lines takes them above (kit.js).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pumpurs_analysis.charts import rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.rules import Break, breaks
from pumpurs_analysis.text import Language, number

HEIGHT = 280  # of the lines alone, in pixels; words of breaks come on top
_BELOW, _LINE, _AIR = 44, 19, 14
_LETTERS = 30  # of a name beside its line
_LETTER = 7.3  # pixels
_BESIDE = 12  # pixels between the last point and its name
_MOST_YEARS = 8  # that a page can write one beside the other; a phone leaves some out (kit.js)
_STEPS = 4  # between the lines of the grid, about
COLOURS = (theme.ACCENT, theme.WARNING, "#00745A", "#8A4671", "#5C6B00", "#6B5B95", "#1F2933")
_SYMBOLS = {  # told apart without colours too
    "circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "triangle-down": "▼",
    "cross": "✚", "star": "★",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line: its name, its values by time (a gap is left where one is missing), its colour.

    ``ends`` are the lower and upper ends of its intervals by time.
    """

    name: str
    values: Mapping[str, float]
    colour: str
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def draw(  # noqa: PLR0913  (what is counted, in what unit, and whether it is all in yet)
    figure: Draft, lines: Sequence[Line], times: Sequence[str], *, language: Language,
    concerns: frozenset[str] = frozenset(), unit: str = "", is_last_open: bool = False,
) -> int:  # fmt: skip
    """Draw lines over time.

    Args:
        figure: Gets the traces and words.
        lines: What to draw.
        times: Semesters or school years in order.
        language: Language of numbers.
        concerns: What is counted: breaks of its series are marked.
        unit: Written behind the numbers, such as a percent sign.
        is_last_open: Whether more is to come for the last time: its points are hollow.

    Returns:
        Height of the drawing in pixels.

    Example:
        >>> plans = Line("plāni", {"2021/2022": 3}, "#0B5A8F")
        >>> draw(Draft(), [plans], ["2021/2022"], language="lv")
        294
    """
    most = max((value for line in lines for value in line.values.values()), default=1) or 1
    most = max([most, *(high for line in lines for _, high in line.ends.values())])
    marked = _breaks_between(times, concerns)
    names = _names(lines, times, language=language, unit=unit)
    height = HEIGHT + _LINE * len(marked) + _AIR
    for line, symbol in zip(lines, _symbols(len(lines)), strict=True):
        _draw_line(figure, line, times, symbol=symbol, unit=unit, is_last_open=is_last_open)
    right = _name_lines(figure, lines, names, times=times, most=most)
    _mark_breaks(figure, marked, len(times), language=language, height=height)
    figure.update_xaxes(
        range=[-0.4 - 0.08 * len(times), len(times) - 0.6], tickvals=list(range(len(times))),
        ticktext=ticks(times), ticklabeloverflow="allow", tickangle=0, showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(range=[0, most * height / HEIGHT], **value_ticks(most, language, unit=unit))
    figure.update_layout(
        margin={"l": theme.EDGE, "r": theme.EDGE + right, "b": _BELOW}, meta={"right": right}
    )
    return height


def value_ticks(most: float, language: Language, *, unit: str = "") -> dict[str, Any]:
    r"""Name round values of an axis inside the drawing, where a phone has room for them.

    Args:
        most: The highest value.
        language: Language of numbers.
        unit: Written behind each; in English the sign of the euro stands before.

    Example:
        >>> value_ticks(26104, "lv", unit=" €")["ticktext"][1]
        '10\xa0000 €'
        >>> value_ticks(26104, "en", unit=" €")["ticktext"]
        ['€0', '€10,000', '€20,000']
    """
    is_before = language == "en" and unit.strip() == "€"
    before, behind = ("€", "") if is_before else ("", unit)
    step = _step(max(most, 1))
    values = [step * i for i in range(int(max(most, 1) / step) + 1)]
    names = [f"{before}{number(value, language)}{behind}" for value in values]
    return {
        "tickvals": values, "ticktext": names,
        "ticklabelposition": "inside top", "tickfont": {"size": 12, "color": theme.MUTED},
    }  # fmt: skip


def _step(most: float) -> float:
    """Give a round distance between lines of a grid; counts are whole.

    Example:
        >>> [_step(most) for most in (2, 71, 308, 26104)]
        [1.0, 20.0, 100.0, 10000.0]
    """
    rough = max(most / _STEPS, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(
        power * each
        for each in (1, 2, 2.5, 5, 10)
        if power * each >= rough and power * each % 1 == 0
    )


def _symbols(count: int) -> list[str]:
    names = list(_SYMBOLS)
    return [names[i % len(names)] for i in range(count)]


def _draw_line(
    figure: Draft, line: Line, times: Sequence[str], *, symbol: str, unit: str,
    is_last_open: bool,
) -> None:  # fmt: skip
    symbols = [symbol] * len(times)
    if is_last_open:
        symbols[-1] = f"{symbol}-open"
    error = None
    if line.ends:
        known = [(line.values.get(time), line.ends.get(time)) for time in times]
        error = {
            "type": "data", "symmetric": False, "thickness": 1, "width": 0, "color": line.colour,
            "array": [end[1] - value if value is not None and end else 0 for value, end in known],
            "arrayminus": [
                value - end[0] if value is not None and end else 0 for value, end in known
            ],
        }  # fmt: skip
    figure.add_scatter(
        x=list(range(len(times))), y=[line.values.get(time) for time in times],
        mode="lines+markers", line={"color": line.colour, "width": 2.5}, error_y=error,
        marker={
            "size": 8, "color": line.colour, "symbol": symbols,
            "line": {"width": 2, "color": line.colour},
        },
        cliponaxis=False, connectgaps=False, name=line.name, customdata=list(times),
        hovertemplate=f"{line.name}: %{{y:,.0f}}{unit}<extra></extra>",
    )  # fmt: skip


def _names(
    lines: Sequence[Line], times: Sequence[str], *, language: Language, unit: str
) -> list[str]:
    """Write each line's sign, name and last value, on as many lines as its column needs."""
    written = []
    for line, symbol in zip(lines, _symbols(len(lines)), strict=True):
        known = [time for time in times if line.values.get(time) is not None]
        last = f"{number(line.values[known[-1]], language)}{unit}" if known else ""
        if known and known[-1] != times[-1]:  # an older value says of when it is
            last = f"{last} ({ticks(known[-1:])[0].replace('<br>', ' ')})"
        text = rows.SOFT.join(rows.wrapped(f"{_SYMBOLS[symbol]} {line.name} {last}", _LETTERS))
        written.append(f"{text.removesuffix(last)}<b>{last}</b>" if last else text)
    return written


def _name_lines(
    figure: Draft, lines: Sequence[Line], names: Sequence[str], *, times: Sequence[str],
    most: float,
) -> int:  # fmt: skip
    """Put each name with its last value beside the line's end; give the room they need."""
    last = [[line.values[time] for time in times if time in line.values][-1:] for line in lines]
    known = [i for i, each in enumerate(last) if each]
    ends = {i: HEIGHT * last[i][0] / most for i in known}
    tall = {i: _LINE * (names[i].count(rows.SOFT) + 1) for i in known}
    order = sorted(known, key=lambda i: ends[i], reverse=True)
    middles = spread([ends[i] for i in order], [tall[i] for i in order], high=HEIGHT + _AIR)
    for i, middle in zip(order, middles, strict=True):
        figure.add_annotation(
            name="line", x=len(times) - 1, xanchor="left", xshift=_BESIDE,
            y=ends[i] * most / HEIGHT, yanchor="middle", yshift=middle - ends[i], align="left",
            showarrow=False, font={"color": lines[i].colour}, text=names[i], borderpad=0,
        )  # fmt: skip
    letters = (len(part) for name in names for part in re.sub("</?b>", "", name).split(rows.SOFT))
    return round(max(letters, default=0) * _LETTER)


def spread(wanted: Sequence[float], tall: Sequence[float], *, high: float) -> list[float]:
    """Move words apart that would cover each other, each as little as it can, from the top down.

    Args:
        wanted: Where their middles should stand, in pixels from below, the highest first.
        tall: Their heights.
        high: Where the highest may end; the lowest may end at 0.

    Example:
        >>> spread([100, 98, 20], [20, 20, 20], high=200)
        [109.0, 89.0, 20.0]
        >>> spread([4, 2], [20, 20], high=200)
        [30.0, 10.0]
    """
    groups: list[tuple[list[float], list[float]]] = []  # those that touch: wanted, heights
    for middle, height in zip(wanted, tall, strict=True):
        groups.append(([middle], [height]))
        while len(groups) > 1 and _top(*groups[-1], high) > _top(*groups[-2], high) - sum(
            groups[-2][1]
        ):
            middles, heights = groups.pop()
            groups[-1] = (groups[-1][0] + middles, groups[-1][1] + heights)
    placed = []
    for middles, heights in groups:
        top = _top(middles, heights, high)
        for height in heights:
            placed.append(top - height / 2)
            top -= height
    return placed


def _top(middles: Sequence[float], heights: Sequence[float], high: float) -> float:
    """Where words that touch begin, so that together they are as near as can be to their places."""
    before, tops = 0.0, []
    for middle, height in zip(middles, heights, strict=True):
        tops.append(middle + height / 2 + before)
        before += height
    return min(max(sum(tops) / len(tops), before), high)


def ticks(times: Sequence[str]) -> list[str]:
    """Write I and II under semesters, and the school year under I as far as there is room.

    Example:
        >>> ticks(["2021/2022-1", "2021/2022-2"])
        ['I<br>2021/22', 'II<br>']
    """
    years = list(dict.fromkeys(time[:9] for time in times))
    every = -(-len(years) // _MOST_YEARS)
    shown = set(years[::every])
    written = []
    for time in times:
        year = f"{time[:4]}/{time[7:9]}" if time[:9] in shown else ""
        if "-" not in time:
            written.append(year)
            continue
        half = "I" if time.endswith("1") else "II"
        written.append(f"{half}<br>{year if half == 'I' or time == times[0] else ''}")
    return written


def _breaks_between(times: Sequence[str], concerns: frozenset[str]) -> list[tuple[float, Break]]:
    """Breaks of a series with the place where they lie, those outside its points left out."""
    placed = [(_position(each.date, times), each) for each in breaks()]
    return [
        (at, each)
        for at, each in placed
        if 0 < at < len(times) - 1 and each.is_shown and {*each.affects} & {*concerns, "all"}
    ]


def _mark_breaks(
    figure: Draft, marked: Sequence[tuple[float, Break]], count: int, *,
    language: Language, height: int,
) -> None:  # fmt: skip
    """Draw a dotted line where the series breaks, its words at the upper end."""
    for place, (at, each) in enumerate(marked):
        top = _LINE * place
        figure.add_shape(
            type="line", x0=at, x1=at, y0=0, y1=1 - top / height, yref="paper",
            line={"color": theme.MUTED, "width": 1, "dash": "dot"}, layer="below",
        )  # fmt: skip
        is_late = at > (count - 1) / 2
        figure.add_annotation(
            name="break", x=at, y=1, yref="paper", yanchor="top", yshift=-top - 2,
            text=each.short[language], showarrow=False, xanchor="right" if is_late else "left",
            font={"color": theme.MUTED, "size": 12}, bgcolor="#FFFFFF", borderpad=1,
        )  # fmt: skip


def _position(day: date, times: Sequence[str]) -> float:
    """Where a day lies: a point stands in the middle of its semester or school year."""
    for place, time in enumerate(times):
        half = time[-2:] if "-" in time else ""
        first = int(time[:4])
        start = date(first + 1, 1, 1) if half == "-2" else date(first, 9, 1)
        end = date(first + 1, 1, 1) if half == "-1" else date(first + 1, 9, 1)
        if start <= day < end:
            return place - 0.5 + (day - start) / (end - start)
    return -1.0
