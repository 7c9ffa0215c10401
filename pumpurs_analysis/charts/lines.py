"""Lines over semesters or school years: names and last values above, breaks marked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pumpurs_analysis.charts import rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.rules import Break, breaks
from pumpurs_analysis.text import Language, number

HEIGHT = 280  # of the lines alone, in pixels; words come on top
_BELOW, _LINE, _AIR = 44, 19, 14
_LETTERS = 32  # of a name that the narrowest phone has room for beside its last value
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
        313
    """
    most = max((value for line in lines for value in line.values.values()), default=1) or 1
    most = max([most, *(high for line in lines for _, high in line.ends.values())])
    marked = _breaks_between(times, concerns)
    names = _names(lines, times, language=language, unit=unit)
    named = sum(name.count(rows.SOFT) + 1 for name in names)
    above = _LINE * (named + len(marked)) + _AIR
    height = HEIGHT + above
    for line, symbol in zip(lines, _symbols(len(lines)), strict=True):
        _draw_line(figure, line, times, symbol=symbol, unit=unit, is_last_open=is_last_open)
    _name_lines(figure, lines, names)
    _mark_breaks(figure, marked, len(times), language=language, below=_LINE * named, height=height)
    figure.update_xaxes(
        range=[-0.4 - 0.08 * len(times), len(times) - 0.6], tickvals=list(range(len(times))),
        ticktext=ticks(times), ticklabeloverflow="allow", tickangle=0, showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(range=[0, most * height / HEIGHT], **value_ticks(most, language, unit=unit))
    figure.update_layout(margin={"l": 24, "r": 24, "b": _BELOW})
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
    """Write each line's sign, name and last value, on as many lines as a phone needs."""
    written = []
    for line, symbol in zip(lines, _symbols(len(lines)), strict=True):
        known = [time for time in times if line.values.get(time) is not None]
        last = f"{number(line.values[known[-1]], language)}{unit}" if known else ""
        if known and known[-1] != times[-1]:  # an older value says of when it is
            last = f"{last} ({ticks(known[-1:])[0].replace('<br>', ' ')})"
        text = rows.SOFT.join(rows.wrapped(f"{_SYMBOLS[symbol]} {line.name} {last}", _LETTERS))
        written.append(f"{text.removesuffix(last)}<b>{last}</b>" if last else text)
    return written


def _name_lines(figure: Draft, lines: Sequence[Line], names: Sequence[str]) -> None:
    """Put each name with its last value above the lines, in the order in which they end."""
    top = 0
    ends = [list(line.values.values())[-1:] for line in lines]
    for at in sorted(range(len(lines)), key=lambda each: ends[each], reverse=True):
        line, name = lines[at], names[at]
        figure.add_annotation(
            name="label", x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="top",
            yshift=-top, showarrow=False, font={"color": line.colour}, align="left",
            text=name, borderpad=0,
        )  # fmt: skip
        top += _LINE * (name.count(rows.SOFT) + 1)


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
    language: Language, below: int, height: int,
) -> None:  # fmt: skip
    """Draw a dotted line where the series breaks, its words at the upper end."""
    for place, (at, each) in enumerate(marked):
        top = below + _LINE * place
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
