"""Charts of the support that learners use."""

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import rows, support, theme
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, number, percent, say, school_year, sort_key


def support_uptake(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw a dot with its interval for every share of learners; of pages all they allow to compute.

    Places stand in alphabetical order: this is no league table.

    Args:
        published: ``protect(measures.support_uptake(...))``.
        language: Language of the words.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> uptake = protect(measures.support_uptake(published()))
        >>> support_uptake(uptake, language="en").layout.meta["name"]
        'support_uptake'
    """
    if published.result.evidence == "records":
        return support.uptake(published, language)
    whole = published.frame
    frame = whole[whole["supported_share"].notna()].reset_index(drop=True)
    records = frame.to_dict("records")
    order = sorted(
        frame.index,
        key=lambda i: (
            sort_key(records[i]["entity"]),
            records[i]["school_year"],
            -records[i]["supported_share"],
        ),
    )
    frame = frame.loc[order]
    items = _items(frame, language)
    figure = go.Figure()
    height = rows.draw_rows(figure, items, limits=(0, 100))
    figure.update_xaxes(ticksuffix=f"{NBSP}%", tick0=0, dtick=25)
    figure.update_layout(margin={"b": 36})
    rest = number(len(whole) - len(frame), language)
    words = theme.Words(
        name="support_uptake",
        title=say("support_uptake.title", language),
        subtitle=say("support_uptake.subtitle", language),
        footnote=footnote(
            published,
            language,
            say("support_uptake.interval", language, rest=rest),
            n=say("count.figures", language, count=len(frame)),
        ),
        summary=say("support_uptake.summary", language, parts=_said(items)),
    )
    return theme.framed(figure, words, language, height=height)


def _items(frame: pd.DataFrame, language: Language) -> list[rows.Item]:
    """A heading for each place and period, under it a dot for each kind of support."""
    names = schema.code_names("support_kind", language, frame["support_kind"].unique())
    items: list[rows.Item] = []
    same = ["entity", "school_year", "semester", "denominator_count"]
    for _, group in frame.groupby(same, sort=False, dropna=False):
        records = group.to_dict("records")
        items.append(rows.Heading(records[0]["entity"], _of_how_many(records[0], language)))
        items += [
            rows.Row(
                _label(row, names, language),
                row["supported_share"] * 100,
                theme.SUPPORT[row["support_kind"]],
                low=row["supported_share_low"] * 100,
                high=row["supported_share_high"] * 100,
                shape="circle",
            )
            for row in records
        ]
    return items


def _of_how_many(row: schema.Record, language: Language) -> str:
    year = school_year(str(row["school_year"]), language)
    half = row["semester"]
    when = year if schema.is_missing(half) else f"{year} {'I' if half == 1 else 'II'}"
    planned = f", {say('support_uptake.planned', language)}" if row["is_planned"] else ""
    count = say(
        f"support_uptake.basis.{row['basis']}",
        language,
        count=float(row["denominator_count"]),
    )
    return f"{when}{planned}; n = {count}"


def _label(row: schema.Record, names: dict[str, str], language: Language) -> str:
    return say(
        "support_uptake.label",
        language,
        kind=names[row["support_kind"]],
        share=percent(float(row["supported_share"]), language),
        used=number(float(row["supported_count"]), language),
    )


def _said(items: list[rows.Item]) -> str:
    said = [
        item.text if isinstance(item, rows.Heading) else item.label
        for item in items
        if not isinstance(item, rows.Divider)
    ]
    return "; ".join(said).replace("<b>", "").replace("</b>", "")
