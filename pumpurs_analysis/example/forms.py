"""The made-up tables in the columns of the delivery's forms, and the words a cell is written in.

Comes in: tidy tables. Goes out: one frame per form, first with plain values, then with cells as one
school or another would write them. Each distinct value is
written once, so that millions of rows are fast.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.example import lines
from pumpurs_analysis.schools import register
from pumpurs_analysis.text import NBSP, say, semester

FORMS = ("plans", "supports", "risks", "payments", "consultations", "specialists",
         "ngo_projects", "enrolment")  # fmt: skip
CODES = {
    "programme_kind": "programme_kind",
    "status": "plan_status",
    "support_kind": "support_kind",
    "risk_category": "risk_category",
    "specialist_kind": "specialist_kind",
    "sex": "sex",
    "grade_band": "grade_band",
}
_YES_NO = {"is_low_income", "is_in_practice", "is_catering_by_municipality", "is_refund"}
_DAYS = {"date", "start", "end"}
_MONEY = {"amount", "planned_amount"}
_HOURS = {"hours", "planned_hours"}
ENGLISH = -1
# Where the first three listed headings are not three good Latvian ones.
_LATVIAN = {
    "grade": ["klase vai kurss", "klase/kurss", "klase (kurss)"],
    "sex": ["dzimums"],
    "source": ["avots", "datu avots"],
    "subject": ["mācību priekšmets", "priekšmets"],
    "end": ["beigas", "beigu datums", "beigu mēnesis"],
    "start": ["sākums", "sākuma datums", "sākuma mēnesis"],
}
_SERIAL_ZERO = date(1899, 12, 30)
MONTHS = ("janvāris", "februāris", "marts", "aprīlis", "maijs", "jūnijs", "jūlijs", "augusts",
           "septembris", "oktobris", "novembris", "decembris")  # fmt: skip


class Raw(str):
    """A cell that is written as it stands, whatever its column wants."""

    __slots__ = ()


@dataclass(frozen=True)
class Style:
    """How one school writes.

    Attributes:
        heading: Which of the listed headings; None takes the template's, ENGLISH the English ones.
        code: Which of the listed spellings of a code; None takes the Latvian name.
        yes_no: Words for yes and no.
        semester: How a semester is written.
        days: How days are written, row by row in turn: a date pattern, ``date`` or ``serial``.
        month: How a month is written: a date pattern, ``date`` or ``name`` for a name with year.
        money: ``number``, or a pattern of the decimal text.
        remote: Words for remote and on site.
        code_hyphen: Whether personal codes keep their hyphen.
        school: How the school's name is changed.
        totals: Defect that its first total has: ``total_differs`` or ``formula_not_calculated``.
    """

    heading: int | None = None
    code: int | None = None
    yes_no: tuple[str, str] = ("jā", "nē")
    semester: str = "{0}./{1}. {roman}"
    days: tuple[str, ...] = ("%Y-%m-%d",)
    month: str = "%Y-%m"
    money: str = "{comma}"
    remote: tuple[str, str] = ("attālināti", "klātienē")
    code_hyphen: bool = True
    school: tuple[tuple[str, str], ...] = ()
    totals: str = ""


SHEET = Style(days=("date",), month="date", money="number")
TEXT = Style(days=("%d.%m.%Y.",), month="%m.%Y")


def delivered(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Turn tidy tables into the forms that schools and coordinators fill in.

    Returns:
        Form -> frame with the fields of the form and a column ``school_id``; NGO projects have
        their municipality there.
    """
    plans = tables["plans"]
    names = register().set_index("school_id")["name"]
    known = pd.DataFrame(
        {
            "school_id": plans["school_id"],
            "school": _renamed(plans["school_id"], names),
            "municipality": plans["municipality"],
            "learner_code": _learner_codes(plans, "personal_code"),
            "learner_local_code": _learner_codes(plans, "local_code"),
        }
    )
    grade = plans["grade"].astype(str) + plans["is_course"].map({True: "c", False: "g"}).astype(str)
    risks = tables["risks"]
    is_apart = _style_number(risks["plan_id"], plans).eq(5)
    by_plan = risks.loc[risks["support_id"].isna() & ~is_apart]
    forms = {
        "plans": known.assign(
            **{
                name: plans[name]
                for name in (
                    "plan_id",
                    "semester",
                    "programme_kind",
                    "status",
                    "is_low_income",
                    "is_in_practice",
                    "is_catering_by_municipality",
                    "sex",
                )
            },
            grade=grade.astype("category"),
            risk=_listed(by_plan, "plan_id", plans["plan_id"]),
        )
    }
    supports = _at(known[["school_id"]], tables["supports"])
    forms["supports"] = supports.rename(columns={"planned_cents": "planned_amount"}).assign(
        risk=_listed(risks.dropna(subset="support_id"), "support_id", supports["support_id"])
    )
    forms["risks"] = _at(known[["school_id"]], risks.loc[is_apart])
    payments = _at(known, tables["payments"]).rename(columns={"amount_cents": "amount"})
    nameless = _style_number(payments["plan_id"], plans).eq(lines.NO_PLAN_ID)
    nameless &= payments[["learner_code", "learner_local_code"]].notna().any(axis=1)
    payments["plan_id"] = payments["plan_id"].where(~nameless)
    forms["payments"] = payments
    # the plan tells school and municipality: a quarter of the largest table less to write
    talks = _at(known.drop(columns=["school", "municipality"]), tables["consultations"])
    forms["consultations"] = talks.rename(columns={"specialist_id": "specialist_code"})
    places = plans[["school_id", "semester", "municipality"]].drop_duplicates(
        ["school_id", "semester"]
    )
    staff = tables["specialists"].merge(places, on=["school_id", "semester"], how="left")
    staff["school"] = _renamed(staff["school_id"], names)
    forms["specialists"] = staff.rename(columns={"specialist_id": "specialist_code"})
    projects = tables["ngo_projects"]
    forms["ngo_projects"] = projects.rename(columns={"amount_cents": "amount"}).assign(
        school_id=projects["municipality"]
    )
    year = places.assign(school_year=places["semester"].astype(str).str[:9])
    year = year.drop_duplicates(["school_id", "school_year"])[
        ["school_id", "school_year", "municipality"]
    ]
    enrolment = tables["enrolment"].merge(
        year.astype(object), on=["school_id", "school_year"], how="left"
    )
    forms["enrolment"] = enrolment.assign(school=_renamed(enrolment["school_id"], names))
    return {
        name: frame[["school_id", *(field for field in header(name) if field in frame)]]
        for name, frame in forms.items()
    }


