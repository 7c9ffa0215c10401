"""What charts of records share: names of groups, words around them, and how much is drawn."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import rows, theme
from pumpurs_analysis.charts.caps import group_name, narrowed, split
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, number, percent, say, sort_key

DRAWN_AT_MOST = 40  # groups; a longer chart is a table
_SMALL = 0.01
_OWN = ("basis", "risk_category", "risk", "support_kind", "step", "outcome", "combination",
        "risk_group_count", "other_category", "next_semester")  # fmt: skip


def groups(
    published: Published, language: Language, *, own: Sequence[str] = _OWN
) -> list[tuple[str, pd.DataFrame]]:
    """Give the groups a measure was asked by, with their names, in Latvian order or that of time.

    Groups that are not known come last.

    Args:
        published: A measure's answer.
        language: Language of the names.
        own: Dimensions that belong to the measure itself.
    """
    dims = [name for name in published.result.dimensions if name not in own]
    frame = published.frame
    if not dims:
        return [("", frame)]
    found = [
        (group_name(dict(zip(dims, key, strict=True)), dims, language), rows)
        for key, rows in frame.groupby(dims, sort=False, dropna=False)
    ]
    if dims[0] in {"semester", "school_year", "month"}:
        return found
    unknown = {name for name, rows in found if rows[dims].iloc[0].isna().any()}
    return sorted(found, key=lambda each: (each[0] in unknown, sort_key(each[0])))


def rest(language: Language, drawn: int, of: int) -> str:
    """Say how much is not drawn; nothing where all is."""
    if drawn >= of:
        return ""
    return say("records.rest", language, shown=number(drawn, language), all=number(of, language))


def share_row(
    row: schema.Record, name: str, language: Language, *,
    columns: tuple[str, str, str], colour: str, shape: rows.Shape = "bar",
) -> rows.Row:  # fmt: skip
    """Draw a share with its counts and interval; where it is missing, say why.

    Args:
        row: Has the columns and ``is_hidden``.
        name: What the share is of.
        language: Language of the words.
        columns: Share (with ``_low`` and ``_high``), its count and its denominator.
        colour: Colour of the mark.
        shape: As in ``rows.Row``.
    """
    share, yes, whole = columns
    if schema.is_missing(row[share]):
        return rows.Row(name, None, colour, end=why_missing(row, language))
    told = say(
        "records.share", language, share=percent_of(float(row[share]), language),
        yes=number(float(row[yes]), language), all=number(float(row[whole]), language),
    )  # fmt: skip
    ends = (row[f"{share}_low"], row[f"{share}_high"])
    low, high = (None, None) if schema.is_missing(ends[0]) else (ends[0] * 100, ends[1] * 100)
    return rows.Row(name, row[share] * 100, colour, low=low, high=high, shape=shape, end=told)


def percent_of(share: float, language: Language) -> str:
    r"""Write a share as percent; one that is small keeps a decimal, so that few is not none.

    Example:
        >>> percent_of(0.25, "en"), percent_of(0.002, "en"), percent_of(0, "en")
        ('25\xa0%', '0.2\xa0%', '0\xa0%')
    """
    return percent(share, language, 1 if 0 < share < _SMALL else 0)


def between(row: schema.Record, language: Language) -> str:
    """Write the interval of a row's share, such as ``12–18 %``."""
    low, high = (number(float(row[f"share_{end}"]) * 100, language) for end in ("low", "high"))
    return f"{low}–{high}\u00a0%"


def why_missing(row: schema.Record, language: Language) -> str:
    """Say why a number is missing: hidden, not for this group, not delivered or not known."""
    if row.get("is_hidden") is True:
        return say("records.hidden", language)
    status = row.get("status")
    if status in {"not_applicable", "not_delivered"}:
        return say(f"records.{status}", language)
    return say("records.not_known", language)


def plain(items: Sequence[rows.Item]) -> str:
    """Give the words of rows as one text, for who cannot see the chart."""
    said = [_said(item) for item in items]
    return "; ".join(filter(None, said)).replace("<b>", "").replace("</b>", "")


def _said(item: rows.Item) -> str:
    if isinstance(item, rows.Row | rows.Dots):
        return f"{item.label}: {item.end}" if item.end else item.label
    return item.text if isinstance(item, rows.Heading) else ""


def words(  # noqa: PLR0913  (every word of a figure can be another)
    published: Published, language: Language, *, n: str, parts: str = "", summary: str = "",
    title: str = "", subtitle: str = "", more: Sequence[str] = (),
) -> theme.Words:  # fmt: skip
    """Write the words around a chart of records.

    Args:
        published: What is shown.
        language: Language of the words.
        n: How many of what.
        parts: What the summary lists.
        summary: Another summary than the measure's own.
        title: Another title than the measure's own.
        subtitle: Another subtitle.
        more: Sentences for the footnote.
    """
    name = published.result.name
    subtitle = subtitle or say(f"{name}.subtitle", language)
    title = title or say(f"{name}.title", language)
    return theme.Words(
        name=name,
        title=title if name == "school_funnel" else split(published, language, title),
        subtitle=narrowed(published, language, subtitle),
        footnote=footnote(published, language, *more, n=n),
        summary=summary or say(f"{name}.summary", language, parts=parts),
    )


def drawn(
    items: Sequence[rows.Item], around: theme.Words, language: Language,
    *, limits: tuple[float, float] = (0, 100),
) -> go.Figure:  # fmt: skip
    """Draw rows and put the words around them."""
    figure = Draft()
    height = rows.draw_rows(figure, items, limits=limits)
    figure.update_xaxes(visible=False)
    return theme.framed(figure, around, language, height=height)


def total(published: Published, column: str, key: str, *, language: Language) -> str:
    """Give n in words; learners of several rows are not added up: each row has its own."""
    known = published.frame[column].dropna()
    if column in published.result.additive or len(known) == 1:
        told = say(key, language, count=float(known.sum()))
        is_whole = len(known) == len(published.frame)
        return told if is_whole else say("records.without_hidden", language, n=told)
    return say("records.n_each", language)
