"""More files as schools, coordinators and accountants keep them: worked out by hand."""

import pytest

from tests.loaded import errors, paid, rows, sentences, told

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"
PLANNED = "Zantes pamatskola, plānotais atbalsts 2022./2023. m. g. 1. semestrī"


# --- whose school


@pytest.mark.parametrize("who", ["IAP kods", "Skolēna kods"])
def test_rows_of_which_nothing_names_a_school_are_told_once(check, who):
    checked = check(f"""{who};Atbalsta veids;Mēnesis;Summa
17;Transports;09.2022;12,00
18;Transports;09.2022;9
""")

    assert told(checked, "row") == [("payment_without_school", "2")]
    assert "virs tabulas vai datnes nosaukumā" in sentences(checked, "lv")[0]


def test_consultations_of_which_nothing_names_a_school_are_told_once(check):
    checked = check("Skolēna kods;Datums;Stundas\n17;12.09.2022.;1\n18;12.09.2022.;1\n")

    assert told(checked, "row") == [("consultation_without_school", "2")]


# --- months


@pytest.mark.parametrize(
    "above",
    ["Zantes pamatskola, transports\n;2021;;\n", "Zantes pamatskola, transports 2021. g.\n"],
)
def test_numbers_below_a_calendar_year_are_its_months(check, above):
    checked = check(f"{above}IAP kods;1;2;3\nA-1;1,00;2,00;3,00\n")

    assert paid(checked) == [
        ("A-1", "2021-01", 100, False),
        ("A-1", "2021-02", 200, False),
        ("A-1", "2021-03", 300, False),
    ]
    assert told(checked) == []


def test_half_years_above_numbers_of_months_are_no_label_with_a_value(check):
    checked = check(
        "Zantes pamatskola, transports\n;1. semestris;1. semestris;1. semestris;1. semestris;"
        "2. semestris;2. semestris\nIAP kods;9;10;11;12;1;2\nA-1;;;1,00;2,00;3,00;4,00\n",
        "transports_2021_2022",
    )

    assert [(month, cents) for _, month, cents, _ in paid(checked)] == [
        ("2021-11", 100),
        ("2021-12", 200),
        ("2022-01", 300),
        ("2022-02", 400),
    ]
    assert errors(checked) == []


@pytest.mark.parametrize("months", ["9-12", "9–12", "IX–XII", "septembris – decembris", "9., 10."])
def test_several_months_in_a_cell_are_said_to_be_several(check, months):
    checked = check(f"{AUTUMN}, transports\nIAP kods;Mēneši;Summa\nA-1;{months};80,00\n")

    assert told(checked, "row", "found") == [("longer_than_month", "3", months)]


# --- the day a payment was made


@pytest.mark.parametrize("heading", ["Samaksāts", "Izmaksāts", "Atmaksāts", "Apmaksāts"])
def test_days_below_a_word_for_paid_are_no_sums(check, heading):
    checked = check(f"""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;{heading};Summa
A-1;Transports;09.2022;05.10.2022.;12,00
A-2;Transports;09.2022;2022-10-06;13,00
A-3;Transports;09.2022;;14,00
""")

    assert paid(checked) == [
        ("A-1", "2022-09", 1200, False),
        ("A-2", "2022-09", 1300, False),
        ("A-3", "2022-09", 1400, False),
    ]
    assert told(checked) == []


def test_a_few_days_below_given_back_may_be_of_refunds(check):
    checked = check("""Zantes pamatskola
IAP kods;Atbalsta veids;Mēnesis;Summa;Atmaksāts
A-1;Transports;09.2022;12,00;
A-2;Transports;09.2022;13,00;05.10.2022.
A-3;Transports;09.2022;14,00;
""")

    assert errors(checked) == [("money_unread", 4)]


@pytest.mark.parametrize("heading", ["Maksājuma datums", "Izmaksāts"])
def test_a_month_taken_from_the_day_of_payment_is_told(check, heading):
    checked = check(f"""Zantes pamatskola
IAP kods;Atbalsta veids;{heading};Summa
A-1;Transports;05.10.2022.;12,00
A-2;Transports;05.10.2022.;13,00
""")

    assert [month for _, month, *_ in paid(checked)] == ["2022-10", "2022-10"]
    assert told(checked, "row", "found") == [("month_of_payment_day", "3", heading)]


# --- supports


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("psihologs", "psychologist"),
        ("Konsultācijas (logopēds)", "speech_therapist"),
        ("sociālā pedagoga konsultācijas", "social_pedagogue"),
        ("pedagoga palīgs", "teacher_assistant"),
        ("karjeras konsultants", "nan"),
        ("Latviešu valodas konsultācijas", "nan"),
        ("konsultācijas matemātikā", "nan"),
    ],
)
def test_a_specialist_named_as_the_support_is_a_consultation(check, written, kind):
    checked = check(
        f"IAP kods;Atbalsta veids;Plānotās stundas\nA-1;{written};12\n", "Zantes pamatskola"
    )

    assert rows(checked, "supports", "support_kind", "specialist_kind", "planned_hours") == [
        ["consultation", kind, "12.0"]
    ]
    assert errors(checked) == []


