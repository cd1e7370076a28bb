"""Which change accounts for how much of the gap between two stacks, at each rate.

Shares add up by construction, which tests nothing: closures do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stackgap.analyse import contrasts, part_verdicts
from stackgap.analyse.cells import Measured
from stackgap.analyse.division import Division, PartContrasts, divided
from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.lattice import Contrast, minus
from stackgap.analyse.select import Costs
from stackgap.analyse.summary import (
    Attribution,
    Closure,
    Gates,
    Interaction,
    NotAttributed,
    Part,
)
from stackgap.records import Plan

CLOSES_WITHIN = 0.05
"""How far a closure's difference may be from 0, as a part of the gap."""

StackCosts = Mapping[str, Mapping[int, float]]
"""CPU nanoseconds per request at one rate, by stack and generation number."""


def attributions(plan: Plan, run: Measured) -> tuple[Attribution | NotAttributed, ...]:
    """One a rate at which all stacks between the ends are planned, in the plan's order.

    Raises ValueError where two of the plan's stacks have changed the same factors.
    """
    if plan.factorial is None:
        return ()
    division = divided(plan.factorial)
    if isinstance(division, str):
        rates_hz = dict.fromkeys(cell.rate_hz for cell in plan.cells)
        return tuple(NotAttributed(rate_hz, division) for rate_hz in rates_hz)
    found = [at_rate(division, run, rate_hz) for rate_hz in _rates_hz(plan, division)]
    return tuple(_with_surcharges(division, run.costs, found))


def at_rate(division: Division, run: Measured, rate_hz: float) -> Attribution | NotAttributed:
    """What the costs at one rate say, without surcharges."""
    costs = _by_stack(run.costs, rate_hz)
    if missing := [stack for stack in division.stacks if not costs.get(stack)]:
        return NotAttributed(rate_hz, f"nothing that counts was measured of {', '.join(missing)}")
    numbers = _common(costs, division.stacks)
    if not numbers:
        return NotAttributed(rate_hz, "no generation has a cost of every stack between the ends")
    own = _AtRate(
        division,
        costs,
        _by_stack(run.mean_costs, rate_hz),
        _by_stack(run.costs, rate_hz, replica=1),
        numbers,
        run.gates,
    )
    return Attribution(
        rate_hz=rate_hz,
        first=division.first,
        last=division.last,
        orders=division.orders,
        generations=len(numbers),
        first_us=own.mean_us({division.first: 1.0}),
        last_us=own.mean_us({division.last: 1.0}),
        gap_us=own.mean_us(division.gap),
        parts=tuple(own.part(step, of) for step, of in enumerate(division.parts, start=1)),
        interactions=tuple(
            Interaction(pair, own.mean_us(contrast))
            for pair, contrast in division.interactions.items()
        ),
        closures=(
            *own.twin_closures(),
            *(own.held_out_closure(*held_out) for held_out in division.predictions.items()),
        ),
    )


@dataclass(frozen=True)
class _AtRate:
    """The costs of a division's stacks at one rate, and the generations that have all of them."""

    division: Division
    costs: StackCosts
    mean_costs: StackCosts
    costs_of_twins: StackCosts
    numbers: Sequence[int]
    gates: Gates

    def mean_us(self, contrast: Contrast) -> Estimate:
        """A contrast over the generations."""
        return contrasts.mean(_us(contrast, self.costs, self.numbers))

    def share(self, contrast: Contrast, costs: StackCosts) -> Estimate | None:
        """A contrast as a part of the gap; None where no gap is seen."""
        gap_us = _us(self.division.gap, costs, self.numbers)
        if not _positive(contrasts.mean(gap_us)):
            return None
        return contrasts.ratio_of_sums(_us(contrast, costs, self.numbers), gap_us)

    def part(self, step: int, of: PartContrasts) -> Part:
        """A part, but for its surcharge."""
        saved_us = self.mean_us(of.saved)
        if self.division.orders == 1:
            verdict = part_verdicts.of_one_order(step, of.name, saved_us, self.gates)
            return Part(of.name, saved_us, None, None, None, None, None, verdict)
        share = self.share(of.saved, self.costs)
        by_mean = self.share(of.saved, self.mean_costs)
        first_in_us = self.mean_us(of.first_in) if of.first_in else None
        last_in_us = self.mean_us(of.last_in) if of.last_in else None
        return Part(
            name=of.name,
            saved_us=saved_us,
            share=share,
            first_in_us=first_in_us,
            last_in_us=last_in_us,
            order_us=(
                self.mean_us(minus(of.first_in, of.last_in)) if of.first_in and of.last_in else None
            ),
            surcharge_us=None,
            verdict=part_verdicts.of_all_orders(
                of.name, share, by_mean, saved_us, first_in_us, last_in_us, self.gates
            ),
        )

    def twin_closures(self) -> list[Closure]:
        """The gap against that between the twins of both ends, where these were measured."""
        ends = list(self.division.gap)
        if not all(end in self.costs_of_twins for end in ends):
            return []
        numbers = sorted(set(self.numbers) & set(_common(self.costs_of_twins, ends)))
        gap_us = _us(self.division.gap, self.costs, numbers)
        of_twins_us = _us(self.division.gap, self.costs_of_twins, numbers)
        differences_us = [gap - twins for gap, twins in zip(gap_us, of_twins_us, strict=True)]
        return [_closure(None, differences_us, gap_us)]

    def held_out_closure(self, stack: str, prediction: Contrast | None) -> Closure:
        """What a stack costs more than the others predict."""
        if prediction is None:
            return Closure(stack, None, None, None)
        off = minus({stack: 1.0}, prediction)
        differences_us = _us(off, self.costs, self.numbers)
        return _closure(stack, differences_us, _us(self.division.gap, self.costs, self.numbers))


