"""Interviews and focus groups: sessions, codebook, coded passages, and how coders agree.

Comes in: tables, REFI-QDA projects or a QualCoder database. Goes out: tidy tables under
pseudonyms, and counts in which people, sessions and mentions stay apart. No recording is opened.
"""

from pumpurs_analysis.interviews.agreement import coder_agreement
from pumpurs_analysis.interviews.reading import read_interviews
from pumpurs_analysis.interviews.themes import (
    co_occurrence,
    quotations,
    saturation,
    theme_by_group,
)
from pumpurs_analysis.interviews.tidy import Interviews

__all__ = [
    "Interviews",
    "co_occurrence",
    "coder_agreement",
    "quotations",
    "read_interviews",
    "saturation",
    "theme_by_group",
]
