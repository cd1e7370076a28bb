"""CPU against rate: a stack's CPU per second as a straight line of the rate, and its test.

The line has two ends: the lowest and the highest rate measured. Nothing is said beyond them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.select import Costs
from stackgap.analyse.summary import CostModel, HeldOut, Line, NotModelled
from stackgap.analyse.verdicts import half_width
from stackgap.records import Plan, RateName

HOLDS_WITHIN = 0.05
"""How far what a line predicts may be from what was measured."""

FITTED: tuple[RateName, ...] = ("low", "mid", "high")

_CostsByRate = Mapping[RateName, Mapping[int, float]]
"""CPU nanoseconds per request of one stack, by the rate's name and generation number."""


class OutsideMeasured(ValueError):
    """A rate outside those measured was asked for, about which nothing is known."""


def cost_models(plan: Plan, costs: Costs) -> tuple[CostModel | NotModelled, ...]:
    """One a stack of the plan that is to be measured at all of FITTED, in the plan's order."""
    rates_hz: dict[str, dict[RateName, float]] = {}
    by_stack: dict[str, dict[RateName, Mapping[int, float]]] = {}
    for cell in plan.cells:
        if not cell.replica:
            rates_hz.setdefault(cell.stack, {})[cell.rate_name] = cell.rate_hz
            by_stack.setdefault(cell.stack, {})[cell.rate_name] = costs.get(cell, {})
    return tuple(
        cost_model(stack, own_hz, by_stack[stack])
        for stack, own_hz in rates_hz.items()
        if own_hz.keys() >= set(FITTED)
    )


def cost_model(
    stack: str, rates_hz: Mapping[RateName, float], costs: _CostsByRate
) -> CostModel | NotModelled:
    """The lines of one stack; `rates_hz` and `costs` have all of FITTED, and may have held_out."""
    if missing := [rates_hz[name] for name in FITTED if not costs[name]]:
        return NotModelled(stack, missing[0])
    lines = {
        number: fitted([(rates_hz[name], costs[name][number] * 1e-9) for name in FITTED])
        for number in sorted(set.intersection(*(set(costs[name]) for name in FITTED)))
    }
    return CostModel(
        stack=stack,
        rates_hz=tuple(rates_hz[name] for name in FITTED),
        lines=tuple(lines.values()),
        constant_ms_per_s=contrasts.mean([1e3 * line.constant for line in lines.values()]),
        per_request_us=contrasts.mean([1e6 * line.per_request_s for line in lines.values()]),
        held_out=_held_out(lines, rates_hz.get("held_out"), costs.get("held_out", {})),
    )


def fitted(costs: Sequence[tuple[float, float]]) -> Line:
    """The line through pairs of a rate in Hz and the CPU seconds a request costs there.

    Least squares of the relative error, which weighs each CPU per second by its inverse square:
    what moves costs (a server's luck, neighbours) multiplies them. Without weights the highest
    rate, whose CPU and errors are largest, would decide alone.
    """
    shares = np.array([rate_hz * cost_s for rate_hz, cost_s in costs])
    rates_hz = np.array([rate_hz for rate_hz, _ in costs])
    relative = np.column_stack([1 / shares, rates_hz / shares])
    (constant, per_request_s), *_ = np.linalg.lstsq(relative, np.ones(len(shares)))
    return Line(float(constant), float(per_request_s))


def core_share(model: CostModel, rate_hz: float) -> Estimate:
    """The part of one core that the stack takes at a rate, t interval over generations.

    The line's own error is not in it: `model.held_out` tests that. Raises OutsideMeasured for a
    rate outside those measured.
    """
    low_hz, high_hz = model.rates_hz[0], model.rates_hz[-1]
    if not low_hz <= rate_hz <= high_hz:
        raise OutsideMeasured(
            f"{rate_hz:,.10g} req/s is outside the rates measured of {model.stack}, "
            f"{low_hz:,.10g} to {high_hz:,.10g}"
        )
    return contrasts.mean([line.core_share(rate_hz) for line in model.lines])


def _held_out(
    lines: Mapping[int, Line], rate_hz: float | None, costs: Mapping[int, float]
) -> HeldOut | None:
    if rate_hz is None or not costs:
        return None
    predicted_ns = {
        number: 1e9 * line.core_share(rate_hz) / rate_hz for number, line in lines.items()
    }
    ratio = contrasts.ratio(predicted_ns, costs)
    return HeldOut(rate_hz, ratio, _holds(ratio))


def _holds(predicted_over_measured: Estimate) -> bool | None:
    if not isinstance(predicted_over_measured, Interval):
        return None
    own, most = predicted_over_measured, 1 + HOLDS_WITHIN
    within = own.low >= 1 / most and own.high <= most
    if within or (own.includes(1) and half_width(own) <= HOLDS_WITHIN):
        return True
    return False if own.low > most or own.high < 1 / most else None
