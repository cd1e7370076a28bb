"""The load generator and wrk, asked about the same server, say the same."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stackgap import project
from tests.conftest import require
from tests.load.server import BODY_AFTER_S, SlowServer

CONNECTIONS = 4
SECONDS = 1

# A request counted twice, or a clock stopped at the head of the answer, would be off by 2.
AGREEMENT = 1.5

_WRK_SCRIPT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format('{"requests":%d,"duration_us":%d,"failed":%d,"median_us":%f}',
    summary.requests, summary.duration, failed, latency:percentile(50)))
end
"""


class Wrk(msgspec.Struct, frozen=True):
    """What wrk reports."""

    requests: int
    duration_us: int
    failed: int
    median_us: float

    @property
    def rate_hz(self) -> float:
        """Answers a second."""
        return self.requests / self.duration_us * 1e6


@pytest.fixture
def server() -> Iterator[SlowServer]:
    with SlowServer() as server:
        yield server


def _wrk(server: SlowServer, folder: Path) -> Wrk:
    require("wrk")
    script = folder / "report.lua"
    script.write_text(_WRK_SCRIPT)
    url = f"http://127.0.0.1:{server.port}/"
    output = subprocess.check_output(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), url]
    )
    return msgspec.json.decode(output.splitlines()[-1], type=Wrk)


def _load(server: SlowServer, **fields: Any) -> dict[str, Any]:
    config = {
        "target": f"127.0.0.1:{server.port}",
        "method": "GET",
        "path": "/",
        "lead_s": 0.0,
        "window_s": SECONDS,
        "drain_s": 10.0,
        "connections": CONNECTIONS,
        "mode": "block",
    }
    output = subprocess.check_output(
        [project.binary("stackgap-load"), "run"], input=json.dumps(config | fields).encode()
    )
    result: dict[str, Any] = json.loads(output)
    assert result["failed"] == {}
    return result


def _agree(ours: float, theirs: float) -> bool:
    return 1 / AGREEMENT < ours / theirs < AGREEMENT


def test_the_server_saw_each_request_the_generator_reports(server: SlowServer) -> None:
    result = _load(server, rate_hz=400.0)
    assert result["scheduled"] == result["sent"] == result["ok"] == server.requests == 400


def test_the_server_saw_each_request_wrk_reports(server: SlowServer, tmp_path: Path) -> None:
    wrk = _wrk(server, tmp_path)
    assert wrk.failed == 0
    # wrk leaves without the answers then in flight.
    assert wrk.requests <= server.requests <= wrk.requests + CONNECTIONS


def test_a_burst_gets_as_many_answers_a_second_as_wrk(server: SlowServer, tmp_path: Path) -> None:
    wrk = _wrk(server, tmp_path)
    result = _load(server, schedule={"kind": "burst"})
    assert _agree(result["window_ok"] / result["window_ns"] * 1e9, wrk.rate_hz)


def test_the_median_latency_at_half_of_wrks_rate_is_wrks(
    server: SlowServer, tmp_path: Path
) -> None:
    wrk = _wrk(server, tmp_path)
    # Connections to spare: what a busy machine delays must not queue up, as it does not for wrk.
    result = _load(server, rate_hz=0.5 * wrk.rate_hz, connections=4 * CONNECTIONS)
    assert _agree(result["latency_p50_ns"] / 1e3, wrk.median_us)


@pytest.mark.parametrize("mode", ["spin", "block"])
def test_no_latency_is_below_what_the_server_takes(mode: str, server: SlowServer) -> None:
    result = _load(server, rate_hz=100.0, mode=mode)
    fastest_ns = result["latency_ns_histogram"][0][0]
    assert fastest_ns >= 0.9 * BODY_AFTER_S * 1e9
