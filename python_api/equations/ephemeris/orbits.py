"""The planets' mean elements, in the form the Python backends compute with.

`rust_ext/core/src/ephemeris.rs` reads the same file. The standard library only.
"""

import json
from functools import cache
from math import floor, pi, radians
from pathlib import Path
from typing import NamedTuple

EPOCH_JD = 2451545.0
DAYS_PER_CENTURY = 36525.0

TURN = 360.0 * DAYS_PER_CENTURY
"""One turn in the unit the mean anomaly is reduced in: degrees times days per century."""

RADIANS_PER_UNIT = 2.0 * pi / TURN

SMALL_STEP = 1e-8
"""A Newton step this small leaves far less than an ulp, because it converges as the square."""

MAX_STEPS = 10


class Orbit(NamedTuple):
    """A planet's elements at the epoch, each followed by its rate per Julian century.

    Angles are in radians, but for the mean anomaly: that is in degrees, split into a multiple
    of 1/1024, whose products with whole days are exact, and the small rest.
    """

    a_au: float
    a_rate: float
    e: float
    e_rate: float
    inclination: float
    inclination_rate: float
    node: float
    node_rate: float
    perihelion: float
    perihelion_rate: float
    anomaly_high: float
    anomaly_low: float
    anomaly_rate_high: float
    anomaly_rate_low: float


def table() -> dict[str, tuple[list[float], list[float]]]:
    """Elements and rates by planet as published: a, e, I, L, varpi, Omega in au and degrees."""
    planets = json.loads(Path(__file__).with_name("planets.json").read_text())["planets"]
    return {name: (row["elements"], row["rates"]) for name, row in planets.items()}


@cache
def orbits() -> dict[str, Orbit]:
    """Every planet's orbit by name."""
    return {name: _orbit(elements, rates) for name, (elements, rates) in table().items()}


def orbit(planet: str) -> Orbit:
    """The planet's orbit; ValueError lists the known planets."""
    try:
        return orbits()[planet]
    except KeyError:
        raise ValueError(f"unknown planet {planet!r}; known: {', '.join(orbits())}") from None


def _orbit(elements: list[float], rates: list[float]) -> Orbit:
    a, e, inclination, longitude, perihelion, node = elements
    a_rate, e_rate, inclination_rate, longitude_rate, perihelion_rate, node_rate = rates
    anomaly_high, anomaly_low = _split_difference(longitude, perihelion)
    anomaly_rate_high, anomaly_rate_low = _split_difference(longitude_rate, perihelion_rate)
    return Orbit(
        a_au=a,
        a_rate=a_rate,
        e=e,
        e_rate=e_rate,
        inclination=radians(inclination),
        inclination_rate=radians(inclination_rate),
        node=radians(node),
        node_rate=radians(node_rate),
        perihelion=radians(perihelion - node),
        perihelion_rate=radians(perihelion_rate - node_rate),
        anomaly_high=anomaly_high,
        anomaly_low=anomaly_low,
        anomaly_rate_high=anomaly_rate_high,
        anomaly_rate_low=anomaly_rate_low,
    )


def _split_difference(left: float, right: float) -> tuple[float, float]:
    left_high, right_high = (floor(value * 1024.0 + 0.5) / 1024.0 for value in (left, right))
    return left_high - right_high, (left - left_high) - (right - right_high)
