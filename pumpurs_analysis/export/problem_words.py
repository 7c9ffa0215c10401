"""Problems in words: place, found, wanted and what to do, in one language and one order.

Comes in: the ``problems`` table. Goes out: frames of plain text that pages, workbooks and tables
write down. No personal code leaves here, not even as a pseudonym.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.errors import sentences
from pumpurs_analysis.text import Language, say, sort_key

SEVERITIES = ("error", "warning", "note")
CHANGES = ("new", "mended", "open")
_PLACE = re.compile(r"\{\w+\}")
_TOKEN = re.compile(r"⟪(code|phone|email|account)[^⟫]*⟫")
_SAME = ["code", "file", "sheet", "row", "column", "found", "school"]


def worded(problems: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Give problems in words, in the order of the files they stand in.

    One row per: thing to mend.

    Columns:
        code, severity, file, sheet, row, column, column_number, school: As in ``problems``.
        severity_name: How serious, in words.
        cell: Address of the cell, such as C14; empty where there is none.
        place: Row and column in words; the whole sheet or file where no row is known.
        found, wanted, to_do: Whole sentences.
        kind: The sentence of the kind of problem, what differs from place to place left out.

    Example:
        >>> from pumpurs_analysis.dataset import problem_table
        >>> from pumpurs_analysis.errors import Problem
        >>> at = Problem("period_unread", "a.csv", row=3, found="drīz", column_number=2)
        >>> worded(problem_table([at]), "en").loc[0, ["cell", "place", "found"]].to_list()
        ['B3', 'row 3', '“drīz” was not read as a period.']
    """
    frame = schema.conform("problems", problems)
    hidden = partial(without_tokens, language=language)
    text = {name: frame[name].fillna("").map(hidden) for name in ("found", "wanted", "column")}
    text |= {name: frame[name].fillna("") for name in ("file", "sheet", "school")}
    frame = frame.assign(**text)
    names = {one: say(f"problem_report.severity.{one}", language) for one in SEVERITIES}
    frame = frame.assign(
        **_sentences(frame, language),
        severity_name=frame["severity"].map(names).astype(object),
        cell=[_cell(*at) for at in zip(frame["row"], frame["column_number"], strict=True)],
        place=[
            _place(row, column, sheet, language=language)
            for row, column, sheet in frame[["row", "column", "sheet"]].itertuples(index=False)
        ],
    )
    return _in_order(frame)


def without_tokens(text: str, *, language: Language) -> str:
    """Write what stands in place of a personal code, phone or the like as a word.

    Example:
        >>> without_tokens("IAP ⟪code:0123456789abcdef⟫.xlsx", language="en")
        'IAP [personal code].xlsx'
    """
    return _TOKEN.sub(lambda token: f"[{say(f'problem_report.hidden.{token[1]}', language)}]", text)


def _cell(row: object, column: object) -> str:
    if schema.is_missing(row):
        return ""
    return f"{get_column_letter(1 if schema.is_missing(column) else int(str(column)))}{row}"


def _place(row: object, column: str, sheet: str, *, language: Language) -> str:
    if schema.is_missing(row) and not column:
        return say(f"problem_report.whole_{'sheet' if sheet else 'file'}", language)
    parts = [
        "" if schema.is_missing(row) else say("problem.row", language, row=row),
        say("problem.column", language, column=column) if column else "",
    ]
    return ", ".join(part for part in parts if part)


def _sentences(frame: pd.DataFrame, language: Language) -> dict[str, "pd.Series[Any]"]:
    """Fill the catalogue's sentences; each kind's are looked up once."""
    codes = frame["code"].astype(object)
    columns = ("found", "wanted", "column")
    said = [
        sentences(code, dict(zip(columns, words, strict=True)), language)
        for code, *words in zip(codes, *(frame[name] for name in columns), strict=True)
    ]
    parts = ["found", "wanted", "to_do"]
    written = pd.DataFrame(said, index=frame.index, columns=parts, dtype=object)
    return {part: written[part] for part in parts} | {
        "kind": codes.map(partial(kind_name, language=language))
    }


