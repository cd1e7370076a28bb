"""The HTTP bodies of `heat` as msgspec structs; `docs/http-contract.md` states the limits."""

from typing import Annotated

from msgspec import Meta

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
from python_api.equations.structs import Misfit, RequestStruct, ResponseStruct

Temperature = Annotated[float, Meta(ge=-MAX_TEMPERATURE, le=MAX_TEMPERATURE)]


class Request(RequestStruct):
    """A rod's n temperatures, and how its heat is to flow."""

    temperature: Annotated[
        list[Temperature],
        Meta(min_length=MIN_POINTS, max_length=MAX_POINTS, description=UNITS["temperature"]),
    ]
    diffusivity: Annotated[
        float, Meta(ge=MIN_DIFFUSIVITY, le=MAX_DIFFUSIVITY, description=UNITS["diffusivity"])
    ]
    dx: Annotated[float, Meta(ge=MIN_DX, le=MAX_DX, description=UNITS["dx"])]
    dt: Annotated[float, Meta(ge=MIN_DT, le=MAX_DT, description=UNITS["dt"])]
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS, description=UNITS["steps"])]

    def misfit(self) -> Misfit | None:
        """See `RequestStruct.misfit`."""
        if mesh_ratio(self.diffusivity, self.dx, self.dt) > MAX_MESH_RATIO:
            return Misfit("dt", f"diffusivity times dt over dx² may be at most {MAX_MESH_RATIO}")
        if len(self.temperature) * self.steps > MAX_POINT_STEPS:
            return Misfit("steps", f"points times steps may be at most {MAX_POINT_STEPS}")
        return None


class Response(ResponseStruct):
    """The n temperatures after the steps."""

    temperature: Annotated[list[float], Meta(description=UNITS["temperature"])]
