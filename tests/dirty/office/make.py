"""Writes the workbook of this folder and lets LibreOffice save it in every format it has.

The data are made up. Run as: python tests/dirty/office/make.py FOLDER
"""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import openpyxl
from openpyxl.styles import Font

NAME = "izdomats"
FORMATS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "csv": "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false",
}
HEADER = ["IAP kods", "Sākts", "Laiks", "Stundas", "Summa, EUR", "Praksē", "Piezīmes", "Kopā"]
ROWS = [
    ["P1", dt.date(2019, 10, 1), dt.time(9, 5), 2, 30.5, True, "pirmā\notrā rinda", "=D4+1"],
    ["P2", dt.date(2019, 10, 2), dt.time(14, 30), 0.1, 20, False, "ā č ē ģ ī ķ ļ ņ š ū ž", "=D5+1"],
    [
        "P3",
        dt.date(2019, 10, 3),
        dt.time(0, 0),
        1234567.25,
        -5,
        True,
        'pēdiņas " un ; atdalītājs',
        "=1/0",
    ],
    ["P4", None, None, None, None, None, None, None],
    [None, None, None, None, None, None, None, None],
    ["Kopā", None, None, None, "=SUM(E4:E7)", None, None, None],
]


def write(path: Path) -> None:
    """Write the workbook: title, blank row, header, rows, one hidden row and column."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Plāni"
    sheet["A1"] = "Izdomāti dati"
    sheet["A1"].font = Font(bold=True)
    sheet.merge_cells("A1:C1")
    for number, row in enumerate([HEADER, *ROWS], start=3):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, dt.date):
                cell.number_format = "yyyy-mm-dd"
            if isinstance(value, dt.time):
                cell.number_format = "hh:mm:ss;@"
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.save(path)


def saved_again(path: Path, folder: Path) -> None:
    """Let LibreOffice open a workbook and save it in every format."""
    for filter_name in FORMATS.values():
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
             "--convert-to", filter_name, "--outdir", folder, path],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write(target / f"{NAME}.openpyxl.xlsx")
    (target / "source").mkdir(exist_ok=True)
    original = (target / f"{NAME}.openpyxl.xlsx").rename(target / "source" / f"{NAME}.xlsx")
    saved_again(original, target)
