"""From a build function to a living page: one redraw path, one place where failures end.

Comes in: ``build(selection) -> parts`` and what the visitor asks for. Goes out: a `Page`. Choices
that the page does not offer are dropped before anything is computed from them.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pumpurs_analysis.app.first_pictures import FAILED, LOST
from pumpurs_analysis.app.parts import (
    Cell,
    Chart,
    Filters,
    Head,
    Paragraph,
    Part,
    Prose,
    Table,
    Width,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.upload import Take, Upload
from pumpurs_analysis.app.widget import Drawn, Message, Page, words
from pumpurs_analysis.tables import as_text, csv_bytes
from pumpurs_analysis.text import LANGUAGES, Language, fold, say

Build = Callable[[Selection], Sequence[Part]]
Download = Callable[[str, str, Selection], tuple[str, bytes]]
Mark = Callable[[str, str, str, str], str]

_WHOLE: Width = 12  # columns that a card takes
_HALF: Width = 6
_TAKING = ("drop", "form")  # parts that hand files to the page
_log = logging.getLogger("pumpurs.app")
# A kernel's sys.stderr ends in the visitor's browser; the real one is whoever runs the server.
_log.addHandler(logging.StreamHandler(sys.__stderr__))
_log.propagate = False


def show(
    build: Build,
    *,
    download: Download | None = None,
    take: Take | None = None,
    mark: Mark | None = None,
) -> Page:
    """Show a page and keep it in step with what the visitor chooses.

    Args:
        build: Gives the parts for a selection. It is called again on every change; parts that come
            out the same are left alone in the browser.
        download: Gives file name and bytes for a part's id, a format and the selection. Without it
            a table gives its own cells as CSV.
        take: Is handed what the visitor drops on the page, beside the kernel's loop; then the page
            is drawn again, without filters. Without it nothing can be dropped.
        mark: Is told the part, the key, a reason and initials when the visitor marks a row that can
            be marked, and gives the page's word for why not. Without it no row can be marked.

    Returns:
        The widget; the last line of a notebook's cell shows it. Setting a trait of its
        ``selection`` redraws it, as a choice in the browser does.

    Example:
        >>> page = show(
        ...     lambda chosen: [Head(title="Pārskats" if chosen.language == "lv" else "Sum")]
        ... )
        >>> page.selection.language = "en"
        >>> page.title, page.query
        ('Sum', 'lang=en')
    """
    asked = Selection.from_query(os.environ.get("QUERY_STRING", ""), language=_default_language())
    selection = _only_offered(build, asked)
    page = Page(selection, _Visit(build, download, take, mark).receive)
    page.draw(drawn(build, selection, is_lost=selection.filters != asked.filters))

    def redraw(_change: object) -> None:
        if page.query != selection.as_query():  # two traits may change in one step
            page.draw(drawn(build, selection))

    selection.observe(redraw, ["language", "filters"])
    return page


def drawn(build: Build, selection: Selection, *, is_lost: bool = False) -> Drawn:
    """Draw the page for a selection; a failure becomes a page with a sentence.

    Args:
        build: As for ``show``.
        selection: What is chosen.
        is_lost: Say that what the address asked for is not offered.

    Example:
        >>> drawn(lambda chosen: [], Selection(language="en")).query
        'lang=en'
    """
    language = selection.language
    try:
        parts = [*_filled(build(selection))]
        if is_lost:
            lost = Paragraph([say("app.lost", language)])
            parts.insert(1, Prose(id=LOST, tone="warning", blocks=[lost]))
        json = [part.to_json() for part in parts]
    except Exception as error:  # noqa: BLE001  (whatever fails, the visitor gets a sentence)
        _log_without_data(error)
        parts = _failed(language)
        json = [part.to_json() for part in parts]
    title = next((part.title for part in parts if isinstance(part, Head)), "")
    return Drawn(language, title, selection.as_query(), json, words(language))


def _filled(parts: Sequence[Part]) -> list[Part]:
    """Let a half-wide card that has no neighbour take the whole row."""
    placed: list[Part] = []
    is_beside = False
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        is_half = getattr(part, "width", _WHOLE) == _HALF
        is_alone = is_half and not is_beside and getattr(after, "width", _WHOLE) != _HALF
        placed.append(replace(part, width=_WHOLE) if is_alone else part)
        is_beside = is_half and not is_beside and not is_alone
    return placed


def as_csv(table: Table) -> bytes:
    """Write a table as shown, the way Excel opens it in Latvia: UTF-8 with BOM, semicolons.

    Text that a spreadsheet would compute (``=``, ``+``, ``-``, ``@``) stays text; the footnote
    follows after an empty line.

    Example:
        >>> from pumpurs_analysis.app.parts import Column, Row
        >>> table = Table(id="t", title="T", columns=[Column("A")], rows=[Row(["=1+1"])])
        >>> as_csv(table).decode("utf-8-sig").split()
        ['A', "'=1+1"]
    """
    head = [as_text(column.label) for column in table.columns]
    body = [[_harmless(cell) for cell in row.cells] for row in table.rows]
    below = [[], *([as_text(line)] for line in table.footnote)] if table.footnote else []
    return csv_bytes([head, *body, *below])


def as_xlsx(table: Table, language: Language) -> bytes:
    """Write a table as shown as a workbook: the figures, and a sheet with what they are.

    Numbers are numbers, hidden and missing cells keep their marks, and text that a spreadsheet
    would compute stays text.

    Example:
        >>> from pumpurs_analysis.app.parts import Column, Row
        >>> table = Table(id="t", title="T", columns=[Column("A")], rows=[Row(["=1+1"])])
        >>> as_xlsx(table, "lv")[:2]
        b'PK'
    """
    from pumpurs_analysis.export.table_workbook import workbook  # noqa: PLC0415  (on request only)

    cells = [[_valued(cell) for cell in row.cells] for row in table.rows]
    columns = [(column.label, column.numeric) for column in table.columns]
    notes = [table.title, table.subtitle, *table.footnote]
    return workbook(columns, cells, [line for line in notes if line], language=language)


def _valued(cell: Cell | str) -> tuple[str, float | None]:
    return (
        (cell, None) if isinstance(cell, str) else (f"{cell.text} {cell.href}".strip(), cell.value)
    )


def _harmless(cell: Cell | str) -> str:
    if isinstance(cell, str):
        return as_text(cell)
    shown = f"{cell.text} {cell.href}".strip()
    return shown if cell.value is not None else as_text(shown)


def _only_offered(build: Build, asked: Selection) -> Selection:
    """Keep of an address what the page offers; anybody can type an address."""
    if not asked.filters:
        return asked
    try:
        offers = [
            part for part in build(Selection(language=asked.language)) if isinstance(part, Filters)
        ]
    except Exception as error:  # noqa: BLE001  (the page itself will say so)
        _log_without_data(error)
        offers = []
    kept = {
        name: value
        for name, value in asked.filters.items()
        if any(value in part.offered(name) for part in offers)
    }
    return Selection(language=asked.language, filters=kept)


def _failed(language: Language) -> list[Part]:
    sentence = Paragraph([say("app.failed_text", language)])
    return [
        Head(title=say("app.failed_title", language)),
        Prose(id=FAILED, tone="error", blocks=[sentence]),
    ]


def _log_without_data(error: Exception) -> None:
    """Log where it failed and what kind of failure; its message might quote data."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    _log.error("page not built: %s at %s", type(error).__name__, " < ".join(reversed(places[-6:])))


