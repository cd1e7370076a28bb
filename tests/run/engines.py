"""Engines whose servers misbehave in one way each."""

from collections.abc import Collection

import msgspec

from stackgap.measure.counters import MemoryReading
from stackgap.measure.engine import Load, MachineReading, Resident, SliceReading
from stackgap.measure.fake import FakeEngine
from stackgap.stacks import find
from tests.run.pipeline import COST_US


class Faulty(FakeEngine):
    """The readings of the slices or warm-ups of these ordinal numbers are at fault."""

    def __init__(self, at: Collection[int], **fault: object) -> None:
        super().__init__(COST_US)
        self._at = at
        self._fault = fault
        self._readings = 0

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        reading = super().slice(resident, load)
        self._readings += 1
        if self._readings not in self._at:
            return reading
        return msgspec.structs.replace(reading, **self._fault)


class FaultyOnce(Faulty):
    """The reading of one slice or warm-up is at fault."""

    def __init__(self, at: int, **fault: object) -> None:
        super().__init__({at}, **fault)


class AlwaysFaulty(FakeEngine):
    """Every answer of every server is wrong."""

    def __init__(self) -> None:
        super().__init__(COST_US)

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        return msgspec.structs.replace(super().slice(resident, load), wrong_answers=1)


class DisturbedMachine(FakeEngine):
    """A machine whose counters read `readings`, one after the other, and then rest."""

    def __init__(self, *readings: MachineReading) -> None:
        super().__init__(COST_US)
        self._machine = list(readings)

    def machine(self) -> MachineReading:
        return self._machine.pop(0) if len(self._machine) > 1 else self._machine[0]


class SlowAtFirst(FakeEngine):
    """The first burst a server ever gets costs it a hundred times as much: it imports, compiles."""

    def __init__(self) -> None:
        super().__init__(COST_US)
        self._warm: set[int] = set()

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        reading = super().slice(resident, load)
        if resident.pids[0] in self._warm:
            return reading
        self._warm.add(resident.pids[0])
        return msgspec.structs.replace(reading, cpu_ns=100 * reading.cpu_ns)


class Injecting(FakeEngine):
    """Servers that do the work they are asked for on top, and count it.

    `seen` is the part of it that shows in the readings; a `twin_factor` other than 1 makes
    replica 1 cost that many times as much; `layer_us` is what it takes to be able to inject.
    """

    def __init__(
        self, *, seen: float = 1.0, twin_factor: float = 1.0, layer_us: float = 0.0
    ) -> None:
        super().__init__(COST_US)
        self._layer_ns = 1_000 * layer_us
        self._seen = seen
        self._twin_factor = twin_factor

    def memory(self, resident: Resident) -> MemoryReading:
        reading = super().memory(resident)
        held = round(self._seen * 1_000_000 * resident.stack.inject_anonymous_mb)
        return msgspec.structs.replace(reading, anonymous_bytes=reading.anonymous_bytes + held)

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        stack = resident.stack
        plain = msgspec.structs.replace(resident, stack=find(stack.name.partition("+")[0]))
        reading = super().slice(plain, load)
        burned_ns = 1_000 * stack.inject_cpu_us
        # A timer is late rather than early.
        waited_ns = 1_010_000 * stack.inject_wait_ms
        delayed_ns = round(self._seen * (burned_ns + waited_ns))
        factor = self._twin_factor if resident.replica else 1.0
        added_ns = self._seen * burned_ns + (self._layer_ns if stack.injected else 0.0)
        return msgspec.structs.replace(
            reading,
            cpu_ns=round(factor * reading.cpu_ns + added_ns * reading.window_ok),
            cpu_ns_by_piece=tuple(
                round(factor * cpu_ns + added_ns * reading.piece_requests)
                for cpu_ns in reading.cpu_ns_by_piece
            ),
            latency_ns_histogram=tuple(
                (latency_ns + delayed_ns, count)
                for latency_ns, count in reading.latency_ns_histogram
            ),
            injected_cpu_ns=burned_ns * reading.ok if stack.injected else None,
            injected_requests=reading.ok if stack.injected else None,
        )
