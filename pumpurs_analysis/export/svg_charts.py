"""A Drawing as inline SVG: widths in percent, letters in pixels, so that it fits phone and slide.

Nothing is fetched and no script runs: what is drawn is text and rectangles that print well.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from pumpurs_analysis.charts import theme
from pumpurs_analysis.export.drawings import Drawing, Series

_WIDEST = 72  # percent of the width for the longest bar; its number stands right of it
_BESIDE = 32  # percent for labels beside the bars
_LINE = 1.3  # height of a line of letters
_PLOT = 11.0  # height of columns and lines, in letters, where there is no room given
_NARROW = 36  # characters of a label on the narrowest phone
_LABEL = 30  # characters of a label beside a bar
_THICKEST = 44
_FULL = 100.0
_CENTURY = re.compile(r"\b20(?=\d\d)")  # of school years, where many stand side by side


@dataclass(frozen=True)
class _Room:
    """Size of letters, and the height to fill; 0 where the drawing is as high as it needs."""

    size: int
    high: int = 0


def svg(drawing: Drawing, label: str, *, size: int = 15, room: int = 0) -> str:
    """Draw as SVG.

    Args:
        drawing: What to draw.
        label: The figure in words, for who cannot see it.
        size: Height of letters in pixels.
        room: Height to fill, with labels beside the bars; else they stand above them.

    Example:
        >>> one = Series("Plans", (3.0,), ("3",), "#0B5A8F")
        >>> svg(Drawing("bar", "count", ("A",), (one,)), "A: 3")[:34]
        '<svg role="img" aria-label="A: 3" '
    """
    parts, height = _PAINTERS[drawing.kind](drawing, _Room(size, room))
    return (
        f'<svg role="img" aria-label="{escape(label, quote=True)}" width="100%" '
        f'height="{height:.0f}" font-size="{size}" fill="{theme.TEXT}">{"".join(parts)}</svg>'
    )


def _most(drawing: Drawing) -> float:
    shown = [value for each in drawing.series for value in each.numbers if value is not None]
    ends = [pair[1] for each in drawing.series for pair in each.ends if pair]
    return max([*shown, *ends, 0.0]) or 1.0


def _text(x: str, y: float, words: str, *, more: str = "") -> str:
    return f'<text x="{x}" y="{y:.1f}"{more}>{escape(words)}</text>'


def _legend(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    """Names of the series with their colour; none where there is one."""
    if len(drawing.series) == 1:
        return [], 0.0
    parts, size = [], room.size
    left = top = 0.0
    for each in drawing.series:
        parts.append(
            f'<rect x="{left:.0f}" y="{top + size * 0.25:.1f}" width="{size * 0.8:.1f}" '
            f'height="{size * 0.8:.1f}" fill="{each.colour}"/>'
        )
        parts.append(_text(f"{left + size * 1.2:.0f}", top + size, each.name))
        if room.high:
            left += size * (2.6 + 0.56 * len(each.name))
        else:
            top += size * _LINE
    return parts, (size * _LINE if room.high else top) + size * 0.5


def _bars(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    return (_beside if room.high else _under)(drawing, room)


def _under(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    """Labels above their bars: they wrap, and fit a phone."""
    size = room.size
    parts, top = _legend(drawing, room)
    for place, name in enumerate(drawing.categories):
        for line in textwrap.wrap(name, _NARROW, break_long_words=False) or [""]:
            parts.append(_text("0", top + size, line))
            top += size * _LINE
        for each in drawing.series:
            parts += _bar(each, place, top=top, thick=size * 0.95, size=size,
                          scale=_WIDEST / _most(drawing), left=0)  # fmt: skip
            top += size * 1.1
        top += size * 0.8
    return parts, top


def _beside(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    """Labels beside their bars; all the room is used."""
    parts, first = _legend(drawing, room)
    pitch = (room.high - first) / len(drawing.categories)
    thick = min(pitch * 0.74 / len(drawing.series), _THICKEST)
    size = round(min(room.size, thick * 1.05, pitch * 0.44))
    scale = (_WIDEST - _BESIDE + 14) / _most(drawing)
    ending = f' text-anchor="end" font-size="{size}"'
    for place, name in enumerate(drawing.categories):
        middle = first + pitch * (place + 0.5)
        lines = textwrap.wrap(name, _LABEL * room.size // size, break_long_words=False)[:3]
        start = middle - (len(lines) - 1) * size * 0.58 + size * 0.36
        parts += [
            _text(f"{_BESIDE - 1}%", start + i * size * 1.16, line, more=ending)
            for i, line in enumerate(lines)
        ]
        top = middle - thick * len(drawing.series) / 2
        for each in drawing.series:
            parts += _bar(each, place, top=top, thick=thick * 0.94, size=size, scale=scale,
                          left=_BESIDE)  # fmt: skip
            top += thick
    return parts, room.high


def _bar(  # noqa: PLR0913  (where one bar stands)
    each: Series, place: int, *, top: float, thick: float, size: int, scale: float, left: float
) -> Iterator[str]:
    value, words = each.numbers[place], each.words[place]
    letters = top + thick / 2 + size * 0.36
    sized = f' font-size="{size}"'
    if value is None:
        yield _text(f"{left + 0.5}%", letters, words, more=f'{sized} fill="{theme.MUTED}"')
        return
    at = left + value * scale
    yield (
        f'<rect x="{left}%" y="{top:.1f}" width="{value * scale:.2f}%" height="{thick:.1f}" '
        f'fill="{each.colour_of(place)}"/>'
    )
    ends = each.ends[place] if each.ends else None
    if ends:
        low, high = (left + end * scale for end in ends)
        at = max(at, high)
        middle = top + thick / 2
        yield (
            f'<line x1="{low:.2f}%" x2="{high:.2f}%" y1="{middle:.1f}" y2="{middle:.1f}" '
            f'stroke="{theme.TEXT}" stroke-width="2"/>'
        )
    yield _text(
        f"{at:.2f}%", letters, words, more=f'{sized} dx="{size * 0.4:.0f}" font-weight="650"'
    )


def _plot(drawing: Drawing, room: _Room) -> tuple[list[str], float, float]:
    """Legend, where the plot's floor is, and how high it is."""
    parts, top = _legend(drawing, room)
    top += room.size * _LINE
    high = room.high - top - room.size * _LINE * 2.2 if room.high else room.size * _PLOT
    return parts, top + high, high


