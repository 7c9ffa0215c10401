"""Eligibility, what-if, unit costs, projection and youth NGO projects."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis import catalogue, charts, measures, protect, tables
from pumpurs_analysis.measures.forecasts import forecast
from pumpurs_analysis.rules import Change, judged, rules_on
from tests.tried import tried

SCHOOLS = """
    school_id | name    | municipality_former | municipality_today
    A         | Skola A | Tukuma novads       | Tukuma novads
    C         | Skola C | Talsu novads        | Talsu novads
"""
PLANS = """
    plan_id|learner_id|school_id|semester|status|grade|programme_kind|is_low_income|{fed}
    P1     |L1        |A        |2020/2021-2|approved|4    |general       |             |
    P2     |L1        |A        |2021/2022-1|approved|4    |general       |             |
    P3     |L2        |A        |2020/2021-2|approved|8    |general       |false        |true
    P4     |L3        |C        |2020/2021-2|inactive|8    |general       |             |
    P5     |L4        |C        |2020/2021-2|approved|2    |vocational    |             |
""".replace("{fed}", "is_catering_by_municipality")
PAYMENTS = """
    learner_id | school_id | month      | support_kind   | amount_cents | input_id | row
    L1         | A         | 2021-05-01 | transport      | 2500         | i1       | 2
    L1         | A         | 2021-09-01 | transport      | 2500         | i1       | 3
    L2         | A         | 2021-05-01 | catering       | 7600         | i1       | 4
    L2         | A         | 2021-05-01 | personal_items | 1000         | i1       | 5
    L3         | C         | 2021-05-01 | transport      | 500          | i1       | 6
    L4         | C         | 2021-05-01 | transport      | 3500         | i1       | 7
    L4         | C         | 2021-05-01 | catering       | 1000         | i1       | 8
"""
CONSULTATIONS = """
    learner_id | school_id | date       | is_month_only | hours | is_remote | input_id | row
    L1         | A         | 2021-04-02 | false         | 1.5   | false     | i1       | 3
    L4         | C         | 2021-01-15 | false         | 2     | false     | i1       | 4
