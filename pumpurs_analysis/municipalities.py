"""Which municipality holds a territory on a date, through the reforms of 2021 and 2025.

Comes in: a municipality in any case, abbreviation or spelling, and a date. Goes out: register
names. Knows nothing of schools or of the programme.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, cast

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.text import fold, nearest, sort_key

REGISTER_FROM = date(2011, 1, 1)


@dataclass(frozen=True)
class _Unit:
    name: str
    kind: str
    valid_from: date
    valid_to: date
    planning_region: str

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


def _table(name: str) -> pd.DataFrame:
    path = catalogue.DATA / "reference" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


@cache
def _register() -> pd.DataFrame:
    frame = _table("municipalities")
    for column, open_end in (("valid_from", None), ("valid_to", date.max)):
        days = [date.fromisoformat(day) if day else open_end for day in frame[column]]
        frame[column] = pd.Series(days, index=frame.index, dtype=object)
    return frame


@cache
def _units() -> tuple[_Unit, ...]:
    columns = ["name", "kind", "valid_from", "valid_to", "planning_region"]
    rows = cast("list[dict[str, Any]]", _register()[columns].to_dict("records"))
    return tuple(_Unit(**row) for row in rows)


@cache
def _reforms() -> dict[date, dict[str, frozenset[str]]]:
    changes = _table("municipality_changes")
    found: dict[date, dict[str, frozenset[str]]] = {}
    for (day, former), rows in changes.groupby(["effective", "former"], sort=True):
        reform = found.setdefault(date.fromisoformat(str(day)), {})
        reform[str(former)] = frozenset(rows["today"])
    return found


@cache
def _names_on(on: date) -> frozenset[str]:
    if on < REGISTER_FROM:
        raise NotVerified(
            f"No register at hand says which municipalities there were on {on}: it begins on "
            f"{REGISTER_FROM}. The classifier of administrative territories (ATVK) of that time "
            "would verify it."
        )
    return frozenset(unit.name for unit in _units() if unit.is_valid(on))


def genitives(word: str) -> set[str]:
    """Give the genitives a place name in the nominative can have, in small plain letters.

    Example:
        >>> sorted(genitives("Rēzekne")), sorted(genitives("Talsi"))
        (['rezeknes'], ['talsu'])
    """
    word = fold(word)
    for ending, replacements in (
        ("pils", ("pils",)),
        ("us", ("us",)),
        ("is", ("a", "ja", "u")),
        ("s", ("a", "s")),
        ("a", ("as",)),
        ("e", ("es",)),
        ("i", ("u",)),
    ):
        if word.endswith(ending):
            return {word.removesuffix(ending) + new for new in replacements}
    return set()


@cache
def _city_forms() -> dict[str, str]:
    """Every case of a city's name."""
    forms: dict[str, str] = {}
    for unit in _units():
        if not unit.name.endswith("novads"):
            stem, last = fold(unit.name)[:-1], fold(unit.name)[-1]
            endings = {
                "a": ("a", "as", "ai", "u"),
                "e": ("e", "es", "ei", "i"),
                "s": ("s", "i", "ij"),
            }
            forms |= {stem + ending: unit.name for ending in endings[last]}
    return forms


@cache
def unit_words() -> dict[str, frozenset[str]]:
    """Say which municipalities a name's word in the genitive can stand for.

    Example:
        >>> sorted(unit_words()["jelgavas"])
        ['Jelgava', 'Jelgavas novads']
    """
    found: dict[str, set[str]] = {}
    for unit in _units():
        word = fold(unit.name).removesuffix(" novads")
        for genitive in {word} if unit.name.endswith("novads") else genitives(word):
            found.setdefault(genitive, set()).add(unit.name)
    return {word: frozenset(names) for word, names in found.items()}


@cache
def place_words() -> frozenset[str]:
    """Give the towns and parishes of the catalogue, in the genitive and plain letters.

    Example:
        >>> "aizupes" in place_words()
        True
    """
    return frozenset(map(fold, catalogue.entries("codes")["school_words"]["places"]))


@cache
def _words() -> dict[str, frozenset[str]]:
    written = catalogue.entries("codes")["school_words"]["municipality"]
    return {kind: frozenset(map(fold, words)) for kind, words in written.items()}


def _readings(name: str) -> list[str]:
    """The register names a spelling can mean, in order of trust: city, novads, town of a novads."""
    words = re.findall(r"[a-z]+", fold(name))
    kinds = {kind for kind, known in _words().items() if known & set(words)}
    left = [word for word in words if not any(word in known for known in _words().values())]
    if len(set(left)) != 1:
        return []
    word = left[0]
    city = _city_forms().get(word)
    if city and "novads" not in kinds:
        return [city]
    spellings = {word} if word in unit_words() else genitives(word)
    units = {unit for spelling in spellings for unit in unit_words().get(spelling, ())}
    return sorted(unit for unit in units if unit.endswith("novads"))


@lru_cache(maxsize=4096)
def resolve(name: str) -> str:
    """Give the register's name of a municipality, however it is written.

    A bare name is the city where there is one, else the novads around the town.

    Raises:
        KeyError: No municipality is called so; the nearest one is named.

    Example:
        >>> [resolve(name) for name in ("Kandavas nov.", "Rīgā", "jekabpils pilseta", "Tukums")]
        ['Kandavas novads', 'Rīga', 'Jēkabpils', 'Tukuma novads']
    """
    found = _readings(name)
    if len(found) == 1:
        return found[0]
    near = nearest(name, {unit.name for unit in _units()})
    hint = f" The nearest is “{near}”." if near else ""
    raise KeyError(f"No municipality of Latvia since 2011 is called “{name}”.{hint}")


