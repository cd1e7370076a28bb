"""What a stack says of itself, and what it leaves out of its answers."""

import json
import os
from importlib import import_module
from typing import Any

from python_api.equations import EQUATIONS
from tests.conformance.cases import ALLOWED, MARS, post
from tests.conformance.client import Client, Request
from tests.conformance.contracts import CONTRACTS, Field, Integer, Number, Numbers, OneOf
from tests.conformance.server import RunningStack

_OF_SERVER = {
    "uvicorn": {"uvicorn", "httptools", "uvloop"},
    "uvicorn-h11": {"uvicorn", "h11"},
    "gunicorn": {"gunicorn", "uvicorn_worker", "uvicorn", "httptools", "uvloop"},
    "granian": {"granian", "uvloop"},
}
"""What /health must give the versions of, for the server of a row."""


def _get(client: Client, path: str) -> Any:
    answer = client.ask(Request("GET", path, headers={}))
    assert answer.status == 200
    assert answer.media_type == "application/json"
    return json.loads(answer.body)


def test_health_names_the_stack_and_its_process(stack: RunningStack, client: Client) -> None:
    health = _get(client, "/health")
    assert ("injected" in health) == stack.stack.injected
    health.pop("injected", None)
    assert set(health) == {"status", "stack", "backend", "build_hash", "versions", "pid"}
    assert health["status"] == "ok"
    assert health["stack"] == stack.stack.name
    assert health["backend"] == stack.stack.backend
    # Without compiled code of ours there is nothing whose build could be stale.
    assert isinstance(health["build_hash"], str) == stack.stack.needs_rust
    assert all(isinstance(version, str) for version in health["versions"].values())
    assert _OF_SERVER.get(stack.stack.server, {stack.stack.server}) <= set(health["versions"])
    assert os.getpgid(health["pid"]) == stack.pid


def test_equations_are_listed_with_their_schemas(client: Client) -> None:
    listed = _get(client, "/v1/equations")
    assert set(listed) == {"equations"}
    assert [equation["name"] for equation in listed["equations"]] == list(EQUATIONS)
    for equation, contract in zip(listed["equations"], CONTRACTS, strict=True):
        assert set(equation) == {"name", "request", "response"}
        assert equation["name"] == contract.name
        assert set(equation["request"]["properties"]) == set(contract.fields)
        assert tuple(equation["response"]["properties"]) == contract.outputs


def test_every_stack_publishes_the_limits_that_it_keeps(client: Client) -> None:
    for equation, contract in zip(
        _get(client, "/v1/equations")["equations"], CONTRACTS, strict=True
    ):
        request = _without_annotations(equation["request"])
        assert set(request.pop("required")) == set(contract.fields)
        assert request == {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: _schema(field) for name, field in contract.fields.items()},
        }
        response = equation["response"]
        assert set(response["required"]) == set(contract.outputs)
        assert response["additionalProperties"] is False
        for schema in response["properties"].values():
            assert schema["type"] == "array"
            assert schema["items"] == {"type": "number"}


def test_every_stack_tells_the_units_of_the_contract(client: Client) -> None:
    for equation in _get(client, "/v1/equations")["equations"]:
        module = import_module(f"python_api.equations.{equation['name']}.contract")
        for body in ("request", "response"):
            told = {
                name: schema["description"]
                for name, schema in equation[body]["properties"].items()
                if name in module.UNITS
            }
            assert told == {name: module.UNITS[name] for name in told}
            assert told


def _without_annotations(schema: Any) -> Any:
    """A JSON Schema without what limits nothing, an enum's order included."""
    if not isinstance(schema, dict):
        return schema
    annotations = {"title", "description", "examples"}
    return {
        key: sorted(value) if key == "enum" else _without_annotations(value)
        for key, value in schema.items()
        if key not in annotations
    }


def _schema(field: Field) -> dict[str, Any]:
    match field:
        case OneOf(names):
            return {"type": "string", "enum": sorted(names)}
        case Number(least, most):
            return {"type": "number", "minimum": least, "maximum": most}
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Numbers(each, fewest, greatest):
            count = {"minItems": fewest, "maxItems": greatest}
            return {"type": "array", "items": _schema(each), **count}


def test_openapi_names_every_route(client: Client) -> None:
    document = _get(client, "/openapi.json")
    assert document["openapi"].startswith("3.1.")
    served = {path: set(operations) for path, operations in document["paths"].items()}
    routes = {path: {method.lower()} for path, method in ALLOWED.items()}
    del routes["/openapi.json"]
    assert served.items() >= routes.items()


def test_an_answer_is_neither_compressed_nor_shared_across_origins(client: Client) -> None:
    good = post(MARS)
    headers = {**good.headers, "Accept-Encoding": "gzip, br", "Origin": "https://example.org"}
    answer = client.ask(Request(headers=headers, body=good.body))
    assert answer.status == 200
    assert "content-encoding" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control-")]
