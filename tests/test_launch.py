"""How each stack is started."""

import os
import sys
from pathlib import Path

import pytest
from msgspec import structs

from stackgap import project
from stackgap.launch import command
from stackgap.stacks import find, stacks


@pytest.fixture
def axum_binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path))
    path = tmp_path / "release" / "axum_api"
    path.parent.mkdir()
    path.touch()
    path.with_name("axum_api_mimalloc").touch()
    return path


def test_a_uvicorn_stack_is_started_by_this_interpreter() -> None:
    how = command(find("fastapi-stock-numpy"), 8123)
    assert how.argv == [
        *(sys.executable, "-m", "uvicorn", "python_api.stacks.fastapi_app:create_app"),
        *("--host", "127.0.0.1", "--port", "8123", "--factory"),
    ]
    assert how.env["STACKGAP_STACK"] == "fastapi-stock-numpy"
    assert how.env["STACKGAP_BACKEND"] == "numpy"


def test_the_checkout_comes_first_on_the_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    path = command(find("fastapi-quickstart"), 1).env["PYTHONPATH"]
    assert path.split(os.pathsep) == [str(project.ROOT), "/elsewhere"]
    monkeypatch.delenv("PYTHONPATH")
    assert command(find("fastapi-quickstart"), 1).env["PYTHONPATH"] == str(project.ROOT)


@pytest.mark.usefixtures("axum_binary")
@pytest.mark.parametrize("name", ["fastapi-quiet-rust", "axum-stock"])
def test_a_server_is_told_which_equation_to_serve_where_one_is_named(name: str) -> None:
    assert command(find(name), 1, "heat").env["STACKGAP_EQUATIONS"] == "heat"
    assert "STACKGAP_EQUATIONS" not in command(find(name), 1).env


def test_a_ready_made_application_is_not_called_as_a_factory() -> None:
    assert "--factory" not in command(find("fastapi-quickstart"), 1).argv


@pytest.mark.parametrize("name", ["fastapi-quiet-python", "fastapi-stock-python"])
def test_the_access_log_is_switched_off_for_quiet_stacks_alone(name: str) -> None:
    assert ("--no-access-log" in command(find(name), 1).argv) == (not find(name).access_log)


def test_workers_are_passed_on() -> None:
    assert command(find("fastapi-stock-python-w2"), 1).argv[-2:] == ["--workers", "2"]
    assert "--workers" not in command(find("fastapi-stock-python"), 1).argv


def test_h11_is_asked_of_uvicorn_with_the_loop_that_goes_with_it() -> None:
    argv = command(find("fastapi-quiet-python-h11"), 1).argv
    assert argv[-4:] == ["--loop", "asyncio", "--http", "h11"]


def test_a_gunicorn_stack_has_uvicorns_workers() -> None:
    how = command(find("fastapi-stock-python-gunicorn-w2"), 8123)
    assert how.argv == [
        *(sys.executable, "-m", "gunicorn", "python_api.stacks.fastapi_app:create_app()"),
        *("--worker-class", "uvicorn_worker.UvicornWorker", "--workers", "2"),
        *("--bind", "127.0.0.1:8123", "--no-control-socket", "--access-logfile", "-"),
    ]


@pytest.mark.parametrize(
    ("name", "interface"),
    [("asgi-quiet-bytes-rust-granian", "asgi"), ("rsgi-quiet-bytes-rust-granian", "rsgi")],
)
def test_a_granian_stack_has_the_interface_of_its_framework(name: str, interface: str) -> None:
    how = command(find(name), 8123)
    module = f"python_api.stacks.{find(name).framework}_app:create_app"
    assert how.argv[:5] == [sys.executable, "-m", "granian", module, "--factory"]
    assert how.argv[how.argv.index("--interface") + 1] == interface
    assert "--access-log" not in how.argv
    logging = structs.replace(find(name), access_log=True)
    assert "--access-log" in command(logging, 1).argv


def test_a_python_stack_is_told_its_codec_and_how_its_endpoints_are_defined() -> None:
    env = command(find("asgi-quiet-msgspec-rust"), 1).env
    assert (env["STACKGAP_CODEC"], env["STACKGAP_BACKEND"]) == ("msgspec", "rust")
    assert env["STACKGAP_ENDPOINT"] == "async def"
    assert command(find("fastapi-quiet-python-def"), 1).env["STACKGAP_ENDPOINT"] == "def"


