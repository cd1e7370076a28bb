"""How much of a Python stack's CPU is garbage collection: `python -m benchmarks.garbage`.

Prints a table with a row for each stack: how often each of Python's three generations was collected
until it was warm, and then while it answered at the high declared rate; and what the latter took of
the server's CPU. What comes in less than a quarter of all pieces is left out of a cell's cost.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from stackgap import rates
from stackgap.cli.failures import console, explained
from stackgap.cli.measuring import engine_for
from stackgap.measure.engine import Load, connections_at
from stackgap.measure.process import ProcessEngine
from stackgap.measure.workload import Workload
from stackgap.report import markdown
from stackgap.run.plan import CONNECTIONS
from stackgap.stacks import Stack, find

_EQUATION, _N = "ephemeris", 100
_STACKS = ("fastapi-stock-python", "fastapi-quiet-python", "fastapi-quiet-rust", "asgi-quiet-rust")
_SECONDS = 20.0
_WARM_UP_S = 1.0
HOOK = Path(__file__).parent / "garbage_hook"
_STATUS = "loading one stack after another"
_HEADINGS = (
    "stack",
    "collections before, by generation",
    "requests",
    "collections meanwhile, by generation",
    "% of its CPU",
)


def table(engine: ProcessEngine, stacks: Sequence[Stack], seconds: float) -> str:
    """The table in Markdown, of one process of each stack under load for so long."""
    return "\n".join(markdown.table(_HEADINGS, [_row(engine, own, seconds) for own in stacks]))


def _row(engine: ProcessEngine, stack: Stack, seconds: float) -> Sequence[str]:
    rate_hz = rates.find(_EQUATION, _N).high_hz
    warming = Load(rate_hz, 0.0, _WARM_UP_S, connections_at(rate_hz, CONNECTIONS), seed=1)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "garbage.json"
        hooked = {"PYTHONPATH": f"{HOOK}:{engine.site.python_path}", "STACKGAP_GARBAGE": str(told)}
        with engine.launched(stack, 0, **hooked) as fresh:
            resident = engine.adopt(fresh)
        try:
            engine.slice(resident, warming)
            before = json.loads(told.read_text())
            reading = engine.slice(resident, replace(warming, window_s=seconds))
            after = json.loads(told.read_text())
        finally:
            engine.stop([resident])
    collected = [new - old for old, new in zip(before["counts"], after["counts"], strict=True)]
    taken_ns = sum(after["cpu_ns"]) - sum(before["cpu_ns"])
    return (
        stack.name,
        ", ".join(map(str, before["counts"])),
        f"{reading.window_ok:,}",
        ", ".join(map(str, collected)),
        f"{100 * taken_ns / reading.cpu_ns:.2f}",
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description="How much of a Python stack's CPU is garbage collection."
    )
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="of load on each stack")
    seconds = parser.parse_args().seconds
    with (
        explained(),
        engine_for(Workload(_EQUATION, _N), None) as engine,
        console.status(_STATUS),
    ):
        shown = table(engine, [find(name) for name in _STACKS], seconds)
    print(shown)


if __name__ == "__main__":
    main()
