"""Tie the tables of a delivery together: learners, plans and what speaks of them.

Comes in: stacked pieces with what each row says of its plan (columns that begin with ``_``). Goes
out: the tables as declared. A learner told by a school's own code in one file and by personal code
in another is one learner where a plan says both.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.periods import semester_on

_OF_PLANS = ("supports", "risks", "payments", "consultations")
_DAY = {"payments": "month", "consultations": "date"}


def linked(stacked: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give the declared tables, with plans and learners filled in from each other."""
    tables = dict(stacked)
    tables["plans"], alias = _plans(stacked["plans"])
    for name in _OF_PLANS:
        tables[name] = _of_plan(stacked[name], tables["plans"], alias, day=_DAY.get(name))
    tables["supports"] = _with_support_ids(tables["supports"])
    tables["risks"] = _with_supports(tables["risks"], tables["supports"])
    return {name: _declared(name, frame) for name, frame in tables.items()}


def _declared(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    wanted = schema.columns(name)
    return schema.conform(name, frame[[column for column in wanted if column in frame]])


Alias = dict[str, str]


def _plans(plans: pd.DataFrame) -> tuple[pd.DataFrame, Alias]:
    """Settle learners and plan codes; give what a school's own code stands for."""
    if plans.empty or "_local" not in plans:
        return plans, {}
    frame = plans.copy()
    local, learner = (_plain(frame[name]) for name in ("_local", "learner_id"))
    by_code = _plain(frame["learner_basis"]) == "personal_code"
    alias = dict(zip(local[by_code & local.notna()], learner[by_code & local.notna()], strict=True))
    known = local.map(alias)
    is_alias = known.notna() & ~by_code
    learner = learner.where(~is_alias, known)
    basis = _plain(frame["learner_basis"]).where(~is_alias, "personal_code")
    semester, school = (_plain(frame[name]) for name in ("semester", "school_id"))
    made = learner + "/" + semester + "/" + school
    plan = _plain(frame["plan_id"])
    plan = plan.where(plan.notna(), made)
    nobody = learner.isna()
    frame["learner_id"] = _category(learner.where(~nobody, "L-" + plan))
    frame["learner_basis"] = _category(basis.where(~nobody, "plan"))
    frame["plan_id"] = _category(plan)
    return frame, alias | _alone(frame)


def _alone(plans: pd.DataFrame) -> Alias:
    """A school's own code without its school, where only one learner has it."""
    pairs = pd.DataFrame({"own": _plain(plans["_alone"]), "learner": _plain(plans["learner_id"])})
    pairs = pairs.dropna().drop_duplicates()
    single = pairs[~pairs["own"].duplicated(keep=False)]
    return dict(zip(single["own"], single["learner"], strict=True))


def _plain(values: "pd.Series[Any]") -> "pd.Series[Any]":
    return values.astype(object).where(values.notna(), None)


def _category(values: "pd.Series[Any]") -> "pd.Series[Any]":
    codes, names = pd.factorize(values)
    index = pd.Index(names, dtype="str")
    return pd.Series(pd.Categorical.from_codes(codes, categories=index), index=values.index)


def _of_plan(
    frame: pd.DataFrame, plans: pd.DataFrame, alias: Alias, *, day: str | None
) -> pd.DataFrame:
    """Fill in the learner of a plan, and the plan of a learner and semester."""
    if frame.empty or "_local" not in frame:
        return frame
    out = frame.copy(deep=False)
    learner = out["learner_id"] if "learner_id" in out else out["_local"]
    learner = _renamed(_first(_told(learner, out["_basis"]), out["_local"]), alias)
    learner = _first(learner, _renamed(out["_alone"], alias, strict=True))
    of_plan = plans.drop_duplicates("plan_id").set_index("plan_id")
    if out["plan_id"].isna().any():
        semester = _first(out["_semester"], _semester_of_day(out[day])) if day else out["_semester"]
        found = _plan_of(learner, semester, plans, school=out.get("school_id"))
        out["plan_id"] = _first(out["plan_id"], found)
    if len(of_plan):
        learner = _first(learner, _looked_up(out["plan_id"], of_plan["learner_id"]), theirs=True)
        school = _looked_up(out["plan_id"], of_plan["school_id"])
        if "school_id" in out:
            out["school_id"] = _first(out["school_id"], school)
    out["learner_id"] = learner
    return out


def _told(learner: "pd.Series[Any]", basis: "pd.Series[Any]") -> "pd.Series[Any]":
    """The pseudonym by personal code; one by a school's code may yet be renamed."""
    return learner.where((basis == "personal_code").to_numpy())


def _renamed(values: "pd.Series[Any]", alias: Alias, *, strict: bool = False) -> "pd.Series[Any]":
    """Rename categories; where strict, what has no other name is dropped."""
    names = [alias.get(name) if strict else alias.get(name, name) for name in values.cat.categories]
    codes, kept = pd.factorize(np.array([*names, None], dtype=object))
    index = pd.Index(kept, dtype="str")
    new = codes[values.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(new, categories=index), index=values.index)


def _first(
    mine: "pd.Series[Any]", theirs_: "pd.Series[Any]", *, theirs: bool = False
) -> "pd.Series[Any]":
    """Take the one's value, else the other's; ``theirs`` turns the order round."""
    one, other = (theirs_, mine) if theirs else (mine, theirs_)
    if not one.isna().any():
        return one
    if not isinstance(one.dtype, pd.CategoricalDtype):
        one = _category(_plain(one))
    both = pd.Index(one.cat.categories).union(other.cat.categories, sort=False)
    mapped = np.append(both.get_indexer(one.cat.categories), -1)[one.cat.codes]
    filled = both.get_indexer(other.cat.categories)
    filled = np.append(filled, -1)[other.cat.codes]
    codes = np.where(one.isna().to_numpy(), filled, mapped)
    return pd.Series(pd.Categorical.from_codes(codes, categories=both), index=one.index)


def _looked_up(plan: "pd.Series[Any]", values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give each row what its plan says; one look per plan, not per row."""
    places = values.index.astype("str").get_indexer(plan.cat.categories)
    codes = np.append(values.cat.codes.to_numpy(), -1)[places]
    codes = np.append(codes, -1)[plan.cat.codes.to_numpy()]
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=values.cat.categories), index=plan.index
    )


def _semester_of_day(days: "pd.Series[Any]") -> "pd.Series[Any]":
    codes, uniques = pd.factorize(days)
    names, index = pd.factorize(
        np.array([*(semester_on(day.date()) for day in uniques), None], dtype=object)
    )
    return pd.Series(
        pd.Categorical.from_codes(names[codes], categories=pd.Index(index, dtype="str")),
        index=days.index,
    )


def _plan_of(
    learner: "pd.Series[Any]",
    semester: "pd.Series[Any]",
    plans: pd.DataFrame,
    *,
    school: "pd.Series[Any] | None",
) -> "pd.Series[Any]":
    """Find the plan of a learner in a semester; of several, the one of the row's school."""
    asked = pd.DataFrame(
        {"learner": _in(learner, plans["learner_id"]), "semester": _in(semester, plans["semester"])}
    )
    asked["school"] = -1 if school is None else _in(school, plans["school_id"])
    known = pd.DataFrame(
        {
            "learner": plans["learner_id"].cat.codes,
            "semester": plans["semester"].cat.codes,
            "school": plans["school_id"].cat.codes,
            "plan": plans["plan_id"].cat.codes,
        }
    )
    keys = ["learner", "semester"]
    exact = known.drop_duplicates([*keys, "school"]).set_index([*keys, "school"])["plan"]
    loose = known[~known.duplicated(keys, keep=False)].set_index(keys)["plan"]
    found = exact.reindex(pd.MultiIndex.from_frame(asked)).to_numpy()
    wide = loose.reindex(pd.MultiIndex.from_frame(asked[keys])).to_numpy()
    codes = pd.Series(found).fillna(pd.Series(wide)).fillna(-1).astype("int64").to_numpy()
    codes = np.where((asked[keys] < 0).any(axis=1), -1, codes)
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=plans["plan_id"].cat.categories),
        index=learner.index,
    )


