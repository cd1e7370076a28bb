"""The equation of the exercises: Kepler's, E - e sin E = M, and how answers are held to it."""

import math
from collections.abc import Callable, Iterable, Sequence
from random import Random

from stackgap.workshop.wrong import Wrong

TOLERANCE = 1e-12
SHOWN = (0.2, (0.0, 0.5, 1.0, 2.0, 3.0))
"""The input that the pages show."""

Solve = Callable[[float, Sequence[float]], Iterable[float]]


def drawn(random: Random, n: int | None = None) -> tuple[float, list[float]]:
    """An eccentricity and anomalies in radians that nobody saw before."""
    size = n or random.randint(1, 60)
    anomalies = [random.uniform(-20, 20) for _ in range(size)]
    return random.uniform(0, 0.9), anomalies


def hold(eccentricity: float, anomalies: Sequence[float], answer: Iterable[float]) -> None:
    """Raises Wrong where an answer does not solve the equation, or there are too few or many."""
    solved = [float(value) for value in answer]
    if len(solved) != len(anomalies):
        raise Wrong(f"{len(anomalies)} anomalies, but {len(solved)} answers")
    for anomaly, own in zip(anomalies, solved, strict=True):
        off = own - eccentricity * math.sin(own) - anomaly
        if not abs(off) <= TOLERANCE * max(1.0, abs(anomaly)):
            raise Wrong(
                f"E = {own!r} does not solve E - e sin E = M for e = {eccentricity!r}, "
                f"M = {anomaly!r}: it is off by {off:.2g}"
            )


def refuses(
    solve: Solve, eccentricity: float, anomalies: Sequence[float], error: type[Exception]
) -> None:
    """Raises Wrong unless `solve` raises `error` for that input."""
    try:
        solve(eccentricity, anomalies)
    except error:
        return
    except Exception as other:
        raise Wrong(
            f"e = {eccentricity!r}, M = {list(anomalies)!r} must raise {error.__name__}; it raised "
            f"{type(other).__name__}: {other}"
        ) from other
    raise Wrong(f"e = {eccentricity!r}, M = {list(anomalies)!r} must raise {error.__name__}")
