"""Requests that every backend is held to the reference on."""

import random
from collections.abc import Iterator

from python_api.equations.heat.contract import (
    MAX_DT,
    MAX_MESH_RATIO,
    MAX_TEMPERATURE,
    Example,
    examples,
    mesh_ratio,
)

_SIZES = (3, 4, 5, 6, 7, 16, 33)


def request(temperature: list[float], ratio: float, steps: int, dx: float = 0.25) -> Example:
    """A request whose mesh ratio is `ratio`, or as little below as rounding makes it."""
    # Powers of two, so that only dt rounds anything.
    diffusivity = 2.0**-10 if ratio > 1e-6 else 2.0**-33
    dt = ratio * (dx * dx) / diffusivity
    while mesh_ratio(diffusivity, dx, dt) > ratio:
        dt *= 1.0 - 2.0**-53
    assert dt <= MAX_DT
    return Example(temperature=temperature, diffusivity=diffusivity, dx=dx, dt=dt, steps=steps)


def random_requests(count: int) -> Iterator[Example]:
    """Temperatures of all sizes, mesh ratios of all sizes, a few steps; always the same."""
    draw = random.Random("heat")
    for _ in range(count):
        size = 10 ** draw.uniform(-6, 6)
        yield request(
            [draw.uniform(-size, size) for _ in range(draw.choice(_SIZES))],
            ratio=10 ** draw.uniform(-6, 3),
            steps=draw.choice([1, 1, 2, 4]),
            dx=draw.uniform(0.1, 1.0),
        )


def hard_requests() -> Iterator[Example]:
    """Both limits of the mesh ratio and 1 between them, with temperatures that are all alike,
    alternate, jump, rise steadily, or are tiny; short and long rods; many steps."""
    for ratio in (1e-12, 0.5, 1.0, 1.0000001, 37.3, MAX_MESH_RATIO):
        for n in (3, 4, 5, 64, 257):
            for profile in _profiles(n):
                yield request(profile, ratio, steps=3)
        yield request([float(i * i % 97) for i in range(50)], ratio, steps=1000)
    for n in (3, 10, 1000):
        yield from examples(n)


def _profiles(n: int) -> Iterator[list[float]]:
    yield [1 / 3] * n
    yield [MAX_TEMPERATURE if i % 2 else -MAX_TEMPERATURE for i in range(n)]
    yield [0.1 if 2 * i < n else 1e5 / 3 for i in range(n)]
    yield [i / 7 - 3.0 for i in range(n)]
    yield [5e-324 * (i % 3) for i in range(n)]
    yield [1e-300 * (i % 5 - 1) for i in range(n)]
    yield [0.0] * n
