"""The data check without a browser: files in as messages, parts and downloads out."""

import asyncio
import io
import json
import tempfile
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from pumpurs_analysis import loading, schema
from pumpurs_analysis.app import page as pages
from pumpurs_analysis.app.data_check import ACCEPTS, Desk
from pumpurs_analysis.app.upload import LARGEST_TOTAL
from pumpurs_analysis.errors import Problem

CODE = "010101-12345"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("QUERY_STRING", "VOILA_PREHEAT", "PUMPURS_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "lv_LV.UTF-8")


def check(folder, *, progress=None):
    """A stand-in: every line that is no number is a problem of its file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    problems, inputs = [], []
    for done, path in enumerate(paths):
        progress(done, len(paths), path.name)
        lines = path.read_text("utf-8").splitlines()
        found = [
            Problem("number_unread", path.name, row=row, column="n", found="x", column_number=1)
            for row, line in enumerate(lines, 1)
            if not line.isdigit()
        ]
        problems += found
        sums = {"row_count": len(lines), "accepted_count": len(lines) - len(found)}
        sums |= {"set_aside_count": len(found), "not_data_count": 0}
        inputs.append({"input_id": path.name, "file": path.name, **sums})
    rows = [problem.as_row() for problem in problems]
    return SimpleNamespace(
        dataset=object() if inputs else None,
        problems=schema.conform("problems", pd.DataFrame(rows)),
        inputs=schema.conform("inputs", pd.DataFrame(inputs)),
    )


class Visitor:
    """A page with a stand-in check, and what it sent to the browser."""

    def __init__(self, check=check):
        self.desk = Desk(check)
        self.page = pages.show(self.desk.build, download=self.desk.download, take=self.desk.take)
        self.sent, self.files = [], []
        self.page.send = self._hear

    def _hear(self, message, buffers=()):
        self.sent.append(message)
        self.files += buffers

    def tell(self, buffers=(), **message):
        self.page._handle_custom_msg(message, list(buffers))

    def upload(self, step, buffers=(), **more):
        self.tell(buffers, kind="upload", step=step, **more)

    def begin(self, files):
        told = [{"name": name, "size": len(content)} for name, content in files.items()]
        self.upload("begin", files=told)
        return self.sent[-1]

    def drop(self, files, piece=3):
        turn = self.begin(files)["turn"]
        for at, content in enumerate(files.values()):
            for start in range(0, len(content), piece):
                self.upload("piece", [content[start : start + piece]], turn=turn, file=at)
        self.upload("end", turn=turn)

    @property
    def states(self):
        return [one["state"] for one in self.sent if one["kind"] == "upload"]

    def part(self, kind):
        return next((part for part in self.page.parts if part["kind"] == kind), None)


def test_files_come_in_pieces_and_their_problems_are_listed():
    visitor = Visitor()

    visitor.drop({"a.csv": b"1\nabc\n3", "mape/b.csv": b"4"})

    assert visitor.states[-1] == "done"
    assert visitor.part("drop")["result"].startswith(
        "Pārbaudītas 2 datnes. Pieņemtās rindas: 3 no 4"
    )
    assert [tile["value"] for tile in visitor.part("tiles")["tiles"]] == ["2", "3", "1", "0"]
    listed = visitor.part("findings")
    tags = {"severity": "error", "file": "0", "school": "0", "kind": "number_unread"}
    assert listed["items"] == [["error", 0, 1, 2, [[3, 4], [5, 6]], tags]]
    assert listed["texts"][:3] == ["a.csv", "2. rinda, kolonna „n” · A2", "„x” nav skaitlis."]


def test_the_page_speaks_both_languages_about_the_same_files():
    visitor = Visitor()
    visitor.drop({"a.csv": b"abc"})

    visitor.tell(kind="language", value="en")

    assert visitor.part("drop")["result"].startswith("1 file checked.")
    assert "“x” is not a number." in visitor.part("findings")["texts"]


def test_a_second_drop_says_what_changed():
    visitor = Visitor()
    visitor.drop({"a.csv": b"abc\nabc"})
    visitor.drop({"a.csv": b"1\nabc"})

    assert "salaboti: 1, jauni: 0, joprojām: 1" in visitor.part("drop")["result"]


def test_files_in_order_are_said_to_be_fine():
    visitor = Visitor()

    visitor.drop({"a.csv": b"1\n2"})

    drop = visitor.part("drop")
    assert (drop["result_tone"], visitor.part("findings")) == ("plain", None)
    assert "Viss kārtībā" in drop["result"]


def test_nothing_a_file_holds_reaches_trait_message_or_log(capfd):
    visitor = Visitor(loading.check)

    visitor.drop({f"Jānis {CODE}.csv": f"{CODE}\nJānis".encode()})

    held = json.dumps([visitor.page.parts, visitor.sent], ensure_ascii=False)
    assert "Jānis" not in held
    assert not [one for one in visitor.sent if CODE in str(one)]
    assert capfd.readouterr().err == ""


def test_a_failing_check_is_a_state_and_its_log_holds_no_data(capfd):
    def failing(folder, *, progress):
        progress(0, 1, "a.csv")
        raise ValueError(next(folder.iterdir()).read_text("utf-8"))

    visitor = Visitor(failing)
    visitor.drop({"a.csv": CODE.encode()})

    assert visitor.states[-1] == "failed"
    logged = capfd.readouterr().err
    assert "ValueError" in logged
    assert CODE not in logged


def test_files_lie_in_a_private_folder_only_while_they_are_read():
    seen = {}

    def looking(folder, *, progress):
        seen["folder"], seen["mode"] = folder, folder.stat().st_mode & 0o777
        return check(folder, progress=progress)

    visitor = Visitor(looking)
    visitor.drop({"a.csv": b"1"})

    assert seen["mode"] == 0o700
    assert not seen["folder"].exists()
    assert not list(Path(tempfile.gettempdir()).glob(f"{seen['folder'].name}*"))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([{"name": "a.csv", "size": LARGEST_TOTAL + 1}], id="too large"),
        pytest.param([{"name": "a.csv", "size": -1}], id="negative"),
        pytest.param([{"name": "a.csv", "size": "1"}], id="no number"),
        pytest.param([{"name": "a.csv", "size": 1}] * 3000, id="too many"),
        pytest.param(["a.csv"], id="no file"),
        pytest.param([], id="none"),
        pytest.param("a.csv", id="no list"),
    ],
)
def test_what_was_not_announced_rightly_is_refused(files):
    visitor = Visitor()

    visitor.upload("begin", files=files)

    assert visitor.states == ["refused"]


def test_no_more_is_taken_than_was_announced():
    visitor = Visitor()
    turn = visitor.begin({"a.csv": b"12"})["turn"]

    visitor.upload("piece", [b"123456"], turn=turn, file=0)
    visitor.upload("piece", [b"12"], turn=turn, file=7)
    visitor.upload("piece", [b"12"], turn=turn + 1, file=0)
    visitor.upload("end", turn=turn)

    assert visitor.states[-1] == "refused"
    assert visitor.part("tiles") is None


def test_a_name_from_the_browser_stays_below_its_folder():
    seen = []

    def looking(folder, *, progress):
        seen.extend(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")))
        return check(folder, progress=progress)

    Visitor(looking).drop(
        {"../../a.csv": b"1", "/etc/a.csv": b"1", "b\\c?.csv": b"1", "a.csv": b"1"}
    )

    assert seen == ["a (2).csv", "a.csv", "b/c_.csv", "etc/a.csv"]


def test_a_page_without_a_drop_takes_no_files():
    page = pages.show(lambda _chosen: [])
    page.send = lambda *_args, **_more: pytest.fail("answered")

    page._handle_custom_msg({"kind": "upload", "step": "begin", "files": []}, [])


def slow(folder, *, progress):
    for step in range(200):
        time.sleep(0.02)
        progress(step, 200, "a.csv")
    return check(folder, progress=progress)


def test_the_visitor_can_cancel_while_the_check_works():
    visitor = Visitor(slow)

    async def visit():
        visitor.drop({"a.csv": b"abc"})
        await asyncio.sleep(0.2)
        visitor.tell(kind="language", value="en")  # the page still answers
        visitor.upload("cancel")
        await visitor.page_work()

    async def work():
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    visitor.page_work = work
    started = time.monotonic()
    asyncio.run(visit())

    assert time.monotonic() - started < 3
    assert visitor.states[-1] == "cancelled"
    assert "working" in visitor.states
    assert visitor.page.language == "en"
    assert visitor.part("tiles") is None


def download(visitor, name):
    visitor.sent.clear()
    visitor.files.clear()
    visitor.tell(kind="download", part="downloads", format=name)
    return visitor.sent[0].get("name"), visitor.files[0] if visitor.files else None


def test_marked_copies_and_lists_can_be_taken():
    visitor = Visitor()
    visitor.drop({"a.csv": b"abc", "b.csv": b"x"})
    offers = [offer["name"] for offer in visitor.part("downloads")["offers"]]

    assert offers == ["marked", "marked-0", "marked-1", "html", "csv", "template"]
    name, content = download(visitor, "marked-1")
    assert name == "b_labojamais.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(content))["b"]["A1"].comment is not None
    name, content = download(visitor, "marked")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["a_labojamais.xlsx", "b_labojamais.xlsx"]
    assert download(visitor, "html")[1].startswith(b"<!DOCTYPE html>")
    assert download(visitor, "csv")[1].startswith(b"\xef\xbb\xbf")


def test_the_template_can_be_taken_before_any_file():
    name, content = download(Visitor(), "template")

    assert name == "pumpurs_veidne.xlsx"
    assert "Plāni" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames


def test_only_what_is_offered_is_made():
    visitor = Visitor()

    assert download(visitor, "csv") == (None, None)
    assert download(visitor, "marked-0") == (None, None)


def test_many_marked_files_come_as_one_zip():
    visitor = Visitor()

    visitor.drop({f"{number}.csv": b"abc" for number in range(12)})

    offers = [offer["name"] for offer in visitor.part("downloads")["offers"]]
    assert offers == ["marked", "html", "csv", "template"]


def test_what_a_delivery_may_be_is_accepted():
    assert {".xlsx", ".xls", ".ods", ".csv", ".zip"} <= set(ACCEPTS)
    assert Visitor().part("drop")["largest_total"] >= 50_000_000
