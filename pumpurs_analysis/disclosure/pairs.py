"""Which tables hold the sums of which: the same thing counted with fewer or wider dimensions.

Comes in: two tables of one quantity. Goes out: which rows of the finer one belong to which of the
wider, and what the finer one leaves out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.disclosure.places import Belonging, path
from pumpurs_analysis.disclosure.system import TOLERANCE, Floats, Places

_TIME = {"semester", "month"}
_NAMED = 5  # parts named in a refusal


class CannotLink(ValueError):  # noqa: N818  (it says what is the case)
    """Numbers that cannot be put into one system; the message says which."""


@dataclass
class Table:
    """The cells of one quantity about the same dimensions."""

    quantity: str
    unit: str
    about: pd.DataFrame
    cells: Places
    is_money: bool
    is_least: bool = False
    was_shown: bool = False

    @property
    def dims(self) -> tuple[str, ...]:
        """Its dimensions."""
        return tuple(map(str, self.about.columns))


def names_of(quantity: str, about: pd.DataFrame) -> list[str]:
    """Name cells by what they count and what they are about."""
    words = [[f"{name} {value}" for value in about[name]] for name in about.columns]
    rows = zip(*words, strict=True) if words else [("all together",)] * len(about)
    return [f"{quantity} of {', '.join(row)}" for row in rows]


def row_codes(about: pd.DataFrame) -> Places:
    """Number rows by their content, in the order in which it first appears."""
    codes = np.zeros(len(about), dtype=np.int64)
    for name in about.columns:
        values, distinct = pd.factorize(about[name].to_numpy())
        codes = pd.factorize(codes * len(distinct) + values)[0]
    return codes.astype(np.int64)


@dataclass
class Pair:
    """A table, a wider one, and which rows of the first belong to which of the second.

    Attributes:
        fine_key: Sum each finer cell belongs to; ``fine_cells`` are these cells.
        wide_key: Sum each wider cell belongs to; ``wide_cells`` are these cells.
        apart: For a sum that may count people twice: cells with the same number do not overlap.
        rest: What the finer rows leave out of each sum.
        of_key: A wider cell of each sum.
        is_sum: Whether the finer cells add up, apart from the rest.
        is_complete: Whether they add up with nothing left out.
        doubled: Dimensions over which people may stand in several rows.
    """

    fine: Table
    wide: Table
    fine_key: Places
    fine_cells: Places
    wide_key: Places
    wide_cells: Places
    apart: Places
    rest: Floats
    of_key: Places
    is_sum: bool
    is_complete: bool
    doubled: set[str]

    @classmethod
    def of(cls, fine: Table, wide: Table, *, belonging: Belonging, value: Floats) -> "Pair | None":
        """Link two tables of the same quantity; None where one is not finer than the other."""
        rises = rises_of(fine.dims, wide.dims)
        if rises is None:
            return None
        upper, lower = _same_words((fine, wide), rises, belonging)
        both = row_codes(pd.concat([upper, lower], ignore_index=True))
        wide_key, fine_key = both[: len(upper)], both[len(upper) :]
        keys, wide_key = np.unique(wide_key, return_inverse=True)
        there = np.isin(fine_key, keys)
        fine_key = np.searchsorted(keys, fine_key[there])
        if not len(fine_key):
            return None
        fine_cells = fine.cells[there]
        rest: Floats = np.bincount(wide_key, value[wide.cells], minlength=len(keys)).astype(float)
        rest = rest - np.bincount(fine_key, value[fine_cells], minlength=len(keys))
        rest[np.abs(rest) <= TOLERANCE] = 0
        changed = {name for name in fine.dims if name not in wide.dims or name in rises.values()}
        changed -= {name for name in fine.dims if rises.get(name) == name}
        doubled = may_double(fine.unit, changed, set(wide.dims))
        is_exact = bool((rest == 0).all())
        is_sum = is_exact or (not doubled and not fine.is_least and bool((rest >= 0).all()))
        apart = row_codes(fine.about[sorted(doubled)])[there]
        of_key = np.zeros(len(keys), dtype=np.int64)
        of_key[wide_key] = wide.cells
        return cls(
            fine, wide, fine_key, fine_cells, wide_key, wide.cells, apart, rest, of_key,
            is_sum=is_sum, is_complete=is_exact and bool(there.all()), doubled=doubled,
        )  # fmt: skip

    def check(self, value: Floats) -> None:
        """Refuse sums that are less than what they are made of: one of the tables is wrong.

        Between releases numbers change; and where people may stand in several rows the rows may
        come to more than the whole, but none of them does.

        Raises:
            CannotLink: Rows add up to more; the message names them.
        """
        free = bool((value[np.append(self.fine.cells, self.wide.cells)] < 0).any())  # given back
        if self.is_sum or self.fine.is_least or self.fine.was_shown or self.wide.was_shown or free:
            return
        adds_up = not self.doubled
        parts = value[self.fine_cells]
        together = (np.bincount if adds_up else _most)(self.fine_key, parts, len(self.rest))
        whole = np.bincount(self.wide_key, value[self.wide_cells], len(self.rest))
        wrong = np.flatnonzero(together > whole + TOLERANCE)
        if len(wrong):
            key, names = wrong[0], dict[int, str]()
            for table in (self.fine, self.wide):
                names |= zip(table.cells, names_of(table.quantity, table.about), strict=True)
            of = [names[cell] for cell in self.fine_cells[self.fine_key == key]]
            more = f" and {len(of) - _NAMED} more" if len(of) > _NAMED else ""
            raise CannotLink(
                f"These numbers do not add up in {len(wrong)} places: {names[self.of_key[key]]} is "
                f"{whole[key]:g}, its parts {'together' if adds_up else 'alone'} "
                f"{together[key]:g} ({'; '.join(of[:_NAMED])}{more}). Mend the tables first."
            )


def _most(key: Places, value: Floats, size: int) -> Floats:
    """Give the greatest value of each key."""
    found = np.zeros(size)
    np.maximum.at(found, key, value)
    return found


def rises_of(fine: tuple[str, ...], wide: tuple[str, ...]) -> dict[str, str] | None:
    """Say which finer dimension gives each wider one; None where one cannot be given, or all do."""
    found: dict[str, str] = {}
    for name in wide:
        ways = [each for each in fine if path(each, name)]
        if not ways:
            return None
        found[name] = (
            name if name in ways else min(ways, key=lambda each: len(path(each, name) or ()))
        )
    return found if set(fine) != set(wide) else None


def _same_words(
    tables: tuple[Table, Table], rises: Mapping[str, str], belonging: Belonging
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the wider table's rows, and the finer one's in the wider one's words.

    Where a value belongs to several wider ones, these are taken together.
    """
    fine, wide = tables
    upper, lower = {}, {}
    for name, source in rises.items():
        upper[name], lower[name] = wide.about[name], fine.about[source]
        if name == source:
            continue
        values = lower[name].unique()
        wider = {value: belonging.wider(value, source, name) for value in values}
        lost = [value for value, found in wider.items() if not found]
        if lost and name in {"municipality", "municipality_today"}:
            raise CannotLink(
                f"Nobody knows to which {name} these belong: {', '.join(lost[:5])}. Ask the "
                f"measure by ({name!r}, {source!r}) so that the table says it, or leave totals out."
            )
        label = _together(wider.values())
        upper[name] = upper[name].map(lambda value, of=label: of.get(value, value))
        lower[name] = lower[name].map(
            {value: label[found[0]] if found else f"?{value}" for value, found in wider.items()}
        )
    index_upper, index_lower = wide.about.index, fine.about.index
    return pd.DataFrame(upper, index=index_upper), pd.DataFrame(lower, index=index_lower)


def _together(groups: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Give values that stand in one group the same label."""
    label: dict[str, str] = {}
    for group in groups:
        if not group:
            continue
        known = {label.get(value, value) for value in group}
        first = min(known)
        label |= dict.fromkeys(group, first)
        label = {value: first if each in known else each for value, each in label.items()}
    return label


def may_double(unit: str, changed: set[str], kept: set[str]) -> set[str]:
    """Give the dimensions over which a unit may stand in several rows."""
    settings = catalogue.entries("disclosure")
    if unit == "money":
        return changed & {*settings["same_money_in_several"]}
    adds_up = set(settings["adds_up_over"].get(unit, settings["adds_up_over"]["learner"]))
    if _TIME & kept:
        adds_up |= set(settings["learner_in_a_semester"])
    return changed - adds_up
