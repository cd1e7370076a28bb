"""`lorenz` to 50 digits: what every backend and every served answer is held to.

The textbook's form of the Runge-Kutta method, in decimal arithmetic. How an error is measured says
`python_api.equations.lorenz`.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from python_api.equations.checking import require_shape
from python_api.equations.lorenz import contract, growth
from python_api.equations.lorenz.contract import COORDINATES, ENVELOPE_ULP, RESPONSE_FIELDS

Vector = tuple[Decimal, Decimal, Decimal]

DIGITS = Context(prec=50)
"""Arithmetic to 50 digits."""

_SIGMA, _RHO, _BETA = map(Decimal, (contract.SIGMA, contract.RHO, contract.BETA))


class End(NamedTuple):
    """Where a trajectory ends, and the unit that errors of its end are measured in."""

    state: Vector
    unit: float


def advance(state: Sequence[float], dt: float, steps: int) -> Vector:
    """Where `steps` Runge-Kutta steps of `dt` lead from `state`, the coordinates x, y, z."""
    return _end(tuple(state), dt, steps).state


def unit(state: Sequence[float], dt: float, steps: int) -> float:
    """The unit that errors of this trajectory's end are measured in."""
    return _end(tuple(state), dt, steps).unit


def error_ulp(state: Sequence[float], dt: float, steps: int, computed: Sequence[float]) -> float:
    """The largest error of a coordinate of `computed`, in the request's unit.

    Raises ValueError unless there are three.
    """
    exact, one = _end(tuple(state), dt, steps)
    pairs = list(zip(exact, computed, strict=True))
    if not all(map(isfinite, computed)):
        return inf
    with localcontext(DIGITS):
        return float(max(abs(Decimal(c) - x) for x, c in pairs)) / one


def check(state: Sequence[float], dt: float, steps: int, computed: Sequence[float]) -> None:
    """Raises ValueError, naming the error, unless `computed` is within the envelope."""
    error = error_ulp(state, dt, steps, computed)
    if error > ENVELOPE_ULP:
        raise ValueError(
            f"the state after {steps} steps of {dt!r} from {list(state)} is more than "
            f"{ENVELOPE_ULP} ulp off: by {error:.3g} ulp"
        )


def envelope_of(_request: Mapping[str, Any]) -> float:
    """How far an answer to a request may be off, in ulps."""
    return ENVELOPE_ULP


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], at_most: int) -> float:
    """Holds a service's decoded `answer` to the reference; its error in the request's unit.

    An answer has three numbers, which are all checked, whatever `at_most` is.
    Raises ValueError for anything but the right field, length and numbers within the envelope.
    """
    require_shape(answer, RESPONSE_FIELDS, COORDINATES)
    check(**request, computed=answer["state"])
    return error_ulp(**request, computed=answer["state"])


@lru_cache(maxsize=20_000)
def _end(state: tuple[float, float, float], dt: float, steps: int) -> End:
    with localcontext(DIGITS):
        x, y, z = map(Decimal, state)
        point = x, y, z
        step = Decimal(dt)
        passed = [state]
        for _ in range(steps):
            point = _runge_kutta_step(point, step)
            passed.append((float(point[0]), float(point[1]), float(point[2])))
    return End(point, growth.unit(np.array(passed), dt))


def _runge_kutta_step(state: Vector, dt: Decimal) -> Vector:
    k1 = _slope(state)
    k2 = _slope(_moved(state, dt / 2, k1))
    k3 = _slope(_moved(state, dt / 2, k2))
    k4 = _slope(_moved(state, dt, k3))
    dx, dy, dz = (a + 2 * b + 2 * c + d for a, b, c, d in zip(k1, k2, k3, k4, strict=True))
    return _moved(state, dt / 6, (dx, dy, dz))


def _slope(state: Vector) -> Vector:
    x, y, z = state
    return _SIGMA * (y - x), x * (_RHO - z) - y, x * y - _BETA * z


def _moved(state: Vector, dt: Decimal, slope: Vector) -> Vector:
    (x, y, z), (dx, dy, dz) = state, slope
    return x + dt * dx, y + dt * dy, z + dt * dz
