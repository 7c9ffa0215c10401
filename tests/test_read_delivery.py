"""Files of every kind to grids; what cannot be read becomes a sentence."""

import codecs
import csv
import datetime as dt
import io
import runpy
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.read import plain, read_delivery
from pumpurs_analysis.read.grid import Door
from pumpurs_analysis.read.source import Refused, Source
from tests.tried import tried

PARTS = runpy.run_path(str(Path(__file__).parent / "dirty" / "parts.py"))
workbook, archive, cell = PARTS["workbook"], PARTS["archive"], PARTS["cell"]
KEY, read, codes = PARTS["KEY"], PARTS["read"], PARTS["codes"]
TABLE = (
    'Skola;Mēnesis;Summa\r\nĶekavas vidusskola;2019-10;"30,50"\r\n;;\r\n"a\r\nb";x;"y ""z"""\r\n'
)
CELLS = [
    ["Skola", "Mēnesis", "Summa"],
    ["Ķekavas vidusskola", "2019-10", "30,50"],
    ["", "", ""],
    ["a\nb", "x", 'y "z"'],
]


def cells(grid):
    columns = [column.tolist() for column in grid.columns]
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode(), id="utf-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="utf-8 with mark"),
        pytest.param(lambda text: text.encode("cp1257"), id="windows-1257"),
        pytest.param(lambda text: text.encode("iso8859_13"), id="iso 8859-13"),
        pytest.param(lambda text: text.encode("iso8859_4"), id="iso 8859-4"),
        pytest.param(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="utf-16 le"),
        pytest.param(lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="utf-16 be"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16 le without mark"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="utf-16 be without mark"),
    ],
)
def test_every_encoding_and_separator_gives_the_same_cells(tmp_path, encode, separator):
    grids, problems = read(tmp_path, encode(TABLE.replace(";", separator)))

    assert problems == []
    assert cells(grids[0]) == CELLS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(tmp_path, end):
    grids, _ = read(tmp_path, end.join(["a;b", "c;d"]))

    assert cells(grids[0]) == [["a", "b"], ["c", "d"]]


def test_a_line_that_states_the_separator_is_no_record(tmp_path):
    grids, _ = read(tmp_path, "sep=,\na,b\nc;d,e\n")

    assert grids[0].first_row == 1
    assert cells(grids[0]) == [["a", "b"], ["c;d", "e"]]


def test_titles_and_records_of_another_width_stay_in_their_rows(tmp_path):
    grids, _ = read(tmp_path, "Izdomāti dati\n\na;b;c\n1;2;3\n4;5\n6;7;8;9\nKopā;1\n;;;;;;\n\n")

    grid = grids[0]
    assert len(grid.columns) == 4
    assert [grid.cell(row, 1) for row in range(1, 8)] == [
        "Izdomāti dati",
        "",
        "a",
        "1",
        "4",
        "6",
        "Kopā",
    ]
    assert (grid.cell(6, 4), grid.cell(5, 3), grid.row_count) == ("9", "", 7)


def test_blank_rows_above_count(tmp_path):
    grids, _ = read(tmp_path, ";;\n;;\na;b;\n")

    assert (grids[0].first_row, cells(grids[0])) == (3, [["a", "b"]])


RECORDS = st.lists(
    st.lists(st.text(alphabet='ab ā";,\n\r\u00a0', max_size=4), min_size=1, max_size=4),
    min_size=1,
    max_size=6,
)


@tried()
@given(
    RECORDS, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.sampled_from(["\n", "\r\n"])
)
def test_both_ways_to_read_a_text_give_the_same_cells(records, quotes, end):
    out = io.StringIO()
    out.write(f"sep=;{end}")
    csv.writer(out, delimiter=";", quoting=quotes, lineterminator=end).writerows(records)
    source = Source("a.csv", unpack=lambda: out.getvalue().encode())
    layout = plain._layout(out.getvalue(), "utf-8")

    columns = plain._regular(source, layout, Door(source, "", KEY)) if layout.is_regular else None
    slowly = plain._ragged(source, layout, Door(source, "", KEY))

    if columns is not None:
        assert [list(each) for each in columns] == [list(each) for each in slowly]
    if quotes == csv.QUOTE_ALL:
        assert {len(column) for column in slowly} == {len(records)}


@tried()
@given(st.text(alphabet='ab;"\n', max_size=30))
def test_a_text_is_read_whole_or_refused(text):
    source = Source("a.csv", unpack=text.encode)
    door = Door(source, "", KEY)
    try:
        read_columns = plain.read_plain(source, door)
    except Refused:
        return
    kept = "".join(cell for column in read_columns for cell in column)
    assert all(kept.count(letter) == text.count(letter) for letter in "ab")


@pytest.mark.parametrize("text", ['a;b\n"c;d\ne;f\n', 'a;b\nc;"d\n', 'a;b\nc;"d', 'a\n"'])
def test_a_quotation_mark_never_closed_is_half_a_file(tmp_path, text):
    grids, problems = read(tmp_path, text)

    assert grids == []
    assert codes(problems) == ["file_cut_off"]


