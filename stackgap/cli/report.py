"""`stackgap report`: a run once more, from its records alone."""

from pathlib import Path
from typing import Annotated

import typer

from stackgap import project
from stackgap.cli.failures import console, explained
from stackgap.cli.results import show
from stackgap.run import store


def report(
    run_id: Annotated[
        str | None, typer.Argument(help="A directory of RUNS; the latest if not given.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where runs are kept.")] = project.RUNS,
) -> None:
    """Show a run again, and write its report files anew."""
    with explained():
        show(runs / run_id if run_id else store.latest(runs), console)
