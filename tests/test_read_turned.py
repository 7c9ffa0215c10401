"""Layouts in which a row holds several lines, or the table is turned: read, or said why not."""

import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.days import days_of
from pumpurs_analysis.spellings import kind_of_support
from tests.loaded import counts, errors, rows

OCTOBER = "Zantes pamatskola, 2022. gada oktobris"
PAID = [["A-1", "catering", "3050", "3"], ["A-1", "transport", "1200", "3"]]


@pytest.mark.parametrize(
    "headings",
    [
        "Atbalsta veids 1;Summa 1;Atbalsta veids 2;Summa 2",
        "1. atbalsts;1. summa;2. atbalsts;2. summa",
        "Veids;Summa;Veids2;Summa3",
        "Veids;Summa, EUR;Veids.1;Summa.1",
        "Atbalsta veids;Summa;Atbalsta veids;Summa",
    ],
)
def test_groups_of_columns_are_lines_of_their_own(check, headings):
    checked = check(f"""{OCTOBER}
IAP kods;{headings};Kopā
A-1;Transports;12,00;Ēdināšana;30,50;42,50
A-2;Transports;10,00;;;10,00
A-3;;;Ēdināšana;20,00;20,00
Kopā;;22,00;;50,50;72,50
""")

    read = rows(checked, "payments", "plan_id", "support_kind", "amount_cents", "row")
    assert read == [
        *PAID,
        ["A-2", "transport", "1000", "4"],
        ["A-3", "catering", "2000", "5"],
    ]
    assert (checked.problems.empty, counts(checked)) == (True, (3, 0))


def test_groups_may_stand_below_their_number(check):
    checked = check(f"""{OCTOBER}
IAP kods;1. atbalsts;;2. atbalsts;
;Veids;Summa;Veids;Summa
A-1;Transports;12,00;Ēdināšana;30,50
""")

    assert rows(checked, "payments", "support_kind", "amount_cents") == [
        ["catering", "3050"],
        ["transport", "1200"],
    ]


def test_a_total_below_a_group_is_held_against_it(check):
    checked = check(f"""{OCTOBER}
IAP kods;Veids 1;Summa 1;Veids 2;Summa 2
A-1;Transports;12,00;Ēdināšana;30,50
Kopā;;12,00;;99,00
""")

    told = checked.problems[["code", "column", "found", "wanted"]].to_numpy().tolist()
    assert told == [["total_differs", "Summa 2", "99,00", "30,50"]]


def test_one_group_that_cannot_be_read_sets_its_whole_row_aside(check):
    checked = check(f"""{OCTOBER}
IAP kods;Veids 1;Summa 1;Veids 2;Summa 2
A-1;Transports;12,00;;30,50
A-2;Transports;10,00;Ēdināšana;
""")

    assert rows(checked, "payments", "plan_id", "amount_cents") == [["A-2", "1000"]]
    assert (errors(checked), counts(checked)) == ([("cell_missing", 3)], (1, 1))


