"""The HTTP bodies of `heat` as pydantic models; `docs/http-contract.md` states the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationInfo, field_validator

from python_api.equations.heat.contract import (
    MAX_DIFFUSIVITY,
    MAX_DT,
    MAX_DX,
    MAX_MESH_RATIO,
    MAX_POINT_STEPS,
    MAX_POINTS,
    MAX_STEPS,
    MAX_TEMPERATURE,
    MIN_DIFFUSIVITY,
    MIN_DT,
    MIN_DX,
    MIN_POINTS,
    UNITS,
    mesh_ratio,
)

Temperature = Annotated[float, Field(ge=-MAX_TEMPERATURE, le=MAX_TEMPERATURE)]


class Request(BaseModel):
    """A rod's n temperatures, and how its heat is to flow."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    temperature: Annotated[
        list[Temperature],
        Field(min_length=MIN_POINTS, max_length=MAX_POINTS, description=UNITS["temperature"]),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]
    diffusivity: Annotated[
        float, Field(ge=MIN_DIFFUSIVITY, le=MAX_DIFFUSIVITY, description=UNITS["diffusivity"])
    ]
    dx: Annotated[float, Field(ge=MIN_DX, le=MAX_DX, description=UNITS["dx"])]
    dt: Annotated[float, Field(ge=MIN_DT, le=MAX_DT, description=UNITS["dt"])]
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS, description=UNITS["steps"])]

    @field_validator("dt")
    @classmethod
    def _not_too_long(cls, dt: float, earlier: ValidationInfo) -> float:
        # A faulty field is missing here, and a fault of its own.
        values = earlier.data
        if "diffusivity" in values and "dx" in values:
            ratio = mesh_ratio(values["diffusivity"], values["dx"], dt)
            if ratio > MAX_MESH_RATIO:
                raise ValueError(f"diffusivity times dt over dx² may be at most {MAX_MESH_RATIO}")
        return dt

    @field_validator("steps")
    @classmethod
    def _not_too_many(cls, steps: int, earlier: ValidationInfo) -> int:
        if len(earlier.data.get("temperature", ())) * steps > MAX_POINT_STEPS:
            raise ValueError(f"points times steps may be at most {MAX_POINT_STEPS}")
        return steps


class Response(BaseModel):
    """The n temperatures after the steps."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    temperature: Annotated[list[float], Field(description=UNITS["temperature"])]
