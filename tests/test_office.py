"""A workbook saved again by LibreOffice, here and now, reads the same in every format."""

import runpy
import shutil
from pathlib import Path

import openpyxl
import pytest

from pumpurs_analysis.read import read_delivery

MAKE = runpy.run_path(str(Path(__file__).parent / "dirty" / "office" / "make.py"), run_name="make")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]
TIMES = 3  # column of times of day: a CSV holds them as the language shows them


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with the workbook as saved by LibreOffice, and as openpyxl wrote it."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "written").mkdir()
    MAKE["write"](folder / "written" / "izdomats.xlsx")
    MAKE["saved_again"](folder / "written" / "izdomats.xlsx", folder)
    return folder


def cells(path, without=()):
    grid = read_delivery(path, key=b"a key of tests")[0][0]
    numbers = [number for number in range(1, len(grid.columns) + 1) if number not in without]
    return [
        [grid.cell(row, number) for number in numbers]
        for row in range(grid.first_row, grid.first_row + grid.row_count)
    ]


@pytest.mark.parametrize("ending", MAKE["FORMATS"])
def test_every_format_saved_by_libreoffice_gives_the_same_cells(saved, ending):
    without = [TIMES] if ending == "csv" else []

    assert cells(saved / f"izdomats.{ending}", without) == cells(saved / "izdomats.xlsx", without)


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_sheets_called_after_people_are_shown_alike_in_every_format(tmp_path, ending):
    book = openpyxl.Workbook()
    for name in ("Anna Kalniņa", "Aija Kalna", "Plāni"):
        book.create_sheet(name).append([name])
    (tmp_path / "written").mkdir()
    book.save(tmp_path / "written" / "a.xlsx")
    MAKE["saved_again"](tmp_path / "written" / "a.xlsx", tmp_path)

    grids = read_delivery(tmp_path / f"a.{ending}", key=b"a key of tests")[0]

    assert [grid.sheet for grid in grids] == ["A… K…", "A… K… (2)", "Plāni"]


def test_what_openpyxl_wrote_differs_in_formulas_alone(saved):
    written, read = cells(saved / "written" / "izdomats.xlsx"), cells(saved / "izdomats.xlsx")

    pairs = [pair for rows in zip(written, read, strict=True) for pair in zip(*rows, strict=True)]
    assert {one for one, other in pairs if one != other} == {""}
    assert sum(one != other for one, other in pairs) == 4
