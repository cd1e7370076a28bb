"""`heat` as scalar loops compiled by Numba, when this module is imported or from its cache.

Strict IEEE arithmetic as in the other backends: no fast-math.
"""

from functools import partial

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from python_api.equations.heat.contract import mesh_ratio

Array = NDArray[np.float64]

_DOUBLES = types.Array(types.float64, 1, "C")
_TWO = types.UniTuple(_DOUBLES, 2)  # type: ignore[no-untyped-call]

_compile = partial(njit, cache=True, fastmath=False, error_model="numpy", nogil=True)


def compute(
    temperature: Array, diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[Array]:
    """The n temperatures after `steps` Crank-Nicolson steps of `dt` seconds, ends held.

    Arrays of shape (n,). Arguments are taken to be within the contract's limits.
    """
    temperature = np.array(temperature, order="C")
    _diffuse(temperature, 0.5 * mesh_ratio(diffusivity, dx, dt), steps)
    return (temperature,)


def compute_lists(
    temperature: list[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[list[float]]:
    """As `compute`, from a list of n floats to another."""
    (after,) = compute(np.array(temperature), diffusivity, dx, dt, steps)
    return (after.tolist(),)


@_compile(_TWO(types.float64, types.int64))
def _factors(r: float, n: int) -> tuple[Array, Array]:
    gains, shares = np.empty(n), np.empty(n)
    gains[0], shares[0] = 1.0, 0.0
    for i in range(1, n):
        gains[i] = 1.0 / ((1.0 + 2.0 * r) - r * shares[i - 1])
        shares[i] = r * gains[i]
    return gains, shares


@_compile(types.void(_DOUBLES, types.float64, types.int64))
def _diffuse(u: Array, r: float, steps: int) -> None:
    end = u.size - 1
    n_right = u.size // 2
    n_left = u.size - n_right
    gains, shares = _factors(r, n_left)
    share_left, share_right = shares[n_left - 1], shares[n_right - 1]
    meeting = 1.0 / (1.0 - share_left * share_right)
    y = np.empty_like(u)
    for _ in range(steps):
        left, right = u[0], u[end]
        y[0], y[end] = left, right
        # Both halves in one loop: neither waits for the other.
        for i in range(1, n_right):
            left = gains[i] * u[i] + shares[i] * left
            right = gains[i] * u[end - i] + shares[i] * right
            y[i], y[end - i] = left, right
        middle = n_right
        if n_left > n_right:
            left = gains[middle] * u[middle] + shares[middle] * left

        left = (left + share_left * right) * meeting
        right += share_right * left
        if n_left > n_right:
            u[middle] = 2.0 * left - u[middle]
            left = y[middle - 1] + shares[middle - 1] * left
        for i in range(n_right - 1, 0, -1):
            u[i] = 2.0 * left - u[i]
            u[end - i] = 2.0 * right - u[end - i]
            left = y[i - 1] + shares[i - 1] * left
            right = y[end - i + 1] + shares[i - 1] * right
