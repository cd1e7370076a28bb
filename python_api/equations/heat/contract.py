"""What `heat` takes and gives: names, units, limits, and a realistic example of any size.

The standard library only: every service imports this, whatever its backend.
"""

from math import exp
from typing import TypedDict

MIN_POINTS = 3
"""Both ends, which are held, and one point between them."""

MAX_POINTS = 100_000
MAX_TEMPERATURE = 1e6
"""The largest magnitude of a temperature."""

MIN_DIFFUSIVITY = 1e-12
MAX_DIFFUSIVITY = 1e3
MIN_DX = 1e-6
MAX_DX = 1e3
MIN_DT = 1e-9
MAX_DT = 1e6

MAX_MESH_RATIO = 1_000.0
"""The largest diffusivity dt / dx²."""

MAX_STEPS = 100_000
MAX_POINT_STEPS = 5_000_000
"""The most points times steps: more would keep a server busy for too long."""

CHOICES: dict[str, tuple[str, ...]] = {}
"""The names that a field of a request may be, where it is one of a few, in their order."""

RESPONSE_FIELDS = ("temperature",)
"""A response's fields in their order, which is also that of what a backend returns."""

UNITS = {
    "temperature": "temperatures along the rod, ends included, on any scale",
    "diffusivity": "m²/s",
    "dx": "m, from point to point",
    "dt": "s",
    "steps": "Crank-Nicolson steps of dt each",
}
"""What the numbers of each field are; its description in the JSON Schemas."""

SIZES = (10, 100, 1_000, 10_000, 100_000)
"""The n at which it is measured."""

WORK_UNIT = "point step"

_STEPS = 10
_AMBIENT_C = 20.0
_SPOT_C = 60.0
# The hot spot's half-width, as a part of the rod's length.
_SPREAD = 0.07
_SPOTS = (0.5, 0.23, 0.61, 0.88)


class Example(TypedDict):
    """A request's body."""

    temperature: list[float]
    diffusivity: float
    dx: float
    dt: float
    steps: int


def mesh_ratio(diffusivity: float, dx: float, dt: float) -> float:
    """diffusivity dt / dx², by which the grid's size and the step's length count."""
    return diffusivity * dt / (dx * dx)


def example(n: int, spot: float = _SPOTS[0]) -> Example:
    """A request for a warm metal rod of `n` points with a hot spot at the part `spot` of it.

    Ten steps at a mesh ratio of 1. The same for the same arguments. Raises ValueError unless
    MIN_POINTS <= n <= MAX_POINTS.
    """
    if not MIN_POINTS <= n <= MAX_POINTS:
        raise ValueError(f"n must be {MIN_POINTS} to {MAX_POINTS}, not {n}")
    distances = ((i / (n - 1) - spot) / _SPREAD for i in range(n))
    return Example(
        temperature=[_AMBIENT_C + _SPOT_C * exp(-distance * distance) for distance in distances],
        diffusivity=1e-4,
        dx=0.01,
        dt=1.0,
        steps=_STEPS,
    )


def examples(n: int) -> list[Example]:
    """Four requests of `n` points, the spot elsewhere in each; raises ValueError as `example`."""
    return [example(n, spot) for spot in _SPOTS]


def work(n: int) -> int:
    """How many pieces of work, each a `WORK_UNIT`, `example(n)` asks for."""
    return n * _STEPS
