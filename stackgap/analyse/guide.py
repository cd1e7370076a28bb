"""What each choice would give in a case of one's own, from the reference runs, and not beyond them.

Between two sizes costs are straight lines of their logarithm over that of n, at rates that lie
alike between those declared for either size; between two rates CPU per second is a straight line.
The error of both is in no interval.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from stackgap.analyse import contrasts, select
from stackgap.analyse.choices import CHOICES, STAY, Choice
from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.select import Costs
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Summary
from stackgap.analyse.warnings import missing_optimisations
from stackgap.misuse import MisuseError
from stackgap.records import AnyRecord, Cell, RunStarted

MATTERS_CORES = 0.1
"""Less of a core than this, over all replicas, is no reason for a change."""
MATTERS_LATENCY = 0.05
"""Nor is less than this part of what a caller waits for,"""
MATTERS_WAIT_US = 1000.0
"""or less than this: nobody sees it beside the network."""
ENOUGH = 0.8
"""A change that gives this part of what the largest gives is enough."""

PerGeneration = dict[int, float]


class OutsideMeasured(Exception):
    """A case that the reference runs do not reach; the message says how far they do."""


@dataclass(frozen=True)
class ReferenceRun:
    """A run of the choices at one size."""

    summary: Summary
    costs: Costs

    @property
    def n(self) -> int:
        """Values in each request."""
        return self.summary.plan.n

    @property
    def rates_hz(self) -> tuple[float, float]:
        """The lowest and the highest rate at which staying was measured."""
        own = [cell.rate_hz for cell in self.costs if _is(cell, STAY.stack)]
        return min(own), max(own)

    @property
    def of_slow_python(self) -> bool:
        """Whether CPython was built without an optimisation, which makes staying dearer."""
        return bool(missing_optimisations(self.summary.provenance))

    @property
    def machine(self) -> str:
        """The processor and the kernel it was measured on."""
        provenance = self.summary.provenance
        cpu = provenance.get("cpu", {})
        model, cores = cpu.get("model", "not recorded"), cpu.get("cores", "not recorded")
        return f"{model}, cores: {cores}, kernel {provenance.get('kernel', 'not recorded')}"

    def costs_ns(self, stack: str, rate_hz: float) -> PerGeneration:
        """CPU per request at a rate, by generation; empty where the stack was not measured there.

        Between two rates CPU per second is on a straight line.
        """
        curve = {cell.rate_hz: self.costs[cell] for cell in self.costs if _is(cell, stack)}
        if not curve or not min(curve) <= rate_hz <= max(curve):
            return {}
        rates_hz = sorted(curve)
        numbers = set.intersection(*(set(curve[each]) for each in rates_hz))
        return {
            number: float(
                np.interp(rate_hz, rates_hz, [each * curve[each][number] for each in rates_hz])
            )
            / rate_hz
            for number in sorted(numbers)
        }

    def p99_us(self, stack: str) -> float | None:
        """The 99th percentile of latency at the highest rate."""
        _, high_hz = self.rates_hz
        return next(
            (
                own.p99_us
                for own in self.summary.cells
                if _is(own.cell, stack) and own.cell.rate_hz == high_hz
            ),
            None,
        )

    def memory_mib(self, stack: str) -> Estimate:
        """Anonymous memory under load."""
        return next(
            (own.loaded_anonymous_mib for own in self.summary.stacks if own.stack == stack),
            NotEnough(None, 0),
        )


@dataclass(frozen=True)
class Case:
    """What is asked: the work, how often over all replicas, and what a request waits for besides.

    Prices are a month's for one vCPU and one GiB, and an engineer's day, in any one currency.
    """

    equation: str
    n: int
    rate_hz: float
    io_ms: float = 0.0
    vcpu_price: float | None = None
    gib_price: float | None = None
    engineer_cost: float | None = None


@dataclass(frozen=True)
class Option:
    """What one choice takes in the case. `cores` is over all replicas, `memory_mib` of one;
    `ratio` is its CPU over that of staying, `saved_cores` the difference, None for staying itself;
    `month` is what CPU and memory cost, None without prices."""

    choice: Choice
    cpu_us: Estimate
    ratio: Estimate | None
    cores: Estimate
    saved_cores: Estimate | None
    memory_mib: Estimate
    p99_us: float | None
    month: Estimate | None


@dataclass(frozen=True)
class Answer:
    """All options of a case that were measured, staying first.

    `run_ids` are two where the size lies between two measured ones, and so are `machines` where
    those are not of one; `replicas` is as many as keep each within the measured rates, `rate_hz`
    what each then gets.
    `advised` is the option to take; None where it does not matter, or cannot be told: `why` says.
    """

    case: Case
    run_ids: tuple[str, ...]
    machines: tuple[str, ...]
    replicas: int
    rate_hz: float
    options: tuple[Option, ...]
    advised: Option | None
    why: str


def reference_run(recorded: Sequence[AnyRecord]) -> ReferenceRun | None:
    """A run, if staying and something else were measured in it; None if not, and for a full run,
    which measures few of the choices."""
    start = recorded[0]
    if isinstance(start, RunStarted) and start.plan.full:
        return None
    costs = select.costs(select.usable(recorded))
    measured = {cell.stack for cell in costs}
    others = {choice.stack for choice in CHOICES} - {STAY.stack}
    if STAY.stack not in measured or not others & measured:
        return None
    return ReferenceRun(summarise(recorded), costs)


def one_of_each(runs: Iterable[ReferenceRun]) -> list[ReferenceRun]:
    """Of the runs of an equation and a size the last, but one of a slow CPython never before
    another."""
    slow_first = sorted(runs, key=lambda run: not run.of_slow_python)
    return list({(run.summary.plan.equation, run.n): run for run in slow_first}.values())


def answer(case: Case, runs: Iterable[ReferenceRun]) -> Answer:
    """What each choice would give in `case`.

    Raises OutsideMeasured where the reference runs do not reach, MisuseError for a case that
    contradicts itself.
    """
    if case.engineer_cost is not None and case.vcpu_price is None:
        raise MisuseError("an engineer's cost is held against money saved: give --vcpu-price too")
    of_equation = sorted(
        (run for run in runs if run.summary.plan.equation == case.equation), key=lambda run: run.n
    )
    between = _between(case, of_equation)
    low_hz, high_hz = between.rates_hz
    if case.rate_hz < low_hz:
        raise OutsideMeasured(_too_seldom(case, between))
    replicas = math.ceil(case.rate_hz / high_hz * (1 - 1e-9))
    rate_hz = min(case.rate_hz / replicas, high_hz)
    if rate_hz < low_hz:
        raise OutsideMeasured(
            f"{replicas} replicas would get {rate_hz:,.4g} req/s each, and at this size only "
            f"{low_hz:,.4g} to {high_hz:,.4g} were measured"
        )
    found = (_option(choice, case, between, rate_hz, replicas) for choice in CHOICES)
    options = tuple(option for option in found if option is not None)
    advised, why = _advice(case, options)
    used = (between.smaller, between.larger)
    return Answer(
        case=case,
        run_ids=tuple(dict.fromkeys(run.summary.run_id for run in used)),
        machines=tuple(dict.fromkeys(run.machine for run in used)),
        replicas=replicas,
        rate_hz=rate_hz,
        options=options,
        advised=advised,
        why=why,
    )


@dataclass(frozen=True)
class _Between:
    """Two runs and how far towards the larger the case lies, from 0 to 1; or one twice."""

    smaller: ReferenceRun
    larger: ReferenceRun
    weight: float

    @property
    def rates_hz(self) -> tuple[float, float]:
        """The rates declared for the sizes, and those that lie alike for a size in between."""
        low, high = (
            self._weighed(*pair)
            for pair in zip(self.smaller.rates_hz, self.larger.rates_hz, strict=True)
        )
        return low, high

    def cost_us(self, stack: str, rate_hz: float) -> Estimate:
        return self._estimate(
            [_log(run.costs_ns(stack, each)) for run, each in self._runs_at(rate_hz)]
        ).scaled(1e-3)

    def ratio(self, stack: str, other: str, rate_hz: float) -> Estimate:
        return self._estimate(
            [
                contrasts.mean(
                    contrasts.log_ratios(run.costs_ns(stack, each), run.costs_ns(other, each))
                )
                for run, each in self._runs_at(rate_hz)
            ]
        )

    def memory_mib(self, stack: str) -> Estimate:
        """Of the larger size, which needs no less."""
        return self.larger.memory_mib(stack)

    def p99_us(self, stack: str) -> float | None:
        smaller, larger = self.smaller.p99_us(stack), self.larger.p99_us(stack)
        return self._weighed(smaller, larger) if smaller and larger else None

    def _runs_at(self, rate_hz: float) -> list[tuple[ReferenceRun, float]]:
        """Both runs at rates that lie between their own as `rate_hz` does between those here."""
        low_hz, high_hz = self.rates_hz
        span = math.log(high_hz / low_hz)
        along = math.log(rate_hz / low_hz) / span if span else 0.0
        return [(run, _along(*run.rates_hz, along)) for run in (self.smaller, self.larger)]

    def _estimate(self, logarithms: Sequence[Estimate]) -> Estimate:
        smaller, larger = logarithms
        if self.smaller is self.larger:
            return contrasts.exponentiated(smaller)
        weights = (1 - self.weight, self.weight)
        return contrasts.exponentiated(contrasts.independent_sum(weights, (smaller, larger)))

    def _weighed(self, smaller: float, larger: float) -> float:
        return smaller if smaller == larger else _along(smaller, larger, self.weight)


def _along(low: float, high: float, part: float) -> float:
    """From `low` at 0 to `high` at 1, by their logarithms; never beyond them."""
    reached = math.exp(math.log(low) * (1 - part) + math.log(high) * part)
    return min(max(reached, min(low, high)), max(low, high))


def _log(by_generation: PerGeneration) -> Estimate:
    return contrasts.log_mean(list(by_generation.values()))


def _is(cell: Cell, stack: str) -> bool:
    return cell.stack == stack and not cell.replica


def _between(case: Case, runs: Sequence[ReferenceRun]) -> _Between:
    if not runs:
        raise OutsideMeasured(f"there is no reference run of {case.equation}")
    smaller = [run for run in runs if run.n <= case.n]
    larger = [run for run in runs if run.n >= case.n]
    if not smaller or not larger:
        measured = ", ".join(f"{run.n:,}" for run in runs)
        raise OutsideMeasured(
            f"n = {case.n:,} is outside the sizes measured of {case.equation}: {measured}"
        )
    one, other = smaller[-1], larger[0]
    weight = 0.0 if one.n == other.n else math.log(case.n / one.n) / math.log(other.n / one.n)
    return _Between(one, one if one.n == other.n else other, weight)


def _too_seldom(case: Case, between: _Between) -> str:
    low_hz, _ = between.rates_hz
    share = between.cost_us(STAY.stack, low_hz).scaled(low_hz * 1e-6)
    taken = f": there staying takes {share.estimate:.1%} of a core" if share.estimate else ""
    return (
        f"{case.rate_hz:,.10g} req/s is under {low_hz:,.3g}, the lowest measured at this size"
        f"{taken}, and it takes no more at a lower one"
    )


def _option(
    choice: Choice, case: Case, between: _Between, rate_hz: float, replicas: int
) -> Option | None:
    cpu_us = between.cost_us(choice.stack, rate_hz)
    if cpu_us.estimate is None:
        return None
    stays = choice is STAY
    ratio = None if stays else between.ratio(choice.stack, STAY.stack, rate_hz)
    cores = cpu_us.scaled(case.rate_hz * 1e-6)
    memory_mib = between.memory_mib(choice.stack)
    return Option(
        choice=choice,
        cpu_us=cpu_us,
        ratio=ratio,
        cores=cores,
        saved_cores=None
        if ratio is None
        else _saved(between.cost_us(STAY.stack, rate_hz).scaled(case.rate_hz * 1e-6), ratio),
        memory_mib=memory_mib,
        p99_us=between.p99_us(choice.stack),
        month=_month(case, cores, memory_mib, replicas),
    )


def _saved(stay_cores: Estimate, ratio: Estimate) -> Estimate:
    """stay × (1 − ratio), as wide as both intervals allow."""
    if isinstance(stay_cores, NotEnough) or isinstance(ratio, NotEnough):
        known = stay_cores.estimate is not None and ratio.estimate is not None
        saved = _centre(stay_cores) * (1 - _centre(ratio)) if known else None
        return NotEnough(saved, min(stay_cores.generations, ratio.generations))
    ends = [
        stay * (1 - part)
        for stay in (stay_cores.low, stay_cores.high)
        for part in (ratio.low, ratio.high)
    ]
    centre = stay_cores.estimate * (1 - ratio.estimate)
    generations = min(stay_cores.generations, ratio.generations)
    return Interval(centre, min(ends), max(ends), ratio.level, generations)


def _month(case: Case, cores: Estimate, memory_mib: Estimate, replicas: int) -> Estimate | None:
    if case.vcpu_price is None or memory_mib.estimate is None:
        return None
    held_gib = replicas * _centre(memory_mib) / 1024
    return cores.scaled(case.vcpu_price).shifted(held_gib * (case.gib_price or 0.0))


def _advice(case: Case, options: Sequence[Option]) -> tuple[Option | None, str]:
    stay, *others = options
    known = [(own, own.saved_cores) for own in others if isinstance(own.saved_cores, Interval)]
    if not known:
        return None, "It cannot be told: no change has an interval."
    if reason := _does_not_matter(case, stay, known):
        return None, f"It does not matter here: {reason}."
    seen = [(own, saved) for own, saved in known if saved.low > 0]
    if not seen:
        return None, "Stay: no change is seen to save anything."
    most = max(saved.estimate for _, saved in seen)
    advised, saved = next(each for each in seen if each[1].estimate >= ENOUGH * most)
    of_most = f"{saved.estimate / most:.0%}".replace("%", " %")
    return advised, (
        f"{advised.choice.name} is the least change that gives at least {ENOUGH:.0%}".replace(
            "%", " %"
        )
        + f" of what any gives: {of_most}."
    )


def _does_not_matter(
    case: Case, stay: Option, known: Sequence[tuple[Option, Interval]]
) -> str | None:
    """Why no change is worth it, for CPU, for those who wait, or for money; None if one is."""
    cores = max(saved.high for _, saved in known)
    stay_us = _centre(stay.cpu_us)
    saved_us = stay_us - min(_centre(own.cpu_us) for own, _ in known)
    shorter = saved_us / (case.io_ms * 1000 + stay_us)
    if shorter >= MATTERS_LATENCY and saved_us >= MATTERS_WAIT_US:
        return None
    if case.engineer_cost is not None:
        year = 12 * max(_saved_in_month(stay, own) for own, _ in known)
        if year < case.engineer_cost:
            return f"all that can be saved in a year is {year:,.2f}, less than a day's work"
    if cores < MATTERS_CORES:
        return (
            f"all that can be saved is at most {cores:.3f} of a core, and {saved_us:,.0f} µs, "
            f"{shorter:.1%} of what a caller waits for".replace("%", " %")
        )
    return None


def _saved_in_month(stay: Option, own: Option) -> float:
    """The most that the intervals allow; there are prices."""
    assert stay.month is not None
    assert own.month is not None
    dearest = stay.month.high if isinstance(stay.month, Interval) else _centre(stay.month)
    cheapest = own.month.low if isinstance(own.month, Interval) else _centre(own.month)
    return dearest - cheapest


def _centre(estimate: Estimate) -> float:
    assert estimate.estimate is not None, "an option that was not measured is none"
    return estimate.estimate
