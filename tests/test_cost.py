"""Money against caps: what was paid, allowed and over, and the payments behind each breach."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis import facts, marks, measures, tables
from pumpurs_analysis.facts.learner_month import learner_month
from pumpurs_analysis.measures import caps
from pumpurs_analysis.rules import rules_on
from tests.tried import tried

SCHOOLS = """
    school_id | name  | municipality_former | municipality_today
    A         | Skola A | Tukuma novads     | Tukuma novads
    B         | Skola B | Tukuma novads     | Tukuma novads
    C         | Skola C | Talsu novads      | Talsu novads
"""
INPUTS = """
    input_id | file    | sheet
    i1       | a.xlsx  | Transports
    i2       | b.csv   |
"""


def cases():
    text = (Path(__file__).parent / "rules" / "payments.yaml").read_text(encoding="utf-8")
    return [pytest.param(case, id=case["sentence"]) for case in yaml.safe_load(text)]


@pytest.mark.parametrize("case", cases())
def test_payments_come_to_what_the_sentence_says(records, case):
    lines = [
        {
            "learner_id": line[3] if len(line) > 3 else "L1",
            "school_id": "A",
            "support_kind": line[0],
            "month": f"{line[1]}-01" if line[1] else None,
            "amount_cents": int(Decimal(str(line[2])) * 100),
        }
        for line in case["given"]
    ]

    frame = measures.cost_against_cap(records(payments=pd.DataFrame(lines))).frame

    found = [
        {
            "period": row["period"],
            "paid": row["paid_cents"],
            "cap": row["cap_cents"],
            "over": row["over_cap_cents"],
            "headroom": row["headroom_cents"],
            "refund": row["refund_cents"] or None,
            "status": row["cap_status"],
        }
        for row in frame.to_dict("records")
    ]
    told = [{name: each for name, each in row.items() if not pd.isna(each)} for row in found]
    assert told == case["expect"]


def test_a_month_before_the_rule_has_no_cap(records):
    payments = """
        learner_id | month      | support_kind | amount_cents
        L1         | 2017-02-01 | transport    | 1200
    """

    result = measures.cost_against_cap(records(payments=payments))

    assert result.frame["cap_cents"].isna().all()
    assert result.frame["over_cap_cents"].isna().all()


TWO_FILES = """
    learner_id | school_id | month      | support_kind   | amount_cents | input_id | row
    L1         | A         | 2019-10-01 | transport      | 2000         | i1       | 4
    L1         | B         | 2019-10-01 | transport      | 1501         | i2       | 9
    L1         | A         | 2019-10-01 | transport      | -500         | i1       | 5
    L2         | A         | 2019-10-01 | transport      | 3000         | i1       | 6
    L3         | C         | 2023-02-01 | personal_items | 2600         | i2       | 10
    L4         | C         | 2019-10-01 | catering       | 6900         | i2       | 11
