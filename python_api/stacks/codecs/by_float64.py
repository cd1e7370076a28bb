"""Bytes to bytes as `by_bytes` does, and raw doubles to raw doubles, each in one call."""

from python_api import _rust_ext, equations
from python_api.stacks.codecs import Solver
from python_api.stacks.codecs.by_bytes import BACKENDS, schemas, solver
from python_api.stacks.codecs.by_rust import problem

__all__ = ["float64_solver", "schemas", "solver"]


def float64_solver(equation: str, backend: str) -> Solver:
    """See `Float64Codec.float64_solver`."""
    equations.require_known("equation", equation, equations.EQUATIONS)
    equations.require_known("backend of the codec float64", backend, BACKENDS)

    def solve(content: bytes) -> bytes:
        try:
            return _rust_ext.answer_float64(equation, backend, content)
        except _rust_ext.FaultyRequest as fault:
            raise problem(fault) from None

    return solve
