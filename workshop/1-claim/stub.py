"""Exercise 1: read the claim.

PREDICTION is a range: how many times as much CPU per request does FastAPI take as Axum, at equal
work and at an equal rate? Write it down before you look at any measurement:

# PREDICTION = (low, high)
"""


def core_shares(costs_us: list[float], rates_hz: list[int]) -> list[list[float]]:
    """The part of one core taken at each rate (columns) at each cost per request (rows).

    Costs are CPU in microseconds, rates in whole requests per second. Raises ValueError for a
    negative cost or rate.
    """
    shares = []
    for cost_us in costs_us:
        row = []
        for rate_hz in rates_hz:
            if cost_us < 0 or rate_hz < 0:
                raise ValueError("a cost or a rate is negative")
            busy_us = 0.0
            for _request in range(rate_hz):
                busy_us += cost_us
            row.append(busy_us / 1_000_000)
        shares.append(row)
    return shares


def rate_for(core_share: float, cost_us: float) -> float:
    """The rate in requests per second at which a service takes `core_share` of a core.

    Raises ValueError unless both are positive.
    """
    raise NotImplementedError("turn the sum of core_shares around")
