"""Text cells to tidy tables; every doubt becomes a problem, nothing is guessed.

Comes in: what ``read`` and ``layout`` found. Goes out: frames of declared columns, and problems
with their place.
"""

from pumpurs_analysis.normalise.published import published_figures
from pumpurs_analysis.normalise.records import Normalised, records

__all__ = ["Normalised", "published_figures", "records"]
