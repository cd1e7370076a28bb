"""`nbody` to 50 digits: what every backend and every served answer is held to.

In `decimal` rather than mpmath, because there are n^2 pairs. As the textbooks have it, from the
softened distance, and not by weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from math import inf, isfinite, ulp
from typing import Any, NamedTuple

from python_api.equations.checking import require_shape, spread
from python_api.equations.nbody.contract import RESPONSE_FIELDS

SMALLEST_SUM = 1e-290
"""Errors in a smaller sum are counted in ulps of this: its weights may be subnormal numbers."""

_CONTEXT = Context(prec=50)


class System(NamedTuple):
    """Bodies, each with its mass and coordinates, and the length that softens their pull."""

    bodies: tuple[tuple[float, float, float, float], ...]
    softening: float


class Pull(NamedTuple):
    """An acceleration in x, y, z, and the sums of the magnitudes of what it is the sum of."""

    acceleration: tuple[Decimal, ...]
    magnitude: tuple[Decimal, ...]


def system(request: Mapping[str, Any]) -> System:
    """The system of a request's body; raises ValueError if its arrays differ in length."""
    bodies = zip(request["mass"], request["x"], request["y"], request["z"], strict=True)
    return System(tuple(bodies), request["softening"])


def envelope_ulp(n: int) -> int:
    """How far a component may lie from the reference among `n` bodies.

    In ulps of the sum of the magnitudes of its n terms: that many roundings can add up.
    `python_api.equations.nbody` derives it.
    """
    return n + 22


@lru_cache(maxsize=50_000)
def pull(system: System, i: int) -> Pull:
    """The exact pull of all bodies on the one of index `i`."""
    with localcontext(_CONTEXT):
        bodies, softening = _exact(system)
        terms = [_term(bodies[i], body, softening) for body in bodies]
        columns = list(zip(*terms, strict=True))
        return Pull(
            tuple(sum(column, Decimal(0)) for column in columns),
            tuple(sum(map(abs, column), Decimal(0)) for column in columns),
        )


def errors_ulp(
    system: System, picked: Iterable[int], accelerations: Iterable[Sequence[float]]
) -> list[float]:
    """The largest error in a component of each picked body, in ulps of the terms' magnitudes.

    `accelerations` are the picked bodies', each as x, y, z. Raises ValueError unless there are as
    many as picked ones.
    """
    pairs = zip(picked, accelerations, strict=True)
    return [_error_ulp(pull(system, i), acceleration) for i, acceleration in pairs]


def check(system: System, picked: Sequence[int], accelerations: Sequence[Sequence[float]]) -> None:
    """Raises ValueError, naming the worst error, unless the picked are within the envelope."""
    errors = errors_ulp(system, picked, accelerations)
    envelope = envelope_ulp(len(system.bodies))
    outside = [k for k, error in enumerate(errors) if error > envelope]
    if outside:
        worst = max(outside, key=lambda k: errors[k])
        raise ValueError(
            f"{len(outside)} of {len(errors)} accelerations are more than {envelope} ulp off; "
            f"the worst by {errors[worst]:.3g} ulp, at index {picked[worst]}"
        )


def envelope_of(request: Mapping[str, Any]) -> float:
    """How far an answer to a request may be off, in ulps."""
    return envelope_ulp(len(request["mass"]))


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], at_most: int) -> float:
    """Holds a service's decoded `answer` to the reference; the worst error seen, in ulps.

    Shapes are checked whole, numbers at up to `at_most` bodies from the first to the last.
    Raises ValueError for anything but the right fields, lengths and numbers within the envelope.
    """
    asked = system(request)
    n = len(asked.bodies)
    require_shape(answer, RESPONSE_FIELDS, n)
    picked = spread(n, at_most)
    accelerations = [[answer[field][i] for field in RESPONSE_FIELDS] for i in picked]
    check(asked, picked, accelerations)
    return max(errors_ulp(asked, picked, accelerations))


@lru_cache(maxsize=16)
def _exact(system: System) -> tuple[list[tuple[Decimal, ...]], Decimal]:
    return [tuple(map(Decimal, body)) for body in system.bodies], Decimal(system.softening)


def _term(
    on: tuple[Decimal, ...], body: tuple[Decimal, ...], softening: Decimal
) -> tuple[Decimal, ...]:
    mass, *place = body
    apart = [there - here for there, here in zip(place, on[1:], strict=True)]
    distance = sum((d * d for d in apart), softening * softening).sqrt()
    return tuple(mass * d / distance**3 for d in apart)


def _error_ulp(exact: Pull, computed: Sequence[float]) -> float:
    if not all(map(isfinite, computed)):
        return inf
    with localcontext(_CONTEXT):
        return max(
            float(abs(Decimal(c) - a) / Decimal(ulp(max(float(m), SMALLEST_SUM))))
            for c, a, m in zip(computed, *exact, strict=True)
        )
