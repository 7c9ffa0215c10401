"""The part of a workspace that one municipality may open: its own rows, and nothing of others."""

from datetime import date
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.municipalities import municipality_on
from pumpurs_analysis.pseudonyms import pseudonym

_REFORM = date(2021, 7, 1)
_PEOPLE = {"learner_id": "learner", "specialist_id": "specialist"}
_ABOUT_FILES = ("inputs", "rows_apart", "problems")


def extract(data: Dataset, municipality: str, *, key: bytes) -> Dataset:
    """Keep of records those of one municipality, for its coordinator.

    A row belongs to the municipality of its school, as municipalities are since the reform of 2021.
    Pseudonyms are made anew: two extracts laid side by side tell nobody apart or together.

    One row per: as each table of the workspace.

    Leaves out:
        Rows of schools elsewhere or not known; of a file that holds rows of others too, what was
        set aside in it and its problems.

    Args:
        data: Records of several municipalities.
        municipality: Its name after the reform, such as ``Tukuma novads``.
        key: Of the new workspace; see ``pseudonyms.key_for``.

    Raises:
        KeyError: No school of it has a plan here.
    """
    tables = data.tables
    schools = tables["schools"]
    schools = schools[schools["municipality_today"].eq(municipality).fillna(value=False)]
    own = set(schools["school_id"])
    plans = tables["plans"][tables["plans"]["school_id"].isin(own)]
    if plans.empty:
        raise KeyError(municipality)
    kept = {"schools": schools}
    for name in tables:
        if name not in {"schools", *_ABOUT_FILES}:
            table = tables[name]
            is_own = _is_own(table, own, set(plans["plan_id"]), municipality=municipality)
            kept[name] = table[is_own]
    kept |= _about_files(data, kept)
    return Dataset(
        MappingProxyType({name: _renamed(name, kept[name], key) for name in tables}),
        evidence="records",
        is_made_up=data.is_made_up,
    )


def _is_own(
    table: pd.DataFrame, schools: set[str], plans: set[str], *, municipality: str
) -> "pd.Series[bool]":
    """Which rows are of these schools or plans; of a table that names neither, none."""
    nothing = pd.Series(data=False, index=table.index)
    of_school = table["school_id"].isin(schools) if "school_id" in table else nothing
    if "plan_id" in table:
        of_plan = table["plan_id"].isin(plans)
        without_school = table["school_id"].isna() if "school_id" in table else ~nothing
        return (of_school & (of_plan | table["plan_id"].isna())) | (without_school & of_plan)
    if "municipality" in table and "school_id" not in table:
        names = table["municipality"].dropna().unique()
        return table["municipality"].isin(
            [name for name in names if municipality_on(str(name), _REFORM) == municipality]
        )
    return of_school


def _about_files(data: Dataset, kept: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    rows = {name: frame for name, frame in kept.items() if "input_id" in frame}
    here = pd.concat([frame["input_id"].astype("string") for frame in rows.values()])
    all_rows = pd.concat([data.tables[name]["input_id"].astype("string") for name in rows])
    counts, of = here.value_counts(), all_rows.value_counts()
    shared = set(counts.index[counts.ne(of.reindex(counts.index))])
    inputs = data.tables["inputs"]
    inputs = inputs[inputs["input_id"].isin(counts.index)].copy()
    is_shared = inputs["input_id"].isin(shared)
    for column in ("row_count", "accepted_count"):
        own = inputs["input_id"].astype("string").map(counts).astype("Int64")
        inputs[column] = inputs[column].mask(is_shared, own)
    for column in ("set_aside_count", "not_data_count"):
        inputs[column] = inputs[column].mask(is_shared, 0)
    whole = set(inputs["file"][~is_shared]) - set(inputs["file"][is_shared])
    apart, problems = data.tables["rows_apart"], data.tables["problems"]
    mine = set(inputs["input_id"][inputs["file"].isin(whole)])
    return {
        "inputs": inputs,
        "rows_apart": apart[apart["input_id"].isin(mine)],
        "problems": problems[problems["file"].isin(whole)],
    }


def _renamed(name: str, table: pd.DataFrame, key: bytes) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    for column, kind in _PEOPLE.items():
        if column in table:
            people = table[column].astype("string")
            known = {each: pseudonym(kind, each, key) for each in people.dropna().unique()}
            table[column] = people.map(known)
    return schema.conform(name, table)
