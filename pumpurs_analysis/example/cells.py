"""How many made-up plans each school has in each school year: published sizes where known.

Comes in: a number of plans and some municipalities. Goes out: schools of the register and, for each
school year, how many learners have a plan in semester I alone, in II alone and in both.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, schools

YEARS = (2018, 2019, 2020, 2021, 2022)
MUNICIPALITIES = (
    "Tukuma novads",
    "Madonas novads",
    "Liepāja",
    "Jēkabpils novads",
    "Gulbenes novads",
    "Jelgava",
)
PLANS_PER_LEARNER = 286 / 181  # Madonas novads 2020/21, the only place where both are published
_WHOLE_COUNTRY = 10_000  # from here on the register's other schools take part too
# Plans by school year as the programme grew; 2022/23 is not published.
_YEAR_WEIGHTS = {2018: 15_129, 2019: 21_732, 2020: 19_757, 2021: 20_000, 2022: 20_000}
_VOCATIONAL_WEIGHT = 6  # four courses, but far larger schools
_ELSEWHEN_WEIGHT = 0.3
_LEFT_OUT = {"arts_school", "youth_centre", "college", "arts_vocational_school"}
_NOT_NAMED = {"ceres-pamatskola"}  # not among the 14 institutions Tukuma novads names
_SHARE_STATED_AT_MOST = 0.8


@dataclass(frozen=True)
class Stated:
    """Learners with a plan as a page states them, for a municipality or one school.

    Attributes:
        place: Municipality of today, or school_id.
        year: First calendar year of the school year.
        first: Learners with a plan in semester I alone.
        second: Learners with a plan in semester II alone.
        both: Learners with a plan in both.
        staff: Specialists in semester I and II, where stated.
    """

    place: str
    year: int
    first: int
    second: int
    both: int
    staff: tuple[int, int] | None = None


# data/published/founding.yaml and figures.csv (OBS0052-55, OBS0103). What they leave open is ours:
# how many of Liepāja's learners came back, and everything on its semester II of 2019/20.
STATED = (
    Stated("Tukuma novads", 2022, 60, 59, 165, (106, 106)),
    Stated("Madonas novads", 2020, 40, 36, 105),
    Stated("liepajas-raina-6-vidusskola", 2018, 4, 40, 24, (26, 29)),
    Stated("liepajas-raina-6-vidusskola", 2019, 32, 15, 60, (27, 27)),
    Stated("lazdonas-pamatskola", 2021, 3, 2, 4),
)


@cache
def grades_taught(kind: str) -> tuple[int, int]:
    """Give the grades or courses of a kind of school, lowest and highest.

    Example:
        >>> grades_taught("gymnasium"), grades_taught("technical_school")
        ((7, 12), (1, 4))
    """
    level = catalogue.entries("codes")["school_kind"][kind]["level"].removeprefix("courses ")
    first, _, last = (level or "1-9").partition("-")
    return int(first), int(last)


def taking_part(municipalities: Sequence[str] | None, plans: int) -> pd.DataFrame:
    """Give the schools of the delivery, in the order in which they are numbered.

    Raises:
        ValueError: A municipality has no school in the register.
    """
    register = schools.register()
    register = register.loc[
        (register["municipality_today"] != "")
        & ~register["kind"].isin(_LEFT_OUT)
        & ~register["school_id"].isin(_NOT_NAMED)
    ]
    wanted = list(municipalities or MUNICIPALITIES)
    if municipalities is None and plans > _WHOLE_COUNTRY:
        wanted += sorted(set(register["municipality_today"]) - set(wanted))
    unknown = set(wanted) - set(register["municipality_today"])
    if unknown:
        raise ValueError(f"The register has no school in: {', '.join(sorted(unknown))}")
    order = register["municipality_today"].map({name: n for n, name in enumerate(wanted)})
    chosen = register.assign(order=order).dropna(subset="order")
    return chosen.sort_values(["order", "school_id"], ignore_index=True)


def quotas(total: int, weights: "Sequence[float] | np.ndarray") -> np.ndarray:
    """Share out a whole number by weights, so that the parts add up (largest remainders).

    Example:
        >>> quotas(10, [2, 1, 1]).tolist()
        [5, 3, 2]
    """
    shares = np.asarray(weights, dtype=float)
    exact = total * shares / shares.sum()
    parts = np.floor(exact).astype(np.int64)
    rest = np.argsort(parts - exact, kind="stable")[: total - parts.sum()]
    parts[rest] += 1
    return np.asarray(parts)


def cells(taking: pd.DataFrame, plans: int) -> pd.DataFrame:
    """Share out the plans over schools and school years.

    One row per: school and school year with plans.

    Columns:
        school: Place of the school in ``taking``.
        year: First calendar year of the school year.
        first, second, both: Learners with a plan in I alone, in II alone, in both.
        staff_1, staff_2: Specialists stated for the semesters; 0 where nothing is stated.
    """
    grid = pd.MultiIndex.from_product([taking.index, YEARS], names=["school", "year"])
    counts = pd.DataFrame(0, index=grid, columns=["first", "second", "both", "staff_1", "staff_2"])
    is_open = pd.Series([_is_open(taking.loc[school], year) for school, year in grid], grid)
    for stated in _fitted(STATED, taking, plans):
        here = taking.index[_is_at(taking, stated.place)]
        places = [(school, stated.year) for school in here if is_open[school, stated.year]]
        if not places:
            continue
        sizes = _sizes(taking.loc[[school for school, _ in places]])
        amounts = (stated.first, stated.second, stated.both, *(stated.staff or (0, 0)))
        for column, amount in zip(counts.columns, amounts, strict=True):
            counts.loc[places, column] = quotas(amount, sizes)
        is_open[is_open.index.isin(places)] = (
            False  # what is stated is whole: nothing is added to it
        )
    left = plans - int(counts["first"].sum() + counts["second"].sum() + 2 * counts["both"].sum())
    whole = taking["municipality_today"].isin([each.place for each in STATED])
    sizes = _sizes(taking) * np.where(whole, _ELSEWHEN_WEIGHT, 1)  # one year of theirs is stated
    weights = [sizes[school] * _YEAR_WEIGHTS[year] * is_open[school, year] for school, year in grid]
    free = quotas(left, weights) if left > 0 and sum(weights) else np.zeros(len(grid), np.int64)
    learners = np.maximum(np.round(free / PLANS_PER_LEARNER), -(-free // 2)).astype(np.int64)
    counts["both"] += free - learners
    once = 2 * learners - free
    counts["first"] += once - once // 2
    counts["second"] += once // 2
    return counts.loc[counts[["first", "second", "both"]].sum(axis=1) > 0].reset_index()


def _fitted(stated: Sequence[Stated], taking: pd.DataFrame, plans: int) -> list[Stated]:
    """Keep the published sizes where there is room for them, else shrink all alike."""
    named = set(taking["municipality_today"]) | set(taking["school_id"])
    here = [each for each in stated if each.place in named]
    wanted = sum(each.first + each.second + 2 * each.both for each in here)
    if wanted <= plans * _SHARE_STATED_AT_MOST:
        return here
    part = plans * _SHARE_STATED_AT_MOST / wanted
    return [_shrunk(each, part) for each in here]


def _shrunk(stated: Stated, part: float) -> Stated:
    first, second, both = (math.floor(n * part) for n in (stated.first, stated.second, stated.both))
    staff = stated.staff
    if staff:
        staff = (max(3, math.floor(staff[0] * part)), max(3, math.floor(staff[1] * part)))
    return replace(stated, first=first, second=second, both=both, staff=staff)


def _is_at(taking: pd.DataFrame, place: str) -> "pd.Series[bool]":
    return (taking["municipality_today"] == place) | (taking["school_id"] == place)


def _sizes(taking: pd.DataFrame) -> np.ndarray:
    """Give schools unlike sizes that are the same in every run: by number of grades and place."""
    spans = [np.ptp(grades_taught(kind)) + 1 for kind in taking["kind"]]
    is_vocational = taking["kind"].map(_is_vocational).to_numpy()
    size: np.ndarray = np.array(spans) * (1 + 0.37 * (taking.index.to_numpy() % 4))
    return np.where(is_vocational, size * _VOCATIONAL_WEIGHT, size)


def _is_vocational(kind: str) -> bool:
    return bool(catalogue.entries("codes")["school_kind"][kind]["is_vocational"])


def _is_open(school: Mapping[str, str], year: int) -> bool:
    """Say whether a school stands under this name for the whole school year."""
    begins = date.fromisoformat(school["valid_from"] or "1900-01-01")
    ends = date.fromisoformat(school["valid_to"] or "2100-01-01")
    return begins <= date(year, 9, 1) and ends >= date(year + 1, 6, 30)
