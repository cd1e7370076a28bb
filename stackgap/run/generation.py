"""One generation: fresh processes of every stack, rounds of slices on them, and their end."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Literal, Protocol

import msgspec

from stackgap.measure import gates
from stackgap.measure.counters import MemoryReading
from stackgap.measure.engine import (
    Engine,
    Load,
    Resident,
    ServerDied,
    SliceReading,
    connections_at,
)
from stackgap.records import (
    AnyRecord,
    Cell,
    CellRefused,
    ContainerStats,
    GenerationEnded,
    GenerationStarted,
    IdleCpu,
    ImportStep,
    Memory,
    Plan,
    ResidentStarted,
    RoundEnded,
    Slice,
    SliceRetaken,
)
from stackgap.run.plan import residents, shuffled, start_order
from stackgap.stacks import Stack

_IDLE_S = 1.0
_WARM_UP_S = 0.2
_FEWEST_WARMING = 4
# What disturbs a server from outside does so for some milliseconds at a time: pieces as short as
# that are met by it or spared, where a whole slice is a little dearer as a rule.
_PIECE_S = 0.015
_LOOKS_BEFORE_REFUSAL = 3
_MOST_TAKES = 3

Emit = Callable[[AnyRecord], None]


class Observer(Protocol):
    """Is told how a run gets on."""

    def phase(self, text: str) -> None:
        """What is being done now."""
        ...

    def advance(self) -> None:
        """One step of `steps` is done."""
        ...


def steps(plan: Plan) -> int:
    """How many steps a generation reports: a start and a warm-up a server, and every slice."""
    return len(residents(plan)) + len(plan.cells) * (plan.rounds + 1)


@dataclass(frozen=True)
class Learnt:
    """What a run knows from its earlier generations, and each adds to: the cells found too slow
    for their rate, and every canary."""

    refused: set[Cell]
    canaries_ns: list[int]


class Generation:
    """Runs one generation of `plan`; what it sees goes to `emit`, record by record.

    `looks_for_slow` is whether this generation adds to the cells that `learnt` refuses.
    """

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        number: int,
        stacks: Mapping[str, Stack],
        learnt: Learnt,
        emit: Emit,
        observer: Observer,
        *,
        looks_for_slow: bool,
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._number = number
        self._stacks = stacks
        self._refused = learnt.refused
        self._emit = emit
        self._observer = observer
        self._looks_for_slow = looks_for_slow
        self._residents: dict[tuple[str, int], Resident] = {}
        self._canaries_ns = learnt.canaries_ns
        self._rounds_void = 0
        self._random = random.Random(f"{plan.seed}/{number}/slices")
        self._faults: list[str] = []

    def run(self) -> list[str]:
        """Measures, and returns why the generation is void: an empty list if it is not."""
        self._emit(GenerationStarted(self._number))
        try:
            self._measure()
        except ServerDied as death:
            self._faults.append(str(death))
        finally:
            self._engine.stop(list(self._residents.values()))
        self._emit(GenerationEnded(self._number, self._faults))
        return self._faults

    def _measure(self) -> None:
        if self._plan.accounts and self._plan.factorial:
            self._climb_imports()
        for name, replica in start_order(self._plan, self._number):
            self._start(name, replica)
        if self._plan.accounts:
            self._look_at_idle()
        for resident in self._residents.values():
            self._engine.pause(resident)
        self._warm_up()
        for round_ in range(self._plan.rounds):
            self._round(round_)
        self._faults += gates.round_share_voids(self._plan.rounds, self._rounds_void)
        if self._plan.accounts:
            self._look_at_loaded()

    def _climb_imports(self) -> None:
        self._observer.phase("importing step by step")
        for position, own in enumerate(self._engine.import_ladder()):
            self._emit(
                ImportStep(self._number, position, own.step, own.anonymous_bytes, own.file_bytes)
            )

    def _start(self, name: str, replica: int) -> None:
        self._observer.phase(f"starting {name}")
        resident = self._engine.start(self._stacks[name], replica)
        self._residents[name, replica] = resident
        self._emit(
            ResidentStarted(
                self._number, name, replica, resident.pids, resident.startup_s, resident.health
            )
        )
        self._observer.advance()

    def _look_at_idle(self) -> None:
        self._observer.phase("leaving all servers idle")
        everyone = list(self._residents.values())
        self._account("idle", [self._engine.memory(resident) for resident in everyone])
        taken = self._engine.idle_cpu_ns(everyone, _IDLE_S)
        for resident, cpu_ns in zip(everyone, taken, strict=True):
            self._emit(
                IdleCpu(self._number, resident.stack.name, resident.replica, cpu_ns, _IDLE_S)
            )

    def _warm_up(self) -> None:
        """First requests compile and import; they are not measured, but must be right.

        Cells too slow for their rate are found by the median of further bursts, when what is done
        once is done.
        """
        for cell in self._plan.cells:
            if cell in self._refused:
                continue
            self._observer.phase(f"warming up {cell.stack}")
            reading = self._burst(cell, max(_WARM_UP_S, _FEWEST_WARMING / cell.rate_hz))
            self._faults += gates.slice_faults(cell.stack, reading)
            if self._looks_for_slow and gates.core_share(reading) > gates.MAX_CORE_SHARE:
                self._refuse_if_slow(cell)
            self._observer.advance()

    def _refuse_if_slow(self, cell: Cell) -> None:
        share = median(
            gates.core_share(self._burst(cell, self._window_s(cell)))
            for _ in range(_LOOKS_BEFORE_REFUSAL)
        )
        if share <= gates.MAX_CORE_SHARE:
            return
        self._refused.add(cell)
        self._emit(
            CellRefused(
                cell.stack, cell.replica, cell.rate_name, cell.rate_hz, share, gates.MAX_CORE_SHARE
            )
        )

    def _round(self, round_: int) -> None:
        self._observer.phase(f"round {round_ + 1} of {self._plan.rounds}")
        started = time.monotonic()
        before = self._engine.machine()
        self._canaries_ns.append(before.canary_ns)
        voided = []
        cells = [cell for cell in self._plan.cells if cell not in self._refused]
        for position, cell in enumerate(shuffled(self._plan, cells, self._number, round_)):
            reading, reasons = self._slice(round_, cell)
            self._emit(_slice_record(self._number, round_, position, cell, reading))
            voided += reasons
            self._observer.advance()
        after = self._engine.machine()
        voided += gates.machine_voids(before, after, time.monotonic() - started, self._canaries_ns)
        self._rounds_void += bool(voided)
        self._emit(
            RoundEnded(
                self._number,
                round_,
                before.canary_ns,
                after.steal_ns - before.steal_ns,
                after.throttled_ns - before.throttled_ns,
                voided,
            )
        )

    def _slice(self, round_: int, cell: Cell) -> tuple[SliceReading, list[str]]:
        """One slice, and why it voids its round; taken again before, up to `_MOST_TAKES` in all.

        Else one moment in which the host kept the generator or the server from its core would
        void the slices of all other cells, too. A server that is too slow is so in each take.
        """
        for take in range(1, _MOST_TAKES + 1):
            reading = self._burst(cell, self._window_s(cell))
            self._faults += gates.slice_faults(cell.stack, reading)
            reasons = gates.slice_voids(cell.stack, cell.rate_hz, reading)
            if not reasons or take == _MOST_TAKES:
                break
            self._emit(
                SliceRetaken(
                    self._number,
                    round_,
                    cell.stack,
                    cell.replica,
                    cell.rate_name,
                    reading.lateness_p99_ns,
                    reasons,
                )
            )
        return reading, reasons

    def _look_at_loaded(self) -> None:
        self._observer.phase("measuring memory under load")
        readings = []
        for resident in self._residents.values():
            with self._in_turn(resident):
                readings.append(self._engine.loaded_memory(resident, self._plan.connections))
        self._account("loaded", readings)

    def _window_s(self, cell: Cell) -> float:
        """The plan's window, or longer where it would hold too few requests to count."""
        return max(self._plan.window_s, self._plan.fewest_requests / cell.rate_hz)

    def _burst(self, cell: Cell, window_s: float) -> SliceReading:
        connections = connections_at(cell.rate_hz, self._plan.connections)
        seed = self._random.getrandbits(32)
        piece_requests = max(round(_PIECE_S * cell.rate_hz), 1)
        load = Load(
            cell.rate_hz,
            self._plan.lead_s,
            window_s,
            connections,
            seed,
            piece_requests=piece_requests,
        )
        resident = self._residents[cell.stack, cell.replica]
        with self._in_turn(resident):
            return self._engine.slice(resident, load)

    @contextmanager
    def _in_turn(self, resident: Resident) -> Iterator[None]:
        """Lets one server run; the others do not so much as wake up meanwhile."""
        self._engine.unpause(resident)
        try:
            yield
        finally:
            self._engine.pause(resident)

    def _account(
        self, moment: Literal["idle", "loaded"], readings: Sequence[MemoryReading]
    ) -> None:
        everyone = list(self._residents.values())
        said = self._engine.containers(everyone)
        for resident, memory, own in zip(everyone, readings, said, strict=True):
            whose = (self._number, resident.stack.name, resident.replica, moment)
            self._emit(Memory(*whose, **msgspec.structs.asdict(memory)))
            if own:
                self._emit(ContainerStats(*whose, **msgspec.structs.asdict(own)))


def _slice_record(
    generation: int, round_: int, position: int, cell: Cell, reading: SliceReading
) -> Slice:
    return Slice(
        generation=generation,
        round=round_,
        position=position,
        stack=cell.stack,
        replica=cell.replica,
        rate_name=cell.rate_name,
        rate_hz=cell.rate_hz,
        **msgspec.structs.asdict(reading),
    )
