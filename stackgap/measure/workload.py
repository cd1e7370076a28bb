"""What is asked of every stack, and whether what it answers is right."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

_CHECKED_VALUES = 16


class Workload:
    """Realistic requests of one equation and size, and the reference to hold answers to."""

    def __init__(self, equation: str, n: int) -> None:
        """`n` values a request.

        Raises ValueError for an unknown equation, or an `n` outside its limits.
        """
        # The contract and the reference only: a backend's libraries stay out of the harness.
        contract = import_module(f"python_api.equations.{equation}.contract")
        self._reference = import_module(f"python_api.equations.{equation}.reference")
        self.path = f"/v1/{equation}"
        self.requests: list[dict[str, Any]] = contract.examples(n)
        self._verdicts: dict[tuple[int, str], bool] = {}

    def write_bodies(self, folder: Path) -> list[str]:
        """Writes each request's JSON to a file of `folder`; the files' paths."""
        paths = []
        for index, request in enumerate(self.requests):
            path = folder / f"body-{index}.json"
            path.write_text(json.dumps(request))
            paths.append(str(path))
        return paths

    def is_right(self, index: int, body: str) -> bool:
        """Whether `body` answers request `index` within the equation's error envelope.

        Up to 16 values of it, spread from the first to the last, are held to the reference.
        """
        # Servers answer a request with the same bytes each time: a verdict is worth keeping.
        key = (index, body)
        if key not in self._verdicts:
            self._verdicts[key] = self._check(self.requests[index], body)
        return self._verdicts[key]

    def _check(self, request: dict[str, Any], body: str) -> bool:
        try:
            self._reference.check_answer(request, json.loads(body), _CHECKED_VALUES)
        except (ValueError, TypeError, KeyError):
            return False
        return True
