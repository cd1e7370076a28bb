"""`stackgap crossovers`: several sizes of one equation once more, from their records alone."""

from typing import Annotated

import typer

from stackgap import project
from stackgap.analyse.crossovers import compared
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.cli.results import show_sizes
from stackgap.report import markdown
from stackgap.run import store


def crossovers(
    run_ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Directories of RUNS, one a size; the latest of `stackgap sizes` if not given."
        ),
    ] = None,
    runs: options.Runs = project.RUNS,
    shown_as: options.Format = "terminal",
) -> None:
    """Show where ratios cross as n grows, from runs of one equation at different sizes."""
    with explained():
        folders = [runs / name for name in run_ids] if run_ids else store.series(runs, None)
        if shown_as == "markdown":
            sizes = compared([store.load(folder) for folder in folders])
            typer.echo(markdown.render_sizes(sizes), nl=False)
        else:
            show_sizes(folders, console)
