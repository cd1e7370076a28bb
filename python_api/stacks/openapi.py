"""The OpenAPI document of a service whose framework writes none.

The standard library only, so that every stack can share it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from python_api.stacks import body, problems, service
from python_api.stacks.problems import Kind

_OBJECT = {"type": "object"}


def document(descriptions: Iterable[Mapping[str, Any]], *, takes_float64: bool) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the service of these equations, as `Service.descriptions`."""
    describe = _solving_float64 if takes_float64 else _solving
    solving = {
        service.path_of(description["name"]): {"post": describe(description)}
        for description in descriptions
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "stackgap", "version": "0.1.0"},
        "paths": {
            **solving,
            "/v1/equations": {"get": _describing("equations", "The equations and their schemas.")},
            "/health": {"get": _describing("health", "What is being served here, by what.")},
            "/openapi.json": {"get": _describing("openapi", "This document.")},
        },
    }


def request_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The Request Body Object of a JSON body with that schema."""
    return {
        "description": f"At most {body.MAX_BYTES} bytes.",
        "required": True,
        "content": {"application/json": {"schema": schema}},
    }


def answer(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The Response Object of a JSON answer with that schema."""
    return {"description": "As asked.", "content": {"application/json": {"schema": schema}}}


def refusals(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The Response Objects of problems of these kinds, by their status."""
    return {
        str(int(kind.status)): {
            "description": kind.title,
            "content": {problems.MEDIA_TYPE: {"schema": problems.schema(kind)}},
        }
        for kind in kinds
    }


def _solving(description: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "operationId": description["name"],
        "requestBody": request_body(description["request"]),
        "responses": {
            "200": answer(description["response"]),
            **refusals(*problems.OF_A_BODY, problems.INTERNAL_ERROR),
        },
    }


def _solving_float64(description: Mapping[str, Any]) -> dict[str, Any]:
    """With raw doubles as another content of both bodies; no schema can describe them."""
    operation = _solving(description)
    for described in (operation["requestBody"], operation["responses"]["200"]):
        described["content"][body.OCTETS.decode()] = {}
    return operation


def _describing(name: str, summary: str) -> dict[str, Any]:
    responses = {"200": answer(_OBJECT), **refusals(problems.INTERNAL_ERROR)}
    return {"operationId": name, "summary": summary, "responses": responses}