def _closure(
    held_out: str | None, differences_us: Sequence[float], gap_us: Sequence[float]
) -> Closure:
    difference_us = contrasts.mean(differences_us)
    if not _positive(contrasts.mean(gap_us)):
        return Closure(held_out, difference_us, None, None)
    of_gap = contrasts.ratio_of_sums(differences_us, gap_us)
    return Closure(held_out, difference_us, of_gap, _within(of_gap))


def _within(of_gap: Estimate) -> bool | None:
    if isinstance(of_gap, NotEnough):
        return None
    if of_gap.low >= -CLOSES_WITHIN and of_gap.high <= CLOSES_WITHIN:
        return True
    return False if of_gap.low > CLOSES_WITHIN or of_gap.high < -CLOSES_WITHIN else None


def _positive(gap_us: Estimate) -> bool:
    """Whether there is a gap to take parts of: by the interval, if there is one."""
    least = gap_us.low if isinstance(gap_us, Interval) else gap_us.estimate
    return least is not None and least > 0


def _with_surcharges(
    division: Division, costs: Costs, found: Sequence[Attribution | NotAttributed]
) -> list[Attribution | NotAttributed]:
    """The same; each part knows what it saves more than at the highest rate attributed."""
    rates_hz = [each.rate_hz for each in found if isinstance(each, Attribution)]
    highest = _by_stack(costs, max(rates_hz, default=0.0))
    return [
        _with_surcharge(division, each, _by_stack(costs, each.rate_hz), highest)
        if isinstance(each, Attribution) and each.rate_hz < max(rates_hz)
        else each
        for each in found
    ]


def _with_surcharge(
    division: Division, own: Attribution, costs: StackCosts, highest: StackCosts
) -> Attribution:
    numbers = [
        number
        for number in _common(costs, division.stacks)
        if number in _common(highest, division.stacks)
    ]

    def surcharge_us(of: PartContrasts) -> Estimate:
        here, there = _us(of.saved, costs, numbers), _us(of.saved, highest, numbers)
        return contrasts.mean([low - high for low, high in zip(here, there, strict=True)])

    parts = zip(own.parts, division.parts, strict=True)
    return replace(
        own, parts=tuple(replace(part, surcharge_us=surcharge_us(of)) for part, of in parts)
    )


def _rates_hz(plan: Plan, division: Division) -> list[float]:
    planned = {(cell.stack, cell.rate_hz) for cell in plan.cells if not cell.replica}
    rates_hz = dict.fromkeys(cell.rate_hz for cell in plan.cells)
    return [
        rate_hz
        for rate_hz in rates_hz
        if all((stack, rate_hz) in planned for stack in division.stacks)
    ]


def _by_stack(costs: Costs, rate_hz: float, replica: int = 0) -> StackCosts:
    return {
        cell.stack: by_generation
        for cell, by_generation in costs.items()
        if (cell.rate_hz, cell.replica) == (rate_hz, replica)
    }


def _common(costs: StackCosts, stacks: Sequence[str]) -> list[int]:
    """The generations that have a cost of each of `stacks`."""
    return sorted(set.intersection(*(set(costs[stack]) for stack in stacks)))


def _us(contrast: Contrast, costs: StackCosts, numbers: Sequence[int]) -> list[float]:
    """A contrast in CPU microseconds per request, by generation."""
    return [
        1e-3 * sum(weight * costs[stack][number] for stack, weight in contrast.items())
        for number in numbers
    ]
