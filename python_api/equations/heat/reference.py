"""`heat` to 50 digits: what every backend and every served answer is held to.

The textbook's form in decimal arithmetic: the explicit half of the step makes a right-hand side,
and Thomas's algorithm solves for the implicit half from the first point to the last and back. How
an error is measured, and what is allowed, says `python_api.equations.heat`.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from math import inf, isfinite, sqrt, ulp
from typing import Any, NamedTuple

from python_api.equations.checking import require_shape, spread
from python_api.equations.heat.contract import RESPONSE_FIELDS, mesh_ratio

DIGITS = Context(prec=50)
"""Arithmetic to 50 digits."""

_STABILITY = 4.325
"""The most that any number of steps, at any mesh ratio, makes of an error of 1."""


class End(NamedTuple):
    """The exact temperatures after the steps, and the largest magnitude in any of the steps."""

    temperature: tuple[Decimal, ...]
    largest: float


def diffuse(
    temperature: Sequence[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[Decimal, ...]:
    """The n temperatures after `steps` Crank-Nicolson steps of `dt` seconds, ends held."""
    return _end(tuple(temperature), diffusivity, dx, dt, steps).temperature


def envelope_ulp(
    temperature: Sequence[float], diffusivity: float, dx: float, dt: float, steps: int
) -> float:
    """How far a temperature may lie from the reference, in ulps of the largest at the start."""
    start = _largest(temperature)
    grown = _end(tuple(temperature), diffusivity, dx, dt, steps).largest / start if start else 1.0
    ratio = mesh_ratio(diffusivity, dx, dt)
    stability = 1.0 if ratio <= 1.0 else _STABILITY
    # ((1 + 2r) - sqrt(1 + 4r)) / 2r, written so that nothing cancels.
    p = ratio / (1.0 + ratio + sqrt(1.0 + 2.0 * ratio))
    of_factors = (4.0 + 2.0 * p * p) / (1.0 - p * p)
    return stability * steps * ((4.0 * of_factors + 8.0) / (1.0 - p) + 13.0) * grown


def errors_ulp(
    temperature: Sequence[float],
    diffusivity: float,
    dx: float,
    dt: float,
    steps: int,
    computed: Sequence[float],
) -> list[float]:
    """The error of each computed temperature, in ulps of the largest at the start.

    Raises ValueError if they are more or fewer than the request's.
    """
    exact = diffuse(temperature, diffusivity, dx, dt, steps)
    one = ulp(_largest(temperature))
    with localcontext(DIGITS):
        return [_error(x, c) / one for x, c in zip(exact, computed, strict=True)]


def check(
    temperature: Sequence[float],
    diffusivity: float,
    dx: float,
    dt: float,
    steps: int,
    computed: Sequence[float],
) -> None:
    """Raises ValueError, naming the worst error, unless all temperatures are in the envelope."""
    errors = errors_ulp(temperature, diffusivity, dx, dt, steps, computed)
    _require_within(
        envelope_ulp(temperature, diffusivity, dx, dt, steps), errors, range(len(errors))
    )


def envelope_of(request: Mapping[str, Any]) -> float:
    """How far an answer to a request may be off, in ulps."""
    return envelope_ulp(**request)


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], at_most: int) -> float:
    """Holds a service's decoded `answer` to the reference; the worst error seen, in ulps.

    Shapes are checked whole, numbers at up to `at_most` points from the first to the last.
    Raises ValueError for anything but the right field, length and numbers within the envelope.
    """
    n = len(request["temperature"])
    require_shape(answer, RESPONSE_FIELDS, n)
    picked = spread(n, at_most)
    exact, computed = diffuse(**request), answer["temperature"]
    one = ulp(_largest(request["temperature"]))
    with localcontext(DIGITS):
        errors = [_error(exact[i], computed[i]) / one for i in picked]
    _require_within(envelope_ulp(**request), errors, picked)
    return max(errors)


def _require_within(envelope: float, errors: Sequence[float], indices: Sequence[int]) -> None:
    outside = [(error, i) for error, i in zip(errors, indices, strict=True) if error > envelope]
    if outside:
        worst, index = max(outside)
        raise ValueError(
            f"{len(outside)} of {len(errors)} temperatures are more than {envelope:.3g} ulp off; "
            f"the worst by {worst:.3g} ulp, at index {index}"
        )


def _error(exact: Decimal, computed: float) -> float:
    return float(abs(Decimal(computed) - exact)) if isfinite(computed) else inf


def _largest(temperature: Sequence[float]) -> float:
    return max(map(abs, temperature))


# Few, because one may be as large as a request.
@lru_cache(maxsize=64)
def _end(
    temperature: tuple[float, ...], diffusivity: float, dx: float, dt: float, steps: int
) -> End:
    with localcontext(DIGITS):
        r = Decimal(diffusivity) * Decimal(dt) / Decimal(dx) ** 2 / 2
        u = list(map(Decimal, temperature))
        upper, reciprocals = _eliminated(r, len(u) - 2)
        largest = max(map(abs, u))
        for _ in range(steps):
            _step(u, r, upper, reciprocals)
            largest = max(largest, *map(abs, u))
    return End(tuple(u), float(largest))


def _eliminated(r: Decimal, n: int) -> tuple[list[Decimal], list[Decimal]]:
    """Thomas's coefficients above the diagonal of n equations, and the pivots' reciprocals."""
    upper, reciprocals = [], []
    above = Decimal(0)
    for _ in range(n):
        reciprocal = 1 / (1 + 2 * r + r * above)
        above = -r * reciprocal
        upper.append(above)
        reciprocals.append(reciprocal)
    return upper, reciprocals


def _step(u: list[Decimal], r: Decimal, upper: list[Decimal], reciprocals: list[Decimal]) -> None:
    """Advances the temperatures `u` in place."""
    right_hand_side = [
        here + r * (left - 2 * here + right)
        for left, here, right in zip(u, u[1:], u[2:], strict=False)
    ]
    # The known new temperatures at the ends belong to the right-hand side.
    right_hand_side[0] += r * u[0]
    right_hand_side[-1] += r * u[-1]
    solved = Decimal(0)
    partial = []
    for known, reciprocal in zip(right_hand_side, reciprocals, strict=True):
        solved = (known + r * solved) * reciprocal
        partial.append(solved)
    solved = Decimal(0)
    for i in range(len(partial), 0, -1):
        solved = partial[i - 1] - upper[i - 1] * solved
        u[i] = solved
