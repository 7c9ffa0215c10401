"""The command ``pumpurs``: deliveries, rules, published figures and pages from a terminal.

Speaks the user's language (``--language``, else LANG, else Latvian) in help, answers and errors.
Exit codes: 0 fine, 1 our fault, 2 what was given needs mending.
"""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import LANGUAGES, Language, nearest, number, say, short_date

FINE, OUR_FAULT, NEEDS_MENDING = 0, 1, 2
_NARROWEST, _WIDEST = 8, 60


# What a person can mend about a file or folder; anything else is our fault.
_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "not_a_folder",
    errno.EISDIR: "is_a_folder",
    errno.EEXIST: "not_a_folder",
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EROFS: "not_allowed",
    errno.ENOSPC: "disk_full",
}


def chosen_language(arguments: Sequence[str], environment: dict[str, str]) -> Language:
    """Find the language before any command runs, so that help and errors speak it too.

    Example:
        >>> chosen_language(["rules", "--language", "en"], {}), chosen_language([], {"LANG": "C"})
        ('en', 'lv')
    """
    words = list(arguments)
    for place, word in enumerate(words):
        flag, _, value = word.partition("=")
        if flag == "--language":
            value = value or (words[place + 1] if place + 1 < len(words) else "")
            return "en" if value == "en" else "lv"
    spoken = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "lv"


class _Spoken(click.Command):
    """A command whose help and usage errors come in the user's language."""

    language: Language = "lv"

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(
            ctx.command_path, " ".join(pieces), prefix=say("cli.usage", self.language)
        )

    def collect_usage_pieces(self, _ctx: click.Context) -> list[str]:
        return [say("cli.arguments", self.language)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for one in self.get_params(ctx) if (record := one.get_help_record(ctx))]
        with formatter.section(say("cli.options", self.language)):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.help_option", self.language)
        return option


class _SpokenGroup(_Spoken, click.Group):
    """The list of commands, in the user's language."""

    def collect_usage_pieces(self, _ctx: click.Context) -> list[str]:
        return [
            say("cli.arguments", self.language),
            say("cli.command_places", self.language),
        ]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str(90)) for name in self.commands]
        with formatter.section(say("cli.commands", self.language)):
            formatter.write_dl(rows)


