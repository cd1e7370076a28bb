"""What exercise 4 is held against: the loop in Python, lists in and out."""

import math


def kepler(eccentricity: float, anomalies: list[float]) -> list[float]:
    """The eccentric anomaly of each mean anomaly, in radians."""
    if not 0 <= eccentricity < 1:
        raise ValueError("the eccentricity is not in [0, 1)")
    solved = []
    for anomaly in anomalies:
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
        solved.append(own)
    return solved
