"""What tables say, in short: content hashes, and what changed from load to load.

Comes in: tables of records. Goes out: a hash for each that depends neither on the order of rows nor
on the pseudonym key, and a frame of added, changed and removed rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.text import Language, number, say, sort_key

Hashes = npt.NDArray[np.uint64]
COLUMNS = (
    "table",
    "file",
    "school",
    "former_count",
    "added_count",
    "changed_count",
    "removed_count",
)
_COUNTS = list(COLUMNS[3:])
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD6E8FEB86659FD93)
_PART = 1_000_000  # rows hashed at a time, so that memory stays flat
_COMPARED = 1_000_000  # rows compared at a time


def content_hash(frame: pd.DataFrame) -> str:
    """Hash what a table says: the same rows give the same hash in any order and under any key.

    File and row of origin are left out. A pseudonym counts by the rows that share it, not by its
    letters, so that two workspaces of the same deliveries have the same hash.

    Example:
        >>> plans = pd.DataFrame({"plan_id": ["a", "b"], "grade": [7, 8]})
        >>> content_hash(plans) == content_hash(plans[::-1])
        True
    """
    left_out = {*_setting("provenance"), *_setting("pseudonyms")}
    hashes = row_hashes(frame, [name for name in frame.columns if name not in left_out])
    for name in set(_setting("pseudonyms")) & set(frame.columns):
        hashes = hashes * _ODD + _shared(frame[name], hashes)
    summed = [int(hashes.sum()), int(_mixed(hashes).sum()), len(hashes)]
    return sha256(f"{list(frame.columns)} {summed}".encode()).hexdigest()


def row_hashes(frame: pd.DataFrame, columns: Sequence[str]) -> Hashes:
    """Hash each row over some columns; the same on every computer and in every version.

    Example:
        >>> hashes = row_hashes(pd.DataFrame({"grade": [7, 8, 7]}), ["grade"])
        >>> hashes[0] == hashes[2], hashes[0] == hashes[1]
        (np.True_, np.False_)
    """
    hashes = np.zeros(len(frame), dtype=np.uint64)
    for name in columns:
        values, start = frame[name], 0
        words = _hashes_of_words(values)
        while start < len(values):
            part = slice(start, start + _PART)
            hashes[part] = _mixed(hashes[part] * _ODD + _hashed(values.iloc[part], words))
            start += _PART
    return hashes


def _hashes_of_words(values: "pd.Series[Any]") -> Hashes | None:
    """Hash each category once; the last entry stands for a missing one."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return None
    words = values.cat.categories.astype(object).to_numpy()
    return np.append(pd.util.hash_array(words, categorize=False), _MISSING)


def _hashed(values: "pd.Series[Any]", words: Hashes | None) -> Hashes:
    if words is not None:
        return words[values.cat.codes.to_numpy()]
    missing = values.isna().to_numpy()
    kind = values.dtype.kind if hasattr(values.dtype, "kind") else "O"
    if kind in "iufbM":
        plain = np.float64 if kind == "f" else np.int64
        if kind == "M":
            numbers = values.to_numpy().astype("datetime64[s]")
        else:
            numbers = values.to_numpy(dtype=plain, na_value=plain(0))
        hashes = _mixed(numbers.view(np.uint64) + _ODD)
    else:
        hashes = pd.util.hash_array(values.astype(object).fillna("").to_numpy())
    return np.where(missing, _MISSING, hashes)


