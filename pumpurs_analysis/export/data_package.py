"""A release as open data: a CSV for each figure and a Data Package v2 descriptor.

Names and explanations of columns come from ``catalogue/tables.yaml``, names of codes from
``catalogue/codes``. Hidden, missing and not applicable have their own marks; zero is a number.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue, schema, tables
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import contents, findings
from pumpurs_analysis.export.contents import Where
from pumpurs_analysis.export.release_workbook import title
from pumpurs_analysis.releases import Release, recipes
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import LANGUAGES, Language, say

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MARKS = ["", tables.MISSING, tables.HIDDEN, tables.NOT_APPLICABLE]
_UNITS = {"_count": "count", "_share": "share", "share": "share", "_share_low": "share",
          "_share_high": "share", "share_low": "share", "share_high": "share",
          "_cents": "cents", "_hours": "hours", "_ratio": "share"}  # fmt: skip


def package(release: Release, where: Where, *, licence: str, is_final: bool) -> dict[str, bytes]:
    """Write open data.

    Args:
        release: What may be shown.
        where: What it is narrowed to.
        licence: A key of ``licences`` in ``catalogue/decks.yaml``.
        is_final: Whether the descriptor says final, else draft.

    Returns:
        Bytes by file name; ``datapackage.json`` is the descriptor, ``README.md`` is for people.
    """
    files, resources = {}, []
    figures = dict(contents.figures(release, where))
    for name, shown in figures.items():
        file = f"{name}.csv"
        files[file] = _csv(_marked(shown))
        resources.append(_resource(name, release, shown, content=files[file]))
    rows = [
        {"key": each.key, "value": each.value, "state": each.state, "unit": _unit_name(each.unit)}
        for each in contents.headlines(release, where)
    ]
    if rows:
        files["headlines.csv"] = _csv(_headline_rows(rows))
        resources.append(_headlines(files["headlines.csv"]))
    descriptor = _descriptor(release, licence=licence, is_final=is_final)
    about = {
        one: f"{_described(release, one, is_final=is_final)} {hidden_of(figures.values(), one)}."
        for one in LANGUAGES
    }
    descriptor |= {"description": about["en"], "description_lv": about["lv"]}
    descriptor["hidden_cells"] = sum(each.hidden_count for each in figures.values())
    descriptor["cells"] = sum(each.cell_count for each in figures.values())
    descriptor["resources"] = resources
    told = [f"# {title(release, one)}\n\n{about[one]}\n" for one in LANGUAGES]
    files["README.md"] = "\n".join(told).encode()
    text = json.dumps(descriptor, ensure_ascii=False, indent=1)
    files["datapackage.json"] = f"{text}\n".encode()
    return files


def _unit_name(unit: str) -> str:
    return {"money": "euro cents"}.get(unit, unit)


def _headline_rows(rows: list[dict[str, Any]]) -> pd.DataFrame:
    marks = {"hidden": tables.HIDDEN, "missing": tables.MISSING}
    for row in rows:
        value = row["value"]
        row["value"] = marks[row["state"]] if value is None else _plain(value)
    return pd.DataFrame(rows)


def _csv(frame: pd.DataFrame) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.itertuples(index=False))
    return out.getvalue().encode()


def _plain(value: object) -> str:
    """Write a value as it stands in a CSV that programs read."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:10] if isinstance(value, pd.Timestamp) else str(value)


def _marked(shown: Published) -> pd.DataFrame:
    """The numbers with a mark where there is none; columns that are empty throughout are left out.

    A cell that is hidden is told apart from one that is not known, also in the same row.
    """
    frame = shown.frame
    declared = {entry["column"]: entry for entry in catalogue.entries("tables")[shown.result.name]}
    kept = [name for name in frame if not frame[name].isna().all() or name in shown.hidden]
    made: dict[str, list[str]] = {}
    for name in kept:
        entry = declared.get(name, {})
        made[str(name)] = [
            _plain(row[name]) if not schema.is_missing(row[name])
            else _mark(shown, str(name), row, place=place, entry=entry)
            for place, row in enumerate(frame.to_dict("records"))
        ]  # fmt: skip
    return pd.DataFrame(made).drop(columns=["is_hidden"], errors="ignore")


