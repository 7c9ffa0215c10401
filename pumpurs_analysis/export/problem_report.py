"""The list of things to mend, as a page, as a table and as a marked copy of the user's workbook.

Comes in: the tables ``problems`` and ``inputs``. Goes out: an HTML file that needs nothing beside
itself, a CSV, a workbook (see `marked`). Every problem is listed, however many there are.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.export.marked_workbook import files_to_mark, marked, marked_zip
from pumpurs_analysis.export.problem_words import (
    CHANGES,
    SEVERITIES,
    change,
    counts,
    kind_name,
    says_the_same,
    worded,
)
from pumpurs_analysis.tables import as_text, csv_bytes
from pumpurs_analysis.text import Language, number, say, sort_key

__all__ = ["change", "counts", "csv", "files_to_mark", "html", "marked", "marked_zip", "worded"]

_STATIC = Path(__file__).parent / "static"
_COLUMNS = {
    "severity_name": "severity",
    "file": "file",
    "sheet": "sheet",
    "row": "row",
    "cell": "cell",
    "column": "column",
    "school": "school",
    "found": "found",
    "wanted": "wanted",
    "to_do": "to_do",
    "code": "code",
}
_ROWS = ("row_count", "accepted_count", "set_aside_count", "not_data_count")
# Nothing is fetched and nothing but the report's own script runs, whatever a cell said.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def csv(problems: pd.DataFrame, language: Language = "lv") -> bytes:
    """Write every problem as a row, the way Excel opens it in Latvia; no cell is a formula.

    Example:
        >>> csv(schema.conform("problems", pd.DataFrame()), "en").decode("utf-8-sig").split(";")[:4]
        ['How serious', 'File', 'Sheet', 'Row']
    """
    head = [say(f"problem_report.{name}", language) for name in _COLUMNS.values()]
    cells = worded(problems, language)[[*_COLUMNS]].astype("string").fillna("")
    return csv_bytes([head, *([*map(as_text, row)] for row in cells.itertuples(index=False))])


def html(
    problems: pd.DataFrame,
    inputs: pd.DataFrame,
    language: Language = "lv",
    *,
    before: pd.DataFrame | None = None,
) -> str:
    """Write the report as one HTML file: summary first, then every place to mend.

    It needs no network, can be searched and filtered, prints, follows the reader's dark mode, and
    says everything without scripts too.

    Args:
        problems: Table ``problems``.
        inputs: Table ``inputs``: how many rows of each delivered table were accepted.
        language: Language of all words.
        before: Table ``problems`` of the last load; then the report says what changed since.

    Example:
        >>> none = [schema.conform(name, pd.DataFrame()) for name in ("problems", "inputs")]
        >>> "There is nothing to mend" in html(*none, "en")
        True
    """
    told, delivered = worded(problems, language), schema.conform("inputs", inputs)
    title = say("problem_report.title", language)
    made_up = bool(delivered["is_made_up"].fillna(value=False).any())
    badge = f' <p class="badge">{_say("made_up", language)}</p>' if made_up else ""
    body = [
        f"<header><h1>{title}</h1>{badge}<p>{_say('intro', language)}</p></header><main>",
        *_summary(told, delivered, language),
        *(_changes(before, problems, language) if before is not None else ()),
        *_files(told, delivered, language),
        *_by(told, "school", language),
        *_by(told, "code", language),
        *_places(told, language),
        "</main>",
    ]
    head = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_static('css')}</style></head><body>{_SHAPES}"
    )
    return f"{head}{''.join(body)}<script>{_static('js')}</script></body></html>\n"


# A cross, a triangle and a circle: told apart without colour, and always beside their word.
_SHAPES = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute">'
    '<symbol id="error" viewBox="0 0 16 16"><path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z"/>'
    '<path class="in" d="M5.5 5.5l5 5M10.5 5.5l-5 5"/></symbol>'
    '<symbol id="warning" viewBox="0 0 16 16"><path d="M8 .8L15.8 15H.2z"/>'
    '<path class="in" d="M8 6v4M8 12.6v.1"/></symbol>'
    '<symbol id="note" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5"/>'
    '<path class="in" d="M8 7.5v4M8 4.4v.1"/></symbol></svg>'
)


def _say(name: str, language: Language, **values: object) -> str:
    return escape(say(f"problem_report.{name}", language, **values))


def _static(ending: str) -> str:
    return (_STATIC / f"problem_report.{ending}").read_text("utf-8")


def _mark(severity: str, language: Language, count: str = "") -> str:
    word = _say(f"severity.{severity}", language)
    shape = f'<svg class="shape" aria-hidden="true"><use href="#{severity}"/></svg>'
    return f'<span class="mark {severity}">{shape}{word}{count and f": {count}"}</span>'


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], language: Language) -> str:
    """Write a table; numbers to the right, a row's name as its heading."""
    top = "".join(f'<th scope="col"{_right(place)}>{cell}</th>' for place, cell in enumerate(head))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f'<td class="n">{_count(cell, language)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{head[0]}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _right(place: int) -> str:
    return ' class="n"' if place else ""


