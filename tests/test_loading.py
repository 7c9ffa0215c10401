"""From files to tidy tables: what is read, what is set aside, and that nothing gets lost."""

from datetime import date

import openpyxl
import pandas as pd
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import loading, schema
from pumpurs_analysis.normalise import cells
from pumpurs_analysis.pseudonyms import MADE_UP_KEY

SCHOOL = "Zantes pamatskola"
PLANS = """IAP kods;Semestris;Izglītības iestāde;Izglītojamā kods;Klase;Statuss;Riski
A-1;2022./2023. m. g. 1. sem.;Tukuma 2. vidusskola;K-1;7.a;Īstenošanā;Ekonomiskie riski, kavējumi
A-2;2022/2023-1;Zantes psk.;K-2;8;Apturēts;Mācību riski
"""
PAYMENTS = """IAP kods;Atbalsta veids;Mēnesis;Summa, EUR
A-1;Transports;09.2022;30,00
A-1;Ēdināšana;2022. gada oktobris;64,56
A-2;transporta izdevumi;2022-11-15;-
"""


@pytest.fixture
def delivery(tmp_path):
    def write(**files: str):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def check(folder) -> loading.Checked:
    return loading.check(folder, key=MADE_UP_KEY)


def codes(checked: loading.Checked, severity: str = "") -> list[str]:
    table = checked.problems
    return list(table[table["severity"] == severity]["code"] if severity else table["code"])


def test_a_delivery_becomes_tidy_tables(delivery):
    data = pa.load(delivery(plani=PLANS, izmaksas=PAYMENTS))

    plans = data.plans
    assert plans["plan_id"].tolist() == ["A-1", "A-2"]
    assert plans["semester"].tolist() == ["2022/2023-1"] * 2
    assert plans["school_id"].tolist() == ["tukuma-2-vidusskola", "zantes-pamatskola"]
    assert plans["municipality"].tolist() == ["Tukuma novads"] * 2
    assert plans[["grade", "status"]].to_numpy().tolist() == [
        [7, "in_implementation"],
        [8, "suspended"],
    ]
    assert data.risks[["plan_id", "risk_category"]].to_numpy().tolist() == [
        ["A-1", "economic"],
        ["A-1", "learning"],
        ["A-2", "learning"],
    ]
    payments = data.payments[["plan_id", "support_kind", "month", "amount_cents"]]
    assert payments.to_numpy().tolist() == [
        ["A-1", "transport", pd.Timestamp(2022, 9, 1), 3000],
        ["A-1", "catering", pd.Timestamp(2022, 10, 1), 6456],
    ]
    assert data.payments["learner_id"].tolist() == [plans["learner_id"][0]] * 2
    for name in ("plans", "payments", "risks", "problems", "inputs", "rows_apart"):
        assert list(data.tables[name].columns) == schema.columns(name)


def test_rows_in_are_rows_accepted_set_aside_or_named(delivery):
    folder = delivery(
        plani="Plāni\n\n" + PLANS + "Kopā;;;;;;\n", izmaksas=PAYMENTS + "A-1;Lidošana;09.2022;5\n"
    )

    checked = check(folder)

    balance = loading.row_balance(checked.inputs)
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in folder.iterdir())
    assert balance["row_count"] == lines
    parts = ("accepted_count", "set_aside_count", "not_data_count")
    assert sum(balance[part] for part in parts) == lines
    assert balance["set_aside_count"] == 1
    assert len(checked.rows_apart) == balance["set_aside_count"] + balance["not_data_count"]


def test_a_row_with_an_error_is_set_aside_whole(delivery):
    wide = "IAP kods;Atbalsta veids;09.2022;10.2022\nA-1;Transports;30;30-50\nA-2;Transports;5;6\n"

    data = pa.load(delivery(**{f"{SCHOOL}, izmaksas": wide}))

    assert data.payments["amount_cents"].tolist() == [500, 600]
    assert data.problems["code"].tolist() == ["money_unread"]
    assert data.problems[["row", "column", "column_number", "found"]].to_numpy().tolist() == [
        [2, "10.2022", 4, "30-50"]
    ]


