"""Whether rows that were each read well also agree with each other.

Comes in: the linked tables of a delivery. Goes out: the rows that do not agree, by problem. Every
check is a function of the name of its problem: “fail if ``plan_in_two_semesters``”.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from pumpurs_analysis.checks import lines, others, plans
from pumpurs_analysis.checks.tables import Tables, places
from pumpurs_analysis.normalise.reading import Doubts

SETS_ASIDE = ("plan_twice", "plan_differs", "plan_in_two_semesters", "enrolment_twice")
"""Problems that set the later of two rows aside."""
Columns = Mapping[str, tuple[int | None, str]]
"""Field -> number and heading of its column."""
_SHOWN_BY = {
    "plan_in_two_semesters": "semester",
    "plan_differs": "plan_id",
    "plan_twice": "plan_id",
    "learner_is_in_two_schools": "school",
    "learner_facts_differ": "sex",
    "grade_goes_back": "grade",
    "grade_not_eligible": "grade",
    "school_closed": "school",
    "support_without_plan": "plan_id",
    "risk_without_plan": "plan_id",
    "payment_without_plan": "plan_id",
    "consultation_without_plan": "plan_id",
    "payment_without_school": "school",
    "consultation_without_school": "school",
    "month_outside_semester": "month",
    "payment_in_summer": "month",
    "learner_is_paid_in_two_schools": "school",
    "refund_without_payment": "amount",
    "payment_on_inactive_plan": "plan_id",
    "consultation_outside_semester": "date",
    "consultation_hours_over_day": "hours",
    "preparation_over_six_hours": "planned_hours",
    "ngo_grant_not_fixed": "amount",
    "ngo_project_twice": "ngo_project_id",
    "enrolment_twice": "learner_count",
    "enrolment_without_source": "source",
    "enrolment_smaller_than_plans": "learner_count",
}
"""The field in whose column a problem shows."""


def check(
    tables: Tables, doubts: Doubts, *, columns: Mapping[str, Columns], beside: lines.Beside
) -> dict[str, pd.DataFrame]:
    """Run every check.

    Args:
        tables: As ``normalise`` linked them; ``inputs`` among them gives file and sheet.
        doubts: Where problems go.
        columns: For each delivered table, where each field stands.
        beside: Gives the dates and numbers that stand beside what was read of rows.

    Returns:
        The tables without rows that are set aside since another row says the same or otherwise.
    """
    kept = dict(tables)
    for name, checks in _CHECKS.items():
        for each in checks:
            is_twice = each is lines.payment_twice
            found = lines.payment_twice(kept, beside) if is_twice else each(kept)
            if is_twice:  # tickets of a day may be equal: there and back
                found = found[[not _are_tickets(columns[at]) for at in found["input_id"]]]
            if not len(found):
                continue
            _note(each.__name__, found, kept, doubts=doubts, columns=columns)
            if each.__name__ in SETS_ASIDE:
                kept = _without(kept, found, name)
    return kept


def _are_tickets(columns: Columns) -> bool:
    return "date" in columns and columns.keys().isdisjoint({"month", "amount", "amount_cents"})


def _note(
    code: str,
    found: pd.DataFrame,
    tables: Tables,
    *,
    doubts: Doubts,
    columns: Mapping[str, Columns],
) -> None:
    inputs = tables["inputs"].set_index("input_id")
    ids = found["input_id"].astype(object)
    names = tables["schools"].drop_duplicates("school_id").set_index("school_id")["name"]
    school = found["school_id"].astype(object).map(names) if "school_id" in found else None
    nowhere = (None, "")
    cells = [columns[at].get(_SHOWN_BY.get(code, ""), nowhere) for at in ids]
    doubts.add_rows(
        code,
        found["row"].to_numpy(dtype=np.int64),
        file=ids.map(inputs["file"]).to_numpy(),
        sheet=ids.map(inputs["sheet"]).fillna("").to_numpy(),
        column=np.array([heading for _, heading in cells], dtype=object),
        column_number=np.array([number for number, _ in cells], dtype=object),
        found=found["found"].to_numpy() if "found" in found else "",
        wanted=found["wanted"].to_numpy() if "wanted" in found else "",
        school="" if school is None else school.fillna("").to_numpy(),
    )


def _without(
    tables: dict[str, pd.DataFrame], rows: pd.DataFrame, name: str
) -> dict[str, pd.DataFrame]:
    """Take rows out, and out of every table that was read from them."""
    gone = set(places(rows))
    touched = {name, *("supports", "risks") * (name == "plans")}
    kept = dict(tables)
    for table in touched:
        frame = tables[table]
        stays = np.array([place not in gone for place in places(frame)], dtype=bool)
        kept[table] = frame[stays].reset_index(drop=True)
    return kept


_CHECKS: Mapping[str, tuple[Callable[[Tables], pd.DataFrame], ...]] = {
    "plans": (
        *(
            plans.plan_in_two_semesters,
            plans.plan_differs,
            plans.plan_twice,
            plans.learner_has_two_plans,
        ),
        *(
            plans.learner_is_in_two_schools,
            plans.learner_facts_differ,
            plans.grade_goes_back,
            plans.grade_not_eligible,
        ),
        *(plans.school_closed, plans.plan_without_learner),
    ),
    "supports": (lines.support_without_plan, lines.preparation_over_six_hours),
    "risks": (lines.risk_without_plan,),
    "payments": (
        lines.learner_is_in_two_schools,
        *(
            lines.payment_without_plan,
            lines.payment_without_school,
            lines.month_outside_semester,
            lines.payment_in_summer,
            lines.payment_twice,
        ),
        *(
            lines.learner_is_paid_in_two_schools,
            lines.refund_without_payment,
            lines.payment_on_inactive_plan,
        ),
    ),
    "consultations": (
        *(lines.consultation_without_plan, lines.consultation_without_school),
        lines.consultation_outside_semester,
        *(lines.consultation_twice, lines.consultation_hours_over_day),
    ),
    "ngo_projects": (others.ngo_grant_not_fixed, others.ngo_project_twice),
    "enrolment": (
        others.enrolment_twice,
        others.enrolment_without_source,
        others.enrolment_smaller_than_plans,
    ),
    "specialists": (others.specialist_twice,),
}


def names() -> Iterator[str]:
    """Give the names of all checks, which are codes of ``catalogue/problems``.

    Example:
        >>> "payment_twice" in set(names())
        True
    """
    return (each.__name__ for checks in _CHECKS.values() for each in checks)
