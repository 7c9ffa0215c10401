"""One linear system for everything shown together, and the proof that it gives nothing away.

Comes in: cells with their true values, the equations between them, and how far an attacker must be
kept from each. Goes out: ``Proof``, a collection of other tables that fit everything shown. A cell
is safe when one of them has it at or below the lower end of its range and another at or above the
upper end: then nobody, however clever, can prove anything narrower. Knows nothing of schools.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

TOLERANCE = 1e-6
_FAR = 1e12  # cents, more than there are
_DENOMINATORS = 12  # vertices of tables with three dimensions have small denominators
OUTSIDER, KNOWS_MORE_THAN_ZERO, FIRST_INSIDER = 0, 1, 2


def with_wholes(is_total: Bools, ties: csr_array) -> Bools:
    """Whoever knows a part of a total knows that what is no less than the total is no less.

    Args:
        is_total: Totals.
        ties: Part less whole is 0 at most, in rows of two cells; others say nothing.
    """
    pairs = ties[np.flatnonzero((ties != 0).sum(axis=1) == 1 + 1)]
    part, whole = ((each > 0).astype(float) for each in (pairs, -pairs))
    for _ in range(3):
        is_total = is_total | (whole.T @ (part @ is_total.astype(float)) > 0)
    return is_total


@dataclass
class System:
    """Cells and what is known of them.

    Attributes:
        value: True value of each cell.
        lower: What everybody knows a cell to be at least (0 for counts).
        matrix: One row per equation, one column per cell.
        row_low: Least value of each row; for an equation equal to ``row_high``.
        row_high: Greatest value of each row.
        is_hidden: Cells that are not shown; grows while complements are chosen.
        can_hide: Cells that may become complements; what was shown before may not.
        unit: Cells with the same number hide together (the count and the money of one row).
        cost: What it costs to hide a cell.
        need_low: What the attacker must still think possible below; missing where nothing is asked.
        need_high: The same above.
        is_whole: Counts; their possible values are whole numbers.
        owners: One row per cell, one column per insider: who knows the cell anyway.
        names: For each cell, words that name it.
        insiders: Names of the insiders.
        is_unlisted: Cells that stand in no table: the rest of a total, sums nobody shows.
        no_sums: Rows that are no total of listed rows: a part and those beside it make a whole.
    """

    value: Floats
    lower: Floats
    matrix: csr_array
    row_low: Floats
    row_high: Floats
    is_hidden: Bools
    can_hide: Bools
    unit: Places
    cost: Floats
    need_low: Floats
    need_high: Floats
    is_whole: Bools
    owners: Bools
    names: list[str]
    insiders: list[str] = field(default_factory=list)
    is_unlisted: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    no_sums: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.is_unlisted):
            self.is_unlisted = np.zeros(len(self.value), dtype=bool)
        self.by_cell: csc_array = self.matrix.tocsc()
        activity = self.matrix @ self.value
        off = (activity < self.row_low - TOLERANCE) | (activity > self.row_high + TOLERANCE)
        if off.any():
            row = int(np.flatnonzero(off)[0])
            raise ValueError(f"These numbers do not add up: {self.words(row)}")
        self.slack_low = self.row_low - activity
        self.slack_high = self.row_high - activity

    @cached_property
    def guarded(self) -> Places:
        """Cells that an attacker must be kept from."""
        return np.flatnonzero(~np.isnan(self.need_low))

    @cached_property
    def is_total(self) -> Bools:
        """Cells that are the sum of others."""
        return self._totals(np.ones(len(self.value), dtype=bool))

    @cached_property
    def is_counted_total(self) -> Bools:
        """Cells that are the sum of others of which one stands in a table."""
        return self._totals(~self.is_unlisted)

    def _totals(self, of: Bools) -> Bools:
        equations = np.setdiff1d(np.flatnonzero(self.row_low == self.row_high), self.no_sums)
        sums = self.matrix[equations]
        has_one = (sums > 0).astype(float) @ of.astype(float) > 0
        total: Bools = (sums[np.flatnonzero(has_one)].tocsc() < 0).sum(axis=0) > 0
        return total

    @cached_property
    def is_of_total(self) -> Bools:
        """Totals, and those beside a part of one: who knows some of them knows a least number."""
        beside = (self.matrix[self.no_sums] != 0).astype(float)
        near: Bools = (beside.T @ (beside @ self.is_total.astype(float))) > 0
        pairs = self.matrix[np.flatnonzero((self.row_high == 0) & np.isinf(self.row_low))]
        same = self.matrix[np.flatnonzero((self.row_high == 0) & (self.row_low == 0))]
        ties = vstack([pairs, same, -same], format="csr")
        return with_wholes(self.is_total, ties) | (self.is_unlisted & near)

    def words(self, row: int) -> str:
        """Write one equation with the numbers that are shown."""
        start, stop = self.matrix.indptr[row : row + 2]
        cells, signs = self.matrix.indices[start:stop], self.matrix.data[start:stop]
        sides = [
            " + ".join(self._term(cell) for cell in cells[signs * side > 0]) or "0"
            for side in (1, -1)
        ]
        sign = "=" if self.row_low[row] == self.row_high[row] else "≤"
        if sign == "≤" and self.row_high[row] == np.inf:
            sign = "≥"
        return f"{sides[0]} {sign} {sides[1]}"

    def _term(self, cell: int) -> str:
        shown = "?" if self.is_hidden[cell] else f"{self.value[cell]:g}"
        return f"{self.names[cell]} ({shown})"

    def hide(self, cells: Places) -> None:
        """Hide cells together with the others of their units."""
        self.is_hidden |= np.isin(self.unit, self.unit[cells]) & self.can_hide

    def entries(self, cells: Places) -> tuple[Places, Places, Floats]:
        """Give the equations of some cells: row, which of the cells, and its sign there."""
        starts, stops = self.by_cell.indptr[cells], self.by_cell.indptr[cells + 1]
        lengths = stops - starts
        shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        where = shift + np.arange(lengths.sum())
        at = np.repeat(np.arange(len(cells)), lengths)
        return self.by_cell.indices[where], at, self.by_cell.data[where]

    def parts(self, among: Bools) -> Places:
        """Number the connected parts of some cells; -1 for all others."""
        cells = np.flatnonzero(among)
        columns = self.by_cell[:, cells]
        near = columns.T @ columns
        found = np.full(len(self.value), -1, dtype=np.int64)
        found[cells] = connected_components(abs(near), directed=False)[1]
        return found

    def if_hidden_is_positive(self, cells: Places) -> Floats:
        """Give what cells are at least for one who takes every hidden count to be at least 1."""
        counted = self.is_whole[cells] & ~self.is_unlisted[cells]
        least: Floats = np.where(counted, np.maximum(self.lower[cells], 1), self.lower[cells])
        return least

    def zero_is_hidden(self) -> Bools:
        """Say which hidden cells are linked with a hidden zero: there hidden may mean 0."""
        part = self.parts(self.is_hidden)
        zeros = self.is_hidden & self.is_whole & (self.value == 0) & ~self.is_unlisted
        return self.is_hidden & np.isin(part, part[zeros])


@dataclass
class Direction:
    """A way in which hidden cells can move together, and what its two ends prove.

    Attributes:
        cells: Cells that move.
        step: How far each moves in one step.
        knows: Which insiders know one of the cells, so that it tells them nothing.
        hits: Side, attacker and the guarded cells proven there.
    """

    cells: Places
    step: Floats
    knows: Bools
    hits: list[tuple[int, int, Places]]


def _first_linked(at: Places, row: Places, rows: int, *, cells: int) -> Places:
    """Give the first of the cells that each is linked with, over any number of rows."""
    first = np.arange(cells)
    while True:
        of_row = np.full(rows, cells)
        np.minimum.at(of_row, row, first[at])
        nearer = first.copy()
        np.minimum.at(nearer, at, of_row[row])
        nearer = nearer[nearer]
        if (nearer == first).all():
            return first
        first = nearer


class _Parts:
    """A solution in connected parts: each is another table by itself.

    Attributes:
        cells: Cells that move, part by part; ``starts`` is where each part begins.
        step: How far each moves.
        change: How far each row moves; ``row_part`` says with which part.
    """

    def __init__(self, system: System, cells: Places, step: Floats) -> None:
        self.system = system
        row, at, sign = system.entries(cells)
        self.rows, row = np.unique(row, return_inverse=True)
        first = _first_linked(at, row, len(self.rows), cells=len(cells))
        names, part = np.unique(first, return_inverse=True)
        self.count = len(names)
        order = np.argsort(part, kind="stable")
        self.row_part = np.zeros(len(self.rows), dtype=np.int64)
        self.row_part[row] = part[at]
        self.cells, self.step, self.part = cells[order], step[order], part[order]
        self.starts = np.searchsorted(self.part, np.arange(self.count))
        self.is_whole = np.logical_and.reduceat(system.is_whole[self.cells], self.starts)
        self.is_usable = ~self.is_whole | self._made_whole()
        steps = np.empty(len(cells))
        steps[order] = self.step
        self.change = np.bincount(row, sign * steps[at], minlength=len(self.rows))

    def _made_whole(self) -> Bools:
        """Take the shortest whole steps in the same direction; say for which parts there are."""
        done = np.zeros(self.count, dtype=bool)
        step = self.step.copy()
        for times in range(1, _DENOMINATORS + 1):
            rounded = np.round(step * times)
            off = np.maximum.reduceat(np.abs(step * times - rounded), self.starts)
            fits = self.is_whole & ~done & (off < TOLERANCE * times * 10)
            if fits.any():
                divisor = np.maximum(np.gcd.reduceat(rounded.astype(np.int64), self.starts), 1)
                mine = fits[self.part]
                self.step[mine] = (rounded / divisor[self.part])[mine]
                done |= fits
            if done[self.is_whole].all():
                break
        return done

    def ends(self, lower: Floats, asked: Floats) -> tuple[Floats, Floats]:
        """How many steps of each part keep every cell and every row within what is known."""
        system, step = self.system, self.step
        room = (lower - system.value[self.cells]) / step
        low = np.maximum.reduceat(np.where(step > 0, room, -np.inf), self.starts)
        high = np.minimum.reduceat(np.where(step < 0, room, np.inf), self.starts)
        moved = np.abs(self.change) > TOLERANCE
        rows, part = self.rows[moved], self.row_part[moved]
        sides = np.stack([system.slack_low[rows], system.slack_high[rows]]) / self.change[moved]
        np.maximum.at(low, part, sides.min(axis=0))
        np.minimum.at(high, part, sides.max(axis=0))
        # The farthest that cells need be seen to move: no proof asks for more.
        asked = np.where(self.is_whole[self.part], np.ceil(asked), asked)
        farthest = np.maximum(np.maximum.reduceat(asked / np.abs(step), self.starts), 1)
        low, high = np.maximum(low, -farthest), np.minimum(high, farthest)
        low = np.where(self.is_whole, np.ceil(low - TOLERANCE), low)
        high = np.where(self.is_whole, np.floor(high + TOLERANCE), high)
        return np.minimum(low, 0.0), np.maximum(high, 0.0)


class Proof:
    """Which cells are proven safe, from whom, and by which other tables.

    ``is_asked[side, k, who]`` says that guarded cell k must be proven safe on a side (0 below, 1
    above) from an attacker: an outsider, one who knows that hidden means at least 1, or an insider.
    ``proofs`` counts the directions that prove it.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.guarded = system.guarded
        self.place = np.full(len(system.value), -1, dtype=np.int64)
        self.place[self.guarded] = np.arange(len(self.guarded))
        self.needs = np.stack([[self._need(side, who) for who in (0, 1)] for side in (0, 1)])
        self._needed = np.full((2, 2, len(system.value)), np.inf)
        self._needed[:, :, self.guarded] = self.needs
        self._asked = np.zeros(len(system.value))
        self._asked[self.guarded] = self.needs[:, OUTSIDER].max(axis=0)
        shape = (2, len(self.guarded), FIRST_INSIDER + system.owners.shape[1])
        self.is_asked = np.ones(shape, dtype=bool)
        self.proofs = np.zeros(shape, dtype=np.int32)
        self.directions: list[Direction | None] = []
        self._uses: dict[int, list[int]] = {}
        self._ask()

    def _need(self, side: int, who: int) -> Floats:
        """How far each guarded cell must be seen to move."""
        system, cells = self.system, self.guarded
        if side:
            return np.maximum(system.need_high[cells] - system.value[cells], 0)
        low = system.need_low[cells]
        if who == KNOWS_MORE_THAN_ZERO:
            low = np.where(system.is_whole[cells], np.maximum(low, 1), low)
        return np.maximum(system.value[cells] - low, 0)

    def _ask(self) -> None:
        """Leave out what needs no proof."""
        asked, system = self.is_asked, self.system
        for side in (0, 1):
            asked[side, self.needs[side, OUTSIDER] <= TOLERANCE, :] = False
            done = self.needs[side, KNOWS_MORE_THAN_ZERO] <= TOLERANCE
            asked[side, done | ~system.is_whole[self.guarded], KNOWS_MORE_THAN_ZERO] = False
        is_total = system.is_counted_total[self.guarded]
        # A total of rows that are each at least 1 is no less than their number.
        asked[0, is_total, KNOWS_MORE_THAN_ZERO] = False
        own = system.owners[self.guarded]
        asked[:, :, FIRST_INSIDER:] &= ~own
        # Who knows a part of a total knows that the total is no less.
        of_total = system.is_of_total[self.guarded]
        asked[0, of_total & ~own.any(axis=1), FIRST_INSIDER:] = False

    def is_open(self, place: int | slice | Places = slice(None)) -> Bools:
        """Say what is not yet proven of guarded cells: by side, cell and attacker."""
        waiting: Bools = self.is_asked[:, place] & (self.proofs[:, place] == 0)
        return waiting

    def add(self, cells: Places, step: Floats) -> None:
        """Take in a solution: keep each part of it that has room to move."""
        if not len(cells):
            return
        system, parts = self.system, _Parts(self.system, cells, step)
        lower = system.lower[parts.cells]
        ends = parts.ends(lower, self._asked[parts.cells])
        parts.is_usable &= ends[0] < ends[1]
        hits = self._hits(parts, ends, OUTSIDER)
        positive = system.if_hidden_is_positive(parts.cells)
        fits = np.logical_and.reduceat(system.value[parts.cells] >= positive, parts.starts)
        if fits.any():
            ends = parts.ends(positive, self._asked[parts.cells])
            hits += self._hits(parts, (ends[0] * fits, ends[1] * fits), KNOWS_MORE_THAN_ZERO)
        knows = np.logical_or.reduceat(system.owners[parts.cells], parts.starts, axis=0)
        stops = np.append(parts.starts[1:], len(cells))
        for number in np.flatnonzero(parts.is_usable):
            mine = slice(parts.starts[number], stops[number])
            found = [
                (side, who, self.place[parts.cells[mine][hit[mine]]])
                for side, who, hit in hits
                if hit[mine].any()
            ]
            direction = Direction(parts.cells[mine], parts.step[mine], knows[number], found)
            for cell in direction.cells.tolist():
                self._uses.setdefault(cell, []).append(len(self.directions))
            self.directions.append(direction)
            self._credit(direction, 1)

    def _hits(
        self, parts: _Parts, ends: tuple[Floats, Floats], who: int
    ) -> list[tuple[int, int, Bools]]:
        """Say which cells move far enough at either end, on each side."""
        moved = [parts.step * end[parts.part] for end in ends]
        found = []
        for side, far in enumerate((-np.minimum(*moved), np.maximum(*moved))):
            need = self._needed[side, who][parts.cells]
            found.append((side, who, far >= need - TOLERANCE * np.clip(need, 1, _FAR)))
        return found

    def _credit(self, direction: Direction, times: int) -> None:
        for side, who, places in direction.hits:
            self.proofs[side, places, who] += times
            if who == OUTSIDER:
                self.proofs[side, places, FIRST_INSIDER:] += times * ~direction.knows

    def forget_where_zero_is_hidden(self) -> None:
        """Where a zero is hidden nearby, nobody can take hidden to be at least 1."""
        may_be_zero = self.system.zero_is_hidden()[self.guarded]
        self.is_asked[:, may_be_zero, KNOWS_MORE_THAN_ZERO] = False

    def users(self, cells: Places) -> set[int]:
        """Give the numbers of the directions that move any of these cells."""
        numbers = (number for cell in cells for number in self._uses.get(int(cell), ()))
        return {number for number in numbers if self.directions[number] is not None}

    def drop(self, numbers: set[int]) -> dict[int, Direction]:
        """Take directions back, and with them what they had proven."""
        dropped = {number: each for number in numbers if (each := self.directions[number])}
        for number, direction in dropped.items():
            self.directions[number] = None
            self._credit(direction, -1)
        return dropped

    def restore(self, dropped: dict[int, Direction]) -> None:
        """Put directions back."""
        for number, direction in dropped.items():
            self.directions[number] = direction
            self._credit(direction, 1)
