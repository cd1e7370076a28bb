"""A whole run: generations until there are enough good ones, and going on where one stopped."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from stackgap.measure.engine import Engine
from stackgap.records import (
    SCHEMA,
    AnyRecord,
    Cell,
    CellRefused,
    GenerationEnded,
    GenerationStarted,
    Plan,
    RunEnded,
    RunStarted,
)
from stackgap.run.generation import Generation, Observer
from stackgap.run.store import RecordFile
from stackgap.stacks import Stack

MAX_VOID_SHARE = 0.20


class RunObserver(Observer, Protocol):
    """Is told how a run gets on, generation by generation."""

    def generation(self, good: int, wanted: int) -> None:
        """A generation begins; `good` of `wanted` are done."""
        ...

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        """A generation is void."""
        ...


class RunAborted(Exception):
    """The run cannot come to a result; the message says why. Its records are kept."""


def started(plan: Plan, run_id: str, provenance: dict[str, Any]) -> RunStarted:
    """The first record of a run that starts now."""
    return RunStarted(SCHEMA, run_id, _now(), plan, provenance)


def run(
    engine: Engine,
    plan: Plan,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    earlier: Sequence[AnyRecord],
    observer: RunObserver,
) -> None:
    """Measures until `plan.generations` good generations are recorded, counting `earlier` ones.

    A generation that was cut off is measured again under a new number. Raises RunAborted when
    more than a fifth of the planned generations are void, or the reference is refused.
    """
    ended = [record for record in earlier if isinstance(record, GenerationEnded)]
    good = sum(not end.voided for end in ended)
    void = len(ended) - good
    number = sum(isinstance(record, GenerationStarted) for record in earlier)
    refused = _refused(earlier)
    while good < plan.generations:
        observer.generation(good, plan.generations)
        generation = Generation(engine, plan, number, stacks, refused, file.append, observer)
        reasons = generation.run()
        file.sync()
        number += 1
        if any(cell.stack == plan.reference for cell in refused):
            raise RunAborted(f"the reference {plan.reference} is too slow for its declared rate")
        if not reasons:
            good += 1
            continue
        void += 1
        observer.voided(number - 1, reasons)
        if void > math.ceil(MAX_VOID_SHARE * plan.generations):
            raise RunAborted(f"{void} generations are void, the last because: {reasons[0]}")
    file.append(RunEnded(_now()))


def _refused(earlier: Sequence[AnyRecord]) -> set[Cell]:
    return {
        Cell(record.stack, record.rate_name, record.rate_hz, record.replica)
        for record in earlier
        if isinstance(record, CellRefused)
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
