"""Every backend against the 50-digit reference."""

import math
import random
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from python_api.equations import BACKENDS
from python_api.equations.checking import spread
from python_api.equations.nbody import in_python, reference
from python_api.equations.nbody.contract import (
    MAX_BODIES,
    MAX_COORDINATE,
    MAX_MASS,
    MAX_SOFTENING,
    MIN_SOFTENING,
    Example,
    example,
)
from tests.equations.nbody.backends import COMPUTE

BODIES = 10_000
"""How many are drawn in all."""

WORST_SEEN_ULP = 10
"""A little above the worst of up to 100 bodies: few roundings go the same way."""

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def system(bodies: Sequence[tuple[float, float, float, float]], softening: float) -> Example:
    mass, x, y, z = map(list, zip(*bodies, strict=True))
    return Example(mass=mass, x=x, y=y, z=z, softening=softening)


def drawn(draw: random.Random, n: int) -> Example:
    """`n` bodies, far apart or close, of like or unlike masses, many at one height."""
    size = MAX_COORDINATE * 10.0 ** -draw.uniform(0.0, 9.0)
    decades_of_mass = draw.choice([0.0, 3.0, 12.0])
    bodies = [
        (
            MAX_MASS * 10.0 ** -draw.uniform(0.0, decades_of_mass),
            draw.uniform(-size, size),
            draw.triangular(-size, size, 0.0),
            size * draw.choice([-1.0, 0.0, 0.5, 1.0]),
        )
        for _ in range(n)
    ]
    return system(bodies, MIN_SOFTENING * 10.0 ** draw.uniform(0.0, 12.0))


@cache
def random_systems() -> Sequence[Example]:
    """Of 1 to 100 bodies; each number up to 40, that may fill vector registers or not."""
    draw = random.Random("systems")
    sizes = list(range(1, 41))
    while sum(sizes) < BODIES:
        sizes.append(draw.randint(1, 100))
    return [drawn(draw, n) for n in sizes]


@cache
def hard_systems() -> Sequence[Example]:
    """At the limits, in one place, in a line, opposite each other, and next to nothing."""
    far = MAX_COORDINATE
    corners = [(MAX_MASS, x, y, z) for x in (-far, far) for y in (-far, far) for z in (-far, far)]
    one_place = [(1.0 + i, 0.1, 0.2, 0.3) for i in range(17)]
    line = [(1.0, i * 0.1, 0.0, -0.0) for i in range(33)]
    ring = [(1.0, math.cos(i * 0.1), math.sin(i * 0.1), 1e-9 * i) for i in range(63)]
    close = [(1.0, 1e-7 * i, far, 5e-324 * i) for i in range(9)]
    light = [(5e-324, far, 1.0, -far), (1e-310, -far, 0.0, far), (1e-300, 0.0, 1e-300, 0.0)]
    empty = [(0.0, 1.0 * i, 2.0, 3.0) for i in range(10)]
    bodies = [corners, one_place, line, ring, close, light, empty]
    softenings = (MIN_SOFTENING, 0.05, MAX_SOFTENING)
    return [system(each, softening) for each in bodies for softening in softenings]


def errors_ulp(backend: str, request: Example, at_most: int = MAX_BODIES) -> list[float]:
    """The errors of up to `at_most` bodies, once all are found to be within the envelope."""
    asked = reference.system(request)
    picked = spread(len(asked.bodies), at_most)
    computed = list(zip(*COMPUTE[backend](**request), strict=True))
    accelerations = [computed[i] for i in picked]
    reference.check(asked, picked, accelerations)
    return reference.errors_ulp(asked, picked, accelerations)


@every_backend
@pytest.mark.parametrize("requests", [random_systems, hard_systems])
def test_accelerations_are_within_the_envelope(
    backend: str, requests: Callable[[], Sequence[Example]]
) -> None:
    for request in requests():
        assert max(errors_ulp(backend, request)) <= WORST_SEEN_ULP


@every_backend
def test_accelerations_of_the_most_bodies_are_within_the_envelope(backend: str) -> None:
    assert max(errors_ulp(backend, example(MAX_BODIES), at_most=8)) < MAX_BODIES / 10


@every_backend
def test_a_body_alone_feels_nothing(backend: str) -> None:
    assert tuple(COMPUTE[backend]([2.0], [1.0], [-1.0], [0.5], 0.05)) == ([0.0], [0.0], [0.0])


def test_an_answer_outside_the_envelope_is_refused_and_its_worst_error_named() -> None:
    request = example(5)
    accelerations = [list(each) for each in zip(*in_python.compute(**request), strict=True)]
    accelerations[3][1] += 100 * math.ulp(1.0)
    with pytest.raises(ValueError, match=r"1 of 5 accelerations .* 27 ulp off; .* at index 3$"):
        reference.check(reference.system(request), range(5), accelerations)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_is_outside_the_envelope(wrong: float) -> None:
    with pytest.raises(ValueError, match="1 of 1 accelerations"):
        reference.check(reference.system(example(1)), [0], [(0.0, wrong, 0.0)])


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.check(reference.system(example(2)), [0, 1], [(0.0, 0.0, 0.0)])
