"""Rows of headings: found by the headings known in them, up to three that belong together."""

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pumpurs_analysis.days import plain_month
from pumpurs_analysis.layout.cells import row_texts, wanted_texts
from pumpurs_analysis.layout.context import names_school
from pumpurs_analysis.layout.headings import (
    IDENTITY,
    MAY_BE_SPREAD,
    fields_of,
    half_in,
    is_measured,
    series_of,
    values_of,
    with_months,
)
from pumpurs_analysis.periods import read_month
from pumpurs_analysis.read import Grid

SEARCHED = 80  # rows from the top, and all rows of sheets up to _SMALL rows
_SMALL = 4000
_AFTER_BLANK = 4
_MOST = 3  # rows of headings: kind of support, month, planned or paid
_YEAR = re.compile(r"20[12]\d\.?(?: ?g(?:ads|\.)?)?")
_LIKE_HEADING = r"^[^0-9]{1,60}$|^[^0-9]{1,150}[?:]$"


def find_headers(grid: Grid, filled: npt.NDArray[np.int16]) -> list[tuple[int, ...]]:
    """Rows of headings, up to three together where they stand one above the other."""
    found: list[tuple[int, ...]] = []
    for position in _candidates(grid, filled):
        if found and position <= found[-1][-1]:
            continue
        row = row_texts(grid, position)
        if not _is_header(with_months(row)) or (found and _is_among_alike(grid, position, row)):
            continue
        header = [position]
        while len(header) < _MOST and header[-1] + 1 < len(filled):
            below = row_texts(grid, header[-1] + 1)
            if not _is_second_header(with_months(below, beside=row), row):
                break
            header.append(header[-1] + 1)
        if len(header) < _MOST and _has_groups_above(grid, position, filled):
            header.insert(0, position - 1)
        found.append(tuple(header))
    return _without_repeats(grid, found)


def _is_among_alike(grid: Grid, position: int, row: list[str]) -> bool:
    """Whether a row below headings shares values with the next one, as data do and headings not."""
    rows = [at for at in (position - 1, position + 1) if 0 <= at < grid.row_count]
    pairs = (zip(row, row_texts(grid, at), strict=True) for at in rows)
    return any(
        sum(bool(text) and text == other and not fields_of(text) for text, other in each) > 1
        for each in pairs
    )


def _candidates(grid: Grid, filled: npt.NDArray[np.int16]) -> list[int]:
    """Rows that may be headings: two known ones, or one at the top or after a gap."""
    starts = np.flatnonzero((filled[:-1] == 0) & (filled[1:] > 0)) + 1
    is_near = np.zeros(len(filled) + _AFTER_BLANK, dtype=bool)
    is_near[:SEARCHED] = True
    for below in range(_AFTER_BLANK):
        is_near[starts + below] = True
    is_near = is_near[: len(filled)]
    is_asked = filled >= 2  # noqa: PLR2004  (one heading makes no table)
    rows = np.flatnonzero(is_asked & is_near if len(filled) > _SMALL else is_asked)
    known = np.zeros(len(rows), dtype=np.int64)
    every = range(len(grid.columns))
    for cells, wanted in wanted_texts(
        grid, _LIKE_HEADING, columns=every, is_wanted=lambda text: bool(fields_of(text))
    ):
        known += wanted[cells.codes[rows]]
    return [int(row) for row in rows[known > ~is_near[rows]]]


def _kinds(row: list[str]) -> Counter[str]:
    """Count fields, codes, others, and figures: cells that are no heading but data, most likely."""
    kinds: Counter[str] = Counter()
    series = Counter(name for text in {*row} for name in (series_of(text), *fields_of(text)[:1]))
    subjects = sum(any(value.field == "subject" for value in values_of(text)) for text in row)
    for text in (half_in(text)[1] or text for text in row if text):
        if len(text) > 60 and not fields_of(text):  # noqa: PLR2004  (only a question is so long)
            kinds["others"] += 1
        elif fields_of(text):
            kinds["fields"] += 1
        elif _YEAR.fullmatch(text):
            kinds["years"] += 1
        elif name := series_of(text):
            is_worded = name == "long_period" and text.strip(".")[-3:].isalpha()
            kinds["codes" if series[name] > 1 else "worded" if is_worded else "figures"] += 1
        elif values := values_of(text):
            is_one = {value.field for value in values} == {"subject"} and subjects == 1
            kinds["others" if is_one else "codes"] += len(values)  # one subject is a row's own
        else:
            kinds["figures" if any(letter.isdigit() for letter in text) else "others"] += 1
    return kinds


def _is_header(row: list[str]) -> bool:
    texts = [text for text in row if text]
    kinds = _kinds(row)
    codes = kinds["codes"] + kinds["years"]
    known = kinds["fields"] + codes
    is_enough = kinds["fields"] >= 2 or (kinds["fields"] == 1 and codes >= 2)  # noqa: PLR2004  (see layout tests)
    names = {name for text in texts for name in fields_of(text)}
    is_told = any(map(is_measured, names)) and not names.isdisjoint(IDENTITY)
    is_known = known * 2 >= len(texts) or kinds["fields"] > 3 or is_told  # noqa: PLR2004  (a school adds its own)
    return is_enough and is_known and kinds["figures"] * 3 <= known


