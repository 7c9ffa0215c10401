"""Sheets of cells to files: workbooks, CSV in the encodings seen, Parquet, and by LibreOffice.

Comes in: sheets or frames. Goes out: files, each swapped in whole. Every one says in its first row,
its name and its properties that its data are made up.
"""

import csv
import io
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from openpyxl import Workbook
from openpyxl.styles import Font

from pumpurs_analysis.example.layouts import MARK, Sheet
from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import Language, say

_LV: Language = "lv"
_MARK_COLOUR = "B8400A"
_CHUNK = 200_000


@dataclass(frozen=True)
class Dialect:
    """How a program writes CSV.

    Attributes:
        encoding: Of the file.
        separator: Between cells.
    """

    encoding: str = "utf-8-sig"
    separator: str = ";"


def workbook(path: Path, sheets: list[Sheet]) -> Path:
    """Write sheets as a workbook."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = book.properties.subject = book.properties.keywords = MARK
    book.properties.description = say("example.properties", _LV)
    book.properties.creator = "PuMPuRS"
    for sheet in sheets:
        work = book.create_sheet(sheet.name)
        for row in sheet.rows:
            work.append(row)
        for first, left, last, right in sheet.merges:
            work.merge_cells(start_row=first, start_column=left, end_row=last, end_column=right)
        work["A1"].font = Font(bold=True, color=_MARK_COLOUR)
        _dates_as_people_see_them(work.iter_rows(max_row=len(sheet.rows)))
    with replacing(path) as unfinished:
        book.save(unfinished)
    return path


def _dates_as_people_see_them(rows) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  (openpyxl ships no types)
    for row in rows:
        for cell in row:
            if isinstance(cell.value, date):
                cell.number_format = "dd.mm.yyyy"


def text_tables(path: Path, sheets: list[Sheet], dialect: Dialect) -> list[Path]:
    """Write each sheet as a CSV file of its own; the sheet's name stands in the file's name."""
    made = []
    for sheet in sheets:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=dialect.separator, lineterminator="\r\n")
        writer.writerows(
            [["" if cell is None else _text(cell) for cell in row] for row in sheet.rows]
        )
        target = csv_name(path, sheet.name)
        with replacing(target) as unfinished:
            unfinished.write(out.getvalue().encode(dialect.encoding))
        made.append(target)
    return made


def csv_name(path: Path, sheet: str) -> Path:
    """Give the name of the CSV file of a sheet.

    Example:
        >>> csv_name(Path("Tukums.xlsx"), "Skaits iestādē").name
        'Tukums_Skaits_iestādē.csv'
    """
    return path.with_name(f"{path.stem}_{sheet.replace(' ', '_').replace('/', '-')}.csv")


def _text(cell: object) -> str:
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y.")
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, float) else str(cell)


def large_text(path: Path, frame: pd.DataFrame, headings: list[str]) -> Path:
    """Write millions of rows as CSV with the mark above the headings."""
    dialect = Dialect()
    options = pyarrow.csv.WriteOptions(
        include_header=False, delimiter=dialect.separator, quoting_style="needed"
    )
    head = dialect.separator.join(f'"{word}"' if ";" in word else word for word in headings)
    with replacing(path) as unfinished:
        unfinished.write(f"{MARK}\r\n{head}\r\n".encode(dialect.encoding))
        for start in range(0, len(frame), _CHUNK):
            table = _arrow(frame.iloc[start : start + _CHUNK], headings)
            plain = pa.table([column.cast(pa.string()) for column in table.columns], headings)
            pyarrow.csv.write_csv(plain, unfinished, options)
    return path


def parquet(path: Path, frame: pd.DataFrame, headings: list[str]) -> Path:
    """Write a form as Parquet; the mark stands in the file's metadata, too."""
    table = _arrow(frame, headings)
    table = table.replace_schema_metadata(
        {"title": MARK.encode(), "description": say("example.properties", _LV).encode()}
    )
    with replacing(path) as unfinished:
        pyarrow.parquet.write_table(table, unfinished)
    return path


def _arrow(frame: pd.DataFrame, headings: list[str]) -> pa.Table:
    columns = []
    for name in frame:
        column = frame[name]
        texts = pa.array([_plain(value) for value in column.cat.categories], pa.string())
        codes = pa.array(column.cat.codes.to_numpy(), mask=column.isna().to_numpy())
        columns.append(pa.DictionaryArray.from_arrays(codes.cast(pa.int32()), texts))
    return pa.table(columns, headings)


def _plain(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def resaved(path: Path, ending: str) -> Path:
    """Have LibreOffice save a workbook in another format; without it, the workbook stays."""
    program = shutil.which("soffice")
    if program is None:
        return path
    with TemporaryDirectory() as folder:
        home = f"-env:UserInstallation=file://{folder}/home"
        subprocess.run(  # noqa: S603  (a program found on the machine, a path of ours)
            [program, home, "--headless", "--convert-to", ending, "--outdir", folder, str(path)],
            check=True,
            capture_output=True,
            timeout=300,
        )
        target = path.with_suffix(f".{ending}")
        shutil.move(str(Path(folder) / target.name), target)
    path.unlink()
    return target
