"""`nbody` by the Rust extension with vector instructions. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import nbody_simd, nbody_simd_into
from python_api.equations import doubles

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists"]


def compute(
    mass: "Buffer", x: "Buffer", y: "Buffer", z: "Buffer", softening: float
) -> "tuple[Doubles, Doubles, Doubles]":
    """The accelerations of n bodies in x, y, z, as three arrays of n doubles.

    Any contiguous float64 buffers are taken. In units in which the gravitational constant is 1.
    Raises as `nbody_simd_into` does.
    """
    n = doubles.count(mass)
    ax, ay, az = doubles.new(n), doubles.new(n), doubles.new(n)
    nbody_simd_into(mass, x, y, z, softening, ax, ay, az)
    return ax, ay, az


compute_lists = nbody_simd
