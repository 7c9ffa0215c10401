"""What the dashboards show: the workspace named, the last loaded, or the made-up example."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pumpurs_analysis import example, loading, storage
from pumpurs_analysis import workspace as workspaces
from pumpurs_analysis.disclosure import NotReleasable
from pumpurs_analysis.releases import make_release
from pumpurs_analysis.text import Language, say

_PLANS = 1500


def workspace(named: Path | None, language: Language, *, with_example: bool) -> Path | None:
    """Find the workspace to show, prepare the example if wanted, and make its public release.

    Args:
        named: The folder the user named.
        language: Language of what is told meanwhile.
        with_example: Show the made-up example where nothing was ever loaded.

    Raises:
        WorkspaceError: The workspace named is none, or damaged.
    """
    folder = workspaces.which(named)
    if folder is None and with_example:
        folder = _example(language)
    if folder is not None:
        data = workspaces.open_workspace(folder)
        click.echo(say("cli.dashboards.protecting", language))
        try:
            make_release(data)
        except NotReleasable:
            click.echo(say("cli.dashboards.not_releasable", language))
    return folder


def told(folder: Path | None, language: Language, *, is_owner: bool) -> str:
    """Say what the pages show and to whom."""
    if folder is None:
        return say("cli.dashboards.published_only", language)
    audience = "owner" if is_owner else "public"
    return say(f"cli.dashboards.shows_{audience}", language, workspace=folder.name)


def _example(language: Language) -> Path:
    """Prepare the example's workspace once; it lies beside the user's own settings."""
    folder = storage.own_folder("example")
    if not workspaces.manifest(folder).get("database"):
        click.echo(say("cli.dashboards.preparing", language))
        with TemporaryDirectory(prefix="pumpurs-") as delivery:
            example.write(Path(delivery), plans=_PLANS, formats=("csv",))
            loading.load(delivery, workspace=folder)
    return folder
