"""No process of a measurement outlives the harness, however that ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from stackgap import project
from stackgap.measure.guardian import guarded
from tests.processes import group, is_alive, left_after

GONE_WITHIN_S = 2.0

# As uvicorn's workers are: children of a server, which ignore a polite end.
SERVER = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(worker.pid, flush=True)
time.sleep(600)
"""

HARNESS = f"""
import json, subprocess, sys, time
from pathlib import Path
from stackgap.measure.guardian import guarded
with guarded(Path(sys.argv[1])) as process_group:
    server = subprocess.Popen(
        [sys.executable, "-c", {SERVER!r}],
        stdout=subprocess.PIPE,
        process_group=process_group,
    )
    worker = int(server.stdout.readline())
    print(json.dumps([process_group, server.pid, worker]), flush=True)
    time.sleep(600)
"""


def _start_server(process_group: int) -> tuple[subprocess.Popen[bytes], psutil.Process]:
    """A server in the group, and its worker."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, process_group=process_group
    )
    assert server.stdout is not None
    return server, psutil.Process(int(server.stdout.readline()))


def _wait_until_ignored(ignored: signal.Signals, pid: int) -> None:
    bit = 1 << (ignored - 1)
    while True:
        status = Path(f"/proc/{pid}/status").read_text()
        mask = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
        if int(mask.split()[1], 16) & bit:
            return


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with something in it."""
    path = tmp_path / "guarded"
    path.mkdir()
    (path / "log").write_text("GET / 200")
    return path


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_harness_leaves_no_process_and_no_folder(
    folder: Path, ending: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HARNESS, str(folder)],
        cwd=project.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as harness:
        assert harness.stdout is not None
        pids = json.loads(harness.stdout.readline())
        processes = [psutil.Process(pid) for pid in pids]
        assert all(is_alive(process) for process in processes)
        harness.send_signal(ending)
        assert not left_after(processes, GONE_WITHIN_S)
    assert not folder.exists()


def test_leaving_the_block_ends_processes_and_removes_the_folder(folder: Path) -> None:
    with guarded(folder) as process_group:
        server, worker = _start_server(process_group)
        assert {member.pid for member in group(process_group)} == {
            process_group,
            server.pid,
            worker.pid,
        }
    with server:
        assert not left_after([psutil.Process(server.pid), worker], GONE_WITHIN_S)
    assert not folder.exists()
    assert not group(process_group)


def test_a_failure_inside_the_block_ends_processes_and_is_raised(folder: Path) -> None:
    servers = []

    def fail(process_group: int) -> None:
        servers.append(_start_server(process_group))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), guarded(folder) as process_group:
        fail(process_group)
    ((server, worker),) = servers
    with server:
        assert not left_after([psutil.Process(server.pid), worker], GONE_WITHIN_S)
    assert not folder.exists()


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_meant_for_the_harness_does_not_end_the_guardian(
    folder: Path, polite: signal.Signals
) -> None:
    with guarded(folder) as process_group:
        server, worker = _start_server(process_group)
        _wait_until_ignored(polite, process_group)
        psutil.Process(process_group).send_signal(polite)
        assert left_after([psutil.Process(process_group)], 0.2)
        assert folder.exists()
    with server:
        assert not left_after([worker], GONE_WITHIN_S)
