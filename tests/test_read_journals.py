"""Several kinds in a cell, hours and days as journals write them."""

import pytest

from pumpurs_analysis.normalise import cells
from tests.loaded import errors, rows

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
    checked = check(
        """IAP kods;Datums;Ilgums (min)
A-1;05.11.2019.;45
A-2;06.11.2019.;1,5 h
Kopā;;2:15
""",
        "Zantes pamatskola",
    )

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
