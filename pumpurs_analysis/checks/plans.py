"""Whether plans agree with each other, with the school register and with the target group."""

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from pumpurs_analysis.checks.tables import Tables, places
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import rules_on
from pumpurs_analysis.text import short_date

_ATTRIBUTES = ["learner_id", "school_id", "grade", "is_course", "status", "is_low_income"]


def _repeated(plans: pd.DataFrame) -> pd.DataFrame:
    """Rows of a plan that stands in several rows, each with the first row of that plan."""
    again = plans[plans["plan_id"].duplicated(keep=False) & plans["plan_id"].notna()]
    first = again.drop_duplicates("plan_id").set_index(
        again.drop_duplicates("plan_id")["plan_id"].astype(object)
    )
    later = again[again["plan_id"].duplicated()]
    ids = later["plan_id"].astype(object)
    joined = {
        f"first_{name}": ids.map(first[name].astype(object))
        for name in [*_ATTRIBUTES, "semester", "row", "input_id"]
    }
    return later.assign(**joined)


def _differ(rows: pd.DataFrame, names: list[str]) -> npt.NDArray[np.bool_]:
    """Whether a row differs from its first in something both say."""
    answer = np.zeros(len(rows), dtype=bool)
    for name in names:
        mine, first = rows[name].astype(object), rows[f"first_{name}"]
        both = mine.notna() & first.notna()
        answer |= (both & (mine != first)).to_numpy(dtype=bool)
    return answer


def _place_of_first(rows: pd.DataFrame, tables: Tables) -> list[str]:
    files = tables["inputs"].set_index("input_id")["file"]
    return [
        f"{files.get(at, '')}, {row}"
        for at, row in zip(rows["first_input_id"], rows["first_row"], strict=True)
    ]


def plan_in_two_semesters(tables: Tables) -> pd.DataFrame:
    """A plan lives one semester."""
    rows = _repeated(tables["plans"])
    rows = rows[_differ(rows, ["semester"])]
    return rows.assign(found=rows["semester"].astype(object), wanted=rows["first_semester"])


def plan_differs(tables: Tables) -> pd.DataFrame:
    """One plan code, two rows that say different things."""
    rows = _repeated(tables["plans"])
    rows = rows[_differ(rows, _ATTRIBUTES)]
    return rows.assign(found=_place_of_first(rows, tables))


def plan_twice(tables: Tables) -> pd.DataFrame:
    """The same plan again; a row that adds a risk to its plan is no second plan."""
    rows = _repeated(tables["plans"])
    risks = tables["risks"]
    new = risks[~risks.duplicated(["plan_id", "risk_category", "risk"])]
    adds = {*places(new), *places(tables["supports"])}
    same_table = (rows["input_id"].astype(object) == rows["first_input_id"]).to_numpy(dtype=bool)
    is_long = np.array([place in adds for place in places(rows)], dtype=bool) & same_table
    rows = rows[~is_long] if len(rows) else rows
    return rows.assign(found=_place_of_first(rows, tables))


def learner_has_two_plans(tables: Tables) -> pd.DataFrame:
    """Two plans of one learner in one school and semester."""
    plans = _one_row_each(tables["plans"])
    keys = ["learner_id", "school_id", "semester"]
    return plans[plans.duplicated(keys) & plans["learner_id"].notna()]


def learner_is_in_two_schools(tables: Tables) -> pd.DataFrame:
    """Plans of one learner in two schools in one semester."""
    plans = _one_row_each(tables["plans"]).drop_duplicates(["learner_id", "school_id", "semester"])
    return plans[plans.duplicated(["learner_id", "semester"]) & plans["learner_id"].notna()]


def _one_row_each(plans: pd.DataFrame) -> pd.DataFrame:
    counted = plans[(plans["status"] != "inactive").fillna(value=True).to_numpy(dtype=bool)]
    return counted.drop_duplicates("plan_id")


def learner_facts_differ(tables: Tables) -> pd.DataFrame:
    """Sex differs between the plans of one learner."""
    plans = tables["plans"].dropna(subset=["learner_id", "sex"])
    first = plans.drop_duplicates("learner_id").set_index("learner_id")["sex"].astype(object)
    known = plans["learner_id"].astype(object).map(first)
    return plans[(plans["sex"].astype(object) != known).to_numpy(dtype=bool)]


def grade_goes_back(tables: Tables) -> pd.DataFrame:
    """A learner's grade falls, or rises by more than one a school year."""
    plans = tables["plans"].dropna(subset=["learner_id", "semester", "grade"])
    plans = plans.assign(year=plans["semester"].astype(str).str[:4].astype("Int64"))
    keys = ["learner_id", "is_course"]
    plans = plans.assign(order=plans["semester"].astype(str)).sort_values("order", kind="stable")
    before = plans.groupby(keys, observed=True, dropna=False)[["grade", "year"]].shift()
    years, steps = plans["year"] - before["year"], plans["grade"] - before["grade"]
    is_odd = ((steps < 0) | (steps > years)).fillna(value=False).to_numpy(dtype=bool)
    rows = plans[is_odd]
    return rows.assign(found=rows["grade"].astype(str), wanted=before["grade"][is_odd].astype(str))


def grade_not_eligible(tables: Tables) -> pd.DataFrame:
    """A grade or course outside the target group on the semester's first day."""
    plans = tables["plans"].dropna(subset=["semester", "grade"])
    asked = list(
        zip(
            plans["semester"].astype(object),
            plans["grade"],
            plans["is_course"].fillna(value=False),
            strict=True,
        )
    )
    rows = plans[np.array([not _is_eligible(*each) for each in asked], dtype=bool)]
    return rows.assign(found=rows["grade"].astype(str))


@cache
def _is_eligible(semester: str, grade: int, is_course: bool) -> bool:  # noqa: FBT001  (a fact, no switch)
    start, _ = semester_bounds(semester)
    kind = "vocational" if is_course else "general"
    try:
        answer = rules_on(max(start, date(2017, 3, 1))).eligibility(
            "consultation", programme_kind=kind, grade=int(grade)
        )
    except NotVerified:
        return True
    return answer.is_allowed is not False


def school_closed(tables: Tables) -> pd.DataFrame:
    """The register says that the school had ended before the semester."""
    schools = tables["schools"].dropna(subset=["valid_to"]).set_index("school_id")
    names = tables["schools"].set_index("school_id")["name"]
    plans = tables["plans"].dropna(subset=["semester", "school_id"])
    ends = plans["school_id"].astype(object).map(schools["valid_to"])
    first = {code: pd.Timestamp(semester_bounds(code)[0]) for code in plans["semester"].unique()}
    starts = pd.to_datetime(plans["semester"].astype(object).map(first))
    ends = pd.to_datetime(ends)
    rows = plans[(ends < starts).to_numpy(dtype=bool)]
    successor = rows["school_id"].astype(object).map(schools["successor_id"]).map(names).fillna("")
    shown = ends[rows.index].map(lambda day: short_date(day, "lv"))
    return rows.assign(found=shown, wanted=successor)


def plan_without_learner(tables: Tables) -> pd.DataFrame:
    """A plan delivered without any learner's code."""
    plans = tables["plans"]
    return plans[(plans["learner_basis"] == "plan").fillna(value=False).to_numpy(dtype=bool)]