@pytest.mark.parametrize(
    ("name", "backend", "codec", "long_work"),
    [
        ("axum-stock", "rust", "serde_json", "moved"),
        ("axum-stock-inline", "rust", "serde_json", "inline"),
        ("axum-tuned", "rust_simd", "lexical", "moved"),
    ],
)
def test_an_axum_stack_is_the_built_binary(
    axum_binary: Path, name: str, backend: str, codec: str, long_work: str
) -> None:
    how = command(find(name), 8123)
    assert how.argv == [
        *(str(axum_binary), "--host", "127.0.0.1", "--port", "8123"),
        *("--backend", backend, "--codec", codec, "--long-work", long_work),
    ]
    assert how.env == {"STACKGAP_STACK": name, "STACKGAP_BACKEND": backend}


@pytest.mark.usefixtures("axum_binary")
def test_a_quick_start_of_axum_is_asked_for() -> None:
    assert command(find("axum-quickstart"), 1).argv[5:7] == ["--mode", "quickstart"]
    assert "--mode" not in command(find("axum-stock"), 1).argv


def test_a_strangler_is_axum_with_a_quiet_fastapi_behind(axum_binary: Path) -> None:
    how = command(find("strangler-stock-rust"), 8123)
    front, behind = how.argv[: how.argv.index("--")], how.argv[how.argv.index("--") + 1 :]
    assert front[:5] == [str(axum_binary), "--host", "127.0.0.1", "--port", "8123"]
    port = behind.index("--port") + 1
    assert behind[port] == "{port}"
    fastapi = command(find("fastapi-quiet-rust"), 8124)
    behind[port] = "8124"
    assert behind == fastapi.argv
    assert how.env == fastapi.env | {"STACKGAP_STACK": "strangler-stock-rust"}


def test_another_allocator_is_another_binary(axum_binary: Path) -> None:
    plain, other = (command(find(name), 1) for name in ("axum-stock", "axum-stock-mimalloc"))
    assert other.argv == [f"{axum_binary}_mimalloc", *plain.argv[1:]]


@pytest.mark.usefixtures("axum_binary")
def test_an_axum_stack_is_told_to_take_doubles_where_it_is_measured_by_them() -> None:
    assert "--float64" in command(find("axum-stock-float64"), 1).argv
    assert "--float64" not in command(find("axum-stock"), 1).argv


def test_an_axum_stack_that_is_not_built_says_how_to_build_it(axum_binary: Path) -> None:
    axum_binary.unlink()
    with pytest.raises(FileNotFoundError, match="make build"):
        command(find("axum-stock"), 1)


def test_injected_work_is_asked_of_a_uvicorn_stack() -> None:
    how = command(
        structs.replace(find("fastapi-stock-rust"), inject_cpu_us=60, inject_wait_ms=5), 1
    )
    assert "python_api.stacks.injected:create_app" in how.argv
    assert "--factory" in how.argv
    assert how.env["STACKGAP_INJECT_INTO"] == "fastapi"
    assert how.env["STACKGAP_INJECT_CPU_US"] == "60"
    assert how.env["STACKGAP_INJECT_WAIT_MS"] == "5"


@pytest.mark.usefixtures("axum_binary")
def test_injected_work_is_asked_of_an_axum_stack() -> None:
    how = command(structs.replace(find("axum-stock"), inject_cpu_us=60, inject_wait_ms=5), 1)
    assert how.argv[-4:] == ["--inject-cpu-us", "60", "--inject-wait-ms", "5"]


@pytest.mark.usefixtures("axum_binary")
def test_a_stack_to_compare_injected_work_with_injects_none_by_the_same_means() -> None:
    uvicorn, axum = (
        command(structs.replace(find(name), injector=True), 1)
        for name in ("fastapi-stock-rust", "axum-stock")
    )
    assert "python_api.stacks.injected:create_app" in uvicorn.argv
    assert uvicorn.env["STACKGAP_INJECT_CPU_US"] == "0"
    assert axum.argv[-2:] == ["--inject-cpu-us", "0"]


@pytest.mark.usefixtures("axum_binary")
@pytest.mark.parametrize("name", [name for name, stack in stacks().items() if not stack.injected])
def test_a_plain_stack_is_asked_for_no_injected_work(name: str) -> None:
    how = command(find(name), 1)
    assert not [text for text in [*how.argv, *how.env] if "inject" in text.lower()]


def test_codec_and_kernel_are_made_dearer_only_where_that_is_asked_for() -> None:
    base = structs.replace(find("asgi-quiet-rustcodec-python"), injector=True)
    asked = command(structs.replace(base, inject_codec_us=150, inject_kernel_us=0), 1).env
    assert (asked["STACKGAP_INJECT_CODEC_US"], asked["STACKGAP_INJECT_KERNEL_US"]) == ("150", "0")
    assert "STACKGAP_INJECT_CODEC_US" not in command(base, 1).env
