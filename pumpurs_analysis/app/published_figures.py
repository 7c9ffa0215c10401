"""The page "published figures": what public pages state, with a source at every number.

Comes in: a visitor's choice of municipality and measure. Goes out: the page's parts.
"""

from functools import cache

from pumpurs_analysis import charts, measures, schema, text
from pumpurs_analysis.app import figures, page, places
from pumpurs_analysis.app.parts import (
    Choice,
    Definitions,
    Filter,
    Filters,
    Foot,
    Head,
    Link,
    Paragraph,
    Part,
    Prose,
    Section,
    Tile,
    Tiles,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.dataset import Dataset, published
from pumpurs_analysis.disclosure import Published, protect
from pumpurs_analysis.text import Language, say

SHOWS = (
    "published_timeline",
    "risk_mix",
    "support_uptake",
    "cost_against_cap",
    "published_checks",
    "published_figures",
    "founding_facts",
)
_PAGE = "page.published_figures"


def show() -> Page:
    """Show the page in a notebook or in Voila."""
    return page.show(build)


def build(selection: Selection) -> list[Part]:
    """Give the page's parts for a visitor's choice.

    Example:
        >>> [part.kind for part in build(Selection(language="en"))][:3]
        ['head', 'tiles', 'section']
    """
    language = selection.language
    return [*_country(language), *_places(selection), *_founding(language)]


@cache
def _country(language: Language) -> tuple[Part, ...]:
    """The part above the filters: the same for every visitor, so drawn once per language."""
    data = published()
    return (
        Head(
            title=say(f"{_PAGE}.title", language),
            subtitle=say(f"{_PAGE}.subtitle", language),
            badge=say(f"{_PAGE}.badge", language),
            links=places.links("published_figures", Selection(language=language)),
        ),
        _tiles(data, language),
        Section(
            id="country",
            title=say(f"{_PAGE}.country", language),
            intro=say(f"{_PAGE}.country_intro", language),
        ),
        *_timelines(data, language),
        *_measures(data, language),
    )


def _timelines(data: Dataset, language: Language) -> list[Part]:
    plans = _timeline(data, "plans")
    learners = _timeline(data, "learners_with_support")
    institutions = _timeline(data, "institutions")
    targets = _timeline(data, "institutions_planned")
    municipalities = _timeline(data, "municipalities")
    money = _exact_money(data)
    draw = charts.published_timeline
    return [
        figures.chart(
            "plans", plans, draw(plans, language=language, series=("school_year",)), width=6
        ),
        figures.chart(
            "plans-since", plans, draw(plans, language=language, series=("cumulative",)), width=6
        ),
        figures.chart("learners", learners, draw(learners, language=language), width=6),
        figures.chart(
            "institutions",
            institutions,
            draw(institutions, language=language, targets=targets),
            width=6,
        ),
        figures.chart(
            "municipalities", municipalities, draw(municipalities, language=language), width=6
        ),
        figures.chart("money", money, draw(money, language=language), width=6),
    ]


def _exact_money(data: Dataset) -> Published:
    """Of each part of the funding the sum most pages state; others only round it."""
    result = measures.published_timeline(data, measure="budget_eur")
    most = result.frame.groupby("dimension")["statement_count"].transform("max")
    return protect(result.where(result.frame["statement_count"] == most))


def _measures(data: Dataset, language: Language) -> list[Part]:
    mix = protect(measures.risk_mix(data))
    cost = protect(measures.cost_against_cap(data))
    checks = protect(measures.published_checks(data))
    return [
        figures.chart("risk-mix", mix, charts.risk_mix(mix, language=language), width=6),
        figures.chart(
            "cost-against-cap", cost, charts.cost_against_cap(cost, language=language), width=6
        ),
        figures.chart(
            "published-checks", checks, charts.published_checks(checks, language=language)
        ),
    ]


def _timeline(data: Dataset, measure: str) -> Published:
    """The whole country's series; figures of youth projects alone stand in the list of figures."""
    result = measures.published_timeline(data, measure=measure)
    return protect(
        result.where(result.frame["dimension"].ne("youth_ngo_project").fillna(value=True))
    )


def _tiles(data: Dataset, language: Language) -> Tiles:
    stated = data.published_figures
    national = stated[stated["level"] == "national"]
    at_end = national[national["as_of"] == "2022-12-31"].set_index("measure")["value"]
    budget = national[national["measure"] == "budget_eur"].groupby("dimension")["value"].max()
    targets = sorted(national.loc[national["measure"] == "institutions_planned", "value"].unique())
    targets = [
        text.number(target, language) for target in targets if target > at_end["institutions"]
    ]
    some = say("page.or", language, some=", ".join(targets[:-1]), last=targets[-1])
    euros = {part: text.money(round(value * 100), language) for part, value in budget.items()}

    def tile(name: str, value: str, **more: str) -> Tile:
        label, note = (say(f"tile.{name}.{part}", language, **more) for part in ("label", "note"))
        return Tile(label, value, note)

    counted = ("plans", "institutions", "municipalities")
    tiles = [tile(each, text.number(at_end[each], language), targets=some) for each in counted]
    parts = {"esf": euros["esf"], "state": euros["state_budget"]}
    return Tiles(id="tiles", tiles=[*tiles, tile("budget", euros["total"], **parts)])


def _places(selection: Selection) -> list[Part]:
    language = selection.language
    municipality, measure = selection.chosen("municipality"), selection.chosen("measure")
    data = published()
    result = measures.published_figures(data, municipality=municipality or None)
    wanted = result.frame["measure"].eq(measure) if measure else result.frame["measure"].notna()
    shown = protect(result.where(wanted))
    return [
        Section(
            id="places",
            title=say(f"{_PAGE}.places", language),
            intro=say(f"{_PAGE}.places_intro", language),
        ),
        _filters(data, selection, shown),
        figures.table(
            "figures",
            shown,
            title=say(f"{_PAGE}.list", language),
            language=language,
            subtitle=say(f"{_PAGE}.list_subtitle", language),
            search=say(f"{_PAGE}.search", language),
        ),
        *_uptake(data, selection),
    ]


def _uptake(data: Dataset, selection: Selection) -> list[Part]:
    """The chart of support used, of the chosen municipality; none where nothing can be drawn."""
    municipality, language = selection.chosen("municipality"), selection.language
    result = measures.support_uptake(data)
    if municipality:
        result = result.where(result.frame["municipality_today"].eq(municipality))
    if not result.frame["supported_share"].notna().any():
        return []
    uptake = protect(result)
    return [
        figures.chart("support-uptake", uptake, charts.support_uptake(uptake, language=language))
    ]


def _filters(data: Dataset, selection: Selection, shown: Published) -> Filters:
    language = selection.language
    municipality, measure = selection.chosen("municipality"), selection.chosen("measure")
    stated = data.published_figures
    counted = schema.code_names("published_measure", language, stated["measure"].unique())
    places = sorted(stated["municipality_today"].dropna().unique(), key=text.sort_key)
    kinds = sorted(counted.items(), key=lambda pair: text.sort_key(pair[1]))
    found = text.number(len(shown.frame), language)
    return Filters(
        filters=[
            Filter(
                "municipality",
                say(f"{_PAGE}.municipality", language),
                [Choice("", say(f"{_PAGE}.all", language)), *(Choice(p, p) for p in places)],
                municipality,
            ),
            Filter(
                "measure",
                say(f"{_PAGE}.measure", language),
                [
                    Choice("", say(f"{_PAGE}.all_measures", language)),
                    *(Choice(code, name) for code, name in kinds),
                ],
                measure,
            ),
        ],
        result=say(f"{_PAGE}.found", language, count=found),
    )


@cache
def _founding(language: Language) -> tuple[Part, ...]:
    data = published()
    sizes = data.founding_facts["document_id"].value_counts()
    return (
        Section(
            id="founding",
            title=say(f"{_PAGE}.founding", language),
            intro=say(f"{_PAGE}.founding_intro", language),
        ),
        *(_document(data, document, language) for document in sizes.index),
        Foot(
            blocks=[
                Paragraph([say("page.signs", language)]),
                Paragraph([say("page.collected", language)]),
            ]
        ),
    )


def _document(data: Dataset, document: str, language: Language) -> Prose:
    shown = protect(measures.founding_facts(data, document=document))
    (source,) = (each for each in shown.result.sources if each.source_id == document)
    facts = shown.frame[[f"label_{language}", f"value_{language}"]]
    cited: Link | str = f"{source.publisher} ({say('source.no_address', language)})"
    if source.address:
        cited = Link(source.publisher, source.address)
    return Prose(
        id=document,
        width=6,
        title=source.title,
        fold=say(f"{_PAGE}.facts", language, count=text.number(len(facts), language)),
        blocks=[
            Definitions([(label, [fact]) for label, fact in facts.itertuples(index=False)]),
            Paragraph([say("source.cited", language), cited]),
        ],
    )
