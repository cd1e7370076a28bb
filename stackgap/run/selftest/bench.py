"""What the checks share: runs of chosen stacks, each recorded in a directory of its own."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from stackgap import rates
from stackgap.analyse.interval import Estimate, Interval
from stackgap.measure.engine import Engine
from stackgap.records import AnyRecord, Cell, Factorial, Plan
from stackgap.run import runner, store
from stackgap.run.plan import CONNECTIONS, LEAD_S, WINDOW_S
from stackgap.run.runner import RunAborted, RunObserver
from stackgap.stacks import Stack, find

AXUM = "axum-stock"
FASTAPI = "fastapi-quiet-python"

EQUATION = "ephemeris"
N = 100
GENERATIONS = 6
# Coverage shows in many runs of any precision; telling 10 % apart takes a precise one.
ROUNDS = 5
PRECISE_ROUNDS = 20


class Scale(msgspec.Struct, frozen=True):
    """How much is done: the number of runs in each series, and what is burned, in us."""

    twins: int
    dearer: int
    injected: int
    injected_us: int
    waited: int
    windows: int
    divided: int
    repeated: int


SHORT = Scale(
    twins=4, dearer=2, injected=2, injected_us=60, waited=1, windows=1, divided=1, repeated=0
)
THOROUGH = Scale(
    twins=60, dearer=20, injected=20, injected_us=20, waited=3, windows=3, divided=3, repeated=5
)


class Outcome(msgspec.Struct, frozen=True):
    """What one run showed: whether that is as it should be, and the figures."""

    passed: bool
    figures: str


class Check(msgspec.Struct, frozen=True):
    """A series of runs, and how many of them must pass."""

    name: str
    runs: int
    needed: int
    once: Callable[["Bench", int], Outcome]


class Bench:
    """Measures what checks ask for; each run is recorded in a directory of its own in `folder`."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        provenance: dict[str, Any],
        seed: int,
        observer: RunObserver,
    ) -> None:
        self.engine = engine
        self.provenance = provenance
        self._folder = folder
        self._seed = seed
        self._observer = observer
        self._done = 0

    def run(
        self,
        name: str,
        stacks: Sequence[Stack],
        cells: Sequence[Cell],
        *,
        generations: int = GENERATIONS,
        rounds: int = ROUNDS,
        accounts: bool = False,
        factorial: Factorial | None = None,
    ) -> list[AnyRecord]:
        """Measures `cells` of `stacks`, ratios to the first; the records. With memory if
        `accounts`. A run that is given up is judged by what it has, like any other: as a miss."""
        plan = Plan(
            equation=EQUATION,
            n=N,
            cells=list(cells),
            reference=cells[0].stack,
            generations=generations,
            rounds=rounds,
            lead_s=LEAD_S,
            window_s=WINDOW_S,
            connections=CONNECTIONS,
            seed=self._seed + self._done,
            engine=self.engine.name,
            accounts=accounts,
            factorial=factorial,
        )
        self._done += 1
        started = runner.started(plan, f"{self._done:03}-{name}", self.provenance)
        file = store.create(self._folder, started)
        known = {stack.name: stack for stack in stacks}
        try:
            with suppress(RunAborted):
                runner.run(self.engine, plan, known, file, [started], self._observer)
        finally:
            file.close()
        return store.load(file.path.parent)


def needed(passes: int, of: int, runs: int) -> int:
    """How many of `runs` must pass where `passes` of `of` must: a short form may miss once."""
    return passes if runs == of else min(passes * runs // of, runs - 1)


def high_rate_hz() -> float:
    """The declared rate that the checks measure at."""
    return rates.find(EQUATION, N).high_hz


def injecting(name: str, **injected: int) -> Stack:
    """The stack `name` with the layer that injects, and what it is to inject: fields of `Stack`."""
    given = [f"{amount}{field.removeprefix('inject_')}" for field, amount in injected.items()]
    return msgspec.structs.replace(
        find(name), name="+".join([name, "injector", *given]), injector=True, **injected
    )


def shown(estimate: Estimate) -> str:
    """An estimate with its interval, as text."""
    if isinstance(estimate, Interval):
        return f"{estimate.estimate:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
    return "no interval: too few good generations"
