"""`ephemeris` by the Rust extension with vector instructions. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import (
    ephemeris_simd,
    ephemeris_simd_into,
    solve_kepler_simd,
)
from python_api.equations import doubles

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists", "solve_kepler"]


def compute(planet: str, times_jd: "Buffer") -> "tuple[Doubles, Doubles, Doubles]":
    """The planet's coordinates x, y, z in au at n TDB Julian dates, as three arrays of n doubles.

    `times_jd` may be any contiguous float64 buffer. Raises as `ephemeris_simd_into` does.
    """
    n = doubles.count(times_jd)
    x_au, y_au, z_au = doubles.new(n), doubles.new(n), doubles.new(n)
    ephemeris_simd_into(planet, times_jd, x_au, y_au, z_au)
    return x_au, y_au, z_au


compute_lists = ephemeris_simd
solve_kepler = solve_kepler_simd