def test_a_row_set_aside_in_one_table_is_kept_in_the_one_beside_it(delivery):
    plans = "IAP kods;Semestris;Skola;Izglītojamā kods;Klase"
    rows = (
        f"{plans};;{plans}\n"
        "A-1;2022/2023-1;Zantes psk.;K-1;7;;A-1;2022/2023-1;Zantes psk.;K-1;7\n"
        "A-2;2022/2023-1;Zantes psk.;K-2;13. klase;;A-3;2022/2023-1;Zantes psk.;K-3;8\n"
    )

    checked = check(delivery(plani=rows))

    assert checked.dataset.plans["plan_id"].tolist() == ["A-1", "A-3"]
    counts = ["row_count", "accepted_count", "set_aside_count", "not_data_count"]
    assert checked.inputs[counts].to_numpy().tolist() == [[3, 1, 1, 1], [3, 1, 1, 1]]
    places = checked.problems[["code", "row", "column_number"]].to_numpy().tolist()
    assert places == [["plan_twice", 2, 7], ["grades_unread", 3, 5]]


def test_amounts_of_joined_headings_and_odd_writing_are_read(delivery):
    wide = (
        "IAP kods;Transports 09.2022;Ēdināšana 10.2022\n"
        "A-1;30,- EUR;EUR 1 030.00\n"
        "A-2;30.—;30,50*\n"
    )

    data = pa.load(delivery(izmaksas=wide))

    rows = data.payments[["support_kind", "month", "amount_cents"]].to_numpy().tolist()
    september, october = pd.Timestamp(2022, 9, 1), pd.Timestamp(2022, 10, 1)
    assert rows == [
        ["transport", september, 3000],
        ["transport", september, 3000],
        ["catering", october, 103000],
        ["catering", october, 3050],
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [("okt.22", "2022-10-01"), ("oktobris’22", "2022-10-01"), ("2.sept.22", "2022-09-01")],
)
def test_a_month_may_have_a_year_of_two_figures(written, read):
    assert str(cells.month(written)) == read


def test_a_day_may_have_a_year_of_two_figures():
    assert cells.day("2.sept.22") == cells.day("2. sept. 22.") == date(2022, 9, 2)
    with pytest.raises(cells.Unread):
        cells.day("sept.22")


def test_months_below_a_calendar_year_are_of_that_year(delivery):
    rows = "Transporta kompensācijas 2022. gadā\nIAP kods;Janvāris;Oktobris\nA-1;30;20\n"

    data = pa.load(delivery(izmaksas=rows))

    assert data.payments["month"].tolist() == [pd.Timestamp(2022, 1, 1), pd.Timestamp(2022, 10, 1)]


def test_row_numbers_need_no_heading_and_other_cells_are_named_once_a_column(delivery):
    rows = ";IAP kods;Veids;Mēnesis;Summa;\n" + "".join(
        f"{number}.;A-{number};Transports;09.2022;30;{cell}\n"
        for number, cell in enumerate(["", "15", "-", "pārrēķināts"], 1)
    )

    checked = check(delivery(**{f"{SCHOOL}, izmaksas": rows}))

    assert checked.dataset.payments["amount_cents"].tolist() == [3000] * 4
    found = checked.problems[["code", "row", "column_number", "found"]].to_numpy().tolist()
    assert found == [["cell_without_heading", 3, 6, "2"]]
    assert "column “F”" in loading.as_problems(checked.problems)[0].sentence("en")


def test_eight_digits_in_words_are_a_phone_and_in_a_number_are_none(delivery):
    phone, other = "2" + "9123456", "6" + "3123456"
    rows = (
        "IAP kods;Datums;Stundas;Mācību priekšmets;Līguma numurs;Piezīmes\n"
        f"{other};03.10.2022.;1;fizika {phone};{other};x\n"
        f"A-2;03.10.2022.;1;ķīmija;{other};zvanīt {other}\n"
        f"A-3;03.10.2022.;1;ķīmija 20221003;{other};līgums Nr. {other}, {other},50 un {other}/2\n"
    )

    checked = check(delivery(konsultacijas=rows))

    data = checked.dataset.consultations
    assert data["plan_id"].tolist() == [other, "A-2", "A-3"]
    assert data["subject"].astype(object).fillna("").tolist() == ["", "Ķīmija", "Ķīmija 20221003"]
    contacts = checked.problems[checked.problems["code"] == "contact_in_cell"]
    assert contacts[["row", "column_number"]].to_numpy().tolist() == [[2, 4], [3, 6]]


