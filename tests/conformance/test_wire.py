"""What only a socket shows: framing, refusing what need not be read, and kept-alive connections."""

import json
import select
import socket
import time
from typing import BinaryIO

import pytest

from python_api.equations.ephemeris.contract import PLANETS, example
from tests.conformance.cases import BODY_LIMIT, MARS, post
from tests.conformance.client import (
    JSON,
    Client,
    Request,
    answer_on,
    connected,
    head_and_body,
    read_interim,
)
from tests.conformance.problems import OK, TOO_LARGE, outcome
from tests.conformance.server import RunningStack

_ANSWER_S = 60.0
_LARGE = 40_000_000
_CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
# What the kernel takes on the server's behalf, both ends' buffers together, and to spare.
_IN_BUFFERS = 12 * 1024 * 1024


def _is_closed(wire: socket.socket) -> bool:
    try:
        return wire.recv(1) == b""
    except ConnectionResetError:
        return True


NOT_HTTP = {
    "words": b"how do you do?\r\n\r\n",
    "bytes": bytes(range(128, 256)) + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "no such version": b"POST /v1/ephemeris HTTP/9.9\r\nHost: x\r\n\r\n",
    "header without colon": b"POST /v1/ephemeris HTTP/1.1\r\nHost x\r\n\r\n",
    "space before colon": b"POST /v1/ephemeris HTTP/1.1\r\nHost : x\r\n\r\n",
    "length no number": b"POST /v1/ephemeris HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    "length negative": b"POST /v1/ephemeris HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": (
        b"POST /v1/ephemeris HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "
    ),
    "two lengths in one": (
        b"POST /v1/ephemeris HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2, 3\r\n\r\n{} "
    ),
}


@pytest.mark.parametrize("what", NOT_HTTP)
def test_what_is_not_http_is_refused_and_hung_up_on(stack: RunningStack, what: str) -> None:
    with connected(stack.port) as wire:
        wire.sendall(NOT_HTTP[what])
        status = answer_on(wire).status
        if what == "no such version" and stack.stack.server == "uvicorn-h11":
            # h11 takes any version for 1.1, and there is no Content-Type.
            assert status == 415
        else:
            assert status == 400
            assert _is_closed(wire)


def test_a_large_body_is_refused_when_declared(stack: RunningStack) -> None:
    request = Request(headers={**JSON, "Content-Length": str(_LARGE)}, body=MARS)
    with connected(stack.port) as wire:
        wire.sendall(head_and_body(request))
        assert outcome(answer_on(wire)) == TOO_LARGE
        assert _is_closed(wire)


def test_a_large_body_is_refused_before_it_is_asked_for(stack: RunningStack) -> None:
    expecting = {**JSON, "Content-Length": str(_LARGE), "Expect": "100-continue"}
    with connected(stack.port) as wire:
        wire.sendall(head_and_body(Request(headers=expecting)))
        assert wire.recv(13, socket.MSG_PEEK | socket.MSG_WAITALL) == b"HTTP/1.1 413 "
        assert outcome(answer_on(wire)) == TOO_LARGE


@pytest.mark.parametrize("framing", ["declared", "chunked"])
def test_forty_megabytes_are_refused_without_being_read(stack: RunningStack, framing: str) -> None:
    if framing == "declared":
        headers = {**JSON, "Content-Length": str(_LARGE)}
        piece = b" " * len(_CHUNK)
    else:
        headers = {**JSON, "Transfer-Encoding": "chunked"}
        piece = _CHUNK
    with connected(stack.port) as wire:
        wire.sendall(head_and_body(Request(headers=headers)))
        taken, received = _write_until_hung_up_on(wire, piece)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert taken < BODY_LIMIT + _IN_BUFFERS


def _write_until_hung_up_on(wire: socket.socket, piece: bytes) -> tuple[int, bytes]:
    """How many bytes were taken of 40 MB before the server hung up, and what it answered."""
    wire.setblocking(False)
    taken = 0
    received = b""
    deadline = time.monotonic() + _ANSWER_S
    while time.monotonic() < deadline:
        writers = [wire] if taken < _LARGE else []
        readable, writable, _ = select.select([wire], writers, [], _ANSWER_S)
        try:
            if readable:
                part = wire.recv(0x10000)
                if not part:
                    return taken, received
                received += part
            if writable:
                taken += wire.send(piece[taken % len(piece) :])
        except ConnectionError:
            return taken, received + _rest(wire)
    raise AssertionError(f"not hung up on after {taken} bytes; answered {received!r}")


def _rest(wire: socket.socket) -> bytes:
    try:
        return wire.recv(0x10000)
    except ConnectionError:
        return b""


def test_a_body_is_asked_for_where_the_client_waits_for_that(stack: RunningStack) -> None:
    expecting = {**JSON, "Content-Length": str(len(MARS)), "Expect": "100-continue"}
    with connected(stack.port) as wire:
        wire.sendall(head_and_body(Request(headers=expecting)))
        read_interim(wire)
        wire.sendall(MARS)
        assert outcome(answer_on(wire)) == OK


def test_a_chunked_body_is_read_as_one(stack: RunningStack) -> None:
    body = b"".join(b"1\r\n%c\r\n" % byte for byte in MARS) + b"0\r\n\r\n"
    request = Request(headers={**JSON, "Transfer-Encoding": "chunked"}, body=body)
    with connected(stack.port) as wire, Client(stack.port) as client:
        wire.sendall(head_and_body(request))
        assert answer_on(wire).body == client.ask(post(MARS)).body


def test_a_request_may_come_byte_by_byte(stack: RunningStack) -> None:
    with connected(stack.port) as wire, Client(stack.port) as client:
        for byte in head_and_body(post(MARS)):
            wire.sendall(bytes([byte]))
            time.sleep(0.0005)
        assert answer_on(wire).body == client.ask(post(MARS)).body


def test_a_request_may_be_split_at_any_byte(stack: RunningStack) -> None:
    sent = head_and_body(post(MARS))
    with connected(stack.port) as wire, Client(stack.port) as client:
        expected = client.ask(post(MARS)).body
        for place in range(1, len(sent)):
            wire.sendall(sent[:place])
            time.sleep(0.001)
            wire.sendall(sent[place:])
            assert answer_on(wire).body == expected, place


def test_pipelined_requests_are_answered_in_order(stack: RunningStack) -> None:
    requests = [post(json.dumps(example(1 + n % 9, PLANETS[n % 8]))) for n in range(40)]
    with Client(stack.port) as client:
        expected = [client.ask(request).body for request in requests]
    with connected(stack.port) as wire:
        wire.sendall(b"".join(map(head_and_body, requests)))
        stream = wire.makefile("rb")
        assert [_next_body(stream) for _ in requests] == expected


def _next_body(stream: BinaryIO) -> bytes:
    """The body of the next of several answers, which must state its length."""
    assert stream.readline().startswith(b"HTTP/1.1 200 ")
    length = None
    while (line := stream.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    assert length is not None
    return stream.read(length)


def test_a_connection_serves_many_requests_good_and_bad(stack: RunningStack) -> None:
    good, bad = head_and_body(post(MARS)), head_and_body(post(b"{"))
    with connected(stack.port) as wire:
        for _ in range(500):
            wire.sendall(good)
            assert answer_on(wire).status == 200
            wire.sendall(bad)
            assert answer_on(wire).status == 422
