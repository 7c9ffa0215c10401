"""The made-up delivery as tidy tables, before anybody wrote it into a spreadsheet.

Comes in: a number of plans, a seed, municipalities. Goes out: plans, supports, risks, payments,
consultations, specialists, NGO projects and enrolment that keep to the rules of their day. Nobody
in them exists: learners are numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import cycle, islice
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, schema, schools
from pumpurs_analysis.example import lines as money_and_hours
from pumpurs_analysis.example.cells import YEARS, cells, grades_taught, quotas, taking_part
from pumpurs_analysis.municipalities import municipality_on
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import rules_on

Codes = Mapping[str, float]
Known = dict[int, tuple[np.ndarray, np.ndarray]]  # school -> learners and their grades


class Choices(TypedDict, total=False):
    """What may be chosen of a made-up delivery.

    Attributes:
        plans: Counted plans; deleted ones (``inactive``) come on top.
        seed: The same seed gives the same delivery.
        municipalities: Names of today; None takes six, and all of Latvia from 10 000 plans on.
        lines: Payments and consultations together, where more are wanted than a usual delivery has.
    """

    plans: int
    seed: int
    municipalities: Sequence[str] | None
    lines: int | None


# Risk groups of a plan. Shares of plans 85.9 / 27.0 / 4.8 / 2.4 %, 1.20 mentions per plan and so
# 71.5 / 22.5 / 4.0 / 2.0 % of mentions, as in 2019/20 (S27). How they go together is ours.
_RISK_SETS: Codes = {
    "learning": 0.667,
    "economic": 0.101,
    "family": 0.022,
    "social_health": 0.009,
    "learning economic": 0.160,
    "learning family": 0.020,
    "learning social_health": 0.012,
    "economic family": 0.006,
    "social_health economic": 0.003,
}
_STATUSES: Codes = {
    "in_implementation": 0.62,
    "approved": 0.25,
    "suspended": 0.05,
    "in_revision": 0.04,
    "in_coordination": 0.03,
    "draft": 0.01,
}
_INACTIVE_SHARE = 0.02
_LOW_INCOME_SHARE = 0.2
_LOW_INCOME_SHARE_WITH_ECONOMIC_RISK = 0.8
_MALE_SHARE = 0.58
_IN_PRACTICE_SHARE = 0.25
_COMES_BACK_SHARE = 0.45
# Municipalities that pay for meals, and the schools where Tukuma novads states that it does not.
_PAYS_FOR_MEALS = {"Tukuma novads", "Jēkabpils novads"}
_PAYS_TO_GRADE_9 = {"Gulbenes novads"}
_CATERED = {"kandavas-karla-milenbaha-vidusskola", "kandavas-regionala-pamatskola"}
_LODGED_IN_TUKUMS = "kandavas-regionala-pamatskola"
_TUKUMS_STATED = ("2022/2023-1", "2022/2023-2")
_LIEPAJA_6 = "liepajas-raina-6-vidusskola"
_BASIS = {"Liepāja": "local_code", "Gulbenes novads": "local_code"}
_BASIS_OF_SCHOOL = {"lejasciema-vidusskola": "plan"}
# What a school asks for first; the order follows Liepāja's page: mathematics, Latvian, languages.
_STAFF = (
    "teacher:Matemātika", "teacher:Latviešu valoda", "teacher:Angļu valoda", "social_pedagogue",
    "teacher:Matemātika", "psychologist", "teacher:Latviešu valoda", "teacher:Krievu valoda",
    "teacher_assistant", "teacher:Matemātika", "special_education_teacher", "teacher:Fizika",
    "teacher:Angļu valoda", "speech_therapist", "teacher:Ķīmija", "teacher:Vēsture",
    "teacher:Latviešu valoda", "teacher:Bioloģija", "teacher:Matemātika", "teacher:Ģeogrāfija",
    "teacher:Vācu valoda", "teacher:Sociālās zinības", "occupational_therapist", "teacher:Datorika",
)  # fmt: skip
_STAFF_KINDS = {
    "Tukuma novads": {"teacher", "social_pedagogue", "psychologist"},
    "Liepāja": {"teacher", "social_pedagogue"},
}
_PLANS_PER_SPECIALIST = 5
_FEWEST_STAFF = 3
_GRANT_CENTS = 460_000


@dataclass
class World:
    """What every part of the delivery is made from.

    Attributes:
        rng: The only source of chance.
        schools: Schools taking part; the index numbers them.
        plans: One row per plan, with numbers instead of codes and columns no table has.
    """

    rng: np.random.Generator
    schools: pd.DataFrame
    cells: pd.DataFrame
    plans: pd.DataFrame = field(default_factory=pd.DataFrame)


def draw(rng: np.random.Generator, size: int, shares: Codes) -> "pd.Categorical[str]":
    """Give codes in exactly these shares, in chance order.

    Example:
        >>> draw(np.random.default_rng(1), 4, {"a": 0.5, "b": 0.5}).value_counts().tolist()
        [2, 2]
    """
    codes = np.repeat(np.arange(len(shares)), quotas(size, list(shares.values())))
    return pd.Categorical.from_codes(rng.permutation(codes), pd.Index(list(shares)))


@cache
def tables_for(
    plans: int, seed: int, *, municipalities: tuple[str, ...] | None, lines: int | None
) -> Mapping[str, pd.DataFrame]:
    """Make the tables once for the same choices; see ``example.tables``."""
    rng = np.random.default_rng(seed)
    taking = taking_part(municipalities, plans)
    shared = cells(taking, plans)
    taking = taking.loc[sorted(set(shared["school"]))]
    shared["school"] = shared["school"].map({old: new for new, old in enumerate(taking.index)})
    taking = taking.reset_index(drop=True)
    world = World(rng, taking, shared)
    world.plans = _plans(world)
    staff = _staff(world)
    supports = money_and_hours.supports(rng, world.plans, staff)
    payments = money_and_hours.payments(rng, world.plans, supports)
    wanted = None if lines is None else lines - len(payments)
    consultations = money_and_hours.consultations(rng, world.plans, supports, wanted=wanted)
    money_and_hours.plan_hours(rng, supports, consultations)
    risks = _risks(world, supports)
    ids = world.plans[["plan_id", "learner_id", "school_id"]]
    made = {
        "plans": world.plans,
        "supports": supports.join(ids, on="plan"),
        "risks": risks.join(ids, on="plan"),
        "payments": payments.join(ids, on="plan"),
        "consultations": consultations.join(ids, on="plan"),
        "specialists": staff.join(taking["school_id"], on="school"),
        "ngo_projects": _ngo_projects(world),
        "enrolment": _enrolment(world),
    }
    return {name: _tidy(name, frame) for name, frame in made.items()}


def _tidy(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    wanted = [name for name in schema.columns(table) if name in frame]
    return schema.conform(table, frame[wanted].reset_index(drop=True))


# --- plans ---------------------------------------------------------------------------------------


def _plans(world: World) -> pd.DataFrame:
    rng = world.rng
    plans = _learners(world)
    taking = world.schools.loc[plans["school"]].reset_index(drop=True)
    plans["school_id"] = taking["school_id"].astype("category")
    plans["municipality"] = _municipality_then(plans, world.schools)
    plans["programme_kind"] = taking["kind"].map(_programme).astype("category")
    plans["is_course"] = plans["programme_kind"] == "vocational"
    plans["risks"] = draw(rng, len(plans), _RISK_SETS)
    chance = np.where(
        plans["risks"].astype(str).str.contains("economic"),
        _LOW_INCOME_SHARE_WITH_ECONOMIC_RISK,
        _LOW_INCOME_SHARE,
    )
    plans["is_low_income"] = rng.random(len(plans)) < chance
    practice = plans["is_course"] & (plans["grade"] > 1)
    plans["is_in_practice"] = practice & (rng.random(len(plans)) < _IN_PRACTICE_SHARE)
    today = taking["municipality_today"]
    pays = today.isin(_PAYS_FOR_MEALS) | (today.isin(_PAYS_TO_GRADE_9) & (plans["grade"] <= 9))  # noqa: PLR2004  (the name says it)
    plans["is_catering_by_municipality"] = (
        pays & ~plans["is_course"] & ~taking["school_id"].isin(_CATERED)
    )
    plans["lodges"] = (today != "Tukuma novads") | (taking["school_id"] == _LODGED_IN_TUKUMS)
    plans["sex"] = pd.Categorical.from_codes(
        (plans["learner"].to_numpy() * 2654435761 % 100 < 100 * _MALE_SHARE).astype(int),
        pd.Index(["female", "male"]),
    )
    plans["status"] = _status(rng, plans)
    plans = _with_inactive(rng, plans)
    basis = taking["municipality_today"].map(_BASIS).fillna("personal_code")
    basis = taking["school_id"].map(_BASIS_OF_SCHOOL).fillna(basis)
    plans["learner_basis"] = basis.reindex(plans["of"]).to_numpy()
    number = np.arange(1, len(plans) + 1)
    plans["plan_id"] = _ids("IAP", number)
    learner = np.where(plans["learner_basis"] == "plan", number, plans["learner"] + 1)
    is_plan = (plans["learner_basis"] == "plan").astype(str)
    plans["learner_id"] = (
        is_plan.map({"True": "plan-", "False": "learner-"})
        + pd.Series(learner, plans.index).astype(str).str.zfill(6)
    ).astype("category")
    return plans


def _learners(world: World) -> pd.DataFrame:
    """Give each cell its learners; some come back a year later, a grade higher."""
    parts: list[pd.DataFrame] = []
    former: Known = {}
    fresh = 0
    for year in YEARS:
        now: Known = {}
        taken = np.empty(0, np.int64)
        here = world.cells.loc[world.cells["year"] == year, ["school", "first", "second", "both"]]
        for school, first, second, both in here.to_numpy(dtype=int).tolist():
            size = first + second + both
            back = _coming_back(world, former, school, now=(year, size, taken))
            new = np.arange(fresh, fresh + size - len(back[0]))
            fresh += len(new)
            lowest, highest = _grades(str(world.schools["kind"][school]), year)
            learner = np.concatenate([back[0], new])
            grade = np.concatenate([back[1], world.rng.integers(lowest, highest + 1, len(new))])
            now[school] = (learner, grade)
            taken = np.concatenate([taken, learner])
            order = world.rng.permutation(size)
            for half, who in ((1, order[: first + both]), (2, order[first:])):
                known = {"learner": learner[who], "grade": grade[who], "school": school}
                parts.append(pd.DataFrame(known).assign(semester=f"{year}/{year + 1}-{half}"))
        former = now
    plans = pd.concat(parts, ignore_index=True)
    plans["semester"] = plans["semester"].astype("category")
    return plans


def _coming_back(
    world: World, former: Known, school: int, *, now: tuple[int, int, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Choose some of last year's learners whom no other school has; they are a grade higher."""
    year, size, taken = now
    lowest, highest = _grades(str(world.schools["kind"][school]), year)
    learners, grades = _candidates(world.schools, former, school)
    is_free = (grades < highest) & ~np.isin(learners, taken)
    learners, grades = learners[is_free], grades[is_free]
    back = min(len(learners), round(size * _COMES_BACK_SHARE))
    chosen = world.rng.permutation(len(learners))[:back]
    return learners[chosen], np.maximum(grades[chosen] + 1, lowest)


