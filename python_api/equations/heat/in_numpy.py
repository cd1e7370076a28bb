"""`heat` on whole arrays with NumPy.

A recurrence y[i] = a[i] + p[i] y[i - 1] cannot be done on all elements at once, but by recursive
doubling: add to each element the one before it, times p, then what stands two before, times the
product of two p, then four before, and so on. The products are made once per request. They shrink
quickly, and are left out once all are below 2^-60, where they change nothing any more. The
recurrences run from one end through the whole rod, because two halves would gain nothing here.
"""

import numpy as np
from numpy.typing import NDArray

from python_api.equations.heat.contract import mesh_ratio

Array = NDArray[np.float64]
Level = tuple[int, Array]
"""How far back an element looks, and what counts there: n minus that many products."""

_NEGLIGIBLE = 2.0**-60


def compute(
    temperature: Array, diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[Array]:
    """The n temperatures after `steps` Crank-Nicolson steps of `dt` seconds, ends held.

    Arrays of shape (n,). Arguments are taken to be within the contract's limits.
    """
    temperature = np.array(temperature, order="C")
    gains, shares = _factors(0.5 * mesh_ratio(diffusivity, dx, dt), temperature.size)
    forwards = _levels(shares)
    backwards = [(shift, products[::-1].copy()) for shift, products in _levels(shares[::-1])]
    v, added = np.empty_like(temperature), np.empty_like(temperature)
    inside = temperature[1:-1]
    for _ in range(steps):
        np.multiply(gains, temperature, out=v)
        for shift, products in forwards:
            v[shift:] += np.multiply(products, v[:-shift], out=added[shift:])
        for shift, products in backwards:
            v[:-shift] += np.multiply(products, v[shift:], out=added[shift:])
        v *= 2.0
        np.subtract(v[1:-1], inside, out=inside)
    return (temperature,)


def compute_lists(
    temperature: list[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[list[float]]:
    """As `compute`, from a list of n floats to another."""
    (after,) = compute(np.array(temperature), diffusivity, dx, dt, steps)
    return (after.tolist(),)


def _factors(r: float, n: int) -> tuple[Array, Array]:
    """g and p of all `n` points, with g = 1 and p = 0 at the held ends.

    They change from point to point until p has reached its limit, after some hundred points at
    most; from there on all are the same.
    """
    gain, share = 1.0, 0.0
    first_gains, first_shares = [gain], [share]
    while len(first_gains) < n:
        gain = 1.0 / ((1.0 + 2.0 * r) - r * share)
        before, share = share, r * gain
        if share == before:
            break
        first_gains.append(gain)
        first_shares.append(share)
    gains, shares = np.full(n, gain), np.full(n, share)
    gains[: len(first_gains)], shares[: len(first_shares)] = first_gains, first_shares
    gains[-1], shares[-1] = 1.0, 0.0
    return gains, shares


def _levels(shares: Array) -> list[Level]:
    levels = []
    shift, products = 1, shares.copy()
    while shift < products.size and products.max() >= _NEGLIGIBLE:
        levels.append((shift, products[shift:].copy()))
        products[shift:] *= products[:-shift].copy()
        products[:shift] = 0.0
        shift *= 2
    return levels
