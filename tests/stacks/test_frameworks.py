"""What is each framework's own: how it fails, starts and stops, and what it publishes."""

import asyncio
import json
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from python_api.equations import EQUATIONS
from python_api.equations.ephemeris.contract import example
from python_api.stacks import body, problems, rsgi_app
from python_api.stacks.asgi_app import Describing, Solving
from python_api.stacks.pages import Pages
from tests.stacks.client import Client

OF_ASGI = ("fastapi", "mounted", "starlette", "asgi")
PATH = "/v1/ephemeris"
NO_PAGES = Pages(on_get={}, on_post=frozenset())

AppOf = Callable[[str, str], Any]


@pytest.fixture
def app_of(monkeypatch: pytest.MonkeyPatch) -> AppOf:
    def create(framework: str, codec: str) -> Any:
        monkeypatch.setenv("STACKGAP_CODEC", codec)
        monkeypatch.setenv("STACKGAP_BACKEND", "rust")
        return import_module(f"python_api.stacks.{framework}_app").create_app()

    return create


def fail(_content: bytes) -> NoReturn:
    raise ZeroDivisionError


@pytest.mark.parametrize("codec", ["pydantic", "msgspec", "rust", "bytes"])
@pytest.mark.parametrize("framework", OF_ASGI)
def test_every_framework_serves_by_every_codec(app_of: AppOf, framework: str, codec: str) -> None:
    client = Client(app_of(framework, codec))
    assert client.post(PATH, json=example(3)).status_code == 200
    assert client.post(PATH, json={"planet": "pluto"}).status_code == 422
    assert client.request("GET", PATH).headers["allow"] == "POST"


@pytest.mark.parametrize("codec", ["pydantic", "msgspec", "rust"])
@pytest.mark.parametrize("framework", OF_ASGI)
def test_openapi_has_the_schemas_of_requests_and_answers(
    app_of: AppOf, framework: str, codec: str
) -> None:
    document = Client(app_of(framework, codec)).get("/openapi.json").json()
    for equation in EQUATIONS:
        contract = import_module(f"python_api.equations.{equation}.contract")
        operation = document["paths"][f"/v1/{equation}"]["post"]
        for holder, names in (
            (operation["requestBody"], set(contract.example(20))),
            (operation["responses"]["200"], set(contract.RESPONSE_FIELDS)),
        ):
            schema = holder["content"]["application/json"]["schema"]
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            assert set(schema["properties"]) == names


@pytest.mark.parametrize("framework", ["fastapi", "mounted"])
def test_the_docs_page_is_served_with_bytes_too(app_of: AppOf, framework: str) -> None:
    page = Client(app_of(framework, "bytes")).get("/docs")
    assert page.status_code == 200
    assert "/openapi.json" in page.text


@pytest.mark.parametrize("framework", OF_ASGI)
def test_an_application_starts_and_stops_as_the_server_tells(app_of: AppOf, framework: str) -> None:
    told = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return told.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    asyncio.run(app_of(framework, "bytes")(scope, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_fault_of_ours_is_answered_and_left_to_the_server_to_log() -> None:
    app = Solving({PATH: fail}, Describing(NO_PAGES))
    response = Client(app).post(PATH, json={})
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/internal-error"
    with pytest.raises(ZeroDivisionError):
        Client(app, raising=True).post(PATH, json={})


class FakeProtocol:
    """What Granian gives an application for a request of these chunks; keeps the answer."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = iter(chunks)
        self.status = 0
        self.headers: dict[str, str] = {}
        self.content = b""

    async def __call__(self) -> bytes:
        return b"".join(self.chunks)

    def __aiter__(self) -> "FakeProtocol":
        return self

    async def __anext__(self) -> bytes:
        try:
            return next(self.chunks)
        except StopIteration:
            raise StopAsyncIteration from None

    def response_bytes(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.status, self.headers, self.content = status, dict(headers), content


def ask_by_rsgi(app: rsgi_app.Application, protocol: FakeProtocol, **headers: str) -> None:
    scope: Any = SimpleNamespace(method="POST", path=PATH, headers=headers)
    given: Any = protocol
    asyncio.run(app.__rsgi__(scope, given))


def test_a_fault_of_ours_is_answered_under_rsgi_too() -> None:
    app = rsgi_app.Application({PATH: fail}, NO_PAGES)
    protocol = FakeProtocol(b"{}")
    with pytest.raises(ZeroDivisionError):
        ask_by_rsgi(app, protocol, **{"content-type": "application/json"})
    assert protocol.status == 500
    assert protocol.headers["content-type"] == problems.MEDIA_TYPE


def test_a_body_of_undeclared_length_is_counted_under_rsgi() -> None:
    app = rsgi_app.Application({PATH: bytes.upper}, NO_PAGES)
    typed = {"content-type": "application/json"}
    small = FakeProtocol(b"a", b"b")
    ask_by_rsgi(app, small, **typed)
    assert (small.status, small.content) == (200, b"AB")
    large = FakeProtocol(*[bytes(body.MAX_BYTES // 2)] * 9)
    ask_by_rsgi(app, large, **typed)
    assert large.status == 413
    assert large.headers["connection"] == "close"
    assert len(list(large.chunks)) == 6
    assert json.loads(large.content)["type"] == "/problems/body-too-large"
