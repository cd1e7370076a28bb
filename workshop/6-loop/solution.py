"""Exercise 6, one way to do it."""

# PREDICTION = (120, 480)

import asyncio

import numpy as np


def solve(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """The kernel as it was: NumPy lets go of the lock while it works on a long array."""
    own = anomalies + eccentricity * np.sin(anomalies)
    for _ in range(10):
        own = own - (own - eccentricity * np.sin(own) - anomalies) / (
            1 - eccentricity * np.cos(own)
        )
    return own


async def answer(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """What solve() gives, from a thread."""
    if not 0 <= eccentricity < 1:
        raise ValueError("the eccentricity is not in [0, 1)")
    return await asyncio.to_thread(solve, eccentricity, anomalies)
