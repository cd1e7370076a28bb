"""What exercise 7 is held to."""

import json
from pathlib import Path

from stackgap.workshop import arrays, kepler, opening
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "The same route in Axum, to the same contract"
MINUTES = 25
QUESTION = "How many times as much CPU does FastAPI take for a request of 100 anomalies?"
AGAINST = "FastAPI"
SLOW = "What happens to the body more than once? And is it the release build you think of?"
LIMITS = [Limit("CPU for a request of 1,000 anomalies", "solution", 2.0)]
BASELINE = Path(__file__).with_name("fastapi_service.py")

_SMALL = "CPU for a request of 100 anomalies"
_REQUESTS = 60
_REFUSED = {
    "no JSON": b"{",
    "an empty body": b"",
    "a number at the top": b"1",
    "a missing field": b'{"eccentricity": 0.1}',
    "an unknown field": b'{"eccentricity": 0.1, "mean_anomalies": [], "x": 1}',
    "a string for a number": b'{"eccentricity": 0.1, "mean_anomalies": ["1"]}',
    "true for a number": b'{"eccentricity": 0.1, "mean_anomalies": [true]}',
    "1e999": b'{"eccentricity": 0.1, "mean_anomalies": [1e999]}',
    "an eccentricity of 1": b'{"eccentricity": 1.0, "mean_anomalies": []}',
    "10,001 anomalies": b'{"eccentricity": 0.1, "mean_anomalies": [' + b"1," * 10_000 + b"1]}",
}


def opened(path):
    """The running server of a Rust file; the one it is held against is Python."""
    return opening.rust_service(path) if path.suffix == ".rs" else opening.python_service(path)


def contract(own):
    """Status, type and shape of answers."""
    status, content_type, body = own.post("/kepler", _body(*kepler.SHOWN))
    if status != 200:
        raise Wrong(f"a good request to POST /kepler is answered {status}, not 200")
    if not content_type.startswith("application/json"):
        raise Wrong(f"the answer's content type is {content_type!r}, not application/json")
    if list(json.loads(body)) != ["eccentric_anomalies"]:
        raise Wrong("the answer must be an object with one field, eccentric_anomalies")
    for what, refused in _REFUSED.items():
        status, _, _ = own.post("/kepler", refused)
        if status != 422:
            raise Wrong(f"{what} is answered {status}, not 422")


def correct(own, random):
    """The equation holds for inputs drawn now."""
    eccentricity, anomalies = kepler.drawn(random)
    status, _, body = own.post("/kepler", _body(eccentricity, anomalies))
    if status != 200:
        raise Wrong(f"{len(anomalies)} anomalies at e = {eccentricity!r} are answered {status}")
    kepler.hold(eccentricity, anomalies, json.loads(body)["eccentric_anomalies"])


def measure(own):
    """CPU microseconds of the server's process for a request."""
    bodies = {
        quantity: _body(0.3, [6 * each / n - 3 for each in range(n)])
        for quantity, n in ((LIMITS[0].quantity, 1000), (_SMALL, 100))
    }

    def turn():
        return {
            quantity: own.cpu_us_per_request("/kepler", body, _REQUESTS)
            for quantity, body in bodies.items()
        }

    return turn


def decided(turns, _runs):
    """As it was measured."""
    return arrays.times_as_fast(turns, _SMALL)


def _body(eccentricity, anomalies):
    return json.dumps({"eccentricity": eccentricity, "mean_anomalies": list(anomalies)}).encode()
