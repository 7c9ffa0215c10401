"""What each page shows first, kept by the server so that the next visitor sees it at once.

Comes in: what a page's kernel drew without a filter. Goes out: the same, inside the HTML, before
the visitor's own kernel has started; it is let go when the data behind it may have changed. It is
of one server, hence of one audience; views with filters are nobody else's business and not kept.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pumpurs_analysis import storage
from pumpurs_analysis.text import LANGUAGES, Language

State = Mapping[str, Any]
FAILED = "failed"  # the part that says a page could not be built
LOST = "lost"  # the part that says that what an address asked for is not here


class FirstPictures:
    """By page and language."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Language], State] = {}
        self._data = _data()

    def of(self, page: str, first: Language) -> list[State]:
        """Give a page as last drawn without a filter, one language before the other."""
        self._forget_old()
        order = sorted(LANGUAGES, key=lambda language: language != first)
        return [self._kept[page, one] for one in order if (page, one) in self._kept]

    def take(self, page: str, drawn: State, sent: Sequence[State]) -> State | None:
        """Keep what a kernel drew, if it is a first picture; None if its visitor has it already."""
        self._forget_old()
        is_of_visitor = any(part["id"] in {FAILED, LOST} for part in drawn["parts"])
        if not is_of_visitor and drawn["query"] == f"lang={drawn['language']}":
            self._kept[page, drawn["language"]] = drawn
        return None if drawn in sent else drawn

    def _forget_old(self) -> None:
        data = _data()
        if data != self._data:
            self._kept, self._data = {}, data


def _data() -> list[tuple[Path, int]]:
    """Tell what pages may draw from: which workspace, and since when its files are as they are."""
    noted = storage.own_folder() / storage.LAST_WORKSPACE
    named = os.environ.get("PUMPURS_WORKSPACE") or (noted.exists() and noted.read_text("utf-8"))
    files = sorted(Path(named).glob("*.json")) if named else []
    return [(file, file.stat().st_mtime_ns) for file in files]
