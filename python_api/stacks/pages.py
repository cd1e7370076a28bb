"""What a service without a framework answers apart from its equations: pages and refusals.

The standard library only, so that every stack can share it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from python_api.stacks import openapi, problems, service
from python_api.stacks.service import Service, to_json


@dataclass(frozen=True)
class Pages:
    """What is served on GET, by its path, and the paths of what is served on POST."""

    on_get: Mapping[str, Callable[[], bytes]]
    on_post: frozenset[str]

    def find(self, method: str, path: str) -> bytes:
        """The JSON that `method` gives at `path`; ProblemError, with what to do, if it gives none.

        A POST to a path of `on_post` is for another to answer.
        """
        page = self.on_get.get(path)
        if page is not None and method == "GET":
            return page()
        if page is None and path not in self.on_post:
            raise problems.not_found(path)
        raise problems.method_not_allowed(method, path, allow="POST" if page is None else "GET")


def of(served: Service) -> Pages:
    """The pages of a service."""
    descriptions = served.descriptions()
    listed = to_json({"equations": descriptions})
    document = to_json(openapi.document(descriptions, takes_float64=served.takes_float64))
    return Pages(
        on_get={
            "/v1/equations": lambda: listed,
            "/health": lambda: to_json(served.health()),
            "/openapi.json": lambda: document,
        },
        on_post=frozenset(map(service.path_of, served.equations)),
    )
