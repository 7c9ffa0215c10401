"""Charts that compare schools fairly: the funnel, and schools alike."""

from textwrap import wrap
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, number, percent, say

_HEIGHT = 400
_DRAWN = 330  # pixels of it between the axes
_PHONE = 260  # pixels that a phone draws in: names are placed so that they fit there too
_WIDE = 760  # and that a card of a whole row does at least, from where kit.js shows all names
_BEYOND = 1.04  # of the largest school, where the axis ends
_WORDS = 72  # pixels of what is written at the right end
_DOT = 6  # pixels from the middle of a dot to its edge
_LINE = 15  # pixels a line of words takes
_LETTER = 6.6
_LETTERS = 20  # of a line of a school's name: a dot in the middle leaves no more on a phone
_HALF = 50.0  # percent; where all lies above, so does the drawing
_PLACES = ("right", "left", "above", "below")
_Place = str
_Box = tuple[float, float, float, float]
_BANDS = (("998", "#EEF2F6"), ("95", "#DCE5ED"))


def school_funnel(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw schools as dots in a funnel of what chance explains; those outside are named.

    Names without room are left to the hover and the table.

    Args:
        published: ``protect(measures.school_funnel(...))``.
        language: Language of the words.
    """
    frame = published.frame
    frame = frame[frame["share"].notna() & frame["learner_count"].notna()]
    choices = published.result.choices
    figure = Draft()
    scale = _scale(frame)
    if len(frame):
        words = _bands(figure, frame.sort_values("learner_count"), scale=scale, language=language)
        scale = scale._replace(words=tuple(words))
    outside = _dots(figure, frame, scale=scale, language=language)
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
    small, not_for = int(choices["small_count"]), int(choices["not_for_count"])
    around = groups.words(
        published, language,
        title=say("school_funnel.title.support", language, what=what),
        n=say(unit, language, count=len(frame)),
        summary=say("school_funnel.summary", language, share=all_together,
                  parts=f"{counted} {named}".strip()),
        more=[counted, say("school_funnel.small", language, least=choices["least"],
                           count=number(small, language)) if small else "",
              say("school_funnel.not_for", language, count=number(not_for, language))
              if not_for else ""],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=_HEIGHT)


class _Scale(NamedTuple):
    """What the axes reach: percent upwards, learners to the right."""

    bottom: float
    top: float
    most: float
    width: int = _PHONE  # pixels from no learner to the most
    words: tuple[float, ...] = ()  # pixels above the lower axis, of what stands at the right end

    def up(self, percent_: float) -> float:
        """Pixels above the lower axis."""
        return (percent_ - self.bottom) / (self.top - self.bottom) * _DRAWN


def _scale(frame: pd.DataFrame) -> _Scale:
    """Leave out the lower half and more where nothing lies there: dots are no bars."""
    if frame.empty:
        return _Scale(0, 104, 1)
    drawn = frame[["share", "limit_95_low", "limit_95_high", "limit_998_low"]].astype(float) * 100
    lowest = float(drawn.min().min())
    bottom = lowest // 10 * 10 - 5 if lowest > _HALF else 0.0
    highest = float(drawn[["share", "limit_95_high"]].max().max())
    top = max(1.0, highest + (highest - bottom) * 0.08)
    return _Scale(bottom, min(100 + (100 - bottom) * 0.04, top),
                  float(frame["learner_count"].astype(float).max()))  # fmt: skip


def _bands(figure: Draft, frame: pd.DataFrame, *, scale: _Scale, language: Language) -> list[float]:
    """Draw what chance explains; give how high the words at the right end stand."""
    count = list(frame["learner_count"].astype(float))
    mean = float(frame["expected_share"].iloc[0]) * 100
    levels = []
    for level, colour in _BANDS:
        low, high = (
            list(frame[f"limit_{level}_{end}"].astype(float) * 100) for end in ("low", "high")
        )
        figure.add_scatter(
            x=[*count, *reversed(count)], y=[*high, *reversed(low)], fill="toself", mode="lines",
            fillcolor=colour, line={"width": 0}, hoverinfo="skip", name=f"limit_{level}",
        )  # fmt: skip
        level_text = f"{level.replace('998', '99,8' if language == 'lv' else '99.8')}{NBSP}%"
        text = say("school_funnel.band", language, level=level_text)
        levels.append((text, theme.MUTED, ((high[-1], 1), (low[-1], -1))))
    figure.add_scatter(
        x=[count[0], count[-1]], y=[mean] * 2, mode="lines", hoverinfo="skip",
        line={"color": theme.TEXT, "width": 1.3},
    )  # fmt: skip
    text = say("school_funnel.mean", language, share=percent(mean / 100, language, 1))
    away = -1 if float(frame["share"].iloc[-1]) * 100 >= mean else 1  # from the last dot
    return _beside(figure, [(text, theme.TEXT, ((mean, away), (mean, -away))), *levels], scale)


def _beside(
    figure: Draft, words: list[tuple[str, str, tuple[tuple[float, int], ...]]], scale: _Scale
) -> list[float]:
    """Write at the right end what the lines are, above (1) or below (-1) where there is room."""
    taken: list[float] = []
    for text, colour, places in words:
        for at, way in places:
            middle = scale.up(at) + way * _LINE / 2
            is_free = all(abs(middle - other) >= _LINE for other in taken)
            if is_free and _LINE / 2 <= middle <= _DRAWN:
                taken.append(middle)
                figure.add_annotation(
                    name="label", x=1, xref="paper", xanchor="right", y=at, text=text,
                    yanchor="bottom" if way > 0 else "top", showarrow=False,
                    font={"size": 12, "color": colour},
                )  # fmt: skip
                break
    return taken


def _dots(
    figure: Draft, frame: pd.DataFrame, *, scale: _Scale, language: Language
) -> list[schema.Record]:
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
    _name(figure, records, scale)
    axis = {"text": say("school_funnel.axis", language), "standoff": 4, "font": {"size": 13}}
    figure.update_xaxes(range=[0, scale.most * _BEYOND], title=axis, nticks=6)
    figure.update_yaxes(
        range=[scale.bottom, scale.top], ticksuffix=f"{NBSP}%", nticks=6,
        ticklabelposition="inside top",
    )  # fmt: skip
    first = min((float(row["learner_count"]) for row in records), default=0.0)
    figure.update_layout(margin={"l": 24, "r": 24, "b": 60}, meta={"first": first})
    return outside


def _name(figure: Draft, records: list[schema.Record], scale: _Scale) -> None:
    """Write names beside the dots outside, farthest from the mean first, over no name or dot.

    What has room on a wide screen alone is ``wide``, and a phone leaves it out. Names without room
    are in the hover, the summary and the table.
    """
    outside = [row for row in records if row["position"] != "inside"]
    outside.sort(key=lambda row: -abs(row["share"] - row["expected_share"]))
    named: dict[str, tuple[schema.Record, _Place]] = {}
    for name, width in (("label", _PHONE), ("wide", _WIDE)):
        at = scale._replace(width=width)
        spots = [_spot(row, at) for row in records]
        end = width * _BEYOND
        taken = [(end - _WORDS, end, y - _LINE / 2, y + _LINE / 2) for y in scale.words]
        taken += [_box(row, place, at) for row, place in named.values()]
        for row in outside:
            own = _spot(row, at)
            near = [_spot(other, at) for other, _ in named.values()]
            if row["school"] in named or any(_overlap(own, spot) for spot in near):
                continue
            for place in _PLACES:
                box = _box(row, place, at)
                others = [*taken, *(spot for spot in spots if spot != own)]
                is_inside = min(box[0], box[2]) >= 0 and box[1] <= width and box[3] <= _DRAWN
                if is_inside and not any(_overlap(box, other) for other in others):
                    taken.append(box)
                    named[row["school"]] = row, place
                    figure.add_annotation(name=name, **_written(row, place, scale))
                    break


def _lines(row: schema.Record) -> list[str]:
    return wrap(row["school"], _LETTERS, max_lines=3, placeholder="…")


def _spot(row: schema.Record, scale: _Scale) -> _Box:
    """Where the dot of a school is drawn."""
    x, y = (
        float(row["learner_count"]) / scale.most * scale.width,
        scale.up(float(row["share"]) * 100),
    )
    return (x - _DOT, x + _DOT, y - _DOT, y + _DOT)


def _box(row: schema.Record, place: _Place, scale: _Scale) -> _Box:
    """Where the name of a school is written: right, left, above or below of its dot."""
    lines, (left, right, below, above) = _lines(row), _spot(row, scale)
    wide, high = max(map(len, lines)) * _LETTER + 2, len(lines) * _LINE
    if place in {"right", "left"}:
        middle = min(max((below + above) / 2, high / 2), _DRAWN - high / 2)
        ends = (right + 2, right + 2 + wide) if place == "right" else (left - 2 - wide, left - 2)
        return (*ends, middle - high / 2, middle + high / 2)
    middle = (left + right) / 2
    bottom = above + 2 if place == "above" else below - 2 - high
    return (middle - wide / 2, middle + wide / 2, bottom, bottom + high)


def _written(row: schema.Record, place: _Place, scale: _Scale) -> dict[str, Any]:
    box, (_, _, below, above) = _box(row, place, scale), _spot(row, scale)
    anchor = {"right": "left", "left": "right"}.get(place, "center")
    aside = {"right": _DOT + 2, "left": -_DOT - 2}.get(place, 0)
    return {
        "x": float(row["learner_count"]), "y": float(row["share"]) * 100,
        "text": "<br>".join(_lines(row)), "showarrow": False, "xanchor": anchor, "align": anchor,
        "xshift": aside, "yshift": (box[2] + box[3] - below - above) / 2,
        "font": {"size": 12, "color": theme.WARNING},
    }  # fmt: skip


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


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
