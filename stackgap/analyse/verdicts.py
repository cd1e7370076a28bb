"""The sentences a run may say about two stacks, each made from data alone."""

import math

from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval, NotEnough
from stackgap.analyse.summary import Gates

CLEAR_RATIO = 1.03
EQUIVALENT_RATIO = 1.05
MAX_HALF_WIDTH = 0.08
MAX_VOID_SHARE = 0.20


def verdict(
    stack: str,
    reference: str,
    rate_hz: float,
    ratio: Estimate,
    ratio_by_mean: Estimate,
    gates: Gates,
) -> str:
    """What may be said of `ratio`, the CPU per request of `stack` over that of `reference`.

    `ratio_by_mean` is the same with nothing left out.
    """
    if isinstance(ratio, NotEnough):
        return (
            f"No verdict; a verdict needs {MIN_GENERATIONS} generations, "
            f"this run has {ratio.generations}."
        )
    obstacle = void(gates) or unstable(ratio, ratio_by_mean) or _wide(ratio)
    if obstacle:
        return f"No verdict; {obstacle}."
    return _finding(stack, reference, rate_hz, ratio)


def half_width(ratio: Interval) -> float:
    """How far a ratio's interval reaches to either side, as a part of its middle."""
    return math.sqrt(ratio.high / ratio.low) - 1


def void(gates: Gates) -> str | None:
    """That too much of a run is void for any verdict, if so."""
    if gates.generations_void > MAX_VOID_SHARE * gates.generations:
        return f"{gates.generations_void} of {gates.generations} generations are void"
    if gates.rounds_void > MAX_VOID_SHARE * gates.rounds:
        return f"{gates.rounds_void} of {gates.rounds} rounds are void"
    return None


def unstable(ratio: Interval, by_mean: Estimate) -> str | None:
    """That leaving nothing out moves a ratio clear of its interval, if so.

    By less than what counts as equivalent it may: what a machine adds to some slices is a larger
    part of what is cheap.
    """
    moved = by_mean.estimate
    if moved is None or ratio.low / EQUIVALENT_RATIO <= moved <= ratio.high * EQUIVALENT_RATIO:
        return None
    return (
        f"the range is {_times(ratio.low, ratio.high)}, but {moved:.3g} times with nothing left out"
    )


def _wide(ratio: Interval) -> str | None:
    if half_width(ratio) <= MAX_HALF_WIDTH:
        return None
    return (
        f"the range is {_times(ratio.low, ratio.high)}, "
        f"more than {MAX_HALF_WIDTH:.0%} to either side".replace("%", " %")
    )


def _finding(stack: str, reference: str, rate_hz: float, ratio: Interval) -> str:
    if ratio.low > CLEAR_RATIO:
        return _dearer(stack, reference, rate_hz, ratio.low, ratio.high)
    if ratio.high < 1 / CLEAR_RATIO:
        return _dearer(reference, stack, rate_hz, 1 / ratio.high, 1 / ratio.low)
    if ratio.low >= 1 / EQUIVALENT_RATIO and ratio.high <= EQUIVALENT_RATIO:
        return f"Equivalent within {100 * (EQUIVALENT_RATIO - 1):.0f} %."
    return f"No verdict; this run could have seen >= {_smallest_seen(ratio)} %."


def _dearer(dear: str, cheap: str, rate_hz: float, low: float, high: float) -> str:
    return (
        f"At {rate_hz:,.10g} req/s on this machine {dear} uses {_times(low, high)} "
        f"the CPU per request of {cheap}."
    )


def _smallest_seen(ratio: Interval) -> int:
    """The least difference, in whole per cent, whose interval of this width clears CLEAR_RATIO."""
    return math.ceil(100 * (CLEAR_RATIO * (1 + half_width(ratio)) - 1))


def _times(low: float, high: float) -> str:
    """A range to two decimals, rounded outwards so that it covers no less."""
    return f"{math.floor(100 * low) / 100:.2f} to {math.ceil(100 * high) / 100:.2f} times"
