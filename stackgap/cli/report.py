"""`stackgap report`: a run or a probe once more, from its records alone."""

from pathlib import Path
from typing import Annotated

import typer

from stackgap import project
from stackgap.analyse.probes import sort_out
from stackgap.analyse.summarise import summarise
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.cli.results import show, show_probe
from stackgap.report import markdown, probes
from stackgap.run import store


def report(
    run_id: Annotated[
        str | None, typer.Argument(help="A directory of RUNS; the latest if not given.")
    ] = None,
    runs: options.Runs = project.RUNS,
    as_markdown: options.AsMarkdown = False,
) -> None:
    """Show a run or a probe again, and write its report files anew."""
    with explained():
        folder = runs / run_id if run_id else store.latest(runs)
        is_probe = store.holds_probe(folder)
        if as_markdown:
            typer.echo(_markdown(folder, is_probe), nl=False)
        elif is_probe:
            show_probe(folder, console)
        else:
            show(folder, console)


def _markdown(folder: Path, is_probe: bool) -> str:
    if is_probe:
        return probes.markdown(sort_out(store.load_probe(folder)))
    return markdown.render(summarise(store.load(folder)))