def test_numbered_risks_are_of_one_plan(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Klase;Risks 1;Risks 2;Risks 3
A-1;5.a;kavējumi;ekonomiskie riski;
A-2;6.a;;;
A-3;7.a;;kavējumi;
""")

    assert rows(checked, "plans", "plan_id", "grade") == [["A-1", "5"], ["A-2", "6"], ["A-3", "7"]]
    assert rows(checked, "risks", "plan_id", "risk_category") == [
        ["A-1", "economic"],
        ["A-1", "learning"],
        ["A-3", "learning"],
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("Atbalsta veids 1;Atbalsta veids 2;Summa\nA-1;Transports;Ēdināšana;30", "column_missing"),
        ("Atbalsta veids;Summa 1;Summa 2\nA-1;Transports;10,00;30,50", "figures_not_used"),
    ],
)
def test_one_figure_for_several_is_nobodys(check, table, told):
    checked = check(f"{OCTOBER}\nIAP kods;{table}\n")

    assert checked.dataset is None or checked.dataset.payments.empty
    assert told in set(checked.problems["code"])


def test_planned_and_paid_side_by_side_are_no_groups(check):
    checked = check(f"""{OCTOBER}
IAP kods;Plāns;;Fakts;
;Veids;Summa;Veids;Summa
A-1;Transports;12,00;Transports;9,00
""")

    paid = [] if checked.dataset is None else rows(checked, "payments", "amount_cents")
    assert ["1200"] not in paid


@pytest.mark.parametrize(
    "headings",
    [
        "I cet.;II cet.",
        "1. ceturksnis;2. ceturksnis",
        "2022. g. III ceturksnis;2022. g. IV ceturksnis",
        "2021;2022",
        "2020./2021. m. g.;2021./2022. m. g.",
        "1. semestris;2. semestris",
        "2021/2022-1;2021/2022-2",
    ],
)
def test_sums_of_more_than_a_month_are_asked_for_by_month(check, headings):
    checked = check(f"IAP kods;Atbalsta veids;{headings}\nA-1;Transports;30,00;40,00\n")

    assert checked.dataset is None
    told = checked.problems[["code", "found"]].to_numpy().tolist()
    assert told == [["longer_than_month", heading] for heading in headings.split(";")]


@pytest.mark.parametrize(
    "period", ["2022. gada III cet.", "2022. g. 1. semestris", "2022", "septembris-decembris 2022"]
)
def test_a_quarter_in_a_cell_is_no_month(check, period):
    checked = check(f"IAP kods;Atbalsta veids;Periods;Summa\nA-1;Transports;{period};30,00\n")

    assert errors(checked) == [("longer_than_month", 2)]


def test_a_quarter_beside_its_months_is_not_added_to_them(check):
    checked = check("""Transports 2022. gadā
IAP kods;Janvāris;Februāris;Marts;I ceturksnis
A-1;10,00;11,00;12,00;33,00
""")

    assert rows(checked, "payments", "amount_cents") == [["1000"], ["1100"], ["1200"]]


@pytest.mark.parametrize(
    ("above", "months"),
    [
        ("2022./2023. m. g. 1. semestris;", ["2022-09", "2022-10"]),
        ("2021./2022. m. g.;2022./2023. m. g.", ["2021-09", "2022-10"]),
    ],
)
def test_the_period_above_months_tells_their_year(check, above, months):
    checked = check(f"""Zantes pamatskola
IAP kods;Atbalsta veids;{above}
;;Septembris;Oktobris
A-1;Transports;10,00;11,00
""")

    assert [month[:7] for (month,) in rows(checked, "payments", "month")] == months


TURNED = """Zantes pamatskola
IAP kods;A-1;A-2;A-3
Semestris;2022/2023-1;2022/2023-1;2022/2023-1
Klase;5.a;simtā;7
Statuss;Apstiprināts;Īstenošanā;Apstiprināts
Riski;kavējumi;ekonomiskie riski;
"""


def test_learners_may_stand_as_columns(check):
    checked = check(TURNED.replace("simtā", "6.b"))

    assert rows(checked, "plans", "plan_id", "grade", "status", "school_id") == [
        ["A-1", "5", "approved", "zantes-pamatskola"],
        ["A-2", "6", "in_implementation", "zantes-pamatskola"],
        ["A-3", "7", "approved", "zantes-pamatskola"],
    ]
    assert rows(checked, "risks", "plan_id", "risk_category") == [
        ["A-1", "learning"],
        ["A-2", "economic"],
    ]


def test_a_cell_of_a_turned_table_is_told_where_it_stands(check):
    told = [
        each for each in loading.as_problems(check(TURNED).problems) if each.code == "grades_unread"
    ]

    assert [each.place("en") for each in told] == ["dati.csv, row 4, column “C”"]


def test_kinds_of_specialist_may_be_columns_of_hours(check):
    checked = check("""Zantes pamatskola, konsultācijas 2022. gada oktobrī
IAP kods;Klase;Psihologs;Logopēds;Pedagogs
A-1;5.a;2;1,5;
A-2;6.a;;3;4
""")

    assert rows(checked, "consultations", "plan_id", "specialist_kind", "hours") == [
        ["A-1", "psychologist", "2.0"],
        ["A-1", "speech_therapist", "1.5"],
        ["A-2", "speech_therapist", "3.0"],
        ["A-2", "teacher", "4.0"],
    ]


def test_planned_hours_may_stand_by_kind_of_specialist(check):
    checked = check("""Plānotās konsultācijas, Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Psihologs;Logopēds
A-1;12;10
""")

    assert rows(checked, "supports", "support_kind", "specialist_kind", "planned_hours") == [
        ["consultation", "psychologist", "12.0"],
        ["consultation", "speech_therapist", "10.0"],
    ]


def test_marks_of_specialists_beside_hours_are_no_hours(check):
    checked = check("""Zantes pamatskola
IAP kods;Datums;Stundas;Psihologs;Logopēds
A-1;05.09.2022.;2;1;
""")

    assert rows(checked, "consultations", "hours") == [["2.0"]]
    assert list(checked.problems["code"]) == ["figures_not_used"]


def test_a_number_of_specialists_is_asked_for_person_by_person(check):
    checked = check("""Speciālisti 2022./2023. m. g. 1. semestrī
Skola;Psihologs;Logopēds
Zantes pamatskola;1;2
""")

    assert errors(checked) == [("specialists_counted", 3)] * 2


def test_sums_under_kinds_are_paid_where_a_month_is_named(check):
    checked = check(f"{OCTOBER}\nIAP kods;Klase;Transports;Ēdināšana\nA-1;5.a;12,00;30,50\n")

    read = rows(checked, "payments", "plan_id", "support_kind", "amount_cents", "row")
    assert read == PAID


def test_sums_under_kinds_are_neither_planned_nor_paid_where_nothing_tells(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Klase;Transports
A-1;5.a;120,00
""")

    assert rows(checked, "plans", "plan_id") == [["A-1"]]
    assert (checked.dataset.supports.empty, checked.dataset.payments.empty) == (True, True)
    assert "paid_or_planned" in set(checked.problems["code"])


