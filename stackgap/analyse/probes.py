"""What all probes have in common: which generations count, and how far they can be trusted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from stackgap.analyse import contrasts
from stackgap.analyse.interval import MIN_GENERATIONS, Estimate
from stackgap.analyse.warnings import on_builds
from stackgap.probe_records import (
    AnyProbeRecord,
    ColdStart,
    DensityStep,
    FirstContainer,
    LightLoad,
    ProbePlan,
    ProbeStarted,
    RanOut,
    Trial,
)
from stackgap.records import GenerationEnded, RunEnded, RunGivenUp

Answered = ColdStart | LightLoad | Trial
Observation = Answered | DensityStep | FirstContainer | RanOut
PerGeneration = Mapping[int, float]
"""One value a generation, by its number."""

_Kind = TypeVar("_Kind", ColdStart, LightLoad, Trial, DensityStep, FirstContainer, RanOut)


@dataclass(frozen=True)
class Trust:
    """How a probe went. `complete` is whether it came to its own end, `given_up` why it did not;
    `reasons` are why generations are void."""

    counted: int
    void: int
    reasons: tuple[str, ...]
    checked_answers: int
    wrong_answers: int
    complete: bool
    given_up: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ProbeRun:
    """A probe's records sorted out: what was planned, what counts, and how it went."""

    run_id: str
    started_at: str
    plan: ProbePlan
    provenance: Mapping[str, Any]
    observations: tuple[Observation, ...]
    trust: Trust

    def of_stack(self, kind: type[_Kind], stack: str) -> dict[int, list[_Kind]]:
        """The observations of one stack that count, by generation, in their order."""
        found: dict[int, list[_Kind]] = {}
        for own in self.observations:
            if isinstance(own, kind) and own.stack == stack:
                found.setdefault(own.generation, []).append(own)
        return found


def sort_out(records: Sequence[AnyProbeRecord]) -> ProbeRun:
    """What a probe's records hold, however early it was cut off.

    Raises ValueError when they do not begin with the start of a probe.
    """
    if not records or not isinstance(records[0], ProbeStarted):
        raise ValueError("the records do not begin with the start of a probe")
    first = records[0]
    ended = [record for record in records if isinstance(record, GenerationEnded)]
    good = {record.generation for record in ended if not record.voided}
    seen = [record for record in records if isinstance(record, Observation)]
    answered = [record for record in seen if isinstance(record, Answered)]
    return ProbeRun(
        run_id=first.run_id,
        started_at=first.started_at,
        plan=first.plan,
        provenance=first.provenance,
        observations=tuple(own for own in seen if own.generation in good),
        trust=Trust(
            counted=len(good),
            void=len(ended) - len(good),
            reasons=tuple(reason for record in ended for reason in record.voided),
            checked_answers=sum(own.checked_answers for own in answered),
            wrong_answers=sum(own.wrong_answers for own in answered),
            complete=any(isinstance(record, RunEnded) for record in records),
            given_up=next(
                (record.reason for record in records if isinstance(record, RunGivenUp)), None
            ),
            warnings=(*_on_extent(len(good)), *on_builds(first.provenance)),
        ),
    )


def ran_out(run: ProbeRun, stack: str) -> dict[int, str]:
    """How a stack's container was killed for want of memory, by generation."""
    return {number: own[0].how for number, own in run.of_stack(RanOut, stack).items()}


def each(
    found: Mapping[int, Sequence[_Kind]], value: Callable[[Sequence[_Kind]], float | None]
) -> dict[int, float]:
    """`value` of each generation's observations, where there is one."""
    values = {number: value(own) for number, own in found.items()}
    return {number: own for number, own in values.items() if own is not None}


def typical_count(values: PerGeneration) -> Estimate:
    """Hodges-Lehmann over generations: a t interval of counts would reach below 0."""
    return contrasts.hodges_lehmann(list(values.values()))


def geometric_mean(values: PerGeneration) -> Estimate:
    """Geometric mean over generations with the t interval of the logarithms."""
    return contrasts.exponentiated(contrasts.log_mean(list(values.values())))


def ratio_to(values: PerGeneration, reference: PerGeneration, own: bool) -> Estimate | None:
    """To the reference in the same generation; None for its `own` values, or without any."""
    return contrasts.ratio(values, reference) if reference and not own else None


def _on_extent(counted: int) -> Iterable[str]:
    if counted < MIN_GENERATIONS:
        yield f"Intervals need {MIN_GENERATIONS} generations; in this probe {counted} count."
