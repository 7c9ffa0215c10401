"""Files as schools make them: what looks odd is read, or said in a sentence that is true."""

import pytest

from pumpurs_analysis.layout.headings import fields_of
from pumpurs_analysis.pseudonyms import could_name_a_person
from tests.loaded import counts, errors, rows, sentences, told

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"
OCTOBER = "Zantes pamatskola, 2022. gada oktobris"
DAYS = ";".join(map(str, range(1, 32)))
MARKS = ";".join("x" if day % 7 else "" for day in range(1, 32))


def test_a_column_of_bare_kinds_of_specialist_names_no_person(check):
    checked = check(f"""{AUTUMN}
IAP kods;Datums;Speciālists;Stundas
A-1;05.10.2022.;psihologs;1
A-1;06.10.2022.;Pedagogs;2
A-2;07.10.2022.;sociālais pedagogs;1
A-2;08.10.2022.;Dārznieks;1
""")

    read = rows(checked, "consultations", "row", "specialist_kind")
    assert read[:3] == [["3", "psychologist"], ["4", "teacher"], ["5", "social_pedagogue"]]
    assert list(checked.dataset.consultations["specialist_id"].isna()) == [True] * 3 + [False]
    assert told(checked, "row", "found") == [("specialist_kind_unknown", "6", "Dārznieks")]


def test_a_kind_among_names_of_specialists_is_a_kind(check):
    checked = check(f"""{AUTUMN}
IAP kods;Datums;Speciālists;Stundas
A-1;05.10.2022.;Ilze Ozola;1
A-1;06.10.2022.;Jānis Kalns;2
A-2;07.10.2022.;psihologs;1
""")

    assert list(checked.dataset.consultations["specialist_id"].isna()) == [False, False, True]
    kinds = [kind for (kind,) in rows(checked, "consultations", "specialist_kind")]
    assert (kinds, told(checked)) == (["nan", "nan", "psychologist"], [])


@pytest.mark.parametrize("of_family", ["Maznodr. ģimene", "Maznodrošināta ģimene"])
def test_sums_of_a_month_are_paid_beside_the_means_of_a_family(check, of_family):
    checked = check(f"""{OCTOBER}
IAP kods;Klase;{of_family};Transports;Ēdināšana
A-1;5.a;jā;12,00;30,50
A-2;6.b;nē;10,00;
""")

    paid = rows(checked, "payments", "plan_id", "support_kind", "amount_cents")
    assert paid == [
        ["A-1", "catering", "3050"],
        ["A-1", "transport", "1200"],
        ["A-2", "transport", "1000"],
    ]
    assert told(checked) == []


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ("Kopā, EUR", "figures_not_used"),
        ("Transports", "paid_or_planned"),
        ("Izmaksāts par transportu", "paid_or_planned"),
        ("Cits", "figures_not_used"),
    ],
)
def test_sums_beside_plans_are_never_lost_in_silence(check, headings, code):
    checked = check(f"{AUTUMN}\nIAP kods;Klase;Maznodr. ģimene;{headings}\nA-1;5.a;jā;12,50\n")

    assert (checked.dataset.supports.empty, checked.dataset.payments.empty) == (True, True)
    assert told(checked, "found") == [(code, headings)]


@pytest.mark.parametrize(
    ("table", "header"),
    [
        (f"Nr.;IAP kods;{DAYS};Kopā\n1;A-1;{MARKS};27", "1–31"),
        (f"IAP kods;Klase;Statuss;{DAYS}\nA-1;5.a;Apstiprināts;{MARKS.replace('x', '1')}", "1–31"),
        (
            "IAP kods;1. diena;2. diena;3. diena;4. diena;5. diena\nA-1;x;x;;1;1",
            "1. diena–5. diena",
        ),
    ],
)
def test_marks_of_days_are_asked_for_once(check, table, header):
    checked = check(f"Zantes pamatskola, ēdināšana 2022. gada oktobrī\n{table}\n")

    assert checked.dataset is None
    assert told(checked, "row", "found") == [("days_marked", "2", header)]


def test_a_sum_beside_marks_of_days_is_paid(check):
    checked = check(f"""Zantes pamatskola, ēdināšana 2022. gada oktobrī
IAP kods;{DAYS};Summa
A-1;{MARKS};58,05
""")

    assert rows(checked, "payments", "month", "amount_cents") == [["2022-10-01 00:00:00", "5805"]]
    assert told(checked, "found") == [("column_not_used", "1")]


