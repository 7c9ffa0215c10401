"""Which learners had each kind of support planned, delivered or paid, counted from records.

Comes in: a Dataset of records. Goes out: the Result of ``support_uptake``. Planned, delivered and
paid are never added up or mixed: each is a step with counts of its own.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts import plan_support
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.measures.risks import with_interval

# Which table shows each step: where nobody delivered it, the step is missing and not zero.
STEPS = MappingProxyType({"planned": "supports", "delivered": "consultations", "paid": "payments"})
OF_ROW = ("support_kind", "specialist_kind", "subject")
_NUMBER = {
    "planned": "planned_count",
    "delivered": "consultation_count",
    "paid": "paid_month_count",
}
_BANDS = ("grades_1_4", "grades_5_9", "grades_10_12", "courses_1_4")  # these do not overlap
_SHARE = ("supported_share", "supported_share_low", "supported_share_high")


def learner_kinds() -> list[str]:
    """Kinds of support that a learner is given; preparing the plan itself is none of them."""
    kinds = catalogue.entries("codes")["support_kind"]
    return [code for code, entry in kinds.items() if entry["given_to"] == "learner"]


def units(data: Dataset, dims: tuple[str, ...]) -> pd.DataFrame:
    """One row per plan, kind of support and step that happened, with the dimensions asked for."""
    is_by_row = bool({"specialist_kind", "subject"} & set(dims))
    name = "units_of_specialists" if is_by_row else "units"
    return grouping.placed(data, name, lambda: _units(data, is_by_row=is_by_row))


def _units(data: Dataset, *, is_by_row: bool) -> pd.DataFrame:
    if is_by_row:
        planned = data.supports[["plan_id", *OF_ROW]].assign(step="planned")
        delivered = data.consultations[["plan_id", *OF_ROW[1:]]]
        delivered = delivered.assign(support_kind="consultation", step="delivered")
        rows = pd.concat([part.astype("string") for part in (planned, delivered)])
        rows = rows[rows["support_kind"] == "consultation"].drop_duplicates()
    else:
        fact = plan_support(data)
        rows = pd.concat(
            fact.loc[fact[number] > 0, ["plan_id", "support_kind"]].assign(step=step)
            for step, number in _NUMBER.items()
        )
    rows = grouping.of_counted_plans(data, rows, "learner_id", "school_id", "semester")
    return rows[rows["support_kind"].isin(learner_kinds())].reset_index(drop=True)


def support_uptake(data: Dataset, dims: tuple[str, ...]) -> Result:
    """Count learners with each kind of support by step; see ``measures.support_uptake``."""
    dims = tuple(name for name in dims if name != "support_kind")
    happened = units(data, dims)
    plans = grouping.plans_by_dimension(data)
    frame = _with_denominators(data, happened, plans, dims=dims)
    frame = with_interval(
        frame, count="supported_count", denominator="denominator_count", share="supported_share"
    )
    own = ("support_kind", "step", "basis")
    is_paid_elsewhere = bool(plans["is_catering_by_municipality"].fillna(value=False).any())
    return Result(
        name="support_uptake",
        frame=frame[[*dims, *own, "supported_count", "denominator_count", *_SHARE, "status"]],
        unit="learner",
        one_row_per="group, kind of support, step and basis",
        evidence="records",
        notes=(
            "note.uptake_steps",
            *(("note.catering_by_municipality",) if is_paid_elsewhere else ()),
            *(("note.uptake_enrolled",) if (frame["basis"] == "enrolled").any() else ()),
            *grouping.learner_notes(data),
            *grouping.open_period_note(data, dims),
        ),
        dimensions=(*dims, *own),
        counts=("supported_count", "denominator_count"),
        derived=_SHARE,
        value="supported_count",
        instead=MappingProxyType(
            {
                "support_kind": "one support_kind at a time: a learner can have several kinds",
                "step": "one step at a time: what is planned is also delivered and paid",
                "basis": 'total(basis="learner")',
                **grouping.instead("support_uptake", dims),
            }
        ),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        is_made_up=data.is_made_up,
    )


def _with_denominators(
    data: Dataset, happened: pd.DataFrame, plans: pd.DataFrame, *, dims: tuple[str, ...]
) -> pd.DataFrame:
    shared = tuple(name for name in dims if name not in OF_ROW)
    groups = tallies.tally(plans, shared, {"denominator_count": ("learner_id", "nunique")})
    codes: dict[str, Sequence[str]] = {
        name: sorted(happened[name].astype("string").dropna().unique())
        for name in dims if name in OF_ROW
    }  # fmt: skip
    codes["support_kind"] = grouping.in_catalogue(happened["support_kind"], "support_kind")
    codes["step"] = list(STEPS)
    frames = [_by_step(happened, plans, groups, dims=dims, codes=codes).assign(basis="learner")]
    keys = _enrolled_keys(dims)
    enrolled = _enrolled(data, keys) if keys is not None else pd.DataFrame()
    if keys is not None and len(enrolled):
        known = grouping.attach(data, enrolled, (*shared, *keys[1:]))
        groups = tallies.tally(known, shared, {"denominator_count": ("learner_count", "sum")})
        there = pd.MultiIndex.from_frame(known[list(keys)].astype("string"))
        parts = []
        for rows in (happened, plans):  # only learners of the schools whose enrolment is known
            keyed = grouping.attach(data, rows, keys[1:])[list(keys)].astype("string")
            parts.append(rows[pd.MultiIndex.from_frame(keyed).isin(there)])
        of_enrolled = _by_step(parts[0], parts[1], groups, dims=dims, codes=codes)
        frames.append(of_enrolled.assign(basis="enrolled"))
    absent = [step for step, table in STEPS.items() if not grouping.was_delivered(data, table)]
    frame = pd.concat(frames, ignore_index=True)
    is_absent = frame["step"].isin(absent) & (frame["status"] == "counted")
    frame["status"] = frame["status"].mask(is_absent, "not_delivered")
    frame["supported_count"] = frame["supported_count"].mask(frame["status"] != "counted")
    return frame


def _by_step(
    happened: pd.DataFrame, plans: pd.DataFrame, groups: pd.DataFrame, *,
    dims: tuple[str, ...], codes: Mapping[str, Sequence[str]],
) -> pd.DataFrame:  # fmt: skip
    """Learners by group, kind and step: what nobody has is zero, what is for nobody no zero."""
    keys = (*dims, "support_kind", "step")
    counted = tallies.tally(happened, keys, {"supported_count": ("learner_id", "nunique")})
    frame = grouping.with_every(groups, counted, **codes)
    is_consultation = frame["support_kind"] == "consultation"
    frame = frame[(frame["step"] != "delivered") | is_consultation]
    paid = happened.loc[happened["step"] == "paid", "support_kind"]
    if "consultation" not in set(paid):  # no learner is paid for them: none is no zero
        frame = frame[(frame["step"] != "paid") | (frame["support_kind"] != "consultation")]
    if set(dims) & set(OF_ROW):  # a payment names no specialist and no subject
        frame = frame[frame["step"] != "paid"]
    frame = frame.assign(status="counted").reset_index(drop=True)
    frame["status"] = frame["status"].mask(_is_not_for(frame, plans, dims), "not_applicable")
    return frame


def _is_not_for(
    frame: pd.DataFrame, plans: pd.DataFrame, dims: tuple[str, ...]
) -> "pd.Series[bool]":
    """Learning materials are for vocational learners: elsewhere none is no zero."""
    shared = [name for name in dims if name not in OF_ROW]
    is_for = plans.assign(is_for=(plans["programme_kind"] != "general").astype("Int64"))
    some = tallies.tally(is_for, tuple(shared), {"for_count": ("is_for", "sum")})
    counted = grouping.with_every(frame[shared], some)["for_count"]
    return (frame["support_kind"] == "learning_materials") & (counted == 0)


def _enrolled_keys(dims: tuple[str, ...]) -> tuple[str, ...] | None:
    """What enrolment is known by; None where the grouping asks for more than it knows."""
    known = {"school", "school_kind", "municipality_today", "municipality_kind", "region"}
    known |= {"school_year", "grade_band", "support_kind"}
    if "school_year" not in dims or not set(dims) <= known:
        return None
    return ("school_id", "school_year", *(("grade_band",) if "grade_band" in dims else ()))


def _enrolled(data: Dataset, keys: tuple[str, ...]) -> pd.DataFrame:
    """Learners enrolled by school and year, from rows that name their source.

    A school states its bands of grades or the whole: bands that overlap are never added up.
    """
    rows = data.enrolment
    rows = rows[rows["source"].notna() & rows["learner_count"].notna()]
    texts = ["school_id", "school_year", "grade_band"]
    rows = rows[[*texts, "learner_count"]].astype(dict.fromkeys(texts, "string"))
    bands = rows[rows["grade_band"].isin(_BANDS)].drop_duplicates(texts, keep="last")
    if "grade_band" in keys:
        return bands
    whole = rows[rows["grade_band"].isna() | (rows["grade_band"] == "grades_1_12")]
    whole = whole.drop_duplicates(texts[:2], keep="last")
    summed = bands.groupby(texts[:2])["learner_count"].sum().reset_index()
    return pd.concat([whole[summed.columns], summed]).drop_duplicates(texts[:2])
