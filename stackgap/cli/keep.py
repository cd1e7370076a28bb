"""`stackgap keep`: a run's records for good, compressed."""

from pathlib import Path
from typing import Annotated

import typer

from stackgap import project
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.run import store


def keep(
    run_id: Annotated[
        str | None, typer.Argument(help="A directory of RUNS; the latest if not given.")
    ] = None,
    into: Annotated[Path, typer.Option(help="Where what is kept goes.")] = project.RESULTS,
    runs: options.Runs = project.RUNS,
) -> None:
    """Keep a run's or a probe's records, compressed; its reports can be made again from them.

    `stackgap report --runs INTO RUN_ID` shows them.
    """
    with explained():
        folder = runs / run_id if run_id else store.latest(runs)
        with console.status(f"compressing {folder.name}"):
            kept = store.keep(folder, into)
        console.print(f"kept: {kept}", soft_wrap=True)
