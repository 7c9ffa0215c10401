"""Uptake: which part of those who take part uses each kind of support."""

from types import MappingProxyType

import pandas as pd

from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures import grouping, received
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result, cite
from pumpurs_analysis.measures.risks import with_interval

_KINDS = {
    "consultations": "consultation",
    "catering": "catering",
    "transport": "transport",
    "lodging": "lodging",
}
_SAME = ["entity", "school_year", "semester"]
_LEVELS = {"school": ("school", "vocational_school"), "municipality": ("municipality",)}
# Whose number stands below the line, best first. In one semester a learner has one plan.
_DENOMINATORS = {
    "learners": "learner",
    "learners_with_support": "learner",
    "plans": "plan",
}


def support_uptake(data: Dataset, *, by: Grouping = "school") -> Result:
    """Say how many learners used each kind of support, and of how many.

    One row per: school or municipality, period and kind of support, as pages state it.

    Columns:
        entity: School or municipality.
        municipality_today: Municipality after the reform of 2021.
        school_year: School year, where known.
        semester: 1 or 2, where the page speaks of one semester.
        support_kind: Kind of support.
        supported_count: Learners who used it.
        denominator_count: Learners (or that semester's plans) of the same place and period.
        basis: learner or plan; missing where no page states a denominator.
        supported_share: supported_count / denominator_count, 0 to 1.
        supported_share_low: Lower end of the 95 % Wilson interval.
        supported_share_high: Upper end of the 95 % Wilson interval.
        qualifier: How exactly the page says it.
        is_planned: Whether the page speaks of a plan for the future.
        source_id: Code of the page.

    Columns of records:
        school: The group; one column for each dimension asked for.
        support_kind: Kind of support.
        step: planned, delivered (consultations only: of other kinds the payment is what shows it)
            or paid (in at least one month more was paid than paid back; consultations only where
            payments name them).
        basis: learner (with a plan), or enrolled where the grouping has school_year and enrolment
            with a source was delivered; then of the schools with it only.
        supported_count: Learners with at least one such support.
        denominator_count: Learners with a plan, or enrolled.
        supported_share: supported_count / denominator_count, 0 to 1.
        supported_share_low: Lower end of the 95 % Wilson interval.
        supported_share_high: Upper end of the 95 % Wilson interval.
        status: counted; not_delivered (nobody delivered the table that would show it: missing, not
            zero); not_applicable (learning materials where nobody is in a vocational programme).

    Leaves out:
        Figures for support of any kind, and economic support not split by kind. Of records: deleted
        plans and the preparation of plans.

    Sources:
        The pages in table sources; or tables plans, supports, consultations, payments and enrolment
        of the delivery.

    Args:
        data: A Dataset of records or of published figures.
        by: school or municipality; on records any dimension of a plan, specialist_kind or subject.

    Raises:
        KeyError: There is no such dimension.

    Example:
        >>> from pumpurs_analysis import published
        >>> uptake = support_uptake(published()).frame.set_index(["entity", "support_kind"])
        >>> float(uptake.loc[("Jelgavas tehnikums", "catering"), "supported_share"])
        0.898...
    """
    if data.evidence == "records":
        among = (*grouping.PLAN_DIMENSIONS, *received.OF_ROW)
        return received.support_uptake(data, grouping.dimensions(by, among=among))
    return _published(data, "".join(grouping.dimensions(by, among=tuple(_LEVELS))))


def _published(data: Dataset, by: str) -> Result:
    figures = data.published_figures
    figures = figures[figures["level"].isin(_LEVELS[by]) & figures["value"].notna()]
    used = figures[
        (figures["measure"] == "learners_with_support") & figures["dimension"].isin(_KINDS)
    ]
    frame = used[[*_SAME, "municipality_today", "qualifier", "is_planned", "source_id"]].assign(
        support_kind=used["dimension"].map(_KINDS), supported_count=used["value"]
    )
    frame = frame.merge(_denominators(figures), on=_SAME, how="left")
    frame = with_interval(
        frame, count="supported_count", denominator="denominator_count", share="supported_share"
    )
    order = [
        *("entity", "municipality_today", "school_year", "semester", "support_kind"),
        *("supported_count", "denominator_count", "basis"),
        *("supported_share", "supported_share_low", "supported_share_high"),
        *("qualifier", "is_planned", "source_id"),
    ]
    return Result(
        name="support_uptake",
        frame=frame[order].sort_values(order[:5], ignore_index=True),
        unit="learner",
        one_row_per="school or municipality, period and kind of support",
        evidence="published",
        sources=cite(data, used["source_id"]),
        notes=("note.published_as_stated", "note.uptake_denominator"),
        counts=("supported_count",),
        derived=("supported_share", "supported_share_low", "supported_share_high"),
        value="supported_count",
        additive_over=frozenset({"entity"}),
        instead=MappingProxyType(
            {
                "support_kind": "the page's figure for any support (published_timeline, "
                "learners_with_support): one learner may use several kinds",
                "school_year": "one school year at a time",
                "semester": "one semester at a time",
            }
        ),
        choices=MappingProxyType({"by": by}),
    )


def _denominators(figures: pd.DataFrame) -> pd.DataFrame:
    """The best stated number of learners or plans for each place and period."""
    whole = figures[figures["measure"].isin(_DENOMINATORS)]
    whole = whole[whole["dimension"].isna() | (whole["dimension"] == "any")]
    # A plan lives one semester: over a school year plans are no number of learners.
    whole = whole[(whole["measure"] != "plans") | whole["semester"].notna()]
    whole = whole[whole["school_year"].notna() & (whole["qualifier"] == "exact")]
    rank = whole["measure"].map({name: i for i, name in enumerate(_DENOMINATORS)})
    best = whole.assign(rank=rank.astype(int)).sort_values("rank").drop_duplicates(_SAME)
    basis = best["measure"].map(_DENOMINATORS).astype("string")
    return best[_SAME].assign(denominator_count=best["value"], basis=basis)
