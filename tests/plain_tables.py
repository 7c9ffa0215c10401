"""Plain tables with their totals in them: the same protection and attack, without Results.

Comes in: a frame whose rows are cells and totals, as statistical offices keep them. Goes out: the
frame with the cells to hide, or what an attacker can prove. The known tables are run this way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from pumpurs_analysis.disclosure.attacker import report
from pumpurs_analysis.disclosure.published import NotReleasable
from pumpurs_analysis.disclosure.solver import Limits, Program
from pumpurs_analysis.disclosure.suppress import cheapest
from pumpurs_analysis.disclosure.system import Bools, Floats, System

Tree = Mapping[str, str]
_DEARER = (0.5, 1.0)  # how much dearer a total is than a cell; the better outcome is taken
_OFF = 0.011  # sums written to two decimals may be off by this much


@dataclass(frozen=True)
class Cube:
    """How a plain table is laid out.

    Attributes:
        dimensions: Columns that say what a row is about.
        value: Column of counts or sums.
        total: Code of the total in every dimension.
        trees: For a dimension: code = the code it belongs to; several trees where it is grouped in
            several ways. Codes in no tree belong to the total.
        insiders: A dimension whose codes each know their own cells, or nothing.
        is_whole: Whether the values are counts.
    """

    dimensions: Sequence[str]
    value: str
    total: str = "Total"
    trees: Mapping[str, Sequence[Tree]] = field(default_factory=dict)
    insiders: str = ""
    is_whole: bool = True


def _sums(frame: pd.DataFrame, cube: Cube) -> list[tuple[int, list[int]]]:
    """Find every total of the table with the rows it is the sum of."""
    at = {
        key: row for row, key in enumerate(zip(*(frame[d] for d in cube.dimensions), strict=True))
    }
    found = []
    for place, name in enumerate(cube.dimensions):
        codes = list(dict.fromkeys(frame[name]))
        for tree in cube.trees.get(name, ({},)):
            parents: dict[str, list[str]] = {}
            for code in codes:
                if code != cube.total and (
                    code in tree or not _is_in_another(cube, name, (tree, code))
                ):
                    parents.setdefault(tree.get(code, cube.total), []).append(code)
            for key, row in at.items():
                rows = [
                    at.get((*key[:place], code, *key[place + 1 :]))
                    for code in parents.get(key[place], ())
                ]
                there = [each for each in rows if each is not None]
                if there and len(there) == len(rows):
                    found.append((row, there))
    return found


def _is_in_another(cube: Cube, name: str, this: tuple[Tree, str]) -> bool:
    """Say whether a code belongs to another tree of the same dimension, as child or as parent."""
    tree, code = this
    return any(
        code in {*other, *other.values()} - set(tree.values())
        for other in cube.trees.get(name, ())
        if other is not tree
    )


def system_of(frame: pd.DataFrame, cube: Cube, is_hidden: Bools) -> System:
    """Put a plain table into a linear system.

    Raises:
        NotReleasable: Its totals are not the sums of its cells; the message names the first.
    """
    value = frame[cube.value].to_numpy(float)
    sums = _sums(frame, cube)
    number = [n for n, (_, rows) in enumerate(sums) for _ in range(len(rows) + 1)]
    cells = [cell for total, rows in sums for cell in (*rows, total)]
    signs = [sign for _, rows in sums for sign in (*([1.0] * len(rows)), -1.0)]
    matrix = csr_array((signs, (number, cells)), shape=(len(sums), len(frame)))
    names = [
        "/".join(map(str, key)) for key in zip(*(frame[d] for d in cube.dimensions), strict=True)
    ]
    value = _completed(value, matrix, is_hidden)
    off = matrix @ value
    wrong = np.flatnonzero(np.abs(off) > (_OFF if not cube.is_whole else 1e-6))
    if len(wrong):
        total = sums[wrong[0]][0]
        raise NotReleasable(
            f"The table does not add up in {len(wrong)} places: {names[total]} is "
            f"{value[total]:g}, its parts together {value[total] + off[wrong[0]]:g}. "
            "Mend it before it is protected."
        )
    whose = frame[cube.insiders] if cube.insiders else pd.Series(cube.total, index=frame.index)
    insiders = [code for code in dict.fromkeys(whose) if code != cube.total]
    owners = np.stack([np.zeros(len(frame), bool), *(whose == each for each in insiders)], axis=1)
    return System(
        value=value, lower=np.zeros(len(frame)), matrix=matrix, row_low=off, row_high=off,
        is_hidden=is_hidden.copy(), can_hide=np.ones(len(frame), dtype=bool),
        unit=np.arange(len(frame)), cost=1 + 0.05 * np.log1p(np.abs(value)),
        need_low=np.full(len(frame), np.nan), need_high=np.full(len(frame), np.nan),
        is_whole=np.full(len(frame), cube.is_whole), owners=owners[:, 1:], names=names,
        insiders=list(map(str, insiders)),
    )  # fmt: skip


def _completed(value: Floats, matrix: csr_array, is_hidden: Bools) -> Floats:
    """Where hidden values are missing, take any that fit: what can be proven does not change."""
    lost = np.isnan(value)
    if not lost.any():
        return value
    if (lost & ~is_hidden).any():
        raise ValueError("A value is missing in a cell that is not hidden")
    known = np.where(lost, 0, value)
    columns = matrix.tocsc()[:, np.flatnonzero(lost)]
    rest = -(matrix @ known)
    free = Limits(np.zeros(columns.shape[1]), np.full(columns.shape[1], np.inf))
    found = Program(columns.tocsc(), free, Limits(rest, rest)).least()
    if found is None:
        raise NotReleasable("No numbers fit what is shown: the table does not add up")
    filled = value.copy()
    filled[lost] = found
    return filled


def suppress(
    frame: pd.DataFrame,
    cube: Cube,
    *,
    primary: Bools,
    width: float | Floats | None = None,
    threshold: float = 5,
) -> Bools:
    """Choose the cells to hide beside the primary ones.

    Args:
        frame: One row per cell or total.
        cube: How it is laid out.
        primary: Cells that are hidden for their own sake.
        width: How wide the interval of each must be that can be proven; without it every primary
            cell must be able to be anything from 0 to the threshold.
        threshold: See there.

    Returns:
        Which cells are hidden, the primary ones among them.

    Raises:
        NotReleasable: The table does not add up, or cannot be made safe.

    Example:
        >>> frame = pd.DataFrame(
        ...     {"a": list("xyxyTT") + ["x", "y", "T"], "b": list("11221") + ["2"] + ["T"] * 3}
        ... )
        >>> frame["n"] = [2, 9, 8, 7, 11, 15, 10, 16, 26]
        >>> cube = Cube(("a", "b"), "n", total="T")
        >>> suppress(frame, cube, primary=(frame["n"] < 5).to_numpy()).tolist()
        [True, True, True, True, False, False, False, False, False]
    """
    value = system_of(frame, cube, primary).value
    if width is None:
        return _suppressed(frame, cube, (primary, 0 * value, np.maximum(value, threshold)))
    # The interval may lie above the true value or, as far as there is room, below it.
    down = np.maximum(value - width, 0)
    ways = [(value, value + width), (down, down + width)]
    tried = [_suppressed(frame, cube, (primary, low, high)) for low, high in ways]
    return min(tried, key=np.sum)


def _suppressed(frame: pd.DataFrame, cube: Cube, asked: tuple[Bools, Floats, Floats]) -> Bools:
    primary, low, high = asked
    found: list[Bools] = []
    for dearer in _DEARER:
        system = system_of(frame, cube, primary)
        for name in cube.dimensions:
            system.cost = system.cost + dearer * (frame[name] == cube.total).to_numpy(float)
        system.need_low = np.where(primary, low, np.nan)
        system.need_high = np.where(primary, high, np.nan)
        search = cheapest(system)
        if search.unsafe:
            named = ", ".join(sorted({system.names[question.cell] for question in search.unsafe}))
            raise NotReleasable(f"This table cannot be made safe; merge rows around {named}")
        found.append(search.system.is_hidden)
    return min(found, key=np.sum)


def attack_table(
    frame: pd.DataFrame,
    cube: Cube,
    *,
    hidden: Bools,
    small: Bools | None = None,
    threshold: float = 5,
) -> pd.DataFrame:
    """Say what can be proven of the hidden cells of a plain table.

    One row per: hidden cell for the outsider; and hidden cell and insider who comes too near.

    Args:
        frame: One row per cell or total; hidden values may be missing.
        cube: How it is laid out.
        hidden: Which cells are hidden.
        small: Which of these are guarded: they must be able to be anything from 0 to the threshold.
        threshold: See there.

    Example:
        >>> frame = pd.DataFrame({"a": ["x", "y", "T"], "n": [float("nan"), 9, 12]})
        >>> cube = Cube(("a",), "n", total="T")
        >>> told = attack_table(frame, cube, hidden=frame["n"].isna().to_numpy())
        >>> print(*told[["cell", "low", "high", "status"]].iloc[0])
        x 3.0 3.0 recovered
    """
    system = system_of(frame, cube, hidden)
    if small is not None:
        system.need_low = np.where(small, 0, np.nan)
        system.need_high = np.where(small, np.maximum(threshold, system.value), np.nan)
    return report(system, np.flatnonzero(hidden).tolist()).drop(columns="at")
