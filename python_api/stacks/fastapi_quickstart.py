"""FastAPI exactly as its own first steps have it: no contract, no limits, nothing tuned.

What one would write in five minutes, so that its distance from `fastapi_app` can be measured.
Only `/health` is not of that kind: the harness asks every server who it is.
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from python_api.equations.black_scholes.in_python import compute_lists as option_prices
from python_api.equations.ephemeris.in_python import compute_lists as planet_positions
from python_api.equations.heat.in_python import compute_lists as diffused
from python_api.equations.lorenz.in_python import compute_lists as advanced
from python_api.equations.nbody.in_python import compute_lists as gravity
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
    x_au, y_au, z_au = planet_positions(times.planet, times.times_jd)
    return Positions(x_au=x_au, y_au=y_au, z_au=z_au)


class Chain(BaseModel):
    """European options in one market."""

    spot: list[float]
    strike: list[float]
    years: list[float]
    rate: float
    volatility: float


class Prices(BaseModel):
    """The price of each option as a call and as a put."""

    call: list[float]
    put: list[float]


@app.post("/v1/black_scholes")
async def black_scholes(chain: Chain) -> Prices:
    """The options' prices after Black and Scholes."""
    call, put = option_prices(chain.spot, chain.strike, chain.years, chain.rate, chain.volatility)
    return Prices(call=call, put=put)


class Start(BaseModel):
    """A state of the Lorenz system, and how far to go from it."""

    state: list[float]
    dt: float
    steps: int


class End(BaseModel):
    """A state of the Lorenz system."""

    state: list[float]


@app.post("/v1/lorenz")
async def lorenz(start: Start) -> End:
    """Where the Lorenz system is after the steps."""
    (state,) = advanced(start.state, start.dt, start.steps)
    return End(state=state)


class Bodies(BaseModel):
    """Masses and where they are."""

    mass: list[float]
    x: list[float]
    y: list[float]
    z: list[float]
    softening: float


class Accelerations(BaseModel):
    """The bodies' accelerations."""

    ax: list[float]
    ay: list[float]
    az: list[float]


@app.post("/v1/nbody")
async def nbody(bodies: Bodies) -> Accelerations:
    """How the bodies pull each other."""
    ax, ay, az = gravity(bodies.mass, bodies.x, bodies.y, bodies.z, bodies.softening)
    return Accelerations(ax=ax, ay=ay, az=az)


class Rod(BaseModel):
    """A rod's temperatures, and how its heat is to flow."""

    temperature: list[float]
    diffusivity: float
    dx: float
    dt: float
    steps: int


class Temperatures(BaseModel):
    """A rod's temperatures."""

    temperature: list[float]


@app.post("/v1/heat")
async def heat(rod: Rod) -> Temperatures:
    """The rod's temperatures after the steps."""
    (temperature,) = diffused(rod.temperature, rod.diffusivity, rod.dx, rod.dt, rod.steps)
    return Temperatures(temperature=temperature)


served = service.from_environment(service.FASTAPI_PACKAGES)


@app.get("/health")
async def health() -> dict[str, Any]:
    """What is being served here, by what."""
    return served.health()
