"""A warm parent of kernels: what every page imports is imported once, and shared by all of them.

Comes in: requests for kernels, one line each, from the server. Goes out: the process ids of forked
kernels. Linux only: elsewhere, or should it fail, kernels start in the usual way. It holds no data
of a delivery and opens none, so that nothing of one visitor is ever handed to another.
"""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from pumpurs_analysis import catalogue

IS_POSSIBLE = sys.platform == "linux"
_NAME = "pumpurs-nursery"
_STARTS = "ipykernel_launcher"
# What a kernel imports at its start, and reading a workspace.
_OF_A_KERNEL = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.debugger", "psutil"),
    *("IPython.core.oinspect", "IPython.extensions.storemagic", "tornado.platform.asyncio"),
    *("zmq.utils.garbage", "pyarrow.dataset", "pandas.core.arrays.arrow.extension_types"),
)
# Threads do not survive a fork, and a page computes little: one is enough.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Nursery:
    """The server's end: starts the warm parent at once, asks it for kernels."""

    def __init__(self) -> None:
        self._lock, self._is_warm = Lock(), False
        told, heard = os.pipe(), os.pipe()
        self._parent = subprocess.Popen(  # noqa: S603  (our own module)
            [sys.executable, "-m", __name__],
            env=os.environ | _ONE_THREAD,
            stdin=told[0],
            stdout=heard[1],
        )
        os.close(told[0])
        os.close(heard[1])
        self._told, self._heard = os.fdopen(told[1], "wb"), os.fdopen(heard[0], "rb")

    def wait(self) -> None:
        """Wait until the parent is warm: a page asked for before shows nothing for seconds."""
        with self._lock:
            if not self._is_warm:
                self._is_warm = bool(self._heard.readline())

    def fork(self, arguments: list[str], env: dict[str, str], folder: str) -> int:
        """Give the process id of a new kernel; waits until the parent is warm.

        Raises:
            OSError: The parent is gone.
        """
        self.wait()
        asked = {"arguments": arguments, "env": env, "folder": folder}
        with self._lock:
            self._told.write(json.dumps(asked).encode() + b"\n")
            self._told.flush()
            answer = self._heard.readline()
        if not answer:
            raise OSError("the parent of kernels is gone")
        return int(answer)

    def end(self) -> None:
        """Let the parent go; kernels that are left end with it."""
        self._parent.terminate()
        self._parent.wait()
        self._heard.close()
        with suppress(BrokenPipeError):  # a request it can no longer hear
            self._told.close()


class _Forked:
    """A kernel that is no child of the server, with what the server asks of a child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        return 0

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Provisioner(LocalProvisioner):
    """Takes kernels from the nursery while there is one."""

    nursery: Nursery | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ANN401  (as its base)
        """Fork a kernel; if that cannot be done, start one."""
        if self.nursery is None or _STARTS not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(_STARTS) + 1 :]
        folder = str(kwargs.get("cwd") or Path.cwd())
        try:
            pid = await asyncio.to_thread(self.nursery.fork, arguments, kwargs["env"], folder)
        except OSError:
            Provisioner.nursery = None
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = _Forked(pid)
        self.pid = self.pgid = pid
        self.cwd = folder
        return self.connection_info


@contextmanager
def open_nursery() -> Iterator[None]:
    """Let the server take its kernels from a warm parent, while it runs."""
    nursery = Provisioner.nursery = Nursery()
    factory = KernelProvisionerFactory.instance()
    place = f"{__name__}:{Provisioner.__name__}"
    factory.provisioners[_NAME] = EntryPoint(_NAME, place, factory.GROUP_NAME)
    factory.default_provisioner_name = _NAME
    try:
        yield
    finally:
        nursery.end()


def _warm() -> None:
    """Import what pages need, read the catalogue, draw what is public; no data of a delivery."""
    # Nobody debugs a page, and a debugger takes half a second and 30 MB of each kernel.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in _OF_A_KERNEL:
        import_module(name)
    from pumpurs_analysis.app import (  # noqa: F401, PLC0415  (the same)
        case_page,
        data_check,
        pages,
        place_page,
        presenting,
        published_figures,
        records,
        rules_page,
    )
    from pumpurs_analysis.app.state import Selection  # noqa: PLC0415  (the same)

    for name in ("texts", "codes", "tables", "rules", "sources"):
        catalogue.entries(name)
    # Drawing imports more, and keeps what it worked out: done once here, with what is public.
    published_figures.build(Selection())
    gc.freeze()  # what is here stays: a kernel's collector writes on none of it, so it stays shared


def _become_kernel(asked: dict[str, Any], parent: int) -> None:
    """Be what ``python -m ipykernel_launcher`` would be; never returns."""
    from ipykernel import ipkernel  # noqa: PLC0415  (imported long ago)
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  (the same)

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["folder"])
    sys.path.insert(0, "")
    name = next((each for each in asked["arguments"] if "kernel-" in each), "")
    with suppress(OSError):  # so that a list of processes tells kernels apart
        Path("/proc/self/comm").write_text(Path(name).stem.removeprefix("kernel-")[:15])
    kernel: Any = IPKernelApp.instance()
    with patch.object(ipkernel, "sys", _FewModules()):
        kernel.initialize([*asked["arguments"], f"--IPKernelApp.parent_handle={parent}"])
    kernel.start()
    os._exit(0)


class _FewModules:
    """``sys`` without its modules: touching each of them, for a debugger, unshares 16 MB."""

    modules: Mapping[str, Any] = MappingProxyType({})

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever sys has)
        return getattr(sys, name)


def main() -> None:
    """Be the warm parent until the server closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the server, which then lets us go
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is gone leaves nothing behind
    _warm()
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    here = os.getpid()
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            _become_kernel(json.loads(line), here)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
