"""Groupings: by what a measure may be asked, and how those columns reach a frame of records.

Comes in: a frame with plan_id, or with learner, school and semester. Goes out: the same rows with
the columns asked for, or one row per group with its counts. What has no value for a dimension
stays in a group of its own (missing), so that no row is ever lost.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.facts import counted_plans, kept
from pumpurs_analysis.measures import tallies
from pumpurs_analysis.measures.ordering import categories_in_order
from pumpurs_analysis.municipalities import municipalities, municipality_on, region_of
from pumpurs_analysis.text import nearest

Grouping = str | tuple[str, ...]
"""One dimension or several; ``()`` or ``"programme"`` is everything together."""

_OF_PLAN = ("grade_band", "programme_kind", "status", "sex")
_OF_SCHOOL = ("school", "school_kind", "municipality_today", "municipality_kind", "region")
_OF_TIME = ("semester", "school_year")
_OF_ROW = ("support_kind", "specialist_kind", "subject", "risk_category", "risk", "month")
DIMENSIONS = ("municipality", *_OF_SCHOOL, *_OF_TIME, *_OF_PLAN, *_OF_ROW)
PLAN_DIMENSIONS = ("municipality", *_OF_SCHOOL, *_OF_TIME, *_OF_PLAN)
"""A plan has one value of each of these: counts of plans add up over them."""

_REFORM = date(2021, 7, 1)  # what the register of schools calls today's municipality begins here
_LAST_BEFORE = "2020/2021-2"  # the semester in which it happened
_SEPTEMBER = 9
_KEYS = ["learner_id", "school_id", "semester"]


def dimensions(by: Grouping, *, among: tuple[str, ...] = DIMENSIONS) -> tuple[str, ...]:
    """Give the dimensions of a grouping, each once, in the order asked.

    Raises:
        KeyError: A dimension is not among the choices; they are listed, the nearest one first.

    Example:
        >>> dimensions("school"), dimensions(("school", "semester")), dimensions("programme")
        (('school',), ('school', 'semester'), ())
    """
    wanted = (by,) if isinstance(by, str) else tuple(by)
    wanted = tuple(name for name in dict.fromkeys(wanted) if name != "programme")
    for name in wanted:
        if name not in among:
            raise KeyError(
                f"Cannot be asked by {name}; nearest: {nearest(name, among) or 'none'}. "
                f"Choose from {', '.join(among)}, or programme for everything together."
            )
    return wanted


def attach(data: Dataset, frame: pd.DataFrame, by: Grouping) -> pd.DataFrame:
    """Give a frame of records the columns of a grouping; rows and their order stay.

    A column the frame has is left as it is. The others come from the row's plan, or from the plan
    of the same learner, school and semester; where neither is known, from the row's own school and
    time, as far as these tell.

    Args:
        data: A Dataset of records.
        frame: Has ``plan_id``, or ``learner_id``, ``school_id`` and a time: ``semester``, ``month``
            or ``date``.
        by: Dimensions wanted.

    Raises:
        KeyError: No such dimension, or one that these rows cannot have.

    Example:
        >>> from pumpurs_analysis import schema
        >>> tables = {name: schema.conform(name, pd.DataFrame()) for name in ("plans", "schools")}
        >>> attach(Dataset(tables, "records"), pd.DataFrame({"school": ["A"]}), "school").shape
        (1, 1)
    """
    wanted = [name for name in dimensions(by) if name not in frame]
    for name in wanted:
        if name not in PLAN_DIMENSIONS:
            raise KeyError(f"These rows have no {name}; choose from {', '.join(PLAN_DIMENSIONS)}.")
    if not wanted:
        return frame
    plans = plans_by_dimension(data)
    rows = _plan_rows(plans, frame)
    is_known = rows >= 0
    columns = {name: _taken(plans[name], rows, frame.index) for name in wanted}
    if not is_known.all():
        rest = frame[~is_known]
        for name in {*wanted} - {*_OF_PLAN}:
            own = _of_school_and_time(data, rest, name)
            columns[name] = _completed(columns[name], ~is_known, own)
    return categories_in_order(frame.assign(**columns))


def plans_by_dimension(data: Dataset) -> pd.DataFrame:
    """Give the plans that count with every dimension of a plan; made once for a Dataset."""

    def make() -> pd.DataFrame:
        plans = counted_plans(data)
        columns = {name: _of_school_and_time(data, plans, name)
                   for name in PLAN_DIMENSIONS if name not in {"semester", *_OF_PLAN}}  # fmt: skip
        return _coded(plans.assign(**columns))

    return kept(data, "plans_by_dimension", make)


def placed(data: Dataset, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Give a measure's rows with every dimension of their plan, made once for a Dataset.

    Asked by any grouping, the measure then only counts codes. Texts come back as categories.

    Args:
        data: A Dataset of records.
        name: Under which the rows are kept.
        make: Gives the rows, as ``attach`` takes them.
    """
    return kept(data, name, lambda: _coded(attach(data, make(), PLAN_DIMENSIONS)))


