"""What long requests do to the latency of short ones on the same server."""

from collections.abc import Sequence
from dataclasses import dataclass

from stackgap.analyse import contrasts, probes
from stackgap.analyse.interval import Estimate
from stackgap.analyse.latency import histogram_quantiles_us
from stackgap.analyse.probes import PerGeneration, ProbeRun
from stackgap.probe_records import LightLoad


@dataclass(frozen=True)
class QuantileSummary:
    """A quantile of the light load's latency, in ms: alone and beside the heavy load (geometric
    means), and the difference (mean) and ratio of the two within generations."""

    alone_ms: Estimate
    beside_ms: Estimate
    difference_ms: Estimate
    ratio: Estimate


@dataclass(frozen=True)
class CollateralSummary:
    """One stack. `heavy_answered` is how many requests of the equation were answered meanwhile, in
    all."""

    stack: str
    p50: QuantileSummary
    p99: QuantileSummary
    heavy_answered: int


def summaries(run: ProbeRun) -> tuple[CollateralSummary, ...]:
    """One a stack, as the plan has them."""
    return tuple(_summary(run, stack) for stack in run.plan.stacks)


def _summary(run: ProbeRun, stack: str) -> CollateralSummary:
    found = {
        number: [load for load in own if not load.voided]
        for number, own in run.of_stack(LightLoad, stack).items()
    }
    return CollateralSummary(
        stack=stack,
        p50=_quantile(found, 0.50),
        p99=_quantile(found, 0.99),
        heavy_answered=sum(load.heavy_answered for own in found.values() for load in own),
    )


def _quantile(found: dict[int, list[LightLoad]], share: float) -> QuantileSummary:
    alone, beside = (_each_ms(found, share, heavy) for heavy in (False, True))
    return QuantileSummary(
        alone_ms=probes.geometric_mean(alone),
        beside_ms=probes.geometric_mean(beside),
        difference_ms=contrasts.difference(beside, alone),
        ratio=contrasts.ratio(beside, alone),
    )


def _each_ms(found: dict[int, list[LightLoad]], share: float, heavy: bool) -> PerGeneration:
    def quantile_ms(own: Sequence[LightLoad]) -> float | None:
        pairs = [pair for load in own if load.heavy == heavy for pair in load.latency_ns_histogram]
        (us,) = histogram_quantiles_us(pairs, [share])
        return None if us is None else us / 1000

    return probes.each(found, quantile_ms)
