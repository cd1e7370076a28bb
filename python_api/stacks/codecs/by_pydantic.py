"""pydantic, doing for a request what `fastapi_app` has it do.

JSON is read by the standard library, as FastAPI does; the equation's models then check the request
and, before it is printed, the answer.
"""

from importlib import import_module
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from python_api import equations
from python_api.stacks import body, pydantic_faults
from python_api.stacks.codecs import Solver


def solver(equation: str, backend: str) -> Solver:
    """See `Codec.solver`."""
    request_type, response_type = models(equation)
    request_adapter, response_adapter = TypeAdapter(request_type), TypeAdapter(response_type)
    known, names = request_type.model_fields, tuple(response_type.model_fields)
    compute_lists = equations.load(equation, backend).compute_lists

    def solve(content: bytes) -> bytes:
        value = body.parse(content)
        pydantic_faults.refuse_crowd(value, known)
        try:
            request = request_adapter.validate_python(value)
        except ValidationError as error:
            raise pydantic_faults.problem(error.errors()) from None
        results = compute_lists(**vars(request))
        response = response_type(**dict(zip(names, results, strict=True)))
        return response_adapter.dump_json(response)

    return solve


def schemas(equation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """See `Codec.schemas`."""
    request_type, response_type = models(equation)
    return request_type.model_json_schema(), response_type.model_json_schema()


def models(equation: str) -> tuple[type[BaseModel], type[BaseModel]]:
    """The models of a request for `equation` and of its answer; ValueError if it is unknown."""
    equations.require_known("equation", equation, equations.EQUATIONS)
    module = import_module(f"python_api.equations.{equation}.models")
    return module.Request, module.Response
