"""Answers from the literature, and what is known of the method exactly."""

import math

import pytest

from python_api.equations import BACKENDS, load
from python_api.equations.heat.contract import mesh_ratio

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def after(
    backend: str, temperature: list[float], diffusivity: float, dx: float, dt: float, steps: int
) -> list[float]:
    (end,) = load("heat", backend).compute_lists(temperature, diffusivity, dx, dt, steps)
    return end


def sine(n: int, waves: int) -> list[float]:
    """`waves` half waves on `n` points, with nodes at the ends."""
    inside = [math.sin(math.pi * waves * i / (n - 1)) for i in range(1, n - 1)]
    return [0.0, *inside, 0.0]


@every_backend
def test_the_table_of_burden_and_faires_is_met(backend: str) -> None:
    """Numerical Analysis, section 12.2: sin(pi x) with h = 0.1, k = 0.01, at t = 0.5."""
    table = [0.00230512, 0.00438461, 0.00603489, 0.00709444, 0.00745954]
    expected = [0.0, *table, *table[-2::-1], 0.0]
    assert after(backend, sine(11, 1), 1.0, 0.1, 0.01, 50) == pytest.approx(expected, abs=5e-9)


@every_backend
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (1, [0.0, 0.1989, 0.3956, 0.5834, 0.7381, 0.7691]),
        (10, [0.0, 0.0948, 0.1803, 0.2482, 0.2918, 0.3069]),
    ],
)
def test_the_table_of_smith_is_met(backend: str, steps: int, expected: list[float]) -> None:
    """Numerical Solution of Partial Differential Equations, 3rd edition, chapter 2: the
    Crank-Nicolson solution for a rod that is 1 in the middle, dx = 0.1, dt = 0.01."""
    roof = [2 * min(i, 10 - i) / 10 for i in range(11)]
    half_rod = after(backend, roof, 1.0, 0.1, 0.01, steps)[:6]
    assert half_rod == pytest.approx(expected, abs=5.1e-5)


@every_backend
@pytest.mark.parametrize("waves", [1, 2, 7, 39])
@pytest.mark.parametrize("ratio", [0.1, 1.0, 30.0, 1000.0])
def test_a_sine_mode_decays_by_the_methods_own_factor(
    backend: str, ratio: float, waves: int
) -> None:
    """(1 - ratio/2 q) / (1 + ratio/2 q) a step, with q = 4 sin²(pi waves / (2 (n - 1)))."""
    n, steps = 41, 20
    mode = sine(n, waves)
    assert mesh_ratio(1.0, 1.0, ratio) == ratio
    damped = 0.5 * ratio * 4 * math.sin(math.pi * waves / (2 * (n - 1))) ** 2
    factor = ((1 - damped) / (1 + damped)) ** steps
    expected = [factor * value for value in mode]
    assert after(backend, mode, 1.0, 1.0, ratio, steps) == pytest.approx(expected, abs=1e-11)


@every_backend
@pytest.mark.parametrize("ratio", [1e-9, 1.0, 1000.0])
@pytest.mark.parametrize("n", [3, 4, 50, 1001])
def test_a_steady_linear_profile_is_kept(backend: str, n: int, ratio: float) -> None:
    profile = [20.0 + 60.0 * i / (n - 1) for i in range(n)]
    assert after(backend, profile, 1.0, 1.0, ratio, 20) == pytest.approx(profile, rel=1e-10)


@every_backend
def test_a_rod_comes_to_rest_between_its_ends_temperatures(backend: str) -> None:
    n = 21
    rod = [10.0, *[500.0] * (n - 2), 90.0]
    expected = [10.0 + 80.0 * i / (n - 1) for i in range(n)]
    assert after(backend, rod, 1.0, 1.0, 1.0, 5000) == pytest.approx(expected, rel=1e-9)


@every_backend
def test_halving_both_steps_leaves_a_quarter_of_the_error(backend: str) -> None:
    """Against exp(-pi² t) sin(pi x), the solution of the differential equation."""
    time = 0.1

    def error(cells: int) -> float:
        end = after(backend, sine(cells + 1, 1), 1.0, 1.0 / cells, time / cells, cells)
        exact = [math.exp(-(math.pi**2) * time) * value for value in sine(cells + 1, 1)]
        return max(abs(a - b) for a, b in zip(end, exact, strict=True))

    for cells in (16, 32, 64):
        assert error(cells) / error(2 * cells) == pytest.approx(4, rel=0.02)
