"""One linear system for everything shown together, and the proof that it gives nothing away.

Comes in: cells with their true values, the equations between them, and how far an attacker must be
kept from each. Goes out: ``Proof``, a collection of other tables that fit everything shown. A cell
is safe when one of them has it at or below the lower end of its range and another at or above the
upper end: then nobody, however clever, can prove anything narrower. Knows nothing of schools.
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

TOLERANCE = 1e-6
_DENOMINATORS = 12  # vertices of tables with three dimensions have small denominators
OUTSIDER, KNOWS_MORE_THAN_ZERO, FIRST_INSIDER = 0, 1, 2


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

    def __post_init__(self) -> None:
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
        equations = np.flatnonzero(self.row_low == self.row_high)
        total: Bools = (self.matrix[equations].tocsc() < 0).sum(axis=0) > 0
        return total

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

    def parts(self, among: Bools) -> Places:
        """Number the connected parts of some cells; -1 for all others."""
        cells = np.flatnonzero(among)
        columns = self.by_cell[:, cells]
        near = columns.T @ columns
        found = np.full(len(self.value), -1, dtype=np.int64)
        found[cells] = connected_components(abs(near), directed=False)[1]
        return found

    def zero_is_hidden(self) -> Bools:
        """Say which hidden cells are linked with a hidden zero: there hidden may mean 0."""
        part = self.parts(self.is_hidden)
        zeros = self.is_hidden & self.is_whole & (self.value == 0)
        return self.is_hidden & np.isin(part, part[zeros])


@dataclass
class Direction:
    """A way in which hidden cells can move together, and what its two ends prove.

    Attributes:
        cells: Cells that move.
        step: How far each moves in one step.
        ends: Fewest and most steps that what is known allows.
        hits: Side, attacker and the guarded cells proven there.
        knows: Which insiders know one of the cells, so that it tells them nothing.
    """

    cells: Places
    step: Floats
    ends: tuple[float, float]
    knows: Bools
    hits: list[tuple[int, int, Places]]


def _whole(step: Floats) -> Floats | None:
    """The shortest whole steps in the same direction."""
    for times in range(1, _DENOMINATORS + 1):
        rounded = np.round(step * times)
        if np.abs(step * times - rounded).max() < TOLERANCE * times * 10:
            whole: Floats = rounded / max(gcd(*rounded.astype(np.int64).tolist()), 1)
            return whole
    return None


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
        is_total = system.is_total[self.guarded]
        # A total of rows that are each at least 1 is no less than their number.
        asked[0, is_total, KNOWS_MORE_THAN_ZERO] = False
        own = system.owners[self.guarded]
        asked[:, :, FIRST_INSIDER:] &= ~own
        # Who knows a part of a total knows that the total is no less.
        asked[0, is_total & ~own.any(axis=1), FIRST_INSIDER:] = False

    def is_open(self, place: int | slice | Places = slice(None)) -> Bools:
        """Say what is not yet proven of guarded cells: by side, cell and attacker."""
        waiting: Bools = self.is_asked[:, place] & (self.proofs[:, place] == 0)
        return waiting

    def add(self, cells: Places, step: Floats) -> None:
        """Take in a solution: each connected part of it is another table by itself."""
        columns = abs(self.system.by_cell[:, cells])
        count, part = connected_components(columns.T @ columns, directed=False)
        for number in range(count):
            chosen = part == number
            moved: Floats | None = step[chosen]
            if self.system.is_whole[cells[chosen]].all():
                moved = _whole(step[chosen])
            if moved is not None:
                self._take(cells[chosen], moved)

    def _take(self, cells: Places, step: Floats) -> None:
        """Keep a direction if what is known leaves room to move along it."""
        system = self.system
        ends = self._ends(cells, step, system.lower[cells])
        if ends[0] == ends[1]:
            return
        hits = [
            (side, OUTSIDER, self._hit(cells, step * end * sign, (side, OUTSIDER)))
            for end in ends
            for side, sign in ((0, -1), (1, 1))
        ]
        positive = np.where(system.is_whole[cells], np.maximum(system.lower[cells], 1), -np.inf)
        if (system.value[cells] >= positive).all():
            who = KNOWS_MORE_THAN_ZERO
            hits += [
                (side, who, self._hit(cells, step * end * sign, (side, who)))
                for end in self._ends(cells, step, positive)
                for side, sign in ((0, -1), (1, 1))
            ]
        knows: Bools = np.asarray(system.owners[cells].any(axis=0))
        hits = [hit for hit in hits if len(hit[2])]
        direction = Direction(cells, step, ends, knows, hits)
        for cell in cells:
            self._uses.setdefault(int(cell), []).append(len(self.directions))
        self.directions.append(direction)
        self._credit(direction, 1)

    def _ends(self, cells: Places, step: Floats, lower: Floats) -> tuple[float, float]:
        """How many steps keep every cell and every row within what is known."""
        system = self.system
        room = (lower - system.value[cells]) / step
        low = float(np.max(room[step > 0], initial=-np.inf))
        high = float(np.min(room[step < 0], initial=np.inf))
        change = system.by_cell[:, cells] @ step
        rows = np.flatnonzero(np.abs(change) > TOLERANCE)
        ends = np.stack([system.slack_low[rows], system.slack_high[rows]]) / change[rows]
        low = max(low, float(np.max(ends.min(axis=0), initial=-np.inf)))
        high = min(high, float(np.min(ends.max(axis=0), initial=np.inf)))
        farthest = float(np.max(self._asked(cells) / np.abs(step), initial=1))
        low, high = max(low, -farthest), min(high, farthest)
        if system.is_whole[cells].all():
            low, high = float(np.ceil(low - TOLERANCE)), float(np.floor(high + TOLERANCE))
        return min(low, 0.0), max(high, 0.0)

    def _asked(self, cells: Places) -> Floats:
        """The farthest that cells need be seen to move: no proof asks for more."""
        if not len(self.guarded):
            return np.zeros(len(cells))
        places = self.place[cells]
        asked = self.needs[:, OUTSIDER].max(axis=0)
        steps: Floats = np.where(places >= 0, asked[places], 0)
        return np.ceil(steps) if self.system.is_whole[cells].all() else steps

    def _hit(self, cells: Places, moved: Floats, what: tuple[int, int]) -> Places:
        places = self.place[cells]
        there = places >= 0
        need = self.needs[what][places[there]]
        hit: Places = places[there][moved[there] >= need - TOLERANCE * np.maximum(1, need)]
        return hit

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
