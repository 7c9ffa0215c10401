"""The part of a workspace that one municipality may open: its own rows, and nothing of others."""

from collections.abc import Mapping
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
        Rows of schools elsewhere or not known; of a file that holds such rows too, in whatever
        sheet, its checksum, what was set aside in it and its problems.

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
    known, is_own = tables["plans"]["plan_id"].dropna(), tables["plans"]["school_id"].isin(own)
    plans, others = set(known[is_own]), set(known[~is_own])
    if not plans:
        raise KeyError(municipality)
    kept = {"schools": schools}
    for name in tables:
        if name not in {"schools", *_ABOUT_FILES}:
            table = tables[name]
            kept[name] = table[_is_own(table, own, (plans, others), municipality=municipality)]
    kept |= _about_files(data, kept)
    made = MappingProxyType({name: _renamed(name, kept[name], key) for name in tables})
    return Dataset(made, evidence="records", is_made_up=data.is_made_up)


def _is_own(
    table: pd.DataFrame, schools: set[str], plans: tuple[set[str], set[str]], *, municipality: str
) -> "pd.Series[bool]":
    """Which rows are of these schools or plans; also paid by a school, for a plan nobody knows."""
    nothing = pd.Series(data=False, index=table.index)
    of_school = table["school_id"].isin(schools) if "school_id" in table else nothing
    if "plan_id" in table:
        of_plan, of_others = (table["plan_id"].isin(each) for each in plans)
        without_school = table["school_id"].isna() if "school_id" in table else ~nothing
        return (of_school & ~of_others) | (without_school & of_plan)
    if "municipality" in table and "school_id" not in table:
        names = table["municipality"].dropna().unique()
        return table["municipality"].isin(
            [name for name in names if municipality_on(str(name), _REFORM) == municipality]
        )
    return of_school


def _about_files(data: Dataset, kept: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Sheets with own rows; what was wrong in a file is told where it holds no row of others."""
    tables, rows = data.tables, [name for name in kept if "input_id" in kept[name]]
    inputs = tables["inputs"]

    def counted(here: Mapping[str, pd.DataFrame]) -> "pd.Series[int]":
        ids = pd.concat([here[name]["input_id"].astype("string") for name in rows])
        return inputs["input_id"].astype("string").map(ids.value_counts()).fillna(0).astype("Int64")

    own, every = counted(kept), counted(tables)
    is_mixed = inputs["file"].isin(set(inputs["file"][own.ne(every)]))
    inputs = inputs.assign(
        row_count=inputs["row_count"].mask(is_mixed, own),
        accepted_count=inputs["accepted_count"].mask(is_mixed, own),
        set_aside_count=inputs["set_aside_count"].mask(is_mixed, 0),
        not_data_count=inputs["not_data_count"].mask(is_mixed, 0),
        sha256=inputs["sha256"].mask(is_mixed),  # it would confirm a guess at the others' rows
    )[own.gt(0)]
    whole = inputs[~is_mixed[own.gt(0)]]
    apart, problems = tables["rows_apart"], tables["problems"]
    names = [*kept["schools"]["name"], pd.NA]
    is_told = problems["file"].isin(set(whole["file"])) & problems["school"].isin(names)
    return {
        "inputs": inputs,
        "rows_apart": apart[apart["input_id"].isin(set(whole["input_id"]))],
        "problems": problems[is_told],
    }


def _renamed(name: str, table: pd.DataFrame, key: bytes) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    for column, kind in _PEOPLE.items():
        if column in table:
            people = table[column].astype("string")
            known = {each: pseudonym(kind, each, key) for each in people.dropna().unique()}
            table[column] = people.map(known)
    return schema.conform(name, table)
