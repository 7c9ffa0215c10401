"""Whether youth projects, enrolment and specialists are stated once, and as the rules have them."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from pumpurs_analysis.checks.tables import Tables
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.rules import rules_on
from pumpurs_analysis.schema import is_missing

_NGO_SUPPORT = "ngo_project"
_EARLIEST = date(2018, 1, 1)


def ngo_grant_not_fixed(tables: Tables) -> pd.DataFrame:
    """A youth project receives one fixed sum, neither more nor less."""
    rows = tables["ngo_projects"]
    days = [_EARLIEST if is_missing(day) else day.date() for day in rows["start"]]
    fixed = [_grant_cents(day) for day in days]
    at = np.array(
        [
            grant is not None and cents != grant
            for grant, cents in zip(fixed, rows["amount_cents"], strict=True)
        ],
        dtype=bool,
    )
    found = rows[at]
    shown = [f"{cents / 100:.2f}".replace(".", ",") for cents in found["amount_cents"]]
    return found.assign(found=shown)


@cache
def _grant_cents(day: date) -> int | None:
    try:
        value = rules_on(day)[_NGO_SUPPORT].value_eur
    except NotVerified:
        return None
    return None if value is None else int(value * 100)


def ngo_project_twice(tables: Tables) -> pd.DataFrame:
    """One project code twice in a municipality."""
    rows = tables["ngo_projects"]
    return rows[rows.duplicated(["ngo_project_id", "municipality"])]


def enrolment_twice(tables: Tables) -> pd.DataFrame:
    """One school, year and band twice."""
    rows = tables["enrolment"]
    return rows[rows.duplicated(["school_id", "school_year", "grade_band"])]


def enrolment_without_source(tables: Tables) -> pd.DataFrame:
    """A number of learners without a source cannot be a denominator; said once of a whole table."""
    rows = tables["enrolment"]
    without = rows["source"].isna()
    is_whole = without.groupby(rows["input_id"].astype(object)).transform("all")
    is_again = is_whole & rows["input_id"].duplicated()
    return rows[(without & ~is_again).to_numpy()]


def enrolment_smaller_than_plans(tables: Tables) -> pd.DataFrame:
    """Fewer learners enrolled than learners with a plan."""
    rows, plans = tables["enrolment"], tables["plans"]
    if rows.empty or plans.empty:
        return rows[:0]
    year = plans["semester"].astype(str).str[:9]
    learners = plans.groupby([plans["school_id"].astype(object), year])["learner_id"].nunique()
    enrolled = rows.groupby([rows["school_id"].astype(object), rows["school_year"].astype(object)])[
        "learner_count"
    ].sum()
    both = pd.concat([learners, enrolled], axis=1, join="inner")
    small = set(both.index[(both["learner_count"] < both["learner_id"]).to_numpy(dtype=bool)])
    places = zip(rows["school_id"].astype(object), rows["school_year"].astype(object), strict=True)
    return rows[np.array([place in small for place in places], dtype=bool)]


def specialist_twice(tables: Tables) -> pd.DataFrame:
    """The same specialist twice in one school and semester."""
    rows = tables["specialists"]
    return rows[rows.duplicated(["specialist_id", "school_id", "semester", "specialist_kind"])]
