"""`ephemeris` to 50 digits: what every backend and every served answer is held to.

Not the backends' formulas: degrees and unreduced angles throughout, Kepler's equation bracketed
and bisected before Newton's steps finish it, and the position from the true anomaly.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ulp

from mpmath import MPContext, mpf

from python_api.equations.ephemeris.contract import ENVELOPE_ULP
from python_api.equations.ephemeris.orbits import table

Position = tuple[mpf, mpf, mpf]

_mp = MPContext()
_mp.dps = 50
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
    return _mp.sqrt(sum(coordinate**2 for coordinate in position))


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
    # `not <=` rather than `>`: a NaN must not pass.
    outside = [i for i, error in enumerate(errors) if not error <= ENVELOPE_ULP]
    if outside:
        worst = max(outside, key=lambda i: errors[i])
        raise ValueError(
            f"{len(outside)} of {len(errors)} positions of {planet} are more than {ENVELOPE_ULP} "
            f"ulp off; the worst by {errors[worst]:.3g} ulp, at index {worst}, "
            f"{times_jd[worst]!r} TDB"
        )


def solve_kepler(mean_anomaly: float | mpf, e: float | mpf) -> mpf:
    """The eccentric anomaly E with E - e sin E = `mean_anomaly`, in radians, for 0 <= e < 1."""
    mean_anomaly, e = _mp.mpf(mean_anomaly), _mp.mpf(e)
    low, high = mean_anomaly - e, mean_anomaly + e
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle - e * _mp.sin(middle) < mean_anomaly:
            low = middle
        else:
            high = middle
    anomaly = (low + high) / 2
    for _ in range(_NEWTON_STEPS):
        sin, cos = _mp.sin(anomaly), _mp.cos(anomaly)
        anomaly -= (anomaly - e * sin - mean_anomaly) / (1 - e * cos)
    return anomaly


@lru_cache(maxsize=200_000)
def _position(planet: str, time_jd: float) -> Position:
    elements, rates = table()[planet]
    centuries = (_mp.mpf(time_jd) - 2451545) / 36525
    drifted = (
        _mp.mpf(element) + _mp.mpf(rate) * centuries
        for element, rate in zip(elements, rates, strict=True)
    )
    a, e, *angles_deg = drifted
    inclination, longitude, perihelion, node = (angle * _mp.pi / 180 for angle in angles_deg)
    anomaly = solve_kepler(longitude - perihelion, e)

    true_anomaly = anomaly + 2 * _mp.atan2(
        e * _mp.sin(anomaly), 1 + _mp.sqrt(1 - e**2) - e * _mp.cos(anomaly)
    )
    distance = a * (1 - e**2) / (1 + e * _mp.cos(true_anomaly))
    latitude_argument = true_anomaly + perihelion - node
    sin_u, cos_u = _mp.sin(latitude_argument), _mp.cos(latitude_argument)
    sin_node, cos_node = _mp.sin(node), _mp.cos(node)
    return (
        distance * (cos_node * cos_u - sin_node * sin_u * _mp.cos(inclination)),
        distance * (sin_node * cos_u + cos_node * sin_u * _mp.cos(inclination)),
        distance * sin_u * _mp.sin(inclination),
    )


def _error_ulp(exact: Position, computed: tuple[float, float, float]) -> float:
    error = max(abs(_mp.mpf(c) - x) for x, c in zip(exact, computed, strict=True))
    return float(error / ulp(float(radius(exact))))
