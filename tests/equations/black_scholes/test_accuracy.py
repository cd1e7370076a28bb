"""Every backend against the 50-digit reference."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import pytest

from python_api.equations import BACKENDS
from python_api.equations.black_scholes import in_python, reference
from python_api.equations.black_scholes.contract import (
    ENVELOPE_ULP,
    MAX_PRICE,
    MAX_RATE,
    MAX_VOLATILITY,
    MAX_YEARS,
    MIN_PRICE,
    MIN_RATE,
    MIN_VOLATILITY,
    MIN_YEARS,
    Example,
)
from python_api.equations.black_scholes.reference import Option
from tests.equations.black_scholes.backends import COMPUTE
from tests.equations.black_scholes.error_bound import bound_ulp

REQUESTS = 100
OPTIONS = 100
"""Options in each request: 10,000 in all."""

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def within(low: float, value: float, high: float) -> float:
    return min(max(value, low), high)


def log_uniform(draw: random.Random, low: float, high: float) -> float:
    # Rounding must not carry it over an end.
    return within(low, math.exp(draw.uniform(math.log(low), math.log(high))), high)


@cache
def options_over_the_whole_range() -> Sequence[Example]:
    """Random ones, all limits of prices and times included; few of them have any price at all."""
    draw = random.Random("whole range")
    return [
        Example(
            spot=[log_uniform(draw, MIN_PRICE, MAX_PRICE) for _ in range(OPTIONS)],
            strike=[log_uniform(draw, MIN_PRICE, MAX_PRICE) for _ in range(OPTIONS)],
            years=[log_uniform(draw, MIN_YEARS, MAX_YEARS) for _ in range(OPTIONS)],
            rate=draw.uniform(MIN_RATE, MAX_RATE),
            volatility=log_uniform(draw, MIN_VOLATILITY, MAX_VOLATILITY),
        )
        for _ in range(REQUESTS)
    ]


@cache
def realistic_options() -> Sequence[Example]:
    """Strikes of 0.5 to 1.2 of the spot price, a week to three years, rates up to 10 %."""
    draw = random.Random("realistic")

    def request() -> Example:
        spot = [log_uniform(draw, 1.0, 1e4) for _ in range(OPTIONS)]
        return Example(
            spot=spot,
            strike=[price * draw.uniform(0.5, 1.2) for price in spot],
            years=[draw.uniform(0.02, 3.0) for _ in range(OPTIONS)],
            rate=draw.uniform(0.0, 0.1),
            volatility=draw.uniform(0.05, 0.8),
        )

    return [request() for _ in range(REQUESTS)]


def options_next_to_zero(rate: float, volatility: float) -> Iterator[tuple[float, float, float]]:
    """Spot, strike and years for which d1, or d2, is 0 but for rounding; and their neighbours."""
    for years, side in product((MIN_YEARS, 0.25, 1.0, 4.0), (1, -1)):
        forward = 100.0 * math.exp((rate + side * volatility**2 / 2) * years)
        strike = within(MIN_PRICE, forward, MAX_PRICE / 2)
        yield 100.0, strike, years
        yield 100.0, math.nextafter(strike, MAX_PRICE), years


@cache
def hard_options() -> Sequence[Example]:
    """Every corner of the limits, and options whose d1 or d2 is 0 or next to it."""
    ends = (MIN_PRICE, MAX_PRICE)
    corners = list(product(ends, ends, (MIN_YEARS, MAX_YEARS)))
    requests = []
    for rate, volatility in product((MIN_RATE, 0.0, MAX_RATE), (MIN_VOLATILITY, MAX_VOLATILITY)):
        options = [*corners, *options_next_to_zero(rate, volatility)]
        spot, strike, years = map(list, zip(*options, strict=True))
        requests.append(
            Example(spot=spot, strike=strike, years=years, rate=rate, volatility=volatility)
        )
    return requests


@every_backend
@pytest.mark.parametrize(
    "requests", [options_over_the_whole_range, realistic_options, hard_options]
)
def test_prices_are_within_the_envelope(
    backend: str, requests: Callable[[], Sequence[Example]]
) -> None:
    for request in requests():
        call, put = COMPUTE[backend](**request)
        reference.check(reference.options(request), call, put)


@every_backend
def test_realistic_prices_are_within_1e_15_of_spot(backend: str) -> None:
    for request in realistic_options():
        call, put = COMPUTE[backend](**request)
        for option, c, p in zip(reference.options(request), call, put, strict=True):
            exact = reference.prices(option)
            assert max(abs(c - exact.call), abs(p - exact.put)) <= 1e-15 * option.spot, option


def test_the_envelope_is_what_the_roundings_can_add_up_to() -> None:
    for request in [*options_over_the_whole_range(), *realistic_options(), *hard_options()]:
        options = reference.options(request)
        bounds = [bound_ulp(option) for option in options]
        assert max(bounds) <= ENVELOPE_ULP
        errors = reference.errors_ulp(options, *in_python.compute(**request))
        assert all(error <= bound for error, bound in zip(errors, bounds, strict=True))


@every_backend
def test_prices_are_never_negative_nor_nan(backend: str) -> None:
    for request in [*options_over_the_whole_range(), *hard_options()]:
        for prices in COMPUTE[backend](**request):
            assert all(price >= 0.0 for price in prices)


def test_an_answer_outside_the_envelope_is_refused_and_its_worst_error_named() -> None:
    options = [Option(42.0, 40.0, 0.5, 0.1, 0.2), Option(42.0, 38.0, 0.5, 0.1, 0.2)]
    call, put = in_python.compute([42.0] * 2, [40.0, 38.0], [0.5] * 2, 0.1, 0.2)
    put[1] += 100 * math.ulp(42.0)
    with pytest.raises(ValueError, match=r"1 of 2 options .* at index 1, .*strike=38.0"):
        reference.check(options, call, put)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_is_outside_the_envelope(wrong: float) -> None:
    option = Option(42.0, 40.0, 0.5, 0.1, 0.2)
    with pytest.raises(ValueError, match="1 of 1 options"):
        reference.check([option], [4.759422392871532], [wrong])


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.check([Option(42.0, 40.0, 0.5, 0.1, 0.2)] * 2, [1.0], [1.0])
