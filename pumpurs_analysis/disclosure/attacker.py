"""The attacker: what a solver can prove of every hidden cell from everything shown.

Comes in: what is shown, with the cells that are not. Goes out: for each of these the narrowest
interval that anybody can prove, and where it is a single number the equations that give it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pumpurs_analysis.disclosure.audit import is_missing
from pumpurs_analysis.disclosure.columns import Source, columns_of
from pumpurs_analysis.disclosure.frames import numbers
from pumpurs_analysis.disclosure.linking import Column, Linked, Linker
from pumpurs_analysis.disclosure.pairs import CannotLink
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.disclosure.published import BEHIND, NotReleasable, Published
from pumpurs_analysis.disclosure.release import Former
from pumpurs_analysis.disclosure.solver import Limits, Program
from pumpurs_analysis.disclosure.suppress import Question, Search
from pumpurs_analysis.disclosure.system import (
    FIRST_INSIDER,
    KNOWS_MORE_THAN_ZERO,
    OUTSIDER,
    TOLERANCE,
    Bools,
    Floats,
    Places,
    System,
)
from pumpurs_analysis.measures.result import Result

_EXACT = 2500  # hidden cells up to which every interval is worked out to its ends
COLUMNS = ("table", "column", "cell", "low", "high", "status", "who", "equations")


@dataclass(frozen=True)
class Interval:
    """What can be proven of one cell, and the equations that prove it."""

    low: float
    high: float
    equations: tuple[str, ...] = ()


class Attacker:
    """Somebody who has a solver, everything shown, and knows some cells besides."""

    def __init__(self, system: System, known: Bools, lower: Floats) -> None:
        self.system = system
        self.lower = lower
        self.part = system.parts(system.is_hidden & ~known)
        self._programs: dict[int, tuple[Places, Places, Program]] = {}

    def interval(self, cell: int) -> Interval:
        """Give the narrowest interval that can be proven of a cell."""
        part = int(self.part[cell])
        value = float(self.system.value[cell])
        if part < 0:
            return Interval(value, value)
        if part not in self._programs:
            self._programs[part] = self._program(np.flatnonzero(self.part == part))
        cells, rows, program = self._programs[part]
        ends, used = [], set()
        for sign in (1.0, -1.0):
            price = np.zeros(len(cells))
            price[np.searchsorted(cells, cell)] = sign
            program.price(price)
            found = program.least()
            if found is None:  # nothing shown keeps it on this side
                ends.append(-sign * np.inf)
            else:
                ends.append(value + found[np.searchsorted(cells, cell)])
                used |= set(rows[np.abs(program.weights()) > TOLERANCE].tolist())
        low, high = ends
        if self.system.is_whole[cell]:
            low, high = np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)
        words = tuple(self.system.words(row) for row in sorted(used)) if high - low < 1 else ()
        return Interval(float(low) + 0.0, float(high) + 0.0, words)  # no minus zero

    def _program(self, cells: Places) -> tuple[Places, Places, Program]:
        system = self.system
        columns = system.by_cell[:, cells]
        rows = np.unique(columns.indices)
        program = Program(
            columns[rows, :].tocsc(),
            Limits(self.lower[cells] - system.value[cells], np.full(len(cells), np.inf)),
            Limits(system.slack_low[rows], system.slack_high[rows]),
        )
        return cells, rows, program


def outsider(system: System) -> Attacker:
    """Somebody who knows what is shown."""
    return Attacker(system, np.zeros(len(system.value), dtype=bool), system.lower)


def attacker(system: System, who: int) -> Attacker:
    """Give the attacker that a Proof numbers so."""
    if who >= FIRST_INSIDER:
        return Attacker(system, system.owners[:, who - FIRST_INSIDER], system.lower)
    if who == KNOWS_MORE_THAN_ZERO:
        none = np.zeros(len(system.value), dtype=bool)
        least = system.if_hidden_is_positive(np.arange(len(system.value)))
        return Attacker(system, none, np.minimum(least, system.value))
    return outsider(system)


def named(system: System, who: int) -> str:
    """Say who an attacker is."""
    if who >= FIRST_INSIDER:
        return f"insider: {system.insiders[who - FIRST_INSIDER]}"
    return "outsider" if who == OUTSIDER else "knows that hidden is at least 1"


def unproven(system: System) -> list[Question]:
    """List what cannot be shown to be safe, with the pattern as it is."""
    search = Search(system)
    search.prove()
    return search.unsafe


def status_of(system: System, cell: int, found: Interval, *, is_small: bool, least: int = 0) -> str:
    """Say whether a cell is ok, narrowed or recovered."""
    if found.high - found.low < (TOLERANCE if system.is_whole[cell] else 1):
        return "recovered"
    if not is_small:
        return "ok"
    low, high = max(system.need_low[cell], least), system.need_high[cell]
    is_covered = found.low <= low + TOLERANCE and found.high >= high - TOLERANCE
    return "ok" if is_covered else "narrowed"


def report(system: System, cells: Iterable[int]) -> pd.DataFrame:
    """Attack cells of a system: what an outsider proves of each, and what others prove besides.

    One row per: cell for the outsider; and cell and attacker where another comes too near.
    """
    hidden = list(cells)
    guarded = ~np.isnan(system.need_low)
    questions = unproven(system)
    open_to_outsider = {each.cell for each in questions if each.who == OUTSIDER}
    is_large = int(system.is_hidden.sum()) > _EXACT
    everybody = outsider(system)
    rows = []
    for cell in hidden:
        if is_large and guarded[cell] and cell not in open_to_outsider:
            found = Interval(float(system.need_low[cell]), float(system.need_high[cell]))
        else:
            found = everybody.interval(cell)
        status = status_of(system, cell, found, is_small=bool(guarded[cell]))
        if status == "recovered" and guarded.any() and not guarded[cell]:
            status = "needless"  # it hides with its row, and nothing small shows by it
        rows.append((cell, found, status, OUTSIDER))
    others: dict[int, Attacker] = {}
    known = {cell for cell, _, status, _ in rows if status in {"recovered", "needless"}}
    left = set(hidden) - known
    asked = {(each.cell, each.who) for each in questions if each.who != OUTSIDER}
    for cell, who in sorted(pair for pair in asked if pair[0] in left):
        others.setdefault(who, attacker(system, who))
        found = others[who].interval(cell)
        status = status_of(
            system, cell, found, is_small=True, least=int(who == KNOWS_MORE_THAN_ZERO)
        )
        if status != "ok":
            rows.append((cell, found, status, who))
    return pd.DataFrame(
        {
            "at": [cell for cell, *_ in rows],
            "cell": [system.names[cell] for cell, *_ in rows],
            "low": [found.low for _, found, *_ in rows],
            "high": [found.high for _, found, *_ in rows],
            "status": [status for *_, status, _ in rows],
            "who": [named(system, who) for *_, who in rows],
            "equations": [found.equations for _, found, *_ in rows],
        }
    )


def attack(shown: Published | Sequence[Published], *, ledger: Former | None = None) -> pd.DataFrame:
    """Try to work out what several Published hide, from all of them together.

    One row per: hidden cell of a table, and small number that stands in no table but between them
    (what rows leave out of a total, those beside a part, what changed since an earlier release),
    for the outsider; and each of these and attacker where somebody who knows more comes too near.

    Columns:
        table: Name of the measure; empty for a number between tables.
        column: Count or sum that is hidden; empty for a number between tables.
        cell: What it counts and what it is about.
        low: The least it can be, as a solver proves.
        high: The most it can be.
        status: ok; narrowed (a small number is known better than it may be); recovered (exactly);
            needless (a large number or a zero, hidden with its row, that the rest gives exactly).
        who: outsider, insider of a municipality, or one who takes hidden to be at least 1.
        equations: For what is recovered: the sums that give it.

    Leaves out:
        Columns computed from counts; they hide with them. Published figures.

    Args:
        shown: One or several, made by ``protect`` in this process: what insiders know is not kept
            elsewhere.
        ledger: Earlier releases, known to the attacker too.

    Raises:
        ValueError: A Published was made elsewhere.
        TypeError: Something else than what ``protect`` gave.
        NotReleasable: The same cell has two values, so that the tables cannot belong together.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> len(attack([protect(measures.risk_mix(published()))]))
        0
    """
    given = [shown] if isinstance(shown, Published) else list(shown)
    for each in given:
        if not isinstance(each, Published):
            raise TypeError(f"attack takes what protect gave, not {type(each).__name__}")
    records = [each for each in given if each.result.evidence == "records"]
    if not records:
        return pd.DataFrame(columns=list(COLUMNS))
    columns, sources = shown_columns(records)
    former = [] if ledger is None else ledger.columns(columns)
    linked = frozen([*columns, *former], max(each.threshold for each in records))
    whose = [(records[each.result].result.name, each.name) for each in sources]
    whose += [("earlier release", each.quantity) for each in former]
    found = _hidden_cells([*columns, *former], whose, linked)
    small = linked.system.is_unlisted & ~np.isnan(linked.system.need_low)
    between = pd.DataFrame({"table": "", "column": "", "at": np.flatnonzero(small)})
    found = pd.concat([found, between], ignore_index=True)
    told = report(linked.system, found["at"].unique().tolist())
    return found.merge(told, on="at")[list(COLUMNS)]


def remember(shown: Published, measured: Result) -> None:
    """Tell ``attack`` what stands behind a Published that was read from a file.

    Args:
        shown: Of a public release.
        measured: What the measure gives for the same records.

    Raises:
        ValueError: It shows another number, so that it cannot have been made of this.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> answer = measures.risk_mix(published())
        >>> remember(protect(answer), answer)
    """
    for name in (*measured.counts, *measured.money):
        seen, true = numbers(shown.result, name), numbers(measured, name)
        if len(seen) != len(true) or (~np.isnan(seen) & (seen != true)).any():
            raise ValueError(f"{measured.name}: {name} shows another number than was measured")
    BEHIND[shown] = measured


def shown_columns(shown: Sequence[Published]) -> tuple[list[Column], list[Source]]:
    """Give the Columns of what is shown; what is hidden is read off the finished frames."""
    if any(each not in BEHIND and each.audience == "public" for each in shown):
        raise ValueError("attack needs what protect made in this process; a Ledger keeps the rest")
    rules = rules_of_release(max(each.threshold for each in shown))
    columns, sources = columns_of([BEHIND.get(each, each.result) for each in shown], rules)
    marked = [
        replace(column, is_hidden=is_missing(shown[source.result], column, source), was_shown=True)
        for column, source in zip(columns, sources, strict=True)
    ]
    return marked, sources


def frozen(columns: Sequence[Column], threshold: int) -> Linked:
    """Put what was shown into one system in which nothing can be changed any more."""
    try:
        linked = Linker(list(columns), rules_of_release(threshold)).linked()
    except CannotLink as cannot:
        raise NotReleasable(str(cannot)) from cannot
    system = linked.system
    for column, places in zip(columns, linked.places, strict=False):
        there = places >= 0
        hidden = column.is_hidden if column.is_hidden is not None else np.zeros(len(there), bool)
        system.is_hidden[places[there & hidden]] = True
    for column, places in zip(columns, linked.places, strict=False):
        if column.is_hidden is not None:
            system.is_hidden[places[(places >= 0) & ~column.is_hidden]] = False
    system.can_hide[:] = False
    return linked


def _hidden_cells(
    columns: Sequence[Column], whose: Sequence[tuple[str, str]], linked: Linked
) -> pd.DataFrame:
    """Say where each hidden cell stands: in which table, in which column."""
    parts = []
    for column, (table, name), places in zip(columns, whose, linked.places, strict=False):
        is_hidden = np.zeros(len(places), bool) if column.is_hidden is None else column.is_hidden
        hidden = places[(places >= 0) & is_hidden]
        parts.append(pd.DataFrame({"table": table, "column": name, "at": hidden}))
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
