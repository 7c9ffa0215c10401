"""What a page is made of, as plain frozen data.

Comes in: text, numbers written for people, figures. Goes out: JSON that ``static/kit.js`` draws.
Text is never read as HTML. All of a part reaches the browser: only protected numbers may enter.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Literal

from pumpurs_analysis.text import sort_key

Json = dict[str, Any]
Tone = Literal["plain", "note", "warning", "error"]
Width = Literal[3, 4, 5, 6, 7, 8, 12]

_OF_ROW = ("pick", "finding", "is_marked")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def _plain(value: object) -> Any:  # noqa: ANN401  (JSON has no narrower type)
    if isinstance(value, Part):
        return value.to_json()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of a page.

    Attributes:
        id: Unique on the page and stable between redraws: it tells what changed.
        width: Columns of twelve on a wide screen; narrow screens stack the parts.
    """

    kind: ClassVar[str] = ""
    id: str
    width: Width = 12

    def to_json(self) -> Json:
        """Give the part as JSON for the browser.

        Example:
            >>> Section(id="money", title="Izmaksas").to_json()
            {'kind': 'section', 'id': 'money', 'width': 12, 'title': 'Izmaksas', 'intro': ''}
        """
        return {"kind": self.kind} | {
            field.name: _plain(getattr(self, field.name)) for field in fields(self)
        }


@dataclass(frozen=True)
class Link:
    """A link inside a text.

    Raises:
        ValueError: The address is neither a web page, a mail address nor a place of our own.

    Example:
        >>> Link("ESF projekti", "https://www.esf.lv").text
        'ESF projekti'
    """

    text: str
    href: str

    def __post_init__(self) -> None:
        if _SCHEME.match(self.href) and not re.match(r"(https?|mailto):", self.href, re.IGNORECASE):
            raise ValueError(
                f"a link leads to http, https, mailto or a page of ours: {self.href!r}"
            )


