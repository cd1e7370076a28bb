"""The equations, a package each: `contract`, HTTP `models`, one module a backend, `reference`.

Nothing here imports a backend before it is asked for, because what a process imports is part of
what it costs.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

EQUATIONS = ("ephemeris", "black_scholes", "lorenz", "nbody", "heat")
BACKENDS = ("python", "numpy", "numba", "rust", "rust_simd")


class Backend(Protocol):
    """What every backend module of an equation offers."""

    compute: Callable[..., Sequence[Sequence[float]]]
    """From a request's fields, by name or in order, to the response's fields in order.

    Numbers go in and come out in the backend's own kind of array.
    """

    compute_lists: Callable[..., Sequence[list[float]]]
    """The same from and to lists of floats, for a service that speaks JSON."""


def load(equation: str, backend: str) -> Backend:
    """The module that computes `equation` with `backend`, imported now if it was not yet.

    Raises ValueError for an unknown equation or backend, naming the known ones, and ImportError
    where the backend's library is not installed.
    """
    require_known("equation", equation, EQUATIONS)
    require_known("backend", backend, BACKENDS)
    module = import_module(f"{__name__}.{equation}.in_{backend}")
    return cast(Backend, module)


def require_known(kind: str, name: str, known: Sequence[str]) -> None:
    """Raises ValueError unless `name`, that of a `kind` of thing, is `known`; it lists those."""
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known: {', '.join(known)}")
