"""What is asked of every stack, and whether what it answers is right."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from python_api.equations import EQUATIONS
from stackgap.misuse import MisuseError


class Workload:
    """Realistic requests of one equation and size, and the reference to hold answers to."""

    def __init__(self, equation: str, n: int, checked_values: int = 16) -> None:
        """`n` values a request; of an answer up to `checked_values` are held to the reference.

        Raises MisuseError for an unknown equation, or an `n` outside its limits.
        """
        if equation not in EQUATIONS:
            raise MisuseError(f"unknown equation {equation!r}; known: {', '.join(EQUATIONS)}")
        # The contract and the reference only: a backend's libraries stay out of the harness.
        contract = import_module(f"python_api.equations.{equation}.contract")
        self._reference = import_module(f"python_api.equations.{equation}.reference")
        self._checked_values = checked_values
        self.equation = equation
        self.path = f"/v1/{equation}"
        try:
            self.requests: list[dict[str, Any]] = contract.examples(n)
        except ValueError as error:
            raise MisuseError(str(error)) from error
        self._errors_ulp: dict[tuple[int, str], float | None] = {}

    def write_bodies(self, folder: Path) -> list[str]:
        """Writes each request's JSON to a file of `folder`; the files' paths."""
        paths = []
        for index, request in enumerate(self.requests):
            path = folder / f"body-{index}.json"
            path.write_text(json.dumps(request))
            paths.append(str(path))
        return paths

    def worst_error_ulp(self, index: int, body: str) -> float | None:
        """The worst error of `body` as the answer to request `index`, in ulps, over the values
        checked, spread from the first to the last; None when it is no right answer."""
        # Servers answer a request with the same bytes each time: what was found is kept.
        key = (index, body)
        if key not in self._errors_ulp:
            self._errors_ulp[key] = self._check(self.requests[index], body)
        return self._errors_ulp[key]

    def _check(self, request: dict[str, Any], body: str) -> float | None:
        try:
            error: float = self._reference.check_answer(
                request, json.loads(body), self._checked_values
            )
        except (ValueError, TypeError, KeyError):
            return None
        return error
