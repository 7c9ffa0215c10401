"""The Chromium of this computer, where there is one: prints a page as PDF; nothing is fetched."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_LONGEST_SECONDS = 120
_LOOK_SECONDS = 0.2
_DATES = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")
_NODES = re.compile(rb"(?<=\(node)\d{8}(?=\))")


class CannotPrint(RuntimeError):  # noqa: N818  (it says what is the case)
    """There is no Chromium here, or it did not answer."""


def chromium() -> str:
    """Find a Chromium or Chrome; empty where there is none.

    Example:
        >>> isinstance(chromium(), str)
        True
    """
    told = os.environ.get("BROWSER_PATH", "")
    if told and os.access(told, os.X_OK):
        return told
    return next((path for name in _NAMES if (path := shutil.which(name))), "")


def pdf(page: str, *, waiting: Callable[[], None] = lambda: None) -> bytes:
    """Print a page of one file.

    Args:
        page: The page's HTML.
        waiting: Called again and again while Chromium works; what it raises ends the work.

    Returns:
        The PDF; the same page gives the same bytes.

    Raises:
        CannotPrint: There is no Chromium here, or it did not answer.
    """
    path = chromium()
    if not path:
        raise CannotPrint
    with TemporaryDirectory(prefix="pumpurs-", ignore_cleanup_errors=True) as folder:
        given, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        given.write_text(page, encoding="utf-8")
        _run(_command(path, given, made), waiting)
        if not made.exists():
            raise CannotPrint
        return _fixed(made.read_bytes())


def _fixed(made: bytes) -> bytes:
    """Set the dates to one day, and count the elements from one; Chromium counts on."""
    names = sorted(set(_NODES.findall(made)))
    numbers = {name: f"{place:08}".encode() for place, name in enumerate(names, start=1)}
    counted = _NODES.sub(lambda found: numbers[found[0]], made)
    return _DATES.sub(rb"\g<1>19800101000000", counted)


def _command(path: str, given: Path, made: Path) -> list[str]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        path,
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-sync",
        "--disable-component-update",
        "--no-pdf-header-footer",
        f"--user-data-dir={given.with_name('profile')}",
        f"--print-to-pdf={made}",
        *(["--no-sandbox"] if is_root else []),  # Chromium refuses its sandbox to root
        given.as_uri(),
    ]


def _run(command: list[str], waiting: Callable[[], None]) -> None:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as browser:  # noqa: S603  (found by name, our own arguments)
        try:
            for _ in range(round(_LONGEST_SECONDS / _LOOK_SECONDS)):
                waiting()
                with suppress(subprocess.TimeoutExpired):
                    browser.wait(_LOOK_SECONDS)
                    return
            raise CannotPrint
        finally:
            if browser.poll() is None:
                browser.kill()