@cache
def header(form: str) -> Mapping[str, str]:
    """Give the template's headings of a form, by field, newest edition.

    Example:
        >>> list(header("specialists").values())[:2]
        ['Speciālista kods', 'Speciālista veids']
    """
    editions = catalogue.entries("forms")[form]["editions"]
    fields: Mapping[str, str] = editions[max(editions)]["header"]
    return fields


def _at(known: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Add what is known of the plan; plans are numbered like their codes."""
    rows = table["plan_id"].cat.codes.to_numpy()
    facts = {str(name): _take(column, rows) for name, column in known.items()}
    return table.reset_index(drop=True).assign(**facts)


def _take(column: pd.Series, rows: np.ndarray) -> pd.api.extensions.ExtensionArray:
    taken: pd.api.extensions.ExtensionArray = column.array.take(rows)
    return taken


def _renamed(ids: pd.Series, names: pd.Series) -> pd.Series:
    return ids.astype("category").cat.rename_categories(names.to_dict())


def _style_number(plan_ids: pd.Series, plans: pd.DataFrame) -> pd.Series:
    """Give the style of each row's school: schools write in turn, in the order of their plans."""
    first = dict.fromkeys(plans["school_id"].astype(object))
    number = {school: place % lines.STYLES for place, school in enumerate(first)}
    by_plan = plans["school_id"].astype(object).map(number).to_numpy()
    return pd.Series(by_plan[plan_ids.cat.codes.to_numpy()], plan_ids.index)


def _learner_codes(plans: pd.DataFrame, basis: str) -> pd.Series:
    """Write the learner's number as a personal code nobody can have, or as a school's own code."""
    number = plans["learner_id"].astype(str).str.extract(r"(\d+)$")[0].astype(int)
    write = personal if basis == "personal_code" else "I-{:04d}".format
    texts = number.map(write)
    return texts.where(plans["learner_basis"] == basis).astype("category")


def personal(number: int) -> str:
    """Write a personal code that nobody can have; made at run time, so that none stands in a file.

    Example:
        >>> len(personal(7)), personal(7)[:2]
        (12, '32')
    """
    return f"{320_000 + number // 100_000}-{number % 100_000:05d}"


def _listed(risks: pd.DataFrame, key: str, wanted: pd.Series) -> pd.Series:
    """Put the risks of one plan or support into one cell."""
    joined: dict[str, str] = {}
    for one, code in zip(risks[key].astype(object), risks["risk"].astype(object), strict=True):
        joined[one] = f"{joined[one]};{code}" if one in joined else code
    return wanted.astype(object).map(joined).astype("category")


# --- cells ---------------------------------------------------------------------------------------


def spelled(frame: pd.DataFrame, style: Style) -> pd.DataFrame:
    """Write the cells of a form in a style; columns become categoricals of what is written."""
    return pd.DataFrame(
        {name: _column(name, column, style) for name, column in frame.items() if name in _fields()}
    )


@cache
def _fields() -> frozenset[str]:
    return frozenset(catalogue.entries("headings"))


def _column(field: str, column: pd.Series, style: Style) -> pd.Series:
    turns = len(style.days) if field in _DAYS else 1
    codes, values = pd.factorize(column.astype(object) if column.dtype == object else column)
    turn = np.arange(len(column)) % turns
    written = [
        cell(field, value, style, turn=place) for place in range(turns) for value in list(values)
    ]
    places = np.where(codes < 0, -1, codes + turn * len(values))
    if len(set(map(_key, written))) < len(written):
        again, distinct = pd.factorize(np.array([*map(_key, written), ""], dtype=object)[:-1])
        first = dict(zip(again[::-1], written[::-1], strict=True))
        written = [first[number] for number in range(len(distinct))]
        places = np.where(places < 0, -1, again[places])
    made = pd.Categorical.from_codes(places, pd.Index(written, dtype=object))
    return pd.Series(made, index=column.index)


def _key(value: object) -> str:
    return f"{type(value).__name__}:{value}"


def cell(field: str, value: Any, style: Style, *, turn: int = 0) -> object:  # noqa: ANN401  (a cell)
    """Write one value as a style writes it; None stays empty."""
    if isinstance(value, Raw):
        return str(value)
    if schema.is_missing(value):
        return None
    writer = _writers().get(field)
    if writer is None:
        return value.item() if isinstance(value, np.generic) else value
    return writer(field, value, style) if field not in _DAYS else _day(value, style.days[turn])


@cache
def _writers() -> Mapping[str, Callable[[str, Any, Style], object]]:
    return (
        dict.fromkeys(CODES, _code)
        | dict.fromkeys(_YES_NO, lambda _, value, style: style.yes_no[not value])
        | dict.fromkeys(_DAYS, lambda _, value, style: _day(value, style.days[0]))
        | dict.fromkeys(_MONEY, lambda _, value, style: _money(int(value), style))
        | dict.fromkeys(_HOURS, lambda _, value, style: _hours(float(value), style))
        | {
            "semester": lambda _, value, style: _semester(value, style),
            "school": lambda _, value, style: _school(value, style),
            "month": lambda _, value, style: _month(value, style.month),
            "grade": lambda _, value, style: _grade(value, style),
            "risk": lambda _, value, style: _risks(value, style),
            "is_remote": lambda _, value, style: style.remote[not value],
            "learner_code": lambda _, value, style: (
                value if style.code_hyphen else value.replace("-", "")
            ),
        }
    )


def _code(field: str, value: str, style: Style) -> str:
    entry = catalogue.entries("codes")[CODES[field]][value]
    written = entry.get("written", [])
    if style.code is None or not written:
        return str(entry["name"]["lv"])
    return str(written[style.code % len(written)])


def _semester(value: str, style: Style) -> str:
    year, half = value.split("-")
    first, second = year.split("/")
    roman = "I" if half == "1" else "II"
    return style.semester.format(first, second, half=half, roman=roman, short=second[2:])


def _school(name: str, style: Style) -> str:
    for old, new in style.school:
        name = name.replace(old, new)
    return name


def _day(value: pd.Timestamp, how: str) -> object:
    day = pd.Timestamp(value).date()
    if how == "date":
        return day
    return (day - _SERIAL_ZERO).days if how == "serial" else day.strftime(how)


def _month(value: pd.Timestamp, how: str) -> object:
    day = pd.Timestamp(value).date()
    return f"{day.year}. gada {MONTHS[day.month - 1]}" if how == "name" else _day(value, how)


def _money(value: int, style: Style) -> object:
    if style.money == "number":
        return value / 100
    point = f"{value / 100:.2f}"
    grouped = f"{value / 100:,.2f}".replace(",", NBSP).replace(".", ",")
    return style.money.format(comma=point.replace(".", ","), point=point, grouped=grouped)


def _hours(value: float, style: Style) -> object:
    if style.money == "number":
        return value
    return f"{value:g}".replace(".", "," if "point" not in style.money else ".")


def _grade(value: str, style: Style) -> object:
    number, word = value[:-1], "kurss" if value.endswith("c") else "klase"
    if style.heading == ENGLISH:
        return f"{'course' if word == 'kurss' else 'grade'} {number}"
    return f"{number}.b {word}" if style.code == 1 and word == "klase" else f"{number}. {word}"


def _risks(value: str, style: Style) -> str:
    entries = catalogue.entries("codes")["risk"]
    named = [entries[code] for code in value.split(";")]
    words = [risk["written"][0] if style.code == 2 else risk["name"]["lv"] for risk in named]  # noqa: PLR2004  (the style of codes)
    return "; ".join(words)


def headings(fields: Iterable[str], style: Style, form: str) -> list[str]:
    """Give the headings of columns in a style: the template's, listed ones, or English ones."""
    if style.heading is None:
        return [header(form)[field] for field in fields]
    if style.heading == ENGLISH:
        return [say(f"template.heading.{field}", "en") for field in fields]
    entries = catalogue.entries("headings")
    chosen = [_LATVIAN.get(field, entries[field]["written"][:3]) for field in fields]
    words = [str(written[style.heading % len(written)]) for written in chosen]
    return [word[0].upper() + word[1:] for word in words]


def semester_title(code: str) -> str:
    """Write a semester for a title.

    Example:
        >>> semester_title("2022/2023-1")
        '2022./2023. I semestris'
    """
    return f"{semester(code, 'lv')} semestris"
