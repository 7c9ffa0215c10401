"""Tables as schools lay them out themselves: what is read of them, and what is never guessed."""

import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.layout.headings import fields_of, value_of
from pumpurs_analysis.normalise import cells
from tests.loaded import counts, errors, rows

DAYS = ";".join(map(str, range(1, 32)))


def test_a_column_per_day_takes_its_month_from_the_title(check):
    filled = {1: "1", 8: "2", 15: "0,5"}
    hours = ";".join(filled.get(day, "") for day in range(1, 32))

    checked = check(f"""Individuālo konsultāciju uzskaite 2022. gada novembrī
IAP kods;Mācību priekšmets;{DAYS};Stundas kopā
A-1;Matemātika;{hours};3,5
Kopā;;{hours};3,5
""")

    assert rows(checked, "consultations", "date", "hours", "is_month_only", "subject") == [
        ["2022-11-01 00:00:00", "1.0", "False", "Matemātika"],
        ["2022-11-08 00:00:00", "2.0", "False", "Matemātika"],
        ["2022-11-15 00:00:00", "0.5", "False", "Matemātika"],
    ]
    assert (errors(checked), counts(checked)) == ([], (1, 0))


def test_a_day_that_the_month_lacks_is_told_once(check):
    row = "Matemātika;" + ";" * 30 + "1"

    checked = check(f"""Konsultācijas 2022. gada novembrī
IAP kods;Mācību priekšmets;{DAYS}
A-1;{row}
A-2;{row}
""")

    assert (errors(checked), counts(checked)) == ([("date_unread", 3)], (0, 2))
    assert checked.problems.loc[checked.problems["code"] == "date_unread", "found"].item() == "31"


def test_days_without_a_month_above_are_asked_for(check):
    checked = check(f"IAP kods;Mācību priekšmets;{DAYS}\nA-1;Matemātika;1{';' * 30}\n")

    assert checked.dataset is None
    assert [code for code, _ in errors(checked)] == ["column_missing"]


@pytest.mark.parametrize("last", [12, 15, 31])
def test_days_of_meals_are_neither_months_nor_hours(check, last):
    days = ";".join(f"{day}." for day in range(1, last + 1))

    checked = check(f"""Ēdināšana 2022. gada novembrī
IAP kods;{days}
A-1;{";".join(["1"] * last)}
""")

    assert checked.dataset is None
    assert "error" in set(checked.problems["severity"])


@pytest.mark.parametrize(
    ("title", "numbers", "months"),
    [
        ("2022./2023. m. g. 1. semestris", "9;10;11", ["2022-09", "2022-10", "2022-11"]),
        ("2022./2023. m. g.", "12;1;2", None),
        ("2022./2023. m. g.", "9;10;11", ["2022-09", "2022-10", "2022-11"]),
        ("2022./2023. m. g. 2. semestris", "1;2;3", ["2023-01", "2023-02", "2023-03"]),
        ("2022./2023. m. g. 2. semestris", "1;3;5", None),
        ("2022./2023. m. g. 1. semestris", "1;2;3", None),
        ("2023. gada janvāris", "1;2;3", None),
    ],
)
def test_bare_numbers_are_months_only_where_nothing_else_is_possible(check, title, numbers, months):
    checked = check(f"{title}\nIAP kods;Atbalsta veids;{numbers}\nA-1;transports;10;11;12\n")

    if months is None:
        assert checked.dataset is None or checked.dataset.payments.empty
    else:
        read = rows(checked, "payments", "month", "amount_cents")
        cents = ["1000", "1100", "1200"]
        assert read == [
            [f"{month}-01 00:00:00", at] for month, at in zip(months, cents, strict=True)
        ]


def test_a_learners_first_amounts_are_no_second_headings(check):
    checked = check("""Transports 2022./2023. m. g. 1. semestrī
IAP kods;Septembris;Oktobris;Novembris
viens;10;11;12
""")

    assert rows(checked, "payments", "amount_cents") == [["1000"], ["1100"], ["1200"]]


