"""How far rounding can carry a position from the exact one: what the envelope rests on.

To first order an operation adds at most half an ulp of its result, and sin and cos one ulp, as
the C library states; each error is carried to the position by the derivative of what follows.
Errors are added as lengths, because rotations keep lengths: a coordinate's is no larger.
"""

from math import cos, hypot, sin, sqrt, ulp

from mpmath import MPContext, mpf

from python_api.equations.ephemeris.in_python import mean_anomaly, solve_kepler
from python_api.equations.ephemeris.orbits import (
    DAYS_PER_CENTURY,
    EPOCH_JD,
    RADIANS_PER_UNIT,
    SMALL_STEP,
    TURN,
    Orbit,
    orbit,
    table,
)

Inexact = tuple[float, float]
"""A value, and how far it may be from the exact one."""

_mp = MPContext()
_mp.dps = 40
_PER_DEGREE = _mp.pi / 180


def bound_ulp(planet: str, time_jd: float) -> float:
    """The most that a coordinate at `time_jd` can be wrong by, in ulps of the radius."""
    elements = orbit(planet)
    days = time_jd - EPOCH_JD
    centuries = days / DAYS_PER_CENTURY
    drifting = iter(zip(elements[0:10:2], elements[1:10:2], _published(planet), strict=True))
    a, e, inclination, node, perihelion = (
        _linear(at_epoch, rate, exact, centuries) for at_epoch, rate, exact in drifting
    )
    anomaly = _eccentric_anomaly(_mean_anomaly(elements, days), e)
    x, y, in_plane = _position_in_plane(a, e, anomaly)
    to_node, past_node, by_perihelion = _rotate(x, y, perihelion)
    across, z, by_inclination = _rotate(past_node, 0.0, inclination)
    x, y, by_node = _rotate(to_node, across, node)
    return (in_plane + by_perihelion + by_inclination + by_node) / ulp(hypot(x, y, z))


def _half_ulp(value: float) -> float:
    return ulp(value) / 2


def _published(planet: str) -> list[tuple[mpf, mpf]]:
    """Exact a, e, I, Omega, argument of perihelion and their rates, in au and radians."""
    columns = [
        (a, e, i * _PER_DEGREE, node * _PER_DEGREE, (perihelion - node) * _PER_DEGREE)
        for a, e, i, _, perihelion, node in (map(_mp.mpf, row) for row in table()[planet])
    ]
    return list(zip(*columns, strict=True))


def _linear(at_epoch: float, rate: float, exact: tuple[mpf, mpf], centuries: float) -> Inexact:
    change = rate * centuries
    value = at_epoch + change
    constants = _distance(at_epoch, exact[0]) + _distance(rate, exact[1]) * abs(centuries)
    drift = abs(rate) * _half_ulp(centuries) + _half_ulp(change)
    return value, constants + drift + _half_ulp(value)


def _distance(rounded: float, exact: mpf) -> float:
    return float(abs(rounded - exact))


def _mean_anomaly(elements: Orbit, days: float) -> Inexact:
    value = mean_anomaly(elements, days)
    units = value / RADIANS_PER_UNIT
    # The rest is at most half a day's motion and 1/1024 degree a day: a few roundings of that.
    rest = 4 * _half_ulp(abs(elements.anomaly_rate_high) / 2 + DAYS_PER_CENTURY / 512)
    factor = _distance(RADIANS_PER_UNIT, 2 * _mp.pi / TURN)
    return value, (
        (rest + _half_ulp(units)) * RADIANS_PER_UNIT + abs(units) * factor + _half_ulp(value)
    )


def _eccentric_anomaly(mean: Inexact, eccentricity: Inexact) -> Inexact:
    (m, m_error), (e, e_error) = mean, eccentricity
    value = solve_kepler(m, e)
    sine, slope = sin(value), 1 - e * cos(value)
    residual = e * ulp(sine) + _half_ulp(e * sine) + _half_ulp(value - e * sine)
    unfinished = e * abs(sine) / (2 * slope) * SMALL_STEP**2
    carried = (m_error + abs(sine) * e_error + residual) / slope
    return value, carried + unfinished + _half_ulp(value)


def _position_in_plane(
    semi_major_axis: Inexact, eccentricity: Inexact, anomaly: Inexact
) -> tuple[float, float, float]:
    (a, a_error), (e, e_error) = semi_major_axis, eccentricity
    sine, cosine = sin(anomaly[0]), cos(anomaly[0])
    flattening = sqrt(1 - e * e)
    flattening_error = (e * e_error + _half_ulp(e * e) / 2 + _half_ulp(1 - e * e) / 2) / flattening
    flattening_error += _half_ulp(flattening)
    x, y = a * (cosine - e), a * flattening * sine
    x_error = a * (ulp(cosine) + e_error + _half_ulp(cosine - e)) + _half_ulp(x)
    y_error = (
        a * flattening * ulp(sine)
        + a * flattening_error * abs(sine)
        + _half_ulp(a * flattening) * abs(sine)
        + _half_ulp(y)
    )
    along_orbit = a * hypot(sine, flattening * cosine) * anomaly[1]
    return x, y, along_orbit + hypot(x_error, y_error) + hypot(x, y) * a_error / a


def _rotate(x: float, y: float, angle: Inexact) -> tuple[float, float, float]:
    sine, cosine = sin(angle[0]), cos(angle[0])
    turned_x, turned_y = cosine * x - sine * y, sine * x + cosine * y

    def rounding(left: float, of_x: float, of_y: float) -> float:
        products = _half_ulp(of_x * x) + _half_ulp(of_y * y)
        return ulp(of_x) * abs(x) + ulp(of_y) * abs(y) + products + _half_ulp(left)

    roundings = hypot(rounding(turned_x, cosine, sine), rounding(turned_y, sine, cosine))
    return turned_x, turned_y, roundings + hypot(x, y) * angle[1]