def _coded(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as categories: the same few words millions of times cost one small number each."""
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.StringDtype)]
    return categories_in_order(frame.astype(dict.fromkeys(texts, "category")))


def _taken(values: "pd.Series[Any]", rows: np.ndarray, index: pd.Index) -> "pd.Series[Any]":
    """The values at positions; missing where the position is -1."""
    codes = np.append(values.cat.codes.to_numpy(), -1)[rows]
    taken = pd.Categorical.from_codes(codes, categories=values.cat.categories)
    return pd.Series(taken, index=index)


def _completed(
    values: "pd.Series[Any]", is_open: np.ndarray, own: "pd.Series[Any]"
) -> "pd.Series[Any]":
    """Fill the open places of a column of categories; a million texts would take seconds."""
    names = values.cat.categories
    names = names.append(pd.Index(own.dropna().unique()).difference(names))
    codes = values.cat.codes.to_numpy(dtype=np.int64, copy=True)
    codes[is_open] = tallies.positions(own, names)
    return pd.Series(pd.Categorical.from_codes(codes, categories=names), index=values.index)


def _plan_rows(plans: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """Position of each row's plan, -1 where none is known."""
    rows = np.full(len(frame), -1)
    if "plan_id" in frame:
        rows = tallies.positions(frame["plan_id"], pd.Index(plans["plan_id"].astype("string")))
    semester = frame["semester"] if "semester" in frame else _own(frame, "semester")
    if (rows < 0).any() and {"learner_id", "school_id"} <= set(frame) and semester is not None:
        keyed = frame[["learner_id", "school_id"]].assign(semester=semester)
        rows = np.where(rows < 0, _rows_of_keys(plans, keyed), rows)
    return rows


def _rows_of_keys(plans: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """Position of the last plan of each row's learner, school and semester, -1 where none is."""
    keys, known = np.zeros(len(frame), np.int64), np.zeros(len(plans), np.int64)
    for name in _KEYS:
        names = plans[name].cat.categories
        for whole, values in ((keys, frame[name]), (known, plans[name])):
            at = tallies.positions(values, names)
            whole[:] = np.where((whole < 0) | (at < 0), -1, whole * len(names) + at)
    last = pd.Series(np.arange(len(plans)), index=known)[known >= 0]
    last = last[~last.index.duplicated(keep="last")]
    found: np.ndarray = np.append(last.to_numpy(), -1)[
        pd.Index(last.index).get_indexer(pd.Index(keys))
    ]
    return found


def of_counted_plans(data: Dataset, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Keep the rows of plans that count, and give them columns of their plan.

    Args:
        data: A Dataset of records.
        frame: Has ``plan_id``.
        *columns: Columns of ``plans_by_dimension`` to add; one the frame has is replaced.
    """
    plans = plans_by_dimension(data)
    rows = tallies.positions(frame["plan_id"], pd.Index(plans["plan_id"].astype("string")))
    kept = frame[rows >= 0].reset_index(drop=True)
    taken = plans[list(columns)].iloc[rows[rows >= 0]].reset_index(drop=True)
    return kept.assign(**{name: taken[name] for name in columns})


def with_every(groups: pd.DataFrame, counted: pd.DataFrame, **codes: Sequence[str]) -> pd.DataFrame:
    """Give every group each combination of codes; what was not counted there is zero.

    Args:
        groups: One row per group, with what is kept of it.
        counted: Counts by the same dimensions and the codes' columns.
        **codes: Column = its codes.
    """
    every = groups
    for column, values in codes.items():
        every = every.merge(pd.DataFrame({column: pd.array(values, dtype="string")}), how="cross")
    keys = [name for name in every.columns if name in counted.columns]
    if keys:
        joined = every.merge(counted, how="left", on=keys)
    else:  # one row of counts for everything together
        joined = every.merge(counted, how="cross")
    new = [name for name in counted.columns if name not in keys]
    return joined.assign(**{name: joined[name].fillna(0) for name in new})


def _own(frame: pd.DataFrame, column: str) -> "pd.Series[Any] | None":
    """A column the frame has, or the semester its dates fall in."""
    if column in frame:
        return frame[column].astype("string")
    day = next((frame[name] for name in ("month", "date") if name in frame), None)
    return semester_of(day) if column == "semester" and day is not None else None


def semester_of(days: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give the semester of each day, as ``periods.semester_on`` does for one.

    Example:
        >>> semester_of(pd.Series(pd.to_datetime(["2019-10-01", "2020-08-31"]))).tolist()
        ['2019/2020-1', '2019/2020-2']
    """
    is_first = days.dt.month >= _SEPTEMBER
    year = (days.dt.year - (~is_first).astype(int)).astype("Int64")
    half = is_first.map({True: "-1", False: "-2"}).astype("string")
    named: pd.Series[Any] = year.astype("string") + "/" + (year + 1).astype("string") + half
    return named


def _of_school_and_time(data: Dataset, frame: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """One dimension's column from the rows' own school and time."""
    if name in _OF_TIME:
        semester = _own(frame, "semester")
        whole = _nothing(frame) if semester is None else semester
        return whole if name == "semester" else whole.str[:9]
    if name in {"municipality_kind", "region"}:
        today = _of_school_and_time(data, frame, "municipality_today")
        if name == "region":
            return _mapped_names(today, region_of)
        return _mapped(today, municipalities(_REFORM).set_index("name")["kind"])
    schools = data.schools.drop_duplicates("school_id", keep="last").set_index("school_id")
    school = _own(frame, "school_id")
    school = _nothing(frame) if school is None else school
    if name == "municipality":
        return _municipality(frame, school, schools)
    column = {"school": "name", "school_kind": "kind"}.get(name, name)
    of_school = _mapped(school, schools[column])
    if name == "municipality_today":
        then = _municipality(frame, school, schools)
        return of_school.fillna(_mapped_names(then, _since_reform))
    return of_school.fillna(school) if name == "school" else of_school


def _municipality(
    frame: pd.DataFrame, school: "pd.Series[Any]", schools: pd.DataFrame
) -> "pd.Series[Any]":
    """The municipality the rows name, else that of their school at the time."""
    former = _mapped(school, schools["municipality_former"])
    semester = _own(frame, "semester")
    is_before = _nothing(frame) if semester is None else semester
    is_before = (is_before <= _LAST_BEFORE).fillna(value=False).astype(bool)
    then = former.where(is_before & former.notna(), _mapped(school, schools["municipality_today"]))
    own = _own(frame, "municipality")
    return then if own is None else own.fillna(then)


def _since_reform(name: str) -> str | None:
    """Give the municipality of today; none where a former one was split."""
    found = municipality_on(name, _REFORM)
    return found if isinstance(found, str) else None


def _mapped_names(
    names: "pd.Series[Any]", function: Callable[[str], str | None]
) -> "pd.Series[Any]":
    """Apply a function once per name; a municipality the register does not know stays as it is."""
    found: dict[str, str | None] = {}
    for name in names.dropna().unique():
        try:
            found[name] = function(name)
        except KeyError:
            found[name] = name
    return _mapped(names, pd.Series(found, dtype="string"))


def _mapped(keys: "pd.Series[Any]", values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Look keys up, each different one once."""
    codes, known = pd.factorize(keys)
    there = values.astype("string").reindex(pd.Index(known).astype("string"))
    taken = there.array.take(codes, allow_fill=True)
    return pd.Series(taken, index=keys.index, dtype="string")


def _nothing(frame: pd.DataFrame) -> "pd.Series[Any]":
    return pd.Series(pd.NA, index=frame.index, dtype="string")


def in_catalogue(codes: "pd.Series[Any]", allowed: str) -> list[str]:
    """Give the codes that occur, in the catalogue's order; by count they would tell hidden ones.

    Example:
        >>> in_catalogue(pd.Series(["catering", "transport"]), "support_kind")
        ['transport', 'catering']
    """
    found = set(codes.dropna().astype("string"))
    known = [code for code in catalogue.entries("codes")[allowed] if code in found]
    return [*known, *sorted(found.difference(known))]


def instead(measure: str, by: tuple[str, ...]) -> Mapping[str, str]:
    """Name, for each dimension over which people must not be added, the call that counts right.

    Example:
        >>> instead("participation", ("school", "semester"))["semester"]
        "participation(data, by=('school', 'school_year')) or by=('school',)"
    """
    calls = {}
    for name in by:
        rest = tuple(each for each in by if each != name)
        call = f"{measure}(data, by={rest})"
        if name == "semester" and "school_year" not in by:
            call = f"{measure}(data, by={(*rest, 'school_year')}) or by={rest}"
        calls[name] = call
    return MappingProxyType(calls)


def needs_records(data: Dataset, measure: str, instead_of_it: str) -> None:
    """Refuse published figures where only records can answer.

    Raises:
        ValueError: The Dataset holds published figures; the message names what answers on them.
    """
    if data.evidence != "records":
        raise ValueError(
            f"{measure} counts records of plans and this Dataset holds published figures. "
            f"On those, {instead_of_it} answers."
        )


def learner_notes(data: Dataset) -> tuple[str, ...]:
    """Say which notes stand beside counts of learners: whether all of them could be told apart."""
    is_guess = counted_plans(data)["learner_basis"].eq("plan")
    return ("note.plan_as_learner",) if bool(is_guess.any()) else ()


def open_period_note(data: Dataset, by: Grouping) -> tuple[str, ...]:
    """Say that the last period is not over: the records end before its last month of lessons."""
    if not {"semester", "school_year"} & set(dimensions(by)):
        return ()
    last = counted_plans(data)["semester"].dropna().astype("string").max()
    days = [data.payments["month"].max(), data.consultations["date"].max()]
    known = [pd.Timestamp(day) for day in days if pd.notna(day)]
    if pd.isna(last) or not known:
        return ()
    year = int(last[:4])
    end = pd.Timestamp(year, 12, 1) if last.endswith("-1") else pd.Timestamp(year + 1, 5, 1)
    is_whole_year = "semester" not in dimensions(by)
    end = pd.Timestamp(year + 1, 5, 1) if is_whole_year else end
    return ("note.open_period",) if max(known) < end else ()


def was_delivered(data: Dataset, table: str) -> bool:
    """Say whether anybody delivered a table: what is not delivered is missing, not zero."""
    tables = data.tables
    return (tables.count(table) if isinstance(tables, StoredTables) else len(tables[table])) > 0


def without(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Leave counts missing that no delivered table could show."""
    return frame.assign(**{name: pd.array([pd.NA] * len(frame), dtype="Int64") for name in columns})
