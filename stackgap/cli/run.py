"""`stackgap run`: measure, and say what was found."""

import random
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from stackgap import project, stacks
from stackgap.cli import options
from stackgap.cli.failures import explained
from stackgap.cli.measuring import (
    EngineName,
    conditions_of,
    container_for,
    limits,
    measure,
    refuse_other_conditions,
    selected,
    start_of,
)
from stackgap.cli.results import show, then_shown
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.misuse import MisuseError
from stackgap.placement import placed
from stackgap.records import ContainerLimits, Plan
from stackgap.run import runner, store
from stackgap.run.plan import REFERENCE, Rates, full_plan, make_plan

_GENERATIONS, _FULL_GENERATIONS, _FULL_MOST_GENERATIONS = 6, 10, 40
_ROUNDS = 8
# Containers take so long to start that the rest is kept short.
_ROUNDS_OF_CONTAINERS = 5


def run(
    context: typer.Context,
    equation: options.Equation = "ephemeris",
    n: options.Values = 100,
    stack: options.Stacks = None,
    reference: Annotated[
        str | None, typer.Option(help=f"The stack ratios are taken to. ({REFERENCE})")
    ] = None,
    engine: options.Engine = "process",
    memory: options.Memory = "512m",
    cpus: options.Cpus = None,
    rates: Annotated[
        Rates,
        typer.Option(
            help="Declared rates; 'claim' is high, and low too where the claim needs it; "
            "'sweep' is four, to see how CPU follows the rate."
        ),
    ] = "claim",
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="Every stack between FastAPI and Axum, at both rates: 40 minutes or more.",
        ),
    ] = False,
    generations: Annotated[
        int | None,
        typer.Option(min=1, help="Fresh starts of all servers; verdicts need 6. (6; full: 10)"),
    ] = None,
    most_generations: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Go on to so many while a ratio is not known to 3 %. (no more; full: 40)",
        ),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(min=1, help="Slices of each cell in a generation. (8; of containers: 5)"),
    ] = None,
    seed: options.Seed = None,
    generator: Annotated[
        Literal["spin", "block"],
        typer.Option(help="'block' shows what waking a sleeping generator adds."),
    ] = "spin",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped.")
    ] = False,
    run_id: Annotated[
        str | None, typer.Option(help="Which run to go on with; the latest if not given.")
    ] = None,
    runs: options.Runs = project.RUNS,
) -> None:
    """Measure CPU and memory of each stack at equal rates, and show where they differ.

    Everything observed goes to RUNS/<id>/records.jsonl as it happens; Ctrl-C keeps it, and
    `stackgap run --resume` goes on.
    """
    interrupt_on_terminate()
    with explained(), store.only_one():
        _refuse_contradictions(context, full=full)
        if resume:
            file, kept = store.reopen(runs / run_id if run_id else store.latest_run(runs))
            refuse_other_conditions(start_of(kept))
        else:
            plan = _plan(
                full=full,
                stack=stack,
                which_rates=rates,
                reference=stacks.find(placed(reference or REFERENCE, container_for(engine))).name,
                engine=engine,
                generator=generator,
                containers=limits(engine, memory, cpus),
                equation=equation,
                n=n,
                generations=generations,
                most_generations=most_generations,
                rounds=rounds,
                seed=random.randrange(2**32) if seed is None else seed,
            )
            first = runner.started(plan, _new_id(equation, n), conditions_of(plan))
            file, kept = store.create(runs, first), [first]
        again = f"`stackgap run --resume --run-id {file.path.parent.name}` goes on"
        with then_shown(file, show, again):
            measure(file, kept)


def _plan(
    *,
    full: bool,
    stack: list[str] | None,
    which_rates: Rates,
    reference: str,
    equation: str,
    n: int,
    generations: int | None,
    most_generations: int | None,
    rounds: int | None,
    seed: int,
    engine: EngineName,
    generator: Literal["spin", "block"],
    containers: ContainerLimits | None,
) -> Plan:
    described = engine if generator == "spin" else f"{engine}, blocking generator"
    if full:
        return full_plan(
            stacks.stacks(),
            selected(stack or [], engine),
            equation=equation,
            n=n,
            generations=generations or _FULL_GENERATIONS,
            most_generations=most_generations or _FULL_MOST_GENERATIONS,
            rounds=rounds or _ROUNDS,
            seed=seed,
            engine=described,
            container=container_for(engine),
            containers=containers,
        )
    return make_plan(
        selected(stack, engine),
        equation=equation,
        n=n,
        which_rates=which_rates,
        generations=generations or _GENERATIONS,
        most_generations=most_generations,
        rounds=rounds or (_ROUNDS_OF_CONTAINERS if containers else _ROUNDS),
        seed=seed,
        engine=described,
        reference=reference,
        containers=containers,
    )


def _refuse_contradictions(context: typer.Context, *, full: bool) -> None:
    names = options.given(context)
    options.refuse_plan_on_resume(names, which="run_id", things="run")
    if full and (fixed := names & {"rates", "reference"}):
        raise MisuseError(f"--full fixes rates and reference: leave out {options.listed(fixed)}")


def _new_id(equation: str, n: int) -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{equation}-n{n}"
