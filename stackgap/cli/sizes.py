"""`stackgap sizes`: one run a size, and where the better choice changes."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import typer

from stackgap import project
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.cli.measuring import (
    conditions_of,
    measure,
    refuse_other_conditions,
    selected,
    start_of,
)
from stackgap.cli.results import broken_off, show_sizes, write
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.misuse import MisuseError
from stackgap.rates import largest_n
from stackgap.records import Plan
from stackgap.run import runner, store
from stackgap.run.plan import REFERENCE, make_plan
from stackgap.run.runner import RunAborted


def sizes(
    context: typer.Context,
    equation: options.Equation = "ephemeris",
    n: Annotated[
        list[int] | None,
        typer.Option(min=1, help="A size; repeat for more. Default: those of its contract."),
    ] = None,
    stack: options.Stacks = None,
    reference: options.Reference = REFERENCE,
    rates: Annotated[
        Literal["low", "high", "both"], typer.Option(help="Declared rates of each size.")
    ] = "high",
    generations: Annotated[
        int, typer.Option(min=1, help="Fresh starts of all servers, for each size.")
    ] = 6,
    rounds: Annotated[int, typer.Option(min=1, help="Slices of each cell in a generation.")] = 8,
    seed: options.Seed = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with sizes that were stopped.")
    ] = False,
    series: Annotated[
        str | None, typer.Option(help="Which sizes to go on with; the latest if not given.")
    ] = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """Measure one run a size, and show at which n the better choice changes.

    Each size is a run as `stackgap run` makes it, in RUNS/<series>-n<n>. Ctrl-C keeps what was
    measured, and `stackgap sizes --resume` goes on.
    """
    interrupt_on_terminate()
    with explained(), store.only_one():
        options.refuse_plan_on_resume(options.given(context), which="series", things="series")
        if resume:
            folders = store.series(runs, series)
        else:
            drawn = random.randrange(2**32) if seed is None else seed
            plans = [
                make_plan(
                    selected(stack),
                    equation=equation,
                    n=size,
                    which_rates=rates,
                    generations=generations,
                    rounds=rounds,
                    seed=drawn,
                    reference=reference,
                )
                for size in _chosen(equation, n)
            ]
            folders = _begun(plans, runs)
        given_up = _measured(folders)
        show_sizes(folders, console)
        if given_up:
            raise RunAborted("; ".join(given_up))


def _chosen(equation: str, asked: list[int] | None) -> list[int]:
    """The sizes to measure, ascending."""
    largest = largest_n(equation)
    contract = import_module(f"python_api.equations.{equation}.contract")
    chosen = asked or [size for size in contract.SIZES if size <= largest]
    if twice := [size for size in chosen if chosen.count(size) > 1]:
        raise MisuseError(f"n = {twice[0]} is given twice")
    if len(chosen) < 2:
        raise MisuseError("sizes are compared from two on; `stackgap run` measures one")
    return sorted(chosen)


def _begun(plans: Sequence[Plan], runs: Path) -> list[Path]:
    """The folders of all runs, each with its first record: what is left to do is known from these
    alone."""
    conditions = conditions_of(plans[0])
    series = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{plans[0].equation}{store.SERIES}"
    folders = []
    for plan in plans:
        file = store.create(runs, runner.started(plan, store.size_id(series, plan.n), conditions))
        file.close()
        folders.append(file.path.parent)
    return folders


def _measured(folders: Sequence[Path]) -> list[str]:
    """Measures what is left of each run; why some were given up, if any."""
    given_up = []
    for folder in folders:
        try:
            _go_on(folder)
        except RunAborted as aborted:
            given_up.append(f"{folder.name}: {aborted}")
        except KeyboardInterrupt:
            show_sizes(folders, console)
            series = folder.name.rpartition("-n")[0]
            again = f"`stackgap sizes --resume --series {series}` goes on"
            raise broken_off(again) from None
        write(folder)
    return given_up


def _go_on(folder: Path) -> None:
    file, kept = store.reopen(folder)
    try:
        first = start_of(kept)
        refuse_other_conditions(first)
        console.print(f"[bold]n = {first.plan.n:,}[/]")
        measure(file, kept)
    finally:
        file.close()