def test_tickets_of_each_day_are_payments_of_their_month(check):
    checked = check("""Zantes pamatskola
IAP kods;Datums;Maršruts;Biļetes cena
A-1;05.09.2022.;Zante-Tukums;1,20
A-1;06.09.2022.;Zante-Tukums;1,20
""")

    paid = ["transport", "2022-09-01 00:00:00", "120"]
    assert rows(checked, "payments", "support_kind", "month", "amount_cents") == [paid, paid]
    told = checked.problems[["code", "column"]].to_numpy().tolist()
    assert told == [["column_not_used", "Maršruts"]]


@pytest.mark.parametrize(
    ("heading", "hours", "read"),
    [
        ("Stundas katrā reizē", "1", ["1.0", "1.0", "1.0"]),
        ("Stundas", "3 x 1", ["1.0", "1.0", "1.0"]),
        ("Stundas", "1; 1; 2", ["1.0", "1.0", "2.0"]),
        ("Stundas", "pa 1 st.", ["1.0", "1.0", "1.0"]),
        ("Stundas", "3", None),
    ],
)
def test_several_dates_in_a_cell_need_the_hours_of_each(check, heading, hours, read):
    checked = check(f"""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods,Priekšmets,Datumi,{heading}
A-1,Matemātika,"05.09., 12.09. un 19.09.","{hours}"
A-2,Matemātika,06.09.,"2"
""")

    days = ["2022-09-05 00:00:00", "2022-09-12 00:00:00", "2022-09-19 00:00:00"]
    several = [list(pair) for pair in zip(days, read or [], strict=False)]
    found = rows(checked, "consultations", "date", "hours")
    assert found == sorted([*several, ["2022-09-06 00:00:00", "2.0"]])
    assert errors(checked) == ([] if read else [("dates_together", 3)])
    assert counts(checked) == ((2, 0) if read else (1, 1))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("05.09., 12.09.2022.", ["5.9.2022.", "12.9.2022."]),
        ("05.09.2022. 12.09.2022.", ["5.9.2022.", "12.9.2022."]),
        ("28.12., 04.01.2023.", ["28.12.", "4.1.2023."]),
        ("5., 12. septembris", ["5.9.", "12.9."]),
        ("05.09.2022.", ["05.09.2022."]),
        ("05.09., drīz", ["05.09., drīz"]),
    ],
)
def test_days_listed_in_a_cell_share_their_month_and_year(text, days):
    assert days_of(text) == days


