"""What servers say they burned on purpose: to be told apart from what they cost by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from stackgap.analyse import select
from stackgap.analyse.select import Costs
from stackgap.records import AnyRecord, Cell, Slice


def taken_off(costs: Costs, records: Sequence[AnyRecord]) -> Costs:
    """What each cell costs without what its server says it burned."""
    burned_ns = ns_per_request(records)
    return {
        cell: {number: cost - burned_ns[cell][number] for number, cost in own.items()}
        for cell, own in costs.items()
    }


def ns_per_request(records: Iterable[AnyRecord]) -> dict[Cell, dict[int, float]]:
    """CPU nanoseconds burned per request, by cell and generation; 0 where a server says nothing."""
    cpu_ns: dict[tuple[Cell, int], int] = defaultdict(int)
    requests: dict[tuple[Cell, int], int] = defaultdict(int)
    for own in (record for record in records if isinstance(record, Slice)):
        key = select.cell_of(own), own.generation
        cpu_ns[key] += own.injected_cpu_ns or 0
        requests[key] += own.injected_requests or 0
    result: dict[Cell, dict[int, float]] = defaultdict(dict)
    for (cell, generation), total_ns in cpu_ns.items():
        result[cell][generation] = total_ns / max(requests[cell, generation], 1)
    return dict(result)