def test_every_file_given_is_counted_and_those_with_tables_apart(delivery):
    folder = delivery(plani=PLANS, kopija=PLANS, augi="Augs;Krāsa\nRoze;sarkana\n", tuksa="")

    assert check(folder).files == (4, 1, 1)


def test_nothing_that_can_be_loaded_raises_every_problem(delivery):
    bad = (
        "IAP kods;Atbalsta veids;Mēnesis;Summa\n"
        "A-1;Transports;septembris;30\n"
        "A-2;Peldēšana;09.2022;x\n"
    )

    with pytest.raises(pa.InputError) as caught:
        pa.load(delivery(izmaksas=bad))

    found = {problem.code for problem in caught.value.problems}
    assert found == {"month_without_year", "support_kind_unknown", "money_unread"}
    assert "izmaksas.csv" in caught.value.report("lv")


def test_a_month_takes_its_year_from_the_plans_semester(delivery):
    named = "IAP kods;Atbalsta veids;Mēnesis;Summa\nA-1;Transports;decembris;30\n"

    data = pa.load(delivery(izmaksas=named, plani=PLANS))

    assert data.payments["month"].tolist() == [pd.Timestamp(2022, 12, 1)]


def test_long_and_wide_layouts_give_the_same_payments(tmp_path):
    two_rows = (
        "IAP kods;Transports;;Ēdināšana;\n;09.2022;10.2022;09.2022;10.2022\nA-1;30;20;70;65,5\n"
    )
    long = "IAP kods;Atbalsta veids;Mēnesis;Summa\n" + "".join(
        f"A-1;{kind};{month};{amount}\n"
        for kind, month, amount in [
            ("Transports", "09.2022", "30"),
            ("Transports", "10.2022", "20"),
            ("Ēdināšana", "09.2022", "70"),
            ("Ēdināšana", "10.2022", "65,50"),
        ]
    )
    names = ["plan_id", "support_kind", "month", "amount_cents"]
    frames = []
    for place, text in enumerate((two_rows, long)):
        folder = tmp_path / str(place)
        folder.mkdir()
        (folder / "a.csv").write_text(text, "utf-8")
        frames.append(pa.load(folder).payments[names].astype(object))
    pd.testing.assert_frame_equal(*frames)


def test_one_learner_is_one_pseudonym_whatever_the_spelling(delivery):
    code = "32" + "0101" + "-" + "12345"
    plans = PLANS.split("\n", 1)[0].replace("Izglītojamā kods", "Personas kods") + "\n"
    rows = [
        f"A-{place};{semester};Zantes pamatskola;{spelling};7;Īstenošanā;\n"
        for place, (semester, spelling) in enumerate(
            [
                ("2021/2022-1", code),
                ("2021/2022-2", code.replace("-", "")),
                ("2022/2023-1", code.replace("-", " – ")),
            ]
        )
    ]
    data = pa.load(delivery(plani=plans + "".join(rows)))

    assert len(set(data.plans["learner_id"])) == 1
    assert data.plans["learner_basis"].unique().tolist() == ["personal_code"]


def test_a_schools_own_code_is_found_again_by_personal_code(delivery):
    code = "32" + "0202" + "-" + "54321"
    plans = (
        "IAP kods;Semestris;Skola;Personas kods;Izglītojamā kods;Statuss\n"
        f"A-1;2022/2023-1;Zantes pamatskola;{code};K-7;Īstenošanā\n"
    )
    pays = (
        "Izglītojamā kods;Skola;Atbalsta veids;Mēnesis;Summa\n"
        "K-7;Zantes psk.;Transports;10.2022;30\n"
    )

    data = pa.load(delivery(plani=plans, izmaksas=pays))

    assert data.payments["plan_id"].tolist() == ["A-1"]
    assert data.payments["learner_id"].tolist() == data.plans["learner_id"].tolist()


