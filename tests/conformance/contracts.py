"""Every equation's contract as data: fields, limits and a good request, for the tests to vary.

The limits are those of docs/http-contract.md, on purpose not read from what is tested.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, nextafter
from typing import Any


@dataclass(frozen=True)
class OneOf:
    """A string, one of a few."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """A number from `least` to `most`; tests draw one up to `drawn` where more is another's fault.

    `beside` are values of other fields with which either limit keeps those on fields together.
    """

    least: float
    most: float
    drawn: float = inf
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Number(Limits):
    """A number."""

    def outside(self) -> list[float]:
        """The doubles next to the limits."""
        return [nextafter(self.least, -inf), nextafter(self.most, inf)]


@dataclass(frozen=True)
class Integer(Limits):
    """An integer, written without sign, fraction or exponent."""

    least: int
    most: int

    def outside(self) -> list[int]:
        """The integers next to the limits."""
        return [self.least - 1, self.most + 1]


@dataclass(frozen=True)
class Numbers:
    """An array of `fewest` to `greatest` numbers; all arrays of a request have one length."""

    each: Number
    fewest: int
    greatest: int


Field = OneOf | Number | Integer | Numbers


@dataclass(frozen=True)
class Together:
    """A limit on several fields: changes to the good request that just keep and just break it."""

    kept: Mapping[str, Any]
    broken: Mapping[str, Any]
    at: str


@dataclass(frozen=True)
class Contract:
    """An equation by its name: a request's fields, a good request, an answer's arrays."""

    name: str
    fields: Mapping[str, Field]
    good: Mapping[str, Any]
    outputs: tuple[str, ...]
    together: tuple[Together, ...] = ()

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/v1/{self.name}"

    @property
    def arrays(self) -> list[str]:
        """The fields that are arrays; the first is the one whose length is not at fault."""
        return [name for name, field in self.fields.items() if isinstance(field, Numbers)]

    def numbers(self, name: str) -> Numbers:
        """What the array `name` must be; AssertionError if it is none."""
        rule = self.fields[name]
        assert isinstance(rule, Numbers), name
        return rule

    def body(self, **changes: Any) -> str:
        """The good request, with other values of some fields."""
        return json.dumps({**self.good, **changes})

    def body_with(self, name: str, value: str) -> str:
        """The good request, with the value of one field written as given."""
        return write({**self._written(), name: value}.items())

    def body_without(self, name: str) -> str:
        """The good request, but for one field."""
        return write((key, value) for key, value in self._written().items() if key != name)

    def body_with_member(self, key: str, value: str) -> str:
        """The good request, after one more member whose value is written as given."""
        return write([(key, value), *self._written().items()])

    def item(self, name: str, place: int, value: str) -> str:
        """The good request's array `name`, with the item at `place` written as given."""
        items = [json.dumps(own) for own in self.good[name]]
        items[place] = value
        return f"[{','.join(items)}]"

    def _written(self) -> dict[str, str]:
        return {name: json.dumps(value) for name, value in self.good.items()}


def write(members: Iterable[tuple[str, str]]) -> str:
    """An object of `members`, whose values are written as given."""
    return f"{{{','.join(f'{json.dumps(key)}:{value}' for key, value in members)}}}"


_PLANETS = ("mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune")

EPHEMERIS = Contract(
    "ephemeris",
    {
        "planet": OneOf(_PLANETS),
        "times_jd": Numbers(Number(2378496.5, 2469807.5), 1, 100_000),
    },
    {"planet": "mars", "times_jd": [2451545.0, 2451545.5]},
    ("x_au", "y_au", "z_au"),
)

BLACK_SCHOLES = Contract(
    "black_scholes",
    {
        "spot": Numbers(Number(0.01, 1e6), 1, 100_000),
        "strike": Numbers(Number(0.01, 1e6), 1, 100_000),
        "years": Numbers(Number(0.001, 30.0), 1, 100_000),
        "rate": Number(-0.1, 0.5),
        "volatility": Number(0.01, 3.0),
    },
    {
        "spot": [100.0, 101.5],
        "strike": [95.0, 120.0],
        "years": [0.5, 2.0],
        "rate": 0.03,
        "volatility": 0.25,
    },
    ("call", "put"),
)

LORENZ = Contract(
    "lorenz",
    {
        "state": Numbers(Number(-100.0, 100.0), 3, 3),
        "dt": Number(1e-6, 0.01),
        "steps": Integer(1, 100_000, drawn=2_000, beside={"dt": 1e-6}),
    },
    {"state": [1.0, -2.0, 20.0], "dt": 0.01, "steps": 10},
    ("state",),
    (
        # Exactly, 2000 times the double next to 0.01 is more than 20; as a double it is 20.
        Together({"dt": 0.01, "steps": 2_000}, {"dt": 0.01, "steps": 2_001}, "steps"),
        Together(
            {"dt": 0.0002, "steps": 100_000},
            {"dt": nextafter(0.0002, 1.0), "steps": 100_000},
            "steps",
        ),
    ),
)

NBODY = Contract(
    "nbody",
    {
        "mass": Numbers(Number(0.0, 1e9), 1, 2_000),
        "x": Numbers(Number(-1e6, 1e6), 1, 2_000),
        "y": Numbers(Number(-1e6, 1e6), 1, 2_000),
        "z": Numbers(Number(-1e6, 1e6), 1, 2_000),
        "softening": Number(1e-6, 1e6),
    },
    {"mass": [1.0, 0.5], "x": [0.0, 1.0], "y": [-1.5, 2.0], "z": [0.25, 0.0], "softening": 0.05},
    ("ax", "ay", "az"),
)

HEAT = Contract(
    "heat",
    {
        "temperature": Numbers(Number(-1e6, 1e6), 3, 100_000),
        # Drawn so that the mesh ratio stays below its limit.
        "diffusivity": Number(1e-12, 1e3, drawn=1e-10, beside={"dx": 1e3}),
        "dx": Number(1e-6, 1e3, beside={"diffusivity": 1e-12}),
        "dt": Number(1e-9, 1e6, drawn=1.0, beside={"dx": 1e3}),
        "steps": Integer(1, 100_000),
    },
    {
        "temperature": [0.0, 1.0, 5.5, 1.0, 0.0],
        "diffusivity": 1e-4,
        "dx": 0.01,
        "dt": 1.0,
        "steps": 10,
    },
    ("temperature",),
    (
        Together(
            {"temperature": [1.0] * 5_000, "steps": 1_000},
            {"temperature": [1.0] * 5_000, "steps": 1_001},
            "steps",
        ),
        Together(
            {"temperature": [1.0] * 100_000, "steps": 50},
            {"temperature": [1.0] * 100_000, "steps": 51},
            "steps",
        ),
        Together(
            {"diffusivity": 1e3, "dx": 1.0, "dt": 1.0},
            {"diffusivity": 1e3, "dx": 1.0, "dt": nextafter(1.0, 2.0)},
            "dt",
        ),
    ),
)

CONTRACTS = (EPHEMERIS, BLACK_SCHOLES, LORENZ, NBODY, HEAT)
"""In the order in which every stack lists them."""
