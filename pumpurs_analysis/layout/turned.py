"""Rows of months below codes of plans or learners: names for what the turned table has unnamed.

Comes in: the rows of a sheet. Goes out: the same rows, with headings in their first column where
it says no more than "Mēnesis", or nothing.
"""

import re

from pumpurs_analysis.layout.headings import IDENTITY, fields_of, value_of
from pumpurs_analysis.text import fold

_CODE = re.compile(r"(?=.*\d)(?!\d+[.,]\d\d$)(?!.*20\d\d)[^\s,;]+")  # no amount and no date
_OF_PLANS = re.compile(r"\b(iap|plan[aiou]?\w*)\b")
_MOST_ROWS = 2  # codes, and kinds of support below them


def name_codes(rows: list[list[str]]) -> None:
    """Head the codes above months, and the kinds of support below the codes, in their place.

    Codes are of plans where they or a title say so, else a school's own codes of learners, as
    below "Kods".

    Example:
        >>> table = [["Mēnesis", "17", "18"], ["Septembris", "1,00", "2,00"]]
        >>> name_codes(table)
        >>> table[0]
        ['Kods', '17', '18']
    """
    months = [at for at, row in enumerate(rows) if _says(row[0], "month")]
    first = months[0] if months else 0
    above = [at for at in range(max(0, first - _MOST_ROWS), first) if any(rows[at][1:])]
    for at in above:
        head, *cells = rows[at]
        codes = [text for text in cells if text and "row_total" not in fields_of(text)]
        is_open = not head or "month" in fields_of(head)
        is_kinds = bool(codes) and all(_says(text, "support_kind") for text in codes)
        is_named = not {*IDENTITY}.isdisjoint(fields_of(head))
        if is_named:
            rows[at][:] = [head, *_carried(cells)]
        elif is_open and codes and all(map(_CODE.fullmatch, codes)):
            said = fold(" ".join([*codes, *(text for row in rows[:at] for text in row)]))
            head = "IAP kods" if _OF_PLANS.search(said) else "Kods"
            rows[at][:] = [head, *_carried(cells)]
        elif is_open and is_kinds and at > above[0]:
            rows[at][0] = "Atbalsta veids"


def _carried(row: list[str]) -> list[str]:
    """Give the empty cells beside a code that code: it stands above several kinds."""
    carried: list[str] = []
    for text in row:
        carried.append(text or (carried[-1] if carried else ""))
    return carried


def _says(text: str, field: str) -> bool:
    value = value_of(text, is_told=True)
    return value is not None and value.field == field
