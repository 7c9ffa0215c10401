"""The page "presenting": a deck of the place chosen, with the visitor's own words and logos.

Comes in: a visitor's choice of a place, slides, messages and logos. Goes out: the page's parts, and
PPTX, HTML and PDF to download. Shown is what everybody may see, whoever the server was started for.
What a visitor gives is held in this process's memory alone, and in a private folder while files are
made.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from pumpurs_analysis import text
from pumpurs_analysis.app import page, places, records, widget
from pumpurs_analysis.app.parts import (
    Choice,
    Downloads,
    Filter,
    Filters,
    Form,
    Head,
    Line,
    Offer,
    Part,
    Pick,
    Tone,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.upload import MEGABYTE, Files, Progress
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.export import browser, contents, decks, logos, output_folder, scopes
from pumpurs_analysis.export.fixed_bytes import zipped
from pumpurs_analysis.releases import Release
from pumpurs_analysis.text import Language, say

_PAGE = "page.presenting"
_LONGEST_MESSAGE, _LONGEST_TITLE = 100, 60  # what two lines of a slide hold
_STEPS = ("figures", "pdf", "zip")
_MADE = {"pptx": "slides.pptx", "html": "slides.html", "pdf": "slides.pdf"}


@dataclass(frozen=True)
class _View:
    """What the deck is about."""

    release: Release
    where: Mapping[str, str]
    language: Language

    @property
    def wanted(self) -> decks.Wanted:
        return decks.Wanted(self.where, self.language)


@dataclass(frozen=True)
class _Outcome:
    """What came of the last try: files by ending, or why there are none."""

    about: str
    files: Mapping[str, bytes]
    result: str
    tone: Tone


class Desk:
    """One visitor's deck; nothing outlives it."""

    def __init__(self) -> None:
        self._outcome: _Outcome | None = None

    def build(self, selection: Selection) -> list[Part]:
        """Give the page's parts for a visitor's choice.

        Example:
            >>> [part.kind for part in Desk().build(Selection(language="en"))]
            ['head', 'filters', 'form', 'foot']
        """
        view = _view(selection)
        about = selection.as_query()
        done = self._outcome if self._outcome and self._outcome.about == about else None
        return [
            _head(view, selection),
            _filters(selection),
            _form(view, about, done),
            *([_downloads(done, view.language)] if done and done.files else []),
            records.foot(view.language),
        ]

    def take(self, files: Files, progress: Progress) -> Callable[[], None]:
        """Make the deck that a form asks for; give what puts it on the page."""
        form = json.loads(files["form.json"])
        selection = Selection.from_query(str(form["about"]))
        outcome = _made(_view(selection), form, files, progress=progress)

        def keep() -> None:
            self._outcome = outcome

        return keep

    def download(self, _part: str, name: str, selection: Selection) -> tuple[str, bytes]:
        """Hand out one of the files made."""
        if self._outcome is None:
            raise LookupError("nothing was made yet")
        place = text.fold(" ".join(_view(selection).where.values())).replace(" ", "-")
        stem = "-".join(filter(None, (say(f"{_PAGE}.file", selection.language), place)))
        return f"{stem}.{name}", self._outcome.files[name]


def show() -> Page:
    """Show the page in a notebook or in Voila; each page has a desk of its own."""
    desk = Desk()
    return page.show(desk.build, download=desk.download, take=desk.take)


def _releases() -> list[Release]:
    """The workspace's where there is one, and the published figures."""
    first, stated = places.public_release(), places.stated()
    return [stated] if first is stated else [first, stated]


def _view(selection: Selection) -> _View:
    """Find the release that knows the place chosen; anybody can type an address."""
    releases = _releases()
    if selection.chosen("evidence") == "published":
        releases = releases[-1:]
    place, school = selection.chosen("municipality_today"), selection.chosen("school")
    for release in releases:
        there = scopes.schools(release).get(school)
        if there and place in {"", there}:
            where = scopes.where_of(release, school=school)
            return _View(release, where, selection.language)
    for release in releases:
        if place and place in scopes.municipalities(release):
            where = scopes.where_of(release, municipality=place)
            return _View(release, where, selection.language)
    year = selection.chosen("school_year")
    where = {"school_year": year} if year in releases[0].values("school_year") else {}
    return _View(releases[0], where, selection.language)


def _head(view: _View, selection: Selection) -> Head:
    language, release = view.language, view.release
    made = records.head("presenting", None, selection)
    badge = say("page.published_figures.badge", language)
    if release.data.evidence == "records":
        badge = say(f"page.badge.{'made_up' if release.data.is_made_up else 'records'}", language)
    return Head(title=made.title, subtitle=made.subtitle, badge=badge, links=made.links)


def _filters(selection: Selection) -> Filters:
    language, releases = selection.language, _releases()
    place = selection.chosen("municipality_today")
    towns = {name for release in releases for name in scopes.municipalities(release)}
    known = [pair for release in releases for pair in scopes.schools(release).items()]
    schools = {name for name, there in known if place in {"", there}}
    offered = {
        "municipality_today": {name: name for name in sorted(towns, key=text.sort_key)},
        "school": {name: name for name in sorted(schools, key=text.sort_key)},
        "school_year": {
            year: text.school_year(year, language) for year in releases[0].values("school_year")
        },
    }
    made = [_filter(name, selection, values) for name, values in offered.items() if values]
    if len(releases) > 1:
        words = {"published": say(f"{_PAGE}.evidence.published", language)}
        made.append(_filter("evidence", selection, words))
    return Filters(filters=made, result=say(f"{_PAGE}.public", language))


