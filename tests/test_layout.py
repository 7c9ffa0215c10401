"""Tables are found wherever they stand in a sheet, and every row is accounted for."""

import pandas as pd
import pytest

from pumpurs_analysis.layout import find_tables
from pumpurs_analysis.read import Grid


def grid(text: str, *, sheet: str = "", file: str = "a.csv", merged=()) -> Grid:
    """A sheet drawn as text: cells between bars, one row a line."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")]
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    columns = [pd.Categorical([row[place] for row in padded]) for place in range(width)]
    return Grid(file, sheet, "0" * 64, columns, merged=merged)


def reasons(table) -> dict[int, str]:
    return {table.row_number(position): why for position, why in table.apart.items()}


def test_titles_totals_and_signatures_are_no_data():
    tables = find_tables(
        grid("""
            PuMPuRS izmaksas 2022. gada septembris
            IAP kods | Atbalsta veids | Mēnesis | Summa, EUR
            A-1      | transports     | 09.2022 | 30,00
            A-2      | ēdināšana      | 09.2022 | 70,00

            Kopā     |                |         | 100,00
            Sagatavoja: ______________
        """)
    )

    assert [table.form.name for table in tables] == ["payments"]
    assert [tables[0].row_number(row) for row in tables[0].rows] == [3, 4]
    assert reasons(tables[0]) == {1: "title", 2: "header", 5: "blank", 6: "total", 7: "note"}


def test_every_row_stands_in_exactly_one_table():
    sheet = grid("""
        IAP kods | Riska grupa | Risks
        A-1      | ekonomiskie |

        Konsultācijas
        IAP kods | Datums      | Stundas | Priekšmets
        A-1      | 03.10.2022. | 1,5     | matemātika
        IAP kods | Datums      | Stundas | Priekšmets
        A-1      | 04.10.2022. | 2       | fizika
    """)

    tables = find_tables(sheet)

    assert [table.form.name for table in tables] == ["risks", "consultations"]
    held = [row for table in tables for row in [*table.rows, *table.apart]]
    assert sorted(held) == list(range(sheet.row_count))
    assert reasons(tables[1]) == {4: "title", 5: "header", 7: "header"}


SIDE_BY_SIDE = """
    Tukuma 2. vidusskola, 2022./2023. m. g. 1. semestris
    Transports |                |         |       |   | Konsultācijas |             |
    IAP kods   | Atbalsta veids | Mēnesis | Summa |   | IAP kods      | Datums      | Stundas
    A-1        | transports     | 09.2022 | 30,00 |   | A-1           | 03.10.2022. | 1,5
    A-2        | transports     | 09.2022 | 20,00 |   |               |             |
    Kopā       |                |         | 50,00 |   | Kopā          |             | 1,5
