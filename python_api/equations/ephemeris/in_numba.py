"""`ephemeris` as a scalar loop compiled by Numba, when this module is imported or from its cache.

Strict IEEE arithmetic as in the other backends: no fast-math.
"""

from functools import partial
from math import cos, floor, sin, sqrt

import numpy as np
from numba import njit, types
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

_ORBIT = types.NamedUniTuple(types.float64, len(Orbit._fields), Orbit)  # type: ignore[no-untyped-call]
_TIMES = types.Array(types.float64, 1, "C", readonly=True)
_COORDINATE = types.Array(types.float64, 1, "C")

_compile = partial(njit, cache=True, fastmath=False, error_model="numpy", nogil=True)


def compute(planet: str, times_jd: Array) -> tuple[Array, Array, Array]:
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three arrays of shape (n,).

    Raises ValueError for an unknown planet. Times are taken to be within the contract's limits.
    """
    times_jd = np.ascontiguousarray(times_jd)
    x_au, y_au, z_au = (np.empty_like(times_jd) for _ in range(3))
    _positions(orbit(planet), times_jd, x_au, y_au, z_au)
    return x_au, y_au, z_au


def compute_lists(
    planet: str, times_jd: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """As `compute`, from a list of n floats to three."""
    x_au, y_au, z_au = compute(planet, np.array(times_jd))
    return x_au.tolist(), y_au.tolist(), z_au.tolist()


@_compile()
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


@_compile()
def _mean_anomaly(elements: Orbit, days: float) -> float:
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


@_compile(types.void(_ORBIT, _TIMES, _COORDINATE, _COORDINATE, _COORDINATE))
def _positions(elements: Orbit, times_jd: Array, x_au: Array, y_au: Array, z_au: Array) -> None:
    for i in range(times_jd.size):
        days = times_jd[i] - EPOCH_JD
        centuries = days / DAYS_PER_CENTURY
        a = elements.a_au + elements.a_rate * centuries
        e = elements.e + elements.e_rate * centuries
        inclination = elements.inclination + elements.inclination_rate * centuries
        node = elements.node + elements.node_rate * centuries
        perihelion = elements.perihelion + elements.perihelion_rate * centuries
        anomaly = solve_kepler(_mean_anomaly(elements, days), e)

        to_perihelion = a * (cos(anomaly) - e)
        to_side = a * sqrt(1.0 - e * e) * sin(anomaly)
        sin_w, cos_w = sin(perihelion), cos(perihelion)
        to_node = cos_w * to_perihelion - sin_w * to_side
        past_node = sin_w * to_perihelion + cos_w * to_side
        sin_node, cos_node = sin(node), cos(node)
        across = cos(inclination) * past_node
        x_au[i] = cos_node * to_node - sin_node * across
        y_au[i] = sin_node * to_node + cos_node * across
        z_au[i] = sin(inclination) * past_node
