"""What exercise 7 is held against: the route in FastAPI, on uvicorn without access log."""

import math

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    eccentricity: float = Field(ge=0, lt=1)
    mean_anomalies: list[float] = Field(max_length=10_000)


class Answer(BaseModel):
    """The body of an answer."""

    eccentric_anomalies: list[float]


app = FastAPI()


@app.post("/kepler")
async def kepler(request: Request) -> Answer:
    """The eccentric anomaly of each mean anomaly, in radians."""
    eccentricity = request.eccentricity
    return Answer(
        eccentric_anomalies=[_solved(eccentricity, each) for each in request.mean_anomalies]
    )


def _solved(eccentricity: float, anomaly: float) -> float:
    own = anomaly + eccentricity * math.sin(anomaly)
    for _ in range(50):
        step = (own - eccentricity * math.sin(own) - anomaly) / (1 - eccentricity * math.cos(own))
        own -= step
        if abs(step) <= 1e-14 * max(1.0, abs(own)):
            break
    return own
