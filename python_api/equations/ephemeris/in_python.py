"""`ephemeris` in plain Python: the standard library only."""

from collections.abc import Sequence
from math import cos, floor, sin, sqrt

from python_api.equations.ephemeris.orbits import (
    DAYS_PER_CENTURY,
    EPOCH_JD,
    MAX_STEPS,
    RADIANS_PER_UNIT,
    SMALL_STEP,
    TURN,
    Orbit,
    orbit,
)


def compute(planet: str, times_jd: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three lists of n floats.

    Raises ValueError for an unknown planet. Times are taken to be within the contract's limits.
    """
    elements = orbit(planet)
    x_au, y_au, z_au = [], [], []
    for time_jd in times_jd:
        x, y, z = _position(elements, time_jd)
        x_au.append(x)
        y_au.append(y)
        z_au.append(z)
    return x_au, y_au, z_au


compute_lists = compute


def solve_kepler(mean_anomaly: float, e: float) -> float:
    """The eccentric anomaly E with E - e sin E = `mean_anomaly`.

    Radians, -pi to pi; eccentricities from 0 to 0.3.
    """
    anomaly = mean_anomaly + e * sin(mean_anomaly)
    for _ in range(MAX_STEPS):
        step = (anomaly - e * sin(anomaly) - mean_anomaly) / (1.0 - e * cos(anomaly))
        anomaly -= step
        if abs(step) <= SMALL_STEP:
            break
    return anomaly


def mean_anomaly(elements: Orbit, days: float) -> float:
    """The mean anomaly `days` after the epoch in radians, in -pi to pi but for rounding."""
    whole_days = floor(days + 0.5)
    part_of_day = days - whole_days
    exact = elements.anomaly_high * DAYS_PER_CENTURY + elements.anomaly_rate_high * whole_days
    reduced = exact - TURN * floor(exact / TURN + 0.5)
    rest = (
        elements.anomaly_low * DAYS_PER_CENTURY
        + elements.anomaly_rate_low * whole_days
        + (elements.anomaly_rate_high + elements.anomaly_rate_low) * part_of_day
    )
    return (reduced + rest) * RADIANS_PER_UNIT


def _position(elements: Orbit, time_jd: float) -> tuple[float, float, float]:
    days = time_jd - EPOCH_JD
    centuries = days / DAYS_PER_CENTURY
    a = elements.a_au + elements.a_rate * centuries
    e = elements.e + elements.e_rate * centuries
    inclination = elements.inclination + elements.inclination_rate * centuries
    node = elements.node + elements.node_rate * centuries
    perihelion = elements.perihelion + elements.perihelion_rate * centuries
    anomaly = solve_kepler(mean_anomaly(elements, days), e)

    to_perihelion = a * (cos(anomaly) - e)
    to_side = a * sqrt(1.0 - e * e) * sin(anomaly)
    sin_w, cos_w = sin(perihelion), cos(perihelion)
    to_node = cos_w * to_perihelion - sin_w * to_side
    past_node = sin_w * to_perihelion + cos_w * to_side
    sin_node, cos_node = sin(node), cos(node)
    across = cos(inclination) * past_node
    return (
        cos_node * to_node - sin_node * across,
        sin_node * to_node + cos_node * across,
        sin(inclination) * past_node,
    )
