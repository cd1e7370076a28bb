"""`ephemeris` by the Rust extension. Needs no NumPy."""

from array import array
from typing import TYPE_CHECKING

from python_api._rust_ext import ephemeris, ephemeris_into, solve_kepler

if TYPE_CHECKING:
    from typing_extensions import Buffer

    Doubles = array[float]

__all__ = ["compute", "compute_lists", "solve_kepler"]

_ZERO = array("d", [0.0])


def compute(planet: str, times_jd: "Buffer") -> "tuple[Doubles, Doubles, Doubles]":
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three arrays of n doubles.

    `times_jd` may be any contiguous float64 buffer. Raises as `ephemeris_into` does.
    """
    n = memoryview(times_jd).nbytes // _ZERO.itemsize
    # The cheapest way to a new array: out of `bytes` it would be written twice.
    x_au, y_au, z_au = (_ZERO * n for _ in range(3))
    ephemeris_into(planet, times_jd, x_au, y_au, z_au)
    return x_au, y_au, z_au


compute_lists = ephemeris
