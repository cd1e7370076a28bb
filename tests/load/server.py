"""A server that takes its time over each answer and counts what it was asked."""

import asyncio
import threading
from typing import Self

HEAD_AFTER_S = 0.003
BODY_AFTER_S = 0.006

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
_BODY = b"ok"


class SlowServer:
    """Serves on a loopback port, from a thread, while its `with` block lasts.

    The head of an answer is sent `HEAD_AFTER_S` after the request and its body
    `BODY_AFTER_S` after it, so that a client which stops its clock at the head is found out.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: _Answering(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        async with server:
            await self._stopped.wait()


class _Answering(asyncio.Protocol):
    def __init__(self, server: SlowServer) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        self._server.requests += self._received.count(b"\r\n\r\n")
        self._received = b""
        loop = asyncio.get_running_loop()
        loop.call_later(HEAD_AFTER_S, self._transport.write, _HEAD)
        loop.call_later(BODY_AFTER_S, self._transport.write, _BODY)
