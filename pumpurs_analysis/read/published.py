"""Files to text cells, nothing mended: every cell keeps its file and row.

Comes in: a path. Goes out: a RawTable of text, or all problems of the file at once.
"""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import InputError, Problem
from pumpurs_analysis.text import fold, nearest, tidy_spaces

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = ";\t,"


@dataclass(frozen=True)
class RawTable:
    """The cells of one table as text.

    Attributes:
        frame: One row per data row of the file; all text; the index is the row number as a
            spreadsheet program shows it (the header is row 1).
        file: File name without folders.
    """

    frame: pd.DataFrame
    file: str


def read_table(path: Path, form: str) -> RawTable:
    """Read one CSV or TSV file laid out as a form of the catalogue.

    Encoding: byte order mark, else UTF-8, else Windows-1257. Separator: the one of ``;``, tab and
    ``,`` that splits the header into most parts. Headers are compared without diacritics and case.

    Args:
        path: The file.
        form: Entry of ``catalogue/forms.yaml``.

    Raises:
        InputError: The file is missing, empty, not text, cut off, lacks columns or has rows of a
            wrong length; all of it at once.

    Example:
        >>> from pumpurs_analysis.catalogue import DATA
        >>> read_table(DATA / "published" / "sources.csv", "sources").frame.shape
        (90, 5)
    """
    text = _decoded(path)
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    problems = _cut_off(path, text)
    header, missing = _header(path, rows[0], form)
    frame, ragged = _cells(path, rows, header)
    if problems or missing or ragged:
        raise InputError([*problems, *missing, *ragged])
    return RawTable(frame, path.name)


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError([Problem("file_missing", file=path.name)]) from None
    if not content.removeprefix(codecs.BOM_UTF8).strip(b"\r\n \t\x00"):
        raise InputError([Problem("file_empty", file=path.name)])
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    for encoding in ("utf-8", "cp1257"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError([Problem("file_not_text", file=path.name)])


def _cut_off(path: Path, text: str) -> list[Problem]:
    """A quotation mark that is never closed swallows the rest of the file: half a file."""
    if text.count('"') % 2:
        row = text[: text.rfind('"')].count("\n") + 1
        return [Problem("file_cut_off", file=path.name, row=row)]
    return []


def _header(path: Path, written: list[str], form: str) -> tuple[dict[int, str], list[Problem]]:
    edition = list(catalogue.entries("forms")[form]["editions"].values())[-1]
    fields = {fold(str(header)): field for field, header in edition["header"].items()}
    found = {i: fields[fold(name)] for i, name in enumerate(written) if fold(name) in fields}
    problems = []
    for field in fields.values():
        if field not in found.values():
            like = nearest(field, [tidy_spaces(name) for name in written]) or ""
            code = "column_missing_with_nearest" if like else "column_missing"
            problems.append(Problem(code, file=path.name, row=1, column=field, found=like))
    return found, problems


def _cells(
    path: Path, rows: list[list[str]], header: dict[int, str]
) -> tuple[pd.DataFrame, list[Problem]]:
    width = len(rows[0])
    numbered = [(i, row) for i, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    problems = [
        Problem("row_length", file=path.name, row=i, found=str(len(row)), wanted=str(width))
        for i, row in numbered
        if len(row) != width
    ]
    good = [(i, row) for i, row in numbered if len(row) == width]
    cells = {name: [row[place] for _, row in good] for place, name in header.items()}
    return pd.DataFrame(cells, index=[i for i, _ in good], dtype=object), problems
