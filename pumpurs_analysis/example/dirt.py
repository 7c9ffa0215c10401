"""The defects that are planted in the made-up delivery, as in real ones.

Comes in: the forms of each school. Goes out: the same with rows added, each with one defect and its
code. Every planted row is an extra one: without them the delivery holds exactly the true tables.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pumpurs_analysis.example.forms import Raw, personal
from pumpurs_analysis.example.lines import cap_cents

Row = dict[str, Any]
School = Mapping[str, pd.DataFrame]

CODE = "_code"
LONG = (1, 2, 4, 5)  # styles with one payment per row that names its plan
NAMED = (2, 4, 5)  # of these, styles whose rows name school and semester
_FAR = 900_000


@dataclass(frozen=True)
class Defect:
    """One kind of defect.

    Attributes:
        code: Of ``catalogue/problems``; ``over_cap`` is a finding, not a problem.
        form: Where it stands.
        column: The field that shows it.
        change: What is changed of a copied row: values, or functions of row and defect's number.
        where: Which rows may be copied.
        styles: In which schools' files it may stand.
        needs_plan: Whether the copy is a plan of its own, with a learner of its own.
    """

    code: str
    form: str
    column: str
    change: Mapping[str, Any] = field(default_factory=dict)
    where: Callable[[pd.DataFrame], Any] = lambda frame: frame.index >= 0
    styles: tuple[int, ...] = LONG
    needs_plan: bool = False


def _is(column: str, value: object) -> Callable[[pd.DataFrame], Any]:
    return lambda frame: frame[column].astype(object) == value


def _plan(code: str, column: str, **change: object) -> Defect:
    """Plant it in a new plan, in a file whose rows name school and semester."""
    return Defect(code, "plans", column, change, styles=NAMED, needs_plan=True)


def _payment(code: str, column: str, **change: object) -> Defect:
    return Defect(code, "payments", column, change, where=_is_monthly)


def _is_monthly(frame: pd.DataFrame) -> Any:  # noqa: ANN401  (a mask)
    return frame["support_kind"].isin(["transport", "catering"]) & ~frame["is_refund"].astype(bool)


def _talk(code: str, column: str, **change: object) -> Defect:
    return Defect(code, "consultations", column, change)


def _other_semester(row: Row, _: int) -> pd.Timestamp:
    shift = 6 if pd.Timestamp(row.get("month") or row["date"]).month >= 9 else -5  # noqa: PLR2004  (September)
    return pd.Timestamp(row.get("month") or row["date"]) + pd.DateOffset(months=shift)


def _nobody(_row: Row, number: int) -> str:
    return f"IAP-{_FAR + number:06d}"


DEFECTS = (
    Defect("plan_twice", "plans", "plan_id"),
    _plan("school_to_review", "school", school=Raw("Tukuma 22. vidusskola")),
    _plan("school_unknown", "school", school=Raw("Zvaigžņu akadēmija")),
    _plan("outside_programme", "semester", semester=Raw("2031./2032. m. g. 1. semestris")),
    _plan("semester_unread", "semester", semester=Raw("rudenī")),
    _plan("grade_not_eligible", "grade", semester="2019/2020-1", grade="3g"),
    _plan("grades_unread", "grade", grade=Raw("13. klase")),
    _plan("status_unknown", "status", status=Raw("Pabeigts")),
    _plan("programme_unknown", "programme_kind", programme_kind=Raw("kaut kāda")),
    _plan("yes_no_unread", "is_low_income", is_low_income=Raw("varbūt")),
    _plan("sex_unread", "sex", sex=Raw("?!")),
    _plan(
        "personal_code_in_cell", "notes", notes=lambda _, number: Raw(f"māsai {personal(number)}")
    ),
    _plan("contact_in_cell", "notes", notes=Raw("tālr. 2" + "0" * 7)),
    Defect("support_kind_unknown", "supports", "support_kind", {"support_kind": Raw("Peldēšana")}),
    Defect(
        "planned_negative",
        "supports",
        "planned_hours",
        {"planned_hours": -4.0},
        _is("support_kind", "consultation"),
    ),
    Defect("support_without_plan", "supports", "plan_id", {"plan_id": _nobody}),
    Defect(
        "specialist_kind_unknown",
        "supports",
        "specialist_kind",
        {"specialist_kind": Raw("astrologs")},
        _is("support_kind", "consultation"),
    ),
    _payment("payment_twice", "amount"),
    _payment("money_unread", "amount", amount=Raw("samaksāts")),
    _payment("money_too_precise", "amount", amount=Raw("12,345")),
    _payment("money_other_currency", "amount", amount=Raw("25 USD")),
    _payment("amount_negative", "amount", amount=-1200),
    _payment("amount_implausible", "amount", amount=300_000),
    _payment(
        "over_cap",
        "amount",
        amount=lambda row, _: _over_cap(row),
        month=lambda row, _: row["month"],
    ),
    _payment("month_outside_semester", "month", month=_other_semester),
    _payment("month_unread", "month", month=Raw("pavasarī")),
    _payment(
        "payment_without_plan",
        "plan_id",
        plan_id=_nobody,
        learner_code=None,
        learner_local_code=None,
    ),
    _payment("refund_without_payment", "amount", amount=-9900, is_refund=True),
    _talk("consultation_twice", "date"),
    _talk("date_unread", "date", date=Raw("31.02.2020.")),
    _talk("consultation_outside_semester", "date", date=_other_semester),
    _talk("hours_unread", "hours", hours=Raw("visu rītu")),
    _talk("hours_implausible", "hours", hours=16.0),
    _talk(
        "consultation_without_plan",
        "plan_id",
        plan_id=_nobody,
        learner_code=None,
        learner_local_code=None,
    ),
    _talk("remote_unread", "is_remote", is_remote=Raw("telefoniski")),
    Defect("specialist_twice", "specialists", "specialist_code"),
)
OF_MUNICIPALITY = (
    Defect(
        "ngo_grant_not_fixed",
        "ngo_projects",
        "amount",
        {"amount": 450_000, "ngo_project_id": lambda _, n: f"JIP-9{n:03d}"},
    ),
    Defect("ngo_project_twice", "ngo_projects", "ngo_project_id"),
    Defect(
        "ngo_ends_before_start",
        "ngo_projects",
        "end",
        {"end": pd.Timestamp(2018, 1, 1), "ngo_project_id": lambda _, n: f"JIP-9{n:03d}"},
    ),
    Defect("enrolment_twice", "enrolment", "school"),
    Defect("count_unread", "enrolment", "learner_count", {"learner_count": Raw("ap trīssimt")}),
    Defect("grade_band_unknown", "enrolment", "grade_band", {"grade_band": Raw("lielie")}),
)


def plant(
    places: Mapping[str, dict[str, pd.DataFrame]],
    styles: Mapping[str, int | None],
    defects: tuple[Defect, ...] = DEFECTS,
) -> None:
    """Add one row with each defect, in another school each time.

    Args:
        places: School (or municipality) -> form -> frame with a column ``_code``; changed in place.
        styles: School -> number of its style; None takes every defect.
        defects: What to plant.
    """
    names = list(places)
    for number, defect in enumerate(defects):
        for step in range(len(names)):
            name = names[(number * 5 + step) % len(names)]
            if styles[name] is not None and styles[name] not in defect.styles:
                continue
            if _planted(places[name], defect, number):
                break


def _planted(school: dict[str, pd.DataFrame], defect: Defect, number: int) -> bool:
    frame = school.get(defect.form)
    if frame is None:
        return False
    clean = frame.loc[
        frame[CODE].isna() & frame.get("status", pd.Series("", frame.index)).ne("inactive")
    ]
    clean = clean.loc[defect.where(clean)] if len(clean) else clean
    if clean.empty:
        return False
    row: Row = {str(name): value for name, value in clean.iloc[number * 7 % len(clean)].items()}
    if defect.needs_plan:
        row |= {"plan_id": _nobody(row, 500 + number), "risk": None} | _new_learner(row, number)
    changes = {
        name: change(row, number) if callable(change) else change
        for name, change in defect.change.items()
    }
    extra = pd.DataFrame([row | changes | {CODE: f"{defect.code}:{defect.column}"}], dtype=object)
    school[defect.form] = pd.concat([frame, extra], ignore_index=True)
    return True


def _new_learner(row: Row, number: int) -> Row:
    if isinstance(row["learner_code"], str):
        return {"learner_code": personal(_FAR + number)}
    if isinstance(row["learner_local_code"], str):
        return {"learner_local_code": f"I-{_FAR + number}"}
    return {}


def _over_cap(row: Row) -> int:
    return cap_cents(row["support_kind"], pd.Timestamp(row["month"]).date()) + 650
