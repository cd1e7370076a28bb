"""`black_scholes` by the Rust extension. Needs no NumPy."""

from typing import TYPE_CHECKING

from python_api._rust_ext import black_scholes, black_scholes_into
from python_api.equations import doubles

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from python_api.equations.doubles import Doubles

__all__ = ["compute", "compute_lists"]


def compute(
    spot: "Buffer", strike: "Buffer", years: "Buffer", rate: float, volatility: float
) -> "tuple[Doubles, Doubles]":
    """The prices of n European calls and puts, as two arrays of n doubles.

    Any contiguous float64 buffers are taken. Prices in units of the currency, the rate per year
    compounded continuously, the volatility per square root of a year.
    Raises as `black_scholes_into` does.
    """
    n = doubles.count(spot)
    call, put = doubles.new(n), doubles.new(n)
    black_scholes_into(spot, strike, years, rate, volatility, call, put)
    return call, put


compute_lists = black_scholes
