"""The end of a server: what is in flight is answered, nothing is left.

That every stack ends in order is seen when the tests here are done with it.
"""

import socket
import time

import pytest

from stackgap.stacks import stacks
from tests.conformance.cases import MARS, post
from tests.conformance.client import (
    JSON,
    Request,
    answer_on,
    connected,
    head_and_body,
    read_interim,
)
from tests.conformance.problems import OK, outcome
from tests.conformance.server import HOST, WAYS_TO_SERVE, RunningStack

_NOTICED_S = 30.0
_POLL_S = 0.02


@pytest.mark.parametrize("name", WAYS_TO_SERVE)
def test_what_is_in_flight_at_the_end_is_answered(name: str) -> None:
    expecting = {**JSON, "Content-Length": str(len(MARS)), "Expect": "100-continue"}
    running = RunningStack(stacks()[name])
    try:
        with connected(running.port) as in_flight, connected(running.port) as idle:
            idle.sendall(head_and_body(post(MARS)))
            assert outcome(answer_on(idle)) == OK
            in_flight.sendall(head_and_body(Request(headers=expecting)))
            # Being asked for the body shows that the server is at work on the request.
            read_interim(in_flight)

            running.terminate()
            assert idle.recv(1) == b""
            # With workers the supervisor keeps the socket open, though nobody accepts from it.
            assert running.stack.workers > 1 or _comes_to_refuse(running.port)
            in_flight.sendall(MARS)
            assert outcome(answer_on(in_flight)) == OK
            running.wait_for_orderly_end()
    finally:
        running.kill()


@pytest.mark.parametrize("name", WAYS_TO_SERVE)
def test_clients_that_ask_nothing_do_not_hold_a_server_up(name: str) -> None:
    running = RunningStack(stacks()[name])
    with connected(running.port), connected(running.port) as kept_alive:
        kept_alive.sendall(head_and_body(post(MARS)))
        assert outcome(answer_on(kept_alive)) == OK
        running.stop()


def _comes_to_refuse(port: int) -> bool:
    deadline = time.monotonic() + _NOTICED_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            return True
        time.sleep(_POLL_S)
    return False
