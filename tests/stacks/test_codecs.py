"""Every codec holds a request to the contract and prints the same numbers."""

import json
import math
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from python_api import equations
from python_api.equations import EQUATIONS
from python_api.equations.ephemeris.contract import example
from python_api.stacks import codecs
from python_api.stacks.codecs import CODECS, Solver
from python_api.stacks.problems import ProblemError

OF_LISTS = [codec for codec in CODECS if codec not in {"bytes", "float64", "lexical"}]
"""Those that hand lists to a backend, which may be any."""


def solver(codec: str, equation: str = "ephemeris", backend: str = "rust") -> Solver:
    return codecs.load(codec).solver(equation, backend)


def example_of(equation: str) -> Any:
    return import_module(f"python_api.equations.{equation}.contract").example(20)


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("codec", CODECS)
def test_an_answer_is_what_the_backend_computes(codec: str, equation: str) -> None:
    request = example_of(equation)
    answer = json.loads(solver(codec, equation)(json.dumps(request).encode()))
    computed = equations.load(equation, "rust").compute_lists(**request)
    contract = import_module(f"python_api.equations.{equation}.contract")
    assert answer == dict(zip(contract.RESPONSE_FIELDS, computed, strict=True))
    assert list(answer) == list(contract.RESPONSE_FIELDS)


@pytest.mark.parametrize("codec", OF_LISTS)
def test_a_codec_of_lists_goes_with_a_kernel_in_python(codec: str) -> None:
    body = json.dumps(example(3)).encode()
    x_au = equations.load("ephemeris", "python").compute_lists(**example(3))[0]
    assert json.loads(solver(codec, backend="python")(body))["x_au"] == x_au


def pointer_of(solve: Solver, body: bytes) -> str:
    with pytest.raises(ProblemError) as refusal:
        solve(body)
    return refusal.value.faults[0].pointer


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"[]", ""),
        (b"null", ""),
        (b'{"planet":"mars","times_jd":[NaN]}', ""),
        (b'{"planet":"mars\\ud800","times_jd":[2451545]}', ""),
        (b'{"planet":"mars"}', "/times_jd"),
        (b'{"planet":"mars","times_jd":[2451545],"a/b~":1}', "/a~1b~0"),
        (b'{"planet":"pluto","times_jd":[2451545]}', "/planet"),
        (b'{"planet":"mars","times_jd":[]}', "/times_jd"),
        (b'{"planet":"mars","times_jd":[2451545,true]}', "/times_jd/1"),
        (b'{"planet":"mars","times_jd":[2451545,1e999]}', "/times_jd/1"),
    ],
)
def test_a_fault_is_named_by_its_pointer(codec: str, body: bytes, pointer: str) -> None:
    assert pointer_of(solver(codec), body) == pointer


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("steps", [b"5.0", b"1e3", b"-0", b"true", b"2001"])
def test_an_integer_out_of_place_is_named(codec: str, steps: bytes) -> None:
    body = b'{"state":[1,2,3],"dt":0.01,"steps":%s}' % steps
    assert pointer_of(solver(codec, "lorenz"), body) == "/steps"


@pytest.mark.parametrize("codec", CODECS)
def test_the_last_of_duplicate_keys_counts(codec: str) -> None:
    solve = solver(codec)
    once = b'{"planet":"mars","times_jd":[2451545]}'
    twice = b'{"planet":"mars","times_jd":[{}],"planet":7,"planet":"mars","times_jd":[2451545]}'
    assert solve(twice) == solve(once)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("zero", [b"-0", b"-0.0", b"-0e0"])
def test_the_sign_of_a_zero_is_kept(codec: str, zero: bytes) -> None:
    body = b'{"temperature":[%s,0,%s],"diffusivity":1e-12,"dx":1.0,"dt":1e-9,"steps":1}' % (
        zero,
        zero,
    )
    kept = json.loads(solver(codec, "heat")(body))["temperature"]
    assert [math.copysign(1.0, number) for number in kept] == [-1.0, 1.0, -1.0]


@pytest.mark.parametrize("codec", OF_LISTS)
@pytest.mark.parametrize("result", [math.nan, math.inf])
def test_an_answer_that_is_no_number_is_not_printed(
    codec: str, result: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = SimpleNamespace(compute_lists=lambda *_, **__: ([result], [0.0], [0.0]))
    monkeypatch.setattr(equations, "load", lambda *_names: backend)
    solve = solver(codec)
    with pytest.raises(ValueError):  # noqa: PT011 (each says it in its own words)
        solve(json.dumps(example(1)).encode())


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("codec", CODECS)
def test_the_schemas_are_of_the_contracts_fields(codec: str, equation: str) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    request, response = codecs.load(codec).schemas(equation)
    assert set(request["properties"]) == set(contract.example(20))
    assert set(response["properties"]) == set(contract.RESPONSE_FIELDS)


@pytest.mark.parametrize("codec", CODECS)
def test_an_unknown_equation_is_named_beside_the_known_ones(codec: str) -> None:
    with pytest.raises(ValueError, match=r"tides.*known: ephemeris, "):
        solver(codec, "tides")
    with pytest.raises(ValueError, match=r"tides.*known: ephemeris, "):
        codecs.load(codec).schemas("tides")


def test_bytes_go_with_kernels_in_rust_alone() -> None:
    with pytest.raises(ValueError, match="'numpy'; known: rust, rust_simd"):
        solver("bytes", backend="numpy")


def test_an_unknown_codec_is_named_beside_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown codec 'xml'; known: pydantic, "):
        codecs.load("xml")