def _default_language() -> Language:
    asked = os.environ.get("PUMPURS_LANGUAGE") or os.environ.get("LANG", "lv")
    return "en" if asked.lower().startswith("en") else "lv"


class _Visit:
    """Answers what one visitor's browser asks; what it does not know it leaves unanswered."""

    def __init__(  # noqa: PLR0917  (as ``show`` has them)
        self, build: Build, download: Download | None, take: Take | None, mark: Mark | None
    ) -> None:
        self._build, self._download, self._take, self._mark_with = build, download, take, mark
        self._upload: Upload | None = None

    def receive(self, page: Page, message: Message, buffers: Sequence[bytes]) -> None:
        if message.get("kind") == "upload":
            self._uploaded(page, message, buffers)
            return
        answer = {
            "language": self._language,
            "filter": self._filter,
            "clear": self._clear,
            "query": self._query,
            "download": self._file,
            "mark": self._mark,
        }.get(str(message.get("kind")))
        if answer is not None:
            answer(page, {str(key): str(value) for key, value in message.items()})
        page.send({"kind": "done"})

    def _uploaded(self, page: Page, message: Message, buffers: Sequence[bytes]) -> None:
        if self._take is None or not any(part["kind"] in _TAKING for part in page.parts):
            return

        def done() -> None:
            # What the filters named may be gone.
            page.selection.take(_only_offered(self._build, page.selection))
            page.draw(drawn(self._build, page.selection))

        if self._upload is None:
            self._upload = Upload(self._take, on_done=done, on_failure=_log_without_data)
        self._upload.receive(page, message, buffers)

    def _language(self, page: Page, asked: Mapping[str, str]) -> None:
        if asked.get("value") in LANGUAGES:
            page.selection.set_trait("language", asked["value"])

    def _filter(self, page: Page, asked: Mapping[str, str]) -> None:
        name, value = asked.get("name", ""), asked.get("value", "")
        if value in _offered(page, name):
            is_single = any(part.get("is_single") for part in page.parts)
            page.selection.choose(name, value, is_single=is_single)

    def _clear(self, page: Page, _asked: Mapping[str, str]) -> None:
        page.selection.filters = {}

    def _query(self, page: Page, asked: Mapping[str, str]) -> None:
        wanted = Selection.from_query(asked.get("query", ""), language=_default_language())
        page.selection.take(_only_offered(self._build, wanted))
        page.revision += 1  # whoever asks for a view waits for it, even for the one that stands

    def _mark(self, page: Page, asked: Mapping[str, str]) -> None:
        part, finding = asked.get("part", ""), asked.get("finding", "")
        if self._mark_with is None or finding not in _findings(page, part):
            return
        reason, initials = asked.get("reason", ""), asked.get("initials", "")
        problem = self._mark_with(part, finding, reason, initials)
        if problem:
            page.send({"kind": "problem", "word": problem})
        else:
            page.draw(drawn(self._build, page.selection))

    def _file(self, page: Page, asked: Mapping[str, str]) -> None:
        part, form = asked.get("part", ""), asked.get("format", "")
        if form not in _downloads(page, part):
            return
        try:
            name, content = self._made(part, form, page.selection)
        except Exception as error:  # noqa: BLE001  (the page shows a sentence)
            _log_without_data(error)
            page.send({"kind": "file", "part": part})
        else:
            page.send({"kind": "file", "part": part, "name": name}, buffers=[content])

    def _made(self, part: str, form: str, selection: Selection) -> tuple[str, bytes]:
        if self._download is not None:
            return self._download(part, form, selection)
        return table_file(self._build(selection), part, form=form, selection=selection)


