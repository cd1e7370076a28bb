"""What a server process imports, because that is part of what it costs."""

import json
import os
import subprocess
import sys

import pytest

from python_api.equations import BACKENDS, EQUATIONS

BACKEND_LIBRARIES = {"numpy", "numba", "python_api._rust_ext"}

# Lists, after one request through the whole application, what is loaded.
SERVE_ONCE = """
import asyncio, json, sys
from importlib import import_module

module, name = sys.argv[1].split(":")
app = getattr(import_module(module), name)
app = app() if name == "create_app" else app
requests = [{"type": "http.request", "body": b'{"planet":"mars","times_jd":[2451545]}'}]
statuses = []

async def receive():
    return requests.pop()

async def send(message):
    statuses.append(message.get("status"))

scope = {
    "type": "http", "method": "POST", "path": "/v1/ephemeris", "raw_path": b"/v1/ephemeris",
    "query_string": b"", "headers": [(b"content-type", b"application/json")],
}
asyncio.run(app(scope, receive, send))
assert statuses[0] == 200, statuses
print(json.dumps(sorted(sys.modules)))
"""


def modules_after_serving(app: str, backend: str, **extra: str) -> set[str]:
    environment = os.environ | {
        **extra,
        "STACKGAP_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", SERVE_ONCE, app]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


@pytest.mark.parametrize(
    "app",
    [
        "python_api.stacks.fastapi_app:create_app",
        "python_api.stacks.fastapi_quickstart:app",
        "python_api.stacks.injected:create_app",
    ],
)
def test_a_server_in_plain_python_loads_no_other_backend(app: str) -> None:
    assert not modules_after_serving(app, "python") & BACKEND_LIBRARIES


def test_a_numpy_server_loads_neither_numba_nor_rust() -> None:
    loaded = modules_after_serving("python_api.stacks.fastapi_app:create_app", "numpy")
    assert loaded & BACKEND_LIBRARIES == {"numpy"}


def backend_modules(loaded: set[str]) -> set[str]:
    return {name for name in loaded if ".in_" in name}


FRAMEWORK_LIBRARIES = {
    "asgi": set[str](),
    "starlette": {"starlette"},
    "fastapi": {"fastapi", "starlette", "pydantic"},
    "mounted": {"fastapi", "starlette", "pydantic"},
}
CODEC_LIBRARIES = {
    "pydantic": {"pydantic"},
    "msgspec": {"msgspec"},
    "rust": {"python_api._rust_ext"},
    "bytes": {"python_api._rust_ext"},
    "lexical": {"python_api._rust_ext"},
}
LIBRARIES = BACKEND_LIBRARIES.union(*FRAMEWORK_LIBRARIES.values(), *CODEC_LIBRARIES.values())


@pytest.mark.parametrize("codec", CODEC_LIBRARIES)
@pytest.mark.parametrize("framework", FRAMEWORK_LIBRARIES)
def test_a_server_loads_the_libraries_of_its_framework_and_codec_alone(
    framework: str, codec: str
) -> None:
    backend = "rust" if codec in {"bytes", "lexical"} else "python"
    app = f"python_api.stacks.{framework}_app:create_app"
    loaded = modules_after_serving(app, backend, STACKGAP_CODEC=codec)
    assert loaded & LIBRARIES == FRAMEWORK_LIBRARIES[framework] | CODEC_LIBRARIES[codec]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_server_of_one_equation_loads_the_backend_of_that_one_alone(backend: str) -> None:
    loaded = modules_after_serving(
        "python_api.stacks.fastapi_app:create_app", backend, STACKGAP_EQUATIONS="ephemeris"
    )
    assert backend_modules(loaded) == {f"python_api.equations.ephemeris.in_{backend}"}


def test_a_server_loads_the_backends_of_all_equations_where_none_is_named() -> None:
    loaded = modules_after_serving("python_api.stacks.fastapi_app:create_app", "numpy")
    expected = {f"python_api.equations.{equation}.in_numpy" for equation in EQUATIONS}
    assert backend_modules(loaded) == expected


def test_the_quick_start_loads_plain_python_alone() -> None:
    loaded = modules_after_serving("python_api.stacks.fastapi_quickstart:app", "python")
    expected = {f"python_api.equations.{equation}.in_python" for equation in EQUATIONS}
    assert backend_modules(loaded) == expected


def test_only_the_injected_application_loads_the_injection() -> None:
    loaded = modules_after_serving("python_api.stacks.fastapi_app:create_app", "python")
    assert "python_api.stacks.injected" not in loaded


def test_a_server_of_raw_doubles_loads_neither_framework_nor_pydantic() -> None:
    loaded = modules_after_serving(
        "python_api.stacks.asgi_app:create_app", "rust", STACKGAP_CODEC="float64"
    )
    assert not {"fastapi", "starlette", "pydantic"} & loaded


@pytest.mark.parametrize("module", ["body", "pages", "problems", "pydantic_faults", "service"])
def test_what_the_stacks_share_loads_no_framework(module: str) -> None:
    script = f"import sys, json, python_api.stacks.{module}; print(json.dumps([*sys.modules]))"
    command = [sys.executable, "-c", script]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = json.loads(subprocess.check_output(command, env=environment))
    assert not {"fastapi", "starlette", "pydantic"} & set(loaded)
