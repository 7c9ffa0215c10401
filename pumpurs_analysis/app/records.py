"""Pages about the records of a workspace: what may be asked, which cards, and what is said instead.

Comes in: a page's list of `Card` and a visitor's choice. Goes out: the page's parts. All pages ask
one Release, so that every number on one page agrees with every other.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import cast

from pumpurs_analysis import charts, schema
from pumpurs_analysis.app import figures, hidden, marking, page, places
from pumpurs_analysis.app.parts import (
    Choice,
    Filter,
    Filters,
    Foot,
    Head,
    Link,
    Paragraph,
    Part,
    Piece,
    Prose,
    Section,
    Tile,
    Tiles,
    Width,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.disclosure import NotReleasable
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.releases import NotInRelease, Release
from pumpurs_analysis.text import Language, money, number, say

# What can be made of the view of a page: the address hands its filters on.
_MOST_ROWS = 10_000  # of a list; what a mistake in a delivery makes longer, nobody reads to its end
_TO_DO = {"costs": "cap_breaches", "risks": "support_gap_rows"}  # a page and its list
_OF_VIEW: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("overview", "risks", "schools", "costs", "planned"), ("presenting",)),
    "place": ("presenting", "case_study"),
}
_WITHOUT = ("data_check", "published_figures", "place", "case_study", "rules")  # need no workspace


@dataclass(frozen=True)
class Card:
    """One figure of a page.

    Attributes:
        measure: Name of the measure.
        by: Dimensions its rows are told apart by.
        choices: What else the measure is asked for: names with values.
        width: Columns of twelve.
        ignores: Filters that the card does not follow: it shows what they choose from.
        is_table: Shown as a table; a press on a row narrows the page to its first column's value.
        owner_only, public_only: Left out of the other's page.
    """

    measure: str
    by: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    width: Width = 6
    ignores: tuple[str, ...] = ()
    is_table: bool = False
    owner_only: bool = False
    public_only: bool = False

    @property
    def id(self) -> str:
        """Unique on a page and stable between redraws."""
        words = [
            self.measure,
            *self.by,
            *(value for _, value in self.choices),
            *(["rows"] if self.is_table else []),
        ]
        return "-".join(words).replace("_", "-")


@dataclass(frozen=True)
class Spec:
    """One page: its name, its cards under their headings, and the lists of the owner's view.

    Attributes:
        name: Of the notebook, and of the page's texts.
        sections: Heading's key (empty for none) with the cards under it.
        worklists: Measure of each list of rows to act on; shown to the owner only.
        tiles: Whether the page begins with its key figures.
    """

    name: str
    sections: Mapping[str, tuple[Card, ...]]
    worklists: Mapping[str, Callable[[Release], Worklist]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    tiles: bool = False

    @property
    def shows(self) -> tuple[str, ...]:
        """Measures on the page."""
        cards = [card.measure for cards in self.sections.values() for card in cards]
        return tuple(dict.fromkeys([*cards, *self.worklists]))


def show(spec: Spec) -> Page:
    """Show a page in a notebook or in Voila."""
    return page.show(partial(build, spec), mark=partial(_mark, spec))


def _mark(spec: Spec, part: str, *told: str) -> str:
    """Mark a row of a list of the page; gives why not, if it was not done."""
    name = next(name for name in spec.worklists if _list_id(name) == part)
    problem = marking.mark(name, *told)
    _listed.cache_clear()
    return problem


def build(spec: Spec, selection: Selection, release: Release | None = None) -> list[Part]:
    """Give a page's parts for a visitor's choice.

    Args:
        spec: The page.
        selection: What the visitor chose.
        release: What may be shown; without it, the workspace that the server was started with.
    """
    language = selection.language
    try:
        release = release or places.release()
    except places.Nothing as why:
        return [head(spec.name, None, selection), *nothing(str(why), language), foot(language)]
    where = chosen(release, selection)
    offered = filters(release, selection)
    return [
        head(spec.name, release, selection),
        offered,
        *([tiles(release, where, language)] if spec.tiles else []),
        *sections(spec, release, where, language=language, offered=offered),
        *_worklists(spec, release, where, language=language),
        foot(language),
    ]


def chosen(release: Release, selection: Selection) -> dict[str, str]:
    """Give what a view is narrowed to; where one filter at a time may be set, the first of them."""
    where = {name: selection.chosen(name) for name in release.filters if selection.chosen(name)}
    if release.crosses_filters:
        return where
    return dict(list(where.items())[:1])


def filters(release: Release, selection: Selection) -> Filters:
    """Give the filters a release offers, each with what it can take."""
    language = selection.language
    where = chosen(release, selection)
    made = []
    for name in release.filters:
        values = _values(release, name, where)
        every = Choice("", say(f"page.all.{name}", language))
        offered = [Choice(value, group_name({name: value}, (name,), language)) for value in values]
        label = say(f"dimension.{name}", language)
        made.append(Filter(name, label, [every, *offered], where.get(name, "")))
    is_single = not release.crosses_filters
    return Filters(filters=made, is_single=is_single, result=_result(release, where, language))


def _values(release: Release, name: str, where: Mapping[str, str]) -> list[str]:
    """The values of a filter; schools are those of the chosen municipality."""
    values = release.values(name)
    place = where.get("municipality_today")
    if name != "school" or not place:
        return values
    rows = release.get("participation", by=("school",), where={"municipality_today": place}).frame
    there = set(rows["school"].dropna())
    return [value for value in values if value in there]


def _result(release: Release, where: Mapping[str, str], language: Language) -> str:
    if not release.crosses_filters:
        return say("page.one_filter", language)
    shown = release.get("participation", where=where).frame
    plans = int(shown["plan_count"].sum()) if len(shown) else 0
    return say("count.plans", language, count=plans)


def head(page_name: str, release: Release | None, selection: Selection) -> Head:
    """Give a page's head: what it is about, whose data, and the way to the other pages."""
    language = selection.language
    kept = selection.as_query()
    return Head(
        title=say(f"page.{page_name}.title", language),
        subtitle=_subtitle(page_name, release, language),
        badge=_badge(release, language),
        badge_tone="warning" if release and release.audience == "owner" else "note",
        links=places.links(page_name, selection),
        actions=[Link(say(f"page.{name}.of_view", language), f"{name}.ipynb?{kept}")
                 for name in _OF_VIEW.get(page_name, ())],
    )  # fmt: skip


