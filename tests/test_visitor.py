"""A visitor who speaks to the server itself: runs nothing, changes nothing, sees no more."""

import asyncio
import json
import re
import sys
import uuid
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

import pumpurs_analysis as pa
from pumpurs_analysis.releases.release import keep
from tests.browser.conftest import ROOT, serving
from tests.scanning import PEOPLE, hidden_sums, insides, numbers_in

PROTOCOL = "v1.kernel.websocket.jupyter.org"
TOLD = {"comm_open", "comm_msg", "comm_close", "comm_info_reply", "kernel_info_reply", "status"}
HTML = "<img src=x onerror=alert(1)>"
LONG = "x" * 10_000
ODD = ("../../etc/passwd", HTML, LONG, "", None, -1, 1e300, True, ["a"], {"a": 1})
ASKED = ("language", "filter", "clear", "query", "download", "upload", "__class__")
NAMES = ("value", "name", "query", "part", "format", "step", "turn", "file", "files")
RUNS = (
    *("execute_request", "inspect_request", "complete_request", "history_request", "input_reply"),
    *("is_complete_request", "debug_request", "interrupt_request", "usage_request"),
)
FORM = {"about": "municipality_today=..&audience=owner", "title": HTML, "status": "owner",
        "picks": {"../x": LONG}, "lines": [LONG], "choices": 7}  # fmt: skip
OTHER = "00000000-0000-0000-0000-000000000000"
CLOSED = (
    *("/api/contents", "/api/kernels", "/api/sessions", "/api/terminals", "/api/kernelspecs"),
    *("/lab", "/tree", "/files/overview.ipynb", "/metrics", "/static/../x", "/login"),
    *("/voila/files/overview.ipynb", "/voila/files/x.png", "/voila/files/../README.md"),
    *("/voila/static/../../../../etc/passwd", "/voila/static/%2e%2e/x", "/voila/tree/.."),
    *("/voila/render/../notebooks/x.ipynb", "/voila/render/%2fetc%2fx.ipynb", "/logout"),
    *("/voila/api/contents/..", "/voila/api/contents/%2e%2e%2fREADME.md"),
    *("/voila/render/overview.ipynb%00", f"/voila/query/{OTHER}", f"/voila/execution/{OTHER}"),
    *("/voila/templates/pumpurs/static/%2e%2e/conf.json", "/voila/templates/../static/x.py"),
    *("/pumpurs/abc/../widget.py", "/pumpurs/abc/%2e%2e/widget.py", f"/api/kernels/{OTHER}"),
    *("/pumpurs/guide/pictures/guide-..%2fx.png", f"/api/kernels/{OTHER}/channels"),
)


def told(**content):
    return {"method": "custom", "content": content}


def odd_messages(part):
    """Whatever a page could be sent: by its own rules, beside them and against them."""
    yield from ({"method": "update"}, {"method": "update", "state": 7}, {}, [1], "x", None)
    wanted = {"title": HTML, "parts": [], "threshold": 1, "minimum": 1, "language": 5}
    yield {"method": "update", "state": wanted | {"_esm": "/etc/passwd", "audience": "owner"}}
    yield {"method": "update", "state": {"title": "x"}, "buffer_paths": [["title", "x"], [9]]}
    yield from ({"method": each} for each in ("request_state", "nope", "custom", None))
    yield from (told(kind=kind, **dict.fromkeys(NAMES, odd)) for kind in ASKED for odd in ODD)
    yield from (told(kind=odd) for odd in ODD)
    yield from ({"method": "custom", "content": odd} for odd in ODD)
    for name, value in (("audience", "owner"), ("threshold", "1"), ("school", "*")):
        yield told(kind="filter", name=name, value=value)
        yield told(kind="query", query=urlencode({name: value, "lang": "xx"}))
    for form in ("csv", "xlsx", "html", "../x"):
        yield told(kind="download", part=part, format=form, audience="owner", municipality="..")
    for files in ([{"name": "../../a", "size": 10**30}], [{"size": True}], "x", [[]]):
        yield told(kind="upload", step="begin", files=files)


