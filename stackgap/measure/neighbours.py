"""What else runs on the servers' core while one of them is measured."""

import time

import msgspec

from stackgap.measure import counters
from stackgap.measure.cores import pinned_to
from stackgap.measure.engine import Load, Resident, SliceReading
from stackgap.measure.process import ProcessEngine, tree_cpu_ns


class CoreAccount(msgspec.Struct, frozen=True):
    """So far: the time that has passed, that a core was idle, and that a server has taken."""

    at_ns: int
    idle_ns: int
    server_ns: int


def account(core: int, resident: Resident) -> CoreAccount:
    """Of that core and server now; raises ServerDied."""
    return CoreAccount(time.monotonic_ns(), counters.idle_ns(core), tree_cpu_ns(resident))


def others_share(before: CoreAccount, after: CoreAccount) -> float:
    """The part of the time between in which the core was neither idle nor the server's: other
    processes, the hypervisor, interrupts. The kernel counts idle time in hundredths of a second."""
    passed_ns = after.at_ns - before.at_ns
    idle_ns = after.idle_ns - before.idle_ns
    server_ns = after.server_ns - before.server_ns
    return max(passed_ns - idle_ns - server_ns, 0) / passed_ns


class WatchedSlices:
    """Slices, each with what others took of the servers' core meanwhile."""

    def __init__(self, engine: ProcessEngine) -> None:
        self._engine = engine

    def slice(self, resident: Resident, load: Load) -> tuple[SliceReading, float]:
        """A slice and the others' share; raises as the engine's own."""
        core = self._engine.cores.server
        # Or this process might be one of the others.
        with pinned_to(self._engine.cores.generator):
            before = account(core, resident)
            reading = self._engine.slice(resident, load)
            return reading, others_share(before, account(core, resident))
