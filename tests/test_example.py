"""The made-up delivery: its margins, its rules, its marks, its dirt."""

import csv
import re
import subprocess
from datetime import date

import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest

from pumpurs_analysis import catalogue, example, loading, schema
from pumpurs_analysis.example import dirt, files, forms
from pumpurs_analysis.rules import rules_on

OTHERS = ["file_empty", "file_cut_off", "total_differs", "formula_not_calculated"]
MARK = "IZDOMĀTI DATI – MADE-UP DATA"


@pytest.fixture(scope="module")
def truth():
    return example.tables()


@pytest.fixture(scope="module")
def counted(truth):
    plans = truth["plans"]
    return plans.loc[plans["status"] != "inactive"]


def of_year(plans, year):
    return plans.loc[plans["semester"].astype(str).str.startswith(year)]


def test_tables_are_as_the_catalogue_declares_them(truth):
    for name, frame in truth.items():
        assert list(frame.columns) == schema.columns(name)
        pd.testing.assert_frame_equal(schema.conform(name, frame), frame)


def test_there_are_as_many_counted_plans_as_asked_for(counted):
    assert len(counted) == 1500


def test_tukums_has_the_learners_schools_and_specialists_its_page_states(truth, counted):
    here = of_year(counted.loc[counted["municipality"] == "Tukuma novads"], "2022/2023")
    talks = truth["consultations"]
    staff = of_year(truth["specialists"], "2022/2023")
    staff = staff.loc[staff["school_id"].isin(here["school_id"])]

    assert talks.loc[talks["plan_id"].isin(here["plan_id"]), "learner_id"].nunique() == 284
    assert here["school_id"].nunique() == 14
    assert staff["specialist_id"].nunique() == 106
    assert set(staff["specialist_kind"]) == {"teacher", "social_pedagogue", "psychologist"}


def test_tukums_caters_at_two_schools_and_lodges_at_one(truth, counted):
    here = of_year(counted.loc[counted["municipality"] == "Tukuma novads"], "2022/2023")
    supports = truth["supports"].astype(object).merge(here.astype(object), on="plan_id")
    schools = supports.groupby("support_kind")["school_id"].agg(set)

    assert schools["catering"] == {
        "kandavas-karla-milenbaha-vidusskola",
        "kandavas-regionala-pamatskola",
    }
    assert schools["lodging"] == {"kandavas-regionala-pamatskola"}


def test_madona_has_286_plans_of_181_learners(counted):
    here = of_year(counted.loc[counted["municipality"] == "Madonas novads"], "2020/2021")

    assert (len(here), here["learner_id"].nunique()) == (286, 181)
    assert here["semester"].astype(str).value_counts().to_dict() == {
        "2020/2021-1": 145,
        "2020/2021-2": 141,
    }


def test_liepaja_has_what_its_page_states(truth, counted):
    here = counted.loc[counted["school_id"] == "liepajas-raina-6-vidusskola"]
    autumn = here.loc[here["semester"] == "2019/2020-1", "status"].astype(str)
    spring = here.loc[here["semester"] == "2018/2019-2", "plan_id"]
    supports = truth["supports"]
    kinds = supports.loc[supports["plan_id"].isin(spring), "support_kind"].astype(str)
    staff = truth["specialists"].loc[
        lambda frame: (
            frame["school_id"].eq("liepajas-raina-6-vidusskola")
            & frame["specialist_kind"].eq("teacher")
        )
    ]

    assert here["semester"].astype(str).value_counts()[["2018/2019-1", "2018/2019-2"]].tolist() == [
        28,
        64,
    ]
    assert autumn.value_counts().to_dict() == {"approved": 73, "in_coordination": 19}
    assert (kinds.eq("catering").sum(), kinds.eq("transport").sum()) == (30, 3)
    assert staff["semester"].astype(str).value_counts()[
        ["2018/2019-1", "2018/2019-2", "2019/2020-1"]
    ].tolist() == [25, 28, 26]


def test_risks_follow_the_shares_of_2019_20(truth, counted):
    shares = truth["risks"]["risk_category"].value_counts(normalize=True)

    assert len(truth["risks"]) / len(counted) == pytest.approx(1.20, abs=0.01)
    for category, share in {
        "learning": 0.715,
        "economic": 0.225,
        "family": 0.04,
        "social_health": 0.02,
    }.items():
        assert shares[category] == pytest.approx(share, abs=0.005)


def test_subjects_asked_for_most_are_mathematics_latvian_and_languages(truth):
    subjects = truth["consultations"]["subject"].value_counts()

    assert list(subjects.index[:3]) == ["Matemātika", "Latviešu valoda", "Angļu valoda"]


