"""Charts of the support that learners use."""

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, shares, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, number, percent, say, school_year, sort_key

_SHAPES: dict[str, rows.Shape] = {"planned": "diamond", "delivered": "circle", "paid": "square"}
_SHOWN = shares.Shown("supported_share", "denominator_count")


def support_uptake(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw a dot with its interval for every share of learners; of pages all they allow to compute.

    Of records: everything together is one row for each kind of support, its steps as dots; groups
    are compared under each kind; semesters or school years are lines. Places stand in alphabetical
    order: this is no league table.

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
        draw = _over_time if shares.time_of(published) else _side_by_side
        return draw(published, language)
    return _pages(published, language)


def _side_by_side(published: Published, language: Language) -> go.Figure:
    found = groups.groups(published, language)
    kinds = _kinds(published.frame)
    many = max(1, shares.ROWS // len(found)) if len(found) > 1 else len(kinds)
    is_enrolled = bool((published.frame["basis"] == "enrolled").any())  # another denominator
    asked: list[tuple[str, list[schema.Record]]]
    asked = [(group, [*frame[frame["basis"] == "learner"].to_dict("records")])
             for group, frame in found[: shares.ROWS]]  # fmt: skip
    items: list[rows.Item] = []
    told, names = [], schema.short_names("support_kind", language)
    for kind in kinds[:many]:
        name, colour = names[kind], theme.SUPPORT.get(kind, theme.ACCENT)
        if len(found) > 1:
            items.append(rows.Heading(name))
        for group, of_group in asked:
            of_kind = [row for row in of_group if row["support_kind"] == kind]
            if of_kind:
                records = _one_reason(of_kind)
                label = shares.named(group, records[0], language, shown=_SHOWN) if group else name
                items.append(shares.dots(
                    label, records, language, shown=_SHOWN, colour=colour,
                    shape_of=lambda row: _SHAPES[row["step"]], pick=group,
                ))  # fmt: skip
                told.append(_told(", ".join(filter(None, (name, group))), records, language))
    around = groups.words(
        published, language,
        summary=say("support_uptake.records.summary", language, parts="; ".join(told)),
        n=_n(published, found, language),
        subtitle=say("support_uptake.records.subtitle", language),
        more=[say("records.interval", language),
              say("support_uptake.enrolled", language) if is_enrolled else "",
              say("support_uptake.kinds", language, count=len(kinds[many:]))
              if kinds[many:] else "",
              groups.rest(language, min(shares.ROWS, len(found)), len(found))],
    )  # fmt: skip
    figure = Draft()
    ends = shares.limit(published.frame, _SHOWN.share)
    height = rows.draw_rows(figure, items, limits=(0, ends))
    shares.axis(figure, height)
    return theme.framed(figure, around, language, height=height)


def _n(published: Published, found: list[tuple[str, pd.DataFrame]], language: Language) -> str:
    """Of how many learners: one number where there is one group, else it stands beside each."""
    if len(found) > 1:
        return say("records.n_in_brackets", language)
    whole = published.frame[published.frame["basis"] == "learner"]["denominator_count"].dropna()
    count = float(whole.iloc[0]) if len(whole) else 0.0
    return say("count.learners", language, count=count)


def _over_time(published: Published, language: Language) -> go.Figure:
    frame = published.frame[published.frame["basis"] == "learner"]
    received = {"consultation": "delivered"}
    names = schema.short_names("support_kind", language)
    series = []
    for kind in _kinds(frame):
        step = received.get(kind, "paid")
        of_kind = frame[(frame["support_kind"] == kind) & (frame["step"] == step)]
        if of_kind[_SHOWN.share].notna().any():
            name = say("support_uptake.step", language, kind=names[kind],
                       step=say(f"support_uptake.{step}_step", language))  # fmt: skip
            series.append((name, theme.SUPPORT.get(kind, theme.MUTED), of_kind))
    figure = Draft()
    height, told = shares.over_time(
        figure, published, language, series=series, shown=_SHOWN,
        concerns=frozenset({"learners", "supports", "payments", "consultations"}),
    )  # fmt: skip
    around = groups.words(
        published, language, summary=say("support_uptake.records.summary", language, parts=told),
        n=_range(frame, language), subtitle=say("support_uptake.time.subtitle", language),
        more=[say("records.interval", language)],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=height)


def _range(frame: pd.DataFrame, language: Language) -> str:
    """Of how many learners at each time: they are not added up over time."""
    counts = frame["denominator_count"].dropna().astype(float)
    ends = (counts.min(), counts.max()) if len(counts) else (0, 0)
    low, high = (number(end, language) for end in ends)
    return say("records.n_range", language, low=low, high=high)


def _kinds(frame: pd.DataFrame) -> list[str]:
    """Kinds of support, those that most learners have first; a hidden count counts as few."""
    counts = frame.groupby("support_kind", observed=True)["supported_count"].max()
    return [
        str(kind) for kind in counts.fillna(0).sort_values(ascending=False, kind="stable").index
    ]


def _one_reason(records: list[schema.Record]) -> list[schema.Record]:
    """Rows of one kind; what does not apply to the group is said once, not for each step."""
    applies = [row for row in records if row["status"] != "not_applicable"]
    return applies or records[:1]


def _told(name: str, records: list[schema.Record], language: Language) -> str:
    said = [
        f"{say('support_uptake.' + row['step'] + '_step', language)} "
        + (groups.why_missing(row, language) if schema.is_missing(row[_SHOWN.share])
           else groups.percent_of(float(row[_SHOWN.share]), language))
        for row in records
    ]  # fmt: skip
    return f"{name}: {', '.join(said)}"


def _pages(published: Published, language: Language) -> go.Figure:
    """Draw what pages state: a heading for each place and period, a dot for each kind."""
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
    figure = Draft()
    height = rows.draw_rows(figure, items, limits=(0, 100))
    shares.axis(figure, height)
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
        summary=say("support_uptake.summary", language, parts=groups.plain(items)),
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
        for row in records:
            ends = (row[f"supported_share_{end}"] * 100 for end in ("low", "high"))
            share = percent(float(row["supported_share"]), language)
            used = number(float(row["supported_count"]), language)
            items.append(rows.Dots(
                names[row["support_kind"]],
                (rows.Dot(row["supported_share"] * 100, "circle", *ends),),
                theme.SUPPORT[row["support_kind"]], end=f"<b>{share}</b> ({used})",
            ))  # fmt: skip
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
