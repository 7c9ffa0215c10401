"""What every table looks like: its columns, their types and what one row is, from the catalogue."""

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue

Record = Mapping[Hashable, Any]
"""One row of a frame, by column."""


def is_missing(value: object) -> bool:
    """Say whether a cell is empty, whatever its type: None, NA, NaN or NaT.

    Example:
        >>> [is_missing(value) for value in (None, pd.NA, float("nan"), pd.NaT, 0, "")]
        [True, True, True, True, False, False]
    """
    return value is None or value is pd.NA or value != value  # noqa: PLR0124  (NaN differs from itself)


def columns(table: str) -> list[str]:
    """Give a table's columns in order.

    Raises:
        KeyError: No such table is declared.

    Example:
        >>> columns("sources")
        ['source_id', 'title', 'publisher', 'address', 'published_date']
    """
    return list(fields(table))


def fields(table: str) -> dict[str, Mapping[str, Any]]:
    """Give a table's columns with what the catalogue says of each: dtype, unit, codes, words.

    A column is usually called like its field; ``semester=semester_code`` in the catalogue is column
    ``semester`` with the meaning of field ``semester_code``.

    Raises:
        KeyError: No such table is declared.

    Example:
        >>> fields("plans")["semester"]["dtype"], fields("published_figures")["semester"]["dtype"]
        ('category', 'Int64')
    """
    declared = catalogue.entries("fields")
    pairs = (entry.partition("=") for entry in declared["tables"][table]["columns"])
    return {name: declared["fields"][field or name] for name, _, field in pairs}


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the declared columns, order and types of a table.

    Columns that the frame lacks are added as missing. Empty text is missing too: zero, missing,
    hidden and not applicable are four things, and an empty string is none of them.

    Raises:
        ValueError: The frame has a column that the table does not declare.

    Example:
        >>> conform("sources", pd.DataFrame({"source_id": ["P01"], "title": [""]})).isna().sum(
        ...     axis=1
        ... )
        0    4
        dtype: int64
    """
    wanted = fields(table)
    unknown = [name for name in frame.columns if name not in wanted]
    if unknown:
        raise ValueError(
            f"Table {table} declares no column {', '.join(unknown)}; it has {[*wanted]}"
        )
    return _with_types(table, frame) if len(frame) else _empty(table).copy()


@cache
def _empty(table: str) -> pd.DataFrame:  # most tables of most files have no rows
    return _with_types(table, pd.DataFrame())


def _with_types(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    typed = {
        name: _typed(frame.get(name), field["dtype"], frame.index)
        for name, field in fields(table).items()
    }
    return pd.DataFrame(typed, index=frame.index, copy=False).reset_index(drop=True)


def _typed(values: Any, dtype: Any, index: pd.Index) -> Any:  # noqa: ANN401  (a series of any declared type)
    if values is None:
        nothing = pd.CategoricalDtype(pd.Index([], dtype=object)) if dtype == "category" else dtype
        values = pd.Series(None, index=index, dtype=nothing)
    if str(values.dtype) == dtype:  # millions of rows need no second look
        return values
    values = values.astype(object).where(values.notna() & (values != ""), None)
    if dtype == "category":
        return values.astype("category")
    if dtype == "boolean":
        return values.map({"true": True, "false": False, True: True, False: False}).astype(
            "boolean"
        )
    if dtype.startswith("datetime"):
        return pd.to_datetime(values).astype(dtype)
    if dtype in {"Int64", "Float64"}:
        return pd.to_numeric(values).astype(dtype)
    return values.astype(dtype)


def code_names(allowed: str, language: str, codes: Iterable[str]) -> dict[str, str]:
    """Give the names of codes in one language; a code without an entry keeps itself.

    Example:
        >>> code_names("level", "en", ["national"])
        {'national': 'all of Latvia'}
    """
    names = catalogue.entries("codes").get(allowed, {})
    return {code: names[code]["name"][language] if code in names else code for code in codes}


def short_names(allowed: str, language: str) -> dict[str, str]:
    """Give the names of all codes for where there is little room.

    Example:
        >>> short_names("risk_category", "en")["learning"]
        'Learning and school'
    """
    names = catalogue.entries("codes")[allowed]
    return {code: entry.get("short", entry["name"])[language] for code, entry in names.items()}
