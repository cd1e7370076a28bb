"""`black_scholes` in plain Python: the standard library only."""

from collections.abc import Sequence
from math import erfc, exp, log, sqrt

FRAC_1_SQRT_2 = sqrt(0.5)


def compute(
    spot: Sequence[float],
    strike: Sequence[float],
    years: Sequence[float],
    rate: float,
    volatility: float,
) -> tuple[list[float], list[float]]:
    """The prices of n European calls and puts, as two lists of n floats.

    Prices in units of the currency, the rate per year compounded continuously, the volatility per
    square root of a year. All is taken to be within the contract's limits.
    """
    drift = rate + 0.5 * volatility * volatility
    calls, puts = [], []
    for price, agreed, time in zip(spot, strike, years, strict=True):
        sigma_sqrt_t = volatility * sqrt(time)
        d1 = (log(price / agreed) + drift * time) / sigma_sqrt_t
        below_1, above_1 = normal_tails(d1)
        below_2, above_2 = normal_tails(d1 - sigma_sqrt_t)
        discounted = agreed * exp(-rate * time)
        calls.append(max(price * below_1 - discounted * below_2, 0.0))
        puts.append(max(discounted * above_2 - price * above_1, 0.0))
    return calls, puts


compute_lists = compute


def normal_tails(d: float) -> tuple[float, float]:
    """The probabilities that a standard normal number is below `d`, and that it is above."""
    tail = 0.5 * erfc(abs(d) * FRAC_1_SQRT_2)
    return (1.0 - tail, tail) if d >= 0.0 else (tail, 1.0 - tail)