def test_a_letter_cut_in_two_is_half_a_file(tmp_path):
    assert codes(read(tmp_path, "a;b\nc;ā".encode()[:-1])[1]) == ["file_cut_off"]


def test_garbled_letters_are_mended_and_said_once(tmp_path):
    letters = (bytes([each]) for each in "Skolā;x\nRīgā;y\n".encode())
    text = "".join(each.decode("cp1257", "ignore") or each.decode("latin-1") for each in letters)
    grids, problems = read(tmp_path, text)

    assert cells(grids[0]) == [["Skolā", "x"], ["Rīgā", "y"]]
    assert [(each.code, each.row, each.column_number, each.found) for each in problems] == [
        ("letters_mended", 1, 1, "2")
    ]


def test_lost_letters_are_said(tmp_path):
    _, problems = read(tmp_path, "Skola;Lapa\nR?gas skola;www.lv/a?b=c\nKas? Kad?;x\n")

    assert [(each.code, each.row, each.found) for each in problems] == [("letters_lost", 2, "1")]


def test_spaces_are_tidied_and_line_breaks_kept(tmp_path):
    grids, _ = read(tmp_path, '"  a\u00a0b\u2009c  ";"x \r\n\t y\n"\nd;\u200be\n')

    assert cells(grids[0]) == [["a b c", "x\ny"], ["d", "e"]]


def test_letters_of_two_characters_become_one(tmp_path):
    grids, _ = read(tmp_path, "Skola\u0304;b\nc;d\n")

    assert grids[0].cell(1, 1) == "Skolā"


def test_personal_patterns_do_not_pass_the_door(tmp_path):
    code = f"{10203:06}-{20123}"
    text = f"Personas kods;Piezīme\n{code};zvanīt +371 2{9123456}\n{code.replace('-', '')[1:]};x\n"
    grids, problems = read(tmp_path, text)

    grid = grids[0]
    assert problems == []
    assert grid.cell(2, 1) == grid.cell(3, 1)
    assert grid.cell(2, 1).startswith("⟪code:")
    assert grid.cell(2, 2) == "zvanīt ⟪phone⟫"
    assert grid.columns[0].categories.is_unique


def test_a_code_in_a_name_of_a_file_does_not_pass(tmp_path):
    code = f"{10203:06}-{20123}"
    grids, problems = read(tmp_path, b"%PDF-1.7", f"{code}.pdf")

    assert grids == []
    assert code not in problems[0].file


