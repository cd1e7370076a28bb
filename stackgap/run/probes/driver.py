"""A whole probe: generations of fresh processes, stack after stack, until enough are good."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from stackgap.measure import gates
from stackgap.measure.engine import Engine, Load, OutOfMemory, Resident, ServerDied
from stackgap.probe_records import ProbePlan, ProbeStarted, RanOut
from stackgap.records import (
    SCHEMA,
    GenerationEnded,
    GenerationStarted,
    Record,
    RunEnded,
    RunGivenUp,
)
from stackgap.run.probes.plan import order
from stackgap.run.runner import GenerationsObserver, RunAborted, now, too_many_void
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


def started(plan: ProbePlan, run_id: str, provenance: dict[str, Any]) -> ProbeStarted:
    """The first record of a probe that starts now."""
    return ProbeStarted(SCHEMA, run_id, now(), plan, provenance)


def run(
    probe: Probe,
    plan: ProbePlan,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    observer: GenerationsObserver,
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
        if reason := too_many_void(plan.generations, voids):
            file.append(RunGivenUp(reason))
            raise RunAborted(reason)
    file.append(RunEnded(now()))


def _generation(
    probe: Probe,
    plan: ProbePlan,
    number: int,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    observer: GenerationsObserver,
) -> list[str]:
    faults: list[str] = []
    for position, name in enumerate(order(plan, number)):
        observer.phase(f"starting {name}")
        drawn = random.Random(f"{plan.seed}/{number}/{name}")
        visit = Visit(number, position, stacks[name], drawn, file.append, observer.phase)
        try:
            faults += probe.measure(visit)
        except OutOfMemory as death:
            # That it does not fit is what was to be found out, where there is a limit.
            file.append(RanOut(number, position, name, str(death)))
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
