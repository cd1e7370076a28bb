"""How much the slices of kept runs differ: `python -m benchmarks.slice_noise RUN...`.

Prints a table with a row for each run and rate: how far slices lie off the median of their cell and
generation; how alike pieces of one slice are that are so many apart (their rank correlation, each
held against the median of its cell and generation); and how wide the ratios' intervals are by
interquartile means of pieces, as reports have them, by those of whole slices, and by plain means.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from msgspec import structs
from numpy.typing import NDArray
from scipy.stats import spearmanr

from stackgap import project
from stackgap.analyse import select
from stackgap.analyse.precision import half_widths
from stackgap.analyse.select import Costs, Generation
from stackgap.cli.measuring import start_of
from stackgap.records import Cell, RateName
from stackgap.report import formatting as f
from stackgap.report import markdown
from stackgap.run import store

_QUANTILES = (0.05, 0.25, 0.75, 0.95)
_APART = (1, 3, 6, 12)
_HEADINGS = (
    "run",
    "req/s",
    "generations × rounds",
    *(f"{100 * quantile:.0f} of 100 slices below" for quantile in _QUANTILES),
    f"pieces {', '.join(map(str, _APART))} apart",
    "half-widths: median, widest",
    "by whole slices",
    "by plain means",
)


def table(runs: Sequence[str]) -> str:
    """The table in Markdown; raises as `store.load` does."""
    rows = [row for run in runs for row in _rows(run)]
    return "\n".join(markdown.table(_HEADINGS, rows))


def _rows(run: str) -> Iterator[Sequence[str]]:
    recorded = store.load(project.RESULTS / run)
    plan = start_of(recorded).plan
    counted = select.usable(recorded)
    by_rate = _deviations(counted)
    whole = map(_in_whole_slices, counted)
    estimates = (select.costs(counted), select.costs(whole), select.mean_costs(counted))
    for rate_hz, name in sorted({(cell.rate_hz, cell.rate_name) for cell in plan.cells}):
        yield (
            run,
            f.bare_rate(rate_hz),
            f"{len(counted)} × {plan.rounds}",
            *(f.change(own) for own in np.quantile(by_rate[name], _QUANTILES)),
            ", ".join(_alike(counted, name)) or "no pieces",
            *(_widths(costs, plan.reference, name) for costs in estimates),
        )


def _deviations(counted: Iterable[Generation]) -> Mapping[RateName, list[float]]:
    found: dict[RateName, list[float]] = defaultdict(list)
    for generation in counted:
        cells: dict[Cell, list[float]] = defaultdict(list)
        for own in generation.good_slices:
            if own.window_ok:
                cells[select.cell_of(own)].append(own.cpu_ns / own.window_ok)
        for cell, costs_ns in cells.items():
            found[cell.rate_name] += list(np.array(costs_ns) / np.median(costs_ns) - 1)
    return found


def _alike(counted: Iterable[Generation], rate: RateName) -> Iterator[str]:
    rows: list[NDArray[np.float64]] = []
    for generation in counted:
        cells: dict[Cell, list[NDArray[np.float64]]] = defaultdict(list)
        for own in generation.good_slices:
            if own.rate_name == rate and own.cpu_ns_by_piece:
                cells[select.cell_of(own)].append(np.array(own.cpu_ns_by_piece, dtype=np.float64))
        for of_cell in cells.values():
            usual = np.median(np.concatenate(of_cell))
            rows += [own / usual for own in of_cell]
    for apart in _APART:
        pairs = [(own[:-apart], own[apart:]) for own in rows if len(own) > apart]
        if pairs:
            before, after = (np.concatenate(side) for side in zip(*pairs, strict=True))
            yield f"{spearmanr(before, after).statistic:.2f}"


def _in_whole_slices(generation: Generation) -> Generation:
    whole = tuple(structs.replace(own, cpu_ns_by_piece=()) for own in generation.slices)
    return replace(generation, slices=whole)


def _widths(costs: Costs, reference: str, rate: RateName) -> str:
    widths = sorted(own for cell, own in half_widths(costs, reference) if cell.rate_name == rate)
    if not widths:
        return "no intervals"
    return f"{100 * np.median(widths):.1f} %, {100 * widths[-1]:.1f} %"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="How much the slices of kept runs differ.")
    parser.add_argument("run", nargs="+", help="of a folder in benchmarks/results")
    print(table(parser.parse_args().run))


if __name__ == "__main__":
    main()
