"""`ephemeris` to 50 digits: what every backend and every served answer is held to.

Not the backends' formulas: degrees and unreduced angles throughout, Kepler's equation bracketed
and bisected before Newton's steps finish it, and the position from the true anomaly.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf, isfinite, ulp
from typing import Any

from mpmath import MPContext, mpf

from python_api.equations.checking import require_shape, spread
from python_api.equations.ephemeris.contract import ENVELOPE_ULP, RESPONSE_FIELDS
from python_api.equations.ephemeris.orbits import table

Position = tuple[mpf, mpf, mpf]

mp = MPContext()
"""Arithmetic to 50 digits."""

mp.dps = 50
_BISECTIONS = 8
_NEWTON_STEPS = 6


def positions(planet: str, times_jd: Sequence[float]) -> list[Position]:
    """The planet's coordinates (x, y, z) in au at each TDB Julian date.

    Raises ValueError for an unknown planet.
    """
    if planet not in table():
        raise ValueError(f"unknown planet {planet!r}; known: {', '.join(table())}")
    return [_position(planet, time_jd) for time_jd in times_jd]


def radius(position: Position) -> mpf:
    """The distance from the Sun in au."""
    return mp.sqrt(sum(coordinate**2 for coordinate in position))


def errors_ulp(
    planet: str,
    times_jd: Sequence[float],
    x_au: Sequence[float],
    y_au: Sequence[float],
    z_au: Sequence[float],
) -> list[float]:
    """Each computed position's largest error in a coordinate, in ulps of the reference's radius.

    Raises ValueError for an unknown planet or if the four sequences differ in length.
    """
    computed = zip(x_au, y_au, z_au, strict=True)
    pairs = zip(positions(planet, times_jd), computed, strict=True)
    return [_error_ulp(exact, position) for exact, position in pairs]


def check(
    planet: str,
    times_jd: Sequence[float],
    x_au: Sequence[float],
    y_au: Sequence[float],
    z_au: Sequence[float],
) -> None:
    """Raises ValueError, naming the worst error, unless all positions are within the envelope."""
    errors = errors_ulp(planet, times_jd, x_au, y_au, z_au)
    outside = [i for i, error in enumerate(errors) if error > ENVELOPE_ULP]
    if outside:
        worst = max(outside, key=lambda i: errors[i])
        raise ValueError(
            f"{len(outside)} of {len(errors)} positions of {planet} are more than {ENVELOPE_ULP} "
            f"ulp off; the worst by {errors[worst]:.3g} ulp, at index {worst}, "
            f"{times_jd[worst]!r} TDB"
        )


def envelope_of(_request: Mapping[str, Any]) -> float:
    """How far an answer to a request may be off, in ulps."""
    return ENVELOPE_ULP


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], at_most: int) -> float:
    """Holds a service's decoded `answer` to the reference; the worst error seen, in ulps.

    Shapes are checked whole, numbers at up to `at_most` times from the first to the last.
    Raises ValueError for anything but the right fields, lengths and numbers within the envelope.
    """
    planet, times_jd = request["planet"], request["times_jd"]
    require_shape(answer, RESPONSE_FIELDS, len(times_jd))
    picked = spread(len(times_jd), at_most)
    times = [times_jd[i] for i in picked]
    columns = [[answer[axis][i] for i in picked] for axis in answer]
    check(planet, times, *columns)
    return max(errors_ulp(planet, times, *columns))


def solve_kepler(mean_anomaly: float | mpf, e: float | mpf) -> mpf:
    """The eccentric anomaly E with E - e sin E = `mean_anomaly`, in radians, for 0 <= e < 1."""
    mean_anomaly, e = mp.mpf(mean_anomaly), mp.mpf(e)
    low, high = mean_anomaly - e, mean_anomaly + e
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle - e * mp.sin(middle) < mean_anomaly:
            low = middle
        else:
            high = middle
    anomaly = (low + high) / 2
    for _ in range(_NEWTON_STEPS):
        sin, cos = mp.sin(anomaly), mp.cos(anomaly)
        anomaly -= (anomaly - e * sin - mean_anomaly) / (1 - e * cos)
    return anomaly


def mean_anomaly(planet: str, time_jd: float) -> mpf:
    """The mean anomaly in radians, whole turns included."""
    _, _, _, longitude, perihelion, _ = _elements(planet, time_jd)
    return longitude - perihelion


def _elements(planet: str, time_jd: float) -> tuple[mpf, ...]:
    """The elements a, e, I, L, varpi, Omega at `time_jd` in au and radians."""
    centuries = (mp.mpf(time_jd) - 2451545) / 36525
    a, e, *angles_deg = (
        mp.mpf(element) + mp.mpf(rate) * centuries
        for element, rate in zip(*table()[planet], strict=True)
    )
    return a, e, *(angle * mp.pi / 180 for angle in angles_deg)


@lru_cache(maxsize=200_000)
def _position(planet: str, time_jd: float) -> Position:
    a, e, inclination, longitude, perihelion, node = _elements(planet, time_jd)
    anomaly = solve_kepler(longitude - perihelion, e)
    true_anomaly = anomaly + 2 * mp.atan2(
        e * mp.sin(anomaly), 1 + mp.sqrt(1 - e**2) - e * mp.cos(anomaly)
    )
    distance = a * (1 - e**2) / (1 + e * mp.cos(true_anomaly))
    latitude_argument = true_anomaly + perihelion - node
    sin_u, cos_u = mp.sin(latitude_argument), mp.cos(latitude_argument)
    sin_node, cos_node = mp.sin(node), mp.cos(node)
    return (
        distance * (cos_node * cos_u - sin_node * sin_u * mp.cos(inclination)),
        distance * (sin_node * cos_u + cos_node * sin_u * mp.cos(inclination)),
        distance * sin_u * mp.sin(inclination),
    )


def _error_ulp(exact: Position, computed: tuple[float, float, float]) -> float:
    if not all(map(isfinite, computed)):
        return inf
    error = max(abs(mp.mpf(c) - x) for x, c in zip(exact, computed, strict=True))
    return float(error / ulp(float(radius(exact))))
