"""The served numbers: right, read to the nearest double and printed to read back the same."""

import json
import random
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal, localcontext
from importlib import import_module
from itertools import product
from math import frexp, inf, ldexp, nextafter
from typing import Any

import pytest

from python_api.equations import EQUATIONS, load
from python_api.equations.ephemeris.contract import MAX_JD, MIN_JD
from python_api.equations.heat.contract import MAX_TEMPERATURE
from tests.conformance.cases import with_times
from tests.conformance.client import Client, Request
from tests.conformance.problems import OK, outcome
from tests.conformance.server import CODECS_WITH_KERNELS, WAYS_TO_SERVE, RunningStack

_AXES = ("x_au", "y_au", "z_au")
_TIMES = 2_000
_CHUNKS = 40
# 20,000 doubles a stack, each its own: what reads and prints is in several.
_CHUNK = 500
# More digits than any double or halfway point between two has.
_EXACTLY = Context(prec=1_200)

_LARGEST = [
    *product(CODECS_WITH_KERNELS, EQUATIONS),
    *product(WAYS_TO_SERVE, [EQUATIONS[0]]),
]
"""Which stacks are asked largest requests, for which equations."""


def _served(client: Client, equation: str, body: str) -> dict[str, list[float]]:
    answer = client.ask(Request(path=f"/v1/{equation}", body=body.encode()))
    assert outcome(answer) == OK
    numbers: dict[str, list[float]] = json.loads(answer.body, parse_int=_no_int)
    return numbers


def _no_int(text: str) -> Any:
    raise AssertionError(f"{text} is printed as an integer")


@pytest.mark.parametrize("equation", EQUATIONS)
def test_answers_agree_with_the_reference(any_stack: RunningStack, equation: str) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    reference = import_module(f"python_api.equations.{equation}.reference")
    with Client(any_stack.port) as client:
        for request in contract.examples(60):
            answer = _served(client, equation, json.dumps(request))
            reference.check_answer(request, answer, at_most=60)


@pytest.mark.parametrize(("name", "equation"), dict.fromkeys(_LARGEST))
def test_a_request_of_the_largest_measured_size_is_answered_right(
    clients: dict[str, Client], name: str, equation: str
) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    reference = import_module(f"python_api.equations.{equation}.reference")
    request = contract.example(contract.SIZES[-1])
    answer = _served(clients[name], equation, json.dumps(request))
    reference.check_answer(request, answer, at_most=40)


def test_the_ends_of_the_elements_validity_are_answered_right(any_stack: RunningStack) -> None:
    reference = import_module("python_api.equations.ephemeris.reference")
    request = {"planet": "mars", "times_jd": [MIN_JD, 2451545.0, MAX_JD]}
    with Client(any_stack.port) as client:
        answer = _served(client, "ephemeris", json.dumps(request))
    reference.check_answer(request, answer, at_most=3)


def test_every_double_goes_in_and_out_as_the_same_bits(stack: RunningStack, client: Client) -> None:
    """A rod on which next to no heat flows, of temperatures of one binary exponent, keeps every
    bit of them: `tests/equations/heat` holds each backend to that. So what comes back is what
    was read, printed.
    """
    for written in _chunks_of_one_exponent(random.Random(stack.stack.name)):
        body = f'{{"temperature":[{",".join(written)}],{_NO_FLOW}}}'
        served = _served(client, "heat", body)["temperature"]
        wrong = [
            text
            for text, value in zip(written, served, strict=True)
            if float(text).hex() != value.hex()
        ]
        assert not wrong, wrong[:3]


_NO_FLOW = '"diffusivity":1e-12,"dx":1.0,"dt":1e-9,"steps":1'


def _chunks_of_one_exponent(draw: random.Random) -> Iterator[list[str]]:
    """Literals of doubles, those of a chunk with one exponent: from the smallest subnormals to the
    largest temperatures, and most of them near 1."""
    extreme = [-1074, -1060, -1023, -1022, -1021, -1000, -700, -308, 0, 19]
    near_one = [draw.randrange(-70, 20) for _ in range(_CHUNKS - len(extreme))]
    for exponent in extreme + near_one:
        yield [_literal(_of_exponent(exponent, draw), draw) for _ in range(_CHUNK)]


