"""`heat` by LAPACK's tridiagonal solvers, as SciPy offers them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.peer import Peer
from python_api.equations.heat.contract import mesh_ratio

Array = NDArray[np.float64]
Solve = Callable[[Array], Array]
"""From the right-hand side to the solution; the right-hand side may be overwritten."""

Compute = Callable[[Array, float, float, float, int], tuple[Array]]


def _advance(temperature: Array, r: float, steps: int, solve: Solve) -> tuple[Array]:
    """Crank-Nicolson without a right-hand side of its own: (I - rL) v = u, then u' = 2v - u."""
    u = temperature.copy()
    inside = u[1:-1]
    for _ in range(steps):
        known = inside.copy()
        known[0] += r * u[0]
        known[-1] += r * u[-1]
        v = solve(known)
        v *= 2.0
        np.subtract(v, inside, out=inside)
    return (u,)


def _lapack_pttrs() -> Compute:
    """The matrix is symmetric and positive definite: factored once, solved in every step."""
    from scipy.linalg.lapack import dpttrf, dpttrs

    def compute(
        temperature: Array, diffusivity: float, dx: float, dt: float, steps: int
    ) -> tuple[Array]:
        r = 0.5 * mesh_ratio(diffusivity, dx, dt)
        m = len(temperature) - 2
        diagonal, beside, _ = dpttrf(np.full(m, 1.0 + 2.0 * r), np.full(m - 1, -r))

        def solve(known: Array) -> Array:
            solution: Array = dpttrs(diagonal, beside, known, overwrite_b=True)[0]
            return solution

        return _advance(temperature, r, steps, solve)

    return compute


def _scipy_solve_banded() -> Compute:
    """What SciPy's manual shows for a banded system; it factors anew in every step."""
    from scipy.linalg import solve_banded

    def compute(
        temperature: Array, diffusivity: float, dx: float, dt: float, steps: int
    ) -> tuple[Array]:
        r = 0.5 * mesh_ratio(diffusivity, dx, dt)
        bands = np.full((3, len(temperature) - 2), -r)
        bands[1] = 1.0 + 2.0 * r

        def solve(known: Array) -> Array:
            solution: Array = solve_banded(
                (1, 1), bands, known, overwrite_b=True, check_finite=False
            )
            return solution

        return _advance(temperature, r, steps, solve)

    return compute


PEERS = {
    "lapack_pttrs": Peer("scipy", _lapack_pttrs),
    "scipy_solve_banded": Peer("scipy", _scipy_solve_banded),
}
