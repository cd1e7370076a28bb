"""What each cell costs, and how that compares with the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import geometric_mean

from stackgap.analyse import contrasts, latency, select
from stackgap.analyse.interval import Estimate
from stackgap.analyse.select import Costs, Generation
from stackgap.analyse.summary import CellSummary, Gates
from stackgap.analyse.verdicts import verdict
from stackgap.records import Cell, Slice


@dataclass(frozen=True)
class Measured:
    """All that the summaries of cells are made from: what counts of a run.

    `costs` are of typical slices, `mean_costs` of all; `slices` are those of all rounds not voided.
    """

    reference: str
    costs: Costs
    mean_costs: Costs
    slices: dict[Cell, list[Slice]]
    gates: Gates

    def base(self, cell: Cell) -> Cell:
        """The reference's cell that `cell` is held against."""
        return Cell(self.reference, cell.rate_name, cell.rate_hz)


def base_costs(costs: Costs, cell: Cell, base: Cell) -> Mapping[int, float]:
    """What `cell` is held against: the geometric mean of the reference's `base` and its other
    replicas, each of which is as much the reference; one of these itself against `base` alone."""
    replicas = [own for own in costs if _replicates(own, base)]
    if cell in replicas or base not in costs:
        return costs.get(base, {})
    all_of_it = [costs[base], *(costs[own] for own in replicas)]
    shared = set.intersection(*(set(own) for own in all_of_it))
    return {number: geometric_mean(own[number] for own in all_of_it) for number in sorted(shared)}


def _replicates(own: Cell, base: Cell) -> bool:
    return own.replica > 0 and (own.stack, own.rate_hz) == (base.stack, base.rate_hz)


def measured(reference: str, counted: Sequence[Generation], gates: Gates) -> Measured:
    """What counts of the generations `counted`."""
    slices: dict[Cell, list[Slice]] = {}
    for generation in counted:
        for own in generation.good_slices:
            slices.setdefault(select.cell_of(own), []).append(own)
    return Measured(reference, select.costs(counted), select.mean_costs(counted), slices, gates)


def cell_summary(cell: Cell, run: Measured) -> CellSummary:
    """One cell's figures, held against the reference's replica 0 at the same rate."""
    cost_ns = run.costs.get(cell, {})
    per_request = contrasts.mean(list(cost_ns.values()))
    base = run.base(cell)
    compared = cell != base and base in run.costs
    base_cost_ns = base_costs(run.costs, cell, base)
    slices = run.slices.get(cell, [])
    ratio = contrasts.ratio(cost_ns, base_cost_ns)
    by_mean = ratio_by_mean(cell, base, run)
    p50_us, p99_us = latency.quantiles_us(slices, [0.50, 0.99])
    return CellSummary(
        cell=cell,
        cpu_us_per_request=per_request.scaled(1e-3),
        core_share=per_request.scaled(cell.rate_hz * 1e-9),
        ratio=ratio if compared else None,
        ratio_by_mean=by_mean if compared else None,
        ratio_hodges_lehmann=(
            contrasts.hodges_lehmann_ratio(cost_ns, base_cost_ns) if compared else None
        ),
        difference_us=(
            contrasts.difference(cost_ns, base_cost_ns).scaled(1e-3) if compared else None
        ),
        verdict=verdict_on(cell, base, ratio, by_mean, run) if compared else None,
        p50_us=p50_us,
        p99_us=p99_us,
        answered=sum(own.window_ok for own in slices),
    )


def verdict_on(cell: Cell, base: Cell, ratio: Estimate, by_mean: Estimate, run: Measured) -> str:
    """What may be said of the cost of `cell` over that of `base`; `by_mean` is of all slices."""
    name = cell.stack if cell.replica == 0 else f"{cell.stack}'s twin"
    return verdict(name, base.stack, cell.rate_hz, ratio, by_mean, run.gates)


def ratio_by_mean(cell: Cell, base: Cell, run: Measured) -> Estimate:
    """The cost of `cell` over that of `base` with nothing left out."""
    return contrasts.ratio(run.mean_costs.get(cell, {}), base_costs(run.mean_costs, cell, base))