class Visitor:
    """One page's kernel, spoken to without its page."""

    def __init__(self, address, page):
        self.address, self.page, self.back, self.sockets = address, page, [], []

    async def open(self):
        where = f"{self.address}voila/render/{self.page}.ipynb"
        self.html = (await AsyncHTTPClient().fetch(where, request_timeout=120)).body.decode()
        self.kernel = re.search(r'"kernelId": "([\w-]+)"', self.html).group(1)
        told_first = re.search(
            r'id="pumpurs-page" type="application/json">(.*?)</script>', self.html
        )
        self.first = json.loads(told_first.group(1))
        self.socket = await self.connect()

    async def connect(self, protocols=(PROTOCOL,), **headers):
        where = f"ws{self.address[4:]}api/kernels/{self.kernel}/channels"
        asked = HTTPRequest(where, headers=headers)
        self.sockets.append(await websocket_connect(asked, subprotocols=protocols))
        return self.sockets[-1]

    async def leave(self):
        for socket in self.sockets:
            socket.close()
            while await socket.read_message() is not None:
                pass

    def ask(self, kind, content, channel="shell", *, metadata=None, buffers=()):
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "s",
                  "version": "5.3", "date": "2026-01-01T00:00:00Z"}  # fmt: skip
        parts = [json.dumps(each).encode() for each in (header, {}, metadata or {}, content)]
        framed = serialize_msg_to_ws_v1([*parts, *buffers], channel)
        self.socket.write_message(framed, binary=True)
        return header["msg_id"]

    def tell(self, comm, data, buffers=()):
        self.ask("comm_msg", {"comm_id": comm, "data": data}, buffers=buffers)

    async def hear(self):
        said = await asyncio.wait_for(self.socket.read_message(), 60)
        assert said is not None, "the server has hung up"
        _, parts = deserialize_msg_from_ws_v1(said)
        header, parent, _, content = (json.loads(each) for each in parts[:4])
        self.back.append((header["msg_type"], content, parts[4:]))
        return parent, content

    async def answers(self):
        """Hear everything until the kernel has gone through what it was asked."""
        last = self.ask("kernel_info_request", {})
        parent, content = {}, {}
        while (parent.get("msg_id"), content.get("execution_state")) != (last, "idle"):
            parent, content = await self.hear()

    async def upload(self, comm, content):
        """Hand a page files as its form does; hear what became of them."""
        files = [{"name": "../form.json", "size": len(content)}]
        self.tell(comm, told(kind="upload", step="begin", files=files))
        step = await self.state_of_upload({"go", "refused"})
        self.tell(comm, told(kind="upload", step="piece", turn=step["turn"], file=0), [content])
        self.tell(comm, told(kind="upload", step="end", turn=step["turn"]))
        return (await self.state_of_upload({"done", "failed", "refused"}))["state"]

    async def state_of_upload(self, wanted):
        while True:
            said = (await self.hear())[1].get("data", {}).get("content", {})
            if said.get("kind") == "upload" and said["state"] in wanted:
                return said

    async def attack(self, planted):
        self.ask("comm_info_request", {})
        control = {"target_name": "jupyter.widget.control", "comm_id": "c", "data": {}}
        self.ask("comm_open", control, metadata={"version": "1.0.0"})
        self.ask("comm_msg", {"comm_id": "c", "data": {"method": "request_states"}})
        code = f"open({str(planted)!r}, 'w'); print(open('/etc/passwd').read())"
        wanted = {"code": code, "command": "evaluate", "arguments": {"expression": code},
                  "value": code, "silent": False, "cursor_pos": 3}  # fmt: skip
        for kind in RUNS:
            for channel in ("shell", "control", "stdin", "iopub", "nope"):
                self.ask(kind, wanted, channel)
        await self.answers()
        parts = self.first["state"]["parts"]
        part = next((each["table"]["id"] for each in parts if each.get("table")), "deck")
        self.comms = [comm for _, content, _ in self.back for comm in content.get("comms", ())]
        for comm in self.comms:
            for data in odd_messages(part):
                self.tell(comm, data)
            await self.answers()
        for model in ("HTMLModel", "AnyModel", "OutputModel", "NopeModel"):
            state = {"_model_name": model, "value": HTML, "_esm": "/etc/passwd"}
            data = {"target_name": "jupyter.widget", "comm_id": model, "data": {"state": state}}
            self.ask("comm_open", data, metadata={"version": "2.1.0"})
        self.ask("comm_open", {"target_name": "os.system", "comm_id": "o", "data": {}})
        await self.answers()

    async def page_now(self):
        """Give what the page shows, asked for the view it opened with."""
        self.tell(self.first["model"], told(kind="query", query=self.first["query"]))
        self.tell(self.first["model"], {"method": "request_state"})
        await self.answers()
        states = [content["data"].get("state", {}) for kind, content, _ in self.back
                  if kind == "comm_msg"]  # fmt: skip
        return next(each for each in reversed(states) if "parts" in each)

    def everything(self):
        """Give all that came back as one text: also inside the workbooks that were handed out."""
        heard = [self.html]
        for _, content, buffers in self.back:
            heard.append(json.dumps(content, ensure_ascii=False))
            heard += [each.decode("utf-8", "replace") for one in buffers for each in insides(one)]
        return "\n".join(heard)


