"""The HTTP bodies of `nbody` as msgspec structs; `docs/http-contract.md` states the limits."""

from typing import Annotated

from msgspec import Meta

from python_api.equations.nbody.contract import (
    MAX_BODIES,
    MAX_COORDINATE,
    MAX_MASS,
    MAX_SOFTENING,
    MIN_SOFTENING,
    UNITS,
)
from python_api.equations.structs import Misfit, RequestStruct, ResponseStruct, of_other_length

Mass = Annotated[float, Meta(ge=0.0, le=MAX_MASS)]
Coordinate = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]


class Request(RequestStruct):
    """The n bodies, and the length that softens their pull on each other."""

    mass: Annotated[
        list[Mass], Meta(min_length=1, max_length=MAX_BODIES, description=UNITS["mass"])
    ]
    x: Annotated[
        list[Coordinate], Meta(min_length=1, max_length=MAX_BODIES, description=UNITS["x"])
    ]
    y: Annotated[
        list[Coordinate], Meta(min_length=1, max_length=MAX_BODIES, description=UNITS["y"])
    ]
    z: Annotated[
        list[Coordinate], Meta(min_length=1, max_length=MAX_BODIES, description=UNITS["z"])
    ]
    softening: Annotated[
        float, Meta(ge=MIN_SOFTENING, le=MAX_SOFTENING, description=UNITS["softening"])
    ]

    def misfit(self) -> Misfit | None:
        """See `RequestStruct.misfit`."""
        return of_other_length("mass", self.mass, {"x": self.x, "y": self.y, "z": self.z})


class Response(ResponseStruct):
    """The n accelerations in units of mass per length squared, where gravity's constant is 1."""

    ax: Annotated[list[float], Meta(description=UNITS["ax"])]
    ay: Annotated[list[float], Meta(description=UNITS["ay"])]
    az: Annotated[list[float], Meta(description=UNITS["az"])]
