"""The served numbers: right, read to the nearest double and printed to read back the same."""

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from math import inf, nextafter
from typing import Any

import pytest

from python_api.equations.ephemeris import reference
from python_api.equations.ephemeris.contract import MAX_JD, MIN_JD, PLANETS, example
from tests.conformance.cases import post, with_times
from tests.conformance.client import Client
from tests.conformance.problems import OK, outcome
from tests.conformance.server import RunningStack

_AXES = ("x_au", "y_au", "z_au")
_LITERALS = 4_000
_CHUNK = 500


def _served(client: Client, body: str) -> dict[str, list[float]]:
    answer = client.ask(post(body))
    assert outcome(answer) == OK
    numbers: dict[str, list[float]] = json.loads(answer.body, parse_int=_no_int)
    return numbers


def _no_int(text: str) -> Any:
    raise AssertionError(f"{text} is printed as an integer")


@pytest.mark.parametrize("planet", PLANETS)
def test_positions_agree_with_the_reference(any_stack: RunningStack, planet: str) -> None:
    times_jd = [MIN_JD, MAX_JD, 2451545.0, *example(60, planet)["times_jd"]]
    body = json.dumps({"planet": planet, "times_jd": times_jd})
    with Client(any_stack.port) as client:
        positions = _served(client, body)
    assert tuple(positions) == _AXES
    reference.check(planet, times_jd, *(positions[axis] for axis in _AXES))


def test_a_request_of_the_most_times_is_answered_whole(client: Client) -> None:
    body = example(100_000)
    positions = _served(client, json.dumps(body))
    assert [len(positions[axis]) for axis in _AXES] == [100_000] * 3
    some = slice(None, None, 2_500)
    reference.check("mars", body["times_jd"][some], *(positions[axis][some] for axis in _AXES))


def test_every_number_goes_in_and_out_as_the_same_double(
    stack: RunningStack, client: Client
) -> None:
    """The served bits are those the same backend computes here from correctly rounded input.

    A day's last bit moves Mars by thousands of ulps, so one mis-read time would show.
    """
    literals = _literals(random.Random(stack.stack.name))
    for start in range(0, len(literals), _CHUNK):
        written = literals[start : start + _CHUNK]
        times_jd = [float(text) for text in written]
        served = _served(client, with_times(*written))
        computed = _computed_here(stack.stack.backend, "mars", times_jd)
        for axis, coordinates in zip(_AXES, computed, strict=True):
            wrong = [
                text
                for text, here, there in zip(written, coordinates, served[axis], strict=True)
                if here.hex() != there.hex()
            ]
            assert not wrong, (axis, wrong)


def test_adjacent_times_are_told_apart(stack: RunningStack) -> None:
    """What lets the test above see a mis-read time: no two neighbours share a position."""
    random_times = random.Random(1)
    for _ in range(200):
        time_jd = random_times.uniform(MIN_JD + 1, MAX_JD - 1)
        neighbours = [nextafter(time_jd, -inf), time_jd, nextafter(time_jd, inf)]
        positions = _computed_here(stack.stack.backend, "mars", neighbours)
        assert len(set(zip(*positions, strict=True))) == len(neighbours)


def test_stacks_that_share_a_kernel_print_the_same_numbers(
    clients: dict[str, Client],
) -> None:
    body = with_times(*_literals(random.Random(2)))
    axum = _served(clients["axum-stock"], body)
    fastapi = _served(clients["fastapi-stock-rust"], body)
    assert axum == fastapi


def _computed_here(
    backend: str, planet: str, times_jd: Sequence[float]
) -> tuple[Sequence[float], ...]:
    module = import_module(f"python_api.equations.ephemeris.in_{backend}")
    positions: tuple[Sequence[float], ...] = module.compute_lists(planet, times_jd)
    return positions


def _literals(random_: random.Random) -> list[str]:
    """Decimal literals of times that a careless reader rounds to a neighbouring double."""
    return [_literal(random_) for _ in range(_LITERALS)]


def _literal(random_: random.Random) -> str:
    time_jd = random_.uniform(MIN_JD + 1, MAX_JD - 1)
    kind = random_.randrange(4)
    if kind == 0:
        return repr(time_jd)
    if kind == 1:
        return _near_halfway(time_jd, random_)
    digits = random_.randrange(8, 40)
    fraction = "".join(random_.choices("0123456789", k=digits))
    if kind == 2:
        return f"{int(time_jd)}.{fraction}"
    return f"{int(time_jd)}{fraction}E-{digits}"


def _near_halfway(time_jd: float, random_: random.Random) -> str:
    """Exactly between two doubles, or off by less than any double's worth of digits can hold."""
    halfway = (Fraction(time_jd) + Fraction(nextafter(time_jd, inf))) / 2
    offset = random_.choice([-1, 0, 1]) * Fraction(1, 10 ** random_.randrange(35, 50))
    scaled = (halfway + offset) * 10**60
    assert scaled.denominator == 1
    digits = str(scaled.numerator)
    return f"{digits[:-60]}.{digits[-60:].rstrip('0') or '0'}"