def _mixed(hashes: Hashes) -> Hashes:
    """Spread a difference in one bit over all of them (the finaliser of splitmix64)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _shared(values: "pd.Series[Any]", hashes: Hashes) -> Hashes:
    """Give each row the sum of the hashes of all rows with the same value."""
    codes, words = pd.factorize(values)
    sums = np.zeros(len(words) + 1, dtype=np.uint64)
    np.add.at(sums, codes, _mixed(hashes))
    sums[-1] = _MISSING
    return _mixed(sums[codes])


@dataclass(frozen=True)
class Changes:
    """What a load changed, by table, file and school.

    Attributes:
        frame: One row per table, file and school with a change. ``former_count``: rows before;
            ``added_count``, ``changed_count``, ``removed_count``: rows.
        former: Rows before, by table and school.
    """

    frame: pd.DataFrame
    former: "pd.Series[int]"

    @cached_property
    def large(self) -> pd.DataFrame:
        """The tables, and schools within a table, whose change a person must acknowledge."""
        limits = _setting("large_change")
        by_school = self._by("table", "school")
        lost = by_school["changed_count"] + by_school["removed_count"]
        school_lost = by_school[_beyond(lost, by_school["former_count"], limits["school_lost"])]
        tables = self._by("table")
        lost = tables["changed_count"] + tables["removed_count"]
        is_large = _beyond(lost, tables["former_count"], limits["lost"])
        is_large |= _beyond(tables["added_count"], tables["former_count"], limits["grown"])
        told = tables[is_large].assign(school="")
        other = school_lost[~school_lost["table"].isin(told["table"])]
        return pd.concat([told, other], ignore_index=True)

    def _by(self, *dimensions: str) -> pd.DataFrame:
        changed = self.frame.groupby(list(dimensions), observed=True)[_COUNTS[1:]].sum()
        former = self.former.groupby(level=list(dimensions)).sum().reindex(changed.index)
        return changed.assign(former_count=former.fillna(0).astype("int64")).reset_index()

    def sentence(self, language: Language) -> str:
        """Say how many rows were added, changed and removed."""
        return say(
            "workspace.changes", language, **_said(self.frame[_COUNTS].sum().to_dict(), language)
        )

    def large_sentences(self, language: Language) -> Iterator[str]:
        """Say each large change with its figures."""
        for row in self.large.to_dict("records"):
            key = "workspace.large_change." + ("school" if row["school"] else "table")
            table = say(f"workspace.table.{row['table']}", language)
            yield say(key, language, table=table, school=row["school"], **_said(row, language))


def _said(counts: Mapping[Any, Any], language: Language) -> dict[str, str]:
    return {name.removesuffix("_count"): number(counts[name], language) for name in _COUNTS}


def _beyond(
    rows: "pd.Series[int]", former: "pd.Series[int]", limit: Mapping[str, Any]
) -> "pd.Series[bool]":
    return former.gt(0) & rows.ge(limit["rows"]) & rows.gt(former * limit["share"])


def compare(old: Dataset | None, new: Dataset, same: Iterable[str] = ()) -> Changes:
    """Find the rows that were added, changed and removed, by the keys of the catalogue.

    Args:
        old: The former tables; None where there were none.
        new: The tables that take their place.
        same: Tables known to say the same, which need no look.
    """
    skipped = set(same)
    found = [
        _changed(table, *(_Side(each, table, is_compared=old is not None) for each in (old, new)))
        for table in _setting("keys")
        if table in new.tables and table not in skipped
    ]
    rows = pd.concat([pd.DataFrame(columns=list(COLUMNS)), *found], ignore_index=True)
    rows = rows.astype(dict.fromkeys(_COUNTS, "int64"))
    former = rows.groupby(["table", "school"])["former_count"].sum()
    changed = rows[rows[_COUNTS[1:]].any(axis=1)]
    places = {
        name: place for place, name in enumerate(sorted(set(changed["school"]), key=sort_key))
    }
    order = changed.assign(school=changed["school"].map(places))
    order = order.sort_values(["table", "file", "school"])
    return Changes(changed.loc[order.index].reset_index(drop=True), former)


class _Side:
    """A table as it was or is: each row's hash of key and of the rest, and its place.

    A place is a pair of file and school; ``places`` names them, ``codes`` point to them.
    """

    def __init__(self, data: Dataset | None, table: str, *, is_compared: bool) -> None:
        frame = _read(data, table)
        file_codes, files = _file_of_rows(data, frame)
        school_codes, schools = _school_of_rows(data, frame)
        codes, used = pd.factorize(file_codes * np.int32(len(schools)) + school_codes)
        self.codes = codes.astype(np.int32)
        self.places = [(files[pair // len(schools)], schools[pair % len(schools)]) for pair in used]
        self.counts = np.bincount(self.codes, minlength=len(used))
        if is_compared:
            key = [name for name in _setting("keys")[table] if name in frame.columns]
            rest = [name for name in frame.columns if name not in {*key, *_setting("provenance")}]
            self.keys, self.rests = row_hashes(frame, key), row_hashes(frame, rest)


def _read(data: Dataset | None, table: str) -> pd.DataFrame:
    """Read a table for this alone: of a workspace nothing is kept in memory."""
    if data is None or table not in data.tables:
        return schema.conform(table, pd.DataFrame())
    tables = data.tables
    return tables.read(table) if isinstance(tables, StoredTables) else tables[table]


_Codes = tuple[npt.NDArray[np.int32], list[str]]


def _file_of_rows(data: Dataset | None, frame: pd.DataFrame) -> _Codes:
    if data is None or frame.empty or "input_id" not in frame.columns:
        return np.zeros(len(frame), dtype=np.int32), [""]
    return _named(frame["input_id"], _by_first(data.select("inputs", "input_id", "file")))


def _school_of_rows(data: Dataset | None, frame: pd.DataFrame) -> _Codes:
    """Give each row's school: its own, or that of its plan."""
    if data is None or frame.empty or not {"school_id", "plan_id"} & set(frame.columns):
        return np.zeros(len(frame), dtype=np.int32), [""]
    names = _by_first(data.select("schools", "school_id", "name"))
    if "school_id" in frame.columns:
        return _named(frame["school_id"], names)
    schools = _by_first(data.select("plans", "plan_id", "school_id"))
    return _named(frame["plan_id"], schools.map(names).fillna(schools))


