"""Files as deputy heads, coordinators and accountants keep them: worked out by hand, row by row."""

import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.layout.headings import fields_of
from pumpurs_analysis.pseudonyms import could_name_a_person
from pumpurs_analysis.schools import match_school
from tests.loaded import counts, errors, rows

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"
OCTOBER = "Zantes pamatskola, transports 2022. gada oktobrī"


def told(checked, *names):
    """Code and more of every problem, but of plans whose learner has no code."""
    wanted = checked.problems["code"] != "plan_without_learner"
    found = checked.problems[wanted][["code", *names]].astype(object)
    return [tuple(str(cell) for cell in row) for row in found.to_numpy()]


def sentences(checked, language):
    return [each.sentence(language) for each in loading.as_problems(checked.problems)]


def paid(checked):
    """Plan, month, cents, and whether given back; of every payment."""
    names = ("plan_id", "month", "amount_cents", "is_refund")
    return [
        (plan, month[:7], int(cents), back == "True")
        for plan, month, cents, back in rows(checked, "payments", *names)
    ]


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


@pytest.fixture
def workbook(tmp_path):
    """Check a delivery of one workbook, given as rows by sheet."""
    openpyxl = pytest.importorskip("openpyxl")

    def write(sheets) -> loading.Checked:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, lines in sheets.items():
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
        book.save(tmp_path / "dati.xlsx")
        return loading.check(tmp_path)

    return write


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
    assert "saprasti virsraksti „Datums”, „IAP Nr.”, „Mēnesis”" in sentence
    assert "arī kolonnas ar virsrakstiem „summa”" in sentence
