"""`black_scholes` by numexpr, and by NumPy with SciPy's normal distribution."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.peer import Peer

Array = NDArray[np.float64]
Prices = tuple[Array, Array]
Compute = Callable[[Array, Array, Array, float, float], Prices]

# P of erfc(x) = exp(-x^2) P(t) / (1 + 2x), t = (x - 3.75)/(x + 3.75): Shepherd and Laframboise,
# Math. Comp. 36 (1981) 249. The Chebyshev series of degree 24, from 45 digits, as powers of t.
_ERFC = (
    1.2375126308378275,
    -0.14024059858554697,
    0.0035854154854644293,
    0.0822767384901452,
    -0.10880393014174886,
    0.09230432116037748,
    -0.05869339858963677,
    0.028362277418956406,
    -0.009746579558029276,
    0.0017556258528952954,
    0.0002937136655913448,
    -0.0002901540805408417,
    5.164909889268241e-05,
    2.238423915508223e-05,
    -1.1444146237700524e-05,
    -9.73559896736775e-07,
    1.751637648849062e-06,
    -5.7218230603224086e-08,
    -2.5866850716155884e-07,
    2.3263508708859124e-08,
    3.8675334242222354e-08,
    -3.744210080962018e-09,
    -5.1739902140113095e-09,
    3.1114333809799254e-10,
    4.2514714447963895e-10,
)


def _numexpr() -> Compute:
    from numexpr import NumExpr, set_num_threads

    set_num_threads(1)

    def compiled(expression: str, *names: str) -> Any:
        return NumExpr(expression, [(name, np.float64) for name in names])

    x = f"(abs(d) * {np.sqrt(0.5)!s})"
    nearer_one = compiled(
        "(log(spot / strike) + drift * years) / (volatility * sqrt(years))",
        *("spot", "strike", "years", "drift", "volatility"),
    )
    # Apart from the polynomial, for numexpr would work out t once for each of its mentions.
    argument = compiled(f"({x} - 3.75) / ({x} + 3.75)", "d")
    tail = compiled(f"0.5 * exp(-{x} * {x}) * {_horner('t')} / (1.0 + 2.0 * {x})", "d", "t")
    discount = compiled("strike * exp(-rate * years)", "strike", "rate", "years")
    further = compiled("d - volatility * sqrt(years)", "d", "volatility", "years")
    names = ("spot", "discounted", "d1", "tail1", "d2", "tail2")
    below, above = "where({0} >= 0.0, 1.0 - {1}, {1})", "where({0} >= 0.0, {1}, 1.0 - {1})"
    call_price = compiled(
        f"spot * {below.format('d1', 'tail1')} - discounted * {below.format('d2', 'tail2')}", *names
    )
    put_price = compiled(
        f"discounted * {above.format('d2', 'tail2')} - spot * {above.format('d1', 'tail1')}", *names
    )

    def compute(spot: Array, strike: Array, years: Array, rate: float, volatility: float) -> Prices:
        drift = np.asarray(rate + 0.5 * volatility * volatility)
        rate_, volatility_ = np.asarray(rate), np.asarray(volatility)
        d1 = nearer_one(spot, strike, years, drift, volatility_)
        d2 = further(d1, volatility_, years)
        tail1, tail2 = tail(d1, argument(d1)), tail(d2, argument(d2))
        terms = (spot, discount(strike, rate_, years), d1, tail1, d2, tail2)
        return np.maximum(call_price(*terms), 0.0), np.maximum(put_price(*terms), 0.0)

    return compute


def _horner(variable: str) -> str:
    polynomial = repr(_ERFC[-1])
    for coefficient in reversed(_ERFC[:-1]):
        polynomial = f"({polynomial} * {variable} + ({coefficient!r}))"
    return polynomial


def _scipy_ndtr() -> Compute:
    from scipy.special import ndtr

    def compute(spot: Array, strike: Array, years: Array, rate: float, volatility: float) -> Prices:
        sigma_sqrt_t = volatility * np.sqrt(years)
        d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / sigma_sqrt_t
        d2 = d1 - sigma_sqrt_t
        discounted = strike * np.exp(-rate * years)
        call = spot * ndtr(d1) - discounted * ndtr(d2)
        put = discounted * ndtr(-d2) - spot * ndtr(-d1)
        return np.maximum(call, 0.0, out=call), np.maximum(put, 0.0, out=put)

    return compute


PEERS = {"numexpr": Peer("numexpr", _numexpr), "scipy_ndtr": Peer("scipy", _scipy_ndtr)}