def _is_second_header(row: list[str], above: list[str]) -> bool:
    at, *others = [at for at, text in enumerate(row) if text] or [0]
    names = {name for name in fields_of(above[at]) if not is_measured(name)}
    is_own = at > 0 and names.intersection(MAY_BE_SPREAD)  # one risk alone below "Riski"
    if names and not others and not is_own:
        return False  # "Septembris" or "Transports" below "Nr." is said of the rows that follow
    kinds = _kinds(row)
    known = kinds["fields"] + kinds["codes"]
    is_only_values = kinds["codes"] > 0 and not (kinds["fields"] or kinds["others"])
    is_known = known >= 2 and known > kinds["others"]  # noqa: PLR2004  (one word may be data)
    words = [text for text in row if text]  # the same under each group, and below no learner
    is_again = len(words) >= 2 * len({*words}) and min(map(len, words), default=0) > 3  # noqa: PLR2004  (marks are short)
    pairs = zip(row, above, strict=True)
    is_again &= not any(text and {*IDENTITY} & {*fields_of(up)} for text, up in pairs)
    return not kinds["figures"] + kinds["years"] and (is_known or is_only_values or is_again)


def _has_groups_above(grid: Grid, position: int, filled: npt.NDArray[np.int16]) -> bool:
    if position == 0 or not 0 < filled[position - 1] < filled[position]:
        return False
    row = grid.first_row + position - 1
    is_merged = any(
        first == row and last == row and right > left for first, left, last, right in grid.merged
    )
    texts = row_texts(grid, position - 1)
    kinds = _kinds(texts)
    if any(map(names_school, texts)):
        return False  # a title in two cells
    has_data_left = filled[position - 1] >= 2  # noqa: PLR2004  (a title stands alone)
    is_label = filled[position - 1] == 2 and kinds["fields"] == 1  # noqa: PLR2004  ("Mēnesis:", its value)
    is_group = is_merged or kinds["years"] > 1 or (kinds["codes"] > 0 and not is_label)
    return kinds["figures"] == 0 and has_data_left and is_group


def _without_repeats(grid: Grid, headers: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Leave out headings that repeat those of the table they stand in (printed pages)."""
    kept: list[tuple[int, ...]] = []
    for header in headers:
        texts = [row_texts(grid, position) for position in header]
        if not kept or texts != [row_texts(grid, position) for position in kept[-1]]:
            kept.append(header)
    return kept


def bounds(
    headers: list[tuple[int, ...]], filled: npt.NDArray[np.int16], length: int
) -> list[tuple[int, int]]:
    """First and last position (exclusive) of what belongs to each table, titles included."""
    starts = [0] if headers else []
    for header in headers[1:]:
        start = header[0]
        while start > 0 and 0 < filled[start - 1] <= 2:  # noqa: PLR2004  (a title fills a cell or two)
            start -= 1
        starts.append(start)
    return list(zip(starts, [*starts[1:], length], strict=False))


def heading_parts(
    grid: Grid, header: tuple[int, ...], context: Mapping[str, str] | None = None
) -> list[tuple[str, ...]]:
    """Texts of the headings above each column, the upper ones carried over merged cells."""
    written = [row_texts(grid, position) for position in header]
    beside = [*written[1:2], *written[:-1]] or [[]]
    rows = [with_months(*each, context) for each in zip(written, beside, strict=True)]
    for at in range(len(rows) - 2, -1, -1):
        rows[at] = _carried(rows[at], rows[at + 1], _merged_in(grid, header[at]))
    columns = map(_with_year, zip(*rows, strict=True))
    return [tuple(dict.fromkeys(filter(None, texts))) for texts in columns]


def _with_year(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Give a month the year that stands above it."""
    *above, month = texts
    year = next((text for text in above if _YEAR.fullmatch(text)), "")
    read = read_month(month)
    dated = plain_month(read.month, int(year[:4])) if year and read and not read.year else ""
    dated = dated or f"{year} {month}"  # "Septembris, transports"
    if not year or "month" not in {value.field for value in values_of(dated)}:
        return texts
    return (*(text for text in above if text != year), dated)


def _merged_in(grid: Grid, position: int) -> dict[int, int]:
    """Column -> column where its merged cell begins, for one row."""
    row = grid.first_row + position
    return {
        column - 1: left - 1
        for first, left, last, right in grid.merged
        if first <= row <= last
        for column in range(left, right + 1)
    }


def _carried(upper: list[str], lower: list[str], merged: Mapping[int, int]) -> list[str]:
    carried = list(upper)
    for column, text in enumerate(upper):
        if text:
            continue
        if merged:
            carried[column] = upper[merged[column]] if column in merged else ""
        elif column and lower[column] and lower[column - 1] and carried[column - 1]:
            carried[column] = carried[column - 1]
    return carried
