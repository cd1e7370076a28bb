"""How much of what a step rounds is left at the end of a trajectory: the unit of its error.

Double precision is enough: a unit need not be known to more than a few digits.
"""

import numpy as np
from numpy.typing import NDArray

from python_api.equations.lorenz.contract import BETA, RHO, SIGMA

Array = NDArray[np.float64]

_IDENTITY = np.eye(3)


def unit(states: Array, dt: float) -> float:
    """The unit for a trajectory through `states`, the first to the last, of shape (steps + 1, 3).

    See `python_api.equations.lorenz` for its definition.
    """
    before, after = states[:-1], states[1:]
    derivatives, within, largest = _steps(before, after, dt)
    share = np.exp(within / 2.0) * np.spacing(largest)
    return float(np.sum(_norms(_what_follows(derivatives)) * share))


def _steps(before: Array, after: Array, dt: float) -> tuple[Array, Array, Array]:
    """Each step's derivative, of shape (steps, 3, 3), its L and its m, of shape (steps,)."""
    derivatives = np.zeros((len(before), 3, 3))
    within = np.zeros(len(before))
    largest = np.abs(after).max(axis=1)
    point, to_point = before, np.broadcast_to(_IDENTITY, derivatives.shape)
    for weight, onwards in ((1.0, 0.5), (2.0, 0.5), (2.0, 1.0), (1.0, 0.0)):
        jacobian = _jacobian(point)
        within = np.maximum(within, dt * _norms(jacobian))
        largest = np.maximum(largest, np.abs(point).max(axis=1))
        largest = np.maximum(largest, dt * _unsigned_terms(point).max(axis=1))
        slope_by_state = jacobian @ to_point
        derivatives += weight * slope_by_state
        to_point = _IDENTITY + onwards * dt * slope_by_state
        point = before + onwards * dt * _slope(point)
    return _IDENTITY + dt / 6.0 * derivatives, within, largest


def _what_follows(derivatives: Array) -> Array:
    """For each step the product of the derivatives of all steps after it, last step first."""
    products = np.empty_like(derivatives)
    product = _IDENTITY
    for k in reversed(range(len(derivatives))):
        products[k] = product
        product = product @ derivatives[k]
    return products


def _norms(matrices: Array) -> Array:
    norms: Array = np.abs(matrices).sum(axis=2).max(axis=1)
    return norms


def _slope(points: Array) -> Array:
    x, y, z = points.T
    return np.stack([SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z], axis=1)


def _unsigned_terms(points: Array) -> Array:
    x, y, z = np.abs(points).T
    return np.stack([SIGMA * (y + x), x * (RHO + z) + y, x * y + BETA * z], axis=1)


def _jacobian(points: Array) -> Array:
    x, y, z = points.T
    jacobian = np.zeros((len(points), 3, 3))
    jacobian[:, 0] = [-SIGMA, SIGMA, 0.0]
    jacobian[:, 1] = np.stack([RHO - z, np.full_like(x, -1.0), -x], axis=1)
    jacobian[:, 2] = np.stack([y, x, np.full_like(x, -BETA)], axis=1)
    return jacobian
