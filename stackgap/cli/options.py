"""Options that several commands have, which were given, and which contradict one another."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

import typer

from stackgap.misuse import MisuseError

Equation = Annotated[str, typer.Option(help="The equation to serve.")]
Values = Annotated[int, typer.Option(min=1, help="Values in each request.")]
Stacks = Annotated[
    list[str] | None,
    typer.Option(help="A stack to measure; repeat for more. Default: the main ladder."),
]
Reference = Annotated[str, typer.Option(help="The stack ratios are taken to.")]
Seed = Annotated[int | None, typer.Option(help="Fixes the order of slices; random if not given.")]
Runs = Annotated[Path, typer.Option(help="Where runs are kept.")]
Engine = Annotated[
    Literal["process", "docker"],
    typer.Option(
        help="'docker': stacks in containers, and some as processes beside them. "
        "NAME@host, @bridge, @published or @docker-run names one in a container, NAME@process one "
        "in none."
    ),
]
Memory = Annotated[str, typer.Option(help="What a container may use of memory; it has no swap.")]
Cpus = Annotated[
    float | None,
    typer.Option(min=0.01, help="How much of its core a container may use. Default: all of it."),
]
Format = Annotated[
    Literal["terminal", "markdown"],
    typer.Option("--format", help="'markdown' prints that, and writes nothing."),
]


def given(context: typer.Context) -> set[str]:
    """The parameters that stand on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}


def listed(names: Collection[str]) -> str:
    """Parameters as options: "--n, --run-id"."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in sorted(names))


def refuse_plan_on_resume(names: set[str], *, which: str, things: str) -> None:
    """What is gone on with has its own plan. `names` were given, `which` says what to go on with.

    Raises MisuseError for any other option beside --resume, and for `which` without it.
    """
    if which in names and "resume" not in names:
        raise MisuseError(f"{listed([which])} says which {things} to go on with: it needs --resume")
    if "resume" in names and (others := names - {"resume", which, "runs"}):
        raise MisuseError(
            f"--resume goes on with the {things}'s own plan: leave out {listed(others)}"
        )