def _count(value: object, language: Language) -> str:
    return "…" if schema.is_missing(value) else number(float(str(value)), language)


def _summary(told: pd.DataFrame, inputs: pd.DataFrame, language: Language) -> list[str]:
    found = told["severity"].value_counts()
    tiles = [
        f'<div class="tile"><dt>{_mark(severity, language)}</dt>'
        f"<dd>{_count(found.get(severity, 0), language)}</dd>"
        f"<dd class=means>{_say(f'means.{severity}', language)}</dd></div>"
        for severity in SEVERITIES
    ]
    files = _count(len({*inputs["file"].dropna(), *told["file"]} - {""}), language)
    tiles.insert(0, f"<div class=tile><dt>{_say('files', language)}</dt><dd>{files}</dd></div>")
    sums = [number(int(inputs[column].sum()), language) for column in _ROWS]
    words = dict(zip(("rows", "accepted", "set_aside", "not_data"), sums, strict=True))
    lines = [f'<dl class="tiles">{"".join(tiles)}</dl>']
    if len(inputs):
        lines.append(f"<p>{_say('conserved', language, **words)}</p>")
    if told.empty:
        lines.append(f'<p class="good">✓ {_say("nothing_wrong", language)}</p>')
    return lines


def _changes(before: pd.DataFrame, now: pd.DataFrame, language: Language) -> list[str]:
    told = change(before, now)
    found = told["change"].value_counts()
    tiles = "".join(
        f"<div class=tile><dt>{_say(f'change.{state}', language)}</dt>"
        f"<dd>{_count(found.get(state, 0), language)}</dd></div>"
        for state in CHANGES
    )
    return [f"<h2>{_say('since', language)}</h2><dl class=tiles>{tiles}</dl>"]


def _files(told: pd.DataFrame, inputs: pd.DataFrame, language: Language) -> list[str]:
    """Write what became of every file's rows; files that could not be read are named too."""
    rows = inputs.groupby("file")[[*_ROWS]].sum()
    seen = counts(told, "file")
    names = sorted({*rows.index, *seen.index} - {""}, key=sort_key)
    whole = rows.reindex(names).join(seen.reindex(names, fill_value=0))
    head = [_say("file", language)]
    head += [_say(name, language) for name in ("rows", "accepted", "set_aside", "not_data")]
    head += [_say(f"severity.{one}", language) for one in SEVERITIES]
    cells = [[escape(str(row[0])), *row[1:]] for row in whole.itertuples()]
    return [f"<h2>{_say('files', language)}</h2>{_table(head, cells, language)}"] if cells else []


def _by(told: pd.DataFrame, column: str, language: Language) -> list[str]:
    """Write how much there is to mend by school or by kind of problem."""
    table = counts(told, column)
    if table.empty or [*table.index] == [""]:
        return []
    name = "school" if column == "school" else "kind"
    head = [_say(name, language), *(_say(f"severity.{one}", language) for one in SEVERITIES)]
    none = _say("no_school", language)
    labels = [
        (escape(kind_name(key, language)) if name == "kind" else escape(key)) or none
        for key in table.index
    ]
    rows = [[label, *row] for label, row in zip(labels, table.to_numpy().tolist(), strict=True)]
    return [f"<h2>{_say(f'by_{name}', language)}</h2>{_table(head, rows, language)}"]


