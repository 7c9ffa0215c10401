"""The overview as its visitors meet it, beside the same page in Dash, Panel and Streamlit.

``python tests/benchmarks/bench_pages.py [rounds]`` (0: the crowd alone): serves one made-up
workspace by each of the four, in headless Chromium. Peers come from ``build/peers`` (see the
Makefile) and draw with our own measures and charts (``peers/``), so that only the way to the
visitor differs. Rounds are interleaved, and each waits until all servers are at rest; medians are
printed with the goal beside each. Times depend on the machine and on what else it does: compare
within one run.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import socket

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import found  # noqa: E402  (beside the browser tests)

PEERS = ROOT / "build" / "peers"
PLANS = 1500
FEW, MANY = 5, 20
LEFT_AT_MOST_SECONDS = 170  # culling looks twice
PLACES_CHOSEN = ("Tukuma novads", "Liepāja", "Madonas novads")
PYTHON = sys.executable
OUT = [  # nothing from outside: whoever asks for it is refused at once
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
HERE = "--port {port} --address 127.0.0.1"
COMMANDS = {
    "ours": "-m pumpurs_analysis.app.server dashboards --port {port}",
    "Dash": "-m gunicorn --chdir {peers} -b 127.0.0.1:{port} --threads 8 dash_page:server",
    "Panel": f"-m panel serve {{peers}}/panel_page.py {HERE} --num-threads 4 --warm",
    "Streamlit": "-m streamlit run {peers}/streamlit_page.py --server.port {port}"
    " --server.address 127.0.0.1 --server.headless true --browser.gatherUsageStats false"
    " --server.fileWatcherType none --global.developmentMode false",
}
ADDRESSES = {"ours": "voila/render/overview.ipynb", "Panel": "panel_page"}
# Notes when the first figure stands and when the second (risks: it follows the filter) has changed.
WATCH = """() => {
    const all = (root, found = []) => {
        found.push(...root.querySelectorAll('.js-plotly-plot'));
        root.querySelectorAll('*').forEach(node => node.shadowRoot && all(node.shadowRoot, found));
        return found;
    };
    const drawn = () => all(document).filter(plot =>
        plot.querySelector('.main-svg .trace, .main-svg .point, .main-svg .points path')
        && plot.getBoundingClientRect().width > 50 && plot.getBoundingClientRect().height > 50);
    const marks = (plot) => [...plot.querySelectorAll('.point path, .textpoint, .trace path')]
        .map(each => (each.getAttribute('d') ?? '') + each.textContent).join();
    const seen = window.seen = {};
    for (const kind of ['input', 'click'])
        addEventListener(kind, () => { seen.chosen = performance.now(); }, true);
    const look = () => {
        const plots = drawn();
        if (plots.length && !seen.first) {
            seen.first = performance.now();
            seen.at = performance.timeOrigin + seen.first;
        }
        seen.figures = plots.length;
        const risks = plots.find(plot => plot._fullData?.[0]?.orientation === 'h') ?? plots[1];
        if (risks) {
            const now = marks(risks);
            if (seen.marks && now && now !== seen.marks) seen.redrawn = performance.now();
            seen.marks = now || seen.marks;
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


class Server:
    """One of the four, running: its address and what its processes hold."""

    def __init__(self, name: str, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.name, self.process = name, psutil.Process(process.pid)
        self.address = f"http://127.0.0.1:{port}/{ADDRESSES.get(name, '')}"

    def tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def busy_seconds(self) -> float:
        total = 0.0
        for each in self.tree():
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
        return total

    def megabytes(self) -> float:
        """Proportional set size: a page shared by several processes counts once."""
        total = 0.0
        for each in self.tree():
            with suppress(OSError):
                lines = Path(f"/proc/{each.pid}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def rest(self, at_most: float = 60) -> None:
        """Wait until it has done nothing for a second and a half."""
        until, quiet, before = time.monotonic() + at_most, 0, self.busy_seconds()
        while quiet < 3 and time.monotonic() < until:
            time.sleep(0.5)
            now = self.busy_seconds()
            quiet, before = (quiet + 1 if abs(now - before) < 0.06 else 0), now


def quiet(at_most: float = 10) -> None:
    """Wait, but not for ever, until nothing else takes much of the machine."""
    until = time.monotonic() + at_most
    while psutil.cpu_percent(1) > 25 and time.monotonic() < until:
        pass


@contextmanager
def started(name: str, folder: Path) -> Iterator[Server]:
    """Start a server and wait until it answers; end its processes, and no other, by their ids."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    peers = Path(__file__).parent / "peers"
    command = [PYTHON, *COMMANDS[name].format(port=port, peers=peers).split()]
    paths = [str(ROOT)] if name == "ours" else [str(PEERS), str(peers), str(ROOT)]
    own = {"PYTHONPATH": os.pathsep.join(paths), "PUMPURS_LANGUAGE": "lv"}
    environment = os.environ | own | places(folder)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    server = Server(name, port, process)
    try:
        answered(server, folder / f"{name}.log")
        server.rest()
        yield server
    finally:
        ended(server)


def places(folder: Path) -> dict[str, str]:
    return {
        "PUMPURS_CONFIG": str(folder / "config"),
        "PUMPURS_WORKSPACE": str(folder / "workspace"),
    }


def answered(server: Server, log: Path) -> None:
    until = time.monotonic() + 120
    root = server.address.rpartition("/voila")[0] or server.address
    while time.monotonic() < until and server.process.status() != psutil.STATUS_ZOMBIE:
        with suppress(OSError), urllib.request.urlopen(root, timeout=30):  # noqa: S310  (our own)
            return
        time.sleep(0.3)
    sys.exit(f"{server.name} did not start:\n{log.read_text()[-3000:]}")


def ended(server: Server) -> None:
    tree = []
    with suppress(psutil.NoSuchProcess):
        tree = server.tree()
        server.process.terminate()
    _, left = psutil.wait_procs(tree, timeout=15)
    for each in left:
        with suppress(psutil.NoSuchProcess):
            each.kill()


# ---------------------------------------------------------------- one visitor


class Visitor:
    """A browser of its own, with nothing kept from before."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server, self.socket_bytes, self.data_bytes, self.file_bytes = server, 0, 0, 0
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="lv-LV")
        self.context.add_init_script(f"({WATCH})()")
        self.page = self.context.new_page()
        self.page.on("websocket", self._listen)
        self.page.on("requestfinished", self._weigh)

    def _listen(self, opened) -> None:
        def add(payload) -> None:
            self.socket_bytes += len(payload.encode() if isinstance(payload, str) else payload)

        opened.on("framereceived", add)
        opened.on("framesent", add)

    def _weigh(self, request) -> None:
        with suppress(Exception):  # a page that is closed tells no sizes
            size = max(request.sizes()["responseBodySize"], 0)
            if request.resource_type in {"document", "xhr", "fetch"}:
                self.data_bytes += size
            else:
                self.file_bytes += size

    def come(self) -> float:
        """Go to the page; milliseconds until the first figure stands."""
        self.page.goto(self.server.address, wait_until="commit", timeout=120_000)
        return self.waited()

    def waited(self, timeout: int = 120_000) -> float:
        self.page.wait_for_function("window.seen?.first", timeout=timeout)
        return self.page.evaluate("window.seen.first")

    def settle(self) -> None:
        """Wait until all figures stand and the server rests, as a reader does before choosing."""
        self.page.wait_for_function("window.seen.figures >= 5", timeout=60_000)
        self.server.rest(20)

    def choose(self, place: str) -> float:
        """Choose a municipality; milliseconds until the risks are drawn anew."""
        before = self.page.evaluate("window.seen.redrawn = 0; window.seen.marks")
        assert before, "the figure of risks was not found"
        CHOOSE[self.server.name](self.page, place)
        self.page.wait_for_function("window.seen.redrawn", timeout=60_000)
        return self.page.evaluate("window.seen.redrawn - window.seen.chosen")

    def leave(self) -> None:
        self.context.close()


def from_list(page: Page, place: str) -> None:
    page.locator("select").filter(has_text=place).first.select_option(label=place)


def from_dash(page: Page, place: str) -> None:
    page.locator("#municipality_today").click()
    page.get_by_role("option", name=place).click()


def from_streamlit(page: Page, place: str) -> None:
    page.locator("[data-testid=stSelectbox] [role=combobox]").first.click()
    page.get_by_role("option", name=place).click()


CHOOSE = {"ours": from_list, "Panel": from_list, "Dash": from_dash, "Streamlit": from_streamlit}


# ---------------------------------------------------------------- measures


def visits(browser: Browser, folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Times and bytes of one visitor at a time, all servers running; medians."""
    taken = {name: [] for name in COMMANDS}
    with ExitStack() as stack:
        servers = [stack.enter_context(started(name, folder)) for name in COMMANDS]
        for turn in range(rounds + 1):
            for server in servers:
                for each in servers:
                    each.rest(20)
                quiet()
                one = visited(browser, server)
                if turn:  # the first round warms every server
                    taken[server.name].append(one)
    return {
        name: {key: statistics.median(one[key] for one in all_of) for key in all_of[0]}
        for name, all_of in taken.items()
    }


def visited(browser: Browser, server: Server) -> dict[str, float]:
    visitor = Visitor(browser, server)
    try:
        first = visitor.come()
        visitor.settle()
        shown, redrawn, sockets = visitor.socket_bytes, [], []
        for place in PLACES_CHOSEN:
            redrawn.append(visitor.choose(place))
            server.rest(20)
            sockets.append(visitor.socket_bytes)
        return {
            "first": first, "first redraw": redrawn[0], "redraw": statistics.median(redrawn),
            "socket": shown / 1000, "socket, filtered": sockets[0] / 1000,
            "data": visitor.data_bytes / 1000, "files": visitor.file_bytes / 1000,
        }  # fmt: skip
    finally:
        visitor.leave()


def crowd(browser: Browser, folder: Path, name: str) -> dict[str, float]:
    """Memory of a few visitors, then many at once, then what is given back; a fresh server."""
    with started(name, folder) as server:
        visited(browser, server)  # what any first visitor costs is not marginal
        server.rest()
        time.sleep(5)
        server.rest()
        alone = server.megabytes()
        few = [Visitor(browser, server) for _ in range(FEW)]
        for each in few:
            each.come()
            each.settle()
        time.sleep(5)
        server.rest()
        each_more = (server.megabytes() - alone) / FEW
        for each in few:
            each.leave()
        given_back(server, alone, at_most=45)
        return {"alone": alone, "each": each_more, **at_once(browser, server)}


def at_once(browser: Browser, server: Server) -> dict[str, float]:
    server.rest()
    before = server.megabytes()
    many = [Visitor(browser, server) for _ in range(MANY)]
    start = time.time()
    for each in many:  # all are on their way before the first is answered
        each.page.evaluate("to => void setTimeout(() => location.assign(to), 20)", server.address)
    served = []
    for each in many:
        with suppress(Exception):  # who is not served is counted below
            each.waited(180_000)
            served.append(each.page.evaluate("window.seen.at") / 1000 - start)
    server.rest()
    most = server.megabytes()
    for each in many:
        each.leave()
    seconds = given_back(server, before)
    kept = (server.megabytes() - before) / max(most - before, 1)
    return {
        "served": len(served), "last": max(served, default=float("nan")), "peak": most,
        "given back": 1 - kept, "seconds": seconds,
    }  # fmt: skip


def given_back(server: Server, before: float, *, at_most: float = LEFT_AT_MOST_SECONDS) -> float:
    """Seconds until it holds at most a tenth more than before; waits for culling."""
    start = time.monotonic()
    while time.monotonic() - start < at_most:
        if server.megabytes() <= before * 1.1:
            return time.monotonic() - start
        time.sleep(1)
    return float("nan")


# ---------------------------------------------------------------- what is printed


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def heading(label: str) -> None:
    say(f"\n{label:40}" + "".join(f"{name:>12}" for name in COMMANDS))


def row(label: str, values: dict[str, float], form: str = "{:,.0f}") -> None:
    cells = "".join(f"{form.format(value):>12}" for value in values.values())
    say(f"  {label:38}{cells}")


def goal(label: str, value: float, most: float, unit: str = " x") -> None:
    word = "holds" if value <= most else "misses"
    say(f"    goal: {label}: at most {most:g}{unit}, is {value:.3g}{unit}: {word}")


def main(rounds: int = 5) -> None:
    """Print the table of all four, with the goals."""
    if not (PEERS / "dash").is_dir():
        sys.exit("The peers are not installed: make bench")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that its servers end with it
    with tempfile.TemporaryDirectory(prefix="pumpurs-") as name, sync_playwright() as playwright:
        folder = Path(name)
        made(folder)
        browser = playwright.chromium.launch(executable_path=found(), args=OUT)
        say(f"the overview of {PLANS:,} made-up plans, load {os.getloadavg()[0]:.1f}")
        if rounds:
            told_once(visits(browser, folder, rounds), rounds)
        many = {}
        for each in COMMANDS:
            many[each] = crowd(browser, folder, each)
            sys.stderr.write(f"{each}: {many[each]}\n")  # for whoever waits
        told_many(many)
        browser.close()


def made(folder: Path) -> None:
    run = [PYTHON, "-c", "from pumpurs_analysis.cli import main; main()"]
    variables = os.environ | places(folder) | {"PYTHONPATH": str(ROOT)}
    for words in (
        ["example", folder / "delivery", "--plans", str(PLANS), "--clean"],
        ["load", folder / "delivery", "--workspace", folder / "workspace"],
    ):
        subprocess.run([*run, *words], env=variables, stdout=subprocess.DEVNULL, check=True)
    release = "from pumpurs_analysis.app import places; places.release()"  # made once, then read
    subprocess.run([PYTHON, "-c", release], env=variables, check=True)


def of(found_values: dict[str, dict[str, float]], key: str) -> dict[str, float]:
    return {name: values[key] for name, values in found_values.items()}


def best_peer(values: dict[str, float]) -> float:
    return min(value for name, value in values.items() if name != "ours")


def told_once(once: dict[str, dict[str, float]], rounds: int) -> None:
    say(
        f"\none visitor, median of {rounds} rounds   {'':8}" + "".join(f"{n:>12}" for n in COMMANDS)
    )
    first, redraw, sockets = of(once, "first"), of(once, "redraw"), of(once, "socket, filtered")
    row("first figure visible, ms", first)
    row("  as a multiple of ours", {n: v / first["ours"] for n, v in first.items()}, "{:.2f}")
    goal("of the fastest peer", first["ours"] / best_peer(first), 0.5)
    row("filter to redrawn figure, first, ms", of(once, "first redraw"))
    row("filter to redrawn figure, of three, ms", redraw)
    row("  as a multiple of ours", {n: v / redraw["ours"] for n, v in redraw.items()}, "{:.2f}")
    goal("of the fastest peer", redraw["ours"] / best_peer(redraw), 0.6)
    row("websocket, page shown, kB", of(once, "socket"))
    row("websocket, one filter chosen too, kB", sockets)
    goal("websocket of a page", sockets["ours"], 200, " kB")
    row("page and data over HTTP, kB", of(once, "data"))
    row("scripts, styles, fonts (cold), kB", of(once, "files"))


def told_many(many: dict[str, dict[str, float]]) -> None:
    heading("many visitors, a fresh server each")
    each, alone = of(many, "each"), of(many, "alone")
    row("server with nobody on it, MB", alone)
    row(f"each of {FEW} visitors more, MB", each, "{:.1f}")
    goal("of Streamlit's process", each["ours"] / alone["Streamlit"], 0.3)
    goal("of one more visitor of Streamlit's", each["ours"] / max(each["Streamlit"], 0.1), 0.3)
    row(f"{MANY} at once: served", of(many, "served"))
    goal("visitors not served", MANY - many["ours"]["served"], 0, "")
    row("  until the last sees a figure, s", of(many, "last"), "{:.1f}")
    row("  server with all of them, MB", of(many, "peak"))
    row(
        "  of that given back after they left, %",
        {n: 100 * v["given back"] for n, v in many.items()},
    )
    row("  seconds until a tenth above before", of(many, "seconds"))
    goal("memory kept after they left", 1 - many["ours"]["given back"], 0.1, "")


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]])
