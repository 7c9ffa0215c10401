import codecs

import pytest

from pumpurs_analysis.errors import InputError
from pumpurs_analysis.read import read_table

HEADER = "source_id,title,publisher,address,published_date"
ROW = "P01,Ķekavas lapa,Ķekavas novads,https://example.lv,2021"


def codes_of(file):
    with pytest.raises(InputError) as raised:
        read_table(file, "sources")
    return [(problem.code, problem.row, problem.column) for problem in raised.value.problems]


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode("utf-8"), id="utf-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="utf-8 with mark"),
        pytest.param(lambda text: text.encode("cp1257"), id="windows-1257"),
        pytest.param(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="utf-16"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_cells(tmp_path, encode, separator):
    text = f"{HEADER}\r\n{ROW}\r\n".replace(",", separator)
    file = tmp_path / "sources.csv"
    file.write_bytes(encode(text))

    table = read_table(file, "sources")

    assert table.frame.loc[2, "title"] == "Ķekavas lapa"
    assert table.frame.loc[2].tolist() == ROW.split(",")


def test_headers_are_found_without_case_and_diacritics(tmp_path):
    file = tmp_path / "sources.csv"
    file.write_text(f"{HEADER.upper()}\n{ROW}\n", encoding="utf-8")

    assert list(read_table(file, "sources").frame.columns) == HEADER.split(",")


def test_a_missing_file_is_a_sentence(tmp_path):
    assert codes_of(tmp_path / "nowhere.csv") == [("file_missing", None, "")]


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", codecs.BOM_UTF8])
def test_an_empty_file_is_a_sentence(tmp_path, content):
    file = tmp_path / "empty.csv"
    file.write_bytes(content)

    assert codes_of(file) == [("file_empty", None, "")]


def test_a_picture_named_csv_is_refused(tmp_path):
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")

    assert codes_of(file) == [("file_not_text", None, "")]


def test_all_problems_come_at_once(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(f'{HEADER.replace("title", "titel")}\n{ROW},extra\n"P02,half', encoding="utf-8")

    found = codes_of(file)

    assert ("file_cut_off", 3, "") in found
    assert ("column_missing_with_nearest", 1, "title") in found
    assert ("row_length", 2, "") in found


def test_a_message_names_place_found_wanted_and_what_to_do(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(f"{HEADER}\n{ROW},extra\n", encoding="utf-8")

    with pytest.raises(InputError) as raised:
        read_table(file, "sources")

    assert raised.value.report("lv").splitlines() == [
        "Datus vēl nevar ielādēt. Problēmu skaits: 1.",
        (
            "- bad.csv, 2. rinda: Šūnu skaits rindā: 6. Jābūt: tikpat šūnu, cik virsrakstā (5). "
            "Pārbaudiet, vai nav lieka atdalītāja un vai kāds netrūkst."
        ),
    ]
    assert str(raised.value).splitlines() == [
        "This delivery cannot be loaded yet. Problems: 1.",
        (
            "- bad.csv, row 2: Cells in the row: 6. Wanted: as many cells as the header has (5). "
            "Check that no separator is missing or one too many."
        ),
    ]


def test_at_most_five_problems_are_shown_and_the_rest_counted(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(HEADER + "\n" + "x\n" * 8, encoding="utf-8")

    with pytest.raises(InputError) as raised:
        read_table(file, "sources")

    assert len(raised.value.problems) == 8
    assert raised.value.report("en").splitlines()[-1] == "and 3 more problems."