def test_no_name_code_or_phone_reaches_tables_or_messages(delivery):
    code, phone = "320303" + "-" + "11111", "26 " + "111 " + "222"
    text = (
        "Vārds, uzvārds;IAP kods;Semestris;Skola;Klase;Statuss;Piezīmes\n"
        f"Zeltīte Pūpola;A-1;2022/2023-1;Zantes pamatskola;7;{code};zvanīt tālr. {phone}\n"
        f"Zeltīte Pūpola;A-2;2022/2023-1;Zeltīte Pūpola;7;Īstenošanā;\n"
        "Zeltīte Pūpola;A-3;2022/2023-1;Zantes pamatskola;7;Zeltīte Pūpola;\n"
        "Zeltīte Pūpola;A-4;2022/2023-1;Zantes pamatskola;7;Īstenošanā;\n"
    )

    checked = check(delivery(plani=text))

    held = " ".join(frame.astype(str).to_csv() for frame in checked.dataset.tables.values())
    sentences = " ".join(
        problem.sentence(language)
        for problem in loading.as_problems(checked.problems)
        for language in ("lv", "en")
    )
    for secret in ("Zeltīte", "Pūpola", code, code.replace("-", ""), phone, phone.replace(" ", "")):
        assert secret not in held
        assert secret not in sentences
    assert {"personal_code_in_cell", "contact_in_cell", "learner_only_by_name"} <= set(
        codes(checked)
    )


def test_a_total_that_does_not_add_up_is_said_with_the_right_sum(delivery):
    checked = check(delivery(izmaksas=PAYMENTS + "Kopā;;;94,00\n"))

    (row,) = checked.problems[checked.problems["code"] == "total_differs"].to_dict("records")
    assert (row["row"], row["found"], row["wanted"]) == (5, "94,00", "94,56")
    told = PAYMENTS + "Kopā;;;94,56\n"
    assert codes(check(delivery(**{f"{SCHOOL}, izmaksas": told}) / f"{SCHOOL}, izmaksas.csv")) == []


def test_a_refund_is_kept_and_an_unmarked_one_is_said(delivery):
    text = (
        "IAP kods;Atbalsta veids;Mēnesis;Summa;Atmaksa\n"
        "A-1;Transports;09.2022;30;\n"
        "A-1;Transports;09.2022;5;jā\n"
        "A-1;Transports;09.2022;-2;\n"
    )

    checked = check(delivery(**{f"{SCHOOL}, izmaksas": text}))

    assert checked.dataset.payments["amount_cents"].tolist() == [3000, -500, -200]
    assert checked.dataset.payments["is_refund"].tolist() == [False, True, True]
    assert codes(checked) == ["amount_negative"]


def test_the_same_file_twice_counts_once(delivery):
    checked = check(delivery(**dict.fromkeys([f"{SCHOOL}, 1", f"{SCHOOL}, 2"], PAYMENTS)))

    assert len(checked.dataset.payments) == 2
    assert codes(checked) == ["file_twice"]


def test_made_up_data_are_kept_out_of_a_real_delivery(delivery):
    checked = check(delivery(plani=PLANS, paraugs="IZDOMĀTI DATI – MADE-UP DATA\n" + PAYMENTS))

    assert not checked.dataset.is_made_up
    assert checked.dataset.payments.empty
    assert codes(checked, "error") == ["made_up_with_real"]


def test_own_schools_are_taken_in(delivery):
    schools = (
        "Izglītības iestāde;Pašvaldība;Iestādes veids\n"
        "Varakļānu Meža skola;Madonas novads;pamatskola\n"
    )
    plans = PLANS.replace("Zantes psk.", "Varakļānu Meža skola")

    data = pa.load(delivery(plani=plans, iestades=schools))

    row = data.plans.iloc[1]
    assert row["municipality"] == "Madonas novads"
    names = data.schools.set_index("school_id")["name"]
    assert names[row["school_id"]] == "Varakļānu Meža skola"


