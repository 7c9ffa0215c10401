"""What the layout of a table gives cause to say, before its rows are read.

Comes in: a ``FoundTable``. Goes out: problems of its sheet, its headings and its columns. Knows
nothing of what the rows say.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.layout import FoundTable
from pumpurs_analysis.layout.cells import filled_counts
from pumpurs_analysis.layout.forms import OF_DAYS
from pumpurs_analysis.layout.headings import IDENTITY, fields_of, is_measured, member_of, value_of
from pumpurs_analysis.layout.rows import VALUES
from pumpurs_analysis.normalise.reading import Doubts, quotable
from pumpurs_analysis.spellings import is_nothing, plain_heading
from pumpurs_analysis.text import tidy_spaces

_MEASURED = frozenset({"supports", "payments", "consultations", "ngo_projects", "enrolment"})
_NUMBER = re.compile(r"\b(nr|numur\w*|number)\b")
_FIGURE = re.compile(  # no date
    r"(?i)(?!\d\d?\.\d\d?\.\d*\.?$)[-−€]? ?\d[\d .,]*(?:€|eur|euro|eiro|st|h)?\.?"
)
_MONEY = re.compile(r"(?i)\d[.,]\d\d(?!\d)|€|eur|eiro")
_VERSION = re.compile(  # "Kopija no a.xlsx", "a (1).xlsx", "a - labots.xlsx", "a_v2.xlsx"
    r"(?i)(?<![^/])(kopija no|copy of) |"
    r"([ _–-]+\(?(kopija|copy|labot[sai]|precizēt[sai]|final|v ?\d)\)?| ?\(\d\))+(?=\.\w+$)"
)
_MISSPELT = 80  # of 100: how like its long words must be
_SUGGESTED = 70  # of 100: how near a heading must be to be named as what may have been meant
_ROWS_SHOWN = 20  # numbers of rows that one message lists
_LIKE_A_TABLE = 2  # rows and cells from which a sheet looks like data


def note_layout(table: FoundTable, doubts: Doubts) -> None:
    """Note what a table's sheet and headings leave open."""
    if table.form is None:
        return
    at_header = partial(_problem, table, row=table.header_row)
    _note_hidden(table, doubts)
    _note_merged(table, doubts)
    if "place" in table.context:
        said = {"found": table.context["place"], "wanted": table.context["school"]}
        doubts.add(at_header("school_by_sheet", **said))
    _note_without_heading(table, doubts)
    if said := _why_unread(table):
        doubts.add(at_header(**said))
        return
    nearest: set[str] = set()
    for needed in table.missing:
        group = [name for name in needed if name in catalogue.entries("headings")]
        unused = [table.headings[column] for column in table.unused]
        near = next((text for text in unused if _nearest_heading(text, group)), "")
        nearest.add(near)
        wanted = ", ".join(group)
        doubts.add(at_header("column_missing", found=quotable(near), wanted=wanted))
    for code, columns in (("column_twice", table.twice), ("column_not_used", table.unused)):
        for column in columns:
            heading = table.headings[column]
            named = code if code == "column_twice" else _unused(table, column)
            if heading not in nearest and named:  # else said already, or nothing to say
                found = {"column": quotable(heading), "found": quotable(heading)}
                likely = () if fields_of(heading) else table.form.takes  # known, but of no use here
                near = _nearest_heading(heading, likely) or ""
                doubts.add(at_header(named, **found, column_number=column + 1, wanted=near))


def _why_unread(table: FoundTable) -> dict[str, str]:
    """Say in one problem why nothing of a table can be read: marks of days, sums of schools."""
    if table.missing == OF_DAYS:
        headings = [table.headings[at] for at in table.unused]
        days = [text for text in headings if any(map(str.isdigit, text))]
        return {"code": "days_marked", "found": quotable(f"{days[0]}–{days[-1]}")}
    return {"code": "only_totals"} if _is_of_schools(table) else {}


