"""`lorenz` in plain Python: the standard library only."""

from collections.abc import Sequence

from python_api.equations.lorenz.contract import BETA, RHO, SIGMA


def compute(state: Sequence[float], dt: float, steps: int) -> tuple[list[float]]:
    """Where `steps` Runge-Kutta steps of `dt` lead from `state`, the coordinates x, y, z.

    The list returned has three floats again. Arguments are taken to be within the contract's
    limits.
    """
    x, y, z = state
    half, sixth = 0.5 * dt, dt / 6.0
    # Written out: calls would take longer than what they compute.
    for _ in range(steps):
        dx1 = SIGMA * (y - x)
        dy1 = x * (RHO - z) - y
        dz1 = x * y - BETA * z

        x2, y2, z2 = x + half * dx1, y + half * dy1, z + half * dz1
        dx2 = SIGMA * (y2 - x2)
        dy2 = x2 * (RHO - z2) - y2
        dz2 = x2 * y2 - BETA * z2

        x3, y3, z3 = x + half * dx2, y + half * dy2, z + half * dz2
        dx3 = SIGMA * (y3 - x3)
        dy3 = x3 * (RHO - z3) - y3
        dz3 = x3 * y3 - BETA * z3

        x4, y4, z4 = x + dt * dx3, y + dt * dy3, z + dt * dz3
        dx4 = SIGMA * (y4 - x4)
        dy4 = x4 * (RHO - z4) - y4
        dz4 = x4 * y4 - BETA * z4

        x += sixth * ((dx1 + dx4) + 2.0 * (dx2 + dx3))
        y += sixth * ((dy1 + dy4) + 2.0 * (dy2 + dy3))
        z += sixth * ((dz1 + dz4) + 2.0 * (dz2 + dz3))
    return ([x, y, z],)


compute_lists = compute
