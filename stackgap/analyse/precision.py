"""How wide a run's intervals are: what decides whether it goes on, and nothing else may."""

from collections.abc import Iterable

from stackgap.analyse import contrasts, select
from stackgap.analyse.cells import base_costs
from stackgap.analyse.interval import Interval
from stackgap.analyse.verdicts import half_width
from stackgap.records import AnyRecord, Cell

WANTED_HALF_WIDTH = 0.03
"""How far a ratio's interval should reach to either side, as a part of its middle."""


def widest_half_width(records: Iterable[AnyRecord], reference: str) -> float | None:
    """The half-width of the widest ratio to the reference; None where there is no interval."""
    costs = select.costs(select.usable(records))
    bases = {cell: Cell(reference, cell.rate_name, cell.rate_hz) for cell in costs}
    ratios = [
        contrasts.ratio(costs[cell], base_costs(costs, cell, base))
        for cell, base in bases.items()
        if cell.stack != reference and base in costs
    ]
    return max((half_width(each) for each in ratios if isinstance(each, Interval)), default=None)
