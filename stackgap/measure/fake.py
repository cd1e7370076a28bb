"""An engine that makes readings up, from known costs and known noise, in no time."""

import random
from collections.abc import Mapping
from pathlib import Path

from stackgap.measure.counters import MemoryReading
from stackgap.measure.engine import (
    ContainerReading,
    ImportReading,
    Load,
    MachineReading,
    Resident,
    ServerDied,
    SliceReading,
)
from stackgap.stacks import Stack

_MIB = 2**20


class FakeEngine:
    """Servers that cost `cost_us[name]` a request, give or take what generations and slices do.

    `generation_noise` moves all costs of one server by one lognormal factor, `slice_noise` each
    slice by its own. A stack in `dies_at` dies at its slice of that ordinal number, once.
    """

    name = "fake"

    def __init__(
        self,
        cost_us: Mapping[str, float],
        *,
        seed: int = 1,
        generation_noise: float = 0.02,
        slice_noise: float = 0.05,
        dies_at: Mapping[str, int] | None = None,
    ) -> None:
        self._cost_us = cost_us
        self._random = random.Random(seed)
        self._generation_noise = generation_noise
        self._slice_noise = slice_noise
        self._dies_at = dict(dies_at or {})
        self._slices_of: dict[str, int] = {}
        self._factor: dict[int, float] = {}
        self._next_pid = 1
        self.running: set[int] = set()
        self.paused: set[int] = set()

    def start(self, stack: Stack, replica: int) -> Resident:
        """A resident with a process id of its own and this generation's luck."""
        pid = self._next_pid
        self._next_pid += 1
        self.running.add(pid)
        self._factor[pid] = self._random.lognormvariate(0, self._generation_noise)
        health = {"status": "ok", "stack": stack.name, "build_hash": "fake"}
        return Resident(
            stack=stack,
            replica=replica,
            port=1024 + pid,
            pids=[pid],
            startup_s=0.5,
            health=health,
            log=Path("/dev/null"),
        )

    def stop(self, residents: list[Resident]) -> None:
        """Forgets the residents."""
        self.running -= {resident.pids[0] for resident in residents}

    def pause(self, resident: Resident) -> None:
        """Remembers that it may not run."""
        self.paused.add(resident.pids[0])

    def unpause(self, resident: Resident) -> None:
        """It may run again."""
        self.paused.discard(resident.pids[0])

    def idle_cpu_ns(self, residents: list[Resident], window_s: float) -> list[int]:
        """A thousandth of a core each."""
        return [round(window_s * 1e6) for _ in residents]

    def memory(self, resident: Resident) -> MemoryReading:
        """Ten MiB of each kind."""
        return MemoryReading(10 * _MIB, 10 * _MIB, 20 * _MIB)

    def loaded_memory(self, resident: Resident, connections: int) -> MemoryReading:
        """One MiB more for every connection."""
        anonymous = (10 + connections) * _MIB
        return MemoryReading(anonymous, 10 * _MIB, anonymous + 10 * _MIB)

    def containers(self, residents: list[Resident]) -> list[ContainerReading | None]:
        """Twelve MiB, and no CPU."""
        own = ContainerReading(15 * _MIB, 12 * _MIB, 10 * _MIB, 4 * _MIB, 0, 0)
        return [own if resident.stack.container else None for resident in residents]

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        """Every request answered, rightly, at the stack's cost."""
        name = resident.stack.name
        self._slices_of[name] = self._slices_of.get(name, 0) + 1
        if self._dies_at.get(name) == self._slices_of[name]:
            raise ServerDied(f"{name} died (signal SIGKILL)")
        requests = round(load.rate_hz * load.window_s)
        factor = self._factor[resident.pids[0]] * self._random.lognormvariate(0, self._slice_noise)
        cost_ns = self._cost_us[name] * 1000 * factor
        return SliceReading(
            window_s=load.window_s,
            scheduled=requests,
            sent=requests,
            ok=requests,
            failed={},
            window_ok=requests,
            cpu_ns=round(requests * cost_ns),
            latency_ns_histogram=((round(2 * cost_ns), requests),),
            lateness_p99_ns=1000,
            generator_cpu_ns=round(load.window_s * 1e9),
            checked_answers=1,
            wrong_answers=0,
            piece_requests=load.piece_requests,
            cpu_ns_by_piece=_whole_pieces(load.piece_requests, requests, cost_ns),
        )

    def machine(self) -> MachineReading:
        """A quiet machine."""
        return MachineReading(canary_ns=3_000_000, steal_ns=0, throttled_ns=0)

    def import_ladder(self) -> list[ImportReading]:
        """Three steps of ten MiB of either kind."""
        steps = ("bare interpreter", "uvicorn", "FastAPI")
        return [
            ImportReading(step, position * 10 * _MIB, position * 10 * _MIB)
            for position, step in enumerate(steps, start=1)
        ]


def _whole_pieces(piece_requests: int, requests: int, cost_ns: float) -> tuple[int, ...]:
    if not piece_requests:
        return ()
    return (round(piece_requests * cost_ns),) * (requests // piece_requests)
