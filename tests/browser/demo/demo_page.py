"""A made-up page with one of every part, for the browser tests."""

import plotly.graph_objects as go

from pumpurs_analysis.app import page
from pumpurs_analysis.app.parts import (
    Bullets,
    Cell,
    Chart,
    Choice,
    Column,
    Definitions,
    Filter,
    Filters,
    Foot,
    Head,
    Link,
    Paragraph,
    Part,
    Prose,
    Row,
    Section,
    Table,
    Tile,
    Tiles,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.text import Language, number, percent

PLACES = {
    "riga": "Rīga",
    "kekava": "Ķekavas novads",
    "jekabpils": "Jēkabpils novads",
    "adazi": "Ādažu novads",
}
KINDS = {
    "consultation": ("Konsultācijas", "Consultations"),
    "catering": ("Ēdināšana", "Catering"),
    "transport": ("Transports", "Transport"),
    "lodging": ("Naktsmītne", "Lodging"),
    "personal_items": ("Individuālie piederumi", "Personal items"),
}
SEMESTERS = [
    "17/18 II",
    "18/19 I",
    "18/19 II",
    "19/20 I",
    "19/20 II",
    "20/21 I",
    "20/21 II",
    "21/22 I",
]


def said(language: Language, lv: str, en: str) -> str:
    return lv if language == "lv" else en


def count(place: str, kind: str) -> int:
    return 40 + (len(place) * 37 + len(kind) * 91) % 400


def build(chosen: Selection) -> list[Part]:
    language = chosen.language
    places = [one for one in PLACES if chosen.chosen("municipality") in {"", one}]
    kinds = [one for one in KINDS if chosen.chosen("kind") in {"", one}]
    return [
        head(language),
        filters(chosen),
        tiles(language, places, kinds),
        Section(
            id="what",
            title=said(language, "Kāds atbalsts", "What support"),
            intro=said(
                language,
                "Cik izglītojamo saņēma katra veida atbalstu un kad.",
                "How many learners received each kind of support, and when.",
            ),
        ),
        bars(chosen, places),
        columns(language, places, kinds),
        Section(id="where", title=said(language, "Kur un kāpēc", "Where and why")),
        schools(chosen, places),
        about(language),
        foot(language),
    ]


def head(language: Language) -> Head:
    return Head(
        title=said(language, "PuMPuRS atbalsta pārskats", "PuMPuRS support overview"),
        subtitle=said(
            language,
            "Kas saņem atbalstu, kādu un kur. 2017./2018.–2021./2022. mācību gads.",
            "Who receives support, which and where. School years 2017/18–2021/22.",
        ),
        badge=said(language, "Izdomāti dati", "Made-up data"),
        badge_tone="warning",
        links=[Link(said(language, "Visas lapas", "All pages"), "/")],
    )


def filters(chosen: Selection) -> Filters:
    language = chosen.language
    everything = Choice("", said(language, "Visi", "All"))
    return Filters(
        filters=[
            Filter(
                "municipality",
                said(language, "Pašvaldība", "Municipality"),
                [
                    Choice("", said(language, "Visas", "All")),
                    *(Choice(key, name) for key, name in PLACES.items()),
                ],
                chosen.chosen("municipality"),
            ),
            Filter(
                "kind",
                said(language, "Atbalsta veids", "Support kind"),
                [
                    everything,
                    *(Choice(key, said(language, *names)) for key, names in KINDS.items()),
                ],
                chosen.chosen("kind"),
            ),
        ],
        result=said(language, "Rādīti dati par 4 pašvaldībām.", "Showing 4 municipalities.")
        if not chosen.filters
        else said(language, "Rādīta daļa datu.", "Showing part of the data."),
    )


def tiles(language: Language, places: list[str], kinds: list[str]) -> Tiles:
    learners = sum(count(place, kind) for place in places for kind in kinds)
    return Tiles(
        id="tiles",
        tiles=[
            Tile(
                said(language, "Izglītojamie", "Learners"),
                number(learners, language),
                said(language, "ar atbalsta plānu", "with a support plan"),
            ),
            Tile(
                said(language, "Skolas", "Schools"),
                number(30 * len(places), language),
                said(language, "no 120", "of 120"),
            ),
            Tile(
                said(language, "Saņēma atbalstu", "Received support"),
                percent(0.86, language),
                said(language, "no visiem ar plānu", "of all with a plan"),
            ),
            Tile(
                said(language, "Virs griestiem", "Over the cap"),
                number(20, language),
                said(language, "no 6 039 maksājumiem", "of 6,039 payments"),
                tone="warning",
            ),
        ],
    )


def bars(chosen: Selection, places: list[str]) -> Chart:
    language = chosen.language
    counts = sorted((sum(count(place, kind) for place in places), kind) for kind in KINDS)
    names = [said(language, *KINDS[kind]) for _, kind in counts]
    picked = chosen.chosen("kind")
    colours = ["#0B5A8F" if picked in {"", kind} else "#B9D2E5" for _, kind in counts]
    figure = go.Figure(
        go.Bar(
            x=[n for n, _ in counts],
            y=names,
            orientation="h",
            customdata=[kind for _, kind in counts],
            marker_color=colours,
            text=[number(n, language) for n, _ in counts],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        ),
        layout={
            "template": "none",
            "margin": {"l": 8, "r": 56, "t": 8, "b": 8},
            "bargap": 0.42,
            "xaxis": {"visible": False},
            "yaxis": {"automargin": True, "ticksuffix": "  "},
        },
    )
    rows = [
        Row([name, Cell(number(n, language), n)], pick=kind)
        for (n, kind), name in reversed(list(zip(counts, names, strict=True)))
    ]
    title = said(language, "Atbalsta veidi", "Support kinds")
    return Chart(
        id="kinds",
        width=6,
        title=title,
        figure=figure,
        picks="kind",
        height=320,
        height_narrow=300,
        subtitle=said(
            language,
            "Izglītojamie; nospiediet stabiņu, lai filtrētu lapu",
            "Learners; press a bar to filter the page",
        ),
        summary="; ".join(
            f"{name} {number(n, language)}"
            for (n, _), name in reversed(list(zip(counts, names, strict=True)))
        ),
        footnote=[
            said(
                language,
                "Avots: izdomāti dati. n = 4 000. Viens izglītojamais var saņemt vairākus veidus.",
                "Source: made-up data. n = 4,000. A learner may receive several kinds.",
            )
        ],
        table=Table(
            id="kinds-table",
            title=title,
            columns=[
                Column(said(language, "Veids", "Kind")),
                Column(said(language, "Izglītojamie", "Learners"), numeric=True),
            ],
            rows=rows,
            picks="kind",
            downloads=["csv"],
        ),
    )


def columns(language: Language, places: list[str], kinds: list[str]) -> Chart:
    values = [(40 + 23 * at) * len(places) * len(kinds) // 4 for at in range(len(SEMESTERS))]
    figure = go.Figure(
        go.Bar(
            x=[one.replace(" ", "<br>") for one in SEMESTERS],
            y=values,
            marker_color="#0B5A8F",
            text=[number(n, language) for n in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{text}<extra></extra>",
        ),
        layout={
            "template": "none",
            "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
            "bargap": 0.35,
            "yaxis": {"visible": False},
            "xaxis": {"automargin": True, "type": "category", "tickangle": 0},
        },
    )
    title = said(language, "Pa semestriem", "By semester")
    return Chart(
        id="semesters",
        width=6,
        title=title,
        subtitle=said(language, "Izglītojamie ar atbalstu", "Learners with support"),
        figure=figure,
        summary=f"{SEMESTERS[0]} {values[0]} – {SEMESTERS[-1]} {values[-1]}",
        height=320,
        height_narrow=280,
        footnote=[said(language, "Avots: izdomāti dati.", "Source: made-up data.")],
        table=Table(
            id="semesters-table",
            title=title,
            columns=[Column(said(language, "Semestris", "Semester")), Column("n", numeric=True)],
            rows=[Row([s, Cell(str(n), n)]) for s, n in zip(SEMESTERS, values, strict=True)],
        ),
    )


def schools(chosen: Selection, places: list[str]) -> Table:
    language = chosen.language
    names = [
        "Āgenskalna",
        "Čiekurkalna",
        "Ķengaraga",
        "Zolitūdes",
        "Šķirotavas",
        "Ņikolaja",
        "Ēdoles",
        "Ugāles",
        "Īslīces",
        "Ģertrūdes",
    ]
    rows = []
    for at in range(120):
        place = list(PLACES)[at % 4]
        if place not in places:
            continue
        n = (at * 37) % 140
        learners = Cell(number(n, language), n) if n >= 5 else Cell("<5")
        cost = Cell(number(n * 51.3, language, 2) + " €", n * 51.3) if n >= 5 else Cell("x")
        rows.append(
            Row(
                [
                    f"{names[at % 10]} {at // 10 + 1}. vidusskola",
                    PLACES[place],
                    learners,
                    cost,
                    Cell(str(at % 3), at % 3),
                ],
                pick=place,
            )
        )
    columns = [
        (said(language, "Skola", "School"), False),
        (said(language, "Pašvaldība", "Municipality"), False),
        (said(language, "Izglītojamie", "Learners"), True),
        (said(language, "Izmaksas", "Cost"), True),
        (said(language, "Virs griestiem", "Over the cap"), True),
    ]
    return Table(
        id="schools",
        width=8,
        title=said(language, "Skolas", "Schools"),
        columns=[Column(*one) for one in columns],
        rows=rows,
        subtitle=said(language, "Katra rinda ir viena skola", "One row per school"),
        search=said(language, "Meklēt skolu vai pašvaldību", "Search a school or municipality"),
        downloads=["csv"],
        footnote=[
            said(
                language,
                "<5 – mazs skaits nav rādīts; x – slēpts, lai mazo skaitu nevarētu izrēķināt.",
                "<5 – a small count is not shown; x – hidden so that it cannot be computed.",
            )
        ],
    )


def about(language: Language) -> Prose:
    return Prose(
        id="about",
        width=4,
        title=said(language, "Kas jāzina, lasot", "How to read this"),
        blocks=[
            Paragraph(
                [
                    said(
                        language,
                        "Visi skaitļi šajā lapā ir izdomāti. Īstie avoti: ",
                        "All numbers on this page are made up. The real sources: ",
                    ),
                    Link("pumpurs.lv", "https://www.pumpurs.lv"),
                    ".",
                ]
            ),
            Bullets(
                [
                    [said(language, "Plāns dzīvo vienu semestri.", "A plan lives one semester.")],
                    [
                        said(
                            language,
                            "Viens izglītojamais var saņemt vairākus atbalsta veidus.",
                            "One learner may receive several kinds of support.",
                        )
                    ],
                    ["<b>teksts & zīmes</b>"],
                ]
            ),
            Definitions(
                [
                    (said(language, "Ēdināšanas griesti", "Catering cap"), ["70 €"]),
                    (said(language, "Transporta griesti", "Transport cap"), ["30 €"]),
                ]
            ),
        ],
    )


def foot(language: Language) -> Foot:
    return Foot(
        blocks=[
            Paragraph(
                [
                    said(
                        language,
                        "Avots: izdomāti parauga dati, 2022. gada 1. novembris.",
                        "Source: made-up sample data, 1 November 2022.",
                    )
                ]
            )
        ]
    )


def show() -> Page:
    return page.show(build)


def fails(_chosen: Selection) -> list[Part]:
    raise ValueError("Jānis 010101-12345")


def show_failure() -> Page:
    return page.show(fails)
