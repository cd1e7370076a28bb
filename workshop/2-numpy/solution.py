"""Exercise 2, one way to do it."""

# PREDICTION = (5, 20)

import numpy as np


def kepler(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """The eccentric anomaly of each mean anomaly: all of them take one Newton step at a time."""
    if not 0 <= eccentricity < 1:
        raise ValueError("the eccentricity is not in [0, 1)")
    if not np.isfinite(anomalies).all():
        raise ValueError("an anomaly is not finite")
    own = anomalies + eccentricity * np.sin(anomalies)
    for _ in range(50):
        step = (own - eccentricity * np.sin(own) - anomalies) / (1 - eccentricity * np.cos(own))
        own -= step
        if (np.abs(step) <= 1e-14 * np.maximum(1.0, np.abs(own))).all():
            break
    return own