def test_specialists_beside_other_supports_are_one_consultation(check):
    checked = check(f"{AUTUMN}\nIAP kods;Klase;Atbalsts\nA-1;7;psihologs, logopēds, transports\n")

    assert rows(checked, "supports", "support_kind") == [["consultation"], ["transport"]]
    assert errors(checked) == []


@pytest.mark.parametrize("written", ["konsultācijas nenotika", "bez konsultācijām"])
def test_words_that_deny_a_consultation_are_none(check, written):
    checked = check(f"IAP kods;Atbalsta veids;Plānotās stundas\nA-1;{written};12\n")

    assert errors(checked) == [("support_kind_unknown", 2)]


def test_a_planned_total_beside_months_is_what_is_planned(check):
    checked = check(f"""{PLANNED}
IAP kods;Atbalsta veids;Septembris;Oktobris;Kopā
A-1;Transports;10,00;15,00;25,00
A-2;Ēdināšana;20,00;20,00;40,00
Kopā;;30,00;35,00;65,00
""")

    assert rows(checked, "supports", "plan_id", "planned_cents") == [
        ["A-1", "2500"],
        ["A-2", "4000"],
    ]
    assert [code for code, *_ in told(checked)] == ["figures_not_used", "figures_not_used"]


@pytest.mark.parametrize(
    ("heading", "cents", "hours"),
    [("Kopā EUR", "1200", "<NA>"), ("Kopā, st.", "<NA>", "12.0")],
)
def test_the_unit_of_a_planned_total_is_its_headings(check, heading, cents, hours):
    checked = check(f"{PLANNED}\nIAP kods;Atbalsta veids;{heading}\nA-1;Konsultācijas;12\n")

    assert rows(checked, "supports", "planned_cents", "planned_hours") == [[cents, hours]]


def test_a_planned_total_of_consultations_without_a_unit_is_asked_for(check):
    checked = check(
        f"{PLANNED}\nIAP kods;Atbalsta veids;Kopā\nA-1;Konsultācijas;12\nA-1;Transports;9\n"
    )

    assert rows(checked, "supports", "support_kind", "planned_cents") == [["transport", "900"]]
    assert errors(checked) == [("hours_or_money", 3)]


def test_euros_planned_for_consultations_are_no_hours(check):
    checked = check(f"{PLANNED}\nIAP kods;Transports;Konsultācijas;Kopā\nA-1;10,00;24,00;34,00\n")

    assert rows(checked, "supports", "support_kind", "planned_hours") == [["transport", "<NA>"]]
    assert errors(checked) == [("hours_or_money", 2)]


# --- a plan of each semester in one row


@pytest.mark.parametrize(
    "headings",
    [
        "Skolēna kods;Klase;1. semestris;2. semestris",
        "Skolēna kods;Klase;IAP kods;\n;;1. semestris;2. semestris",
    ],
)
def test_codes_below_half_years_are_plans_of_each(check, headings):
    checked = check(f"""Zantes pamatskola, 2021./2022. m. g.
{headings}
17;7;A-101;A-201
18;8;;A-202
""")

    assert rows(checked, "plans", "plan_id", "semester", "grade") == [
        ["A-101", "2021/2022-1", "7"],
        ["A-201", "2021/2022-2", "7"],
        ["A-202", "2021/2022-2", "8"],
    ]
    assert checked.dataset.plans["learner_id"].nunique() == 2
    assert errors(checked) == []


# --- what is refused, and how


def test_account_numbers_beside_a_sum_are_not_asked_about(check):
    checked = check("""Zantes pamatskola, transports
Datums;Mēnesis;IAP kods;Dt;Kt;Summa
05.10.2022.;09.2022;A-1;7710;5310;12,50
""")

    assert (paid(checked), told(checked)) == ([("A-1", "2022-09", 1250, False)], [])


def test_a_ledger_is_told_from_other_tables(check):
    checked = check("""Konta apgrozījuma pārskats
Datums;Dokuments;Darījuma apraksts;Debets;Kredīts;Atlikums
05.10.2022.;MU-101;Transports A-1;12,50;;12,50
""")

    assert [code for code, *_ in told(checked)] == ["ledger_columns"]
    assert "otru – par „Atgrieztā summa, EUR”" in sentences(checked, "lv")[0]
    assert "stundas" not in sentences(checked, "lv")[0]


def test_text_pasted_into_one_column_is_told_from_other_tables(workbook):
    lines = ["PuMPuRS izmaksas 2022. gada septembrī", "IAP kods Atbalsta veids Summa"]
    checked = workbook({"Lapa1": [[line] for line in [*lines, "A-1 Transports 12,50"]]})

    assert told(checked, "file") == [("text_in_one_column", "dati.xlsx")]