"""


@pytest.fixture
def delivery(records):
    return records(
        schools=SCHOOLS,
        plans=PLANS,
        payments=PAYMENTS,
        consultations=CONSULTATIONS,
        inputs="input_id | file\n i1 | a.csv",
    )


def test_findings_name_learner_rule_rows_and_source(delivery):
    found = measures.eligibility_findings(delivery).frame

    told = found[["rule", "table", "learner_id", "period", "rows", "source"]].to_numpy().tolist()
    assert told == [
        ["catering_where_municipality_does_not_pay", "payments", "L2", "2021-05", "4", "S03"],
        ["deleted_plan_costs", "payments", "L3", "2021-05", "6", "S13"],
        ["emergency", "consultations", "L4", "2021-01-15", "4", "S23"],
        ["general_grades", "consultations", "L1", "2021-04-02", "3", "S01"],
        ["general_grades", "payments", "L1", "2021-05", "2", "S01"],
        ["personal_items_for_low_income", "payments", "L2", "2021-05", "5", "S17"],
    ]
    assert found["rule_status"].tolist() == [
        "stated",
        "stated",
        "assumed",
        "stated",
        "stated",
        "stated",
    ]


def test_undecided_findings_say_which_fact_is_missing(delivery):
    found = measures.eligibility_findings(delivery, decision="undecided").frame

    assert found[["learner_id", "rule", "missing_facts"]].to_numpy().tolist() == [
        ["L4", "catering_where_municipality_does_not_pay", "municipality_pays"]
    ]


def test_a_month_of_which_some_days_allowed_it_is_no_finding(records):
    plans = """
        plan_id | learner_id | school_id | semester    | status   | grade | programme_kind
        P1      | L1         | A         | 2019/2020-2 | approved | 8     | general
    """
    payments = """
        learner_id | school_id | month      | support_kind | amount_cents | row
        L1         | A         | 2020-03-01 | transport    | 100          | 2
        L1         | A         | 2020-04-01 | transport    | 100          | 3
    """

    found = measures.eligibility_findings(records(plans=plans, payments=payments)).frame

    assert found[["period", "rule"]].to_numpy().tolist() == [["2020-04", "emergency"]]


def test_findings_are_shown_in_words(delivery):
    shown = tables.worklist(measures.eligibility_findings(delivery), language="en")

    assert any("Grades of general education" in cell.text for row in shown.rows for cell in row)


FACTS = {
    "programme_kind": st.sampled_from([None, "general", "special", "vocational"]),
    "grade": st.sampled_from([None, 0, 1, 4, 5, 6, 7, 12, 13]),
    **{
        name: st.sampled_from([None, True, False])
        for name in (
            "municipality_pays",
            "is_low_income",
            "is_in_practice",
            "is_remote",
            "is_planned_before",
        )
    },
}
CASES = st.tuples(
    st.dates(date(2017, 1, 1), date(2024, 3, 1)),
    st.sampled_from(list(catalogue.entries("codes")["support_kind"])),
    st.fixed_dictionaries(FACTS),
)


@tried(40)
@given(cases=st.lists(CASES, min_size=1, max_size=15))
def test_many_are_judged_as_each_one_is(cases):
    rows = [{"day": day, "support_kind": kind, **known} for day, kind, known in cases]
    frame = pd.DataFrame(rows).assign(day=lambda each: pd.to_datetime(each["day"]))

    answers = judged(frame)

    for (day, kind, known), answer in zip(cases, answers.to_dict("records"), strict=True):
        rules = rules_on(day)
        if not rules.in_force:
            assert pd.isna(answer["is_allowed"])
            continue
        alone = rules.eligibility(kind, **known)
        assert (None if pd.isna(answer["is_allowed"]) else answer["is_allowed"]) == alone.is_allowed
        assert answer["against"] == ";".join(rule.rule_id for rule in alone.against)
        assert answer["undecided"] == ";".join(rule.rule_id for rule in alone.undecided)


def test_what_if_a_lower_cap_counts_learners_schools_and_euros(delivery):
    whole = measures.what_if(delivery, rule="transport", value=20).frame.loc[0]

    assert whole.to_dict() == {  # catering keeps 7 600 against 7 000
        "affected_learner_count": 2,
        "affected_school_count": 2,
        "refused_learner_before_count": 2,
        "refused_learner_after_count": 3,
        "refused_before_cents": 600 + 500,
        "refused_after_cents": 600 + 500 + 500 + 1500,
        "allowed_before_cents": 4 * 3000 + 2 * 7000 + 2500,
        "allowed_after_cents": 4 * 2000 + 2 * 7000 + 2500,
        "refused_change_cents": 2000,
        "allowed_change_cents": -4000,
    }


def test_what_if_holds_to_its_period_and_scope(delivery):
    spring = (date(2021, 1, 1), date(2021, 8, 31))
    result = measures.what_if(
        delivery,
        rule="transport_cap_eur",
        value=Decimal("20.00"),
        period=spring,
        scope={"municipality": "Tukuma novads"},
        by="school",
    )

    assert result.frame["school"].tolist() == ["Skola A"]
    assert result.frame["refused_change_cents"].tolist() == [500]


def test_what_if_other_grades_had_been_taken(delivery):
    all_grades = [{"grade": {"from": 1, "to": 12}}]
    whole = measures.what_if(delivery, rule="general_grades", value=all_grades).frame.loc[0]

    assert whole["affected_learner_count"] == 1
    assert whole["refused_change_cents"] == -2500


def test_the_baseline_is_the_same_after_a_what_if(delivery, records):
    before = measures.cost_against_cap(delivery).frame
    rules_before = dict(rules_on(date(2021, 5, 1)).items())
    found_before = measures.eligibility_findings(delivery).frame

    measures.what_if(delivery, rule="transport", value=1)
    measures.what_if(delivery, rule="general_grades", value=[])

    again = records(
        schools=SCHOOLS,
        plans=PLANS,
        payments=PAYMENTS,
        consultations=CONSULTATIONS,
        inputs="input_id | file\n i1 | a.csv",
    )
    for data in (delivery, again):
        pd.testing.assert_frame_equal(measures.cost_against_cap(data).frame, before)
        pd.testing.assert_frame_equal(measures.eligibility_findings(data).frame, found_before)
    assert dict(rules_on(date(2021, 5, 1)).items()) == rules_before
    assert rules_on(date(2021, 5, 1), [Change("catering_cap_eur", 1)])["catering"].value_eur == 1
    assert rules_on(date(2021, 5, 1))["catering"].value_eur == 70


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"rule": "caterin", "value": 1}, "nearest: catering"),
        ({"rule": "catering", "value": -1}, "whole cents"),
        ({"rule": "catering", "value": "0.001"}, "whole cents"),
        ({"rule": "general_grades", "value": 5}, "list of alternatives"),
        ({"rule": "programme_end", "value": 5}, "no cap for a learner"),
        (
            {"rule": "catering", "value": 1, "period": (date(2021, 1, 2), date(2021, 1, 1))},
            "before",
        ),
    ],
)
def test_what_if_refuses_what_does_not_fit(delivery, choice, message):
    with pytest.raises((KeyError, ValueError), match=message):
        measures.what_if(delivery, **choice)


def test_unit_costs_have_two_definitions_of_a_learner(delivery):
    whole = measures.cost_per_unit(delivery).frame.loc[0]

    # 18 600 cents; plans P1, P2, P3, P5 of L1, L2, L4 count, and L3 was paid on a deleted plan
    assert whole[["paid_cents", "learner_count", "plan_count", "paid_learner_count"]].tolist() == [
        18600,
        3,
        4,
        4,
    ]
    assert whole["paid_per_learner_cents"] == 6200
    assert whole["paid_per_paid_learner_cents"] == 4650
    assert whole["paid_per_plan_cents"] == 4650
    assert whole["delivered_hours"] == 3.5


def test_hours_nobody_delivered_are_missing_and_not_zero(records):
    whole = measures.cost_per_unit(records(payments=PAYMENTS)).frame.loc[0]

    assert pd.isna(whole["delivered_hours"])
    assert pd.isna(whole["paid_per_hour_cents"])
    assert pd.isna(whole["paid_per_learner_cents"])


CONSULTED = """
    plan_id | learner_id | date       | hours
    P1      | L1         | 2019-10-02 | 2
    P1      | L1         | 2019-10-09 | 2.5
