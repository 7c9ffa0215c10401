"""Primary rules: which cells hide for their own sake, and how uncertain each must be kept.

Comes in: counts, and sums with the learners behind them. Goes out: ranges that an attacker must
still think possible. The settings stand in ``catalogue/disclosure.yaml``.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pumpurs_analysis import catalogue

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """The rules of a release.

    Attributes:
        threshold: Counts from 1 to below this are hidden.
        dominance: Pairs (n, k): money is hidden where the n largest have more than k % of it.
        p_percent: Money is hidden where the second largest could know the largest to p %.
        money_range_percent: How far hidden money must be able to lie off.
        zeros_may_hide: Whether a zero may be a complement.
        insiders: The dimension whose values each know their own.
    """

    threshold: int = 5
    dominance: tuple[tuple[int, float], ...] = ()
    p_percent: float = 0
    money_range_percent: float = 20
    zeros_may_hide: bool = True
    insiders: str = "municipality_today"

    def __post_init__(self) -> None:
        if not isinstance(self.threshold, int | np.integer) or self.threshold < 2:  # noqa: PLR2004  (a threshold of 1 hides nothing)
            raise ValueError(f"threshold must be a whole number, 2 or more, not {self.threshold!r}")
        for largest, percent in self.dominance:
            if largest not in {1, 2} or not 0 < percent <= 100:  # noqa: PLR2004  (percent)
                raise ValueError(
                    f"dominance must be of the 1 or 2 largest and up to 100 %, not ({largest}, "
                    f"{percent:g}): of contributors the two largest are known"
                )


@cache
def rules_of_release(threshold: int | None = None) -> Rules:
    """Give the rules of the catalogue, with another threshold where one is asked for.

    Raises:
        ValueError: The threshold is below 2.

    Example:
        >>> rules_of_release().threshold, rules_of_release(10).threshold
        (5, 10)
    """
    stated = dict(catalogue.entries("disclosure")["rules"])
    stated["dominance"] = tuple((each["n"], float(each["k"])) for each in stated["dominance"])
    return Rules(**(stated | ({} if threshold is None else {"threshold": threshold})))


def count_ranges(counts: Floats, threshold: int) -> tuple[Floats, Floats]:
    """Give what must stay possible of small counts: anything from 0 to the threshold.

    Example:
        >>> low, high = count_ranges(np.array([0.0, 4.0, 5.0]), 5)
        >>> low.tolist(), high.tolist()
        ([nan, 0.0, nan], [nan, 5.0, nan])
    """
    is_small = (counts >= 1) & (counts < threshold)
    return np.where(is_small, 0.0, np.nan), np.where(is_small, float(threshold), np.nan)


def missing_uncertainty(total: Floats, first: Floats, second: Floats, *, rules: Rules) -> Floats:
    """Say how far above its true value money must be thought possible; 0 where no rule is broken.

    Args:
        total: Sums; where contributors are negative, of what they come to without their signs.
        first: The largest learner's part, without its sign.
        second: The second largest's.
        rules: The rules of the release.

    Example:
        >>> rules = Rules(dominance=((1, 80.0),), p_percent=15)
        >>> sums = [np.array(each, dtype=float) for each in ([100, 100], [90, 30], [5, 30])]
        >>> missing_uncertainty(*sums, rules=rules).round(2).tolist()
        [12.5, 0.0]
    """
    asked = np.zeros(len(total))
    for largest, percent in rules.dominance:
        top = first if largest == 1 else first + second
        asked = np.maximum(asked, top * 100 / percent - total)
    rest = total - first - second
    asked = np.maximum(asked, first * rules.p_percent / 100 - rest)
    return np.where((total > 0) & (asked > 1e-9 * np.abs(total)), asked, 0.0)