# --- whose school, in its own column


def test_a_school_alone_in_its_column_holds_below_it(check):
    checked = check("""Tukuma novads, transports 2023. gada janvāris
Iestāde;Skolēna kods;Biļešu skaits;Summa, EUR
Zantes pamatskola;;;
;1;12;14,40
;2;8;9,60
Irlavas pamatskola;;;
;1;20;22,00
Kopā;;40;46,00
""")

    assert rows(checked, "payments", "school_id", "amount_cents") == [
        ["irlavas-pamatskola", "2200"],
        ["zantes-pamatskola", "1440"],
        ["zantes-pamatskola", "960"],
    ]
    assert checked.dataset.payments["learner_id"].nunique() == 3
    assert told(checked) == []


def test_a_kind_between_rows_is_no_school_of_empty_cells(check):
    checked = check("""Iestāde;Skolēna kods;Mēnesis;Veids;Summa
Transports;;;;
Zantes pamatskola;1;09.2022;transports;12
;2;09.2022;transports;13
""")

    assert told(checked, "row") == [("payment_without_school", "4")]


@pytest.mark.parametrize(
    "title", ["Zantes pamatskola transports", "Transports, Zantes pamatskola, PuMPuRS"]
)
def test_a_kind_may_follow_the_school_in_a_title(check, title):
    checked = check(f"{title}\nSkolēna kods;Mēnesis;Summa\n17;09.2022;12,00\n")

    assert rows(checked, "payments", "school_id", "support_kind") == [
        ["zantes-pamatskola", "transport"]
    ]


# --- days in titles and below months


@pytest.mark.parametrize(
    "title",
    [
        "ēdināšana, 2021. gada marts (precizēts 15.04.2021.)",
        "ēdināšana 2021. gada martā. Izmaksāts 15.04.2021.",
        "15.04.2021. ēdināšana par 2021. gada martu",
    ],
)
def test_the_month_in_a_title_counts_before_the_day_it_was_written(check, title):
    checked = check(f"Zantes pamatskola, {title}\nIAP kods;Summa\nA-1;12,00\n")

    assert paid(checked) == [("A-1", "2021-03", 1200, False)]


@pytest.mark.parametrize("name", ["dati", "izmaksas_15.04.2021"])
def test_the_day_a_list_was_written_is_no_month_paid_for(check, name):
    title = "" if name != "dati" else "Saraksts uz 01.04.2021.\n"
    checked = check(f"Zantes pamatskola, ēdināšana\n{title}IAP kods;Summa\nA-1;12,00\n", name)

    assert checked.dataset is None
    assert "„mēnesis”" in sentences(checked, "lv")[0]


def test_days_below_months_stand_beside_their_sums(check):
    checked = check("""Zantes pamatskola, transports 2021./2022. m. g. 2. semestris
IAP Nr.;Janvāris;;Februāris;
;EUR;datums;EUR;datums
A-1;12,50;04.02.2022.;13,00;04.03.2022.
A-2;8,00;04.02.2022.;7,20;
Kopā;20,50;;20,20;
""")

    assert paid(checked) == [
        ("A-1", "2022-01", 1250, False),
        ("A-1", "2022-02", 1300, False),
        ("A-2", "2022-01", 800, False),
        ("A-2", "2022-02", 720, False),
    ]
    assert told(checked) == []


def test_a_quarter_in_a_title_tells_the_year_of_its_months(check):
    checked = check("""Zantes pamatskola, transports 2022. gada I ceturksnī
IAP kods;Janvāris;Marts
A-1;10,00;12,00
""")

    assert [month for _, month, *_ in paid(checked)] == ["2022-01", "2022-03"]


def test_school_days_of_a_month_are_days_beside_a_sum(check):
    days = [day for day in range(1, 32) if day % 7 not in {5, 6}]
    checked = check(f"""Zantes pamatskola, ēdināšana 2019. gada oktobrī
Skolēna kods;{";".join(map(str, days))};Dienas;Cena;Summa
17;{";".join("x" for _ in days)};{len(days)};2,50;57,50
18;{";".join("" for _ in days)};0;2,50;0
""")

    assert rows(checked, "payments", "amount_cents") == [["0"], ["5750"]]
    assert {code for code, *_ in told(checked)} == {"column_not_used"}


def test_hours_of_weeks_are_counted_by_their_total(check):
    checked = check("""Zantes pamatskola, konsultācijas 2022. gada novembrī
Skolēna kods;Priekšmets;1. ned.;2. ned.;3. ned.;Kopā st.
17;Ķīmija;1;2;1;4
""")

    assert rows(checked, "consultations", "date", "hours") == [["2022-11-01 00:00:00", "4.0"]]
    assert [code for code, *_ in told(checked)] == ["figures_not_used"] * 3
