"""Journals, plans, enrolment and messages of such files: worked out by hand, row by row."""

import pytest

from pumpurs_analysis.layout.headings import fields_of
from pumpurs_analysis.pseudonyms import could_name_a_person
from tests.loaded import errors, paid, rows, sentences, told

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"
OCTOBER = "Zantes pamatskola, transports 2022. gada oktobrī"


# --- journals


@pytest.mark.parametrize(
    ("headings", "first", "second"),
    [
        ("Laiks", "14.00-14:45", "14:00 – 15:30"),
        ("Laiks no;Laiks līdz", "14:00;14:45", "14:00;15:30"),
        ("Start time;End time", "14:00;14:45", "14:00:00;15:30:00"),
    ],
)
def test_the_clock_tells_how_long_a_consultation_took(check, headings, first, second):
    checked = check(f"""Zantes pamatskola
Datums;{headings};IAP Nr.;Priekšmets
05.10.2022.;{first};A-1;Matemātika
06.10.2022.;{second};A-2;Fizika
""")

    assert rows(checked, "consultations", "plan_id", "hours") == [["A-1", "0.75"], ["A-2", "1.5"]]
    assert told(checked) == []


def test_the_unit_of_a_total_is_that_of_its_months(check):
    checked = check(f"""{AUTUMN}
Skolēna kods;Sept.;Okt.;Kopā st.
17;2;1;3
18;1;;1
""")

    assert [float(hours) for (hours,) in rows(checked, "consultations", "hours")] == [1, 1, 2]
    assert told(checked) == []


def test_hours_by_subject_count_by_their_total(check):
    checked = check("""Zantes pamatskola, konsultāciju stundas 2022. gada oktobrī
IAP kods;Matemātika;Fizika;Kopā
A-1;2;1;3
""")

    assert rows(checked, "consultations", "plan_id", "hours") == [["A-1", "3.0"]]
    assert told(checked, "found") == [
        ("figures_not_used", "Matemātika"),
        ("figures_not_used", "Fizika"),
    ]


@pytest.mark.parametrize("codes", ["A-1, A-2", "A-1; A-2", "A-1 un A-2"])
def test_a_row_of_several_codes_is_nobodys(check, codes):
    checked = check(f'{OCTOBER}\nIAP kods;Summa\n"{codes}";24,00\nA-3;12,00\n')

    assert paid(checked) == [("A-3", "2022-10", 1200, False)]
    assert told(checked, "row", "found") == [("codes_together", "3", codes)]


# --- plans and people


def test_answers_of_a_form_with_remarks_in_its_questions_are_plans(check):
    checked = check(
        "Timestamp;Jūsu izglītības iestāde;Izglītojamā kods (nevis vārds!);Klase;"
        "Kurā mācību gada semestrī?;Kādi riski ir konstatēti? (var atzīmēt vairākus);"
        "Kāds atbalsts nepieciešams?\n"
        "14.09.2022 10:03;Zantes pamatskola;17;5.a;2022./2023. m.g. I semestris;"
        '"Kavējumi, zemas sekmes";"Konsultācijas, Transports"\n'
    )

    assert rows(checked, "plans", "semester", "grade") == [["2022/2023-1", "5"]]
    assert rows(checked, "risks", "risk") == [["low_achievement"], ["unexcused_absences"]]
    kinds = [kind for (kind,) in rows(checked, "supports", "support_kind")]
    assert (kinds, errors(checked)) == (["consultation", "transport"], [])


def test_a_remark_in_a_heading_may_tell_one_sum_from_another():
    assert fields_of("Izglītojamā kods (nevis vārds!)") == ("learner_local_code",)
    assert fields_of("Summa (atlikums)") == ()


def test_support_named_in_a_cell_and_by_a_column_is_one(check):
    checked = check(f"""{AUTUMN}
IAP Nr.;Klase;Riski;Atbalsts;Transports EUR
A-1;5.a;kavējumi;konsultācijas, transports;30,00
A-2;6.a;kavējumi;konsultācijas;
""")

    assert rows(checked, "supports", "plan_id", "support_kind", "planned_cents") == [
        ["A-1", "consultation", "<NA>"],
        ["A-1", "transport", "3000"],
        ["A-2", "consultation", "<NA>"],
    ]


