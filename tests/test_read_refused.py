"""Files that are no table, damaged or harmful are refused with a sentence, and stop nothing."""

import runpy
import time
import tracemalloc
from pathlib import Path

import pytest

from pumpurs_analysis.read import read_delivery

PARTS = runpy.run_path(str(Path(__file__).parent / "dirty" / "parts.py"))
workbook, archive, cell = PARTS["workbook"], PARTS["archive"], PARTS["cell"]
OFFICE = Path(__file__).parent / "dirty" / "office"
KEY, read, codes = PARTS["KEY"], PARTS["read"], PARTS["codes"]


REFUSED = {
    "nothing": (b"", "a.csv", "file_empty"),
    "blanks": (b"\r\n \r\n;;;\r\n", "a.csv", "file_empty"),
    "a separator alone": (b"sep=;\n", "a.csv", "file_empty"),
    "spaces in quotes": (b'" ";" "\n" ";""\n', "a.csv", "file_empty"),
    "a document": (b"%PDF-1.7\n...", "a.pdf", "file_not_table"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "a.png", "file_not_table"),
    "a picture named csv": (b"\x89PNG\r\n\x1a\n\x00\x00", "a.csv", "file_not_table"),
    "bytes": (bytes(range(256)) * 9, "a.csv", "file_not_text"),
    "bytes as a workbook": (bytes(range(256)) * 9, "a.xlsx", "file_damaged"),
    "a letter": (archive({"word/document.xml": "<x/>"}), "a.docx", "file_not_table"),
    "an XLSB": (archive({"xl/workbook.bin": "x"}), "a.xlsb", "file_not_table"),
    "a page named xls": (
        b"\xef\xbb\xbf \n<html><table><tr><td>1</td></tr></table>",
        "a.xls",
        "file_is_page",
    ),
    "XML named xls": (b'<?xml version="1.0"?><Workbook/>', "a.xls", "file_is_page"),
    "half an archive": (workbook("")[:-60], "a.xlsx", "file_damaged"),
    "an OLE file of nothing": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "a.msg",
        "file_not_table",
    ),
    "an encrypted workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "a.xlsx",
        "file_locked",
    ),
    "half an XLS": ((OFFICE / "izdomats.xls").read_bytes()[:3000], "a.xls", "file_damaged"),
    "half a Parquet": (b"PAR1" + b"\0" * 100, "a.parquet", "file_damaged"),
    "an empty archive": (archive({}), "a.zip", "folder_empty"),
    "an entity": (
        workbook(
            f'<row r="1">{cell("A1", "&x;")}</row>',
            **{"xl/styles.xml": "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"},
        ),
        "a.xlsx",
        "file_declares",
    ),
    "a far cell": (
        workbook(f'<row r="1">{cell("A1", 1)}</row><row r="1048576">{cell("XFD1048576", 1)}</row>'),
        "a.xlsx",
        "cells_far_apart",
    ),
    "a far cell in disguise": (
        workbook(f"<row r='1'>{cell('A1', 1)}<c r = 'XFD1048576'><v>1</v></c></row>"),
        "a.xlsx",
        "cells_far_apart",
    ),
    "a million rows of nothing between": (
        workbook(f'<row r="1">{cell("A1", 1)}</row><row r="1048576">{cell("Z1048576", 1)}</row>'),
        "a.xlsx",
        "cells_far_apart",
    ),
    "spaces without end": (archive({"a.csv": b" " * 200_000_000}), "a.zip", "file_swollen"),
    "an ODS that repeats": (
        PARTS["opendocument"](
            '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell table:number-columns-repeated="16000" '
            'office:value-type="float" office:value="1"/>'
            "</table:table-row></table:table>"
        ),
        "a.ods",
        "cells_far_apart",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_or_harmful_is_refused_with_a_sentence(tmp_path, case):
    content, name, code = REFUSED[case]
    file = tmp_path / name
    file.write_bytes(content)
    read_delivery(OFFICE / "izdomats.xlsx", key=KEY)  # what is kept for good is made before
    tracemalloc.start()
    start = time.process_time()

    grids, problems = read_delivery(file, key=KEY)

    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grids == []
    assert [each.code for each in problems if each.severity == "error"] == [code]
    assert problems[-1].sentence("lv")
    assert memory < 20_000_000
    assert time.process_time() - start < 5


def test_a_locked_archive_is_refused(tmp_path):
    content = bytearray(archive({"a.csv": "a;b\n"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert codes(read(tmp_path, bytes(content), "a.zip")[1]) == ["file_locked"]


def test_a_member_longer_than_it_says_is_refused(tmp_path):
    content = bytearray(workbook("<row/>" * 500))
    place = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (50).to_bytes(4, "little")

    assert codes(read(tmp_path, bytes(content), "a.xlsx")[1]) == ["file_swollen"]


def test_empty_rows_and_cells_with_a_format_only_are_no_harm(tmp_path):
    styled = "".join(f'<row r="{row}"><c r="XFD{row}" s="0"/></row>' for row in range(2, 20_000))
    grids, problems = read(
        tmp_path,
        workbook(f'<row r="1">{cell("A1", "x")}</row>{styled}<row r="1048576"/>'),
        "a.xlsx",
    )

    assert problems == []
    assert (grids[0].cell(1, 1), grids[0].row_count, len(grids[0].columns)) == ("x", 1, 1)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"Skola;Summa\nA;30\n", "a.xlsx", "csv"),
        (workbook(f'<row r="1">{cell("A1", "x")}</row>'), "a.csv", "xlsx"),
        ((OFFICE / "izdomats.ods").read_bytes(), "a.xls", "ods"),
    ],
    ids=["text", "xlsx", "ods"],
)
def test_a_wrong_ending_is_read_by_content_with_a_note(tmp_path, content, name, kind):
    grids, problems = read(tmp_path, content, name)

    assert len(grids) == 1
    assert (problems[0].code, problems[0].wanted) == ("file_ending_differs", kind)
