"""From tables shown together to one linear system: which cells are the same, which are sums.

Comes in: Columns, each one count or sum of money of one table with what its rows are about. Goes
out: a System and the place of every number in it. A cell is what is counted and what it is about:
the same in two tables, it is one cell. A table with fewer dimensions, or wider ones, holds the
sums of one with more; what those rows leave out is a cell too, though nobody shows it, and so small
differences between filters are found. Where people may stand in several rows a whole is only known
to be at least each part and at most their sum.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from pumpurs_analysis.disclosure.pairs import CannotLink, Pair, Table, names_of, row_codes
from pumpurs_analysis.disclosure.places import MISSING, Belonging, path
from pumpurs_analysis.disclosure.primary import Rules, count_ranges
from pumpurs_analysis.disclosure.system import TOLERANCE, Bools, Floats, Places, System
from pumpurs_analysis.disclosure.unseen import with_unseen

_PER_WIDER = 1  # a total is dearer to hide than a cell: it is what people read first
_PER_SIZE = 0.1
_AGAIN = 0.01  # a count that stands elsewhere as well is paid for there
_OF_ALL = 8  # what is paid in all is what every page of money begins with


@dataclass(frozen=True)
class Column:
    """One column of numbers of one table.

    Attributes:
        quantity: What is counted or summed; the same name means the same thing.
        unit: learner, plan, support, mention, payment or money.
        about: One row per number, one column per dimension, as text.
        value: The numbers, missing ones among them.
        low: What must stay possible below; missing where nothing is asked.
        high: The same above.
        is_money: Cents rather than people.
        row: Number of the row in its table, so that a row's cells hide together.
        is_hidden: For a former release: what was hidden.
        was_shown: Whether this was released before and can no longer be changed.
        now: Where numbers of one name differ (a former release has changed since, or two measures
            count otherwise): the name alone.
        wholes: How many Columns further on stands what this is a part of, row by row.
        is_complement_told: Whether what the whole has beside this is to be guarded when small.
        is_implied: It stands in no table: several that are shown have these numbers in common.
        is_any: The numbers are some that fit; others may be the true ones.
        is_least: Its rows come to no more than a whole; what they leave out is no count of anybody.
    """

    quantity: str
    unit: str
    about: pd.DataFrame
    value: Floats
    low: Floats
    high: Floats
    is_money: bool = False
    row: Places | None = None
    is_hidden: Bools | None = None
    was_shown: bool = False
    now: str = ""
    wholes: tuple[int, ...] = ()
    is_complement_told: bool = False
    is_implied: bool = False
    is_any: bool = False
    is_least: bool = False


@dataclass
class _Rows:
    """Equations and inequalities as they are found."""

    row: list[Places] = field(default_factory=list)
    cell: list[Places] = field(default_factory=list)
    sign: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    count: int = 0

    def add(self, number: Places, cells: Places, signs: Floats) -> Places:
        """Take in entries of new rows, numbered from 0; give their numbers here."""
        self.row.append(number + self.count)
        self.cell.append(cells)
        self.sign.append(signs)
        first, size = self.count, int(number.max()) + 1
        self.count += size
        return np.arange(first, first + size)

    def limit(self, size: int, low: float, high: float) -> None:
        """Say what the rows last taken in come to."""
        self.low.append(np.full(size, low))
        self.high.append(np.full(size, high))


@dataclass(frozen=True)
class Linked:
    """A System and where each number of each Column stands in it (-1 for missing numbers)."""

    system: System
    places: list[Places]
    columns: list[Column]


class Linker:
    """Puts Columns into one System."""

    def __init__(self, columns: list[Column], rules: Rules) -> None:
        self.columns = with_unseen(columns)
        self.rules = rules
        self.belonging = Belonging(column.about for column in self.columns)
        self.tables: list[Table] = []
        self.places: list[Places] = []
        self.rows = _Rows()
        self._value: list[Floats] = []
        self._names: list[str] = []
        self._size = 0
        self._rest: list[tuple[Places, bool]] = []
        self._parents: list[Places] = []
        self._changed: list[tuple[Places, Places, Places]] = []  # changes, of what, to what
        self._same: list[Places] = [np.zeros((2, 0), dtype=np.int64)]  # then and now, unchanged
        self._beside: list[Places] = [np.zeros(0, dtype=np.int64)]  # rows of a part and its others
        self._of_few: list[Places] = []  # money of which nobody says whose it is: it may be of one

    # -- cells --------------------------------------------------------------------------------

    def _number(self) -> None:
        """Give the same number to the same cell wherever it stands."""
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        self.places = [np.full(len(column.value), -1) for column in self.columns]
        for number, column in enumerate(self.columns):
            groups.setdefault((column.quantity, tuple(sorted(map(str, column.about)))), []).append(
                number
            )
        for (quantity, dims), members in groups.items():
            self._table(quantity, dims, members)

    def _table(self, quantity: str, dims: tuple[str, ...], members: list[int]) -> None:
        parts = [self.columns[number] for number in members]
        about = pd.concat([part.about[list(dims)] for part in parts], ignore_index=True)
        value = np.concatenate([part.value for part in parts])
        there = ~np.isnan(value)
        codes = row_codes(about)
        cells, first, where = np.unique(codes[there], return_index=True, return_inverse=True)
        first = np.flatnonzero(there)[first]
        off = np.abs(value[there] - value[first][where]) > TOLERANCE
        if off.any():
            at = int(np.flatnonzero(there)[np.flatnonzero(off)[0]])
            one = value[first][where][off][0]
            raise CannotLink(
                f"{names_of(quantity, about.iloc[[at]])[0]} is {one:g} in one "
                f"table and {value[at]:g} in another: one name must count one thing."
            )
        numbers = np.full(len(value), -1)
        numbers[there] = where + self._size
        for number, chunk in zip(
            members, np.split(numbers, np.cumsum([len(part.value) for part in parts])[:-1]),
            strict=True,
        ):  # fmt: skip
            self.places[number] = chunk
        rows = about.iloc[first].reset_index(drop=True)
        self._new(names_of(quantity, rows), value[first])
        self.tables.append(
            Table(quantity, parts[0].unit, rows, np.arange(len(cells)) + self._size - len(cells),
                   parts[0].is_money, parts[0].is_least, any(each.was_shown for each in parts))
        )  # fmt: skip

    def _new(self, names: list[str], value: Floats) -> Places:
        self._names += names
        self._value.append(value)
        self._size += len(names)
        return np.arange(self._size - len(names), self._size)

    # -- sums ---------------------------------------------------------------------------------

    def _link(self) -> None:
        """Find which tables hold sums of which."""
        quantities: dict[str, list[Table]] = {}
        for table in self.tables:
            quantities.setdefault(table.quantity, []).append(table)
        for tables in quantities.values():
            value = np.concatenate(self._value)
            pairs = [
                pair
                for fine, wide in permutations(tables, 2)
                if (pair := Pair.of(fine, wide, belonging=self.belonging, value=value)) is not None
            ]
            complete = {(id(pair.fine), id(pair.wide)) for pair in pairs if pair.is_complete}
            there = {(id(pair.fine), id(pair.wide)) for pair in pairs}
            for pair in pairs:
                if not any(
                    {(id(pair.fine), id(table)), (id(table), id(pair.wide))} <= there
                    and {(id(pair.fine), id(table)), (id(table), id(pair.wide))} & complete
                    and not {(id(table), id(pair.fine)), (id(pair.wide), id(table))} & there
                    for table in tables
                ):
                    self._add(pair, value)

    def _add(self, pair: "Pair", value: Floats) -> None:
        pair.check(value)
        if pair.is_sum:
            self._equation(pair)
        else:
            self._inequality(pair, value)

    def _equation(self, pair: "Pair") -> None:
        count = len(pair.rest)
        left_out = np.flatnonzero(pair.rest > TOLERANCE)
        names = [f"the rest of {self._names[cell]}" for cell in pair.of_key[left_out]]
        rest = self._new(names, pair.rest[left_out])
        self.rows.add(
            np.concatenate([pair.fine_key, pair.wide_key, left_out]),
            np.concatenate([pair.fine_cells, pair.wide_cells, rest]),
            np.concatenate(
                [np.ones(len(pair.fine_key)), -np.ones(len(pair.wide_key)), np.ones(len(rest))]
            ),
        )
        self.rows.limit(count, 0, 0)
        self._rest.append((rest, pair.fine.is_money))
        self._parents.append(pair.of_key[left_out])

    def _inequality(self, pair: "Pair", value: Floats) -> None:
        parts, part = np.unique(np.stack([pair.fine_key, pair.apart]), axis=1, return_inverse=True)
        part = part.ravel()
        sums = np.bincount(part, value[pair.fine_cells], minlength=parts.shape[1])
        whole = np.bincount(pair.wide_key, value[pair.wide_cells], minlength=len(pair.rest))
        if (sums <= whole[parts[0]] + TOLERANCE).all():
            of_wide = [np.flatnonzero(parts[0] == key) for key in pair.wide_key]
            self.rows.add(
                np.concatenate([part, *of_wide]),
                np.concatenate([
                    pair.fine_cells,
                    np.repeat(pair.wide_cells, [len(each) for each in of_wide]),
                ]),
                np.concatenate([np.ones(len(part)), -np.ones(sum(map(len, of_wide)))]),
            )  # fmt: skip
            self.rows.limit(parts.shape[1], -np.inf, 0)
        if (pair.rest <= TOLERANCE).all():
            self.rows.add(
                np.concatenate([pair.fine_key, pair.wide_key]),
                np.concatenate([pair.fine_cells, pair.wide_cells]),
                np.concatenate([np.ones(len(pair.fine_key)), -np.ones(len(pair.wide_key))]),
            )
            self.rows.limit(len(pair.rest), 0, np.inf)

    def _link_parts(self) -> None:
        """A numerator is at most its denominator, row by row; few others are a small count too."""
        seen: set[tuple[int, int]] = set()
        tied = [(at, at + way) for at, one in enumerate(self.columns) for way in one.wholes]
        for number, whole in tied:
            column, ends = self.columns[number], (self.places[number], self.places[whole])
            pairs = {
                pair
                for pair in zip(*(each.tolist() for each in ends), strict=True)
                if min(pair) >= 0 and pair[0] != pair[1]
            } - seen
            if pairs:
                seen |= pairs
                self._at_most(np.array(sorted(pairs)).T, is_told=column.is_complement_told)

    def _at_most(self, pairs: Places, *, is_told: bool) -> None:
        value = np.concatenate(self._value)
        rest = value[pairs[1]] - value[pairs[0]]
        part, whole = pairs[:, rest >= -TOLERANCE]
        if not len(part):
            return
        rows, rest = np.arange(len(part)), rest[rest >= -TOLERANCE]
        few = np.flatnonzero(~np.isnan(count_ranges(rest, self.rules.threshold)[0]) & is_told)
        cells = self._new([f"those beside {self._names[cell]}" for cell in part[few]], rest[few])
        added = self.rows.add(
            np.concatenate([rows, few, rows]),
            np.concatenate([part, cells, whole]),
            np.concatenate([np.ones(len(part) + len(few)), -np.ones(len(part))]),
        )
        is_few = np.isin(rows, few)
        self._beside.append(added[is_few])
        self.rows.low.append(np.where(is_few, 0, -np.inf))
        self.rows.high.append(np.zeros(len(part)))
        self._rest.append((cells, False))
        self._parents.append(whole[few])

    def _link_changes(self) -> None:
        """What has changed since an earlier release is a cell too: few newcomers are a small count.

        Whoever compares takes what has not changed to be the same.
        """
        today = {column.quantity: column.now for column in self.columns if column.now}
        for number, then in enumerate(self.tables):
            for later in self.tables[:number] + self.tables[number + 1 :]:
                base = today.get(then.quantity)
                same = base in {later.quantity, today.get(later.quantity)}
                is_later = later.quantity == base or later.quantity > then.quantity
                if base and same and is_later and then.dims == later.dims:
                    self._changes(then, later)

    def _changes(self, then: Table, later: Table) -> None:
        codes = row_codes(pd.concat([then.about, later.about], ignore_index=True))
        _, old, new = np.intersect1d(
            codes[: len(then.cells)], codes[len(then.cells) :], return_indices=True
        )
        if not len(old):
            return
        value = np.concatenate(self._value)
        before, after = then.cells[old], later.cells[new]
        change = value[after] - value[before]
        moved = np.flatnonzero(np.abs(change) > TOLERANCE)
        self._same.append(np.delete(np.stack([before, after]), moved, axis=1))
        sign = np.sign(change[moved])  # a change is kept as a positive number
        cells = self._new(
            [f"the change of {self._names[cell]}" for cell in after[moved]], change[moved] * sign
        )
        rows = np.arange(len(old))
        self.rows.add(
            np.concatenate([rows, rows, moved]),
            np.concatenate([after, before, cells]),
            np.concatenate([np.ones(len(old)), -np.ones(len(old)), -sign]),
        )
        self.rows.limit(len(old), 0, 0)
        self._rest.append((cells, then.is_money))
        self._parents.append(after[moved])
        self._changed.append((cells, before[moved], after[moved]))
        self._of_few += [cells] * (then.is_money and not (then.was_shown or later.was_shown))

    # -- the system ---------------------------------------------------------------------------

    def linked(self) -> Linked:
        """Build the System.

        Raises:
            CannotLink: One name counts two things, or nobody knows where a school lies.
        """
        self._number()
        self._link()
        self._link_parts()
        self._link_changes()
        value = np.concatenate([*self._value, np.zeros(0)])
        made = System(
            value=value,
            lower=self._lower(value),
            matrix=self._matrix(),
            row_low=np.concatenate([*self.rows.low, np.zeros(0)]),
            row_high=np.concatenate([*self.rows.high, np.zeros(0)]),
            is_hidden=np.zeros(len(value), dtype=bool),
            can_hide=np.ones(len(value), dtype=bool),
            unit=self._units(),
            cost=self._cost(value),
            need_low=np.full(len(value), np.nan),
            need_high=np.full(len(value), np.nan),
            is_whole=np.ones(len(value), dtype=bool),
            owners=np.zeros((len(value), 0), dtype=bool),
            names=self._names,
            no_sums=np.concatenate(self._beside),
        )
        self._guard(made)
        owners, insiders = self._owners(len(value))
        return Linked(replace(made, owners=owners, insiders=insiders), self.places, self.columns)

    def _lower(self, value: Floats) -> Floats:
        lower = np.zeros(len(value))
        for table in self.tables:
            if (value[table.cells] < 0).any():  # refunds can make a sum negative
                lower[table.cells] = -np.inf
        for cells, _, _ in self._changed:
            lower[cells] = -np.inf  # it may have gone down as well
        return lower

    def _matrix(self) -> csr_array:
        none = [np.zeros(0, dtype=np.int64)]
        entries = coo_array(
            (
                np.concatenate([*self.rows.sign, np.zeros(0)]),
                (np.concatenate([*self.rows.row, *none]), np.concatenate([*self.rows.cell, *none])),
            ),
            shape=(self.rows.count, self._size),
        )
        return entries.tocsr()

    def _guard(self, made: System) -> None:
        for column, places in zip(self.columns, self.places, strict=True):
            there = places >= 0
            at = places[there]
            made.is_whole[at] = not column.is_money
            made.is_unlisted[at] |= column.is_implied
            low, high = column.low[there], column.high[there]
            asked = ~np.isnan(low)
            made.need_low[at[asked]] = np.fmin(made.need_low[at[asked]], low[asked])
            made.need_high[at[asked]] = np.fmax(made.need_high[at[asked]], high[asked])
            made.is_hidden[at[asked]] = True
            if column.was_shown:
                made.can_hide[at] = False
            if column.is_hidden is not None:
                made.is_hidden[at[column.is_hidden[there]]] = True
        self._guard_the_rest(made)
        for column, places in zip(self.columns, self.places, strict=True):
            if column.was_shown and column.is_hidden is not None:
                known = places[(places >= 0) & ~column.is_hidden]
                made.need_low[known], made.need_high[known] = np.nan, np.nan
                made.is_hidden[known] = False
        made.is_hidden |= np.isin(made.unit, made.unit[made.is_hidden]) & made.can_hide
        if not self.rules.zeros_may_hide:
            made.can_hide &= ~(made.is_whole & (made.value == 0)) | made.is_hidden

    def _guard_the_rest(self, made: System) -> None:
        """What nobody shows may be small too."""
        for rest, is_money in self._rest:
            made.is_hidden[rest] = True
            made.can_hide[rest] = False
            made.is_whole[rest] = not is_money
            made.is_unlisted[rest] = True
            if not is_money:
                low, high = count_ranges(made.value[rest], self.rules.threshold)
                made.need_low[rest], made.need_high[rest] = low, high
        for rest in self._of_few:
            made.need_low[rest], made.need_high[rest] = 0, made.value[rest] * self.rules.threshold

    def _units(self) -> Places:
        """Cells of a row that holds money hide together."""
        ones, others = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        by_table: dict[int, list[int]] = {}
        for number, column in enumerate(self.columns):
            if column.row is not None:
                by_table.setdefault(id(column.row), []).append(number)
        for members in by_table.values():
            for one, other in pairwise(members):
                both = (self.places[one] >= 0) & (self.places[other] >= 0)
                ones.append(self.places[one][both])
                others.append(self.places[other][both])
        row, col = np.concatenate(ones), np.concatenate(others)
        graph = coo_array((np.ones(len(row)), (row, col)), shape=(self._size, self._size))
        unit: Places = connected_components(graph, directed=False)[1].astype(np.int64)
        return unit

    def _cost(self, value: Floats) -> Floats:
        cost = 1 + _PER_SIZE * np.log1p(np.abs(value))
        widest = {table.quantity: 0 for table in self.tables}
        for table in self.tables:
            widest[table.quantity] = max(widest[table.quantity], len(table.dims))
        for table in self.tables:
            cost[table.cells] += _PER_WIDER * (widest[table.quantity] - len(table.dims))
            if table.is_money:
                cost[table.cells] = 1 + _PER_WIDER * (widest[table.quantity] - len(table.dims))
            if table.is_money and not table.dims:
                cost[table.cells] += _OF_ALL
        for column, places in zip(self.columns, self.places, strict=True):
            if column.is_least:
                cost[places[places >= 0]] = _AGAIN
        return cost

    def _owners(self, size: int) -> tuple[Bools, list[str]]:
        """Say which insiders know which cells."""
        owned: dict[str, list[Places]] = {}
        for table in self.tables:
            dim = next((name for name in table.dims if path(name, self.rules.insiders)), None)
            if dim is None:
                continue
            known = table.about[dim][table.about[dim] != MISSING]
            for value, rows in known.groupby(known).groups.items():
                for owner in self.belonging.wider(str(value), dim, self.rules.insiders):
                    owned.setdefault(owner, []).append(table.cells[rows])
        owners = np.zeros((size, len(owned)), dtype=bool)
        for number, cells in enumerate(owned.values()):
            owners[np.concatenate(cells), number] = True
        for (rest, _), parents in zip(self._rest, self._parents, strict=True):
            owners[rest] = owners[parents]
        read = self._shown_before(size)
        owners = self._with_sums_of_own(owners, read)
        still = read.copy()  # a total changes by what one's own do, where all others stand still
        still[np.concatenate(self._same, axis=1)[1]] = True
        told = self._with_sums_of_own(owners, still) | read[:, None]
        for change, before, after in self._changed:
            owners[change] |= told[after] & told[before]
        return owners, list(owned)

    def _shown_before(self, size: int) -> Bools:
        """Say what everybody has read in an earlier release, or takes to be the same as there."""
        found = np.zeros(size, dtype=bool)
        for column, places in zip(self.columns, self.places, strict=True):
            if column.was_shown and column.is_hidden is not None:
                found[places[(places >= 0) & ~column.is_hidden]] = True
        then, now = np.concatenate(self._same, axis=1)
        found[now[found[then]]] = True
        return found

    def _with_sums_of_own(self, owners: Bools, read: Bools) -> Bools:
        """Who knows every row of a total, or all read it before, learns nothing by the total."""
        low, high = (np.concatenate([*e, np.zeros(0)]) for e in (self.rows.low, self.rows.high))
        sums = self._matrix()[np.flatnonzero(low == high)]
        is_read = read[:, None]
        parts, totals = (sums > 0).astype(float), (sums < 0).astype(float)
        totals = totals[np.flatnonzero(totals.sum(axis=1) == 1)]
        parts = parts[np.flatnonzero((sums < 0).sum(axis=1) == 1)]
        while True:
            is_own = (parts @ (~(owners | is_read)).astype(float)) == 0
            more = owners | (totals.T @ is_own.astype(float) > 0)
            if (more == owners).all():
                return owners
            owners = more
