"""The commands for a user's own deliveries: check, load, extract, forget, example, template.

Comes in: what was typed. Goes out: sentences and files. Exit code 2 where a delivery needs mending.
"""

import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from pumpurs_analysis import facts, loading, pseudonyms
from pumpurs_analysis import workspace as workspaces
from pumpurs_analysis.cli import NEEDS_MENDING, save
from pumpurs_analysis.errors import SHOWN_AT_MOST, InputError
from pumpurs_analysis.loading import Checked, row_balance
from pumpurs_analysis.read.delivery import sources_in
from pumpurs_analysis.text import Language, fold, number, say, sort_key

if TYPE_CHECKING:
    from pumpurs_analysis.dataset import Dataset

_REPORTS = (".html", ".xlsx", ".zip", ".csv")


def check(language: Language, paths: Sequence[Path], report: Path | None) -> None:
    """Check files and say what must be mended; nothing is kept."""
    if report is not None and report.suffix.lower() not in _REPORTS:
        words = {"name": "--report", "found": report.name}
        wanted = say("cli.check.report_kind", language)
        raise click.UsageError(say("cli.bad_value", language, **words, wanted=wanted))
    found = loading.check(list(paths), progress=_progress(language))
    _say_found(found, language)
    if report is not None:
        save(report, _report(found, paths, report.suffix.lower(), language=language), language)
    if not found.is_fine:
        sys.exit(NEEDS_MENDING)


def _progress(language: Language) -> "loading.Progress":
    """One line that is written over while files are read; nothing where nobody looks."""
    is_seen = sys.stderr.isatty()

    def show(done: int, total: int, file: str) -> None:
        if is_seen:
            line = say("cli.check.progress", language, done=done, total=total, file=file)
            width = shutil.get_terminal_size().columns - 1
            ending = "\n" if done >= total else ""
            click.echo(f"\r{line[:width]:<{width}}{ending}", err=True, nl=False)

    return show


def _say_found(found: Checked, language: Language) -> None:
    balance = row_balance(found.inputs)
    severities = found.problems["severity"].value_counts()
    given, held, copies = found.files
    counts = {
        "files": _count("files", given, language),
        "held": number(held, language),
        "none": number(given - held - copies, language),
        "copies": number(copies, language),
        "rows": _count("rows", balance["row_count"], language),
        **{
            f"{severity}s": _count(f"{severity}s", int(severities.get(severity, 0)), language)
            for severity in ("error", "warning", "note")
        },
    }
    if found.problems.empty:
        click.echo(say("cli.check.fine", language, **counts))
    else:
        click.echo(say("cli.check.summary", language, **counts))
    parts = {
        name.removesuffix("_count"): number(count, language) for name, count in balance.items()
    }
    click.echo(say("cli.check.rows", language, **parts))
    _say_problems(found.problems, language)


def _count(what: str, count: int, language: Language) -> str:
    return say(f"cli.records.{what}", language, count=count)


def _say_problems(problems: pd.DataFrame, language: Language) -> None:
    """The first in full, the gravest and whole files before rows; the rest is counted."""
    if problems.empty:
        return
    rank = problems["severity"].astype(object).map({"error": 0, "warning": 2, "note": 4})
    rank += problems["row"].notna()
    first = problems.loc[rank.sort_values(kind="stable").index][:SHOWN_AT_MOST]
    for problem in loading.as_problems(first):
        click.echo(f"- {problem.sentence(language)}")
    more = len(problems) - len(first)
    if more:
        command = (
            "pumpurs check … --report problemas.html"
            if language == "lv"
            else "pumpurs check … --report problems.html"
        )
        click.echo(say("cli.check.more", language, count=number(more, language), command=command))


def _report(found: Checked, paths: Sequence[Path], kind: str, *, language: Language) -> bytes:
    from pumpurs_analysis.export import problem_report  # noqa: PLC0415  (needed on this path alone)

    if kind == ".csv":
        return problem_report.csv(found.problems, language)
    if kind == ".html":
        return problem_report.html(found.problems, found.inputs, language).encode("utf-8")
    files = _files(paths)
    if kind == ".zip":
        if not problem_report.files_to_mark(files, found.problems):
            raise click.UsageError(say("cli.check.nothing_to_mark", language))
        return problem_report.marked_zip(files, found.problems, language)
    if len(files) != 1:
        raise click.UsageError(say("cli.check.one_file", language, count=len(files)))
    [(source, file)] = sources_in(files)
    return problem_report.marked(file, source.name, found.problems, language)


def _files(paths: Sequence[Path]) -> dict[str, Path]:
    """The files named and those in folders, by the paths that their problems may call them."""
    named = {path.name: path for path in paths if path.is_file()}
    folders = (path for path in paths if path.is_dir())
    below = ((path, each) for path in folders for each in path.rglob("*") if each.is_file())
    return named | {each.relative_to(path).as_posix(): each for path, each in below}


