"""What all commands that measure runs do alike: which stacks, under which conditions, and how."""

from collections.abc import Iterable
from typing import Any

from stackgap import build, stacks
from stackgap.analyse import conditions
from stackgap.cli.failures import console
from stackgap.cli.progress import RunProgress
from stackgap.measure import cores, provenance
from stackgap.measure.process import process_engine
from stackgap.measure.workload import Workload
from stackgap.records import AnyRecord, Plan, RunStarted
from stackgap.run import runner
from stackgap.run.generation import steps
from stackgap.run.plan import PlanError
from stackgap.run.store import RecordFile


def selected(names: list[str] | None) -> list[stacks.Stack]:
    """The stacks of these names; the main ladder where none is named."""
    if names is None:
        return [stack for stack in stacks.stacks().values() if stack.main]
    return [stacks.find(name) for name in names]


def measure(file: RecordFile, kept: list[AnyRecord]) -> None:
    """Goes on with a run of which `kept` is recorded, to its end. Raises as `runner.run`."""
    plan = start_of(kept).plan
    known = stacks.stacks()
    with (
        process_engine(
            Workload(plan.equation, plan.n),
            cores.choose(),
            build.source_hash(),
            "block" if "block" in plan.engine else "spin",
        ) as engine,
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
    return provenance.collect(cores.choose(), build.source_hash(), known)


def refuse_other_conditions(first: RunStarted) -> None:
    """Generations of one run are one sample: nothing that they share may change between them."""
    if changed := conditions.changed(first.provenance, conditions_of(first.plan)):
        raise PlanError(
            f"run {first.run_id} was measured under other conditions ({', '.join(changed)}): "
            "start a new run"
        )
