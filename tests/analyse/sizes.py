"""Records of one equation at several sizes, whose ratios are known."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import structs

from stackgap.records import AnyRecord, Cell, RateName, RunEnded
from tests.analyse import factory

STACKS = ("fastapi-stock-numpy", "fastapi-quiet-rust", "axum-stock")
REFERENCE = "axum-stock"
CostUs = Callable[[str, int], float]
"""CPU microseconds per request of a stack at a size."""

# Slopes in log n, so that straight lines between sizes are exact.
_COST_US: Mapping[str, Callable[[int], float]] = {
    "fastapi-stock-numpy": lambda n: 400.0 * (n / 10) ** 0.2,
    "fastapi-quiet-rust": lambda n: 200.0 * (n / 10) ** 0.4,
    "axum-stock": lambda n: 40.0 * (n / 10) ** 0.6,
}


def cost_us(stack: str, n: int) -> float:
    return _COST_US[stack](n)


def size_records(
    n: int,
    *,
    costs: CostUs = cost_us,
    noise: float = 0.0,
    generations: int = 6,
    stacks: Sequence[str] = STACKS,
    rate_names: Sequence[RateName] = ("high",),
    provenance: dict[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
) -> list[AnyRecord]:
    """A run of one size; `noise` is by how much the costs of a generation are off, each its way.

    `plan` changes fields of the run's plan.
    """
    hz = {"low": 100.0 / n, "high": 600.0 / n}
    cells = [Cell(stack, name, hz[name]) for stack in stacks for name in rate_names]
    cells.append(Cell(REFERENCE, rate_names[0], hz[rate_names[0]], replica=1))
    planned = factory.make_plan(cells, generations)
    planned = structs.replace(planned, n=n, **dict(plan or {}))
    place = {stack: index for index, stack in enumerate(stacks)}

    def cost(cell: Cell, generation: int, _round: int) -> float:
        step = (generation * (place[cell.stack] + 1) + cell.replica) % 5 - 2
        return costs(cell.stack, n) * (1 + noise * step / 2)

    started, *rest = factory.run_records(planned, cost, provenance)
    return [structs.replace(started, run_id=f"run-n{n}"), *rest]


def without_end(records: Sequence[AnyRecord]) -> list[AnyRecord]:
    return [record for record in records if not isinstance(record, RunEnded)]
