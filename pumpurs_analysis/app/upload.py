"""Files from the visitor's browser: received in pieces, held in memory, handed to the page once.

Comes in: messages with bytes. Goes out: files by name, to the page's `Take`, which works beside the
kernel's loop so that the visitor can still cancel. Knows nothing of what the files hold.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from pumpurs_analysis.app.widget import Message, Page

MEGABYTE = 1_000_000
LARGEST_TOTAL = 200 * MEGABYTE
MOST_FILES = 2_000
_LONGEST_NAME = 150
_DEEPEST = 6
_UNFIT = re.compile(r'[<>:"|?*]')  # Windows takes none of these in a name

Files = Mapping[str, bytes]


class Cancelled(Exception):  # noqa: N818  (it says what happened; nothing is wrong)
    """The visitor asked to stop; raised inside the work by its ``progress``."""


class Progress(Protocol):
    """Told by the work how far it is; raises `Cancelled` once the visitor asked to stop."""

    def __call__(self, done: int, total: int, name: str, /) -> None:
        """Say that ``done`` of ``total`` steps are done and which file is next."""


Take = Callable[[Files, Progress], Callable[[], None]]
"""Works on files beside the kernel's loop; gives what puts the outcome in place, on the loop."""


class Upload:
    """What one visitor sends: one set of files at a time; a new one replaces what is under way.

    Args:
        take: What is done with the files, once they are all here.
        on_done: Called on the kernel's loop once the outcome is in place.
        on_failure: Called with what went wrong.
    """

    def __init__(
        self, take: Take, *, on_done: Callable[[], None], on_failure: Callable[[Exception], None]
    ) -> None:
        self._take, self._on_done, self._on_failure = take, on_done, on_failure
        self._files: dict[str, bytearray] = {}
        self._sizes: list[int] = []
        self._turn = 0  # which set of files; what belongs to an earlier one is ignored
        self._task: asyncio.Task[None] | None = None

    def receive(self, page: Page, message: Message, buffers: Sequence[bytes]) -> None:
        """Answer one message: files announced, a piece of one, all sent, or cancelled."""
        step = message.get("step")
        if step == "begin":
            self._begin(page, message.get("files"))
        elif step == "piece" and message.get("turn") == self._turn:
            self._piece(page, message.get("file"), buffers)
        elif step == "end" and message.get("turn") == self._turn:
            self._end(page)
        elif step == "cancel":
            self._forget()
            page.send({"kind": "upload", "state": "cancelled"})

    def _forget(self) -> None:
        self._turn += 1
        self._files, self._sizes = {}, []

    def _begin(self, page: Page, announced: object) -> None:
        self._forget()
        listed = announced if isinstance(announced, list) else []
        sizes = [one.get("size") for one in listed if isinstance(one, dict)]
        whole = [size for size in sizes if isinstance(size, int) and size >= 0]
        fits = 0 < len(whole) == len(listed) <= MOST_FILES and sum(whole) <= LARGEST_TOTAL
        if fits:
            self._sizes = whole
            for one in listed:
                self._files[_free_name(str(one.get("name")), self._files)] = bytearray()
        page.send({"kind": "upload", "state": "go" if fits else "refused", "turn": self._turn})

    def _piece(self, page: Page, number: object, buffers: Sequence[bytes]) -> None:
        if not isinstance(number, int) or not 0 <= number < len(self._sizes):
            return
        content = list(self._files.values())[number]
        for buffer in buffers:
            if len(content) + len(buffer) <= self._sizes[number]:  # no more than was announced
                content += buffer
        page.send({"kind": "upload", "state": "got", "turn": self._turn})

    def _end(self, page: Page) -> None:
        files = {name: bytes(content) for name, content in self._files.items()}
        whole = [len(content) for content in files.values()] == self._sizes
        self._files, self._sizes = {}, []
        if not (files and whole):
            page.send({"kind": "upload", "state": "refused", "turn": self._turn})
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel around, as in a test: there is nobody to cancel
            self._settle(page, self._turn, self._work(files, self._turn, page.send))
        else:
            self._task = loop.create_task(self._aside(page, files, self._turn))

    async def _aside(self, page: Page, files: Files, turn: int) -> None:
        loop = asyncio.get_running_loop()

        def send(message: Message) -> None:
            loop.call_soon_threadsafe(page.send, message)

        self._settle(page, turn, await asyncio.to_thread(self._work, files, turn, send))

    def _work(
        self, files: Files, turn: int, send: Callable[[Message], None]
    ) -> Callable[[], None] | Exception:
        def progress(done: int, total: int, name: str) -> None:
            if turn != self._turn:
                raise Cancelled
            told = {"done": done, "total": total, "name": PurePosixPath(name).name}
            send({"kind": "upload", "state": "working", **told})

        try:
            return self._take(files, progress)
        except Exception as error:  # noqa: BLE001  (the page shows a sentence)
            return error

    def _settle(self, page: Page, turn: int, outcome: Callable[[], None] | Exception) -> None:
        if turn != self._turn:  # cancelled, or other files came
            return
        if isinstance(outcome, Exception):
            self._on_failure(outcome)
            page.send({"kind": "upload", "state": "failed"})
            return
        outcome()
        self._on_done()
        page.send({"kind": "upload", "state": "done"})


def _free_name(wanted: str, taken: Mapping[str, object]) -> str:
    r"""Make a path from the browser one that stays below its folder and is not yet taken.

    Example:
        >>> _free_name("../plāni.csv", {}), _free_name("a\\plāni.csv", {"a/plāni.csv": 1})
        ('plāni.csv', 'a/plāni (2).csv')
    """
    plain = _UNFIT.sub("_", "".join(filter(str.isprintable, wanted.replace("\\", "/"))))
    parts = [part[-_LONGEST_NAME:] for part in PurePosixPath(plain).parts if part.strip("./ ")]
    path = PurePosixPath(*parts[-_DEEPEST:]) if parts else PurePosixPath("1")
    name, number = path, 2
    while str(name) in taken:
        name, number = path.with_stem(f"{path.stem} ({number})"), number + 1
    return str(name)
