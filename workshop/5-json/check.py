"""What exercise 5 is held to."""

import json
import time

from stackgap.workshop import arrays
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "Where is the rest? Validation and JSON"
MINUTES = 20
QUESTION = "How many times as fast as pydantic and json is it for 1,000 numbers?"
AGAINST = "pydantic and json"
SLOW = (
    "Which of the two is slow, parse or render? Time each; then look for a library that knows the "
    "types beforehand."
)
LIMITS = [Limit("1,000 numbers read and printed", "solution", 2.0)]

_REFUSED = {
    "no JSON": b"{",
    "an empty body": b"",
    "a list at the top": b"[]",
    "a missing field": b'{"eccentricity": 0.1}',
    "an unknown field": b'{"eccentricity": 0.1, "mean_anomalies": [], "x": 1}',
    "a string for a number": b'{"eccentricity": 0.1, "mean_anomalies": ["1"]}',
    "true for a number": b'{"eccentricity": 0.1, "mean_anomalies": [true]}',
    "null for a number": b'{"eccentricity": null, "mean_anomalies": []}',
    "NaN": b'{"eccentricity": 0.1, "mean_anomalies": [NaN]}',
    "1e999": b'{"eccentricity": 0.1, "mean_anomalies": [1e999]}',
    "an eccentricity of 1": b'{"eccentricity": 1.0, "mean_anomalies": []}',
    "a negative eccentricity": b'{"eccentricity": -0.1, "mean_anomalies": []}',
    "10,001 anomalies": b'{"eccentricity": 0.1, "mean_anomalies": [' + b"1," * 10_000 + b"1]}",
    "trailing text": b'{"eccentricity": 0.1, "mean_anomalies": []} x',
}
_CALLS = 20

opened = python_file


def contract(own):
    """Types, and what is refused."""
    for what, body in _REFUSED.items():
        _must_refuse(what, own.parse, body)
    for what, answer in (("NaN", [float("nan")]), ("infinity", [1.0, float("inf")])):
        _must_refuse(f"an answer of {what}", own.render, answer)
    eccentricity, anomalies = own.parse(b'{"mean_anomalies": [1, 2.5], "eccentricity": 0}')
    if (eccentricity, list(anomalies)) != (0.0, [1.0, 2.5]):
        raise Wrong("integers are numbers too, and fields come in any order")
    if not isinstance(own.render([1.0]), bytes):
        raise Wrong("render must give bytes")


def correct(own, random):
    """What is read is what was written, to the last bit, both ways."""
    eccentricity = random.uniform(0, 0.99)
    anomalies = [random.uniform(-1e3, 1e3) for _ in range(random.randint(0, 50))]
    body = json.dumps({"eccentricity": eccentricity, "mean_anomalies": anomalies}).encode()
    read, own_anomalies = own.parse(body)
    if (read, list(own_anomalies)) != (eccentricity, anomalies):
        raise Wrong(f"{body[:80]!r}... is read as {(read, list(own_anomalies)[:3])!r}...")
    if json.loads(own.render(anomalies)) != {"eccentric_anomalies": anomalies}:
        raise Wrong(f"{anomalies[:3]!r}... is printed as {own.render(anomalies)[:80]!r}...")


def measure(own):
    """Seconds for a request and an answer."""
    anomalies = [0.006 * each - 3 for each in range(1000)]
    body = json.dumps({"eccentricity": 0.3, "mean_anomalies": anomalies}).encode()

    def turn():
        begun = time.perf_counter()
        for _ in range(_CALLS):
            own.render(own.parse(body)[1])
        return {LIMITS[0].quantity: (time.perf_counter() - begun) / _CALLS}

    return turn


def decided(turns, _runs):
    """As it was timed."""
    return arrays.times_as_fast(turns, LIMITS[0].quantity)


def _must_refuse(what, function, argument):
    try:
        function(argument)
    except ValueError:
        return
    raise Wrong(f"{function.__name__} must raise ValueError for {what}")
