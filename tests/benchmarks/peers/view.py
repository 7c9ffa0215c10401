"""What the overview shows, for the pages of the peers: the same figures, tiles and rows as ours.

Everything is computed by this project's own measures and drawn by its own charts, so that what is
compared is how a page comes to a visitor. Kept once per process, as the peers' documentation
advises for what does not depend on the visitor.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import charts, tables, workspace
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.releases import NotInRelease, Release, make_release
from pumpurs_analysis.text import money, number, say

TITLE = say("page.overview.title", "lv")
PLACE, YEAR = "municipality_today", "school_year"
LABELS = {name: say(f"dimension.{name}", "lv") for name in (PLACE, YEAR)}
ALL = {name: say(f"page.all.{name}", "lv") for name in (PLACE, YEAR)}
Card = tuple[str, tuple[str, ...], tuple[str, ...]]
# Measure, by, and which filters it does not follow: as the overview has them.
CARDS: tuple[Card, ...] = (
    ("participation", ("semester",), (YEAR,)),
    ("risk_mix", (), ()),
    ("support_uptake", (), ()),
    ("cost_against_cap", ("support_kind",), ()),
    ("participation", (PLACE,), (PLACE,)),
)


@dataclass(frozen=True)
class View:
    """One choice of the visitor's, drawn."""

    tiles: dict[str, str]
    figures: list[go.Figure]
    table: pd.DataFrame


@cache
def release() -> Release:
    """Give what everybody may see of the workspace; opened once."""
    return make_release(workspace.open_workspace(workspace.which()))


def choices(name: str) -> list[str]:
    return ["", *release().values(name)]


@cache
def view(place: str = "", year: str = "") -> View:
    """Draw the page for a choice; where both are set, the place counts, as on our page."""
    where = {PLACE: place} if place else {YEAR: year} if year else {}
    shown = [_asked(card, where) for card in CARDS]
    figures = [_drawn(one) for one in shown]
    return View(_tiles(where), figures, _rows(shown[-1]))


def _asked(card: Card, where: dict[str, str]) -> Published | None:
    measure, by, ignores = card
    kept = {name: value for name, value in where.items() if name not in ignores}
    by = tuple(name for name in by if name not in kept)
    try:
        return release().get(measure, by=by, where=kept)
    except NotInRelease:
        return None


def _rows(shown: Published | None) -> pd.DataFrame:
    if shown is None:
        return pd.DataFrame()
    rows = tables.table(shown, language="lv")
    cells = [[cell.text for cell in row] for row in rows.rows]
    return pd.DataFrame(cells, columns=[column.label for column in rows.columns])


def _drawn(shown: Published | None) -> go.Figure:
    if shown is None:
        return go.Figure(layout={"title": say("page.left_out", "lv")})
    return getattr(charts, shown.result.name)(shown, language="lv")


def _tiles(where: dict[str, str]) -> dict[str, str]:
    people = release().get("participation", where=where).frame.iloc[0]
    paid = release().get("cost_against_cap", where=where).frame.iloc[0]["paid_cents"]
    values = {
        "learners": _counted(people["learner_count"]),
        "plans": _counted(people["plan_count"]),
        "paid": say("page.hidden", "lv") if pd.isna(paid) else money(int(paid), "lv"),
        "municipalities": number(len(choices(PLACE)) - 1, "lv"),
    }
    return {say(f"page.tile.{name}", "lv"): value for name, value in values.items()}


def _counted(value: object) -> str:
    return say("page.hidden", "lv") if pd.isna(value) else number(int(str(value)), "lv")
