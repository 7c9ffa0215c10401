"""Lines that speak of the rows below, headings of several rows, totals among them."""

import pytest

from tests.loaded import counts, errors, rows

SCHOOL = "Tukuma 2. vidusskola"


def test_a_line_that_names_month_or_kind_below_the_headings_speaks_of_the_rows_below(check):
    checked = check(f"""Transports 2020./2021. m. g., {SCHOOL}
Nr.;Kods;Klase;Summa, EUR
Septembris;;;
1;K-1;7;10
Kopā septembrī;;;10
Janvāris;;;
1;K-1;7;12
""")

    assert rows(checked, "payments", "month", "amount_cents") == [
        ["2020-09-01 00:00:00", "1000"],
        ["2021-01-01 00:00:00", "1200"],
    ]


def test_kind_month_and_paid_stand_in_three_rows_of_headings(check):
    checked = check(f"""{SCHOOL}
2021./2022. m. g. 2. pusgads
Izglītojamā kods;Transports;;;;Ēdināšana;
;Janvāris;;Februāris;;Janvāris;
;Plāns;Fakts;Plāns;Fakts;Plāns;Fakts
K-1;30;28,50;30;30;70;65
""")

    assert rows(checked, "payments", "support_kind", "month", "amount_cents") == [
        ["catering", "2022-01-01 00:00:00", "6500"],
        ["transport", "2022-01-01 00:00:00", "2850"],
        ["transport", "2022-02-01 00:00:00", "3000"],
    ]


def test_sums_below_each_month_and_of_each_kind_are_not_counted_again(check):
    checked = check("""2022./2023. m. g.
IAP kods;Septembris;;;Oktobris;;;Kopā;
;Transp.;Ēdin.;Kopā;Transp.;Ēdin.;Kopā;Transp.;Ēdin.
A-1;10;20;30;11;21;32;21;41
""")

    assert rows(checked, "payments", "support_kind", "month", "amount_cents") == [
        ["catering", "2022-09-01 00:00:00", "2000"],
        ["catering", "2022-10-01 00:00:00", "2100"],
        ["transport", "2022-09-01 00:00:00", "1000"],
        ["transport", "2022-10-01 00:00:00", "1100"],
    ]
    assert errors(checked) == []


def test_a_column_left_empty_does_not_part_the_months(check):
    checked = check("Ēdināšana 2020./2021. m. g.\nIAP kods;;IX;;X;Kopā\nA-1;;10;;20;30\n", SCHOOL)

    assert rows(checked, "payments", "month", "amount_cents") == [
        ["2020-09-01 00:00:00", "1000"],
        ["2020-10-01 00:00:00", "2000"],
    ]
    assert checked.problems.empty


@pytest.mark.parametrize(
    ("title", "unit"), [("Konsultācijas", " (st.)"), ("Konsultāciju stundas", "")]
)
def test_hours_of_months_are_consultations(check, title, unit):
    checked = check(f"""{title} 2022./2023. m. g. 1. semestrī
IAP kods;Mācību priekšmets;Septembris{unit};Oktobris{unit};Kopā{unit}
A-1;Fizika;2;0,5;2,5
""")

    assert rows(checked, "consultations", "date", "hours", "subject") == [
        ["2022-09-01 00:00:00", "2.0", "Fizika"],
        ["2022-10-01 00:00:00", "0.5", "Fizika"],
    ]
    assert errors(checked) == []


def test_sums_carried_from_page_to_page_and_of_each_school_are_sums(check):
    checked = check("""Skola;IAP kods;Veids;Mēnesis;Summa
Zantes pamatskola;A-1;Transports;09.2020;10
Zantes pamatskola kopā;;;;10
;Pārnests uz nāk. lpp.;;;10
;No iepriekšējās lapas;;;10
Irlavas pamatskola;A-2;Transports;09.2020;20
Irlavas pamatskola kopā:;;;;20
Kopā;;;;30
""")

    assert rows(checked, "payments", "plan_id", "amount_cents") == [
        ["A-1", "1000"],
        ["A-2", "2000"],
    ]
    assert (errors(checked), counts(checked)) == ([], (2, 0))


def test_year_and_month_may_stand_in_two_columns(check):
    checked = check("""IAP kods;Gads;Mēnesis;Veids;Summa
A-1;2019;9;Transports;30
A-2;2019./2020.;janvāris;Transports;31
""")

    assert rows(checked, "payments", "month") == [
        ["2019-09-01 00:00:00"],
        ["2020-01-01 00:00:00"],
    ]


def test_a_heading_that_names_euros_is_no_semester(check):
    checked = check("IAP kods;Veids;Plānotā summa;1. semestris, EUR\nA-1;Transports;30;5\n")

    assert checked.problems["code"].tolist() == ["figures_not_used"]
    assert rows(checked, "supports", "planned_cents") == [["3000"]]


