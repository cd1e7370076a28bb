"""Exercise 1, one way to do it."""

# PREDICTION = (3, 10)


def core_shares(costs_us: list[float], rates_hz: list[int]) -> list[list[float]]:
    """The part of one core taken at each rate (columns) at each cost per request (rows)."""
    if any(cost_us < 0 for cost_us in costs_us) or any(rate_hz < 0 for rate_hz in rates_hz):
        raise ValueError("a cost or a rate is negative")
    return [[cost_us * rate_hz / 1_000_000 for rate_hz in rates_hz] for cost_us in costs_us]


def rate_for(core_share: float, cost_us: float) -> float:
    """The rate in requests per second at which a service takes `core_share` of a core."""
    if core_share <= 0 or cost_us <= 0:
        raise ValueError("both must be positive")
    return core_share * 1_000_000 / cost_us
