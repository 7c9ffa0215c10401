"""The page "case study": read what is known of a municipality, and take the document along.

Comes in: a visitor's choice of a municipality. Goes out: the page's parts, HTML and DOCX. Works
without a workspace, from published figures alone; shown is what everybody may see.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pumpurs_analysis import charts, tables
from pumpurs_analysis.app import figures, page, places, records, widget
from pumpurs_analysis.app.parts import (
    Choice,
    Definitions,
    Downloads,
    Filter,
    Filters,
    Form,
    Head,
    Link,
    Offer,
    Paragraph,
    Part,
    Piece,
    Prose,
    Section,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.upload import Files, Progress
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.case_studies.claims import Sentence
from pumpurs_analysis.case_studies.evidence import units_of_reform
from pumpurs_analysis.case_studies.sections import Exhibit
from pumpurs_analysis.case_studies.story import Story, story
from pumpurs_analysis.case_studies.words import title_of
from pumpurs_analysis.dataset import published
from pumpurs_analysis.text import Language, say, sort_key

_PAGE = "page.case_study"
_MUNICIPALITY = "municipality_today"


@dataclass(frozen=True)
class _Outcome:
    """Documents by ending, and what they are about; or why there are none."""

    about: str
    files: Mapping[str, bytes]
    refused: str = ""


class Desk:
    """One visitor's documents; nothing outlives it."""

    def __init__(self) -> None:
        self._outcome: _Outcome | None = None

    def build(self, selection: Selection) -> list[Part]:
        """Give the page's parts for a visitor's choice.

        Example:
            >>> chosen = Selection(language="en", filters={"municipality_today": "Liepāja"})
            >>> [part.kind for part in Desk().build(chosen)][:4]
            ['head', 'filters', 'prose', 'section']
        """
        language = selection.language
        told = _chosen(selection)
        parts = [_head(selection, told), _filters(selection)]
        if told is None:
            return [*parts, _offered(language), records.foot(language)]
        about = selection.as_query()
        done = self._outcome if self._outcome and self._outcome.about == about else None
        return [
            *parts,
            *_told(told, language),
            _form(about, language, done),
            *([_downloads(done, language)] if done and done.files else []),
            records.foot(language),
        ]

    def take(self, files: Files, progress: Progress) -> Callable[[], None]:
        """Make the documents; give what puts them on the page."""
        about = str(json.loads(files["form.json"])["about"])
        selection = Selection.from_query(about)
        told = _chosen(selection)
        if told is None:
            raise LookupError("no municipality was chosen")
        language = selection.language
        refused = places.refusal(places.public_release(), "case-study", language)
        files = {} if refused else _documents(told, language, progress)
        outcome = _Outcome(about, files, refused)

        def keep() -> None:
            self._outcome = outcome

        return keep

    def download(self, part: str, name: str, selection: Selection) -> tuple[str, bytes]:
        """Hand out a document, or a table of the page.

        Raises:
            LookupError: It was not made.
        """
        if part != "downloads":
            return page.table_file(self.build(selection), part, form=name, selection=selection)
        told = _chosen(selection)
        if self._outcome is None or told is None:
            raise LookupError("nothing was made yet")
        from pumpurs_analysis.case_studies import documents  # noqa: PLC0415  (reading waits for no Word)

        return f"{documents.stem_of(told)}.{name}", self._outcome.files[name]


def show() -> Page:
    """Show the page in a notebook or in Voila; each page has a desk of its own."""
    desk = Desk()
    return page.show(desk.build, download=desk.download, take=desk.take)


def _chosen(selection: Selection) -> Story | None:
    name = selection.chosen(_MUNICIPALITY)
    return _story(name, places.state()) if name in units_of_reform().index else None


@cache
def _story(name: str, _state: str) -> Story:
    """Tell it once for each state of the workspace."""
    release = places.public_release()
    return story(release.data if release.data.evidence == "records" else None, name)


def _head(selection: Selection, told: Story | None) -> Head:
    language = selection.language
    made = records.head("case_study", None, selection)
    title, badge = made.title, ""  # before a choice nothing is shown that needs a mark
    if told is not None:
        title, key = told.title(language), "page.published_figures.badge"
        if told.evidence.has_records:
            key = "page.badge.made_up" if told.evidence.is_made_up else "page.badge.records"
        badge = say(key, language)
    return Head(title=title, subtitle=made.subtitle, badge=badge, links=made.links,
                actions=made.actions)  # fmt: skip


