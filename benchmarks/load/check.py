"""Holds the load generator to its two goals on this machine, against Axum's /health.

    make load-check

prints, for each of `RATES_HZ`, how many requests a second were answered from one core and how
late they were sent; then each goal's figure as a share of the goal. Exits 1 if one is missed.
Run it while nothing else does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from stackgap import launch, project, stacks
from stackgap.measure import cores, process
from stackgap.measure.servers import ProcessServer

STACK = "axum-stock"
USUAL_HZ = 2_000
MOST_HZ = 20_000
RATES_HZ = (USUAL_HZ, MOST_HZ)
WINDOW_S = 3.0

# At MOST_HZ, of the requests asked for.
LEAST_ANSWERED = 0.99
# At USUAL_HZ, as the 99th percentile; it must stay below.
LATENESS_LIMIT_NS = 1_000_000


class Ratios(msgspec.Struct, frozen=True):
    """What was reached, each as a share of what was asked or allowed."""

    answered: float
    lateness: float

    @property
    def reach_both_goals(self) -> bool:
        """Whether enough was answered, and sent on time."""
        return self.answered >= LEAST_ANSWERED and self.lateness < 1


@contextmanager
def serving(core: int) -> Iterator[int]:
    """Serves `STACK` on `core` while the block lasts; yields its port."""
    port = process.free_port()
    command = launch.command(stacks.find(STACK), port)
    with cores.pinned_to(core):
        server = subprocess.Popen(command.argv, env=command.complete_env())
    try:
        own = ProcessServer(server, Path(os.devnull), os.getpgrp())
        process.wait_until_healthy(STACK, launch.LOOPBACK, port, own)
        yield port
    finally:
        server.terminate()
        server.wait()


def load(port: int, core: int, rate_hz: int) -> dict[str, Any]:
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


def answered_hz(result: dict[str, Any]) -> float:
    """Answers a second over the window."""
    return float(result["window_ok"] / result["window_ns"] * 1e9)


def ratios(usual: dict[str, Any], most: dict[str, Any]) -> Ratios:
    """The two goals' ratios, from the results at `USUAL_HZ` and at `MOST_HZ`."""
    return Ratios(
        answered=answered_hz(most) / MOST_HZ,
        lateness=usual["lateness_p99_ns"] / LATENESS_LIMIT_NS,
    )


def row(rate_hz: int, result: dict[str, Any]) -> str:
    """The table's line of one rate."""
    return (
        f"{rate_hz:7}  {answered_hz(result):10.0f}  {sum(result['failed'].values()):6}"
        f"  {result['queued']:6}  {result['lateness_p99_ns'] / 1e3:15.1f}"
        f"  {result['lateness_max_ns'] / 1e3:6.0f}"
        f"  {result['latency_p50_ns'] / 1e3:14.1f}  {result['latency_p99_ns'] / 1e3:6.0f}"
    )


def main() -> int:
    """Print table and goals; 1 if one is missed."""
    chosen = cores.choose()
    results = {}
    print("asked/s  answered/s  failed  queued  lateness p99 us  max us  latency p50 us  p99 us")
    with serving(chosen.server) as port:
        for rate_hz in RATES_HZ:
            results[rate_hz] = load(port, chosen.generator, rate_hz)
            print(row(rate_hz, results[rate_hz]))
    reached = ratios(results[USUAL_HZ], results[MOST_HZ])
    print(f"answered at {MOST_HZ}/s: {reached.answered:.4f} (goal: at least {LEAST_ANSWERED})")
    print(f"lateness p99 at {USUAL_HZ}/s: {reached.lateness:.4f} of the limit (goal: below 1)")
    return 0 if reached.reach_both_goals else 1


if __name__ == "__main__":
    sys.exit(main())
