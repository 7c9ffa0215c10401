"""What may be shown: ``Published``, made by ``protect`` alone, and the refusal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal
from weakref import WeakKeyDictionary

import pandas as pd

from pumpurs_analysis.measures.result import Result

Audience = Literal["public", "owner"]

DEFAULT_THRESHOLD = 5
DOOR = object()


class NotReleasable(ValueError):  # noqa: N818  (a public name: it says what is the case)
    """What was asked for cannot be shown safely; the message says what can be done.

    Attributes:
        without: Which of the Results of records to leave out first, as far as is known.
    """

    def __init__(self, message: str, without: Iterable[int] = ()) -> None:
        super().__init__(message)
        self.without = frozenset(without)


@dataclass(frozen=True, eq=False)
class Published:
    """Numbers that may be shown. Made by ``protect`` only.

    Attributes:
        result: The measure's answer with its hidden cells missing.
        hidden_count: How many cells are hidden.
        threshold: Counts from 1 to below this are hidden.
        audience: ``public``, or ``owner``: nothing is hidden, and every output says internal.
        hidden: Like the frame, for the columns that can hide: where a cell is hidden rather than
            missing, zero or not applicable.
    """

    result: Result
    hidden_count: int
    threshold: int
    door: object = field(repr=False)
    audience: Audience = "public"
    hidden: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def __post_init__(self) -> None:
        if self.door is not DOOR:
            raise TypeError("Published is made by protect(result), so that nothing passes unseen")

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers; a hidden cell is missing and ``is_hidden`` says which rows have one."""
        return self.result.frame.copy(deep=False)

    @cached_property
    def cell_count(self) -> int:
        """How many cells have a number, hidden ones with them; what is not known is no cell."""
        frame = self.result.frame
        numbers = frame.select_dtypes("number").columns.difference(list(self.result.dimensions))
        names = list(self.hidden) or list(numbers)
        return int(frame[names].notna().to_numpy().sum()) + self.hidden_count

    def where(self, **values: str) -> "Published":
        """Give the part of it that is about some values; the rest keeps its protection.

        A part of what may be shown may be shown. The dimensions leave the frame: every row is
        about these values, and the choices say so.

        Args:
            **values: Dimension = code.

        Raises:
            KeyError: It was not asked by this dimension.
        """
        result = self.result
        for name in values:
            if name not in result.dimensions:
                dims = ", ".join(result.dimensions) or "none"
                raise KeyError(f"{result.name} has no dimension {name}; it has: {dims}.")
        is_wanted = pd.Series(data=True, index=result.frame.index)
        for name, value in values.items():
            is_wanted &= result.frame[name].eq(value).fillna(value=False).astype(bool)
        kept = result.where(is_wanted)
        rest = tuple(name for name in result.dimensions if name not in values)
        asked = [name for name in result.choices.get("by", "").split(", ") if name not in values]
        choices = {**result.choices, **{f"only.{name}": value for name, value in values.items()}}
        if "by" in choices:
            choices["by"] = ", ".join(filter(None, asked))
        hidden = self.hidden[is_wanted].reset_index(drop=True) if len(self.hidden) else self.hidden
        return replace(
            self,
            result=replace(
                kept,
                frame=kept.frame.drop(columns=list(values)),
                dimensions=rest,
                choices=MappingProxyType(choices),
            ),
            hidden_count=int(hidden.to_numpy().sum()) if len(hidden) else 0,
            hidden=hidden,
        )

    def __repr__(self) -> str:
        rows = len(self.result.frame)
        internal = ", internal" if self.audience == "owner" else ""
        hidden = f"{self.hidden_count} cells hidden"
        return f"Published({self.result.name}: {rows} rows, {hidden}{internal})"


# What protect knew of the cells it hid stays in this process, apart from what travels: nothing that
# pickles, draws or writes a Published can take it along. ``attack`` uses it for what insiders know.
BEHIND: WeakKeyDictionary[Published, Result] = WeakKeyDictionary()
Maker = Callable[..., Published]
