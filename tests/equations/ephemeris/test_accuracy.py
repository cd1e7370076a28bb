"""Every backend against the 50-digit reference."""

import json
import math
import random
from pathlib import Path

import pytest

from python_api.equations import BACKENDS
from python_api.equations.ephemeris import in_python, orbits, reference
from python_api.equations.ephemeris.contract import ENVELOPE_ULP, MAX_JD, MIN_JD, PLANETS
from tests.equations.ephemeris.backends import COMPUTE, SOLVE_KEPLER
from tests.equations.ephemeris.error_bound import bound_ulp

WORST_SEEN_ULP = 12
"""A little above the worst of `worst_points.json`: what the envelope's derivation is too shy of."""

WORST_POINTS: dict[str, list[float]] = json.loads(
    Path(__file__).with_name("worst_points.json").read_text()
)


def times_over_the_whole_range(planet: str) -> list[float]:
    """Both ends and their neighbours, the epoch, day boundaries, random times, the worst known."""
    draw = random.Random(planet)
    ends = [MIN_JD, math.nextafter(MIN_JD, MAX_JD), math.nextafter(MAX_JD, MIN_JD), MAX_JD]
    epoch = [math.nextafter(2451545.0, 0.0), 2451545.0, 2451545.5, math.nextafter(2451545.5, 0.0)]
    drawn = [draw.uniform(MIN_JD, MAX_JD) for _ in range(1_250)]
    return ends + epoch + drawn + WORST_POINTS[planet]


@pytest.mark.parametrize("planet", PLANETS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_positions_are_within_the_envelope(backend: str, planet: str) -> None:
    times_jd = times_over_the_whole_range(planet)
    computed = COMPUTE[backend](planet, times_jd)
    reference.check(planet, times_jd, *computed)
    assert max(reference.errors_ulp(planet, times_jd, *computed)) <= WORST_SEEN_ULP


@pytest.mark.parametrize("planet", PLANETS)
def test_the_envelope_is_what_the_roundings_can_add_up_to(planet: str) -> None:
    times_jd = times_over_the_whole_range(planet)
    bounds = [bound_ulp(planet, time_jd) for time_jd in times_jd]
    assert max(bounds) <= ENVELOPE_ULP
    errors = reference.errors_ulp(planet, times_jd, *in_python.compute(planet, times_jd))
    assert all(error <= bound for error, bound in zip(errors, bounds, strict=True))


@pytest.mark.parametrize("planet", PLANETS)
def test_the_mean_anomaly_is_reduced_to_a_few_roundings(planet: str) -> None:
    turn = 2 * reference.mp.pi
    for time_jd in times_over_the_whole_range(planet):
        computed = in_python.mean_anomaly(orbits.orbit(planet), time_jd - orbits.EPOCH_JD)
        turns = (reference.mean_anomaly(planet, time_jd) - computed) / turn
        error = abs(turns - reference.mp.nint(turns)) * turn
        assert error <= 2.4e-16 + 1.5 * math.ulp(computed)


@pytest.mark.parametrize("backend", BACKENDS)
def test_keplers_equation_is_solved_within_2_ulp(backend: str) -> None:
    draw = random.Random(backend)
    for _ in range(1000):
        e = draw.uniform(0.0, 0.3)
        mean_anomaly = draw.choice([1.0, 1e-3, 1e-9]) * draw.uniform(-math.pi, math.pi)
        exact = reference.solve_kepler(mean_anomaly, e)
        error = abs(SOLVE_KEPLER[backend](mean_anomaly, e) - exact)
        assert error <= 2 * math.ulp(float(exact)), (mean_anomaly, e)


@pytest.mark.parametrize("backend", BACKENDS)
def test_keplers_equation_meets_example_30a_of_meeus(backend: str) -> None:
    """Meeus, Astronomical Algorithms, 2nd edition, example 30.a: e = 0.1, M = 5 degrees."""
    anomaly = SOLVE_KEPLER[backend](math.radians(5.0), 0.1)
    assert math.degrees(anomaly) == pytest.approx(5.554589, abs=5e-7)


def test_an_answer_outside_the_envelope_is_refused_and_its_worst_error_named() -> None:
    times_jd = [2451545.0, 2451546.0]
    x_au, y_au, z_au = in_python.compute("mars", times_jd)
    y_au[1] += 100 * math.ulp(1.4)
    with pytest.raises(ValueError, match=r"1 of 2 positions of mars .* at index 1, 2451546.0 TDB"):
        reference.check("mars", times_jd, x_au, y_au, z_au)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_is_outside_the_envelope(wrong: float) -> None:
    with pytest.raises(ValueError, match="1 of 1 positions"):
        reference.check("mars", [2451545.0], [1.3906677476780218], [wrong], [-0.03446125922330579])


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.check("mars", [2451545.0, 2451546.0], [1.0], [1.0], [1.0])


@pytest.mark.parametrize("backend", ["python", "numpy", "numba", "rust"])
def test_an_unknown_planet_is_refused(backend: str) -> None:
    with pytest.raises(ValueError, match="'pluto'"):
        COMPUTE[backend]("pluto", [2451545.0])


def test_the_reference_refuses_an_unknown_planet() -> None:
    with pytest.raises(ValueError, match="unknown planet 'pluto'"):
        reference.positions("pluto", [2451545.0])
