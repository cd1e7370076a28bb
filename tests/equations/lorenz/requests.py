"""Requests that every backend is held to the reference on."""

import math
import random
from collections.abc import Iterator
from itertools import product

from python_api.equations.lorenz.contract import (
    MAX_COORDINATE,
    MAX_DT,
    MIN_DT,
    STARTS,
    Example,
    examples,
)

_WING = 6 * math.sqrt(2)
_TINY = 5e-324


def random_requests(count: int) -> Iterator[Example]:
    """Starts of all sizes, steps of all lengths, a few dozen steps at most; always the same."""
    draw = random.Random("lorenz")
    for _ in range(count):
        size = draw.choice([MAX_COORDINATE, 30.0, 1.0, 1e-6])
        yield Example(
            state=[draw.uniform(-size, size) for _ in range(3)],
            dt=draw.choice([MIN_DT, MAX_DT, draw.uniform(MIN_DT, MAX_DT)]),
            steps=draw.choice([1, 2, 3, 10, 30]),
        )


def hard_requests() -> Iterator[Example]:
    """Corners, where slopes are steepest; equilibria, where they cancel; tiny and signed zeros;
    long trajectories, on which roundings grow most."""
    ends = (-MAX_COORDINATE, 0.0, MAX_COORDINATE)
    for corner in product(ends, ends, ends):
        for steps in (1, 5, 200):
            yield Example(state=list(corner), dt=MAX_DT, steps=steps)
    near = math.nextafter(_WING, 0.0)
    for state in ([_WING, _WING, 27.0], [-near, -_WING, math.nextafter(27.0, 28.0)]):
        yield Example(state=state, dt=MAX_DT, steps=1000)
    for state in ([_TINY, -_TINY, _TINY], [-0.0, 0.0, -0.0], [1e-300, 1e-200, 1e-100]):
        yield Example(state=state, dt=MAX_DT, steps=20)
    for start in STARTS:
        yield Example(state=list(start), dt=MIN_DT, steps=1000)
    for n in (2000, 20_000):
        yield from examples(n)
