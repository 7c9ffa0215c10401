"""Charts that compare schools fairly: the funnel, and schools alike."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, number, percent, say

_HEIGHT = 400
_APART = 15  # pixels between two names
_NAMED = 8  # schools outside that are named; a page lists the rest
_BANDS = (("998", "#EEF2F6"), ("95", "#DCE5ED"))


def school_funnel(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw schools as dots in a funnel of what chance explains; those outside are named.

    Args:
        published: ``protect(measures.school_funnel(...))``.
        language: Language of the words.
    """
    frame = published.frame
    frame = frame[frame["share"].notna() & frame["learner_count"].notna()]
    choices = published.result.choices
    figure = go.Figure()
    if len(frame):
        _bands(figure, frame.sort_values("learner_count"), language)
    outside = _dots(figure, frame, language)
    far = sum(row["position"].endswith("998") for row in outside)
    codes = "risk_category" if choices["of"] in theme.RISK else "support_kind"
    what = schema.code_names(codes, language, [choices["of"]])[choices["of"]]
    if codes == "support_kind":
        step = schema.code_names("support_step", language, [choices["step"]])[choices["step"]]
        what = f"{what} ({step})"
    all_together = (
        percent(float(frame["expected_share"].iloc[0]), language, 1) if len(frame) else "–"
    )
    counted = say("school_funnel.outside", language, wide=number(len(outside), language),
                  far=number(far, language))  # fmt: skip
    named = "; ".join(f"{row['school']} {percent(row['share'], language)}" for row in outside)
    unit = "count.schools" if choices["by"] == "school" else "count.municipalities"
    small = int(choices["small_count"])
    around = groups.words(
        published, language,
        title=say("school_funnel.title.support", language, what=what),
        n=say(unit, language, count=len(frame)),
        summary=say("school_funnel.summary", language, share=all_together,
                  parts=f"{counted} {named}".strip()),
        more=[counted, say("school_funnel.small", language, least=choices["least"],
                           count=number(small, language)) if small else ""],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=_HEIGHT)


def _bands(figure: go.Figure, frame: pd.DataFrame, language: Language) -> None:
    count = list(frame["learner_count"].astype(float))
    for level, colour in _BANDS:
        low, high = (
            list(frame[f"limit_{level}_{end}"].astype(float) * 100) for end in ("low", "high")
        )
        figure.add_scatter(
            x=[*count, *reversed(count)], y=[*high, *reversed(low)], fill="toself", mode="lines",
            fillcolor=colour, line={"width": 0}, hoverinfo="skip", name=f"limit_{level}",
        )  # fmt: skip
        figure.add_annotation(
            name="label", x=1, xref="paper", xanchor="right", y=high[-1], yanchor="bottom",
            text=f"{level.replace('998', '99,8' if language == 'lv' else '99.8')}{NBSP}%",
            showarrow=False, font={"size": 12, "color": theme.MUTED},
        )  # fmt: skip
    mean = float(frame["expected_share"].iloc[0])
    figure.add_scatter(
        x=[count[0], count[-1]], y=[mean * 100] * 2, mode="lines", hoverinfo="skip",
        line={"color": theme.TEXT, "width": 1.3},
    )  # fmt: skip
    figure.add_annotation(
        name="label", x=1, xref="paper", xanchor="right", y=mean * 100, yanchor="bottom",
        text=say("school_funnel.mean", language, share=percent(mean, language, 1)), showarrow=False,
        font={"size": 12},
    )  # fmt: skip


def _dots(figure: go.Figure, frame: pd.DataFrame, language: Language) -> list[schema.Record]:
    """Draw the schools; give those outside of the limits, in the order of the frame."""
    records: list[schema.Record] = [*frame.to_dict("records")]
    outside = [row for row in records if row["position"] != "inside"]
    for chosen, symbol, colour, size in (
        ([row for row in records if row["position"] == "inside"], "circle", theme.ACCENT, 8),
        (outside, "diamond", theme.WARNING, 11),
    ):
        figure.add_scatter(
            x=[float(row["learner_count"]) for row in chosen],
            y=[float(row["share"]) * 100 for row in chosen],
            mode="markers", cliponaxis=False, hovertemplate="%{text}<extra></extra>",
            customdata=[row["school"] for row in chosen],
            marker={"symbol": symbol, "color": colour, "size": size,
                    "line": {"color": "#FFFFFF", "width": 1}},
            text=[f"{row['school']}: {percent(row['share'], language)}, n = "
                  f"{number(float(row['learner_count']), language)}" for row in chosen],
        )  # fmt: skip
    most = float(frame["learner_count"].astype(float).max()) if len(frame) else 1.0
    highs = [1.0]
    if len(frame):
        highs = [*frame["share"].astype(float), *frame["limit_95_high"].astype(float)]
    top = min(104.0, float(np.max(highs)) * 108)
    _name(figure, outside[:_NAMED], most=most, top=top)
    axis = {"text": say("school_funnel.axis", language), "standoff": 4, "font": {"size": 13}}
    figure.update_xaxes(range=[0, most * 1.04], title=axis, nticks=6)
    figure.update_yaxes(
        range=[0, top], ticksuffix=f"{NBSP}%", nticks=6,
        ticklabelposition="inside top",
    )  # fmt: skip
    figure.update_layout(margin={"l": 24, "r": 24, "b": 60})
    return outside


def _name(figure: go.Figure, outside: list[schema.Record], *, most: float, top: float) -> None:
    """Write the schools' names beside their dots; names that would touch are moved apart."""
    below = 0.0
    for row in sorted(outside, key=lambda each: float(each["share"])):
        at = float(row["share"]) * 100 / top * _HEIGHT
        below = max(at, below + _APART)
        is_right = float(row["learner_count"]) > most / 2
        figure.add_annotation(
            name="label", x=float(row["learner_count"]), y=float(row["share"]) * 100,
            text=row["school"], xanchor="right" if is_right else "left", showarrow=False,
            xshift=-9 if is_right else 9, yshift=below - at,
            font={"size": 12, "color": theme.WARNING},
        )  # fmt: skip


def peer_group(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw schools alike by size, each with the reasons that make it alike.

    Args:
        published: ``protect(measures.peer_group(...))``.
        language: Language of the words.
    """
    frame = published.frame
    items: list[rows.Item] = []
    known = frame["learner_count"].dropna().astype(float)
    for row in frame.head(groups.DRAWN_AT_MOST).to_dict("records"):
        reasons = [
            say(f"peer_group.{code}", language) for code in str(row["reasons"]).split(";") if code
        ]
        why = ", ".join(reasons) if not row["is_itself"] else say("peer_group.itself", language)
        items.append(rows.Heading(str(row["school"]), why))
        colour = theme.WARNING if row["is_itself"] else theme.ACCENT
        if schema.is_missing(row["learner_count"]):
            items.append(rows.Row(groups.why_missing(row, language), None, colour))
            continue
        count = float(row["learner_count"])
        items.append(rows.Row(say("count.learners", language, count=count), count, colour))
    around = groups.words(
        published, language, parts=groups.plain(items),
        n=say("count.schools", language, count=len(frame)),
        title=say("peer_group.title", language, school=published.result.choices["school"]),
        more=[groups.rest(language, min(len(frame), groups.DRAWN_AT_MOST), len(frame))],
    )  # fmt: skip
    return groups.drawn(
        items, around, language, limits=(0, float(known.max()) if len(known) else 1.0)
    )
