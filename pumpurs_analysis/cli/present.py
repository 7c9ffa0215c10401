"""The commands ``slides`` and ``publish``: what they take, described in one language."""

from pathlib import Path
from typing import Any

import click

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import Language, say


def parameters(command: str, language: Language) -> list[click.Parameter]:
    """Give what ``slides`` or ``publish`` takes.

    Example:
        >>> [option.name for option in parameters("publish", "en")]
        ['out', 'workspace', 'municipality', 'is_final', 'licence', 'compare', 'is_nearest_wanted']
    """

    def option(name: str, *names: str, part: str = "present", **more: Any) -> click.Option:  # noqa: ANN401  (click's own keywords)
        hint = say(f"cli.{part}.{name.replace('-', '_')}", language, **more.pop("words", {}))
        more |= {} if more.get("is_flag") else {"metavar": ""}
        return click.Option([f"--{name}", *names], help=hint, **more)

    folder: dict[str, Any] = {"type": click.Path(path_type=Path)}
    there = {"type": click.Path(path_type=Path, file_okay=False)}
    shared = [
        option("out", required=True, **folder),
        option("workspace", **folder),
        option("municipality"),
    ]
    final = option("final", "is_final", is_flag=True)
    safe = option("nearest-safe", "is_nearest_wanted", part="publish", is_flag=True)
    if command == "slides":
        logos = option("logos", "folder", part="slides", **there)
        deck = option("deck", part="slides", **folder)
        return [*shared, option("school"), final, logos, deck, safe]
    known = list(catalogue.entries("decks")["licences"])
    licence = option("licence", part="publish", type=click.Choice(known), default=known[0],
                     words={"licences": ", ".join(known)})  # fmt: skip
    return [*shared, final, licence, option("compare", part="publish", **folder), safe]


def slides(language: Language, **given: Any) -> None:  # noqa: ANN401  (a command's own arguments)
    """Write slides."""
    from pumpurs_analysis.cli import presenting  # noqa: PLC0415  (help must not wait for pandas)

    presenting.slides(language, **given)


def publish(language: Language, **given: Any) -> None:  # noqa: ANN401  (a command's own arguments)
    """Write what can be published."""
    from pumpurs_analysis.cli import presenting  # noqa: PLC0415  (help must not wait for pandas)

    presenting.publish(language, **given)
