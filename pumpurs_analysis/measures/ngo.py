"""Youth NGO projects: each gets one fixed sum, and every other sum is looked at."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis.catalogue import DATA
from pumpurs_analysis.dataset import Dataset, Evidence
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result, Source
from pumpurs_analysis.rules import rules_on

_SEASON = {"autumn": 9, "spring": 3}
_SUMS = {
    "project_count": ("ngo_project_id", "size"),
    "paid_cents": ("amount_cents", "sum"),
    "granted_cents": ("granted_cents", "sum"),
    "as_granted_count": ("is_as_granted", "sum"),
    "differing_count": ("is_differing", "sum"),
    "unknown_count": ("is_unknown", "sum"),
    "participant_count": ("learner_count", "sum"),
}


def ngo_projects(data: Dataset, *, by: Grouping = "municipality") -> Result:
    """Hold the sums of youth NGO projects against the one fixed grant.

    One row per: municipality, or call of the whole country on published figures.

    Columns:
        municipality: Municipality; on published figures ``call``, such as 2018-autumn.
        project_count: Projects.
        paid_cents: Their sums together; on published figures as the reference states it.
        granted_cents: What they would come to at the fixed grant of their month.
        as_granted_count: Projects with exactly the grant.
        differing_count: Projects with less or more.
        unknown_count: Projects without a sum, or of a month no source speaks of.
        participant_count: Learners in them, as each project counts its own.

    Leaves out:
        Repayments of unfinished projects.

    Sources:
        The rule on the grant; table ngo_projects of the delivery, or the pages on the calls.

    Args:
        data: A Dataset of records or of published figures.
        by: municipality or programme.

    Raises:
        KeyError: No such dimension.

    Example:
        >>> from pumpurs_analysis import published
        >>> calls = ngo_projects(published()).frame
        >>> calls[["project_count", "granted_cents"]].to_numpy().tolist()
        [[78, 35880000], [97, 44620000]]
    """
    if data.evidence == "published":
        return _calls()
    dims = grouping.dimensions(by, among=("municipality",))
    projects = data.ngo_projects
    grant = _grants(projects["start"])
    amount = projects["amount_cents"]
    is_unknown = grant.isna() | amount.isna()
    rows = projects.assign(
        granted_cents=grant,
        is_as_granted=amount.eq(grant).fillna(value=False).astype("Int64"),
        is_differing=amount.ne(grant).fillna(value=False).astype("Int64"),
        is_unknown=is_unknown.astype("Int64"),
    )
    result = _result(tallies.tally(rows, dims, _SUMS), dims, "records")
    return replace(result, is_made_up=data.is_made_up)


def _result(frame: pd.DataFrame, dims: tuple[str, ...], evidence: Evidence) -> Result:
    return Result(
        name="ngo_projects",
        frame=frame,
        unit="ngo_project",
        one_row_per="municipality or call",
        notes=("note.ngo_grant",),
        dimensions=dims,
        counts=("participant_count",) if "participant_count" in frame else (),
        value="project_count",
        additive=tuple(name for name in _SUMS if name in frame),
        choices=MappingProxyType({"by": ", ".join(dims)}),
        evidence=evidence,
    )


def _grants(months: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """The grant of each month in cents; missing where no source speaks of it."""
    found = {}
    for month in months.dropna().unique():
        rule = rules_on(pd.Timestamp(month).date()).in_force.get("ngo_project_grant_eur")
        found[month] = None if rule is None or rule.value_eur is None else int(rule.value_eur * 100)
    return months.map(found).astype("Int64")


def _calls() -> Result:
    """Calls of the whole country: how many projects, and what the reference says they came to."""
    pages = pd.read_csv(DATA / "reference" / "national.csv", dtype="string")
    calls = pages[pages["period"].str.endswith(" call")]
    values = calls.set_index(["period", "measure"])["value"].astype("Int64").unstack()  # noqa: PD010  (strings are not aggregated)
    months = values.index.map(lambda call: date(int(call[:4]), _SEASON[call.split()[1]], 1))
    count, paid = values["ngo_projects_approved"], values["ngo_money"] * 100
    grant = _grants(pd.Series(pd.to_datetime(list(months)), index=values.index)) * count
    frame = pd.DataFrame(
        {
            "call": values.index.str.removesuffix(" call").str.replace(" ", "-").astype("string"),
            "project_count": count,
            "paid_cents": paid,
            "granted_cents": grant,
            "as_granted_count": count.where(paid == grant),
            "differing_count": (count * 0).where(paid == grant),
            "unknown_count": count.where(paid != grant, 0),
        }
    ).reset_index(drop=True)
    stated = calls[calls["measure"] == "ngo_projects_approved"]
    sources = tuple(
        Source(row["source_url"], row["period"], row["source_url"].split("/")[2], row["source_url"],
               row["published"])
        for row in stated.to_dict("records")
    )  # fmt: skip
    return replace(_result(frame, ("call",), "published"), sources=sources)
