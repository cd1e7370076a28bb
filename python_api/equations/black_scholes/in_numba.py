"""`black_scholes` as a scalar loop compiled by Numba, at import or from its cache.

Strict IEEE arithmetic as in the other backends: no fast-math.
"""

from functools import partial
from math import erfc, exp, log, sqrt

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

FRAC_1_SQRT_2 = sqrt(0.5)

Array = NDArray[np.float64]

_INPUT = types.Array(types.float64, 1, "C", readonly=True)
_OUTPUT = types.Array(types.float64, 1, "C")

_compile = partial(njit, cache=True, fastmath=False, error_model="numpy", nogil=True)


def compute(
    spot: Array, strike: Array, years: Array, rate: float, volatility: float
) -> tuple[Array, Array]:
    """The prices of n European calls and puts, as two arrays of shape (n,).

    Prices in units of the currency, the rate per year compounded continuously, the volatility per
    square root of a year. All is taken to be within the contract's limits.
    """
    spot, strike, years = map(np.ascontiguousarray, (spot, strike, years))
    call, put = np.empty_like(spot), np.empty_like(spot)
    _prices(spot, strike, years, rate, volatility, call, put)
    return call, put


def compute_lists(
    spot: list[float], strike: list[float], years: list[float], rate: float, volatility: float
) -> tuple[list[float], list[float]]:
    """As `compute`, from lists of n floats to two."""
    call, put = compute(np.array(spot), np.array(strike), np.array(years), rate, volatility)
    return call.tolist(), put.tolist()


@_compile()
def _normal_tails(d: float) -> tuple[float, float]:
    tail = 0.5 * erfc(abs(d) * FRAC_1_SQRT_2)
    return (1.0 - tail, tail) if d >= 0.0 else (tail, 1.0 - tail)


@_compile(types.void(_INPUT, _INPUT, _INPUT, types.float64, types.float64, _OUTPUT, _OUTPUT))
def _prices(
    spot: Array,
    strike: Array,
    years: Array,
    rate: float,
    volatility: float,
    call: Array,
    put: Array,
) -> None:
    drift = rate + 0.5 * volatility * volatility
    for i in range(spot.size):
        sigma_sqrt_t = volatility * sqrt(years[i])
        d1 = (log(spot[i] / strike[i]) + drift * years[i]) / sigma_sqrt_t
        below_1, above_1 = _normal_tails(d1)
        below_2, above_2 = _normal_tails(d1 - sigma_sqrt_t)
        discounted = strike[i] * exp(-rate * years[i])
        call[i] = max(spot[i] * below_1 - discounted * below_2, 0.0)
        put[i] = max(discounted * above_2 - spot[i] * above_1, 0.0)
