"""What is asked of every stack, and whether what it answers is right."""

from importlib import import_module
from pathlib import Path
from typing import Any

from python_api.equations import EQUATIONS
from stackgap.measure.payload import read_answer, write_request
from stackgap.misuse import MisuseError
from stackgap.stacks import Payload


class Workload:
    """Realistic requests of one equation and size, and the reference to hold answers to."""

    def __init__(self, equation: str, n: int, checked_values: int = 16) -> None:
        """`n` values a request; of an answer up to `checked_values` are held to the reference.

        Raises MisuseError for an unknown equation, or an `n` outside its limits.
        """
        if equation not in EQUATIONS:
            raise MisuseError(f"unknown equation {equation!r}; known: {', '.join(EQUATIONS)}")
        # The contract and the reference only: a backend's libraries stay out of the harness.
        self._contract = import_module(f"python_api.equations.{equation}.contract")
        self._reference = import_module(f"python_api.equations.{equation}.reference")
        self._checked_values = checked_values
        self.equation = equation
        self.path = f"/v1/{equation}"
        try:
            self.requests: list[dict[str, Any]] = self._contract.examples(n)
        except ValueError as error:
            raise MisuseError(str(error)) from error
        self._errors_ulp: dict[tuple[int, Payload, bytes], float | None] = {}

    def bodies(self, payload: Payload) -> list[bytes]:
        """Each request's body."""
        choices = self._contract.CHOICES
        return [write_request(payload, request, choices) for request in self.requests]

    def write_bodies(self, folder: Path, payload: Payload) -> list[str]:
        """Writes each request's body to a file of `folder`; the files' paths."""
        paths = []
        for index, body in enumerate(self.bodies(payload)):
            path = folder / f"body-{index}.{payload}"
            path.write_bytes(body)
            paths.append(str(path))
        return paths

    def worst_error_ulp(self, index: int, payload: Payload, body: bytes) -> float | None:
        """The worst error of `body` as the answer to request `index`, in ulps, over the values
        checked, spread from the first to the last; None when it is no right answer."""
        # Servers answer a request with the same bytes each time: what was found is kept.
        key = (index, payload, body)
        if key not in self._errors_ulp:
            self._errors_ulp[key] = self._check(*key)
        return self._errors_ulp[key]

    def _check(self, index: int, payload: Payload, body: bytes) -> float | None:
        try:
            answer = read_answer(payload, body, self._contract.RESPONSE_FIELDS)
            error: float = self._reference.check_answer(
                self.requests[index], answer, self._checked_values
            )
        except (ValueError, TypeError, KeyError):
            return None
        return error