def _day(ctx: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """Read a day as 2019-10-01 or 01.10.2019."""
    if value is None:
        return None
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y."):
        with suppress(ValueError):
            return datetime.strptime(value, pattern).replace(tzinfo=UTC).date()
    raise _bad_value(ctx, parameter, found=value, wanted="cli.wanted.day")


def _number(default: int, wanted: str, *, lowest: int, highest: int) -> dict[str, Any]:
    def read(ctx: click.Context, parameter: click.Parameter, value: str) -> int:
        if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
            raise _bad_value(ctx, parameter, found=value, wanted=wanted)
        return int(value)

    return {"default": str(default), "callback": read}


def _one_language(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise _bad_value(ctx, parameter, found=value, wanted="cli.wanted.language")
    return value


def _bad_value(
    ctx: click.Context, parameter: click.Parameter, *, found: str, wanted: str
) -> click.UsageError:
    language: Language = ctx.obj
    return click.UsageError(
        say(
            "cli.bad_value",
            language,
            name=parameter.opts[0],
            found=found,
            wanted=say(wanted, language),
        ),
        ctx,
    )


def build(language: Language) -> click.Group:
    """Make the whole command tree in one language.

    Example:
        >>> sorted(build("en").commands)[:5]
        ['case-study', 'check', 'dashboards', 'example', 'extract']
    """

    def spoken_option(name: str, help_key: str, **choices: Any) -> click.Option:  # noqa: ANN401  (click's own keywords)
        return click.Option([name], help=say(help_key, language), metavar="", **choices)

    def command(name: str, run: Callable[..., None], *options: click.Parameter) -> _Spoken:
        spoken = spoken_option("--language", "cli.language_option", callback=_one_language)
        spoken.expose_value = False
        help_text = say(f"cli.{name.replace('-', '_')}.help", language)
        made = _Spoken(
            name, callback=partial(run, language), params=[*options, spoken], help=help_text
        )
        made.language = language
        return made

    group = _SpokenGroup("pumpurs", help=say("cli.help", language), invoke_without_command=True)
    group.language = language
    group.callback = _help_alone
    spoken = spoken_option("--language", "cli.language_option", callback=_one_language)
    spoken.expose_value = False
    group.params = [spoken]
    port = _number(8866, "cli.wanted.port", lowest=1024, highest=65535)
    pages = _number(60, "cli.wanted.pages", lowest=1, highest=1000)
    for each in (
        command(
            "rules",
            _rules,
            spoken_option("--on", "cli.rules.on", callback=_day),
            spoken_option("--sheet", "cli.rules.sheet", type=click.Path(path_type=Path)),
        ),
        command(
            "published",
            _published,
            spoken_option("--municipality", "cli.published.municipality"),
            spoken_option("--csv", "cli.published.csv"),
        ),
        command(
            "dashboards",
            _dashboards,
            spoken_option("--port", "cli.dashboards.port", **port),
            spoken_option(
                "--workspace", "cli.dashboards.workspace", type=click.Path(path_type=Path)
            ),
            spoken_option("--most-pages", "cli.dashboards.most_pages", **pages),
            *(
                click.Option([name, variable], is_flag=True, help=say(key, language))
                for name, variable, key in (
                    ("--owner", "is_owner", "cli.dashboards.owner"),
                    ("--example", "with_example", "cli.dashboards.example"),
                    ("--open", "open_browser", "cli.dashboards.open"),
                )
            ),
        ),
        command("lab", _lab),
        *_of_records(language, command, spoken_option),
    ):
        group.add_command(each)
    return group


def _of_records(
    language: Language, command: Callable[..., _Spoken], option: Callable[..., click.Option]
) -> Iterator[_Spoken]:
    """The commands for a user's own deliveries."""

    def flag(name: str, variable: str, help_key: str) -> click.Option:
        return click.Option([name, variable], is_flag=True, help=say(help_key, language))

    def argument(name: str, place: str, **more: Any) -> click.Argument:  # noqa: ANN401  (click's own keywords)
        return click.Argument([name], metavar=say(f"cli.records.place.{place}", language), **more)

    paths = {"nargs": -1, "required": True, "type": click.Path(path_type=Path)}
    folder: dict[str, Any] = {"type": click.Path(path_type=Path)}
    report = option("--report", "cli.check.report", type=click.Path(path_type=Path))
    yield command("check", _records("check"), argument("paths", "delivery", **paths), report)
    yield command(
        "load",
        _records("load"),
        argument("paths", "delivery", **paths),
        option("--workspace", "cli.load.workspace", required=True, **folder),
        flag("--acknowledged", "acknowledged", "cli.load.acknowledged"),
    )
    sure = flag("--yes", "is_sure", "cli.forget.yes")
    yield command("forget", _records("forget"), argument("workspace", "workspace", **folder), sure)
    yield command(
        "extract",
        _records("extract"),
        argument("folder", "workspace", **folder),
        option("--municipality", "cli.extract.municipality", required=True),
        option("--workspace", "cli.extract.workspace", **folder),
        flag("--may-publish", "may_publish", "cli.extract.may_publish"),
    )
    yield command(
        "example",
        _records("example"),
        argument("folder", "folder", **folder),
        click.Option(["--plans"], type=click.IntRange(1), default=1500, metavar="",
                     help=say("cli.example.plans", language, default=1500)),
        option("--seed", "cli.example.seed", type=click.IntRange(0), default=1),
        flag("--clean", "is_clean", "cli.example.clean"),
    )  # fmt: skip
    yield command("template", _records("template"), argument("file", "workbook", **folder))
    from pumpurs_analysis.cli import case_study, present  # noqa: PLC0415  (they need this module)

    yield command("case-study", case_study.run, *case_study.parameters(language))
    yield command("slides", present.slides, *present.parameters("slides", language))
    yield command("publish", present.publish, *present.parameters("publish", language))


def _records(name: str) -> Callable[..., None]:
    def run(language: Language, **given: Any) -> None:  # noqa: ANN401  (a command's own arguments)
        from pumpurs_analysis.cli import records  # noqa: PLC0415  (help must not wait for pandas)

        getattr(records, name)(language, **given)

    return run


@click.pass_context
def _help_alone(ctx: click.Context) -> None:
    """Without a command, show what there is."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _rules(language: Language, on: date | None, sheet: Path | None) -> None:
    if sheet is not None:
        from pumpurs_analysis.export.rule_sheet import written  # noqa: PLC0415  (as below)

        try:
            content = written(sheet, language, on)
        except ValueError as problem:
            raise click.UsageError(str(problem)) from None
        save(sheet, content, language)
        return
    from pumpurs_analysis.rules import rule_table  # noqa: PLC0415  (help must not wait for pandas)

    table = rule_table(on)
    if table["source"].isna().all():
        ends = rule_table()
        first, last = ends["valid_from"].min(), ends["valid_to"].max()
        days = (short_date(day, language) for day in (on or first, first, last))
        words = dict(zip(("day", "first", "last"), days, strict=True))
        click.echo(say("cli.rules.outside", language, **words))
        return
    shown = table.rename(columns={f"name_{language}": "name", f"value_{language}": "what"})
    for rule, rows in shown.groupby("name", sort=False):
        click.echo(click.style(str(rule), bold=True))
        for row in rows.to_dict("records"):
            click.echo(f"  {row['what']}")
            click.echo(click.style(f"    {_proof(row, language)}", dim=True))


def _proof(row: "dict[Any, Any]", language: Language) -> str:
    from pumpurs_analysis.schema import is_missing  # noqa: PLC0415  (as above)

    if is_missing(row["source"]):
        return str(row[f"note_{language}"])
    return say(
        "cli.rules.proof",
        language,
        first=short_date(row["valid_from"], language),
        last=short_date(row["valid_to"], language),
        status=say(f"cli.rules.status.{row['status']}", language),
        source=row["source_title"],
        checked=short_date(row["checked"], language),
    )


def _published(language: Language, municipality: str | None, csv: str | None) -> None:
    click.echo(say("cli.published.reading", language) + "…", err=True)
    from pumpurs_analysis import measures, protect, published, tables  # noqa: PLC0415  (as above)

    data = published()
    if municipality:
        municipality = _named_in(data, municipality, language)
    result = measures.published_figures(data, municipality=municipality)
    shown = tables.table(protect(result), language=language)
    if csv:
        save(Path(csv), shown.to_csv(), language)
        return
    counts = {"figures": len(result.frame), "pages": len(result.sources)}
    click.echo(say("cli.published.loaded", language, **counts))
    if municipality:
        _echo_rows(shown.columns, shown.rows)
        return
    doubts = number(len(data.problems), language)
    click.echo(say("cli.published.doubts", language, count=doubts))
    _echo_checks(data, language)


def _named_in(data: Any, asked: str, language: Language) -> str:  # noqa: ANN401  (Dataset is imported late)
    """Find a municipality by any spelling, former names included, among those with figures."""
    from pumpurs_analysis.municipalities import municipality_on  # noqa: PLC0415  (as above)

    named = set(data.published_figures["municipality_today"].dropna())
    try:
        today = municipality_on(asked, date(2021, 7, 1))
    except KeyError:
        today = nearest(asked, named) or ""
        if not today:
            raise click.UsageError(
                say("cli.published.unknown_municipality", language, name=asked)
            ) from None
        words = {"name": asked, "nearest": today}
        raise click.UsageError(say("cli.published.no_municipality", language, **words)) from None
    found = [name for name in ([today] if isinstance(today, str) else today) if name in named]
    if not found:
        raise click.UsageError(say("cli.published.unknown_municipality", language, name=asked))
    return found[0]


def _echo_checks(data: Any, language: Language) -> None:  # noqa: ANN401  (Dataset is imported late)
    from pumpurs_analysis import measures, protect, tables  # noqa: PLC0415  (as above)

    checks = tables.table(protect(measures.published_checks(data)), language=language)
    wanted = [i for i, column in enumerate(checks.columns) if column.key in _CHECK_COLUMNS]
    _echo_rows(
        [checks.columns[i] for i in wanted], [[row[i] for i in wanted] for row in checks.rows]
    )


_CHECK_COLUMNS = ("title", "left_value", "right_value", "relation")


def _echo_rows(columns: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table in columns, long texts cut with an ellipsis."""
    cells = [[column.label for column in columns], *([cell.text for cell in row] for row in rows)]
    widths = [
        max(_NARROWEST, min(_WIDEST, max(len(row[i]) for row in cells)))
        for i in range(len(columns))
    ]
    for row in cells:
        line = []
        for shown, width, column in zip(row, widths, columns, strict=True):
            cut = shown if len(shown) <= width else shown[: width - 1] + "…"
            line.append(cut.rjust(width) if column.is_number else cut.ljust(width))
        click.echo("  ".join(line).rstrip())


def save(file: Path, content: bytes, language: Language) -> None:
    """Write a file whole or not at all, and say so."""
    try:
        with replacing(file) as out:
            out.write(content)
    except OSError as problem:
        words = {"file": file.name, "reason": _reason(problem, language)}
        raise click.UsageError(say("cli.published.cannot_save", language, **words)) from None
    click.echo(say("cli.published.saved", language, file=str(file)))


def _dashboards(language: Language, port: int, **given: Any) -> None:  # noqa: ANN401  (a command's own options)
    from pumpurs_analysis.app.server import serve  # noqa: PLC0415  (help must not wait for Voila)
    from pumpurs_analysis.cli import shown  # noqa: PLC0415  (the same)

    def announce(address: str) -> None:
        click.echo(say("cli.dashboards.address", language, address=address))

    folder = shown.workspace(given["workspace"], language, with_example=given["with_example"])
    is_owner: bool = given["is_owner"]
    click.echo(shown.told(folder, language, is_owner=is_owner))
    serve(
        _checkout() / "dashboards",
        port=port,
        language=language,
        workspace=folder,
        is_owner=is_owner,
        most_pages=given["most_pages"],
        open_browser=given["open_browser"],
        on_ready=announce,
    )


def _lab(language: Language) -> None:
    folder = _checkout() / "notebooks"
    click.echo(say("cli.lab.address", language, folder=folder.name))
    environment = os.environ | {"PUMPURS_LANGUAGE": language}
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", str(folder)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there may be no other user
        command.append("--allow-root")
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603  (our own words)


def _checkout() -> Path:
    return Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every failure ends in a sentence and an exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = chosen_language(words, dict(os.environ))
    sys.exit(_run(words, language))


def _run(words: list[str], language: Language) -> int:
    group = build(language)
    try:
        group.main(words, prog_name="pumpurs", standalone_mode=False, obj=language)
    except click.UsageError as problem:
        click.echo(say("cli.error", language, message=_spoken(problem, group, language)), err=True)
        path = problem.ctx.command_path if problem.ctx else "pumpurs"
        click.echo(say("cli.hint", language, command=path), err=True)
        return NEEDS_MENDING
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("cli.stopped", language), err=True)
        return NEEDS_MENDING
    except Exception as fault:  # noqa: BLE001  (the outermost place: a sentence, never a traceback)
        return _fault(fault, language)
    return FINE


def _fault(fault: Exception, language: Language) -> int:
    """Say input problems in full; of anything else only the kind, which holds no data."""
    from pumpurs_analysis.errors import InputError  # noqa: PLC0415  (needed on this path alone)

    if isinstance(fault, InputError):
        click.echo(fault.report(language), err=True)
        return NEEDS_MENDING
    if isinstance(fault, OSError) and fault.errno in _REASONS:
        words = {"file": Path(str(fault.filename or "")).name, "reason": _reason(fault, language)}
        click.echo(
            say("cli.error", language, message=say("cli.no_file", language, **words)), err=True
        )
        return NEEDS_MENDING
    click.echo(say("cli.our_fault", language, kind=type(fault).__name__), err=True)
    return OUR_FAULT


def _reason(problem: OSError, language: Language) -> str:
    """Say in words why a file or folder could not be used.

    Example:
        >>> _reason(PermissionError(13, "Permission denied"), "en")
        'it may not be opened or written to'
    """
    known = _REASONS.get(problem.errno or 0)
    return say(f"cli.reason.{known}", language) if known else problem.strerror or "?"


def _spoken(problem: click.UsageError, group: click.Group, language: Language) -> str:
    """Say click's own complaints in the user's language; ours already are."""
    command = problem.ctx.command if problem.ctx else group
    options = ", ".join(option for each in command.params for option in each.opts)
    if isinstance(problem, click.NoSuchOption):
        return say("cli.no_option", language, name=problem.option_name, choices=options)
    if isinstance(problem, click.BadOptionUsage):
        return say("cli.missing_value", language, name=problem.option_name)
    if isinstance(problem, click.MissingParameter):
        needed = [each.metavar or each.opts[0] for each in command.params if each.required]
        return say("cli.missing", language, needed=", ".join(needed))
    if "No such command" in problem.message:
        name = problem.message.split("'")[1]
        return say("cli.no_command", language, name=name, choices=", ".join(group.commands))
    is_ours = type(problem) is click.UsageError and not problem.message.startswith("Got unexpected")
    return problem.message if is_ours else say("cli.bad_usage", language)
