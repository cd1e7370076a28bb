"""The HTTP bodies of `ephemeris` as pydantic models; `docs/http-contract.md` states the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field

from python_api.equations.ephemeris.contract import MAX_JD, MAX_TIMES, MIN_JD, UNITS, PlanetName

Time = Annotated[float, Field(ge=MIN_JD, le=MAX_JD)]


class Request(BaseModel):
    """A planet, and the n times to compute its positions at."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    planet: PlanetName
    times_jd: Annotated[
        list[Time],
        Field(min_length=1, max_length=MAX_TIMES, description=UNITS["times_jd"]),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]


class Response(BaseModel):
    """The n positions: heliocentric, mean ecliptic and equinox of J2000, in au."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    x_au: Annotated[list[float], Field(description=UNITS["x_au"])]
    y_au: Annotated[list[float], Field(description=UNITS["y_au"])]
    z_au: Annotated[list[float], Field(description=UNITS["z_au"])]
