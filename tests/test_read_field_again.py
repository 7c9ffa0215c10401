"""Files as class teachers, secretaries, coordinators and accountants write them, once more."""

import openpyxl
import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.pseudonyms import MADE_UP_KEY
from tests.loaded import counts, errors, paid, rows, sentences, told

YEAR = "Zantes pamatskola, 2021./2022. m. g."
AUTUMN = f"{YEAR} 1. semestris"
OCTOBER = "Zantes pamatskola, ēdināšana 2022. gada oktobris"


# --- a half of a year in a heading


@pytest.mark.parametrize(
    "headings",
    [
        "Skolēna kods;Klase;IAP 1. semestrī;IAP 2. semestrī",
        "Skolēna kods;Klase;IAP (1. sem.);IAP (2. sem.)",
        "Skolēna kods;Klase;1. semestris IAP Nr.;2. semestris IAP Nr.",
        "Skolēna kods;Klase;IAP kods I pusgadā;IAP kods II pusgadā",
        "Skolēna kods;Klase;1. semestris;2. semestris",
    ],
)
def test_plan_codes_below_a_half_named_in_their_heading_are_plans_of_it(check, headings):
    checked = check(f"{YEAR}\n{headings}\n17;7;A-101;A-201\n18;8;;A-202\n")

    assert rows(checked, "plans", "plan_id", "semester", "grade") == [
        ["A-101", "2021/2022-1", "7"],
        ["A-201", "2021/2022-2", "7"],
        ["A-202", "2021/2022-2", "8"],
    ]
    assert checked.dataset.plans["learner_id"].nunique() == 2
    assert told(checked) == []


@pytest.mark.parametrize(
    ("headings", "marks"),
    [
        ("Skolēna kods;Klase;1. semestris;2. semestris", ("x", "")),
        ("Skolēna kods;Klase;IAP 1. sem.;IAP 2. sem.", ("+", "-")),
        ("Skolēna kods;Klase;1. pusgads;2. pusgads", ("jā", "nē")),
        ("Pupil code;Class;Semester 1;Semester 2", ("1", "0")),
        ("Kods;Klase;1.semestris (09.-12.);2.semestris (01.-05.)", ("IAP", "-")),
    ],
)
def test_marks_below_halves_are_plans_of_those_marked(check, headings, marks):
    yes, no = marks
    checked = check(f"{YEAR}\n{headings}\n17;7;{yes};{yes}\n18;8;{no};{yes}\n")

    assert rows(checked, "plans", "semester", "grade") == [
        ["2021/2022-1", "7"],
        ["2021/2022-2", "7"],
        ["2021/2022-2", "8"],
    ]
    assert told(checked) == []


@pytest.mark.parametrize("headings", ["1. semestris;2. semestris", "IAP 1. sem.;IAP 2. sem."])
def test_a_half_that_has_not_begun_has_no_plans(check, headings):
    checked = check(f"{YEAR}\nKods;Klase;{headings}\n17;7;x;\n18;8;;\n")

    assert rows(checked, "plans", "semester", "grade") == [["2021/2022-1", "7"]]
    assert told(checked) == []


def test_empty_columns_of_halves_take_no_row_away_unsaid(check):
    checked = check(f"{AUTUMN}\nKods;Klase;1. semestris;2. semestris\n17;7;;\n18;8;;\n")

    assert (checked.dataset, [code for code, *_ in told(checked)]) == (None, ["column_missing"])


def test_statuses_below_halves_are_those_of_the_plans(check):
    checked = check(
        f"{YEAR}\nKods;I semestris;II semestris\n17;Apstiprināts;Īstenošanā\n18;;Apturēts\n"
    )

    assert rows(checked, "plans", "semester", "status") == [
        ["2021/2022-1", "approved"],
        ["2021/2022-2", "in_implementation"],
        ["2021/2022-2", "suspended"],
    ]


def test_marks_below_halves_are_of_the_support_a_title_names(check):
    checked = check(f"{YEAR}, ēdināšana\nKods;1. semestris;2. semestris\n17;x;x\n18;;x\n")

    assert rows(checked, "supports", "support_kind") == [["catering"]] * 3
    assert len(checked.dataset.plans) == 3


