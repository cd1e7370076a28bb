"""Requests as data, and a client that sends them just as they are."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from types import MappingProxyType
from typing import Self

from tests.conformance.server import HOST

_ANSWER_S = 60.0
JSON = MappingProxyType({"Content-Type": "application/json"})


@dataclass(frozen=True)
class Request:
    """One request. A `body` of None sends neither a body nor its length."""

    method: str = "POST"
    path: str = "/v1/ephemeris"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """One answer. Header names are in lower case; a repeated header's values are joined."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """`Content-Type` without its parameters, in lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def allow(self) -> frozenset[str]:
        """The methods that `Allow` lists."""
        methods = self.headers.get("allow", "").split(",")
        return frozenset(method.strip() for method in methods) - {""}


class Client:
    """A kept-alive connection to a server on the loopback, opened anew whenever it was closed."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=_ANSWER_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, request: Request) -> Answer:
        """Send `request` and read the whole answer; OSError if none comes within a minute."""
        kept_alive = self._connection.sock is not None
        try:
            return self._exchange(request)
        except (RemoteDisconnected, ConnectionResetError):
            # An idle connection may be closed by the server at any time.
            if not kept_alive:
                raise
            return self._exchange(request)

    def _exchange(self, request: Request) -> Answer:
        connection = self._connection
        try:
            self._send(request)
            answer = read_answer(connection.getresponse())
        except BaseException:
            connection.close()
            raise
        if _declares_more_than_it_sends(request):
            connection.close()
        return answer

    def _send(self, request: Request) -> None:
        connection = self._connection
        connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        for name, value in _with_length(request).headers.items():
            connection.putheader(name, value)
        # A body that is refused before it is read whole breaks off, its answer there already.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(request.body)


def read_answer(response: HTTPResponse) -> Answer:
    """The answer that `response` is the head of."""
    body = response.read()
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return Answer(response.status, headers, body)


def head_and_body(request: Request) -> bytes:
    """The request as it goes over the wire, for tests that write to a socket themselves."""
    headers = {"Host": HOST} | dict(_with_length(request).headers)
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + (request.body or b"")


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A bare connection to a server on the loopback, that sends what is written at once."""
    with socket.create_connection((HOST, port), timeout=_ANSWER_S) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield wire


def answer_on(wire: socket.socket) -> Answer:
    """Read one answer off the wire; it may read into one that follows at once."""
    response = HTTPResponse(wire)
    response.begin()
    return read_answer(response)


def read_interim(wire: socket.socket) -> None:
    """Read `100 Continue` off the wire, and not a byte more; AssertionError if it is not that."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        byte = wire.recv(1)
        assert byte, received
        received += byte
    assert received.startswith(b"HTTP/1.1 100 "), received


def _with_length(request: Request) -> Request:
    framed = {"content-length", "transfer-encoding"} & {name.lower() for name in request.headers}
    if framed or request.body is None:
        return request
    length = {"Content-Length": str(len(request.body))}
    return replace(request, headers={**request.headers, **length})


def _declares_more_than_it_sends(request: Request) -> bool:
    declared = next(
        (value for name, value in request.headers.items() if name.lower() == "content-length"), None
    )
    return declared is not None and int(declared) != len(request.body or b"")
