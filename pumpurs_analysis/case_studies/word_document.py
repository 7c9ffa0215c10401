"""A case study as DOCX: headings, sentences, tables, and charts where a Chromium can draw them."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pumpurs_analysis import charts, tables
from pumpurs_analysis.case_studies.claims import Sentence
from pumpurs_analysis.case_studies.joint import Display
from pumpurs_analysis.case_studies.pictures import Pictures
from pumpurs_analysis.case_studies.sections import Exhibit
from pumpurs_analysis.case_studies.story import Section, Story
from pumpurs_analysis.case_studies.words import joint_rows, quoted, title_of
from pumpurs_analysis.export.decks import Grid
from pumpurs_analysis.export.fixed_bytes import fixed
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import Language, say

_RED = RGBColor(0xB4, 0x23, 0x18)
_GREY = RGBColor(0x52, 0x60, 0x6D)
_DARK = RGBColor(0x1F, 0x29, 0x33)
_SMALL, _CELL, _MANY = Pt(8), Pt(9), 8  # letters; from more columns on, small ones
_TEXT_WIDE = Cm(25.7)
_WIDE, _HIGH = Cm(25), Cm(14.5)  # room for the heading above it on the same page


def docx_of(
    story: Story, language: Language, *, told_of: Callable[[int], None] = lambda _: None
) -> bytes:
    """Write a case study as DOCX, on lying A4, so that the tables fit.

    Args:
        story: What it tells.
        language: Of words and numbers.
        told_of: Called with the place of each section as it is begun; what it raises ends the work.
    """
    document = _blank(story.title(language), language)
    document.add_heading(story.title(language), 0)
    for mark in story.marks(language):
        document.add_paragraph(mark, style="Intense Quote")
    with Pictures() as pictures:
        if not pictures.can_draw:
            document.add_paragraph(say("case_study.charts_left_out", language))
        for place, section in enumerate(story.sections):
            told_of(place)
            _add_section(document, section, pictures, language=language)
    return _bytes(document)


def _blank(title: str, language: Language) -> Any:  # noqa: ANN401  (the library ships no types)
    document = docx.Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.language = {"lv": "lv-LV", "en": "en-GB"}[language]
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    run = style.element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), document.core_properties.language)
    run.append(spoken)
    return document


def _bytes(document: Any) -> bytes:  # noqa: ANN401  (as above)
    out = io.BytesIO()
    document.save(out)
    return fixed(out.getvalue())


def _add_section(
    document: Any,  # noqa: ANN401  (as above)
    section: Section,
    pictures: Pictures,
    *,
    language: Language,
) -> None:
    document.add_heading(section.title(language), 1)
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next = True
    basis = line.add_run(say(f"case_study.basis.{section.basis}", language))
    basis.italic, basis.font.color.rgb = True, _GREY
    for item in section.items:
        if isinstance(item, Sentence):
            _add_sentence(document, item, language)
        elif isinstance(item, Exhibit):
            _add_exhibit(document, item, pictures, language=language)
        else:
            _add_display(document, item, language)


def _add_sentence(document: Any, item: Sentence, language: Language) -> None:  # noqa: ANN401  (as above)
    paragraph = document.add_paragraph(item.text(language))
    publisher, address = item.source
    if publisher:
        where = f" {say('case_study.source', language)}: {publisher}"
        where += f", {address}" if address.startswith("http") else ""
        source = paragraph.add_run(where)
        source.font.size, source.font.color.rgb = _SMALL, _GREY


def _add_exhibit(
    document: Any,  # noqa: ANN401  (as above)
    item: Exhibit,
    pictures: Pictures,
    *,
    language: Language,
) -> None:
    document.add_heading(title_of(item.shown, language), 2)
    draw = getattr(charts, item.shown.result.name, None)
    if item.is_drawn and draw is not None and pictures.can_draw:
        _add_picture(document, pictures.png(draw(item.shown, language=language)))
    shown = tables.table(item.shown, language=language).without_empty()
    _add_table(document, Grid(
        tuple(column.label for column in shown.columns),
        tuple(tuple(cell.text for cell in row) for row in shown.rows),
        tuple(column.is_number for column in shown.columns),
    ))  # fmt: skip
    if item.shown.hidden_count:
        document.paragraphs[-1].add_run(f"{hidden_of([item.shown], language)}.").font.size = _SMALL


def _add_picture(document: Any, content: bytes) -> None:  # noqa: ANN401  (as above)
    picture = document.add_picture(io.BytesIO(content), width=_WIDE)
    if picture.height > _HIGH:
        picture.width, picture.height = round(_WIDE * _HIGH / picture.height), _HIGH


def _add_display(document: Any, item: Display, language: Language) -> None:  # noqa: ANN401  (as above)
    heads, rows = joint_rows(item, language)
    _add_table(document, Grid(tuple(heads), tuple(map(tuple, rows)), (False,) * len(heads)))
    for line in quoted(item, language):
        document.add_paragraph(line)


def _add_table(document: Any, grid: Grid) -> None:  # noqa: ANN401  (as above)
    lines = (grid.head, *grid.rows)
    table = document.add_table(len(lines), len(grid.head), style="Light Shading Accent 1")
    table.autofit = False
    letters = _CELL if len(grid.head) <= _MANY else _SMALL
    _repeat_head(table.rows[0])
    for column, wide in zip(table.columns, grid.widths, strict=True):
        column.width = round(_TEXT_WIDE * wide)
    for line, texts in zip(table.rows, lines, strict=True):
        _mark(line, "w:cantSplit")  # a row cut by the end of a page reads as two
        for cell, words, wide, is_number in zip(
            line.cells, texts, grid.widths, grid.is_number, strict=True
        ):
            cell.text, cell.width = words, round(_TEXT_WIDE * wide)
            paragraph = cell.paragraphs[0]
            if is_number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in paragraph.runs:
                run.font.size, run.font.color.rgb = letters, _DARK
    document.add_paragraph()


def _repeat_head(row: Any) -> None:  # noqa: ANN401  (as above)
    """The headings stand again on every page of a long table."""
    _mark(row, "w:tblHeader")


def _mark(row: Any, name: str) -> None:  # noqa: ANN401  (as above)
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001  (the library offers no other way)


def marked_draft(content: bytes, warning: str, lines: Iterable[str]) -> bytes:
    """Put a warning on top of a document, and each stale sentence under it; an older one goes."""
    document = docx.Document(io.BytesIO(content))
    for paragraph in list(document.paragraphs):
        if paragraph.style.name == "Caption":
            paragraph._element.getparent().remove(paragraph._element)  # noqa: SLF001  (as above)
    first = document.paragraphs[0]
    for line in (warning, *lines):
        run = first.insert_paragraph_before(style="Caption").add_run(line)
        run.bold, run.font.color.rgb = line == warning, _RED
    return _bytes(document)
