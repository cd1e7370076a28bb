"""The highest rate that holds, by bracketing and bisection."""

from collections.abc import Callable
from math import sqrt

Holds = Callable[[float], bool]
_Bracket = tuple[float | None, float | None]


def highest_held(
    holds: Holds,
    start_hz: float,
    *,
    least_hz: float,
    most_hz: float,
    precision: float,
) -> float | None:
    """The highest rate found to hold, within `precision` of one that does not.

    From `start_hz` by doubling or halving to a bracket, which is then bisected in the logarithm.
    None if not even `least_hz` holds; `most_hz` where that does. Asks `holds` of each rate once.
    """
    first_hz = min(max(start_hz, least_hz), most_hz)
    low_hz, high_hz = (
        _above(holds, first_hz, most_hz) if holds(first_hz) else _below(holds, first_hz, least_hz)
    )
    if low_hz is None or high_hz is None:
        return low_hz
    while high_hz / low_hz > 1 + precision:
        middle_hz = sqrt(low_hz * high_hz)
        if holds(middle_hz):
            low_hz = middle_hz
        else:
            high_hz = middle_hz
    return low_hz


def _above(holds: Holds, held_hz: float, most_hz: float) -> _Bracket:
    """A rate that holds and one that does not, or None where the most does."""
    while held_hz < most_hz:
        next_hz = min(2 * held_hz, most_hz)
        if not holds(next_hz):
            return held_hz, next_hz
        held_hz = next_hz
    return held_hz, None


def _below(holds: Holds, failed_hz: float, least_hz: float) -> _Bracket:
    """A rate that holds, or None where the least does not, and one that does not hold."""
    while failed_hz > least_hz:
        next_hz = max(failed_hz / 2, least_hz)
        if holds(next_hz):
            return next_hz, failed_hz
        failed_hz = next_hz
    return None, failed_hz
