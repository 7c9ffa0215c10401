"""The page of one municipality or school: the records, and apart from them the published figures.

Comes in: a visitor's choice of a place. Goes out: the page's parts. Works without a workspace.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from pumpurs_analysis import measures
from pumpurs_analysis.app import figures, page, places, records
from pumpurs_analysis.app.parts import Choice, Filter, Filters, Paragraph, Part, Prose, Section
from pumpurs_analysis.app.records import Card, Spec
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.dataset import published
from pumpurs_analysis.disclosure import protect
from pumpurs_analysis.releases import Release
from pumpurs_analysis.text import Language, say, sort_key

_PAGE = "page.place"
SPEC = Spec(
    "place",
    MappingProxyType(
        {
            "": (
                Card("participation", ("semester",), ignores=("semester",)),
                Card("risk_mix"),
                Card("support_uptake"),
                Card("cost_against_cap"),
                Card("planned_and_delivered", ("support_kind",), width=12, owner_only=True),
                Card("support_gaps", owner_only=True),
                Card("cost_per_unit", owner_only=True),
            )
        }
    ),
    tiles=True,
)
_MAP = Card("participation", ("municipality_today",), width=5)
_ANY = Spec("place", {"": (_MAP, replace(_MAP, width=7, is_table=True))})


def show() -> Page:
    """Show the page in a notebook or in Voila."""
    return page.show(build)


def build(selection: Selection) -> list[Part]:
    """Give the page's parts for a visitor's choice.

    Example:
        >>> [part.kind for part in build(Selection(filters={"municipality_today": "Liepāja"}))][:3]
        ['head', 'filters', 'section']
    """
    language = selection.language
    try:
        release = places.release()
    except places.Nothing:
        release = None
    place = selection.chosen("municipality_today")
    offered = _filters(release, selection)
    parts: list[Part] = [records.head("place", release, selection), offered]
    if not place:
        words = [Paragraph([say(f"{_PAGE}.choose_text", language)])]
        parts.append(Prose(id="choose", title=say(f"{_PAGE}.choose", language), blocks=words))
        if release is not None:
            parts += records.sections(_ANY, release, {}, language=language, offered=offered)
        return [*parts, records.foot(language)]
    if release is not None and place in release.values("municipality_today"):
        parts += _records(release, selection, offered)
    return [*parts, *_published(place, language), records.foot(language)]


def _records(release: Release, selection: Selection, offered: Filters) -> Iterator[Part]:
    language = selection.language
    where = records.chosen(release, selection)
    place = where.get("school") or where["municipality_today"]
    title = say(f"{_PAGE}.records", language, place=place)
    yield Section(id="records", title=title, intro=say(f"{_PAGE}.records_intro", language))
    yield records.tiles(release, where, language)
    yield from records.sections(SPEC, release, where, language=language, offered=offered)
    if "school" in where:
        card = Card("peer_group", choices=(("school", where["school"]),), width=12)
        yield records.drawn(card, release, {}, language=language, offered=offered)


def _published(place: str, language: Language) -> Iterator[Part]:
    title = say(f"{_PAGE}.published", language, place=place)
    intro = say(f"{_PAGE}.published_intro", language)
    yield Section(id="published", title=title, intro=intro)
    shown = protect(measures.published_figures(published(), municipality=place))
    if shown.frame.empty:
        words = [Paragraph([say(f"{_PAGE}.nothing_published", language)])]
        yield Prose(id="no-figures", blocks=words)
        return
    yield figures.table(
        "figures",
        shown,
        title=say("page.published_figures.list", language),
        subtitle=say("page.published_figures.list_subtitle", language),
        language=language,
        search=say("page.published_figures.search", language),
    )


def _filters(release: Release | None, selection: Selection) -> Filters:
    """Municipalities of the records and of the published figures; schools for the owner."""
    language = selection.language
    stated = published().published_figures["municipality_today"].dropna().unique()
    known = set() if release is None else set(release.values("municipality_today"))
    names = sorted({*map(str, stated), *known}, key=sort_key)
    made = [
        Filter(
            "municipality_today",
            say("dimension.municipality_today", language),
            [Choice("", say(f"{_PAGE}.choose", language)), *(Choice(one, one) for one in names)],
            selection.chosen("municipality_today"),
        )
    ]
    if release is not None and release.crosses_filters:
        made += [each for each in records.filters(release, selection).filters
                 if each.name != "municipality_today"]  # fmt: skip
    return Filters(filters=made)
