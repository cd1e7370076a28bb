"""The HTTP bodies of `lorenz` as pydantic models; `docs/http-contract.md` states the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationInfo, field_validator

from python_api.equations.lorenz.contract import (
    COORDINATES,
    MAX_COORDINATE,
    MAX_DT,
    MAX_STEPS,
    MAX_TIME,
    MIN_DT,
    UNITS,
)

Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]


class Request(BaseModel):
    """Where to start, and how many steps of which length to take."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    state: Annotated[
        list[Coordinate],
        Field(min_length=COORDINATES, max_length=COORDINATES, description=UNITS["state"]),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]
    dt: Annotated[float, Field(ge=MIN_DT, le=MAX_DT, description=UNITS["dt"])]
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS, description=UNITS["steps"])]

    @field_validator("steps")
    @classmethod
    def _end_in_time(cls, steps: int, earlier: ValidationInfo) -> int:
        # A faulty dt is missing here, and a fault of its own.
        if earlier.data.get("dt", 0.0) * steps > MAX_TIME:
            raise ValueError(f"dt times steps may be at most {MAX_TIME}")
        return steps


class Response(BaseModel):
    """Where the Lorenz system is after the steps."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    state: Annotated[list[float], Field(description=UNITS["state"])]
