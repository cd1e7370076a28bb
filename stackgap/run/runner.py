"""A whole run: generations until there are enough good ones, and going on where one stopped."""

import math
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from stackgap.analyse.precision import WANTED_HALF_WIDTH, widest_half_width
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
    RunExtended,
    RunGivenUp,
    RunStarted,
)
from stackgap.run.generation import Generation, Learnt, Observer
from stackgap.run.store import RecordFile
from stackgap.stacks import Stack


class GenerationsObserver(Observer, Protocol):
    """Is told how generations get on, one after another."""

    def generation(self, good: int, wanted: int) -> None:
        """A generation begins; `good` of `wanted` are done."""
        ...

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        """A generation is void."""
        ...


class RunObserver(GenerationsObserver, Protocol):
    """Is told how a run gets on."""

    def extended(self, generations: int, half_width: float, seconds_more: float) -> None:
        """The run goes on to `generations` good ones: an interval is as wide as `half_width`."""
        ...


class RunAborted(Exception):
    """The run cannot come to a result; the message says why. Its records are kept."""


def started(plan: Plan, run_id: str, provenance: dict[str, Any]) -> RunStarted:
    """The first record of a run that starts now."""
    return RunStarted(SCHEMA, run_id, now(), plan, provenance)


def run(
    engine: Engine,
    plan: Plan,
    stacks: Mapping[str, Stack],
    file: RecordFile,
    earlier: Sequence[AnyRecord],
    observer: RunObserver,
) -> None:
    """Measures until `plan.generations` good generations are recorded, counting `earlier` ones.

    As long as an interval is wider than wanted, half as many as at first are added, up to
    `plan.most_generations`: nothing else that was measured decides when to stop.
    A generation that was cut off is measured again under a new number; a run that came to its end
    is left as it is. Raises RunAborted when more than a fifth of the planned generations are void,
    or the reference is refused.
    """
    if any(isinstance(record, RunEnded) for record in earlier):
        return
    for record in earlier:
        if isinstance(record, RunGivenUp):
            raise RunAborted(record.reason)
    run = _Run(engine, plan, stacks, file, earlier, observer)
    wanted = _wanted(plan, earlier)
    run.measure_until(wanted)
    while wanted < plan.most_generations and (half_width := run.too_wide()):
        wanted = min(wanted + math.ceil(plan.generations / 2), plan.most_generations)
        run.keep(RunExtended(wanted, half_width))
        observer.extended(wanted, half_width, run.seconds_until(wanted))
        run.measure_until(wanted)
    run.keep(RunEnded(now()))


class _Run:
    """The generations of a run, and all that is known of them."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        stacks: Mapping[str, Stack],
        file: RecordFile,
        earlier: Sequence[AnyRecord],
        observer: RunObserver,
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._stacks = stacks
        self._file = file
        self._observer = observer
        self._records = list(earlier)
        ended = [record for record in earlier if isinstance(record, GenerationEnded)]
        self._voids = [record.voided for record in ended if record.voided]
        self._good = len(ended) - len(self._voids)
        self._number = sum(isinstance(record, GenerationStarted) for record in earlier)
        self._learnt = _learnt(earlier)
        self._durations_s: list[float] = []

    def keep(self, record: AnyRecord) -> None:
        """Records it."""
        self._file.append(record)
        self._records.append(record)

    def measure_until(self, wanted: int) -> None:
        """Measures until so many generations are good; raises RunAborted where none will be."""
        while self._good < wanted:
            self._observer.generation(self._good, wanted)
            started = time.monotonic()
            reasons = self._generation().run()
            self._durations_s.append(time.monotonic() - started)
            self._file.sync()
            if reasons:
                self._voids.append(reasons)
                self._observer.voided(self._number, reasons)
            else:
                self._good += 1
            self._number += 1
            reason = _hopeless(wanted, self._plan.reference, self._voids, self._learnt.refused)
            if reason:
                self.keep(RunGivenUp(reason))
                raise RunAborted(reason)

    def too_wide(self) -> float | None:
        """The half-width of the widest interval, if that is more than wanted."""
        widest = widest_half_width(self._records, self._plan.reference)
        return widest if widest and widest > WANTED_HALF_WIDTH else None

    def seconds_until(self, wanted: int) -> float:
        """How long it takes to have so many, by what generations have taken; 0 if none has."""
        taken = self._durations_s
        return (wanted - self._good) * sum(taken) / len(taken) if taken else 0.0

    def _generation(self) -> Generation:
        return Generation(
            self._engine,
            self._plan,
            self._number,
            self._stacks,
            self._learnt,
            self.keep,
            self._observer,
            # One that was void or cut off may not have come to look at every cell.
            looks_for_slow=not self._good,
        )


def _wanted(plan: Plan, earlier: Sequence[AnyRecord]) -> int:
    extended = [record.generations for record in earlier if isinstance(record, RunExtended)]
    return max([plan.generations, *extended])


def _hopeless(
    wanted: int, reference: str, voids: Sequence[Sequence[str]], refused: set[Cell]
) -> str | None:
    """Why no verdict can come of the run any more, if so."""
    if any(cell.stack == reference for cell in refused):
        return f"the reference {reference} is too slow for its declared rate"
    return too_many_void(wanted, voids)


def too_many_void(wanted: int, voids: Sequence[Sequence[str]]) -> str | None:
    """Why there is no use in more generations, with these reasons why some are void; if so."""
    # One bad moment does not end a run, however short.
    if len(voids) > max(1, MAX_VOID_SHARE * (wanted + len(voids))):
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


def now() -> str:
    """The time as records have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
