"""Many clients at once: each gets its own answer."""

import json
from concurrent.futures import ThreadPoolExecutor

from python_api.equations.ephemeris.contract import PLANETS, example
from tests.conformance.cases import post
from tests.conformance.client import Client, Request
from tests.conformance.server import RunningStack

_CLIENTS = 32
_REQUESTS_EACH = 10


def _request(number: int) -> Request:
    planet = PLANETS[number % len(PLANETS)]
    return post(json.dumps(example(1 + 7 * number, planet)))


def test_parallel_clients_each_get_their_own_answer(stack: RunningStack) -> None:
    with Client(stack.port) as client:
        expected = [client.ask(_request(number)).body for number in range(_CLIENTS)]
    assert len(set(expected)) == _CLIENTS

    def answers(number: int) -> set[bytes]:
        with Client(stack.port) as own:
            return {own.ask(_request(number)).body for _ in range(_REQUESTS_EACH)}

    with ThreadPoolExecutor(_CLIENTS) as pool:
        assert list(pool.map(answers, range(_CLIENTS))) == [{body} for body in expected]
