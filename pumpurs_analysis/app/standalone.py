"""Voila as we run it: our template and files, nothing from outside, kernels given back.

Comes in: a folder or notebook and a port. Goes out: a running server. Of the notebooks it reads
only title and summary; what they show is theirs.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from socket import socket
from typing import Any, Self
from urllib.parse import parse_qs

from jupyter_core.utils import run_sync
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import HTTPError, StaticFileHandler
from traitlets import Int
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from pumpurs_analysis import catalogue
from pumpurs_analysis.app import GROUPS, PAGES, guide, nursery
from pumpurs_analysis.app.first_pictures import FirstPictures
from pumpurs_analysis.app.nursery import open_nursery
from pumpurs_analysis.app.widget import PLOTLY, STATIC
from pumpurs_analysis.text import LANGUAGES, Language

TEMPLATE = Path(__file__).parent / "voila" / "templates" / "pumpurs"
HERE = "127.0.0.1"

# Nothing is fetched from, or sent to, anywhere else.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: blob: data:; frame-ancestors 'self'; form-action 'self'"
)
_TOLD = {"comm_open", "comm_msg", "comm_close", "comm_info_reply", "kernel_info_reply", "status"}
_MOST_PARTS = 16
_PORTS_TRIED = 20
_LEFT_ALONE_SECONDS = 90
_LOOK_EVERY_SECONDS = 30
_PING_MILLISECONDS = 30_000  # as often as a ping is sent; tornado allows no more
_PAUSE_SECONDS = 1.0  # between pages made ready ahead: a visitor goes first


def run(  # noqa: PLR0913  (each is one choice of the command line)
    target: Path,
    *,
    port: int,
    language: Language,
    warm: bool,
    ahead: bool,
    most_pages: int,
    on_ready: Callable[[str], None],
) -> None:
    """Start the server and stay until interrupted."""
    site = Site(language)
    with open_nursery() if nursery.IS_POSSIBLE and warm else nullcontext():
        app = Standalone(site, on_ready, config=_config(site, port=port, most_pages=most_pages))
        app.initialize([str(target)])
        if ahead:
            IOLoop.current().call_later(_PAUSE_SECONDS, app.make_ready)
        app.start()


@dataclass(frozen=True)
class Site:
    """What the templates know beside a page: words, addresses, titles."""

    language: Language
    pictures: FirstPictures = field(default_factory=FirstPictures)

    def __deepcopy__(self, _copied: object) -> Self:
        """Stay one: Voila copies its configuration for every visitor."""
        return self

    @property
    def texts(self) -> Mapping[str, Any]:
        """The catalogue's words."""
        return catalogue.entries("texts")

    @cached_property
    def root(self) -> str:
        """Where our files are served: a new version has a new address and is never stale."""
        digest = hashlib.sha256()
        for path in sorted(STATIC.rglob("*")):
            digest.update(path.read_bytes() if path.is_file() else b"")
        return f"/pumpurs/{digest.hexdigest()[:12]}/"

    @property
    def plotly(self) -> str:
        """Where plotly's script is served, once for all pages."""
        return self.url(PLOTLY)

    def url(self, name: str) -> str:
        """Give the address of one of our files."""
        return self.root + name

    def asked(self, query: str) -> str:
        """Give the language an address asks for, else the server's."""
        wanted = parse_qs(query).get("lang", [""])[0]
        return wanted if wanted in LANGUAGES else self.language

    def titles(self, metadata: Mapping[str, Any], name: str) -> dict[str, str]:
        """Give a notebook's title in both languages; without one, its name.

        Example:
            >>> ours = {"pumpurs": {"title": {"lv": "Pārskats", "en": "Summary"}}}
            >>> Site("lv").titles(ours, "a")["en"], Site("lv").titles({}, "a")["en"]
            ('Summary', 'a')
        """
        title = metadata.get("pumpurs", {}).get("title", {})
        return {one: title.get(one) or metadata.get("title") or name for one in LANGUAGES}

    def pages(self, folder: str, contents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """List the notebooks of a folder as its index shows them: ours in a reader's order."""
        found = []
        order = {f"{name}.ipynb": place for place, name in enumerate(PAGES)}
        groups = {name: group for group, names in GROUPS.items() for name in names}
        for model in sorted(contents, key=lambda each: order.get(each["name"], len(order))):
            if model["type"] == "notebook":
                text = (Path(folder) / model["path"]).read_text(encoding="utf-8")
                metadata = json.loads(text)["metadata"]
                titles = self.titles(metadata, model["name"].removesuffix(".ipynb"))
                summary = metadata.get("pumpurs", {}).get("summary")
                group = groups.get(model["name"].removesuffix(".ipynb"), "other")
                about = {"title": titles, "summary": summary, "group": group}
                found.append({"path": model["path"], **about})
        return found


class Kernels(AsyncMappingKernelManager):
    """Kernels that are given back when their visitor is gone, and never more than wanted."""

    most_pages = Int(config=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # its types are partial
        self._alone: set[str] = set()

    async def start_kernel(  # type: ignore[override]  # its base is awaited too
        self,
        *args: Any,  # noqa: ANN401  (as its base)
        **kwargs: Any,  # noqa: ANN401  (the same)
    ) -> str:
        """Start a kernel while there is room for one.

        Raises:
            HTTPError: 503, as many pages are open as this computer shall serve.
        """
        if len(self) >= self.most_pages:
            raise HTTPError(503)
        return str(await super().start_kernel(*args, **kwargs))

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Cull a kernel only when two looks in a row found it alone.

        A kernel made ready long ago and handed out just now has no connection yet.
        """
        if self._kernel_connections.get(kernel_id, 0):
            self._alone.discard(kernel_id)
        elif kernel_id in self._alone:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
        else:
            self._alone.add(kernel_id)


class Channels(ZMQChannelsWebsocketConnection):
    """What visitors and kernels tell each other: of widgets alone, in the protocol of our script.

    What a kernel prints or fails with may quote data. Other protocols, and messages that claim to
    have billions of parts, would keep the server busy for good.
    """

    def handle_incoming_message(self, incoming_msg: Any) -> None:  # noqa: ANN401  (as its base)
        """Take messages of a few parts."""
        if self.subprotocol and int.from_bytes(incoming_msg[:8], "little") <= _MOST_PARTS:
            super().handle_incoming_message(incoming_msg)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:  # noqa: ANN401
        """Pass on what a page is made of and nothing else."""
        _, parts = self.session.feed_identities(outgoing_msg)
        if self.subprotocol and self.session.unpack(parts[1])["msg_type"] in _TOLD:
            super().handle_outgoing_message(stream, outgoing_msg)


class _Unchanging(StaticFileHandler):
    """Files whose address changes with their content."""

    def get_cache_time(self, *_args: object) -> int:
        return self.CACHE_MAX_AGE


class _Leave(VoilaShutdownKernelHandler):  # type: ignore[misc]  # it ships no types
    """A page that is left gives its kernel back at once; the kernel's id is the secret it needs."""

    def check_xsrf_cookie(self) -> None:
        """Ask for no cookie: Voila sets none on its pages."""


class Standalone(Voila):  # type: ignore[misc]  # it ships no types
    """Voila with our template before its own, on a free port of this computer."""

    def __init__(self, site: Site, on_ready: Callable[[str], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._site, self._on_ready = site, on_ready

    def setup_template_dirs(self) -> None:
        """Put our templates before Voila's own."""
        self.voila_configuration.template = "base"
        super().setup_template_dirs()
        self.voila_configuration.template = "pumpurs"
        self.template_paths.insert(0, str(TEMPLATE))

    def init_settings(self) -> dict[str, Any]:
        """Give the list of pages and the error page our words."""
        settings: dict[str, Any] = super().init_settings()
        settings["voila_jinja2_env"].globals |= {"pumpurs": self._site, "folder": self.root_dir}
        return settings

    def init_handlers(self) -> list[Any]:
        """Serve our files and plotly's script beside what Voila serves."""
        pictures = {"path": str(guide.FOLDER / "pictures")}
        ours: list[Any] = [
            (r"/voila/api/shutdown/(.*)", _Leave),
            (r"/pumpurs/[0-9a-f]+/(.*)", _Unchanging, {"path": str(STATIC)}),
            (f"/pumpurs/guide/{guide.NAMES}", guide.Guide),
            (r"/pumpurs/guide/pictures/(guide-[\w.-]+\.png)", StaticFileHandler, pictures),
        ]
        return ours + list(super().init_handlers())

    def listen(self) -> None:
        """Listen on the first free port and say where."""
        server = HTTPServer(self.app)
        sockets = _free_port(self.port)
        self.port: int = sockets[0].getsockname()[1]
        server.add_sockets(sockets)
        if nursery.Provisioner.nursery:
            nursery.Provisioner.nursery.wait()
        self._on_ready(f"http://{HERE}:{self.port}/")
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            self.log.info("interrupted")
        finally:
            self.stop()

    async def make_ready(self) -> None:
        """Open every page once in each language, so that its first picture is known."""
        for address in self._addresses():
            with suppress(HTTPClientError, OSError):  # whoever visits the page will be told
                page = (await AsyncHTTPClient().fetch(address, request_timeout=120)).body.decode()
                for kernel in re.findall(r'"kernelId": "([\w-]+)"', page):
                    await self.kernel_manager.shutdown_kernel(kernel, now=True)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _addresses(self) -> list[str]:
        """List the pages as visitors ask for them: all in the server's language, then the other."""
        names = (f"voila/render/{name}.ipynb" for name in PAGES)
        pages = [name for name in names if (Path(self.root_dir) / Path(name).name).exists()]
        asked = sorted(LANGUAGES, key=lambda language: language != self._site.language)
        here = f"http://{HERE}:{self.port}{self.base_url}"
        shown = [""] if self.notebook_path else pages
        return [f"{here}{page}?lang={language}" for language in asked for page in shown]

    def stop(self) -> None:
        """End every kernel at once: none holds anything to save."""
        with suppress(HTTPError):  # a page that was left just now has ended its own
            run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)


def _free_port(wanted: int) -> list[socket]:
    for port in (*range(wanted, wanted + _PORTS_TRIED), 0):
        with suppress(OSError):
            return bind_sockets(port, HERE)
    raise OSError(f"no free port on {HERE}")


def _config(site: Site, *, port: int, most_pages: int) -> Config:
    config = Config()
    config.Voila.update(
        ip=HERE,
        port=port,
        open_browser=False,
        config_file_paths=[],
        kernel_websocket_connection_class=Channels,
        log_level="ERROR",
        tornado_settings={
            "headers": {"Content-Security-Policy": _POLICY},
            "allow_remote_access": False,
            "ws_ping_timeout": _PING_MILLISECONDS,
        },
    )
    config.VoilaConfiguration.update(
        resources={"pumpurs": site},
        allow_template_override="NO",
        allow_theme_override="NO",
        classic_tree=True,
        file_allowlist=[],
        show_tracebacks=False,
        strip_sources=True,
        multi_kernel_manager_class=Kernels,
        extension_allowlist=[
            "@voila-dashboards/widgets-manager8",
            "@jupyter-widgets/jupyterlab-manager",
            "anywidget",
        ],
    )
    config.MappingKernelManager.update(
        cull_idle_timeout=_LEFT_ALONE_SECONDS, cull_interval=_LOOK_EVERY_SECONDS
    )
    config.Kernels.most_pages = most_pages
    if os.name == "posix":
        config.KernelManager.transport = "ipc"  # sockets in a private folder instead of open ports
    return config