def test_no_payment_is_over_its_cap_and_every_one_lies_in_its_semester(truth):
    plans = truth["plans"].astype(object).set_index("plan_id")
    payments = truth["payments"].astype(object)
    paid = payments.groupby(["plan_id", "support_kind", "month"], as_index=False)[
        "amount_cents"
    ].sum()
    for kind, month, cents in paid[["support_kind", "month", "amount_cents"]].itertuples(
        index=False
    ):
        cap = rules_on(month.date())[kind].value_eur
        assert 0 <= cents <= (cap or 90) * 100
    semester = payments["plan_id"].map(plans["semester"])
    month = pd.to_datetime(payments["month"])
    first = month.dt.year - (month.dt.month < 9)
    half = (month.dt.month < 9).map({True: "2", False: "1"})
    assert (first.astype(str) + "/" + (first + 1).astype(str) + "-" + half == semester).all()


def test_nothing_is_planned_that_the_rules_forbid(truth):
    plans = truth["plans"].astype(object)
    supports = truth["supports"].astype(object).merge(plans, on="plan_id")
    items = supports.loc[supports["support_kind"] == "personal_items"]
    meals = supports.loc[supports["support_kind"] == "catering"]
    books = supports.loc[supports["support_kind"] == "learning_materials"]

    assert items["is_low_income"].all()
    assert not meals["is_catering_by_municipality"].any()
    assert (books["programme_kind"] == "vocational").all()
    young = plans.loc[(plans["grade"] < 5) & (plans["programme_kind"] != "vocational")]
    assert (young["semester"] >= "2021/2022-1").all()


def test_no_consultation_takes_place_while_the_programme_was_suspended(truth):
    talks = truth["consultations"]
    spring = talks["date"].between(pd.Timestamp(2020, 3, 13), pd.Timestamp(2020, 8, 31))

    assert (
        not talks.loc[spring, "date"]
        .between(pd.Timestamp(2020, 3, 13), pd.Timestamp(2020, 3, 22))
        .any()
    )
    assert talks.loc[spring, "is_remote"].all()


def test_deleted_plans_have_neither_support_nor_risk_nor_money(truth):
    plans = truth["plans"]
    deleted = plans.loc[plans["status"] == "inactive", "plan_id"]

    assert len(deleted) > 10
    for name in ("supports", "risks", "payments", "consultations"):
        assert not truth[name]["plan_id"].isin(deleted).any()


def test_ngo_projects_get_exactly_the_fixed_sum(truth):
    assert set(truth["ngo_projects"]["amount_cents"]) == {460_000}


def test_more_learners_are_enrolled_than_have_a_plan(truth, counted):
    plans = counted.astype(object).assign(school_year=counted["semester"].astype(str).str[:9])
    having = plans.groupby(["school_id", "school_year"])["learner_id"].nunique()
    enrolled = truth["enrolment"].groupby(["school_id", "school_year"])["learner_count"].sum()

    assert (enrolled.reindex(having.index) > having).all()
    assert set(truth["enrolment"]["source"]) == {"izdomāti dati"}


def test_the_same_seed_gives_the_same_and_another_seed_another():
    one, two = (example.tables(plans=200, seed=seed)["payments"] for seed in (1, 2))
    example.truth.tables_for.cache_clear()
    again = example.tables(plans=200, seed=1)["payments"]

    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(two)


def test_a_municipality_without_schools_is_refused():
    with pytest.raises(ValueError, match="no school in: Nekurienes novads"):
        example.tables(municipalities=["Nekurienes novads"])


def test_as_many_lines_come_as_were_asked_for():
    made = example.tables(plans=200, lines=6000)

    assert len(made["payments"]) + len(made["consultations"]) == pytest.approx(6000, rel=0.15)


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dirty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dirty")
    return example.write(folder, plans=300)


def first_rows(path):
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        found = [next(sheet.iter_rows(max_row=1, values_only=True))[0] for sheet in book]
        book.close()
        return found
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1257")
    return [next(csv.reader([text.splitlines()[0]], delimiter=";"))[0].strip('"')]


def test_every_file_and_sheet_says_that_it_is_made_up(dirty):
    for path in dirty:
        assert path.name.startswith("IZDOMATI_DATI")
        if path.stat().st_size:
            assert set(first_rows(path)) == {MARK}, path.name


def test_properties_of_workbooks_say_it_too(dirty):
    path = next(path for path in dirty if path.suffix == ".xlsx")

    assert openpyxl.load_workbook(path).properties.subject == MARK


