"""The one widget of every page: holds what is drawn, hands what the visitor does to Python.

Comes in: a `Drawn` page and, from the browser, messages. Goes out: traits the browser draws. The
browser can set no trait: it can only ask, and `page.show` decides what is answered.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, Int, List, Unicode

from pumpurs_analysis import catalogue
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.text import Language

STATIC = Path(__file__).parent / "static"
PLOTLY = "plotly/plotly-basic.min.js"  # bars and lines, a quarter of the whole; pages need no more
PAGE_MIME = "application/vnd.pumpurs.page+json"

Message = Mapping[str, Any]
Receive = Callable[["Page", Message, Sequence[bytes]], None]


@dataclass(frozen=True)
class Drawn:
    """A page ready for the browser: everything that depends on the selection, as JSON."""

    language: Language
    title: str
    query: str
    parts: Sequence[dict[str, Any]]
    words: Mapping[str, str]


@cache
def words(language: Language, start: str = "app.word.") -> dict[str, str]:
    """Give the fixed words of a page in one language; places in braces are filled in the browser.

    Args:
        language: Which one.
        start: What their keys in the catalogue begin with.

    Example:
        >>> words("lv")["table"], words("en")["shown"]
        ('Dati tabulā', 'Showing {shown} of {all}')
    """
    texts = catalogue.entries("texts")
    return {
        key.removeprefix(start): entry[language]
        for key, entry in texts.items()
        if key.startswith(start)
    }


class Page(anywidget.AnyWidget):
    """A page in the browser; `page.show` makes one.

    Attributes:
        selection: What the visitor has chosen; `page.show` redraws when it changes.
        language, title, query, parts, words: What is drawn (see `Drawn`).
        revision: Grows by one with every redraw; the browser draws when it changes.
    """

    _esm = STATIC / "kit.js"

    language = Unicode("lv").tag(sync=True)
    title = Unicode().tag(sync=True)
    query = Unicode().tag(sync=True)
    parts = List(Dict()).tag(sync=True)
    words = Dict().tag(sync=True)
    revision = Int(0).tag(sync=True)

    def __init__(self, selection: Selection, on_message: Receive) -> None:
        super().__init__()
        self.selection = selection
        self._on_message = on_message
        self._drawn: Drawn | None = None
        self.on_msg(self._receive)

    def draw(self, drawn: Drawn) -> None:
        """Show a page; one message to the browser."""
        self._drawn = drawn
        with self.hold_sync():
            self.language, self.title, self.query = drawn.language, drawn.title, drawn.query
            self.parts, self.words = list(drawn.parts), dict(drawn.words)
            self.revision += 1

    def set_state(self, sync_data: object) -> None:
        """Refuse what the browser would set: a page is changed by Python alone."""

    def _receive(self, _widget: object, message: Message, buffers: Sequence[bytes]) -> None:
        if message.get("kind") == "assets":
            self._send_assets()
        else:
            self._on_message(self, message, buffers)

    def _send_assets(self) -> None:
        """Send plotly and the style sheet once, where no server hands them out (JupyterLab)."""
        files = [(STATIC / name).read_bytes() for name in (PLOTLY, "kit.css")]
        self.send({"kind": "assets"}, buffers=files)

    def _repr_mimebundle_(
        self,
        **kwargs: Any,  # noqa: ANN401  (as its base has it)
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle and self._drawn and "VOILA_PREHEAT" in os.environ:  # Voila, not JupyterLab
            bundle[0][PAGE_MIME] = {"model_id": self.model_id, "state": asdict(self._drawn)}
        return bundle
