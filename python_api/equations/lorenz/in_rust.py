"""`lorenz` by the Rust extension. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import lorenz, lorenz_into
from python_api.equations import doubles
from python_api.equations.lorenz.contract import COORDINATES

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists"]


def compute(state: "Buffer", dt: float, steps: int) -> "tuple[Doubles]":
    """Where `steps` Runge-Kutta steps of `dt` lead from `state`, the coordinates x, y, z.

    `state` may be any contiguous float64 buffer of three; what is returned is an array of three
    doubles. Raises as `lorenz_into` does.
    """
    end = doubles.new(COORDINATES)
    lorenz_into(state, dt, steps, end)
    return (end,)


compute_lists = lorenz