@pytest.fixture(scope="module")
def site(example_workspace, release):
    keep(replace(release, data=pa.open_workspace(example_workspace)))  # as after a load
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUMPURS_WORKSPACE", str(example_workspace))
        with serving(ROOT / "dashboards") as address:
            yield address


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return tmp_path_factory.mktemp("planted") / "ran"


async def _attacked(address, planted):
    visitors = [Visitor(address, page) for page in ("overview", "presenting")]
    for visitor in visitors:
        await visitor.open()
        await visitor.attack(planted)
    made = [await visitors[1].upload(visitors[1].first["model"], content)
            for content in (b"[" * 5000, json.dumps(FORM).encode())]  # fmt: skip
    for visitor in visitors:
        visitor.now = await visitor.page_now()
        await visitor.leave()
    return visitors, made


@pytest.fixture(scope="module")
def attacked(site, planted):
    """Two pages after everything a visitor can try, with all that came back."""
    return asyncio.run(_attacked(site, planted))


def test_no_code_runs_and_no_failure_is_told(attacked, planted):
    visitors, made = attacked
    for visitor in visitors:
        assert len(visitor.comms) > 1
        assert {kind for kind, *_ in visitor.back} <= TOLD
        files = [content["data"]["content"] for kind, content, buffers in visitor.back if buffers]
        assert {each["kind"] for each in files} <= {"file"}
    assert made == ["failed", "failed"]
    assert any(buffers for _, _, buffers in visitors[0].back)  # what is offered is handed out
    assert not planted.exists()


def test_nothing_the_browser_sets_stays(attacked):
    for visitor in attacked[0]:
        assert visitor.now["query"] == visitor.first["query"]
        assert visitor.now["parts"] == visitor.first["state"]["parts"]


def test_nothing_hidden_and_nothing_of_the_machine_comes_back(
    attacked, release, example_records, example_workspace
):
    sums = hidden_sums(release, example_records)
    tables = example_records.tables
    people = {str(each) for name in ("learner_id", "plan_id") for each in tables["plans"][name]}
    places = {str(ROOT), sys.prefix, str(example_workspace), "site-packages", "Traceback"}
    for visitor in attacked[0]:
        text = visitor.everything()
        assert len(numbers_in(text)) > 100
        assert not sums & numbers_in(text)
        assert not [each for each in places | people if each in text]
        assert "root:" not in text
        assert re.findall(PEOPLE, text) == []


def test_no_file_list_or_kernel_of_the_server_is_open(site):
    where = urlsplit(site)
    open_ones = []
    for path in CLOSED:
        asked = HTTPConnection(where.hostname, where.port, timeout=30)
        asked.request("GET", path)
        answer = asked.getresponse()
        body = answer.read().decode("utf-8", "replace")
        if answer.status < 400 or str(ROOT) in body or "Traceback" in body:
            open_ones.append((path, answer.status))
        asked.close()
    assert open_ones == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}], ids=["origin", "host"]
)
def test_a_page_of_somebody_else_is_not_connected(attacked, headers):
    with pytest.raises(HTTPClientError, match="403"):
        asyncio.run(attacked[0][0].connect(**headers))


def test_no_message_keeps_the_server_busy_for_others(site, attacked):
    async def harass(visitor):
        visitor.sockets = []
        older = await visitor.connect(protocols=None)
        data = {"comm_id": visitor.first["model"], "data": told(kind="assets")}
        header = {"msg_id": "1", "msg_type": "comm_msg", "session": "s", "username": ""}
        asked = {"header": header, "parent_header": {}, "metadata": {}, "content": data}
        await older.write_message(json.dumps(asked | {"channel": "shell"}))
        await older.write_message(b"\x7f\xff\xff\xff" * 4, binary=True)
        newer = await visitor.connect()
        await newer.write_message(b"\xff\xff\xff\xff\xff\xff\xff\x7f" * 4, binary=True)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(older.read_message(), 2)
        answer = await AsyncHTTPClient().fetch(site, request_timeout=20)
        await visitor.leave()
        return answer

    assert asyncio.run(harass(attacked[0][0])).code == 200