def _subtitle(page_name: str, release: Release | None, language: Language) -> str:
    about = say(f"page.{page_name}.subtitle", language)
    if release is None:
        return about
    return say("page.of_workspace", language, about=about, workspace=places.name_of(release))


def _badge(release: Release | None, language: Language) -> str:
    if release is None:
        return ""
    words = [say("page.badge.records", language)]
    if release.data.is_made_up:
        words = [say("page.badge.made_up", language)]
    if release.audience == "owner":
        words.append(say("page.internal", language))
    return " · ".join(words)


def tiles(release: Release, where: Mapping[str, str], language: Language) -> Tiles:
    """Give the key figures of what is chosen."""
    people = _first(release, "participation", where)
    money_row = _first(release, "cost_against_cap", where)
    hidden = say("page.hidden", language)

    def counted(row: Mapping[str, object], name: str) -> str:
        value = row.get(name)
        return hidden if schema.is_missing(value) else number(int(str(value)), language)

    paid = money_row.get("paid_cents")
    known = [
        ("learners", counted(people, "learner_count"), ""),
        ("plans", counted(people, "plan_count"), ""),
        ("paid", hidden if schema.is_missing(paid) else money(int(str(paid)), language), ""),
    ]
    if "over_cap_count" in money_row:  # in the owner's view only, and each leads to its list
        gaps = release.get("support_gaps", where=where).frame
        lacking = number(int(gaps.loc[gaps["is_gap"], "outcome_mention_count"].sum()), language)
        query = Selection(language=language, filters=dict(where)).as_query()
        lists = [f"{name}.ipynb?{query}#{_list_id(rows)}" for name, rows in _TO_DO.items()]
        known.append(("over_cap", counted(money_row, "over_cap_count"), lists[0]))
        known.append(("lacking", lacking, lists[1]))
    elif "municipality_today" in where:
        known.append(("schools", counted(people, "school_count"), ""))
    else:
        count = len(release.values("municipality_today"))
        known.append(("municipalities", number(count, language), ""))
    return Tiles(id="tiles", tiles=[
        Tile(say(f"page.tile.{name}", language), value, say(f"page.tile.{name}_note", language),
             href=to)
        for name, value, to in known
    ])  # fmt: skip


def _list_id(worklist: str) -> str:
    return f"{worklist}-list".replace("_", "-")


def _first(release: Release, measure: str, where: Mapping[str, str]) -> Mapping[str, object]:
    with suppress(NotInRelease):
        for row in release.get(measure, where=where).frame.to_dict("records"):
            return cast("Mapping[str, object]", row)
    return {}


def sections(
    spec: Spec,
    release: Release,
    where: Mapping[str, str],
    *,
    language: Language,
    offered: Filters,
) -> Iterator[Part]:
    """Give a page's cards under their headings; at the end, what the release does not hold."""
    left_out: list[str] = []
    for key, cards in spec.sections.items():
        shown = []
        for card in cards:
            if card.public_only if release.audience == "owner" else card.owner_only:
                continue
            try:
                shown.append(drawn(card, release, where, language=language, offered=offered))
            except (NotInRelease, NotReleasable):
                left_out.append(say(f"page.measure.{card.measure}", language))
        if key and shown:
            words = f"page.{spec.name}.{key}"
            yield Section(id=key, title=say(words, language), intro=say(f"{words}_intro", language))
        yield from shown
    if left_out:
        first, *others = dict.fromkeys(left_out)
        names = [first, *(name[0].lower() + name[1:] for name in others)]
        yield _left_out(names, language, is_filtered=bool(where))