def _candidates(taking: pd.DataFrame, former: Known, school: int) -> tuple[np.ndarray, np.ndarray]:
    """Give last year's learners of the school and the leavers of the basic schools around it."""
    nobody = (np.empty(0, np.int64), np.empty(0, np.int64))
    learners, grades = former.get(school, nobody)
    kind, place = str(taking["kind"][school]), str(taking["municipality_today"][school])
    if grades_taught(kind)[1] < 12 or _BASIS.get(place):  # noqa: PLR2004  (the last grade)
        return learners, grades
    leavers = [
        (former[other][0][former[other][1] == 9], former[other][1][former[other][1] == 9])  # noqa: PLR2004  (the last grade of a basic school)
        for other in former
        if taking.loc[other, "municipality_today"] == place
        and grades_taught(taking.loc[other, "kind"]) == (1, 9)
    ]
    return (
        np.concatenate([learners, *(who for who, _ in leavers)]),
        np.concatenate([grades, *(what for _, what in leavers)]),
    )


@cache
def _grades(kind: str, year: int) -> tuple[int, int]:
    """Give the lowest and highest grade that the school teaches and the rules of autumn allow."""
    first, last = grades_taught(kind)
    rules = rules_on(date(year, 10, 1))
    programme = _programme(kind)
    allowed = [
        grade
        for grade in range(first, last + 1)
        if rules.eligibility("consultation", programme_kind=programme, grade=grade).is_allowed
    ]
    return min(allowed), max(allowed)