@pytest.mark.parametrize(
    "headings",
    [
        "Kods;Klase;Transports 1. sem.;Transports 2. sem.;Ēdināšana 1. sem.;Ēdināšana 2. sem.",
        "Kods;Klase;Transports;;Ēdināšana;\n;;1. sem.;2. sem.;1. sem.;2. sem.",
    ],
)
def test_kinds_of_support_in_halves_are_of_the_plan_of_each(check, headings):
    checked = check(f"{YEAR}\n{headings}\n17;7;x;;x;x\n18;8;;x;;\n")

    supports = checked.dataset.supports.merge(checked.dataset.plans, on="plan_id")
    found = sorted(
        zip(supports["semester"], supports["grade"], supports["support_kind"], strict=True)
    )
    assert found == [
        ("2021/2022-1", 7, "catering"),
        ("2021/2022-1", 7, "transport"),
        ("2021/2022-2", 7, "catering"),
        ("2021/2022-2", 8, "transport"),
    ]
    assert (len(checked.dataset.plans), told(checked)) == (3, [])


def test_supports_and_risks_named_below_halves_are_of_the_plan_of_each(check):
    checked = check(f"""{YEAR}
Kods;Klase;Riski 1. sem.;Riski 2. sem.;Atbalsts 1. sem.;Atbalsts 2. sem.
17;7;kavējumi;;transports, ēdināšana;ēdināšana
18;8;;kavējumi;;konsultācijas
""")

    assert len(checked.dataset.plans) == 3
    assert rows(checked, "supports", "support_kind") == [
        ["catering"],
        ["catering"],
        ["consultation"],
        ["transport"],
    ]
    assert (len(checked.dataset.risks), told(checked)) == (2, [])


def test_specialists_marked_below_halves_worked_in_those(check):
    checked = check(f"""{YEAR}, speciālisti
Vārds, uzvārds;Amats;1. semestris;2. semestris
Zane Kalniņa;Psihologs;x;x
Anna Bērziņa;Logopēds;;x
""")

    assert rows(checked, "specialists", "specialist_kind", "semester") == [
        ["psychologist", "2021/2022-1"],
        ["psychologist", "2021/2022-2"],
        ["speech_therapist", "2021/2022-2"],
    ]


def test_planned_money_below_halves_is_of_each(check):
    checked = check(f"""{YEAR} plānotais atbalsts
IAP Nr.;Transports 1. semestrī;Transports 2. semestrī
A-1;48,00;60,00
A-2;;61,00
""")

    assert rows(checked, "supports", "plan_id", "planned_cents") == [
        ["A-1", "4800"],
        ["A-1", "6000"],
        ["A-2", "6100"],
    ]


def test_money_below_halves_is_still_asked_for_by_month(check):
    checked = check(f"{YEAR}, transports\nKods;Klase;1. semestris;2. semestris\n17;7;48,00;60,00\n")

    assert checked.dataset is None
    assert {code for code, *_ in told(checked)} == {"longer_than_month"}


def test_a_code_of_no_half_beside_one_of_the_second_is_not_of_the_second(check):
    checked = check(f"{YEAR}\nKods;Klase;IAP;2. semestris\n17;7;A-101;A-201\n")

    assert checked.dataset is None


def test_lessons_missed_in_a_half_make_no_plan(check):
    checked = check(f"""{YEAR} 2. semestris
IAP;Kods;Klase;Kavējumi 1. semestrī;Vidējā atzīme 1. semestrī;Atbalsts
A-1;17;7;45;4,5;konsultācijas
A-2;18;8;3;6;transports
""")

    assert rows(checked, "plans", "plan_id", "semester") == [
        ["A-1", "2021/2022-2"],
        ["A-2", "2021/2022-2"],
    ]
    assert len(checked.dataset.risks) == 0


# --- several kinds of support in a cell, and as marks


@pytest.mark.parametrize("apart", [", ", "/", " + ", "; ", "\n", " un ", "\n2) "])
def test_each_kind_of_support_in_a_cell_is_one(workbook, apart):
    first = "1) psihologs" if ")" in apart else "psihologs"
    lines = [[AUTUMN], ["IAP kods", "Klase", "Atbalsts"], ["A-1", 7, f"{first}{apart}transports"]]
    checked = workbook({"Lapa1": lines})

    assert rows(checked, "supports", "support_kind") == [["consultation"], ["transport"]]
    assert errors(checked) == []


