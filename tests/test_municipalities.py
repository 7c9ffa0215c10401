"""Municipalities through the reforms of 2021-07-01 and 2025-07-01."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.municipalities import (
    municipalities,
    municipality_on,
    neighbours,
    region_of,
    resolve,
    tile_grid,
)

BEFORE, REFORM, MERGER = date(2021, 6, 30), date(2021, 7, 1), date(2025, 7, 1)
FORMER = list(municipalities(BEFORE)["name"])
SPLIT = {
    "Aglonas novads": ["Krāslavas novads", "Preiļu novads"],
    "Inčukalna novads": ["Ropažu novads", "Siguldas novads"],
}


def units(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else found


@pytest.mark.parametrize(
    ("on", "count"),
    [
        (date(2011, 1, 1), 119),
        (BEFORE, 119),
        (REFORM, 43),
        (MERGER - timedelta(days=1), 43),
        (MERGER, 42),
        (date(2026, 11, 22), 42),
    ],
)
def test_the_number_of_municipalities_on_a_date(on: date, count: int) -> None:
    frame = municipalities(on)

    assert len(frame) == count
    assert frame["name"].is_unique
    assert frame["atvk"].is_unique


@pytest.mark.parametrize("name", FORMER)
def test_every_former_unit_has_a_place_on_every_date(name: str) -> None:
    assert municipality_on(name, BEFORE) == name
    for day in (REFORM, MERGER):
        found = units(municipality_on(name, day, named=BEFORE))
        assert set(found) <= set(municipalities(day)["name"])
        assert len(found) == (2 if name in SPLIT else 1)


@pytest.mark.parametrize("day", [REFORM, MERGER])
def test_totals_are_conserved_apart_from_the_two_split_units(day: date) -> None:
    counts = {name: 1 + index for index, name in enumerate(FORMER)}

    carried: dict[str, int] = {}
    for name, count in counts.items():
        found = municipality_on(name, day, named=BEFORE)
        if isinstance(found, str):
            carried[found] = carried.get(found, 0) + count

    assert sum(carried.values()) == sum(counts.values()) - sum(counts[name] for name in SPLIT)
    assert set(carried) == set(municipalities(day)["name"])


@pytest.mark.parametrize("name", FORMER)
def test_going_forward_and_back_finds_the_unit_again(name: str) -> None:
    for today in units(municipality_on(name, MERGER, named=BEFORE)):
        assert name in units(municipality_on(today, BEFORE, named=MERGER))


@pytest.mark.parametrize(("name", "found"), SPLIT.items())
def test_a_split_unit_gives_both_in_latvian_order(name: str, found: list[str]) -> None:
    assert municipality_on(name, BEFORE) == name
    assert municipality_on(name, REFORM) == found


@pytest.mark.parametrize(
    ("name", "on", "found"),
    [
        ("Kandavas novads", date(2022, 9, 1), "Tukuma novads"),
        ("Kandavas novads", BEFORE, "Kandavas novads"),
        ("Varakļānu novads", date(2025, 6, 30), "Varakļānu novads"),
        ("Varakļānu novads", MERGER, "Madonas novads"),
        ("Jēkabpils", BEFORE, "Jēkabpils"),
        ("Jēkabpils", REFORM, "Jēkabpils novads"),
        ("Valmiera", REFORM, "Valmieras novads"),
        ("Valmieras novads", REFORM, "Valmieras novads"),
        ("Rēzekne", REFORM, "Rēzekne"),
        ("Madonas novads", date(2019, 1, 1), "Madonas novads"),
        ("Augšdaugavas novads", date(2019, 1, 1), ["Daugavpils novads", "Ilūkstes novads"]),
    ],
)
def test_a_name_on_a_date(name: str, on: date, found: str | list[str]) -> None:
    assert municipality_on(name, on) == found


def test_a_unit_of_today_before_the_reform_is_the_list_of_its_former_units() -> None:
    assert municipality_on("Valmieras novads", date(2019, 1, 1)) == [
        "Beverīnas novads",
        "Burtnieku novads",
        "Kocēnu novads",
        "Mazsalacas novads",
        "Naukšēnu novads",
        "Rūjienas novads",
        "Strenču novads",
        "Valmiera",
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tukuma novadā", "Tukuma novads"),
        ("Kandavas nov.", "Kandavas novads"),
        ("Rīgā", "Rīga"),
        ("Rīgas pilsētas", "Rīga"),
        ("Jēkabpils pilsēta", "Jēkabpils"),
        ("Jēkabpils pilsētas pašvaldība", "Jēkabpils"),
        ("valmieras novads", "Valmieras novads"),
        ("Liepājas pašvaldībai", "Liepāja"),
        ("Līvānu novada dome", "Līvānu novads"),
        ("Ventspils pilsētas Izglītības pārvalde", "Ventspils"),
        ("Ventspils novadā", "Ventspils novads"),
        ("Vecpiebalgas apvienības pārvaldei", "Vecpiebalgas novads"),
        ("Rēzeknes valstspilsētas pašvaldības", "Rēzekne"),
        ("municipality of Rezekne", "Rēzeknes novads"),
        ("bij.Aknīstes novadā", "Aknīstes novads"),
        ("Dagdas pilsētā un novadā", "Dagdas novads"),
        ("jaunizveidotajā Krāslavas novadā", "Krāslavas novads"),
        ("KEKAVAS NOVADS", "Ķekavas novads"),
        ("Priekules novada pašvaldība", "Priekules novads"),
        ("Priekuļu novads", "Priekuļu novads"),
        ("Cēsis", "Cēsu novads"),
        ("Ogre", "Ogres novads"),
        ("Kandavas n.", "Kandavas novads"),
        ("agrākais Kandavas novads (līdz 2021)", "Kandavas novads"),
        ("Tukuma novada administrācija", "Tukuma novads"),
    ],
)
def test_published_spellings_are_resolved(written: str, name: str) -> None:
    assert resolve(written) == name


@pytest.mark.parametrize("name", FORMER + list(municipalities(REFORM)["name"]))
def test_a_name_without_diacritics_and_with_nov_is_the_same(name: str) -> None:
    plain = name.replace("novads", "nov.")

    assert resolve(plain) == resolve(name.upper()) == resolve(name) == name


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="Tukuma novads"):
        municipality_on("Tukma novads", REFORM)


def test_a_date_before_the_register_is_not_verified() -> None:
    with pytest.raises(NotVerified, match="ATVK"):
        municipality_on("Rīga", date(2010, 12, 31))


def test_an_answer_is_not_shared_with_the_next_caller() -> None:
    units(municipality_on("Aglonas novads", REFORM)).clear()

    assert municipality_on("Aglonas novads", REFORM) == SPLIT["Aglonas novads"]


def test_each_municipality_since_the_reform_has_one_tile() -> None:
    tiles = tile_grid()

    assert set(tiles["name"]) == set(municipalities(REFORM)["name"])
    assert not tiles[["column", "row"]].duplicated().any()
    assert set(tile_grid(MERGER)["name"]) == set(municipalities(MERGER)["name"])


def test_borders_go_both_ways_and_regions_are_five() -> None:
    names = list(municipalities(REFORM)["name"])

    assert all(name in neighbours(other) for name in names for other in neighbours(name))
    assert {region_of(name) for name in [*FORMER, *names]} == {
        "Rīga",
        "Vidzeme",
        "Kurzeme",
        "Zemgale",
        "Latgale",
    }


@given(st.sampled_from(FORMER), st.dates(date(2011, 1, 1), date(2030, 1, 1)))
def test_a_territory_lies_in_units_of_that_day(name: str, on: date) -> None:
    there = set(municipalities(on)["name"])

    assert set(units(municipality_on(name, on, named=BEFORE))) <= there
