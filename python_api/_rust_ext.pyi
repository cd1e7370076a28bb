"""The equations of the Rust core, for Python.

A `Buffer` is any object with the buffer protocol, such as `array.array`, `memoryview` or a NumPy
array; NumPy is not needed. Every message of an error names the argument at fault.
"""

from typing import Final

from typing_extensions import Buffer

__all__ = [
    "BUILD_HASH",
    "MAX_JD",
    "MAX_TIMES",
    "MIN_JD",
    "build_info",
    "ephemeris",
    "ephemeris_into",
    "noop",
    "solve_kepler",
]

BUILD_HASH: Final[str]
"""Hash of the Rust sources this was built from, or "unset" when the build did not say."""

MIN_JD: Final[float]
"""Earliest time the elements are fitted to, as a TDB Julian date."""

MAX_JD: Final[float]
"""Latest time the elements are fitted to, as a TDB Julian date."""

MAX_TIMES: Final[int]
"""Most times a request may ask a service for; the functions here take any number."""

def ephemeris(planet: str, times_jd: list[float]) -> tuple[list[float], list[float], list[float]]:
    """Heliocentric coordinates x, y, z of a planet, as three lists of n floats.

    Mean ecliptic and equinox of J2000, in au. `planet` is a lower-case English name, `times_jd`
    n TDB Julian dates within MIN_JD to MAX_JD, n >= 0. Many times are computed without the GIL.

    Raises TypeError for an argument, or a member of `times_jd`, of another type, and ValueError
    for an unknown planet or a time that is out of range or no finite number.
    """

def ephemeris_into(planet: str, times_jd: Buffer, x_au: Buffer, y_au: Buffer, z_au: Buffer) -> None:
    """As `ephemeris`, from and into one-dimensional contiguous float64 buffers of n values.

    The buffers are never copied as a whole. Many times are computed without the GIL; should
    another thread write into a buffer meanwhile, each value is an old one or a new one, and
    nothing worse happens.

    Raises TypeError for an argument that is no float64 buffer in the machine's byte order, and
    ValueError for one that is not one-dimensional or not contiguous, a read-only output, an
    output of another length than `times_jd`, an output that shares memory with another argument,
    and for planet and times as `ephemeris`. After an error the outputs are as they were.
    """

def solve_kepler(mean_anomaly: float, e: float) -> float:
    """The eccentric anomaly E with E - e sin E = `mean_anomaly`.

    Radians, -pi to pi; eccentricities from 0 to 0.3.
    """

def noop() -> None:
    """Does nothing: what it takes is the price of a call."""

def build_info() -> dict[str, str]:
    """How this was built: `build_hash`, `profile`, `rustc`, `target`, `target_features`."""