@pytest.mark.parametrize("apart", [", ", "/", "\n", " un "])
def test_one_sum_of_several_kinds_is_told_and_given_to_none(workbook, apart):
    said = f"transports{apart}ēdināšana"
    lines = [[AUTUMN], ["IAP kods", "Atbalsts", "Plānotā summa"], ["A-1", said, 120]]
    checked = workbook({"Lapa1": lines})

    assert checked.dataset is None
    assert [code for code, _ in errors(checked)] == ["support_kinds_together"]
    assert "summa vai stundu skaits rindā ir viens" in sentences(checked, "lv")[0]


def test_a_kind_wrapped_over_two_lines_is_one(workbook):
    lines = [[AUTUMN], ["IAP kods", "Klase", "Atbalsts"], ["A-1", 7, "Sabiedriskais\ntransports"]]
    checked = workbook({"Lapa1": lines})

    assert rows(checked, "supports", "support_kind") == [["transport"]]


def test_numbered_risks_in_a_cell_are_each_one(workbook):
    said = "1. neattaisnoti kavējumi\n2. zemas sekmes"
    checked = workbook({"Lapa1": [[AUTUMN], ["IAP", "Klase", "Riski"], ["A-1", 7, said]]})

    assert rows(checked, "risks", "risk") == [["low_achievement"], ["unexcused_absences"]]


@pytest.mark.parametrize(("yes", "no"), [("+", ""), ("jā", "nē"), ("x", "-"), ("✓", "")])
def test_marks_below_kinds_without_a_month_are_planned_support(check, yes, no):
    checked = check(f"""{AUTUMN}
Kods;Konsultācijas;Psihologs;Transports;Ēdināšana
17;{yes};{no};{yes};{no}
18;{no};{yes};{no};{yes}
""")

    assert rows(checked, "supports", "support_kind", "specialist_kind") == [
        ["catering", "nan"],
        ["consultation", "nan"],
        ["consultation", "psychologist"],
        ["transport", "nan"],
    ]
    assert errors(checked) == []


def test_a_class_teachers_list_of_subjects_is_of_consultations(check):
    checked = check("""Zantes pamatskola, 7.a klase
2021./2022. mācību gads, 1. semestris
Klases audzinātāja: A. B.

Nr.p.k.;Skolēna kods;Matemātika;Latviešu val.;Ēdināšana
1.;7.a-03;x;x;x
2.;7.a-07;;x;
""")

    assert rows(checked, "supports", "support_kind", "subject") == [
        ["catering", "nan"],
        ["consultation", "Latviešu val."],
        ["consultation", "Latviešu val."],
        ["consultation", "Matemātika"],
    ]
    assert errors(checked) == []


def test_hours_below_subjects_are_consultations_in_them(check):
    checked = check("""Zantes pamatskola, konsultācijas 2022. gada oktobris
Skolēna kods;Klase;Matemātika;Angļu val.
17;7.a;2;
18;8.;;4
Kopā;;2;4
""")

    assert rows(checked, "consultations", "subject", "hours") == [
        ["Angļu val.", "4.0"],
        ["Matemātika", "2.0"],
    ]
    assert told(checked) == []


def test_marks_of_a_report_below_subjects_are_no_hours(check):
    checked = check(
        f"{AUTUMN}\nKods;Klase;Riski;Matemātika\n17;7.a;zemas sekmes;4\n18;8;kavējumi;1\n"
    )

    assert len(checked.dataset.supports) == 0
    assert told(checked, "found") == [("hours_or_money", "Matemātika")]


def test_initials_in_a_title_are_no_kind_of_support(check):
    checked = check(
        "Zantes pamatskola\nSagatavoja: A. B.\nIAP kods;Mēnesis;Summa\nA-1;09.2022;9,00\n"
    )

    assert checked.dataset is None
    assert "„atbalsta veids”" in sentences(checked, "lv")[0]