def kind_name(code: str, language: Language) -> str:
    """Say what kind of problem a code is, without what differs from place to place.

    Example:
        >>> kind_name("number_unread", "en")
        '“…” is not a number.'
    """
    found = str(catalogue.entries("problems")[code]["found"][language])
    return _PLACE.sub("…", found).replace("….", "…")


def says_the_same(code: str, part: str) -> bool:
    """Say whether a kind's sentence is one and the same at every place.

    Example:
        >>> says_the_same("number_unread", "found"), says_the_same("number_unread", "to_do")
        (False, True)
    """
    return not any(
        _PLACE.search(words) for words in catalogue.entries("problems")[code][part].values()
    )


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Order by file, sheet, row and column; what concerns a whole file or sheet stands first."""
    files = {name: rank for rank, name in enumerate(sorted(frame["file"].unique(), key=sort_key))}
    sheets = {name: rank for rank, name in enumerate(frame["sheet"].unique())}
    keys = {
        "file": frame["file"].map(files),
        "sheet": frame["sheet"].map(sheets),
        "row": frame["row"].fillna(0),
        "column": frame["column_number"].fillna(0),
    }
    order = pd.DataFrame(keys).sort_values([*keys], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def counts(problems: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count problems of each severity by one column; most to mend first.

    Example:
        >>> from pumpurs_analysis.dataset import problem_table
        >>> from pumpurs_analysis.errors import Problem
        >>> counts(problem_table([Problem("file_empty", "a.csv")]), "file")["error"].to_dict()
        {'a.csv': 1}
    """
    values = problems[by].astype(object).fillna("")
    table = pd.crosstab(values, problems["severity"].astype(object))
    table = table.reindex(columns=list(SEVERITIES), fill_value=0)
    ranks = {
        str(name): (*(-count for count in found), sort_key(str(name)))
        for name, *found in table.itertuples()
    }
    return table.loc[sorted(ranks, key=ranks.__getitem__)]


def change(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Say which problems are new since the last load, which are mended, which still open.

    A problem is the same when kind, file, sheet, column, what was found and school are; its row may
    have moved, and a file that is gone may have come back under another name.

    One row per: problem of either load.

    Columns:
        code ... column_number: As in ``problems``; mended ones with the place they had.
        change: new, mended or open.

    Example:
        >>> from pumpurs_analysis.dataset import problem_table
        >>> from pumpurs_analysis.errors import Problem
        >>> here = [Problem("number_unread", "a.csv", row=row, found="x") for row in (2, 5, 9)]
        >>> change(problem_table(here[:2]), problem_table(here[1:]))["change"].to_list()
        ['open', 'open']
    """
    before, now = (schema.conform("problems", frame) for frame in (before, now))
    was, still = before, now
    for keys, old, new in _passes(before, now):
        twins = _twins(was[was.index.isin(old)], still[still.index.isin(new)], keys)
        was, still = was.drop(twins["was"]), still.drop(twins["is"])
    state = pd.Series("open", index=now.index).mask(now.index.isin(still.index), "new")
    told = pd.concat([now.assign(change=state), was.assign(change="mended")], ignore_index=True)
    return told.assign(change=pd.Categorical(told["change"], categories=list(CHANGES)))


def _passes(
    before: pd.DataFrame, now: pd.DataFrame
) -> Iterable[tuple[list[str], pd.Index, pd.Index]]:
    """Compare by everything, then with rows moved, then files that came under another name."""
    yield _SAME, before.index, now.index
    moved = [name for name in _SAME if name != "row"]
    yield moved, before.index, now.index
    gone = before.index[~before["file"].isin(now["file"])]
    come = now.index[~now["file"].isin(before["file"])]
    # The marked copy of a CSV is a workbook, so its sheet has got a name too.
    anywhere = [name for name in _SAME if name not in {"file", "sheet"}]
    yield anywhere, gone, come
    yield [name for name in anywhere if name != "row"], gone, come


def _twins(before: pd.DataFrame, now: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Pair problems that are alike, the first with the first."""
    numbered = []
    for name, frame in (("was", before), ("is", now)):
        alike = frame[keys].astype("string").fillna("")
        numbered.append(alike.assign(number=alike.groupby(keys).cumcount(), **{name: frame.index}))
    return numbered[0].merge(numbered[1], on=[*keys, "number"])
