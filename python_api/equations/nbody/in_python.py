"""`nbody` in plain Python: the standard library only."""

from collections.abc import Sequence
from math import sqrt

Body = tuple[float, float, float, float]


def compute(
    mass: Sequence[float],
    x: Sequence[float],
    y: Sequence[float],
    z: Sequence[float],
    softening: float,
) -> tuple[list[float], list[float], list[float]]:
    """The accelerations of n bodies in x, y, z, as three lists of n floats.

    In units in which the gravitational constant is 1. All is taken to be within the contract's
    limits.
    """
    bodies = list(zip(mass, x, y, z, strict=True))
    softening_squared = softening * softening
    ax, ay, az = [], [], []
    for _, at_x, at_y, at_z in bodies:
        pull_x, pull_y, pull_z = _pull(bodies, at_x, at_y, at_z, softening_squared)
        ax.append(pull_x)
        ay.append(pull_y)
        az.append(pull_z)
    return ax, ay, az


compute_lists = compute


def _pull(
    bodies: list[Body], at_x: float, at_y: float, at_z: float, softening_squared: float
) -> tuple[float, float, float]:
    ax = ay = az = 0.0
    for mass, x, y, z in bodies:
        dx, dy, dz = x - at_x, y - at_y, z - at_z
        squared = dx * dx + dy * dy + dz * dz + softening_squared
        weight = mass / (squared * sqrt(squared))
        ax += weight * dx
        ay += weight * dy
        az += weight * dz
    return ax, ay, az
