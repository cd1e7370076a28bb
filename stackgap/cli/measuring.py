"""What all commands that measure runs do alike: which stacks, under which conditions, and how."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from docker.errors import DockerException
from docker.utils import parse_bytes

from stackgap import build, stacks
from stackgap.analyse import conditions
from stackgap.cli.failures import console
from stackgap.cli.progress import RunProgress
from stackgap.measure import cores, provenance
from stackgap.measure.docker_engine import docker_engine, of_docker
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.misuse import MisuseError
from stackgap.placement import placed
from stackgap.records import AnyRecord, ContainerLimits, Plan, RunStarted
from stackgap.run import runner
from stackgap.run.generation import steps
from stackgap.run.plan import DOCKER_STACKS, PlanError
from stackgap.run.store import RecordFile

EngineName = Literal["process", "docker"]


def selected(names: list[str] | None, engine: EngineName = "process") -> list[stacks.Stack]:
    """The stacks of these names, in containers where the engine is Docker's; those that a run has
    which names none."""
    if names is None and engine == "docker":
        return [stacks.find(name) for name in DOCKER_STACKS]
    if names is None:
        return [stack for stack in stacks.stacks().values() if stack.main]
    return [stacks.find(placed(name, container_for(engine))) for name in names]


def container_for(engine: EngineName) -> stacks.Container | None:
    """How a stack runs on that engine whose name does not say it."""
    return "bridge" if engine == "docker" else None


def limits(engine: EngineName, memory: str, cpus: float | None) -> ContainerLimits | None:
    """What each container may use, None without any; MisuseError for a memory size that is none."""
    if engine == "process":
        return None
    try:
        memory_bytes = parse_bytes(memory)
    except DockerException as error:
        raise MisuseError(f"--memory {memory}: no size such as 512m or 1g") from error
    return ContainerLimits(int(memory_bytes), cpus)


@contextmanager
def engine_for(
    workload: Workload,
    containers: ContainerLimits | None,
    generator_mode: Literal["spin", "block"] = "spin",
) -> Iterator[ProcessEngine]:
    """The engine that measures containers too where there may be some, else processes alone."""
    chosen, build_hash = cores.choose(), build.source_hash()
    if containers is None:
        with process_engine(workload, chosen, build_hash, generator_mode) as engine:
            yield engine
    else:
        with docker_engine(workload, chosen, build_hash, containers, generator_mode) as engine:
            yield engine


def measure(file: RecordFile, kept: list[AnyRecord]) -> None:
    """Goes on with a run of which `kept` is recorded, to its end. Raises as `runner.run`."""
    plan = start_of(kept).plan
    known = {cell.stack: stacks.find(cell.stack) for cell in plan.cells}
    mode: Literal["spin", "block"] = "block" if "block" in plan.engine else "spin"
    with (
        engine_for(Workload(plan.equation, plan.n), plan.containers, mode) as engine,
        RunProgress(console, plan.generations, steps(plan)) as progress,
    ):
        runner.run(engine, plan, known, file, kept, progress)


def start_of(kept: list[AnyRecord]) -> RunStarted:
    """The first record of a run."""
    first = kept[0]
    assert isinstance(first, RunStarted)
    return first


def conditions_of(plan: Plan) -> dict[str, Any]:
    """The provenance of a run that would start now."""
    return conditions_with(cell.stack for cell in plan.cells)


def conditions_with(names: Iterable[str]) -> dict[str, Any]:
    """The provenance of what would be measured now of the stacks of these names."""
    known = [stacks.find(name) for name in dict.fromkeys(names)]
    found = provenance.collect(cores.choose(), build.source_hash(), known)
    inside = [stack for stack in known if stack.container]
    return found | ({"docker": of_docker(inside)} if inside else {})


def refuse_other_conditions(first: RunStarted) -> None:
    """Generations of one run are one sample: nothing that they share may change between them."""
    if changed := conditions.changed(first.provenance, conditions_of(first.plan)):
        raise PlanError(
            f"run {first.run_id} was measured under other conditions ({', '.join(changed)}): "
            "start a new run"
        )
