"""An extract for one municipality's coordinator: all of theirs, and nothing of anybody else."""

import json
import shutil

import duckdb
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import cli, pseudonyms, workspace
from pumpurs_analysis.app import page, pages, records
from pumpurs_analysis.app.state import Selection

OURS = "Tukuma novads"


@pytest.fixture(scope="module")
def whole(example_workspace):
    return pa.open_workspace(example_workspace)


@pytest.fixture(scope="module")
def folder(example_workspace, tmp_path_factory):
    """What the command saves."""
    out = tmp_path_factory.mktemp("extract") / "tukums"
    words = [
        "extract",
        str(out),
        "--municipality",
        OURS.lower(),
        "--workspace",
        str(example_workspace),
    ]
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--language", "lv"])
    assert ended.value.code == 0
    return out


@pytest.fixture(scope="module")
def extract(folder):
    return pa.open_workspace(folder)


@pytest.fixture(scope="module")
def places(whole):
    return dict(zip(whole.schools["school_id"], whole.schools["municipality_today"], strict=True))


def test_every_row_of_the_municipality_is_there_and_no_other(whole, extract, places):
    plan_place = dict(
        zip(whole.plans["plan_id"], whole.plans["school_id"].map(places), strict=True)
    )
    for name in ("plans", "payments", "consultations", "specialists", "enrolment"):
        place = whole.tables[name]["school_id"].map(places)
        assert len(extract.tables[name]) == (place == OURS).sum() > 0, name
        assert set(extract.tables[name]["school_id"].map(places)) == {OURS}, name
    for name in ("supports", "risks"):
        place = whole.tables[name]["plan_id"].map(plan_place)
        assert len(extract.tables[name]) == (place == OURS).sum() > 0, name
    assert set(extract.ngo_projects["municipality"]) == {OURS}
    assert len(extract.ngo_projects) == (whole.ngo_projects["municipality"] == OURS).sum()


def test_no_file_of_it_names_a_school_of_another_municipality(whole, folder, places, tmp_path):
    used = set(whole.plans["school_id"].dropna())
    others = {
        name
        for school, name in zip(whole.schools["school_id"], whole.schools["name"], strict=True)
        if school in used and places[school] != OURS
    }
    assert len(others) >= 20
    content = b"".join(file.read_bytes() for file in folder.iterdir()).decode("utf-8", "replace")
    (database,) = folder.glob("*.duckdb")
    copy = shutil.copy(database, tmp_path)
    with duckdb.connect(copy) as db:  # what it packs is unpacked
        for names in db.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            content += db.table(".".join(names)).df().to_csv()
    assert "Tukuma 2. vidusskola" in content
    assert [name for name in others if name in content] == []


def test_pseudonyms_cannot_be_laid_beside_those_of_the_whole(whole, extract):
    for table, column in (("plans", "learner_id"), ("specialists", "specialist_id")):
        ours, theirs = (set(data.tables[table][column].dropna()) for data in (extract, whole))
        assert ours
        assert ours.isdisjoint(theirs)
    place = whole.schools.set_index("school_id")["municipality_today"]
    known = whole.plans[whole.plans["school_id"].map(place) == OURS]
    assert extract.plans["learner_id"].nunique() == known["learner_id"].nunique()


def test_measures_of_it_are_those_of_the_whole_for_this_municipality(whole, extract):
    for measure, column in (("participation", "learner_count"), ("cost_against_cap", "paid_cents")):
        ask = getattr(pa.measures, measure)
        by_place = ask(whole, by="municipality_today").frame.set_index("municipality_today")
        (value,) = ask(extract, by="municipality_today").frame[column]
        assert value == by_place.loc[OURS, column]


def test_all_extracts_together_are_the_whole(whole, places):
    there = {places[school] for school in whole.plans["school_id"].dropna()}
    made = [workspace.extract(whole, name, key=pseudonyms.MADE_UP_KEY) for name in there]
    assert sum(len(each.plans) for each in made) == whole.plans["school_id"].notna().sum()
    paid = sum(int(each.payments["amount_cents"].sum()) for each in made)
    known = whole.payments["school_id"].notna()
    assert paid == int(whole.payments.loc[known, "amount_cents"].sum())


def test_the_owners_pages_over_it_show_nothing_of_others(whole, extract, places):
    others = {name for name in places.values() if isinstance(name, str)} - {OURS}
    used = {places[school] for school in whole.plans["school_id"].dropna()} & others
    release = pa.make_release(extract, audience="owner")
    for spec in (pages.ALL["overview"], pages.ALL["schools"], pages.ALL["costs"]):
        told = page.drawn(lambda chosen, spec=spec: records.build(spec, chosen, release),
                          Selection(language="lv"))  # fmt: skip
        filters = [part for part in told.parts if part["kind"] == "filters"]
        assert OURS in json.dumps(filters, ensure_ascii=False)
        # Tiles of a map name every municipality of the country; those that hold records do not.
        shown = [part for part in told.parts if part["kind"] in {"filters", "table", "tiles"}]
        text = json.dumps(shown, ensure_ascii=False)
        assert [name for name in used if name in text] == []


def test_a_municipality_without_plans_and_a_folder_in_use_are_refused(
    example_workspace, folder, tmp_path, capsys
):
    for out, name, said in (
        (tmp_path / "new", "Rīga", "Tukuma novads"),
        (tmp_path / "new", "Tukuma novadā", "Tukuma novads"),
        (folder, OURS, "pumpurs forget"),
    ):
        words = ["extract", str(out), "--municipality", name, "--workspace", str(example_workspace)]
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--language", "lv"])
        assert ended.value.code == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_of_a_file_with_a_sheet_of_another_nothing_else_is_told(records):
    mixed = records(
        schools="""
            school_id | name | municipality_today
            t | T skola | Tukuma novads
            j | J skola | Jelgava""",
        plans="""
            plan_id | school_id | learner_id | input_id
            P1 | t | L1 | both-1
            P2 | j | L2 | both-2
            P3 | t | L3 | own-1""",
        inputs="""
            input_id | file | sheet | row_count | accepted_count | set_aside_count | not_data_count
            both-1 | both.xlsx | T | 4 | 1 | 1 | 2
            both-2 | both.xlsx | J | 9 | 1 | 6 | 2
            own-1 | own.xlsx | T | 5 | 1 | 2 | 2""",
        rows_apart="""
            input_id | row | reason
            both-1 | 3 | title
            both-2 | 4 | title
            own-1 | 5 | title""",
        problems="""
            code | file | sheet | row | found | school
            amount_unread | both.xlsx | J | 4 | secret | J skola
            amount_unread | both.xlsx | T | 3 | whose |
            amount_unread | own.xlsx | T | 5 | ours | T skola
            amount_unread | own.xlsx | T | 6 | ours too |
            amount_unread | own.xlsx | T | 7 | not ours | J skola""",
    )
    made = workspace.extract(mixed, OURS, key=pseudonyms.MADE_UP_KEY)

    counts = ["row_count", "accepted_count", "set_aside_count", "not_data_count"]
    told = made.inputs.set_index("input_id")[counts]
    assert told.loc["both-1"].tolist() == [1, 1, 0, 0]
    assert told.loc["own-1"].tolist() == [5, 1, 2, 2]
    assert list(told.index) == ["both-1", "own-1"]
    assert made.rows_apart["input_id"].tolist() == ["own-1"]
    assert made.problems["found"].tolist() == ["ours", "ours too"]
