"""Where a ratio passes a level as n grows: between sizes a straight line of its log over log n.

The sizes are runs of their own, which share no generation: the band about the line is Welch's t
interval of two independent means, weighted as the line weighs them. The sizes at which the band
holds the level are the interval of the crossing (Fieller's argument: at the size where the line
of the true ratios crosses, the band leaves the level out in one case of 20).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from stackgap.analyse.contrasts import LEVEL, t_quantile
from stackgap.analyse.interval import Estimate, Interval

Side = Literal["above", "below"]
Floats = NDArray[np.float64]

# So many looks between two sizes: a stretch in which the band holds the level is not that short.
_LOOKS = 64
_REFINEMENTS = 5


@dataclass(frozen=True)
class Passage:
    """A stretch of sizes, `low` to `high`, at which a ratio cannot be told from a level.

    `before` and `after` say on which side it is at smaller and at larger sizes; None where the
    stretch reaches the smallest or largest size measured. `estimates` is where the estimate itself
    passes; with too few generations for intervals that is all there is, and the stretch.
    """

    low: float
    high: float
    estimates: tuple[float, ...]
    before: Side | None
    after: Side | None

    @property
    def crosses(self) -> bool:
        """Whether the ratio is seen on one side before, and on the other after."""
        return self.before is not None and self.after is not None and self.before != self.after


@dataclass(frozen=True)
class Curve:
    """The logarithm of a ratio at several sizes, ascending; every estimate has a value."""

    sizes: tuple[int, ...]
    log_ratios: tuple[Estimate, ...]

    @property
    def generations(self) -> int:
        """The fewest at any size."""
        return min(each.generations for each in self.log_ratios)

    def side(self, index: int, log_level: float) -> Side:
        """On which side of a level the estimate is, at the size of that index."""
        return _side(_centre(self.log_ratios[index]), log_level)


def passages(curve: Curve, log_level: float) -> tuple[Passage, ...]:
    """Where the curve passes a level, by size: none if it is told apart from it everywhere."""
    crossed = _crossed(curve, log_level)
    if not all(isinstance(each, Interval) for each in curve.log_ratios):
        return tuple(_by_estimates(curve, log_level, crossed))
    band = _Band(curve, log_level)
    looks = np.union1d(band.looks(), crossed)
    # Where the estimate crosses the band holds the level, also if rounding says otherwise.
    holds = band.holds(looks) | np.isin(looks, crossed)
    return tuple(band.passage(looks, first, last, crossed) for first, last in _runs_of_true(holds))


def _crossed(curve: Curve, log_level: float) -> list[float]:
    """Where the estimate passes the level, in log n, ascending."""
    log_sizes = np.log(curve.sizes)
    over = [_centre(each) - log_level for each in curve.log_ratios]
    found = []
    for (log_n, here), (next_log_n, there) in pairwise(zip(log_sizes, over, strict=True)):
        if (here > 0) != (there > 0):
            found.append(float(log_n + here / (here - there) * (next_log_n - log_n)))
    return found


def _by_estimates(curve: Curve, log_level: float, crossed: Sequence[float]) -> list[Passage]:
    side = curve.side(0, log_level)
    found = []
    for log_n in crossed:
        n = float(np.exp(log_n))
        found.append(Passage(n, n, (n,), side, _other(side)))
        side = _other(side)
    return found


class _Band:
    """The interval of a curve at every size between the measured ones, against one level."""

    def __init__(self, curve: Curve, log_level: float) -> None:
        known = [each for each in curve.log_ratios if isinstance(each, Interval)]
        self._log_sizes = np.log(curve.sizes)
        self._centres = np.array([each.estimate for each in known])
        self._degrees = np.array([each.generations - 1 for each in known], dtype=np.float64)
        self._variances = np.array(
            [(each.half_width / t_quantile(each.generations - 1)) ** 2 for each in known]
        )
        self._log_level = log_level

    def looks(self) -> Floats:
        """Places all along the curve, the sizes measured among them."""
        parts = np.linspace(self._log_sizes[:-1], self._log_sizes[1:], _LOOKS, axis=1)
        return np.unique(parts)

    def holds(self, log_n: Floats) -> NDArray[np.bool_]:
        """Whether the band holds the level."""
        held: NDArray[np.bool_] = np.abs(self._centre(log_n) - self._log_level) <= self._half_width(
            log_n
        )
        return held

    def passage(self, looks: Floats, first: int, last: int, crossed: Sequence[float]) -> Passage:
        """The stretch about the looks `first` to `last`, all of which hold the level."""
        before = None if first == 0 else self._side(looks[first - 1])
        after = None if last == len(looks) - 1 else self._side(looks[last + 1])
        low = looks[0] if before is None else self._edge(looks[first - 1], looks[first])
        high = looks[-1] if after is None else self._edge(looks[last + 1], looks[last])
        estimates = [log_n for log_n in crossed if looks[first] <= log_n <= looks[last]]
        return Passage(
            low=float(np.exp(low)),
            high=float(np.exp(high)),
            estimates=tuple(float(np.exp(log_n)) for log_n in estimates),
            before=before,
            after=after,
        )

    def _edge(self, outside: float, inside: float) -> float:
        """Where the stretch ends between two looks, each time between two looks nearer by."""
        for _ in range(_REFINEMENTS):
            looks = np.linspace(outside, inside, _LOOKS)
            held = self.holds(looks)
            held[-1] = True
            first = int(np.argmax(held))
            outside, inside = looks[first - 1], looks[first]
        return inside

    def _side(self, log_n: float) -> Side:
        return _side(float(self._centre(np.array([log_n]))[0]), self._log_level)

    def _centre(self, log_n: Floats) -> Floats:
        centre: Floats = np.interp(log_n, self._log_sizes, self._centres)
        return centre

    def _half_width(self, log_n: Floats) -> Floats:
        left = np.clip(np.searchsorted(self._log_sizes, log_n, side="right") - 1, 0, None)
        left = np.minimum(left, len(self._log_sizes) - 2)
        right = left + 1
        reach = self._log_sizes[right] - self._log_sizes[left]
        part = (log_n - self._log_sizes[left]) / reach
        one = (1 - part) ** 2 * self._variances[left]
        other = part**2 * self._variances[right]
        spread = one**2 / self._degrees[left] + other**2 / self._degrees[right]
        variance = one + other
        noisy = spread > 0
        degrees = np.divide(variance**2, spread, out=np.ones_like(spread), where=noisy)
        half_width: Floats = np.where(
            noisy, stdtrit(degrees, (1 + LEVEL) / 2) * np.sqrt(variance), 0.0
        )
        return half_width


def _runs_of_true(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of every unbroken run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    return [(int(first), int(end) - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _side(value: float, level: float) -> Side:
    return "above" if value > level else "below"


def _other(side: Side) -> Side:
    return "below" if side == "above" else "above"


def _centre(estimate: Estimate) -> float:
    assert estimate.estimate is not None, "a size without a ratio is left out of a curve"
    return estimate.estimate
