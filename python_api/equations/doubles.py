"""Arrays of doubles for the Rust extension to read and fill. Needs no NumPy."""

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

    Doubles = array[float]

_ZERO = array("d", [0.0])


def new(n: int) -> "Doubles":
    """An array of `n` zeros.

    Repeating one is the cheapest way to it: out of `bytes` it would be written twice.
    """
    return _ZERO * n


def count(values: "Buffer") -> int:
    """How many doubles `values` has room for; the extension refuses what holds something else."""
    return memoryview(values).nbytes // _ZERO.itemsize