def _is_of_schools(table: FoundTable) -> bool:
    """Whether each row is a school's or a class's sum, where rows of learners are wanted."""
    is_of_learners = any({*IDENTITY} & {*needed} for needed in table.missing)
    column = next(
        (table.columns[name] for name in ("school", "grade") if name in table.columns), -1
    )
    named = {name for text in table.headings.values() for name in fields_of(text)}
    is_of_learners &= "learner_name" not in named
    if not is_of_learners or column < 0 or len(table.rows) < _LIKE_A_TABLE:
        return False
    cells = table.cells(column)
    return len(cells.remove_unused_categories().categories) == len(cells)


def _nearest_heading(text: str, wanted: Iterable[str]) -> str | None:
    """Give the listed heading most like a text among the fields wanted, word by word, or None."""
    entries, key = catalogue.entries("headings"), plain_heading(text)
    choices = {word: plain_heading(word) for field in wanted for word in entries[field]["written"]}
    near = process.extract(key, choices, scorer=fuzz.ratio, score_cutoff=_SUGGESTED)
    return next((str(each[2]) for each in near if _is_misspelt(key, each[0])), None)


def _is_misspelt(key: str, known: str) -> bool:
    """Whether each long word of a heading is one of a known one's: "requested" is no "granted"."""
    long = [word for word in key.split() if len(word) > 3]  # noqa: PLR2004  ("par", "nr")
    most = [max(fuzz.ratio(word, other) for other in known.split()) for word in long]
    return min(most, default=0) >= _MISSPELT


def _unused(table: FoundTable, column: int) -> str:
    """Say which problem a column of an unknown heading is: figures in it may be money or hours."""
    entered = [at for at, why in table.apart.items() if why == "nothing_entered"]
    rows = np.union1d(table.rows, np.array(entered, dtype=np.int64))
    cells = table.grid.columns[column].take(rows).remove_unused_categories().categories
    texts = [text for text in cells if not is_nothing(text)]
    heading = table.headings[column]
    names = (*fields_of(heading), *member_of(heading)[0])
    figures = [text for text in texts if _FIGURE.fullmatch(text)]
    if _NUMBER.search(plain_heading(heading)) and not any(map(is_measured, names)):
        figures = [*filter(_MONEY.search, figures)]  # others are numbers of tickets and documents
    is_known = bool(value_of(heading)) or any(map(is_measured, names))
    is_known |= bool(table.spread) or table.form is None or table.form.name in _MEASURED
    is_known |= any(map(_MONEY.search, figures))  # 12,50: whatever the heading says
    is_figure = is_known and len(figures) * 2 > len(texts)
    return "figures_not_used" if is_figure else "column_not_used" if texts else ""


def _problem(table: FoundTable, code: str, **more: Any) -> Problem:  # noqa: ANN401  (fields of Problem)
    return Problem(code, table.grid.file, table.grid.sheet, **more)


def _note_hidden(table: FoundTable, doubts: Doubts) -> None:
    grid = table.grid
    if grid.is_hidden and table.number == 1:
        doubts.add(_problem(table, "sheet_hidden"))
    own = {table.row_number(position) for position in table.rows} if grid.hidden_rows else set()
    if hidden := sorted(grid.hidden_rows & own):
        doubts.add(_problem(table, "row_hidden", row=hidden[0], found=str(len(hidden))))
    read = {table.row_number(at) for at in table.rows} if grid.struck_rows else set()
    if struck := sorted(grid.struck_rows & read):
        shown = ", ".join(map(str, struck[:_ROWS_SHOWN])) + "…" * (len(struck) > _ROWS_SHOWN)
        doubts.add(_problem(table, "row_struck", row=struck[0], found=shown))


