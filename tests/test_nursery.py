"""Kernels forked from a warm parent: quick, apart from each other, and never a reason to fail."""

import os
import signal
import time

import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from pumpurs_analysis.app import nursery

pytestmark = pytest.mark.skipif(not nursery.IS_POSSIBLE, reason="kernels are forked on Linux only")


@pytest.fixture(scope="module")
def forked():
    """The nursery while it is open, once for all; the factory of provisioners is left as it was."""
    factory = KernelProvisionerFactory.instance()
    former = factory.default_provisioner_name
    with nursery.open_nursery():
        yield nursery.Provisioner
    factory.default_provisioner_name = former
    nursery.Provisioner.nursery = None


@pytest.fixture
def started():
    """A maker of kernels with their clients; all are ended."""
    kernels = []

    def start():
        kernel = KernelManager()
        kernel.start_kernel()
        client = kernel.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        kernels.append((kernel, client))
        return kernel, client

    yield start
    for kernel, client in kernels:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def said(client, code):
    """What a kernel prints for a piece of code."""
    lines = []

    def hear(message):
        if message["msg_type"] == "stream":
            lines.append(message["content"]["text"])

    client.execute_interactive(code, timeout=60, output_hook=hear)
    return "".join(lines).strip()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.usefixtures("forked")
def test_a_kernel_has_everything_imported_before_it_runs_a_line(started):
    _, client = started()
    assert said(client, "import sys; print('pumpurs_analysis.app.records' in sys.modules)") == (
        "True"
    )


@pytest.mark.usefixtures("forked")
def test_kernels_share_nothing_that_one_of_them_changes(started):
    (_, one), (_, other) = started(), started()
    said(one, "import pumpurs_analysis; pumpurs_analysis.secret = 1")
    asked = "import os, pumpurs_analysis; print(hasattr(pumpurs_analysis, 'secret'), os.getpid())"
    answers = {said(client, asked) for client in (one, other)}
    assert {answer.split()[0] for answer in answers} == {"True", "False"}
    assert len({answer.split()[1] for answer in answers}) == 2


@pytest.mark.usefixtures("forked")
def test_a_kernel_is_interrupted_and_ended(started):
    kernel, client = started()
    pid = int(said(client, "import os; print(os.getpid())"))
    client.execute("import time; time.sleep(60)")
    time.sleep(0.5)
    kernel.interrupt_kernel()
    assert client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"
    kernel.shutdown_kernel(now=True)
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_when_the_parent_is_gone_kernels_start_the_usual_way(forked, started):  # the last of all
    os.kill(forked.nursery._parent.pid, signal.SIGKILL)
    _, client = started()
    assert said(client, "import sys; print('pandas' in sys.modules)") == "False"
    assert forked.nursery is None
