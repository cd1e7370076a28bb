"""Exercise 6: the event loop. What long requests do to short ones.

How many times as long do short requests wait beside long ones in this version as in yours?

# PREDICTION = (low, high)
"""

import numpy as np


def solve(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """The kernel as it is: whole arrays, some tens of ms for 100,000 anomalies. Leave it."""
    own = anomalies + eccentricity * np.sin(anomalies)
    for _ in range(10):
        own = own - (own - eccentricity * np.sin(own) - anomalies) / (
            1 - eccentricity * np.cos(own)
        )
    return own


async def answer(eccentricity: float, anomalies: np.ndarray) -> np.ndarray:
    """What solve() gives. Other requests of the same server must not wait for it.

    Raises ValueError for an eccentricity outside [0, 1).
    """
    if not 0 <= eccentricity < 1:
        raise ValueError("the eccentricity is not in [0, 1)")
    return solve(eccentricity, anomalies)