def test_no_name_of_a_learner_is_written(dirty):
    heads = {
        heading.casefold() for heading in catalogue.entries("headings")["learner_name"]["written"]
    }
    for path in (path for path in dirty if path.suffix == ".xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet in book:
            for row in sheet.iter_rows(max_row=8, values_only=True):
                assert not heads & {str(cell).casefold() for cell in row}
        book.close()


def test_every_kind_of_defect_is_planted_once():
    planted = example.planted(plans=300)
    wanted = [defect.code for defect in dirt.DEFECTS + dirt.OF_MUNICIPALITY]

    assert sorted(planted["code"]) == sorted([*wanted, *OTHERS])
    assert set(planted["code"]) - {"over_cap"} <= set(catalogue.entries("problems"))


def test_a_planted_row_stands_where_it_is_said_to_stand(dirty):
    planted = example.planted(plans=300).set_index("code")
    place = planted.loc["money_unread"]
    path = next(path for path in dirty if path.name == place["file"])
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path)[place["sheet"]]
        cells = [cell.value for cell in sheet[place["row"]]]
    else:
        raw = path.read_bytes()
        encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1257"
        cells = raw.decode(encoding).splitlines()[place["row"] - 1]

    assert any("samaksāts" in str(cell) for cell in [cells, *cells])


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="No format docx; there are xlsx"):
        example.write(tmp_path, formats=["docx"])


def test_csv_and_parquet_of_a_delivery_hold_the_same(tmp_path):
    made = example.write(
        tmp_path, plans=80, dirt=False, formats=["csv", "parquet"], municipalities=["Jelgava"]
    )
    for path in (path for path in made if path.suffix == ".csv"):
        lines = path.read_text("utf-8-sig").splitlines()
        table = pyarrow.parquet.read_table(path.with_suffix(".parquet"))

        assert lines[0] == MARK
        head, *rows = csv.reader(lines[1:], delimiter=";")
        assert head == table.column_names
        assert rows == [[cell or "" for cell in row.values()] for row in table.to_pylist()]
        assert table.schema.metadata[b"title"].decode() == MARK


def test_an_orderly_delivery_loads_without_a_problem_and_as_it_was_made(tmp_path):
    choices = {"plans": 120, "municipalities": ["Tukuma novads", "Liepāja"]}
    example.write(tmp_path, dirt=False, **choices)

    checked = loading.check([tmp_path])

    assert checked.problems.empty
    assert checked.dataset.is_made_up
    wanted = example.tables(**choices)
    for name, frame in wanted.items():
        assert len(getattr(checked.dataset, name)) == len(frame), name
    keys = ["plan_id", "support_kind", "month", "amount_cents", "is_refund", "school_id"]
    found = checked.dataset.payments[keys].astype(object).sort_values(keys, ignore_index=True)
    made = wanted["payments"][keys].astype(object).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, made)
    assert checked.dataset.plans["learner_id"].nunique() == wanted["plans"]["learner_id"].nunique()


def test_a_dirty_delivery_holds_the_truth_and_every_problem_is_planted(tmp_path):
    choices = {"plans": 150, "municipalities": ["Tukuma novads", "Gulbenes novads"]}
    example.write(tmp_path, **choices)
    wanted = example.tables(**choices)
    planted = example.planted(**choices).astype({"row": object})

    checked = loading.check([tmp_path])

    found = checked.dataset.payments.astype(object)
    keys = ["plan_id", "support_kind", "month", "amount_cents", "school_id"]
    true = wanted["payments"][keys].astype(object).apply(tuple, axis=1)
    assert set(true) <= set(found[keys].apply(tuple, axis=1))
    for name, frame in wanted.items():
        extra = len(getattr(checked.dataset, name)) - len(frame)
        assert 0 <= extra <= 8, name
    places = set(planted[["file", "row"]].apply(tuple, axis=1))
    errors = checked.problems.query("severity == 'error'").astype(object)
    assert [
        place
        for place in errors[["file", "row"]].apply(tuple, axis=1)
        if place not in places and place[1] == place[1]
    ] == []


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        (forms.Style(days=("%d.%m.%Y.",)), "05.10.2022."),
        (forms.Style(days=("serial",)), 44839),
        (forms.Style(days=("date",)), date(2022, 10, 5)),
    ],
)
def test_a_day_is_written_in_the_style_of_the_school(style, wanted):
    assert forms.cell("date", pd.Timestamp(2022, 10, 5), style) == wanted


def test_a_personal_code_is_nobodys():
    assert re.fullmatch(r"32\d{4}-\d{5}", forms.personal(123))
    assert len({forms.personal(number) for number in range(1000)}) == 1000


def test_libreoffice_is_asked_to_save_and_its_file_replaces_ours(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x")

    def saved(command, **_):
        folder = command[command.index("--outdir") + 1]
        (tmp_path.__class__(folder) / "a.ods").write_bytes(b"y")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(files.shutil, "which", lambda _: "soffice")
    monkeypatch.setattr(files.subprocess, "run", saved)

    assert files.resaved(path, "ods").read_bytes() == b"y"
    assert not path.exists()


def test_without_libreoffice_a_workbook_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(files.shutil, "which", lambda _: None)

    assert files.resaved(tmp_path / "a.xlsx", "ods") == tmp_path / "a.xlsx"
