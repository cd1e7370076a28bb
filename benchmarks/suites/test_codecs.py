"""JSON in and out: from bytes to what a backend takes, from what it returns to bytes.

`json` and `orjson` check nothing but the syntax; `pydantic`, `msgspec` and `rust` hold a request to
its contract, msgspec without the faults across fields, and pydantic its response too, as FastAPI
does. Sizes at which a body holds no more numbers than at the one before are left out.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any

import msgspec
import pytest
from pydantic import TypeAdapter
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.suites.timing import Row, contract, request, time_call
from python_api import _rust_ext
from python_api.equations import EQUATIONS, load
from tests.conftest import require_library

SIZES = (10, 100, 1_000, 10_000)

Columns = list[list[float]]
Parse = Callable[[bytes], Any]
Print = Callable[[Columns], bytes]


def _json(equation: str) -> tuple[Parse, Print]:
    fields = contract(equation).RESPONSE_FIELDS

    def print_(columns: Columns) -> bytes:
        values = dict(zip(fields, columns, strict=True))
        return json.dumps(values, separators=(",", ":")).encode()

    return json.loads, print_


def _orjson(equation: str) -> tuple[Parse, Print]:
    require_library("orjson")
    import orjson  # noqa: PLC0415

    fields = contract(equation).RESPONSE_FIELDS
    return orjson.loads, lambda columns: orjson.dumps(dict(zip(fields, columns, strict=True)))


def _pydantic(equation: str) -> tuple[Parse, Print]:
    models = import_module(f"python_api.equations.{equation}.models")
    response = models.Response
    fields = contract(equation).RESPONSE_FIELDS
    adapter = TypeAdapter(response)

    def print_(columns: Columns) -> bytes:
        return adapter.dump_json(response(**dict(zip(fields, columns, strict=True))))

    return models.Request.model_validate_json, print_


def _msgspec(equation: str) -> tuple[Parse, Print]:
    structs = import_module(f"python_api.equations.{equation}.structs")
    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder(structs.Request).decode
    return decode, lambda columns: encode(structs.Response(*columns))


def _rust(equation: str) -> tuple[Parse, Print]:
    return partial(_rust_ext.read_request, equation), partial(_rust_ext.print_answer, equation)


CODECS: dict[str, Callable[[str], tuple[Parse, Print]]] = {
    "json": _json,
    "pydantic": _pydantic,
    "msgspec": _msgspec,
    "orjson": _orjson,
    "rust": _rust,
}
"""By name, from an equation to how its requests are parsed and its responses printed."""


@cache
def answer(equation: str, n: int) -> Columns:
    """What is printed: a right answer to the equation's example."""
    return list(load(equation, "rust").compute_lists(**request(equation, n)))


def rows(numbers_of: Callable[[str, int], int]) -> Iterator[tuple[str, int, str]]:
    for equation in EQUATIONS:
        most = 0
        for n in sorted(set(SIZES) & set(contract(equation).SIZES)):
            if numbers_of(equation, n) > most:
                most = numbers_of(equation, n)
                yield from ((equation, n, codec) for codec in CODECS)


def numbers_in_request(equation: str, n: int) -> int:
    return _numbers(request(equation, n).values())


def numbers_in_response(equation: str, n: int) -> int:
    return _numbers(answer(equation, n))


def _numbers(values: Any) -> int:
    return sum(len(value) if isinstance(value, list) else 1 for value in values)


@pytest.mark.parametrize(("equation", "n", "codec"), list(rows(numbers_in_request)))
def test_parsing_a_request(benchmark: BenchmarkFixture, equation: str, n: int, codec: str) -> None:
    parse, _ = CODECS[codec](equation)
    fields = request(equation, n)
    row = described(f"{equation} parsed", equation, n, codec, numbers_in_request)
    parsed = time_call(benchmark, row, parse, json.dumps(fields).encode())
    assert _fields(parsed, list(fields)) == fields


@pytest.mark.parametrize(("equation", "n", "codec"), list(rows(numbers_in_response)))
def test_printing_a_response(
    benchmark: BenchmarkFixture, equation: str, n: int, codec: str
) -> None:
    _, print_ = CODECS[codec](equation)
    columns = answer(equation, n)
    row = described(f"{equation} printed", equation, n, codec, numbers_in_response)
    printed = time_call(benchmark, row, print_, columns)
    fields = contract(equation).RESPONSE_FIELDS
    assert json.loads(printed) == dict(zip(fields, columns, strict=True))


def described(
    what: str, equation: str, n: int, codec: str, numbers_of: Callable[[str, int], int]
) -> Row:
    numbers = numbers_of(equation, n)
    details = {"equation": equation}
    return Row("codecs", f"{what}, n={n}", codec, n, numbers, "number", details)


def _fields(parsed: Any, names: list[str]) -> dict[str, Any]:
    """What a codec made of a request: a dict, a tuple in the contract's order, or an object."""
    if isinstance(parsed, dict):
        return parsed
    if isinstance(parsed, tuple):
        return dict(zip(names, parsed, strict=True))
    return {name: getattr(parsed, name) for name in names}
