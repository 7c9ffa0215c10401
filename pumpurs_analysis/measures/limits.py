"""Limits within which shares vary by chance, and shares drawn towards the whole.

Comes in: counts and their denominators. Goes out: numbers. After D. J. Spiegelhalter, "Funnel plots
for comparing institutional performance", Statistics in Medicine 24 (2005), doi 10.1002/sim.1970.
Knows nothing of schools: a comparison never becomes a ranking here.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats
from scipy.stats import mstats

Floats = np.ndarray
WINSORISED = 0.1  # each tail, as the paper proposes
_FEWEST = 3  # shares from which a spread can be told


@dataclass(frozen=True)
class Spread:
    """How much more shares differ than chance alone explains.

    Attributes:
        target: Share of all together.
        phi: Mean of the squared winsorised z-scores; near 1 where chance explains everything.
        tau: Standard deviation between institutions (additive), as a share.
    """

    target: float
    phi: float
    tau: float


def exact_limits(count: Floats, target: float, level: float) -> tuple[Floats, Floats]:
    """Give the limits of a share of ``count`` by the binomial distribution itself.

    Between two whole numbers the limit is interpolated, as in the paper's appendix A.1.1. Few
    learners make that lean: a little more than half of what lies outside lies above. One thing is
    added: where chance makes "all of them" likely the upper limit is 100 %, since the paper's own
    would lie just below and mark every school in which nobody is missing.

    Args:
        count: Denominators.
        target: The share expected.
        level: What lies within the limits, such as 0.95.

    Example:
        >>> low, high = exact_limits(np.array([20, 100]), 0.5, 0.95)
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.256, 0.397], [0.694, 0.593])
    """
    low, high = (_at(count, target, (1 + side * level) / 2) for side in (-1, 1))
    is_all_likely = stats.binom.ppf((1 + level) / 2, count, target) >= count
    return low, np.where(is_all_likely, 1.0, high)


def _at(count: Floats, target: float, probability: float) -> Floats:
    first = stats.binom.ppf(probability, count, target)
    up_to = stats.binom.cdf(first, count, target)
    alone = stats.binom.pmf(first, count, target)
    part = np.divide(up_to - probability, alone, out=np.zeros_like(up_to), where=alone > 0)
    limit: Floats = np.clip((first - part) / count, 0, 1)
    return limit


def spread(yes: Floats, count: Floats) -> Spread:
    """Measure how far shares lie apart, with the extreme tenth on each side pulled in.

    Example:
        >>> round(spread(np.array([5, 50, 45, 95]), np.array([100, 100, 100, 100])).phi, 1)
        40.7
    """
    target = float(yes.sum() / count.sum()) if count.sum() else float("nan")
    variance = target * (1 - target) / count
    if len(yes) < _FEWEST or not 0 < target < 1:
        return Spread(target, 1.0, 0.0)
    scores = (yes / count - target) / np.sqrt(variance)
    pulled = np.asarray(mstats.winsorize(scores, limits=WINSORISED))
    phi = float((pulled**2).mean())
    weight = 1 / variance
    between = (len(yes) * phi - (len(yes) - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Spread(target, phi, float(np.sqrt(max(0.0, between))))


def is_overdispersed(found: Spread, number: int) -> bool:
    """Say whether chance alone would hardly give such a spread (the paper's rule of two errors)."""
    return bool(found.phi > 1 + 2 * np.sqrt(2 / max(number, 1)))


def adjusted_limits(
    count: Floats, found: Spread, level: float, *, adjust: str, number: int
) -> tuple[Floats, Floats]:
    """Give limits that allow for the spread between institutions.

    Args:
        count: Denominators.
        found: Of all institutions compared.
        level: What lies within the limits.
        adjust: additive (the spread comes on top of chance; small institutions are not favoured),
            multiplicative (chance is stretched) or none.
        number: How many institutions were compared.

    Returns:
        The exact limits where nothing is to be allowed for.
    """
    variance = found.target * (1 - found.target) / count
    if adjust == "additive" and found.tau > 0:
        error = np.sqrt(variance + found.tau**2)
    elif adjust == "multiplicative" and is_overdispersed(found, number):
        error = np.sqrt(found.phi * variance)
    else:
        return exact_limits(count, found.target, level)
    reach = stats.norm.ppf((1 + level) / 2) * error
    return np.clip(found.target - reach, 0, 1), np.clip(found.target + reach, 0, 1)


def shrunken(yes: Floats, count: Floats) -> tuple[Floats, Floats, Floats]:
    """Draw each share towards that of all: the less is known of it, the more (empirical Bayes).

    The prior is the beta distribution under which the counts are most likely (beta-binomial). It
    never weighs more than all learners counted: that is where it is known from.

    Returns:
        Estimate, and lower and upper end of its 95 % interval.

    Example:
        >>> estimate, low, high = shrunken(np.array([0, 30, 55]), np.array([4, 100, 100]))
        >>> bool(0 < low[0] < estimate[0] < high[0] < 1)
        True
    """

    def unlikely(guess: Floats) -> float:
        share, size = 1 / (1 + np.exp(-guess[0])), np.exp(guess[1])
        return -float(stats.betabinom.logpmf(yes, count, share * size, (1 - share) * size).sum())

    whole = float(np.clip(yes.sum() / count.sum(), 1e-6, 1 - 1e-6))
    bounds = [(-14.0, 14.0), (-3.0, float(np.log(count.sum())))]
    best = min(
        (
            optimize.minimize(unlikely, [np.log(whole / (1 - whole)), start], bounds=bounds)
            for start in (np.log(2.0), np.log(count.sum()) / 2)
        ),
        key=lambda found: found.fun,
    )
    share, size = 1 / (1 + np.exp(-best.x[0])), np.exp(best.x[1])
    after = stats.beta(share * size + yes, (1 - share) * size + count - yes)
    return after.mean(), after.ppf(0.025), after.ppf(0.975)