def _programme(kind: str) -> str:
    entry = catalogue.entries("codes")["school_kind"][kind]
    if entry["is_vocational"]:
        return "vocational"
    return "special" if entry["is_special"] else "general"


@cache
def municipality_then(school_id: str, today: str, semester: str) -> str:
    """Give the municipality of a school as it was at the beginning of a semester."""
    day = semester_bounds(semester)[0]
    name = schools.register().set_index("school_id")["name"][school_id]
    found = schools.school_municipality(name, day)
    return found if isinstance(found, str) else str(municipality_on(today, date(2022, 9, 1)))


def _municipality_then(plans: pd.DataFrame, taking: pd.DataFrame) -> pd.Series:
    pairs = plans[["school", "semester"]].drop_duplicates()
    named = [
        municipality_then(*taking.loc[school, ["school_id", "municipality_today"]], str(semester))
        for school, semester in pairs.itertuples(index=False)
    ]
    then = pairs.assign(municipality=named)
    joined = plans.merge(then, on=["school", "semester"], how="left", sort=False)
    return joined["municipality"].astype("category")


def _status(rng: np.random.Generator, plans: pd.DataFrame) -> "pd.Categorical[str]":
    status = np.array(draw(rng, len(plans), _STATUSES).astype(str), dtype=object)
    stated = (plans["school_id"] == _LIEPAJA_6) & (plans["semester"] == "2019/2020-1")
    places = np.flatnonzero(stated)
    waiting = round(len(places) * 19 / 92)  # 73 approved, 19 waiting, as the school's page says
    status[places] = "approved"
    status[places[:waiting]] = "in_coordination"
    tukums = (plans["municipality"] == "Tukuma novads") & plans["semester"].isin(_TUKUMS_STATED)
    tukums &= np.isin(status, ["draft", "in_coordination"])
    status[tukums.to_numpy()] = (
        "approved"  # 284 learners had consultations: every plan came to life
    )
    return pd.Categorical(status, list(catalogue.entries("codes")["plan_status"]))


