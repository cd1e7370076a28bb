"""A whole run: generations until there are enough good ones, and going on where one stopped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from stackgap.analyse.verdicts import MAX_VOID_SHARE
from stackgap.measure.engine import Engine
from stackgap.records import (
    SCHEMA,
    AnyRecord,
    Cell,
    CellRefused,
    GenerationEnded,
    GenerationStarted,
    Plan,
    RoundEnded,
    RunEnded,
    RunGivenUp,
    RunStarted,
)
from stackgap.run.generation import Generation, Learnt, Observer
from stackgap.run.store import RecordFile
from stackgap.stacks import Stack


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

    A generation that was cut off is measured again under a new number; a run that came to its end
    is left as it is. Raises RunAborted when more than a fifth of the planned generations are void,
    or the reference is refused.
    """
    if any(isinstance(record, RunEnded) for record in earlier):
        return
    for record in earlier:
        if isinstance(record, RunGivenUp):
            raise RunAborted(record.reason)
    ended = [record for record in earlier if isinstance(record, GenerationEnded)]
    voids = [record.voided for record in ended if record.voided]
    good = len(ended) - len(voids)
    number = sum(isinstance(record, GenerationStarted) for record in earlier)
    learnt = _learnt(earlier)
    while good < plan.generations:
        observer.generation(good, plan.generations)
        generation = Generation(
            engine,
            plan,
            number,
            stacks,
            learnt,
            file.append,
            observer,
            # One that was void or cut off may not have come to look at every cell.
            looks_for_slow=not good,
        )
        reasons = generation.run()
        file.sync()
        if reasons:
            voids.append(reasons)
            observer.voided(number, reasons)
        else:
            good += 1
        number += 1
        reason = _hopeless(plan, voids, learnt.refused)
        if reason:
            file.append(RunGivenUp(reason))
            raise RunAborted(reason)
    file.append(RunEnded(_now()))


def _hopeless(plan: Plan, voids: Sequence[Sequence[str]], refused: set[Cell]) -> str | None:
    """Why no verdict can come of the run any more, if so."""
    if any(cell.stack == plan.reference for cell in refused):
        return f"the reference {plan.reference} is too slow for its declared rate"
    # One bad moment does not end a run, however short.
    if len(voids) > max(1, MAX_VOID_SHARE * (plan.generations + len(voids))):
        return f"{len(voids)} generations are void, the last because: {voids[-1][0]}"
    return None


def _learnt(earlier: Sequence[AnyRecord]) -> Learnt:
    refused = {
        Cell(record.stack, record.rate_name, record.rate_hz, record.replica)
        for record in earlier
        if isinstance(record, CellRefused)
    }
    canaries_ns = [record.canary_ns for record in earlier if isinstance(record, RoundEnded)]
    return Learnt(refused, canaries_ns)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
