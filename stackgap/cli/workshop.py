"""`stackgap workshop`: where you are, and what your file is held to."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from stackgap import project
from stackgap.cli import options
from stackgap.cli.failures import FAILED, NO_RESULT, console, explained
from stackgap.misuse import MisuseError
from stackgap.workshop import exercises, measured_here, opening, parent, progress
from stackgap.workshop.stages import STAGES, Outcome
from stackgap.workshop.wrong import Missing, Wrong

app = typer.Typer(help="Eight exercises from a claim to a decision: where you are.")

_STYLES = {"passed": "green", "failed": "red", "inconclusive": "yellow", "missing": "yellow"}
_MARKS = {"passed": "ok", "failed": "no", "inconclusive": "??", "missing": "--"}

Number = Annotated[int, typer.Argument(min=1, help="The exercise, 1 to 8.")]


@app.callback(invoke_without_command=True)
def status(context: typer.Context) -> None:
    """Show which stages of which exercises are passed, and what comes next."""
    if context.invoked_subcommand is None:
        with explained():
            _show_status()


@app.command()
def start(number: Number) -> None:
    """Copy an exercise's stub to workshop/mine, to work on; a file that is there stays."""
    with explained():
        own = exercises.exercise(number)
        path = exercises.started(own)
        console.print(f"page: {_relative(own.folder / 'README.md')}", soft_wrap=True)
        console.print(f"your file: {_relative(path)}", soft_wrap=True)
        console.print(f"check it: stackgap workshop check {number}", soft_wrap=True)


@app.command()
def check(
    number: Number,
    file: Annotated[
        Path | None, typer.Option(help="Another file than yours in workshop/mine.")
    ] = None,
    solution: Annotated[
        bool, typer.Option("--solution", help="Check the reference solution, and note nothing.")
    ] = False,
    runs: options.Runs = project.RUNS,
) -> None:
    """Hold your file to its contract, to hidden inputs, to a time, and your prediction to this
    machine.

    Ends with 0 when all four stages are passed, 1 when one is not, 3 when this machine could not
    tell or something is missing.
    """
    with explained():
        own = exercises.exercise(number)
        path = _file(own, file, solution=solution)
        with console.status(f"checking {_relative(path)}", spinner="line"):
            outcomes = parent.checked(own, path.resolve(), runs)
        _show(own, outcomes)
        if path == own.mine:
            progress.note(number, outcomes)
        last = outcomes[-1]
        if last.state != "passed":
            raise typer.Exit(FAILED if last.state == "failed" else NO_RESULT)


@app.command()
def prepare(runs: options.Runs = project.RUNS) -> None:
    """Build and measure in advance all that the exercises need, and say what is missing."""
    with explained():
        missing = [*_built(), *_measured(runs)]
        for each in missing:
            console.print(f"[yellow]missing:[/] {each}", soft_wrap=True)
        if missing:
            raise typer.Exit(FAILED)
        console.print("All eight exercises are ready, and work without a network. Now:")
        console.print("  source .venv/bin/activate && stackgap workshop")


def _built() -> list[str]:
    missing = []
    for own in exercises.exercises():
        if own.stub.suffix == ".rs":
            package = "kernel" if own.number == 4 else "service"
            for path in (own.stub, own.solution):
                console.print(f"building {_relative(path)}", soft_wrap=True)
                try:
                    opening.built(package, path)
                except (Missing, Wrong) as fault:
                    missing.append(str(fault))
    return missing


def _measured(runs: Path) -> list[str]:
    try:
        measured_here.ratio(runs, "fastapi-quiet-python", "axum-stock")
    except Missing:
        said = "measuring FastAPI against Axum, about a minute; exercise 1 will tell the result"
        own_command = Path(sys.executable).with_name("stackgap")
        command = [str(own_command), *measured_here.COMMAND.split()[1:], "--runs", str(runs)]
        with console.status(said):
            done = subprocess.run(command, cwd=project.ROOT, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return ["a measurement of FastAPI and Axum on this machine, for the reason above"]
    return []


def _file(own: exercises.Exercise, file: Path | None, *, solution: bool) -> Path:
    if solution and file:
        raise MisuseError("--solution and --file exclude each other")
    path = own.solution if solution else file or own.mine
    if not path.exists():
        raise MisuseError(
            f"{_relative(path)} is not there: `stackgap workshop start {own.number}` makes it"
        )
    return path


def _show(own: exercises.Exercise, outcomes: list[Outcome]) -> None:
    console.print(f"[bold]{own.number} {own.check.TITLE}[/]", highlight=False)
    for each in outcomes:
        mark = Text(f"{_MARKS[each.state]:>3} {each.stage:<9}", style=_STYLES[each.state])
        console.print(mark, Text(each.says), soft_wrap=True)


def _show_status() -> None:
    kept = progress.read()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "exercise", "min", "passed once", "next", "first prediction", "checks"):
        table.add_column(heading)
    following = None
    for own in exercises.exercises():
        done = kept.of(own.number)
        left = [stage for stage in STAGES if stage not in done.passed]
        following = following or (own if left else None)
        table.add_row(
            str(own.number),
            own.check.TITLE,
            str(own.check.MINUTES),
            f"{len(done.passed)} of {len(STAGES)}",
            left[0] if left else "done",
            _predicted(done),
            str(done.checks or ""),
        )
    console.print(table)
    if following is None:
        console.print("All eight are done.")
    else:
        console.print(
            f"Next: stackgap workshop start {following.number}, and read "
            f"{_relative(following.folder / 'README.md')}",
            soft_wrap=True,
        )


def _predicted(done: progress.Attempted) -> str:
    if done.first_prediction is None:
        return ""
    low, high = done.first_prediction
    return f"{low:g} to {high:g}: {'right' if done.first_prediction_right else 'wrong'}"


def _relative(path: Path) -> Path:
    return path.relative_to(project.ROOT) if path.is_relative_to(project.ROOT) else path
