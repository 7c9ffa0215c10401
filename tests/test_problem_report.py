"""Problems in, people's files out: the report, the list, the marked copy."""

import re
import zipfile
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from pumpurs_analysis import schema
from pumpurs_analysis.dataset import problem_table
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.export import problem_report
from pumpurs_analysis.export.problem_words import counts, worded
from tests.tried import tried

CODE = "⟪code:0123456789abcdef⟫"


@pytest.fixture
def inputs():
    row = {
        "input_id": "1", "file": "plāni.xlsx", "sheet": "Plāni", "row_count": 1234,
        "accepted_count": 1200, "set_aside_count": 30, "not_data_count": 4,
    }  # fmt: skip
    return schema.conform("inputs", pd.DataFrame([row]))


def at(code="number_unread", file="plāni.xlsx", sheet="Plāni", **more):
    return Problem(code, file, sheet, **more)


def table(*problems):
    return problem_table(problems)


def test_words_say_place_found_wanted_and_what_to_do():
    told = worded(table(at(row=14, column="Summa", found="trīs", column_number=3)), "lv").loc[0]

    assert told["place"] == "14. rinda, kolonna „Summa”"
    assert told["cell"] == "C14"
    assert told["found"] == "„trīs” nav skaitlis."
    assert told["to_do"] == "Ierakstiet skaitli vai atstājiet šūnu tukšu."
    assert told["kind"] == "„…” nav skaitlis."


def test_words_are_those_of_the_sentence_where_nothing_can_be_named():
    problems = [
        at("column_not_used", row=1, found="Krāsa"),
        at("column_missing", row=1, wanted="school, month"),
    ]

    for problem, told in zip(problems, worded(table(*problems), "en").itertuples(), strict=True):
        sentence = problem.sentence("en")
        assert told.found in sentence
        assert f"Wanted: {told.wanted}." in sentence
        assert not told.wanted.endswith("such as “”")


def test_problems_are_told_in_the_order_of_files_and_rows():
    told = worded(
        table(at(row=9), at(row=2), at(), at(file="10.csv", sheet=""), at(file="2.csv", sheet="")),
        "en",
    )

    assert told["file"].to_list() == ["2.csv", "10.csv", *["plāni.xlsx"] * 3]
    assert told["place"].to_list()[2:] == ["The whole sheet", "row 2", "row 9"]


def test_no_code_leaves_even_as_a_pseudonym(inputs):
    problems = table(at(row=2, found=f"IAP {CODE}", column=CODE, column_number=1))
    files = [
        problem_report.html(problems, inputs, "lv"),
        problem_report.csv(problems, "lv").decode("utf-8"),
        *comments(problem_report.marked(b"a\nb", "plāni.xlsx", problems, "lv")),
    ]

    for written in files:
        assert "0123456789abcdef" not in written
    assert "IAP [personas kods]" in files[0]


def test_csv_opens_in_latvian_excel_and_runs_nothing():
    problems = table(at(file="=cmd.csv", sheet="", row=2, found="=1+1", school="@skola"))

    written = problem_report.csv(problems, "lv")

    assert written.startswith(b"\xef\xbb\xbf")
    line = written.decode("utf-8-sig").splitlines()[1].split(";")
    assert line[:5] == ["Jālabo", "'=cmd.csv", "", "2", "A2"]
    assert line[6] == "'@skola"


def test_the_report_lists_every_problem_and_adds_up(inputs):
    problems = table(*(at(row=row, found=f"x{row}") for row in range(2, 5202)))

    written = problem_report.html(problems, inputs, "lv")

    assert written.count("<li ") == 5200
    assert "Rindas: 1\u00a0234 = pieņemtas 1\u00a0200 + atliktas 30 + bez datiem 4" in written
    assert len(written) < 2_000_000


def test_the_report_needs_nothing_from_outside_and_reads_no_cell_as_markup(inputs):
    found = "<script>alert(1)</script>"
    problems = table(at(row=2, found=found, school="<b>", column="<i>"), at(file='"><img>.csv'))

    written = problem_report.html(problems, inputs, "en")

    assert not re.search(r"https?:|src=|@import|url\(", written)
    assert found not in written
    assert "&lt;script&gt;alert(1)" in written
    assert "<img>" not in written
    assert "default-src 'none'" in written


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", ["Jālabo", "Jāpārbauda", "Zināšanai"]),
        ("en", ["To mend", "To look at", "Worth knowing"]),
    ],
)
def test_severities_have_a_word_and_a_shape_of_their_own(inputs, language, words):
    problems = table(at(row=2), at("value_differs", row=3), at("value_vague", row=4))

    written = problem_report.html(problems, inputs, language)

    for severity, word in zip(("error", "warning", "note"), words, strict=True):
        assert f'<use href="#{severity}"/></svg>{word}' in written
        assert written.count(f'<symbol id="{severity}"') == 1


