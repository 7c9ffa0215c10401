"""What the owner has settled: rows of the lists to act on, marked with a reason.

Comes in: a row's key and a reason. Goes out: a mark beside the tables of the workspace (``marks``).
A gap marked as handled otherwise is no gap in the owner's figures; what is public does not change.
"""

import os
import re
from dataclasses import replace
from datetime import date

from pumpurs_analysis import marks, measures, pseudonyms
from pumpurs_analysis.app import places
from pumpurs_analysis.measures import findings
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.releases import Release
from pumpurs_analysis.storage import Busy

KINDS: dict[str, marks.Kind] = {
    "cap_breaches": "explained",
    "eligibility_findings": "explained",
    "support_gap_rows": "handled_otherwise",
}
_KEYS = {"support_gap_rows": "mark_key"}
_LONG_NUMBER = re.compile(r"\d(?: ?\d){6,}")  # a phone or a code, in a reason
_LONGEST_REASON, _LONGEST_INITIALS = 200, 8


def key_column(worklist: str) -> str:
    """Name the column of a list whose value a mark holds to.

    Example:
        >>> key_column("cap_breaches")
        'finding_key'
    """
    return _KEYS.get(worklist, "finding_key")


def gap_rows(release: Release) -> Worklist:
    """List every gap, those handled otherwise with the reason."""
    rows = measures.support_gap_rows(release.data)
    told = findings.explained(
        rows.frame, release.data.folder, kind="handled_otherwise", key="mark_key"
    )
    return replace(rows, frame=told)


def mark(worklist: str, finding: str, reason: str, initials: str) -> str:  # noqa: PLR0917  (as a mark has them)
    """Mark a row, or take its mark away where the reason is empty.

    Returns:
        Why it was not done, as a word of the page (``mark_personal``, ``mark_failed``), or nothing.
    """
    release = places.release()
    folder, kind = release.data.folder, KINDS[worklist]
    reason, initials = reason.strip()[:_LONGEST_REASON], initials.strip()[:_LONGEST_INITIALS]
    told = f"{reason} {initials}"
    if _LONG_NUMBER.search(told) or pseudonyms.scrub(told, os.urandom(32)) != told:
        return "mark_personal"
    if release.audience != "owner" or folder is None:
        return "mark_failed"
    try:
        if reason:
            on = date.today()  # noqa: DTZ011  (the day where the person is)
            marks.set_marks(folder, [marks.Mark(kind, finding, reason, initials, on)])
        else:
            marks.drop_marks(folder, kind, [finding])
    except (Busy, OSError):
        return "mark_failed"
    for figure in [each for each in release.figures if each.startswith("support_gaps")]:
        del release.figures[figure]
    return ""