"""


def test_tables_side_by_side_are_read_each_and_share_what_stands_above():
    left, right = find_tables(grid(SIDE_BY_SIDE))

    assert [(table.number, table.form.name) for table in (left, right)] == [
        (1, "payments"),
        (2, "consultations"),
    ]
    assert right.columns == {"plan_id": 5, "date": 6, "hours": 7}
    assert [table.context["school"] for table in (left, right)] == ["Tukuma 2. vidusskola"] * 2
    assert [list(table.rows) for table in (left, right)] == [[3, 4], [3]]
    assert [list(table.totals) for table in (left, right)] == [[5], [5]]
    for table in (left, right):
        assert sorted([*table.rows, *table.apart]) == list(range(6))


def test_tables_side_by_side_below_another_keep_their_row_numbers():
    sheet = grid(
        "IAP kods | Riska grupa | Piezīmes\nA-1 | ekonomiskie | x\n\n" + SIDE_BY_SIDE.strip()
    )

    first, left, right = find_tables(sheet)

    assert [table.form.name for table in (first, left, right)] == [
        "risks",
        "payments",
        "consultations",
    ]
    assert [right.row_number(row) for row in right.rows] == [7]
    held = [table.row_number(row) for table in (first, left) for row in [*table.rows, *table.apart]]
    assert sorted(held) == list(range(1, 10))


def test_an_empty_column_within_a_table_divides_nothing():
    (table,) = find_tables(
        grid("""
            IAP kods | Skola             |   | Atbalsta veids | Mēnesis | Summa
            A-1      | Zantes pamatskola |   | transports     | 09.2022 | 30
        """)
    )

    assert table.form.name == "payments"
    assert table.columns["amount"] == 5


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("Transports 09.2022", ["transport", "09.2022"]),
        ("Transports sept.", ["transport", "sept."]),
        ("2022. gada septembris, transports", ["2022. gada septembris", "transport"]),
        ("Ēdināšana (okt. 2022)", ["catering", "okt. 2022"]),
        ("Septembris, EUR", ["Septembris"]),
        ("Izmaksāts 09.2022", ["09.2022"]),
    ],
)
def test_one_heading_may_name_a_kind_and_its_month(heading, says):
    (table,) = find_tables(grid(f"IAP kods | Skola | {heading} | Novembris\nA-1 | x | 30 | 20"))

    assert [value.written for value in table.spread[0].says] == says


def test_a_cell_merged_downwards_says_its_text_in_every_row_and_its_amount_once():
    (table,) = find_tables(
        grid(
            """
            IAP kods | Atbalsta veids | Mēnesis | Summa
            A-1      | transports     | 09.2022 | 30
                     | ēdināšana      | 09.2022 | 70
                     | naktsmītne     | 09.2022 |
            """,
            merged=((2, 1, 4, 1), (3, 4, 4, 4)),
        )
    )

    assert list(table.cells(0)) == ["A-1", "A-1"]
    assert [table.grid.cell(row, 4) for row in (2, 3, 4)] == ["30", "70", ""]
    assert reasons(table)[4] == "nothing_entered"


def test_a_calendar_year_and_a_month_in_figures_stand_in_titles_and_names():
    rows = "IAP kods | Janvāris | Februāris\nA-1 | 30 | 20"

    (table,) = find_tables(grid("Transporta kompensācijas 2022. gadā\n" + rows))
    (sheet,) = find_tables(grid("IAP kods | Veids | Summa\nA-1 | transports | 30", sheet="11.2022"))

    assert (table.context["year"], table.context["support_kind"]) == ("2022", "transport")
    assert sheet.missing == ()
    assert sheet.context["month"] == "2022-11"


@pytest.mark.parametrize("is_merged", [True, False], ids=["merged cells", "plain text"])
def test_two_rows_of_headings_are_read_together(is_merged):
    merged = ((1, 2, 1, 3), (1, 4, 1, 5)) if is_merged else ()
    (table,) = find_tables(
        grid(
            """
            IAP kods | Transports |       | Ēdināšana |
                     | sept.      | okt.  | sept.     | okt.
            A-1      | 30         | 20    | 70        | 70
            """,
            merged=merged,
        )
    )

    assert table.form.name == "payments"
    assert [[value.written for value in each.says] for each in table.spread] == [
        ["transport", "sept."],
        ["transport", "okt."],
        ["catering", "sept."],
        ["catering", "okt."],
    ]


def test_marks_under_the_names_of_risks_are_a_spread():
    (table,) = find_tables(
        grid("""
            IAP kods | Semestris   | Skola             | Ekonomiskie riski | Ģimenes riski
            A-1      | 2022/2023-1 | Zantes pamatskola | X                 |
        """)
    )

    assert table.form.name == "plans"
    assert [each.says[0].written for each in table.spread] == ["economic", "family"]


def test_titles_and_sheet_names_tell_what_has_no_column():
    (table,) = find_tables(
        grid(
            """
            Skola: | Tukuma 2. vidusskola
            2022./2023. mācību gada 1. semestris
            IAP kods | Septembris | Oktobris
            A-1      | 30         | 20
            """,
            sheet="Transports",
        )
    )

    assert table.missing == ()
    told = {name: table.context[name] for name in ("school", "semester", "support_kind")}
    assert told == {
        "school": "Tukuma 2. vidusskola",
        "semester": "2022/2023-1",
        "support_kind": "transport",
    }


def test_a_needed_column_that_nothing_supplies_is_missing():
    (table,) = find_tables(
        grid("""
            IAP kods | Atbalsta veids | Summa
            A-1      | transports     | 30
        """)
    )

    assert table.form.name == "payments"
    assert table.missing == (("month", "date"),)


@pytest.mark.parametrize(
    ("headings", "form"),
    [
        ("Plan code | Semester | School | Grade | Status", "plans"),
        ("IAP Nr. | Atbalsta veids | Plānotās stundas", "supports"),
        ("Pers. kods | Kompensācijas veids | Menesis | Izmaksata summa EUR", "payments"),
        ("IAP ID | Norises datums | Stundu skaits", "consultations"),
        ("Speciālista kods | Amats | Iestāde | Semestris", "specialists"),
        ("Projekta Nr. | Novads | Summa", "ngo_projects"),
        ("Skola | Mācību gads | Klašu grupa | Izglītojamo skaits", "enrolment"),
        ("Iestāde | Pašvaldība | Iestādes veids", "schools"),
    ],
)
def test_headings_tell_the_form(headings, form):
    cells = " | ".join("x1" for _ in headings.split("|"))

    (table,) = find_tables(grid(f"{headings}\n{cells}"))

    assert table.form.name == form


def test_a_remark_that_begins_with_together_is_no_total():
    (table,) = find_tables(
        grid("""
            IAP kods | Atbalsta veids | Mēnesis | Summa | Piezīmes
            A-1      | transports     | 09.2022 | 30    | kopā ar brāli
        """)
    )

    assert len(table.rows) == 1


def test_rows_made_ready_but_not_filled_in_are_named():
    (table,) = find_tables(
        grid("""
            Nr. | IAP kods | Atbalsta veids | Mēnesis | Summa
            1   | A-1      | transports     | 09.2022 | 30
            2   | A-2      | transports     | 10.2022 |
            3   |          |                |         |
        """)
    )

    assert len(table.rows) == 1
    assert reasons(table) == {1: "header", 3: "nothing_entered", 4: "nothing_entered"}


def test_personal_columns_are_recognised_and_never_data():
    (table,) = find_tables(
        grid("""
            Vārds, uzvārds | Tālrunis | IAP kods | Mēnesis | Atbalsta veids | Summa
            x              | y        | A-1      | 09.2022 | transports     | 30
        """)
    )

    assert set(table.columns) >= {"learner_name", "contact", "plan_id"}
    assert table.unused == ()


def test_a_sheet_of_prose_has_no_table():
    (table,) = find_tables(grid("Lūdzam aizpildīt līdz piektdienai.\nPaldies!"))

    assert table.form is None
    assert set(reasons(table).values()) == {"note"}


def test_made_up_data_are_recognised_by_their_mark():
    rows = "IAP kods | Riska grupa\nA-1 | ekonomiskie"

    assert find_tables(grid("IZDOMĀTI DATI – MADE-UP DATA\n" + rows))[0].is_made_up
    assert find_tables(grid(rows, file="IZDOMATI_DATI_a.csv"))[0].is_made_up
    assert not find_tables(grid(rows))[0].is_made_up


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        ("Sept.22 | sep-23", ["Sept.22", "sep-23"]),
        ("09/22 | 10/22", ["2022.09", "2022.10"]),
        ("9. mēnesis | 10.mēn.", ["9. mēnesis", "10.mēn."]),
        ("XII, EUR | I, EUR", ["12. mēnesis", "1. mēnesis"]),
        ("Transports IX.22 | Ēdināšana 9/22", ["transport", "IX.22", "catering", "9/22"]),
    ],
)
def test_months_are_told_by_the_headings_beside_them(headings, says):
    (table,) = find_tables(grid(f"IAP kods | Atbalsta veids | {headings}\nA-1 | x | 30 | 20"))

    assert [value.written for each in table.spread for value in each.says] == says


@pytest.mark.parametrize("headings", ["V | IX", "1 | 2", "2022-1 | 2022-2", "2022-I | Summa"])
def test_a_grade_a_mark_or_a_semester_is_no_month(headings):
    (table,) = find_tables(grid(f"IAP kods | Atbalsta veids | {headings}\nA-1 | x | 30 | 20"))

    assert table.spread == ()


def test_a_month_heading_keeps_its_own_words_for_people():
    (table,) = find_tables(grid("IAP kods | Skola | IX | X\nA-1 | x | 30 | 20"))

    assert [table.headings[column] for column in (2, 3)] == ["IX", "X"]


def test_amounts_that_look_like_months_are_no_headings():
    (table,) = find_tables(grid("IAP kods | Summa | Mēnesis\nA-1 | 10.22 | 11.22\nA-2 | 9 | 12.22"))

    assert [int(row) for row in table.rows] == [1, 2]


def test_titles_printed_again_on_every_page_are_no_data():
    page = "Zantes pamatskola | | | {}. lapa no 3\nIAP kods | Veids | Mēnesis | Summa\n"
    rows = "A-{} | transports | 09.2022 | 30\n"

    (table,) = find_tables(grid("".join(page.format(at) + rows.format(at) for at in (1, 2, 3))))

    assert [table.row_number(row) for row in table.rows] == [3, 6, 9]
    assert reasons(table) == {1: "title", 2: "header", 4: "title", 5: "header", 7: "title",
                              8: "header"}  # fmt: skip


def test_a_total_in_the_place_of_a_plan_is_a_total():
    (table,) = find_tables(
        grid("IAP kods | Skolēna kods | Mācību riski\nA-1 | 7 | x\nKopā | 1 | 1")
    )

    assert [int(row) for row in table.totals] == [2]


def test_a_heading_below_that_names_no_money_is_not_read_as_money():
    (table,) = find_tables(
        grid("""
            IAP kods | Mēnesis | Transports |      | Ēdināšana
                     |         | reizes     | EUR  | EUR
            A-1      | 09.2022 | 10         | 15   | 30
        """)
    )

    assert [each.column for each in table.spread] == [3, 4]
    assert table.unused == (2,)


def test_a_sheet_named_after_a_place_is_its_only_school():
    rows = "IAP kods | Semestris | Klase\nA-1 | 2022/2023-1 | 7"

    (irlava,) = find_tables(grid(rows, sheet="Irlava"))
    (tukums,) = find_tables(grid(rows, sheet="Tukums"))

    assert (irlava.context["school"], irlava.missing) == ("Irlavas pamatskola", ())
    assert tukums.missing == (("school",),)
