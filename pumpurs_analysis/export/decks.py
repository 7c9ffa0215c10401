"""Slides before they have a format: what each says, shows and leaves unsaid.

Comes in: a Release and a list of findings (``catalogue/decks.yaml`` or a file of the user's). Goes
out: a `Deck`, written as PPTX and as HTML with the same words and numbers.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pumpurs_analysis import catalogue, schema, tables
from pumpurs_analysis.charts.words import source_line
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import contents, findings
from pumpurs_analysis.export.contents import NotShown, Where
from pumpurs_analysis.export.drawings import Drawing, caps, draw
from pumpurs_analysis.releases import Release
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import NBSP, Language, say

_LINES, _COLUMNS, _ACROSS = 16, 6, 125  # of a table, and letters in a line of it
_PARTS = 3  # slides for one table
_GROUPS = 12  # categories of a chart, too
_LETTERS, _UNBROKEN = 80, 16  # of a cell
_COUNTED = {  # what n is of each measure
    "participation": ("plan_count", "count.plans"),
    "risk_mix": ("denominator_count", ""),
    "risk_overlap": ("denominator_count", "count.plans"),
    "support_uptake": ("denominator_count", "count.learners"),
    "support_gaps": ("risk_learner_count", "count.learners"),
    "planned_and_delivered": ("planned_count", "count.supports"),
    "hours_and_load": ("consultation_count", "count.consultations"),
    "cost_against_cap": ("compared_count", "slides.n.compared"),
    "cost_per_unit": ("plan_count", "count.plans"),
    "ngo_projects": ("project_count", "slides.n.projects"),
}
_OF_PLACES = {"places", "schools"}  # one place alone stands in the headline numbers already
_BASES = {"mention": "count.mentions", "plan": "count.plans"}


@dataclass(frozen=True)
class Grid:
    """A table of texts; columns of numbers are set to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]

    @property
    def widths(self) -> list[float]:
        """Shares of the width: wide columns get more, and each enough for its longest word."""
        least, more = [], []
        for texts in zip(self.head, *self.rows, strict=True):
            words = " ".join(texts).replace(NBSP, "_").split() or [""]
            least.append(max(map(len, words)) * 1.15 + 2)
            more.append(max(map(len, texts)) ** 0.85 + 1)
        spare = max(_ACROSS - sum(least), 0) / sum(more)
        wide = [each + spare * part for each, part in zip(least, more, strict=True)]
        return [each / sum(wide) for each in wide]

    @property
    def lines(self) -> list[int]:
        """How many lines each row takes, the head first."""
        room = [max(_ACROSS * width - 1, 1) for width in self.widths]
        return [
            max(math.ceil(len(text) / wide) for text, wide in zip(row, room, strict=True))
            for row in (self.head, *self.rows)
        ]


@dataclass(frozen=True)
class Slide:
    """One message.

    Attributes:
        name: The finding.
        title: Says it.
        subtitle: What is counted, of whom.
        footer: n, interval, hidden cells, made-up data, source, recipe.
        notes: Definitions and denominators, for who speaks.
        alt: The figure in words.
        tiles: Headline numbers: label and number.
        drawing: A chart.
        grid: A table, or its first part.
        further: More parts of it; each takes a slide.
    """

    name: str
    title: str
    subtitle: str
    footer: str
    notes: str
    alt: str = ""
    tiles: tuple[tuple[str, str], ...] = ()
    drawing: Drawing | None = None
    grid: Grid | None = None
    further: tuple[Grid, ...] = ()

    def parts(self) -> "list[Slide]":
        """Give one slide for each part of its table."""
        if not self.further:
            return [self]
        count = 1 + len(self.further)
        return [
            replace(
                self, name=f"{self.name}-{n}", grid=grid, subtitle=f"{self.subtitle} ({n}/{count})"
            )
            for n, grid in enumerate((self.grid, *self.further), start=1)
        ]