def test_a_share_is_no_amount(check):
    checked = check(
        "IAP kods;Veids;Mēnesis;Izpilde %;Izmaksāts\nA-1;Transports;09.2019;0,5;30\n", SCHOOL
    )

    assert checked.problems["code"].tolist() == ["figures_not_used"]
    assert rows(checked, "payments", "amount_cents") == [["3000"]]


@pytest.mark.parametrize(
    ("written", "months"),
    [
        ("01.09.2019.-30.09.2019.", ["2019-09-01 00:00:00"]),
        ("2019. gada septembris", ["2019-09-01 00:00:00"]),
        ("09.-12.2019.", []),
    ],
)
def test_the_period_of_a_payment_is_its_month(check, written, months):
    checked = check(f"IAP kods;Veids;Periods;Summa\nA-1;Transports;{written};30\n")

    assert [month for (month,) in rows(checked, "payments", "month")] == months if months else True
    assert errors(checked) == ([] if months else [("longer_than_month", 2)])


def test_from_when_to_when_a_project_lasts_may_stand_in_one_cell(check):
    checked = check("""Projekta Nr.;Novads;Īstenošanas periods;Finansējums, EUR;Dalībnieki
J-1;Tukuma novads;01.03.2019.-31.08.2019.;4 600,00;15
""")

    assert rows(checked, "ngo_projects", "start", "end", "learner_count") == [
        ["2019-03-01 00:00:00", "2019-08-01 00:00:00", "15"]
    ]


def test_school_years_above_bands_of_grades_are_read(check):
    checked = check(f"""Avots: VIIS
Skola;2018./2019. m. g.;;2019./2020. m. g.;
;5.-9. klase;10.-12. klase;5.-9. klase;10.-12. klase
{SCHOOL};120;60;118;55
""")

    assert rows(checked, "enrolment", "school_year", "grade_band", "learner_count") == [
        ["2018/2019", "grades_10_12", "60"],
        ["2018/2019", "grades_5_9", "120"],
        ["2019/2020", "grades_10_12", "55"],
        ["2019/2020", "grades_5_9", "118"],
    ]


def test_a_label_with_its_value_right_above_the_headings_is_no_heading(check):
    checked = check("""2019./2020. m. g.
Mēnesis:;Septembris
IAP kods;Veids;Summa
A-1;Transports;30
""")

    assert rows(checked, "payments", "month", "amount_cents") == [["2019-09-01 00:00:00", "3000"]]


def test_a_table_of_one_learner_may_name_the_learner_above(check):
    checked = check(f"""Izglītojamā kods: K-1
Izglītības iestāde:;{SCHOOL}
Mācību gads:;2021./2022.
Mēnesis;Transports;Ēdināšana
Janvāris;10;20
Februāris;;21
""")
    own = check(f"IAP Nr.: 5\n{SCHOOL}\nKods;Veids;Mēnesis;Summa\nK-1;Transports;09.2019;1\n")

    assert rows(checked, "payments", "month", "support_kind", "amount_cents") == [
        ["2022-01-01 00:00:00", "catering", "2000"],
        ["2022-01-01 00:00:00", "transport", "1000"],
        ["2022-02-01 00:00:00", "catering", "2100"],
    ]
    assert errors(checked) == []
    assert own.dataset.payments["plan_id"].isna().all()


def test_a_school_is_found_after_common_words_of_a_title(check):
    checked = check(f"""Atbalsta personāls {SCHOOL} 2020./2021. mācību gada 2. semestris
Speciālista kods;Amats
S-1;psihologs
""")

    assert rows(checked, "specialists", "school_id") == [["tukuma-2-vidusskola"]]


def test_the_day_a_plan_begins_tells_its_semester(check):
    checked = check(f"{SCHOOL}\nIAP Nr.;Kods;Klase;Plāna sākums\nA-1;K-1;7;03.02.2020.\n")

    assert rows(checked, "plans", "semester") == [["2019/2020-2"]]


def test_a_year_above_months_is_theirs(check):
    checked = check(f"Transports {SCHOOL}\nKods;2019;;2020\n;nov.;dec.;janv.\nK-1;1;2;3\n")

    assert rows(checked, "payments", "month", "school_id", "amount_cents") == [
        ["2019-11-01 00:00:00", "tukuma-2-vidusskola", "100"],
        ["2019-12-01 00:00:00", "tukuma-2-vidusskola", "200"],
        ["2020-01-01 00:00:00", "tukuma-2-vidusskola", "300"],
    ]


