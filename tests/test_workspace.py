"""The workspace: what is saved comes back, what differs is said, keys and places are kept apart."""

import json
import os
import stat
import threading
from types import MappingProxyType

import duckdb
import pandas as pd
import pytest

from pumpurs_analysis import catalogue, pseudonyms, schema, storage, workspace
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.workspace import content, tables
from tests.comparing import same

pytestmark = pytest.mark.usefixtures("own_settings")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "workspace"


def test_what_is_saved_comes_back(delivery, folder):
    data = delivery("A", "B")

    workspace.save(data, folder)
    opened = workspace.open_workspace(folder)

    assert list(opened.tables) == list(data.tables)
    for name in data.tables:
        same(getattr(opened, name), getattr(data, name))
    assert repr(opened) == repr(data)


def test_long_lists_of_words_come_back_too(records, folder, monkeypatch):
    monkeypatch.setattr(tables, "_LONGEST_TYPE", 2)
    monkeypatch.setattr(tables, "_PART", 3)
    payments = pd.DataFrame({
        "plan_id": ["c", None, "a", "b", "a", "c", "b"],
        "school_id": ["S2", "S1", "S1", None, "S1", "S2", "S3"],
        "amount_cents": [1, 2, None, 4, 5, -6, 7],
        "is_refund": [False, None, False, False, None, True, False],
    })  # fmt: skip
    data = records(payments=payments)

    workspace.save(data, folder)
    opened = workspace.open_workspace(folder)

    same(opened.payments, data.payments)
    same(opened.select("payments", "plan_id"), data.select("payments", "plan_id"))
    query = "plan_id, sum(amount_cents)"
    stored, given = (
        sorted(map(str, each.native("payments").aggregate(query).fetchall()))
        for each in (opened, data)
    )
    assert stored == given


def test_rows_are_stored_by_school_and_month(records, folder):
    payments = """
        school_id | month      | amount_cents
        B         | 2019-10-01 | 1
        A         | 2019-11-01 | 2
        A         | 2019-10-01 | 3
    """

    workspace.save(records(payments=payments), folder)

    assert list(workspace.open_workspace(folder).payments["amount_cents"]) == [3, 2, 1]


def test_only_what_is_asked_for_is_read(delivery, folder, monkeypatch):
    workspace.save(delivery("A"), folder)
    opened = workspace.open_workspace(folder)
    read = []
    one = tables.Stored._column
    monkeypatch.setattr(
        tables.Stored, "_column", lambda *given: read.append(given[1:3]) or one(*given)
    )

    repr(opened)
    opened.select("payments", "amount_cents")

    assert read == [("tables.payments", "amount_cents")]


def test_relations_of_one_workspace_join(delivery, folder):
    workspace.save(delivery("A"), folder)
    opened = workspace.open_workspace(folder)
    plans = opened.native("plans", "plan_id", "grade")

    joined = opened.native("payments", "plan_id", "amount_cents").join(plans, "plan_id")

    assert joined.aggregate("count(*)").fetchall() == [(20,)]


def test_a_workspace_can_be_asked_from_several_threads(delivery, folder):
    workspace.save(delivery("A"), folder)
    opened = workspace.open_workspace(folder)
    counts = []
    ask = lambda: counts.append(opened.native("payments").aggregate("count(*)").fetchall())  # noqa: E731  (one line)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [[(20,)]] * 4


def test_reductions_are_stored_with_the_tables(delivery, folder):
    month = pd.DataFrame({"learner_id": pd.Categorical(["L1", "L2"]), "paid_cents": [1, 2]})

    workspace.save(delivery("A"), folder, reductions={"learner_month": month})
    opened = workspace.open_workspace(folder)

    pd.testing.assert_frame_equal(opened.reduction("learner_month"), month)
    assert opened.reduction("plan_support") is None
    assert "learner_month" not in opened.tables


def test_the_manifest_says_what_was_loaded(delivery, folder):
    data = delivery("A")

    workspace.save(data, folder, extract_date=pd.Timestamp("2023-01-31").date())
    told = workspace.manifest(folder)

    assert told["tables"]["payments"]["row_count"] == 20
    assert told["inputs"][0]["file"] == "A.xlsx"
    assert (told["extract_date"], told["is_made_up"]) == ("2023-01-31", False)
    assert told["versions"]["duckdb"] == duckdb.__version__


def test_files_of_a_workspace_are_their_owners_alone(delivery, folder):
    workspace.save(delivery("A"), folder)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {modes[name] for name in ("manifest.json", "records-000001.duckdb")} == {0o600}


