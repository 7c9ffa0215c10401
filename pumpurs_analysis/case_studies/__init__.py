"""Case studies of a municipality or school: numbers and interviews side by side.

Comes in: a name, and records, published figures, interviews. Goes out: a `Story` whose sentences
know the cell each figure came from, laid out by a notebook, as HTML and as DOCX.
"""

from pumpurs_analysis.case_studies.claims import Claim, Figure, Sentence
from pumpurs_analysis.case_studies.documents import stale, write
from pumpurs_analysis.case_studies.evidence import Evidence, NotFound, municipality_named
from pumpurs_analysis.case_studies.joint import joint_display
from pumpurs_analysis.case_studies.notebook import told
from pumpurs_analysis.case_studies.readings import published_readings
from pumpurs_analysis.case_studies.story import Section, Story, story

__all__ = [
    "Claim",
    "Evidence",
    "Figure",
    "NotFound",
    "Section",
    "Sentence",
    "Story",
    "joint_display",
    "municipality_named",
    "published_readings",
    "stale",
    "story",
    "told",
    "write",
]