def test_a_formula_that_was_never_calculated_is_not_taken_for_nothing(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["IAP kods", "Atbalsta veids", "Mēnesis", "Summa"],
        ["A-1", "Transports", "09.2022", "=10+20"],
        ["A-1", "Transports", date(2022, 10, 1), 20],
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")

    checked = check(tmp_path)

    assert checked.dataset.payments["amount_cents"].tolist() == [2000]
    assert "formula_not_calculated" in codes(checked, "error")


def test_five_thousand_problems_are_all_there(delivery):
    rows = "".join(f"A-{place};Transports;09.2022;x\n" for place in range(5000))

    checked = check(delivery(izmaksas="IAP kods;Atbalsta veids;Mēnesis;Summa\n" + rows))

    assert codes(checked).count("money_unread") == 5000
    assert loading.row_balance(checked.inputs)["set_aside_count"] == 5000


@pytest.mark.parametrize(
    ("written", "in_cents"),
    [
        ("30 eiro 50 centi", 3050),
        ("30 EUR un 5 ct", 3005),
        ("EUR 30.50", 3050),
        ("30€50", 3050),
        ("30 euro", 3000),
        ("trīsdesmit eiro", 3000),
        ("50 centi", 50),
        ("30,50.", 3050),
    ],
)
def test_money_is_read_as_people_write_it(written, in_cents):
    assert cells.money(written) == in_cents


@pytest.mark.parametrize("written", ["30-50", "30 50", "2x15", "ap 30", "30 EUR par 2 mēnešiem"])
def test_money_that_may_be_something_else_is_not_guessed(written):
    with pytest.raises(cells.Unread, match="money_unread"):
        cells.money(written)


@pytest.mark.parametrize(
    ("written", "hours"),
    [("1h30", 1.5), ("1 st. 45 min.", 1.75), ("2 ak. st.", 2), ("2 mācību stundas", 2)],
)
def test_hours_are_read_as_people_write_them(written, hours):
    assert cells.hours(written) == hours


def test_a_number_alone_is_the_grade_or_course_of_its_heading():
    assert cells.grade("II k.", heading="Kurss") == cells.grade("2", heading="Course") == (2, True)
    assert cells.grade("II k.", heading="Klase") == (2, False)
    with pytest.raises(cells.Unread, match="grades_unread"):
        cells.grade("II k.", heading="Klase vai kurss")


DATES = "IAP kods;Datums;Stundas\nA-1;{};1\nA-2;{};1\n"


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        ("02/09/22", "13/09/22", ["2022-09-02", "2022-09-13"]),
        ("9/2/2022", "9/13/2022", ["2022-09-02", "2022-09-13"]),
        ("02-09-2022", "2.IX.2022", ["2022-09-02", "2022-09-02"]),
    ],
)
def test_the_other_dates_of_a_column_tell_which_figure_is_the_month(delivery, first, second, read):
    checked = check(delivery(konsultacijas=DATES.format(first, second)))

    assert checked.dataset.consultations["date"].astype(str).tolist() == read
    unsure = (checked.problems["code"] == "date_order_unsure").sum()
    assert unsure == (first == "02-09-2022")  # no other date tells


def test_hours_and_money_of_consultations_are_told_apart_or_asked(delivery):
    wide = (
        "IAP kods;Konsultācijas 09.2022, st.;Konsultācijas 10.2022 (EUR);Konsultācijas 11.2022\n"
        "A-1;1,5;20;3\n"
    )

    checked = check(delivery(izmaksas=wide))

    assert checked.dataset.consultations[["hours"]].to_numpy().tolist() == [[1.5]]
    assert checked.dataset.payments["amount_cents"].tolist() == [2000]
    asked = checked.problems[checked.problems["code"] == "hours_or_money"]
    assert asked[["row", "column", "column_number"]].to_numpy().tolist() == [
        [1, "Konsultācijas 11.2022", 4]
    ]


def test_consultations_among_kinds_without_a_unit_set_their_row_aside(delivery):
    wide = "IAP kods;Atbalsta veids;09.2022\nA-1;Konsultācijas;2\nA-2;Transports;30\n"

    checked = check(delivery(izmaksas=wide))

    assert checked.dataset.payments["plan_id"].tolist() == ["A-2"]
    assert checked.problems.loc[checked.problems["code"] == "hours_or_money", "row"].tolist() == [2]


def test_rows_below_another_month_are_of_that_month(delivery):
    listed = (
        "Transporta kompensācijas, septembris 2022\nIAP kods;Summa, EUR;Piezīmes\nA-1;30;\n"
        "Precizēts 12.12.2022.\nKopā;30;\noktobris 2022\nA-1;20;\nA-2;5;\nKopā;25;\nPavisam;55;\n"
    )

    checked = check(delivery(izmaksas=listed))

    paid = checked.dataset.payments[["month", "amount_cents"]].astype(str)
    assert paid.to_numpy().tolist() == [
        ["2022-09-01", "3000"], ["2022-10-01", "2000"], ["2022-10-01", "500"],
    ]  # fmt: skip
    assert "total_differs" not in codes(checked)
    assert loading.row_balance(checked.inputs)["row_count"] == 10
