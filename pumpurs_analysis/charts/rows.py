"""Charts made of rows: a label line and under it a bar or a dot, from the top down.

Labels stand above their marks and wrap, so that long Latvian names are whole on a phone and on a
slide alike. Positions are pixels from the top: what is put in decides how high the chart is. Where
there is room, a page takes the soft breaks out again and moves up what is below (kit.js).
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pumpurs_analysis.charts import theme
from pumpurs_analysis.charts.draft import Draft

_LINE = 19  # a line of text
_CHARACTERS = 32  # what fits a card on the narrowest phone
SOFT = "<br />"  # a break for want of room; "<br>" is one that is meant
_BOLDER = 3  # how many characters fewer fit in bold
_BAR = 14
_GAP = 12


_DOT = 10  # diameter of a dot
_APART = 8  # pixels between the dots of one row, so that their intervals do not cover each other

Shape = Literal["bar", "circle", "diamond", "square", "x"]


@dataclass(frozen=True)
class Row:
    """One mark with its label; without a value only the label, which says why.

    ``low`` and ``high`` draw its interval, ``origin`` a line to it, ``behind`` a thicker pale bar
    behind it: what could have been. ``end`` stands at the right end of the label's line. ``pick``
    is the value that pressing the row narrows a page to.
    """

    label: str
    value: float | None
    colour: str
    low: float | None = None
    high: float | None = None
    origin: float | None = None
    shape: Shape = "bar"
    opacity: float = 1.0
    behind: float | None = None
    end: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Dot:
    """A dot with its interval."""

    value: float
    shape: Shape
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dots:
    """One line of words, and under it several dots of one colour; the rest as in ``Row``."""

    label: str
    dots: tuple[Dot, ...]
    colour: str
    end: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Heading:
    """Words over the rows that follow; ``detail`` stands under them in a quieter colour."""

    text: str
    detail: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Divider:
    """A dotted line across, with its words: the series breaks here."""

    text: str


Item = Row | Dots | Heading | Divider


def draw_rows(figure: Draft, items: Sequence[Item], *, limits: tuple[float, float]) -> int:
    """Draw items from the top down.

    Args:
        figure: Gets the traces and words.
        items: What to draw, in order.
        limits: Ends of the value axis.

    Returns:
        Height of the drawing in pixels.

    Example:
        >>> draw_rows(Draft(), [Heading("Riski"), Row("71 %", 71, "#0072B2")], limits=(0, 100))
        76
    """
    top = 4
    labelled = (item for item in items if isinstance(item, Dots) and item.end)
    is_one_line = all(map(_is_one_line, labelled))  # the words of all dots stand alike
    places, behind = [], len(figure.traces)
    for item in items:
        above = top
        if isinstance(item, Heading):
            top = _heading(figure, item, top)
        elif isinstance(item, Divider):
            top = _divider(figure, item, top)
        elif isinstance(item, Dots):
            top = _dots(figure, item, top, is_one_line=is_one_line)
        else:
            top = _row(figure, item, top, zero=limits[0])
        if not isinstance(item, Divider) and item.pick:
            places.append((item.pick, above, top))
    if places:
        figure.traces.insert(behind, _pressed(places, limits))
    figure.update_xaxes(range=list(limits))
    figure.update_yaxes(range=[top, 0], visible=False)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 12}, barmode="overlay")
    return top


def _pressed(
    places: Sequence[tuple[str, float, float]], limits: tuple[float, float]
) -> dict[str, Any]:
    """Lay a band behind each row that can be pressed; only the chosen one is seen."""
    low, high = limits
    return {
        "type": "bar", "name": "picks", "orientation": "h", "hoverinfo": "none",
        "base": low, "x": [high - low] * len(places),
        "y": [(above + below) / 2 - 2 for _, above, below in places],
        "width": [below - above for _, above, below in places],
        "customdata": [pick for pick, _, _ in places],
        "marker": {"color": theme.CHOSEN, "opacity": 0},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def write(figure: Draft, text: str, top: int, *, colour: str = theme.TEXT) -> int:
    """Write a text from a height on and give the height below it.

    Example:
        >>> write(Draft(), "Riski", 0)
        19
    """
    return _text(figure, _wrapped(text), top, colour=colour)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines, never inside a word.

    Example:
        >>> wrapped("Sociālā vide un veselība", 12)
        ['Sociālā vide', 'un veselība']
    """
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _heading(figure: Draft, item: Heading, top: int) -> int:
    top += 8
    top = _text(figure, _wrapped(f"<b>{item.text}</b>"), top)
    return _text(figure, _wrapped(item.detail), top, colour=theme.MUTED) if item.detail else top


