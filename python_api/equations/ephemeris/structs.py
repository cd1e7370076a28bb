"""The HTTP bodies of `ephemeris` as msgspec structs; `docs/http-contract.md` states the limits."""

from typing import Annotated

from msgspec import Meta

from python_api.equations.ephemeris.contract import MAX_JD, MAX_TIMES, MIN_JD, UNITS, PlanetName
from python_api.equations.structs import RequestStruct, ResponseStruct

Time = Annotated[float, Meta(ge=MIN_JD, le=MAX_JD)]


class Request(RequestStruct):
    """A planet, and the n times to compute its positions at."""

    planet: Annotated[PlanetName, Meta(extra_json_schema={"type": "string"})]
    times_jd: Annotated[
        list[Time], Meta(min_length=1, max_length=MAX_TIMES, description=UNITS["times_jd"])
    ]


class Response(ResponseStruct):
    """The n positions: heliocentric, mean ecliptic and equinox of J2000, in au."""

    x_au: Annotated[list[float], Meta(description=UNITS["x_au"])]
    y_au: Annotated[list[float], Meta(description=UNITS["y_au"])]
    z_au: Annotated[list[float], Meta(description=UNITS["z_au"])]
