"""`stackgap load`: a steady rate for servers that were started by hand."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from stackgap.analyse.latency import histogram_quantiles_us
from stackgap.cli import options
from stackgap.cli.failures import FAILED, console, explained, fail
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.launch import LOOPBACK
from stackgap.measure import cores, load
from stackgap.measure.engine import connections_at
from stackgap.measure.guardian import guarded
from stackgap.measure.load import Burst, BurstOrder
from stackgap.measure.payload import CONTENT_TYPES
from stackgap.measure.process import port_is_free
from stackgap.measure.workload import Workload
from stackgap.misuse import MisuseError
from stackgap.report import formatting as f
from stackgap.run.plan import CONNECTIONS

_SHOWN = {"p50 ms": 0.5, "p99 ms": 0.99}
_AS_MILLISECONDS = replace(f.MILLISECONDS, factor=1e-3)
_LOOK_EVERY_S = 0.5
_LEAD_S = 0.5


def load_(
    ports: Annotated[
        list[int], typer.Argument(min=1, max=65535, help="Of 127.0.0.1, all loaded at once.")
    ],
    rate: Annotated[
        float, typer.Option(min=0.1, max=20_000, help="Requests a second to each port.")
    ] = 100.0,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="For how long.")] = 30.0,
    equation: options.Equation = "ephemeris",
    n: options.Values = 100,
) -> None:
    """Load servers that you started yourself, at a steady rate: watch them with your own tools.

    Every request is due at a time of its own, however slowly others are answered. A sample of
    answers is held to the reference. What a server costs, `stackgap run` measures.
    """
    interrupt_on_terminate()
    with explained():
        workload, core = Workload(equation, n), cores.choose().generator
        if missing := [port for port in ports if port_is_free(port)]:
            raise MisuseError(f"nothing listens on port {missing[0]} of {LOOPBACK}")
        folder = Path(tempfile.mkdtemp(prefix="stackgap-"))
        with guarded(folder) as process_group:
            bodies = workload.write_bodies(folder, "json")
            orders = [
                BurstOrder(
                    target=f"{LOOPBACK}:{port}",
                    path=workload.path,
                    bodies=bodies,
                    content_type=CONTENT_TYPES["json"],
                    rate_hz=rate,
                    lead_s=_LEAD_S,
                    window_s=seconds,
                    connections=connections_at(rate, CONNECTIONS),
                    watch_pids=[],
                    cpu=core,
                    seed=port,
                    sample_every=max(int(rate * seconds) // load.SAMPLES, 1),
                    # One that spins would leave the core to no other.
                    mode="block",
                )
                for port in ports
            ]
            bursts = _together(orders, process_group, seconds)
    wrong = [load.wrong_answers(burst, workload, "json") for burst in bursts]
    console.print(_table(ports, bursts, wrong))
    if any(wrong) or any(burst.failed for burst in bursts):
        fail("not every request had a right answer", FAILED)


def _together(orders: list[BurstOrder], process_group: int, seconds: float) -> list[Burst]:
    running = [load.start(order, process_group) for order in orders]
    with console.status("") as status:
        elapsed_s = 0.0
        while load.is_running(running[0], _LOOK_EVERY_S):
            elapsed_s += _LOOK_EVERY_S
            status.update(f"loading for {seconds:g} s: {min(elapsed_s, seconds):.0f}")
    return [load.finish(process) for process in running]


def _table(ports: Sequence[int], bursts: Sequence[Burst], wrong: Sequence[int]) -> Table:
    table = Table("port", "requests", "answered", "failed", *_SHOWN, "checked", "wrong")
    for port, burst, wrongly in zip(ports, bursts, wrong, strict=True):
        quantiles_us = histogram_quantiles_us(burst.latency_ns_histogram, [*_SHOWN.values()])
        failed = ", ".join(f"{count:,} {how}" for how, count in burst.failed.items())
        table.add_row(
            str(port),
            f"{burst.scheduled:,}",
            f"{burst.ok:,}",
            failed or "none",
            *(f.bare_value(us, _AS_MILLISECONDS) for us in quantiles_us),
            str(len(burst.samples)),
            str(wrongly),
        )
    return table
