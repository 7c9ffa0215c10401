"""A workspace swapped, killed, locked, full or damaged: the former one stays, and why is said."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis import pseudonyms, storage, workspace

CHILD = """
import sys
import pandas as pd
from types import MappingProxyType
from pumpurs_analysis import schema, workspace
from pumpurs_analysis.dataset import Dataset
payments = pd.DataFrame({"plan_id": ["P1"] * 20_000, "amount_cents": range(20_000)})
given = dict.fromkeys(("plans", "inputs", "schools", "problems"), pd.DataFrame())
given["payments"] = payments
made = {name: schema.conform(name, frame) for name, frame in given.items()}
data = Dataset(MappingProxyType(made), evidence="records")
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    workspace.save(data, sys.argv[1], acknowledged=True)
"""  # fmt: skip
pytestmark = pytest.mark.usefixtures("own_settings")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "workspace"


def test_a_reader_keeps_what_it_opened_while_a_load_swaps(delivery, folder):
    workspace.save(delivery("A"), folder)
    reader = workspace.open_workspace(folder)

    workspace.save(delivery("A", "B"), folder)

    assert len(reader.payments) == 20
    assert len(workspace.open_workspace(folder).payments) == 40
    assert [path.name for path in folder.glob("*.duckdb")] == ["records-000002.duckdb"]


def test_a_file_swept_between_two_looks_is_looked_for_again(delivery, folder, monkeypatch):
    workspace.save(delivery("A"), folder)
    told = [{**workspace.manifest(folder), "database": "gone"}, workspace.manifest(folder)]
    monkeypatch.setattr(workspace, "manifest", lambda _: told.pop(0))

    assert len(workspace.open_workspace(folder).plans) == 10


def start(folder, times):
    command = [sys.executable, "-c", CHILD, str(folder), str(times)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    return child


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_load_killed_at_any_moment_leaves_a_whole_workspace(delivery, folder):
    workspace.save(delivery("A"), folder)
    for moment in np.linspace(0, 0.4, 8):
        child = start(folder, 1000)
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
        child.communicate()

        opened = workspace.open_workspace(folder)

        assert len(opened.payments) in {20, 20_000}
        assert len(opened.plans) in {0, 10}

    workspace.save(delivery("A"), folder, acknowledged=True)
    assert sorted(path.name for path in folder.iterdir())[:2] == [".pumpurs.lock", "manifest.json"]
    assert len(list(folder.iterdir())) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="limits are set by the shell")
def test_a_full_disk_leaves_the_former_workspace_whole(delivery, folder):
    workspace.save(delivery("A"), folder)
    limited = f"""
import resource, signal
from pumpurs_analysis import errors
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    exec({CHILD!r})
except errors.InputError as problem:
    print(problem.report("en"))
"""
    command = [sys.executable, "-c", limited, str(folder), "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "The workspace cannot be saved" in done.stdout, done.stderr
    assert done.returncode == 0
    assert len(workspace.open_workspace(folder).plans) == 10
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("where", ["write", "settle", "manifest"])
def test_a_failing_save_leaves_nothing_behind(delivery, folder, monkeypatch, where):
    workspace.save(delivery("A"), folder)
    before = sorted(path.name for path in folder.iterdir())

    def full(*_):
        raise OSError(28, "No space left on device")

    place = {
        "write": (workspace, "write"),
        "settle": (storage, "settle"),
        "manifest": (pseudonyms, "write_manifest"),
    }
    monkeypatch.setattr(*place[where], full)
    with pytest.raises(workspace.WorkspaceError, match="No space left on device"):
        workspace.save(delivery("A", "B"), folder)

    assert sorted(path.name for path in folder.iterdir()) == before
    assert len(workspace.open_workspace(folder).plans) == 10


def test_the_second_of_two_saves_at_once_waits(delivery, folder):
    child = start(folder, 1)

    workspace.save(delivery("A"), folder, acknowledged=True)

    child.communicate()
    assert child.returncode == 0
    assert workspace.manifest(folder)["generation"] == 2


def test_a_save_that_waits_too_long_says_who_is_writing(delivery, folder, monkeypatch):
    workspace.save(delivery("A"), folder)
    locked = storage.locked
    monkeypatch.setattr(storage, "locked", lambda place: locked(place, wait_seconds=0.1))

    with storage.locked(folder), pytest.raises(workspace.WorkspaceError) as refused:
        workspace.save(delivery("A"), folder)

    assert str(os.getpid()) in refused.value.report("en")
    assert "raksta cita programma" in refused.value.report("lv")


def test_a_lock_file_left_behind_stops_nobody(delivery, folder):
    folder.mkdir()
    (folder / ".pumpurs.lock").write_text(" 99999999")

    workspace.save(delivery("A"), folder)

    assert len(workspace.open_workspace(folder).plans) == 10


def test_a_folder_without_workspace_is_said_so(tmp_path):
    with pytest.raises(workspace.WorkspaceError, match="There is no workspace in folder"):
        workspace.open_workspace(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [lambda file: file.write_bytes(b""), lambda file: file.unlink(),
     lambda file: file.write_bytes(file.read_bytes()[:-5000]),
     lambda file: file.write_bytes(b"\0" * file.stat().st_size)],
    ids=["empty", "gone", "cut off", "overwritten"],
)  # fmt: skip
def test_a_damaged_file_is_said_so(delivery, folder, damage):
    workspace.save(delivery("A"), folder)
    damage(folder / "records-000001.duckdb")

    with pytest.raises(workspace.WorkspaceError, match="is damaged or incomplete"):
        _ = workspace.open_workspace(folder).payments


def test_a_damaged_block_is_said_so_when_it_is_read(records, folder):
    many = pd.DataFrame({"amount_cents": np.random.default_rng(1).integers(0, 10**12, 200_000)})
    workspace.save(records(payments=many), folder)
    file = folder / "records-000001.duckdb"
    content_of = bytearray(file.read_bytes())
    content_of[300_000:1_200_000] = bytes(900_000)
    file.write_bytes(bytes(content_of))

    with pytest.raises(workspace.WorkspaceError, match=r"records-000001\.duckdb.*damaged"):
        _ = workspace.open_workspace(folder).payments


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_damaged_manifest_is_said_so(delivery, folder, text):
    workspace.save(delivery("A"), folder)
    (folder / "manifest.json").write_text(text)

    for act in (workspace.open_workspace, lambda place: workspace.save(delivery("A"), place)):
        with pytest.raises(workspace.WorkspaceError, match=r"manifest\.json.*damaged"):
            act(folder)


def test_a_workspace_of_a_newer_version_is_said_so(delivery, folder):
    workspace.save(delivery("A"), folder)
    told = workspace.manifest(folder)
    pseudonyms.write_manifest(folder, told | {"format": 2})

    with pytest.raises(workspace.WorkspaceError, match="saved by a newer version"):
        workspace.open_workspace(folder)
