"""What each cell costs, and how that compares with the reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from stackgap.analyse import contrasts, latency, select
from stackgap.analyse.interval import Estimate
from stackgap.analyse.select import Costs, Generation
from stackgap.analyse.summary import CellSummary, Gates
from stackgap.analyse.verdicts import verdict
from stackgap.records import Cell, Slice


@dataclass(frozen=True)
class Measured:
    """All that the summaries of cells are made from: what counts of a run.

    `costs` is without the slowest rounds, `costs_of_all_rounds` with them; `slices` are those of
    all rounds not voided.
    """

    reference: str
    costs: Costs
    costs_of_all_rounds: Costs
    slices: dict[Cell, list[Slice]]
    gates: Gates


def measured(reference: str, counted: Sequence[Generation], gates: Gates) -> Measured:
    """What counts of the generations `counted`."""
    slices: dict[Cell, list[Slice]] = {}
    for generation in counted:
        for piece in generation.good_slices:
            slices.setdefault(select.cell_of(piece), []).append(piece)
    return Measured(
        reference, select.costs(counted), select.costs_of_all_rounds(counted), slices, gates
    )


def cell_summary(cell: Cell, run: Measured) -> CellSummary:
    """One cell's figures, held against the reference's replica 0 at the same rate."""
    cost_ns = run.costs.get(cell, {})
    per_request = contrasts.mean(list(cost_ns.values()))
    base = Cell(run.reference, cell.rate_name, cell.rate_hz)
    compared = cell != base and base in run.costs
    base_cost_ns = run.costs.get(base, {})
    slices = run.slices.get(cell, [])
    ratio = contrasts.ratio(cost_ns, base_cost_ns)
    return CellSummary(
        cell=cell,
        cpu_us_per_request=per_request.scaled(1e-3),
        core_share=per_request.scaled(cell.rate_hz * 1e-9),
        ratio=ratio if compared else None,
        ratio_hodges_lehmann=(
            contrasts.hodges_lehmann_ratio(cost_ns, base_cost_ns) if compared else None
        ),
        difference_us=(
            contrasts.difference(cost_ns, base_cost_ns).scaled(1e-3) if compared else None
        ),
        verdict=verdict_on(cell, base, ratio, run) if compared else None,
        p50_us=latency.quantile_us(slices, 0.50),
        p99_us=latency.quantile_us(slices, 0.99),
        answered=sum(piece.window_ok for piece in slices),
    )


def verdict_on(cell: Cell, base: Cell, ratio: Estimate, run: Measured) -> str:
    """What may be said of `ratio`, the cost of `cell` over that of `base`."""
    of_all_rounds = contrasts.ratio(
        run.costs_of_all_rounds.get(cell, {}), run.costs_of_all_rounds.get(base, {})
    )
    name = cell.stack if cell.replica == 0 else f"{cell.stack}'s twin"
    return verdict(name, base.stack, cell.rate_hz, ratio, of_all_rounds, run.gates)
