"""A running server, a real browser, and a record of everything it asked for."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

DEMO = Path(__file__).parent / "demo"
ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
expect.set_options(timeout=30_000)  # a kernel on a busy machine


@contextmanager
def serving(folder: Path, *flags: str) -> Iterator[str]:
    """Serve a folder in a process group of its own; end that group and no other."""
    pages = [str(folder), "--port", "0", "--not-ahead", *flags]  # a test opens what it looks at
    command = [sys.executable, "-m", "pumpurs_analysis.app.server", *pages]
    variables = os.environ | {"PYTHONPATH": str(ROOT), "LANG": "lv_LV.UTF-8"}
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            yield _address(server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _address(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    line = server.stdout.readline()
    assert "http://127.0.0.1:" in line, f"the server said {line!r} instead of its address"
    return line[line.index("http://") :].strip()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail(
                "The browser tests need Chromium and found none. Install it "
                "(Debian: apt-get install chromium; elsewhere: playwright install chromium)."
            )
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with serving(DEMO) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="lv-LV", viewport={"width": 1280, "height": 900})
    context.set_default_navigation_timeout(120_000)  # a cold kernel on a busy machine
    yield context
    context.close()


@pytest.fixture
def requests() -> list[str]:
    """Every address the visited pages asked for."""
    return []


@pytest.fixture
def complaints() -> list[str]:
    """Every warning and error the visited pages left in the console."""
    return []


@pytest.fixture
def visit(
    context: BrowserContext, server: str, requests: list[str], complaints: list[str]
) -> Callable[..., Page]:
    """Open a page of the demo and wait until it is drawn."""

    def open_page(path: str = "demo.ipynb", *, ready: str = ".is-drawn", width: int = 1280) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.goto(f"{server}voila/render/{path}")
        page.wait_for_selector(ready, timeout=START_SECONDS * 1000)
        return page

    return open_page


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Give what starts a server of a test's own: ``with serve(folder, *flags) as address``."""
    return serving


@pytest.fixture(scope="session")
def pages_of(example_workspace: Path) -> Iterator[Callable[[str], str]]:
    """Give the address of the pages for an audience; each server is started once."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUMPURS_WORKSPACE", str(example_workspace))
        flags = {"public": (), "owner": ("--owner",)}

        @cache
        def address(audience: str) -> str:
            folder = ROOT / "dashboards"
            return stack.enter_context(serving(folder, *flags[audience]))

        yield address


@pytest.fixture
def opened(
    context: BrowserContext, pages_of: Callable[[str], str], complaints: list[str]
) -> Callable[..., Page]:
    """Open a page about the records and wait until all its charts are drawn."""

    def open_page(name: str, query: str, audience: str = "public") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        address = f"{pages_of(audience)}voila/render/{name}.ipynb{query}"
        page.goto(address, wait_until="commit")
        expect(page.locator(".plot.is-drawn, tbody tr").first).to_be_attached(timeout=90_000)
        expect(page.locator(".plot:not(.is-drawn)")).to_have_count(0, timeout=30_000)
        return page

    return open_page


CUT = """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
    const box = plot.getBoundingClientRect();
    return [...plot.querySelectorAll('svg text')].filter(text => {
        const own = text.getBoundingClientRect();
        return own.width && (own.right > box.right + 1 || own.left < box.left - 1);
    }).map(text => text.textContent);
})"""


@pytest.fixture(scope="session")
def cut() -> Callable[[Page], list[str]]:
    """Give the words of charts that stand out of their card."""
    return lambda page: page.evaluate(CUT)
