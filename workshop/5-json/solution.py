"""Exercise 5, one way to do it."""

# PREDICTION = (2, 8)

import math
from typing import Annotated

import msgspec


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request."""

    eccentricity: Annotated[float, msgspec.Meta(ge=0, lt=1)]
    mean_anomalies: Annotated[list[float], msgspec.Meta(max_length=10_000)]


class Answer(msgspec.Struct):
    """The body of an answer."""

    eccentric_anomalies: list[float]


_decoder = msgspec.json.Decoder(Request)
_encoder = msgspec.json.Encoder()


def parse(body: bytes) -> tuple[float, list[float]]:
    """Eccentricity and anomalies of a body; msgspec's errors are ValueErrors."""
    request = _decoder.decode(body)
    # A literal too large for a double may be read as infinity.
    if not math.isfinite(sum(map(abs, request.mean_anomalies))):
        raise ValueError("an anomaly is not finite")
    return request.eccentricity, request.mean_anomalies


def render(anomalies: list[float]) -> bytes:
    """The answer; one that is not finite makes the sum so too."""
    if not math.isfinite(sum(map(abs, anomalies))):
        raise ValueError("an answer is not finite")
    return _encoder.encode(Answer(anomalies))
