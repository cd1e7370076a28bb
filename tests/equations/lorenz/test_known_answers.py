"""Answers from the literature, and from another program."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from python_api.equations import BACKENDS, load
from python_api.equations.lorenz import in_python
from python_api.equations.lorenz.contract import BETA, RHO, SIGMA

WING = 6 * math.sqrt(2)

# Lorenz 1963, Journal of the Atmospheric Sciences 20, 130-141, table 1: X, Y, Z in tenths, cut off,
# after N steps of 0.01 from (0, 1, 0).
TABLE_1 = {
    5: (4, 12, 0),
    10: (9, 20, 0),
    15: (16, 36, 2),
    20: (30, 66, 7),
    25: (54, 115, 24),
    30: (93, 192, 74),
    35: (150, 268, 201),
    40: (195, 234, 397),
    45: (174, 55, 483),
    50: (97, -67, 415),
    55: (25, -93, 340),
    60: (-20, -89, 298),
    65: (-46, -84, 275),
    70: (-61, -83, 262),
    75: (-70, -86, 256),
    80: (-77, -91, 255),
    85: (-84, -95, 258),
    90: (-89, -98, 266),
    95: (-93, -98, 275),
    100: (-94, -93, 283),
}


def after(backend: str, state: list[float], dt: float, steps: int) -> list[float]:
    (end,) = load("lorenz", backend).compute_lists(state, dt, steps)
    return end


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("steps", TABLE_1)
def test_the_first_trajectory_ever_printed_is_followed(backend: str, steps: int) -> None:
    """Lorenz's own method was of second order and is up to 0.3 off by itself."""
    tenths = [10 * coordinate for coordinate in after(backend, [0.0, 1.0, 0.0], 0.01, steps)]
    assert tenths == pytest.approx(TABLE_1[steps], abs=4)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("state", [[WING, WING, 27.0], [-WING, -WING, 27.0], [0.0, 0.0, 0.0]])
def test_steady_convection_and_rest_are_equilibria(backend: str, state: list[float]) -> None:
    """Lorenz 1963, section 7: (6 sqrt 2, 6 sqrt 2, 27), its mirror image, and the origin."""
    assert after(backend, state, 0.01, 1000) == pytest.approx(state, rel=0, abs=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_departures_from_steady_convection_go_as_lorenzs_equation_33_says(backend: str) -> None:
    """The real root of l³ + (sigma + b + 1) l² + (r + sigma) b l + 2 sigma b (r - 1) = 0."""
    cubic = [1, SIGMA + BETA + 1, (RHO + SIGMA) * BETA, 2 * SIGMA * BETA * (RHO - 1)]
    (root,) = (float(root.real) for root in np.roots(cubic) if abs(root.imag) < 1e-9)
    assert root == pytest.approx(-13.854578, abs=1e-6)
    # The eigenvector of (-s, s, 0), (1, -1, -c), (c, c, -b) with c = 6 sqrt 2.
    x = 1e-6
    y = x * (1 + root / SIGMA)
    z = WING * (x + y) / (root + BETA)
    end = after(backend, [WING + x, WING + y, 27 + z], 1e-3, 200)
    shrunk = math.exp(0.2 * root)
    departure = [a - b for a, b in zip(end, [WING, WING, 27.0], strict=True)]
    assert departure == pytest.approx([x * shrunk, y * shrunk, z * shrunk], abs=1e-11)


@pytest.mark.parametrize("backend", BACKENDS)
def test_convection_sets_in_at_the_known_rate(backend: str) -> None:
    """Sparrow 1982: at the origin (-1 - sigma + sqrt((1 - sigma)² + 4 r sigma)) / 2 = 11.83."""
    rate = (-1 - SIGMA + math.sqrt((1 - SIGMA) ** 2 + 4 * RHO * SIGMA)) / 2
    assert rate == pytest.approx(11.8277, abs=1e-4)
    x, y, _ = after(backend, [1e-9, 1e-9 * (1 + rate / SIGMA), 0.0], 1e-3, 500)
    assert x == pytest.approx(1e-9 * math.exp(0.5 * rate), rel=1e-7)
    assert y == pytest.approx(x * (1 + rate / SIGMA), rel=1e-7)


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_motion_the_stratification_decays(backend: str) -> None:
    x, y, z = after(backend, [0.0, 0.0, 80.0], 1e-4, 10_000)
    assert (x, y) == (0.0, 0.0)
    assert z == pytest.approx(80.0 * math.exp(-BETA), rel=1e-11)


@pytest.mark.parametrize("backend", BACKENDS)
def test_scipys_dop853_ends_at_the_same_place(backend: str) -> None:
    """Starting where Hairer, Nørsett and Wanner do (Solving ODEs I, section I.16)."""

    def slope(_time: float, state: NDArray[np.float64]) -> list[float]:
        x, y, z = state.tolist()
        return [SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z]

    start = [-8.0, 8.0, 27.0]
    solved = solve_ivp(slope, (0.0, 5.0), start, method="DOP853", rtol=1e-13, atol=1e-13)
    assert after(backend, start, 1e-4, 50_000) == pytest.approx(solved.y[:, -1], abs=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
def test_halving_the_step_leaves_a_sixteenth_of_the_error(backend: str) -> None:
    start, time = [-8.0, 8.0, 27.0], 0.25
    (exact,) = in_python.compute(start, time / 10_000, 10_000)

    def error(steps: int) -> float:
        return math.dist(after(backend, start, time / steps, steps), exact)

    for steps in (50, 100, 200):
        assert error(steps) / error(2 * steps) == pytest.approx(16, rel=0.03)
