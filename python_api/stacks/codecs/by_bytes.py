"""Bytes to bytes in one call of the Rust extension: no list of Python's in between."""

from python_api import _rust_ext, equations
from python_api.stacks.codecs import Solver
from python_api.stacks.codecs.by_rust import problem, schemas

__all__ = ["BACKENDS", "in_one_call", "schemas", "solver"]

BACKENDS = ("rust", "rust_simd")
"""Those that the call can compute by."""


def solver(equation: str, backend: str) -> Solver:
    """See `Codec.solver`; long work is done without the GIL, though the caller waits for it."""
    return in_one_call(equation, backend, "serde_json")


def in_one_call(equation: str, backend: str, reader: str) -> Solver:
    """The solver whose requests the extension reads by its codec `reader`."""
    equations.require_known("equation", equation, equations.EQUATIONS)
    equations.require_known("backend of one call of Rust", backend, BACKENDS)

    def solve(content: bytes) -> bytes:
        try:
            return _rust_ext.answer_request(equation, backend, content, reader)
        except _rust_ext.FaultyRequest as fault:
            raise problem(fault) from None

    return solve