def test_numbers_of_columns_below_the_headings_are_no_plan(check):
    checked = check("""Zantes pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Izglītojamā kods;Klase;Maznodr. (jā/nē)
1;2;3;4
A-1;K-1;5.a;jā
""")

    assert rows(checked, "plans", "plan_id", "grade", "is_low_income") == [["A-1", "5", "True"]]
    assert (errors(checked), counts(checked)) == ([], (1, 0))


def test_a_table_below_takes_school_and_month_from_above(check):
    checked = check("""Zantes pamatskola
2022. gada oktobris
IAP kods;Izglītojamā kods;Atbalsta veids;Summa
A-1;K-1;transports;10,00

IAP kods;Izglītojamā kods;Priekšmets;Stundas
A-1;K-1;Matemātika;4

Speciālisti 2021./2022. m. g. 2. semestrī
Vārds, uzvārds;Amats
Anna Paraugs;logopēds
""")

    october = "2022-10-01 00:00:00"
    assert rows(checked, "consultations", "date", "hours", "school_id") == [
        [october, "4.0", "zantes-pamatskola"]
    ]
    assert rows(checked, "specialists", "semester", "school_id", "specialist_kind") == [
        ["2021/2022-2", "zantes-pamatskola", "speech_therapist"]
    ]
    assert errors(checked) == []


def test_grades_side_by_side_add_up_to_their_bands(check):
    checked = check("""Izglītojamo skaits 2022./2023. mācību gadā
Skola;1. klase;2. klase;3. klase;4. klase;5. klase;9. klase;10.-12. klase;Kopā
Zantes pamatskola;1;2;3;4;5;6;;21
Tukuma 2. vidusskola;10;10;10;10;;20;30;91
Kopā;11;12;13;14;5;26;30;112
""")

    assert rows(checked, "enrolment", "school_id", "grade_band", "learner_count") == [
        ["tukuma-2-vidusskola", "grades_10_12", "30"],
        ["tukuma-2-vidusskola", "grades_1_4", "40"],
        ["tukuma-2-vidusskola", "grades_5_9", "20"],
        ["zantes-pamatskola", "grades_1_4", "10"],
        ["zantes-pamatskola", "grades_5_9", "11"],
    ]
    told = checked.problems[["code", "row", "found", "wanted"]].astype(object)
    assert told.fillna("").to_numpy().tolist() == [
        ["enrolment_without_source", 3, "", ""],
        ["row_total_differs", 4, "91", "90"],
    ]


