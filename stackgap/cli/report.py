"""`stackgap report`: a run or a probe once more, from its records alone."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from stackgap import project
from stackgap.analyse.probes import sort_out
from stackgap.analyse.summarise import summarise
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.cli.results import show, show_probe
from stackgap.misuse import MisuseError
from stackgap.report import benchmark_json, markdown, probes
from stackgap.run import store

Format = Literal["terminal", "markdown", "json"]


def report(
    run_id: Annotated[
        str | None, typer.Argument(help="A directory of RUNS; the latest if not given.")
    ] = None,
    runs: options.Runs = project.RUNS,
    shown_as: Annotated[
        Format,
        typer.Option(
            "--format",
            help="'markdown' and 'json' print that, and write nothing. JSON is a run as "
            "pytest-benchmark saves one: a benchmark is a stack at a rate, a round of it a slice.",
        ),
    ] = "terminal",
) -> None:
    """Show a run or a probe again, and write its report files anew."""
    with explained():
        folder = runs / run_id if run_id else store.latest(runs)
        if shown_as != "terminal":
            typer.echo(printed(folder, shown_as), nl=False)
        elif store.holds_probe(folder):
            show_probe(folder, console)
        else:
            show(folder, console)


def printed(folder: Path, shown_as: Literal["markdown", "json"]) -> str:
    """A run's or a probe's report as text; MisuseError for a probe as JSON."""
    is_probe = store.holds_probe(folder)
    if shown_as == "json":
        if is_probe:
            raise MisuseError(f"{folder.name} is a probe: only runs are benchmarks")
        return benchmark_json.render(store.load(folder))
    if is_probe:
        return probes.markdown(sort_out(store.load_probe(folder)))
    return markdown.render(summarise(store.load(folder)))
