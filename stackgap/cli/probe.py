"""`stackgap probe`: smaller measurements beside a run, a verb each."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from stackgap import project, stacks
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.cli.measuring import conditions_with, engine_for, limits
from stackgap.cli.progress import RunProgress
from stackgap.cli.results import show_probe, then_shown
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.measure.cold_start import ColdStarts
from stackgap.measure.collateral import Collateral
from stackgap.measure.density import Density
from stackgap.measure.docker_engine import DockerEngine
from stackgap.measure.neighbours import WatchedSlices
from stackgap.measure.process import ProcessEngine
from stackgap.measure.workload import Workload
from stackgap.probe_records import (
    CapacitySettings,
    ColdStartSettings,
    DensitySettings,
    ProbePlan,
    Settings,
    kind,
)
from stackgap.records import ContainerLimits
from stackgap.run import store
from stackgap.run.probes import driver
from stackgap.run.probes.capacity import CapacityProbe
from stackgap.run.probes.cold_start import ColdStartProbe
from stackgap.run.probes.collateral import CollateralProbe
from stackgap.run.probes.density import DensityProbe
from stackgap.run.probes.driver import Probe
from stackgap.run.probes.plan import collateral_settings, make_plan
from stackgap.run.store import RecordFile

app = typer.Typer(
    help="Smaller measurements beside a run: cold starts, what long requests do to short ones, "
    "the highest rates.",
    no_args_is_help=True,
)

Stacks = Annotated[
    list[str] | None, typer.Option(help="A stack to measure; repeat for more. Default: a few.")
]
Generations = Annotated[
    int, typer.Option(min=1, help="Fresh starts of all servers; intervals need 6.")
]
Seed = Annotated[int | None, typer.Option(help="Fixes the order of stacks; random if not given.")]

# Nothing is asked; the workload that an engine has is of some size all the same.
_IDLE_N = 100

MakeProbe = Callable[[ProcessEngine], Probe]


@app.command("cold-start")
def cold_start(
    equation: options.Equation = "ephemeris",
    n: options.Values = 100,
    stack: Stacks = None,
    generations: Generations = 6,
    engine: options.Engine = "process",
    memory: options.Memory = "512m",
    cpus: options.Cpus = None,
    seed: Seed = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """Time and CPU from exec to the first right answer, and on until requests cost no less.

    About two minutes. Records go to RUNS/<id>/records.jsonl as they are made; Ctrl-C keeps them.
    """
    settings = ColdStartSettings()
    with _only_probe():
        within = limits(engine, memory, cpus)
        plan = _plan(stack, settings, equation, n, generations, seed, within)
        _probe(plan, runs, lambda engine: ColdStartProbe(ColdStarts(engine), settings))


@app.command("collateral")
def collateral(
    equation: options.Equation = "ephemeris",
    n: options.Values = 10_000,
    stack: Stacks = None,
    generations: Generations = 6,
    engine: options.Engine = "process",
    memory: options.Memory = "512m",
    cpus: options.Cpus = None,
    seed: Seed = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """Latency of GET /health alone, and while the same server computes long requests.

    About eight minutes. Records go to RUNS/<id>/records.jsonl as they are made; Ctrl-C keeps them.
    """
    with _only_probe():
        settings = collateral_settings(equation, n)
        within = limits(engine, memory, cpus)
        plan = _plan(stack, settings, equation, n, generations, seed, within)
        _probe(plan, runs, lambda engine: CollateralProbe(engine, Collateral(engine), settings))


@app.command("capacity")
def capacity(
    equation: options.Equation = "ephemeris",
    n: options.Values = 100,
    stack: Stacks = None,
    p99_ms: Annotated[
        float, typer.Option(min=0.01, help="The 99th percentile that a rate must keep to.")
    ] = 5.0,
    generations: Generations = 6,
    engine: options.Engine = "process",
    memory: options.Memory = "512m",
    cpus: options.Cpus = None,
    seed: Seed = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """The highest rate one core keeps up with, and the highest at which it answers soon enough.

    About ten minutes. Records go to RUNS/<id>/records.jsonl as they are made; Ctrl-C keeps them.
    """
    settings = CapacitySettings(p99_ms=p99_ms)
    with _only_probe():
        within = limits(engine, memory, cpus)
        plan = _plan(stack, settings, equation, n, generations, seed, within)
        _probe(plan, runs, lambda engine: CapacityProbe(engine, WatchedSlices(engine), settings))


@app.command("density")
def density(
    equation: options.Equation = "ephemeris",
    stack: Stacks = None,
    containers: Annotated[
        int, typer.Option(min=2, help="How many of each stack live side by side.")
    ] = 8,
    cold_cache: Annotated[
        bool,
        typer.Option(
            "--cold-cache",
            help="First drop the files that this machine keeps in memory, before each stack: "
            "as root. Everyone on it reads theirs again.",
        ),
    ] = False,
    generations: Generations = 6,
    memory: options.Memory = "512m",
    seed: Seed = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """How many idle containers of each stack fit into 1 GiB, and what holds the first one's memory.

    About eight minutes. Records go to RUNS/<id>/records.jsonl as they are made; Ctrl-C keeps them.
    """
    settings = DensitySettings(containers=containers, cold_cache=cold_cache)
    with _only_probe():
        within = limits("docker", memory, None)
        plan = _plan(stack, settings, equation, _IDLE_N, generations, seed, within)
        _probe(plan, runs, lambda engine: DensityProbe(_crowd(engine), settings))


def _crowd(engine: ProcessEngine) -> Density:
    assert isinstance(engine, DockerEngine)
    return Density(engine)


@contextmanager
def _only_probe() -> Iterator[None]:
    interrupt_on_terminate()
    with explained(), store.only_one():
        yield


def _plan(
    names: list[str] | None,
    settings: Settings,
    equation: str,
    n: int,
    generations: int,
    seed: int | None,
    containers: ContainerLimits | None,
) -> ProbePlan:
    return make_plan(
        names,
        settings,
        equation=equation,
        n=n,
        generations=generations,
        seed=random.randrange(2**32) if seed is None else seed,
        containers=containers,
    )


def _probe(plan: ProbePlan, runs: Path, make: MakeProbe) -> None:
    workload = Workload(plan.equation, plan.n)
    first = driver.started(plan, _new_id(plan), conditions_with(plan.stacks))
    file = store.create(runs, first)
    with then_shown(file, show_probe, f"`stackgap report {first.run_id}` shows it"):
        _measure(plan, workload, file, make)


def _measure(plan: ProbePlan, workload: Workload, file: RecordFile, make: MakeProbe) -> None:
    known = {name: stacks.find(name) for name in plan.stacks}
    with (
        engine_for(workload, plan.containers) as engine,
        RunProgress(console, plan.generations, len(plan.stacks)) as progress,
    ):
        driver.run(make(engine), plan, known, file, progress)


def _new_id(plan: ProbePlan) -> str:
    what = f"{kind(plan.settings)}-{plan.equation}-n{plan.n}"
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{what}"