def table_file(
    parts: Sequence[Part], part_id: str, *, form: str, selection: Selection
) -> tuple[str, bytes]:
    """Give a table of the page, its own or under a chart, as a file: its name and content.

    Raises:
        LookupError: The page has no such table.
    """
    table = next((table for table in _tables(parts) if table.id == part_id), None)
    if table is None:
        raise LookupError("the page has no such table")
    name = _file_name(table.title) or part_id
    if form == "xlsx":
        return f"{name}.xlsx", as_xlsx(table, selection.language)
    return f"{name}.csv", as_csv(table)


def _file_name(title: str) -> str:
    """Make a title a file name that every system takes."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60]


def _tables(parts: Sequence[Part]) -> Iterator[Table]:
    for part in parts:
        if isinstance(part, Table):
            yield part
        elif isinstance(part, Chart) and part.table is not None:
            yield part.table


def _offered(page: Page, name: str) -> set[str]:
    """Give the values a filter of the page offers, read from what the visitor sees."""
    filters = [one for part in page.parts if part["kind"] == "filters" for one in part["filters"]]
    return {choice["value"] for one in filters if one["name"] == name for choice in one["choices"]}


def _findings(page: Page, part_id: str) -> set[str]:
    """Give the keys of the rows of a part that can be marked."""
    tables = [part for part in page.parts if part["kind"] == "table" and part["id"] == part_id]
    return {key for table in tables for key in table["rows"].get("finding", []) if key}


def _downloads(page: Page, part_id: str) -> list[str]:
    """Give the formats a table of the page offers, its own or under a chart."""
    tables = [part for part in page.parts if part["kind"] == "table"]
    tables += [part["table"] for part in page.parts if part.get("table")]
    tables += [
        {"id": part["id"], "downloads": [offer["name"] for offer in part["offers"]]}
        for part in page.parts
        if part["kind"] == "downloads"
    ]
    return [form for table in tables if table["id"] == part_id for form in table["downloads"]]
