"""The injected costs are real, and counted."""

import asyncio
from collections.abc import Callable

import pytest

from python_api import _rust_ext
from python_api.equations.ephemeris import in_python
from python_api.equations.ephemeris.contract import example
from python_api.stacks import asgi_app, fastapi_app, injected
from tests.stacks.client import Client

US = 1_000

AppWith = Callable[..., injected.Injected]


@pytest.fixture
def app_with(monkeypatch: pytest.MonkeyPatch) -> AppWith:
    def create(**costs: str) -> injected.Injected:
        for name, cost in costs.items():
            monkeypatch.setenv(f"STACKGAP_INJECT_{name}", cost)
        return injected.create_app()

    return create


def sums(client: Client) -> dict[str, int]:
    counted: dict[str, int] = client.get("/health").json()["injected"]
    return counted


def test_cpu_is_burned_and_counted_on_every_post(app_with: AppWith) -> None:
    client = Client(app_with(CPU_US="60"))
    assert sums(client) == {"requests": 0, "cpu_ns": 0}
    for _ in range(3):
        assert client.post("/v1/ephemeris", json=example(1)).status_code == 200
    client.get("/v1/equations")
    counted = sums(client)
    assert counted["requests"] == 3
    assert counted["cpu_ns"] >= 3 * 60 * US


def test_the_burned_cpu_is_the_threads_own(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([1_000, 31_000, 61_500])
    monkeypatch.setattr(injected, "clock_gettime_ns", lambda _clock: next(readings))
    assert injected.burn(60 * US) == 60_500


def test_the_wait_is_awaited(app_with: AppWith, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    client = Client(app_with(WAIT_MS="5"))
    assert client.post("/v1/ephemeris", json=example(1)).status_code == 200
    client.get("/health")
    assert waits == [0.005]


def test_memory_is_held(app_with: AppWith) -> None:
    assert len(app_with(ANON_MB="3").ballast) == 3_000_000


def test_without_costs_nothing_is_burned_or_held(app_with: AppWith) -> None:
    app = app_with()
    client = Client(app)
    client.post("/v1/ephemeris", json=example(1))
    assert sums(client) == {"requests": 1, "cpu_ns": 0}
    assert app.ballast == b""


def test_the_answers_are_those_of_the_plain_application(app_with: AppWith) -> None:
    plain, costly = Client(fastapi_app.create_app()), Client(app_with(CPU_US="1"))
    for content in (example(5), {"planet": "pluto"}):
        answers = [client.post("/v1/ephemeris", json=content) for client in (plain, costly)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].content == answers[1].content
    health = costly.get("/health").json()
    health.pop("injected")
    assert health == plain.get("/health").json()


@pytest.mark.parametrize("framework", ["mounted", "starlette", "asgi"])
def test_a_cost_is_injected_into_any_framework(
    app_with: AppWith, monkeypatch: pytest.MonkeyPatch, framework: str
) -> None:
    monkeypatch.setenv("STACKGAP_INJECT_INTO", framework)
    app = app_with(CPU_US="60")
    assert type(app.app).__module__.partition(".")[0] != "fastapi"
    client = Client(app)
    assert client.post("/v1/ephemeris", json=example(1)).status_code == 200
    assert sums(client)["cpu_ns"] >= 60 * US


def test_the_sums_are_added_to_health_alone(app_with: AppWith) -> None:
    refused = Client(app_with()).request("PUT", "/health")
    assert refused.status_code == 405
    assert "injected" not in refused.json()


def test_a_cost_that_is_no_number_is_refused(app_with: AppWith) -> None:
    with pytest.raises(ValueError, match="plenty"):
        app_with(CPU_US="plenty")


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes back what is made dearer, and serves by the codec that can be."""
    for module, name in ((_rust_ext, "read_request"), (in_python, "compute_lists")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setenv("STACKGAP_INJECT_INTO", "asgi")
    monkeypatch.setenv("STACKGAP_CODEC", "rust")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("costs", "burned_us"),
    [
        ({"CODEC_US": "150"}, 150),
        ({"KERNEL_US": "80"}, 80),
        ({"CODEC_US": "150", "KERNEL_US": "80", "CPU_US": "60"}, 290),
        ({"CODEC_US": "0", "KERNEL_US": "0"}, 0),
    ],
    ids=str,
)
def test_codec_and_kernel_are_made_dearer_where_they_are_called(
    app_with: AppWith,
    monkeypatch: pytest.MonkeyPatch,
    costs: dict[str, str],
    burned_us: int,
) -> None:
    plain = Client(asgi_app.create_app()).post("/v1/ephemeris", json=example(3))
    monkeypatch.setattr(injected, "burn", lambda cpu_ns: cpu_ns)
    client = Client(app_with(**costs))
    for _ in range(2):
        assert client.post("/v1/ephemeris", json=example(3)).content == plain.content
    assert sums(client) == {"requests": 2, "cpu_ns": 2 * burned_us * US}


@pytest.mark.usefixtures("places")
def test_a_request_that_cannot_be_read_is_not_computed(
    app_with: AppWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(injected, "burn", lambda cpu_ns: cpu_ns)
    client = Client(app_with(CODEC_US="150", KERNEL_US="80"))
    assert client.post("/v1/ephemeris", json={"planet": "pluto"}).status_code == 422
    assert sums(client)["cpu_ns"] == 150 * US
