"""What `nbody` takes and gives: names, units, limits, and realistic examples of any size.

The standard library only: every service imports this, whatever its backend.
"""

from math import cos, pi, sin, sqrt
from random import Random
from typing import TypedDict

MAX_BODIES = 2_000
"""Most bodies in a request; at least one is needed."""

MAX_MASS = 1e9
"""The largest mass; the smallest is 0, that of a body which only feels the others."""

MAX_COORDINATE = 1e6
"""The largest coordinate of a body, and less its sign the smallest."""

MIN_SOFTENING = 1e-6
MAX_SOFTENING = 1e6
"""The limits of the softening length."""

CHOICES: dict[str, tuple[str, ...]] = {}
"""The names that a field of a request may be, where it is one of a few, in their order."""

RESPONSE_FIELDS = ("ax", "ay", "az")
"""A response's fields in their order, which is also that of what a backend returns."""

UNITS = {
    "mass": "masses, in units in which the gravitational constant is 1",
    **dict.fromkeys(("x", "y", "z"), "coordinates, in units of length"),
    "softening": "Plummer's softening length, in units of length",
    **dict.fromkeys(RESPONSE_FIELDS, "accelerations, in units of mass per length squared"),
}
"""What the numbers of each field are; its description in the JSON Schemas."""

WORK_UNIT = "pair"
"""What `work` counts, in the singular: one body's pull on another, or on itself."""

SIZES = (1, 10, 100, 1_000)
"""The numbers of bodies that backends are measured at."""

SEEDS = (1, 2, 3, 4)
"""Those of the examples."""

_SOFTENING = 0.05


class Example(TypedDict):
    """A request's body."""

    mass: list[float]
    x: list[float]
    y: list[float]
    z: list[float]
    softening: float


def example(n: int, seed: int = SEEDS[0]) -> Example:
    """A request for a star cluster of `n` bodies: a Plummer sphere of radius 1 and mass 1.

    Drawn as Aarseth, Hénon and Wielen have it (Astronomy and Astrophysics 37, 1974): the share of
    the mass within a star's radius is drawn evenly, and so is its direction. The same for the same
    `n` and `seed`. Raises ValueError unless 1 <= n <= MAX_BODIES.
    """
    if not 1 <= n <= MAX_BODIES:
        raise ValueError(f"n must be 1 to {MAX_BODIES}, not {n}")
    draw = Random(seed)
    places = [_place(draw) for _ in range(n)]
    return Example(
        mass=[1.0 / n] * n,
        x=[x for x, _, _ in places],
        y=[y for _, y, _ in places],
        z=[z for _, _, z in places],
        softening=_SOFTENING,
    )


def examples(n: int) -> list[Example]:
    """One request of `n` bodies for each seed; raises ValueError as `example` does."""
    return [example(n, seed) for seed in SEEDS]


def work(n: int) -> int:
    """How many pairs a request of `n` bodies makes: each is ordered, and none left out."""
    return n * n


def _place(draw: Random) -> tuple[float, float, float]:
    # Without the ends, so that no star is at the centre or far away.
    mass_within = draw.uniform(0.001, 0.999)
    radius = 1.0 / sqrt(mass_within ** (-2.0 / 3.0) - 1.0)
    z = radius * draw.uniform(-1.0, 1.0)
    longitude = draw.uniform(0.0, 2.0 * pi)
    from_axis = sqrt(radius * radius - z * z)
    return from_axis * cos(longitude), from_axis * sin(longitude), z
