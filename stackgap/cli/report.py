"""`stackgap report`: a run once more, from its records alone."""

from pathlib import Path
from typing import Annotated

import typer

from stackgap import project
from stackgap.analyse.summarise import summarise
from stackgap.cli.failures import console, explained
from stackgap.cli.results import show
from stackgap.report import markdown
from stackgap.run import store


def report(
    run_id: Annotated[
        str | None, typer.Argument(help="A directory of RUNS; the latest if not given.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where runs are kept.")] = project.RUNS,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, and write nothing.")
    ] = False,
) -> None:
    """Show a run again, and write its report files anew."""
    with explained():
        folder = runs / run_id if run_id else store.latest(runs)
        if as_markdown:
            typer.echo(markdown.render(summarise(store.load(folder))), nl=False)
        else:
            show(folder, console)
