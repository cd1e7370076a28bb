"""The HTTP bodies of `lorenz` as msgspec structs; `docs/http-contract.md` states the limits."""

from typing import Annotated

from msgspec import Meta

from python_api.equations.lorenz.contract import (
    COORDINATES,
    MAX_COORDINATE,
    MAX_DT,
    MAX_STEPS,
    MAX_TIME,
    MIN_DT,
    UNITS,
)
from python_api.equations.structs import Misfit, RequestStruct, ResponseStruct

Coordinate = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]


class Request(RequestStruct):
    """Where to start, and how many steps of which length to take."""

    state: Annotated[
        list[Coordinate],
        Meta(min_length=COORDINATES, max_length=COORDINATES, description=UNITS["state"]),
    ]
    dt: Annotated[float, Meta(ge=MIN_DT, le=MAX_DT, description=UNITS["dt"])]
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS, description=UNITS["steps"])]

    def misfit(self) -> Misfit | None:
        """See `RequestStruct.misfit`."""
        if self.dt * self.steps > MAX_TIME:
            return Misfit("steps", f"dt times steps may be at most {MAX_TIME}")
        return None


class Response(ResponseStruct):
    """Where the Lorenz system is after the steps."""

    state: Annotated[list[float], Meta(description=UNITS["state"])]
