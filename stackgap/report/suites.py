"""What the suites timed, for the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Group as Lines
from rich.console import JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from stackgap.analyse import kernels
from stackgap.analyse.kernels import Group, Kernel, Row, Spread, times_as_fast
from stackgap.report import formatting as f

_RATIOS = "The best peer's time, and times its speed; a peer is what is not of Rust"
# Nobody wants to know better how slow it is.
_SLOW = 0.1
_SUITES = {
    "boundary": "Between Python and Rust, µs per call",
    "codecs": "JSON, requests parsed and responses printed, µs per body",
    "requests": "Called as a server would, without one, µs per request",
}


def render(report: Mapping[str, Any]) -> Lines:
    """A report of `kernels.merged`: ratios to the best peer, then the other suites' times."""
    return Lines(
        *_ratios(kernels.rows(kernels.kernels(report))), *_times(kernels.groups(report)), Text()
    )


def ratio(kernel: Kernel, row: Row) -> str:
    """The kernel's speed over that of the row's best peer, "1" for the peer itself."""
    if kernel is row.best_peer:
        return "1"
    found = times_as_fast(kernel, row.best_peer).middle
    return f.significant(found, digits=3 if found >= _SLOW else 2)


def spread(row: Row) -> str:
    """How far the row's ratios lie apart over passes: the widest, as a part of its middle."""
    if len(row.best_peer.seconds) == 1:
        return f.ABSENT
    ratios = (times_as_fast(kernel, row.best_peer) for kernel in row.kernels)
    return f.whole_percent(max(_width(each) for each in ratios))


def _ratios(rows: Sequence[Row]) -> Iterator[RenderableType]:
    if rows:
        yield Text(f"\n{_RATIOS}", style="bold")
    for (equation, arrays), own in groupby(rows, key=lambda row: (row.equation, row.arrays)):
        alike = list(own)
        backends = [kernel.backend for kernel in alike[0].kernels]
        unit = alike[0].kernels[0].work_unit.replace(" ", "\n")
        headings = ("n", f"ns per\n{unit}", *map(_broken, backends), "spread")
        table = _table(f"{equation} on {arrays}", *headings)
        for row in alike:
            table.add_row(*_cells(row, backends))
        yield table


def _cells(row: Row, backends: Sequence[str]) -> Iterator[str]:
    yield from (f"{row.n:,}", f.significant(row.best_peer.ns_per_element))
    for backend in backends:
        kernel = row.find(backend)
        yield f.ABSENT if kernel is None else ratio(kernel, row)
    yield spread(row)


def _times(groups: Sequence[Group]) -> Iterator[RenderableType]:
    for suite, own in groupby(groups, key=lambda group: group.suite):
        yield Text(f"\n{_SUITES[suite]}", style="bold")
        for variants, alike in groupby(own, key=lambda group: tuple(group.seconds)):
            table = _table("", "", *map(_broken, variants))
            for group in alike:
                times = (f.significant(each.middle * 1e6) for each in group.seconds.values())
                table.add_row(group.name, *times)
            yield table


def _table(title: str, *headings: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=title,
        title_justify="left",
    )
    for heading in headings:
        # The names of rows, which have no heading, are words.
        justify: JustifyMethod = "right" if heading else "left"
        table.add_column(heading, justify=justify, vertical="bottom", no_wrap=True)
    return table


def _broken(name: str) -> str:
    """A name over several lines, so that a table fits a terminal of 80 columns."""
    return name.replace("_", "_\n").replace(" in ", "\nin ")


def _width(spread: Spread) -> float:
    return (spread.high - spread.low) / spread.middle
