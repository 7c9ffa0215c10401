"""A delivery, from files to a Dataset, or to the list of what must be mended.

Comes in: paths of files and folders. Goes out: a ``Dataset`` with every problem met, row by row;
with a workspace also a saved copy. Nothing is lost on the way: every row of every file was
accepted, set aside or named as no data.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import checks, facts, pseudonyms, schema, schools, workspace
from pumpurs_analysis.checks.tables import places, turned_back
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.errors import InputError, Problem
from pumpurs_analysis.grades import read_grades
from pumpurs_analysis.layout import FoundTable, find_tables
from pumpurs_analysis.layout.cells import Positions
from pumpurs_analysis.layout.context import read_context, school_alone
from pumpurs_analysis.layout.headings import fields_of, value_of
from pumpurs_analysis.layout.rows import is_nobody
from pumpurs_analysis.normalise import records
from pumpurs_analysis.normalise.noting import note_files, note_layout
from pumpurs_analysis.normalise.reading import Doubts
from pumpurs_analysis.pseudonyms import could_name_a_person
from pumpurs_analysis.read import Grid, read_delivery
from pumpurs_analysis.text import says_made_up, tidy_spaces

Progress = Callable[[int, int, str], None]

_RECORDS = ["plans", "supports", "risks", "payments", "consultations"]
_RECORDS += ["specialists", "ngo_projects", "enrolment"]
_OF_SECTIONS = frozenset(
    {"is_refund", "school", "semester", "school_year", "month", "support_kind", "grade"}
)


@dataclass(frozen=True)
class Checked:
    """What a delivery holds and what must be mended in it.

    Attributes:
        dataset: What could be read; None where nothing could.
        problems: Table ``problems``: all of them, in the order of files, sheets and rows.
        inputs: Table ``inputs``: every table found, with how many rows became what.
        rows_apart: Table ``rows_apart``: every row that did not become data, with its reason.
    """

    dataset: Dataset | None
    problems: pd.DataFrame
    inputs: pd.DataFrame
    rows_apart: pd.DataFrame

    @property
    def files(self) -> tuple[int, int, int]:
        """How many files were given, how many of them held a table, how many are copies of others.

        A file of which no sheet was read has a problem that names it.
        """
        given = {*self.inputs["file"], *self.problems["file"].dropna()} - {""}
        held = self.inputs["file"][self.inputs["form"].notna()].nunique()
        return len(given), held, int((self.problems["code"] == "file_twice").sum())

    @property
    def is_fine(self) -> bool:
        """Whether no row had to be set aside and something was read."""
        return self.dataset is not None and not (self.problems["severity"] == "error").any()


def load(
    paths: "str | Path | Sequence[str | Path]",
    *,
    workspace: "str | Path | None" = None,
    acknowledged: bool = False,
    progress: Progress | None = None,
) -> Dataset:
    """Load a delivery of records.

    Args:
        paths: A file, a folder, a ZIP of them, or several.
        workspace: Folder to save the tables in; pages and notebooks open it with
            ``open_workspace``. Learners keep their pseudonyms from load to load there.
        acknowledged: Save also where very much changed since the last load.
        progress: Called with files done, files in all and the file's name; may raise to cancel.

    Returns:
        A Dataset of evidence ``records``: every table of ``docs/dictionary.md`` that is filled by
        records, and in ``problems`` everything that should be mended or looked at. Rows with an
        error are set aside (``rows_apart``).

    Raises:
        InputError: Nothing could be loaded; ``error.problems`` holds every problem.
        workspace.LargeChange: Much changed since the last load, and it is not acknowledged.

    Example:
        >>> import pumpurs_analysis as pa
        >>> from pumpurs_analysis import example
        >>> data = pa.load(example.write(getfixture("tmp_path"), plans=60, dirt=False))
        >>> len(data.plans) > 50, data.is_made_up
        (True, True)
    """
    folder = None if workspace is None else Path(workspace)
    found = check(paths, key=pseudonyms.key_for(folder), progress=progress)
    if found.dataset is None:
        raise InputError(as_problems(found.problems))
    if folder is not None:
        save(found.dataset, folder, acknowledged=acknowledged)
    return found.dataset


def save(data: Dataset, folder: Path, *, acknowledged: bool = False) -> workspace.Changes:
    """Save a loaded delivery with its reductions, and remember the workspace as the last one.

    Raises:
        workspace.LargeChange: Much changed since the last load, and it is not acknowledged.
    """
    changes = workspace.save(
        data, folder, acknowledged=acknowledged, reductions=facts.reductions(data)
    )
    workspace.remember(folder)
    return changes


def as_problems(table: pd.DataFrame) -> list[Problem]:
    """Give rows of table ``problems`` as problems that can say themselves."""
    rows = table.drop(columns="severity").to_dict("records")
    return [
        Problem(**{str(name): _plain(value, name) for name, value in row.items()}) for row in rows
    ]


def _plain(value: object, name: object) -> Any:  # noqa: ANN401  (a field of any type)
    if schema.is_missing(value):
        return None if name in {"row", "column_number"} else ""
    return int(str(value)) if name in {"row", "column_number"} else str(value)


def check(
    paths: "str | Path | Sequence[str | Path]",
    *,
    key: bytes | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Read a delivery and say what must be mended; bad input raises nothing.

    Args:
        paths: As for ``load``.
        key: Key of the pseudonyms; without one they hold for this process only.
        progress: As for ``load``.
    """
    asked = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    tables, used, doubts = _found_with_key(asked, key, progress)
    tables = _without_made_up(tables, doubts)
    for table in tables:
        note_layout(table, doubts)
    note_files(tables, doubts)
    read = records(tables, used)
    doubts.pieces += read.doubts.pieces
    frames = {**read.tables, "schools": _schools(read.tables["schools"]), "inputs": _inputs(tables)}
    frames = checks.check(frames, doubts, columns=_columns(tables), beside=partial(_beside, tables))
    problems = _problems(doubts, {table.grid.place for table in tables if table.grid.is_turned})
    names = [name for name in _RECORDS if len(read.tables[name]) > len(frames[name])]
    gone = {each for name in names for each in places(read.tables[name])}
    gone = gone.difference(*(places(frames[name]) for name in names))
    rows_apart, inputs = _accounted(tables, read.set_aside, gone, inputs=frames["inputs"])
    frames |= {"inputs": inputs, "rows_apart": rows_apart, "problems": problems}
    is_empty = not any(len(frames[name]) for name in _RECORDS)
    is_made_up = bool(tables) and all(table.is_made_up for table in tables)
    dataset = None if is_empty else Dataset(MappingProxyType(frames), "records", is_made_up)
    return Checked(dataset, problems, inputs, rows_apart)


