"""FastAPI exactly as its own first steps have it: no contract, no limits, nothing tuned.

What one would write in five minutes, so that its distance from `fastapi_app` can be measured.
Only `/health` is not of that kind: the harness asks every server who it is.
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from python_api.equations.ephemeris import in_python
from python_api.stacks import service

app = FastAPI()


class Times(BaseModel):
    """A planet, and TDB Julian dates."""

    planet: str
    times_jd: list[float]


class Positions(BaseModel):
    """Heliocentric positions, mean ecliptic and equinox of J2000, in au."""

    x_au: list[float]
    y_au: list[float]
    z_au: list[float]


@app.post("/v1/ephemeris")
async def ephemeris(times: Times) -> Positions:
    """The planet's position at each time."""
    x_au, y_au, z_au = in_python.compute_lists(times.planet, times.times_jd)
    return Positions(x_au=x_au, y_au=y_au, z_au=z_au)


served = service.from_environment(service.FASTAPI_PACKAGES)


@app.get("/health")
async def health() -> dict[str, Any]:
    """What is being served here, by what."""
    return served.health()
