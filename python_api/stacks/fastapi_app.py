"""FastAPI as its own first steps have it, plus the contract.

With the codec pydantic: a model for the body, another as the return annotation, `async def`
endpoints, the interactive docs, OpenTelemetry (which FastAPI leaves idle until a provider is
configured), no setting for speed. With another codec an endpoint takes and gives bytes, as
FastAPI's page on using the request directly has it; the docs show the same.

What the contract adds is in `ContractRequest`, `ContractRoute` and `starlette_contract`, and in
how a body's faults are named.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from python_api import equations
from python_api.stacks import body, openapi, problems, pydantic_faults, service, starlette_contract
from python_api.stacks.service import Service

Endpoint = Callable[..., Coroutine[Any, Any, BaseModel]]


def create_app() -> FastAPI:
    """The application, with the codec, the backend and the equations that the environment names.

    See `service.from_environment` and `Service.solvers`, also for what is raised.
    """
    served = service.from_environment(service.FASTAPI_PACKAGES)
    app = FastAPI(
        title="stackgap",
        redirect_slashes=False,
        responses=openapi.refusals(problems.INTERNAL_ERROR),
        exception_handlers={
            **starlette_contract.EXCEPTION_HANDLERS,
            RequestValidationError: _invalid,
        },
    )
    app.add_middleware(starlette_contract.MatchAsSent)
    if served.codec == "pydantic":
        _add_models(app, served)
    else:
        _add_solvers(app, served)
    _add_descriptions(app, served)
    starlette_contract.forbid_head(app)
    return app


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
            pydantic_faults.refuse_crowd(await request.json(), known)
            return await handle(request)

        return handle_contract_request


def _add_models(app: FastAPI, served: Service) -> None:
    """The equations by FastAPI's own means: it reads, validates and prints by their models."""
    from python_api.stacks.codecs.by_pydantic import models  # noqa: PLC0415 (that codec's alone)

    app.router.route_class = ContractRoute
    for equation in served.equations:
        request_type, response_type = models(equation)
        compute_lists = equations.load(equation, served.backend).compute_lists
        app.add_api_route(
            service.path_of(equation),
            _endpoint(request_type, response_type, compute_lists),
            methods=["POST"],
            name=equation,
            description=response_type.__doc__,
            responses=openapi.refusals(*problems.OF_A_BODY),
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


def _add_solvers(app: FastAPI, served: Service) -> None:
    """The equations from bytes to bytes, by another codec than FastAPI's own."""
    solvers = served.solvers()
    for description in served.descriptions():
        path = service.path_of(description["name"])
        app.add_api_route(
            path,
            starlette_contract.solving(solvers[path]),
            methods=["POST"],
            name=description["name"],
            responses={
                200: openapi.answer(description["response"]),
                **openapi.refusals(*problems.OF_A_BODY),
            },
            openapi_extra={"requestBody": openapi.request_body(description["request"])},
        )


def _add_descriptions(app: FastAPI, served: Service) -> None:
    described = served.descriptions()

    @app.get("/v1/equations", name="equations")
    async def list_equations() -> dict[str, Any]:
        """The equations, with the JSON Schemas of their requests and responses."""
        return {"equations": described}

    @app.get("/health", name="health")
    async def health() -> dict[str, Any]:
        """What is being served here, by what."""
        return served.health()


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Each `loc` starts with "body".
    return starlette_contract.answer(pydantic_faults.problem(error.errors(), above=1))
