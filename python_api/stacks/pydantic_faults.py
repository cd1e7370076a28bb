"""The faults that pydantic finds, as the contract names them. Imports no framework."""

from collections.abc import Container, Iterable
from itertools import islice
from typing import Any

from python_api.stacks import problems
from python_api.stacks.problems import Fault, ProblemError

MAX_FAULTS = 10
"""How many faults of a body are named at most."""

MAX_MEMBERS = 100
"""Of a body with more members only the first unknown one is named: pydantic lists them all,
which takes seconds for the hundreds of thousands that fit into a body."""


def refuse_crowd(value: Any, known: Container[str]) -> None:
    """Raises ProblemError for an object with more members than pydantic should be shown."""
    if isinstance(value, dict) and len(value) > MAX_MEMBERS:
        unknown = next(name for name in value if name not in known)
        raise problems.invalid_body([Fault(problems.pointer([unknown]), "no such field")])


def problem(errors: Iterable[Any], above: int = 0) -> ProblemError:
    """The problem of a body in which pydantic has found these errors.

    The first `above` steps of each one's `loc` lead to the body.
    """
    faults = [
        Fault(problems.pointer(error["loc"][above:]), error["msg"])
        for error in islice(errors, MAX_FAULTS)
    ]
    return problems.invalid_body(faults)