Piece = str | Link


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text and links, written one after another."""

    p: Sequence[Piece]


@dataclass(frozen=True)
class Bullets:
    """A list; each item is text or a row of texts and links."""

    ul: Sequence[Sequence[Piece]]


@dataclass(frozen=True)
class Definitions:
    """Labels with their values, such as a rule and what it says."""

    dl: Sequence[tuple[str, Sequence[Piece]]]


Block = Paragraph | Bullets | Definitions


@dataclass(frozen=True, kw_only=True)
class Head(Part):
    """The page's title with what kind of evidence it shows; carries the language switch.

    Attributes:
        badge: Where the numbers come from, or that they are made up; stands beside the title.
        links: All pages; this one without an address.
        actions: What can be done with this view, shown as buttons.
    """

    kind: ClassVar[str] = "head"
    id: str = "head"
    title: str
    subtitle: str = ""
    badge: str = ""
    badge_tone: Tone = "note"
    links: Sequence[Link] = ()
    actions: Sequence[Link] = ()


@dataclass(frozen=True)
class Choice:
    """One value of a filter; the empty value means "all"."""

    value: str
    label: str


@dataclass(frozen=True)
class Filter:
    """One filter: the values on offer and the chosen one."""

    name: str
    label: str
    choices: Sequence[Choice]
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Filters(Part):
    """Filters; `result` says how much is left. `is_single`: a choice replaces the one before."""

    kind: ClassVar[str] = "filters"
    id: str = "filters"
    filters: Sequence[Filter]
    is_single: bool = False
    result: str = ""

    def offered(self, name: str) -> set[str]:
        """Give the values one filter offers."""
        return {item.value for item in self.choices(name)}

    def choices(self, name: str) -> list[Choice]:
        """Give the values one filter offers, with their labels."""
        return [item for one in self.filters if one.name == name for item in one.choices]


@dataclass(frozen=True)
class Tile:
    """One number that carries the page, written for people; ``href`` leads to what it counts."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Tiles(Part):
    """A row of numbers."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Cell:
    """One cell: the text shown and, for numbers, what it is sorted by.

    A hidden cell has no value: it sorts last, and its number never leaves the server.
    """

    text: str
    value: float | None = None
    href: str = ""


@dataclass(frozen=True)
class Column:
    """One column; text columns are sorted by the Latvian alphabet, numeric ones by value."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """One row; `pick` is what its first cell sets in a filter, `finding` what a mark holds to."""

    cells: Sequence[Cell | str]
    pick: str = ""
    finding: str = ""
    is_marked: bool = False


@dataclass(frozen=True, kw_only=True)
class Table(Part):
    """A table with sorting and, if wanted, search and downloads.

    Attributes:
        picks: Name of the filter set by pressing a row's first cell; empty for none.
        downloads: Formats offered, such as ``("csv", "xlsx")``; made by Python on request.
        footnote: Source, n and what is hidden; one line each.
        why: Leads from what is hidden to the reason.

    Example:
        >>> rows = [Row(["Āne", Cell("<5")]), Row(["Ape", Cell("12", 12)])]
        >>> table = Table(id="t", title="T", columns=[Column("A"), Column("N", True)], rows=rows)
        >>> [column["cells"] for column in table.to_json()["columns"]]
        [[['Āne', 0], ['Ape', 1]], [['<5', None], ['12', 12]]]
    """

    kind: ClassVar[str] = "table"
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    subtitle: str = ""
    footnote: Sequence[str] = ()
    why: Link | None = None
    search: str = ""
    picks: str = ""
    downloads: Sequence[str] = ()

    def to_json(self) -> Json:
        """Give JSON: by column each cell ``[text, rank, link]`` once, and the one each row has."""
        columns = [
            _packed(column, [row.cells[place] for row in self.rows])
            for place, column in enumerate(self.columns)
        ]
        about = {name: [getattr(row, name) for row in self.rows] for name in _OF_ROW}
        rows = {name: values for name, values in about.items() if any(values)}
        return Part.to_json(replace(self, columns=(), rows=())) | {"columns": columns, "rows": rows}


def _packed(column: Column, cells: Sequence[Cell | str]) -> Json:
    told = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]
    texts = [] if column.numeric else sorted({cell.text for cell in told}, key=sort_key)
    ranks = {text: rank for rank, text in enumerate(texts)}
    place: dict[Cell, int] = {}
    at = [place.setdefault(cell, len(place)) for cell in told]
    packed = [
        [one.text, ranks.get(one.text, one.value), *filter(None, [one.href])] for one in place
    ]
    return {**vars(column), "cells": packed, "at": at}


@dataclass(frozen=True, kw_only=True)
class Chart(Part):
    """A figure in a card, with its text summary, its footnote and its numbers as a table.

    Attributes:
        figure: A plotly Figure, or the same as JSON; its own fonts and colours are kept.
        summary: What the chart shows, in words with numbers: the picture's name for screen readers.
        footnote: Source, n and what is hidden; one line each; goes into the PNG too.
        why: Leads from what is hidden to the reason.
        table: The chart's numbers; folded under the picture.
        picks: Name of the filter set by pressing a mark; the mark's ``customdata`` is the value.
            By keyboard the same is done in the table.
        height: Height in pixels in a wide card.
        height_narrow: Height in a card narrower than 460 px; 0 takes `height`.
        narrow: Another figure for such a card, where the same one would have no room.
        subtitle_narrow: What that figure shows.
    """

    kind: ClassVar[str] = "chart"
    title: str
    figure: Any
    summary: str
    subtitle: str = ""
    footnote: Sequence[str] = ()
    why: Link | None = None
    table: Table | None = None
    picks: str = ""
    height: int = 320
    height_narrow: int = 0
    narrow: Any = None
    subtitle_narrow: str = ""

    def to_json(self) -> Json:
        """Give the chart as JSON; the figure's numbers are written as plain lists."""
        figure = self.figure
        figure = json.loads(figure.to_json()) if hasattr(figure, "to_json") else figure
        names = [field.name for field in fields(self) if field.name not in {"figure", "narrow"}]
        plain = {name: _plain(getattr(self, name)) for name in names}
        return {"kind": self.kind, **plain, "figure": figure, "narrow": self.narrow}


@dataclass(frozen=True, kw_only=True)
class Drop(Part):
    """A place for files, dropped or chosen, by mouse or keyboard; they go to the page's ``take``.

    Attributes:
        text: What happens with the files, and that they stay here.
        accepts: Endings of files that are taken, such as ``(".xlsx", ".csv")``.
        largest_total: Bytes that all files together may have; checked before anything is sent.
        result: What came of the last files, in a sentence.
        result_tone: ``plain`` when all is well, else how serious it is.
    """

    kind: ClassVar[str] = "drop"
    title: str
    text: str
    accepts: Sequence[str]
    largest_total: int
    result: str = ""
    result_tone: Tone = "plain"