def test_a_report_without_problems_says_so(inputs):
    written = problem_report.html(table(), inputs, "lv")

    assert "Nav nekā, kas jālabo" in written
    assert 'id="controls"' not in written


def test_made_up_data_are_called_so(inputs):
    assert "Izdomāti dati" in problem_report.html(table(), inputs.assign(is_made_up=True), "lv")
    assert "Izdomāti dati" not in problem_report.html(table(), inputs, "lv")


def test_schools_are_counted_with_most_to_mend_first():
    problems = table(at(school="Ā"), at(school="B"), at(school="B"), at("value_vague", school="C"))

    assert counts(problems, "school").index.to_list() == ["B", "Ā", "C"]
    assert counts(problems, "school").loc["B"].to_list() == [2, 0, 0]


def states(before, now):
    told = problem_report.change(table(*before), table(*now))
    return [(row.row, row.change) for row in told.itertuples()]


def test_a_mended_row_is_told_from_those_still_open():
    before = [at(row=3, found="x"), at(row=7, found="x")]

    assert states(before, [at(row=7, found="x")]) == [(7, "open"), (3, "mended")]


def test_a_row_that_moved_is_the_same_problem():
    assert states([at(row=3, found="x")], [at(row=4, found="x")]) == [(4, "open")]


def test_a_file_under_another_name_is_the_same_file():
    before = [at(row=3, found="x", file="a.xlsx"), at(row=5, found="y", file="a.xlsx")]

    now = [
        at(row=3, found="x", file="a_labojamais.xlsx"),
        at(row=9, found="z", file="a_labojamais.xlsx"),
    ]

    assert states(before, now) == [(3, "open"), (9, "new"), (5, "mended")]


def test_the_marked_copy_of_a_text_table_is_the_same_table():
    before = [at(row=3, found="x", file="a.csv", sheet="")]

    assert states(before, [at(row=3, found="x", file="a_labojamais.xlsx", sheet="a")]) == [
        (3, "open")
    ]


def test_the_change_is_in_the_report(inputs):
    before, now = table(at(row=2, found="a"), at(row=3)), table(at(row=3), at("value_vague"))

    written = problem_report.html(now, inputs, "en", before=before)

    tiles = re.findall(r"<dt>(\w[\w ]*)</dt><dd>(\d+)</dd>", written)
    assert {("New", "1"), ("Mended", "1"), ("Still open", "1")} <= set(tiles)


few = st.lists(
    st.builds(
        at,
        st.sampled_from(["number_unread", "value_vague"]),
        st.sampled_from(["a.csv", "b.csv"]),
        row=st.none() | st.integers(2, 4),
        found=st.sampled_from(["", "x"]),
    ),
    max_size=8,
)


@tried(40)
@given(few, few)
def test_no_problem_is_lost_between_two_loads(before, now):
    met = problem_report.change(table(*before), table(*now))["change"].value_counts()

    assert met["new"] + met["open"] == len(now)
    assert met["mended"] + met["open"] == len(before)


# ------------------------------------------------------------------------------- marked copies


