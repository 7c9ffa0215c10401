"""What the frame of a Result says: its numbers, what its rows are about, which rows are totals.

Comes in: Results of records. Goes out: numbers and words, and a refusal in a sentence of what can
be shown to nobody but the owner, or judged by nobody: rows on single learners, numbers without the
counts behind them, counts that count nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, measures
from pumpurs_analysis.disclosure.pairs import row_codes
from pumpurs_analysis.disclosure.places import MISSING
from pumpurs_analysis.disclosure.primary import Floats
from pumpurs_analysis.disclosure.published import NotReleasable
from pumpurs_analysis.disclosure.system import TOLERANCE, Bools, Places
from pumpurs_analysis.measures.result import Result, Worklist

_SINGLE = ("learner_id", "plan_id", "support_id", "specialist_id")
BASIS = ("step", "basis")
_SEVERAL = 2  # a number that is one other is no total of it, nor is one that is so once


def check(result: object) -> None:
    """Refuse what may never be released.

    Raises:
        NotReleasable: A worklist, rows on single learners, or numbers nobody can judge.
        TypeError: Not a Result at all.
    """
    if isinstance(result, Worklist):
        raise NotReleasable(
            f"{result.name} is a worklist: rows to act on, for who may open the records. "
            "It stands in the owner's view and is never released."
        )
    if not isinstance(result, Result):
        raise TypeError(f"protect takes Results of measures, not {type(result).__name__}")


def check_public(result: Result) -> None:
    """Refuse a Result of records that has no public form.

    Raises:
        NotReleasable: It has rows on single people, or numbers without counts.
    """
    _check_columns(result)
    single = [name for name in _SINGLE if name in result.frame.columns]
    if single:
        raise NotReleasable(
            f"{result.name} has a row for each {single[0].removesuffix('_id')}: that is the "
            'owner\'s own view (audience="owner"). Ask by school, municipality or semester.'
        )
    if not (result.counts or result.money) and hides_with_row(result):
        raise NotReleasable(
            f"{result.name} declares no counts, so nobody can judge how many learners stand behind "
            f"{', '.join(hides_with_row(result))}."
        )
    _check_numbers(result)
    keys = result.frame[list(dimensions_of(result))]
    if len(result.frame) > 1 and keys.duplicated().any():
        raise NotReleasable(
            f"Rows of {result.name} are not told apart by {', '.join(keys.columns) or 'anything'}: "
            "declare every dimension."
        )


def dimensions_of(result: Result) -> tuple[str, ...]:
    """Give the dimensions of a Result; without a declaration, every column that is no number."""
    if result.dimensions:
        return result.dimensions
    numbers = {*result.counts, *result.money, *result.derived}
    frame = result.frame
    return tuple(
        name
        for name in frame.columns
        if name not in numbers and not pd.api.types.is_any_real_numeric_dtype(frame[name].dtype)
    )


def hides_with_row(result: Result) -> tuple[str, ...]:
    """Give the columns that hide where a count of their row does: derived, or undeclared numbers.

    A number in words is one too.
    """
    known = [*result.counts, *result.money, *dimensions_of(result)]
    rest = result.frame.drop(columns=known, errors="ignore").select_dtypes(exclude="bool")
    words = [name for name in rest if rest[name].astype(str).str.contains(r"\d").any()]
    telling = {*result.derived, *rest.select_dtypes("number"), *words}
    return tuple(str(name) for name in rest if name in telling)


def _check_columns(result: Result) -> None:
    """Refuse a Result that names columns which its frame does not have, or has twice."""
    there = [*result.frame.columns]
    for name in (*result.dimensions, *result.counts, *result.money):
        if there.count(name) != 1:
            how = "several columns" if name in there else "no column"
            known = ", ".join(map(str, dict.fromkeys(there)))
            raise NotReleasable(f"{result.name} has {how} {name}; its columns are: {known}.")


def _check_numbers(result: Result) -> None:
    """Refuse counts that count nothing, and sums that are no numbers."""
    for name in (*result.counts, *result.money):
        try:
            value = numbers(result, name)
        except (ValueError, TypeError):
            value = np.where(_is_number(result.frame[name]), 0, np.inf)
        wrong, what = np.isinf(value), "is no number"
        if not wrong.any() and name in result.counts:
            wrong, what = (value < 0) | (value % 1 > 0), "is no count (0, 1, 2, ...)"
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            row = result.frame.iloc[at]
            of = ", ".join(f"{dim} {row[dim]}" for dim in dimensions_of(result)) or "all together"
            more = f", and {n} more" if (n := int(wrong.sum()) - 1) else ""
            raise NotReleasable(f"{result.name}: {name} of {of} {what}: {row[name]}{more}.")


def _is_number(values: "pd.Series[Any]") -> Bools:
    found = pd.to_numeric(values, errors="coerce").notna() | values.isna()
    return found.to_numpy(dtype=bool)


def numbers(result: Result, name: str) -> Floats:
    """Give a column as numbers; missing ones are NaN."""
    return as_floats(result.frame[name])


def as_floats(values: "pd.Series[Any]") -> Floats:
    """Give numbers; missing ones are NaN."""
    return np.asarray(values.astype("Float64").to_numpy(dtype=float, na_value=np.nan))


def about(result: Result) -> pd.DataFrame:
    """Say what each row is about, filters included, as text."""
    frame = result.frame
    told = {
        name: frame[name].astype("string").fillna(MISSING).astype(object)
        for name in dimensions_of(result)
    }
    known = {
        name for names in catalogue.entries("disclosure")["adds_up_over"].values() for name in names
    }
    for choice, code in result.choices.items():
        name = choice.removeprefix("only.")
        if name not in told and (name in known or choice != name) and code:
            told[name] = pd.Series(str(code), index=frame.index, dtype=object)
    return pd.DataFrame(told, index=frame.index).reset_index(drop=True)


def parted(result: Result, beside: Sequence[Result] = ()) -> Iterator[tuple[Result, Places]]:
    """Give totals that stand among the rows of a Result each with their own dimensions.

    A row that is a total of others is about fewer things than these: "Total", "Kopā", or whatever
    always comes to as much as all others of its dimension together. By their sums they are looked
    for where no table beside holds them, and not among several of our measures, which give none: of
    three towns the largest may come to the two others by chance.

    Args:
        result: Of records.
        beside: What is shown with it.

    Yields:
        A Result of some of the rows, without the dimensions over which they are totals, and where
        these rows stand.
    """
    dims = dimensions_of(result)
    told = about(result)[list(dims)]
    is_total = told.apply(_is_total_by_name)
    given = [{*dimensions_of(each)} for each in beside]
    is_ours = result.name in measures.__all__ and len(given) > 1
    for name in {*dims} - {*BASIS}:
        if is_ours or {*dims} - {name} in given:
            continue
        single = told[~is_total.any(axis=1)]
        is_total[name] |= told[name].isin(_totals_by_sum(result, single, name))
    pattern = row_codes(is_total)
    for code in range(int(pattern.max(initial=0)) + 1):
        rows = np.flatnonzero(pattern == code)
        over = [name for name in dims if is_total[name].iloc[rows].any()]
        part = result.where(pd.Series(pattern == code, index=result.frame.index))
        part = replace(part, dimensions=tuple(name for name in dims if name not in over))
        yield replace(part, frame=part.frame.drop(columns=over)) if over else part, rows


def _is_total_by_name(values: "pd.Series[str]") -> "pd.Series[bool]":
    words = catalogue.entries("disclosure")["totals"]
    plain = {each: " ".join(re.sub(r"[.:()]", " ", each).split()) for each in values}
    return values.map({each: word.casefold() in words for each, word in plain.items()}).astype(bool)


def _totals_by_sum(result: Result, told: pd.DataFrame, name: str) -> set[str]:
    """Give what always comes to all others with the same other dimensions together."""
    found: set[str] = set()
    others = [told[each] for each in told if each != name]
    if not others:
        return found
    group = pd.MultiIndex.from_arrays(others).factorize()[0]
    for each in (*result.counts, *result.money):
        value = np.nan_to_num(numbers(result, each)[told.index])
        whole, many = (np.bincount(group, weights)[group] for weights in (value, value > 0))
        is_half = (np.abs(2 * value - whole) < TOLERANCE) & (many > _SEVERAL)
        groups = len(np.unique(group[whole > 0]))
        times = told.loc[is_half, name].value_counts()
        found |= {*times.index[(times == groups) & (groups >= _SEVERAL)]}
    return found