@pytest.mark.parametrize(
    "row",
    [
        "3;Kopā:;;;;22,00",
        ";;;;22,00;Pavisam",
        ";;;;;Kopā",
        ";12.10.2022.;;Direktors;;",
        ";05.10.2022.;;;Direktors;J. Kalns",
        ";Projekta koordinatore;;;I. Kalna;",
        ";;;;Sagatavoja: I. Ozola;",
        ";;;;;Skolas direktora paraksts",
        ";;;;Izpildītājs;",
    ],
)
def test_totals_and_signatures_stand_in_any_column(check, row):
    checked = check(f"""{OCTOBER}
Nr.;IAP kods;Atbalsta veids;Vārds uzvārds;Summa;Piezīmes
1;A-1;Transports;;12,00;
2;A-2;Transports;;10,00;
{row}
""")

    assert (errors(checked), counts(checked)) == ([], (2, 0))


def test_a_learner_of_few_cells_is_no_signature(check):
    checked = check(f"""{AUTUMN}
Izglītojamā kods;Klase;Statuss;Dzimums
101;5;Apstiprināts;
102;6;Apstiprināts;
""")

    assert rows(checked, "plans", "grade", "status") == [["5", "approved"], ["6", "approved"]]


def test_payments_that_differ_in_a_date_or_number_beside_are_two(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;Brauciena datums;Biļetes Nr.;Summa
A-1;Transports;09.2022;05.09.2022.;101;1,20
A-1;Transports;09.2022;06.09.2022.;102;1,20
A-1;Transports;09.2022;06.09.2022.;102;1,20
""")

    twice = [each for each in told(checked, "row", "found") if each[0] == "payment_twice"]
    assert twice == [("payment_twice", "5", "dati.csv, 4")]
    assert "(dati.csv, 4. rinda)" in sentences(checked, "lv")[-1]
    assert "(dati.csv, row 4)" in sentences(checked, "en")[-1]


def test_a_file_without_table_says_which_headings_were_understood(check):
    checked = check("Bērns;Cik maksāja;Kad\n17;12,00;septembris\n")

    (sentence,) = sentences(checked, "lv")
    assert sentence == (
        "dati.csv: Datnē nav atpazīta neviena tabula; atpazītie virsraksti: „Bērns”. Jābūt: arī "
        "kolonnas ar virsrakstiem „atbalsta veids”. Salīdziniet virsrakstus ar veidni (komanda "
        "pumpurs template)."
    )


@pytest.mark.parametrize("heading", ["Pieprasītā summa", "Summa 2019", "Par ko", "Plānotā summa"])
def test_no_other_heading_is_suggested_than_a_misspelt_one(check, heading):
    checked = check(f"""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;Izmaksātā summa;{heading}
A-1;Transports;09.2022;12,00;15,00
""")

    assert told(checked, "wanted") == [("figures_not_used", "<NA>")]


def test_a_misspelt_heading_is_named_as_it_should_be(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;Izmaksātā summa;Dok. datums
A-1;Transports;09.2022;12,00;05.09.2022.
""")

    assert told(checked, "found", "wanted") == [("column_not_used", "Dok. datums", "datums")]


@pytest.mark.parametrize(
    ("heading", "is_hidden"),
    [
        *((heading, False) for heading in ("Čeka Nr.", "Dok. datums", "Pirkuma datums")),
        *((heading, True) for heading in ("Jāņa Nr.", "Ozoliņas datums")),
    ],
)
def test_headings_of_documents_are_shown_and_names_are_not(heading, is_hidden):
    assert could_name_a_person(heading) is is_hidden


@pytest.mark.parametrize("words", ["plānots;izlietots", "plānotais;iztērētais"])
def test_words_repeated_below_kinds_are_their_headings(check, words):
    checked = check(f"""{AUTUMN}
Izglītojamā kods;Klase;Transports;;Ēdināšana;
;;{words};{words}
17;5.a;30,00;25,00;70,00;65,00
""")

    assert len(checked.dataset.plans) == 1
    assert {code for code, *_ in told(checked)} == {"figures_not_used"}
    planned = rows(checked, "supports", "support_kind", "planned_cents")
    expected = [["catering", "7000"], ["transport", "3000"]]
    assert planned == (expected if words.startswith("plānots") else [])


@pytest.mark.parametrize(
    ("title", "months"),
    [
        ("2022./2023. m. g. 1. semestris", ["2022-09", "2022-10", "2022-11"]),
        ("2022./2023. m. g. 2. semestris", ["2023-01", "2023-02", "2023-03"]),
        ("2022. gads", ["2022-01", "2022-02", "2022-03"]),
    ],
)
def test_a_first_month_is_the_first_of_its_semester(check, title, months):
    checked = check(f"""Zantes pamatskola, {title}
IAP kods;Atbalsta veids;1. mēnesis;2. mēnesis;3. mēnesis
A-1;Transports;12,00;13,00;14,00
""")

    assert [month[:7] for (month,) in rows(checked, "payments", "month")] == months


