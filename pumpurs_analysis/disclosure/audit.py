"""The last look before anything is handed out: the finished tables, attacked without the search.

Comes in: finished Published, and other tables that the search says fit them as well. Goes out:
nothing, or a refusal. What is hidden is read off the frames, the sums are written down anew by
``relations``, and every other table is checked against them number by number. A small count counts
as hidden well only when such a table has it at or below the lower end of its range and another at
or above the upper end: for outsiders, for those who take hidden to be at least 1, and for each
insider. Nobody has to believe the search.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csc_array
from scipy.sparse.csgraph import connected_components

from pumpurs_analysis.disclosure.columns import Source, last_shown, tells_of
from pumpurs_analysis.disclosure.frames import hides_with_row, numbers
from pumpurs_analysis.disclosure.linking import Column
from pumpurs_analysis.disclosure.primary import Rules, count_ranges
from pumpurs_analysis.disclosure.published import NotReleasable, Published
from pumpurs_analysis.disclosure.relations import relations_of
from pumpurs_analysis.disclosure.solver import Limits, Program
from pumpurs_analysis.disclosure.system import TOLERANCE, Bools, Floats, Places
from pumpurs_analysis.disclosure.unseen import with_unseen
from pumpurs_analysis.measures.result import Result

_NAMED = 5
_SIDES = (-1, 1)


@dataclass(frozen=True)
class Moves:
    """Other tables: how far each number would be another one.

    Attributes:
        column: Number of the Column of each entry.
        row: Its row there.
        table: The other table that it belongs to.
        step: How far it moves in one step.
    """

    column: Places
    row: Places
    table: Places
    step: Floats


def check_finished(
    shown: Sequence[Published],
    truth: Sequence[Result],
    columns: tuple[Sequence[Column], Sequence[Source]],
    *,
    moves: Moves,
    rules: Rules,
) -> None:
    """Attack finished tables.

    Args:
        shown: As they will be handed out.
        truth: What was measured, in the same order.
        columns: Of these, those of earlier releases last, and where they come from.
        moves: Other tables.
        rules: The rules of the release.

    Raises:
        NotReleasable: Something shows that must not, or is not proven to be safe.
    """
    for each, measured in zip(shown, truth, strict=True):
        _look_at(each, measured)
    masked = [
        replace(column, is_hidden=is_missing(shown[source.result], column, source))
        for column, source in zip(columns[0], columns[1], strict=False)
    ]
    told = [*masked, *columns[0][len(masked) :]]
    found = Attack(told, rules)
    found.replay(moves)
    open_ = found.unproven()
    if len(open_):
        names = [found.name(place) for place in open_[:_NAMED]]
        more = f"; and {len(open_) - _NAMED} more" if len(open_) > _NAMED else ""
        raise NotReleasable(
            "This cannot be released: in the finished tables small numbers could be worked out. "
            "Merge these rows with others, or leave a table out: "
            f"{'; '.join(names)}{more}.",
            last_shown([found.near(place) for place in open_], columns[1], found.told.places),
        )


def _look_at(shown: Published, measured: Result) -> None:
    """Compare a finished frame with what was measured, cell by cell."""
    frame, name = shown.result.frame, measured.name
    counted = (*measured.counts, *measured.money)
    hidden = pd.DataFrame(
        {each: numbers(shown.result, each) != numbers(measured, each) for each in counted}
    )
    hidden &= pd.DataFrame({each: ~np.isnan(numbers(measured, each)) for each in counted})
    is_any = hidden.any(axis=1).to_numpy()
    for each in counted:
        changed = hidden[each].to_numpy() & ~np.isnan(numbers(shown.result, each))
        _refuse_if(bool(changed.any()), f"{name}: {each} shows another number than was measured")
        marked = shown.hidden[each].to_numpy(dtype=bool) if each in shown.hidden else ~is_any
        _refuse_if(bool((hidden[each] & ~marked).any()), f"{name}: {each} hides without saying so")
    for each in hides_with_row(shown.result):
        told = hidden[list(tells_of(measured, each))].any(axis=1).to_numpy()
        seen = frame[each].notna().to_numpy(dtype=bool) & told  # numbers and words alike
        _refuse_if(bool(seen.any()), f"{name}: {each} shows beside a hidden count")
    _refuse_if(bool((frame["is_hidden"].to_numpy(bool) < is_any).any()), f"{name}: no mark of rows")
    _refuse_if(shown.result.contributors is not None, f"{name} still knows who stands behind it")


def _refuse_if(found: bool, what: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if found:
        raise NotReleasable(f"This cannot be released: {what}.")


def is_missing(shown: Published, column: Column, source: Source) -> Bools:
    """Say which numbers of a Column are missing in the finished frame."""
    hidden: Bools = ~np.isnan(column.value)
    if source.name in shown.result.frame:  # otherwise it stands in no table
        hidden &= np.isnan(numbers(shown.result, source.name)[source.rows])
    return hidden


class Attack:
    """Finished tables, and what other tables prove of them."""

    def __init__(self, columns: Sequence[Column], rules: Rules) -> None:
        columns = with_unseen(columns)
        self.told = relations_of(columns, rules.insiders)
        told, size = self.told, len(self.told.value)
        amount = told.matrix @ told.value
        low, high = np.full(size, np.nan), np.full(size, np.nan)
        for column, places in zip(columns, told.places, strict=True):
            at = places[(places >= 0) & ~np.isnan(column.low)]
            asked = (places >= 0) & ~np.isnan(column.low)
            low[at] = np.fmin(low[at], column.low[asked])
            high[at] = np.fmax(high[at], column.high[asked])
        is_listed = np.zeros(size, dtype=bool)
        known = np.zeros(size, dtype=bool)  # shown in an earlier release: it cannot be taken back
        for column, places in zip(columns, told.places, strict=True):
            is_listed[places[places >= 0]] |= not column.is_implied
            if column.was_shown and column.is_hidden is not None:
                known[places[(places >= 0) & ~column.is_hidden]] = True
        self.is_counted = is_listed & ~told.is_money  # hidden may mean at least 1
        low[known], high[known] = np.nan, np.nan
        wanted = count_ranges(np.where(told.guard != "", amount, np.nan), rules.threshold)
        of_money = told.is_money[told.about]
        self.low = np.concatenate([low, np.where(of_money, np.nan, wanted[0])])
        self.high = np.concatenate([high, np.where(of_money, np.nan, wanted[1])])
        self.value = np.concatenate([told.value, amount])
        self.is_whole = ~np.concatenate([told.is_money, of_money])
        self.guarded = np.flatnonzero(~np.isnan(self.low))
        self.owners = np.concatenate([told.owners, told.knows])[self.guarded]
        shape = (2, len(self.guarded), 2 + told.owners.shape[1])
        self.is_proven = np.zeros(shape, dtype=bool)

    def replay(self, moves: Moves) -> None:
        """Check other tables against everything shown, and keep what they prove."""
        told = self.told
        at = np.full(len(moves.step), -1)
        for number, places in enumerate(told.places):
            mine = moves.column == number
            at[mine] = places[moves.row[mine]]
        tables = int(moves.table.max(initial=-1)) + 1
        keep = (at >= 0) & (moves.step != 0)
        keep &= ~pd.DataFrame({"at": at, "table": moves.table}).duplicated().to_numpy()
        step = csc_array(
            coo_array((moves.step[keep], (at[keep], moves.table[keep])),
                      shape=(len(told.value), tables))
        )  # fmt: skip
        of_table = np.repeat(np.arange(tables), np.diff(step.indptr))
        contradicts = np.zeros(tables, dtype=bool)  # it moves what everybody can read
        contradicts[of_table[told.is_shown[step.indices]]] = True
        whole = np.abs(step.data - np.round(step.data)) < TOLERANCE
        contradicts[of_table[~told.is_money[step.indices] & ~whole]] = True
        change = csc_array(told.matrix @ step)
        change.data[np.abs(change.data) < TOLERANCE] = 0
        knows = np.stack(
            [
                np.bincount(of_table[who[step.indices]], minlength=tables) > 0
                for who in told.owners.T
            ]
            or [np.zeros(tables, dtype=bool)],
            axis=1,
        )[:, : told.owners.shape[1]]
        for least in (0, 1):
            ends = self._ends(step, change, least)
            is_out = contradicts
            if least:
                small = self.is_counted[step.indices] & (told.value[step.indices] < 1)
                is_out = contradicts.copy()
                is_out[of_table[small]] = True
            self._keep((step, change), ends * ~is_out, least=least, knows=knows)

    def _ends(self, step: csc_array, change: csc_array, least: int) -> Floats:
        """How many steps down and up keep each other table within what is known."""
        told, tables = self.told, step.shape[1]
        of_table = np.repeat(np.arange(tables), np.diff(step.indptr))
        cells = step.indices
        floor = np.where(self.is_counted[cells], least, told.lower[cells])
        room = (floor - told.value[cells]) / step.data
        low, high = np.full(tables, -np.inf), np.full(tables, np.inf)
        np.maximum.at(low, of_table[step.data > 0], room[step.data > 0])
        np.minimum.at(high, of_table[step.data < 0], room[step.data < 0])
        moved = change.data != 0
        rows = change.indices[moved]
        amount = self.value[len(told.value) :][rows]
        by = np.repeat(np.arange(tables), np.diff(change.indptr))[moved]
        sides = np.stack([told.low[rows] - amount, told.high[rows] - amount])
        sides = np.where(np.abs(sides) < TOLERANCE, 0, sides) / change.data[moved]
        np.maximum.at(low, by, sides.min(axis=0))
        np.minimum.at(high, by, sides.max(axis=0))
        is_whole = np.zeros(tables, dtype=bool)
        is_whole[of_table[~told.is_money[cells]]] = True
        far = np.max(self.high, where=~np.isnan(self.high), initial=1)
        low, high = np.clip(low, -far, 0), np.clip(high, 0, far)
        return np.stack([
            np.where(is_whole, np.ceil(low - TOLERANCE), low),
            np.where(is_whole, np.floor(high + TOLERANCE), high),
        ])  # fmt: skip

    def _keep(
        self, moved: tuple[csc_array, csc_array], ends: Floats, *, least: int, knows: Bools
    ) -> None:
        """Say which guarded cells and relations come far enough at either end."""
        step, change = moved
        cells = len(self.told.value)
        at = np.concatenate([step.indices, change.indices + cells])
        far = np.concatenate([step.data, change.data])
        table = np.concatenate(
            [np.repeat(np.arange(each.shape[1]), np.diff(each.indptr)) for each in moved]
        )
        place = np.full(len(self.value), -1)
        place[self.guarded] = np.arange(len(self.guarded))
        mine = place[at] >= 0
        at, far, table = at[mine], far[mine], table[mine]
        floor = np.where(self.is_whole[at], np.maximum(self.low[at], least), self.low[at])
        reached = [self.value[at] + far * end[table] for end in ends]
        slack = TOLERANCE * np.maximum(1, np.abs(self.value[at]))
        hits = (
            np.minimum(*reached) <= floor + slack,
            np.maximum(*reached) >= self.high[at] - slack,
        )
        for side, hit in enumerate(hits):
            self.is_proven[side, place[at[hit]], least] = True
            if not least:
                for insider in range(knows.shape[1]):
                    new = hit & ~knows[table, insider]
                    self.is_proven[side, place[at[new]], 2 + insider] = True

    def name(self, place: int) -> str:
        """Name a cell, or what a relation is about."""
        told, cells = self.told, len(self.told.value)
        if place < cells:
            return told.names[place]
        return f"the rest of {told.names[told.about[place - cells]]}"

    def near(self, place: int) -> Places:
        """Give a cell, or those that a relation ties."""
        cells = len(self.told.value)
        if place < cells:
            return np.array([place])
        tied: Places = self.told.matrix[[place - cells]].indices
        return tied

    def unproven(self) -> Places:
        """Give what is not proven to be safe from everybody."""
        told, cells = self.told, len(self.told.value)
        is_shown = np.concatenate([told.is_shown, np.zeros(len(told.about), dtype=bool)])
        is_open = ~self.is_proven
        is_total = np.concatenate([told.is_counted, np.zeros(len(told.about), bool)])[self.guarded]
        own = self.owners
        is_open[:, :, 2:] &= ~own
        # Who knows a part of a total knows that the total is no less; so does who counts its rows.
        of_total = np.concatenate(
            [told.is_total, told.is_total[told.about] & (told.guard == "beside")]
        )[self.guarded]
        is_open[0, of_total & ~own.any(axis=1), 2:] = False
        is_open[0, is_total, 1] = False
        is_open[:, ~self.is_whole[self.guarded] | self._may_be_zero(), 1] = False
        value, low = self.value[self.guarded], self.low[self.guarded]
        is_open[0, value <= low + TOLERANCE] = False
        is_open[1, value >= self.high[self.guarded] - TOLERANCE] = False
        is_open[0, value <= np.maximum(low, 1), 1] = False
        for place in np.flatnonzero(is_open[0, :, 1] & (self.guarded < cells)):
            is_open[0, place, 1] = not self._is_said_by_the_list(int(self.guarded[place]))
        return self.guarded[is_open.any(axis=(0, 2)) | is_shown[self.guarded]]

    def _may_be_zero(self) -> Bools:
        """Say which guarded numbers are linked with a hidden zero: there hidden may mean 0."""
        told = self.told
        hidden = ~told.is_shown
        near = coo_array(told.matrix)
        ties = hidden[near.col]
        size = len(self.value)
        graph = coo_array(
            (np.ones(int(ties.sum())), (near.col[ties], near.row[ties] + len(told.value))),
            shape=(size, size),
        )
        part = connected_components(graph, directed=False)[1]
        zeros = np.flatnonzero(hidden & (told.value == 0) & self.is_counted)
        found: Bools = np.isin(part, part[zeros])[self.guarded]
        return found

    def _is_said_by_the_list(self, cell: int) -> bool:
        """Say whether the mere rows of the tables, each at least 1, rule out so little."""
        told = self.told
        least = np.where(self.is_counted & (told.value >= 1), 1, told.lower)
        high = np.full(len(least), np.inf)
        high[cell] = max(self.low[cell], 1)
        amount = self.value[len(told.value) :]
        limits = Limits(least - told.value, high - told.value)
        program = Program(
            csc_array(told.matrix), limits, Limits(told.low - amount, told.high - amount)
        )
        return program.least() is None
