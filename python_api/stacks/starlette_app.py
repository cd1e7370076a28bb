"""Starlette, plus the contract: its routing and responses, nothing of FastAPI's."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from python_api.stacks import pages, service, starlette_contract
from python_api.stacks.starlette_contract import EXCEPTION_HANDLERS, Endpoint, MatchAsSent


def create_app() -> Starlette:
    """The application, with the codec, the backend and the equations that the environment names.

    See `service.from_environment` and `Service.solvers`, also for what is raised.
    """
    served = service.from_environment(["starlette"])
    solving = [
        Route(path, starlette_contract.solving(solve), methods=["POST"])
        for path, solve in served.solvers().items()
    ]
    describing = [
        Route(path, _showing(page), methods=["GET"])
        for path, page in pages.of(served).on_get.items()
    ]
    app = Starlette(
        routes=solving + describing,
        middleware=[Middleware(MatchAsSent)],
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.router.redirect_slashes = False
    starlette_contract.forbid_head(app)
    return app


def _showing(page: Callable[[], bytes]) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return Response(page(), media_type="application/json")

    return endpoint
