"""What a value belongs to: schools to municipalities, former ones to today's, semesters to years.

Comes in: values of a dimension. Goes out: the values of a wider dimension they belong to, several
where a former municipality was split. Registers and the tables shown together tell.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import pairwise

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.municipalities import municipalities, municipality_on, region_of
from pumpurs_analysis.schools import school_municipality

MISSING = "(none)"  # what a row is about is not known: nobody's own
_BEFORE, _AFTER = date(2021, 6, 30), date(2021, 7, 1)
_SEPTEMBER = 9


@cache
def path(narrow: str, wide: str) -> tuple[str, ...] | None:
    """Give the way from one dimension to a wider one; None where there is none.

    Example:
        >>> path("municipality", "region"), path("region", "school")
        (('municipality', 'municipality_today', 'region'), None)
    """
    steps = catalogue.entries("disclosure")["belongs_to"]
    ways: deque[tuple[str, ...]] = deque([(narrow,)])
    while ways:
        way = ways.popleft()
        if way[-1] == wide:
            return way
        ways.extend((*way, each) for each in steps.get(way[-1], ()))
    return None


def _as_tuple(found: str | list[str] | None) -> tuple[str, ...]:
    return () if found is None else (found,) if isinstance(found, str) else tuple(found)


def _since_reform(name: str) -> tuple[str, ...]:
    try:
        return _as_tuple(municipality_on(name, _AFTER))
    except KeyError:
        return (name,)


def _of_school(name: str, days: Iterable[date]) -> tuple[str, ...]:
    try:
        return tuple(
            unit for day in days for unit in _as_tuple(school_municipality(name, day)) if unit
        )
    except (KeyError, NotVerified):
        return ()


def _region(name: str) -> tuple[str, ...]:
    try:
        return (region_of(name),)
    except KeyError:
        return ()


def _kind(name: str) -> tuple[str, ...]:
    kinds = municipalities(_AFTER).set_index("name")["kind"].to_dict()
    return (str(kinds[name]),) if name in kinds else ()


def _semester(month: str) -> tuple[str, ...]:
    day = pd.Timestamp(month)
    first = day.year if day.month >= _SEPTEMBER else day.year - 1
    return (f"{first}/{first + 1}-{1 if day.month >= _SEPTEMBER else 2}",)


_REGISTERS: dict[tuple[str, str], Callable[[str], tuple[str, ...]]] = {
    ("school", "municipality"): lambda name: _of_school(name, (_BEFORE, _AFTER)),
    ("school", "municipality_today"): lambda name: _of_school(name, (_AFTER,)),
    ("municipality", "municipality_today"): _since_reform,
    ("municipality_today", "region"): _region,
    ("municipality_today", "municipality_kind"): _kind,
    ("month", "semester"): _semester,
    ("semester", "school_year"): lambda name: (name[:9],),
}


class Belonging:
    """What values belong to, as far as registers and the tables given together tell."""

    def __init__(self, frames: Iterable[pd.DataFrame]) -> None:
        self._seen: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
        steps = catalogue.entries("disclosure")["belongs_to"]
        pairs = [(narrow, wide) for narrow, wides in steps.items() for wide in wides]
        for frame in frames:
            for narrow, wide in pairs:
                if {narrow, wide} <= set(frame.columns):
                    self._learn(frame, narrow, wide)

    def _learn(self, frame: pd.DataFrame, narrow: str, wide: str) -> None:
        seen = self._seen.setdefault((narrow, wide), {})
        for value, wider in frame[[narrow, wide]].drop_duplicates().itertuples(index=False):
            seen[value] = tuple(dict.fromkeys((*seen.get(value, ()), wider)))

    def wider(self, value: str, narrow: str, wide: str) -> tuple[str, ...]:
        """Give the values of a wider dimension that a value can belong to; none where not known.

        Example:
            >>> Belonging([]).wider("Kandavas novads", "municipality", "region")
            ('Kurzeme',)
        """
        way = path(narrow, wide) or (narrow,)
        values: tuple[str, ...] = (value,)
        for step in pairwise(way):
            found = [wider for each in values for wider in self._one(each, step)]
            values = tuple(dict.fromkeys(found))
        return values

    def _one(self, value: str, step: tuple[str, str]) -> tuple[str, ...]:
        known = self._seen.get(step, {}).get(value)
        if known:
            return known
        register = _REGISTERS.get(step)
        return register(value) if register else ()
