"""A whole run with an engine that makes its readings up: planned, measured, stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from stackgap.measure.engine import Engine
from stackgap.measure.fake import FakeEngine
from stackgap.records import (
    AnyRecord,
    GenerationEnded,
    GenerationStarted,
    Plan,
    ResidentStarted,
    RoundEnded,
    Slice,
)
from stackgap.run import runner, store
from stackgap.run.plan import Rates, make_plan
from stackgap.stacks import find, stacks

FASTAPI = "fastapi-quiet-python"
AXUM = "axum-stock"
# What a request costs each, in microseconds: their ratio is 6.
COST_US = {FASTAPI: 240.0, AXUM: 40.0}
# At the high rate more than 60 % of a core.
TOO_SLOW_US = 1500.0


class Quiet:
    """A run's observer that remembers which generations were void, and how the run went on."""

    def __init__(self) -> None:
        self.void: dict[int, Sequence[str]] = {}
        self.extensions: list[int] = []

    def generation(self, good: int, wanted: int) -> None:
        pass

    def phase(self, text: str) -> None:
        pass

    def advance(self) -> None:
        pass

    def extended(self, generations: int, half_width: float, seconds_more: float) -> None:
        self.extensions.append(generations)

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        self.void[number] = reasons


def fake_engine(
    cost_us: Mapping[str, float] = COST_US, *, dies_at: Mapping[str, int] | None = None
) -> FakeEngine:
    """Servers of known cost; see FakeEngine."""
    return FakeEngine(cost_us, dies_at=dies_at)


def small_plan(
    *,
    generations: int = 3,
    rounds: int = 2,
    which_rates: Rates = "high",
    seed: int = 1,
    names: Sequence[str] = (FASTAPI, AXUM),
) -> Plan:
    """A plan to compare the two stacks of COST_US."""
    return make_plan(
        [find(name) for name in names],
        equation="ephemeris",
        n=100,
        which_rates=which_rates,
        generations=generations,
        rounds=rounds,
        seed=seed,
        engine="fake",
    )


def measure(runs: Path, engine: Engine, plan: Plan, observer: Quiet | None = None) -> Path:
    """Makes a new run in `runs`; the file of its records, which also an aborted run leaves."""
    first = runner.started(plan, "run", {})
    file = store.create(runs, first)
    try:
        runner.run(engine, plan, stacks(), file, [first], observer or Quiet())
    finally:
        file.close()
    return file.path


def resume(folder: Path, engine: Engine, plan: Plan) -> list[AnyRecord]:
    """Goes on with the run in `folder`; all it then holds."""
    file, kept = store.reopen(folder)
    try:
        runner.run(engine, plan, stacks(), file, kept, Quiet())
    finally:
        file.close()
    return store.load(folder)


def measured(runs: Path, engine: Engine, plan: Plan) -> list[AnyRecord]:
    """The records of a new run."""
    return store.load(measure(runs, engine, plan).parent)


def slices(records: Sequence[AnyRecord]) -> list[Slice]:
    return [record for record in records if isinstance(record, Slice)]


def rounds(records: Sequence[AnyRecord]) -> list[RoundEnded]:
    return [record for record in records if isinstance(record, RoundEnded)]


def begun(records: Sequence[AnyRecord]) -> list[int]:
    """The numbers of the generations that were begun, in the file's order."""
    return [record.generation for record in records if isinstance(record, GenerationStarted)]


def good(records: Sequence[AnyRecord]) -> list[int]:
    """The numbers of those that came to a good end."""
    ended = [record for record in records if isinstance(record, GenerationEnded)]
    return [record.generation for record in ended if not record.voided]


def starts_per_generation(records: Sequence[AnyRecord]) -> Counter[int]:
    """How many servers were started in each generation."""
    return Counter(record.generation for record in records if isinstance(record, ResidentStarted))
