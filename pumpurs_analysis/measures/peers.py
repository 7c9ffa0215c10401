"""Peers: schools a school may fairly be held beside, and why."""

from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.text import nearest, sort_key

_NEAR, _WIDER = 2.0, 4.0  # how many times larger or smaller a peer may be; the second where few are
_ENOUGH = 5
_REASONS = ("is_same_kind", "is_like_size", "is_same_municipality_kind")


def peer_group(data: Dataset, *, school: str = "") -> Result:
    """Find schools of the same kind, of like size and in the same kind of municipality.

    Where fewer than five are alike in all three, first the size may differ more, then the kind of
    municipality may differ; what was given up is said in ``reasons``.

    One row per: school, itself first, the others in alphabetical order.

    Columns:
        school: Name of the school.
        is_itself: Whether it is the school asked about.
        school_kind: Its kind.
        municipality_kind: valstspilsēta or novads.
        learner_count: Learners with a plan, all semesters together: the size that is known.
        size_ratio: learner_count / that of the school asked about.
        is_same_kind: Whether the kind of school is the same.
        is_like_size: Whether it is at most twice and at least half as large.
        is_same_municipality_kind: Whether the kind of municipality is the same.
        reasons: Codes of what makes it a peer, joined by ``;``: same_kind, general_or_vocational,
            like_size, wider_size, same_municipality_kind.

    Leaves out:
        Schools without a plan that counts.

    Sources:
        Table plans of the delivery; registers of schools and municipalities.

    Args:
        data: A Dataset of records.
        school: Name of the school; the first in the alphabet where left out.

    Raises:
        KeyError: No such school has plans.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> peer_group(published())
        Traceback (most recent call last):
        ValueError: peer_group counts records of plans ... published_figures answers.
    """
    grouping.needs_records(data, "peer_group", "published_figures")
    wanted = ("school", "school_kind", "municipality_kind")
    plans = grouping.plans_by_dimension(data)
    schools = tallies.tally(plans, wanted, {"learner_count": ("learner_id", "nunique")})
    names = sorted(schools["school"].dropna(), key=sort_key)
    school = school or (names[0] if names else "")
    if school not in names:
        raise KeyError(f"No plans of {school or 'any school'}; nearest: {nearest(school, names)}")
    frame = _alike(schools, school)
    order = sorted(
        frame.index,
        key=lambda i: (not frame.loc[i, "is_itself"], sort_key(str(frame.loc[i, "school"]))),
    )
    return Result(
        name="peer_group",
        frame=frame.loc[order].reset_index(drop=True),
        unit="learner",
        one_row_per="school",
        evidence="records",
        notes=("note.peers", *grouping.learner_notes(data)),
        dimensions=("school",),
        counts=("learner_count",),
        derived=("size_ratio",),
        value="learner_count",
        instead=MappingProxyType({"school": 'participation(data, by="municipality")'}),
        choices=MappingProxyType({"school": school}),
        is_made_up=data.is_made_up,
    )


def _alike(schools: pd.DataFrame, school: str) -> pd.DataFrame:
    itself = schools[schools["school"] == school].iloc[0]
    ratio = schools["learner_count"].astype("Float64") / float(itself["learner_count"])
    is_own = schools["school"] == school
    frame = schools.assign(
        is_itself=is_own,
        size_ratio=ratio,
        is_same_kind=_same(schools["school_kind"], itself["school_kind"]),
        is_like_size=ratio.between(1 / _NEAR, _NEAR),
        is_same_municipality_kind=_same(schools["municipality_kind"], itself["municipality_kind"]),
    )
    is_wider = ratio.between(1 / _WIDER, _WIDER)
    branch = _same(_branch(schools["school_kind"]), _branch(schools["school_kind"])[is_own].iloc[0])
    steps = {
        ("same_kind", "like_size", "same_municipality_kind"): frame[[*_REASONS]].all(axis=1),
        ("same_kind", "wider_size", "same_municipality_kind"): frame["is_same_kind"]
        & is_wider & frame["is_same_municipality_kind"],
        ("same_kind", "wider_size"): frame["is_same_kind"] & is_wider,
        ("general_or_vocational", "wider_size"): branch & is_wider,
    }  # fmt: skip
    reasons = pd.Series(pd.NA, index=frame.index, dtype="string")
    for names, is_peer in steps.items():
        if (reasons.notna() & ~is_own).sum() < _ENOUGH:
            reasons = reasons.mask(reasons.isna() & is_peer, ";".join(names))
    frame["reasons"] = reasons.mask(is_own, "")
    columns = ["school", "is_itself", "school_kind", "municipality_kind", "learner_count",
               "size_ratio", *_REASONS, "reasons"]  # fmt: skip
    return frame.loc[frame["reasons"].notna(), columns]


def _same(values: "pd.Series[str]", wanted: object) -> "pd.Series[bool]":
    """Whether each equals the one wanted; where either is not known it does not."""
    if pd.isna(wanted):  # type: ignore[call-overload]
        return pd.Series(data=False, index=values.index)
    return (values == wanted).fillna(value=False).astype(bool)


def _branch(kinds: "pd.Series[str]") -> "pd.Series[str]":
    """Whether a kind of school is vocational, special or general."""
    codes = catalogue.entries("codes")["school_kind"]
    special = {True: "special", False: "general"}
    names = {
        code: "vocational" if entry["is_vocational"] else special[entry["is_special"]]
        for code, entry in codes.items()
    }
    return kinds.map(names)