def test_school_years_in_a_files_name_give_months_their_year(check):
    checked = check("Kods;Veids;Janvāris\nK-1;Transports;5\n", "izmaksas_2020_2021")

    assert rows(checked, "payments", "month") == [["2021-01-01 00:00:00"]]


def test_a_total_may_sum_a_class_a_school_or_all(check):
    checked = check("""2020. gada oktobris
Skola;Klase;IAP kods;Veids;Summa
Zantes pamatskola;7.;A-1;Transports;10
;Kopā 7.;;;10
Irlavas pamatskola;5.;A-2;Transports;7
;Kopā 5.;;;7
Irlavas pamatskola;8.;A-3;Transports;5
;Kopā 8.;;;5
Irlavas pamatskolā kopā;;;;12
Pavisam;;;;23
""")

    found = checked.problems[["code", "row", "wanted"]].astype(object).to_numpy().tolist()
    assert found == [["total_differs", 10, "22,00"]]


def test_a_school_above_codes_and_sums_is_that_of_the_rows_below(check):
    checked = check(f"""Ēdināšana, 2020. gada oktobris
Kods;Summa
{SCHOOL};
7.a klase;
K-1;10
Kopā skolā;10
Irlavas pamatskola;
K-1;7
Kopā skolā;7
""")

    assert rows(checked, "payments", "school_id", "amount_cents") == [
        ["irlavas-pamatskola", "700"],
        ["tukuma-2-vidusskola", "1000"],
    ]
    assert checked.dataset.payments["learner_id"].nunique() == 2


def test_bands_of_grades_may_stand_below_grade(check):
    checked = check(f"""{SCHOOL} 2021./2022. m. g.
Klase;Izglītojamo skaits
1.-4. klase;100
7.a;20
Kopā;120
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [["grades_1_4", "100"]]
    assert errors(checked) == [("grade_band_unknown", 4)]


def test_what_stands_in_brackets_leaves_a_kind_what_it_is(check):
    checked = check("IAP kods;Veids;Mēnesis;Summa\nA-1;Ēdināšana (pusdienas);09.2019;3\n")

    assert rows(checked, "payments", "support_kind") == [["catering"]]


def test_months_that_a_list_of_plans_does_not_take_are_told(check):
    checked = check(f"""Plānotās konsultāciju stundas 2022./2023. m. g. 1. sem., {SCHOOL}
IAP kods;Kods;Klase;Septembris
A-1;K-1;7;2
""")

    assert checked.problems["code"].tolist() == ["figures_not_used"]


def test_days_may_stand_below_their_month(check):
    checked = check("""Konsultācijas 2019./2020. m. g.
Nr.;IAP kods;Septembris;;Oktobris;;Kopā
;;05.09.;12.09.;03.10.;10.10.;
1;A-1;1;2;1;0,5;4,5
""")

    assert rows(checked, "consultations", "date", "hours") == [
        ["2019-09-05 00:00:00", "1.0"],
        ["2019-09-12 00:00:00", "2.0"],
        ["2019-10-03 00:00:00", "1.0"],
        ["2019-10-10 00:00:00", "0.5"],
    ]


def test_a_sum_below_support_is_no_second_kind_of_support(check):
    checked = check(f"""{SCHOOL} 2021./2022. m. g. 1. semestris
IAP kods;Kods;Klase;Atbalsts;
;;;Veids;Summa
A-1;K-1;7;Transports;30
""")

    assert (errors(checked), checked.dataset) == (
        [("column_missing", 3)],
        None,
    )  # paid, or planned?


def test_one_risk_alone_may_stand_below_risks(check):
    checked = check(f"{SCHOOL} 2019/2020-1\nIAP kods;Klase;Riski\n;;kavējumi\nA-1;7;x\nA-2;8;\n")

    assert rows(checked, "risks", "plan_id", "risk") == [["A-1", "unexcused_absences"]]
    assert errors(checked) == []


@pytest.mark.parametrize("title", ["Izmaksas (tūkst. EUR)", "Payments, EUR thousand"])
def test_sums_below_a_title_of_thousands_are_not_taken_for_euros(check, title):
    checked = check(f"{title}\nIAP;Atbalsta veids;Mēnesis;Summa\nA-1;Ēdināšana;09.2021;0,03\n")

    assert errors(checked) == [("money_too_precise", 3)]
    assert counts(checked) == (0, 1)


def test_the_word_for_thousands_alone_says_nothing_of_sums(check):
    checked = check(
        "Izmaksas, EUR; aptaujāti tūkst. skolēnu\nIAP;Atbalsta veids;Mēnesis;Summa\n"
        "A-1;Ēdināšana;09.2021;30,00\n"
    )

    assert rows(checked, "payments", "amount_cents") == [["3000"]]