"""


@pytest.fixture
def two_files(records):
    return records(payments=TWO_FILES, schools=SCHOOLS, inputs=INPUTS)


def test_one_month_in_two_files_and_schools_is_one_sum(two_files):
    frame = measures.cost_against_cap(two_files).frame.set_index(["learner_id", "support_kind"])

    assert frame.loc[("L1", "transport"), "paid_cents"] == 3001
    assert frame.loc[("L1", "transport"), "over_cap_cents"] == 1
    assert frame.loc[("L1", "transport"), "school"] == "Skola B"  # 15.01 against 15.00


def test_a_breach_names_its_rows_and_its_rule(two_files):
    breaches = measures.cap_breaches(two_files).frame

    assert breaches["over_cap_cents"].tolist() == [100, 1]
    told = breaches[["file", "sheet", "rows", "amounts_cents", "arithmetic"]].loc[1].tolist()
    assert told == [
        "a.xlsx; b.csv",
        "Transports; ",
        "4, 5; 9",
        "2000, -500; 1501",
        "20.00 - 5.00 + 15.01 = 30.01",
    ]
    rule = breaches[["rule", "cap_status", "source", "valid_from"]].astype(str).to_numpy().tolist()
    assert rule == [
        ["personal_items_cap_eur", "assumed", "S03", "2023-01-01"],
        ["transport_cap_eur", "stated", "S01", "2017-03-01"],
    ]


def test_a_breach_can_be_replayed_from_its_rows_alone(two_files):
    lines = two_files.payments.merge(two_files.inputs[["input_id", "file"]], on="input_id")
    for breach in measures.cap_breaches(two_files).frame.to_dict("records"):
        places = zip(breach["file"].split("; "), breach["rows"].split("; "), strict=True)
        wanted = [(file, int(row)) for file, rows in places for row in rows.split(", ")]
        paid = (
            sum(
                Decimal(
                    int(
                        lines.loc[
                            (lines["file"] == file) & (lines["row"] == row), "amount_cents"
                        ].sum()
                    )
                )
                for file, row in wanted
            )
            / 100
        )
        cap = rules_on(breach["valid_from"].date())[breach["support_kind"]].value_eur

        assert paid - cap == Decimal(breach["over_cap_cents"]) / 100 > 0


def test_near_the_cap_comes_after_over_it_and_nearest_first(two_files):
    found = measures.cap_breaches(two_files, near_share=0.9).frame

    assert found["finding_kind"].tolist() == ["over", "over", "near", "near"]
    assert found["headroom_cents"].tolist() == [0, 0, 0, 100]


def test_hours_of_preparing_a_plan_are_held_against_six(records):
    data = records(
        plans="""
            plan_id | learner_id | school_id | semester    | status
            P1      | L1         | A         | 2019/2020-1 | approved
            P2      | L2         | A         | 2016/2017-2 | approved
            P3      | L3         | A         | 2023/2024-1 | approved
        """,
        supports="""
            plan_id | support_kind     | planned_hours | input_id | row
            P1      | plan_preparation | 4             | i1       | 3
            P1      | plan_preparation | 2.5           | i1       | 4
            P2      | plan_preparation | 6             | i1       | 5
            P3      | plan_preparation | 7             | i2       | 6
        """,
        schools=SCHOOLS,
        inputs=INPUTS,
    )

    found = measures.cap_breaches(data).frame

    assert found["finding_kind"].unique().tolist() == ["hours"]
    assert dict(zip(found["learner_id"], found["over_cap_hours"], strict=True)) == {
        "L1": 0.5,
        "L3": 1.0,
    }
    assert "4.00 + 2.50 = 6.50" in found["arithmetic"].tolist()


def test_explained_marks_survive_a_second_load(two_files, records, tmp_path):
    key = measures.cap_breaches(two_files).frame.loc[1, "finding_key"]
    day = pd.Timestamp("2022-05-01").date()
    marks.set_marks(tmp_path, [marks.Mark("explained", key, "autobusu streiks", "AB", day)])
    again = records(payments=TWO_FILES, schools=SCHOOLS, inputs=INPUTS)

    frame = measures.cap_breaches(again, workspace=tmp_path).frame

    assert frame["explained_reason"].tolist()[1] == "autobusu streiks"
    assert frame["explained_by"].isna().tolist() == [True, False]


def test_a_mark_does_not_outlive_a_changed_sum(two_files, records, tmp_path):
    key = measures.cap_breaches(two_files).frame.loc[1, "finding_key"]
    day = pd.Timestamp("2022-05-01").date()
    marks.set_marks(tmp_path, [marks.Mark("explained", key, "autobusu streiks", "AB", day)])
    changed = records(payments=TWO_FILES.replace("1501", "1601"), schools=SCHOOLS, inputs=INPUTS)

    assert measures.cap_breaches(changed, workspace=tmp_path).frame["explained_by"].isna().all()


def test_the_list_is_exported_for_latvian_excel(two_files):
    shown = tables.worklist(measures.cap_breaches(two_files), language="lv").to_csv()

    head, first, *_ = shown.decode("utf-8-sig").splitlines()
    assert head.startswith("Konstatējums;Iestāde;Izglītojamā pseidonīms;Atbalsta veids;Periods")
    assert "26,00\u00a0€;25,00\u00a0€;1,00\u00a0€" in first
    assert "Individuālās lietošanas priekšmetu griesti;pieņemts;01.01.2023." in first


def test_zero_because_the_municipality_pays_is_its_own_reason(records):
    data = records(
        plans="""
            plan_id | learner_id | school_id | semester    | status   | is_catering_by_municipality
            P1      | L1         | A         | 2019/2020-1 | approved | true
            P2      | L2         | A         | 2019/2020-1 | approved | true
            P3      | L3         | A         | 2019/2020-1 | inactive | true
        """,
        payments="""
            learner_id | school_id | month      | support_kind | amount_cents
            L2         | A         | 2019-10-01 | catering     | 7100
        """,
        schools=SCHOOLS,
    )

    frame = measures.cost_against_cap(data).frame
    whole = measures.cost_against_cap(data, by=()).frame.loc[0]

    assert frame[["learner_id", "paid_cents", "cap_status"]].to_numpy().tolist() == [
        ["L1", 0, "municipality_pays"],
        ["L2", 7100, "stated"],
    ]
    assert (whole["municipality_pays_count"], whole["paid_learner_count"]) == (1, 1)


def test_planned_sums_are_never_shown_as_paid(records):
    data = records(
        plans="""
            plan_id | learner_id | school_id | semester    | status
            P1      | L1         | A         | 2019/2020-1 | approved
        """,
        supports="""
            plan_id | support_kind | planned_cents
            P1      | transport    | 12000
        """,
        schools=SCHOOLS,
    )

    assert measures.cost_against_cap(data).frame.empty
    assert measures.cost_against_cap(data, by=()).frame.loc[0, "paid_cents"] == 0
    assert measures.cost_per_unit(data).frame.loc[0, "paid_cents"] == 0
    assert measures.budget_use(data).frame.empty


def test_groups_tell_paid_allowed_over_and_who_stands_behind(two_files):
    result = measures.cost_against_cap(two_files, by="support_kind")
    transport = result.frame.set_index("support_kind").loc["transport"]

    assert transport[["paid_learner_count", "compared_count", "over_cap_count"]].tolist() == [
        2,
        2,
        1,
    ]
    assert transport[list(caps.MONEY)].tolist() == [6001, 6001, 6000, 0, 1]
    assert transport["use_share"] == pytest.approx(6001 / 6000)
    behind = result.contributors.loc[result.frame["support_kind"] == "transport"]
    assert behind.filter(like="paid_cents_").iloc[0].tolist() == [2, 3001, 3000]


def test_use_is_banded_in_tenths_with_the_cap_inside_the_last(records):
    cents = [1, 300, 301, 2999, 3000, 3001, 0, -5]
    payments = pd.DataFrame(
        {
            "learner_id": [f"L{i}" for i in range(len(cents))],
            "school_id": "A",
            "month": "2019-10-01",
            "support_kind": "transport",
            "amount_cents": cents,
        }
    )

    frame = measures.cost_against_cap(records(payments=payments), by="use_band").frame

    assert dict(zip(frame["use_band"], frame["compared_count"], strict=True)) == {
        "to_0": 2,
        "to_10": 2,
        "to_20": 1,
        "to_100": 2,
        "over": 1,
    }


MONTHS = [None, "2017-01-01", "2019-09-01", "2019-12-01", "2020-01-01", "2023-12-01", "2024-01-01"]
LEDGERS = st.lists(
    st.fixed_dictionaries(
        {
            "learner_id": st.sampled_from([None, "L1", "L2", "L3"]),
            "school_id": st.sampled_from([None, "A", "B", "C"]),
            "month": st.sampled_from(MONTHS),
            "support_kind": st.sampled_from(
                ["transport", "personal_items", "learning_materials", "catering", "ngo_project"]
            ),
            "amount_cents": st.integers(-5000, 9000),
        }
    ),
    max_size=30,
)
EURO_CAPS = {"transport": Decimal(30), "catering": Decimal(70), "personal_items": Decimal(25)}


def _slowly(lines):
    """The same by hand: plain Python and Decimal euros, no table."""
    sums = {}
    for line in lines:
        month = line["month"]
        if month is None or line["learner_id"] is None or not "2017-03" <= month < "2024":
            continue
        if line["support_kind"] not in EURO_CAPS:
            continue
        half = (int(month[:4]) - (month[5:7] < "09"), month[5:7] < "09")
        period = half if line["support_kind"] == "personal_items" else month
        key = (line["learner_id"], line["support_kind"], period)
        sums[key] = sums.get(key, Decimal(0)) + Decimal(line["amount_cents"]) / 100
    return {key: max(Decimal(0), paid - EURO_CAPS[key[1]]) for key, paid in sums.items()}


@tried(25)
@given(lines=LEDGERS)
def test_a_slow_computation_in_decimals_agrees(records, lines):
    columns = ["learner_id", "school_id", "month", "support_kind", "amount_cents"]
    data = records(payments=pd.DataFrame(lines, columns=columns), schools=SCHOOLS)
    by_hand = _slowly(lines)

    whole = measures.cost_against_cap(data, by=()).frame.loc[0]

    assert whole["compared_count"] == len(by_hand)
    assert Decimal(int(whole["over_cap_cents"])) / 100 == sum(by_hand.values(), Decimal(0))
    assert len(measures.cap_breaches(data).frame) == sum(over > 0 for over in by_hand.values())


@tried(15)
@given(lines=LEDGERS)
def test_ledger_schools_municipalities_and_programme_agree_to_the_cent(records, lines):
    columns = ["learner_id", "school_id", "month", "support_kind", "amount_cents"]
    data = records(payments=pd.DataFrame(lines, columns=columns), schools=SCHOOLS)
    ledger = sum(line["amount_cents"] for line in lines)
    whole = measures.cost_against_cap(data, by="programme").frame.loc[0]

    groupings = [
        "school",
        "municipality",
        "semester",
        "month",
        "use_band",
        ("school", "support_kind"),
    ]
    for by in groupings:
        frame = measures.cost_against_cap(data, by=by).frame
        for column in caps.MONEY:
            assert frame[column].sum() == whole[column], (by, column)
    assert whole["paid_cents"] == ledger
    assert measures.cost_against_cap(data).frame["paid_cents"].sum() == ledger
    assert measures.cost_per_unit(data).frame["paid_cents"].sum() == ledger
    assert measures.budget_use(data).frame["paid_cents"].sum() == ledger


@tried(10)
@given(lines=LEDGERS, order=st.randoms())
def test_the_order_of_lines_does_not_matter(records, lines, order):
    columns = ["learner_id", "school_id", "month", "support_kind", "amount_cents"]
    shuffled = order.sample(lines, len(lines))

    first, second = (
        measures.cost_against_cap(records(payments=pd.DataFrame(rows, columns=columns))).frame
        for rows in (lines, shuffled)
    )

    numbers = ["paid_cents", "refund_cents", "over_cap_cents", "headroom_cents"]
    keys = ["learner_id", "support_kind", "period"]
    pd.testing.assert_frame_equal(
        *(
            frame.astype(dict.fromkeys(keys, "string"))
            .sort_values([*keys, *numbers])[[*keys, *numbers]]
            .reset_index(drop=True)
            for frame in (first, second)
        )
    )


def test_facts_are_the_same_from_every_engine(two_files):
    payments = two_files.payments.drop(columns=["plan_id", "is_refund"])
    plain = payments.astype(dict.fromkeys(("learner_id", "support_kind", "input_id"), "string"))
    keys = ["learner_id", "school_id", "support_kind", "month"]

    found = [
        learner_month(table).astype(dict.fromkeys((*keys, "semester"), "string")).sort_values(keys)
        for table in (duckdb.connect().from_df(payments), pl.from_pandas(plain).lazy())
    ]

    assert found[0].to_numpy().tolist() == found[1].to_numpy().tolist()
    assert found[0]["paid_cents"].sum() == payments["amount_cents"].sum()


def test_facts_are_kept_and_cannot_be_changed_from_outside(two_files):
    rows = facts.learner_month(two_files)
    rows["paid_cents"] = 0

    assert facts.learner_month(two_files)["paid_cents"].sum() == 15501


def test_unknown_breakdown_names_the_nearest(two_files):
    with pytest.raises(KeyError, match="nearest: cap_status"):
        measures.cost_against_cap(two_files, by="cap_statu")
