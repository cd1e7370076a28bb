"""`nbody` on whole arrays with NumPy, some rows of the matrix of pairs at a time."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# So many pairs at a time that what is computed with stays in the cache.
_BLOCK = 16_384


def compute(
    mass: Array, x: Array, y: Array, z: Array, softening: float
) -> tuple[Array, Array, Array]:
    """The accelerations of n bodies in x, y, z, as three arrays of shape (n,).

    In units in which the gravitational constant is 1. All is taken to be within the contract's
    limits.
    """
    places = np.stack((x, y, z))
    accelerations = np.empty_like(places)
    n = len(mass)
    rows = max(1, min(n, _BLOCK // max(1, n)))
    # Made once for all blocks: fresh memory for every step would cost more than the arithmetic.
    scratch = np.empty((5, rows, n))
    for start in range(0, n, rows):
        of = slice(start, min(start + rows, n))
        pairs = scratch[:, : of.stop - start]
        _pulls(mass, places, places[:, of], softening, pairs, accelerations[:, of])
    ax, ay, az = accelerations
    return ax, ay, az


def compute_lists(
    mass: list[float], x: list[float], y: list[float], z: list[float], softening: float
) -> tuple[list[float], list[float], list[float]]:
    """As `compute`, from lists of n floats to three."""
    ax, ay, az = compute(np.array(mass), np.array(x), np.array(y), np.array(z), softening)
    return ax.tolist(), ay.tolist(), az.tolist()


def _pulls(
    mass: Array, places: Array, at: Array, softening: float, scratch: Array, out: Array
) -> None:
    """The pull of n bodies at `places` (3, n) on m at `at` (3, m), into `out` (3, m).

    Computes in `scratch` (5, m, n).
    """
    apart, squared, weight = scratch[:3], scratch[3], scratch[4]
    np.subtract(places[:, np.newaxis, :], at[:, :, np.newaxis], out=apart)
    np.multiply(apart[0], apart[0], out=squared)
    for along_axis in apart[1:]:
        np.multiply(along_axis, along_axis, out=weight)
        squared += weight
    squared += softening * softening
    np.sqrt(squared, out=weight)
    weight *= squared
    np.divide(mass, weight, out=weight)
    np.vecdot(apart, weight, out=out)
