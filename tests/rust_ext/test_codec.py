"""JSON read, answered and printed by the extension, in the contract that Axum serves."""

import json
import struct

import pytest

from python_api import _rust_ext
from python_api._rust_ext import FaultyRequest
from tests.rust_ext.test_every_equation import REQUESTS, on_lists

RESPONSES = {
    "ephemeris": ["x_au", "y_au", "z_au"],
    "black_scholes": ["call", "put"],
    "lorenz": ["state"],
    "nbody": ["ax", "ay", "az"],
    "heat": ["temperature"],
}


DOUBLES: dict[str, tuple[str, ...]] = {
    "ephemeris": ("planet", "times_jd"),
    "black_scholes": ("rate", "volatility", "spot", "strike", "years"),
    "lorenz": ("dt", "steps", "state"),
    "nbody": ("softening", "mass", "x", "y", "z"),
    "heat": ("diffusivity", "dx", "dt", "steps", "temperature"),
}
"""The fields in the order in which they come as doubles."""

MARS = 3


def body_of(equation: str) -> bytes:
    return json.dumps(REQUESTS[equation][0]).encode()


def doubles_of(equation: str) -> bytes:
    fields = {**REQUESTS[equation][0], "planet": MARS}
    return b"".join(pack(fields[name]) for name in DOUBLES[equation])


def pack(value: float | list[float]) -> bytes:
    numbers = value if isinstance(value, list) else [value]
    return struct.pack(f"<{len(numbers)}d", *numbers)


@pytest.mark.parametrize("equation", REQUESTS)
def test_a_request_is_read_into_its_fields_in_order(equation: str) -> None:
    fields = _rust_ext.read_request(equation, body_of(equation))
    assert list(fields) == list(REQUESTS[equation][0].values())
    assert [type(field) for field in fields] == [
        type(value) for value in REQUESTS[equation][0].values()
    ]


@pytest.mark.parametrize("backend", ["rust", "rust_simd"])
@pytest.mark.parametrize("equation", REQUESTS)
def test_a_request_is_answered_as_by_the_function_on_lists(equation: str, backend: str) -> None:
    function, fields = on_lists(equation if backend == "rust" else f"{equation}_simd")
    expected = dict(zip(RESPONSES[equation], function(**fields), strict=True))
    answer = _rust_ext.answer_request(equation, backend, body_of(equation))
    assert json.loads(answer) == expected
    assert _rust_ext.print_answer(equation, list(expected.values())) == answer
    assert _rust_ext.answer_request(equation, backend, body_of(equation), "lexical") == answer


@pytest.mark.parametrize("backend", ["rust", "rust_simd"])
@pytest.mark.parametrize("equation", REQUESTS)
def test_a_request_in_doubles_is_answered_with_the_doubles_of_its_answer_in_json(
    equation: str, backend: str
) -> None:
    expected = json.loads(_rust_ext.answer_request(equation, backend, body_of(equation)))
    answer = _rust_ext.answer_float64(equation, backend, doubles_of(equation))
    assert answer == b"".join(pack(expected[name]) for name in RESPONSES[equation])


@pytest.mark.parametrize(
    ("equation", "body", "pointer"),
    [
        ("ephemeris", b"", ""),
        ("ephemeris", pack([8.0, 2451545.0]), "/planet"),
        ("ephemeris", pack([3.0, 2451545.0, float("nan")]), "/times_jd/1"),
        ("lorenz", pack([0.01, 5.5, 1.0, 2.0, 3.0]), "/steps"),
        ("heat", pack([1.0, 1.0, 1.0, 1.0, 1.0, 2.0]), "/temperature"),
    ],
)
def test_a_fault_of_doubles_is_raised_with_its_pointer(
    equation: str, body: bytes, pointer: str
) -> None:
    with pytest.raises(FaultyRequest) as refusal:
        _rust_ext.answer_float64(equation, "rust", body)
    assert refusal.value.args[0] == pointer
    assert isinstance(refusal.value.args[1], str)


@pytest.mark.parametrize(
    ("equation", "body", "pointer"),
    [
        ("ephemeris", b"{", ""),
        ("ephemeris", b'{"planet":"pluto","times_jd":[2451545.0]}', "/planet"),
        ("ephemeris", b'{"planet":"mars","times_jd":[2451545.0,0]}', "/times_jd/1"),
        ("lorenz", b'{"state":[1,2,3],"dt":0.01,"steps":5.0}', "/steps"),
        ("heat", b'{"temperature":[1,2],"diffusivity":1,"dx":1,"dt":1,"steps":1}', "/temperature"),
    ],
)
def test_a_fault_is_raised_with_its_pointer(equation: str, body: bytes, pointer: str) -> None:
    for call in (
        lambda: _rust_ext.read_request(equation, body),
        lambda: _rust_ext.answer_request(equation, "rust", body),
        lambda: _rust_ext.answer_request(equation, "rust", body, codec="lexical"),
    ):
        with pytest.raises(FaultyRequest) as refusal:
            call()
        assert refusal.value.args[0] == pointer
        assert isinstance(refusal.value.args[1], str)


@pytest.mark.parametrize("equation", REQUESTS)
def test_the_schemas_are_of_the_fields_that_are_read_and_printed(equation: str) -> None:
    request = json.loads(_rust_ext.request_schema(equation))
    response = json.loads(_rust_ext.response_schema(equation))
    assert set(request["properties"]) == set(REQUESTS[equation][0])
    assert set(response["properties"]) == set(RESPONSES[equation])


def test_what_is_unknown_is_named_beside_what_is_known() -> None:
    with pytest.raises(ValueError, match='equation: "kepler" is unknown; known: ephemeris, black'):
        _rust_ext.read_request("kepler", b"{}")
    for schema in (_rust_ext.request_schema, _rust_ext.response_schema):
        with pytest.raises(ValueError, match='equation: "kepler" is unknown'):
            schema("kepler")
    with pytest.raises(ValueError, match='backend: "numpy" is unknown; known: rust, rust_simd'):
        _rust_ext.answer_request("heat", "numpy", b"{}")
    with pytest.raises(ValueError, match='codec: "json" is unknown; known: serde_json, lexical'):
        _rust_ext.answer_request("heat", "rust", b"{}", codec="json")
    with pytest.raises(ValueError, match='backend: "numpy" is unknown; known: rust, rust_simd'):
        _rust_ext.answer_float64("heat", "numpy", b"")


def test_an_answer_of_other_arrays_is_not_printed() -> None:
    with pytest.raises(ValueError, match="arrays: black_scholes gives other than 1"):
        _rust_ext.print_answer("black_scholes", [[1.0]])
    with pytest.raises(ValueError, match=r"arrays\[0\]: inf is no finite number"):
        _rust_ext.print_answer("lorenz", [[float("inf")]])
    with pytest.raises(TypeError, match=r"arrays\[1\]: "):
        _rust_ext.print_answer("lorenz", [[1.0, "2"]])  # type: ignore[list-item]
