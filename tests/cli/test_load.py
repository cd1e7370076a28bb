"""`stackgap load`: a steady rate for servers started by hand, and what is wrong is told."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from stackgap.launch import command
from stackgap.measure.process import free_port, port_is_free
from stackgap.stacks import find
from tests.cli.command import assert_explained, invoked

LONG_S = 30


@contextmanager
def listening(argv: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[int]:
    with subprocess.Popen(
        argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + LONG_S
            while port_is_free(port):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield port
        finally:
            process.kill()


@contextmanager
def served() -> Iterator[int]:
    port = free_port()
    order = command(find("axum-stock"), port)
    with listening(order.argv, port, order.complete_env()):
        httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).raise_for_status()
        yield port


def test_every_port_has_its_rate_and_right_answers() -> None:
    with served() as one, served() as other:
        done = invoked("load", str(one), str(other), "--rate", "40", "--seconds", "1", "--n", "5")
    assert done.returncode == 0, done.stderr
    rows = [line.split("│") for line in done.stdout.splitlines() if "none" in line]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert [row[1] for row in cells] == [str(one), str(other)]
    for row in cells:
        # Half a second comes before the second asked for.
        assert row[2:4] == ["60", "60"]
        assert 0 < float(row[5]) <= float(row[6])
        assert int(row[7]) > 0
        assert row[8] == "0"


def test_a_server_that_answers_otherwise_is_told_by_how() -> None:
    port = free_port()
    with listening([sys.executable, "-m", "http.server", str(port)], port):
        done = invoked("load", str(port), "--rate", "20", "--seconds", "1")
    assert_explained(done, 1)
    assert "not every request had a right answer" in done.stderr
    assert "30 status_501" in done.stdout


def test_a_port_without_a_server_is_told() -> None:
    port = free_port()
    done = invoked("load", str(port))
    assert_explained(done, 2)
    assert f"nothing listens on port {port} of 127.0.0.1" in done.stderr
