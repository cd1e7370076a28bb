"""What a run asks of an engine: start servers, put load on them, read counters.

`process.ProcessEngine` measures processes on this machine; `fake.FakeEngine` makes up readings
with known costs, so that everything above it can be tested without measuring.
"""

from pathlib import Path
from typing import Any, Protocol

import msgspec

from stackgap.launch import LOOPBACK
from stackgap.measure.counters import MemoryReading
from stackgap.records import Histogram
from stackgap.stacks import Stack


class EngineError(Exception):
    """The engine cannot do what it is asked; the message says why and what would help."""


class ServerDied(EngineError):
    """A server ended, or did not become healthy."""


class OutOfMemory(ServerDied):
    """A server used more memory than its container may."""


class StaleBuild(EngineError):
    """A server runs other Rust code than the sources in the checkout."""


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """A healthy server of one generation; `log` is where what it prints goes.

    `others` are processes that work for it without being part of it, by the account they are on.
    """

    stack: Stack
    replica: int
    host: str = LOOPBACK
    port: int
    pids: list[int]
    startup_s: float
    health: dict[str, Any]
    log: Path
    others: dict[str, list[int]] = {}


class Load(msgspec.Struct, frozen=True):
    """An open-loop burst: `lead_s` to settle in, then `window_s` that counts.

    `seed` draws the schedule's phase and the request it begins with. A closed one has no rate:
    each connection sends as soon as it has its answer. CPU is told by pieces of `piece_requests`
    each, too, if that is not 0.
    """

    rate_hz: float
    lead_s: float
    window_s: float
    connections: int
    seed: int
    closed: bool = False
    piece_requests: int = 0


# uvicorn closes connections that are idle for 5 s, Axum does not: none is left alone so long.
_LONGEST_UNUSED_S = 3.0


def connections_at(rate_hz: float, most: int) -> int:
    """How many connections take turns at that rate without one being closed for want of use."""
    return min(most, max(int(_LONGEST_UNUSED_S * rate_hz), 1))


class SliceReading(msgspec.Struct, frozen=True):
    """What one burst showed; see `records.Slice` for the meaning of each field."""

    window_s: float
    scheduled: int
    sent: int
    ok: int
    failed: dict[str, int]
    window_ok: int
    cpu_ns: int
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    generator_cpu_ns: int
    checked_answers: int
    wrong_answers: int
    other_cpu_ns: dict[str, int] = {}
    injected_cpu_ns: int | None = None
    injected_requests: int | None = None
    piece_requests: int = 0
    cpu_ns_by_piece: tuple[int, ...] = ()


class ImportReading(msgspec.Struct, frozen=True):
    """Memory of a Python process after the imports up to `step`; see `MemoryReading`."""

    step: str
    anonymous_bytes: int
    file_bytes: int


class ContainerReading(msgspec.Struct, frozen=True):
    """What Docker says of a container; see `records.ContainerStats` for each field."""

    held_bytes: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    cpu_ns: int
    throttled_ns: int


class MachineReading(msgspec.Struct, frozen=True):
    """The state of the machine: a fixed piece of work, timed, and cumulative disturbances."""

    canary_ns: int
    steal_ns: int
    throttled_ns: int


class Engine(Protocol):
    """See the module; every method may raise EngineError."""

    name: str

    def start(self, stack: Stack, replica: int) -> Resident:
        """Starts a server and waits until it is healthy."""
        ...

    def stop(self, residents: list[Resident]) -> None:
        """Ends servers in order, by force if they do not end."""
        ...

    def pause(self, resident: Resident) -> None:
        """Keeps a resident from running until `unpause`; one of several processes runs on."""
        ...

    def unpause(self, resident: Resident) -> None:
        """Lets a resident run."""
        ...

    def idle_cpu_ns(self, residents: list[Resident], window_s: float) -> list[int]:
        """CPU each resident takes while left alone for `window_s`, all at the same time."""
        ...

    def memory(self, resident: Resident) -> MemoryReading:
        """A resident's memory now."""
        ...

    def loaded_memory(self, resident: Resident, connections: int) -> MemoryReading:
        """The most memory seen while `connections` requests are kept in flight."""
        ...

    def containers(self, residents: list[Resident]) -> list[ContainerReading | None]:
        """What Docker says of each resident; None for one in no container."""
        ...

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        """Puts `load` on a resident while the others idle."""
        ...

    def machine(self) -> MachineReading:
        """Runs the canary on the servers' core, and reads the machine's counters."""
        ...

    def import_ladder(self) -> list[ImportReading]:
        """Memory of a fresh Python process after each of the imports of a service, in order."""
        ...
