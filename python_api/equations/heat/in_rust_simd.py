"""`heat` by the Rust extension's SIMD kernels. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import heat_simd, heat_simd_into
from python_api.equations import doubles

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists"]


def compute(
    temperature: "Buffer", diffusivity: float, dx: float, dt: float, steps: int
) -> "tuple[Doubles]":
    """The n temperatures after `steps` Crank-Nicolson steps of `dt` seconds, ends held.

    `temperature` may be any contiguous float64 buffer; what is returned is an array of n doubles.
    Raises as `heat_simd_into` does.
    """
    after = doubles.new(doubles.count(temperature))
    heat_simd_into(temperature, diffusivity, dx, dt, steps, after)
    return (after,)


compute_lists = heat_simd
