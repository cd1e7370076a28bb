"""How far each backend is from the 50-digit reference, on the equations' own example requests.

    python -m benchmarks.accuracy [EQUATION ...]

prints, as JSON, the worst error of each backend and how much of the envelope it took. The tests
hold the backends to the same envelopes on random and on hard points as well.
"""

import argparse
import json
from importlib import import_module
from typing import Any

from python_api.equations import BACKENDS, EQUATIONS, load

LARGEST = 1_000
"""Examples of up to this size are computed, at each of the equation's sizes."""

PIECES = 1_000
FEWEST = 10
"""Values checked in an answer: so many that they take about PIECES pieces of work, and FEWEST."""


def errors(equation: str) -> list[dict[str, Any]]:
    """For each backend its worst error in the equation's ulps, and the largest part of an envelope.

    Raises ValueError for an answer outside the envelope.
    """
    return [_error(equation, backend) for backend in BACKENDS]


def _error(equation: str, backend: str) -> dict[str, Any]:
    contract = import_module(f"python_api.equations.{equation}.contract")
    reference = import_module(f"python_api.equations.{equation}.reference")
    compute = load(equation, backend).compute_lists
    worst, of_envelope, requests = 0.0, 0.0, 0
    for n in (size for size in contract.SIZES if size <= LARGEST):
        at_most = max(FEWEST, PIECES * n // contract.work(n))
        for request in contract.examples(n):
            answer = dict(zip(contract.RESPONSE_FIELDS, compute(**request), strict=True))
            error = reference.check_answer(request, answer, at_most)
            worst = max(worst, error)
            of_envelope = max(of_envelope, error / reference.envelope_of(request))
            requests += 1
    return {
        "equation": equation,
        "backend": backend,
        "worst_ulp": worst,
        "of_envelope": of_envelope,
        "requests": requests,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How far each backend is from the reference.")
    parser.add_argument("equation", nargs="*", default=EQUATIONS, help="default: all")
    chosen = parser.parse_args().equation
    print(json.dumps([row for equation in chosen for row in errors(equation)], indent=1))
