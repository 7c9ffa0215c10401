"""What a measure gives: a frame that knows its unit and over what it may be summed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import pandas as pd

from pumpurs_analysis.dataset import Dataset, Evidence

Unit = Literal[
    "learner", "plan", "support", "mention", "payment", "specialist", "school", "municipality",
    "ngo_project", "money", "figure", "check",
]  # fmt: skip

_ALONE: Mapping[str, str] = MappingProxyType({})


class NotAdditive(ValueError):  # noqa: N818  (a public name: it says what is the case)
    """Adding these rows would count someone twice; the message names the call that counts right."""


@dataclass(frozen=True)
class Source:
    """A page or document that a number comes from."""

    source_id: str
    title: str
    publisher: str
    address: str
    published_date: str


def cite(data: Dataset, source_ids: Iterable[str]) -> tuple[Source, ...]:
    """Give the sources behind codes, in the order of the table ``sources``.

    Codes that are no row of that table (addresses in the catalogue) are left out.

    Example:
        >>> from pumpurs_analysis import published
        >>> [source.publisher for source in cite(published(), ["founding-gulbene"])]
        ['Gulbenes novada pašvaldība']
    """
    rows = data.sources[data.sources["source_id"].isin(set(source_ids))].fillna("")
    return tuple(Source(*map(str, row)) for row in rows.itertuples(index=False))


@dataclass(frozen=True)
class Result:
    """The answer of one measure, not yet fit to be shown: only ``protect`` makes it so.

    Attributes:
        name: Name of the measure; its chart, table and texts have the same one.
        frame: The numbers, one row per what ``one_row_per`` says.
        unit: What is counted. The five units learner, plan, support, mention and payment never mix.
        one_row_per: What one row is, in words.
        evidence: ``published`` or ``records``.
        sources: The pages and documents used.
        notes: Keys of the catalogue's texts that must stand beside the numbers.
        dimensions: Columns that say what a row is about, such as school and semester. No row is a
            total of others: a measure asked with fewer dimensions gives it.
        counts: Columns that count people or plans: what protection looks at. A column of the same
            name counts the same thing in every measure, so that tables can be held together.
        money: Columns of cents, and of hours: what is added up over learners and tells of few of
            them as money does.
        contributors: For money: who stands behind each cell. Same index as the frame; for a money
            column ``paid_cents`` the columns ``paid_cents_count``, ``paid_cents_first`` and
            ``paid_cents_second`` (learners, largest and second largest, unsigned) and, where some
            gave back, ``paid_cents_size`` (all learners, unsigned).
        derived: Columns computed from counts: they hide with them.
        value: The column that ``total`` adds.
        additive_over: Dimensions over which ``value`` may be added.
        additive: Columns whose rows count nothing twice: they may be added up over all rows.
        instead: For a dimension over which it may not: the call that gives the right number.
        choices: What the measure was asked for, so that a title can say it.
        is_made_up: Whether the data are invented for practice.
    """

    name: str
    frame: pd.DataFrame
    unit: Unit
    one_row_per: str
    evidence: Evidence
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    contributors: pd.DataFrame | None = None
    derived: tuple[str, ...] = ()
    value: str = ""
    additive_over: frozenset[str] = frozenset()
    additive: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=lambda: _ALONE)
    choices: Mapping[str, str] = field(default_factory=lambda: _ALONE)
    is_made_up: bool = False

    def where(self, wanted: "pd.Series[bool]") -> "Result":
        """Give the same Result with some of its rows only.

        Example:
            >>> from pumpurs_analysis import measures, published
            >>> mix = measures.risk_mix(published())
            >>> len(mix.where(mix.frame["basis"] == "mention").frame)
            4
        """
        behind = self.contributors
        return replace(
            self,
            frame=self.frame[wanted].reset_index(drop=True),
            contributors=None if behind is None else behind[wanted].reset_index(drop=True),
        )

    def total(self, column: str = "", /, **where: object) -> float:
        """Add up ``value`` or another column, where that makes sense.

        Args:
            column: Another column than ``value``.
            **where: Column = code: only these rows.

        Returns:
            The sum; missing values are left out.

        Raises:
            NotAdditive: The rows differ in a dimension over which the unit must not be added.
            KeyError: No such column.

        Example:
            >>> from pumpurs_analysis import measures, published
            >>> timeline = measures.published_timeline(published(), measure="plans")
            >>> int(timeline.total(series="school_year"))
            63452
        """
        rows = self.frame
        for name, code in where.items():
            rows = rows[rows[name] == code]
        column = column or self.value
        if column in self.additive or (column == self.value != "" and len(rows) == 1):
            return float(rows[column].sum())
        for dimension, call in self.instead.items():
            if dimension in rows.columns and len(rows[dimension].unique()) > 1:
                raise NotAdditive(
                    f"{self.unit}s must not be added over {dimension}: the same {self.unit} can "
                    f"stand in several rows. Use {call}."
                )
        if column != self.value or not column or not self.additive_over:
            may = ", ".join(self.additive) or "none"
            raise NotAdditive(f"{self.name}: columns that may be added up over all rows: {may}.")
        return float(rows[column].sum())


@dataclass(frozen=True)
class Worklist:
    """Rows to act on, each pointing to file, sheet and row of the owner's own delivery.

    For the person who may open the records anyway: shown in the owner's view only, marked
    internal, and never released. ``protect`` takes none.

    Attributes:
        name: Name of the measure.
        frame: One row per what ``one_row_per`` says; file, sheet and rows of the delivery with it.
        unit: What is counted.
        one_row_per: What one row is, in words.
        sources: The pages and documents behind the rules applied.
        notes: Keys of the catalogue's texts that must stand beside the list.
        choices: What the measure was asked for.
        is_made_up: Whether the data are invented for practice.
    """

    name: str
    frame: pd.DataFrame
    unit: Unit
    one_row_per: str
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=lambda: _ALONE)
    is_made_up: bool = False
