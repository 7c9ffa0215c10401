"""From Published to the cards of a page: a chart with its table, or a table alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pumpurs_analysis import charts, tables
from pumpurs_analysis.app import hidden
from pumpurs_analysis.app.parts import Cell, Chart, Choice, Column, Row, Table, Width
from pumpurs_analysis.charts.words import footnote, source_line
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.measures.result import Worklist
from pumpurs_analysis.text import Language, say

_IN_SIGHT = {"note.cap_assumed"}  # what is assumed is never folded


def chart(  # noqa: PLR0913  (each is one thing about the card)
    part_id: str,
    shown: Published,
    figure: go.Figure,
    *,
    width: Width = 12,
    narrow: go.Figure | None = None,
    picks: str = "",
    offered: Sequence[Choice] = (),
) -> Chart:
    """Put a drawn figure in a card, with its numbers as a table underneath.

    Args:
        part_id: Unique on the page.
        shown: What is drawn.
        figure: The drawing.
        width: Columns of twelve.
        narrow: The drawing for a card on a phone, if it is another.
        picks: Dimension that pressing a mark, or a row's first cell, narrows the page to.
        offered: What its filter offers now; other marks cannot be pressed.
    """
    words = figure.layout.meta
    bare = charts.bare(figure)
    below = None if narrow is None else charts.bare(narrow)
    for each in filter(None, (bare, below)):
        picks = picks if _pressed(each, offered if picks else ()) else ""
    language: Language = "lv" if figure.layout.separators.startswith(",") else "en"
    return Chart(
        id=part_id,
        width=width,
        title=words["title"],
        subtitle=words["subtitle"],
        figure=bare,
        summary=words["summary"],
        footnote=_apart(words["footnote"], shown, language),
        why=hidden.link(language) if shown.hidden_count else None,
        table=table(
            f"{part_id}-table",
            shown,
            title=words["title"],
            language=language,
            picks=picks,
            offered=offered,
        ),
        height=bare["layout"]["height"],
        height_narrow=below["layout"]["height"] if below else 0,
        narrow=below,
        subtitle_narrow="" if narrow is None else narrow.layout.meta["subtitle"],
        picks=picks,
    )


def _apart(footnote: str, shown: Published, language: Language) -> tuple[str, ...]:
    """Put what belongs to the numbers first, and how they were counted in a line of its own."""
    notes = [say(note, language) for note in shown.result.notes if note not in _IN_SIGHT]
    for note in notes:
        footnote = footnote.replace(f"{note} ", "", 1)
    return tuple(filter(None, (footnote, " ".join(notes))))


def _pressed(bare: dict[str, Any], offered: Sequence[Choice]) -> bool:
    """Leave on a figure's marks the values a filter offers; say whether there are any.

    A mark carries its value, or its name where it is drawn with no more than that.
    """
    values = {each.label: each.value for each in offered if each.value}
    values |= {value: value for value in values.values()}
    is_any = False
    for trace in bare["data"]:
        marks = trace.get("customdata")
        if isinstance(marks, list) and offered:
            pressed = [values.get(str(mark), "") for mark in marks]
            trace["meta"] = {"picks": pressed}
            is_any |= any(pressed)
    return is_any


def table(  # noqa: PLR0913  (each is one word of the card)
    part_id: str,
    shown: Published,
    *,
    title: str,
    language: Language,
    subtitle: str = "",
    search: str = "",
    picks: str = "",
    offered: Sequence[Choice] | None = None,
    width: Width = 12,
) -> Table:
    """Put a measure's table in a card; numbers carry what they sort by.

    Args:
        part_id: Unique on the page.
        shown: What is shown.
        title: The card's title.
        language: Language of all words and numbers.
        subtitle: The card's subtitle.
        search: Label of the search field; without it there is none.
        picks: Dimension that a row's first cell narrows the page to; the table's first column.
        offered: What the filter offers now; other rows cannot be pressed.
        width: Columns of twelve.
    """
    made = tables.table(shown, language=language).without_empty()
    is_first = bool(made.columns) and made.columns[0].key == picks
    codes = shown.frame[picks].astype("string").fillna("") if is_first else pd.Series(dtype=str)
    if offered is not None:
        codes = codes.where(codes.isin([each.value for each in offered]), "")
    below = (footnote if shown.result.evidence == "records" else source_line)(shown, language)
    return Table(
        id=part_id,
        width=width,
        title=title,
        columns=_columns(made),
        rows=_rows(made, list(codes)),
        footnote=_apart(below, shown, language) if made.rows else (),
        why=hidden.link(language) if shown.hidden_count else None,
        downloads=("csv", "xlsx"),
        subtitle=subtitle,
        search=search,
        picks=picks if len(codes) else "",
    )


def worklist(
    part_id: str, rows: Worklist, *, language: Language, words: Mapping[str, str], key: str = ""
) -> Table:
    """Put rows to act on in a card; for the owner's view only.

    Args:
        part_id: Unique on the page.
        rows: What a measure such as ``cap_breaches`` gave.
        language: Language of all words and numbers.
        words: ``title``, ``subtitle`` and ``search`` of the card.
        key: Column that a mark of a row holds to; empty where rows are not marked.
    """
    made = tables.worklist(rows, language=language).without_empty()
    notes = [say(note, language) for note in rows.notes]
    internal = say("page.internal", language)
    made_up = [say("made_up", language)] if rows.is_made_up else []
    return Table(
        id=part_id,
        title=words["title"],
        subtitle=words["subtitle"],
        search=words["search"],
        columns=_columns(made),
        rows=_marked(_rows(made, []), rows.frame, key),
        footnote=(" ".join([internal, *notes, *made_up]),),
        downloads=("csv", "xlsx"),
    )


def _marked(rows: list[Row], frame: pd.DataFrame, key: str) -> list[Row]:
    if not key:
        return rows
    is_marked = frame["explained_reason"].notna()
    told = zip(rows, frame[key].astype(str), is_marked, strict=True)
    return [replace(row, finding=each, is_marked=bool(settled)) for row, each, settled in told]


def _columns(made: tables.Table) -> list[Column]:
    return [Column(column.label, column.is_number) for column in made.columns]


def _rows(made: tables.Table, picks: list[str]) -> list[Row]:
    return [
        Row(
            [
                Cell(cell.text, _sorted_by(cell.sort, is_number=column.is_number), cell.address)
                for cell, column in zip(row, made.columns, strict=True)
            ],
            pick=picks[place] if picks else "",
        )
        for place, row in enumerate(made.rows)
    ]


def _sorted_by(value: object, *, is_number: bool) -> float | None:
    return float(str(value)) if is_number and value not in {"", -1} else None
