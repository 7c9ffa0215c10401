"""Files as deputy heads, coordinators and accountants keep them: worked out by hand, row by row."""

import pytest

from pumpurs_analysis.schools import match_school
from tests.loaded import counts, errors, paid, rows, sentences, told

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"
OCTOBER = "Zantes pamatskola, transports 2022. gada oktobrī"


# --- months by number


@pytest.mark.parametrize("numbers", ["1;2;3", "1;2;3;4;5", "3;4", "1.;2."])
def test_a_month_by_number_in_an_autumn_semester_is_asked_for(check, numbers):
    lines = [f"A-1;Transports;{number};12,00" for number in numbers.split(";")]
    checked = check("\n".join([AUTUMN, "IAP kods;Atbalsta veids;Mēnesis;Summa", *lines]))

    assert checked.dataset is None
    assert set(errors(checked)) == {("month_unsure", row) for row in range(3, 3 + len(lines))}
    assert "vai „" + numbers.split(";")[0] in sentences(checked, "lv")[0]


@pytest.mark.parametrize(
    ("title", "numbers", "months"),
    [
        (AUTUMN, "9;10;1", ["2022-09", "2022-10", "2023-01"]),
        (AUTUMN, "septembris;oktobris;1", ["2022-09", "2022-10", "2023-01"]),
        ("2022./2023. m. g. 2. semestris", "1;2;5", ["2023-01", "2023-02", "2023-05"]),
        ("2022./2023. m. g.", "9;12;1;2", ["2022-09", "2022-12", "2023-01", "2023-02"]),
        ("2022./2023. m. g.", "3;4", ["2023-03", "2023-04"]),
        ("2022. gads", "1;2", ["2022-01", "2022-02"]),
        ("2023. gada janvāris", "1", ["2023-01"]),
    ],
)
def test_a_month_by_number_is_read_where_the_column_or_title_decides(check, title, numbers, months):
    lines = [f"A-1;Transports;{number};12,00" for number in numbers.split(";")]
    checked = check("\n".join([title, "IAP kods;Atbalsta veids;Mēnesis;Summa", *lines]))

    assert [month for _, month, *_ in paid(checked)] == months
    assert errors(checked) == []


def test_each_semester_of_a_column_decides_for_itself(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;Semestris;Mēnesis;Summa
A-1;Transports;2022/2023-1;1;12,00
A-1;Transports;2022/2023-2;1;13,00
""")

    assert paid(checked) == [("A-1", "2023-01", 1300, False)]
    assert told(checked, "row", "found") == [("month_unsure", "3", "1")]


def test_a_month_counted_in_a_school_year_is_asked_for(check):
    lines = [f"A-1;Transports;{number};12,00" for number in range(1, 4)]
    title = "2022./2023. m. g."
    checked = check("\n".join([title, "IAP kods;Atbalsta veids;Mēnesis;Summa", *lines]))

    assert {code for code, _ in errors(checked)} == {"month_unsure"}


# --- "Kopā" alone


@pytest.mark.parametrize(
    ("title", "figures", "cents"),
    [
        (f"{AUTUMN}, transports", "12,00;13,50", [1200, 1350]),
        (f"{AUTUMN}, transports", "12 EUR;13", [1200, 1300]),
        (f"{AUTUMN}, izmaksāts par transportu", "12;13", [1200, 1300]),
    ],
)
def test_a_total_beside_a_month_is_paid_where_something_tells_of_money(
    check, title, figures, cents
):
    one, two = figures.split(";")
    checked = check(f"{title}\nIAP kods;Mēnesis;Kopā\nA-1;septembris;{one}\nA-2;oktobris;{two}\n")

    assert [amount for *_, amount, _ in paid(checked)] == cents
    assert told(checked) == []


@pytest.mark.parametrize(
    "table",
    [
        f"{AUTUMN}, transports\nIAP kods;Mēnesis;Kopā\nA-1;septembris;12",
        f"{AUTUMN}\nIAP kods;Atbalsta veids;Mēnesis;Kopā\nA-1;Transports;septembris;12",
    ],
)
def test_a_total_that_may_count_anything_is_asked_for(check, table):
    checked = check(table)

    assert checked.dataset is None
    assert told(checked, "row", "found") == [("hours_or_money", "3", "Kopā")]
    assert "summas, stundas vai reižu skaits" in sentences(checked, "lv")[0]


def test_a_total_of_other_sums_is_not_taken_for_what_was_paid(check):
    checked = check(f"""{OCTOBER}
IAP kods;Pašvaldības finansējums;ESF finansējums;Kopā
A-1;20,00;10,00;30,00
""")

    assert checked.dataset is None
    assert "„summa”" in sentences(checked, "lv")[0]


# --- days of a plan


@pytest.mark.parametrize("headings", ["No;Līdz", "Sākums;Beigas", "Periods no;Periods līdz"])
def test_the_days_of_a_plan_tell_its_semester(check, headings):
    checked = check(f"""Zantes pamatskola
IAP kods;Klase;{headings};Statuss
A-1;5;01.09.2022.;31.12.2022.;Apstiprināts
A-2;6;01.09.2022.;31.05.2023.;Apstiprināts
A-3;6;09.01.2023.;31.05.2023.;Apstiprināts
""")

    assert rows(checked, "plans", "plan_id", "semester") == [
        ["A-1", "2022/2023-1"],
        ["A-3", "2022/2023-2"],
    ]
    assert told(checked, "row", "found", "wanted") == [
        ("plan_in_two_semesters", "4", "2022/2023-1", "2022/2023-2")
    ]


def test_days_of_one_month_tell_the_month_of_a_payment(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;No;Līdz;Summa
A-1;Ēdināšana;01.09.2022.;30.09.2022.;40,00
A-1;Transports;01.09.2022.;31.12.2022.;80,00
""")

    assert paid(checked) == [("A-1", "2022-09", 4000, False)]
    assert errors(checked) == [("longer_than_month", 4)]