def drawn(
    card: Card,
    release: Release,
    where: Mapping[str, str],
    *,
    language: Language,
    offered: Filters,
) -> Part:
    """Draw one card; its marks and rows narrow the page by the filters on offer.

    Raises:
        NotInRelease: The public release does not hold it.
    """
    kept = tuple((name, value) for name, value in where.items() if name not in card.ignores)
    by = tuple(name for name in card.by if name not in dict(kept))
    pressed = by[:1] if card.is_table else by
    picks = next((name for name in pressed if offered.offered(name) - {""}), "")
    return _card(card, release, by, kept, picks, tuple(offered.choices(picks)), language)


@lru_cache(maxsize=300)
def _card(  # noqa: PLR0913, PLR0917  (all that a card depends on; drawn once for each)
    card: Card,
    release: Release,
    by: tuple[str, ...],
    kept: tuple[tuple[str, str], ...],
    picks: str,
    offered: tuple[Choice, ...],
    language: Language,
) -> Part:
    try:
        shown = release.get(card.measure, by=by, where=dict(kept), **dict(card.choices))
    except NotReleasable:
        raise
    except (ValueError, KeyError):  # the measure cannot be asked this of these records
        return _instead(card, "page.cannot_be_asked", language)
    if shown.frame.empty:
        return _instead(card, "page.no_rows", language)
    if card.is_table:
        rows = "school" if "school" in by else by[0]
        return figures.table(
            card.id, shown, title=say(f"page.rows.{rows}", language),
            subtitle=say("page.rows_press", language) if picks else "", language=language,
            search=say("app.word.search", language), picks=picks, offered=offered, width=card.width,
        )  # fmt: skip
    figure = getattr(charts, card.measure)(shown, language=language)
    is_map = card.measure == "participation" and by == ("municipality_today",)
    narrow = charts.participation(shown, language=language, is_narrow=True) if is_map else None
    return figures.chart(
        card.id, shown, figure, width=card.width, narrow=narrow, picks=picks, offered=offered
    )


def _left_out(names: list[str], language: Language, *, is_filtered: bool) -> Prose:
    key = "page.not_in_release_filtered" if is_filtered else "page.not_in_release"
    return Prose(
        id="left-out",
        tone="note",
        title=say("page.left_out", language),
        blocks=[Paragraph([say(key, language, figures=", ".join(names))])],
    )


def _instead(card: Card, key: str, language: Language) -> Prose:
    title = say(f"page.measure.{card.measure}", language)
    words = [Paragraph([say(key, language)])]
    return Prose(id=card.id, width=card.width, title=title, blocks=words, tone="note")


def _worklists(
    spec: Spec, release: Release, where: Mapping[str, str], *, language: Language
) -> Iterator[Part]:
    if release.audience != "owner" or not spec.worklists:
        return
    title = say("page.worklists", language)
    yield Section(id="worklists", title=title, intro=say("page.internal", language))
    is_of_time = bool({"school_year", "semester"} & set(where))
    for name, make in spec.worklists.items():
        note = f"{say('page.worklist_note', language)}. {say('page.worklist_marks', language)}"
        rows = _of_place(_listed(make, release), release, where)
        count, shown = len(rows.frame), rows.frame.head(_MOST_ROWS)
        said = [note, say("page.worklist_all", language) if is_of_time else ""]
        if count > len(shown):
            said += [say("page.worklist_first", language, shown=number(len(shown), language),
                         all=number(count, language))]  # fmt: skip
        rows = replace(rows, frame=shown)
        words = {
            "title": say(f"page.worklist.{name}", language),
            "subtitle": ". ".join(filter(None, said)),
            "search": say("app.word.search", language),
        }
        key = marking.key_column(name) if release.data.folder else ""
        yield figures.worklist(_list_id(name), rows, language=language, words=words, key=key)


@cache
def _listed(make: Callable[[Release], Worklist], release: Release) -> Worklist:
    """Make a list once: what it holds does not depend on what is chosen."""
    return make(release)


def _of_place(rows: Worklist, release: Release, where: Mapping[str, str]) -> Worklist:
    """Keep the rows of the school or municipality that the page is narrowed to."""
    if not {"school", "municipality_today"} & set(where):
        return rows
    schools = [where["school"]] if "school" in where else _values(release, "school", where)
    frame = rows.frame[rows.frame["school"].isin(schools)].reset_index(drop=True)
    return replace(rows, frame=frame)


def nothing(reason: str, language: Language) -> Iterator[Part]:
    """What a page says when there is no workspace to show."""
    ways: list[Piece] = []
    for name in _WITHOUT:
        ways += [", ", Link(say(f"page.{name}.nav", language), f"{name}.ipynb?lang={language}")]
    yield Prose(
        id="nothing",
        title=say("page.no_workspace", language),
        tone="note",
        blocks=[
            Paragraph([reason or say("page.no_workspace_text", language)]),
            Paragraph([say("page.no_workspace_next", language), " ", *ways[1:]]),
        ],
    )


def foot(language: Language) -> Foot:
    """Say what the marks mean and that units are never added together."""
    return Foot(
        blocks=[
            Paragraph([say("page.marks", language), " ", hidden.link(language)]),
            Paragraph([say("page.units", language)]),
        ]
    )
