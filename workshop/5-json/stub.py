"""Exercise 5: where is the rest? Validation and JSON.

How many times as fast as pydantic and json will yours read a request and print an answer of 1,000
numbers?

# PREDICTION = (low, high)
"""

import json
import math

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    eccentricity: float = Field(ge=0, lt=1)
    mean_anomalies: list[float] = Field(max_length=10_000)


def parse(body: bytes) -> tuple[float, list[float]]:
    """Eccentricity and anomalies of a body {"eccentricity": e, "mean_anomalies": [M, ...]}.

    Raises ValueError for all else: no JSON, a field missing, unknown, of another type (a string or
    true is no number; an integer is one), not finite, an eccentricity outside [0, 1), or more than
    10,000 anomalies.
    """
    request = Request.model_validate_json(body)
    return request.eccentricity, request.mean_anomalies


def render(anomalies: list[float]) -> bytes:
    """The answer {"eccentric_anomalies": [E, ...]}, from which each number reads back the same.

    Raises ValueError for numbers that are not finite.
    """
    if not all(map(math.isfinite, anomalies)):
        raise ValueError("an answer is not finite")
    return json.dumps({"eccentric_anomalies": anomalies}).encode()
