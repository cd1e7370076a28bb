"""Shows a run, or several: on the terminal, and as files beside their records."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from stackgap.analyse.crossovers import compared
from stackgap.analyse.probes import sort_out
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Summary
from stackgap.cli.beside import found_beside
from stackgap.cli.failures import INTERRUPTED, console, errors
from stackgap.report import html, markdown, probes, terminal
from stackgap.run import store
from stackgap.run.runner import RunAborted
from stackgap.run.store import RecordFile

Show = Callable[[Path, Console], None]


@contextmanager
def then_shown(file: RecordFile, show: Show, interrupted: str) -> Iterator[None]:
    """Closes `file` after the block, which measures into it, and shows what was measured.

    Also where that was broken off: Ctrl-C is answered with `interrupted`, what one may do then.
    After another failure the message matters, and `stackgap report` shows the rest.
    """
    folder = file.path.parent
    try:
        try:
            yield
        except (KeyboardInterrupt, RunAborted):
            show(folder, console)
            raise
        show(folder, console)
    except KeyboardInterrupt:
        raise broken_off(interrupted) from None
    finally:
        file.close()


def broken_off(interrupted: str) -> typer.Exit:
    """Answers Ctrl-C with what one may do then; to be raised."""
    errors.print(f"Interrupted. What was measured is kept; {interrupted}.", soft_wrap=True)
    return typer.Exit(INTERRUPTED)


def show(folder: Path, console: Console) -> None:
    """Prints what the run in `folder` shows, and writes it to report.html and report.md there.

    Raises StoreError when there is no run or its files cannot be written, ValueError when its
    records are damaged.
    """
    summary = summarise(store.load(folder))
    console.print(terminal.render(summary))
    _write(folder, summary)
    console.print(f"report:  {folder / store.REPORT}", soft_wrap=True)
    console.print(f"records: {store.record_file(folder)}", soft_wrap=True)


def write(folder: Path) -> None:
    """The same without a word. Raises as `show`."""
    _write(folder, summarise(store.load(folder)))


def _write(folder: Path, summary: Summary) -> None:
    page = html.render(summary, found_beside(folder, summary))
    store.write_report(folder, page, markdown.render(summary))


def show_sizes(folders: Sequence[Path], console: Console) -> None:
    """Prints what runs of one equation at several sizes show together, and writes it to sizes.html
    and sizes.md beside the records of the last of `folders`.

    Raises StoreError when there is no run or the files cannot be written, MisuseError when the runs
    do not belong together.
    """
    sizes = compared([store.load(folder) for folder in folders])
    console.print(terminal.render_sizes(sizes))
    store.write_sizes(folders, html.render_sizes(sizes), markdown.render_sizes(sizes))
    console.print(f"report:  {folders[-1] / store.SIZES_REPORT}", soft_wrap=True)


def show_probe(folder: Path, console: Console) -> None:
    """Prints what the probe in `folder` shows, and writes it to report.md there.

    Raises as `show`.
    """
    found = sort_out(store.load_probe(folder))
    console.print(probes.terminal(found))
    store.write_table(folder, probes.markdown(found))
    console.print(f"report:  {folder / store.TABLE}", soft_wrap=True)
    console.print(f"records: {store.record_file(folder)}", soft_wrap=True)
