"""What a stack says of itself, and what it leaves out of its answers."""

import json
import os
from typing import Any

from tests.conformance.cases import MARS, post
from tests.conformance.client import Client, Request
from tests.conformance.server import RunningStack


def _get(client: Client, path: str) -> Any:
    answer = client.ask(Request("GET", path, headers={}))
    assert answer.status == 200
    assert answer.media_type == "application/json"
    return json.loads(answer.body)


def test_health_names_the_stack_and_its_process(stack: RunningStack, client: Client) -> None:
    health = _get(client, "/health")
    assert set(health) == {"status", "stack", "backend", "build_hash", "versions", "pid"}
    assert health["status"] == "ok"
    assert health["stack"] == stack.stack.name
    assert health["backend"] == stack.stack.backend
    # Without compiled code of ours there is nothing whose build could be stale.
    assert isinstance(health["build_hash"], str) == (stack.stack.backend == "rust")
    assert health["versions"]
    assert all(isinstance(version, str) for version in health["versions"].values())
    assert os.getpgid(health["pid"]) == stack.pid


def test_equations_are_listed_with_their_schemas(client: Client) -> None:
    listed = _get(client, "/v1/equations")
    assert set(listed) == {"equations"}
    assert [equation["name"] for equation in listed["equations"]] == ["ephemeris"]
    for equation in listed["equations"]:
        assert set(equation) == {"name", "request", "response"}
        assert set(equation["request"]["properties"]) == {"planet", "times_jd"}
        assert list(equation["response"]["properties"]) == ["x_au", "y_au", "z_au"]


def test_openapi_names_every_route(client: Client) -> None:
    document = _get(client, "/openapi.json")
    assert document["openapi"].startswith("3.1.")
    served = {path: set(operations) for path, operations in document["paths"].items()}
    routes = {"/v1/ephemeris": {"post"}, "/v1/equations": {"get"}, "/health": {"get"}}
    assert served.items() >= routes.items()


def test_an_answer_is_neither_compressed_nor_shared_across_origins(client: Client) -> None:
    good = post(MARS)
    headers = {**good.headers, "Accept-Encoding": "gzip, br", "Origin": "https://example.org"}
    answer = client.ask(Request(headers=headers, body=good.body))
    assert answer.status == 200
    assert "content-encoding" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control-")]
