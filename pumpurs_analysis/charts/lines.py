"""Lines over semesters or school years, each with its name at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from pumpurs_analysis.charts import theme
from pumpurs_analysis.rules import breaks
from pumpurs_analysis.text import Language, number

HEIGHT = 320
_BELOW, _ABOVE = 44, 34
_APART = 20  # pixels between two names
_MOST_YEARS = 4  # that a phone can write one beside the other
COLOURS = (theme.ACCENT, theme.WARNING, "#00745A", "#8A4671", "#5C6B00", "#6B5B95", "#1F2933")


@dataclass(frozen=True)
class Line:
    """One line: its name, its values by time (a gap is left where one is missing), its colour."""

    name: str
    values: Mapping[str, float]
    colour: str


def draw(
    figure: go.Figure, lines: Sequence[Line], times: Sequence[str], *,
    language: Language, concerns: frozenset[str] = frozenset(),
) -> int:  # fmt: skip
    """Draw lines over time.

    Args:
        figure: Gets the traces and words.
        lines: What to draw.
        times: Semesters or school years in order.
        language: Language of numbers.
        concerns: What is counted: breaks of its series are marked.

    Returns:
        Height of the drawing in pixels.

    Example:
        >>> plans = Line("plāni", {"2021/2022": 3}, "#0B5A8F")
        >>> draw(go.Figure(), [plans], ["2021/2022"], language="lv")
        320
    """
    most = max((value for line in lines for value in line.values.values()), default=1) or 1
    top = most * 1.22
    for line in lines:
        figure.add_scatter(
            x=list(range(len(times))), y=[line.values.get(time) for time in times],
            mode="lines+markers", line={"color": line.colour, "width": 2.5},
            marker={"size": 8, "color": line.colour}, cliponaxis=False, connectgaps=False,
            name=line.name, hovertemplate=f"{line.name}: %{{y}}<extra></extra>",
        )  # fmt: skip
    _name_lines(figure, lines, times, language=language, top=top)
    _mark_breaks(figure, times, language, concerns=concerns)
    figure.update_xaxes(
        range=[-0.4, len(times) - 0.6], tickvals=list(range(len(times))), tickangle=0,
        ticklabeloverflow="allow",
        ticktext=_ticks(times), showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(range=[0, top], nticks=5, ticklabelposition="inside top", tickformat=",d")
    figure.update_layout(margin={"l": 24, "r": 24, "b": _BELOW})
    return HEIGHT


def _name_lines(
    figure: go.Figure, lines: Sequence[Line], times: Sequence[str], *, language: Language,
    top: float,
) -> None:  # fmt: skip
    """Write each name above its line's last point; names that would touch are moved apart."""
    pixel = HEIGHT / top
    ends = []
    for line in lines:
        known = [time for time in times if line.values.get(time) is not None]
        if known:
            ends.append((line.values[known[-1]] * pixel + 14, line, known[-1]))
    below = -float(_APART)
    for height, line, last in sorted(ends, key=lambda end: end[0]):
        below = max(height, below + _APART)
        figure.add_annotation(
            name="label", x=1, xref="paper", xanchor="right", y=below / pixel, yanchor="middle",
            showarrow=False, font={"color": line.colour},
            text=f"{line.name} <b>{number(line.values[last], language)}</b>", align="right",
        )  # fmt: skip


def _ticks(times: Sequence[str]) -> list[str]:
    """Write I and II under semesters, and the school year under I as far as there is room."""
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


def _mark_breaks(
    figure: go.Figure, times: Sequence[str], language: Language, *, concerns: frozenset[str]
) -> None:
    """Draw a dotted line where the series breaks between two points."""
    place = 0
    for each in breaks():
        at = _position(each.date, times)
        is_far = not 0 < at < len(times) - 1
        if is_far or not each.is_shown or not {*each.affects} & {*concerns, "all"}:
            continue
        figure.add_shape(
            type="line", x0=at, x1=at, y0=0, y1=1, yref="paper",
            line={"color": theme.MUTED, "width": 1, "dash": "dot"},
        )  # fmt: skip
        is_late = at > len(times) / 2
        figure.add_annotation(
            name="break", x=at, y=0, yref="paper", yanchor="bottom", yshift=4 + 18 * place,
            text=each.short[language], showarrow=False, xanchor="right" if is_late else "left",
            font={"color": theme.MUTED, "size": 12}, bgcolor="rgba(255,255,255,0.8)",
        )  # fmt: skip
        place = (place + 1) % 3


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
