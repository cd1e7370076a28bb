"""A whole probe: generations of fresh processes, stack after stack, until enough are good."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from stackgap.analyse.verdicts import MAX_VOID_SHARE
from stackgap.measure import gates
from stackgap.measure.engine import Engine, Load, Resident, ServerDied
from stackgap.probe_records import ProbePlan, ProbeStarted
from stackgap.records import (
    SCHEMA,
    GenerationEnded,
    GenerationStarted,
    Record,
    RunEnded,
    RunGivenUp,
)
from stackgap.run.generation import Observer
from stackgap.run.probes.plan import order
from stackgap.run.runner import RunAborted
from stackgap.run.store import RecordFile
from stackgap.stacks import Stack

_WARM_UP = Load(1.0, 0.0, 0.5, 4, seed=0, closed=True)


@dataclass(frozen=True)
class Visit:
    """One stack's turn in a generation; what is seen of it goes to `emit`, what is being done to
    `say`."""

    generation: int
    position: int
    stack: Stack
    random: random.Random
    emit: Callable[[Record], None]
    say: Callable[[str], None]


class Probe(Protocol):
    """One kind of probe."""

    def measure(self, visit: Visit) -> list[str]:
        """Measures a fresh server of the stack, and returns why the generation is void: an empty
        list if it is not. Raises ServerDied where the server is to blame."""
        ...


class ProbeObserver(Observer, Protocol):
    """Is told how a probe gets on."""

    def generation(self, good: int, wanted: int) -> None:
        """A generation begins; `good` of `wanted` are done."""
        ...

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        """A generation is void."""
        ...


def started(plan: ProbePlan, run_id: str, provenance: dict[str, Any]) -> ProbeStarted:
    """The first record of a probe that starts now."""
    return ProbeStarted(SCHEMA, run_id, _now(), plan, provenance)


def run(
    probe: Probe,
    plan: ProbePlan,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    observer: ProbeObserver,
) -> None:
    """Measures until `plan.generations` good generations are recorded.

    Raises RunAborted when more than a fifth of them are void.
    """
    voids: list[list[str]] = []
    number = 0
    while number - len(voids) < plan.generations:
        observer.generation(number - len(voids), plan.generations)
        file.append(GenerationStarted(number))
        faults = _generation(probe, plan, number, stacks, file, observer)
        file.append(GenerationEnded(number, faults))
        file.sync()
        if faults:
            voids.append(faults)
            observer.voided(number, faults)
        number += 1
        # One bad moment does not end a probe, however short.
        if len(voids) > max(1, MAX_VOID_SHARE * (plan.generations + len(voids))):
            reason = f"{len(voids)} generations are void, the last because: {voids[-1][0]}"
            file.append(RunGivenUp(reason))
            raise RunAborted(reason)
    file.append(RunEnded(_now()))


def _generation(
    probe: Probe,
    plan: ProbePlan,
    number: int,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    observer: ProbeObserver,
) -> list[str]:
    faults: list[str] = []
    for position, name in enumerate(order(plan, number)):
        observer.phase(f"starting {name}")
        drawn = random.Random(f"{plan.seed}/{number}/{name}")
        visit = Visit(number, position, stacks[name], drawn, file.append, observer.phase)
        try:
            faults += probe.measure(visit)
        except ServerDied as death:
            faults.append(str(death))
        observer.advance()
    return faults


@contextmanager
def served(engine: Engine, stack: Stack) -> Iterator[tuple[Resident, list[str]]]:
    """A fresh server for the length of the block, when what is done once is done; and what was
    wrong with its first answers."""
    resident = engine.start(stack, 0)
    try:
        yield resident, gates.slice_faults(stack.name, engine.slice(resident, _WARM_UP))
    finally:
        engine.stop([resident])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
