"""`ephemeris` on whole arrays with NumPy."""

import numpy as np
from numpy.typing import NDArray

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

Array = NDArray[np.float64]


def compute(planet: str, times_jd: Array) -> tuple[Array, Array, Array]:
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three arrays of shape (n,).

    Raises ValueError for an unknown planet. Times are taken to be within the contract's limits.
    """
    elements = orbit(planet)
    days = times_jd - EPOCH_JD
    centuries = days / DAYS_PER_CENTURY
    a = elements.a_au + elements.a_rate * centuries
    e = elements.e + elements.e_rate * centuries
    inclination = elements.inclination + elements.inclination_rate * centuries
    node = elements.node + elements.node_rate * centuries
    perihelion = elements.perihelion + elements.perihelion_rate * centuries
    anomaly = solve_kepler(_mean_anomaly(elements, days), e)

    to_perihelion = a * (np.cos(anomaly) - e)
    to_side = a * np.sqrt(1.0 - e * e) * np.sin(anomaly)
    sin_w, cos_w = np.sin(perihelion), np.cos(perihelion)
    to_node = cos_w * to_perihelion - sin_w * to_side
    past_node = sin_w * to_perihelion + cos_w * to_side
    sin_node, cos_node = np.sin(node), np.cos(node)
    across = np.cos(inclination) * past_node
    return (
        cos_node * to_node - sin_node * across,
        sin_node * to_node + cos_node * across,
        np.sin(inclination) * past_node,
    )


def compute_lists(
    planet: str, times_jd: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """As `compute`, from a list of n floats to three."""
    x_au, y_au, z_au = compute(planet, np.array(times_jd))
    return x_au.tolist(), y_au.tolist(), z_au.tolist()


def solve_kepler(mean_anomaly: Array, e: Array) -> Array:
    """The eccentric anomalies E with E - e sin E = `mean_anomaly`, of shape (n,).

    Radians, -pi to pi; eccentricities from 0 to 0.3.
    """
    anomaly = mean_anomaly + e * np.sin(mean_anomaly)
    step, slope = np.empty_like(anomaly), np.empty_like(anomaly)
    for _ in range(MAX_STEPS):
        np.sin(anomaly, out=step)
        step *= e
        np.subtract(anomaly, step, out=step)
        step -= mean_anomaly
        np.cos(anomaly, out=slope)
        slope *= e
        np.subtract(1.0, slope, out=slope)
        step /= slope
        anomaly -= step
        if np.abs(step, out=step).max(initial=0.0) <= SMALL_STEP:
            break
    return anomaly


def _mean_anomaly(elements: Orbit, days: Array) -> Array:
    whole_days = np.floor(days + 0.5)
    part_of_day = days - whole_days
    anomaly = elements.anomaly_high * DAYS_PER_CENTURY + elements.anomaly_rate_high * whole_days
    anomaly -= TURN * np.floor(anomaly / TURN + 0.5)
    rest = elements.anomaly_low * DAYS_PER_CENTURY + elements.anomaly_rate_low * whole_days
    rest += (elements.anomaly_rate_high + elements.anomaly_rate_low) * part_of_day
    anomaly += rest
    anomaly *= RADIANS_PER_UNIT
    return anomaly
