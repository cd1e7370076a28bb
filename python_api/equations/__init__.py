"""The equations, a package each: `contract`, HTTP `models`, one module a backend, `reference`.

Nothing here imports a backend before it is asked for, because what a process imports is part of
what it costs.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

EQUATIONS = ("ephemeris",)
BACKENDS = ("python", "numpy", "numba", "rust")


class EphemerisBackend(Protocol):
    """What every backend module of `ephemeris` offers to a service that speaks JSON."""

    def compute_lists(
        self, planet: str, times_jd: list[float]
    ) -> tuple[list[float], list[float], list[float]]:
        """The coordinates x, y, z in au at n times, as three lists of n floats."""


def load(equation: str, backend: str) -> EphemerisBackend:
    """The module that computes `equation` with `backend`, imported now if it was not yet.

    Raises ValueError for an unknown equation or backend, naming the known ones, and ImportError
    where the backend's library is not installed.
    """
    _require_known("equation", equation, EQUATIONS)
    _require_known("backend", backend, BACKENDS)
    module = import_module(f"{__name__}.{equation}.in_{backend}")
    return cast(EphemerisBackend, module)


def _require_known(kind: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known: {', '.join(known)}")
