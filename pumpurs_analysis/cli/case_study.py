"""The command ``case-study``: makes a case study, or says which of its sentences are stale."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pumpurs_analysis.text import Language, say

if TYPE_CHECKING:
    from pumpurs_analysis.case_studies.notebook import Asked

_SHOWN = 10


def parameters(language: Language) -> list[click.Parameter]:
    """Give what the command takes, described in one language."""

    def option(name: str, *, is_flag: bool = False, **more: Any) -> click.Option:  # noqa: ANN401  (click's own keywords)
        part = "publish" if name == "nearest-safe" else "case_study"
        hint = say(f"cli.{part}.{name.replace('-', '_')}", language)
        more |= {} if is_flag else {"metavar": ""}
        return click.Option([f"--{name}"], help=hint, is_flag=is_flag, **more)

    folder: dict[str, Any] = {"type": click.Path(path_type=Path)}
    return [
        click.Argument(["municipality"], metavar=say("cli.case_study.place", language)),
        option("school", default=""),
        option("workspace", **folder),
        option("interviews", multiple=True, **folder),
        option("owner", is_flag=True),
        option("check", is_flag=True),
        option("nearest-safe", is_flag=True),
        option("out", required=True, **folder),
    ]


def run(
    language: Language, out: Path, *, owner: bool, check: bool, nearest_safe: bool,
    **given: Any,  # noqa: ANN401  (the rest of the command's arguments)
) -> None:  # fmt: skip
    """Write a case study, or check one written before."""
    from pumpurs_analysis.case_studies import NotFound  # noqa: PLC0415  (help must not wait for pandas)
    from pumpurs_analysis.case_studies.notebook import Asked  # noqa: PLC0415  (as above)

    asked = Asked(language=language, audience="owner" if owner else "public", **given)
    try:
        if check:
            _check(asked, out)
        else:
            _write(asked, out, is_nearest_wanted=nearest_safe)
    except NotFound as unknown:
        raise click.UsageError(unknown.sentence(language)) from None


def _write(asked: "Asked", folder: Path, *, is_nearest_wanted: bool) -> None:
    from pumpurs_analysis.case_studies import write  # noqa: PLC0415  (as above)
    from pumpurs_analysis.cli.presenting import beside_earlier  # noqa: PLC0415  (as above)
    from pumpurs_analysis.releases import make_release  # noqa: PLC0415  (as above)

    language, records = asked.language, asked.dataset()
    asked.story()  # a name not known is said before anything is noted down
    click.echo(say("cli.case_study.working", language), err=True)
    if records is not None:  # the nearest safe release is kept: the story then tells that one
        release = make_release(records, audience=asked.audience)
        beside_earlier(release, language, "case-study", is_nearest_wanted=is_nearest_wanted)
    files = ", ".join(str(path) for path in write(asked, folder))
    click.echo(say("cli.case_study.done", asked.language, files=files))


def _check(asked: "Asked", folder: Path) -> None:
    from pumpurs_analysis.case_studies.documents import check, stem  # noqa: PLC0415  (as above)
    from pumpurs_analysis.cli import NEEDS_MENDING  # noqa: PLC0415  (it imports this module)

    page = folder / f"{stem(asked)}.html"
    if not page.is_file():
        raise click.UsageError(say("cli.case_study.nothing", asked.language, folder=str(folder)))
    found = check(page, asked.dataset())
    if found.empty:
        click.echo(say("cli.case_study.current", asked.language))
        return
    click.echo(say("case_study.stale.draft", asked.language, figures=len(found)))
    for row in found.head(_SHOWN).to_dict("records"):
        words = {name: row[name] for name in ("text", "old", "new")}
        click.echo("- " + say("case_study.stale.row", asked.language, **words))
    sys.exit(NEEDS_MENDING)
