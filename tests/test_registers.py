"""The registers in data/reference agree with their sidecars, and their dates with one another."""

import hashlib
import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
import yaml

from pumpurs_analysis import catalogue

FOLDER = catalogue.DATA / "reference"
REGISTERS = [
    "municipalities",
    "municipality_changes",
    "municipality_adjacency",
    "tile_grid",
    "schools",
]


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


def sidecar(name: str) -> dict[str, Any]:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def days(row: "pd.Series[str]") -> tuple[date, date]:
    last = row["valid_to"]
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(last) if last else date.max


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_what_its_sidecar_describes(name: str) -> None:
    about = sidecar(name)

    assert about["sha256"] == hashlib.sha256((FOLDER / f"{name}.csv").read_bytes()).hexdigest()
    assert about.keys() >= {"title", "one_row_is", "sources", "checked", "valid_from", "notes"}
    assert about["sources"]
    assert date.fromisoformat(about["checked"])


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_clean_utf8_with_commas(name: str) -> None:
    raw = (FOLDER / f"{name}.csv").read_bytes()

    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    cells = [str(cell) for cell in table(name).to_numpy().ravel()]
    assert all(cell == cell.strip() and "  " not in cell for cell in cells)


def test_periods_of_a_municipality_have_no_gap_or_overlap() -> None:
    for _, rows in table("municipalities").groupby("name"):
        periods = sorted(days(row) for _, row in rows.iterrows())
        assert all(first <= last for first, last in periods)
        for (_, last), (first, _) in pairwise(periods):
            assert first - last == timedelta(days=1)


def test_every_reform_leads_from_units_that_ended_to_units_that_began() -> None:
    units = table("municipalities")
    for effective, rows in table("municipality_changes").groupby("effective"):
        day = date.fromisoformat(str(effective))
        periods = {
            (row["name"], at): True
            for _, row in units.iterrows()
            for at in (day - timedelta(days=1), day)
            if days(row)[0] <= at <= days(row)[1]
        }
        assert all((name, day - timedelta(days=1)) in periods for name in rows["former"])
        assert all((name, day) in periods for name in rows["today"])


def test_a_unit_goes_to_one_unit_unless_it_is_marked_as_split() -> None:
    changes = table("municipality_changes")
    targets = changes.groupby("former")["today"].nunique()
    several = {name for name in targets.index if targets[name] > 1}

    # Varakļānu novads stayed itself in 2021 and joined Madonas novads in 2025: no split.
    assert several - {"Varakļānu novads"} == {"Aglonas novads", "Inčukalna novads"}
    assert set(changes.loc[changes["is_split"] == "1", "former"]) == several - {"Varakļānu novads"}
    assert (changes.loc[changes["is_split"] == "1", "part"] != "").all()


def test_schools_point_to_codes_units_and_schools_that_exist() -> None:
    schools = table("schools")
    units = table("municipalities")
    kinds = catalogue.entries("codes")["school_kind"]

    assert schools["school_id"].is_unique
    assert schools["name"].is_unique
    assert schools["school_id"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*").all()
    assert set(schools["kind"]) <= set(kinds)
    assert set(schools["successor_id"]) - {""} <= set(schools["school_id"])
    former = set(units.loc[units["valid_from"] < "2021-07-01", "name"])
    today = set(units.loc[units["valid_from"] >= "2021-07-01", "name"])
    assert set(schools["municipality_former"]) - {""} <= former
    assert set(schools["municipality_today"]) - {""} <= today
    assert (schools["sources"] != "").all()


def test_dates_of_schools_are_days_in_order() -> None:
    schools = table("schools")
    both = schools[(schools["valid_from"] != "") & (schools["valid_to"] != "")]

    for column in ("valid_from", "valid_to"):
        assert all(date.fromisoformat(day) for day in schools[column] if day)
    assert (both["valid_from"] <= both["valid_to"]).all()
    assert (schools.loc[schools["valid_to"] != "", "change"] != "").all()


def test_every_school_kind_has_both_languages() -> None:
    for code, kind in catalogue.entries("codes")["school_kind"].items():
        assert re.fullmatch(r"[a-z_]+", code)
        assert kind["name"]["lv"]
        assert kind["name"]["en"]
        assert isinstance(kind["is_vocational"], bool)
        assert isinstance(kind["is_special"], bool)


def test_no_word_of_the_grammar_was_turned_into_something_else_by_yaml() -> None:
    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for pair in value.items() for part in pair for leaf in leaves(part)]
        if isinstance(value, list):
            return [leaf for part in value for leaf in leaves(part)]
        return [value]

    assert {type(leaf) for leaf in leaves(catalogue.entries("codes")["school_words"])} == {str}


def test_the_register_names_no_folder_of_a_machine() -> None:
    for path in FOLDER.iterdir():
        if path.stem in REGISTERS and path.is_file():
            assert not re.search(
                r"(?<![\w.:/])/(home|root|tmp|work|Users)/", path.read_text("utf-8")
            )
