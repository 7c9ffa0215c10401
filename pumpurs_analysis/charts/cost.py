"""Charts of cost against caps."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import schema
from pumpurs_analysis.charts import caps, groups, rows, theme
from pumpurs_analysis.charts.words import footnote
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import Language, money, number, say, short_date

_COLOUR = {1: theme.ACCENT, 2: theme.PALE}


def cost_against_cap(published: Published, *, language: Language = "lv") -> go.Figure:
    """Draw what was paid against the caps; on published figures what each cap allows.

    The breakdown decides: groups are bullets, months or semesters bars over time, use_band a
    histogram (one kind) or a strip of circles, and learners, in the owner's view, a strip of dots.

    Args:
        published: ``protect(measures.cost_against_cap(...))``.
        language: Language of the words.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> figure = cost_against_cap(protect(measures.cost_against_cap(published())))
        >>> [bar.x[0] for bar in figure.data][:2]
        [280.0, 350.0]
    """
    if published.result.evidence == "records":
        return caps.draw(published, language)
    return _of_pages(published, language)


def _of_pages(published: Published, language: Language) -> go.Figure:
    frame = published.frame
    stated = frame[frame["statement"].eq("cap") & frame["semester_1_cents"].notna()]
    stated = stated.drop_duplicates("support_kind").sort_values(
        ["semester_2_cents", "support_kind"], ascending=[False, True], ignore_index=True
    )
    names = schema.code_names("support_kind", language, stated["support_kind"])
    items: list[rows.Item] = []
    for row in stated.to_dict("records"):
        items.append(rows.Heading(_label(row, names, language)))
        items += [
            rows.Row(_most(row, half, language), row[f"semester_{half}_cents"] / 100, colour)
            for half, colour in _COLOUR.items()
        ]
    on = date.fromisoformat(published.result.choices["on"])
    words = theme.Words(
        name="cost_against_cap",
        title=say("cost_against_cap.title", language),
        subtitle=say("cost_against_cap.subtitle", language, date=short_date(on, language)),
        footnote=footnote(
            published,
            language,
            _grants(frame, language),
            n=say("count.caps", language, count=len(stated)),
        ),
        summary=say(
            "cost_against_cap.summary",
            language,
            parts="; ".join(item.text for item in items if isinstance(item, rows.Heading)),
        ),
    )
    most = float(stated["semester_2_cents"].max()) / 100
    return groups.drawn(items, words, language, limits=(0, most * 1.02))


def _label(row: schema.Record, names: dict[str, str], language: Language) -> str:
    cap = money(int(row["cap_cents"]), language)
    allowed = say(f"cost_against_cap.per.{row['per']}", language, cap=cap)
    return f"{names[row['support_kind']]}: {allowed}"


def _most(row: schema.Record, half: int, language: Language) -> str:
    most = money(int(row[f"semester_{half}_cents"]), language)
    return say(f"cost_against_cap.semester_{half}", language, cap=f"<b>{most}</b>")


def _grants(frame: pd.DataFrame, language: Language) -> str:
    grants = frame[frame["statement"] == "grant"]
    if grants.empty:
        return ""
    cap = money(int(grants["cap_cents"].iloc[0]), language)
    differ = int((grants["stated_cents"] != grants["cap_cents"]).sum())
    key = "cost_against_cap.grants_differ" if differ else "cost_against_cap.grants"
    return say(
        key,
        language,
        cap=cap,
        count=number(len(grants), language),
        differ=number(differ, language),
    )
