"""The catalogue is whole: files hold to schemas, texts to both languages, values to sources."""

import csv
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import jsonschema
import pytest
import yaml

from pumpurs_analysis import catalogue

SCHEMAS = catalogue.FOLDER / "schemas"
FILES = sorted(catalogue.FOLDER.rglob("*.yaml"))
TEXTS = [path for path in FILES if path.stem not in {"spellings", "school_words"}]
REFERENCE = catalogue.DATA / "reference"
SIDECARS = ["caps", "early_leavers", "enrolment", "national", "risk_taxonomy"]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(catalogue.FOLDER))


def as_json(value: object) -> Any:
    """What a schema sees: dates are text, keys too."""
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def schema_of(path: Path) -> dict[str, Any]:
    folder = path.parent.name
    name = path.stem if path.parent == catalogue.FOLDER else folder
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def walk(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, str(key)))
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from walk(inner, (*path, str(place)))


def keys(value: object) -> Iterator[object]:
    for _, inner in walk(value):
        if isinstance(inner, dict):
            yield from inner


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def forms(text: str | dict[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


@pytest.mark.parametrize("path", FILES, ids=named)
def test_file_holds_to_its_schema(path: Path) -> None:
    schema = schema_of(path)

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(as_json(read(path)))


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_schema_has_a_file_to_describe(path: Path) -> None:
    assert any(schema_of(file)["title"] == json.loads(path.read_text())["title"] for file in FILES)


def test_schema_refuses_what_is_not_in_the_closed_lists() -> None:
    rules = as_json(read(catalogue.FOLDER / "rules.yaml"))
    rules["catering_cap_eur"]["unit"] = "EURO"

    with pytest.raises(jsonschema.ValidationError, match="'EURO' is not one of"):
        jsonschema.validate(rules, schema_of(catalogue.FOLDER / "rules.yaml"))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_yaml_turned_no_key_into_something_else(path: Path) -> None:
    wanted = str | dt.date | int if path.stem == "spellings" else str | dt.date
    odd = [key for key in keys(read(path)) if isinstance(key, bool) or not isinstance(key, wanted)]

    assert odd == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_every_text_has_both_languages_and_the_same_places(path: Path) -> None:
    for where, value in walk(read(path)):
        if not isinstance(value, dict) or not {"lv", "en"} & set(value) or "terms" in where:
            continue
        assert {"lv", "en"} <= set(value), where
        latvian, english = forms(value["lv"]), forms(value["en"])
        assert any(map(bool, latvian)) == any(map(bool, english)), where
        used = {frozenset(places(form)) for form in latvian + english if form}
        assert len(used) <= 1, where


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_no_text_stands_in_the_other_language(path: Path) -> None:
    foreign = re.compile(r"\b(the|and|with|for|nav|vai|kas|ir)\b")
    for where, value in walk(read(path)):
        if isinstance(value, dict) and isinstance(value.get("lv"), str) and "en" in value:
            latvian = set(foreign.findall(value["lv"])) & {"the", "and", "with", "for"}
            english = set(foreign.findall(str(value["en"]))) & {"nav", "vai", "kas", "ir"}
            assert not latvian | english, where


def test_every_source_exists_and_is_used() -> None:
    used = {
        source
        for name in ("rules", "codes", "breaks", "checks")
        for where, value in walk(dict(catalogue.entries(name)))
        if isinstance(value, str) and where[-2:-1] != ("written",)
        for source in re.findall(r"\bS\d\d\b", value)
    }

    assert used == set(catalogue.entries("sources"))


def test_sources_of_checks_are_known() -> None:
    with (catalogue.DATA / "published" / "sources.csv").open(encoding="utf-8") as file:
        pages = {row["source_id"] for row in csv.DictReader(file)}
    with (catalogue.DATA / "published" / "figures.csv").open(encoding="utf-8") as file:
        figures = {row["figure_id"]: row["value"] for row in csv.DictReader(file)}
    known = pages | set(catalogue.entries("sources")) | {"percent", "definition"}

    checks = catalogue.entries("checks")["checks"]
    assert len({check["id"] for check in checks}) == len(checks) > 40
    for check in checks:
        for side in (check["left"], check["right"]):
            assert {each["source"] for each in side.get("values", [])} <= known, check["id"]
            assert all(figures.get(figure) for figure in side.get("figures", [])), check["id"]


def test_founding_sources_are_the_founding_documents() -> None:
    facts = read(catalogue.DATA / "published" / "founding.yaml")
    named = {s["founding"] for s in catalogue.entries("sources").values() if "founding" in s}

    assert named == {document["id"] for document in facts}


@pytest.mark.parametrize("rule_id", catalogue.entries("rules"))
def test_rule_values_follow_each_other_and_end(rule_id: str) -> None:
    values = catalogue.entries("rules")[rule_id]["values"]
    days = list(values)

    assert all(type(day) is dt.date for day in days)
    assert days == sorted(days)
    assert days[0] >= dt.date(2017, 3, 1)
    assert [day for day in days if values[day].get("ends")] == [dt.date(2024, 1, 1)] == days[-1:]


@pytest.mark.parametrize("rule_id", catalogue.entries("rules"))
def test_rule_says_of_every_value_where_it_is_from(rule_id: str) -> None:
    rule = catalogue.entries("rules")[rule_id]
    for value in list(rule["values"].values())[:-1]:
        assert value["checked"] <= dt.date.today()  # noqa: DTZ011  (a day, no clock)
        assert value["value"] is not None or value["status"] != "stated" or value["note"]
        is_number = isinstance(value["value"], int | float | dt.date)
        assert is_number or "says" in value or rule["kind"] == "none_published"


@pytest.mark.parametrize("rule_id", catalogue.entries("rules"))
def test_codes_a_rule_names_are_known(rule_id: str) -> None:
    codes = catalogue.entries("codes")
    for where, value in walk(catalogue.entries("rules")[rule_id]):
        if where and where[-1] in {"support_kind", "programme_kind", "funding_source"}:
            named = [value] if isinstance(value, str) else value
            assert set(named) <= set(codes[where[-1]]), where


def test_every_kind_of_support_has_exactly_one_amount() -> None:
    kinds = [r["support_kind"] for r in catalogue.entries("rules").values() if "support_kind" in r]

    assert sorted(kinds) == sorted(catalogue.entries("codes")["support_kind"])


@pytest.mark.parametrize("name", ["support_kind", "risk_category", "risk", "plan_status"])
def test_a_spelling_means_one_code_only(name: str) -> None:
    from pumpurs_analysis.text import fold  # noqa: PLC0415  (only here)

    meant: dict[str, str] = {}
    for code, entry in catalogue.entries("codes")[name].items():
        for spelling in {fold(word) for word in [*entry["written"], entry["name"]["lv"]]}:
            assert meant.setdefault(spelling, code) == code, spelling


def test_risks_belong_to_known_groups_and_tables_to_known_fields() -> None:
    codes, fields = catalogue.entries("codes"), catalogue.entries("fields")

    assert {risk["category"] for risk in codes["risk"].values()} == set(codes["risk_category"])
    for table in fields["tables"].values():
        assert {name.rpartition("=")[2] for name in table["columns"]} <= set(fields["fields"])
    allowed = {field.get("allowed") for field in fields["fields"].values()} - {None}
    assert allowed <= set(codes)


def test_fields_of_forms_are_mapped_or_absent() -> None:
    tables = catalogue.entries("fields")["tables"]
    for form in catalogue.entries("forms").values():
        for edition in form["editions"].values():
            told = [*edition["header"], *edition["absent"]]
            assert len(set(told)) == len(told)
            if "needs" not in form:
                assert set(told) == set(tables[form["table"]]["columns"])


def test_forms_of_records_speak_of_known_headings_and_tables() -> None:
    headings, tables = catalogue.entries("headings"), catalogue.entries("fields")["tables"]
    for name, form in catalogue.entries("forms").items():
        if "needs" not in form:
            continue
        taken = {
            field
            for each in form["editions"].values()
            for field in [*each["header"], *each["absent"]]
        }
        asked = {field for group in form["needs"] for field in group} | set(form["is_told_by"])
        assert taken <= set(headings), name
        known = taken | {*form["from_title"], *form["spread"], "date", "month"}
        assert asked - {"spread"} <= known, name
        assert {form["table"], *form["fills"]} <= set(tables), name


def test_a_heading_of_the_template_means_its_field() -> None:
    from pumpurs_analysis.layout.headings import fields_of  # noqa: PLC0415  (only here)

    for form in catalogue.entries("forms").values():
        for edition in form["editions"].values() if "needs" in form else ():
            for field, heading in edition["header"].items():
                assert field in fields_of(heading), heading


@pytest.mark.parametrize("name", SIDECARS)
def test_sidecar_describes_its_file(name: str) -> None:
    sidecar = read(REFERENCE / f"{name}.yaml")

    assert hashlib.sha256((REFERENCE / f"{name}.csv").read_bytes()).hexdigest() == sidecar["sha256"]
    assert {"title", "one_row_per", "sources", "checked", "notes", "sha256"} == set(sidecar)
    assert all(
        sidecar[key][language] for key in ("title", "one_row_per") for language in ("lv", "en")
    )