def _with_inactive(rng: np.random.Generator, plans: pd.DataFrame) -> pd.DataFrame:
    """Add deleted plans of learners who have another one: they change no count of learners."""
    plans["of"] = plans.index
    chosen = rng.permutation(len(plans))[: round(len(plans) * _INACTIVE_SHARE)]
    deleted = plans.iloc[np.sort(chosen)].assign(status="inactive")
    deleted = deleted.loc[deleted["school"] % money_and_hours.STYLES != money_and_hours.NO_PLAN_ID]
    whole = pd.concat([plans, deleted], ignore_index=True)
    whole["status"] = whole["status"].astype(plans["status"].dtype)
    return whole.sort_values(["school", "semester"], kind="stable", ignore_index=True)


def _ids(prefix: str, numbers: np.ndarray) -> "pd.Categorical[str]":
    texts = [f"{prefix}-{number:06d}" for number in numbers]
    return pd.Categorical.from_codes(np.arange(len(texts)), pd.Index(texts))


# --- specialists, risks, projects, enrolment -----------------------------------------------------


def _staff(world: World) -> pd.DataFrame:
    """Give each school and semester its specialists; the first stay as long as there are plans."""
    counted = world.plans.loc[world.plans["status"] != "inactive"]
    sizes = counted.groupby(["school", "semester"], observed=True).size().reset_index(name="size")
    stated = world.cells.set_index(["school", "year"])[["staff_1", "staff_2"]]
    rows: list[tuple[Any, ...]] = []
    for school, semester, size in sizes.itertuples(index=False):
        column = f"staff_{str(semester)[-1]}"
        told = int(stated.loc[(school, int(str(semester)[:4])), column])
        count = told or max(_FEWEST_STAFF, -(-int(size) // _PLANS_PER_SPECIALIST))
        place = world.schools.loc[school, "municipality_today"]
        rows += [
            (school, semester, f"P-{school * 1000 + number:06d}", *_role(duty))
            for number, duty in enumerate(_team(place, count))
        ]
    columns = ["school", "semester", "specialist_id", "specialist_kind", "subject"]
    return pd.DataFrame(rows, columns=columns)


@cache
def _team(place: str, count: int) -> tuple[str, ...]:
    if place == "Liepāja":  # the page counts teachers: one social pedagogue, the rest teach
        teachers = [duty for duty in _STAFF if duty.startswith("teacher:")]
        return ("social_pedagogue", *islice(cycle(teachers), count - 1))
    kinds = _STAFF_KINDS.get(place)
    duties = [duty for duty in _STAFF if kinds is None or duty.partition(":")[0] in kinds]
    return tuple(islice(cycle(duties), count))


def _role(duty: str) -> tuple[str, str | None]:
    kind, _, subject = duty.partition(":")
    return kind, subject or None


def _risks(world: World, supports: pd.DataFrame) -> pd.DataFrame:
    """Give each group of risks of a plan one mention, at the support it goes with."""
    rng, plans = world.rng, world.plans
    counted = plans.loc[plans["status"] != "inactive", ["risks", "school"]]
    mentions = counted.assign(risk_category=counted["risks"].astype(str).str.split())
    mentions = mentions.explode("risk_category")
    mentions["plan"] = mentions.index
    mentions["risk"] = ""
    known = catalogue.entries("codes")["risk"]
    for category in catalogue.entries("codes")["risk_category"]:
        codes = [code for code, risk in known.items() if risk["category"] == category]
        shares = {code: 1 / place for place, code in enumerate(codes, 1)}
        here = mentions["risk_category"] == category
        mentions.loc[here, "risk"] = draw(rng, int(here.sum()), shares).astype(str)
    economic = supports["support_kind"].isin(money_and_hours.MONEY_KINDS)
    of_plan = supports.loc[supports["support_kind"] != "plan_preparation"]
    first = of_plan.drop_duplicates("plan").set_index("plan")["support_id"]
    paid = supports.loc[economic].drop_duplicates("plan").set_index("plan")["support_id"]
    by_money = mentions["plan"].map(paid).where(mentions["risk_category"] == "economic")
    mentions["support_id"] = by_money.astype(object).fillna(
        mentions["plan"].map(first).astype(object)
    )
    by_plan = (mentions["school"] % money_and_hours.STYLES).isin(money_and_hours.RISKS_BY_PLAN)
    mentions.loc[by_plan, "support_id"] = None
    return mentions[["plan", "support_id", "risk_category", "risk"]].reset_index(drop=True)


def _ngo_projects(world: World) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for today in dict.fromkeys(world.schools["municipality_today"]):
        for year in (2018, 2020, 2022):
            count = 6 if (today, year) == ("Liepāja", 2020) else 1 + len(today) % 2
            for _ in range(count):
                start = pd.Timestamp(year, 10 + len(rows) % 3, 1)
                rows.append(
                    {
                        "ngo_project_id": f"JIP-{year}-{len(rows) + 1:03d}",
                        "municipality": municipality_then_of(today, start.date()),
                        "start": start,
                        "end": start + pd.DateOffset(months=5),
                        "amount_cents": _GRANT_CENTS,
                        "learner_count": int(world.rng.integers(12, 45)),
                    }
                )
    return pd.DataFrame(rows)


def municipality_then_of(today: str, day: date) -> str:
    """Give the town or novads of a day that a municipality of today is named after."""
    former = {"Jēkabpils novads": "Jēkabpils"}.get(today, today)
    found = municipality_on(former, day, named=day) if day < date(2021, 7, 1) else today
    return found if isinstance(found, str) else today


def _enrolment(world: World) -> pd.DataFrame:
    """Give each school some learners per band, always more than have a plan."""
    plans = world.plans
    bands = catalogue.entries("codes")["grade_band"]
    rows = []
    years = plans["semester"].astype(str).str[:9]
    keys = plans.assign(year=years).groupby(["school", "year"], observed=True)
    for (school, year), group in keys:
        kind = str(world.schools["kind"][int(str(school))])
        first, last = grades_taught(kind)
        is_course = _programme(kind) == "vocational"
        for band in ("grades_1_4", "grades_5_9", "grades_10_12", "courses_1_4"):
            low, high = bands[band]["from"], bands[band]["to"]
            if bands[band]["is_course"] != is_course or high < first or low > last:
                continue
            having = group.loc[group["grade"].between(low, high), "learner"].nunique()
            span = min(high, last) - max(low, first) + 1
            rows.append(
                {
                    "school_id": world.schools.loc[int(str(school)), "school_id"],
                    "school_year": year,
                    "grade_band": band,
                    "learner_count": having * 3 + span * int(world.rng.integers(11, 29)),
                    "source": "izdomāti dati",
                }
            )
    return pd.DataFrame(rows)
