"""What exercise 1 is held to."""

import math
import time
from pathlib import Path

from stackgap.workshop import measured_here
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "Read the claim"
MINUTES = 15
QUESTION = "How many times the CPU per request of Axum does FastAPI take at equal work?"
AGAINST = "counting request by request"
SLOW = "How much work is it for 1,000,000 requests a second? Must it grow with the rate?"
LIMITS = [Limit("a table of 50 costs and rates", "solution", 2.0)]

opened = python_file


def contract(own):
    """Shapes, and what is refused."""
    table = own.core_shares([100.0, 250.0], [10, 20, 30])
    if [len(row) for row in table] != [3, 3]:
        raise Wrong("core_shares of 2 costs and 3 rates must have 2 rows of 3")
    for arguments in (([-1.0], [10]), ([1.0], [-10])):
        _must_refuse(own.core_shares, *arguments)
    for arguments in ((0.0, 100.0), (0.1, 0.0), (-0.1, 100.0)):
        _must_refuse(own.rate_for, *arguments)


def correct(own, random):
    """Both ways of the sum."""
    costs_us = [random.uniform(1, 500) for _ in range(random.randint(1, 4))]
    rates_hz = [random.randint(0, 2000) for _ in range(random.randint(1, 4))]
    for cost_us, row in zip(costs_us, own.core_shares(costs_us, rates_hz), strict=True):
        for rate_hz, share in zip(rates_hz, row, strict=True):
            if not math.isclose(share, cost_us * rate_hz / 1e6, rel_tol=1e-9, abs_tol=1e-12):
                raise Wrong(f"{cost_us!r} us at {rate_hz} req/s is no {share!r} of a core")
    share, cost_us = random.uniform(0.01, 0.5), random.uniform(10, 500)
    rate_hz = own.rate_for(share, cost_us)
    if not math.isclose(rate_hz * cost_us / 1e6, share, rel_tol=1e-9):
        raise Wrong(f"at {rate_hz!r} req/s, {cost_us!r} us each are no {share!r} of a core")


def measure(own):
    """Seconds for a table."""
    costs_us = [10.0 * each for each in range(1, 51)]
    rates_hz = [20 * each for each in range(1, 51)]

    def turn():
        begun = time.perf_counter()
        own.core_shares(costs_us, rates_hz)
        return {LIMITS[0].quantity: time.perf_counter() - begun}

    return turn


def decided(_turns, runs: Path):
    """From a run on this machine."""
    return measured_here.ratio(runs, "fastapi-quiet-python", "axum-stock")


def _must_refuse(function, *arguments):
    try:
        function(*arguments)
    except ValueError:
        return
    raise Wrong(f"{function.__name__}{arguments!r} must raise ValueError")
