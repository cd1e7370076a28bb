"""Lists, read and printed by the Rust extension in the contract that Axum serves."""

import json
from typing import Any

from python_api import _rust_ext, equations
from python_api.stacks import problems
from python_api.stacks.codecs import Solver
from python_api.stacks.problems import ProblemError


def solver(equation: str, backend: str) -> Solver:
    """See `Codec.solver`."""
    compute_lists = equations.load(equation, backend).compute_lists

    def solve(content: bytes) -> bytes:
        try:
            fields = _rust_ext.read_request(equation, content)
        except _rust_ext.FaultyRequest as fault:
            raise problem(fault) from None
        return _rust_ext.print_answer(equation, list(compute_lists(*fields)))

    return solve


def problem(fault: _rust_ext.FaultyRequest) -> ProblemError:
    """The problem of a body that the extension refuses."""
    return problems.invalid_body([problems.Fault(*fault.args)])


def schemas(equation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """See `Codec.schemas`."""
    request, response = _rust_ext.request_schema(equation), _rust_ext.response_schema(equation)
    return json.loads(request), json.loads(response)
