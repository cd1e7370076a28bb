"""Bare ASGI: no framework, what the protocol and the contract ask for, and no more."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from python_api.stacks import body, pages, problems, service
from python_api.stacks.body import Message
from python_api.stacks.codecs import Solver
from python_api.stacks.problems import ProblemError

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Read = Callable[[list[tuple[bytes, bytes]], Receive], Awaitable[bytes]]

_JSON = b"application/json"
_PROBLEM = problems.MEDIA_TYPE.encode()


def create_app() -> Application:
    """The application, with the codec, the backend and the equations that the environment names.

    See `service.from_environment` and `Service.solvers`, also for what is raised.
    """
    served = service.from_environment([])
    solving = Solving(served.solvers(), Describing(pages.of(served)))
    if not served.takes_float64:
        return solving
    of_octets = Solving(served.float64_solvers(), solving, body.OCTETS, body.read_octets)
    return ByMediaType(of_octets, solving)


class Solving:
    """Answers what is posted to the paths of `solvers`, and leaves everything else to `others`.

    Requests are read by `read`, answers are of `media_type`.
    """

    def __init__(
        self,
        solvers: Mapping[str, Solver],
        others: Application,
        media_type: bytes = _JSON,
        read: Read = body.read,
    ) -> None:
        # As sent, so that no escape in a path passes for what it stands for.
        self.solvers = {path.encode(): solve for path, solve in solvers.items()}
        self.others = others
        self.media_type = media_type
        self.read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        solve = self.solvers.get(scope.get("raw_path", b""))
        if solve is None or scope["method"] != "POST":
            await self.others(scope, receive, send)
            return
        try:
            answer = solve(await self.read(scope["headers"], receive))
        except ProblemError as problem:
            await _refuse(send, problem)
        except Exception:
            await _refuse(send, problems.internal_error())
            # For the server to log.
            raise
        else:
            await _answer(send, 200, self.media_type, answer)


class ByMediaType:
    """Hands requests with raw doubles to one application, and all others to another."""

    def __init__(self, of_octets: Application, others: Application) -> None:
        self.of_octets = of_octets
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        # The server's start and end have no headers.
        chosen = self.of_octets if body.is_octets(scope.get("headers", [])) else self.others
        await chosen(scope, receive, send)


class Describing:
    """Serves the pages, refuses everything else, and starts and stops as it is told to."""

    def __init__(self, served: pages.Pages) -> None:
        self.served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        try:
            page = self.served.find(scope["method"], scope["raw_path"].decode("ascii"))
        except ProblemError as problem:
            await _refuse(send, problem)
        else:
            await _answer(send, 200, _JSON, page)


async def _live(receive: Receive, send: Send) -> None:
    """Starts and ends with the server; there is nothing to do at either."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _refuse(send: Send, problem: ProblemError) -> None:
    headers = [(name.encode(), value.encode()) for name, value in problem.headers().items()]
    await _answer(send, problem.kind.status, _PROBLEM, problem.document(), headers)


async def _answer(
    send: Send,
    status: int,
    media_type: bytes,
    content: bytes,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    described = [
        (b"content-type", media_type),
        (b"content-length", str(len(content)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": described})
    await send({"type": "http.response.body", "body": content})
