"""Tile map: one tile of the same size for every municipality since the reform of 2021."""

from collections.abc import Mapping
from dataclasses import dataclass

from pumpurs_analysis.charts import theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.municipalities import tile_grid

_TILE = 52  # pixels from the top of one tile to that of the next
_GAP = 0.04
_LETTERS = 7  # of a name that a tile has room for; a phone is shown bars instead
_DARK = 0.55  # from this depth of colour on, text is white
_PALEST, _DEEPEST = (0xE3, 0xEC, 0xF3), (0x0B, 0x5A, 0x8F)


@dataclass(frozen=True)
class Tile:
    """What stands in a tile.

    Attributes:
        text: The number as written, or why there is none.
        depth: Depth of its colour, 0 to 1; None where the number is hidden.
    """

    text: str
    depth: float | None


def draw(figure: Draft, tiles: Mapping[str, Tile]) -> int:
    """Draw the map; municipalities without a tile of their own stay grey and empty.

    Args:
        figure: Gets the shapes and words.
        tiles: Name of the municipality and what stands in its tile.

    Returns:
        Height of the drawing in pixels.

    Example:
        >>> draw(Draft(), {"Tukuma novads": Tile("12", 1.0)})
        312
    """
    grid = tile_grid()
    for place in grid.to_dict("records"):
        tile = tiles.get(place["name"])
        x, y = place["column"], place["row"]
        is_hidden = tile is not None and tile.depth is None
        figure.add_shape(
            type="rect", x0=x + _GAP, x1=x + 1 - _GAP, y0=y + _GAP, y1=y + 1 - _GAP, layer="below",
            fillcolor="#FFFFFF" if is_hidden else shade(None if tile is None else tile.depth),
            line={"width": int(is_hidden), "color": theme.MUTED, "dash": "dot"},
        )  # fmt: skip
        is_dark = tile is not None and tile.depth is not None and tile.depth >= _DARK
        colour = "#FFFFFF" if is_dark else theme.MUTED if tile is None else theme.TEXT
        _label(figure, _short(place["label"]), x=x + 0.5, y=y + 0.07, size=10, colour=colour)
        if tile is not None:
            text = f"<b>{tile.text}</b>" if tile.depth is not None else tile.text
            size = 11 if is_hidden else 13
            _label(figure, text, x=x + 0.5, y=y + 0.55, size=size, colour=colour)
    known = grid[grid["name"].isin(list(tiles))]
    figure.add_scatter(  # what can be pressed; the page draws a ring around the chosen one (kit.js)
        x=(known["column"] + 0.5).tolist(), y=(known["row"] + 0.5).tolist(), mode="markers",
        customdata=known["name"].tolist(),
        marker={"opacity": 0, "symbol": "square", "size": _TILE - 16},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
        text=[f"{name}: {tiles[name].text}" for name in known["name"]],
        hovertemplate="%{text}<extra></extra>", name="tiles",
    )  # fmt: skip
    columns, lines = int(grid["column"].max()) + 1, int(grid["row"].max()) + 1
    figure.update_xaxes(range=[0, columns], visible=False)
    figure.update_yaxes(range=[lines, 0], visible=False)
    figure.update_layout(margin={"l": 6, "r": 6, "b": 12})
    return lines * _TILE


def shade(depth: float | None) -> str:
    """Mix white and the accent colour, so that pale means few.

    Example:
        >>> shade(0.0), shade(1.0), shade(None)
        ('rgb(227,236,243)', 'rgb(11,90,143)', '#F3F5F7')
    """
    if depth is None:
        return "#F3F5F7"
    ends = zip(_PALEST, _DEEPEST, strict=True)
    mixed = [round(a + (b - a) * min(depth, 1)) for a, b in ends]
    return f"rgb({mixed[0]},{mixed[1]},{mixed[2]})"


def _short(label: str) -> str:
    """A name for a narrow tile: a municipality named like its city says so on a second line."""
    name = label.removesuffix(" n.")
    if len(name) > _LETTERS:
        name = f"{name[: _LETTERS - 1].rstrip('.')}."
    return f"{name}<br>nov." if label.endswith(" n.") else name


def _label(figure: Draft, text: str, *, x: float, y: float, size: int, colour: str) -> None:
    figure.add_annotation(
        name="label", x=x, y=y, text=text, showarrow=False, borderpad=0, yanchor="top",
        font={"size": size, "color": colour},
    )  # fmt: skip
