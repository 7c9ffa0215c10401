"""Deliveries written for tests: the smallest files that cause each problem.

Personal codes, phones, addresses and accounts in them are made up when a file is written, so that
none stands in the repository.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

Rows = Sequence[Sequence[object]]

PAYMENTS: Rows = (
    ("IAP kods", "Atbalsta veids", "Mēnesis", "Summa", "Izglītības iestāde"),
    ("P1", "Transports", "09.2019", 30, "Zantes pamatskola"),
    ("P2", "Transports", "09.2019", 20, "Zantes pamatskola"),
)
OTHER: Rows = (
    ("Augs", "Krāsa", "Dobe"),
    ("Roze", "sarkana", "1."),
    ("Tulpe", "dzeltena", "2."),
    ("Liepa", "zaļa", "3."),
)
_PLACE = re.compile(r"\{(code|phone|email|account):(\d)\}")


def _account(number: int) -> str:
    """An account number whose check digits are right."""
    bank, own = "HABA", f"{number:013d}"
    figures = "".join(str(int(letter, 36)) for letter in f"{bank}{own}LV00")
    return f"LV{98 - int(figures) % 97:02d}{bank}{own}"


_MADE_UP: Mapping[str, Callable[[int], str]] = {
    "code": lambda number: f"{120304 + number}-{20000 + 1111 * number}",
    "phone": lambda number: f"+371 2{9000000 + number}",
    "email": lambda number: f"vecaki{number}@example.com",
    "account": _account,
}


def made_up(text: str) -> str:
    """Put made-up personal data where a text has places for them."""
    return _PLACE.sub(lambda place: _MADE_UP[place[1]](int(place[2])), text)


def write(example: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the delivery of one entry of ``catalogue/problems`` and give its files."""
    if "made_by" in example:
        path = folder / f"{example['made_by']}.xlsx"
        book = BUILDERS[example["made_by"]]()
        book.save(path)
        return [path]
    paths = []
    for name, text in example["files"].items():
        path = folder / name
        path.write_text(made_up(text) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def workbook(**sheets: Rows) -> Workbook:
    """Make a workbook of sheets by name."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def other_sheet() -> Workbook:
    return workbook(Izmaksas=PAYMENTS, **{"Citas lietas": OTHER})


def merged_figure() -> Workbook:
    rows = (
        ("IAP kods", "Mēnesis", "Transports", "Ēdināšana", "Izglītības iestāde"),
        ("P1", "09.2019", 30, None, "Zantes pamatskola"),
    )
    book = workbook(Izmaksas=rows)
    book["Izmaksas"].merge_cells("C2:D2")
    return book


def sheet_of_a_place() -> Workbook:
    return workbook(
        Irlava=(
            ("IAP kods", "Semestris", "Izglītojamā kods", "Klase"),
            ("P1", "2019/2020-1", "17", "7. klase"),
        )
    )


def hidden_sheet() -> Workbook:
    book = workbook(
        Izmaksas=PAYMENTS, **{"Vecās izmaksas": (PAYMENTS[0], ("P3", *PAYMENTS[1][1:]))}
    )
    book["Vecās izmaksas"].sheet_state = "hidden"
    return book


def hidden_row() -> Workbook:
    book = workbook(Izmaksas=PAYMENTS)
    book["Izmaksas"].row_dimensions[3].hidden = True
    return book


def struck_row() -> Workbook:
    book = workbook(Izmaksas=PAYMENTS)
    for cell in book["Izmaksas"][3]:
        cell.font = Font(strike=True)
    return book


BUILDERS: Mapping[str, Callable[[], Workbook]] = {
    each.__name__: each
    for each in (
        *(other_sheet, hidden_sheet, hidden_row, merged_figure, sheet_of_a_place),
        struck_row,
    )
}
