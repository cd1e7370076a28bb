"""msgspec: it decodes and validates in one go, and says yes or no.

On a no the body is read again by the standard library, which knows what JSON the contract asks for,
and converted by msgspec field by field: that says what is wrong and where, or takes what the first
reading was too strict for, such as a key given twice.
"""

import re
from importlib import import_module
from typing import Any

import msgspec

from python_api import equations
from python_api.equations.structs import RequestStruct, ResponseStruct
from python_api.stacks import body, problems
from python_api.stacks.codecs import Solver
from python_api.stacks.problems import Fault, ProblemError

# An integer to msgspec, which thereby loses its sign. A fraction or an exponent may begin so too.
_MINUS_ZERO = re.compile(rb"(?<![eE])-0(?![\d.eE])")

# Where in an array a fault is, at the end of msgspec's message.
_INDEX = re.compile(r" - at `\$\[(\d+)\]`$")


def solver(equation: str, backend: str) -> Solver:
    """See `Codec.solver`."""
    request_type, response_type = _structs(equation)
    decode = msgspec.json.Decoder(request_type).decode
    encode = msgspec.json.Encoder().encode
    compute_lists = equations.load(equation, backend).compute_lists

    def read(content: bytes) -> RequestStruct:
        try:
            if not (b"-0" in content and _MINUS_ZERO.search(content)):
                return decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            pass
        return _read_closely(request_type, content)

    def solve(content: bytes) -> bytes:
        request = read(content)
        misfit = request.misfit()
        if misfit is not None:
            raise _fault(misfit.field, misfit.detail)
        answer = encode(response_type(*compute_lists(*msgspec.structs.astuple(request))))
        # What is no number is printed so, and there is nothing else to be printed so.
        if b"null" in answer:
            raise ValueError("the answer is not finite")
        return answer

    return solve


def schemas(equation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """See `Codec.schemas`."""
    request_type, response_type = _structs(equation)
    return _schema(request_type), _schema(response_type)


def _structs(equation: str) -> tuple[type[RequestStruct], type[ResponseStruct]]:
    equations.require_known("equation", equation, equations.EQUATIONS)
    module = import_module(f"python_api.equations.{equation}.structs")
    return module.Request, module.Response


def _schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    schema: dict[str, Any] = msgspec.json.schema(struct)["$defs"][struct.__name__]
    return schema


def _read_closely(request_type: type[RequestStruct], content: bytes) -> RequestStruct:
    value = body.parse(content)
    if not isinstance(value, dict):
        raise problems.malformed("expected an object")
    fields = {field.name: field.type for field in msgspec.structs.fields(request_type)}
    for name in value:
        if name not in fields:
            raise _fault(name, "no such field")
    return request_type(**{name: _convert(value, name, fields[name]) for name in fields})


def _convert(value: dict[str, Any], name: str, field_type: Any) -> Any:
    if name not in value:
        raise _fault(name, "the field is missing")
    try:
        return msgspec.convert(value[name], field_type)
    except msgspec.ValidationError as error:
        message = str(error)
        index = _INDEX.search(message)
        within = [int(index[1])] if index else []
        raise _fault(name, _INDEX.sub("", message), *within) from None


def _fault(name: str, detail: str, *within: int) -> ProblemError:
    return problems.invalid_body([Fault(problems.pointer([name, *within]), detail)])
