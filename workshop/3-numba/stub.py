"""Exercise 3: the same loop, compiled.

How many times as fast will yours be for 1,000 anomalies, once it is compiled?

# PREDICTION = (low, high)
"""

import math

import numpy as np


def kepler(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """The eccentric anomaly E of each mean anomaly M, in radians: E - e sin E = M.

    `anomalies` is a one-dimensional float64 array, which stays as it is; so is the answer. Raises
    ValueError for an eccentricity outside [0, 1) and for anomalies that are not finite.
    """
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
