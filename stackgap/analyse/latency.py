"""Latency percentiles of sparse histograms."""

import math
from collections import Counter
from collections.abc import Iterable

from stackgap.records import Slice


def quantile_us(slices: Iterable[Slice], share: float) -> float | None:
    """The smallest latency in microseconds that at least `share` of all requests kept to.

    The slices' histograms are added up; None when they are empty.
    """
    counts: Counter[int] = Counter()
    for piece in slices:
        for latency_ns, count in piece.latency_ns_histogram:
            counts[latency_ns] += count
    wanted = max(math.ceil(share * counts.total()), 1)
    reached = 0
    for latency_ns in sorted(counts):
        reached += counts[latency_ns]
        if reached >= wanted:
            return latency_ns / 1000
    return None
