"""Cost: what was paid or granted, held against what was allowed on that date."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.measures import caps, grouping
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result, cite
from pumpurs_analysis.rules import rules_on

_KIND = {"youth_ngo_project": "ngo_project"}
# Calendar months that carry teaching; June-August are not verified as payable (DESIGN, semesters).
_NOTES = ("note.paid_not_planned", "note.cap_periods", "note.cap_assumed")
MONTHS_IN_SEMESTER = MappingProxyType({1: 4, 2: 5})


def cost_against_cap(
    data: Dataset,
    *,
    by: Grouping | None = None,
    details: bool = True,
    on: date = date(2019, 10, 1),
) -> Result:
    """Hold what was paid, or what pages state, against what was allowed.

    One row per: on records learner, kind of support and period (month, or semester where the cap
    counts per semester), or group with ``by``; on published figures cap or grant stated on a page.

    Columns:
        support_kind: Kind of support, or ngo_project.
        statement: cap (the page states the cap) or grant (it states what a project received).
        entity: Place the page speaks of.
        cap_cents: Cap of the rule on that date; missing where none is published.
        cap_kind: at_most or exactly.
        per: What the cap is for: month, semester or project.
        cap_status: stated, or assumed where no source shows it for that date.
        stated_cents: What the page states.
        over_cap_cents: stated_cents above the cap, never negative.
        use_share: stated_cents / cap_cents for grants, 0 to 1 and above.
        semester_1_cents: The most a learner can receive in semester I if every month counts.
        semester_2_cents: The same in semester II.
        source_id: Code of the page.

    Columns of learners (records, no ``by``; such rows are never released):
        learner_id: Pseudonym; missing where payments name nobody.
        school: School; where several paid, the one that paid most.
        support_kind: Kind of support.
        period: The month or semester the cap counts for, as a code.
        month: First day of the month; missing where the cap counts per semester.
        semester: Semester.
        per: month or semester.
        payment_count: Payment lines, refunds too.
        paid_cents: Paid in the period by all files and schools, less refunds.
        refund_cents: Of this paid back.
        cap_cents: The cap.
        headroom_cents: What could still have been paid, never negative.
        over_cap_cents: Paid above the cap, never negative.
        use_share: paid_cents / cap_cents.
        cap_status: stated; assumed; not_verified (no source speaks of that month); not_applicable
            (no cap was published); month_unknown; learner_unknown; municipality_pays (nothing was
            paid for meals because the municipality pays for them).

    Columns of groups (records, with ``by``):
        paid_learner_count: Learners with a payment.
        municipality_pays_count: Learners without paid meals because the municipality pays them.
        compared_count: Learner-months (or semesters) held against a cap.
        over_cap_count: Of these, over it.
        over_cap_learner_count: Learners with one or more of them.
        paid_cents: All payments, less refunds: these add up to the ledger.
        compared_cents: Of this, where there is a cap to compare with.
        allowed_cents: The caps of the periods compared, together.
        headroom_cents, over_cap_cents: Below and above them, period by period.
        use_share: compared_cents / allowed_cents.

    Leaves out:
        On published figures payments by kind of support: no page states them, so use of these caps
        is not known. On records planned sums, which are not payments, and grants of projects.

    Sources:
        The rules' own sources; the pages in table sources or the payments of the delivery.

    Args:
        data: A Dataset of published figures or of records.
        by: Dimensions of ``grouping.DIMENSIONS``, cap_status or use_band (tenths of the cap).
        details: False leaves out what a few learners alone stand behind (municipality_pays_count,
            over_cap_count, over_cap_learner_count, headroom_cents, over_cap_cents): protection
            hides a row's sums together with its small counts, so that a group with one breach
            would lose what was paid and allowed as well. ``use_band`` tells breaches in rows of
            their own.
        on: The day whose rules count, for published figures.

    Raises:
        NotVerified: No rule is verified for that day.
        KeyError: No such dimension.

    Example:
        >>> from pumpurs_analysis import published
        >>> frame = cost_against_cap(published()).frame
        >>> frame.loc[frame["statement"] == "grant", "use_share"].unique().tolist()
        [1.0]
    """
    if data.evidence == "published":
        return _of_pages(data, on)
    return _of_learners(data) if by is None else _of_groups(data, by, details=details)


def _of_pages(data: Dataset, on: date) -> Result:
    figures = data.published_figures
    wanted = figures["measure"].isin(["cap_eur", "ngo_project_grant_eur"])
    stated = figures[wanted & figures["value"].notna()]
    rules = rules_on(on)
    rows = []
    for figure in stated.to_dict("records"):
        kind = _KIND.get(str(figure["dimension"]), str(figure["dimension"]))
        rule = rules[kind]
        cap = None if rule.value_eur is None else int(rule.value_eur * 100)
        cents = round(float(figure["value"]) * 100)
        is_grant = figure["measure"] == "ngo_project_grant_eur"
        rows.append(
            {
                "support_kind": kind,
                "statement": "grant" if is_grant else "cap",
                "entity": figure["entity"],
                "cap_cents": cap,
                "cap_kind": rule.kind,
                "per": rule.per,
                "cap_status": rule.status,
                "stated_cents": cents,
                "over_cap_cents": None if cap is None else max(0, cents - cap),
                "use_share": cents / cap if is_grant and cap else None,
                "semester_1_cents": _semester_cents(cap, rule.per, 1),
                "semester_2_cents": _semester_cents(cap, rule.per, 2),
                "source_id": figure["source_id"],
            }
        )
    if not rows:
        raise NotVerified("No page states a cap or a grant")
    frame = pd.DataFrame(rows)
    cents_columns = [name for name in frame.columns if name.endswith("_cents")]
    return Result(
        name="cost_against_cap",
        frame=frame.astype(dict.fromkeys(cents_columns, "Int64")),
        unit="money",
        one_row_per="cap or grant stated on a page",
        evidence="published",
        sources=cite(data, stated["source_id"]),
        notes=("note.cap_use_not_known", "note.cap_months"),
        choices=MappingProxyType({"on": on.isoformat()}),
    )


def _semester_cents(cap: int | None, per: str | None, semester: int) -> int | None:
    if cap is None or per not in {"month", "semester"}:
        return None
    return cap * (MONTHS_IN_SEMESTER[semester] if per == "month" else 1)


_COUNTS = {
    "paid_learner_count": ("paid_learner", "nunique"),
    "municipality_pays_count": ("fed_learner", "nunique"),
    "compared_count": ("is_compared", "sum"),
    "over_cap_count": ("is_over", "sum"),
    "over_cap_learner_count": ("over_learner", "nunique"),
}
_PLAIN = ("paid_learner_count", "compared_count")
_LEARNER = (
    *("learner_id", "school", "support_kind", "period", "month", "semester", "per"),
    *("payment_count", "paid_cents", "refund_cents", "cap_cents", "headroom_cents"),
    *("over_cap_cents", "use_share", "cap_status"),
)


def _of_learners(data: Dataset) -> Result:
    frame = facts.kept(
        data, "learner_periods", lambda: caps.learner_periods(data, caps.held_against_caps(data))
    )
    return Result(
        name="cost_against_cap",
        frame=frame[list(_LEARNER)],
        unit="money",
        one_row_per="learner, kind of support and period",
        evidence="records",
        sources=caps.rule_sources(frame["source"].unique()),
        notes=(*_NOTES, *grouping.learner_notes(data)),
        dimensions=("learner_id", "school", "support_kind", "period"),
        money=("paid_cents", "refund_cents", "headroom_cents", "over_cap_cents"),
        derived=("use_share",),
        value="paid_cents",
        additive=("paid_cents", "refund_cents", "over_cap_cents"),
        is_made_up=data.is_made_up,
    )


def _of_groups(data: Dataset, by: Grouping, *, details: bool) -> Result:
    dims = grouping.dimensions(by, among=caps.DIMENSIONS)
    rows = caps.held_against_caps(data)
    rows = rows.assign(
        paid_learner=rows["learner_id"].where(rows["payment_count"] > 0),
        fed_learner=rows["learner_id"].where(rows["cap_status"] == "municipality_pays"),
        over_learner=rows["learner_id"].where((rows["over_cap_cents"] > 0).fillna(value=False)),
        # What nobody knows whose it is tells of nobody, though it is compared with no cap either.
        uncompared_cents=rows["paid_cents"].where(
            rows["cap_cents"].isna() & rows["learner_id"].notna(), 0
        ),
        is_compared=rows["allowed_cents"].notna().astype("Int64"),
        is_over=(rows["over_cap_cents"] > 0).fillna(value=False).astype("Int64"),
    )
    result = caps.money_result(
        data,
        rows,
        dims,
        name="cost_against_cap",
        counts=_COUNTS if details else {name: _COUNTS[name] for name in _PLAIN},
        money=caps.MONEY if details else caps.MONEY[:3],
    )
    use = result.frame["compared_cents"].astype("Float64") / result.frame["allowed_cents"]
    frame = result.frame.assign(use_share=use.where(result.frame["allowed_cents"] > 0))
    return replace(result, frame=frame, derived=("use_share",), notes=(*_NOTES, *result.notes))
