"""Several runs of one equation at different sizes: ratios against n, and where the choice changes.

A size has its own declared rates, so a curve follows the rate of that name from size to size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import log

from stackgap.analyse import conditions, contrasts, select
from stackgap.analyse.cells import Measured, measured
from stackgap.analyse.crossings import Curve, Passage, Side, passages
from stackgap.analyse.gates import gates
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.select import Costs
from stackgap.analyse.verdicts import unstable, void
from stackgap.misuse import MisuseError
from stackgap.records import AnyRecord, Cell, RateName, RunEnded, RunStarted

GAP_LEVELS = (1.5, 1.1)
"""How many times the reference's cost a stack's may be for its gap to count as nearly closed."""


@dataclass(frozen=True)
class SizedRun:
    """One run among several sizes. `caveats` are sentences on how far to trust it."""

    run_id: str
    n: int
    rates_hz: dict[RateName, float]
    generations: int
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class Ratios:
    """CPU per request of `stack` over that of `other`, by n, ascending."""

    stack: str
    other: str
    by_n: dict[int, Estimate]

    @property
    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest n."""
        return min(self.by_n), max(self.by_n)


@dataclass(frozen=True)
class Crossover:
    """Where a ratio passes `level`. `side` is where it is at the smallest size by the estimate;
    without passages, at all of them."""

    ratios: Ratios
    level: float
    side: Side
    passages: tuple[Passage, ...]

    @property
    def generations(self) -> int:
        """The fewest at any size."""
        return min(each.generations for each in self.ratios.by_n.values())


@dataclass(frozen=True)
class AtRate:
    """All that is said of the rates of one name.

    `to_reference` has every other stack; `gaps` where these pass GAP_LEVELS; `choices` where the
    cheaper of two stacks becomes the dearer, for every pair. A stack measured at fewer than two
    sizes is in none of the last two.
    """

    rate_name: RateName
    to_reference: tuple[Ratios, ...]
    gaps: tuple[Crossover, ...]
    choices: tuple[Crossover, ...]


@dataclass(frozen=True)
class Sizes:
    """Several runs of one equation, by n; `rates` are those at which anything was compared."""

    equation: str
    reference: str
    runs: tuple[SizedRun, ...]
    rates: tuple[AtRate, ...]


@dataclass(frozen=True)
class _Run:
    """A run's first record, whether it came to its end, and what counts of it."""

    started: RunStarted
    complete: bool
    what: Measured
    generations: int

    @property
    def n(self) -> int:
        return self.started.plan.n

    @property
    def stacks(self) -> list[str]:
        return list(dict.fromkeys(cell.stack for cell in self.started.plan.cells))

    @property
    def rates_hz(self) -> dict[RateName, float]:
        return {cell.rate_name: cell.rate_hz for cell in self.started.plan.cells}

    def ratio(self, stack: str, other: str, rate_name: RateName) -> Estimate:
        return self._ratio(self.what.costs, stack, other, rate_name)

    def ratio_by_mean(self, stack: str, other: str, rate_name: RateName) -> Estimate:
        return self._ratio(self.what.mean_costs, stack, other, rate_name)

    def _ratio(self, costs: Costs, stack: str, other: str, rate_name: RateName) -> Estimate:
        over, under = (Cell(each, rate_name, self.rates_hz[rate_name]) for each in (stack, other))
        return contrasts.ratio(costs.get(over, {}), costs.get(under, {}))


def compared(recorded: Sequence[Sequence[AnyRecord]]) -> Sizes:
    """What runs of one equation at different sizes show together.

    Raises MisuseError naming two of them and what differs if they are no such runs; ValueError if
    records do not begin with the start of a run.
    """
    runs = sorted((_run(records) for records in recorded), key=lambda run: run.n)
    if len(runs) < 2:
        raise MisuseError("sizes are compared over at least two runs")
    first = runs[0]
    for run in runs[1:]:
        _refuse_mixture(first, run)
    for smaller, run in pairwise(runs):
        if smaller.n == run.n:
            raise MisuseError(f"{_both(smaller, run)} have the same n = {run.n}")
    shared = [name for name in first.rates_hz if all(name in run.rates_hz for run in runs)]
    if not shared:
        raise MisuseError(f"{_both(first, runs[-1])} have no rate in common")
    rates = [_at_rate(runs, name) for name in shared]
    return Sizes(
        equation=first.started.plan.equation,
        reference=first.started.plan.reference,
        runs=tuple(_sized(run) for run in runs),
        rates=tuple(rate for rate in rates if rate.to_reference),
    )


