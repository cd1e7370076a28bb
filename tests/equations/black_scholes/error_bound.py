"""How far rounding can carry an option's prices from the exact ones: what the envelope rests on.

To first order an operation adds at most half an ulp of its result, exp one ulp, erfc `ERFC_ULP`.
"""

from math import erfc, exp, log, pi, sqrt, ulp

from python_api.equations.black_scholes.reference import Option

ERFC_ULP = 8
"""What is asked of every backend's erfc."""

_ROUNDING = 2.0**-53
"""The most that half an ulp of a number is of it."""


def bound_ulp(option: Option) -> float:
    """The most that either price can be wrong by, in ulps of the larger of what is exchanged."""
    spot, strike, years, rate, volatility = option
    deviation = volatility * sqrt(years)
    d1 = (log(spot / strike) + (rate + volatility**2 / 2) * years) / deviation
    d2 = d1 - deviation
    discounted = strike * exp(-rate * years)
    roundings = (
        _of_both_arguments(spot, d1, d2)
        + spot * _of_the_tail(d1)
        + discounted * _of_the_tail(d2)
        + _of_discounting(strike, rate * years)
        # The products with the tails, and their difference.
        + _half_ulp(spot)
        + _half_ulp(discounted)
        + _half_ulp(max(spot, discounted))
    )
    return roundings / ulp(max(spot, discounted))


def _half_ulp(value: float) -> float:
    return ulp(value) / 2


def _of_both_arguments(spot: float, d1: float, d2: float) -> float:
    """What the prices change by where d1 and d2 are not wrong by the same.

    Both prices change with d1 as much as they change the other way with d2.
    """
    change = spot * exp(-d1 * d1 / 2) / sqrt(2 * pi)
    # Of their difference: a square root, a product, and the root of 1/2 they are multiplied by.
    apart = 3 * _ROUNDING * (d1 - d2)
    # The subtraction of d2, and the multiplication of each.
    return change * (apart + (abs(d1) + 2 * abs(d2)) * _ROUNDING)


def _of_the_tail(d: float) -> float:
    tail = erfc(abs(d) / sqrt(2)) / 2
    return ERFC_ULP * ulp(2 * tail) / 2 + _half_ulp(1 - tail)


def _of_discounting(strike: float, growth: float) -> float:
    discount = exp(-growth)
    relative = _half_ulp(growth) + ulp(discount) / discount
    return strike * discount * relative + _half_ulp(strike * discount)
