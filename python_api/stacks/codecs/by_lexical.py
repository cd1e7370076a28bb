"""As `by_bytes`, with requests read as tuned Axum reads them."""

from python_api.stacks.codecs import Solver
from python_api.stacks.codecs.by_bytes import in_one_call, schemas

__all__ = ["schemas", "solver"]


def solver(equation: str, backend: str) -> Solver:
    """See `by_bytes.solver`."""
    return in_one_call(equation, backend, "lexical")
