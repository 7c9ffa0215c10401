"""An extract for one municipality's coordinator: all of theirs, and nothing of anybody else."""

import json
import shutil
from datetime import date

import duckdb
import pandas as pd
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import cli, facts, pseudonyms, releases, workspace
from pumpurs_analysis.app import page, pages, records
from pumpurs_analysis.app.places import refusal
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.disclosure import Ledger

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


def test_what_its_schools_paid_for_a_plan_nobody_delivered_is_in_its_ledger(records):
    """So that what was paid is the same in the whole and in the extract."""
    whole = records(
        schools="""
            school_id | municipality_today
            t | Tukuma novads
            j | Jelgava""",
        plans="""
            plan_id | school_id
            P1 | t
            P2 | j""",
        payments="""
            plan_id | school_id | amount_cents
            P1 | t | 100
            P9 | t | 20
            P2 | t | 3""",
    )
    made = workspace.extract(whole, OURS, key=pseudonyms.MADE_UP_KEY)

    assert made.payments["amount_cents"].tolist() == [100, 20]


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
    sums = pd.array(["aa", "aa", "bb"], dtype="string")
    tables = {**mixed.tables, "inputs": mixed.inputs.assign(sha256=sums)}
    made = workspace.extract(Dataset(tables, "records"), OURS, key=pseudonyms.MADE_UP_KEY)

    counts = ["row_count", "accepted_count", "set_aside_count", "not_data_count"]
    told = made.inputs.set_index("input_id")[counts]
    assert told.loc["both-1"].tolist() == [1, 1, 0, 0]
    assert told.loc["own-1"].tolist() == [5, 1, 2, 2]
    assert list(told.index) == ["both-1", "own-1"]
    assert made.rows_apart["input_id"].tolist() == ["own-1"]
    assert made.problems["found"].tolist() == ["ours", "ours too"]
    assert made.inputs["sha256"].fillna("").tolist() == ["", "bb"]  # it confirms a guess at others


STEPS = [
    [
        ("participation", (), {}),
        ("participation", ("semester",), {}),
        ("participation", ("municipality_today",), {}),
        ("support_uptake", (), {}),
        ("support_uptake", ("municipality_today",), {}),
    ]
]


@pytest.fixture
def made(example_records, tmp_path, monkeypatch):
    """A maker of an extract by the command; it gives the whole and the extract.

    The public release has a few figures: what is to be seen shows in them.
    """
    monkeypatch.setattr("pumpurs_analysis.releases.release._steps", lambda: STEPS)

    whole = tmp_path / "whole"
    workspace.save(example_records, whole, reductions=facts.reductions(example_records))

    def extracted(*words) -> tuple[pa.Dataset, pa.Dataset]:
        asked = ["extract", str(tmp_path / "part"), "--municipality", OURS, *words]
        with pytest.raises(SystemExit) as ended:
            cli.main([*asked, "--workspace", str(whole), "--language", "en"])
        assert ended.value.code == 0
        return pa.open_workspace(whole), pa.open_workspace(tmp_path / "part")

    return extracted


def released(folder, out, capsys, *command):
    """Run a command that would let something leave a workspace."""
    words = [*(command or ["publish"]), "--workspace", str(folder), "--out", str(out)]
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--language", "en"])
    return ended.value.code, capsys.readouterr().err


def test_an_extract_protected_by_itself_gives_small_numbers_away_beside_the_whole(
    made, monkeypatch
):
    """Why only what was held against the whole may leave: each hides other cells."""
    more = [("risk_mix", by, {}) for by in ((), ("municipality_today",), ("school_year",))]
    monkeypatch.setattr("pumpurs_analysis.releases.release._steps", lambda: [STEPS[0] + more])
    whole, part = made()
    ledger = Ledger(None)
    ledger.keep([*pa.make_release(whole).figures.values()], name="whole", on=date(2022, 10, 1))

    found = ledger.found(*releases.release.protected(part, 5).figures.values())

    assert len(found)


@pytest.mark.parametrize("words", [["publish"], ["slides"], ["case-study", OURS]])
def test_nothing_leaves_an_extract_that_the_whole_does_not_know(words, made, tmp_path, capsys):
    _, part = made()
    assert "Nothing can be published" in capsys.readouterr().out

    code, said = released(part.tables.folder, tmp_path / "out", capsys, *words)

    assert code == 2
    assert f"This workspace is an extract ({OURS})" in said
    assert "--may-publish" in said
    assert not (tmp_path / "out").exists()
    assert OURS in refusal(pa.make_release(part), "slides", "lv")


def test_what_an_extract_may_publish_is_safe_beside_the_whole(made, tmp_path, capsys):
    whole, part = made("--may-publish")
    said = capsys.readouterr().out
    ledger = Ledger.of_workspace(whole.tables.folder)
    entrusted = pa.make_release(part)

    assert f"{len(entrusted.figures)} tables of this extract may be published" in said
    assert [each.name for each in ledger.releases] == [f"extract: {OURS}"] * 2  # the whole's first
    assert ledger.holds(*entrusted.figures.values())
    assert released(part.tables.folder, tmp_path / "out", capsys)[0] == 0
    assert OURS in (tmp_path / "part" / "releases.json").read_text("utf-8")
    # As it is made again after an update of the program:
    again = releases.release.protected(part, 5, ledger=Ledger.of_workspace(part.tables.folder))
    assert Ledger.of_workspace(part.tables.folder).holds(*again.figures.values())
    ledger.releases.pop()
    assert ledger.found(*again.figures.values()).empty


def test_a_load_into_the_folder_of_an_extract_leaves_it_one(
    made, example_records, capsys, tmp_path
):
    _, part = made()
    workspace.save(example_records, part.tables.folder, acknowledged=True)

    assert released(part.tables.folder, tmp_path / "out", capsys)[0] == 2