def test_a_first_month_of_a_school_year_may_be_either(check):
    table = "IAP kods;Atbalsta veids;{};{}\nA-1;Transports;12,00;13,00\n"
    counted = check(f"2022./2023. m. g.\n{table.format('1. mēnesis', '2. mēnesis')}")
    after_december = check(f"2022./2023. m. g.\n{table.format('12. mēnesis', '1. mēnesis')}")

    assert set(errors(counted)) == {("month_without_year", 3)}
    months = [month[:7] for (month,) in rows(after_december, "payments", "month")]
    assert months == ["2022-12", "2023-01"]


@pytest.mark.parametrize(
    ("headings", "first", "second"),
    [
        ("Periods", "01.09.2022.–31.05.2023.", "01.09.2022.–31.12.2022."),
        ("Plāna sākums;Plāna beigas", "01.09.2022.;31.05.2023.", "01.09.2022.;31.12.2022."),
    ],
)
def test_a_plan_of_a_school_year_lasts_two_semesters(check, headings, first, second):
    checked = check(f"""Zantes pamatskola
IAP kods;{headings};Klase;Statuss
A-1;{first};5.a;Apstiprināts
A-2;{second};5.a;Apstiprināts
""")

    assert rows(checked, "plans", "plan_id", "semester") == [["A-2", "2022/2023-1"]]
    assert told(checked, "row", "found", "wanted") == [
        ("plan_in_two_semesters", "3", "2022/2023-1", "2022/2023-2")
    ]


@pytest.mark.parametrize(
    ("headings", "figures"),
    [
        ("5.a;5.b;6.a", "12;13;14"),
        ("5A;5B;6A;Kopā", "12;13;14;39"),
        ("5.a klase;5.b klase;6.a klase", "12;13;14"),
        ("5. klase;5.a;5.b;6.a", "25;12;13;14"),
        ("5. klase;5.a;5.b;6.a", ";12;13;14"),
    ],
)
def test_classes_as_columns_add_up(check, headings, figures):
    checked = check(f"""Izglītojamo skaits 2022./2023. m. g.
Izglītības iestāde;{headings}
Zantes pamatskola;{figures}
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [["grades_5_9", "39"]]
    assert told(checked) == [("enrolment_without_source",)]


def test_risks_below_their_group_are_read_and_held_against_the_list(check):
    checked = check(f"""{AUTUMN}
IAP kods;Klase;Mācību darba un izglītības iestādes riski;Ekonomiskie riski;Ģimenes riski
A-1;5.a;kavējumi;vardarbība;
A-2;6.a;;;x
""")

    assert rows(checked, "risks", "plan_id", "risk_category", "risk") == [
        ["A-1", "economic", "violence"],
        ["A-1", "learning", "unexcused_absences"],
        ["A-2", "family", "nan"],
    ]
    assert told(checked, "row", "found", "wanted") == [
        ("risk_in_other_group", "3", "vardarbība", "learning")
    ]


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("Ierakstiet izglītojamā personas kodu:", ("learner_code",)),
        ("Kādi riska faktori ir novēroti?", ("risk",)),
        ("Kura ir Jūsu izglītības iestāde?", ("school",)),
        ("Kurā klasē mācās izglītojamais?", ("grade", "grade_band")),
        ("Norādiet izglītojamā vārdu un uzvārdu:", ("learner_name",)),
        ("Kura ir skola un kāds ir semestris?", ()),
        ("Kā Jums patika?", ()),
    ],
)
def test_a_question_asks_for_the_only_heading_in_it(question, fields):
    assert fields_of(question) == fields


def test_answers_to_a_form_are_plans(check):
    checked = check(
        "Laikspiedols;Ierakstiet izglītojamā kodu:;Kurā klasē mācās izglītojamais?;"
        "Kādi riska faktori ir novēroti?;Kura ir Jūsu izglītības iestāde?;"
        "Kurā semestrī tiek īstenots plāns?\n"
        "2022/10/05 10:11;17;5.a;kavējumi;Zantes pamatskola;2022./2023. m. g. 1. semestris\n"
    )

    assert rows(checked, "plans", "semester", "grade") == [["2022/2023-1", "5"]]
    assert rows(checked, "risks", "risk") == [["unexcused_absences"]]
    assert [code for code, *_ in told(checked)] == ["column_not_used"]


def test_kinds_that_a_total_includes_are_read_and_not_counted_twice(check):
    columns = check(f"""{OCTOBER}
IAP kods;Kopā EUR;t.sk. transports;t.sk. ēdināšana
A-1;42,50;12,00;30,50
""")
    below = check(f"""{OCTOBER}
IAP kods;Atbalsta veids;Summa
A-1;Transports;12,00
A-1;Ēdināšana;30,50
Kopā;;42,50
t. sk. transports;;12,00
tai skaitā ēdināšana;;30,50
""")

    expected = [["catering", "3050"], ["transport", "1200"]]
    for checked in (columns, below):
        assert rows(checked, "payments", "support_kind", "amount_cents") == expected
        assert told(checked) == []