def _in(values: "pd.Series[Any]", others: "pd.Series[Any]") -> Any:  # noqa: ANN401  (an integer array)
    """Codes of values in the categories of others; -1 where they have none."""
    places = others.cat.categories.get_indexer(values.cat.categories)
    return np.append(places, -1)[values.cat.codes.to_numpy()]


def _with_support_ids(supports: pd.DataFrame) -> pd.DataFrame:
    """Give every planned support a code: its own, else its place among its plan's."""
    if supports.empty:
        return supports
    out = supports.copy()
    given = _plain(out["support_id"])
    number = out.groupby(_plain(out["plan_id"]).fillna(""), sort=False).cumcount() + 1
    made = _plain(out["plan_id"]).fillna("?") + "#" + number.astype(str)
    out["support_id"] = _category(given.where(given.notna(), made))
    return out


def _with_supports(risks: pd.DataFrame, supports: pd.DataFrame) -> pd.DataFrame:
    """Tie a mention to its support: of the same row, else the plan's only one of its kind."""
    if risks.empty or supports.empty:
        return risks
    out = risks.copy()
    same_row = supports.drop_duplicates(["input_id", "row"], keep=False)
    by_row = dict(
        zip(
            zip(_plain(same_row["input_id"]), same_row["row"], strict=True),
            _plain(same_row["support_id"]),
            strict=True,
        )
    )
    found = [by_row.get(place) for place in zip(_plain(out["input_id"]), out["row"], strict=True)]
    if "_kind" in out:
        single = supports.drop_duplicates(["plan_id", "support_kind"], keep=False)
        by_kind = dict(
            zip(
                zip(_plain(single["plan_id"]), _plain(single["support_kind"]), strict=True),
                _plain(single["support_id"]),
                strict=True,
            )
        )
        kinds = zip(_plain(out["plan_id"]), _plain(out["_kind"]), strict=True)
        found = [mine or by_kind.get(pair) for mine, pair in zip(found, kinds, strict=True)]
    out["support_id"] = _category(pd.Series(found, index=out.index, dtype=object))
    return out