def test_hours_and_sums_of_what_is_planned_are_planned(check):
    checked = check(f"""{AUTUMN}, plānotais atbalsts
IAP;Atbalsta veids;Stundas;Summa
A-1;konsultācijas;12;102,00
A-3;transports;;90,00
""")

    assert rows(checked, "supports", "support_kind", "planned_hours", "planned_cents") == [
        ["consultation", "12.0", "10200"],
        ["transport", "<NA>", "9000"],
    ]
    assert told(checked) == []


@pytest.mark.parametrize("heading", ["Stundas plānotas", "Plānots, st.", "Plānots (stundas)"])
def test_planned_hours_are_never_euros(check, heading):
    checked = check(f"{AUTUMN}\nIAP;Atbalsta veids;{heading}\nA-1;Konsultācijas;12\n")

    assert rows(checked, "supports", "planned_hours", "planned_cents") == [["12.0", "<NA>"]]


@pytest.mark.parametrize("heading", ["Stundas izmaksas", "Izmaksāts, st."])
def test_an_hours_cost_and_hours_are_no_payments(check, heading):
    checked = check(f"{OCTOBER}\nIAP;{heading};Summa\nA-1;8,50;17,00\nA-2;8,50;34,00\n")

    assert [cents for *_, cents, _ in paid(checked)] == [1700, 3400]


def test_marks_beside_a_month_are_no_planned_support(check):
    checked = check(f"{AUTUMN}\nKods;Mēnesis;Transports;Ēdināšana\n17;09.2021;x;\n17;10.2021;x;x\n")

    assert checked.dataset is None


# --- months as rows


@pytest.mark.parametrize("corner", ["IAP kods", "Mēnesis", ""])
def test_months_as_rows_below_codes_are_read(check, corner):
    checked = check(f"""Zantes pamatskola, transports 2021./2022. m. g., pa IAP
{corner};A-101;A-102;Kopā
Septembris;10,00;;10,00
Oktobris;11,00;8,00;19,00
Kopā;21,00;8,00;29,00
Sagatavoja: A. B.
""")

    assert paid(checked) == [
        ("A-101", "2021-09", 1000, False),
        ("A-101", "2021-10", 1100, False),
        ("A-102", "2021-10", 800, False),
    ]
    assert errors(checked) == []


def test_codes_above_months_are_the_schools_own_where_nothing_says_plans(check):
    checked = check("""Zantes pamatskola, transports 2021./2022. m. g.
Mēnesis;17;18
Septembris;10,00;
Oktobris;11,00;8,00
""")

    assert checked.dataset.payments["learner_id"].nunique() == 2
    assert [cents for *_, cents, _ in paid(checked)] == [1000, 1100, 800]


def test_kinds_below_codes_above_months_are_read(check):
    checked = check("""Zantes pamatskola 2021./2022. m. g.
IAP;A-101;;A-102;
;Transports;Ēdināšana;Transports;Ēdināšana
Septembris;10,00;30,00;;25,00
Oktobris;11,00;;8,00;
""")

    assert rows(checked, "payments", "plan_id", "support_kind", "month", "amount_cents") == [
        ["A-101", "catering", "2021-09-01 00:00:00", "3000"],
        ["A-101", "transport", "2021-09-01 00:00:00", "1000"],
        ["A-101", "transport", "2021-10-01 00:00:00", "1100"],
        ["A-102", "catering", "2021-09-01 00:00:00", "2500"],
        ["A-102", "transport", "2021-10-01 00:00:00", "800"],
    ]


# --- learners of a school


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("Skolēnu skaits uz datumu, Zantes pamatskola", "Klase;01.09.2021.;01.09.2022."),
        ("Zantes pamatskola, skolēnu skaits uz 1. septembri", "Klase;2021;2022"),
        ("Zantes pamatskola, skolēnu skaits", "Klase;2021./2022.;2022./2023."),
    ],
)
def test_numbers_of_learners_by_class_and_day_are_of_its_school_year(check, title, headings):
    checked = check(f"{title}\n{headings}\n1.;10;11\n5.;12;13\nKopā;22;24\n")

    assert rows(checked, "enrolment", "school_year", "grade_band", "learner_count") == [
        ["2021/2022", "grades_1_4", "10"],
        ["2021/2022", "grades_5_9", "12"],
        ["2022/2023", "grades_1_4", "11"],
        ["2022/2023", "grades_5_9", "13"],
    ]
    assert errors(checked) == []