def _found_with_key(
    paths: list[Path], key: bytes | None, progress: Progress | None
) -> tuple[list[FoundTable], bytes, Doubts]:
    """Read with the workspace's key; made-up learners have the same pseudonyms everywhere."""
    own = pseudonyms.key_for(None) if key is None else key
    used = pseudonyms.MADE_UP_KEY if says_made_up(_names(paths)) else own
    for _ in range(2):
        doubts = Doubts()
        tables = _found(paths, used, doubts, progress=progress)
        is_made_up = bool(tables) and all(table.is_made_up for table in tables)
        right = pseudonyms.MADE_UP_KEY if is_made_up else own
        if right == used:
            break
        used = right
    return tables, used, doubts


def _names(paths: list[Path]) -> Iterator[str]:
    inside = (path.iterdir() for path in paths if path.is_dir())
    return (path.name for path in chain(paths, *inside))


def _found(
    paths: list[Path], key: bytes, doubts: Doubts, *, progress: Progress | None
) -> list[FoundTable]:
    grids, problems = read_delivery(paths, key=key, progress=progress)
    for problem in problems:
        doubts.add(problem)
    found = (find_tables(grid) for grid in _once(grids, doubts))
    tables = [part for each in found for part in _numbered(each)]
    made_up = {table.grid.file for table in tables if table.is_made_up}
    return [replace(table, is_made_up=table.grid.file in made_up) for table in tables]


def _numbered(tables: list[FoundTable]) -> Iterator[FoundTable]:
    """Divide the tables of a sheet into sections, and number them anew."""
    parts = (part for table in tables for part in _sections(table))
    return (replace(part, number=at if part.number else 0) for at, part in enumerate(parts, 1))