def typed(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Dati"
    sheet["B2"] = "Virsraksts"
    sheet.merge_cells("B2:D2")
    for place, value in {
        "B4": 30,
        "C4": 30.5,
        "D4": True,
        "E4": dt.date(2019, 10, 1),
        "F4": dt.datetime.fromisoformat("2019-10-01 12:30"),
        "G4": dt.time(9, 5),
        "H4": 0.1 + 0.2,
        "I4": 1e15,
        "J4": -5.0,
        "K4": "=cmd|' /C calc'!A0",
        "L4": "30",
        "M4": 1,
    }.items():
        sheet[place] = value
    sheet["K4"].data_type = "s"
    sheet["B5"] = "paslēpta"
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("Slēpta").append(["x"])
    book["Slēpta"].sheet_state = "veryHidden"
    book.create_chartsheet("Diagramma")
    book.create_sheet("Tukša")
    book.save(path)


def test_typed_cells_become_text_in_their_places(tmp_path):
    typed(tmp_path / "a.xlsx")

    grids, problems = read_delivery(tmp_path / "a.xlsx", key=KEY)

    first, second = grids
    assert problems == []
    assert (first.first_row, first.merged) == (2, ((2, 2, 2, 4),))
    assert [first.cell(4, column) for column in range(1, 14)] == [
        "",
        "30",
        "30.5",
        "TRUE",
        "2019-10-01",
        "2019-10-01 12:30:00",
        "09:05:00",
        "0.3",
        "1000000000000000",
        "-5",
        "=cmd|' /C calc'!A0",
        "30",
        "1",
    ]
    assert (first.hidden_rows, first.hidden_columns) == (frozenset({5}), frozenset({3}))
    assert (second.sheet, second.is_hidden, first.is_hidden) == ("Slēpta", True, False)


def test_formulas_without_a_value_and_errors_are_said(tmp_path):
    rows = (
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3"><f>1+1</f></c>'
        '<c r="C3"><f>A1</f><v/></c>'
        '<c r="D3" t="str"><f>""</f><v></v></c><c r="E3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        f"{cell('F3', 'x')}</row>"
    )
    grids, problems = read(tmp_path, workbook(rows), "a.xlsx")

    assert [grids[0].cell(3, column) for column in range(1, 7)] == ["2", "", "", "", "#DIV/0!", "x"]
    assert sorted((each.code, each.row, each.column_number, each.found) for each in problems) == [
        ("formula_error", 3, 5, "#DIV/0!"),
        ("formula_not_calculated", 3, 2, ""),
        ("formula_not_calculated", 3, 3, ""),
    ]


def test_numbers_and_texts_that_look_alike_are_one_text(tmp_path):
    book = openpyxl.Workbook()
    for value in (30, "30", 30.0, True, 1, "TRUE"):
        book.active.append([value])
    book.save(tmp_path / "a.xlsx")

    column = read_delivery(tmp_path / "a.xlsx", key=KEY)[0][0].columns[0]

    assert column.tolist() == ["30", "30", "30", "TRUE", "1", "TRUE"]
    assert sorted(column.categories) == ["1", "30", "TRUE"]


def test_macros_are_a_note(tmp_path):
    grids, problems = read(
        tmp_path,
        workbook(f'<row r="1">{cell("A1", "x")}</row>', **{"xl/vbaProject.bin": "x"}),
        "a.xlsm",
    )

    assert len(grids) == 1
    assert codes(problems) == ["macros_ignored"]


OFFICE = Path(__file__).parent / "dirty" / "office"


@pytest.mark.parametrize("ending", ["xls", "ods", "csv"])
def test_what_libreoffice_saved_reads_the_same_in_every_format(ending):
    wanted, _ = read_delivery(OFFICE / "izdomats.xlsx", key=KEY)
    grids, problems = read_delivery(OFFICE / f"izdomats.{ending}", key=KEY)

    grid, other = grids[0], wanted[0]
    rows, known = cells(grid), cells(other)
    for row in (*rows, *known) if ending == "csv" else ():
        row[2] = ""  # a CSV holds times of day as the language shows them
    assert rows == known
    assert grid.first_row == other.first_row
    if ending != "csv":
        assert (grid.merged, grid.hidden_rows) == (other.merged, other.hidden_rows)
        assert grid.hidden_columns == other.hidden_columns
    assert codes(problems) == ["formula_error"]


def test_parquet_holds_its_names_and_values(tmp_path):
    frame = pd.DataFrame(
        {
            "Skola": ["a", None, "a"],
            "Summa": [1.5, 2.0, None],
            "Diena": [dt.date(2019, 10, 1)] * 3,
            "Ir": [True, False, None],
            "Saraksts": [[1], [], None],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")

    grids, _ = read_delivery(tmp_path / "a.parquet", key=KEY)

    assert cells(grids[0])[:3] == [
        ["Skola", "Summa", "Diena", "Ir", "Saraksts"],
        ["a", "1.5", "2019-10-01", "TRUE", "[1]"],
        ["", "2", "2019-10-01", "FALSE", "[]"],
    ]


def test_a_folder_is_read_with_all_inside_but_locks_and_hidden_files(tmp_path):
    for name in (
        "b/a.csv",
        "a/a.csv",
        "c.csv",
        "~$c.xlsx",
        ".DS_Store",
        ".git/x.csv",
        "b/Thumbs.db",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a;b\nc;d\n")
    told = []

    grids, problems = read_delivery(tmp_path, key=KEY, progress=lambda *each: told.append(each))

    assert [grid.file for grid in grids] == ["a/a.csv", "b/a.csv", "c.csv"]
    assert problems == []
    assert told[0] == (0, 3, "a/a.csv")
    assert told[-1][:2] == (3, 3)


def test_progress_may_cancel(tmp_path):
    (tmp_path / "a.csv").write_text("a;b\n")

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_delivery(tmp_path, key=KEY, progress=stop)


def test_an_archive_is_read_as_its_folders_are(tmp_path):
    inner = archive({"d.csv": "a;b\n1;2\n"})
    members = {
        "x/Skola ā.csv": "a;b\n",
        "../../y.csv": "c;d\n",
        "__MACOSX/._y.csv": "z",
        "z.zip": inner,
    }
    grids, problems = read(tmp_path, archive(members), "a.zip")

    assert [grid.file for grid in grids] == [
        "a.zip/Skola ā.csv",
        "a.zip/y.csv",
        "a.zip/z.zip/d.csv",
    ]
    assert problems == []
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip"}


def test_an_archive_of_an_archive_without_end_is_refused(tmp_path):
    content = archive({"a.csv": "a;b\n"})
    for _ in range(4):
        content = archive({"a.zip": content})

    assert codes(read(tmp_path, content, "a.zip")[1]) == ["file_swollen"]


def test_nothing_to_read_is_said(tmp_path):
    assert codes(read_delivery(tmp_path, key=KEY)[1]) == ["folder_empty"]
    assert codes(read_delivery(tmp_path / "nowhere.csv", key=KEY)[1]) == ["file_missing"]


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "b.csv").write_text("a;b\n1;2\n")

    grids, problems = read_delivery([tmp_path / "a.xlsx", tmp_path / "b.csv"], key=KEY)

    assert [grid.file for grid in grids] == ["b.csv"]
    assert [(each.code, each.file) for each in problems] == [("file_damaged", "a.xlsx")]


def test_names_written_by_old_programs_are_read(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("Plxni.csv", "a;b\n")
    content = out.getvalue().replace(b"Plxni", "Pl\u0101ni".encode("cp775"))

    assert [grid.file for grid in read(tmp_path, content, "a.zip")[0]] == ["a.zip/Plāni.csv"]
