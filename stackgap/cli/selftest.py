"""`stackgap selftest`: can this harness, on this machine, see what it says it sees?"""

import random
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from stackgap import build, project, stacks
from stackgap.cli import options
from stackgap.cli.failures import FAILED, console, explained, fail
from stackgap.cli.measuring import engine_for, limits
from stackgap.cli.progress import QuietProgress
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.measure import cores, provenance
from stackgap.measure.workload import Workload
from stackgap.run import store
from stackgap.run.selftest import every
from stackgap.run.selftest.bench import EQUATION, SHORT, THOROUGH, Bench, Check, N, Outcome


def selftest(
    thorough: Annotated[
        bool, typer.Option("--thorough", help="The full number of runs: about two hours.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only checks with this in their name; repeat for more."),
    ] = None,
    engine: options.Engine = "process",
    memory: options.Memory = "512m",
    seed: options.Seed = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """Measure effects of known size: twins, burned CPU, awaited time, overload, and so on.

    With --engine docker: what containers cost beside the same processes, and whether all accounts
    are known. Takes about ten minutes, with --engine docker a quarter of an hour; all runs'
    records are kept under RUNS.
    """
    interrupt_on_terminate()
    folder = runs / f"selftest-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    drawn = random.randrange(2**32) if seed is None else seed
    console.print(f"seed {drawn}; records in {folder}")
    scale = THOROUGH if thorough else SHORT
    with explained(), store.only_one():
        within = limits(engine, memory, None)
        checks = every.chosen(scale, only or [], containers=within is not None)
        found = provenance.collect(cores.choose(), build.source_hash(), stacks.stacks().values())
        with engine_for(Workload(EQUATION, N), within) as measuring:
            bench = Bench(measuring, folder, found, drawn, QuietProgress(console))
            failed = [check.name for check in checks if not _holds(check, bench)]
    if failed:
        fail(f"selftest: {len(failed)} checks failed: {'; '.join(failed)}", FAILED)


def _holds(check: Check, bench: Bench) -> bool:
    console.print(f"\n[bold]{escape(check.name)}[/]")

    def report(index: int, outcome: Outcome) -> None:
        mark = "[green]yes[/]" if outcome.passed else "[yellow]no [/]"
        console.print(f"  {index + 1:3} of {check.runs}  {mark} {escape(outcome.figures)}")

    passed, enough = every.run(check, bench, report)
    colour = "green" if enough else "red"
    console.print(
        f"[{colour}]{'PASSED' if enough else 'FAILED'}[/]: {passed} of {check.runs}, "
        f"needed {check.needed}"
    )
    return enough