def _filter(name: str, selection: Selection, values: Mapping[str, str]) -> Filter:
    language = selection.language
    every, label = f"page.all.{name}", f"dimension.{name}"
    if name == "evidence":
        every, label = f"{_PAGE}.evidence.records", f"{_PAGE}.evidence"
    choices = [Choice(value, shown) for value, shown in values.items()]
    chosen = selection.chosen(name)
    return Filter(
        name,
        say(label, language),
        [Choice("", say(every, language)), *choices],
        chosen if chosen in values else "",
    )


def _form(view: _View, about: str, done: _Outcome | None) -> Form:
    language = view.language
    status = [Choice(one, say(f"slides.{one}", language)) for one in ("draft", "final")]
    usual = decks.default_deck(view.release, view.where)["title"][language]
    files = {part: say(f"{_PAGE}.logos_{part}", language) for part in ("label", "clear")}
    hint = say(f"{_PAGE}.logos_hint", language, most=logos.MOST, size=logos.LARGEST // MEGABYTE)
    subject = contents.about(view.where, language) or say(f"{_PAGE}.everything", language)
    return Form(
        id="deck",
        title=say(f"{_PAGE}.deck", language, about=subject),
        text=say(f"{_PAGE}.deck_text", language),
        button=say(f"{_PAGE}.make", language),
        about=about,
        lines=[Line("title", say(f"{_PAGE}.deck_title", language), usual, _LONGEST_TITLE)],
        choices=[Filter("status", say(f"{_PAGE}.status", language), status, "draft")],
        picks_title=say(f"{_PAGE}.slides", language),
        picks=list(_picks(view)),
        files=files | {"hint": hint},
        accepts=(*logos.PICTURES, ".json"),
        largest_total=logos.MOST * logos.LARGEST,
        words=widget.words(language, f"{_PAGE}.word."),
        result=done.result if done else "",
        result_tone=done.tone if done else "plain",
    )


def _picks(view: _View) -> Iterator[Pick]:
    label = say(f"{_PAGE}.message", view.language)
    for offer in decks.offers(view.release, view.wanted):
        line = None
        if not offer.why_not:
            line = Line(f"message-{offer.name}", label, offer.title, _LONGEST_MESSAGE)
        yield Pick(offer.name, offer.what, offer.why_not, line, offer.is_usual and line is not None)


def _downloads(done: _Outcome, language: Language) -> Downloads:
    keys = {name: f"{_PAGE}.offer.{name}" for name in done.files}
    offers = [
        Offer(name, say(key, language), say(f"{key}_note", language)) for name, key in keys.items()
    ]
    return Downloads(id="downloads", title=say(f"{_PAGE}.downloads", language), offers=offers)


def _made(view: _View, form: Mapping[str, Any], files: Files, *, progress: Progress) -> _Outcome:
    language = view.language
    about = str(form["about"])
    deck = _deck(form, view)
    if not deck["slides"]:
        return _Outcome(about, {}, say(f"{_PAGE}.no_slides", language), "warning")

    def at(step: str) -> None:
        progress(_STEPS.index(step), len(_STEPS), say(f"{_PAGE}.step.{step}", language))

    at("figures")
    if refused := places.refusal(view.release, "slides", language):
        return _Outcome(about, {}, refused, "error")
    is_final = form.get("choices", {}).get("status") == "final"
    wanted = decks.Wanted(view.where, language, is_final=is_final, deck=deck)
    with TemporaryDirectory(prefix="pumpurs-") as folder:
        pictures = list(_pictures(files, Path(folder)))
        wrong = [why for each in pictures if (why := logos.unusable(each, language))]
        if len(pictures) > logos.MOST:
            wrong = [say(f"{_PAGE}.many_logos", language, most=logos.MOST)]
        if wrong:
            return _Outcome(about, {}, " ".join(wrong), "error")
        made = output_folder.slide_files(view.release, wanted, logos=pictures)
    at("pdf")
    result, tone = say(f"{_PAGE}.done", language), "plain"
    try:
        page_text = made["slides.html"].decode()
        made["slides.pdf"] = browser.pdf(page_text, waiting=lambda: at("pdf"))
    except browser.CannotPrint:
        result, tone = say(f"{_PAGE}.no_pdf", language), "warning"
    at("zip")
    offered = {ending: made[name] for ending, name in _MADE.items() if name in made}
    return _Outcome(about, offered | {"zip": zipped(made)}, result, tone)  # type: ignore[arg-type]  # one of two words


def _pictures(files: Files, folder: Path) -> Iterator[Path]:
    for name, content in files.items():
        if name != "form.json":
            path = folder / PurePosixPath(name).name
            path.write_bytes(content)
            yield path


def _deck(form: Mapping[str, Any], view: _View) -> dict[str, Any]:
    """Read a deck out of a form; what no slide of ours is is left out, long words are cut."""
    language = view.language
    usual = decks.default_deck(view.release, view.where)["title"][language]
    known = {offer.name for offer in decks.offers(view.release, view.wanted) if not offer.why_not}
    picks = [one for one in form.get("picks", ()) if one.get("name") in known]
    title = _clean(form.get("lines", {}).get("title"), _LONGEST_TITLE)
    slides = [
        {"finding": one["name"], "message": {language: _clean(one.get("text"), _LONGEST_MESSAGE)}}
        for one in picks
    ]
    return {"title": {language: title or usual}, "slides": slides}


def _clean(written: object, longest: int) -> str:
    """Give one line of what was written; a file holds no signs that cannot be seen."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(written or ""))
    return " ".join(line.split())[:longest]
