"""A whole request in one process: the ASGI application is called as a server would call it.

The framework, the codec and the kernel are in the times; sockets and HTTP's own text are not.
"""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from starlette.types import ASGIApp, Message, Scope

from benchmarks.suites.timing import Row, check, contract, request, time_call
from python_api.equations import BACKENDS, EQUATIONS
from python_api.stacks import fastapi_app

SIZES = (10, 100, 1_000)


def rows() -> Iterator[tuple[str, int, str]]:
    for equation in EQUATIONS:
        for n in sorted(set(SIZES) & set(contract(equation).SIZES)):
            yield from ((equation, n, backend) for backend in BACKENDS)


@cache
def application(backend: str) -> ASGIApp:
    """FastAPI with one backend, made once."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STACKGAP_BACKEND", backend)
        return fastapi_app.create_app()


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.mark.parametrize(("equation", "n", "backend"), list(rows()))
def test_fastapi(
    benchmark: BenchmarkFixture,
    loop: asyncio.AbstractEventLoop,
    equation: str,
    n: int,
    backend: str,
) -> None:
    app, fields = application(backend), request(equation, n)
    body, scope = json.dumps(fields).encode(), scope_of(equation)
    group = f"{equation} in FastAPI, n={n}"
    details = {"equation": equation}
    row = Row("requests", group, backend, n, 1, "request", details)

    def ask() -> list[Message]:
        # A task of its own for each request, as uvicorn makes one.
        return loop.run_until_complete(answered(app, scope, body))

    start, *rest = time_call(benchmark, row, ask)
    assert start["status"] == 200
    answer = json.loads(b"".join(message["body"] for message in rest))
    check(equation, fields, list(answer.values()))


def scope_of(equation: str) -> Scope:
    path = f"/v1/{equation}"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def answered(app: ASGIApp, scope: Scope, body: bytes) -> list[Message]:
    """What the application sends in answer to one request."""
    sent: list[Message] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    # Whatever handles a request may write into its scope.
    await app(dict(scope), receive, send)
    return sent
