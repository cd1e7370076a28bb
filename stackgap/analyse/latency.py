"""Latency percentiles of sparse histograms."""

import math
from collections import Counter
from collections.abc import Iterable

from stackgap.records import Slice


def quantile_us(slices: Iterable[Slice], share: float) -> float | None:
    """The smallest latency in microseconds that at least `share` of all requests kept to.

    The slices' histograms are added up; None when they are empty.
    """
    return histogram_quantile_us(
        (pair for piece in slices for pair in piece.latency_ns_histogram), share
    )


def histogram_quantile_us(pairs: Iterable[tuple[int, int]], share: float) -> float | None:
    """The same of pairs of latency in nanoseconds and count, in any order."""
    counts: Counter[int] = Counter()
    for latency_ns, count in pairs:
        counts[latency_ns] += count
    wanted = max(math.ceil(share * counts.total()), 1)
    reached = 0
    for latency_ns in sorted(counts):
        reached += counts[latency_ns]
        if reached >= wanted:
            return latency_ns / 1000
    return None
