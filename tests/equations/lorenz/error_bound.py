"""How far rounding can carry a trajectory's end: what the envelope rests on.

Step by step in double precision, with the sizes that the numbers really have. To first order an
operation adds at most half an ulp of its result; an error of a state or a point is multiplied by
the norm of the slope's derivative there, and in the end by that of all that follows the step.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from python_api.equations.lorenz.contract import BETA, RHO, SIGMA
from python_api.equations.lorenz.in_python import compute

Vector = Sequence[float]

_U = 2.0**-53
# Below this a rounding is no part of the number, but of the smallest double.
_UNDERFLOW = 5e-324


def bound(state: Vector, dt: float, steps: int) -> float:
    """The most that a coordinate can be wrong by after `steps` steps of `dt` from `state`."""
    states = [list(state)]
    for _ in range(steps):
        states.append(compute(states[-1], dt, 1)[0])
    error, followed = 0.0, np.eye(3)
    for before, after in reversed(list(pairwise(states))):
        error += float(np.abs(followed).sum(axis=1).max()) * _of_step(before, after, dt)
        followed = followed @ _derivative(before, dt)
    return error


def _of_step(before: Vector, after: Vector, dt: float) -> float:
    """What one step adds."""
    error = 0.0
    point, slopes, slope_errors = list(before), [], []
    for onwards in (dt / 2, dt / 2, dt, 0.0):
        slope = _slope(point)
        slopes.append(slope)
        slope_errors.append(_of_slope(point) + _norm(_jacobian(point)) * error)
        moves = [onwards * d for d in slope]
        point = [s + move for s, move in zip(before, moves, strict=True)]
        error = onwards * slope_errors[-1] + _half_ulp(moves) + _half_ulp(point)
    outer = [a + b for a, b in zip(slopes[0], slopes[3], strict=True)]
    inner = [a + b for a, b in zip(slopes[1], slopes[2], strict=True)]
    sums = [a + 2 * b for a, b in zip(outer, inner, strict=True)]
    of_sums = _half_ulp(outer) + 2 * _half_ulp(inner) + _half_ulp(sums)
    weighted = slope_errors[0] + 2 * slope_errors[1] + 2 * slope_errors[2] + slope_errors[3]
    moves = [dt / 6 * each for each in sums]
    return dt / 6 * (weighted + of_sums) + 2 * _half_ulp(moves) + _half_ulp(after)


def _of_slope(point: Vector) -> float:
    x, y, z = point
    dx, dy, dz = _slope(point)
    return max(
        SIGMA * _half_ulp([y - x]) + _half_ulp([dx]),
        abs(x) * _half_ulp([RHO - z]) + _half_ulp([x * (RHO - z)]) + _half_ulp([dy]),
        _half_ulp([x * y]) + _half_ulp([BETA * z]) + _half_ulp([dz]),
    )


def _half_ulp(values: Vector) -> float:
    """Of the largest: at most this much is rounded off any of them."""
    return max(map(abs, values)) * _U + _UNDERFLOW


def _slope(point: Vector) -> list[float]:
    x, y, z = point
    return [SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z]


def _jacobian(point: Vector) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    x, y, z = point
    return np.array([[-SIGMA, SIGMA, 0.0], [RHO - z, -1.0, -x], [y, x, -BETA]])


def _norm(matrix: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> float:
    return float(np.abs(matrix).sum(axis=1).max())


def _derivative(before: Vector, dt: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """By central differences, so that it owes nothing to the one under test."""
    size = 1e-4 * max(1.0, *map(abs, before))
    columns = []
    for axis in range(3):
        ahead, behind = list(before), list(before)
        ahead[axis] += size
        behind[axis] -= size
        (right,), (left,) = compute(ahead, dt, 1), compute(behind, dt, 1)
        columns.append([(a - b) / (2 * size) for a, b in zip(right, left, strict=True)])
    return np.array(columns).T
