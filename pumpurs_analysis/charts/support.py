"""Charts of support counted from records: uptake, planned and delivered, gaps."""

import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, money, number, percent, say

_SHAPES: dict[str, rows.Shape] = {"planned": "diamond", "delivered": "circle", "paid": "square"}
_SHARE = ("supported_share", "supported_count", "denominator_count")
_GAP_SHARE = ("share", "outcome_learner_count", "risk_learner_count")
_ROWS = 100  # of uptake drawn at most
_SCALE = 125.0  # percent at which the axis of planned and delivered ends


def uptake(published: Published, language: Language) -> go.Figure:
    """Draw the share of learners with each kind of support, by step, with intervals."""
    found = groups.groups(published, language)
    items: list[rows.Item] = []
    kinds = list(dict.fromkeys(published.frame["support_kind"]))
    names = schema.code_names("support_kind", language, kinds)
    largest = max((len(frame) for _, frame in found), default=1)
    many = max(1, _ROWS // max(1, largest))
    for name, frame in found[:many]:
        if name:
            items.append(rows.Heading(name))
        for row in frame.to_dict("records"):
            if row["status"] == "not_applicable" and row["step"] != "planned":
                continue  # said once for each kind
            step = say(f"support_uptake.{row['step']}_step", language)
            label = f"{names[row['support_kind']]}, {step}"
            if row["basis"] == "enrolled":
                label = f"{label}, {say('support_uptake.enrolled', language)}"
            items.append(groups.share_row(
                row, label, language, colour=theme.SUPPORT.get(row["support_kind"], theme.ACCENT),
                columns=_SHARE, shape=_SHAPES[row["step"]],
            ))  # fmt: skip
    around = groups.words(
        published, language,
        summary=say("support_uptake.records.summary", language, parts=groups.plain(items)),
        n=groups.total(published, "denominator_count", "count.learners", language=language),
        subtitle=say("support_uptake.records.subtitle", language),
        more=[say("records.interval", language),
              groups.rest(language, min(many, len(found)), len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, is_axis_shown=True)


def planned_and_delivered(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was delivered and paid as thin bars in what was planned, in percent of it.

    Args:
        published: ``protect(measures.planned_and_delivered(...))``.
        language: Language of the words.
    """
    found = groups.groups(published, language, own=())
    items: list[rows.Item] = []
    for name, frame in found[: groups.DRAWN_AT_MOST]:
        items.append(rows.Heading(name or say("cost.all", language)))
        for row in frame.to_dict("records"):
            items += _bars(row, language)
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "planned_count", "count.supports", language=language),
        more=[say("planned_and_delivered.scale", language),
              groups.rest(language, min(groups.DRAWN_AT_MOST, len(found)), len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language, limits=(0, _SCALE))


def _bars(row: schema.Record, language: Language) -> list[rows.Item]:
    bars: list[rows.Item] = []
    for what, ratio, done, planned in (
        ("hours", "delivered_ratio", "delivered_hours", "planned_hours"),
        ("money", "paid_ratio", "paid_cents", "planned_cents"),
    ):
        if schema.is_missing(row[ratio]):
            continue
        share = float(row[ratio])
        words = [_sum(row[column], what, language) for column in (done, planned)]
        label = say(f"planned_and_delivered.{what}", language, share=percent(share, language),
                    done=words[0], planned=words[1])  # fmt: skip
        colour = theme.ACCENT if what == "hours" else "#00745A"
        bars.append(rows.Row(label, min(share * 100, _SCALE), colour, behind=100))
    return bars or [rows.Row(groups.why_missing(row, language), 0, theme.MUTED)]


def _sum(value: float, what: str, language: Language) -> str:
    return money(int(value), language) if what == "money" else number(float(value), language)


def support_gaps(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw, for each risk group, which share of its learners has no support, and why.

    Args:
        published: ``protect(measures.support_gaps(...))``.
        language: Language of the words.
    """
    found = groups.groups(published, language)
    items: list[rows.Item] = []
    risks = schema.code_names("risk_category", language, list(theme.RISK))
    outcomes = list(dict.fromkeys(published.frame["outcome"]))
    names = schema.code_names("gap_outcome", language, outcomes)
    many = groups.DRAWN_AT_MOST // len(risks)
    for name, frame in found[:many]:
        for code, of_risk in frame.groupby("risk_category", sort=False):
            items.append(rows.Heading(", ".join(filter(None, (name, risks[str(code)])))))
            for row in of_risk.to_dict("records"):
                if row["outcome_mention_count"] == 0 or row["outcome"] == "answered":
                    continue
                label = names[row["outcome"]]
                if row["is_gap"] and not schema.is_missing(row["planned_cents"]):
                    label = f"{label} ({money(int(row['planned_cents']), language)})"
                items.append(groups.share_row(
                    row, label, language, columns=_GAP_SHARE,
                    colour=theme.WARNING if row["is_gap"] else theme.PALE,
                ))  # fmt: skip
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "risk_learner_count", "count.learners", language=language),
        more=[say("records.interval", language),
              groups.rest(language, min(many, len(found)), len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language)