def test_several_days_of_one_school_year_are_asked_about(check):
    checked = check(
        "Zantes pamatskola, skolēnu skaits\n"
        "Klase;01.09.2021.;01.10.2021.;01.01.2022.\n1.;10;11;11\n"
    )

    assert checked.dataset is None
    assert told(checked, "row", "found") == [
        ("enrolment_days", "3", "01.09.2021., 01.10.2021., 01.01.2022.")
    ]


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("Atbalstīto skolēnu skaits 2021./2022. m. g.", "Iestāde;Skolēnu skaits"),
        ("PuMPuRS 2021./2022. m. g.", "Iestāde;Skolēnu skaits"),
        ("Projekta dalībnieki 2021./2022. m. g.", "Skola;Izglītojamo skaits"),
    ],
)
def test_who_had_support_is_not_all_who_learn_there(check, title, headings):
    checked = check(f"{title}\n{headings}\nZantes pamatskola;10\nIrlavas pamatskola;8\n")

    assert checked.dataset is None
    assert [code for code, *_ in told(checked)] == ["only_totals"]


def test_grades_without_their_word_are_bands_below_classes(check):
    checked = check(f"{YEAR}\nKlase;Skolēnu skaits\n1.-4.;45\n5.-9.;60\n")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [
        ["grades_1_4", "45"],
        ["grades_5_9", "60"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Skola;Transports, EUR;Ēdināšana, EUR\nZantes pamatskola;9;8\nIrlavas pamatskola;7;6",
        "Skola;Janvāris;Februāris\nZantes pamatskola;120,00;110,00\nIrlavas pamatskola;80,00;90,00",
        "Klase;IAP skaits;Transports, EUR;Ēdināšana, EUR\n5.;2;20,00;9,00\n7.;3;30,00;",
    ],
)
def test_a_table_of_sums_by_school_is_told_in_one_sentence(check, text):
    checked = check(f"Tukuma novads, PuMPuRS 2022. gads\n{text}\nKopā;;\n")

    assert [code for code, *_ in told(checked)] == ["only_totals"]
    assert "rinda katram plānam vai izglītojamajam" in sentences(checked, "lv")[0]


def test_learners_told_by_name_alone_are_no_sums_of_classes(check):
    checked = check("""Zantes pamatskola, 2022. gada oktobris
Nr.;Vārds, uzvārds;Klase;Transports EUR
1.;Anna Bērziņa;7.a;12,00
2.;Jānis Kalniņš;8.b;10,00
""")

    assert [code for code, *_ in told(checked)] == ["column_missing"]


# --- rows that are nobody's


def test_parts_of_a_total_below_it_are_not_paid_again(check):
    checked = check(f"""{OCTOBER}
IAP kods;Summa
A-1;47,50
A-2;20,00
Kopā;67,50
t.sk. 7. klase;47,50
tai skaitā 8. klase;20,00
""")

    assert paid(checked) == [("A-1", "2022-10", 4750, False), ("A-2", "2022-10", 2000, False)]
    assert (counts(checked), told(checked)) == ((2, 0), [])


def test_a_code_that_begins_like_a_part_of_a_total_is_a_code(check):
    checked = check(f"{OCTOBER}\nIAP kods;Summa\nTSK-1;47,50\nPiem-2;20,00\n")

    assert [plan for plan, *_ in paid(checked)] == ["Piem-2", "TSK-1"]


@pytest.mark.parametrize("example", ["piemēram, IAP-001", "Paraugs 1", "piem. A-0"])
def test_an_example_left_in_a_form_is_no_plan(check, example):
    checked = check(f"""IAP kods;Semestris;Izglītības iestāde;Klase
{example};2022/2023-1;Zantes pamatskola;7
A-1;2022/2023-1;Zantes pamatskola;8
""")

    assert rows(checked, "plans", "plan_id") == [["A-1"]]
    assert counts(checked) == (1, 0)


def test_a_sum_without_a_word_is_the_total_of_the_rows_above(check):
    checked = check("""Zantes pamatskola, transports 2022. gada oktobris
IAP;Maršruts;Summa
A-1;Zante - Tukums;24,50
A-2;Zante - Kandava;12,00
;;36,50
""")

    assert [cents for *_, cents, _ in paid(checked)] == [2450, 1200]
    assert errors(checked) == []


