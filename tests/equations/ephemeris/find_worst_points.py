"""Finds the times at which the plain Python backend is furthest from the reference.

`python -m tests.equations.ephemeris.find_worst_points` prints what `worst_points.json` holds: of
50,000 times a planet drawn with a fixed seed, the five worst. It takes some minutes. Rounding
errors have no slope to climb: random search is the search there is.
"""

import json
import random

from python_api.equations.ephemeris import in_python, reference
from python_api.equations.ephemeris.contract import MAX_JD, MIN_JD, PLANETS

DRAWS = 50_000
KEPT = 5


def worst_times(planet: str) -> list[float]:
    """The `KEPT` worst of `DRAWS` random TDB Julian dates, worst first."""
    draw = random.Random(planet)
    times_jd = [draw.uniform(MIN_JD, MAX_JD) for _ in range(DRAWS)]
    errors = reference.errors_ulp(planet, times_jd, *in_python.compute(planet, times_jd))
    by_error = sorted(zip(errors, times_jd, strict=True), reverse=True)
    return [time_jd for _, time_jd in by_error[:KEPT]]


if __name__ == "__main__":
    print(json.dumps({planet: worst_times(planet) for planet in PLANETS}, indent=2))
