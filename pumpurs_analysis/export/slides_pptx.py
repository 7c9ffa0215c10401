"""A Deck as PPTX: charts and tables that PowerPoint and LibreOffice can edit.

The workbook behind a chart holds the numbers drawn, nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from pumpurs_analysis.charts import theme
from pumpurs_analysis.export.decks import Deck, Slide
from pumpurs_analysis.export.fixed_bytes import fixed
from pumpurs_analysis.export.pptx_charts import TAG, Box, add_chart, describe
from pumpurs_analysis.text import Language, say

_Pptx = Any  # it ships no types
_SIZES = (14, 12, 11)  # of letters in a table; the largest that fits
WIDE, HIGH = Inches(13.333), Inches(7.5)
_LEFT, _WIDTH = Inches(0.55), Inches(12.23)
_FLOOR = Inches(6.62)  # below it stands the footer
_TITLE_LINE = 52  # characters of one line of title
_LONG = 9  # letters of a number from which it is written smaller
_TITLE_ONLY = 5
_DARK = "#0B3A5E"
_LANGUAGE = {"lv": MSO_LANGUAGE_ID.LATVIAN, "en": MSO_LANGUAGE_ID.ENGLISH_UK}


def pptx(deck: Deck, logos: Sequence[Path] = ()) -> bytes:
    """Write a deck.

    Args:
        deck: What the slides say and show.
        logos: Pictures for the first slide, PNG or JPG.

    Returns:
        The bytes of a PPTX file; the same deck gives the same bytes.
    """
    presentation = Presentation()
    _widen(presentation)
    letters = _Letters(deck.language)
    _first(presentation, deck, logos=logos, letters=letters)
    for place, slide in enumerate(deck.slides, start=1):
        _one(presentation, slide, deck=deck, number=place, letters=letters)
    properties = presentation.core_properties
    properties.title, properties.subject = deck.title, deck.subtitle
    properties.author, properties.keywords = "PuMPuRS", ", ".join(deck.marks)
    properties.language = TAG[deck.language]
    out = BytesIO()
    presentation.save(out)
    return fixed(out.getvalue())


@dataclass(frozen=True)
class _Letters:
    """Writes text in the deck's language, so that spelling is checked in the right one."""

    language: Language

    def write(  # noqa: PLR0913  (each is one word of how it looks)
        self, frame: _Pptx, text: str, *, size: float, colour: str = theme.TEXT,
        bold: bool = False, align: _Pptx = None, new: bool = False,
    ) -> None:  # fmt: skip
        paragraph = frame.add_paragraph() if new else frame.paragraphs[0]
        paragraph.alignment = align or PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _rgb(colour)
        run.font.language_id = _LANGUAGE[self.language]


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def _widen(presentation: _Pptx) -> None:
    """Make the default template 16:9, with its placeholders, in letters that every office has."""
    factor = WIDE / presentation.slide_width
    presentation.slide_width, presentation.slide_height = WIDE, HIGH
    master = presentation.slide_master
    for layout in (master, *master.slide_layouts):
        for shape in layout.placeholders:
            if shape.element.xpath(".//a:xfrm"):
                shape.left, shape.width = (
                    Emu(int(shape.left * factor)),
                    Emu(int(shape.width * factor)),
                )
    for relation in master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            part = relation.target_part
            part._blob = part.blob.replace(b"Calibri", b"Arial")  # noqa: SLF001  (the theme has no other door)


def _box(slide: _Pptx, box: Box, *, middle: bool = False) -> _Pptx:
    shape = slide.shapes.add_textbox(*box)
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    return frame


def _place(shape: _Pptx, box: Box) -> _Pptx:
    shape.left, shape.top, shape.width, shape.height = box
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = 0
    return frame


def _first(
    presentation: _Pptx,
    deck: Deck,
    *,
    logos: Sequence[Path],
    letters: _Letters,
) -> None:
    slide = presentation.slides.add_slide(presentation.slide_layouts[_TITLE_ONLY])
    fill = slide.background.fill
    fill.solid()
    fill.fore_color.rgb = _rgb(_DARK)
    title = _place(slide.shapes.title, (_LEFT, Inches(2.2), _WIDTH, Inches(1.3)))
    title.vertical_anchor = MSO_ANCHOR.BOTTOM
    letters.write(title, deck.title, size=40, colour="#FFFFFF", bold=True)
    about = _box(slide, (_LEFT, Inches(3.6), _WIDTH, Inches(0.9)))
    letters.write(about, deck.subtitle, size=20, colour="#DCE8F1")
    marks = _box(slide, (_LEFT, Inches(4.5), _WIDTH, Inches(0.5)))
    letters.write(marks, " · ".join(deck.marks), size=16, colour="#FFD9A0", bold=True)
    _logos(slide, logos, deck.language)
    words = {"title": deck.title, "subtitle": deck.subtitle.rstrip(".")}
    _notes(slide, say("slides.title.notes", deck.language, **words), letters)