@dataclass(frozen=True)
class Line:
    """One line of text to write; `longest` is how many letters it may have."""

    name: str
    label: str
    value: str
    longest: int


@dataclass(frozen=True)
class Pick:
    """One thing to take or leave, with the line that goes with it.

    Attributes:
        note: More about it; where it cannot be taken, why.
        line: What may be written for it; without one it cannot be taken.
        is_on: Whether it is taken unless the visitor says otherwise.
    """

    name: str
    label: str
    note: str
    line: Line | None
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class Form(Part):
    """What a visitor fills in before something is made, handed to the page's ``take``.

    ``take`` gets it as the file ``form.json`` (what was chosen by name, and `about`) beside the
    files added. What was written stays until `about` is another.

    Attributes:
        about: What the form is about, sent back with it.
        picks_title: Heading of `picks`.
        files: ``label``, ``hint`` and ``clear`` where files may be added; empty for none.
        accepts: Endings of files that are taken.
        words: Words said while it is made, in place of those about checking files.
        result: What came of it last, in a sentence.
    """

    kind: ClassVar[str] = "form"
    title: str
    text: str
    button: str
    about: str
    lines: Sequence[Line] = ()
    choices: Sequence[Filter] = ()
    picks_title: str = ""
    picks: Sequence[Pick] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    accepts: Sequence[str] = (".json",)
    largest_total: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    result_tone: Tone = "plain"


@dataclass(frozen=True)
class Offer:
    """One file that can be downloaded; it is made when asked for."""

    name: str
    label: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Downloads(Part):
    """Files to download, each with what it is for."""

    kind: ClassVar[str] = "downloads"
    title: str
    offers: Sequence[Offer]


@dataclass(frozen=True)
class Finding:
    """One thing found: how serious, where, what, and more lines with their labels.

    Attributes:
        tags: Value by name of the filters of `Findings`.
    """

    tone: Tone
    group: str
    place: str
    text: str
    more: Sequence[tuple[str, str]] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Findings(Part):
    """A long list of findings under the headings of their groups, filtered in the browser itself.

    Attributes:
        filters: Filters of this list alone; a table that picks one of them filters the list.
        items: In the order shown; those of one group follow each other.
        tones: The word for each tone; it stands beside a shape, so that colour is never alone.
        search: Label of the search field.

    Example:
        >>> one = Finding("error", "a.csv", "row 3", "No number.", tags={"file": "1"})
        >>> Findings(id="f", title="F", filters=(), items=[one], tones={}, search="S").to_json()[
        ...     "items"
        ... ]
        [['error', 0, 1, 2, [], {'file': '1'}]]
    """

    kind: ClassVar[str] = "findings"
    title: str
    subtitle: str = ""
    filters: Sequence[Filter]
    items: Sequence[Finding]
    tones: Mapping[str, str]
    search: str

    def to_json(self) -> Json:
        """Give the list as JSON; a text that stands at many places is sent once."""
        texts: dict[str, int] = {}

        def at(text: str) -> int:
            return texts.setdefault(text, len(texts))

        items = [
            [
                item.tone,
                at(item.group),
                at(item.place),
                at(item.text),
                [[at(label), at(text)] for label, text in item.more],
                dict(item.tags),
            ]
            for item in self.items
        ]
        rest = {name: _plain(getattr(self, name)) for name in _LIST_FIELDS}
        return {"kind": self.kind, **rest, "items": items, "texts": list(texts)}


_LIST_FIELDS = ("id", "width", "title", "subtitle", "filters", "tones", "search")


@dataclass(frozen=True, kw_only=True)
class Prose(Part):
    """Text in a card: paragraphs, lists, labels with values, links; folded under words."""

    kind: ClassVar[str] = "prose"
    title: str = ""
    blocks: Sequence[Block]
    tone: Tone = "plain"
    fold: str = ""


@dataclass(frozen=True, kw_only=True)
class Section(Part):
    """A heading over the parts that follow."""

    kind: ClassVar[str] = "section"
    title: str
    intro: str = ""


@dataclass(frozen=True, kw_only=True)
class Foot(Part):
    """The page's last lines: source, date of the data, what the signs mean."""

    kind: ClassVar[str] = "foot"
    id: str = "foot"
    blocks: Sequence[Block]
