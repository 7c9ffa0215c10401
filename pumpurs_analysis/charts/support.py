"""Charts of support counted from records: planned and delivered, gaps."""

from dataclasses import replace

import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, money, number, percent, say

_GAP_SHARE = ("share", "outcome_learner_count", "risk_learner_count")
_SCALE = 125.0  # percent at which bars of planned and delivered end


def planned_and_delivered(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was delivered and paid as thin bars in what was planned, in percent of it.

    Args:
        published: ``protect(measures.planned_and_delivered(...))``.
        language: Language of the words.
    """
    found = groups.groups(published, language, own=())
    items: list[rows.Item] = []
    for name, frame in found[: groups.DRAWN_AT_MOST]:
        items.append(rows.Heading(name or say("cost.all", language), pick=name))
        for row in frame.to_dict("records"):
            items += [replace(each, pick=name) for each in _bars(row, language)]
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=groups.total(published, "planned_count", "count.supports", language=language),
        more=[say("planned_and_delivered.scale", language),
              groups.rest(language, min(groups.DRAWN_AT_MOST, len(found)), len(found))],
    )  # fmt: skip
    most = max((item.value or 0 for item in items if isinstance(item, rows.Row)), default=0)
    return groups.drawn(items, around, language, limits=(0, max(most, 100)))


def _bars(row: schema.Record, language: Language) -> list[rows.Row]:
    bars: list[rows.Row] = []
    for what, ratio, done, planned in (
        ("hours", "delivered_ratio", "delivered_hours", "planned_consultation_hours"),
        ("money", "paid_ratio", "paid_cents", "planned_cents"),
    ):
        words = ["" if schema.is_missing(row[name]) else _sum(row[name], what, language)
                 for name in (done, planned)]  # fmt: skip
        if schema.is_missing(row[ratio]):
            if row.get("is_hidden") is True and any(words) and not all(words):
                key = f"planned_and_delivered.{what}_{'planned' if words[1] else 'done'}_alone"
                bars.append(rows.Row(say(key, language, sum=words[1] or words[0]), None,
                                     theme.MUTED))  # fmt: skip
            continue
        share = float(row[ratio])
        label = say(f"planned_and_delivered.{what}", language, done=words[0], planned=words[1])
        paid = theme.WARNING if share > 1 else theme.SUPPORT["transport"]
        colour = theme.ACCENT if what == "hours" else paid
        bars.append(rows.Row(label, min(share * 100, _SCALE), colour, behind=100,
                             end=f"<b>{percent(share, language)}</b>"))  # fmt: skip
    return bars or [rows.Row(groups.why_missing(row, language), None, theme.MUTED)]


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
                if row["is_gap"] and not schema.is_missing(row.get("planned_cents")):
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
