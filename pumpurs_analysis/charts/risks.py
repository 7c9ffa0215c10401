"""Charts of risks."""

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import groups, rows, shares, theme
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, percent, say

_SHOWN = shares.Shown("share", "denominator_count")


def risk_mix(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw the four risk groups as bars, on mentions and on plans, with intervals and words.

    Args:
        published: ``protect(measures.risk_mix(...))``.
        language: Language of the words.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> [round(bar.x[0], 1) for bar in risk_mix(protect(measures.risk_mix(published()))).data][
        ...     :2
        ... ]
        [71.5, 22.5]
    """
    if published.result.evidence == "records":
        return _recorded(published, language)
    frame = published.frame[published.frame["share"].notna()]
    names = schema.short_names("risk_category", language)
    items = _by_basis(frame, names, language, level="risk_category")
    return groups.drawn(items, _words(published, frame, names=names, language=language), language)


def _recorded(published: Published, language: Language) -> go.Figure:
    if shares.time_of(published) and published.result.choices["level"] == "risk_category":
        return _over_time(published, language)
    return (_compared if published.result.choices["by"] else _together)(published, language)


def _over_time(published: Published, language: Language) -> go.Figure:
    """Draw the share of plans with each risk group over time."""
    frame = published.frame[published.frame["basis"] == "plan"]
    names = schema.code_names("risk_category", language, list(theme.RISK))
    series = [
        (names[code], theme.RISK[code], frame[frame["risk_category"] == code]) for code in names
    ]
    figure = Draft()
    height, told = shares.over_time(
        figure, published, language, series=series, shown=_SHOWN, concerns=frozenset({"plans"})
    )
    around = groups.words(
        published, language, summary=say("risk_mix.records.summary", language, parts=told),
        n=say("count.plans", language, count=float(_whole(frame, shares.time_of(published)))),
        subtitle=say("risk_mix.plans.subtitle", language),
        more=[say("records.interval", language)],
    )  # fmt: skip
    return theme.framed(figure, around, language, height=height)


def _compared(published: Published, language: Language) -> go.Figure:
    """Draw, for each risk (group), the share of plans of every group with its interval."""
    level = published.result.choices["level"]
    frame = published.frame
    found = groups.groups(published, language)
    codes = list(dict.fromkeys(frame[level]))
    names = schema.code_names(level, language, codes)
    many = max(1, shares.ROWS // max(1, len(found))) if level == "risk" else len(codes)
    asked = [
        (name, of_group[of_group["basis"] == "plan"].to_dict("records"))
        for name, of_group in found[: shares.ROWS]
    ]
    items: list[rows.Item] = []
    for code in codes[:many]:
        items.append(rows.Heading(names[code]))
        for name, records in asked:
            items += [
                shares.dots(
                    shares.named(name, row, language, shown=_SHOWN), [row], language, shown=_SHOWN,
                    colour=theme.RISK[row["risk_category"]], shape_of=lambda _: "circle", pick=name,
                )
                for row in records
                if row[level] == code
            ]  # fmt: skip
    around = groups.words(
        published, language,
        summary=say("risk_mix.records.summary", language, parts=groups.plain(items)),
        n=say("records.n_in_brackets.plans", language),
        subtitle=say("risk_mix.plans.subtitle", language),
        more=[say("records.interval", language),
              groups.rest(language, min(shares.ROWS, len(found)), len(found))],
    )  # fmt: skip
    figure = Draft()
    limits = (0, shares.limit(frame[frame["basis"] == "plan"], "share"))
    height = rows.draw_rows(figure, items, limits=limits)
    shares.axis(figure, height)
    return theme.framed(figure, around, language, height=height)


def _whole(frame: pd.DataFrame, time: str) -> float:
    return float(frame.drop_duplicates(time)["denominator_count"].sum())


def _together(published: Published, language: Language) -> go.Figure:
    """Draw everything together: each risk group (or risk) on every basis."""
    level = published.result.choices["level"]
    found = groups.groups(published, language)
    codes = list(dict.fromkeys(published.frame[level]))
    names = schema.short_names(level, language)
    many = max(1, groups.DRAWN_AT_MOST // max(1, len(codes)))
    items = [
        item
        for name, frame in found[:many]
        for item in _by_basis(frame, names, language, level=level, of=name)
    ]
    mentions = published.frame[published.frame["basis"] == "mention"]["mention_count"].dropna()
    around = groups.words(
        published, language,
        summary=say("risk_mix.records.summary", language, parts=groups.plain(items)),
        n=say("count.mentions", language, count=float(mentions.sum())),
        subtitle=say("risk_mix.records.subtitle", language),
        more=[say("records.interval", language),
              groups.rest(language, min(many, len(found)), len(found))],
    )  # fmt: skip
    return groups.drawn(items, around, language)


def _by_basis(
    frame: pd.DataFrame, names: dict[str, str], language: Language, *, level: str, of: str = ""
) -> list[rows.Item]:
    """Draw a bar for each risk (group), under a heading that says of how many they are shares."""
    items: list[rows.Item] = []
    for basis, of_basis in frame.groupby("basis", sort=False, observed=True):
        whole = of_basis["denominator_count"].dropna()
        words = _of_how_many(str(basis), float(whole.iloc[0]) if len(whole) else None, language)
        items.append(rows.Heading(f"{of}: {words}" if of else words[:1].upper() + words[1:]))
        items += [
            _bar(row, names.get(row[level], row[level]), language)
            for row in of_basis.to_dict("records")
        ]
    return items


def _of_how_many(basis: str, count: float | None, language: Language) -> str:
    if count is None:
        return say(f"risk_mix.{basis}.hidden", language)
    return say(f"risk_mix.{basis}", language, count=count)


def _bar(row: schema.Record, name: str, language: Language) -> rows.Row:
    colour = theme.RISK[row["risk_category"]]
    if schema.is_missing(row["share"]):
        return rows.Row(name, None, colour, end=groups.why_missing(row, language))
    return rows.Row(
        name, row["share"] * 100, colour, low=row["share_low"] * 100, high=row["share_high"] * 100,
        end=f"<b>{percent(float(row['share']), language, 1)}</b>",
    )  # fmt: skip


def _words(
    published: Published, frame: pd.DataFrame, *, names: dict[str, str], language: Language
) -> theme.Words:
    whole = frame.drop_duplicates("basis").set_index("basis")["denominator_count"]
    mentions, plans = (
        say(f"count.{basis}s", language, count=float(whole[basis])) for basis in ("mention", "plan")
    )
    parts = "; ".join(
        f"{names[row['risk_category']]} {percent(float(row['share']), language, 1)}"
        f" {_of_how_many(row['basis'], float(row['denominator_count']), language)}"
        for row in frame.to_dict("records")
    )
    n = say("risk_mix.n", language, mentions=mentions, plans=plans)
    return theme.Words(
        name="risk_mix",
        title=say("risk_mix.title", language),
        subtitle=say("risk_mix.subtitle", language, mentions=mentions, plans=plans),
        footnote=footnote(published, language, say("risk_mix.interval", language), n=n),
        summary=say("risk_mix.summary", language, parts=parts),
    )
