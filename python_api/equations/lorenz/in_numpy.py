"""`lorenz` with NumPy, whose strength it gives no use for.

Each step needs the one before it, so the longest array there is to work on has three numbers, and
a call takes far longer than what it computes. The slope is written as a product of matrix and
state, (A + x B) s, because that takes fewer calls than its components would.
"""

import numpy as np
from numpy.typing import NDArray

from python_api.equations.lorenz.contract import BETA, RHO, SIGMA

Array = NDArray[np.float64]

_A = np.array([[-SIGMA, SIGMA, 0.0], [RHO, -1.0, 0.0], [0.0, 0.0, -BETA]])
_B = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def compute(state: Array, dt: float, steps: int) -> tuple[Array]:
    """Where `steps` Runge-Kutta steps of `dt` lead from `state`, the coordinates x, y, z.

    Arrays of shape (3,). Arguments are taken to be within the contract's limits.
    """
    state = np.array(state)
    half, sixth = 0.5 * dt, dt / 6.0
    matrix = np.empty_like(_A)
    k1, k2, k3, k4, point = (np.empty_like(state) for _ in range(5))

    def slope(at: Array, out: Array) -> None:
        np.multiply(_B, at[0], out=matrix)
        np.add(_A, matrix, out=matrix)
        np.dot(matrix, at, out=out)

    def to_point(dt: float, slope: Array) -> None:
        np.multiply(slope, dt, out=point)
        np.add(state, point, out=point)

    for _ in range(steps):
        slope(state, k1)
        to_point(half, k1)
        slope(point, k2)
        to_point(half, k2)
        slope(point, k3)
        to_point(dt, k3)
        slope(point, k4)
        k1 += k4
        k2 += k3
        k2 *= 2.0
        k1 += k2
        k1 *= sixth
        state += k1
    return (state,)


def compute_lists(state: list[float], dt: float, steps: int) -> tuple[list[float]]:
    """As `compute`, from a list of three floats to another."""
    (end,) = compute(np.array(state), dt, steps)
    return (end.tolist(),)
