"""CPU clocks and memory of processes that know what they took."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest

from stackgap.measure import counters

MB = 1_000_000
# What an interpreter takes on the side: a line read, a line printed.
SLACK_BYTES = 3 * MB

_PREAMBLE = """
import json, mmap, os, sys, threading
from time import CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, clock_gettime_ns

def burn(ns):
    started = clock_gettime_ns(CLOCK_THREAD_CPUTIME_ID)
    while (burned := clock_gettime_ns(CLOCK_THREAD_CPUTIME_ID) - started) < ns:
        pass
    total.append(burned)

total = []
held = []
print(os.getpid(), flush=True)
for line in sys.stdin:
    exec(line)
    print(json.dumps(sum(total)), flush=True)
"""


class Child:
    """A process that does what it is told, line by line, and counts the CPU it burns, in ns."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PREAMBLE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.pid = int(self._process.stdout.readline())

    def does(self, statement: str) -> int:
        """Executes one line of Python; what was burned by `burn` so far, by its own count."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(statement + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def memory(self) -> counters.MemoryReading:
        return counters.memory(counters.process_tree(self.pid))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in psutil.Process(self.pid).children(recursive=True):
            process.kill()
        with self._process:
            self._process.kill()


@pytest.fixture
def child() -> Iterator[Child]:
    with Child() as started:
        yield started


@pytest.mark.parametrize(
    "statement",
    [
        "burn(300_000_000)",
        "t = threading.Thread(target=burn, args=[300_000_000]); t.start(); t.join()",
    ],
    ids=["main thread", "a thread that has ended"],
)
def test_cpu_is_what_the_process_counts_itself(child: Child, statement: str) -> None:
    before = counters.cpu_ns(child.pid)
    burned = child.does(statement)
    assert counters.cpu_ns(child.pid) - before == pytest.approx(burned, rel=0.03)


def test_a_process_that_waits_takes_next_to_no_cpu(child: Child) -> None:
    before = counters.cpu_ns(child.pid)
    child.does("import time; time.sleep(0.3)")
    assert counters.cpu_ns(child.pid) - before < 30_000_000


@contextmanager
def _ended_pid() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        yield process.pid


def test_a_process_that_is_gone_is_told() -> None:
    with _ended_pid() as pid:
        with pytest.raises(ProcessLookupError):
            counters.cpu_ns(pid)
        with pytest.raises(ProcessLookupError):
            counters.memory([os.getpid(), pid])
        with pytest.raises(ProcessLookupError):
            counters.mapped_files([os.getpid(), pid])
        with pytest.raises(psutil.NoSuchProcess):
            counters.process_tree(pid)


def test_memory_a_process_fills_is_anonymous(child: Child) -> None:
    before = child.memory()
    child.does("held.append(b'x' * 50_000_000)")
    after = child.memory()
    assert after.anonymous_bytes - before.anonymous_bytes == pytest.approx(50 * MB, abs=SLACK_BYTES)
    assert after.file_bytes - before.file_bytes < MB
    assert after.peak_resident_bytes - before.peak_resident_bytes >= 49 * MB


def test_memory_given_back_stays_in_the_peak_only(child: Child) -> None:
    before = child.memory()
    child.does("held.append(b'x' * 50_000_000); held.clear()")
    after = child.memory()
    assert after.anonymous_bytes - before.anonymous_bytes < SLACK_BYTES
    assert after.peak_resident_bytes - before.peak_resident_bytes >= 49 * MB


def test_a_mapped_file_is_no_anonymous_memory(child: Child, tmp_path: Path) -> None:
    mapped = tmp_path / "mapped"
    mapped.write_bytes(os.urandom(20 * MB))
    before = child.memory()
    child.does(
        f"held.append(mmap.mmap(os.open({str(mapped)!r}, os.O_RDONLY), 0, prot=mmap.PROT_READ)); "
        "sum(held[-1][at] for at in range(0, 20_000_000, 4096))"
    )
    after = child.memory()
    assert after.file_bytes - before.file_bytes == pytest.approx(20 * MB, abs=SLACK_BYTES)
    assert after.anonymous_bytes - before.anonymous_bytes < SLACK_BYTES
    files = counters.mapped_files([child.pid, child.pid])
    assert files[str(mapped)] == pytest.approx(20 * MB, abs=SLACK_BYTES)
    assert sum(files.values()) == pytest.approx(after.file_bytes, abs=SLACK_BYTES)


def test_memory_shared_after_a_fork_is_counted_once(child: Child) -> None:
    child.does("held.append(b'x' * 50_000_000)")
    alone = child.memory()
    child.does("[os.fork() or os.read(0, 1) for _ in range(0)]")
    child.does("[None if os.fork() else __import__('signal').pause() for _ in range(3)]")
    assert len(counters.process_tree(child.pid)) == 4
    shared = child.memory()
    assert shared.anonymous_bytes - alone.anonymous_bytes < 25 * MB


def test_a_tree_holds_children_and_theirs(child: Child) -> None:
    assert counters.process_tree(child.pid) == [child.pid]
    sleeper = "import time; time.sleep(600)"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeper!r}])"
    child.does(
        f"import subprocess; held.append(subprocess.Popen([sys.executable, '-c', {nested!r}]))"
    )
    parent = psutil.Process(child.pid)
    while len(parent.children(recursive=True)) < 2:
        pass
    expected = [process.pid for process in parent.children(recursive=True)]
    assert sorted(counters.process_tree(child.pid)) == sorted([child.pid, *expected])


def test_steal_and_throttling_never_run_backwards() -> None:
    cores = os.sched_getaffinity(0)
    before = counters.steal_ns(cores), counters.throttled_ns()
    after = counters.steal_ns(cores), counters.throttled_ns()
    assert after >= before >= (0, 0)


def test_steal_is_that_of_the_cores_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = "cpu 0 0 0 0 0 0 0 60 0 0\ncpu0 0 0 0 0 0 0 0 10 0 0\ncpu1 0 0 0 0 0 0 0 50 0 0\n"
    (tmp_path / "stat").write_text(ticks + "intr 1 2 3\n")
    monkeypatch.setattr(counters, "_PROC", tmp_path)
    tick_ns = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    assert counters.steal_ns([1]) == 50 * tick_ns
    assert counters.steal_ns([0, 1]) == 60 * tick_ns


@pytest.mark.parametrize(
    ("membership", "folder", "content"),
    [
        ("0::/user/job\n", "user/job", "usage_usec 5\nthrottled_usec 1500\n"),
        (
            "3:memory:/job\n2:cpu,cpuacct:/job\n0::/\n",
            "cpu/job",
            "nr_periods 0\nthrottled_time 1500000\n",
        ),
    ],
    ids=["v2", "v1"],
)
def test_throttling_is_that_of_the_own_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, membership: str, folder: str, content: str
) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text(membership)
    monkeypatch.setattr(counters, "_PROC", tmp_path)
    monkeypatch.setattr(counters, "_CGROUPS", tmp_path / "groups")
    assert counters.throttled_ns() == 0
    group = tmp_path / "groups" / folder
    group.mkdir(parents=True)
    (group / "cpu.stat").write_text(content)
    assert counters.throttled_ns() == 1_500_000


def test_a_core_is_idle_no_longer_than_time_passes() -> None:
    core = min(os.sched_getaffinity(0))
    tick_ns = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    started, before = time.monotonic_ns(), counters.idle_ns(core)
    time.sleep(0.2)
    idle_ns = counters.idle_ns(core) - before
    assert 0 <= idle_ns <= time.monotonic_ns() - started + 2 * tick_ns


def test_a_core_that_is_not_there_is_no_idle_one() -> None:
    with pytest.raises(LookupError, match="no core 4096"):
        counters.idle_ns(4096)
