"""How much of a Python stack's CPU is garbage collection: `python -m benchmarks.garbage`.

Prints a table with a row for each stack: how often each of Python's three generations is collected,
and what that takes of the server's CPU, at the high declared rate. A collection rarer than once in
four pieces of a slice is left out of a cell's cost as one of the dearest quarter; see methodology.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stackgap import build, rates
from stackgap.measure.cores import choose
from stackgap.measure.engine import Load, connections_at
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.report import formatting as f
from stackgap.report import markdown
from stackgap.run.plan import CONNECTIONS, LEAD_S
from stackgap.stacks import Stack, find

_EQUATION, _N = "ephemeris", 100
_STACKS = ("fastapi-stock-python", "fastapi-quiet-python", "fastapi-quiet-rust", "asgi-quiet-rust")
_SECONDS = 20.0
_HOOK = Path(__file__).parent / "garbage_hook"
_HEADINGS = (
    "stack",
    *(f"generation {number}: once in requests" for number in range(3)),
    *(f"generation {number}: % of its CPU" for number in range(3)),
)


def table(engine: ProcessEngine, stacks: Sequence[Stack], seconds: float) -> str:
    """The table in Markdown, of one process of each stack under load for so long."""
    return "\n".join(markdown.table(_HEADINGS, [_row(engine, own, seconds) for own in stacks]))


def _row(engine: ProcessEngine, stack: Stack, seconds: float) -> Sequence[str]:
    rate_hz = rates.find(_EQUATION, _N).high_hz
    connections = connections_at(rate_hz, CONNECTIONS)
    # What it collects while it imports is not of its requests: that of an idle one is taken off.
    idle, _, _ = _collected(engine, stack, None)
    load = Load(rate_hz, LEAD_S, seconds, connections, seed=1)
    busy, requests, cpu_ns = _collected(engine, stack, load)
    return (stack.name, *_columns(idle, busy, requests, cpu_ns))


def _columns(
    idle: Mapping[str, Sequence[int]], busy: Mapping[str, Sequence[int]], requests: int, cpu_ns: int
) -> Iterator[str]:
    for before, after in zip(idle["counts"], busy["counts"], strict=True):
        yield f.bare_value(requests / (after - before), f.REQUESTS) if after > before else "never"
    for before, after in zip(idle["cpu_ns"], busy["cpu_ns"], strict=True):
        yield f"{100 * (after - before) / cpu_ns:.2f}"


def _collected(
    engine: ProcessEngine, stack: Stack, load: Load | None
) -> tuple[dict[str, list[int]], int, int]:
    """What a server collected until it ended, its answers and their CPU."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "garbage.json"
        hooked = {"PYTHONPATH": f"{_HOOK}:{engine.site.python_path}", "STACKGAP_GARBAGE": str(path)}
        with engine.launched(stack, 0, **hooked) as fresh:
            resident = engine.adopt(fresh)
        try:
            reading = engine.slice(resident, load) if load else None
        finally:
            engine.stop([resident])
        told: dict[str, list[int]] = json.loads(path.read_text())
    return told, reading.window_ok if reading else 0, reading.cpu_ns if reading else 0


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="of load on each stack")
    seconds = parser.parse_args().seconds
    with process_engine(Workload(_EQUATION, _N), choose(), build.source_hash()) as engine:
        print(table(engine, [find(name) for name in _STACKS], seconds))


if __name__ == "__main__":
    main()
