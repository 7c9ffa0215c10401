"""The commands for presenting: slides and publish.

Comes in: what was typed. Goes out: files, and a sentence for each. Exit code 2 where what was given
cannot be used.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pumpurs_analysis import workspace as workspaces
from pumpurs_analysis.dataset import published
from pumpurs_analysis.export import contents, decks, findings, logos, output_folder, scopes
from pumpurs_analysis.releases import Release, make_release
from pumpurs_analysis.text import Language, fold, nearest, say

if TYPE_CHECKING:
    from pumpurs_analysis.dataset import Dataset
    from pumpurs_analysis.releases.beside import Nearest


def slides(  # noqa: PLR0913  (an argument for each option of the command)
    language: Language, *, out: Path, workspace: Path | None, municipality: str | None,
    school: str | None, is_final: bool, folder: Path | None, deck: Path | None,
    is_nearest_wanted: bool,
) -> None:  # fmt: skip
    """Write slides as PPTX and HTML."""
    pictures = _pictures(folder, language)
    own = _deck(deck, language)
    release = _release(workspace, language)
    where = _where(release, language, municipality=municipality, school=school)
    wanted = decks.Wanted(where, language, is_final=is_final, deck=own)
    release = beside_earlier(release, language, "slides", is_nearest_wanted=is_nearest_wanted)
    _say_saved(output_folder.write_slides(release, wanted, out, logos=pictures), language)


def publish(  # noqa: PLR0913  (an argument for each option of the command)
    language: Language, *, out: Path, workspace: Path | None, municipality: str | None,
    is_final: bool, licence: str, compare: Path | None, is_nearest_wanted: bool,
) -> None:  # fmt: skip
    """Write the one-file page, the workbook and the open data."""
    before = _manifest(compare, language)
    release = _release(workspace, language)
    where = _where(release, language, municipality=municipality)
    wanted = decks.Wanted(where, language, is_final=is_final)
    release = beside_earlier(release, language, "publish", is_nearest_wanted=is_nearest_wanted)
    _say_saved(output_folder.write_release(release, wanted, out, licence=licence), language)
    if before:
        after = output_folder.read_manifest(out)
        names = contents.names(release)
        _say_changes(output_folder.changes(before, after, language, names=names), language)


def beside_earlier(
    release: Release, language: Language, name: str, *, is_nearest_wanted: bool
) -> Release:
    """Note a release in the workspace's ledger, or refuse it and offer the nearest safe one.

    Args:
        release: What is about to leave.
        language: Language of what is told.
        name: The command.
        is_nearest_wanted: Take the nearest safe release where this one is not safe.
    """
    from pumpurs_analysis.cli import NEEDS_MENDING  # noqa: PLC0415  (it imports this module)
    from pumpurs_analysis.releases import beside  # noqa: PLC0415  (needs a solver)

    today = date.today()  # noqa: DTZ011  (the day where the person is)
    try:
        return beside.issue(release, name=name, on=today)
    except beside.OfAnExtract as refused:
        raise click.UsageError(refused.sentence(language)) from None
    except beside.NotBesideEarlier as refused:
        if is_nearest_wanted and refused.nearest is not None:
            _say_nearest(release, refused.nearest, language)
            return beside.take(refused.nearest, name=name, on=today)
        click.echo(refused.sentence(language), err=True)
        if refused.nearest is None:
            click.echo(say("publish.beside.nothing_safe", language), err=True)
        else:
            _say_nearest(release, refused.nearest, language)
            click.echo(say("publish.beside.take", language), err=True)
        sys.exit(NEEDS_MENDING)


def _say_nearest(release: Release, nearest: "Nearest", language: Language) -> None:
    """Say what the nearest safe release hides or leaves out, figure by figure."""
    click.echo(say("publish.beside.nearest", language), err=True)
    for key, count in nearest.more_hidden.items():
        words = {"figure": _title(release, key, language), "count": count}
        click.echo("- " + say("publish.beside.hides", language, **words), err=True)
    for key in nearest.left_out:
        words = {"figure": _title(release, key, language)}
        click.echo("- " + say("publish.beside.leaves_out", language, **words), err=True)


def _title(release: Release, key: str, language: Language) -> str:
    """Name a figure by its title and what it is told apart by."""
    shown = release.figures[key]
    dims = [say(f"dimension.{each}", language).lower() for each in release.recipe(shown).by]
    title = findings.neutral_title(shown, language)
    return f"{title} ({', '.join(dims)})" if dims else title


def _release(folder: Path | None, language: Language) -> Release:
    if folder is None:
        return make_release(published())
    if not workspaces.manifest(folder):
        raise click.UsageError(say("cli.present.no_workspace", language, folder=folder.name))
    click.echo(say("cli.present.working", language), err=True)
    data: Dataset = workspaces.open_workspace(folder)
    return make_release(data)


def _where(
    release: Release, language: Language, *, municipality: str | None, school: str | None = None
) -> dict[str, str]:
    """Find what was named among what the release can be narrowed to."""
    place = ""
    if municipality:
        place = named(municipality, scopes.municipalities(release), language)
    if not school:
        return scopes.where_of(release, municipality=place)
    known = [name for name, there in scopes.schools(release).items() if place in {"", there}]
    return scopes.where_of(release, school=named(school, known, language))


def named(name: str, known: Sequence[str], language: Language) -> str:
    """Find a place as it is written; another place with a similar name is never taken for it."""
    found = next((each for each in known if fold(each) == fold(name)), None)
    if found is not None:
        return found
    near = nearest(name, known)
    if near is not None:
        raise click.UsageError(say("cli.present.nearest", language, name=name, nearest=near))
    choices = ", ".join(known[:10]) or "–"
    raise click.UsageError(say("cli.present.no_place", language, name=name, choices=choices))


def _pictures(folder: Path | None, language: Language) -> list[Path]:
    if folder is None:
        return []
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for file in files:
        why_not = logos.unusable(file, language)
        if why_not:
            raise click.UsageError(why_not)
    return files


def _deck(file: Path | None, language: Language) -> Mapping[str, Any] | None:
    if file is None:
        return None
    try:
        return decks.read_deck(file, language)
    except (decks.BadDeck, OSError) as why:
        reason = getattr(why, "strerror", None) or str(why)
        words = {"file": file.name, "reason": reason}
        raise click.UsageError(say("cli.present.bad_deck", language, **words)) from None


def _manifest(folder: Path | None, language: Language) -> dict[str, Any]:
    if folder is None:
        return {}
    try:
        return output_folder.read_manifest(folder)
    except (OSError, ValueError):
        raise click.UsageError(say("cli.present.no_old", language, folder=folder.name)) from None


def _say_saved(files: list[Path], language: Language) -> None:
    for file in files:
        click.echo(say("cli.present.done", language, file=str(file)))


def _say_changes(found: Sequence[output_folder.Change], language: Language) -> None:
    if not found:
        click.echo(say("publish.no_change", language))
        return
    click.echo(say("publish.changed", language, count=len(found)))
    for each in found:
        click.echo(f"- {each.label}: {each.before} → {each.after}")
    click.echo(say("publish.change.cause", language, cause=found[0].cause))
