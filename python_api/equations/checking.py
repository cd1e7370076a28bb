"""What the equations' references share in holding an answer to the exact one."""

from collections.abc import Mapping, Sequence
from typing import Any


def require_shape(answer: Mapping[str, Any], fields: Sequence[str], n: int) -> None:
    """Raises ValueError unless `answer` has exactly `fields`, in order, each of `n` values."""
    if tuple(answer) != tuple(fields):
        raise ValueError(f"fields {list(answer)}")
    if any(len(answer[field]) != n for field in fields):
        raise ValueError(f"not {n} values in each field")


def spread(n: int, at_most: int) -> list[int]:
    """Up to `at_most` indices of a sequence of length `n`, even apart, both ends included."""
    if n <= at_most:
        return list(range(n))
    return [i * (n - 1) // (at_most - 1) for i in range(at_most)]
