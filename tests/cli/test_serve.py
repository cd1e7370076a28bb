"""`stackgap serve`: healthy or a clear error, and no process left however it ends."""

import signal
import socket
import subprocess
from itertools import takewhile

import httpx
import pytest

from stackgap.measure.process import free_port
from stackgap.stacks import stacks
from tests.cli.command import (
    assert_all_end,
    assert_explained,
    descendants,
    invoked,
    started,
)

ALONE_AND_IN_SEVERAL = pytest.mark.parametrize(
    "stack", ["axum-stock", "fastapi-stock-python-w2", "strangler-stock-rust"]
)


def _wait_until_served(process: subprocess.Popen[str], stack: str, port: int) -> None:
    """Returns once the command says that it serves, and AssertionError if that is not so."""
    assert process.stdout is not None
    said = f"{stack} serves http://127.0.0.1:{port}; Ctrl-C ends it"
    printed = list(takewhile(lambda line: said not in line, process.stdout))
    assert process.poll() is None, "".join(printed)
    health = httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
    assert health.json()["stack"] == stack


@ALONE_AND_IN_SEVERAL
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_ends_server_and_workers_in_order(stack: str, ending: signal.Signals) -> None:
    port = free_port()
    with started("serve", stack, "--port", str(port)) as process:
        _wait_until_served(process, stack, port)
        processes = descendants(process)
        assert processes
        process.send_signal(ending)
        output, _ = process.communicate()
        assert process.returncode == 0, output
        assert "Traceback" not in output
        assert_all_end(processes)


@ALONE_AND_IN_SEVERAL
def test_a_killed_command_leaves_no_server(stack: str) -> None:
    port = free_port()
    with started("serve", stack, "--port", str(port)) as process:
        _wait_until_served(process, stack, port)
        processes = descendants(process)
        process.kill()
        assert_all_end(processes)


def test_a_server_that_ends_by_itself_is_told() -> None:
    port = free_port()
    with started("serve", "axum-stock", "--port", str(port)) as process:
        _wait_until_served(process, "axum-stock", port)
        (server,) = (each for each in descendants(process) if "axum" in each.name())
        server.kill()
        output, _ = process.communicate()
    assert process.returncode == 1
    assert "stackgap: axum-stock ended by itself" in output
    assert "Traceback" not in output


def test_a_taken_port_is_told_by_its_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = invoked("serve", "axum-stock", "--port", str(port))
    assert_explained(done, code=1)
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr


def test_an_unknown_stack_is_told_with_the_known_ones() -> None:
    done = invoked("serve", "actix")
    assert_explained(done, code=2)
    assert "no stack 'actix'; known: " in done.stderr
    for name in stacks():
        assert name in done.stderr


def test_a_binary_that_is_not_built_is_told_with_what_to_do() -> None:
    done = invoked("serve", "axum-stock", CARGO_TARGET_DIR="/nowhere")
    assert_explained(done, code=1)
    assert "/nowhere/release/axum_api is not built: run `make build`" in done.stderr
