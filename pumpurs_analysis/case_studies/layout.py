"""How a section looks in HTML: sentences, tables and drawings, without a script or a network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from pumpurs_analysis import tables
from pumpurs_analysis.case_studies.claims import Sentence
from pumpurs_analysis.case_studies.joint import Display
from pumpurs_analysis.case_studies.sections import Exhibit
from pumpurs_analysis.case_studies.story import Section, Story
from pumpurs_analysis.case_studies.words import joint_rows, quoted, title_of
from pumpurs_analysis.export.drawings import draw
from pumpurs_analysis.export.svg_charts import svg
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import Language, say

STYLE = (
    """
body{font:16px/1.5 Inter,system-ui,sans-serif;color:#1f2933;max-width:78rem;margin:0 auto;
padding:1.5rem}h1{font-size:1.9rem;line-height:1.2}h2{margin-top:2.4rem;font-size:1.35rem}
h3{font-size:1rem;margin:1.6rem 0 .4rem}.basis,.source{color:#52606d;font-size:.875rem}
.basis{margin-top:-.6rem}.mark,.draft{border-left:4px solid #0b5a8f;background:#eef4f8;
padding:.5rem .8rem;margin:.5rem 0}.draft{border-color:#b42318;background:#fdecea}
.stale{background:#fdecea}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem}
th,td{border-bottom:1px solid #d9e2ec;padding:.3rem .6rem;vertical-align:top;text-align:left}
p{margin:.35rem 0;max-width:60rem}blockquote{margin:.4rem 0 .4rem 1rem}figure{margin:.5rem 0 1.2rem}
@page{size:A4 landscape;margin:12mm}@media print{
body{max-width:none;padding:0;font-size:12px}.wide{overflow:visible}
h2{break-after:avoid}tr{break-inside:avoid}}
"""
    + tables.STACKED
)


@dataclass(frozen=True)
class Shown:
    """A part of a case study as a notebook shows it."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def section_html(story: Story, section: Section, language: Language) -> Shown:
    """Lay out one section; each sentence carries its number in the document."""
    numbers = {id(each): place for place, each in enumerate(story.sentences)}
    basis = say(f"case_study.basis.{section.basis}", language)
    parts = [f"<h2>{escape(section.title(language))}</h2>", f'<p class="basis">{escape(basis)}</p>']
    for item in section.items:
        if isinstance(item, Sentence):
            parts.append(_sentence(item, numbers[id(item)], language))
        elif isinstance(item, Exhibit):
            parts += _exhibit(item, language)
        else:
            parts += _display(item, language)
    return Shown("\n".join(parts))


def head_html(story: Story, language: Language) -> Shown:
    """Lay out the title and what must stand above everything."""
    marks = "".join(f'<p class="mark">{escape(mark)}</p>' for mark in story.marks(language))
    return Shown(f"<h1>{escape(story.title(language))}</h1>{marks}")


def _sentence(item: Sentence, number: int, language: Language) -> str:
    publisher, address = item.source
    source = ""
    if publisher:
        name = escape(publisher)
        is_link = address.startswith("http")
        link = f'<a href="{escape(address, quote=True)}">{name}</a>' if is_link else name
        source = f' <span class="source">{say("case_study.source", language)}: {link}</span>'
    return f'<p data-sentence="{number}">{escape(item.text(language))}{source}</p>'


def _exhibit(item: Exhibit, language: Language) -> Iterator[str]:
    shown = tables.table(item.shown, language=language)
    title = title_of(item.shown, language)
    yield f"<h3>{escape(title)}</h3>"
    drawing = draw(item.shown, language) if item.is_drawn else None
    if drawing is not None:
        yield f"<figure>{svg(drawing, title)}</figure>"
    yield f'<div class="wide" tabindex="0">{shown._repr_html_()}</div>'
    if item.shown.hidden_count:
        yield f'<p class="source">{escape(hidden_of([item.shown], language))}.</p>'


def _display(item: Display, language: Language) -> Iterator[str]:
    heads, rows = joint_rows(item, language)
    yield '<div class="wide" tabindex="0">' + table_html(heads, rows) + "</div>"
    yield from (f"<blockquote>{escape(each)}</blockquote>" for each in quoted(item, language))


def table_html(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table, all text escaped."""
    labels = [escape(each) for each in heads]
    head = "".join(f"<th>{each}</th>" for each in labels)
    cells = '<td data-label="{}">{}</td>'.format
    body = "".join("<tr>" + "".join(map(cells, labels, map(escape, row))) + "</tr>" for row in rows)
    return f"<table class='stacks'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
