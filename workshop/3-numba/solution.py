"""Exercise 3, one way to do it."""

# PREDICTION = (8, 32)

import math

import numba
import numpy as np


@numba.njit
def kepler(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """The eccentric anomaly of each mean anomaly: the loop as it was, compiled."""
    if not 0 <= eccentricity < 1:
        raise ValueError("the eccentricity is not in [0, 1)")
    solved = np.empty_like(anomalies)
    for index in range(len(anomalies)):
        anomaly = anomalies[index]
        if not math.isfinite(anomaly):
            raise ValueError("an anomaly is not finite")
        own = anomaly + eccentricity * math.sin(anomaly)
        for _ in range(50):
            step = (own - eccentricity * math.sin(own) - anomaly) / (
                1 - eccentricity * math.cos(own)
            )
            own -= step
            if abs(step) <= 1e-14 * max(1.0, abs(own)):
                break
        solved[index] = own
    return solved