def test_a_plan_on_a_sheet_of_its_own_is_read_below_its_title(workbook):
    sheets = {
        f"IAP A-{number}": [
            ["Individuālais atbalsta plāns"],
            ["IAP numurs:", f"A-{number}"],
            ["Izglītības iestāde:", "Zantes pamatskola"],
            ["Klase:", f"{number + 4}.a"],
            ["Semestris:", "2022./2023. m.g. 1. semestris"],
            ["Riski:", "kavējumi"],
        ]
        for number in (1, 2)
    }
    checked = workbook(sheets)

    assert rows(checked, "plans", "plan_id", "grade") == [["A-1", "5"], ["A-2", "6"]]
    assert len(checked.dataset.risks) == 2
    assert told(checked) == []


def test_a_kind_beside_a_name_is_no_second_name(check):
    checked = check(f"""{AUTUMN}
Nr.;Speciālists;Vārds, uzvārds
1;Psihologs;Ilze Ozola
2;Logopēds;Anna Kalna
""")

    kinds = rows(checked, "specialists", "semester", "specialist_kind")
    assert kinds == [["2022/2023-1", "psychologist"], ["2022/2023-1", "speech_therapist"]]
    assert told(checked) == []


# --- learners enrolled and totals


@pytest.mark.parametrize(
    "table",
    [
        "Klase;1.;4.;5.\nSkaits;12;13;14",
        "Klase;1.a;4.b;5.a\nSkolēnu skaits;12;13;14",
        "Klase;Zēni;Meitenes;Kopā\n1.;5;7;12\n4.;6;7;13\n5.;7;7;14",
    ],
)
def test_classes_may_stand_beside_or_above_their_learners(check, table):
    checked = check(f"Zantes pamatskola, izglītojamo skaits 2022./2023. m. g.\n{table}\n")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [
        ["grades_1_4", "25"],
        ["grades_5_9", "14"],
    ]
    assert errors(checked) == []


def test_learners_by_school_year_are_enrolment_where_the_title_says_so(check):
    checked = check("""Izglītojamo skaits Tukuma novadā
Skola;2021./2022.;2022./2023.
Zantes pamatskola;99;98
Irlavas pamatskola;108;105
Kopā;207;203
""")

    read = rows(checked, "enrolment", "school_id", "school_year", "learner_count")
    assert read == [
        ["irlavas-pamatskola", "2021/2022", "108"],
        ["irlavas-pamatskola", "2022/2023", "105"],
        ["zantes-pamatskola", "2021/2022", "99"],
        ["zantes-pamatskola", "2022/2023", "98"],
    ]


def test_a_total_above_its_rows_is_held_against_them(check):
    right = check(f"{OCTOBER}\nIAP kods;Summa\nKOPĀ;45,00\nA-1;20,00\nA-2;25,00\n")
    wrong = check(f"{OCTOBER}\nIAP kods;Summa\nKOPĀ;46,00\nA-1;20,00\nA-2;25,00\n")

    assert told(right) == []
    assert told(wrong, "wanted") == [("total_differs", "45,00")]


# --- what messages say


@pytest.mark.parametrize(
    ("heading", "is_hidden"),
    [
        *((word, False) for word in ("Ieturēts", "Izbraukšana", "Ietaupījums", "Iestājies")),
        *((word, False) for word in ("Debets", "Kredīts", "Nodoklis", "Grāmatojums", "Zēni")),
        *((word, True) for word in ("Ozola", "Apsītis", "Donāts", "Rozums", "Sanita", "Pārupe")),
    ],
)
def test_ordinary_words_are_shown_and_names_are_not(heading, is_hidden):
    assert could_name_a_person(heading) is is_hidden


def test_half_years_of_sums_are_asked_for_by_month(check):
    checked = check("""Zantes pamatskola, ēdināšana, 2022./2023. m.g.
Skolēna kods;1. semestris, EUR;2. semestris, EUR
17;25,00;20,00
""")

    assert {code for code, *_ in told(checked)} == {"longer_than_month"}


def test_a_ledger_is_refused_with_what_it_lacks(check):
    checked = check("""Zantes pamatskola, PuMPuRS transports
Datums;Dok. Nr.;IAP Nr.;Mēnesis;Debets;Kredīts
05.10.2022.;MU-101;A-1;09.2022;12,50;
03.11.2022.;MU-103;A-2;09.2022;;5,00
""")

    assert checked.dataset is None
    (sentence,) = sentences(checked, "lv")
    assert "atpazītie virsraksti: „Datums”, „IAP Nr.”, „Mēnesis”" in sentence
    assert "arī kolonnas ar virsrakstiem „summa”" in sentence
