"""What a reader of finished tables can add and subtract, written down without the search.

Comes in: Columns, with what is hidden marked. Goes out: cells, and relations between them, one for
every pair of tables of which one holds sums of the other. Nothing is left out as following from
something else, and what rows leave out of a total is the difference itself. ``linking`` builds the
same for the search in another way; where the two disagree, the audit refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from pumpurs_analysis.disclosure.linking import Column
from pumpurs_analysis.disclosure.pairs import may_double
from pumpurs_analysis.disclosure.places import MISSING, Belonging, path
from pumpurs_analysis.disclosure.system import TOLERANCE, Bools, Floats, Places, with_wholes

_UNKNOWN = -1


@dataclass(frozen=True)
class _Sheet:
    """The cells of one quantity about the same dimensions, wherever they stand."""

    quantity: str
    unit: str
    dims: tuple[str, ...]
    about: pd.DataFrame
    cells: Places
    is_money: bool
    now: str
    is_implied: bool
    is_least: bool


@dataclass
class _Sums:
    """Relations while they are collected: numbered entries, and what each may come to."""

    value: Floats
    belonging: Belonging
    is_total: Bools
    is_counted: Bools
    entries: list[tuple[Places, Places, Floats]] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    guard: list[NDArray[np.str_]] = field(default_factory=list)
    about: list[Places] = field(default_factory=list)
    same: list[tuple[Places, Places]] = field(default_factory=list)  # then and now
    size: int = 0

    def add(
        self,
        entries: Sequence[tuple[Places, Places, float]],
        limits: tuple[float, float],
        *,
        about: Places,
        guard: str = "",
    ) -> None:
        """Take in relations: row, cell and sign of their entries; a cell each of them is about."""
        for row, cells, sign in entries:
            self.entries.append((row + self.size, cells, np.full(len(row), sign)))
        count = len(about)
        self.low.append(np.full(count, limits[0]))
        self.high.append(np.full(count, limits[1]))
        self.guard.append(np.full(count, guard, dtype="<U6"))
        self.about.append(about)
        self.size += count

    def difference(
        self, less: Places, more: Places, limits: tuple[float, float], *, guard: str = ""
    ) -> None:
        """Take in differences of two cells each."""
        rows = np.arange(len(less))
        self.add([(rows, more, 1.0), (rows, less, -1.0)], limits, about=more, guard=guard)

    def tie(self, fine: _Sheet, wide: _Sheet) -> None:
        """Tie a sheet to one that may hold sums of it."""
        keys = _keys(fine, wide, self.belonging)
        if keys is None or not np.isin(keys[1], keys[0]).any():
            return
        names, upper = np.unique(keys[0], return_inverse=True)
        is_part = np.isin(keys[1], names)
        lower, cells = np.searchsorted(names, keys[1][is_part]), fine.cells[is_part]
        about = np.zeros(len(names), dtype=np.int64)
        about[upper] = wide.cells
        whole = np.bincount(upper, self.value[wide.cells], minlength=len(names))
        rest = whole - np.bincount(lower, self.value[cells], minlength=len(names))
        entries = [(upper, wide.cells, 1.0), (lower, cells, -1.0)]
        changed = set(fine.dims) - set(wide.dims)
        doubled = may_double(fine.unit, changed, set(wide.dims))
        is_exact = bool((np.abs(rest) <= TOLERANCE).all())
        if is_exact or (not doubled and (rest >= -TOLERANCE).all()):
            self.is_total[wide.cells] = True
            self.is_counted[wide.cells] |= not fine.is_implied
            limits = (0, 0 if is_exact else np.inf)
            guard = "" if is_exact or fine.is_least else "rest"
            self.add(entries, limits, about=about, guard=guard)
            return
        apart = fine.about.loc[is_part, sorted(doubled)].agg("\x1f".join, axis=1)
        self.each_part(entries, apart, about)
        if (rest <= TOLERANCE).all():
            self.add(entries, (-np.inf, 0), about=about)

    def each_part(
        self, entries: list[tuple[Places, Places, float]], apart: "pd.Series[str]", about: Places
    ) -> None:
        """People may stand in several rows: each part alone is at most the whole."""
        (upper, wholes, _), (lower, cells, _) = entries
        part, distinct = pd.factorize(pd.MultiIndex.from_arrays([lower, apart]))
        key = np.asarray(distinct.get_level_values(0), dtype=np.int64)
        mine, other = np.nonzero(key[:, None] == upper[None, :])
        held = np.bincount(part, self.value[cells], minlength=len(key))
        whole = np.bincount(mine, self.value[wholes[other]], minlength=len(key))
        if (held <= whole + TOLERANCE).all():
            parts = [(mine, wholes[other], 1.0), (part, cells, -1.0)]
            self.add(parts, (0, np.inf), about=about[key])

    def tie_same(self, one: _Sheet, other: _Sheet) -> None:
        """A number then and the same now, or as two measures have it."""
        base = one.now
        is_later = other.quantity == base or (other.now == base and other.quantity > one.quantity)
        if not (base and is_later):
            return
        keys = [
            pd.Index(each.about.agg("\x1f".join, axis=1)) if each.dims else pd.Index([""])
            for each in (one, other)
        ]
        found = keys[1].get_indexer(keys[0])
        mine, yours = one.cells[found >= 0], other.cells[found[found >= 0]]
        change = self.value[yours] - self.value[mine]
        self.same.append((mine[np.abs(change) <= TOLERANCE], yours[np.abs(change) <= TOLERANCE]))
        same, more, less = np.abs(change) <= TOLERANCE, change > TOLERANCE, change < -TOLERANCE
        self.difference(mine[same], yours[same], (0, 0))
        self.difference(mine[more], yours[more], (-np.inf, np.inf), guard="change")
        self.difference(yours[less], mine[less], (-np.inf, np.inf), guard="change")

    def tie_parts(self, column: Column, part: Places, wholes: Sequence[Places]) -> None:
        """A numerator is at most its denominator."""
        guard = "beside" if column.is_complement_told else ""
        for whole in wholes:
            fits = (part >= 0) & (whole >= 0) & (part != whole)
            fits[fits] = self.value[whole[fits]] >= self.value[part[fits]] - TOLERANCE
            if fits.any():
                self.difference(part[fits], whole[fits], (0, np.inf), guard=guard)


@dataclass(frozen=True)
class Relations:
    """Cells of finished tables and what ties them together.

    Attributes:
        places: For each Column the cell of each of its numbers; -1 for missing ones.
        value: A full set of numbers that fits what is shown (the true one).
        lower: What everybody knows each to be at least: 0, unless a table shows refunds.
        is_shown: Cells that stand somewhere for all to read.
        is_money: Cents rather than people.
        is_total: Cells that are the sum of others.
        is_counted: Those of which one of the others stands in a table.
        matrix: One row per relation, one column per cell.
        low: Least value of each relation.
        high: Greatest value.
        guard: What a relation tells that is guarded when small: the rest that rows leave out of a
            total, a change, those beside a part; empty for nothing.
        about: A cell that the relation is about.
        owners: One row per cell, one column per insider.
        knows: One row per relation, one column per insider: who knows what it tells.
        names: What each cell counts and what it is about.
    """

    places: list[Places]
    value: Floats
    lower: Floats
    is_shown: Bools
    is_money: Bools
    is_total: Bools
    is_counted: Bools
    matrix: csr_array
    low: Floats
    high: Floats
    guard: NDArray[np.str_]
    about: Places
    owners: Bools
    knows: Bools
    names: list[str]


def relations_of(columns: Sequence[Column], insiders: str) -> Relations:
    """Write down what can be added and subtracted in Columns.

    Args:
        columns: With ``is_hidden`` as the finished tables have it.
        insiders: The dimension whose values each know their own.
    """
    sheets, places, value = _sheets(columns)
    belonging = Belonging(column.about for column in columns)
    sums = _Sums(value, belonging, *np.zeros((2, len(value)), dtype=bool))
    for fine, wide in permutations(sheets, 2):
        if fine.quantity == wide.quantity and set(fine.dims) != set(wide.dims):
            sums.tie(fine, wide)
        if fine.dims == wide.dims:
            sums.tie_same(fine, wide)
    for number, column in enumerate(columns):
        sums.tie_parts(column, places[number], [places[number + way] for way in column.wholes])
    is_shown = np.zeros(len(value), dtype=bool)
    for column, at in zip(columns, places, strict=True):
        hidden = np.zeros(len(at), bool) if column.is_hidden is None else column.is_hidden
        is_shown[at[(at >= 0) & ~hidden]] = True
    is_money, lower = np.zeros(len(value), dtype=bool), np.zeros(len(value))
    for sheet in sheets:
        is_money[sheet.cells] = sheet.is_money
        lower[sheet.cells] = -np.inf if (value[sheet.cells] < 0).any() else 0
    low, high = (np.concatenate([*parts, np.zeros(0)]) for parts in (sums.low, sums.high))
    matrix = _matrix(sums, len(value))
    equal = coo_array(matrix[np.flatnonzero(low == high)])
    ties = (-matrix[np.flatnonzero((low == 0) & np.isinf(high))], equal, -equal)
    is_total = with_wholes(sums.is_total, vstack(ties, format="csr"))
    read = _read(columns, places, sums)
    alone = _and_their_sums(_owners(sheets, insiders, sums), equal, np.zeros_like(read))
    owners = _and_their_sums(alone.copy(), equal, read)
    guard = np.concatenate([*sums.guard, np.zeros(0, "<U6")])
    about = np.concatenate([*sums.about, np.zeros(0, np.int64)])
    still = read.copy()  # a total changes by what one's own do, where all others stand still
    for both in sums.same:
        still[np.concatenate(both)] = True
    own = _and_their_sums(alone.copy(), equal, still) | read[:, None]
    known = (matrix != 0).astype(float) @ (~own).astype(float) == 0
    knows = np.where((guard == "change")[:, None], known, alone[about])
    return Relations(
        places, value, lower, is_shown, is_money, is_total, sums.is_counted, matrix, low, high,
        guard, about, owners, knows, _names(sheets),
    )  # fmt: skip


def _sheets(columns: Sequence[Column]) -> tuple[list[_Sheet], list[Places], Floats]:
    """Give the same number to the same cell wherever it stands."""
    sheets: list[_Sheet] = []
    places = [np.full(len(column.value), -1) for column in columns]
    values: list[Floats] = [np.zeros(0)]
    size = 0
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for number, column in enumerate(columns):
        dims = tuple(sorted(map(str, column.about)))
        groups.setdefault((column.quantity, dims), []).append(number)
    for (quantity, dims), members in groups.items():
        there = [~np.isnan(columns[number].value) for number in members]
        about = pd.concat(
            [columns[n].about.loc[has, list(dims)] for n, has in zip(members, there, strict=True)],
            ignore_index=True,
        )
        value = np.concatenate(
            [columns[n].value[has] for n, has in zip(members, there, strict=True)]
        )
        has_keys = bool(dims) and len(about) > 0  # nothing of it may be known at all
        keys = about.agg("\x1f".join, axis=1) if has_keys else pd.Series("", index=about.index)
        code, distinct = pd.factorize(keys)
        first = np.unique(code, return_index=True)[1]
        start = 0
        for number, has in zip(members, there, strict=True):
            stop = start + int(has.sum())
            places[number][has] = code[start:stop] + size
            start = stop
        one = columns[members[0]]
        sheets.append(
            _Sheet(quantity, one.unit, dims, about.iloc[first].reset_index(drop=True),
                   np.arange(size, size + len(distinct)), one.is_money, one.now,
                   all(columns[number].is_implied for number in members), one.is_least)
        )  # fmt: skip
        values.append(value[first])
        size += len(distinct)
    return sheets, places, np.concatenate(values)


def _keys(fine: _Sheet, wide: _Sheet, belonging: Belonging) -> tuple[Places, Places] | None:
    """Number the sums that the rows of two sheets belong to; None where one gives no sums."""
    upper, lower = [np.zeros(len(wide.cells), int)], [np.zeros(len(fine.cells), int)]
    for name in wide.dims:
        if name in fine.dims:
            codes = pd.factorize(pd.concat([wide.about[name], fine.about[name]]))[0]
            upper.append(codes[: len(wide.cells)])
            lower.append(codes[len(wide.cells) :])
            continue
        ways = sorted(len(path(each, name) or ()) for each in fine.dims if path(each, name))
        source = [each for each in fine.dims if len(path(each, name) or ()) in ways[:1]]
        if not source:
            return None
        values = fine.about[source[0]].unique()
        wider = {each: belonging.wider(str(each), source[0], name) for each in values}
        up, down = _risen(wide.about[name], fine.about[source[0]], wider)
        upper.append(up)
        lower.append(down)
    both = np.concatenate([np.stack(upper, axis=1), np.stack(lower, axis=1)])
    key = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    return key[: len(wide.cells)], key[len(wide.cells) :]


def _risen(
    wide: "pd.Series[str]", fine: "pd.Series[str]", wider: Mapping[str, tuple[str, ...]]
) -> tuple[Places, Places]:
    """Number wider values, those that share a finer one alike, and finer ones by them."""
    known = {value: n for n, value in enumerate({*wide, *(v for vs in wider.values() for v in vs)})}
    ties = [(known[vs[0]], known[v]) for vs in wider.values() for v in vs]
    row, col = np.array(ties, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(row)), (row, col)), shape=(len(known), len(known)))
    group = connected_components(graph, directed=False)[1]
    at = {each: group[known[vs[0]]] if vs else _UNKNOWN for each, vs in wider.items()}
    return group[wide.map(known).to_numpy()], fine.map(at).to_numpy(dtype=np.int64)


def _matrix(sums: _Sums, cells: int) -> csr_array:
    none = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    row, cell, sign = (np.concatenate(parts) for parts in zip(none, *sums.entries, strict=True))
    return coo_array((sign, (row, cell)), shape=(sums.size, cells)).tocsr()


def _owners(sheets: Sequence[_Sheet], insiders: str, sums: _Sums) -> Bools:
    """Say which insiders know which cells."""
    size = len(sums.value)
    known: dict[str, Bools] = {}
    for sheet in sheets:
        dim = next((name for name in sheet.dims if path(name, insiders)), None)
        if dim is None:
            continue
        for value, rows in sheet.about.groupby(dim).indices.items():
            own = sums.belonging.wider(str(value), dim, insiders) if value != MISSING else ()
            for owner in own:
                known.setdefault(owner, np.zeros(size, dtype=bool))[sheet.cells[rows]] = True
    return np.stack([np.zeros(size, dtype=bool), *known.values()], axis=1)[:, 1:]


def _read(columns: Sequence[Column], places: Sequence[Places], sums: _Sums) -> Bools:
    """Say what an earlier release shows, and what is taken to be as it was there."""
    read = np.zeros(len(sums.value), dtype=bool)
    for column, at in zip(columns, places, strict=True):
        if column.was_shown and column.is_hidden is not None:
            read[at[(at >= 0) & ~column.is_hidden]] = True
    for then, now in sums.same:
        read[now] |= read[then]
    return read


def _and_their_sums(owners: Bools, sums: coo_array, read: Bools) -> Bools:
    """A total of nothing but one's own, and of what all have read, tells nothing of others."""
    is_part = sums.data < 0
    part, of = sums.col[is_part], sums.row[is_part]
    total, its = sums.col[~is_part], sums.row[~is_part]
    single = np.bincount(its, minlength=sums.shape[0])[its] == 1
    total, its = total[single], its[single]
    for insider in range(owners.shape[1]):
        own, before = owners[:, insider], -1
        while before != (before := int(own.sum())):
            foreign = np.bincount(of, ~(own | read)[part], minlength=sums.shape[0])
            own[total[foreign[its] == 0]] = True
    return owners


def _names(sheets: Sequence[_Sheet]) -> list[str]:
    return [
        f"{sheet.quantity} of {', '.join(map(' '.join, zip(sheet.dims, row, strict=True)))}"
        if sheet.dims
        else f"{sheet.quantity} of all together"
        for sheet in sheets
        for row in sheet.about.itertuples(index=False)
    ]