def _logos(slide: _Pptx, logos: Sequence[Path], language: Language) -> None:
    if not logos:
        return
    strip = slide.shapes.add_shape(1, 0, Inches(6.3), WIDE, Inches(1.2))
    strip.fill.solid()
    strip.fill.fore_color.rgb = _rgb("#FFFFFF")
    strip.line.fill.background()
    left, most = _LEFT, int(_WIDTH / len(logos))
    for logo in logos:
        picture = slide.shapes.add_picture(str(logo), left, Inches(6.5), height=Inches(0.8))
        if picture.width > most * 0.9:
            picture.height = int(picture.height * most * 0.9 / picture.width)
            picture.width = int(most * 0.9)
        describe(picture, f"{say('slides.logo', language)}: {logo.stem}")
        left += min(most, picture.width + Inches(0.5))


def _one(
    presentation: _Pptx,
    slide: Slide,
    *,
    deck: Deck,
    number: int,
    letters: _Letters,
) -> None:
    made = presentation.slides.add_slide(presentation.slide_layouts[_TITLE_ONLY])
    marks = _box(made, (_LEFT, Inches(0.18), _WIDTH, Inches(0.3)))
    letters.write(marks, " · ".join(deck.marks), size=11, colour=theme.WARNING, bold=True)
    high = Inches(0.62) if len(slide.title) <= _TITLE_LINE else Inches(1.05)
    title = _place(made.shapes.title, (_LEFT, Inches(0.46), _WIDTH, high))
    letters.write(title, slide.title, size=28, bold=True)
    top = Inches(0.5) + high
    about = _box(made, (_LEFT, top, _WIDTH, Inches(0.4)))
    letters.write(about, slide.subtitle, size=16, colour=theme.MUTED)
    body = (_LEFT, top + Inches(0.55), _WIDTH, _FLOOR - top - Inches(0.6))
    if slide.drawing:
        add_chart(made, slide, body, language=deck.language)
    elif slide.grid:
        _table(made, slide, body, letters=letters)
    else:
        _tiles(made, slide.tiles, body, letters=letters)
    foot = _box(made, (_LEFT, Inches(6.72), Inches(11.5), Inches(0.6)))
    letters.write(foot, slide.footer, size=11, colour=theme.MUTED)
    page = _box(made, (Inches(12.18), Inches(6.72), Inches(0.6), Inches(0.3)))
    letters.write(page, str(number), size=11, colour=theme.MUTED, align=PP_ALIGN.RIGHT)
    _notes(made, slide.notes, letters)


def _notes(slide: _Pptx, text: str, letters: _Letters) -> None:
    frame = slide.notes_slide.notes_text_frame
    for place, line in enumerate(text.split("\n")):
        letters.write(frame, line, size=12, new=place > 0)


def _tiles(
    slide: _Pptx, tiles: Sequence[tuple[str, str]], body: Box, *, letters: _Letters
) -> None:  # fmt: skip
    across = 4 if len(tiles) > 6 else 3  # noqa: PLR2004  (three in a row are larger)
    rows = -(-len(tiles) // across)
    wide, high = body[2] // across, min(body[3] // max(rows, 1), Inches(1.7))
    for place, (label, text) in enumerate(tiles):
        row, column = divmod(place, across)
        box = (body[0] + wide * column, body[1] + high * row, wide - Inches(0.2), high)
        frame = _box(slide, box)
        is_word = not any(letter.isdigit() for letter in text)
        letters.write(frame, text, size=24 if is_word or len(text) > _LONG else 36, bold=True,
                      colour=theme.MUTED if is_word else theme.ACCENT)  # fmt: skip
        letters.write(frame, label, size=15, new=True)


def _table(slide: _Pptx, made: Slide, body: Box, *, letters: _Letters) -> None:
    grid = made.grid
    assert grid is not None  # noqa: S101  (the caller has looked)
    rows = [grid.head, *grid.rows]
    for size in _SIZES:
        heights = [Inches(0.07) + lines * Pt(size * 1.22) for lines in grid.lines]
        if sum(heights) <= body[3]:
            break
    spare = max(body[3] - sum(heights), 0) // len(rows)
    heights = [max(high, min(high + spare, Inches(0.45))) for high in heights]
    shape = slide.shapes.add_table(
        len(rows), len(grid.head), body[0], body[1], body[2], sum(heights)
    )
    describe(shape, made.alt)
    table = shape.table
    for place, width in enumerate(grid.widths):
        table.columns[place].width = Emu(int(body[2] * width))
    for line, row in enumerate(rows):
        table.rows[line].height = heights[line]
        for place, text in enumerate(row):
            cell = table.cell(line, place)
            cell.fill.solid()
            stripe = "#F3F6F8" if line % 2 == 0 else "#FFFFFF"
            cell.fill.fore_color.rgb = _rgb(theme.ACCENT if line == 0 else stripe)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            align = PP_ALIGN.RIGHT if grid.is_number[place] else PP_ALIGN.LEFT
            letters.write(cell.text_frame, text, size=size if line else 13, bold=line == 0,
                          colour=theme.TEXT if line else "#FFFFFF", align=align)  # fmt: skip