def test_the_same_rows_have_the_same_hash_in_any_order(delivery):
    payments = delivery("A", "B").payments
    shuffled = payments.sample(frac=1, random_state=1).reset_index(drop=True)
    shuffled["plan_id"] = shuffled["plan_id"].cat.set_categories(
        shuffled["plan_id"].cat.categories[::-1]
    )

    assert content.content_hash(payments) == content.content_hash(shuffled)
    assert content.content_hash(payments) != content.content_hash(payments.iloc[1:])


def test_two_workspaces_of_one_delivery_have_one_content_hash(delivery, tmp_path):
    workspace.save(delivery("A", learner="one key "), tmp_path / "a")
    workspace.save(delivery("A", learner="other key "), tmp_path / "b")

    one, other = (workspace.manifest(tmp_path / name) for name in "ab")

    assert one["content_hash"] == other["content_hash"]


def test_learners_told_apart_otherwise_are_other_content(delivery):
    plans = delivery("A").plans
    merged = plans.assign(learner_id=pd.Categorical(["one"] * len(plans)))

    assert content.content_hash(plans) != content.content_hash(merged)


@pytest.mark.parametrize("column", ["plan_id", "amount_cents", "month", "is_refund"])
def test_a_missing_value_is_not_a_zero(column, records):
    full = {"plan_id": ["a"], "amount_cents": [0], "month": ["1970-01-01"], "is_refund": [False]}
    with_all, without = (
        content.content_hash(records(payments=pd.DataFrame(columns)).payments)
        for columns in (full, full | {column: [None]})
    )

    assert with_all != without


def test_a_second_load_says_what_was_added_changed_and_removed(delivery):
    old = delivery("A", "B")
    new = delivery("A", "C")
    mended = new.plans.assign(grade=new.plans["grade"].where(new.plans["plan_id"] != "A-0", 8))
    new = Dataset(MappingProxyType({**new.tables, "plans": mended}), evidence="records")

    frame = workspace.changes(old, new)

    plans = frame[frame["table"] == "plans"].drop(columns="table")
    assert plans.to_numpy().tolist() == [
        ["A.xlsx", "A. skola", 10, 0, 1, 0],
        ["B.xlsx", "B. skola", 10, 0, 0, 10],
        ["C.xlsx", "C. skola", 0, 10, 0, 0],
    ]
    assert tuple(frame.columns) == content.COLUMNS


def test_columns_in_the_docstring_are_the_frames_columns():
    for column in content.COLUMNS:
        assert f"{column}: " in workspace.changes.__doc__


def test_payments_under_one_key_are_compared_as_a_set(records):
    lines = "plan_id | amount_cents\n"
    old = records(payments=lines + "P1 | 100\nP1 | 100\nP1 | 200")
    new = records(payments=lines + "P1 | 200\nP1 | 100\nP1 | 300")

    frame = workspace.changes(old, new)

    assert frame[["added_count", "changed_count", "removed_count"]].to_numpy().tolist() == [
        [0, 1, 0]
    ]


def test_comparing_in_parts_finds_the_same(delivery, monkeypatch):
    old, new = delivery("A", "B"), delivery("B", "C", cents=1010)
    whole = workspace.changes(old, new)

    monkeypatch.setattr(content, "_COMPARED", 7)

    pd.testing.assert_frame_equal(workspace.changes(old, new), whole)


def test_a_row_that_moved_within_its_file_has_not_changed(delivery):
    old = delivery("A")
    moved = old.payments.assign(row=old.payments["row"] + 3)
    new = Dataset(MappingProxyType({**old.tables, "payments": moved}), evidence="records")

    assert workspace.changes(old, new).empty


def test_a_large_change_stops_until_acknowledged(delivery, folder):
    schools = [f"S{number}" for number in range(4)]
    workspace.save(delivery(*schools), folder)

    with pytest.raises(workspace.LargeChange) as stopped:
        workspace.save(delivery(*schools[:2]), folder)

    assert len(workspace.open_workspace(folder).plans) == 40
    assert stopped.value.report("en") == (
        "The new load differs a great deal from the former one, so nothing was saved. The former "
        "workspace is untouched.\n"
        "- Payments: rows before 80; added: 0, changed: 0, gone: 40\n"
        "- Plans: rows before 40; added: 0, changed: 0, gone: 20\n"
        "Check that no file is missing. If all is right, acknowledge the change and load again."
    )
    assert "Maksājumi: iepriekš rindu skaits 80" in stopped.value.report("lv")
    found = workspace.save(delivery(*schools[:2]), folder, acknowledged=True)
    assert found.sentence("en").endswith("added: 0, changed: 0, gone: 60.")
    assert len(workspace.open_workspace(folder).plans) == 20


