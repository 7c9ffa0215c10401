"""A release as one interactive HTML file: filters, charts, tables, search, both languages, CSV.

Every view stands in the file, drawn beforehand from protected numbers: the script only chooses what
is shown, so nothing can be worked out that was not released.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from pumpurs_analysis import catalogue, tables
from pumpurs_analysis.charts.caps import group_name, split
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import contents, findings, offline, svg_charts
from pumpurs_analysis.export.contents import NotShown, Where
from pumpurs_analysis.export.decks import Grid, n_of
from pumpurs_analysis.export.drawings import draw
from pumpurs_analysis.export.release_workbook import COMMON, OWN, recipe_lines, title
from pumpurs_analysis.export.slides_html import size_of
from pumpurs_analysis.export.slides_html import table as table_html
from pumpurs_analysis.releases import Release
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import LANGUAGES, Language, say


def html(release: Release, where: Where, language: Language, *, is_final: bool) -> str:
    """Write a release as one page.

    Args:
        release: What may be shown.
        where: What it is narrowed to.
        language: The language it opens in; the other one is in it too.
        is_final: Whether it says final, else draft.

    Returns:
        The page; the same release gives the same text.
    """
    views = _Views(release, where)
    data: dict[str, Any] = {
        "first": language,
        "words": {one: _words(release, where, one, is_final=is_final) for one in LANGUAGES},
        "choices": {one: views.choices(one) for one in LANGUAGES},
        "views": {
            one: {name: views.view(name, one) for name in views.narrowed()} for one in LANGUAGES
        },
        "cards": views.cards,
    }
    words, first = data["words"][language], data["views"][language][""]
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    body = (
        f'<header><div><h1 id="title">{escape(words["title"])}</h1>'
        f'<p class="about" id="about">{escape(words["about"])}</p>'
        f'<p class="marks" id="marks">{escape(words["marks"])}</p></div>{_languages(language)}'
        f"</header>{_controls(words)}"
        f'<main><dl class="tiles" id="tiles">{first["tiles"]}</dl>'
        f'<div class="cards" id="cards">{"".join(views.cards[card] for card in first["cards"])}'
        f'</div><p class="note" id="left_out">{escape(first["left_out"])}</p></main>'
        f'<footer class="note"><p id="foot">{escape(words["foot"])}</p></footer>'
        f'<script type="application/json" id="data">{text}</script>'
    )
    return offline.document(
        body, title=words["title"], language=language, css="one_page.css", script="one_page.js"
    )


def _languages(language: Language) -> str:
    buttons = "".join(
        f'<button type="button" data-language="{one}" lang="{one}" '
        f'aria-pressed="{str(one == language).lower()}">{one.upper()}</button> '
        for one in LANGUAGES
    )
    return f"<div>{buttons}</div>"


def _controls(words: Mapping[str, Any]) -> str:
    filtering, searching = words["filter_label"], words["search_label"]
    return (
        f'<div class="controls" role="search" hidden><label><span id="filter_label">{filtering}'
        f'</span><select id="filter"></select></label><label><span id="search_label">{searching}'
        f'</span><input type="search" id="search"></label><button type="button" id="print">'
        f'{words["print"]}</button><p class="note" id="found" role="status"></p></div>'
    )


def _words(release: Release, where: Where, language: Language, *, is_final: bool) -> dict[str, Any]:
    about = [contents.about(where, language), contents.period(release, language),
             contents.extracted(release, language)]  # fmt: skip
    figures = [shown for _, shown in contents.figures(release, where)]
    first = figures[0] if figures else None
    foot = [f"{hidden_of(figures, language)}.", say("publish.marks", language)]
    return {
        "title": title(release, language),
        "about": ". ".join(filter(None, about)),
        "marks": " · ".join(contents.marks(release, language, is_final=is_final)),
        "filter_label": say("publish.filter", language),
        "search_label": say("publish.search", language),
        "print": say("publish.print", language),
        "foot": " ".join([*foot, say("slides.method.units_text", language)]),
        "recipe": _recipe(release, first, language, parts=COMMON) if first else "",
        "found_forms": catalogue.entries("texts")["publish.found"][language],
    }


@dataclass
class _Views:
    """The views of one release; a card that stands in several is written once."""

    release: Release
    where: Where
    cards: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def filters(self) -> Iterator[tuple[str, list[str]]]:
        """Filters a visitor may set, one at a time; none where the page is about one place."""
        if not self.where and self.release.data.evidence == "records":
            for name in self.release.filters:
                yield name, self.release.values(name)

    def narrowed(self) -> dict[str, Where]:
        """Give what each view is narrowed to, by its name."""
        chosen = {
            f"{name}={value}": {name: value} for name, values in self.filters() for value in values
        }
        return {"": self.where, **chosen}

    def choices(self, language: Language) -> list[dict[str, Any]]:
        """Give the choices of the filter, in groups."""
        every = {"label": "", "options": [["", say("publish.everything", language)]]}
        return [every] + [
            {
                "label": say(f"dimension.{name}", language),
                "options": [
                    [f"{name}={value}", group_name({name: value}, (name,), language)]
                    for value in values
                ],
            }
            for name, values in self.filters()
        ]

    def view(self, key: str, language: Language) -> dict[str, Any]:
        """Write one view: headline numbers, which cards, and what the release does not hold."""
        where = self.narrowed()[key]
        shown, left_out, asked = [], [], set()
        for card in catalogue.entries("decks")["page"][self.release.data.evidence]:
            by = tuple(name for name in card["by"] if name not in where)
            if (card["measure"], by) in asked:
                continue
            asked.add((card["measure"], by))
            try:
                figure = contents.figure(self.release, card["measure"], by, where=where)
            except NotShown:
                left_out.append(_name(card["measure"], language))
                continue
            shown.append(self.card(figure, by, language))
        names = ", ".join(dict.fromkeys(left_out))
        return {
            "tiles": self.tiles(where, language),
            "cards": shown,
            "left_out": say("publish.not_here", language, figures=names) if names else "",
        }

    def tiles(self, where: Where, language: Language) -> str:
        return "".join(
            f"<div><dt>{escape(each.label(language))}</dt>"
            f'<dd data-headline="{each.key}"{size_of(each.text(language))}>'
            f"{escape(each.text(language))}</dd></div>"
            for each in contents.headlines(self.release, where)
        )

    def card(self, shown: Published, by: tuple[str, ...], language: Language) -> int:
        """Write a card, unless it is written already, and give its number."""
        text = "".join(self._card(shown, by, language))
        if text not in self.known:
            self.known[text] = len(self.cards)
            self.cards.append(text)
        return self.known[text]

    def _card(self, shown: Published, by: tuple[str, ...], language: Language) -> Iterator[str]:
        made = tables.table(shown, language=language)
        name = "_by_".join(filter(None, (shown.result.name, "_".join(by))))
        yield f'<article data-name="{name}"><h2>'
        title_of = split(shown, language, findings.neutral_title(shown, language))
        yield f'{escape(title_of)}</h2><p class="about">{escape(_about(shown, language))}</p>'
        drawing = draw(shown, language)
        if drawing is None:
            yield f'<p class="note">{escape(say("publish.nothing_drawn", language))}</p>'
        elif drawing.is_empty:
            yield f'<p class="note">{escape(say("publish.all_hidden", language))}</p>'
        else:
            yield svg_charts.svg(drawing, drawing.told())
        if drawing and drawing.has_interval:
            yield f'<p class="note">{escape(say("records.interval", language))}</p>'
        yield f'<p class="note">{escape(footnote(shown, language))}</p>'
        grid = Grid(
            tuple(each.label for each in made.columns),
            tuple(tuple(cell.text for cell in row) for row in made.rows),
            tuple(each.is_number for each in made.columns),
        )
        is_open = " open" if drawing is None or drawing.is_empty else ""
        yield f'<details class="table"{is_open}><summary>{escape(say("publish.table", language))}'
        yield f'</summary><div class="scroll" tabindex="0">{table_html(grid)}</div></details>'
        yield '<div class="row"><button type="button" class="download">'
        yield f"{escape(say('publish.download', language))}</button>"
        if drawing and not drawing.is_empty:
            yield '<button type="button" class="picture">'
            yield f"{escape(say('publish.picture', language))}</button>"
        recipe = contents.recipe_id(self.release, shown)
        yield f"</div><details><summary>{escape(say('publish.recipe', language, recipe=recipe))}"
        yield '</summary><dl class="recipe">'
        yield _recipe(self.release, shown, language, parts=OWN)
        yield "</dl></details></article>"


def _recipe(
    release: Release, shown: Published, language: Language, *, parts: tuple[str, ...]
) -> str:
    lines = (line.partition(": ") for line in recipe_lines(release, shown, language, parts=parts))
    return "".join(f"<dt>{escape(part)}</dt><dd>{escape(value)}</dd>" for part, _, value in lines)


def _name(measure: str, language: Language) -> str:
    is_named = f"page.measure.{measure}" in catalogue.entries("texts")
    return say(
        f"page.measure.{measure}" if is_named else "slides.stated_figures.subtitle", language
    )


def _about(shown: Published, language: Language) -> str:
    only = {
        name.removeprefix("only."): value
        for name, value in shown.result.choices.items()
        if name.startswith("only.")
    }
    parts = [group_name({name: value}, (name,), language) for name, value in only.items()]
    return " · ".join([*parts, say("slides.n", language, n=n_of(shown, language)).rstrip(".")])