def _carry(names: frozenset[str], start: date, end: date) -> frozenset[str]:
    """Follow territories from one date to another, forwards or back in time."""
    days = [day for day in _reforms() if min(start, end) < day <= max(start, end)]
    for day in days if start <= end else reversed(days):
        reform = _reforms()[day]
        before = _names_on(day - timedelta(days=1))
        later = {old: reform.get(old, frozenset({old})) for old in before}
        if start <= end:
            names = frozenset(new for old in names for new in later[old])
        else:
            names = frozenset(old for old in before if names & later[old])
    return names


@lru_cache(maxsize=16384)
def _units_on(name: str, on: date, named: date | None) -> tuple[str, ...]:
    unit = resolve(name)
    there = _names_on(on)
    if named is None and unit in there:
        return (unit,)
    periods = [each for each in _units() if each.name == unit]
    if named is None:
        named = periods[0].valid_from if on < periods[0].valid_from else periods[-1].valid_to
    then = frozenset(_units_on(unit, named, None))
    return tuple(sorted(_carry(then, named, on), key=sort_key))


def municipality_on(name: str, on: date, *, named: date | None = None) -> str | list[str]:
    """Say which municipality holds, on a date, the territory that a name stands for.

    A name that was in use on that date stands for itself, also where its borders changed: Madonas
    novads of 2019 is smaller than that of 2022. Say ``named`` to follow a territory instead.

    Args:
        name: Any spelling: ``"Kandavas nov."``, ``"Rīgā"``, ``"jekabpils pilseta"``.
        on: The date asked about.
        named: The date on which the name was in use, where its territory of that day is meant.

    Returns:
        The name; a list in Latvian order where the territory belongs to several units (Aglonas and
        Inčukalna novads after 2021-07-01, or a unit of today on an earlier date).

    Raises:
        KeyError: No municipality is called so.
        NotVerified: The register does not reach back to that date.

    Example:
        >>> municipality_on("Kandavas novadā", date(2022, 9, 1))
        'Tukuma novads'
        >>> municipality_on("Aglonas novads", date(2022, 9, 1))
        ['Krāslavas novads', 'Preiļu novads']
        >>> municipality_on("Bauskas novads", date(2020, 1, 1), named=date(2022, 1, 1))
        ['Bauskas novads', 'Iecavas novads', 'Rundāles novads', 'Vecumnieku novads']
    """
    found = _units_on(name, on, named)
    return found[0] if len(found) == 1 else list(found)


def municipalities(on: date) -> pd.DataFrame:
    """List the municipalities there were on a date, in Latvian order.

    One row per: municipality.

    Columns:
        name, kind, valid_from, valid_to: As in the register; valid_to is the last day.
        atvk, iso_3166_2: Codes; ISO is empty before 2021-07-01.
        planning_region: The region of 2021 the territory lies in.

    Example:
        >>> [
        ...     len(municipalities(day))
        ...     for day in (date(2021, 6, 30), date(2021, 7, 1), date(2025, 7, 1))
        ... ]
        [119, 43, 42]
    """
    frame = _register()
    there = (
        frame["name"].isin(_names_on(on)) & (frame["valid_from"] <= on) & (frame["valid_to"] >= on)
    )
    rows = frame[there]
    order = sorted(rows.index, key=lambda row: sort_key(str(rows.loc[row, "name"])))
    return rows.loc[order].reset_index(drop=True)


def tile_grid(on: date | None = None) -> pd.DataFrame:
    """Give the tile of every municipality since the reform of 2021: name, label, column and row.

    Args:
        on: Leaves out the tiles of units that had ended by then; without it all 43 are given.

    Example:
        >>> len(tile_grid()), len(tile_grid(date(2025, 7, 1)))
        (43, 42)
    """
    frame = _tiles().copy()
    return frame if on is None else frame[frame["name"].isin(_names_on(on))].reset_index(drop=True)


@cache
def _tiles() -> pd.DataFrame:
    frame = _table("tile_grid")[["name", "label", "column", "row"]]
    return frame.astype({"column": int, "row": int})


@cache
def _regions() -> dict[str, str]:
    return {unit.name: unit.planning_region for unit in _units()}


def region_of(name: str) -> str:
    """Say in which planning region (of 2021) a municipality lies, former ones included.

    Example:
        >>> region_of("Kandavas novads")
        'Kurzeme'
    """
    return _regions()[resolve(name)]


@cache
def _borders() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in _table("municipality_adjacency")[["a", "b"]].itertuples(index=False):
        found.setdefault(str(one), set()).add(str(other))
        found.setdefault(str(other), set()).add(str(one))
    return {name: frozenset(names) for name, names in found.items()}


def neighbours(name: str) -> list[str]:
    """List the municipalities (units of 2021-07-01) that share a border with one of them.

    Example:
        >>> neighbours("Rēzekne")
        ['Rēzeknes novads']
    """
    return sorted(_borders().get(resolve(name), frozenset()), key=sort_key)