def test_a_sum_without_a_word_that_does_not_add_up_is_asked_about(check):
    checked = check(f"{OCTOBER}\nIAP;Klase;Summa\nA-1;7;24,50\nA-2;8;12,00\n;;36,00\n")

    assert errors(checked) == [("learner_missing", 5)]


def test_the_total_of_a_school_above_repeated_headings_stays_with_its_rows(check):
    checked = check("""Tukuma novads, transports 2022. gada novembrī
Skola;Klase;Skolēna kods;Reisi;Summa (EUR)
Zantes pamatskola;7.a;7.a-01;20;24,00
Zantes pamatskola;8.;8-01;5;6,00
Kopā Zantes pamatskola;;;25;30,00
Skola;Klase;Skolēna kods;Reisi;Summa (EUR)
Irlavas pamatskola;5.;5-01;10;15,00
Kopā Irlavas pamatskola;;;10;15,00
Pavisam kopā;;;35;45,00
""")

    assert [cents for *_, cents, _ in paid(checked)] == [1500, 2400, 600]
    assert told(checked) == []


def test_a_class_alone_in_its_row_is_the_class_of_the_rows_below(check):
    checked = check(f"""{AUTUMN}, IAP
Nr.;Kods;Riski;Atbalsts
7.a klase;;;
1;17;kavējumi;konsultācijas
8. klase;;;
1;21;kavējumi;konsultācijas
""")

    assert rows(checked, "plans", "grade") == [["7"], ["8"]]


# --- which sum, and of which month


def test_years_above_roman_months_are_the_years_of_theirs(check):
    checked = check("""Irlavas pamatskola, ēdināšana
;2022;;;;2023
IAP kods;IX;X;XI;XII;I
B-1;12,50;10;-;15,00;20
""")

    assert [(month, cents) for _, month, cents, _ in paid(checked)] == [
        ("2022-09", 1250),
        ("2022-10", 1000),
        ("2022-12", 1500),
        ("2023-01", 2000),
    ]


@pytest.mark.parametrize(
    "headings", ["Summa;PuMPuRS summa", "Kopā;PuMPuRS finansējums", "Kopā;t.sk. no PuMPuRS"]
)
def test_the_programmes_part_of_a_sum_is_what_it_paid(check, headings):
    checked = check(
        f"{OCTOBER}\nIAP kods;Dienas;{headings}\nA-1;20;30,00;15,00\nA-2;10;15,00;7,50\n"
    )

    assert [cents for *_, cents, _ in paid(checked)] == [1500, 750]


def test_a_month_planned_beside_the_month_paid_is_no_payment(check):
    checked = check("""Zantes pamatskola, transports
IAP Nr.;Plānots 2022. gada septembrī;Izmaksāts 2022. gada septembrī
A-1;30,00;24,50
""")

    assert paid(checked) == [("A-1", "2022-09", 2450, False)]
    assert [code for code, *_ in told(checked)] == ["figures_not_used"]


def test_rows_of_planned_sums_among_rows_of_paid_ones_are_set_aside(check):
    checked = check("""Zantes pamatskola, ēdināšana 2022. gads
IAP kods;Rādītājs;Janvāris;Februāris
A-1;Plānots;30;30
A-1;Izmaksāts;25;28
A-2;Plānots;31;31
A-2;Izmaksāts;20;22
""")

    assert [cents for *_, cents, _ in paid(checked)] == [2500, 2800, 2000, 2200]
    assert [each for each in told(checked, "row", "found") if each[0] == "planned_in_row"] == [
        ("planned_in_row", "3", "Plānots")
    ]


def test_what_was_given_back_for_tickets_is_paid_and_their_price_is_not(check):
    checked = check("""Zantes pamatskola, sabiedriskais transports, 2022. gada oktobris
Kods;Biļetes;Biļetes cena;Atmaksāts
17;20;1,20;24,00
18;10;1,50;15,00
""")

    assert sorted((cents, back) for *_, cents, back in paid(checked)) == [
        (1500, False),
        (2400, False),
    ]
    assert errors(checked) == []


