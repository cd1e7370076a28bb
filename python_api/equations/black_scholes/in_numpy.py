"""`black_scholes` on whole arrays with NumPy, which has no erfc: here is one."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

FRAC_1_SQRT_2 = sqrt(0.5)

K = 3.5
COEFFICIENTS = (
    0.2423492448711544,
    -0.38235842500877376,
    0.3718028286765553,
    -0.2742837335233084,
    0.1591941353631055,
    -0.07121098153770943,
    0.022387655710614993,
    -0.0032883247782464317,
    -0.0009266951466700925,
    0.0006244273685616248,
    -6.004277217138824e-05,
    -6.147022210735385e-05,
    1.8686922732833017e-05,
    5.576041990762783e-06,
    -3.2438390832802694e-06,
    -5.750445744860599e-07,
    5.220030438168228e-07,
    8.42130787936236e-08,
    -8.008631609799887e-08,
    -1.7474888013323828e-08,
    8.882690653324327e-09,
    2.9687803459005457e-09,
)
"""Of R(t), from t^0 to t^21, so that erfc(x) = exp(-x^2) (1 + (1 + t) R(t)) / (1 + 2x).

1 + t = 2x/(x + K). The relative error is below 3e-17 up to x = 28; beyond, erfc(x) rounds to 0.
`tests/equations/black_scholes/erfc_coefficients.py` computes them, and says where from.
"""

# A row for each power of t^8, a column for each power of t below it.
_GROUPS = np.array([*COEFFICIENTS, 0.0, 0.0]).reshape(3, 8)

# The upper 26 of a double's 53 bits: their square is exact.
_UPPER_HALF = np.int64(-1 << 27)

# So many options at a time that what is computed with stays in the cache, and that the matrix
# product is too small for the linear algebra library to start threads for it.
_BLOCK = 4_096

# Rows that `_erfc` and `_prices` compute in. They are made once for all blocks: fresh memory for
# every step would cost more than the arithmetic.
_ERFC_ROWS = 14
_ROWS = 4 + _ERFC_ROWS

Array = NDArray[np.float64]


def compute(
    spot: Array, strike: Array, years: Array, rate: float, volatility: float
) -> tuple[Array, Array]:
    """The prices of n European calls and puts, as two arrays of shape (n,).

    Prices in units of the currency, the rate per year compounded continuously, the volatility per
    square root of a year. All is taken to be within the contract's limits.
    """
    n = len(spot)
    prices = np.empty((2, n))
    scratch = np.empty((_ROWS, 2 * min(n, _BLOCK)))
    for start in range(0, n, _BLOCK):
        of = slice(start, min(start + _BLOCK, n))
        rows = scratch[:, : 2 * (of.stop - start)]
        _prices(spot[of], strike[of], years[of], rate, volatility, rows, prices[:, of])
    call, put = prices
    return call, put


def compute_lists(
    spot: list[float], strike: list[float], years: list[float], rate: float, volatility: float
) -> tuple[list[float], list[float]]:
    """As `compute`, from lists of n floats to two."""
    call, put = compute(np.array(spot), np.array(strike), np.array(years), rate, volatility)
    return call.tolist(), put.tolist()


def erfc(x: Array) -> Array:
    """The complementary error function of n finite numbers >= 0, within 8 ulp."""
    result = np.empty_like(x)
    _erfc(x, np.empty((_ERFC_ROWS, len(x))), result)
    return result


def _prices(
    spot: Array,
    strike: Array,
    years: Array,
    rate: float,
    volatility: float,
    scratch: Array,
    out: Array,
) -> None:
    """Computes m calls and puts into `out` (2, m), in `scratch` (_ROWS, 2m).

    A row's first half has to do with d1 and the spot price, the second with d2 and the strike.
    """
    d, x, tails, worth = scratch[:4]
    d1, d2 = _halves(d)
    sigma_sqrt_t, growth = _halves(x)
    np.sqrt(years, out=sigma_sqrt_t)
    sigma_sqrt_t *= volatility
    np.multiply(years, rate + 0.5 * volatility * volatility, out=growth)
    np.divide(spot, strike, out=d1)
    np.log(d1, out=d1)
    d1 += growth
    d1 /= sigma_sqrt_t
    np.subtract(d1, sigma_sqrt_t, out=d2)

    undiscounted, discounted = _halves(worth)
    undiscounted[:] = spot
    np.multiply(years, -rate, out=discounted)
    np.exp(discounted, out=discounted)
    discounted *= strike

    np.abs(d, out=x)
    x *= FRAC_1_SQRT_2
    _erfc(x, scratch[4:], tails)
    below, above = _normal_tails(d, tails, scratch[4:])
    below *= worth
    above *= worth
    received, paid = _halves(below)
    np.subtract(received, paid, out=out[0])
    paid, received = _halves(above)
    np.subtract(received, paid, out=out[1])
    np.maximum(out, 0.0, out=out)


def _halves(row: Array) -> tuple[Array, Array]:
    middle = len(row) // 2
    return row[:middle], row[middle:]


def _normal_tails(d: Array, erfc_of_d: Array, scratch: Array) -> tuple[Array, Array]:
    """The probabilities that a standard normal number is below `d`, and that it is above.

    Half of erfc is the smaller of them, and 1 less that the other.
    """
    below, above, signed = scratch[:3]
    np.copysign(0.5, d, out=signed)
    signed *= erfc_of_d
    np.greater_equal(d, 0.0, out=below)
    np.subtract(1.0, below, out=above)
    below -= signed
    above += signed
    return below, above


def _erfc(x: Array, scratch: Array, out: Array) -> None:
    _exp_of_minus_square(x, scratch, out)
    divisor, near_one = scratch[:2]
    np.multiply(x, 2.0, out=divisor)
    np.add(x, K, out=near_one)
    np.divide(divisor, near_one, out=near_one)
    near_one *= _polynomial(near_one, scratch[2:])
    near_one += 1.0
    out *= near_one
    divisor += 1.0
    out /= divisor


def _exp_of_minus_square(x: Array, scratch: Array, out: Array) -> None:
    """exp(-x^2), with what is rounded off the square (T. J. Dekker, 1971) made good."""
    upper, lower, rounded_off = scratch[:3]
    np.bitwise_and(x.view(np.int64), _UPPER_HALF, out=upper.view(np.int64))
    np.subtract(x, upper, out=lower)
    np.add(x, upper, out=rounded_off)
    rounded_off *= lower
    upper *= upper
    np.multiply(x, x, out=out)
    upper -= out
    rounded_off += upper
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.subtract(1.0, rounded_off, out=rounded_off)
    out *= rounded_off


def _polynomial(one_and_t: Array, scratch: Array) -> Array:
    """R(t) in few passes: polynomials of degree 7 in t by one matrix product, and then one of
    them in t^8 (M. S. Paterson and L. J. Stockmeyer, SIAM Journal on Computing 2, 1973).
    """
    powers, power, groups = scratch[:8], scratch[8], scratch[9:12]
    powers[0] = 1.0
    t = np.subtract(one_and_t, 1.0, out=powers[1])
    np.multiply(t, t, out=power)
    np.multiply(powers[:2], power, out=powers[2:4])
    power *= power
    np.multiply(powers[:4], power, out=powers[4:])
    power *= power
    np.matmul(_GROUPS, powers, out=groups)
    value: Array = groups[0]
    middle, highest = groups[1:]
    highest *= power
    highest += middle
    highest *= power
    value += highest
    return value
