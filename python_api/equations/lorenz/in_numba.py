"""`lorenz` as a scalar loop compiled by Numba, when this module is imported or from its cache.

Strict IEEE arithmetic as in the other backends: no fast-math.
"""

from functools import partial

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from python_api.equations.lorenz.contract import BETA, RHO, SIGMA

Array = NDArray[np.float64]
Vector = tuple[float, float, float]

_VECTOR = types.UniTuple(types.float64, 3)  # type: ignore[no-untyped-call]

_compile = partial(njit, cache=True, fastmath=False, error_model="numpy", nogil=True)


def compute(state: Array, dt: float, steps: int) -> tuple[Array]:
    """Where `steps` Runge-Kutta steps of `dt` lead from `state`, the coordinates x, y, z.

    Arrays of shape (3,). Arguments are taken to be within the contract's limits.
    """
    x, y, z = state
    return (np.array(_advance((x, y, z), dt, steps)),)


def compute_lists(state: list[float], dt: float, steps: int) -> tuple[list[float]]:
    """As `compute`, from a list of three floats to another."""
    x, y, z = state
    return (list(_advance((x, y, z), dt, steps)),)


@_compile(_VECTOR(_VECTOR))
def _slope(state: Vector) -> Vector:
    x, y, z = state
    return SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z


@_compile(_VECTOR(_VECTOR, types.float64, _VECTOR))
def _from(start: Vector, dt: float, slope: Vector) -> Vector:
    return start[0] + dt * slope[0], start[1] + dt * slope[1], start[2] + dt * slope[2]


@_compile(_VECTOR(_VECTOR, types.float64, types.int64))
def _advance(state: Vector, dt: float, steps: int) -> Vector:
    half, sixth = 0.5 * dt, dt / 6.0
    for _ in range(steps):
        k1 = _slope(state)
        k2 = _slope(_from(state, half, k1))
        k3 = _slope(_from(state, half, k2))
        k4 = _slope(_from(state, dt, k3))
        sums = (
            (k1[0] + k4[0]) + 2.0 * (k2[0] + k3[0]),
            (k1[1] + k4[1]) + 2.0 * (k2[1] + k3[1]),
            (k1[2] + k4[2]) + 2.0 * (k2[2] + k3[2]),
        )
        state = _from(state, sixth, sums)
    return state