def load(language: Language, paths: Sequence[Path], workspace: Path, *, acknowledged: bool) -> None:
    """Load files into a workspace."""
    found = loading.check(
        list(paths), key=pseudonyms.key_for(workspace), progress=_progress(language)
    )
    if found.dataset is None:
        raise InputError(loading.as_problems(found.problems), language)
    _save(language, found, workspace, acknowledged=acknowledged)
    _say_found(found, language)
    if not found.is_fine:
        sys.exit(NEEDS_MENDING)


def _save(language: Language, found: Checked, folder: Path, *, acknowledged: bool) -> None:
    is_first = "database" not in workspaces.manifest(folder)
    assert found.dataset is not None  # noqa: S101  (load has looked)
    try:
        changes = loading.save(found.dataset, folder, acknowledged=acknowledged)
    except workspaces.LargeChange as stopped:
        click.echo(stopped.report(language), err=True)
        click.echo(say("cli.load.large_change", language), err=True)
        sys.exit(NEEDS_MENDING)
    balance = row_balance(found.inputs)
    files = _count("files", found.files[1], language)
    rows = _count("rows", balance["accepted_count"], language)
    click.echo(say("cli.load.saved", language, workspace=str(folder), files=files, rows=rows))
    if is_first:
        click.echo(say("cli.load.first", language))
    elif changes.frame.empty:
        click.echo(say("cli.load.same", language))
    else:
        click.echo(changes.sentence(language))


def forget(language: Language, workspace: Path, *, is_sure: bool) -> None:
    """Remove a workspace and its key; where a person can answer, only if that person agrees."""
    if not workspaces.manifest(workspace):
        raise click.UsageError(say("cli.forget.nothing", language, workspace=str(workspace)))
    if not is_sure and sys.stdin.isatty():
        sure = say("cli.forget.sure", language, workspace=str(workspace))
        answer = click.prompt(sure, default="", show_default=False)
        if fold(answer) not in {"ja", "j", "yes", "y"}:
            raise click.UsageError(say("cli.forget.kept", language))
    workspaces.forget(workspace)
    click.echo(say("cli.forget.done", language, workspace=str(workspace)))


def extract(
    language: Language, folder: Path, *, municipality: str, workspace: Path | None,
    may_publish: bool,
) -> None:  # fmt: skip
    """Save what one municipality may open of a workspace as one of its own."""
    from pumpurs_analysis.cli.presenting import named  # noqa: PLC0415  (needed on this path alone)

    whole = workspaces.open_workspace(workspaces.which(workspace) or folder)
    if "database" in workspaces.manifest(folder):
        raise click.UsageError(say("cli.extract.taken", language, workspace=str(folder)))
    where = whole.schools.set_index("school_id")["municipality_today"]
    there = sorted(set(whole.plans["school_id"].map(where).dropna()), key=sort_key)
    municipality = named(municipality, there, language)
    made = workspaces.extract(whole, municipality, key=pseudonyms.key_for(folder))
    reductions = facts.reductions(made)
    workspaces.save(made, folder, reductions=reductions, municipality=municipality)
    rows = _count("rows", row_balance(made.inputs)["accepted_count"], language)
    words = {"workspace": str(folder), "municipality": municipality, "rows": rows}
    click.echo(say("cli.extract.done", language, **words))
    if may_publish:
        _entrust(language, folder, whole)
    else:
        click.echo(say("cli.extract.not_public", language))


def _entrust(language: Language, folder: Path, whole: "Dataset") -> None:
    """Make what may be published of an extract, and say how much that is."""
    from pumpurs_analysis.disclosure import NotReleasable  # noqa: PLC0415  (needs a solver)
    from pumpurs_analysis.releases import beside  # noqa: PLC0415  (as above)

    click.echo(say("cli.extract.entrusting", language), err=True)
    today = date.today()  # noqa: DTZ011  (the day where the person is)
    try:
        made = beside.entrust(workspaces.open_workspace(folder), whole, on=today)
    except NotReleasable:
        click.echo(say("cli.extract.nothing_public", language), err=True)
        sys.exit(NEEDS_MENDING)
    counts = {"count": len(made.figures), "left": len(made.left_out)}
    click.echo(say("cli.extract.public", language, **counts))


def example(language: Language, folder: Path, *, plans: int, seed: int, is_clean: bool) -> None:
    """Write a made-up delivery."""
    from pumpurs_analysis import example as made_up  # noqa: PLC0415  (needed on this path alone)

    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(say("cli.example.not_empty", language, folder=str(folder)))
    paths = made_up.write(folder, plans=plans, seed=seed, dirt=not is_clean)
    words = {
        "files": _count("files", len(paths), language),
        "plans": say("count.plans", language, count=plans),
    }
    click.echo(say("cli.example.done", language, folder=str(folder), **words))


def template(language: Language, file: Path) -> None:
    """Write the template workbook."""
    from pumpurs_analysis.export import template as made  # noqa: PLC0415  (needed on this path alone)

    if file.exists():
        raise click.UsageError(say("cli.template.exists", language, file=str(file)))
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(say("cli.template.ending", language, file=file.name))
    made.write(file, language)
    click.echo(say("cli.template.done", language, file=str(file)))