def _sections(table: FoundTable) -> Iterator[FoundTable]:
    """Divide a table where a row among its rows names another month, school or kind of support.

    "Oktobris 2022" between rows speaks of the rows below it; the title on top no longer does. Of
    the totals of a section only the first is its own: the next may sum all sections.
    """
    own = {*table.columns, *(value.field for each in table.spread for value in each.says)}
    nowhere = replace(table.grid, file="", sheet="")
    lines = {"note", "title"} | ({"nothing_entered"} if len(own) < 3 else set())  # noqa: PLR2004  (half a row)
    starts, contexts = [0], [dict(table.context)]
    for position, why in table.apart.items() if len(table.rows) else ():
        is_page = "header" in {table.apart.get(position + below) for below in (1, 2)}
        is_page &= why != "total"  # "Kopā Zantes pamatskola" above the next page's headings
        if (is_page or why in lines) and table.header[-1] < position < table.rows[-1]:
            row = [str(cells[position]) for cells in nowhere.columns]
            if any(map(is_nobody, row)):
                continue
            said = read_context([row], nowhere)
            if not is_page:
                said = _of_remark([*filter(None, row)], said, contexts)
            new = _school_above(table, row, said)
            new |= {name: said[name] for name in _OF_SECTIONS & said.keys() - own}
            if not new.items() <= contexts[-1].items():
                starts.append(position)
                contexts.append({**contexts[-1], "is_refund": ""} | new)
    if len(starts) == 1:
        yield table
        return
    ends = [*starts[1:], table.grid.row_count]
    totals = _own_totals(table, starts)
    for start, end, context in zip(starts, ends, contexts, strict=True):
        rows = table.rows[(table.rows >= start) & (table.rows < end)]
        apart = {at: why for at, why in table.apart.items() if start <= at < end}
        missing = tuple(m for m in table.missing if len(rows) and not context.keys() & m)
        sums = totals[(totals >= start) & (totals < end) & (not context.get("is_refund"))]
        part = replace(table, rows=rows, totals=sums, apart=apart)
        yield replace(part, context=context, missing=missing)


