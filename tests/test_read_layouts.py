"""Tables as schools lay them out themselves: what is read of them, and what is never guessed."""

import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.layout.headings import fields_of, value_of
from pumpurs_analysis.normalise import cells
from pumpurs_analysis.pseudonyms import MADE_UP_KEY

DAYS = ";".join(map(str, range(1, 32)))


@pytest.fixture
def check(tmp_path):
    def write(text: str, name: str = "dati") -> loading.Checked:
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return loading.check(tmp_path, key=MADE_UP_KEY)

    return write


def rows(checked: loading.Checked, table: str, *names: str) -> list[list[object]]:
    frame = checked.dataset.tables[table][list(names)].astype(object)
    return sorted([str(value) for value in row] for row in frame.to_numpy())


def errors(checked: loading.Checked) -> list[tuple[str, object]]:
    found = checked.problems[checked.problems["severity"] == "error"]
    return list(zip(found["code"], found["row"], strict=True))


def counts(checked: loading.Checked) -> tuple[int, int]:
    named = ("accepted_count", "set_aside_count")
    return tuple(int(checked.inputs[name].sum()) for name in named)


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


SCHOOL = "Tukuma 2. vidusskola"
KINDS = """IAP kods;Skola;Semestris;Skolēna kods;Klase;Atbalsta veidi;Plānotā summa
A-1;Tukuma 2. vidusskola;2019/2020-1;K-1;7.a;transports; 120,00
A-2;Tukuma 2. vidusskola;2019/2020-1;K-2;8.;"Spec. transp.; nakts m.";
A-3;Tukuma 2. vidusskola;2019/2020-1;K-3;9.;konsultācijas, transports un ēdin.;
A-4;Tukuma 2. vidusskola;2019/2020-1;K-4;9.;transports/ēdināšana;400,00
"""


def test_kinds_named_together_in_a_plan_are_each_planned(check):
    checked = check(KINDS)

    assert rows(checked, "supports", "plan_id", "support_kind", "planned_cents") == [
        ["A-1", "transport", "12000"],
        ["A-2", "lodging", "<NA>"],
        ["A-2", "special_transport", "<NA>"],
        ["A-3", "catering", "<NA>"],
        ["A-3", "consultation", "<NA>"],
        ["A-3", "transport", "<NA>"],
    ]
    assert rows(checked, "plans", "plan_id") == [["A-1"], ["A-2"], ["A-3"]]
    assert errors(checked) == [("support_kinds_together", 5)]


def test_kinds_named_together_do_not_share_an_amount_or_a_payment(check):
    planned = check("IAP kods;Atbalsta veids;Plānotās stundas\nA-1;transports; \nA-2;a;\n")
    together = check("IAP kods;Atbalsta veids;Mēnesis;Summa\nA-1;transports, ēdin.;09.2019;30\n")

    assert errors(planned) == [("support_kind_unknown", 3)]
    assert (errors(together)[-1], together.dataset) == (("support_kinds_together", 2), None)


def test_a_title_that_names_a_kind_gives_no_plan_support(check):
    checked = check(f"Ēdināšana, {SCHOOL}, 2019./2020. m. g. 1. semestris\nKods;Klase\nK-1;7\n")

    assert len(checked.dataset.plans) == 1
    assert checked.dataset.supports.empty


def test_an_amount_planned_for_no_kind_is_told(check):
    checked = check(f"{SCHOOL} 2019/2020-1\nIAP kods;Klase;Statuss;Plānotā summa\nA-1;7;;30\n")

    assert checked.problems["code"].tolist()[0] == "figures_not_used"
    assert checked.dataset.supports.empty


