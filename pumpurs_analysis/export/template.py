"""The template: one workbook in which a school or coordinator writes a whole delivery.

Comes in: a path and a language, or filled forms. Goes out: instructions, one sheet per form with
drop-downs and checks, and a hidden sheet with the lists. What it writes, ``load`` reads back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pumpurs_analysis import catalogue, schools
from pumpurs_analysis.municipalities import municipalities
from pumpurs_analysis.periods import semester_bounds
from pumpurs_analysis.rules import change_days, rules_on
from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import Language, money, say, school_year, semester, short_date, sort_key

ACCENT, PALE, LIGHT, INK, MUTED = "0B5A8F", "A9C6DB", "EEF4F8", "1F2933", "5A6470"
_MISSING, _TWICE = "FCE8D5", "F6C9B8"
_FONT = "Calibri"
_SECTION = Font(name=_FONT, size=14, bold=True, color=ACCENT)
_PLAIN = Font(name=_FONT, size=11, color=INK)
_LAST_ROW = 5000  # how far down drop-downs and checks reach; further where more rows are given
_YEARS = range(2016, 2024)
_CODES = {
    "programme_kind": "programme_kind",
    "status": "plan_status",
    "support_kind": "support_kind",
    "specialist_kind": "specialist_kind",
    "sex": "sex",
    "risk": "risk",
    "risk_category": "risk_category",
    "grade_band": "grade_band",
    "school_kind": "school_kind",
}
# A list that may lack the right value only asks; the others refuse.
_OPEN = {"school", "municipality", "risk", "semester", "school_year", "grade"}
_YES_NO = ("is_low_income", "is_in_practice", "is_catering_by_municipality", "is_refund")
_WIDTHS = {
    "school": 40, "municipality": 20, "risk": 40, "notes": 26, "support_kind": 34, "source": 26,
    "specialist_kind": 28, "subject": 20, "risk_category": 40, "programme_kind": 24, "status": 17,
    "school_kind": 30, "grade_band": 38, "is_catering_by_municipality": 20, "learner_code": 17,
}  # fmt: skip
_NARROW = 14
_HEADER_HEIGHT = 50  # three lines
_INSTRUCTION_WIDTHS = (34, 17, 92, 40)


@dataclass(frozen=True)
class _Sheet:
    """One form while it is being laid out."""

    form: str
    work: Worksheet
    language: Language
    fields: Mapping[str, str]  # field -> heading
    header_row: int
    last_row: int

    def column(self, field: str) -> str:
        return str(get_column_letter(list(self.fields).index(field) + 1))

    def first_cell(self, field: str) -> str:
        return f"{self.column(field)}{self.header_row + 1}"

    def cells(self, field: str) -> str:
        letter = self.column(field)
        return f"{letter}{self.header_row + 1}:{letter}{self.last_row}"


def write(
    path: Path,
    language: Language = "lv",
    *,
    rows: Mapping[str, pd.DataFrame] | None = None,
    banner: str = "",
) -> Path:
    """Write the template workbook, empty or filled.

    Args:
        path: Where to; an existing file is replaced once the new one is whole.
        language: Latvian or English headings, lists and instructions; both read back alike.
        rows: Form -> cells by field, to be written as they are; other forms get no sheet then.
        banner: First row of every sheet, where something must be said of all data.

    Returns:
        The path.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write(Path(folder) / "veidne.xlsx").name
        'veidne.xlsx'
    """
    book = Workbook()
    book.properties.title = say("template.title", language)
    book.properties.creator = "PuMPuRS"
    book.properties.language = language
    if banner:
        book.properties.subject = book.properties.keywords = book.properties.category = banner
        book.properties.description = say("example.properties", language)
    _instructions(book.active, language, banner)
    lists = _Lists(book.create_sheet(say("template.sheet.lists", language)), language, banner)
    for form in forms():
        if rows is not None and form not in rows:
            continue
        work = book.create_sheet(sheet_name(form, language))
        frame = None if rows is None else rows[form]
        header_row = 2 if banner else 1
        last = header_row + max(_LAST_ROW, 0 if frame is None else len(frame))
        sheet = _Sheet(form, work, language, headings(form, language), header_row, last)
        _lay_out(sheet, banner)
        _fill(sheet, frame)
        _check(sheet, lists)
    book.move_sheet(lists.work, len(book.sheetnames))
    lists.work.sheet_state = "hidden"
    with replacing(path) as unfinished:
        book.save(unfinished)
    return path


@cache
def forms() -> tuple[str, ...]:
    """Give the forms a template has a sheet for, in the catalogue's order.

    Example:
        >>> forms()[0], len(forms())
        ('plans', 9)
    """
    return tuple(name for name, form in catalogue.entries("forms").items() if "needs" in form)


def sheet_name(form: str, language: Language) -> str:
    """Give the name of a form's sheet.

    Example:
        >>> sheet_name("payments", "lv")
        'Izmaksas'
    """
    return str(catalogue.entries("forms")[form]["sheet"][language])


def headings(form: str, language: Language) -> dict[str, str]:
    """Give the headings of a form's newest edition by field.

    Example:
        >>> headings("specialists", "en")["specialist_code"]
        'Specialist code'
    """
    editions = catalogue.entries("forms")[form]["editions"]
    header = editions[max(editions)]["header"]
    if language == "lv":
        return dict(header)
    return {field: say(f"template.heading.{field}", language) for field in header}


# --- the sheet of instructions -------------------------------------------------------------------


def _instructions(work: Worksheet, language: Language, banner: str) -> None:
    work.title = say("template.sheet.instruction", language)
    for place, width in enumerate(_INSTRUCTION_WIDTHS, 1):
        work.column_dimensions[get_column_letter(place)].width = width
    if banner:
        _across(work, banner, Font(name=_FONT, size=14, bold=True, color="B8400A"))
    large = Font(name=_FONT, size=20, bold=True, color=ACCENT)
    _across(work, say("template.title", language), large)
    _across(work, say("template.subtitle", language), Font(name=_FONT, size=11, color=MUTED))
    _across(work, say("template.how", language), _SECTION)
    for step in range(1, 7):
        _across(work, f"{step}.  {say(f'template.step.{step}', language)}", _PLAIN)
    _across(work, say("template.privacy", language), _SECTION)
    _across(work, say("template.privacy.text", language), _PLAIN, fill=LIGHT)
    _across(work, say("template.columns", language), _SECTION)
    parts = ("column", "needed", "what", "example")
    work.append([say(f"template.head.{part}", language) for part in parts])
    top = work.max_row
    for cell in work[top]:
        _dress(cell, Font(name=_FONT, size=11, bold=True, color="FFFFFF"), ACCENT)
    for form in forms():
        _explain(work, form, language)
    work.sheet_view.showGridLines = False
    work.print_title_rows = f"{top}:{top}"
    _print_setup(work, language)


def _across(work: Worksheet, text: str, font: Font, *, fill: str = "") -> None:
    """Write one line over the whole width, as high as its text needs."""
    row = work.max_row + 1 if work["A1"].value is not None else 1
    cell = work.cell(row, 1, text)
    work.merge_cells(
        start_row=row, end_row=row, start_column=1, end_column=len(_INSTRUCTION_WIDTHS)
    )
    cell.font = font
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    work.row_dimensions[row].height = _height([(text, sum(_INSTRUCTION_WIDTHS))], font.size)


def _height(texts: Sequence[tuple[str, int]], size: float = 11) -> float:
    """Estimate a row's height in points for texts in columns of some width, rather too high."""
    per_line = size * 1.45
    scale = 1.12 * 11 / size
    count = max(-(-len(text) // max(1, int(width * scale))) for text, width in texts)
    return 6 + per_line * count


def _explain(work: Worksheet, form: str, language: Language) -> None:
    """Add the rows that explain a form's columns, below the name of its sheet."""
    entry = catalogue.entries("forms")[form]
    name = f"{entry['sheet'][language]}: {entry['name'][language]}"
    _across(work, name, Font(name=_FONT, size=11, bold=True, color=ACCENT), fill=LIGHT)
    for field, heading in headings(form, language).items():
        need = _need(form, field)
        cells = [
            heading,
            say(f"template.needed.{need}", language),
            _words("help", form, field, language=language),
            _words("sample", form, field, language=language),
        ]
        work.append(cells)
        row = work.max_row
        for cell in work[row]:
            is_bold = cell.column == 1 and need == "yes"
            cell.font = Font(name=_FONT, size=11, color=INK, bold=is_bold)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.border = Border(top=Side("hair", color=PALE))
            cell.number_format = "@"
        work.row_dimensions[row].height = _height(
            list(zip(cells, _INSTRUCTION_WIDTHS, strict=True))
        )


def _need(form: str, field: str) -> str:
    groups = [group for group in catalogue.entries("forms")[form]["needs"] if field in group]
    header = set(headings(form, "lv"))
    if not groups:
        return "no"
    return "yes" if len(header & set(groups[0])) == 1 else "one_of"


def _words(kind: str, form: str, field: str, *, language: Language) -> str:
    own = f"template.{kind}.{form}.{field}"
    return say(own if own in catalogue.entries("texts") else f"template.{kind}.{field}", language)


# --- a form's sheet ------------------------------------------------------------------------------


def _lay_out(sheet: _Sheet, banner: str) -> None:
    work = sheet.work
    if banner:
        work.append([banner])
        work["A1"].font = Font(name=_FONT, size=12, bold=True, color="B8400A")
    work.append(list(sheet.fields.values()))
    for cell, field in zip(work[sheet.header_row], sheet.fields, strict=True):
        is_needed = _need(sheet.form, field) != "no"
        font = Font(name=_FONT, size=11, bold=True, color="FFFFFF" if is_needed else INK)
        _dress(cell, font, ACCENT if is_needed else PALE)
        letter = sheet.column(field)
        work.column_dimensions[letter].width = _width(field, cell.value)
        work.column_dimensions[letter].number_format = _number_format(field)
    work.row_dimensions[sheet.header_row].height = _HEADER_HEIGHT
    work.freeze_panes = f"B{sheet.header_row + 1}"
    last = get_column_letter(len(sheet.fields))
    work.auto_filter.ref = f"A{sheet.header_row}:{last}{sheet.header_row}"
    work.sheet_properties.tabColor = ACCENT
    work.print_title_rows = f"{sheet.header_row}:{sheet.header_row}"
    _print_setup(work, sheet.language)


def _width(field: str, heading: str) -> float:
    """Give a column room for its cells and for the longest word of its heading."""
    return max(_NARROW, _WIDTHS.get(field, 0), max(map(len, heading.split())) * 1.25 + 3)


def _dress(cell: Any, font: Font, colour: str) -> None:  # noqa: ANN401  (openpyxl ships no types)
    cell.font = font
    cell.fill = PatternFill("solid", fgColor=colour)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.border = Border(right=Side("thin", color="FFFFFF"), bottom=Side("thin", color="FFFFFF"))


def _number_format(field: str) -> str:
    if field in {"month", "start", "end"}:
        return "mm.yyyy"
    if field == "date":
        return "dd.mm.yyyy"
    if field in {"amount", "planned_amount"}:
        return "#,##0.00"
    return "General" if field in {"hours", "planned_hours", "learner_count"} else "@"


def _print_setup(work: Worksheet, language: Language) -> None:
    work.page_setup.orientation = "landscape"
    work.page_setup.paperSize = work.PAPERSIZE_A4
    work.page_setup.fitToWidth, work.page_setup.fitToHeight = 1, 0
    work.sheet_properties.pageSetUpPr.fitToPage = True
    work.page_margins.left = work.page_margins.right = 0.4
    work.page_margins.top, work.page_margins.bottom, work.page_margins.footer = 0.6, 0.8, 0.4
    work.oddFooter.right.text = say("template.page", language)
    work.oddFooter.left.text = "PuMPuRS · &A"


def _fill(sheet: _Sheet, frame: pd.DataFrame | None) -> None:
    if frame is None:
        return
    columns = [
        frame[field].astype(object).where(frame[field].notna(), None).tolist()
        if field in frame
        else [None] * len(frame)
        for field in sheet.fields
    ]
    formats = {
        place: _number_format(field)
        for place, field in enumerate(sheet.fields)
        if _number_format(field) not in {"@", "General"}
    }
    for values in zip(*columns, strict=True):
        sheet.work.append(values)
        row = sheet.work._current_row  # noqa: SLF001  (max_row looks at every cell: a square of time)
        for place, how in formats.items():
            if values[place] is not None:
                sheet.work.cell(row, place + 1).number_format = how


# --- drop-downs and checks -----------------------------------------------------------------------


class _Lists:
    """The hidden sheet: every list below the other in one column, so that no row is a table."""

    def __init__(self, work: Worksheet, language: Language, banner: str) -> None:
        self.work, self.language = work, language
        self.ranges: dict[str, str] = {}
        if banner:
            work.append([banner])

    def range_of(self, field: str) -> str | None:
        """Write the list of a field once and give its cells; None for a field without a list."""
        if field not in self.ranges:
            choices = _choices(field, self.language)
            if not choices:
                return None
            first = self.work.max_row + 1
            for choice in choices:
                self.work.append([choice])
            name = self.work.title
            self.ranges[field] = f"'{name}'!$A${first}:$A${first + len(choices) - 1}"
            self.work.append([None])
        return self.ranges[field]


def _choices(field: str, language: Language) -> list[str]:
    if field in _CODES:
        return _code_names(_CODES[field], language)
    if field in _YES_NO:
        return ["jā", "nē"] if language == "lv" else ["yes", "no"]
    makers: dict[str, Callable[[], list[str]]] = {
        "semester": lambda: [
            semester(f"{y}/{y + 1}-{h}", language) for y in _YEARS for h in (1, 2)
        ],
        "school_year": lambda: [school_year(f"{y}/{y + 1}", language) for y in _YEARS],
        "school": lambda: sorted(schools.register()["name"], key=sort_key),
        "municipality": _municipalities,
        "grade": lambda: _grades(language),
        "is_remote": lambda: (
            ["klātienē", "attālināti"] if language == "lv" else ["on site", "remote"]
        ),
    }
    return makers[field]() if field in makers else []


def _code_names(codes: str, language: Language) -> list[str]:
    entries = catalogue.entries("codes")[codes]
    named = [entry["name"][language] for code, entry in entries.items() if code != "ngo_project"]
    if codes in {"risk", "school_kind"}:
        named.sort(key=sort_key)
    return list(dict.fromkeys(named))


def _municipalities() -> list[str]:
    days = (date(2018, 9, 1), date(2022, 9, 1))
    return sorted({name for day in days for name in municipalities(day)["name"]}, key=sort_key)


def _grades(language: Language) -> list[str]:
    if language == "en":
        return [f"grade {n}" for n in range(1, 13)] + [f"course {n}" for n in range(1, 5)]
    return [f"{n}. klase" for n in range(1, 13)] + [f"{n}. kurss" for n in range(1, 5)]


def _check(sheet: _Sheet, lists: _Lists) -> None:
    for field in sheet.fields:
        source = lists.range_of(field)
        check = _of_list(sheet, field, source) if source else _of_value(sheet, field)
        if check is None:
            check = DataValidation(allow_blank=True)
        check.promptTitle = sheet.fields[field][:32]
        check.prompt = _words("help", sheet.form, field, language=sheet.language)[:255]
        check.showInputMessage = True
        check.errorTitle = say("template.wrong", sheet.language)
        check.add(sheet.cells(field))
        sheet.work.add_data_validation(check)
    _mark(sheet)


def _of_list(sheet: _Sheet, field: str, source: str) -> DataValidation:
    check = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    if field in _OPEN:
        check.errorStyle = "information" if field == "risk" else "warning"
    check.error = say(f"template.wrong.{'open_list' if field in _OPEN else 'list'}", sheet.language)
    return check


def _of_value(sheet: _Sheet, field: str) -> DataValidation | None:
    """Give the check of a field that takes a number or a day."""
    language, cell = sheet.language, sheet.first_cell(field)
    if field in {"month", "date", "start", "end"}:
        start, end = _term()
        check = DataValidation(
            type="date", operator="between", formula1=_day(start), formula2=_day(end)
        )
        days = {"start": short_date(start, language), "end": short_date(end, language)}
        return _with_error(check, say("template.wrong.day", language, **days))
    if sheet.form == "ngo_projects" and field == "amount":
        grant = rules_on(_term()[1])["ngo_project"].value_eur
        check = DataValidation(
            type="decimal", operator="equal", formula1=str(grant), errorStyle="warning"
        )
        shown = money(int((grant or 0) * 100), language)
        return _with_error(check, say("template.wrong.grant", language, amount=shown))
    if field in {"amount", "planned_amount"}:
        yes = _choices("is_refund", language)[0]
        below_zero = f'{sheet.first_cell("is_refund")}="{yes}"' if field == "amount" else "FALSE"
        formula = f"AND(ISNUMBER({cell}),ROUND({cell},2)={cell},OR({cell}>=0,{below_zero}))"
        check = DataValidation(type="custom", formula1=formula)
        return _with_error(check, say("template.wrong.money", language))
    if field in {"hours", "planned_hours"}:
        low, high = ("0,25" if language == "lv" else "0.25", 12) if field == "hours" else ("0", 500)
        check = DataValidation(
            type="decimal", operator="between", formula1=low.replace(",", "."), formula2=str(high)
        )
        return _with_error(check, say("template.wrong.hours", language, low=low, high=high))
    if field == "learner_count":
        check = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0")
        return _with_error(check, say("template.wrong.count", language))
    return None


def _with_error(check: DataValidation, words: str) -> DataValidation:
    check.allow_blank = check.showErrorMessage = True
    check.error = words[:255]
    return check


@cache
def _term() -> tuple[date, date]:
    """Give the first and the last day on which a source speaks of the programme."""
    days = change_days()
    return days[0], semester_bounds("2023/2024-1")[1]


def _day(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _mark(sheet: _Sheet) -> None:
    """Colour what is missing in a row that has begun, and plan codes that stand twice."""
    first = sheet.header_row + 1
    last_letter = get_column_letter(len(sheet.fields))
    for field in sheet.fields:
        if _need(sheet.form, field) != "yes":
            continue
        formula = (
            f"AND(COUNTA($A{first}:${last_letter}{first})>0,ISBLANK(${sheet.first_cell(field)}))"
        )
        rule = FormulaRule(formula=[formula], fill=PatternFill(bgColor=_MISSING, fill_type="solid"))
        sheet.work.conditional_formatting.add(sheet.cells(field), rule)
    if sheet.form == "plans":
        start, end = sheet.cells("plan_id").split(":")
        column = "".join(letter for letter in start if letter.isalpha())
        fixed = f"${column}${start[len(column) :]}:${column}${end[len(column) :]}"
        formula = f'AND({start}<>"",COUNTIF({fixed},{start})>1)'
        rule = FormulaRule(formula=[formula], fill=PatternFill(bgColor=_TWICE, fill_type="solid"))
        sheet.work.conditional_formatting.add(sheet.cells("plan_id"), rule)
