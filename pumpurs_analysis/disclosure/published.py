"""What may be shown: ``Published``, made by ``protect`` alone, and the refusal."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
        offer: The nearest release that is safe, where there is one.
    """

    def __init__(self, message: str, offer: "tuple[Published, ...]" = ()) -> None:
        self.offer = offer
        super().__init__(message)


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

    def __repr__(self) -> str:
        rows = len(self.result.frame)
        internal = ", internal" if self.audience == "owner" else ""
        hidden = f"{self.hidden_count} cells hidden"
        return f"Published({self.result.name}: {rows} rows, {hidden}{internal})"


# What protect knew of the cells it hid stays in this process, apart from what travels: nothing that
# pickles, draws or writes a Published can take it along. ``attack`` uses it for what insiders know.
BEHIND: WeakKeyDictionary[Published, Result] = WeakKeyDictionary()
Maker = Callable[..., Published]
