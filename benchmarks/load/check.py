"""Shows what the load generator can do on this machine, against Axum's /health.

    .venv/bin/python -m benchmarks.load.check

prints, for each of `RATES_HZ`, how many requests a second were answered from one core and how
late they were sent. Run it while nothing else does.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stackgap import project, stacks
from stackgap.measure import cores, process

STACK = "axum-stock"
RATES_HZ = (2_000, 20_000)
WINDOW_S = 3.0


@contextmanager
def serving(core: int | None) -> Iterator[int]:
    """Serves `STACK` on `core` while the block lasts; yields its port."""
    port = process.free_port()
    command = stacks.command(stacks.find(STACK), port)
    with cores.pinned_to(core):
        server = subprocess.Popen(command.argv, env=command.complete_env())
    try:
        process.wait_until_healthy(STACK, port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def load(port: int, core: int | None, rate_hz: int) -> dict[str, Any]:
    """The generator's result for `rate_hz` requests a second to /health from `core`."""
    config = {
        "target": f"127.0.0.1:{port}",
        "method": "GET",
        "path": "/health",
        "rate_hz": rate_hz,
        "lead_s": 0.2,
        "window_s": WINDOW_S,
        "drain_s": 1.0,
        "connections": 8,
        "cpu": core,
        "mode": "spin",
    }
    output = subprocess.check_output(
        [project.binary("stackgap-load"), "run"], input=json.dumps(config).encode()
    )
    result: dict[str, Any] = json.loads(output)
    return result


def main() -> None:
    """Print the table."""
    chosen = cores.choose()
    print("asked/s  answered/s  failed  queued  lateness p99 us  max us  latency p50 us  p99 us")
    with serving(chosen.server) as port:
        for rate_hz in RATES_HZ:
            result = load(port, chosen.generator, rate_hz)
            answered_hz = result["window_ok"] / result["window_ns"] * 1e9
            print(
                f"{rate_hz:7}  {answered_hz:10.0f}  {sum(result['failed'].values()):6}"
                f"  {result['queued']:6}  {result['lateness_p99_ns'] / 1e3:15.1f}"
                f"  {result['lateness_max_ns'] / 1e3:6.0f}"
                f"  {result['latency_p50_ns'] / 1e3:14.1f}  {result['latency_p99_ns'] / 1e3:6.0f}"
            )


if __name__ == "__main__":
    main()
