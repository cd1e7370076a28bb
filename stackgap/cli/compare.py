"""`stackgap compare`: what changed from one run to another."""

from typing import Annotated

import typer

from stackgap import project
from stackgap.analyse.compare import compared
from stackgap.cli import options
from stackgap.cli.failures import console, explained
from stackgap.report import html, markdown, terminal
from stackgap.run import store


def compare(
    before: Annotated[str, typer.Argument(help="A directory of RUNS: the earlier run.")],
    after: Annotated[str, typer.Argument(help="Another: the later run, of the same thing.")],
    runs: options.Runs = project.RUNS,
    shown_as: options.Format = "terminal",
) -> None:
    """Show what changed from one run to another, and what differed in their conditions.

    The same page is written to RUNS/AFTER/compared-to-BEFORE.html.
    """
    with explained():
        folder = runs / after
        over = compared(store.load(runs / before), store.load(folder))
        if shown_as == "markdown":
            typer.echo(markdown.render_comparison(over), nl=False)
        else:
            console.print(terminal.render_comparison(over))
            page = store.write_comparison(folder, before, html.render_comparison(over))
            console.print(f"report:  {page}", soft_wrap=True)
