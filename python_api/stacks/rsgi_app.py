"""RSGI, Granian's own interface, without a framework.

It gives an application the path with its escapes undone, so that `%2F` passes for a slash: the one
point of the contract that cannot be kept here.
"""

from typing import TYPE_CHECKING

from python_api.stacks import body, pages, problems, service
from python_api.stacks.pages import Pages
from python_api.stacks.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

    from python_api.stacks.codecs import Solver

_JSON = "application/json"


def create_app() -> "Application":
    """The application, with the codec, the backend and the equations that the environment names.

    See `service.from_environment` and `Service.solvers`, also for what is raised.
    """
    served = service.from_environment([])
    return Application(served.solvers(), pages.of(served))


class Application:
    """Answers what is posted to the paths of `solvers`, and gives the pages."""

    def __init__(self, solvers: "Mapping[str, Solver]", served: Pages) -> None:
        self.solvers = solvers
        self.served = served

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Serves the request."""
        try:
            content = await self._answer(scope, protocol)
        except ProblemError as problem:
            _refuse(protocol, problem)
        except Exception:
            _refuse(protocol, problems.internal_error())
            # For the server to log.
            raise
        else:
            protocol.response_bytes(200, [("content-type", _JSON)], content)

    async def _answer(self, scope: "Scope", protocol: "HTTPProtocol") -> bytes:
        solve = self.solvers.get(scope.path)
        if solve is None or scope.method != "POST":
            return self.served.find(scope.method, scope.path)
        return solve(await _read(scope, protocol))


async def _read(scope: "Scope", protocol: "HTTPProtocol") -> bytes:
    """The whole JSON body; ProblemError as `body.read`."""
    declared = _header(scope, "content-length")
    body.refuse_declared_size(declared)
    # A body of declared size is no longer than that.
    content = await _read_counted(protocol) if declared is None else await protocol()
    body.refuse_media_type(_header(scope, "content-type"))
    return content


async def _read_counted(protocol: "HTTPProtocol") -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in protocol:
        size += len(chunk)
        if size > body.MAX_BYTES:
            raise body.too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _header(scope: "Scope", name: str) -> bytes | None:
    value: str | None = scope.headers.get(name)
    return None if value is None else value.encode("latin-1")


def _refuse(protocol: "HTTPProtocol", problem: ProblemError) -> None:
    headers = [("content-type", problems.MEDIA_TYPE), *problem.headers().items()]
    protocol.response_bytes(problem.kind.status, headers, problem.document())
