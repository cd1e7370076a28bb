"""`ephemeris` by numexpr: an expression is one pass, in blocks that stay in the cache."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.peer import Peer
from python_api.equations.ephemeris.orbits import (
    DAYS_PER_CENTURY,
    EPOCH_JD,
    MAX_STEPS,
    RADIANS_PER_UNIT,
    SMALL_STEP,
    TURN,
    Orbit,
    orbit,
)

Array = NDArray[np.float64]
Positions = tuple[Array, Array, Array]

_DAYS = f"(t - {EPOCH_JD})"
_WHOLE_DAYS = f"floor({_DAYS} + 0.5)"
_EXACT = f"(anomaly_high * {DAYS_PER_CENTURY} + anomaly_rate_high * {_WHOLE_DAYS})"
_REDUCED = f"({_EXACT} - {TURN} * floor({_EXACT} / {TURN} + 0.5))"
_REST = (
    f"(anomaly_low * {DAYS_PER_CENTURY} + anomaly_rate_low * {_WHOLE_DAYS}"
    f" + (anomaly_rate_high + anomaly_rate_low) * ({_DAYS} - {_WHOLE_DAYS}))"
)


def _drift(element: str, rate: str) -> str:
    return f"({element} + {rate} * ({_DAYS} / {DAYS_PER_CENTURY}))"


@cache
def _elements(planet: str) -> dict[str, NDArray[np.float64]]:
    """The planet's elements in the form numexpr takes a number in."""
    return {name: np.asarray(value) for name, value in orbit(planet)._asdict().items()}


def _numexpr() -> Callable[[str, Array], Positions]:
    from numexpr import NumExpr, set_num_threads

    set_num_threads(1)

    def compiled(expression: str, *names: str) -> Any:
        return NumExpr(expression, [(name, np.float64) for name in names])

    def of_time(expression: str) -> Callable[..., Any]:
        """`expression` of the time and those of the orbit's elements that it mentions."""
        names = [name for name in Orbit._fields if name in _words(expression)]
        run = compiled(expression, "t", *names)
        return lambda t, elements: run(t, *(elements[name] for name in names))

    semi_major_axis = of_time(_drift("a_au", "a_rate"))
    eccentricity = of_time(_drift("e", "e_rate"))
    mean_anomaly = of_time(f"({_REDUCED} + {_REST}) * {RADIANS_PER_UNIT}")
    angles = [
        (of_time(f"sin({angle})"), of_time(f"cos({angle})"))
        for angle in (
            _drift("perihelion", "perihelion_rate"),
            _drift("inclination", "inclination_rate"),
            _drift("node", "node_rate"),
        )
    ]
    start = compiled("m + e * sin(m)", "m", "e")
    newton = compiled("(E - e * sin(E) - m) / (1.0 - e * cos(E))", "E", "e", "m")
    to_perihelion = compiled("a * (cos(E) - e)", "a", "e", "E")
    to_side = compiled("a * sqrt(1.0 - e * e) * sin(E)", "a", "e", "E")
    minus, plus = (compiled(f"c * p {sign} s * q", "c", "p", "s", "q") for sign in "-+")
    product = compiled("p * q", "p", "q")

    def compute(planet: str, times_jd: Array) -> Positions:
        elements = _elements(planet)
        a, e = semi_major_axis(times_jd, elements), eccentricity(times_jd, elements)
        mean = mean_anomaly(times_jd, elements)
        anomaly = start(mean, e)
        for _ in range(MAX_STEPS):
            step = newton(anomaly, e, mean)
            anomaly -= step
            if np.abs(step, out=step).max() <= SMALL_STEP:
                break
        (sin_w, cos_w), (sin_i, cos_i), (sin_node, cos_node) = (
            (sine(times_jd, elements), cosine(times_jd, elements)) for sine, cosine in angles
        )
        p, q = to_perihelion(a, e, anomaly), to_side(a, e, anomaly)
        to_node, past_node = minus(cos_w, p, sin_w, q), plus(sin_w, p, cos_w, q)
        across = product(cos_i, past_node)
        return (
            minus(cos_node, to_node, sin_node, across),
            plus(sin_node, to_node, cos_node, across),
            product(sin_i, past_node),
        )

    return compute


def _words(expression: str) -> set[str]:
    return set("".join(c if c.isidentifier() or c.isdigit() else " " for c in expression).split())


PEERS = {"numexpr": Peer("numexpr", _numexpr)}
