"""A Deck as one HTML file: shows, prints and needs no network."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from pumpurs_analysis.export import offline, svg_charts
from pumpurs_analysis.export.decks import Deck, Grid, Slide
from pumpurs_analysis.text import say

LONG = 9  # letters of a number from which it is written smaller
_LETTERS = 22  # pixels
_HIGH = 440  # that a chart has under a title of two lines


def html(deck: Deck, logos: Sequence[Path] = ()) -> str:
    """Write a deck.

    Args:
        deck: What the slides say and show.
        logos: Pictures for the first slide.

    Example:
        >>> html(Deck("T", "S", ("Draft",), (), "en", ())).count("<section")
        1
    """
    slides = "".join([_first(deck, logos), *_slides(deck)])
    helping = escape(say("slides.help_print", deck.language))
    return offline.document(
        f'<main>{slides}<p class="help">{helping}</p></main>',
        title=deck.title, language=deck.language, css="deck.css", script="deck.js",
    )  # fmt: skip


def _first(deck: Deck, logos: Sequence[Path]) -> str:
    name = say("slides.logo", deck.language)
    pictures = "".join(
        f'<img src="{offline.picture(logo)}" alt="{escape(f"{name}: {logo.stem}", quote=True)}">'
        for logo in logos
    )
    strip = f'<div class="logos">{pictures}</div>' if logos else ""
    marks = escape(" · ".join(deck.marks))
    return (
        f'<section class="first"><h1>{escape(deck.title)}</h1>'
        f'<p class="about">{escape(deck.subtitle)}</p><p class="marks">{marks}</p>{strip}</section>'
    )


def _slides(deck: Deck) -> Iterator[str]:
    marks = escape(" · ".join(deck.marks))
    for number, slide in enumerate(deck.slides, start=1):
        yield (
            f'<section id="{slide.name}"><p class="marks">{marks}</p>'
            f"<h2>{escape(slide.title)}</h2>"
            f'<p class="about">{escape(slide.subtitle)}</p><div class="body">{_body(slide)}</div>'
            f"<footer><span>{escape(slide.footer)}</span><span>{number}</span></footer>"
            f"<aside>{escape(slide.notes)}</aside></section>"
        )


def _body(slide: Slide) -> str:
    if slide.drawing:
        return svg_charts.svg(slide.drawing, slide.alt, size=_LETTERS, room=_HIGH)
    return table(slide.grid) if slide.grid else _tiles(slide.tiles)


def _tiles(tiles: Sequence[tuple[str, str]]) -> str:
    shown = "".join(
        f"<div><dt>{escape(label)}</dt><dd{size_of(text)}>{escape(text)}</dd></div>"
        for label, text in tiles
    )
    return f'<dl class="tiles">{shown}</dl>'


def size_of(text: str) -> str:
    """Say how a tile's number is written: words quieter, long numbers smaller.

    Example:
        >>> size_of("40"), size_of("113,459.48")
        ('', ' class="long"')
    """
    if not any(letter.isdigit() for letter in text):
        return ' class="word"'
    return ' class="long"' if len(text) > LONG else ""


def table(grid: Grid) -> str:
    """Write a table; numbers stand to the right.

    Example:
        >>> '<td class="number">7</td>' in table(Grid(("Plans",), (("7",),), (True,)))
        True
    """
    sides = [' class="number"' if is_number else "" for is_number in grid.is_number]
    head = "".join(
        f'<th scope="col"{side}>{escape(text)}</th>'
        for text, side in zip(grid.head, sides, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{side}>{escape(text)}</td>" for text, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in grid.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