def test_bands_that_overlap_others_are_not_added_to_them(check):
    checked = check("""Skolēni 2022./2023. m. g.
Skola;1.-9. klase;5. klase;6. klase;7. klase;8. klase
Zantes pamatskola;80;7;8;9;10
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [["grades_5_9", "34"]]
    assert list(checked.problems["code"]).count("figures_not_used") == 1


def test_a_band_beside_its_grades_is_not_counted_twice(check):
    checked = check("""Skolēni 2022./2023. m. g.
Skola;5.-9. kl.;5. kl.;6. kl.;7. kl.;8. kl.;9. kl.
Zantes pamatskola;50;10;10;10;10;10
Tukuma 2. vidusskola;;1;2;3;;5
""")

    assert rows(checked, "enrolment", "school_id", "learner_count") == [
        ["tukuma-2-vidusskola", "11"],
        ["zantes-pamatskola", "50"],
    ]


UNKNOWN = """Izdomātības pamatskola, 2022./2023. m. g. 1. semestris
IAP kods;Izglītojamā kods;Klase
A-1;K-1;5
A-2;K-2;6
"""


def test_a_school_that_no_register_has_is_named_once_for_its_table(check):
    checked = check(UNKNOWN)

    (problem,) = loading.as_problems(checked.problems)
    assert (problem.code, problem.row, problem.found) == (
        "school_to_review",
        3,
        "Izdomātības pamatskola",
    )
    assert counts(checked) == (0, 2)


def test_a_school_that_no_register_has_keeps_no_payment_away(check):
    checked = check("""Izdomātības pamatskola
IAP kods;Atbalsta veids;Mēnesis;Summa
A-1;transports;09.2022;10,00
""")

    assert (errors(checked), counts(checked)) == ([], (1, 0))


def test_rows_below_a_school_are_its_own_even_where_no_register_has_it(check):
    checked = check("""Plāni, 2022./2023. m. g. 1. semestris
IAP kods;Izglītojamā kods;Klase
Zantes pamatskola;;
A-1;K-1;5
Izdomātības pamatskola;;
A-2;K-2;6
Tukuma 2. vidusskola;;
A-3;K-3;7
""")

    assert rows(checked, "plans", "plan_id", "school_id") == [
        ["A-1", "zantes-pamatskola"],
        ["A-3", "tukuma-2-vidusskola"],
    ]
    assert errors(checked) == [("school_to_review", 6)]


SUMS = "IAP kods;Izglītojamā kods;Transports;Ēdināšana\nA-1;K-1;40,00;100,00\n"


@pytest.mark.parametrize("title", ["Kompensācijas", "Plānotās un izmaksātās summas"])
def test_sums_of_a_semester_are_not_taken_for_planned_ones(check, title):
    checked = check(f"Zantes pamatskola\n{title} 2022./2023. m. g. 1. semestrī\n{SUMS}")

    assert checked.dataset is None
    assert [code for code, _ in errors(checked)] == ["column_missing"]


def test_sums_that_the_title_calls_planned_are_planned(check):
    checked = check(f"Zantes pamatskola\nPlānotais atbalsts 2022./2023. m. g. 1. semestrī\n{SUMS}")

    assert rows(checked, "supports", "support_kind", "planned_cents") == [
        ["catering", "10000"],
        ["transport", "4000"],
    ]


def test_planned_months_are_no_payments(check):
    checked = check("""Plānotais transports 2022./2023. m. g. 1. semestrī
IAP kods;Atbalsta veids;Septembris;Oktobris
A-1;transports;10;11
""")

    assert checked.dataset.payments.empty


def test_planned_and_paid_below_each_month_are_told_apart(check):
    checked = check("""2022./2023. m. g. 1. semestris
IAP kods;Veids;Septembris;;Oktobris;
;;plānots;izmaksāts;plānots;izmaksāts
A-1;transports;15;14,20;15;13
""")

    assert rows(checked, "payments", "month", "amount_cents") == [
        ["2022-09-01 00:00:00", "1420"],
        ["2022-10-01 00:00:00", "1300"],
    ]


def test_a_month_heading_without_a_year_is_told_once(check):
    checked = check("IAP kods;Atbalsta veids;Septembris\nA-1;transports;5\nA-2;transports;6\n")

    assert (errors(checked), counts(checked)) == ([("month_without_year", 2)], (0, 2))


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("Izgl. kods", ("learner_local_code",)),
        ("Pers.kods", ("learner_code",)),
        ("Kl.", ("grade",)),
        ("St. sk.", ("hours",)),
        ("Priekšm.", ("subject",)),
        ("Dalībn. sk.", ("learner_count",)),
        ("Ēdina pašv.", ("is_catering_by_municipality",)),
        ("mācību", ()),
        ("kons.", ()),
        ("p.", ()),
    ],
)
def test_shortened_headings_are_read_where_one_reading_is_possible(heading, fields):
    assert fields_of(heading) == fields


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("kons.", "consultation"),
        ("Indiv.liet.priekšm.", "personal_items"),
        ("ekonom.", "economic"),
        ("soc. un ves.", "social_health"),
        ("mācību", "learning"),
    ],
)
def test_shortened_kinds_and_risks_may_be_headings(heading, code):
    assert value_of(heading).written == code


def test_shortened_codes_are_read_where_one_reading_is_possible():
    status = cells.code("plan_status", "status_unknown")
    kind = cells.code("support_kind", "support_kind_unknown")

    assert [status("Apst."), status("Īst."), kind("transp. komp.")] == [
        "approved",
        "in_implementation",
        "transport",
    ]
    with pytest.raises(cells.Unread):
        status("Ap.")


def test_a_municipality_is_read_from_a_title_in_any_case(check):
    checked = check("""Jauniešu projekti Madonas novadā
Projekta nr.;Summa;Dalībn. sk.
J-1;4 600,00 EUR;15
""")

    assert rows(checked, "ngo_projects", "municipality", "amount_cents", "learner_count") == [
        ["Madonas novads", "460000", "15"]
    ]
