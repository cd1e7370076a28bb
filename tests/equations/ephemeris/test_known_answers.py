"""Answers from the literature, to the accuracy the elements' author states for them."""

import math

import pytest

from python_api.equations.ephemeris import in_python
from python_api.equations.ephemeris.contract import PLANETS

J2000 = 2451545.0
AU_KM = 149_597_870.7
ARCSECOND = math.radians(1 / 3600)
OBLIQUITY = math.radians(84381.448 / 3600)

# Standish's table of approximate errors 1800 to 2050: longitude and latitude in arcseconds,
# distance in 1000 km. They are nominal: a position may be a quarter worse.
ACCURACY = {"mercury": (15, 1, 1), "venus": (20, 1, 4)}

Vector = tuple[float, float, float]


def position(planet: str, time_jd: float) -> Vector:
    [x], [y], [z] = in_python.compute(planet, [time_jd])
    return x, y, z


def spherical(vector: Vector) -> Vector:
    x, y, z = vector
    return math.atan2(y, x), math.atan2(z, math.hypot(x, y)), math.hypot(x, y, z)


def assert_within_stated_accuracy(planet: str, expected: Vector, time_jd: float) -> None:
    longitude, latitude, distance_au = spherical(position(planet, time_jd))
    in_longitude, in_latitude, in_distance = ACCURACY[planet]
    error_in_longitude = math.remainder(longitude - expected[0], 2 * math.pi)
    assert abs(error_in_longitude) <= 1.25 * in_longitude * ARCSECOND
    assert abs(latitude - expected[1]) <= 1.25 * in_latitude * ARCSECOND
    assert abs(distance_au - expected[2]) * AU_KM <= 1.25 * in_distance * 1000


def from_ecliptic_of_date(longitude: float, latitude: float, time_jd: float) -> tuple[float, float]:
    """To the ecliptic and equinox of J2000: Meeus, Astronomical Algorithms, 2nd edition, 21.5-7.

    The angles run from the epoch of date to J2000.
    """
    start = (time_jd - J2000) / 36525
    t = -start
    eta = (47.0029 - 0.06603 * start) * t * ARCSECOND
    node = math.radians(174.876384) + (3289.4789 * start - 869.8089 * t) * ARCSECOND
    precession = (5029.0966 + 2.22226 * start) * t * ARCSECOND
    from_node = node - longitude
    a = math.cos(eta) * math.cos(latitude) * math.sin(from_node) - math.sin(eta) * math.sin(
        latitude
    )
    b = math.cos(latitude) * math.cos(from_node)
    c = math.cos(eta) * math.sin(latitude) + math.sin(eta) * math.cos(latitude) * math.sin(
        from_node
    )
    return precession + node - math.atan2(a, b), math.asin(c)


def test_venus_is_where_example_32a_of_meeus_has_it() -> None:
    """Meeus, example 32.a: 1992 December 20.0 TD, by VSOP87, ecliptic and equinox of date."""
    time_jd = 2448976.5
    longitude, latitude = from_ecliptic_of_date(
        math.radians(26.11428), math.radians(-2.62070), time_jd
    )
    assert_within_stated_accuracy("venus", (longitude, latitude, 0.724603), time_jd)


def test_mercury_is_where_the_iau_sofa_test_of_plan94_has_it() -> None:
    """IAU SOFA's t_sofa_c, routine iauPlan94: mean equator and equinox of J2000."""
    x, y, z = 0.2945293959257430832, -0.2452204176601049596, -0.1615427700571978153
    ecliptic = (
        x,
        y * math.cos(OBLIQUITY) + z * math.sin(OBLIQUITY),
        z * math.cos(OBLIQUITY) - y * math.sin(OBLIQUITY),
    )
    assert_within_stated_accuracy("mercury", spherical(ecliptic), 2400000.5 + 43999.9)


# NASA Planetary Fact Sheets: sidereal period in days, perihelion and aphelion in 10^6 km.
FACT_SHEETS = {
    "mercury": (87.969, 46.000, 69.818),
    "venus": (224.701, 107.480, 108.941),
    "earth": (365.256, 147.095, 152.100),
    "mars": (686.980, 206.650, 249.261),
    "jupiter": (4332.589, 740.595, 816.363),
    "saturn": (10759.22, 1357.554, 1506.527),
    "uranus": (30685.4, 2732.696, 3001.390),
    "neptune": (60189.0, 4471.050, 4558.857),
}


@pytest.mark.parametrize("planet", PLANETS)
def test_a_planet_is_back_after_its_sidereal_period(planet: str) -> None:
    start_jd = 2400000.5
    before = spherical(position(planet, start_jd))
    after = spherical(position(planet, start_jd + FACT_SHEETS[planet][0]))
    turned = math.remainder(after[0] - before[0], 2 * math.pi)
    assert abs(math.degrees(turned)) < 0.2


@pytest.mark.parametrize("planet", PLANETS)
def test_perihelion_and_aphelion_are_those_of_the_fact_sheets(planet: str) -> None:
    period_days, perihelion, aphelion = FACT_SHEETS[planet]
    times_jd = [2400000.5 + period_days * i / 2000 for i in range(2000)]
    coordinates = zip(*in_python.compute(planet, times_jd), strict=True)
    radii = [math.hypot(*vector) * AU_KM / 1e6 for vector in coordinates]
    # The sheets' outer orbits are osculating ones of today, the elements a fit over 250 years.
    assert min(radii) == pytest.approx(perihelion, rel=7e-3)
    assert max(radii) == pytest.approx(aphelion, rel=7e-3)