@dataclass(frozen=True)
class Deck:
    """A deck in one language; ``figures`` are those it shows, ``marks`` stand on every slide."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    slides: tuple[Slide, ...]
    language: Language
    figures: tuple[Published, ...]


@dataclass(frozen=True)
class Wanted:
    """What a deck is to be: of which place, in which language, whether final, which findings."""

    where: Where
    language: Language
    is_final: bool = False
    deck: Mapping[str, Any] | None = None


class BadDeck(ValueError):  # noqa: N818  (it says what is the case)
    """A deck file that cannot be used; the message says why."""


def read_deck(file: Path, language: Language) -> Mapping[str, Any]:
    """Read a deck file of the user's.

    Raises:
        BadDeck: It is no YAML, has another form or asks for a slide that there is not.
    """
    try:
        deck = yaml.safe_load(file.read_text(encoding="utf-8"))
        wanted = [slide["finding"] for slide in deck["slides"]]
        words = [deck["title"], *(slide["message"] for slide in deck["slides"]
                                  if "message" in slide)]  # fmt: skip
        has_both = all({"lv", "en"} <= set(each) for each in words)
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError):
        has_both, wanted, deck = False, [], {}
    if not has_both:
        raise BadDeck(say("cli.present.deck_form", language))
    for name in wanted:
        if name not in findings.FINDINGS:
            choices = ", ".join(findings.FINDINGS)
            raise BadDeck(say("cli.present.unknown_finding", language, name=name, choices=choices))
    return dict(deck)


def default_deck(release: Release, where: Where) -> Mapping[str, Any]:
    """Choose the deck of a programme, municipality or school, or of published figures."""
    if release.data.evidence == "published":
        name = "published_place" if where else "published"
    else:
        name = "school" if "school" in where else "municipality" if where else "programme"
    deck: Mapping[str, Any] = catalogue.entries("decks")["decks"][name]
    return deck


def make_deck(release: Release, wanted: Wanted) -> Deck:
    """Make a deck.

    Args:
        release: What may be shown.
        wanted: Of which place, in which language; without a deck the one that fits.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> deck = make_deck(make_release(published()), Wanted({}, "en"))
        >>> deck.slides[0].title
        'Most plans in 2019/20: 21,732'
    """
    language, where = wanted.language, wanted.where
    spec = wanted.deck or default_deck(release, where)
    slides, shown, left_out = [], [], []
    for entry in spec["slides"]:
        name = entry["finding"]
        try:
            message = entry.get("message", {}).get(language, "")
            slide, figure = _told(name, release, wanted, message=message)
        except NotShown as why:
            what = say(f"slides.{name}.subtitle", language)
            left_out.append((what, say(f"slides.left_out.{why.reason}", language)))
            continue
        slides += slide.parts()
        shown.append(figure)
    slides.append(_method(release, shown, language))
    if left_out:
        slides.append(_left_out(left_out, language))
    about = [
        contents.about(where, language), contents.period(release, language),
        contents.extracted(release, language),
    ]  # fmt: skip
    marks = contents.marks(release, language, is_final=wanted.is_final)
    subtitle = ". ".join(filter(None, about))
    return Deck(
        spec["title"][language], subtitle, tuple(marks), tuple(slides), language, tuple(shown)
    )


def _told(
    name: str, release: Release, wanted: Wanted, *, message: str = ""
) -> tuple[Slide, Published]:
    finding = findings.FINDINGS[name]
    if finding.by and finding.by[-1] in wanted.where:  # what it tells apart is one here
        raise NotShown("compares")
    figure = contents.figure(release, finding.measure, finding.by, where=wanted.where)
    if name in _OF_PLACES and len(figure.frame) == 1:
        raise NotShown("compares")
    return _slide(name, release, figure, wanted=wanted, message=message), figure


@dataclass(frozen=True)
class Offer:
    """A slide that a deck of the user's may hold.

    Attributes:
        name: The finding.
        what: What is counted, of whom.
        title: The finding as the numbers say it; empty where it cannot be shown.
        why_not: Why it cannot be shown.
        is_usual: Whether the default deck holds it.
    """

    name: str
    what: str
    title: str
    why_not: str
    is_usual: bool


def offers(release: Release, wanted: Wanted) -> list[Offer]:
    """List the slides there are for a release and place, those of the default deck first.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> offers(make_release(published()), Wanted({}, "en"))[0].title
        'Most plans in 2019/20: 21,732'
    """
    usual = [entry["finding"] for entry in default_deck(release, wanted.where)["slides"]]
    of_evidence = [
        entry["finding"]
        for deck in catalogue.entries("decks")["decks"].values()
        if deck["evidence"] == release.data.evidence
        for entry in deck["slides"]
    ]
    found = []
    for name in dict.fromkeys([*usual, *of_evidence]):
        title = why_not = ""
        try:
            title = _told(name, release, wanted)[0].title
        except NotShown as why:
            why_not = say(f"slides.left_out.{why.reason}", wanted.language)
        what = say(f"slides.{name}.subtitle", wanted.language)
        found.append(Offer(name, what, title, why_not, name in usual))
    return found


def _slide(name: str, release: Release, shown: Published, *, wanted: Wanted, message: str) -> Slide:
    language = wanted.language
    finding = findings.FINDINGS[name]
    computed = findings.title(name, shown, language)
    tiles: tuple[tuple[str, str], ...] = ()
    drawing, more = None, ""
    grids: list[Grid] = []
    if finding.body == "tiles":
        known = contents.headlines(release, wanted.where)
        if any(each.state == "hidden" for each in known):
            more = _protection(release, language)
        tiles = tuple((each.label(language), each.text(language)) for each in known)
    elif finding.body == "drawing":
        drawing = draw(shown, language)
        if drawing is None or drawing.is_empty:
            raise NotShown("hidden" if shown.hidden_count else "cannot")
        drawing, more = _cut(drawing, language)
    else:
        made = tables.table(shown, language=language)
        grids, more = grids_of(made, language, columns=finding.columns)
    about = contents.about(wanted.where, language)
    subtitle = ". ".join(filter(None, (say(f"slides.{name}.subtitle", language), about)))
    recipe = contents.recipe_id(release, shown)
    told = drawing.told() if drawing else "; ".join(f"{label}: {text}" for label, text in tiles)
    return Slide(
        name=name, title=message or computed, subtitle=subtitle,
        footer=footer(shown, language, recipe=recipe, more=_interval(drawing, more, language)),
        notes="\n".join(_notes(name, shown, computed, wanted=wanted)),
        alt=f"{computed}. {told}".strip(), tiles=tiles, drawing=drawing,
        grid=grids[0] if grids else None, further=tuple(grids[1:]),
    )  # fmt: skip


def _cut(drawing: Drawing, language: Language) -> tuple[Drawing, str]:
    """Keep as many groups as a slide has room for, and say how many there are."""
    count = len(drawing.categories)
    if count <= _GROUPS or drawing.kind != "bar":
        return drawing, ""
    return drawing.only(range(_GROUPS)), say("slides.rows_left", language, count=count - _GROUPS)


def _interval(drawing: Drawing | None, more: str, language: Language) -> str:
    interval = say("records.interval", language) if drawing and drawing.has_interval else ""
    return " ".join(filter(None, (interval, more)))


def grids_of(
    table: tables.Table, language: Language, *, columns: Sequence[str] = ()
) -> tuple[list[Grid], str]:
    """Part a table into what slides have room for, and say how much they leave.

    Args:
        table: The whole table.
        language: Language of the sentence.
        columns: Which columns; without any the first ones.

    Example:
        >>> column = tables.Column("plan_count", "Plans", True)
        >>> rows = ((tables.Cell("7"),),) * 49
        >>> grids_of(tables.Table("x", (column,), rows, "en"), "en")[1]
        '1 more row is not shown here.'
    """
    places = [i for i, each in enumerate(table.columns) if not columns or each.key in columns]
    kept = [table.columns[i] for i in places[:_COLUMNS]]
    rows = tuple(tuple(_short(row[i].text) for i in places[:_COLUMNS]) for row in table.rows)
    whole = Grid(tuple(each.label for each in kept), rows, tuple(each.is_number for each in kept))
    parts, lines = [list(rows[:0])], 0
    for row, high in zip(rows, whole.lines[1:], strict=True):
        if lines + high > _LINES:
            parts, lines = [*parts, []], 0
        parts[-1].append(row)
        lines += high
    left = sum(map(len, parts[_PARTS:]))
    more = say("slides.rows_left", language, count=left) if left else ""
    return [replace(whole, rows=tuple(part)) for part in parts[:_PARTS]], more


def _short(text: str) -> str:
    if len(text) <= _UNBROKEN:
        return text.replace(" ", NBSP)
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"


def footer(shown: Published, language: Language, *, recipe: str, more: str = "") -> str:
    """Write the line under a figure: n, interval, hidden cells, made-up data, source, recipe."""
    result = shown.result
    parts = [say("slides.n", language, n=n_of(shown, language)), more]
    if shown.hidden_count:
        parts.append(hidden_of([shown], language) + ".")
    if result.is_made_up:
        parts.append(say("made_up", language))
    parts += [source_line(shown, language), say("slides.recipe", language, recipe=recipe)]
    return " ".join(filter(None, parts))


def n_of(shown: Published, language: Language) -> str:
    """Say of how many of what a figure is; where there is no one number, that it stands beside."""
    result, frame = shown.result, shown.frame
    if result.evidence == "published" and result.name in _STATED:
        key, part = _STATED[result.name]
        return say(key, language, count=len(part(frame)))
    column, key = _COUNTED[result.name]
    if result.name == "risk_mix":  # shares of mentions, and of plans beside them
        bases = [base for base in _BASES if frame["basis"].eq(base).any()]
        counts = {base: frame.loc[frame["basis"].eq(base), column].iloc[0] for base in bases}
        known = [
            say(_BASES[base], language, count=float(count))
            for base, count in counts.items() if not schema.is_missing(count)
        ]  # fmt: skip
        return ", ".join(known) or say("slides.n.hidden", language)
    if "basis" in frame:
        frame = frame[frame["basis"].eq("learner")]
    values = frame[column]
    if column in result.additive or result.name == "ngo_projects":
        is_one, total = not values.isna().any(), values.sum()
    else:
        is_one, total = len(set(values.dropna())) == 1 and not values.isna().any(), values.iloc[0]
    if values.isna().all():
        return say("slides.n.hidden", language)
    if is_one:
        return say(key, language, count=float(total))
    return say("slides.n.beside", language, what=say(f"{key}.all", language))


# Of published figures: how many of them are shown.
_STATED: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "published_checks": ("count.checks", lambda frame: frame),
    "published_figures": ("count.figures", lambda frame: frame),
    "published_timeline": ("count.figures", lambda frame: frame[frame["series"] == "school_year"]),
    "support_uptake": ("count.figures", lambda frame: frame),
    "cost_against_cap": ("count.caps", caps),
}


def _notes(name: str, shown: Published, computed: str, *, wanted: Wanted) -> Iterator[str]:
    language = wanted.language
    yield say("slides.finding_computed", language, finding=computed.rstrip("."))
    yield say(f"slides.{name}.notes", language)
    for note in shown.result.notes:
        yield say(note, language)


def _method(release: Release, figures: Sequence[Published], language: Language) -> Slide:
    rows = [
        (say(f"slides.method.{part}", language), say(f"slides.method.{part}_text", language))
        for part in ("units", "marks", "recipe")
    ]
    protection = f"{_protection(release, language)} {hidden_of(figures, language)}."
    rows.insert(2, (say("slides.method.protection", language), protection))
    return _words("method", rows, language, columns=("what", "meaning"))


def _protection(release: Release, language: Language) -> str:
    threshold = release.recipe(next(shown for _, shown in contents.figures(release, {}))).threshold
    if not threshold:
        return say("slides.method.public_text", language)
    return say("slides.method.protection_text", language, most=threshold - 1)


def _left_out(rows: Sequence[tuple[str, str]], language: Language) -> Slide:
    return _words("left_out", rows, language, columns=("what", "why"))


def _words(
    name: str, rows: Sequence[tuple[str, str]], language: Language, *, columns: tuple[str, str]
) -> Slide:
    head = tuple(say(f"slides.{name}.{column}", language) for column in columns)
    title, subtitle = (say(f"slides.{name}.{part}", language) for part in ("title", "subtitle"))
    return Slide(
        name=name, title=title, subtitle=subtitle, footer="",
        notes=say("slides.method.notes", language) if name == "method" else subtitle,
        alt="; ".join(": ".join(row) for row in rows), grid=Grid(head, tuple(rows), (False, False)),
    )  # fmt: skip