def test_a_course_may_have_a_column_of_its_own(check):
    checked = check("""Zantes pamatskola
IAP kods;Semestris;Statuss;Klase;Kurss
A-1;2022/2023-1;Apstiprināts;5.;
A-2;2022/2023-1;Apstiprināts;;2
A-3;2022/2023-1;Apstiprināts;10;2
""")

    assert rows(checked, "plans", "plan_id", "grade", "is_course") == [
        ["A-1", "5", "False"],
        ["A-2", "2", "True"],
        ["A-3", "<NA>", "<NA>"],
    ]
    assert list(checked.problems["code"]).count("grade_and_course") == 1


def test_two_kinds_of_specialist_in_a_cell_are_told(check):
    checked = check(
        "IAP kods;Datums;Stundas;Amats\nA-1;05.09.2022.;1;psihologs, logopēds\n",
        "Zantes pamatskola",
    )

    assert rows(checked, "consultations", "hours", "specialist_kind") == [["1.0", "nan"]]
    assert list(checked.problems["code"]) == ["specialist_kinds_together"]


def test_classes_below_each_other_add_up_to_their_bands(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g.
Klase;Skolēnu skaits
4.a;9
5.a;20
5.b;22
5. klase;42
6.a;18
6.b;17
Kopā;128
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [
        ["grades_1_4", "9"],
        ["grades_5_9", "77"],
    ]
    assert errors(checked) == []


def test_a_heading_of_ordinary_words_is_quoted_and_one_like_a_name_is_not(check):
    checked = check(
        "IAP kods;Veids;Mēnesis;EUR;Likme;Kazlauskis\nA-1;transports;09.2022;12;3;7\n",
        "Zantes pamatskola",
    )

    assert list(checked.problems["column"]) == ["Likme", "…"]


def test_a_repeated_heading_of_risks_loses_none(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Klase;Risks;Risks
A-1;7.a;kavējumi;ekonomiskie riski
""")

    assert rows(checked, "risks", "risk_category") == [["economic"], ["learning"]]
    assert "column_twice" not in set(checked.problems["code"])


def test_what_comes_before_school_is_no_first_grade(check):
    checked = check("""Skolēnu skaits 2022./2023. m. g.
Skola;Klase;Skaits
Zantes pamatskola;1.a;20
Zantes pamatskola;pirmsskola;12
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [["grades_1_4", "20"]]
    assert errors(checked) == [("grade_band_unknown", 4)]


def test_numbered_figures_that_no_form_takes_are_told_as_figures(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Klase;Plānotās stundas 1;Plānotās stundas 2
A-1;5.a;10;12
""")

    told = checked.problems.loc[checked.problems["code"] == "figures_not_used", "found"]
    assert list(told) == ["Plānotās stundas 1", "Plānotās stundas 2"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Sabiedriskā transporta izmaksas 2021./2022. m.g. 1. semestris", "transport"),
        ("PuMPuRS transporta biļešu kompensācija", "transport"),
        ("Ceļa izdevumu atmaksa", "transport"),
        ("Public transport costs", "transport"),
        ("Speciālā transporta pakalpojumi", "special_transport"),
        ("Dienesta viesnīcas izmaksas", "lodging"),
        ("Naktsmītņu izdevumi", "lodging"),
        ("Atbalsts ēdināšanai", "catering"),
        ("Kopgalda un ēdināšanas izmaksas", "catering"),
        ("Izglītojamo ēdināšanas uzskaite", "catering"),
        ("Individuālās lietošanas priekšmetu iegāde", "personal_items"),
        ("Mācību līdzekļu iegāde", "learning_materials"),
    ],
)
def test_a_title_in_any_words_tells_the_kind_of_support(check, title, kind):
    checked = check(f"""{title}
Iestāde: Zantes pamatskola
IAP kods;2021. gada septembris;2021. gada oktobris
A-1;10,00;12,00
""")

    assert rows(checked, "payments", "support_kind", "amount_cents") == [
        [kind, "1000"],
        [kind, "1200"],
    ]


@pytest.mark.parametrize(
    "title", ["Transporta un ēdināšanas izmaksas", "Ceļa zīmes", "Ēdina pašvaldība", "Izmaksas"]
)
def test_a_title_of_two_kinds_or_of_something_else_tells_none(title):
    assert kind_of_support(title) is None


@pytest.mark.parametrize("granted", ["Piešķirtā summa", "Piešķirtā summa, EUR", "piešķirtā summa"])
def test_what_was_granted_beside_what_was_paid_is_not_paid(check, granted):
    checked = check(f"""{OCTOBER}
IAP kods;Atbalsta veids;{granted};Izmaksātā summa;Atlikums
A-1;Transports;30,00;18,20;11,80
""")

    assert rows(checked, "payments", "amount_cents") == [["1820"]]
    assert "column_twice" not in set(checked.problems["code"])


def test_what_was_granted_each_month_beside_what_was_paid_is_not_paid(check):
    checked = check("""Zantes pamatskola, 2022. gads
IAP kods;Atbalsta veids;Oktobris;;Novembris;
;;Piešķirtā summa;Izmaksātā summa;Piešķirtā summa;Izmaksātā summa
A-1;Transports;30,00;18,20;20,00;12,10
""")

    assert rows(checked, "payments", "amount_cents") == [["1210"], ["1820"]]


def test_what_was_granted_alone_is_the_amount(check):
    checked = check(f"""{OCTOBER}
IAP kods;Atbalsta veids;Piešķirtā summa
A-1;Transports;30,00
""")

    assert rows(checked, "payments", "amount_cents") == [["3000"]]


def test_a_minus_may_stand_behind_an_amount(check):
    checked = check(f"""{OCTOBER}
IAP kods;Atbalsta veids;Summa
A-1;Transports;5,00-
A-2;Transports;5,00 -
A-3;Transports;12.30-
A-4;Transports;30,-
A-5;Transports;30,- EUR
A-6;Transports;7-
""")

    read = [["A-1", "-500"], ["A-2", "-500"], ["A-3", "-1230"], ["A-4", "3000"], ["A-5", "3000"]]
    assert rows(checked, "payments", "plan_id", "amount_cents") == read
    assert errors(checked) == [("money_unread", 8)]


@pytest.mark.parametrize("heading", ["Summa kopā, EUR", "Summa kopā", "Kopsumma"])
def test_a_sum_that_stands_alone_is_the_amount(check, heading):
    checked = check(f"""Zantes pamatskola, 2022. gads
IAP kods;Atbalsta veids;Par mēnesi;{heading}
A-1;Transports;oktobris;12,00
A-2;Ēdināšana;novembris;30,50
;;KOPĀ;42,50
""")

    read = rows(checked, "payments", "plan_id", "month", "amount_cents")
    assert read == [["A-1", "2022-10-01 00:00:00", "1200"], ["A-2", "2022-11-01 00:00:00", "3050"]]
    assert counts(checked) == (2, 0)