def _filters(selection: Selection) -> Filters:
    language = selection.language
    names = sorted(units_of_reform().index, key=sort_key)
    chosen = selection.chosen(_MUNICIPALITY)
    choices = [Choice("", say(f"{_PAGE}.choose", language)), *(Choice(one, one) for one in names)]
    label = say(f"dimension.{_MUNICIPALITY}", language)
    return Filters(
        filters=[Filter(_MUNICIPALITY, label, choices, chosen if chosen in names else "")]
    )


def _offered(language: Language) -> Prose:
    """Lead to the municipalities that something is known of: from records, or from pages alone."""
    release = places.public_release()
    delivered = {*release.values(_MUNICIPALITY)} if release.data.evidence == "records" else set()
    stated = {*published().published_figures[_MUNICIPALITY].dropna()} - delivered
    lists = [
        (say(f"{_PAGE}.{key}", language), _links(names, language))
        for key, names in (("of_records", delivered), ("of_pages", stated))
        if names
    ]
    words = Paragraph([say(f"{_PAGE}.choose_text", language)])
    title = say(f"{_PAGE}.choose", language)
    return Prose(id="choose", title=title, blocks=[words, Definitions(lists)])


def _links(names: Iterable[str], language: Language) -> list[Piece]:
    """Name municipalities in Latvian order, each leading to its case study."""
    made: list[Piece] = []
    for name in sorted(names, key=sort_key):
        query = Selection(language=language, filters={_MUNICIPALITY: name}).as_query()
        made += [", ", Link(name, f"?{query}")] if made else [Link(name, f"?{query}")]
    return made


def _told(told: Story, language: Language) -> Iterator[Part]:
    marks = [Paragraph([mark]) for mark in told.marks(language)]
    yield Prose(id="marks", tone="note", blocks=marks)
    for section in told.sections:
        basis = say(f"case_study.basis.{section.basis}", language)
        yield Section(id=section.name, title=section.title(language), intro=basis)
        said: list[Paragraph] = []
        for place, item in enumerate(section.items):
            if isinstance(item, Sentence):
                said.append(_sentence(item, language))
                continue
            yield from _prose(f"{section.name}-{place}", said)
            said = []
            if isinstance(item, Exhibit):
                yield _exhibit(f"{section.name}-{place}-shown", item, language)
        yield from _prose(f"{section.name}-end", said)


def _prose(part_id: str, said: list[Paragraph]) -> Iterator[Part]:
    if said:
        yield Prose(id=part_id, blocks=said)


def _sentence(item: Sentence, language: Language) -> Paragraph:
    publisher, address = item.source
    if not publisher:
        return Paragraph([item.text(language)])
    source = f" {say('case_study.source', language)}: "
    cited = Link(publisher, address) if address.startswith("http") else publisher
    return Paragraph([item.text(language), source, cited])


def _exhibit(part_id: str, item: Exhibit, language: Language) -> Part:
    """A chart with its numbers, or the table alone where there is nothing to draw."""
    draw = getattr(charts, item.shown.result.name, None)
    if item.is_drawn and draw is not None and tables.table(item.shown, language=language).rows:
        return figures.chart(part_id, item.shown, draw(item.shown, language=language))
    title = title_of(item.shown, language)
    return figures.table(part_id, item.shown, title=title, language=language)


def _form(about: str, language: Language, done: _Outcome | None) -> Form:
    result = done.refused or say(f"{_PAGE}.done", language) if done else ""
    return Form(
        id="document",
        title=say(f"{_PAGE}.document", language),
        text=say(f"{_PAGE}.document_text", language),
        button=say(f"{_PAGE}.make", language),
        about=about,
        largest_total=1_000_000,
        words=widget.words(language, f"{_PAGE}.word."),
        result=result,
        result_tone="error" if done and done.refused else "plain",
    )


def _downloads(done: _Outcome, language: Language) -> Downloads:
    keys = {name: f"{_PAGE}.offer.{name}" for name in done.files}
    offers = [
        Offer(name, say(key, language), say(f"{key}_note", language)) for name, key in keys.items()
    ]
    return Downloads(id="downloads", title=say(f"{_PAGE}.downloads", language), offers=offers)


def _documents(told: Story, language: Language, progress: Progress) -> dict[str, bytes]:
    from pumpurs_analysis.case_studies import documents  # noqa: PLC0415  (reading waits for no Word)
    from pumpurs_analysis.case_studies.word_document import docx_of  # noqa: PLC0415  (as above)

    steps = 1 + len(told.sections)

    def at(place: int, name: str) -> None:
        progress(place, steps, name)

    at(0, "HTML")
    made = documents.page_of(told, documents.parts_of(told, language), language).encode("utf-8")
    docx = docx_of(told, language, told_of=lambda place: at(1 + place, "DOCX"))
    return {"html": made, "docx": docx}
