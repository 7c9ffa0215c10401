"""Chart of what became of risks from one semester to the next."""

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, number, say, semester

_OUTCOMES = {
    "persists": theme.ACCENT, "moved": "#6B5B95", "ended": "#00745A", "left": theme.WARNING,
}  # fmt: skip


def risk_transitions(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what became of each risk group from the last but one semester to the last.

    Args:
        published: ``protect(measures.risk_transitions(...))``; of several groups the first and of
            several pairs of semesters the last is drawn, the others stand in the table.
        language: Language of the words.
    """
    found = groups.groups(published, language, own=_OWN)
    name, frame = found[0] if found else ("", published.frame)
    frame = frame[frame["semester"] == frame["semester"].max()]
    first, second = "–", "–"
    if len(frame):
        first, second = (
            semester(str(frame[column].iloc[0]), language)
            for column in ("semester", "next_semester")
        )
    figure = Draft()
    top, parts = 4, []
    for code, risk in schema.code_names("risk_category", language, list(theme.RISK)).items():
        of_risk = frame[frame["risk_category"] == code]
        if len(of_risk):
            top, told = _draw_risk(figure, of_risk, risk, language=language, top=top)
            parts.append(told)
    figure.update_xaxes(range=[0, 100], visible=False)
    figure.update_yaxes(range=[top, 0], visible=False)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 12}, barmode="overlay")
    subtitle = say("risk_transitions.subtitle", language, first=first, second=second)
    around = groups.words(
        published, language, n=say("records.n_beside", language),
        summary=say("risk_transitions.summary", language, first=first, second=second,
                  parts="; ".join(parts)),
        subtitle=f"{name}: {subtitle}" if name else subtitle,
        more=[say("records.interval_in_text", language), groups.rest(language, 1, len(found))],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=top)


_OWN = ("semester", "next_semester", "risk_category", "outcome")


def _draw_risk(
    figure: Draft, frame: pd.DataFrame, risk: str, *, language: Language, top: int
) -> tuple[int, str]:
    """Draw one risk group: a bar of what became of its learners, each part named under it."""
    by_outcome = {row["outcome"]: row for row in frame.to_dict("records")}
    before = _count(by_outcome["persists"], "denominator_count", language)
    arrived = _count(by_outcome["new"], "transition_count", language)
    detail = " ".join((say("risk_transitions.before", language, count=before),
                       say("risk_transitions.arrived", language, count=arrived)))  # fmt: skip
    top = rows.write(figure, f"<b>{risk}</b>", top + 8)
    top = rows.write(figure, detail, top, colour=theme.MUTED)
    names = schema.code_names("transition", language, list(_OUTCOMES))
    bar, top, left, told = top + 11, top + 26, 0.0, []
    for outcome, colour in _OUTCOMES.items():
        row = by_outcome[outcome]
        if schema.is_missing(row["share"]):
            top = rows.write(figure, f"{names[outcome]}: {groups.why_missing(row, language)}", top,
                             colour=colour)  # fmt: skip
            continue
        if row["transition_count"] == 0:
            continue
        share = float(row["share"])
        figure.add_bar(
            x=[share * 100], base=left, y=[bar], width=20, orientation="h", hoverinfo="skip",
            marker={"color": colour, "line": {"color": "#FFFFFF", "width": 1}},
        )  # fmt: skip
        left += share * 100
        count = _count(row, "transition_count", language)
        told.append(f"{names[outcome]} <b>{groups.percent_of(share, language)}</b> "
                    f"({count}; {groups.between(row, language)})")  # fmt: skip
        top = rows.write(figure, told[-1], top, colour=colour)
    said = f"{risk}: {detail}; {'; '.join(told)}".replace("<b>", "").replace("</b>", "")
    return top + 12, said


def _count(row: schema.Record, column: str, language: Language) -> str:
    if schema.is_missing(row[column]):
        return groups.why_missing(row, language)
    return number(float(row[column]), language)
