"""Pulls and orbits from the literature."""

import math

import pytest

from python_api.equations import BACKENDS
from python_api.equations.nbody import in_python
from python_api.equations.nbody.contract import MIN_SOFTENING
from tests.equations.nbody.backends import COMPUTE

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("distance", [0.0, 0.25, 1.0, 7.0])
@pytest.mark.parametrize("softening", [0.5, 2.0])
def test_a_body_pulls_as_plummers_sphere(backend: str, distance: float, softening: float) -> None:
    """Plummer, Monthly Notices 71 (1911): M r / (r^2 + e^2)^(3/2), towards the body."""
    mass = 3.0
    ax, ay, az = COMPUTE[backend](
        [mass, 0.0], [1.0, 1.0], [2.0, 2.0 - distance], [5.0, 5.0], softening
    )
    expected = mass * distance / (distance**2 + softening**2) ** 1.5
    assert ay == [0.0, pytest.approx(expected, rel=1e-15)]
    assert (ax, az) == ([0.0, 0.0], [0.0, 0.0])


@every_backend
def test_plummers_pull_is_strongest_at_the_softening_over_the_root_of_2(backend: str) -> None:
    """Binney and Tremaine, Galactic Dynamics, 2nd edition, 2.2.2: 2/(3 sqrt 3) M/e^2 there."""
    softening = 0.7
    at = [softening / math.sqrt(2.0) * factor for factor in (0.999, 1.0, 1.001)]
    ax, _, _ = COMPUTE[backend]([1.0, 0.0, 0.0, 0.0], [0.0, *at], [0.0] * 4, [0.0] * 4, softening)
    assert -ax[2] == pytest.approx(2.0 / (3.0 * math.sqrt(3.0)) / softening**2, rel=1e-15)
    assert -ax[2] > -ax[1]
    assert -ax[2] > -ax[3]


@every_backend
def test_lagranges_triangle_is_pulled_to_its_centre_of_mass(backend: str) -> None:
    """Lagrange, Essai sur le problème des trois corps (1772): by M/d^3 times the distance to it,
    whatever the three masses.
    """
    side, masses = 2.0, [1.0, 5.0, 0.25]
    x = [0.0, side, side / 2.0]
    y = [0.0, 0.0, side * math.sqrt(3.0) / 2.0]
    ax, ay, az = COMPUTE[backend](masses, x, y, [1.0] * 3, MIN_SOFTENING)
    total = sum(masses)
    for computed, coordinates in ((ax, x), (ay, y)):
        centre = sum(m * c for m, c in zip(masses, coordinates, strict=True)) / total
        expected = [total / side**3 * (centre - coordinate) for coordinate in coordinates]
        # The softening takes 3/2 of (1e-6/2)^2 off.
        assert computed == pytest.approx(expected, rel=1e-12)
    assert az == [0.0] * 3


@every_backend
def test_the_earth_falls_as_fast_as_gauss_has_it(backend: str) -> None:
    """Gauss's constant k, 0.01720209895: the mass of the Sun is k^2 in au^3 per square day, and a
    body without mass at 1 au has a year of 2 pi/k = 365.2568983 days.
    """
    k = 0.01720209895
    ax, _, _ = COMPUTE[backend]([k**2, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], MIN_SOFTENING)
    assert 2.0 * math.pi / math.sqrt(-ax[1]) == pytest.approx(365.2568983, abs=5e-8)


# Chenciner and Montgomery, Annals of Mathematics 152 (2000) 881-901, by C. Simó's numbers: places
# in the plane of three bodies of mass 1, the last one's velocity, and their period.
FIGURE_EIGHT_PLACES = [0.97000436, -0.24308753, -0.97000436, 0.24308753, 0.0, 0.0]
FIGURE_EIGHT_VELOCITY = (-0.93240737, -0.86473146)
FIGURE_EIGHT_PERIOD = 6.32591398


def test_three_bodies_run_along_the_figure_eight() -> None:
    vx, vy = FIGURE_EIGHT_VELOCITY
    start = [*FIGURE_EIGHT_PLACES, -vx / 2, -vy / 2, -vx / 2, -vy / 2, vx, vy]
    # After a third of the period each is where another was, one way round or the other.
    third = after_runge_kutta(start, FIGURE_EIGHT_PERIOD / 3, 300)
    rotations = [start[2:6] + start[:2], start[4:6] + start[:4]]
    assert any(third[:6] == pytest.approx(places, abs=1e-6) for places in rotations)
    assert after_runge_kutta(start, FIGURE_EIGHT_PERIOD, 900) == pytest.approx(start, abs=1e-6)


def after_runge_kutta(start: list[float], time: float, steps: int) -> list[float]:
    """Three bodies' places, then velocities in the plane, `time` later: classical RK4."""
    state, dt = start, time / steps
    for _ in range(steps):
        k1 = slope(state)
        k2 = slope(moved(state, k1, dt / 2))
        k3 = slope(moved(state, k2, dt / 2))
        k4 = slope(moved(state, k3, dt))
        mean = [(a + 2 * b + 2 * c + d) / 6 for a, b, c, d in zip(k1, k2, k3, k4, strict=True)]
        state = moved(state, mean, dt)
    return state


def slope(state: list[float]) -> list[float]:
    ax, ay, _ = in_python.compute([1.0] * 3, state[0:6:2], state[1:6:2], [0.0] * 3, MIN_SOFTENING)
    return [*state[6:], *(a for pair in zip(ax, ay, strict=True) for a in pair)]


def moved(state: list[float], change: list[float], time: float) -> list[float]:
    return [value + time * rate for value, rate in zip(state, change, strict=True)]
