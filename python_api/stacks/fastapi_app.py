"""FastAPI as its own first steps have it, plus the contract.

A pydantic model for the body, another as the return annotation, `async def` endpoints, the
interactive docs, OpenTelemetry (which FastAPI leaves idle until a provider is configured), no
setting for speed. What the contract adds is in `ContractRequest`, `ContractRoute` and
`MatchAsSent`, and in how problems are answered.
"""

from collections.abc import Callable, Container, Coroutine, Sequence
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from python_api import equations
from python_api.stacks import body, problems, service
from python_api.stacks.problems import Fault, Kind, ProblemError

MAX_FAULTS = 10
"""How many faults of a body are named at most."""

MAX_MEMBERS = 100
"""Of a body with more members only the first unknown one is named: pydantic lists them all,
which takes seconds for the hundreds of thousands that fit into a body."""

Endpoint = Callable[..., Coroutine[Any, Any, BaseModel]]


def create_app() -> FastAPI:
    """The application, with the backend and the equations that the environment names.

    See `service.from_environment`. Of the backend it loads what these equations need only.

    Raises ValueError for an unknown backend or equation, and ImportError where a backend's library
    is missing.
    """
    served = service.from_environment(service.FASTAPI_PACKAGES)
    app = FastAPI(
        title="stackgap",
        redirect_slashes=False,
        responses=_responses(problems.INTERNAL_ERROR),
        exception_handlers={
            Exception: _internal_error,
            HTTPException: _unrouted,
            ProblemError: _refused,
            RequestValidationError: _invalid,
        },
    )
    app.add_middleware(MatchAsSent)
    app.router.route_class = ContractRoute
    for equation in served.equations:
        _add_equation(app, equation, served.backend)
    _add_descriptions(app, served)
    _forbid_head(app)
    return app


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


class ContractRequest(Request):
    """A request that takes in no more, and nothing else, than the contract allows.

    Both methods raise ProblemError.
    """

    async def body(self) -> bytes:
        """The whole body, kept for the next call."""
        if not hasattr(self, "_body"):
            self._body = await body.read(self.scope["headers"], self.receive)
        return self._body

    async def json(self) -> Any:
        """The parsed body, kept for the next call."""
        if not hasattr(self, "_json"):
            self._json = body.parse(await self.body())
        return self._json


class ContractRoute(APIRoute):
    """A route whose handler is given a `ContractRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler; it raises ProblemError for a body that is not the contract's JSON."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle
        model: Any = self.body_field.field_info.annotation
        known = model.model_fields

        async def handle_contract_request(request: Request) -> Response:
            request = ContractRequest(request.scope, request.receive)
            # Read here, because the handler turns an exception of its own reading into a 400.
            _refuse_crowd(await request.json(), known)
            return await handle(request)

        return handle_contract_request


def _refuse_crowd(value: Any, known: Container[str]) -> None:
    if isinstance(value, dict) and len(value) > MAX_MEMBERS:
        unknown = next(name for name in value if name not in known)
        raise problems.invalid_body([Fault(problems.pointer([unknown]), "no such field")])


def _add_equation(app: FastAPI, equation: str, backend: str) -> None:
    models = import_module(f"python_api.equations.{equation}.models")
    compute_lists = equations.load(equation, backend).compute_lists
    app.add_api_route(
        f"/v1/{equation}",
        _endpoint(models.Request, models.Response, compute_lists),
        methods=["POST"],
        name=equation,
        description=models.Response.__doc__,
        responses=_responses(
            problems.BODY_TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE, problems.INVALID_BODY
        ),
    )


def _endpoint(
    request_type: type[BaseModel],
    response_type: type[BaseModel],
    compute_lists: Callable[..., Sequence[list[float]]],
) -> Endpoint:
    names = tuple(response_type.model_fields)

    async def endpoint(request: BaseModel) -> BaseModel:
        results = compute_lists(**vars(request))
        return response_type(**dict(zip(names, results, strict=True)))

    # FastAPI reads the models off the signature.
    endpoint.__annotations__ = {"request": request_type, "return": response_type}
    return endpoint


def _add_descriptions(app: FastAPI, served: service.Service) -> None:
    described = [_description(equation) for equation in served.equations]

    @app.get("/v1/equations", name="equations")
    async def list_equations() -> dict[str, Any]:
        """The equations, with the JSON Schemas of their requests and responses."""
        return {"equations": described}

    @app.get("/health", name="health")
    async def health() -> dict[str, Any]:
        """What is being served here, by what."""
        return served.health()


def _description(equation: str) -> dict[str, Any]:
    models = import_module(f"python_api.equations.{equation}.models")
    return {
        "name": equation,
        "request": models.Request.model_json_schema(),
        "response": models.Response.model_json_schema(),
    }


def _forbid_head(app: FastAPI) -> None:
    """Takes back the HEAD that Starlette adds to the GET of FastAPI's own pages."""
    for route in app.routes:
        if isinstance(route, Route) and route.methods is not None:
            route.methods.discard("HEAD")


def _responses(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    return {
        int(kind.status): {
            "description": kind.title,
            "content": {problems.MEDIA_TYPE: {"schema": problems.schema(kind)}},
        }
        for kind in kinds
    }


def _answer(problem: ProblemError) -> Response:
    response = Response(
        problem.document(), status_code=problem.kind.status, media_type=problems.MEDIA_TYPE
    )
    if problem.kind is problems.BODY_TOO_LARGE:
        # Or the server would read, only to throw away, what is left of the body.
        response.headers["connection"] = "close"
    return response


async def _refused(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ProblemError)
    return _answer(problem)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Each `loc` starts with "body".
    faults = [
        Fault(problems.pointer(fault["loc"][1:]), fault["msg"])
        for fault in error.errors()[:MAX_FAULTS]
    ]
    return _answer(problems.invalid_body(faults))


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == problems.NOT_FOUND.status:
        return _answer(ProblemError(problems.NOT_FOUND, f"there is no {path}"))
    if error.status_code == problems.METHOD_NOT_ALLOWED.status:
        detail = f"{request.method} is not a method of {path}"
        response = _answer(ProblemError(problems.METHOD_NOT_ALLOWED, detail))
        response.headers.update(error.headers or {})
        return response
    raise error


async def _internal_error(_request: Request, _error: Exception) -> Response:
    return _answer(ProblemError(problems.INTERNAL_ERROR, "the fault is ours"))
