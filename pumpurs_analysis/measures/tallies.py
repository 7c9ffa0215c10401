"""Counting by codes: millions of rows by few dimensions, each group one small number.

Comes in: a frame with its dimensions, best as categories. Goes out: one row per group, in the order
of its codes, with counts, sums, and who stands behind a sum.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

_FEW_PLACES = 32_000_000  # counted outright, in as many bytes; beyond these keys are sorted
_LARGEST = 2**62  # that a key holds


def tally(
    frame: pd.DataFrame, by: tuple[str, ...], columns: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Count and add up by group: one row per group that occurs, in the order of its codes.

    Args:
        frame: Has the dimensions and what is counted.
        by: Dimensions; none gives one row.
        columns: Name of the new column = (column, way): ``size`` (rows), ``sum``, or ``nunique``
            (different values: a learner of two schools counts once in their municipality).

    Example:
        >>> rows = pd.DataFrame({"school": ["A", "B", "B"], "learner_id": ["L1", "L1", "L2"]})
        >>> tally(rows, ("school",), {"learner_count": ("learner_id", "nunique")}).values.tolist()
        [['A', 1], ['B', 2]]
        >>> int(tally(rows, (), {"learner_count": ("learner_id", "nunique")}).loc[0].item())
        2
    """
    keys, groups = _grouped(frame, by)
    count = max(len(groups), 1 - len(by))  # nothing at all is a count of zero, not of no rows
    for name, (column, way) in columns.items():
        groups[name] = _WAYS[way](keys, frame[column], count)
    return groups


def _grouped(frame: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Number the groups in the order of their codes; give each row's number and the groups."""
    keys, size, coded = np.zeros(len(frame), dtype=np.int64), 1, {}
    for name in by:
        codes, values = _codes(frame[name], is_sorted=True)
        codes = np.where(codes < 0, len(values), codes)  # what is missing stands last
        if size * (len(values) + 1) > _LARGEST:  # a key of all dimensions would not fit
            keys = np.unique(keys, return_inverse=True)[1]
            size = len(keys)
        keys, size = keys * (len(values) + 1) + codes, size * (len(values) + 1)
        coded[name] = codes, pd.Series(values, dtype="string")
    there, keys = _numbered(keys, size)
    one_row = np.zeros(len(there), dtype=np.int64)
    one_row[keys] = np.arange(len(keys))
    columns = {
        name: values.reindex(codes[one_row]).reset_index(drop=True)
        for name, (codes, values) in coded.items()
    }
    return keys, pd.DataFrame(columns, index=pd.RangeIndex(len(there) if by else 1))


def _codes(values: "pd.Series[Any]", *, is_sorted: bool = False) -> tuple[np.ndarray, pd.Index]:
    """Number the different values, -1 what is missing; categories are numbered already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(np.int64), values.cat.categories
    codes, known = pd.factorize(values, sort=is_sorted)
    return codes, pd.Index(known)


def _numbered(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the keys that occur, in order, and each row's place among them, below a known size."""
    if size > _FEW_PLACES // 8:
        there, places = np.unique(keys, return_inverse=True)
        return there, places
    there = np.flatnonzero(np.bincount(keys, minlength=1))
    place = np.zeros(size, dtype=np.int64)
    place[there] = np.arange(len(there))
    return there, place[keys]


def _sizes(keys: np.ndarray, _: "pd.Series[Any]", count: int) -> "pd.Series[Any]":
    return pd.Series(np.bincount(keys, minlength=count), dtype="Int64")


def _different(keys: np.ndarray, values: "pd.Series[Any]", count: int) -> "pd.Series[Any]":
    codes, known = _codes(values)
    width = len(known) + 1
    pairs = keys[codes >= 0] * width + codes[codes >= 0]
    if count * width <= _FEW_PLACES:
        is_there = np.zeros(count * width, dtype=bool)
        is_there[pairs] = True
        return pd.Series(is_there.reshape(count, width).sum(axis=1), dtype="Int64")
    pairs = pd.unique(pairs)
    return pd.Series(np.bincount(pairs // width, minlength=count), dtype="Int64")


def _sums(keys: np.ndarray, values: "pd.Series[Any]", count: int) -> "pd.Series[Any]":
    """Sums of whole numbers stay exact: a float holds whole cents far beyond any budget."""
    numbers = values.to_numpy(dtype=float, na_value=0.0)
    sums = np.bincount(keys, weights=numbers, minlength=count)
    is_whole = pd.api.types.is_integer_dtype(values.dtype)
    return pd.Series(np.rint(sums) if is_whole else sums.round(6)).astype(
        "Int64" if is_whole else "Float64"
    )


_WAYS = {"size": _sizes, "nunique": _different, "sum": _sums}


def contributors(frame: pd.DataFrame, by: tuple[str, ...], money: tuple[str, ...]) -> pd.DataFrame:
    """Say who stands behind each sum: how many learners, the two largest, all where some gave back.

    One row per: group, in the order of ``tally`` over the same frame.

    Args:
        frame: Has the dimensions, ``learner_id`` and the columns of cents or hours.
        by: Dimensions.
        money: Columns of cents or hours.

    Example:
        >>> rows = pd.DataFrame({"learner_id": ["A", "A", "B"], "paid_cents": [5, 2, 4]})
        >>> contributors(rows, (), ("paid_cents",)).loc[0].tolist()
        [2.0, 7.0, 4.0]
    """
    keys, groups = _grouped(frame, by)
    people, known = _codes(frame["learner_id"])
    people = np.where(people < 0, len(known), people)  # nobody known is somebody, once
    numbers, pairs = pd.factorize(keys * (len(known) + 1) + people)
    group = pairs // (len(known) + 1)
    columns = {}
    for name in money:
        sums = np.abs(net := _sums(numbers, frame[name], len(pairs)).to_numpy(float))
        order = np.lexsort((-sums, group))
        order = order[sums[order] != 0]
        starts = np.searchsorted(group[order], np.arange(len(groups)))
        counts = np.bincount(group[order], minlength=len(groups))
        ranked = np.append(sums[order], [0, 0])
        columns[f"{name}_count"] = counts
        columns[f"{name}_first"] = np.where(counts > 0, ranked[starts], 0)
        columns[f"{name}_second"] = np.where(counts > 1, ranked[starts + 1], 0)
        if (net < 0).any():  # without signs: who gave back dominates as who was paid does
            columns[f"{name}_size"] = np.bincount(group, np.nan_to_num(sums), len(groups))
    return pd.DataFrame(columns, index=groups.index).astype("Float64")


def positions(keys: "pd.Series[Any]", index: pd.Index) -> np.ndarray:
    """Say at which position of an index each key stands; -1 where it does not.

    Each category is looked up once, so that millions of rows take no time.

    Example:
        >>> positions(pd.Series(["b", None, "x"], dtype="category"), pd.Index(["a", "b"])).tolist()
        [1, -1, -1]
    """
    coded = keys.astype("category")
    at = np.append(index.get_indexer(coded.cat.categories.astype("string")), -1)
    there: np.ndarray = at[coded.cat.codes]
    return there
