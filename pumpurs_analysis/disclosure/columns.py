"""From Results to Columns: what each number counts, what it is about, and what must stay possible.

Comes in: Results of records. Goes out: Columns for the linked system.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.disclosure.frames import BASIS, about, as_floats, numbers, parted
from pumpurs_analysis.disclosure.linking import Column
from pumpurs_analysis.disclosure.pairs import may_double, row_codes
from pumpurs_analysis.disclosure.primary import Floats, Rules, count_ranges, missing_uncertainty
from pumpurs_analysis.disclosure.system import Bools, Places
from pumpurs_analysis.measures.result import Result

_ROOM = 6  # hidden counts that would have to be larger at once


@dataclass(frozen=True)
class Source:
    """Where a Column comes from: which Result, which column, which rows."""

    result: int
    name: str
    rows: Places


def tells_of(result: Result, name: str) -> tuple[str, ...]:
    """Give the counts and sums of a row that a column tells of, so that it hides where they do.

    What ``catalogue/disclosure.yaml`` says of the measure; otherwise every one of the row.
    """
    counted = (*result.counts, *result.money)
    stated = _settings("tells_of", result).get(name, ())
    return tuple(each for each in counted if each in stated) or counted


def _rows(result: Result) -> dict[str, Places]:
    """Number the rows for each column of money and the columns that hide with it."""
    groups: list[set[str]] = []
    for name in result.money:
        group = {name, *tells_of(result, name)}
        apart = [each for each in groups if not each & group]
        groups = [*apart, group.union(*(each for each in groups if each & group))]
    # Columns hide together where they hold the very same array.
    numbered = [(group, np.arange(len(result.frame))) for group in groups]
    return {name: rows for group, rows in numbered for name in group}


def columns_of(results: Sequence[Result], rules: Rules) -> tuple[list[Column], list[Source]]:
    """Give every count and sum of several Results.

    Args:
        results: Of records, checked.
        rules: The rules of the release.
    """
    columns: list[Column] = []
    sources: list[Source] = []
    every = [(n, *part) for n, result in enumerate(results) for part in parted(result, results)]
    for number, result, at in every:
        told = about(result)
        row_of = _rows(result)
        for name in (*result.counts, *result.money):
            column = _column(result, name, told, rules=rules)
            for each, rows in _by_basis(replace(column, row=row_of.get(name))):
                columns.append(_called(each, result, name))
                sources.append(Source(number, name, at[rows]))
        for rest, name in _rests(result, told, rules):
            columns.append(rest)
            sources.append(Source(number, name, at))
    columns = _told_apart(columns, results, sources)
    again = _again(columns, sources, rules)
    columns = [*_with_wholes(columns, sources), *(column for column, _ in again)]
    return columns, [*sources, *(source for _, source in again)]


def _rests(result: Result, told: pd.DataFrame, rules: Rules) -> Iterator[tuple[Column, str]]:
    """Give what a sum has beside a part of it: it stands nowhere, yet whoever subtracts has it."""
    for part, (whole, rest) in _settings("rest_of", result).items():
        is_shown = part in result.money and whole in result.frame
        if is_shown and result.contributors is not None:
            frame = result.frame.assign(**{rest: result.frame[whole] - result.frame[part]})
            column = _column(replace(result, frame=frame, money=(rest,)), rest, told, rules=rules)
            is_hidden = np.ones(len(told), dtype=bool)
            more = replace(column, is_hidden=is_hidden, was_shown=True, is_implied=True)
            yield replace(more, quantity=whole, about=told.assign(part=rest)), rest


def _settings(name: str, result: Result) -> dict[str, Any]:
    found: dict[str, Any] = catalogue.entries("disclosure")[name].get(result.name, {})
    return found


def _again(
    columns: Sequence[Column], sources: Sequence[Source], rules: Rules
) -> list[tuple[Column, Source]]:
    """Take counts again beside what they are a part of elsewhere; of combinations by risk group."""
    settings, found = catalogue.entries("disclosure"), []
    there = {(each.quantity.partition(" [")[0], frozenset(each.about)) for each in columns}
    for (part, mine), (whole, its) in permutations(zip(columns, sources, strict=True), 2):
        name, other = (each.quantity.partition(" [")[0] for each in (part, whole))
        fine, wide = {*part.about}, {*whole.about}
        if other in settings["part_of_elsewhere"].get(name, ()) and wide <= fine:
            found += _elsewhere((part, mine), (whole, its), other, room=_ROOM * rules.threshold)
        if settings["of_combinations"].get(name) != other or "combination" not in fine:
            continue
        rest = fine - {"combination", "risk_group_count"} | {"risk_category"}
        if wide != rest and (not rest <= wide or (other, frozenset(rest)) in there):
            continue
        for risk in whole.about["risk_category"].unique():
            has = part.about["combination"].str.split("+").map({risk}.issubset)
            is_it = whole.about["risk_category"] == risk
            for each, source, which in ((part, mine, has), (whole, its, is_it)):
                told = each.about.drop(columns="risk_category", errors="ignore")
                named = replace(each, quantity=f"{other} of {risk}", about=told)
                at = np.flatnonzero(which)
                found += [_rows_of(each, source, at, 1), _rows_of(named, source, at, -1)]
    return [*found, *_with_none(columns, sources)]


def _with_none(
    columns: Sequence[Column], sources: Sequence[Source]
) -> Iterator[tuple[Column, Source]]:
    """Tie what has each risk group, and what has none, to all there are: together no fewer.

    Where all combinations are told, a place with 17 plans of which 14 have the first risk, and none
    the third or the fourth, has 3 with the second. Of the whole the combinations say it already.
    """
    parts_of = catalogue.entries("disclosure")["of_combinations"]
    by: dict[str, list[tuple[Column, Source]]] = {"combination": [], "risk_category": [], "": []}
    for column, source in zip(columns, sources, strict=True):
        if column.quantity in {*parts_of, *parts_of.values()}:
            by[next((name for name in by if name in column.about), "")].append((column, source))
    seen: set[tuple[object, ...]] = set()
    for (none, mine), (part, its), (whole, own) in product(*by.values()):
        name, place = none.quantity, frozenset(map(str, whole.about))
        rest = {*none.about} - {"combination", "risk_group_count"}
        is_tied = (name, parts_of.get(name)) == (whole.quantity, part.quantity)
        key = (name, place, len(whole.value))
        if not is_tied or not rest < place or {*part.about} != {*place, "risk_category"}:
            continue
        if key in seen:
            continue
        seen.add(key)
        has_none = none.about.index[none.about["combination"] == "none"].to_numpy()
        keys = pd.concat([each[sorted(rest)] for each in (none.about.loc[has_none], whole.about)])
        code = row_codes(keys)
        which, at = np.nonzero(code[: len(has_none), None] == code[None, len(has_none) :])
        beside = whole.about.iloc[at].reset_index(drop=True).assign(risk_category="none")
        for each, from_, rows, told in (
            (part, its, np.arange(len(part.value)), part.about),
            (none, mine, has_none[which], beside),
            (whole, own, np.arange(len(whole.value)), None),
        ):
            column, source = _rows_of(each, from_, rows, 1)
            alias = replace(column, quantity=f"{name} with any of {part.quantity}", wholes=(-1,))
            if told is not None:
                alias = replace(alias, unit=whole.unit, about=told, is_least=True)
            yield column, source
            yield alias, source


def _elsewhere(
    part: tuple[Column, Source], whole: tuple[Column, Source], name: str, *, room: int
) -> list[tuple[Column, Source]]:
    """Tie parts to what each is a part of; where the whole adds up, their sums to what it is.

    A sum that leaves this much room binds no hidden count, unless as many as ``_ROOM`` of them have
    to be larger at once: tied all the same, it would only keep the search from ways that are safe.
    """
    dims, fine, size = [*whole[0].about], [*part[0].about], len(whole[0].value)
    rows = pd.concat([each.about[dims] for each, _ in (whole, part)])
    whose = row_codes(rows)[size:]  # the whole's rows come first
    is_in = np.flatnonzero(whose < size)
    if len(dims) == len(fine) or may_double(whole[0].unit, {*fine} - {*dims}, {*dims}):
        return [_rows_of(*part, is_in, 1), _rows_of(*whole, whose[is_in])]
    parts = np.bincount(whose[is_in], np.nan_to_num(part[0].value[is_in]), size)
    is_tight = whole[0].value - parts < room
    is_in, every = is_in[is_tight[whose[is_in]]], np.flatnonzero(is_tight)
    named = f"{name} of {part[0].quantity} by {', '.join(sorted(fine))}"
    least = replace(part[0], quantity=named, unit=whole[0].unit, is_least=True)
    most = replace(whole[0], quantity=named)
    return [
        *(_rows_of(*part, is_in, 1), _rows_of(least, part[1], is_in, -1)),
        *(_rows_of(*whole, every, 1), _rows_of(most, whole[1], every, -1)),
    ]


def _rows_of(column: Column, source: Source, at: Places, *way: int) -> tuple[Column, Source]:
    taken = replace(_taken(column, at, column.about), wholes=way)
    return taken, replace(source, rows=source.rows[at])


def _with_wholes(columns: Sequence[Column], sources: Sequence[Source]) -> list[Column]:
    """Tell parts from what they are a part of, row by row."""
    settings = catalogue.entries("disclosure")
    at = {(each.result, each.name, each.rows.tobytes()): n for n, each in enumerate(sources)}
    found = []
    for number, (column, source) in enumerate(zip(columns, sources, strict=True)):
        names, rows = settings["part_of"].get(source.name, ()), source.rows.tobytes()
        there = [at.get((source.result, name, rows)) for name in names]
        wholes = tuple(each - number for each in there if each is not None)
        is_told = source.name in settings["complement_is_told"]
        found.append(replace(column, wholes=wholes, is_complement_told=is_told))
    return found


def _column(result: Result, name: str, told: pd.DataFrame, *, rules: Rules) -> Column:
    value = numbers(result, name)
    is_money = name in result.money
    low, high = (
        _money_ranges(result, name, rules) if is_money else count_ranges(value, rules.threshold)
    )
    if _settings("zeros_known_by", result).get(name) in told:  # such a zero hides nothing
        value = np.where(value == 0, np.nan, value)
    return Column(name, _unit(result, name), told, value, low, high, is_money=is_money)


def _unit(result: Result, name: str) -> str:
    if name in result.money:
        return "money"
    units = catalogue.entries("disclosure")["adds_up_over"]
    named = [unit for unit in units if unit in name.split("_")]  # planned_count counts no plans
    return named[-1] if named else result.unit if result.unit in units else "learner"


def _money_ranges(result: Result, name: str, rules: Rules) -> tuple[Floats, Floats]:
    """Money of few learners must be able to be nothing; dominated money lies within a range."""
    value = numbers(result, name)
    size = gross = np.abs(np.nan_to_num(value))
    spread = size * rules.money_range_percent / 100
    few = np.zeros(len(value), dtype=bool)
    times = np.ones(len(value))  # caps are public: money of few must look like that of enough
    for count in tells_of(result, name):
        if count in result.money:
            continue
        counted = numbers(result, count)
        is_few = ~np.isnan(count_ranges(counted, rules.threshold)[0])
        few |= is_few
        times[is_few] = np.maximum(times[is_few], rules.threshold / counted[is_few])
    asked = np.zeros(len(value))
    behind = result.contributors
    if behind is not None and f"{name}_count" in behind:
        parts = [f"{name}_{part}" for part in ("count", "first", "second", "size")]
        people, first, second, *whole = [
            np.abs(np.nan_to_num(as_floats(behind[part]))) for part in parts if part in behind
        ]
        # What was paid less what was given back can be little, of a learner with much of either.
        gross = np.maximum.reduce([size, first + second, *whole])
        is_few = (people >= 1) & (people < rules.threshold)
        few |= is_few
        times[is_few] = np.maximum(times[is_few], rules.threshold / people[is_few])
        asked = missing_uncertainty(gross, first, second, rules=rules)
    is_guarded = (few | (asked > 0)) & (gross > 0)
    near = value - np.maximum(spread, 1)
    low = np.where(few | (near < 0), np.where(value < 0, np.minimum(near, -size * times), 0), near)
    high = np.maximum(value + np.maximum(np.maximum(spread, asked), 1), size * times)
    return np.where(is_guarded, low, np.nan), np.where(is_guarded, high, np.nan)


def _by_basis(column: Column) -> list[tuple[Column, Places]]:
    """Counts on different bases (plan, learner, mention) or of other steps are different things."""
    split = [name for name in BASIS if name in column.about]
    if not split:
        return [(column, np.arange(len(column.value)))]
    parts = []
    for values, at in column.about.groupby(split, sort=False).indices.items():
        rows = np.asarray(at, dtype=np.int64)
        part = _taken(column, rows, column.about.drop(columns=split))
        named = [*map(str, values)] if isinstance(values, tuple) else [str(values)]
        quantity = f"{column.quantity} ({', '.join(named)})"
        parts.append((replace(part, quantity=quantity, unit=named[-1]), rows))
    return parts


def _called(column: Column, result: Result, name: str) -> Column:
    """Give a count the name it has wherever else it stands, and what it is about there."""
    settings = catalogue.entries("disclosure")
    if name in (parts := _settings("rest_of", result)):
        return replace(column, quantity=parts[name][0], about=column.about.assign(part=name))
    if name in (same := _settings("sum_of", result)):
        told = column.about.assign(**same[name]["about"])
        return replace(column, quantity=same[name]["quantity"], about=told)
    known = _settings("counts_as", result).get(column.quantity)
    if known is not None:
        quantity = known.format(unit=result.unit)
        column = replace(column, quantity=quantity, unit=_unit(result, quantity))
    if not {name, f"{result.name}.{name}"} & {*settings["said_again"]}:
        return column
    told = _shortened(column, {*settings["adds_up_over"]["plan"]})
    return replace(column, about=told, row=column.row if told is column.about else None)


def _taken(column: Column, rows: Places, told: pd.DataFrame) -> Column:
    return replace(
        column,
        about=told.iloc[rows].reset_index(drop=True),
        value=column.value[rows],
        low=column.low[rows],
        high=column.high[rows],
        row=None if column.row is None else column.row[rows],
    )


def _shortened(column: Column, of_plan: set[str]) -> pd.DataFrame:
    """Leave out the dimensions over which a repeated number does not change."""
    told = column.about
    for name in [name for name in told.columns if name not in of_plan]:
        fewer = told.drop(columns=name)
        keys = [fewer[each] for each in fewer] or [pd.Series("", index=fewer.index)]
        same = pd.Series(column.value).groupby(keys)
        if same.min().equals(same.max()):
            told = fewer
    return told


def _told_apart(
    columns: list[Column], results: Sequence[Result], sources: Sequence[Source]
) -> list[Column]:
    """Where one name has two numbers for one thing, what was asked for tells them apart."""
    clash: set[str] = set()
    groups: dict[tuple[str, tuple[str, ...]], list[Column]] = {}
    for column in columns:
        groups.setdefault((column.quantity, tuple(sorted(map(str, column.about)))), []).append(
            column
        )
    for (quantity, keys), members in groups.items():
        told = pd.concat([each.about.assign(value=each.value) for each in members])
        told = told.dropna(subset="value").drop_duplicates()
        if told.duplicated(list(keys)).any() if keys else len(told) > 1:
            clash.add(quantity)
    measures: dict[str, set[str]] = {}
    for column, source in zip(columns, sources, strict=True):
        measures.setdefault(column.quantity, set()).add(results[source.result].name)
    return [
        _with_what_was_asked(column, results[source.result], len(measures[column.quantity]) > 1)
        if column.quantity in clash
        else column
        for column, source in zip(columns, sources, strict=True)
    ]


def _with_what_was_asked(column: Column, result: Result, is_of_several: bool) -> Column:  # noqa: FBT001  (positional in one place only)
    """Add what was asked for to a quantity's name; or else the measure, and hold the two together.

    Two measures may count nearly the same under one name: what one counts and the other does not is
    then a number as well.
    """
    asked = "; ".join(f"{k} {code}" for k, code in sorted(result.choices.items()) if k != "by")
    if asked:
        return replace(column, quantity=f"{column.quantity} [{asked}]")
    if is_of_several:
        name = f"{column.quantity} [{result.name}]"
        return replace(column, quantity=name, now=column.quantity)
    return column


def is_small(result: Result, name: str, rules: Rules) -> Bools:
    """Say which numbers of a column the primary rules hide."""
    if name in result.money:
        low, _ = _money_ranges(result, name, rules)
    else:
        low, _ = count_ranges(numbers(result, name), rules.threshold)
    return ~np.isnan(low)


def last_shown(
    groups: Sequence[Places], sources: Sequence[Source], places: Sequence[Places]
) -> set[int]:
    """Of the Results that show cells of a group, give the last one; for several groups."""
    last = np.full(1 + max((int(each.max()) for each in groups), default=0), -1)
    for source, at in zip(sources, places, strict=False):
        there = at[(at >= 0) & (at < len(last))]
        last[there] = np.maximum(last[there], source.result)
    return {int(last[each].max()) for each in groups} - {-1}
