"""A copy of the user's own file in which every place to mend is coloured and explained.

Comes in: a delivered file, unscrubbed, and its problems. Goes out: an XLSX for its owner alone.
What could run when it is opened is left behind: macros, links to other files, formulas that call
out.
"""

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path, PurePosixPath

import openpyxl
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook, SheetTypeEnum

from pumpurs_analysis import schema
from pumpurs_analysis.export.fixed_bytes import zipped
from pumpurs_analysis.export.problem_words import SEVERITIES, worded
from pumpurs_analysis.export.table_workbook import height_for
from pumpurs_analysis.pseudonyms import shown_name
from pumpurs_analysis.read import guard
from pumpurs_analysis.read.delivery import sources_in
from pumpurs_analysis.read.grid import text_of
from pumpurs_analysis.read.plain import encoding_of
from pumpurs_analysis.read.source import Source
from pumpurs_analysis.text import LANGUAGES, Language, say, sort_key

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AUTHOR = "PuMPuRS"
_FILLS = {
    severity: PatternFill("solid", start_color=colour, end_color=colour)
    for severity, colour in zip(SEVERITIES, ("FFF8C9B4", "FFFFEBA3", "FFCFE3F4"), strict=True)
}
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
# openpyxl holds every cell as an object: beyond this a copy would not fit an office computer.
_LARGEST_COPY = 120_000_000
_LARGEST_AREA = 2_000_000
_AREA = re.compile(rb'<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref="([A-Z0-9:$]+)"')
# Dynamic data exchange (a bar outside a text), other files ([1]) and functions that call out.
_CALLS_OUT = re.compile(
    r"\||(?<!\w)'?\[\d+\]|\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|DDE|IMAGE)\s*\(",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"')
_LIST_COLUMNS = {
    "severity_name": ("severity", 14),
    "cell": ("cell", 9),
    "sheet": ("sheet", 18),
    "row": ("row", 8),
    "column": ("column", 22),
    "school": ("school", 28),
    "found": ("found", 48),
    "wanted": ("wanted", 42),
    "to_do": ("to_do", 48),
}
_HEAD_ROW = 4
_SAMPLE = 64_000
_LONGEST_AS_TEXT = 255  # in text format more is shown as ####
_Sheets = Mapping[str, Worksheet]


def marked(  # noqa: PLR0917  (four things that are asked for in this order)
    source: Path | bytes, file_name: str, problems: pd.DataFrame, language: Language = "lv"
) -> bytes:
    r"""Give a copy of a delivered file with its problems marked and listed.

    Problem cells are coloured and carry a comment; what concerns a row is told in its first cell.
    The first sheet lists everything with links. Formulas of an XLSX stay as they are unless they
    call out of the workbook; cells of CSV, XLS and ODS are copied as text. A file that cannot be
    copied gives the list alone.

    Args:
        source: The file, or the zip it came in.
        file_name: Its name as in ``problems``, such as ``delivery.zip/a.xlsx``.
        problems: Table ``problems``; those of other files are left out.
        language: Language of list and comments.

    Example:
        >>> from pumpurs_analysis.dataset import problem_table
        >>> from pumpurs_analysis.errors import Problem
        >>> at = problem_table([Problem("number_unread", "a.csv", row=2, column_number=1)])
        >>> book = openpyxl.load_workbook(BytesIO(marked(b"n\r\nx", "a.csv", at, "en")))
        >>> book.sheetnames, book["a"]["A2"].comment.author
        (['To mend', 'a'], 'PuMPuRS')
    """
    told = worded(problems[problems["file"].eq(file_name).fillna(value=False)], language)
    # What was refused at the door is not opened here either.
    is_refused = told["code"].str.startswith("file_") & (told["severity"] == "error")
    content = b"" if is_refused.any() else _content(source, file_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl cannot keep of a file it says as warnings
        book, sheets = _copy(content, file_name)
        _unmark(book)
        for name, places in told.groupby("sheet", sort=False):
            if str(name) in sheets:
                _mark_cells(sheets[str(name)], places)
        _list(book, told, sheets, language=language)
        out = BytesIO()
        book.save(out)
    return out.getvalue()


def marked_name(file_name: str, language: Language = "lv") -> str:
    """Give the marked copy's file name.

    Example:
        >>> marked_name("delivery.zip/plāni.csv")
        'plāni_labojamais.xlsx'
    """
    return f"{PurePosixPath(file_name).stem}_{say('problem_report.file_end', language)}.xlsx"


def files_to_mark(
    sources: Mapping[str, Path | bytes], problems: pd.DataFrame
) -> dict[str, Path | bytes]:
    """Give the files with a row to mark, by their names in ``problems``, in order of names.

    Args:
        sources: Files of a delivery by their path, or the zips they came in.
        problems: Table ``problems``.

    Example:
        >>> at = pd.DataFrame({"file": ["a.csv", "b.csv"], "row": [2, None]})
        >>> files_to_mark({"lejupielādes/a.csv": b"n"}, at)
        {'a.csv': b'n'}
    """
    names = problems.dropna(subset=["row", "file"])["file"].unique()
    found = {source.name: given for source, given in sources_in(sources)}
    return {name: found[name] for name in sorted(names, key=sort_key) if name in found}


def marked_zip(
    sources: Mapping[str, Path | bytes], problems: pd.DataFrame, language: Language = "lv"
) -> bytes:
    """Give marked copies of all files of a delivery that have a row to mend, as one zip.

    Args:
        sources: As for ``files_to_mark``.
        problems: Table ``problems``.
        language: Language of lists and comments.
    """
    return zipped(
        {
            # The folder or zip that a file came in is kept: namesakes are told apart by it.
            str(PurePosixPath(name).with_name(marked_name(name, language))): marked(
                source, name, problems, language
            )
            for name, source in files_to_mark(sources, problems).items()
        }
    )


def _content(source: Path | bytes, file_name: str) -> bytes:
    """Give the file's bytes, taken out of its zip where it came in one."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    whole = Source(file_name, unpack=lambda: content)
    if "/" not in file_name or not content.startswith(b"PK") or guard.kind_of(whole) != "archive":
        return content
    inside = (each for each, _ in sources_in({"": content}) if file_name.endswith(each.name))
    return next((each.content for each in inside), b"")


def _copy(content: bytes, file_name: str) -> tuple[Workbook, _Sheets]:
    """Open the file as a workbook; one that cannot be copied gives an empty workbook."""
    source = Source(file_name, unpack=lambda: content)
    try:
        kind = guard.kind_of(source)
        if kind == "xlsx" and _fits(source):
            return _opened(content)
        if kind in {"text", "xls", "ods"} and len(content) <= _LARGEST_COPY // 4:
            return _as_texts(_texts(source, kind), file_name)
    except Exception:  # noqa: BLE001, S110  (whatever is wrong with a file, its list is wanted)
        pass
    return _empty(), {}


def _empty() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _fits(source: Source) -> bool:
    """Say whether openpyxl can hold the workbook: it makes an object of every cell it names."""
    guard.look_into_workbook(source)
    with guard.open_archive(source) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST_COPY:
            return False
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        areas = [area for name in sheets for area in _AREA.findall(archive.read(name))]
    return sum(map(_size, areas)) <= _LARGEST_AREA


def _size(area: bytes) -> int:
    left, top, right, bottom = range_boundaries(area.decode("ascii"))
    return int((right or _LAST_COLUMN) - (left or 1) + 1) * ((bottom or _LAST_ROW) - (top or 1) + 1)


def _opened(content: bytes) -> tuple[Workbook, _Sheets]:
    """Open an XLSX without its macros, links and whatever calls out."""
    book = openpyxl.load_workbook(BytesIO(content), keep_vba=False, keep_links=False)
    for name in [*book.defined_names]:
        if name.lower().startswith(("auto_", "_xlnm.auto")):
            del book.defined_names[name]
    for cell in _cells(book):
        if cell.data_type == "f" and _calls_out(cell.value):
            _write(cell, _formula(cell.value))
    taken: set[str] = set()
    shown = {name: shown_name(name, taken) for name in book.sheetnames}
    return book, {shown[sheet.title]: sheet for sheet in book.worksheets}


def _cells(book: Workbook) -> Iterator[Cell]:
    return (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def _formula(value: object) -> str:
    return str(getattr(value, "text", value) or "")


def _calls_out(value: object) -> bool:
    return bool(_CALLS_OUT.search(_QUOTED.sub("", _formula(value))))


def _texts(source: Source, kind: str) -> Iterator[tuple[str, Iterable[Sequence[object]]]]:
    if kind == "text":
        yield "", _records(source.content.decode(encoding_of(source), "replace"))
        return
    book = CalamineWorkbook.from_filelike(BytesIO(source.content))
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(about.name)
            yield about.name, sheet.to_python(skip_empty_area=False)


def _records(text: str) -> Iterable[list[str]]:
    """Split a text into records, by the separator that makes most of them equally wide."""
    if text[:4].lower() == "sep=":
        first, _, text = text.partition("\n")
        return csv.reader(StringIO(text, newline=""), delimiter=first[4:5] or ";")

    def evenness(separator: str) -> float:
        start = StringIO(text[:_SAMPLE], newline="")
        widths = Counter(len(record) for record in csv.reader(start, delimiter=separator) if record)
        width, times = widths.most_common(1)[0] if widths else (1, 1)
        return (width - 1) * times / max(1, widths.total())

    return csv.reader(StringIO(text, newline=""), delimiter=max(";\t,|", key=evenness))


def _as_texts(
    sheets: Iterable[tuple[str, Iterable[Sequence[object]]]], file_name: str
) -> tuple[Workbook, _Sheets]:
    book, made = _empty(), {}
    taken: set[str] = set()
    for name, rows in sheets:
        sheet = made[shown_name(name, taken)] = book.create_sheet(
            _title(name or PurePosixPath(file_name).stem)
        )
        for at, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if text := text_of(value):
                    _write(sheet.cell(at, place), text)
    return book, made


def _title(name: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", name).strip(" '")[:31] or "1"


def _write(cell: Cell, text: str) -> None:
    """Write text that stays text, whatever it looks like and whoever edits it later."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.number_format = "@" if len(text) < _LONGEST_AS_TEXT else "General"
    cell.quotePrefix = True


def _unmark(book: Workbook) -> None:
    """Take away the marks of an earlier copy, so that what was mended looks mended."""
    titles = {say("problem_report.list_sheet", language) for language in LANGUAGES}
    intros = {say("problem_report.list_intro", language) for language in LANGUAGES}
    ours = [
        sheet for sheet in book.worksheets if sheet.title in titles and sheet["A2"].value in intros
    ]
    for sheet in ours:
        book.remove(sheet)
    for cell in _cells(book) if ours else ():
        if cell.comment is not None and cell.comment.author == _AUTHOR:
            cell.comment, cell.fill = None, PatternFill()


def _mark_cells(sheet: Worksheet, places: pd.DataFrame) -> None:
    at = pd.DataFrame(
        {
            "row": places["row"],
            "column": places["column_number"].fillna(1),
            "rank": places["severity"].map(SEVERITIES.index).astype(int),
            "text": places["severity_name"].str.upper()
            + ": "
            + places["found"]
            + " "
            + places["wanted"]
            + " "
            + places["to_do"],
        }
    ).dropna(subset=["row"])
    inside = at["row"].between(1, _LAST_ROW) & at["column"].between(1, _LAST_COLUMN)
    for (row, column), here in at[inside].groupby(["row", "column"]):
        cell = _top_left(sheet, int(str(row)), int(str(column)))
        cell.fill = _FILLS[SEVERITIES[here["rank"].min()]]
        lines = [*([cell.comment.text] if cell.comment else ()), *here.sort_values("rank")["text"]]
        tall = sum(2 + len(line) // 48 for line in lines)
        cell.comment = Comment("\n\n".join(lines), _AUTHOR, height=16 * tall + 12, width=340)


def _top_left(sheet: Worksheet, row: int, column: int) -> Cell:
    """Give the cell, or of merged cells the one that holds their value."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        return sheet.cell(area.min_row, area.min_col)
    return cell


def _list(book: Workbook, told: pd.DataFrame, sheets: _Sheets, *, language: Language) -> None:
    sheet = book.create_sheet(say("problem_report.list_sheet", language), 0)
    sheet["A1"] = say("problem_report.list_sheet", language)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A2"] = say("problem_report.list_intro" if sheets else "problem_report.no_copy", language)
    for place, (name, width) in enumerate(_LIST_COLUMNS.values(), 1):
        cell = sheet.cell(_HEAD_ROW, place, say(f"problem_report.{name}", language))
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="bottom")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for at, row in enumerate(told.to_dict("records"), _HEAD_ROW + 1):
        _list_row(sheet, at, row, target=sheets.get(row["sheet"]))
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 1)
    sheet.auto_filter.ref = (
        f"A{_HEAD_ROW}:{get_column_letter(len(_LIST_COLUMNS))}{_HEAD_ROW + len(told)}"
    )
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(
        fitToPage=True
    )
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False


def _list_row(sheet: Worksheet, at: int, row: schema.Record, *, target: Worksheet | None) -> None:
    for place, name in enumerate(_LIST_COLUMNS, 1):
        cell = sheet.cell(at, place)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if name == "row":
            cell.value = None if schema.is_missing(row[name]) else int(row[name])
        elif row[name]:
            _write(cell, str(row[name]))
    texts = {name: "" if schema.is_missing(row[name]) else str(row[name]) for name in _LIST_COLUMNS}
    widths = [(texts[name], width) for name, (_, width) in _LIST_COLUMNS.items()]
    sheet.row_dimensions[at].height = height_for(widths)
    sheet.cell(at, 1).fill = _FILLS[row["severity"]]
    if target is not None and row["cell"]:
        link = sheet.cell(at, 2)
        name = target.title.replace("'", "''")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!{row['cell']}")
        link.font = Font(color="FF0B5A8F", underline="single")