def test_given_back_in_most_rows_is_what_learners_were_paid(check):
    checked = check("""Zantes pamatskola, transports 2022. gada oktobris
IAP kods;Summa;Atmaksāts
A-1;24,00;20,00
A-2;15,00;15,00
""")

    assert [(cents, back) for *_, cents, back in paid(checked)] == [(2000, False), (1500, False)]
    assert told(checked, "found") == [("figures_not_used", "Summa")]


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("skolēnu saraksts ēdināšanas kompensācijai par 2022. gada novembri", ["catering"]),
        ("saraksts bez ēdināšanas par 2022. gada novembri", []),
        ("atteikumi no transporta, 2022. gada novembris", []),
    ],
)
def test_the_last_words_of_a_title_tell_the_support_unless_they_deny_it(check, title, kinds):
    checked = check(f"Zantes pamatskola, {title}\nIAP kods;Summa\nA-1;35,00\n")

    found = [] if checked.dataset is None else list(checked.dataset.payments["support_kind"])
    assert found == kinds


def test_hours_of_several_dates_below_a_total_are_asked_for(check):
    checked = check("""Zantes pamatskola, konsultācijas 2022. gada oktobris
Skolēns;Konsultācijas datumi;Stundas kopā
7.a-03;3., 10., 17.;3
7.a-07;4.10., 11.10.;2
""")

    assert errors(checked) == [("date_unread", 3), ("dates_together", 4)]


@pytest.mark.parametrize("written", ["'12,50", "’12.50", "12,50 EUR", "€ 12,50"])
def test_an_apostrophe_before_a_sum_keeps_it_a_text_and_is_no_part_of_it(check, written):
    checked = check(f"{OCTOBER}\nIAP kods;Summa\nA-1;{written}\n")

    assert [cents for *_, cents, _ in paid(checked)] == [1250]


def test_a_dash_below_a_question_is_no_answer_and_no_problem(check):
    checked = check(f"{AUTUMN}\nIAP Nr.;Klase;Maznodr.;Prakse\nA-1;7.a;ir;-\nA-2;8.;nav;-\n")

    assert rows(checked, "plans", "is_low_income", "is_in_practice") == [
        ["False", "<NA>"],
        ["True", "<NA>"],
    ]
    assert told(checked) == []


@pytest.mark.parametrize("yes", ["jā", "ir", "x"])
def test_marks_below_the_word_for_a_plan_are_no_codes(check, yes):
    checked = check(f"{AUTUMN}\nKods;IAP;Transports;Ēdināšana\n1;{yes};x;\n2;nav;;\n3;{yes};;x\n")

    plans = checked.dataset.plans
    assert (len(plans), plans["learner_id"].nunique(), counts(checked)) == (2, 2, (2, 0))
    assert rows(checked, "supports", "support_kind") == [["catering"], ["transport"]]


def test_a_service_names_the_support_and_a_receipt_its_sum(check):
    checked = check("""Skola;Skolēna kods;Mēnesis;Pakalpojums;Summa ar PVN
Zantes pamatskola;17;2022.g. septembris;Ēdināšana;35,00
Zantes pamatskola;18;2022.g.oktobris;Transports;12,50
""")
    bought = check(
        """Rēzeknes tehnikums, individuālās lietošanas priekšmeti
Audzēknis;Pirkuma datums;Čeka summa
17;05.10.2022.;24,99
""",
        "pirkumi",
    )

    assert rows(checked, "payments", "support_kind", "amount_cents") == [
        ["catering", "3500"],
        ["transport", "1250"],
    ]
    assert ["personal_items", "2499"] in rows(bought, "payments", "support_kind", "amount_cents")


def test_tables_beside_each_other_without_a_gap_are_of_their_own_schools(check):
    checked = check("""Tukuma novads;;;
Zantes pamatskola;;Irlavas pamatskola;
Kods;Transports 10.2022;Kods;Transports 10.2022
17;10,00;21;12,00
18;11,00;17;13,00
""")

    assert rows(checked, "payments", "school_id", "amount_cents") == [
        ["irlavas-pamatskola", "1200"],
        ["irlavas-pamatskola", "1300"],
        ["zantes-pamatskola", "1000"],
        ["zantes-pamatskola", "1100"],
    ]
    assert checked.dataset.payments["learner_id"].nunique() == 4
    assert told(checked) == []