@pytest.mark.parametrize("mark", ["x", "+", "jā", "V"])
def test_a_dash_beside_marks_is_no_amount(check, mark):
    checked = check(f"""{SCHOOL}, 2021./2022. m. g. II sem.
IAP kods;Klase;Transports;Ēdināšana
A-1;7;{mark};-
A-2;8;—;{mark}
A-3;9;30,00;{mark}
""")

    assert rows(checked, "supports", "plan_id", "support_kind", "planned_cents") == [
        ["A-1", "transport", "<NA>"],
        ["A-2", "catering", "<NA>"],
        ["A-3", "catering", "<NA>"],
        ["A-3", "transport", "3000"],
    ]
    assert errors(checked) == []


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("40 min", 40 / 60),
        ("45 min.", 0.75),
        ("90 minūtes", 1.5),
        ("45'", 0.75),
        ("2x45min", 1.5),
        ("30 min. x 3", 1.5),
        ("1h 15m", 1.25),
        ("1 st. un 6 min", 1.1),
        ("1 st. 30 min", 1.5),
        ("14:00–15:30", 1.5),
        ("2 x 3", None),
        ("15:30-14:00", None),
        ("40 m", None),
    ],
)
def test_how_long_something_took_is_read_in_hours(written, hours):
    if hours is None:
        with pytest.raises(cells.Unread):
            cells.hours(written)
    else:
        assert cells.hours(written) == pytest.approx(hours)


def test_a_heading_that_says_minutes_says_it_of_its_figures_and_their_total(check):
    checked = check("""IAP kods;Datums;Ilgums (min)
A-1;05.11.2019.;45
A-2;06.11.2019.;1,5 h
Kopā;;2:15
""")

    assert rows(checked, "consultations", "plan_id", "hours") == [["A-1", "0.75"], ["A-2", "1.5"]]
    assert checked.problems.empty


@pytest.mark.parametrize(
    ("title", "days", "dates"),
    [
        ("2019. gada septembrī", "05.09.;12.09.;19.09.", ["09-05", "09-12", "09-19"]),
        ("2019./2020. m. g. 1. sem.", "5.09;12. sept.;3.X", ["09-05", "09-12", "10-03"]),
        ("", "05.09.2019.;2019-09-12;01.10.2019", ["09-05", "09-12", "10-01"]),
    ],
)
def test_days_with_their_months_are_columns_of_a_journal(check, title, days, dates):
    checked = check(f"""Konsultāciju žurnāls {title}
Nr.;IAP kods;Priekšmets;{days};Kopā
1;A-1;Fizika;1;2;40 min;3,67
""")

    assert rows(checked, "consultations", "date", "hours", "is_month_only") == [
        [f"2019-{dates[0]} 00:00:00", "1.0", "False"],
        [f"2019-{dates[1]} 00:00:00", "2.0", "False"],
        [f"2019-{dates[2]} 00:00:00", str(40 / 60), "False"],
    ]
    assert errors(checked) == []


@pytest.mark.parametrize("numbers", ["1.1;1.2;1.3", "2.1;2.2;2.3", "1.1;1.2;2.1"])
def test_numbers_of_parts_are_no_days(check, numbers):
    checked = check(f"Konsultācijas 2019./2020. m. g.\nIAP kods;Stundas;{numbers}\nA-1;1;2;3;4\n")

    assert checked.dataset is None


def test_days_of_meals_with_their_months_are_no_consultations(check):
    checked = check(f"""Ēdināšanas uzskaite 2019. gada septembrī, {SCHOOL}
Kods;05.09.;06.09.;09.09.
K-1;1;1;1
""")

    assert checked.dataset is None


@pytest.mark.parametrize(
    ("title", "day", "date"),
    [
        ("2019./20. m. g. II sem.", "12. februāris", "2020-02-12"),
        ("2019./20. m. g. II sem.", "12.02.", "2020-02-12"),
        ("2020. gada februāris", "12.II", "2020-02-12"),
        ("2019. gada decembris", "12.01.", "2020-01-12"),
        ("Konsultācijas", "12.01.", None),
        ("2018./2019. m. g. 2. sem.", "29.02.", None),
    ],
)
def test_a_day_takes_its_year_from_what_stands_above(check, title, day, date):
    checked = check(f"{title}\nIAP kods;Datums;Stundas\nA-1;{day};1\n")

    read = rows(checked, "consultations", "date") if checked.dataset else []
    assert read == ([[f"{date} 00:00:00"]] if date else [])
    assert errors(checked) == ([] if date else [("month_without_year", 3)])


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
    checked = check("Ēdināšana 2020./2021. m. g.\nIAP kods;;IX;;X;Kopā\nA-1;;10;;20;30\n")

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
    checked = check("IAP kods;Veids;Mēnesis;Izpilde %;Izmaksāts\nA-1;Transports;09.2019;0,5;30\n")

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
    assert errors(checked) == ([] if months else [("month_unread", 2)])


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
