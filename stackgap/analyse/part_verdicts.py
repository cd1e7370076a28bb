"""The sentences a run may say about a part of a gap, each made from data alone."""

import math

from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval, NotEnough
from stackgap.analyse.summary import Gates
from stackgap.analyse.verdicts import EQUIVALENT_RATIO, void

MOVED_SHARE = EQUIVALENT_RATIO - 1
"""So much of the gap a share may move beyond its interval when nothing is left out."""


def of_all_orders(
    name: str,
    share: Estimate | None,
    share_by_mean: Estimate | None,
    saved_us: Estimate,
    first_in_us: Estimate | None,
    last_in_us: Estimate | None,
    gates: Gates,
) -> str:
    """What may be said of a part that is the mean over all orders, or comes last in all of them.

    `share` is None where no gap is seen; `share_by_mean` is with nothing left out.
    """
    if isinstance(share, NotEnough):
        return f"No verdict on {name}; {_too_few(share)}."
    if share is None:
        return f"No verdict on {name}; no gap is seen that it could be a part of."
    obstacle = void(gates) or _unstable(share, share_by_mean)
    if obstacle:
        return f"No verdict on {name}; {obstacle}."
    if share.includes(0):
        return _unseen(name, saved_us)
    alone = _alone(first_in_us, last_in_us)
    if share.low > 0:
        return f"{name} accounts for {_percent(share.low, share.high)} of the gap{alone}."
    return f"{name} widens the gap by {_percent(-share.high, -share.low)} of it{alone}."


def of_one_order(step: int, name: str, saved_us: Estimate, gates: Gates) -> str:
    """What may be said of the part that is step number `step` of the only order."""
    label = f"step {step}, {name}"
    if isinstance(saved_us, NotEnough):
        return f"No verdict on {label}; {_too_few(saved_us)}."
    if obstacle := void(gates):
        return f"No verdict on {label}; {obstacle}."
    if saved_us.includes(0):
        return _unseen(label, saved_us)
    said = (
        f"saves {_range(saved_us.low, saved_us.high)}"
        if saved_us.low > 0
        else f"adds {_range(-saved_us.high, -saved_us.low)}"
    )
    return f"Step {step}, {name}, {said} µs given the earlier steps."


def _too_few(estimate: NotEnough) -> str:
    return (
        f"a verdict needs {MIN_GENERATIONS} generations with every stack between the ends, "
        f"this run has {estimate.generations}"
    )


def _unstable(share: Interval, by_mean: Estimate | None) -> str | None:
    moved = by_mean.estimate if by_mean else None
    if moved is None or share.low - MOVED_SHARE <= moved <= share.high + MOVED_SHARE:
        return None
    return (
        f"its share is {_percent(share.low, share.high)}, "
        f"but {100 * moved:.1f} % with nothing left out"
    )


def _unseen(name: str, saved_us: Estimate) -> str:
    seen = (
        f"; this run could have seen >= {math.ceil(10 * saved_us.half_width) / 10:,.1f} µs"
        if isinstance(saved_us, Interval)
        else ""
    )
    return f"No part of the gap is seen for {name}{seen}."


def _alone(first_in_us: Estimate | None, last_in_us: Estimate | None) -> str:
    if first_in_us is None or last_in_us is None:
        return ""
    return f" (first-in {first_in_us.estimate:,.1f} µs, last-in {last_in_us.estimate:,.1f} µs)"


def _percent(low: float, high: float) -> str:
    return f"{_range(100 * low, 100 * high)} %"


def _range(low: float, high: float) -> str:
    """To one decimal, rounded outwards so that it covers no less."""
    return f"{math.floor(10 * low) / 10:,.1f} to {math.ceil(10 * high) / 10:,.1f}"
