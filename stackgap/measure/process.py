"""The engine that measures: servers are processes of this machine, pinned and guarded."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from stackgap.measure import counters, load
from stackgap.measure.cores import Cores, pinned_to
from stackgap.measure.counters import MemoryReading
from stackgap.measure.engine import (
    EngineError,
    Load,
    MachineReading,
    Resident,
    ServerDied,
    SliceReading,
    StaleBuild,
)
from stackgap.measure.guardian import guarded
from stackgap.measure.workload import Workload
from stackgap.stacks import Stack, command

_HEALTHY_WITHIN_S = 60.0
_ENDS_WITHIN_S = 10.0
_LOADED_WINDOW_S = 0.3
_TMPFS = Path("/dev/shm")


class ProcessEngine:
    """See `engine.Engine`. Made by `process_engine`, which sees to its end."""

    name = "process"

    def __init__(
        self, workload: Workload, cores: Cores, build_hash: str, folder: Path, process_group: int
    ) -> None:
        self._workload = workload
        self._cores = cores
        self._build_hash = build_hash
        self._folder = folder
        self._process_group = process_group
        self._bodies = workload.write_bodies(folder)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, stack: Stack, replica: int) -> Resident:
        """Starts a server on the servers' core; raises ServerDied or StaleBuild."""
        port = _free_port()
        log = self._folder / f"{stack.name}-{replica}-{port}.log"
        order = command(stack, port)
        started = time.perf_counter()
        with log.open("wb") as output, pinned_to(self._cores.server):
            process = subprocess.Popen(
                order.argv,
                env=order.complete_env(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=self._process_group,
            )
        self._processes[process.pid] = process
        health = _wait_until_healthy(stack, port, process, log)
        startup_s = time.perf_counter() - started
        self._refuse_stale(stack, health)
        return Resident(
            stack, replica, port, counters.process_tree(process.pid), startup_s, health
        )

    def stop(self, residents: list[Resident]) -> None:
        """SIGTERM to all, then waits; SIGKILL for those that stay."""
        processes = [self._processes.pop(resident.pids[0]) for resident in residents]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        for process in processes:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for resident in residents:
            _kill_left_over(resident.pids[1:])

    def idle_cpu_ns(self, residents: list[Resident], window_s: float) -> list[int]:
        """CPU of each process tree while nobody asks it anything."""
        before = [_tree_cpu_ns(resident) for resident in residents]
        time.sleep(window_s)
        after = [_tree_cpu_ns(resident) for resident in residents]
        return [end - begin for begin, end in zip(before, after, strict=True)]

    def memory(self, resident: Resident) -> MemoryReading:
        """Raises ServerDied when one of its processes is gone."""
        try:
            return counters.memory(resident.pids)
        except ProcessLookupError as error:
            raise ServerDied(f"{resident.stack.name}: process {error} is gone") from error

    def loaded_memory(self, resident: Resident, connections: int) -> MemoryReading:
        """Looks every few milliseconds while the generator keeps its connections busy."""
        order = self._order(
            resident,
            Load(rate_hz=1.0, lead_s=0.0, window_s=_LOADED_WINDOW_S, connections=connections),
            schedule={"kind": "burst"},
        )
        with load.started(order, self._process_group) as running:
            readings = [self.memory(resident)]
            while running.poll() is None:
                readings.append(self.memory(resident))
                time.sleep(0.005)
        return max(readings, key=lambda reading: reading.anonymous_bytes)

    def slice(self, resident: Resident, load_: Load) -> SliceReading:
        """One burst; CPU is read by the generator itself at the two ends of the window."""
        injected_before = _injected(resident)
        burst = load.run(self._order(resident, load_), self._process_group)
        injected_after = _injected(resident)
        if burst.watch_lost:
            raise ServerDied(f"{resident.stack.name} died under load: {self._last_words(resident)}")
        wrong = sum(
            not self._workload.is_right(sample.body_index, sample.body) for sample in burst.samples
        )
        return SliceReading(
            window_s=burst.window_ns / 1e9,
            scheduled=burst.scheduled,
            sent=burst.sent,
            ok=burst.ok,
            failed=burst.failed,
            window_ok=burst.window_ok,
            cpu_ns=sum(watch.cpu_ns for watch in burst.watch),
            latency_ns_histogram=burst.latency_ns_histogram,
            lateness_p99_ns=burst.lateness_p99_ns,
            generator_cpu_ns=burst.generator_cpu_ns,
            checked_answers=len(burst.samples),
            wrong_answers=wrong,
            injected_cpu_ns=injected_after["cpu_ns"] - injected_before["cpu_ns"],
            injected_requests=injected_after["requests"] - injected_before["requests"],
        )