def _columns(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    parts, floor, high = _plot(drawing, room)
    wide = _FULL / len(drawing.categories)
    bar = wide * 0.76 / len(drawing.series)
    for place, name in enumerate(_times(drawing, room)):
        for which, each in enumerate(drawing.series):
            tall = high * (each.numbers[place] or 0.0) / _most(drawing)
            x = wide * place + wide * 0.12 + bar * which
            parts.append(
                f'<rect x="{x:.2f}%" y="{floor - tall:.1f}" width="{bar * 0.94:.2f}%" '
                f'height="{tall:.1f}" fill="{each.colour_of(place)}"/>'
            )
            parts.append(_above(x + bar * 0.47, floor - tall, each.words[place], room=room))
        parts += _tick(wide * (place + 0.5), floor, name, room=room)
    return [*parts, _floor(floor)], floor + room.size * _LINE * 2.2


def _lines(drawing: Drawing, room: _Room) -> tuple[list[str], float]:
    parts, floor, high = _plot(drawing, room)
    wide = _FULL / len(drawing.categories)
    for each in drawing.series:
        points = {
            place: (wide * (place + 0.5), floor - high * value / _most(drawing))
            for place, value in enumerate(each.numbers)
            if value is not None
        }
        for place, (x, y) in points.items():
            if place + 1 in points:
                x2, y2 = points[place + 1]
                parts.append(
                    f'<line x1="{x:.2f}%" y1="{y:.1f}" x2="{x2:.2f}%" y2="{y2:.1f}" '
                    f'stroke="{each.colour}" stroke-width="2.5"/>'
                )
            parts.append(f'<circle cx="{x:.2f}%" cy="{y:.1f}" r="4" fill="{each.colour}"/>')
            parts.append(_above(x, y - room.size * 0.2, each.words[place], room=room))
        parts += [
            _above(wide * (place + 0.5), floor, each.words[place], room=room)
            for place, value in enumerate(each.numbers)
            if value is None
        ]
    for place, name in enumerate(_times(drawing, room)):
        parts += _tick(wide * (place + 0.5), floor, name, room=room)
    return [*parts, _floor(floor)], floor + room.size * _LINE * 2.2


def _above(x: float, y: float, words: str, *, room: _Room) -> str:
    more = f' text-anchor="middle" font-size="{room.size * 0.85:.0f}"'
    return _text(f"{x:.2f}%", y - room.size * 0.3, words, more=more)


def _times(drawing: Drawing, room: _Room) -> list[str]:
    """Names of times, shorter where there is little room; a year stands under its first half."""
    names = [name if room.high else _CENTURY.sub("", name) for name in drawing.categories]
    years = [name.partition(" ")[0] for name in names]
    return [
        name.removeprefix(year) if place and " " in name and years[place - 1] == year else name
        for place, (name, year) in enumerate(zip(names, years, strict=True))
    ]


def _tick(x: float, floor: float, name: str, *, room: _Room) -> Iterator[str]:
    """A time under its column: a semester's half stands under its year."""
    year, _, half = name.partition(" ")
    more = f' text-anchor="middle" font-size="{room.size * 0.8:.0f}"'
    yield _text(f"{x:.2f}%", floor + room.size * _LINE, year, more=more)
    if half:
        yield _text(f"{x:.2f}%", floor + room.size * _LINE * 2, half, more=more)


def _floor(floor: float) -> str:
    return (
        f'<line x1="0" x2="100%" y1="{floor:.1f}" y2="{floor:.1f}" stroke="{theme.MUTED}" '
        'stroke-width="1"/>'
    )


_PAINTERS: dict[str, Callable[[Drawing, _Room], tuple[list[str], float]]] = {
    "bar": _bars,
    "column": _columns,
    "line": _lines,
}
