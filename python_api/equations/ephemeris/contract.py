"""What `ephemeris` takes and gives: names, units, limits, and a realistic example of any size.

The standard library only: every service imports this, whatever its backend.
"""

from typing import Literal, TypedDict, get_args

PlanetName = Literal["mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune"]
"""Lower-case English names, from the Sun outwards; `earth` is the Earth-Moon barycentre."""

PLANETS: tuple[str, ...] = get_args(PlanetName)

MIN_JD = 2378496.5
"""1800-01-01 00:00, the earliest time the elements are fitted to, as a TDB Julian date."""

MAX_JD = 2469807.5
"""2050-01-01 00:00, the latest."""

MAX_TIMES = 100_000
"""Most times in a request; at least one is needed."""

ENVELOPE_ULP = 24
"""How far a coordinate may lie from the reference, in ulps of the reference's radius.

`python_api.equations.ephemeris` derives it.
"""

CHOICES: dict[str, tuple[str, ...]] = {"planet": PLANETS}
"""The names that a field of a request may be, where it is one of a few, in their order."""

RESPONSE_FIELDS = ("x_au", "y_au", "z_au")
"""A response's fields in their order, which is also that of what a backend returns."""

UNITS = {
    "times_jd": "TDB Julian dates",
    **dict.fromkeys(RESPONSE_FIELDS, "au, heliocentric, mean ecliptic and equinox of J2000"),
}
"""What the numbers of each field are; its description in the JSON Schemas."""

WORK_UNIT = "position"
"""What `work` counts, in the singular."""

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
"""The numbers of times that backends are measured at."""

_MINUTES_PER_DAY = 1440
# The golden ratio's fractional part: its multiples spread evenly, at irregular distances.
_GOLDEN = 0.6180339887498949


class Example(TypedDict):
    """A request's body."""

    planet: str
    times_jd: list[float]


def example(n: int, planet: str = "mars") -> Example:
    """A request for `n` times spread irregularly over 1800 to 2050, each at a full minute.

    The same for the same `n` and `planet`. Raises ValueError unless 1 <= n <= MAX_TIMES and the
    planet is known.
    """
    if not 1 <= n <= MAX_TIMES:
        raise ValueError(f"n must be 1 to {MAX_TIMES}, not {n}")
    if planet not in PLANETS:
        raise ValueError(f"unknown planet {planet!r}; known: {', '.join(PLANETS)}")
    minutes = round((MAX_JD - MIN_JD) * _MINUTES_PER_DAY)
    start = PLANETS.index(planet) / len(PLANETS)
    spread = ((start + i * _GOLDEN) % 1.0 for i in range(1, n + 1))
    return Example(
        planet=planet,
        times_jd=[MIN_JD + int(part * minutes) / _MINUTES_PER_DAY for part in spread],
    )


def examples(n: int) -> list[Example]:
    """One request of `n` times for each planet; raises ValueError as `example` does."""
    return [example(n, planet) for planet in PLANETS]


def work(n: int) -> int:
    """How many positions a request of `n` times asks for."""
    return n
