"""One hot route taken out of FastAPI: the equations in bare ASGI, all else left where it was.

The docs page and the OpenAPI document show the equations still, since FastAPI has them too.
"""

from python_api.stacks import fastapi_app, service
from python_api.stacks.asgi_app import Solving


def create_app() -> Solving:
    """The application, with the codec, the backend and the equations that the environment names.

    See `service.from_environment` and `Service.solvers`, also for what is raised.
    """
    served = service.from_environment(service.FASTAPI_PACKAGES)
    return Solving(served.solvers(), fastapi_app.create_app())