def test_a_school_that_is_missing_stops_though_the_whole_changed_little(delivery, folder):
    schools = [f"S{number:02}" for number in range(20)]
    workspace.save(delivery(*schools), folder)

    with pytest.raises(workspace.LargeChange, match=r"Plans, S19\. skola: rows before 10"):
        workspace.save(delivery(*schools[:-1]), folder)


def test_a_new_semester_is_no_large_change(delivery, folder):
    workspace.save(delivery("A"), folder)

    found = workspace.save(delivery("A", "B"), folder)

    assert found.large.empty
    assert found.frame["added_count"].sum() == 30


def test_each_workspace_has_a_key_of_its_own_outside_it(folder, tmp_path):
    key = pseudonyms.key_for(folder)

    assert len(key) == 32
    assert pseudonyms.key_for(folder) == key != pseudonyms.key_for(tmp_path / "other")
    assert key not in b"".join(path.read_bytes() for path in folder.iterdir())
    kept = storage.own_folder("keys")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.glob("*.key")} == {0o600}


def test_a_workspace_that_was_moved_keeps_its_key(folder, tmp_path):
    key = pseudonyms.key_for(folder)

    moved = folder.rename(tmp_path / "moved")

    assert pseudonyms.key_for(moved) == key


def test_a_save_keeps_the_id_that_the_key_was_made_for(delivery, folder):
    key = pseudonyms.key_for(folder)

    workspace.save(delivery("A"), folder)

    assert pseudonyms.key_for(folder) == key


def test_forgetting_removes_workspace_and_key_and_nothing_else(delivery, folder):
    key = pseudonyms.key_for(folder)
    workspace.save(delivery("A"), folder)
    workspace.remember(folder)
    (folder / "mine.txt").write_text("stays")
    (folder / workspace.LEDGER).write_text("{}")

    workspace.forget(folder)

    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert not list(storage.own_folder("keys").glob("*.key"))
    assert workspace.last_loaded() is None
    assert pseudonyms.key_for(folder) != key


def test_forgetting_leaves_no_empty_folder(delivery, folder):
    workspace.save(delivery("A"), folder)

    workspace.forget(folder)

    assert not folder.exists()
    with pytest.raises(workspace.WorkspaceError, match="There is no workspace"):
        workspace.forget(folder)


def test_the_workspace_to_open_is_named_or_set_or_the_last(delivery, folder, tmp_path, monkeypatch):
    assert workspace.which() is None
    workspace.save(delivery("A"), folder)
    workspace.remember(folder)
    assert workspace.which() == folder.resolve()

    monkeypatch.setenv("PUMPURS_WORKSPACE", str(tmp_path / "set"))

    assert workspace.which() == tmp_path / "set"
    assert workspace.which(tmp_path / "named") == tmp_path / "named"


def test_strays_are_swept_after_an_hour(tmp_path):
    old, fresh = tmp_path / ".pumpurs-old", tmp_path / ".pumpurs-fresh"
    for stray in (old, fresh):
        stray.write_text("half")
    os.utime(old, (0, 0))

    with storage.replacing(tmp_path / "a.txt") as out:
        out.write(b"whole")

    assert sorted(path.name for path in tmp_path.iterdir()) == [".pumpurs-fresh", "a.txt"]


def test_keys_name_columns_that_their_tables_have():
    settings = catalogue.entries("workspace")
    for table, key in settings["keys"].items():
        assert set(key) <= set(schema.columns(table)), table
        assert f"workspace.table.{table}" in catalogue.entries("texts")


def test_a_manifest_is_readable_text(delivery, folder):
    workspace.save(delivery("A"), folder)

    assert json.loads((folder / "manifest.json").read_text("utf-8"))["workspace_id"]


def test_tables_opened_later_are_the_same(delivery, tmp_path):
    workspace.save(delivery("A"), tmp_path)
    later = workspace.open_workspace(tmp_path, at_once=False)

    pd.testing.assert_frame_equal(later.plans, workspace.open_workspace(tmp_path).plans)


def test_tables_opened_too_late_are_said_to_be_gone(delivery, tmp_path):
    workspace.save(delivery("A"), tmp_path)
    never = workspace.open_workspace(tmp_path, at_once=False)

    workspace.save(delivery("A", "B"), tmp_path)

    with pytest.raises(workspace.WorkspaceError):
        never.plans  # noqa: B018  (asking is what fails)