def test_a_star_beside_a_month_points_to_a_remark(check):
    checked = check("""Zantes pamatskola, transports 2022. gads
IAP;septembris*;oktobris**
A-1;10,00;11,00
* ar kavēšanos
** precizēts
""")

    assert [(month, cents) for _, month, cents, _ in paid(checked)] == [
        ("2022-09", 1000),
        ("2022-10", 1100),
    ]


# --- merged headings in three rows, from a workbook


def test_headings_of_three_rows_with_years_above_months_are_read(tmp_path):
    book = openpyxl.Workbook()
    for line in [
        ["PuMPuRS kompensācijas, Zantes pamatskola, 2022./2023. m. g."],
        ["Nr.", "IAP kods", "2022. gads", None, "2023. gads", None],
        [None, None, "Decembris", None, "Janvāris", None],
        [None, None, "Transports, EUR", "Ēdināšana, EUR", "Transports, EUR", "Ēdināšana, EUR"],
        [1, "A-1", 12.5, 30, 9, 20],
        ["Kopā", None, 12.5, 30, 9, 20],
    ]:
        book.active.append(line)
    for cells in ("A2:A4", "B2:B4", "C2:D2", "E2:F2", "C3:D3", "E3:F3"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "dati.xlsx")

    checked = loading.check(tmp_path)

    assert [(month, cents) for _, month, cents, _ in paid(checked)] == [
        ("2022-12", 1250),
        ("2022-12", 3000),
        ("2023-01", 2000),
        ("2023-01", 900),
    ]
    assert told(checked) == []


# --- copies in a delivery


@pytest.mark.parametrize(
    "name", ["izmaksas (1)", "Kopija no izmaksas", "izmaksas - labots", "izmaksas_v2"]
)
def test_another_version_of_a_file_is_told(tmp_path, name):
    text = f"{OCTOBER}\nIAP kods;Summa\nA-1;12,50\n"
    (tmp_path / "izmaksas.csv").write_text(text, encoding="utf-8")
    (tmp_path / f"{name}.csv").write_text(text.replace("12,50", "13,50"), encoding="utf-8")

    checked = loading.check(tmp_path)

    assert told(checked, "file", "found") == [("file_version", f"{name}.csv", "izmaksas.csv")]


def test_files_of_two_months_are_no_versions_of_each_other(tmp_path):
    for month, name in (("septembris", "izmaksas 09"), ("oktobris", "izmaksas 10")):
        text = f"Zantes pamatskola, ēdināšana 2022. gada {month}\nIAP kods;Summa\nA-1;12,50\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    assert told(loading.check(tmp_path)) == []


def test_a_row_of_support_with_a_word_for_its_hours_is_no_heading(tmp_path):
    """Kind of support, specialist and subject beside no figure: a person's slip, not headings."""
    plan = ["IAP kods", "Izglītojamā kods", "Semestris", "Izglītības iestāde", "Klase"]
    of_plan = ["2022/2023-1", "Zantes pamatskola", "7"]
    support = [
        "IAP kods",
        "Atbalsta veids",
        "Speciālista veids",
        "Mācību priekšmets",
        "Plānotās stundas",
    ]
    given = ["Individuālās konsultācijas", "Pedagogs", "Matemātika"]
    lines = [f"IAP-000{n};K{n};" + ";".join(of_plan) for n in range(1, 6)]
    (tmp_path / "plani.csv").write_text("\n".join([";".join(plan), *lines]), "utf-8")
    hours = ["12", "12", "desmit", "12", "12"]
    rows = [";".join([f"IAP-000{n}", *given, hour]) for n, hour in enumerate(hours, 1)]
    (tmp_path / "atbalsts.csv").write_text("\n".join([";".join(support), *rows]), "utf-8")

    checked = loading.check(tmp_path, key=MADE_UP_KEY)

    assert len(checked.dataset.supports) == 4  # the row of "desmit" is set aside
    assert checked.problems["code"].tolist() == ["hours_unread"]
    assert checked.problems["row"].tolist() == [4]
