"""What `black_scholes` takes and gives: names, units, limits, and realistic examples of any size.

The standard library only: every service imports this, whatever its backend.
"""

from typing import NamedTuple, TypedDict

MAX_OPTIONS = 100_000
"""Most options in a request; at least one is needed."""

MIN_PRICE = 0.01
MAX_PRICE = 1e6
"""The limits of spot and strike prices, in units of the currency."""

MIN_YEARS = 0.001
MAX_YEARS = 30.0
"""The limits of the time to expiry."""

MIN_RATE = -0.1
MAX_RATE = 0.5
"""The limits of the interest rate: per year, compounded continuously."""

MIN_VOLATILITY = 0.01
MAX_VOLATILITY = 3.0
"""The limits of the volatility: the standard deviation of the log of the price after a year."""

ENVELOPE_ULP = 26
"""How far a price may lie from the reference, in ulps of the larger of spot and discounted strike.

`python_api.equations.black_scholes` derives it.
"""

CHOICES: dict[str, tuple[str, ...]] = {}
"""The names that a field of a request may be, where it is one of a few, in their order."""

RESPONSE_FIELDS = ("call", "put")
"""A response's fields in their order, which is also that of what a backend returns."""

UNITS = {
    "spot": "prices of the underlying today, in units of the currency",
    "strike": "prices agreed on, in units of the currency",
    "years": "times to expiry in years",
    "rate": "interest rate per year, compounded continuously",
    "volatility": "standard deviation of the logarithm of the underlying's price after a year",
    "call": "prices of the calls, in units of the currency",
    "put": "prices of the puts, in units of the currency",
}
"""What the numbers of each field are; its description in the JSON Schemas."""

WORK_UNIT = "option"
"""What `work` counts, in the singular: a call and a put of one strike and expiry."""

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
"""The numbers of options that backends are measured at."""


class Market(NamedTuple):
    """What all options of a request have in common."""

    rate: float
    volatility: float


MARKETS = (Market(0.03, 0.2), Market(0.05, 0.35), Market(0.0, 0.12), Market(0.1, 0.8))
"""Those of the examples: an index, a share, calm without interest, and a crisis."""

# Roberts's sequence in three dimensions: its points spread evenly over the unit cube.
_SPREAD = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
_DAYS_PER_YEAR = 365


class Example(TypedDict):
    """A request's body."""

    spot: list[float]
    strike: list[float]
    years: list[float]
    rate: float
    volatility: float


def example(n: int, market: Market = MARKETS[0]) -> Example:
    """A request for `n` options on an underlying that is quoted around 100.

    Spots of 95 to 105 in cents, strikes of 50 to 120 in steps of a half, a week to three years to
    expiry. The same options for the same `n`, each market's from another point of one sequence.
    Raises ValueError unless 1 <= n <= MAX_OPTIONS and the market is one of MARKETS.
    """
    if not 1 <= n <= MAX_OPTIONS:
        raise ValueError(f"n must be 1 to {MAX_OPTIONS}, not {n}")
    if market not in MARKETS:
        raise ValueError(f"unknown market {market}; known: {', '.join(map(str, MARKETS))}")
    first = MARKETS.index(market) * MAX_OPTIONS + 1
    spot, strike, years = ([i * step % 1.0 for i in range(first, first + n)] for step in _SPREAD)
    return Example(
        spot=[(9_500 + int(part * 1_001)) / 100 for part in spot],
        strike=[(100 + int(part * 141)) / 2 for part in strike],
        years=[(7 + int(part * 1_089)) / _DAYS_PER_YEAR for part in years],
        rate=market.rate,
        volatility=market.volatility,
    )


def examples(n: int) -> list[Example]:
    """One request of `n` options for each market; raises ValueError as `example` does."""
    return [example(n, market) for market in MARKETS]


def work(n: int) -> int:
    """How many options a request of `n` options asks to be priced."""
    return n
