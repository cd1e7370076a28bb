"""`nbody` as scalar loops compiled by Numba, when this module is imported or from its cache.

Strict IEEE arithmetic as in the other backends: no fast-math, so that no sum is reordered.
"""

from functools import partial
from math import sqrt

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Array = NDArray[np.float64]

_INPUT = types.Array(types.float64, 1, "C", readonly=True)
_OUTPUT = types.Array(types.float64, 2, "C")

_compile = partial(njit, cache=True, fastmath=False, error_model="numpy", nogil=True)


def compute(
    mass: Array, x: Array, y: Array, z: Array, softening: float
) -> tuple[Array, Array, Array]:
    """The accelerations of n bodies in x, y, z, as three arrays of shape (n,).

    In units in which the gravitational constant is 1. All is taken to be within the contract's
    limits.
    """
    mass, x, y, z = map(np.ascontiguousarray, (mass, x, y, z))
    accelerations = np.empty((3, mass.size))
    _sum_pulls(mass, x, y, z, softening, accelerations)
    ax, ay, az = accelerations
    return ax, ay, az


def compute_lists(
    mass: list[float], x: list[float], y: list[float], z: list[float], softening: float
) -> tuple[list[float], list[float], list[float]]:
    """As `compute`, from lists of n floats to three."""
    ax, ay, az = compute(np.array(mass), np.array(x), np.array(y), np.array(z), softening)
    return ax.tolist(), ay.tolist(), az.tolist()


@_compile(types.void(_INPUT, _INPUT, _INPUT, _INPUT, types.float64, _OUTPUT))
def _sum_pulls(
    mass: Array, x: Array, y: Array, z: Array, softening: float, accelerations: Array
) -> None:
    softening_squared = softening * softening
    for i in range(mass.size):
        ax = ay = az = 0.0
        for j in range(mass.size):
            dx, dy, dz = x[j] - x[i], y[j] - y[i], z[j] - z[i]
            squared = dx * dx + dy * dy + dz * dz + softening_squared
            weight = mass[j] / (squared * sqrt(squared))
            ax += weight * dx
            ay += weight * dy
            az += weight * dz
        accelerations[0, i] = ax
        accelerations[1, i] = ay
        accelerations[2, i] = az
