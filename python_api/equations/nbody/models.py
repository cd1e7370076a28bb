"""The HTTP bodies of `nbody` as pydantic models; `docs/http-contract.md` states the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field

from python_api.equations.lengths import as_long_as
from python_api.equations.nbody.contract import (
    MAX_BODIES,
    MAX_COORDINATE,
    MAX_MASS,
    MAX_SOFTENING,
    MIN_SOFTENING,
    UNITS,
)

Mass = Annotated[float, Field(ge=0.0, le=MAX_MASS)]
Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]


class Request(BaseModel):
    """The n bodies, and the length that softens their pull on each other."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    mass: Annotated[
        list[Mass],
        Field(min_length=1, max_length=MAX_BODIES, description=UNITS["mass"]),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]
    x: Annotated[
        list[Coordinate],
        Field(min_length=1, max_length=MAX_BODIES, description=UNITS["x"]),
        FailFast(),
        as_long_as("mass"),
    ]
    y: Annotated[
        list[Coordinate],
        Field(min_length=1, max_length=MAX_BODIES, description=UNITS["y"]),
        FailFast(),
        as_long_as("mass"),
    ]
    z: Annotated[
        list[Coordinate],
        Field(min_length=1, max_length=MAX_BODIES, description=UNITS["z"]),
        FailFast(),
        as_long_as("mass"),
    ]
    softening: Annotated[
        float, Field(ge=MIN_SOFTENING, le=MAX_SOFTENING, description=UNITS["softening"])
    ]


class Response(BaseModel):
    """The n accelerations in units of mass per length squared, where gravity's constant is 1."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    ax: Annotated[list[float], Field(description=UNITS["ax"])]
    ay: Annotated[list[float], Field(description=UNITS["ay"])]
    az: Annotated[list[float], Field(description=UNITS["az"])]