def _of_exponent(exponent: int, draw: random.Random) -> float:
    """A random double of a magnitude from 2^exponent to below twice that."""
    value = ldexp(draw.uniform(1.0, 2.0), exponent)
    if frexp(value)[1] != exponent + 1 or value >= MAX_TEMPERATURE:
        value = ldexp(1.0, exponent)
    return value if draw.random() < 0.5 else -value


def test_every_time_goes_in_as_the_same_double(stack: RunningStack, client: Client) -> None:
    """The served bits are those the same backend computes here from correctly rounded input.

    A day's last bit moves Mars by thousands of ulps, so one mis-read time would show.
    """
    written = _times(random.Random(stack.stack.name))
    served = _served(client, "ephemeris", with_times(*written))
    computed = _positions_here(stack.stack.backend, [float(text) for text in written])
    for axis, coordinates in zip(_AXES, computed, strict=True):
        wrong = [
            text
            for text, here, there in zip(written, coordinates, served[axis], strict=True)
            if here.hex() != there.hex()
        ]
        assert not wrong, (axis, wrong[:3])


def test_adjacent_times_are_told_apart(stack: RunningStack) -> None:
    """What lets the test above see a mis-read time: no two neighbours share a position."""
    random_times = random.Random(1)
    for _ in range(200):
        time_jd = random_times.uniform(MIN_JD + 1, MAX_JD - 1)
        neighbours = [nextafter(time_jd, -inf), time_jd, nextafter(time_jd, inf)]
        positions = _positions_here(stack.stack.backend, neighbours)
        assert len(set(zip(*positions, strict=True))) == len(neighbours)


@pytest.mark.parametrize(
    ("axum", "fastapi"),
    [("axum-stock", "fastapi-stock-rust"), ("axum-simd", "fastapi-quiet-rust-simd")],
)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_stacks_that_share_a_kernel_print_the_same_numbers(
    clients: dict[str, Client], equation: str, axum: str, fastapi: str
) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    for request in contract.examples(100):
        body = json.dumps(request)
        answers = [_served(clients[name], equation, body) for name in (axum, fastapi)]
        assert answers[0] == answers[1]


def _positions_here(backend: str, times_jd: Sequence[float]) -> Sequence[Sequence[float]]:
    return load("ephemeris", backend).compute_lists("mars", times_jd)


def _times(draw: random.Random) -> list[str]:
    return [_literal(draw.uniform(MIN_JD + 1, MAX_JD - 1), draw) for _ in range(_TIMES)]


def _literal(value: float, draw: random.Random) -> str:
    """A decimal literal at or near `value`, which a careless reader rounds to a neighbour."""
    return draw.choice(_SPELLINGS)(value, draw)


def _shortest(value: float, _draw: random.Random) -> str:
    return repr(value)


def _seventeen_digits(value: float, _draw: random.Random) -> str:
    return f"{value:.16e}"


def _all_digits(value: float, _draw: random.Random) -> str:
    return f"{Decimal(value):E}"


def _near_halfway(value: float, draw: random.Random) -> str:
    """Exactly between two doubles, or off by less than any double's worth of digits can hold.

    Between `value` and the next towards 0, or what is `value` to be at its binary exponent.
    """
    with localcontext(_EXACTLY):
        halfway = (Decimal(value) + Decimal(nextafter(value, 0.0))) / 2
        off = draw.choice([-1, 0, 1]) * halfway.scaleb(-draw.randrange(30, 50))
        text = f"{halfway + off:E}"
    return text if abs(float(text)) >= 2.0 ** (frexp(value)[1] - 1) else repr(value)


_SPELLINGS = (_shortest, _seventeen_digits, _all_digits, _near_halfway)