def _mark(
    shown: Published, name: str, row: schema.Record, *, place: int, entry: Mapping[str, Any]
) -> str:
    for column, codes in entry.get("not_for", {}).items():
        if row.get(column) in ([codes] if isinstance(codes, str) else codes):
            return tables.NOT_APPLICABLE
    if name in shown.hidden:
        return tables.HIDDEN if bool(shown.hidden[name].iloc[place]) else tables.MISSING
    is_derived = name in shown.result.derived or name in shown.result.money
    return tables.HIDDEN if is_derived and row.get("is_hidden") is True else tables.MISSING


def _resource(name: str, release: Release, shown: Published, *, content: bytes) -> dict[str, Any]:
    described = " ".join(say(note, "en") for note in shown.result.notes)
    resource: dict[str, Any] = {
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "title": findings.neutral_title(shown, "en"),
        "title_lv": findings.neutral_title(shown, "lv"),
        "type": "table",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "description": f"One row per {shown.result.one_row_per}. {described}".strip(),
        "hidden_cells": shown.hidden_count,
        "cells": shown.cell_count,
        "recipe": contents.recipe_id(release, shown),
        "schema": {"fields": list(_fields(shown)), "missingValues": _MARKS},
    }
    sources = [
        {"title": f"{each.publisher}: {each.title}", "path": each.address}
        for each in shown.result.sources
        if each.address.startswith("http")
    ]
    return {**resource, "sources": sources} if sources else resource


def _fields(shown: Published) -> Iterator[dict[str, Any]]:
    declared = {entry["column"]: entry for entry in catalogue.entries("tables")[shown.result.name]}
    frame = shown.frame
    for name in map(str, _marked(shown)):
        column: dict[str, Any] = {"name": name, "type": _type(frame[name])}
        entry = declared.get(name)
        label = entry["label"] if entry else _label(name)
        if label:
            column |= {"title": label["en"], "title_lv": label["lv"]}
        unit = next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")
        if unit:
            column["unit"] = {one: say(f"publish.unit.{unit}", one) for one in LANGUAGES}
        codes = _codes(name, entry, frame)
        if codes:
            column["code_names"] = codes
        yield column


def _label(name: str) -> Mapping[str, str]:
    entry: Mapping[str, str] = catalogue.entries("texts").get(f"dimension.{name}", {})
    return entry


def _type(column: "pd.Series[Any]") -> str:
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        return "integer" if (known % 1 == 0).all() else "number"
    return "string"


def _codes(
    name: str, entry: Mapping[str, Any] | None, frame: pd.DataFrame
) -> dict[str, dict[str, str]]:
    """Name the codes that stand in a column, in both languages."""
    known = catalogue.entries("codes")
    codes = str(entry["codes"]) if entry and entry["as"] == "code" else name
    if codes not in known:
        return {}
    used = sorted(set(frame[name].dropna().astype(str)) & set(known[codes]))
    return {code: {one: known[codes][code]["name"][one] for one in LANGUAGES} for code in used}


def _headlines(content: bytes) -> dict[str, Any]:
    fields = [
        {"name": "key", "type": "string"}, {"name": "value", "type": "number"},
        {"name": "state", "type": "string"}, {"name": "unit", "type": "string"},
    ]  # fmt: skip
    return {
        "name": "headlines", "path": "headlines.csv", "title": say("publish.headlines", "en"),
        "title_lv": say("publish.headlines", "lv"), "type": "table", "mediatype": "text/csv",
        "encoding": "utf-8", "bytes": len(content),
        "schema": {"fields": fields, "missingValues": _MARKS},
    }  # fmt: skip


def _described(release: Release, language: Language, *, is_final: bool) -> str:
    parts = [
        *contents.marks(release, language, is_final=is_final), contents.period(release, language),
        say("publish.marks", language), say("slides.method.units_text", language),
    ]  # fmt: skip
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _descriptor(release: Release, *, licence: str, is_final: bool) -> dict[str, Any]:
    known = catalogue.entries("decks")["licences"][licence]
    descriptor: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": f"pumpurs-{release.data.evidence}",
        "title": title(release, "en"),
        "title_lv": title(release, "lv"),
        "licenses": [{"name": licence, **known}],
        "made_up": release.data.is_made_up,
        "status": "final" if is_final else "draft",
        "keywords": ["PuMPuRS", "early school leaving", "ESF 8.3.4.0/16/I/001"],
    }
    day = recipes.extracted_on(release.data)
    content = recipes.content_version(release.data)
    if day:
        descriptor["created"] = f"{day}T00:00:00Z"
    return {**descriptor, "content": content} if content else descriptor
