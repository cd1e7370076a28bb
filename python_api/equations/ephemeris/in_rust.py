"""`ephemeris` by the Rust extension. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import ephemeris, ephemeris_into, solve_kepler
from python_api.equations import doubles

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists", "solve_kepler"]


def compute(planet: str, times_jd: "Buffer") -> "tuple[Doubles, Doubles, Doubles]":
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three arrays of n doubles.

    `times_jd` may be any contiguous float64 buffer. Raises as `ephemeris_into` does.
    """
    n = doubles.count(times_jd)
    x_au, y_au, z_au = doubles.new(n), doubles.new(n), doubles.new(n)
    ephemeris_into(planet, times_jd, x_au, y_au, z_au)
    return x_au, y_au, z_au


compute_lists = ephemeris
