"""How long a server takes from exec to its first answer, and until its requests cost what they
will cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from stackgap.analyse import probes
from stackgap.analyse.interval import Estimate
from stackgap.analyse.probes import ProbeRun
from stackgap.probe_records import ColdStart

# More than the requests of a workload, which differ: one of each is in every median.
RUNNING = 9
LAST = 3 * RUNNING
WITHIN = 0.10


@dataclass(frozen=True)
class ColdStartSummary:
    """One stack. `ratio` is its time to the first answer over the reference's; `cpu_s` what it took
    until then. `steady_after` requests after the first the cost is steady, `steady_s` after exec;
    `later_ms` is the median latency of the last ones. Times are geometric means, as ratios
    are."""

    stack: str
    first_answer_s: Estimate
    ratio: Estimate | None
    cpu_s: Estimate
    first_ms: Estimate
    later_ms: Estimate
    steady_after: Estimate
    steady_s: Estimate


def summaries(run: ProbeRun) -> tuple[ColdStartSummary, ...]:
    """One a stack, as the plan has them."""
    reference = _first_answer_s(run, run.plan.reference)
    return tuple(_summary(run, stack, reference) for stack in run.plan.stacks)


def steady_after(cost: Sequence[float]) -> int | None:
    """After how many requests the cost is steady: from there on the median of RUNNING requests is
    WITHIN that of the LAST ones, for the first time.

    None when that is so at the very end only, or there are too few.
    """
    settled = median(cost[-LAST:]) if len(cost) > LAST else None
    if settled is None:
        return None
    for begin in range(len(cost) - LAST + 1):
        if abs(median(cost[begin : begin + RUNNING]) / settled - 1) <= WITHIN:
            return begin if begin < len(cost) - LAST else None
    return None


def _summary(run: ProbeRun, stack: str, reference: probes.PerGeneration) -> ColdStartSummary:
    found = run.of_stack(ColdStart, stack)
    first_answer_s = _first_answer_s(run, stack)
    return ColdStartSummary(
        stack=stack,
        first_answer_s=probes.geometric_mean(first_answer_s),
        ratio=probes.ratio_to(first_answer_s, reference, stack == run.plan.reference),
        cpu_s=probes.geometric_mean(probes.each(found, lambda own: own[0].cpu_ns / 1e9)),
        first_ms=probes.geometric_mean(
            probes.each(found, lambda own: own[0].first_latency_ns / 1e6)
        ),
        later_ms=probes.geometric_mean(probes.each(found, lambda own: _later_ms(own[0]))),
        steady_after=probes.typical_count(probes.each(found, lambda own: _steady_after(own[0]))),
        steady_s=probes.geometric_mean(probes.each(found, lambda own: _steady_s(own[0]))),
    )


def _first_answer_s(run: ProbeRun, stack: str) -> probes.PerGeneration:
    found = run.of_stack(ColdStart, stack)
    return probes.each(found, lambda own: own[0].first_answer_ns / 1e9)


def _later_ms(own: ColdStart) -> float | None:
    return median(own.latency_ns[-LAST:]) / 1e6 if own.latency_ns else None


def _steady_after(own: ColdStart) -> int | None:
    # CPU, not latency: a neighbour moves the one less than the other.
    return steady_after(own.request_cpu_ns)


def _steady_s(own: ColdStart) -> float | None:
    requests = _steady_after(own)
    if requests is None:
        return None
    return (own.first_answer_ns + sum(own.latency_ns[:requests])) / 1e9