"""
PAID = """
    learner_id | school_id | month      | support_kind | amount_cents
    L1         | A         | 2019-10-01 | {kind}       | 900
"""


@pytest.mark.parametrize(("kind", "price"), [("consultation", 200), ("transport", None)])
def test_an_hour_has_a_price_only_where_a_payment_names_consultations(records, kind, price):
    """Nine euros for 4.5 hours are two an hour; what nobody says was paid is no zero."""
    data = records(consultations=CONSULTED, payments=PAID.format(kind=kind))

    whole = measures.cost_per_unit(data).frame.loc[0]

    assert whole["delivered_hours"] == 4.5
    assert (
        None if pd.isna(whole["paid_per_hour_cents"]) else whole["paid_per_hour_cents"]
    ) == price


SEASON = np.array([0.9, 1.2, 1.2, 0.9, 1.0, 1.1, 1.2, 1.0, 0.9, 0.1, 0.05, 0.05])


@pytest.mark.parametrize(("known", "ahead"), [(48, 6), (64, 12)])
def test_the_interval_covers_at_least_its_stated_share(known, ahead):
    random = np.random.default_rng(7)
    covered = []
    for _ in range(150):
        level = np.exp(np.cumsum(random.normal(0, 0.03, known + ahead)))
        noise = np.exp(random.normal(0, 0.15, known + ahead))
        paid = 1e6 * level * np.resize(SEASON, known + ahead) * noise
        told = forecast(pd.Series(paid[:known]), ahead, level=0.8)
        covered.append(told.low <= paid[known:].sum() <= told.high)

    assert 0.75 <= np.mean(covered) <= 0.97


def test_the_method_is_honest_on_published_plans(figures):
    plans = measures.published_timeline(figures, measure="plans").frame
    by_year = plans[plans["series"] == "school_year"].sort_values("school_year")["value"]

    told = forecast(by_year.iloc[:3].reset_index(drop=True), 1, season=1)

    # 6 834, 15 129, 21 732: half of the last growth gives 26 047, and 19 757 came
    assert told.value == pytest.approx(21732 * (21732 / 15129) ** 0.5)
    assert told.low <= by_year.iloc[3] <= told.high
    assert told.tested_count == 2


def test_a_steady_series_is_carried_on_to_the_end(records):
    months = pd.date_range("2018-09-01", "2021-02-01", freq="MS")
    payments = pd.DataFrame(
        {
            "learner_id": "L1",
            "school_id": "A",
            "month": months,
            "support_kind": "transport",
            "amount_cents": 1000,
        }
    )
    data = records(payments=payments, schools=SCHOOLS)

    year, calendar, programme = (
        measures.projection(data, to=to).frame.loc[0]
        for to in ("school_year", "calendar_year", "programme")
    )

    assert year[["paid_cents", "ahead_count", "total_cents"]].tolist() == [6000, 6, 12000]
    assert calendar[["paid_cents", "ahead_count", "total_cents"]].tolist() == [2000, 10, 12000]
    assert programme[["paid_cents", "total_cents"]].tolist() == [30000, 30000 + 22 * 1000]
    assert year["end"] == pd.Timestamp("2021-08-31")
    assert programme["end"] == pd.Timestamp("2022-12-31")
    assert pd.isna(programme["total_low_cents"])  # 22 months ahead were never seen before


def test_where_the_months_to_come_never_had_payments_the_chart_says_so_and_no_interval(records):
    months = pd.date_range("2018-09-01", "2021-05-01", freq="MS")
    payments = pd.DataFrame({
        "learner_id": "L1", "school_id": "A", "month": months[~months.month.isin([6, 7, 8])],
        "support_kind": "transport", "amount_cents": 1000,
    })  # fmt: skip
    shown = protect(
        measures.projection(records(payments=payments, schools=SCHOOLS)), audience="owner"
    )
    assert shown.frame.loc[0, ["paid_cents", "expected_cents"]].tolist() == [9000, 0]

    figure = charts.projection(shown, language="en")

    said = " ".join(note.text for note in figure.layout.annotations)
    assert "nothing more is expected" in said.replace("<br />", " ")
    assert not [trace for trace in figure.data if trace.error_x.array]


def test_less_than_a_year_is_not_projected(records):
    data = records(payments=PAYMENTS, schools=SCHOOLS)

    assert measures.projection(data).frame["total_cents"].isna().all()
    with pytest.raises(ValueError, match="nothing can be projected"):
        measures.projection(records())
    with pytest.raises(ValueError, match="between 0 and 1"):
        measures.projection(data, level=80)


def test_youth_projects_are_held_against_exactly_4600(records):
    projects = """
        ngo_project_id | municipality  | start      | amount_cents
        N1             | Tukuma novads | 2018-10-01 | 460000
        N2             | Tukuma novads | 2018-10-01 | 460001
        N3             | Tukuma novads | 2018-10-01 | 459999
        N4             | Talsu novads  | 2024-10-01 | 460000
        N5             | Talsu novads  | 2022-10-01 |
    """

    frame = measures.ngo_projects(records(ngo_projects=projects)).frame.set_index("municipality")

    counts = ["project_count", "as_granted_count", "differing_count", "unknown_count"]
    assert frame.loc["Tukuma novads", counts].tolist() == [3, 1, 2, 0]
    assert frame.loc["Talsu novads", counts].tolist() == [2, 0, 0, 2]


def test_published_calls_come_to_78_and_97_times_4600(figures):
    calls = measures.ngo_projects(figures).frame

    assert calls["paid_cents"].tolist() == [78 * 460000, 97 * 460000]
    assert (calls["paid_cents"] == calls["granted_cents"]).all()


@pytest.mark.parametrize(
    "name", ["cap_breaches", "eligibility_findings", "cost_per_unit", "budget_use", "projection"]
)
def test_published_figures_are_sent_to_what_answers_on_them(figures, name):
    with pytest.raises(ValueError, match="On those, "):
        getattr(measures, name)(figures)


SHOWN = [
    ("cost_against_cap", {"by": "support_kind"}),
    ("cost_against_cap", {"by": ()}),
    ("cost_against_cap", {"by": "month"}),
    ("cost_against_cap", {"by": "semester"}),
    ("cost_against_cap", {"by": ("support_kind", "use_band")}),
    ("cost_against_cap", {"by": "use_band"}),
    ("what_if", {"rule": "transport", "value": 20}),
    ("cost_per_unit", {"by": "municipality"}),
    ("budget_use", {"budget_eur": 1000}),
    ("projection", {}),
    ("ngo_projects", {}),
]


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize(("name", "choices"), SHOWN)
def test_every_chart_and_table_is_drawn_from_protected_records(records, name, choices, language):
    people = [f"L{number}" for number in range(12)]
    months = pd.date_range("2019-09-01", "2021-02-01", freq="MS")
    payments = pd.DataFrame(
        [
            (who, "A", month, kind, 3100 if place < 6 else 2000 + 10 * place)
            for place, who in enumerate(people)
            for month in months
            for kind in ("transport", "lodging")
        ],
        columns=["learner_id", "school_id", "month", "support_kind", "amount_cents"],
    )
    projects = "ngo_project_id|municipality|start|amount_cents\nN1|Talsu novads|2019-10-01|460000"
    data = records(payments=payments, schools=SCHOOLS, ngo_projects=projects)

    shown = protect(getattr(measures, name)(data, **choices))
    figure = getattr(charts, name)(shown, language=language)

    words = figure.layout.meta
    assert all(words[part] for part in ("title", "subtitle", "footnote", "summary"))
    assert words["name"] == name
    assert len(figure.data) > 0
    assert tables.table(shown, language=language).rows


def test_bullets_are_what_was_paid_and_allowed(records):
    payments = pd.DataFrame(
        {
            "learner_id": [f"L{number}" for number in range(20)],
            "school_id": "A",
            "month": "2019-10-01",
            "support_kind": "transport",
            "amount_cents": [2000] * 19 + [3001],
        }
    )
    data = records(payments=payments)
    shown = protect(measures.cost_against_cap(data, by="programme", details=False))

    drawn = [bar for bar in charts.cost_against_cap(shown).data if bar.name != "picks"]
    allowed, paid = (bar.x[0] for bar in drawn)

    assert (paid, allowed) == (19 * 20 + 30.01, 20 * 30)


def test_one_breach_hides_its_row_where_details_are_asked_for(records):
    payments = pd.DataFrame(
        {
            "learner_id": [f"L{number}" for number in range(20)],
            "school_id": "A",
            "month": "2019-10-01",
            "support_kind": "transport",
            "amount_cents": [2000] * 19 + [3001],
        }
    )

    shown = protect(measures.cost_against_cap(records(payments=payments), by="programme"))

    assert shown.frame[["over_cap_count", "over_cap_cents"]].isna().all(axis=None)


def test_rows_on_learners_are_never_released(delivery):
    with pytest.raises(ValueError, match="row for each learner"):
        protect(measures.cost_against_cap(delivery))
    with pytest.raises(ValueError, match="never released"):
        protect(measures.cap_breaches(delivery))


def test_a_hidden_bar_says_so_and_is_no_zero(records):
    people = [f"L{number}" for number in range(20)]
    payments = pd.DataFrame(
        {
            "learner_id": people,
            "school_id": "A",
            "month": ["2019-10-01"] * 18 + ["2019-11-01"] * 2,
            "support_kind": "transport",
            "amount_cents": 2000,
        }
    )

    bar = charts.budget_use(protect(measures.budget_use(records(payments=payments)))).data[0]

    assert bar.text[1] == "slēpts"
    assert bar.y[1] == 0
