"""What the operating system says of a process tree: CPU clocks, memory, steal, throttling."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import psutil

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


class MemoryReading(msgspec.Struct, frozen=True):
    """Memory of a process tree in bytes.

    `anonymous` is what the processes alone use: pages shared after a fork are counted once.
    `file` is the resident part of mapped files, counted once for each process.
    """

    anonymous_bytes: int
    file_bytes: int
    peak_resident_bytes: int


def process_tree(pid: int) -> list[int]:
    """`pid` and its living descendants; raises psutil.NoSuchProcess when it is gone."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of `pid` so far, user and system, dead threads included.

    Raises ProcessLookupError when there is no such process.
    """
    # The kernel's process CPU clock: nanoseconds, where /proc/PID/stat counts 10 ms ticks.
    clock_id = (~pid << 3) | 2
    try:
        return time.clock_gettime_ns(clock_id)
    except OSError:
        raise ProcessLookupError(pid) from None


def memory(pids: list[int]) -> MemoryReading:
    """Memory of the processes together; raises ProcessLookupError when one is gone."""
    readings = [_memory(pid) for pid in pids]
    return MemoryReading(
        anonymous_bytes=sum(reading.anonymous_bytes for reading in readings),
        file_bytes=sum(reading.file_bytes for reading in readings),
        peak_resident_bytes=sum(reading.peak_resident_bytes for reading in readings),
    )


def mapped_files(pids: Iterable[int]) -> dict[str, int]:
    """Bytes of each mapped file in memory, what a process made its own of it left out; of several
    processes the most. Raises ProcessLookupError when one is gone."""
    most: dict[str, int] = {}
    for pid in pids:
        for path, held in _mapped_files(pid).items():
            most[path] = max(held, most.get(path, 0))
    return most


def _mapped_files(pid: int) -> dict[str, int]:
    try:
        maps = psutil.Process(pid).memory_maps(grouped=True)
    except psutil.NoSuchProcess:
        raise ProcessLookupError(pid) from None
    return {own.path: own.rss - own.anonymous for own in maps if own.path.startswith("/")}


def _memory(pid: int) -> MemoryReading:
    try:
        shares = _kibibytes(_PROC / str(pid) / "smaps_rollup")
        status = _kibibytes(_PROC / str(pid) / "status")
        return MemoryReading(shares["Pss_Anon"], status["RssFile"], status["VmHWM"])
    except (FileNotFoundError, KeyError):  # a process that is ending has no figures left
        raise ProcessLookupError(pid) from None


def _kibibytes(path: Path) -> dict[str, int]:
    fields = (line.split() for line in path.read_text().splitlines())
    return {
        words[0].removesuffix(":"): int(words[1]) * 1024
        for words in fields
        if len(words) == 3 and words[2] == "kB"
    }


def steal_ns(cores: Iterable[int]) -> int:
    """Time the hypervisor kept from these cores so far, added."""
    lines = (line.split() for line in (_PROC / "stat").read_text().splitlines())
    ticks = {words[0]: int(words[8]) for words in lines if words[0].startswith("cpu")}
    stolen = sum(ticks[f"cpu{core}"] for core in cores)
    return stolen * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def idle_ns(core: int) -> int:
    """Time `core` had nothing to do so far, waiting for disks included."""
    for line in (_PROC / "stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            return (int(ticks[3]) + int(ticks[4])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    raise LookupError(f"/proc/stat knows no core {core}")


def throttled_ns() -> int:
    """Time this process's control group was throttled so far; 0 where none keeps count."""
    for line in (_PROC / "self" / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            return _stat_field(_CGROUPS / path.lstrip("/") / "cpu.stat", "throttled_usec") * 1000
        if "cpu" in controllers.split(","):
            return _stat_field(_CGROUPS / "cpu" / path.lstrip("/") / "cpu.stat", "throttled_time")
    return 0


def _stat_field(path: Path, name: str) -> int:
    if not path.exists():
        return 0
    fields = dict(line.split() for line in path.read_text().splitlines())
    return int(fields.get(name, 0))
