"""What `lorenz` takes and gives: names, units, limits, and a realistic example of any size.

The standard library only: every service imports this, whatever its backend.
"""

from math import nextafter
from typing import TypedDict

SIGMA = 10.0
"""The Prandtl number, as in Lorenz's paper of 1963; so are the two that follow."""

RHO = 28.0
"""The Rayleigh number, in units of the one at which convection sets in."""

BETA = 8.0 / 3.0
"""The cells' shape: the double nearest 8/3, which is the definition for the reference too."""

COORDINATES = 3
"""How many numbers a state has."""

MAX_COORDINATE = 100.0
"""The largest magnitude of a coordinate at the start."""

MIN_DT = 1e-6
MAX_DT = 0.01
"""The longest step: Lorenz's own."""

MAX_STEPS = 100_000
"""Most steps in a request; at least one is needed."""

MAX_TIME = 20.0
"""The longest time that all steps together may last: over longer ones chaos leaves no digit."""

ENVELOPE_ULP = 8
"""How far a coordinate may lie from the reference, in the unit that belongs to the request.

`python_api.equations.lorenz` defines the unit and derives this.
"""

CHOICES: dict[str, tuple[str, ...]] = {}
"""The names that a field of a request may be, where it is one of a few, in their order."""

RESPONSE_FIELDS = ("state",)
"""A response's fields in their order, which is also that of what a backend returns."""

UNITS = {
    "state": "x, y, z: convection, horizontal and vertical temperature variation; dimensionless",
    "dt": "dimensionless time",
    "steps": "Runge-Kutta steps of dt each",
}
"""What the numbers of each field are; its description in the JSON Schemas."""

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
"""The n at which it is measured."""

WORK_UNIT = "step"

STARTS = ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (-8.0, 8.0, 27.0), (-15.8, -17.48, 35.64))
"""Where known trajectories begin: Lorenz 1963; Kehlet and Logg 2017; Hairer, Nørsett and Wanner,
Solving Ordinary Differential Equations I, section I.16; Liao 2009."""


class Example(TypedDict):
    """A request's body."""

    state: list[float]
    dt: float
    steps: int


def example(n: int, start: tuple[float, float, float] = STARTS[0]) -> Example:
    """A request for `n` steps from `start`, as long as the limits allow.

    The same for the same arguments. Raises ValueError unless 1 <= n <= MAX_STEPS.
    """
    if not 1 <= n <= MAX_STEPS:
        raise ValueError(f"n must be 1 to {MAX_STEPS}, not {n}")
    dt = min(MAX_DT, MAX_TIME / n)
    if dt * n > MAX_TIME:
        dt = nextafter(dt, 0.0)
    return Example(state=list(start), dt=dt, steps=n)


def examples(n: int) -> list[Example]:
    """One request of `n` steps from each of `STARTS`; raises ValueError as `example` does."""
    return [example(n, start) for start in STARTS]


def work(n: int) -> int:
    """How many pieces of work, each a `WORK_UNIT`, `example(n)` asks for."""
    return n