def _places(told: pd.DataFrame, language: Language) -> list[str]:
    if told.empty:
        return []
    schools = {
        name: place for place, name in enumerate(sorted(told["school"].unique(), key=sort_key))
    }
    files = {name: place for place, name in enumerate(told["file"].unique())}
    lines = [f"<h2>{_say('all_problems', language)}</h2>"]
    lines.append(_controls(told, {"file": files, "school": schools}, language))
    told = told.assign(school_number=told["school"].map(schools))
    for (file, sheet), group in told.groupby(["file", "sheet"], sort=False):
        title = escape(str(file)) + (f" · <span>{escape(str(sheet))}</span>" if sheet else "")
        lines.append(f'<section class="file" data-file="{files[str(file)]}"><h3>{title}</h3>')
        by_kind = sorted(
            group.groupby("code", observed=True, sort=False),
            key=lambda pair: SEVERITIES.index(pair[1]["severity"].iloc[0]),
        )
        lines += [_kind(str(code), places, language) for code, places in by_kind]
        lines.append("</section>")
    return lines


def _controls(told: pd.DataFrame, choices: dict[str, dict[str, int]], language: Language) -> str:
    """Write the filters; without scripts they would do nothing, so they begin hidden."""
    every = _say("all", language)
    options: dict[str, list[tuple[object, str]]] = {
        "severity": [(one, _say(f"severity.{one}", language)) for one in SEVERITIES],
        "file": [(place, escape(name)) for name, place in choices["file"].items()],
        "school": [
            (place, escape(name) or _say("no_school", language))
            for name, place in choices["school"].items()
        ],
        "kind": [(code, escape(kind_name(code, language))) for code in told["code"].unique()],
    }
    fields = "".join(
        f'<label>{_say(name, language)}<select id="{name}">'
        f'<option value="">{_say("all_kinds", language) if name == "kind" else every}</option>'
        + "".join(f'<option value="{value}">{label}</option>' for value, label in found)
        + "</select></label>"
        for name, found in options.items()
    )
    shown = say("problem_report.shown", language, shown="{shown}", all=number(len(told), language))
    return (
        f'<form id="controls" hidden>{fields}'
        f'<label class="search">{_say("search", language)}<input type="search" id="search"></label>'
        f'<button type="reset">{_say("clear", language)}</button></form>'
        f'<p id="shown" role="status" data-shown="{escape(shown)}" '
        f'data-none="{_say("none_shown", language)}"></p>'
    )


def _kind(code: str, places: pd.DataFrame, language: Language) -> str:
    """Write one kind of problem in one sheet: what to do once, then every place."""
    severity = places["severity"].iloc[0]
    told = [part for part in ("wanted", "to_do") if says_the_same(code, part)]
    own = [part for part in ("found", "wanted", "to_do") if not says_the_same(code, part)]
    first = places.iloc[0]
    count = _say("places", language, count=len(places))
    once = "".join(f"<p><b>{_say(part, language)}:</b> {escape(first[part])}</p>" for part in told)
    title = escape(first["kind"])
    rows = "".join(_place(row, own, language) for row in places.to_dict("records"))
    return (
        f'<section class="kind {severity}" data-severity="{severity}" data-kind="{code}">'
        f"<h4>{_mark(severity, language)} {title} <span class=count>{count}</span></h4>"
        f"{once}<ol>{rows}</ol></section>"
    )


def _place(row: schema.Record, own: Sequence[str], language: Language) -> str:
    """Write one place; short, since there may be thousands."""
    cell = f" <code>{row['cell']}</code>" if row["cell"] else ""
    told = escape(row["found"]) if "found" in own else ""
    told += "".join(
        f" <b>{_say(part, language)}:</b> {escape(row[part])}" for part in own if part != "found"
    )
    school = f" <i>{escape(row['school'])}</i>" if row["school"] else ""
    return (
        f"<li data-school={row['school_number']}><span>{escape(row['place'])}{cell}</span> "
        f"<span>{told}{school}</span></li>"
    )
