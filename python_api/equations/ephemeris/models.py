"""The HTTP bodies of `ephemeris` as pydantic models; `docs/http-contract.md` states the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field

from python_api.equations.ephemeris.contract import MAX_JD, MAX_TIMES, MIN_JD, PlanetName

Time = Annotated[float, Field(ge=MIN_JD, le=MAX_JD)]


class Request(BaseModel):
    """A planet, and the n times to compute its positions at."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    planet: PlanetName
    times_jd: Annotated[
        list[Time],
        Field(min_length=1, max_length=MAX_TIMES, description="TDB Julian dates"),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]


class Response(BaseModel):
    """The n positions: heliocentric, mean ecliptic and equinox of J2000, in au."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    x_au: list[float]
    y_au: list[float]
    z_au: list[float]
