"""What the exercises on arrays are held to: `kepler(e, M)` from and to a float64 array."""

import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from stackgap.analyse.contrasts import inverse
from stackgap.analyse.interval import Estimate
from stackgap.workshop import kepler
from stackgap.workshop.timing import Turns
from stackgap.workshop.wrong import Wrong

_LONG_ENOUGH_S = 0.02


def contract(own: Any) -> None:
    """Types, what is refused, and that the input stays as it is."""
    eccentricity, shown = kepler.SHOWN
    anomalies = np.array(shown)
    answer = own.kepler(eccentricity, anomalies)
    if not isinstance(answer, np.ndarray) or answer.dtype != np.float64 or answer.ndim != 1:
        raise Wrong("the answer must be a one-dimensional array of float64")
    if anomalies.tolist() != list(shown):
        raise Wrong("the anomalies that were handed in are changed afterwards")
    if own.kepler(eccentricity, np.array([])).size:
        raise Wrong("no anomalies have no answers: an empty array")
    for wrong in (-0.1, 1.0, float("nan")):
        kepler.refuses(own.kepler, wrong, anomalies, ValueError)  # type: ignore[arg-type]
    for wrong in (float("nan"), float("inf")):
        kepler.refuses(own.kepler, 0.1, np.array([0.0, wrong]), ValueError)  # type: ignore[arg-type]


def correct(own: Any, random: Random) -> None:
    """The equation holds for inputs drawn now."""
    eccentricity, anomalies = kepler.drawn(random)
    kepler.hold(eccentricity, anomalies, own.kepler(eccentricity, np.array(anomalies)))


def timed(quantity: str, n: int) -> Callable[[Any], Callable[[], dict[str, float]]]:
    """A `measure` for exercises: seconds a call for n anomalies, over as many calls as take a
    while."""
    anomalies = np.linspace(-3, 3, n)

    def measure(own: Any) -> Callable[[], dict[str, float]]:
        own.kepler(0.3, anomalies)
        calls = 1
        while (took_s := _seconds(own, anomalies, calls)) < _LONG_ENOUGH_S and calls < 1 << 20:
            calls *= 2 if took_s > _LONG_ENOUGH_S / 8 else 8

        def turn() -> dict[str, float]:
            return {quantity: _seconds(own, anomalies, calls) / calls}

        return turn

    return measure


def times_as_fast(turns: Turns, quantity: str) -> Estimate:
    """How many times as fast as the baseline the participant's is."""
    return inverse(turns.ratio(quantity, "baseline"))


def _seconds(own: Any, anomalies: np.ndarray[Any, Any], calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        own.kepler(0.3, anomalies)
    return time.perf_counter() - begun