# --- what was given back


@pytest.mark.parametrize(
    "headings",
    [
        "Izmaksāts;Atgriezts",
        "Izmaksāts, EUR;Atgriezts, EUR",
        "Izmaksātā summa;Atmaksātā summa",
        "Izmaksātā summa;Atgrieztā summa",
    ],
)
def test_a_sum_given_back_is_a_refund_of_its_own(check, headings):
    checked = check(f"""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;{headings}
A-1;Transports;09.2022;12,00;2,00
A-2;Transports;09.2022;10,00;
A-3;Transports;09.2022;;1,50
""")

    assert paid(checked) == [
        ("A-1", "2022-09", -200, True),
        ("A-1", "2022-09", 1200, False),
        ("A-2", "2022-09", 1000, False),
        ("A-3", "2022-09", -150, True),
    ]
    assert (counts(checked), errors(checked)) == ((3, 0), [])


def test_marks_of_refunds_stay_marks(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;Izmaksāts;Atgriezts
A-1;Transports;09.2022;12,00;jā
A-2;Transports;09.2022;10,00;0
""")

    assert [cents for *_, cents, _ in paid(checked)] == [-1200, 1000]


def test_sums_below_a_line_that_says_refunds_are_given_back(check):
    checked = check(f"""{OCTOBER}
IAP kods;Summa;Piezīmes
A-1;20,00;
A-2;25,00;
Atmaksas;;
A-2;5,00;
Kopā;40,00;
""")

    assert sorted(cents for *_, cents, _ in paid(checked)) == [-500, 2000, 2500]
    assert told(checked) == []


# --- counts and prices beside sums


@pytest.mark.parametrize(
    "headings",
    [
        "Biļetes cena;Biļešu skaits;Kopā EUR",
        "Cena;Braucieni;Summa",
        "Vienības cena;Daudzums;Izmaksāts",
    ],
)
def test_a_price_or_a_count_is_no_payment(check, headings):
    checked = check(f"{OCTOBER}\nIAP kods;{headings}\nA-1;1,20;10;12,00\nA-2;2,10;2;4,20\n")

    assert [cents for *_, cents, _ in paid(checked)] == [1200, 420]
    assert errors(checked) == []


def test_a_count_of_trips_alone_is_asked_for(check):
    checked = check(f"{OCTOBER}\nIAP kods;Braucieni;Ēdināšana\nA-1;10;5,00\n")

    assert rows(checked, "payments", "support_kind", "amount_cents") == [["catering", "500"]]
    assert told(checked, "row", "found") == [("hours_or_money", "2", "Braucieni")]


def test_a_number_of_days_is_no_date(check):
    checked = check("""Zantes pamatskola, ēdināšana, 2022. gada novembris
Skolēna kods;Dienas;Summa
17;20;40,00
18;19;38,00
""")

    assert rows(checked, "payments", "amount_cents") == [["3800"], ["4000"]]
    assert told(checked) == []


def test_a_sum_beside_kinds_is_their_total(check):
    checked = check("""Zantes pamatskola 2022. gada oktobris
IAP kods;Transports;Ēdināšana;Summa
A-1;12,00;30,00;42,00
A-2;10,00;20,00;31,00
""")

    assert len(checked.dataset.payments) == 4
    assert told(checked, "row", "wanted") == [("row_total_differs", "4", "30,00")]


def test_a_sum_without_its_parts_is_told(check):
    checked = check("""Zantes pamatskola 2022. gada oktobris
IAP kods;Transports;Ēdināšana;Summa
A-1;12,00;30,00;42,00
A-2;;;20,00
A-3;;;0
""")

    assert len(checked.dataset.payments) == 2
    assert told(checked, "row", "found") == [("row_total_differs", "4", "20,00")]


def test_a_total_below_sections_without_their_own_is_of_them_all(check):
    checked = check("""Zantes pamatskola 2022. gada oktobris
IAP kods;Summa;Piezīmes
Transports;;
A-1;12,00;
Ēdināšana;;
A-1;30,00;
PAVISAM;42,00;
""")

    assert len(checked.dataset.payments) == 2
    assert told(checked) == []


def test_what_was_given_back_ends_where_another_section_begins(check):
    checked = check("""Zantes pamatskola, transports
IAP kods;Summa, EUR;Paraksts
2022. gada oktobris;;
A-1;14,00;
Atgriezts;;
A-1;4,00;
2022. gada novembris;;
A-1;15,00;
""")

    assert paid(checked) == [
        ("A-1", "2022-10", -400, True),
        ("A-1", "2022-10", 1400, False),
        ("A-1", "2022-11", 1500, False),
    ]


def test_what_was_granted_beside_months_is_no_total_of_them(check):
    checked = check(f"""{AUTUMN}, transports
IAP kods;Piešķirts;Septembris;Oktobris
A-1;120,00;20,00;25,00
""")

    assert [cents for *_, cents, _ in paid(checked)] == [2000, 2500]
    assert told(checked, "found") == [("figures_not_used", "Piešķirts")]


# --- titles


def test_a_title_in_two_cells_is_no_group_of_columns(check):
    checked = check("""Zantes pamatskola;;2022. gada oktobris
IAP Nr.;Summa, EUR;Piezīmes
Transports;;
A-1;12,50;
A-2;10,00;
Kopā transports;22,50;
Ēdināšana;;
A-1;30,00;
Kopā ēdināšana;30,00;
PAVISAM;52,50;
""")

    assert rows(checked, "payments", "plan_id", "support_kind", "amount_cents") == [
        ["A-1", "catering", "3000"],
        ["A-1", "transport", "1250"],
        ["A-2", "transport", "1000"],
    ]
    assert told(checked) == []


@pytest.mark.parametrize(
    "kinds", ["transports un ēdināšana", "Transports, ēdināšana", "ēdināšana/transports"]
)
def test_a_title_of_two_kinds_gives_a_sum_to_neither(check, kinds):
    checked = check(f"Zantes pamatskola, {kinds} 2022. gada oktobris\nIAP kods;Summa\nA-1;40,00\n")

    assert checked.dataset is None
    assert told(checked, "wanted") == [("column_missing", "support_kind")]


@pytest.mark.parametrize(
    "title",
    [
        "Zantes pamatskola. Transporta izdevumi 2022. gada oktobrī",
        "Transports 2022. gada oktobrī 2022./2023. m.g. Zantes pamatskola",
    ],
)
def test_a_school_is_found_after_or_before_a_sentence(check, title):
    checked = check(f"{title}\nSkolēna kods;Summa\n17;12,00\n")

    assert rows(checked, "payments", "school_id") == [["zantes-pamatskola"]]


def test_rows_between_rows_name_schools_by_a_word_where_the_municipality_tells(check):
    checked = check("""Tukuma novads, transports 2022. gada septembris
IAP kods;Summa;Piezīmes
Zantes;;
A-1;12,00;
Raiņa;;
A-2;13,00;
Irlava;;
A-3;14,00;
Kronvalda;;
A-4;15,00;
""")

    assert rows(checked, "payments", "plan_id", "school_id") == [
        ["A-1", "zantes-pamatskola"],
        ["A-2", "tukuma-raina-valsts-gimnazija"],
        ["A-3", "irlavas-pamatskola"],
    ]
    assert told(checked, "row") == [("school_unknown", "10")]
    assert "Kronvalda" not in str(checked.dataset.tables)


def test_a_word_of_a_schools_name_tells_it_only_with_its_municipality():
    assert match_school("Raiņa", municipality="Tukuma novads").name == (
        "Tukuma Raiņa Valsts ģimnāzija"
    )
    for word, place in [("Raiņa", None), ("Raiņa", "Talsu novads"), ("Jāņa", "Tukuma novads")]:
        assert match_school(word, municipality=place).name is None


def test_a_schools_own_codes_belong_to_the_school_its_sheet_is_named_after(workbook):
    sheets = {
        name: [["Transports 2022. gada oktobris"], ["Skolēns", "Summa"], ["17", 12.5]]
        for name in ("Irlava", "Zante")
    }
    checked = workbook(sheets)

    assert checked.dataset.payments["learner_id"].nunique() == 2
    assert sorted(checked.dataset.payments["school_id"]) == [
        "irlavas-pamatskola",
        "zantes-pamatskola",
    ]
    assert {code for code, *_ in told(checked)} == {"school_by_sheet"}