def _by_first(frame: pd.DataFrame) -> "pd.Series[Any]":
    """Give the second column by the first."""
    frame = frame.drop_duplicates(frame.columns[0]).astype(object)
    return frame.set_index(frame.columns[0]).iloc[:, 0]


def _named(values: "pd.Series[Any]", names: "pd.Series[Any]") -> _Codes:
    """Give each value's name as a code; a value without a name keeps itself, missing is empty."""
    codes, found = pd.factorize(values)
    words = pd.Series(found, dtype=object)
    named = names.reindex(found).set_axis(words.index).fillna(words)
    name_codes, choices = pd.factorize(pd.concat([named, pd.Series([""])]))  # -1 takes the last
    return name_codes.astype(np.int32)[codes], [str(choice) for choice in choices]


def _changed(table: str, old: _Side, new: _Side) -> pd.DataFrame:
    """Count added, changed and removed rows by place; rows with the same key are a set."""
    places = pd.DataFrame([*old.places, *new.places], columns=["file", "school"])
    places["former_count"] = [*old.counts, *([0] * len(new.places))]
    if old.places:
        places = places.join(_differences(old, new))
    else:
        places["added_count"] = new.counts
    counted = places.reindex(columns=[*places.columns.union(_COUNTS)]).fillna(0).assign(table=table)
    return counted.groupby(["table", "file", "school"], as_index=False)[_COUNTS].sum()


def _differences(old: _Side, new: _Side) -> pd.DataFrame:
    """Compare two sides in parts, so that memory stays flat whatever their size."""
    parts = 1 + (len(old.keys) + len(new.keys)) // _COMPARED
    parts_of = [(side.keys % parts).astype(np.uint16) for side in (old, new)]
    found = []
    for part in range(parts):
        before, after = (np.flatnonzero(each == part) for each in parts_of)
        rows = {
            "key": np.concatenate([old.keys[before], new.keys[after]]),
            "rest": np.concatenate([old.rests[before], new.rests[after]]),
            "place": np.concatenate([old.codes[before], new.codes[after] + len(old.places)]),
        }
        found.append(_by_key(rows, len(before)))
    return pd.concat(found).groupby("place").sum()


def _by_key(rows: Mapping[str, npt.NDArray[Any]], before: int) -> pd.DataFrame:
    """Count by key what only one side has: both sides' surplus under one key is a change.

    A change is counted where the row stands now, a removal where it stood.
    """
    said = _mixed(rows["key"] * _ODD + rows["rest"])
    order = np.argsort(said, kind="stable")  # among rows that say the same, the old come first
    said = said[order]
    starts = np.flatnonzero(np.append(True, said[1:] != said[:-1])[: len(said)])
    surplus = np.add.reduceat(np.where(order < before, -1, 1), starts) if len(said) else starts
    ends = np.append(starts[1:], len(said)) - 1
    rows_left = order[np.where(surplus < 0, starts, ends)][surplus != 0]
    surplus = surplus[surplus != 0]
    left = pd.DataFrame({"key": rows["key"][rows_left], "place": rows["place"][rows_left]})
    left = left.assign(more=np.maximum(surplus, 0), fewer=np.maximum(-surplus, 0))
    keys = left.groupby("key").agg({"place": "max", "more": "sum", "fewer": "sum"})
    changed = keys[["more", "fewer"]].min(axis=1)
    return pd.DataFrame(
        {
            "place": keys["place"],
            "added_count": keys["more"] - changed,
            "changed_count": changed,
            "removed_count": keys["fewer"] - changed,
        }
    )


def _setting(name: str) -> Any:  # noqa: ANN401  (lists and mappings, as the catalogue has them)
    return catalogue.entries("workspace")[name]
