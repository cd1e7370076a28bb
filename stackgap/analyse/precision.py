"""How wide a run's intervals are: what decides whether it goes on, and nothing else may."""

from collections.abc import Iterable, Iterator

from stackgap.analyse import contrasts, select
from stackgap.analyse.cells import base_costs
from stackgap.analyse.interval import Interval
from stackgap.analyse.select import Costs
from stackgap.analyse.verdicts import half_width
from stackgap.records import AnyRecord, Cell

WANTED_HALF_WIDTH = 0.03
"""How far a ratio's interval should reach to either side, as a part of its middle."""


def widest_half_width(records: Iterable[AnyRecord], reference: str) -> float | None:
    """The half-width of the widest ratio to the reference; None where there is no interval."""
    costs = select.costs(select.usable(records))
    return max((own for _, own in half_widths(costs, reference)), default=None)


def half_widths(costs: Costs, reference: str) -> Iterator[tuple[Cell, float]]:
    """The half-width of every ratio to the reference that has an interval."""
    for cell in costs:
        base = Cell(reference, cell.rate_name, cell.rate_hz)
        if cell.stack == reference or base not in costs:
            continue
        ratio = contrasts.ratio(costs[cell], base_costs(costs, cell, base))
        if isinstance(ratio, Interval):
            yield cell, half_width(ratio)