def _of_remark(
    row: list[str], said: Mapping[str, str], contexts: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Of a remark ("Precizēts 12.10.2022.") only what is nothing else."""
    wholly = [value for cell in row if (value := value_of(cell, is_told=True))]
    found = {name: said[name] for name in {"school"} & said.keys()}
    found |= {value.field: value.written for value in wholly}
    found |= {"grade": row[0]} if "grade_band" in found and read_grades(row[0]) else {}
    found |= {"is_refund": "jā"} if any("is_refund" in fields_of(cell) for cell in row) else {}
    return _alone(row, contexts[-1], contexts[0]) | found


def _school_above(table: FoundTable, row: list[str], said: Mapping[str, str]) -> dict[str, str]:
    """A school alone in its own column: it holds where that column is empty below it."""
    at = table.columns.get("school", -1)
    return {"section": said["school"]} if at >= 0 and row[at] and "school" in said else {}


def _own_totals(table: FoundTable, starts: list[int]) -> Positions:
    """The first total of each section; one below sections without their own is of them all."""
    bounds = [*zip(starts, [*starts[1:], table.grid.row_count], strict=True)]
    here = [
        tuple(each[(each >= start) & (each < end)] for each in (table.rows, table.totals))
        for start, end in bounds
    ]
    *before, last = here
    is_of_all = any(len(rows) and not len(totals) for rows, totals in before)
    return np.concatenate(
        [totals[:1] for _, totals in ([*before] if is_of_all else [*before, last])]
    )


def _alone(row: list[str], context: Mapping[str, str], first: Mapping[str, str]) -> dict[str, str]:
    """A school told by one word between rows; below a school's rows a strange word is another."""
    found = school_alone(row[0], context) if len(row) == 1 else {}
    is_after = context.get("school") != first.get("school")
    is_stranger = is_after and len(row) == 1 and could_name_a_person(row[0])
    return found or ({"school": row[0]} if is_stranger else {})


def _once(grids: Iterable[Grid], doubts: Doubts) -> list[Grid]:
    """Leave out files whose content was given before under another name."""
    kept: list[Grid] = []
    first: dict[str, str] = {}
    noted: set[str] = set()
    for grid in grids:
        file = first.setdefault(grid.sha256, grid.file)
        if file == grid.file:
            kept.append(grid)
        elif grid.file not in noted:
            noted.add(grid.file)
            doubts.add(Problem("file_twice", file=grid.file, found=file))
    return kept


def _without_made_up(tables: list[FoundTable], doubts: Doubts) -> list[FoundTable]:
    """Keep made-up data out of a real delivery."""
    made_up = dict.fromkeys(table.grid.file for table in tables if table.is_made_up)
    if len(made_up) in {0, len({table.grid.file for table in tables})}:
        return tables
    for file in made_up:
        doubts.add(Problem("made_up_with_real", file=file))
    return [table for table in tables if not table.is_made_up]


# --- the tables that tell of the delivery itself


def _schools(own: pd.DataFrame) -> pd.DataFrame:
    shipped = schema.conform("schools", schools.register())
    if own.empty:
        return shipped
    new = own[~own["school_id"].isin(shipped["school_id"])].drop_duplicates("school_id")
    plain = pd.concat([shipped.astype(object), new.astype(object)], ignore_index=True)
    return schema.conform("schools", plain[schema.columns("schools")])


def _inputs(tables: Sequence[FoundTable]) -> pd.DataFrame:
    rows = [
        {
            "input_id": f"T{place}",
            "file": table.grid.file,
            "sheet": table.grid.sheet,
            "table_number": table.number,
            "form": table.form.name if table.form else None,
            "edition": table.form.edition if table.form else None,
            "sha256": table.grid.sha256,
            "header_row": table.header_row,
            "row_count": len(table.rows) + len(table.apart),
            "is_made_up": table.is_made_up,
        }
        for place, table in enumerate(tables, 1)
    ]
    return schema.conform("inputs", pd.DataFrame(rows, columns=schema.columns("inputs")))


def _problems(doubts: Doubts, turned: set[tuple[str, str]]) -> pd.DataFrame:
    wanted = schema.columns("problems")
    if not doubts.pieces:
        return schema.conform("problems", pd.DataFrame(columns=wanted))
    plain = [piece.astype(object).where(piece.notna(), None) for piece in doubts.pieces]
    table = pd.concat(plain, ignore_index=True).reindex(columns=wanted)
    table = turned_back(table, turned)
    order = table.sort_values(["file", "sheet", "row"], kind="stable", na_position="first")
    return schema.conform("problems", order.drop_duplicates(ignore_index=True))


def _accounted(
    tables: Sequence[FoundTable],
    unread: Mapping[int, Positions],
    gone: set[tuple[object, object]],
    *,
    inputs: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say of every row that did not become data why, and count."""
    pieces, counts = [], []
    for place, table in enumerate(tables, 1):
        rows = table.rows + table.grid.first_row
        out = unread.get(place - 1, table.rows[:0]) + table.grid.first_row
        doubled = [row for at, row in gone if at == f"T{place}"]
        out = np.union1d(out, np.array(doubled, dtype=np.int64))
        if table.form is None or table.missing:
            out = rows
        apart = {table.row_number(position): why for position, why in table.apart.items()}
        apart |= dict.fromkeys(out.tolist(), "set_aside")
        piece = pd.DataFrame({"row": list(apart), "reason": list(apart.values())})
        pieces.append(piece.assign(input_id=f"T{place}").sort_values("row"))
        counts.append((len(rows) - len(out), len(out), len(table.apart)))
    named = ("accepted_count", "set_aside_count", "not_data_count")
    counted = inputs.assign(
        **{
            name: pd.array([count[i] for count in counts], dtype="Int64")
            for i, name in enumerate(named)
        }
    )
    wanted = schema.columns("rows_apart")
    apart_table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=wanted)
    return schema.conform("rows_apart", apart_table[wanted]), counted


def _columns(tables: Sequence[FoundTable]) -> dict[str, Mapping[str, tuple[int, str]]]:
    """Where each field stands in each table, so that checks can point to a cell."""
    return {
        f"T{place}": {
            name: (column + 1, tidy_spaces(table.headings.get(column, "")))
            for name, column in table.columns.items()
        }
        for place, table in enumerate(tables, 1)
    }


def _beside(tables: Sequence[FoundTable], rows: pd.DataFrame) -> list[str]:
    """Dates and numbers in cells that were not read, or for their month alone, by row."""
    columns = {
        f"T{place}": (table, {*table.unused, *table.twice, table.columns.get("date", -1)} - {-1})
        for place, table in enumerate(tables, 1)
    }
    found = []
    for at, row in places(rows):
        table, unread = columns[str(at)]
        texts = (table.grid.cell(int(str(row)), column + 1) for column in sorted(unread))
        found.append("\n".join(text if any(map(str.isdigit, text)) else "" for text in texts))
    return found


def row_balance(inputs: pd.DataFrame) -> Mapping[str, int]:
    """Add up what became of a delivery's rows.

    Example:
        >>> row_balance(schema.conform("inputs", pd.DataFrame()))["row_count"]
        0
    """
    wanted = ("row_count", "accepted_count", "set_aside_count", "not_data_count")
    return {name: int(inputs[name].fillna(0).sum()) for name in wanted}
