"""Programs that share nothing with ours compute the same: other authors, theories and methods."""

import math
import random
from ctypes import byref

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from python_api.equations import load
from python_api.equations.ephemeris.contract import PLANETS
from python_api.equations.ephemeris.contract import example as planet_times
from tests.conftest import require_library

EPOCH_JD = 2451545.0
OBLIQUITY = math.radians(84381.448 / 3600)
"""Of the ecliptic at J2000, IAU 1976: what turns ERFA's equatorial axes into ours."""


@pytest.mark.parametrize("planet", PLANETS)
def test_erfas_planets_are_where_ours_are(planet: str) -> None:
    """ERFA's plan94 is Simon et al. 1994, with perturbations that mean elements leave out."""
    require_library("erfa")
    import erfa

    times_jd = planet_times(200, planet)["times_jd"]
    days = np.array(times_jd) - EPOCH_JD
    x, y, z = erfa.plan94(EPOCH_JD, days, PLANETS.index(planet) + 1)["p"].T
    along, up = (
        y * math.cos(OBLIQUITY) + z * math.sin(OBLIQUITY),
        z * math.cos(OBLIQUITY) - y * math.sin(OBLIQUITY),
    )
    theirs = np.array([x, along, up])
    ours = np.array(load("ephemeris", "python").compute(planet=planet, times_jd=times_jd))
    apart = np.linalg.norm(ours - theirs, axis=0) / np.linalg.norm(theirs, axis=0)
    assert apart.max() <= 5e-3


def test_quantlibs_prices_are_ours() -> None:
    require_library("QuantLib")
    import QuantLib

    draw = random.Random(1)
    rate, volatility = 0.03, 0.25
    spot = [draw.uniform(50, 150) for _ in range(1000)]
    strike = [value * draw.uniform(0.5, 1.5) for value in spot]
    years = [draw.uniform(0.02, 3.0) for _ in spot]
    call, put = load("black_scholes", "python").compute(
        spot=spot, strike=strike, years=years, rate=rate, volatility=volatility
    )
    for i, (s, k, t) in enumerate(zip(spot, strike, years, strict=True)):
        discount = math.exp(-rate * t)
        deviation = volatility * math.sqrt(t)
        for ours, kind in ((call[i], QuantLib.Option.Call), (put[i], QuantLib.Option.Put)):
            theirs = QuantLib.blackFormula(kind, k, s / discount, deviation, discount)
            assert ours == pytest.approx(theirs, rel=0, abs=1e-13 * s)


def test_rebounds_accelerations_are_ours() -> None:
    require_library("rebound")
    import rebound

    draw = random.Random(1)
    n, softening = 100, 0.05
    mass = [draw.uniform(0.0, 2.0) for _ in range(n)]
    x, y, z = ([draw.gauss(0.0, 1.0) for _ in range(n)] for _ in range(3))
    simulation = rebound.Simulation()
    simulation.softening = softening
    for values in zip(mass, x, y, z, strict=True):
        simulation.add(**dict(zip("mxyz", values, strict=True)))
    rebound.clibrebound.reb_simulation_update_acceleration(byref(simulation))
    theirs = [(body.ax, body.ay, body.az) for body in simulation.particles]
    ours = load("nbody", "python").compute(mass=mass, x=x, y=y, z=z, softening=softening)
    largest = max(abs(component) for body in theirs for component in body)
    for axis, accelerations in enumerate(ours):
        expected = [body[axis] for body in theirs]
        assert list(accelerations) == pytest.approx(expected, rel=0, abs=1e-13 * largest)


def test_scipys_dop853_takes_the_lorenz_system_where_ours_does() -> None:
    """Over a time in which the trajectory has not yet become one of rounding."""
    dt, steps = 1e-4, 20_000
    start = [1.0, 1.0, 1.0]

    def slope(_time: float, state: NDArray[np.float64]) -> list[float]:
        x, y, z = state
        return [10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z]

    solved = solve_ivp(slope, (0.0, dt * steps), start, method="DOP853", rtol=1e-13, atol=1e-13)
    (ours,) = load("lorenz", "python").compute(state=start, dt=dt, steps=steps)
    assert list(ours) == pytest.approx(solved.y[:, -1], rel=0, abs=1e-8)


def test_the_heat_equations_exact_solution_is_neared() -> None:
    """A sine between ends held at 0 decays as exp(-a pi^2 t / L^2)."""
    points, diffusivity, steps = 201, 1e-4, 400
    dx, dt = 1.0 / (points - 1), 0.5
    sine = [math.sin(math.pi * i * dx) for i in range(points)]
    sine[0] = sine[-1] = 0.0
    (ours,) = load("heat", "python").compute(
        temperature=sine, diffusivity=diffusivity, dx=dx, dt=dt, steps=steps
    )
    decay = math.exp(-diffusivity * math.pi**2 * dt * steps)
    assert list(ours) == pytest.approx([decay * value for value in sine], rel=0, abs=1e-5)