def _divider(figure: Draft, item: Divider, top: int) -> int:
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=top, y1=top,
        line={"color": theme.MUTED, "width": 1, "dash": "dot"},
    )  # fmt: skip
    return _text(figure, _wrapped(item.text), top + 2, colour=theme.MUTED, name="break") + 6


def _row(figure: Draft, item: Row, top: int, *, zero: float) -> int:
    top = _label(figure, item, top, is_one_line=_is_one_line(item))
    if item.value is None:
        return top + _GAP // 2
    top += 4 * (item.behind is not None)  # the wider bar stays clear of the words
    middle = top + 2 + _BAR / 2
    dot = Dot(item.value, item.shape, item.low, item.high)
    if item.behind is not None:
        figure.add_bar(
            x=[item.behind - zero], base=zero, y=[middle], width=_BAR + 8, orientation="h",
            marker={"color": theme.GRID}, hoverinfo="skip", name="behind",
        )  # fmt: skip
    if item.shape == "bar":
        figure.add_bar(
            x=[item.value - zero], base=zero, y=[middle], orientation="h",
            width=_BAR - 4 * (item.behind is not None), hoverinfo="skip",
            marker={"color": item.colour, "opacity": item.opacity},
            error_x=_interval(dot, theme.TEXT),
        )  # fmt: skip
    else:
        if item.origin is not None:
            figure.add_shape(
                type="line", x0=item.origin, x1=item.value, y0=middle, y1=middle,
                line={"color": item.colour, "width": 2},
            )  # fmt: skip
        _dot(figure, dot, middle=middle, colour=item.colour)
    return top + _BAR + _GAP


def _dots(figure: Draft, item: Dots, top: int, *, is_one_line: bool) -> int:
    top = _label(figure, item, top, is_one_line=is_one_line)
    for place, dot in enumerate(item.dots):
        _dot(figure, dot, middle=top + 2 + _DOT / 2 + place * _APART, colour=item.colour)
    return top + _DOT + max(len(item.dots) - 1, 0) * _APART + _GAP // 2 + 2


def _dot(figure: Draft, dot: Dot, *, middle: float, colour: str) -> None:
    figure.add_scatter(
        x=[dot.value], y=[middle], mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"color": colour, "size": _DOT, "symbol": dot.shape},
        error_x=_interval(dot, colour),
    )  # fmt: skip


def _interval(dot: Dot, colour: str) -> dict[str, Any] | None:
    value, low, high = dot.value, dot.low, dot.high
    if low is None or high is None:
        return None
    return {
        "type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low],
        "color": colour, "thickness": 1.5, "width": 3,
    }  # fmt: skip


def _label(figure: Draft, item: Row | Dots, top: int, *, is_one_line: bool) -> int:
    """Write a row's words; what stands at the end goes below them where a line is too short."""
    below = _text(figure, _wrapped(item.label), top)
    if not item.end:
        return below
    at = top if is_one_line else below
    return _text(figure, item.end, at, at_end=is_one_line)


def _is_one_line(item: Row | Dots) -> bool:
    plain = re.sub(r"</?b>", "", item.label + item.end)
    return len(plain) + 2 <= _CHARACTERS and "<br>" not in plain


def _text(
    figure: Draft, text: str, top: int, *,
    colour: str = theme.TEXT, name: str = "label", at_end: bool = False,
) -> int:  # fmt: skip
    side = "right" if at_end else "left"
    figure.add_annotation(
        name=name, text=text, x=int(at_end), xref="paper", xanchor=side, y=top, yanchor="top",
        align=side, showarrow=False, borderpad=0, font={"color": colour},
    )  # fmt: skip
    return top + _LINE * (text.count("<br") + 1)


def _wrapped(text: str) -> str:
    """Wrap each line by what is seen: the marks of bold words take no room."""
    return "<br>".join(_wrapped_line(line, _CHARACTERS) for line in text.split("<br>"))


def _wrapped_line(line: str, width: int) -> str:
    plain = re.sub(r"</?b>", "", line)
    is_bold = line == f"<b>{plain}</b>"
    width -= _BOLDER * is_bold
    if len(plain) <= width:
        return line
    # While wrapping, a mark is one letter long; it never stands at a line's end.
    short = plain if is_bold else line.replace("<b>", "\x01").replace("</b>", "\x02")
    marks = 0 if is_bold else 2
    parts = textwrap.wrap(short, width + marks, break_long_words=False, break_on_hyphens=False)
    whole = SOFT.join(f"<b>{part}</b>" if is_bold else part for part in parts)
    return whole.replace("\x01", "<b>").replace("\x02", "</b>")
