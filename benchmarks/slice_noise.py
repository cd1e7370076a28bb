"""How much the slices of a kept run differ: `python -m benchmarks.slice_noise RUN`.

Prints for each rate by how much slices lie off the median of their cell and generation, and how
wide the ratios' intervals are by interquartile means, as reports have them, and by plain means.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from stackgap import project
from stackgap.analyse import select
from stackgap.analyse.precision import half_widths
from stackgap.analyse.select import Costs, Generation
from stackgap.cli.measuring import start_of
from stackgap.records import Cell, RateName
from stackgap.report import formatting as f
from stackgap.run import store

_QUANTILES = (0.05, 0.25, 0.75, 0.95)


def main() -> None:
    """Prints the figures."""
    recorded = store.load(project.RESULTS / sys.argv[1])
    counted = select.usable(recorded)
    reference = start_of(recorded).plan.reference
    estimators = {
        "interquartile means": select.costs(counted),
        "plain means": select.mean_costs(counted),
    }
    for rate, deviations in _deviations(counted).items():
        quantiles = ", ".join(f.change(own) for own in np.quantile(deviations, _QUANTILES))
        print(f"{rate} rate, {len(deviations):,} slices, off the median of their cell:")
        print(f"  5, 25, 75 and 95 of 100 lie below {quantiles}")
        for name, costs in estimators.items():
            print(f"  half-widths by {name}: {_widths(costs, reference, rate)}")


def _deviations(counted: Iterable[Generation]) -> dict[RateName, list[float]]:
    found: dict[RateName, list[float]] = defaultdict(list)
    for generation in counted:
        cells: dict[Cell, list[float]] = defaultdict(list)
        for piece in generation.good_slices:
            if piece.window_ok:
                cells[select.cell_of(piece)].append(piece.cpu_ns / piece.window_ok)
        for cell, costs_ns in cells.items():
            found[cell.rate_name] += list(np.array(costs_ns) / np.median(costs_ns) - 1)
    return found


def _widths(costs: Costs, reference: str, rate: RateName) -> str:
    widths = sorted(own for cell, own in half_widths(costs, reference) if cell.rate_name == rate)
    if not widths:
        return "no intervals"
    return f"{100 * np.median(widths):.1f} % in the median, {100 * widths[-1]:.1f} % at most"


if __name__ == "__main__":
    main()
