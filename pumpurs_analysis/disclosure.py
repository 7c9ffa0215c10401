"""The only door to the outside: a Result becomes Published here and nowhere else.

Comes in: Results. Goes out: Published, which charts, tables and exports take. Published figures are
public already and pass as they are. Records pass the first rule only (small counts and everything
derived from them are hidden); several Results of records together are refused, because a hidden
cell could be worked out from one through another, and proving that it cannot is not built yet.
"""

from dataclasses import dataclass, replace
from typing import overload

import pandas as pd

from pumpurs_analysis.measures.result import Result

_DOOR = object()
DEFAULT_THRESHOLD = 5


class NotReleasable(ValueError):  # noqa: N818  (a public name: it says what is the case)
    """What was asked for cannot be shown safely; the message says what can be done."""


@dataclass(frozen=True)
class Published:
    """Numbers that may be shown. Made by ``protect`` only.

    Attributes:
        result: The measure's answer with its hidden cells missing.
        hidden_count: How many cells are hidden.
        threshold: Counts from 1 to below this are hidden.
    """

    result: Result
    hidden_count: int
    threshold: int
    door: object

    def __post_init__(self) -> None:
        if self.door is not _DOOR:
            raise TypeError("Published is made by protect(result), so that nothing passes unseen")

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers; a hidden cell is missing and ``is_hidden`` says which rows have one."""
        return self.result.frame.copy(deep=False)

    def __repr__(self) -> str:
        rows = len(self.result.frame)
        return f"Published({self.result.name}: {rows} rows, {self.hidden_count} cells hidden)"


@overload
def protect(result: Result, *, threshold: int = ...) -> Published: ...
@overload
def protect(
    result: Result, *more: Result, threshold: int = ...
) -> tuple[Published, ...] | Published: ...
def protect(
    result: Result, *more: Result, threshold: int = DEFAULT_THRESHOLD
) -> tuple[Published, ...] | Published:
    """Make Results fit to be shown.

    Args:
        result: What a measure gave.
        *more: Further Results that will be shown beside it.
        threshold: Counts from 1 to below this are hidden (5 hides 1-4).

    Returns:
        One Published, or a tuple of them in the same order.

    Raises:
        NotReleasable: Several Results of records were given.
        ValueError: The threshold is below 2.

    Example:
        >>> from pumpurs_analysis import measures, published
        >>> protect(measures.risk_mix(published())).hidden_count
        0
    """
    if threshold < 2:  # noqa: PLR2004  (a threshold of 1 hides nothing)
        raise ValueError(f"threshold must be 2 or more, not {threshold}")
    if more and any(each.evidence == "records" for each in (result, *more)):
        raise NotReleasable(
            "Several results from records cannot be released together yet: one could give away "
            "what another hides. Release one table, with the totals you need in it left out."
        )
    shown = tuple(_protected(each, threshold) for each in (result, *more))
    return shown if more else shown[0]


def _protected(result: Result, threshold: int) -> Published:
    if result.evidence == "published":
        return Published(result, hidden_count=0, threshold=threshold, door=_DOOR)
    frame = result.frame.copy()
    small = frame[list(result.counts)].apply(lambda column: column.between(1, threshold - 1))
    is_hidden = small.any(axis=1)
    hides = [*result.counts, *result.derived]
    frame[hides] = frame[hides].mask(is_hidden)
    frame["is_hidden"] = is_hidden
    hidden_count = int(is_hidden.sum()) * len(hides)
    return Published(replace(result, frame=frame), hidden_count, threshold=threshold, door=_DOOR)
