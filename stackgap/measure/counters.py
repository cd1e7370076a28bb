"""What the operating system says of a process tree: CPU clocks, memory, steal, throttling."""

import os
import sys
import time
from pathlib import Path

import msgspec
import psutil

_PROC = Path("/proc")
_CGROUP_V2_STAT = Path("/sys/fs/cgroup/cpu.stat")
_CGROUP_V1_STAT = Path("/sys/fs/cgroup/cpu/cpu.stat")


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
    if sys.platform == "linux":
        # The kernel's process CPU clock: nanoseconds, where /proc/PID/stat counts 10 ms ticks.
        clock_id = (~pid << 3) | 2
        try:
            return time.clock_gettime_ns(clock_id)
        except OSError:
            raise ProcessLookupError(pid) from None
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        raise ProcessLookupError(pid) from None
    return round((times.user + times.system) * 1e9)


def memory(pids: list[int]) -> MemoryReading:
    """Memory of the processes together; raises ProcessLookupError when one is gone."""
    read = _linux_memory if sys.platform == "linux" else _portable_memory
    readings = [read(pid) for pid in pids]
    return MemoryReading(
        anonymous_bytes=sum(reading.anonymous_bytes for reading in readings),
        file_bytes=sum(reading.file_bytes for reading in readings),
        peak_resident_bytes=sum(reading.peak_resident_bytes for reading in readings),
    )


def _linux_memory(pid: int) -> MemoryReading:
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


def _portable_memory(pid: int) -> MemoryReading:
    try:
        full = psutil.Process(pid).memory_full_info()
    except psutil.NoSuchProcess:
        raise ProcessLookupError(pid) from None
    return MemoryReading(full.uss, max(full.rss - full.uss, 0), full.rss)


def steal_ns() -> int:
    """Time the hypervisor kept from this machine's cores so far, all cores added."""
    if not (_PROC / "stat").exists():
        return 0
    total = (_PROC / "stat").read_text().split("\n", 1)[0].split()
    return int(total[8]) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def throttled_ns() -> int:
    """Time the harness's own control group was throttled so far; 0 where there is none."""
    if _CGROUP_V2_STAT.exists():
        return _stat_field(_CGROUP_V2_STAT, "throttled_usec") * 1000
    if _CGROUP_V1_STAT.exists():
        return _stat_field(_CGROUP_V1_STAT, "throttled_time")
    return 0


def _stat_field(path: Path, name: str) -> int:
    fields = dict(line.split() for line in path.read_text().splitlines())
    return int(fields.get(name, 0))
