"""Rows that hold several lines of one kind: a group of columns, or a date, at a time.

Comes in: a ``FoundTable``. Goes out: a ``Reading`` of each group of its columns, in which every
date stands in a line of its own. Refuses figures that belong to no month or to no person.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from pumpurs_analysis.days import days_of
from pumpurs_analysis.layout import FoundTable
from pumpurs_analysis.layout.cells import holds_any
from pumpurs_analysis.layout.forms import OF_RISKS
from pumpurs_analysis.layout.rows import WHAT_COUNTS
from pumpurs_analysis.normalise.reading import Column, Doubts, Reading, quotable
from pumpurs_analysis.spellings import is_nothing
from pumpurs_analysis.text import fold

_EACH = re.compile(r"\b(katr\w*|vien[aiu]\b|ilgum\w*|each|duration|pa)\b")  # "Stundas katrā reizē"
_TIMES = re.compile(r"(\d+) ?[x×*] ?(.+)")
_TOLD = re.compile(r"[;+/]|, | un ")


def readings(found: FoundTable, doubts: Doubts) -> Iterator[tuple[Reading, set[str]]]:
    """Give each group of columns, with the tables that were filled by a group before."""
    form = found.form.name if found.form else ""
    again = {name for group in found.groups for name in group}
    alone = again | {"row_total"} if again else again  # a sum beside groups is of them all
    shared = {name: at for name, at in found.columns.items() if name not in alone}
    first = {name: at for name, at in found.columns.items() if name in again}
    for place, group in enumerate([first, *map(dict, found.groups)]):
        rows, kinds = found.rows, group.keys()
        if place or (form != "plans" and not again <= OF_RISKS):
            counted = (WHAT_COUNTS.get(form, again) & kinds) or kinds
            rows = rows[holds_any(found.grid, rows, [group[name] for name in counted])]
        spread = () if place else found.spread
        part = replace(found, columns=shared | group, rows=rows, spread=spread)
        lacking = {"risks": kinds & OF_RISKS, "supports": kinds - OF_RISKS}
        filled = {"plans", *(table for table, own in lacking.items() if not own)}
        reading = _by_date(Reading(part, doubts))
        for each in spread:
            long = "longer_than_month" if each.is_long and form != "enrolment" else ""
            code = "specialists_counted" if form == "specialists" else long
            if code:  # its rows are of no one month, or of no one person
                at = reading.texts(each.column).where(lambda text: not is_nothing(text))
                heading = quotable(found.headings[each.column])
                reading.doubt(code, at, column=each.column, found=heading, is_heading=True)
        yield reading, filled if place else set()


def _by_date(reading: Reading) -> Reading:
    """Give each of several dates in a cell a line of its own, where the hours of each are told."""
    found = reading.found
    column, at = found.columns.get("date", -1), found.columns.get("hours", -1)
    if column < 0 or found.form is None or found.form.name != "consultations":
        return reading
    dates = reading.texts(column)
    if not dates.where(lambda text: len(days_of(text)) > 1).any():
        return reading
    hours = Column.constant("", len(reading)) if at < 0 else reading.texts(at)
    told = partial(_told, heading=found.headings.get(at, ""))
    lines = dates.with_other(hours, told).per_row()
    rows = np.repeat(np.arange(len(reading)), [len(each) or 1 for each in lines])
    pairs = [pair for each in lines for pair in each or (("", ""),)]
    texts = {column: Column.of(day for day, _ in pairs), at: Column.of(long for _, long in pairs)}
    unfolded = Reading(replace(found, rows=found.rows[rows]), reading.doubts, texts)
    unsure = np.array([not each for each in lines], dtype=bool)
    shown = reading.quoted(column, unsure)
    unfolded.doubt("dates_together", unsure[rows], column=column, found=shown)
    return unfolded


def _told(text: str, hours: str, *, heading: str) -> tuple[tuple[str, str], ...]:
    """Pair the days of a cell with the hours of each; nothing where one figure is for several."""
    days = days_of(text)
    if len(days) < 2:  # noqa: PLR2004  (one day has the row's hours)
        return ((text, hours),)
    each = [part.strip() for part in _TOLD.split(hours)]
    times = _TIMES.fullmatch(hours)
    if times and int(times[1]) == len(days):
        each = [times[2]] * len(days)
    elif _EACH.search(fold(f"{heading} {hours}")):
        each = [_EACH.sub("", hours).strip()] * len(days)
    return tuple(zip(days, each, strict=True)) if len(each) == len(days) else ()
