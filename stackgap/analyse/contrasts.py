"""Estimates over generations: the t interval, Hodges-Lehmann, ratios and differences of costs.

The unit is a generation: slices of one generation share their processes, so pooling them
would understate the error.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from scipy.special import stdtrit

from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval, NotEnough

LEVEL = 0.95


@cache
def t_quantile(degrees: float) -> float:
    """Two-sided Student t quantile at LEVEL."""
    return float(stdtrit(degrees, (1 + LEVEL) / 2))


def mean(values: Sequence[float]) -> Estimate:
    """Mean of one value a generation, with the t interval on one degree less than values."""
    size = len(values)
    if size < MIN_GENERATIONS:
        return NotEnough(float(np.mean(values)) if size else None, size)
    centre = float(np.mean(values))
    half_width = t_quantile(size - 1) * float(np.std(values, ddof=1)) / size**0.5
    return Interval(centre, centre - half_width, centre + half_width, LEVEL, size)


def hodges_lehmann(values: Sequence[float]) -> Estimate:
    """Median of the pairwise means of one value a generation, with exact endpoints.

    The endpoints are order statistics of the pairwise means; `level` is what Wilcoxon's
    signed-rank distribution gives them exactly, the smallest it can give from LEVEL up.
    """
    size = len(values)
    if not size:
        return NotEnough(None, 0)
    measured = np.asarray(values, dtype=np.float64)
    first, second = np.triu_indices(size)
    averages = np.sort((measured[first] + measured[second]) / 2)
    centre = float(np.median(averages))
    if size < MIN_GENERATIONS:
        return NotEnough(centre, size)
    skipped, level = _signed_rank_endpoint(size)
    return Interval(centre, float(averages[skipped]), float(averages[-1 - skipped]), level, size)


def log_ratios(a: Mapping[int, float], b: Mapping[int, float]) -> list[float]:
    """ln(a/b) of every generation that has both."""
    return [float(np.log(a[number] / b[number])) for number in sorted(a.keys() & b.keys())]


def log_mean(values: Sequence[float]) -> Estimate:
    """Mean of the logarithms of one positive value a generation, as `mean`."""
    return mean([math.log(value) for value in values])


def logarithm(ratio: Estimate) -> Estimate:
    """An estimate of a ratio, as one of its logarithm: the inverse of `exponentiated`."""
    if isinstance(ratio, NotEnough):
        known = None if ratio.estimate is None else math.log(ratio.estimate)
        return NotEnough(known, ratio.generations)
    centre, low, high = map(math.log, (ratio.estimate, ratio.low, ratio.high))
    return Interval(centre, low, high, ratio.level, ratio.generations)


def inverse(ratio: Estimate) -> Estimate:
    """b over a, from an estimate of a over b."""
    return exponentiated(independent_sum((-1,), (logarithm(ratio),)))


def exponentiated(estimate: Estimate) -> Estimate:
    """An estimate of a logarithm, as one of the ratio."""
    if isinstance(estimate, NotEnough):
        logarithm = estimate.estimate
        ratio = None if logarithm is None else float(np.exp(logarithm))
        return NotEnough(ratio, estimate.generations)
    centre, low, high = np.exp([estimate.estimate, estimate.low, estimate.high])
    return Interval(float(centre), float(low), float(high), estimate.level, estimate.generations)


def ratio(a: Mapping[int, float], b: Mapping[int, float]) -> Estimate:
    """a over b: geometric mean over generations with the t interval of the logarithms."""
    return exponentiated(mean(log_ratios(a, b)))


def hodges_lehmann_ratio(a: Mapping[int, float], b: Mapping[int, float]) -> Estimate:
    """a over b by Hodges-Lehmann of the logarithms, with exact endpoints."""
    return exponentiated(hodges_lehmann(log_ratios(a, b)))


def difference(a: Mapping[int, float], b: Mapping[int, float]) -> Estimate:
    """a minus b, in their unit: mean over generations with the t interval."""
    return mean([a[number] - b[number] for number in sorted(a.keys() & b.keys())])


def ratio_of_sums(a: Sequence[float], b: Sequence[float]) -> Estimate:
    """The sum of a over the sum of b, one value of each a generation.

    The interval is t on the jackknife's standard error, leaving out one generation at a time: a
    and b of one generation share its luck. The sum of b must not be near 0.
    """
    size = len(a)
    if not size:
        return NotEnough(None, 0)
    over, under = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    centre = float(over.sum() / under.sum())
    if size < MIN_GENERATIONS:
        return NotEnough(centre, size)
    left = (over.sum() - over) / (under.sum() - under)
    error = float(np.std(left)) * (size - 1) ** 0.5
    half_width = t_quantile(size - 1) * error
    return Interval(centre, centre - half_width, centre + half_width, LEVEL, size)


def independent_difference(a: Estimate, b: Estimate) -> Estimate:
    """a minus b of two runs that share nothing, as `independent_sum`."""
    return independent_sum((1, -1), (a, b))


def independent_sum(weights: Sequence[float], estimates: Sequence[Estimate]) -> Estimate:
    """The weighted sum of means of runs that share nothing: Welch's t interval from theirs."""
    generations = min(each.generations for each in estimates)
    known = [each.estimate for each in estimates if each.estimate is not None]
    if len(known) < len(estimates):
        return NotEnough(None, generations)
    centre = sum(weight * each for weight, each in zip(weights, known, strict=True))
    weighted = [
        (abs(weight) * each.half_width / t_quantile(each.generations - 1), each.generations - 1)
        for weight, each in zip(weights, estimates, strict=True)
        if isinstance(each, Interval)
    ]
    if len(weighted) < len(estimates):
        return NotEnough(centre, generations)
    variance = sum(error**2 for error, _ in weighted)
    spread = sum(error**4 / freedom for error, freedom in weighted)
    degrees = variance**2 / spread if spread else math.inf
    half_width = t_quantile(degrees) * variance**0.5
    return Interval(centre, centre - half_width, centre + half_width, LEVEL, generations)


@cache
def _signed_rank_endpoint(size: int) -> tuple[int, float]:
    """How many pairwise means lie outside each endpoint, and the confidence that leaves."""
    subsets_by_sum = [1]
    for rank in range(1, size + 1):
        shifted = [0] * rank + subsets_by_sum
        subsets_by_sum = [
            stay + joined for stay, joined in zip(subsets_by_sum + [0] * rank, shifted, strict=True)
        ]
    allowed = (1 - LEVEL) / 2 * 2**size
    skipped, tail = 0, subsets_by_sum[0]
    while tail + subsets_by_sum[skipped + 1] <= allowed:
        skipped += 1
        tail += subsets_by_sum[skipped]
    return skipped, 1 - 2 * tail / 2**size
