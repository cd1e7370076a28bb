"""What the contract adds to an application of Starlette, and so to one of FastAPI."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from python_api.stacks import body, problems
from python_api.stacks.codecs import Solver
from python_api.stacks.problems import ProblemError

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


class MatchAsSent:
    """Routes a path with escapes in it as it was sent.

    Unescaped, `%2F` would pass for a slash, and `%0A` for the end of the path.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        raw_path = scope.get("raw_path", b"")
        if b"%" in raw_path:
            scope = dict(scope, path=raw_path.decode("ascii"))
        await self.app(scope, receive, send)


def solving(solve: Solver) -> Endpoint:
    """An endpoint that takes a request's bytes and gives those of its answer."""

    async def endpoint(request: Request) -> Response:
        content = await body.read(request.scope["headers"], request.receive)
        return Response(solve(content), media_type="application/json")

    return endpoint


def forbid_head(app: Starlette) -> None:
    """Takes back the HEAD that Starlette adds to every GET."""
    for route in app.routes:
        if isinstance(route, Route) and route.methods is not None:
            route.methods.discard("HEAD")


def answer(problem: ProblemError) -> Response:
    """The problem's document."""
    return Response(
        problem.document(),
        status_code=problem.kind.status,
        headers=problem.headers(),
        media_type=problems.MEDIA_TYPE,
    )


async def _refused(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ProblemError)
    return answer(problem)


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == problems.NOT_FOUND.status:
        return answer(problems.not_found(path))
    if error.status_code == problems.METHOD_NOT_ALLOWED.status:
        allow = (error.headers or {})["Allow"]
        return answer(problems.method_not_allowed(request.method, path, allow))
    raise error


async def _internal_error(_request: Request, _error: Exception) -> Response:
    return answer(problems.internal_error())


EXCEPTION_HANDLERS: dict[int | type[Exception], Handler] = {
    Exception: _internal_error,
    HTTPException: _unrouted,
    ProblemError: _refused,
}
"""How problems are answered, whether they are ours or Starlette's."""