def _note_merged(table: FoundTable, doubts: Doubts) -> None:
    """Note figures in cells merged over several columns or rows: they count in the first alone."""
    of = {column: name for name, column in table.columns.items() if name in VALUES}
    of |= {each.column: "spread" for each in table.spread}
    rows = {table.row_number(at) for at in table.rows} if table.grid.merged else set()
    for first, left, last, right in table.grid.merged:
        over = [column for column in range(left - 1, right) if column in of]
        text = table.grid.cell(first, left)
        is_several = len(over) * (last - first + 1) > 1 and left - 1 in of
        if first in rows and is_several and any(letter.isdigit() for letter in text):
            cell = {"row": first, "column_number": left, "found": quotable(text)}
            heading = tidy_spaces(table.headings[left - 1])
            doubts.add(_problem(table, "figure_merged", **cell, column=heading))


def _note_without_heading(table: FoundTable, doubts: Doubts) -> None:
    """Note once of each column that cells are filled in below no heading; row numbers may be."""
    for column in set(range(len(table.grid.columns))).difference(table.headings):
        cells = table.cells(column)
        holds = np.array([*(not is_nothing(text) for text in cells.categories), False])
        filled = np.flatnonzero(holds[cells.codes])
        numbers = (text.rstrip(".)") for text in cells.astype(object)[filled])
        if any(text != str(at) for at, text in enumerate(numbers, 1)):
            place = {"row": table.row_number(table.rows[filled[0]]), "column_number": column + 1}
            doubts.add(_problem(table, "cell_without_heading", **place, found=str(len(filled))))


def _looks_like_data(table: FoundTable) -> bool:
    wide = sum(
        sum(1 for column in table.grid.columns if str(column[row] or "")) >= _LIKE_A_TABLE
        for row in range(min(len(table.apart), 50))
    )
    return wide >= _LIKE_A_TABLE and not table.is_explanation


def note_files(tables: Sequence[FoundTable], doubts: Doubts) -> None:
    """Note files without any table or any row, and sheets among tables that are none."""
    by_file: dict[str, list[FoundTable]] = {}
    for table in tables:
        by_file.setdefault(table.grid.file, []).append(table)
    _note_versions([*by_file], doubts)
    for file, here in by_file.items():
        known = [table for table in here if table.form is not None]
        if not known:
            first = max(here, key=lambda table: len(table.headings))
            code, words = _why_none(first), _understood(first)
            if code == "ledger_columns" and "amount" not in words["wanted"]:  # it may lack much
                words["wanted"] = ""
            doubts.add(Problem(code, file=file, **words))
        elif not any(
            len(table.rows) or "nothing_entered" in table.apart.values() for table in known
        ):
            first = known[0]
            doubts.add(Problem("table_empty", file, first.grid.sheet, row=first.header_row))
        for table in here if known else ():
            if table.form is None and _looks_like_data(table):
                understood = _understood(table)
                doubts.add(_problem(table, "table_not_recognised", **understood))


def _note_versions(files: Sequence[str], doubts: Doubts) -> None:
    """Note files whose names differ by no more than the mark of a copy or of a version."""
    first: dict[str, str] = {}
    for file in sorted(files, key=lambda name: bool(_VERSION.search(name))):
        other = first.setdefault(_VERSION.sub("", file).casefold(), file)
        if other != file:
            doubts.add(Problem("file_version", file=file, found=other))


def _why_none(table: FoundTable) -> str:
    """Say which problem a sheet is that no form fits: most of them, or of two well-known ones."""
    if any("ledger" in fields_of(text) for text in table.headings.values()):
        return "ledger_columns"
    fields = {name for text in table.headings.values() for name in fields_of(text)}
    if "school" in fields and "learner_count" in fields:
        return "only_totals"
    is_narrow = filled_counts(table.grid).max(initial=0) == 1 and len(table.apart) >= _LIKE_A_TABLE
    return "text_in_one_column" if is_narrow else "file_without_table"


def _understood(table: FoundTable) -> dict[str, Any]:
    """Headings understood in a sheet without a table, and the first fields that are needed."""
    listed = catalogue.entries("headings")
    needed = [next((name for name in each if name in listed), "") for each in table.missing]
    known = ", ".join(f"„{quotable(text)}”" for text in table.headings.values())
    return {"found": known, "wanted": ", ".join(filter(None, needed))} if known else {}
