"""Shows a run: on the terminal, and as files beside its records."""

from pathlib import Path

from rich.console import Console

from stackgap.analyse.probes import sort_out
from stackgap.analyse.summarise import summarise
from stackgap.report import html, markdown, probes, terminal
from stackgap.run import store


def show(folder: Path, console: Console) -> None:
    """Prints what the run in `folder` shows, and writes it to report.html and report.md there.

    Raises StoreError when there is no run or its files cannot be written, ValueError when its
    records are damaged.
    """
    summary = summarise(store.load(folder))
    console.print(terminal.render(summary))
    store.write_report(folder, html.render(summary), markdown.render(summary))
    console.print(f"report:  {folder / store.REPORT}", soft_wrap=True)
    console.print(f"records: {folder / store.RECORDS}", soft_wrap=True)


def show_probe(folder: Path, console: Console) -> None:
    """Prints what the probe in `folder` shows, and writes it to report.md there.

    Raises as `show`.
    """
    found = sort_out(store.load_probe(folder))
    console.print(probes.terminal(found))
    store.write_table(folder, probes.markdown(found))
    console.print(f"report:  {folder / store.TABLE}", soft_wrap=True)
    console.print(f"records: {folder / store.RECORDS}", soft_wrap=True)
