"""Latency percentiles of sparse histograms."""

import math
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from stackgap.records import Slice

Pairs = Iterable[tuple[int, int]]
"""What a `records.Histogram` holds, or several together."""


def quantiles_us(slices: Iterable[Slice], shares: Sequence[float]) -> list[float | None]:
    """For each of `shares` the smallest latency in microseconds that at least this part of all
    requests kept to.

    The slices' histograms are added up; None when they are empty.
    """
    pairs = chain.from_iterable(own.latency_ns_histogram for own in slices)
    return histogram_quantiles_us(pairs, shares)


def histogram_quantiles_us(pairs: Pairs, shares: Sequence[float]) -> list[float | None]:
    """The same of a histogram."""
    counted = np.fromiter(chain.from_iterable(pairs), dtype=np.int64).reshape(-1, 2)
    latency_ns, counts = counted[np.argsort(counted[:, 0], kind="stable")].T
    reached = np.cumsum(counts)
    if not counts.sum():
        return [None for _ in shares]
    wanted = [max(math.ceil(share * int(reached[-1])), 1) for share in shares]
    return [float(latency_ns[np.searchsorted(reached, each)]) / 1000 for each in wanted]
