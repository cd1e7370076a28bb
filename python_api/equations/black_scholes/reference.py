"""`black_scholes` to 50 digits: what every backend and every served answer is held to.

Not the backends' formulas: the call by Black's from the forward price, the put by parity.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf, isfinite, ulp
from typing import Any, NamedTuple

from mpmath import MPContext, mpf

from python_api.equations.black_scholes.contract import ENVELOPE_ULP, RESPONSE_FIELDS
from python_api.equations.checking import require_shape, spread

mp = MPContext()
"""Arithmetic to 50 digits."""

mp.dps = 50


class Option(NamedTuple):
    """A call and a put of one strike and expiry, and the market they are priced in."""

    spot: float
    strike: float
    years: float
    rate: float
    volatility: float


class Prices(NamedTuple):
    """What an option is worth, and the larger of what is exchanged: its scale of errors."""

    call: mpf
    put: mpf
    scale: mpf


def options(request: Mapping[str, Any]) -> list[Option]:
    """The options of a request's body, in its order.

    Raises ValueError if its arrays differ in length.
    """
    arrays = zip(request["spot"], request["strike"], request["years"], strict=True)
    return [Option(*values, request["rate"], request["volatility"]) for values in arrays]


@lru_cache(maxsize=200_000)
def prices(option: Option) -> Prices:
    """The option's exact prices."""
    spot, strike, years, rate, volatility = map(mp.mpf, option)
    discount = mp.exp(-rate * years)
    forward = spot / discount
    deviation = volatility * mp.sqrt(years)
    moneyness = mp.log(forward / strike) / deviation
    exercised = mp.ncdf(moneyness - deviation / 2)
    call = discount * (forward * mp.ncdf(moneyness + deviation / 2) - strike * exercised)
    put = call - spot + discount * strike
    return Prices(call, put, max(spot, discount * strike))


def errors_ulp(
    priced: Sequence[Option], call: Sequence[float], put: Sequence[float]
) -> list[float]:
    """Each option's larger error, in ulps of the larger of spot and discounted strike.

    Raises ValueError if the three sequences differ in length.
    """
    computed = zip(priced, call, put, strict=True)
    return [_error_ulp(prices(option), (c, p)) for option, c, p in computed]


def check(priced: Sequence[Option], call: Sequence[float], put: Sequence[float]) -> None:
    """Raises ValueError, naming the worst error, unless all prices are within the envelope."""
    errors = errors_ulp(priced, call, put)
    outside = [i for i, error in enumerate(errors) if error > ENVELOPE_ULP]
    if outside:
        worst = max(outside, key=lambda i: errors[i])
        raise ValueError(
            f"{len(outside)} of {len(errors)} options are priced more than {ENVELOPE_ULP} ulp off; "
            f"the worst by {errors[worst]:.3g} ulp, at index {worst}, {priced[worst]}"
        )


def envelope_of(_request: Mapping[str, Any]) -> float:
    """How far an answer to a request may be off, in ulps."""
    return ENVELOPE_ULP


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], at_most: int) -> float:
    """Holds a service's decoded `answer` to the reference; the worst error seen, in ulps.

    Shapes are checked whole, numbers at up to `at_most` options from the first to the last.
    Raises ValueError for anything but the right fields, lengths and numbers within the envelope.
    """
    asked = options(request)
    require_shape(answer, RESPONSE_FIELDS, len(asked))
    picked = spread(len(asked), at_most)
    sample = [asked[i] for i in picked]
    columns = [[answer[field][i] for i in picked] for field in RESPONSE_FIELDS]
    check(sample, *columns)
    return max(errors_ulp(sample, *columns))


def _error_ulp(exact: Prices, computed: tuple[float, float]) -> float:
    if not all(map(isfinite, computed)):
        return inf
    call, put = computed
    error = max(abs(call - exact.call), abs(put - exact.put))
    return float(error / ulp(float(exact.scale)))
