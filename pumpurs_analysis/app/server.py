"""Serve dashboards on this computer only.

Comes in: a folder of dashboard notebooks. Goes out: Voila with our template on 127.0.0.1, until
interrupted. Voila itself is imported only when a server starts.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pumpurs_analysis.text import LANGUAGES, Language, say

DEFAULT_PORT = 8866
MOST_PAGES = 60  # a page is a process of about 100 MB


def serve(  # noqa: PLR0913  (each is one choice of the command line)
    target: Path,
    *,
    port: int = DEFAULT_PORT,
    language: Language = "lv",
    workspace: Path | None = None,
    is_owner: bool = False,
    open_browser: bool = False,
    warm: bool = True,
    ahead: bool = True,
    most_pages: int = MOST_PAGES,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a folder of dashboards, or one notebook, until interrupted.

    Args:
        target: Folder or notebook.
        port: Taken if free, else the next free one.
        language: For visitors whose address names none.
        workspace: Handed to the pages as PUMPURS_WORKSPACE.
        is_owner: Show the records to the person who may open them anyway: nothing is hidden.
        open_browser: Open the address in the user's browser.
        warm: On Linux keep a warm parent that kernels are forked from.
        ahead: Open each page once at the start, so that the first visitor sees it at once.
        most_pages: How many pages may be open at the same time; who comes next is asked to wait.
        on_ready: Called with the address once it answers.

    Raises:
        FileNotFoundError: There is no such folder or notebook.
    """
    if not target.exists():
        raise FileNotFoundError(f"no folder or notebook {target.name!r} to serve")
    os.environ["PUMPURS_LANGUAGE"] = language
    if workspace is not None:
        os.environ["PUMPURS_WORKSPACE"] = str(workspace.resolve())
    os.environ["PUMPURS_AUDIENCE"] = "owner" if is_owner else "public"
    with _without("rfc3987_syntax"):
        from pumpurs_analysis.app import standalone  # noqa: PLC0415  (Voila takes seconds)

    def ready(address: str) -> None:
        if on_ready is not None:
            on_ready(address)
        if open_browser:
            click.launch(address)

    standalone.run(
        target.resolve(),
        port=port,
        language=language,
        warm=warm,
        ahead=ahead and warm,
        most_pages=most_pages,
        on_ready=ready,
    )


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Hide a module while others are imported.

    jsonschema, imported by the Jupyter server, takes a grammar for addresses where it is installed;
    building it costs seconds at every start, and nothing of ours is checked with it.
    """
    hidden = module not in sys.modules
    if hidden:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules[module]


@click.command()
@click.argument("target", type=click.Path(exists=True, path_type=Path))
@click.option("--port", default=DEFAULT_PORT, show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="lv", show_default=True)
@click.option("--warm/--cold", default=True, help="Keep a warm parent kernels come from.")
@click.option("--ahead/--not-ahead", default=True, help="Open each page once for who comes first.")
@click.option("--owner", "is_owner", is_flag=True, help="For who may open the records anyway.")
@click.option("--most-pages", default=MOST_PAGES, show_default=True, help="Open at the same time.")
def main(target: Path, **given: Any) -> None:  # noqa: ANN401  (the options above)
    """Serve TARGET, a folder of dashboards or one notebook, on this computer."""

    def ready(address: str) -> None:
        click.echo(say("app.ready", given["language"], address=address))

    serve(target, **given, on_ready=ready)


if __name__ == "__main__":
    main()
