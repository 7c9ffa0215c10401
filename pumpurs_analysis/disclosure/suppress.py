"""Choosing complements: which further cells to hide so that nothing guarded can be worked out.

Comes in: a System with its primary cells hidden. Goes out: the same with complements hidden, its
Proof, and the cells that cannot be made safe. One linear program of least cost for each thing not
yet proven; a solution is itself a proof, mostly of several things at once. A clean-up shows again
what no proof needs.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack

from pumpurs_analysis.disclosure.solver import Limits, Program
from pumpurs_analysis.disclosure.system import (
    FIRST_INSIDER,
    KNOWS_MORE_THAN_ZERO,
    OUTSIDER,
    TOLERANCE,
    Bools,
    Direction,
    Floats,
    Places,
    Proof,
    System,
)

_LONG = 60  # cells of an equation that is not followed when looking nearby
_WHOLE_SYSTEM = 3000  # columns up to which one warm program serves every question
_NEAR = 1500  # columns looked at first in a larger system
_FAR = 6  # far cells looked at next
_ATTEMPTS = 3  # nearby, with some far ones, everything
_KEPT = 60  # programs kept warm
_FREE = 0.001  # cost of a cell that is hidden already: short ways are preferred
_EVERY = 250  # guarded cells after which the others are swept for again
_PULLS = 8  # programs of a sweep that are tried while they prove something
_EVEN = 0.5
_STILL_WORTH = 0.95  # a pull that leaves more than this open was the last one
_SHAKES = 3  # further corners looked at before whole numbers are asked for
_STARTS = 8  # searches of a small system
_SEARCHED = 1200  # cells searched altogether, start by start; in a larger system the starts agree
_CLEAN_UP = 1200  # programs that the clean-up may spend; in a larger system fewer


@dataclass(frozen=True)
class Question:
    """Can a guarded cell be as far as needed on a side, as far as someone knows?"""

    cell: int
    side: int
    who: int


@dataclass
class _Pull:
    """Whose doubts a sweep is for, and which cells it holds still."""

    who: int
    number: int
    is_still: Bools


@dataclass
class Region:
    """Some cells with the rows that touch them."""

    cells: Places
    program: Program


def _gathered(matrix: csc_array | csr_array, numbers: Places) -> Places:
    """Give the entries of some rows (or columns) of a matrix kept by them."""
    starts, stops = matrix.indptr[numbers], matrix.indptr[numbers + 1]
    lengths = stops - starts
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    found: Places = matrix.indices[shift + np.arange(lengths.sum())]
    return found


def _distinct(numbers: Places, size: int) -> Places:
    """Give distinct numbers below a size, in order."""
    there = np.zeros(size, dtype=bool)
    there[numbers] = True
    return np.flatnonzero(there)


def cheapest(system: System) -> "Search":
    """Search from several starts, as many as the size allows, and keep what hides least.

    One start answers question after question and cannot take back what the first ones chose.
    """
    starts = np.clip(_SEARCHED // max(len(system.value), 1), 1, _STARTS)
    searches = []
    for start in range(int(starts)):
        search = Search(replace(system, is_hidden=system.is_hidden.copy()))
        search.run(start)
        searches.append(search)
    return min(
        searches,
        key=lambda each: (len(each.unsafe), float(system.cost[each.system.is_hidden].sum())),
    )


class Search:
    """Hides complements in a System until everything guarded is proven safe."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.proof = Proof(system)
        self.unsafe: list[Question] = []
        self._is_fixed = False
        self._all: Search | None = None  # the same system with nothing shown at all
        self.look_at(system.is_hidden | system.can_hide)

    def look_at(self, movable: Bools) -> None:
        """Leave out of every program what cannot move."""
        self._regions: dict[bytes, Region] = {}
        self._members: dict[int, Places] = {}
        self._lengths = np.diff(self.system.matrix.indptr)
        self._part = self.system.parts(movable)
        self._sizes = np.bincount(self._part[self._part >= 0], minlength=1)

    # -- the linear program -------------------------------------------------------------------

    def region(self, cell: int, attempt: int) -> Region:
        """Cells among which an answer is sought: nearby, then with some far ones, then all."""
        part = int(self._part[cell])
        if self._sizes[part] <= _WHOLE_SYSTEM or attempt == _ATTEMPTS - 1:
            if part not in self._members:
                self._members[part] = np.flatnonzero(self._part == part)
            cells = self._members[part]
        else:
            seeds = [cell, *(self._far(cell) if attempt else ())]
            near = np.zeros(len(self._part), dtype=bool)
            for seed in seeds:
                near[self._near(seed)] = True
            cells = np.flatnonzero(near)
        key = cells.tobytes()
        if key not in self._regions:
            if len(self._regions) >= _KEPT:
                self._regions.pop(next(iter(self._regions)))
            self._regions[key] = self._made(cells)
        return self._regions[key]

    def _near(self, cell: int) -> Places:
        """Cells around one, equation by equation; long equations are not followed."""
        system = self.system
        cells = np.array([cell])
        while True:
            rows = _distinct(_gathered(system.by_cell, cells), len(self._lengths))
            rows = rows[self._lengths[rows] <= _LONG]
            wider = _distinct(_gathered(system.matrix, rows), len(self._part))
            wider = wider[self._part[wider] == self._part[cell]]
            is_enough = len(wider) > _NEAR and len(cells) >= _NEAR / 10
            if is_enough or len(wider) <= len(cells):
                return cells
            cells = wider

    def _far(self, cell: int) -> Places:
        """Some cells that share a long equation with one, hidden and large ones first."""
        system = self.system
        rows = _gathered(system.by_cell, np.array([cell]))
        cells = _distinct(
            _gathered(system.matrix, rows[self._lengths[rows] > _LONG]), len(self._part)
        )
        cells = cells[(self._part[cells] == self._part[cell]) & (cells != cell)]
        order = np.lexsort((-system.value[cells], ~system.is_hidden[cells]))
        far: Places = cells[order[:_FAR]]
        return far

    def _made(self, cells: Places, *, is_whole: bool = False) -> Region:
        system = self.system
        columns = system.by_cell[:, cells]
        rows = np.unique(columns.indices)
        matrix = columns[rows, :]
        limits = np.zeros(2 * len(cells))
        program = Program(
            hstack([matrix, -matrix], format="csc"),
            Limits(limits, limits),
            Limits(system.slack_low[rows], system.slack_high[rows]),
            is_whole=is_whole,
        )
        return Region(cells, program)

    def _limits(self, region: Region, question: Question, may_hide: Bools) -> Limits:
        """How far each cell may move up and down."""
        system, cells, who = self.system, region.cells, question.who
        lower = self._known(cells, who)
        free = system.is_hidden[cells] | may_hide[cells]
        if who >= FIRST_INSIDER:
            free &= ~system.owners[cells, who - FIRST_INSIDER]
        up = np.where(free, np.inf, 0)
        down = np.where(free, system.value[cells] - lower, 0)
        low, high = np.zeros(2 * len(cells)), np.concatenate([up, np.maximum(down, 0)])
        place, half = int(np.searchsorted(cells, question.cell)), len(cells)
        need = self.proof.needs[question.side, min(who, 1) if who < FIRST_INSIDER else 0]
        asked = need[self.proof.place[question.cell]]
        mine, other = (place, place + half) if question.side else (place + half, place)
        low[mine], high[other] = asked, 0
        if not free[place] or high[mine] < asked - TOLERANCE:
            low[mine], high[mine] = 1, 0  # cannot be: the program will say so
        return Limits(low, np.maximum(high, low) if high[mine] >= low[mine] else high)

    def solve(
        self, region: Region, question: Question, *, may_hide: Bools, shake: int = 0
    ) -> Floats | None:
        """Give the cheapest movement that answers a question; None where there is none."""
        cells = region.cells
        limits = self._limits(region, question, may_hide)
        if (limits.low > limits.high).any():
            return None
        cost = np.where(self.system.is_hidden[cells], _FREE, self.system.cost[cells])
        cost = np.concatenate([cost, cost])
        if shake:  # prices a little apart lead to another corner
            cost *= 1 + np.random.default_rng(shake).random(len(cost))
        region.program.price(cost)
        region.program.limit(limits)
        found = region.program.least()
        return None if found is None else found[: len(cells)] - found[len(cells) :]

    def answer(self, question: Question, may_hide: Bools) -> bool:
        """Find another table that answers a question, hiding what it moves; say whether one is."""
        for attempt in range(_ATTEMPTS):
            region = self.region(question.cell, attempt)
            found = self.solve(region, question, may_hide=may_hide)
            if found is not None:
                self._accept(region, found)
                return self._tried(region, question, may_hide)
            if len(region.cells) >= self._sizes[self._part[question.cell]]:
                break
        return False

    def _tried(self, region: Region, question: Question, may_hide: Bools) -> bool:
        """Where a corner lies between whole numbers, look at others, then ask for whole ones."""
        place = int(self.proof.place[question.cell])
        for shake in range(1, _SHAKES + 1):
            if not self.proof.is_open(place)[question.side, question.who]:
                return True
            found = self.solve(region, question, may_hide=may_hide, shake=shake)
            self._accept(region, found)
        is_open = bool(self.proof.is_open(place)[question.side, question.who])
        if is_open and (may_hide.any() or self._is_fixed):
            whole = self._made(region.cells, is_whole=True)
            self._accept(whole, self.solve(whole, question, may_hide=may_hide))
            is_open = bool(self.proof.is_open(place)[question.side, question.who])
        return not is_open

    def _accept(self, region: Region, found: Floats | None) -> None:
        if found is None:
            return
        moved = np.abs(found) > TOLERANCE
        cells = region.cells[moved]
        shown = cells[~self.system.is_hidden[cells]]
        if len(shown):
            self.system.hide(shown)
        self.proof.add(cells, found[moved])

    # -- many questions at once ---------------------------------------------------------------

    def sweep(self, who: int = OUTSIDER) -> None:
        """Prove what the pattern gives already, many cells by one program.

        Each guarded cell is pulled up or down by chance as far as needed. For insiders the cells of
        some of them are held still: what then moves is news to none of these. Halving the insiders
        in every way that their numbers' digits give parts each cell from each insider.
        """
        system = self.system
        cells = np.flatnonzero(system.is_hidden)
        if not len(cells) or not len(self.proof.guarded):
            return
        columns = system.by_cell[:, cells]
        rows = np.unique(columns.indices)
        still = Limits(np.zeros(len(cells)), np.zeros(len(cells)))
        slack = Limits(system.slack_low[rows], system.slack_high[rows])
        program = Program(columns[rows, :].tocsc(), still, slack)
        insiders = np.arange(system.owners.shape[1])
        groups = [np.zeros(len(insiders), dtype=bool)]
        if who >= FIRST_INSIDER:
            digits = [(insiders >> digit) & 1 == 1 for digit in range(len(insiders).bit_length())]
            groups = [half for digit in digits for half in (digit, ~digit) if half.any()]
        for number, group in enumerate(groups):
            is_still = system.owners[np.ix_(cells, group)].any(axis=1)
            self._pull(program, cells, _Pull(who, number, np.asarray(is_still)))

    def _pull(self, program: Program, cells: Places, what: "_Pull") -> None:
        """Pull as long as it proves something."""
        chance = np.random.default_rng((what.who, what.number))
        place = self.proof.place[cells]
        before = int(self._waiting(place, what).sum())
        for _ in range(_PULLS):
            is_open = self._waiting(place, what)
            up = is_open[1] & (~is_open[0] | (chance.random(len(cells)) < _EVEN))
            down = is_open[0] & ~up
            asked = self.proof.needs[:, int(what.who == KNOWS_MORE_THAN_ZERO), place]
            low = self._known(cells, what.who) - self.system.value[cells]
            high = np.full(len(cells), np.inf)
            low[down], high[up] = -asked[0, down], asked[1, up]
            low[what.is_still], high[what.is_still] = 0, 0
            program.price(down / np.maximum(asked[0], 1) - up / np.maximum(asked[1], 1))
            program.limit(Limits(low, high))
            found = program.least() if (up | down).any() else None
            if found is None:
                return
            moved = np.abs(found) > TOLERANCE
            self.proof.add(cells[moved], found[moved])
            after = int(self._waiting(place, what).sum())
            if after > _STILL_WORTH * before:
                return
            before = after

    def _waiting(self, place: Places, what: "_Pull") -> Bools:
        """What is open on each side of some cells, from the attackers looked at."""
        is_open = self.proof.is_open()
        last = None if what.who >= FIRST_INSIDER else what.who + 1
        waiting = np.asarray(is_open[:, :, what.who : last].any(axis=2))[:, place]
        return waiting & (place >= 0) & ~what.is_still

    def _known(self, cells: Places, who: int) -> Floats:
        """What somebody knows cells to be at least."""
        system = self.system
        lower: Floats = system.lower[cells]
        if who == KNOWS_MORE_THAN_ZERO:
            lower = np.minimum(system.if_hidden_is_positive(cells), system.value[cells])
        return lower

    # -- the order of questions ---------------------------------------------------------------

    def run(self, start: int = 0) -> None:
        """Ask until everything is proven; keep what cannot be.

        Args:
            start: Another number asks in another order and at prices a little apart.
        """
        proof = self.proof
        asked = proof.needs[:, OUTSIDER].max(axis=0)
        order = np.argsort(-asked, kind="stable")
        if start:
            chance = np.random.default_rng(start)
            order = chance.permutation(order)
            self.system.cost = self.system.cost * (1 + chance.random(len(self.system.cost)))
        self._ask(order, slice(OUTSIDER, OUTSIDER + 1))
        self.sweep(FIRST_INSIDER)
        self._ask(order, slice(FIRST_INSIDER, None))
        self._ask_positive(order)
        if not self.unsafe:
            self._clean_up()
            self._ask_positive(order)
            self._show_unused()
        proof.forget_where_zero_is_hidden()

    def prove(self) -> None:
        """Ask the same of the pattern as it is, hiding nothing more."""
        system, proof = self.system, self.proof
        self._is_fixed = True
        self.look_at(system.is_hidden)
        proof.forget_where_zero_is_hidden()
        for who in (OUTSIDER, KNOWS_MORE_THAN_ZERO, FIRST_INSIDER):
            self.sweep(who)
        nobody = np.zeros(len(system.value), dtype=bool)
        for side, place, who in np.argwhere(proof.is_open()):
            question = Question(int(proof.guarded[place]), int(side), int(who))
            if not proof.is_open(int(place))[side, who] or self.answer(question, nobody):
                continue
            if not self._is_said_by_the_list(question):
                self.unsafe.append(question)

    def _ask(self, order: Places, who: slice) -> None:
        proof, can_hide = self.proof, self.system.can_hide
        for number, place in enumerate(order):
            if who.start == OUTSIDER and number % _EVERY == 0:
                self.sweep()
            for side in (1, 0):
                while (waiting := np.flatnonzero(proof.is_open(place)[side, who])).size:
                    question = Question(
                        int(proof.guarded[place]), side, int(waiting[0]) + (who.start or 0)
                    )
                    if not self.answer(question, can_hide):
                        self.unsafe.append(question)
                        break

    def _ask_positive(self, order: Places) -> None:
        """Those who know that hidden means at least 1: only where no zero is hidden nearby."""
        proof, system = self.proof, self.system
        seen, may_be_zero = -1, np.zeros(0, dtype=bool)
        for place in order:
            for side in (1, 0):
                if not proof.is_open(place)[side, KNOWS_MORE_THAN_ZERO]:
                    continue
                if seen != (seen := int(system.is_hidden.sum())):  # hiding may have joined parts
                    may_be_zero = system.zero_is_hidden()[proof.guarded]
                if not may_be_zero[place]:
                    self._ask_one_positive(int(place), side)

    def _ask_one_positive(self, place: int, side: int) -> None:
        proof, system = self.proof, self.system
        question = Question(int(proof.guarded[place]), side, KNOWS_MORE_THAN_ZERO)
        if self.answer(question, system.can_hide):
            return
        if self._is_said_by_the_list(question):
            proof.is_asked[side, place, KNOWS_MORE_THAN_ZERO] = False
        elif not system.zero_is_hidden()[question.cell]:
            self.unsafe.append(question)

    def _is_said_by_the_list(self, question: Question) -> bool:
        """Say whether the mere rows of the tables, each at least 1, rule out what is asked."""
        if question.who != KNOWS_MORE_THAN_ZERO or question.side:
            return False
        everything = np.ones(len(self.system.value), dtype=bool)
        if self._all is None:
            self._all = Search(self.system)
            self._all.look_at(everything)
        region = self._all.region(question.cell, _ATTEMPTS - 1)
        return self._all.solve(region, question, may_hide=everything) is None

    # -- the clean-up -------------------------------------------------------------------------

    def _clean_up(self) -> None:
        """Show again every complement that the proof can do without, the dearest first."""
        system = self.system
        self.look_at(system.is_hidden)
        left = _CLEAN_UP * _WHOLE_SYSTEM // max(len(system.value), _WHOLE_SYSTEM)
        units = self._by_unit(self._complements())
        units.sort(key=lambda cells: -float(system.cost[cells].sum()))
        for cells in units:
            if left <= 0:
                break
            left -= self._show(cells)
        self.look_at(system.is_hidden | system.can_hide)

    def _show_unused(self) -> None:
        """Show complements that no other table moves: whoever wanted could work them out."""
        for cells in self._by_unit(self._complements()):
            if not self.proof.users(cells):
                self.system.is_hidden[cells] = False

    def _by_unit(self, chosen: Bools) -> list[Places]:
        """Give cells that are hidden in the units of some, unit by unit."""
        unit = self.system.unit
        cells = np.flatnonzero(np.isin(unit, unit[chosen]) & self.system.is_hidden)
        cells = cells[np.argsort(unit[cells], kind="stable")]
        return np.split(cells, np.flatnonzero(np.diff(unit[cells])) + 1) if len(cells) else []

    def _complements(self) -> Bools:
        system = self.system
        return system.is_hidden & system.can_hide & ~self._primary_units()

    def _primary_units(self) -> Bools:
        system = self.system
        primary: Bools = np.isin(system.unit, system.unit[self.proof.guarded])
        return primary

    def _show(self, cells: Places) -> int:
        """Try to show some cells; give the number of programs it took."""
        system, proof = self.system, self.proof
        nobody = np.zeros(len(system.value), dtype=bool)
        before = len(proof.directions)
        dropped = proof.drop(proof.users(cells))
        system.is_hidden[cells] = False
        took = 0
        touched = self._touched(dropped)
        watched = np.delete(np.arange(proof.proofs.shape[2]), KNOWS_MORE_THAN_ZERO)
        while (waiting := np.argwhere(proof.is_open(touched)[:, :, watched])).size:
            side, place, column = waiting[0]
            took += 1
            cell = int(proof.guarded[touched[place]])
            if not self.answer(Question(cell, int(side), int(watched[column])), nobody):
                system.is_hidden[cells] = True
                proof.drop(set(range(before, len(proof.directions))) & proof.users(cells))
                proof.restore(dropped)
                break
        return took

    @staticmethod
    def _touched(dropped: dict[int, Direction]) -> Places:
        hits = [places for each in dropped.values() for _, _, places in each.hits]
        return np.unique(np.concatenate(hits)) if hits else np.array([], dtype=np.int64)
