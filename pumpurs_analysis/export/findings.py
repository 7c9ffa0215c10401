"""What a slide says: one finding each, its title computed from the numbers it shows.

A title says only what can be read off the protected numbers. Where the number it needs is hidden,
the slide keeps its drawing under the measure's neutral title.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import drawings
from pumpurs_analysis.text import NBSP, Language, money, number, percent, say, school_year

Body = Literal["tiles", "drawing", "table"]
Title = Callable[[Published, Language], str]


@dataclass(frozen=True)
class Finding:
    """A slide's question.

    Attributes:
        measure: Who answers it.
        by: What the answer is asked by.
        title: Says the finding; empty where a number that it needs is hidden.
        body: Headline numbers, a chart or a table.
        columns: Of the table; without any the first ones.
    """

    measure: str
    by: tuple[str, ...]
    title: Title
    body: Body = "drawing"
    columns: tuple[str, ...] = ()


def _people(shown: Published, language: Language) -> str:
    ratio = shown.frame["plans_per_learner"].iloc[0]
    if schema.is_missing(ratio):
        return ""
    return say("slides.people.title", language, ratio=number(float(ratio), language, 2))


def _plans_over_time(shown: Published, language: Language) -> str:
    """The year with most plans; only where every year is shown, for a hidden one could be larger.

    A hidden count is below the threshold or a complement of any size: it cannot be ruled out.
    """
    return _most_plans(shown.frame.dropna(subset="school_year"), "plan_count", language)


def _most_plans(frame: pd.DataFrame, column: str, language: Language) -> str:
    if frame.empty or frame[column].isna().any():
        return ""
    most = frame[column].max()
    years = frame.loc[frame[column] == most, "school_year"].tolist()
    words = {"count": number(float(most), language), "when": school_year(years[0], language)}
    if len(frame) == 1:
        return say("slides.plans_over_time.one", language, **words)
    key = "title" if len(years) == 1 else "tie"
    return say(f"slides.plans_over_time.{key}", language, **words)


def _stated_plans(shown: Published, language: Language) -> str:
    years = shown.frame[shown.frame["series"].eq("school_year")]
    return _most_plans(years, "value", language) if years["qualifier"].eq("exact").all() else ""


def _places(shown: Published, language: Language) -> str:
    known = shown.frame.dropna(subset="municipality_today")
    schools = int(known["school_count"].sum())
    return say(
        "slides.places.title", language,
        municipalities=say("slides.in_municipalities", language, count=len(known)),
        schools=say("slides.in_schools", language, count=schools),
    )  # fmt: skip


def _schools(shown: Published, language: Language) -> str:
    count = say("slides.in_schools", language, count=shown.frame["school"].nunique())
    return say("slides.schools.title", language, schools=count)


def _risks(shown: Published, language: Language) -> str:
    frame = shown.frame[shown.frame["basis"] == "mention"]
    row = _largest_part(frame)
    if row is None:
        return ""
    name = _short("risk_category", row["risk_category"], language)
    share = percent(float(row["share"]), language, 1)
    return say("slides.risks.title", language, group=name, share=share)


def _largest(frame: pd.DataFrame, column: str, sign: int = 1) -> "pd.Series[Any] | None":
    """The row with the one largest (sign -1: least) value; None where one is hidden."""
    if frame.empty or frame[column].isna().any():
        return None
    values = frame[column] * sign
    largest = frame[values == values.max()]
    return largest.iloc[0] if len(largest) == 1 else None


def _largest_part(frame: pd.DataFrame) -> "pd.Series[Any] | None":
    """The largest part of a whole: where it is over half, no hidden part can be larger."""
    over_half = frame[frame["share"].fillna(0) > 1 / 2]
    return over_half.iloc[0] if len(over_half) else _largest(frame, "share")


def _short(codes: str, code: object, language: Language) -> str:
    name = schema.short_names(codes, language)[str(code)]
    return name[0].lower() + name[1:]


def _risks_together(shown: Published, language: Language) -> str:
    several = shown.frame[shown.frame["risk_group_count"] > 1]
    row = _largest(several, "with_risk_count")
    if row is None:
        return ""
    groups = drawings.combination_name(str(row["combination"]), language).lower()
    count = say("count.plans", language, count=float(row["with_risk_count"])).replace(" ", NBSP)
    return say("slides.risks_together.title", language, groups=groups, count=count)


def _support(shown: Published, language: Language) -> str:
    column, unit = drawings.best_column(shown)
    frame = shown.frame
    frame = frame[frame["basis"].eq("learner") & frame["status"].eq("counted")]
    received = [drawings.is_received(row) for row in frame.to_dict("records")]
    row = _largest(frame[received], column)
    if row is None or not float(row[column]):
        return ""
    kind = _short("support_kind", row["support_kind"], language)
    value = float(row[column])
    if unit == "share":
        share = percent(value, language, 1)
        return say("slides.support.of", language, kind=kind, share=share)
    count = say("count.learners", language, count=value)
    return say("slides.support.title", language, kind=kind, count=count)


def _gaps(shown: Published, language: Language) -> str:
    frame = shown.frame[shown.frame["outcome"] == "not_planned"]
    counts = frame["outcome_learner_count"]
    if len(frame) and not counts.isna().any() and not counts.any():
        return say("slides.gaps.none", language)
    row = _largest(frame, "outcome_learner_count")
    if row is None:
        return ""
    name = _short("risk_category", row["risk_category"], language)
    learners = float(row["outcome_learner_count"])
    count = say("count.learners", language, count=learners).replace(" ", NBSP)
    return say("slides.gaps.title", language, group=name, count=count)


def _planned(shown: Published, language: Language) -> str:
    rows = shown.frame[shown.frame["support_kind"] == "consultation"]
    if len(rows) and not schema.is_missing(rows["delivered_ratio"].iloc[0]):
        share = percent(float(rows["delivered_ratio"].iloc[0]), language, 1)
        return say("slides.planned.title", language, share=share)
    paid = shown.frame[shown.frame["paid_ratio"].notna() | shown.frame["planned_cents"].gt(0)]
    least, most = _largest(paid, "paid_ratio", -1), _largest(paid, "paid_ratio")
    if least is None or most is None or least is most:
        return ""
    low, high = (percent(float(row["paid_ratio"]), language, 1) for row in (least, most))
    first, last = (_short("support_kind", row["support_kind"], language) for row in (least, most))
    words = {"low": low, "low_kind": first, "high": high, "high_kind": last}
    return say("slides.planned.range", language, **words)


def _cost(shown: Published, language: Language) -> str:
    sums = shown.frame[["compared_cents", "allowed_cents"]]
    if sums.isna().any(axis=None) or not sums["allowed_cents"].sum():
        return ""
    used = float(sums["compared_cents"].sum()) / float(sums["allowed_cents"].sum())
    return say("slides.cost.title", language, share=percent(used, language, 1))


def _paid(shown: Published, language: Language) -> str:
    if shown.frame["paid_cents"].isna().any():
        return ""
    paid = money(int(shown.frame["paid_cents"].sum()), language)
    return say("slides.ngo.title", language, paid=paid)


def _granted(shown: Published, language: Language) -> str:
    """Pages state how many projects were approved; what they come to is computed."""
    count, sums = shown.frame["project_count"], shown.frame["granted_cents"]
    if count.isna().any() or sums.isna().any():
        return ""
    words = {"count": number(int(count.sum()), language), "paid": money(int(sums.sum()), language)}
    return say("slides.ngo_calls.title", language, **words)


def _stated_support(shown: Published, language: Language) -> str:
    share = percent(float(shown.frame["supported_share"].notna().mean()), language)
    return say("slides.stated_support.title", language, share=share)


def _caps(shown: Published, language: Language) -> str:
    caps = drawings.caps(shown.frame)
    row = _largest(caps[caps["per"] == "month"], "cap_cents")
    if row is None:
        return ""
    kind = _short("support_kind", row["support_kind"], language)
    cap = money(int(row["cap_cents"]), language)
    return say("slides.caps.title", language, kind=kind, cap=cap)


def _checks(shown: Published, language: Language) -> str:
    share = float(shown.frame["relation"].eq("contradicts").mean())
    return say("slides.checks.title", language, share=percent(share, language))


def _stated_figures(shown: Published, language: Language) -> str:
    count = number(len(shown.frame), language)
    return say("slides.stated_figures.title", language, count=count)


FINDINGS = MappingProxyType(
    {
        "people": Finding("participation", (), _people, "tiles"),
        "plans_over_time": Finding("participation", ("school_year",), _plans_over_time),
        "places": Finding("participation", ("municipality_today",), _places),
        "schools": Finding(
            "participation", ("municipality_today", "school"), _schools, "table",
            ("school", "learner_count", "plan_count", "approved_plan_count"),
        ),
        "risks": Finding("risk_mix", (), _risks),
        "risks_together": Finding("risk_overlap", (), _risks_together),
        "support": Finding("support_uptake", (), _support),
        "gaps": Finding("support_gaps", (), _gaps),
        "planned": Finding("planned_and_delivered", ("support_kind",), _planned),
        "cost": Finding("cost_against_cap", ("support_kind",), _cost),
        "ngo": Finding("ngo_projects", ("municipality",), _paid),
        "ngo_calls": Finding("ngo_projects", (), _granted),
        "stated_plans": Finding("published_timeline", (), _stated_plans),
        "stated_support": Finding(
            "support_uptake", (), _stated_support, "table",
            ("entity", "school_year", "support_kind", "supported_count", "denominator_count",
             "supported_share"),
        ),
        "caps": Finding("cost_against_cap", (), _caps),
        "checks": Finding("published_checks", (), _checks),
        "stated_figures": Finding(
            "published_figures", (), _stated_figures, "table",
            ("measure", "period_as_published", "value_as_published", "source_id"),
        ),
    }
)  # fmt: skip


_NEUTRAL = {
    ("published", "published_timeline"): "slides.stated_plans.subtitle",
    ("published", "published_figures"): "slides.stated_figures.subtitle",
    ("records", "cost_against_cap"): "page.measure.cost_against_cap",
}


def title(name: str, shown: Published, language: Language) -> str:
    r"""Say a finding, or the measure's neutral title where its number is hidden.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> title("risks", protect(measures.risk_mix(published())), "en")
        'Mentioned most: learning and school, 71.5\xa0%'
    """
    return FINDINGS[name].title(shown, language) or neutral_title(shown, language)


def neutral_title(shown: Published, language: Language) -> str:
    """Give a figure's own title, true whatever its numbers are."""
    result = shown.result
    known = _NEUTRAL.get((result.evidence, result.name), f"{result.name}.title")
    return say(known, language)
