"""Cost: what was paid or granted, held against what was allowed on that date."""

from datetime import date
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.measures.result import Result, cite
from pumpurs_analysis.rules import rules_on

_KIND = {"youth_ngo_project": "ngo_project"}
# Calendar months that carry teaching; June-August are not verified as payable (DESIGN, semesters).
MONTHS_IN_SEMESTER = MappingProxyType({1: 4, 2: 5})


def cost_against_cap(data: Dataset, *, on: date = date(2019, 10, 1)) -> Result:
    """Hold the caps and grants that pages state against the rules of a date.

    One row per: cap or grant stated on a page.

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

    Leaves out:
        Payments by kind of support: no page states them, so use of these caps is not known.

    Sources:
        The pages in table sources; the rules' own sources.

    Args:
        data: A Dataset of published figures.
        on: The day whose rules count.

    Raises:
        NotVerified: No rule is verified for that day.

    Example:
        >>> from pumpurs_analysis import published
        >>> frame = cost_against_cap(published()).frame
        >>> frame.loc[frame["statement"] == "grant", "use_share"].unique().tolist()
        [1.0]
    """
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