def crossover(ratios: Ratios, level: float) -> Crossover:
    """Where `ratios`, of two sizes or more, pass `level`."""
    curve = Curve(
        tuple(ratios.by_n), tuple(contrasts.logarithm(each) for each in ratios.by_n.values())
    )
    return Crossover(ratios, level, curve.side(0, log(level)), passages(curve, log(level)))


def _run(records: Sequence[AnyRecord]) -> _Run:
    if not records or not isinstance(records[0], RunStarted):
        raise ValueError("the records do not begin with the start of a run")
    begun = select.generations(records)
    counted = [generation for generation in begun if generation.usable]
    return _Run(
        started=records[0],
        complete=any(isinstance(record, RunEnded) for record in records),
        what=measured(records[0].plan.reference, counted, gates(begun)),
        generations=len(counted),
    )


def _refuse_mixture(one: _Run, other: _Run) -> None:
    if set(one.stacks) != set(other.stacks):
        apart = sorted(set(one.stacks) ^ set(other.stacks))
        raise MisuseError(f"{_both(one, other)} do not share all stacks: {', '.join(apart)}")
    plan, other_plan = one.started.plan, other.started.plan
    for field in ("equation", "reference", "engine", "lead_s", "window_s", "connections"):
        own, others = getattr(plan, field), getattr(other_plan, field)
        if own != others:
            raise MisuseError(f"{_both(one, other)} differ in {field}: {own} and {others}")
    if differ := conditions.changed(one.started.provenance, other.started.provenance):
        raise MisuseError(
            f"{_both(one, other)} were measured under other conditions: {', '.join(differ)}"
        )


def _both(one: _Run, other: _Run) -> str:
    return f"{one.started.run_id} and {other.started.run_id}"


def _at_rate(runs: Sequence[_Run], name: RateName) -> AtRate:
    reference = runs[0].started.plan.reference
    others = [stack for stack in runs[0].stacks if stack != reference]
    to_reference = [_ratios(runs, stack, reference, name) for stack in others]
    pairs = [_ratios(runs, *pair, name) for pair in combinations(runs[0].stacks, 2)]
    return AtRate(
        rate_name=name,
        to_reference=tuple(ratios for ratios in to_reference if ratios.by_n),
        gaps=tuple(
            crossover(ratios, level)
            for ratios in to_reference
            for level in GAP_LEVELS
            if len(ratios.by_n) > 1
        ),
        choices=tuple(crossover(ratios, 1.0) for ratios in pairs if len(ratios.by_n) > 1),
    )


def _ratios(runs: Sequence[_Run], stack: str, other: str, name: RateName) -> Ratios:
    """At the sizes at which both were measured at the rate of that name."""
    by_n = {run.n: run.ratio(stack, other, name) for run in runs}
    return Ratios(stack, other, {n: own for n, own in by_n.items() if own.estimate is not None})


def _sized(run: _Run) -> SizedRun:
    return SizedRun(
        run_id=run.started.run_id,
        n=run.n,
        rates_hz=run.rates_hz,
        generations=run.generations,
        caveats=tuple(_caveats(run)),
    )


def _caveats(run: _Run) -> Iterator[str]:
    if not run.complete:
        yield f"n = {run.n:,}: the run did not come to its end."
    if obstacle := void(run.what.gates):
        yield f"n = {run.n:,}: {obstacle}."
    reference = run.started.plan.reference
    for cell in run.started.plan.cells:
        ratio = run.ratio(cell.stack, reference, cell.rate_name)
        if cell.replica or not isinstance(ratio, Interval):
            continue
        by_mean = run.ratio_by_mean(cell.stack, reference, cell.rate_name)
        if obstacle := unstable(ratio, by_mean):
            yield f"n = {run.n:,}, {cell.stack} at {cell.rate_hz:,.10g} req/s: {obstacle}."