def saved(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(rows, title="Plāni"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def opened(content):
    return openpyxl.load_workbook(BytesIO(content))


def comments(content):
    return [
        cell.comment.text
        for sheet in opened(content)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    ]


def test_problem_cells_are_coloured_commented_and_listed_with_links():
    delivered = saved(book_of([["Skola", "Summa"], ["A", "trīs"], ["B", 4]]))
    problems = table(
        at(row=2, column="Summa", found="trīs", column_number=2),
        at("value_differs", row=2, found="trīs", column_number=2),
        at("value_vague", row=3),
        at("value_vague"),
        at(file="other.xlsx", row=2),
    )

    book = opened(problem_report.marked(delivered, "plāni.xlsx", problems, "lv"))

    assert book.sheetnames == ["Labojamais", "Plāni"]
    marked = book["Plāni"]["B2"]
    assert marked.comment.text.startswith("JĀLABO: „trīs” nav skaitlis.")
    assert "JĀPĀRBAUDA" in marked.comment.text
    assert marked.fill.fgColor.rgb == "FFF8C9B4"
    assert book["Plāni"]["A3"].comment.text.startswith("ZINĀŠANAI")
    assert book["Plāni"]["B3"].fill.fill_type is None
    links = [row[1].hyperlink.location for row in book["Labojamais"]["A5:I8"] if row[1].hyperlink]
    assert links == ["'Plāni'!B2", "'Plāni'!B2", "'Plāni'!A3"]
    assert book["Labojamais"].max_row == 8


def test_formulas_stay_and_what_calls_out_becomes_text():
    book = book_of([["n"], [2], [3], ["=SUM(A2:A3)"], ["=cmd|'/c calc'!A1"]])
    sheet = book.active
    sheet["A6"], sheet["A7"] = "='[1]Cits'!A1", '=WEBSERVICE("http://x")'
    sheet["A8"] = '=IF(A2=2,"a|b [1]","")'
    sheet["A9"] = ArrayFormula("A9", "=SUM(A2:A3*2)")
    sheet["A10"] = "=1+1"
    sheet["A10"].data_type = "s"

    copy = opened(problem_report.marked(saved(book), "plāni.xlsx", table(), "en"))["Plāni"]

    kinds = {cell.row: cell.data_type for cell in copy["A"]}
    assert copy["A4"].value == "=SUM(A2:A3)"
    assert [kinds[row] for row in (4, 8, 9)] == ["f", "f", "f"]
    assert [kinds[row] for row in (5, 6, 7, 10)] == ["s", "s", "s", "s"]


def test_macros_are_left_behind():
    delivered = BytesIO(saved(book_of([["n"], ["x"]])))
    with zipfile.ZipFile(delivered, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")

    copy = problem_report.marked(delivered.getvalue(), "plāni.xlsm", table(), "lv")

    with zipfile.ZipFile(BytesIO(copy)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name]
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")


def test_a_merged_cell_is_marked_where_its_value_stands():
    book = book_of([["Skola", None], ["A", None]])
    book.active.merge_cells("A2:B3")

    copy = opened(
        problem_report.marked(saved(book), "plāni.xlsx", table(at(row=3, column_number=2)), "lv")
    )

    assert copy["Plāni"]["A2"].comment is not None


def test_an_own_comment_is_kept_and_old_marks_go():
    book = book_of([["n"], ["x"], ["y"]])
    book.active["A2"].comment = openpyxl.comments.Comment("Mans.", "Skola")
    first = problem_report.marked(
        saved(book),
        "plāni.xlsx",
        table(at(row=2, column_number=1), at(row=3, column_number=1)),
        "lv",
    )

    second = opened(problem_report.marked(first, "plāni.xlsx", table(), "en"))

    assert opened(first)["Plāni"]["A2"].comment.text.startswith("Mans.\n\nJĀLABO")
    assert second.sheetnames == ["To mend", "Plāni"]
    assert second["Plāni"]["A3"].comment is None
    assert second["Plāni"]["A3"].fill.fill_type is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Skola;Summa\r\nĶekavas vsk.;=1+1\r\n".encode("cp1257"), id="windows-1257"),
        pytest.param("Skola;Summa\r\nĶekavas vsk.;=1+1\r\n".encode("utf-8-sig"), id="utf-8 mark"),
        pytest.param("Skola\tSumma\nĶekavas vsk.\t=1+1".encode("utf-16"), id="utf-16 tab"),
        pytest.param("sep=,\nSkola,Summa\nĶekavas vsk.,=1+1".encode(), id="stated separator"),
    ],
)
def test_a_text_table_is_copied_as_text(content):
    problems = table(at(file="izmaksas.csv", sheet="", row=2, column_number=2))

    copy = opened(problem_report.marked(content, "izmaksas.csv", problems, "lv"))

    sheet = copy["izmaksas"]
    assert [cell.value for cell in sheet[2]] == ["Ķekavas vsk.", "=1+1"]
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].comment is not None


def ods(rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Plāni/2019">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def test_an_ods_is_copied_as_text_and_its_sheet_found():
    problems = table(at(file="a.ods", sheet="Plāni/2019", row=2, column_number=1))

    copy = opened(problem_report.marked(ods([["n"], ["x"]]), "a.ods", problems, "lv"))

    assert copy["Plāni 2019"]["A2"].comment is not None


def test_a_file_inside_a_zip_is_found(tmp_path):
    path = tmp_path / "piegāde.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("skola/plāni.xlsx", saved(book_of([["n"], ["x"]])))
    problems = table(at(file="piegāde.zip/plāni.xlsx", row=2, column_number=1))

    copy = opened(problem_report.marked(path, "piegāde.zip/plāni.xlsx", problems, "lv"))

    assert copy["Plāni"]["A2"].comment is not None


def bomb():
    content = BytesIO(saved(book_of([["n"]])))
    swollen = BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(swollen, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
                part = part.replace(b"</sheetData>", b"</sheetData>" + merged)
            new.writestr(name, part)
    return swollen.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "file_empty", id="refused"),
        pytest.param(b"PK\x03\x04nothing", "number_unread", id="broken"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "number_unread", id="picture"),
        pytest.param(bomb(), "number_unread", id="merged to the end of the world"),
    ],
)
def test_a_file_that_cannot_be_copied_gives_the_list_alone(content, problem):
    problems = table(at(problem, row=2, column_number=1))

    copy = opened(problem_report.marked(content, "plāni.xlsx", problems, "en"))

    assert copy.sheetnames == ["To mend"]
    assert "could not be written" in copy["To mend"]["A2"].value
    assert copy["To mend"].max_row == 5
