"""Numbers that stand in no table though several tables have them in common.

Comes in: everything shown. Goes out: the same, and Columns that nobody sees. Towns by grade and
towns by year have the same number for a town. Towns by grade, grades by year and towns by year form
a ring: their numbers by town, grade and year stand nowhere, yet whoever has all three can reckon
with them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from pumpurs_analysis import catalogue
from pumpurs_analysis.disclosure.pairs import CannotLink, may_double, rises_of
from pumpurs_analysis.disclosure.places import Belonging, path
from pumpurs_analysis.disclosure.solver import Limits, Program

if TYPE_CHECKING:
    from pumpurs_analysis.disclosure.linking import Column

_Key = tuple[str, ...]
_Sums = dict[_Key, float]
_RING = 3  # two tables are tied by the sums that both have


def with_unseen(columns: Sequence["Column"]) -> list["Column"]:
    """Add what tables have in common though nobody shows it: by it one tells of the other.

    Where people may stand in several rows of both tables, all that is known of the whole is that it
    is no less than any of them.
    """
    groups: dict[str, dict[_Key, list[Column]]] = {}
    for column in columns:
        dims = tuple(sorted(map(str, column.about)))
        groups.setdefault(column.quantity, {}).setdefault(dims, []).append(column)
    belonging = Belonging(column.about for column in columns)
    found = [
        each for tables in groups.values() for each in _Quantity(tables, belonging).unseen_columns()
    ]
    return [*columns, *found]


class _Quantity:
    """Everything shown of one quantity, and what is added to it."""

    def __init__(self, shown: Mapping[_Key, Sequence["Column"]], belonging: Belonging) -> None:
        self.belonging = belonging
        self.like = next(iter(shown.values()))[0]
        self.tables = {dims: _Cells(self, dims, columns) for dims, columns in shown.items()}
        self._found: list[Column] = []

    def unseen_columns(self) -> list["Column"]:
        """Give the sums that two tables share, and the cells of rings."""
        for first, second in combinations([*self.tables.values()], 2):
            one, two = first.dims, second.dims
            if rises_of(one, two) is None and rises_of(two, one) is None and set(one) != set(two):
                shared = _finest(_with_wider(one) & _with_wider(two))
                sums = [each for table in (first, second) if (each := table.sums(shared))]
                sums = sums or [first.least(shared), second.least(shared)]
                keys = [key for key in sums[0] if all(key in each for each in sums)]
                self._add(shared, {key: max(each[key] for each in sums) for key in keys})
        if ring := self._ring():
            self._add(*self._joint(ring), is_any=True)
        return self._found

    def _add(self, dims: _Key, sums: _Sums, *, is_any: bool = False) -> None:
        """Take in numbers that are not there yet."""
        there = self.tables.setdefault(dims, _Cells(self, dims)).cells
        more = {key: value for key, value in sums.items() if key not in there}
        there.update(more)
        if more:
            self._found.append(replace(_column(self.like, dims, more), is_any=is_any))

    def adds_up(self, dims: Collection[str], shared: Collection[str]) -> bool:
        """Say whether rows give sums; not where people may stand in several of them."""
        lost = set(dims) - set(shared)
        return not may_double(self.like.unit, lost, set(shared))

    def _ring(self) -> dict[_Key, _Key]:
        """Give tables that are tied all at once only, and what of each ties it."""
        left = {dims: _with_wider(dims) for dims in self.tables}
        while ring := _reduced(left):
            every = set[str]().union(*ring.values())
            fits = {dims for dims, tied in ring.items() if self.adds_up(every | {*dims}, tied)}
            if fits == set(ring):
                return {dims: _finest(tied) for dims, tied in ring.items()}
            left = {dims: tied for dims, tied in left.items() if dims in fits or dims not in ring}
        return {}

    def _joint(self, ring: Mapping[_Key, _Key]) -> tuple[_Key, _Sums]:
        """Give numbers of all dimensions of a ring at once that have the sums shown.

        The true ones are not known here, and for outsiders it does not matter which they are: from
        those taken every other table that fits can be reached. Rows left out leave none that fit.
        """
        for dims, tied in ring.items():
            self._add(tied, self.tables[dims].sums(tied))
        dims = _finest(set().union(*ring.values()))
        sides = [(tied, self.tables[tied].cells) for tied in dict.fromkeys(ring.values())]
        cells = self._joined(sides, dims)
        if cells.empty:
            return dims, {}
        columns, rows, wanted = [], [], list[float]()
        for tied, sums in sides:
            place = {key: number for number, key in enumerate(sums, len(wanted))}
            rows += [place[key] for key in cells[list(tied)].itertuples(index=False, name=None)]
            columns += [*range(len(cells))]
            wanted += sums.values()
        matrix = csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(wanted), len(cells)))
        amount = np.array(wanted)
        least = np.full(len(cells), -np.inf if (amount < 0).any() else 0.0)
        limits = Limits(least, np.full(len(cells), np.inf)), Limits(amount, amount)
        found = Program(matrix, *limits).least()
        if found is not None and not self.like.is_money:
            found = Program(matrix, *limits, is_whole=True).least()
            if found is None:
                raise CannotLink(f"{self.like.quantity} by {', '.join(dims)} cannot be told apart")
            found = np.round(found)
        keys = cells[list(dims)].itertuples(index=False, name=None)
        return dims, {} if found is None else dict(zip(keys, found.tolist(), strict=True))

    def _joined(self, sides: Sequence[tuple[_Key, _Sums]], dims: _Key) -> pd.DataFrame:
        """Give every combination of which each part stands in its table."""
        every = {*dims, *(name for tied, _ in sides for name in tied)}
        joined = pd.DataFrame(index=[0])
        for tied, sums in sides:
            rows = pd.DataFrame([*sums], columns=list(tied))
            for name in sorted(every - {*tied}):
                source = next((each for each in tied if path(each, name)), None)
                if source:
                    rows[name] = rows[source].map(self.wider(rows[source], source, name))
            both = [name for name in rows if name in joined]
            joined = joined.merge(rows, on=both) if both else joined.merge(rows, how="cross")
        return joined[joined.notna().all(axis=1)]

    def wider(self, values: Iterable[str], narrow: str, wide: str) -> dict[str, str | None]:
        """Say what values belong to; nothing where that is not one."""
        found = {each: self.belonging.wider(each, narrow, wide) for each in {*values}}
        return {each: of[0] if len(of) == 1 else None for each, of in found.items()}


class _Cells:
    """The numbers of one quantity about the same dimensions."""

    def __init__(self, of: _Quantity, dims: _Key, shown: Sequence["Column"] = ()) -> None:
        self.of, self.dims = of, dims
        self.cells: _Sums = {}
        for each in shown:
            there = ~np.isnan(each.value)
            rows = each.about.loc[there, list(dims)]
            keys = rows.itertuples(index=False, name=None) if dims else [()] * len(rows)
            self.cells.update(zip(keys, each.value[there].tolist(), strict=True))
        self._sums: dict[_Key, _Sums] = {}

    def sums(self, shared: _Key) -> _Sums:
        """Add up to some dimensions; nothing where the rows give no such sums."""
        if shared not in self._sums:
            found = self._sums[shared] = _Sums()
            if self.of.adds_up(self.dims, shared):
                for key, value in zip(self._wider(shared), self.cells.values(), strict=False):
                    found[key] = found.get(key, 0) + value
        return self._sums[shared]

    def least(self, shared: _Key) -> _Sums:
        """Say what each whole is at least: as many as stand in rows that hold nobody twice."""
        twice = may_double(self.of.like.unit, {*self.dims} - {*shared}, {*shared})
        places = [self.dims.index(name) for name in self.dims if name in twice]
        parts: dict[tuple[_Key, _Key], float] = {}
        for whole, (key, value) in zip(self._wider(shared), self.cells.items(), strict=False):
            part = whole, tuple(key[place] for place in places)
            parts[part] = parts.get(part, 0) + value
        found = _Sums()
        for (whole, _), value in parts.items():
            found[whole] = max(found.get(whole, 0), value)
        return found

    def _wider(self, shared: _Key) -> Iterable[_Key]:
        """Say what each number belongs to; nothing where one of them belongs to several."""
        rises = rises_of(self.dims, shared) or {name: name for name in shared}
        columns = []
        for name, source in rises.items():
            values = [key[self.dims.index(source)] for key in self.cells]
            if name != source:
                wider = self.of.wider(values, source, name)
                if None in wider.values():
                    return ()
                values = [wider[value] or "" for value in values]
            columns.append(values)
        return zip(*columns, strict=True) if columns else [()] * len(self.cells)


def _reduced(tables: Mapping[_Key, set[str]]) -> dict[_Key, set[str]]:
    """Leave the tables that form rings (Graham's reduction), each with what it shares with others.

    A dimension of one table alone ties it to nothing; a table within another adds nothing.
    """
    left = {key: set(dims) for key, dims in tables.items()}
    while True:
        seen = Counter(name for dims in left.values() for name in dims)
        fewer = {key: {name for name in dims if seen[name] > 1} for key, dims in left.items()}
        within = [one for one, other in combinations(fewer, 2) if fewer[one] <= fewer[other]] or [
            other for one, other in combinations(fewer, 2) if fewer[other] <= fewer[one]
        ]
        if within:
            del fewer[within[0]]
        elif fewer == left:
            return left if len(left) >= _RING else {}
        left = fewer


@cache
def _with_wider(dims: _Key) -> set[str]:
    """Give some dimensions and all that they belong to."""
    steps = catalogue.entries("disclosure")["belongs_to"]
    known = {*dims, *(each for wider in steps.values() for each in wider)}
    return {each for each in known if any(path(dim, each) for dim in dims)}


def _finest(dims: Collection[str]) -> _Key:
    """Leave out dimensions that others belong to."""
    return tuple(
        sorted(each for each in dims if not any(path(dim, each) for dim in dims if dim != each))
    )


def _column(like: "Column", dims: _Key, sums: _Sums) -> "Column":
    """Give numbers as a Column that nobody sees."""
    free = np.full(len(sums), np.nan)
    return replace(
        like, value=np.array([*sums.values()], dtype=float), low=free, high=free, row=None,
        about=pd.DataFrame([*sums], columns=list(dims), index=range(len(sums)), dtype=object),
        is_hidden=np.ones(len(sums), dtype=bool), was_shown=True, is_implied=True,
        wholes=(), is_complement_told=False,
    )  # fmt: skip
