"""The highest rate a server keeps up with, and the highest at which it also answers soon enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stackgap.analyse import probes
from stackgap.analyse.interval import Estimate
from stackgap.analyse.latency import histogram_quantiles_us
from stackgap.analyse.probes import PerGeneration, ProbeRun
from stackgap.probe_records import CapacitySettings, Trial

Held = Callable[[Trial], bool]


@dataclass(frozen=True)
class RateSummary:
    """The highest rates that held, in requests a second: geometric mean over generations, and over
    the reference's. `at_least` is in how many generations nothing showed that more would not."""

    rate_hz: Estimate
    ratio: Estimate | None
    at_least: int


@dataclass(frozen=True)
class CapacitySummary:
    """One stack. `closed_hz` is what connections that never wait got through."""

    stack: str
    saturation: RateSummary
    in_time: RateSummary
    closed_hz: Estimate


def keeps_up(trial: Trial, settings: CapacitySettings) -> bool:
    """Whether what was due in the window was answered in it, and all of it in the end.

    One request may be due before an end of the window and answered after it. A generator that was
    late does not matter here: no server answers more than it can.
    """
    due = trial.rate_hz * trial.window_s
    enough = trial.window_ok >= settings.min_answered * due - 1
    return not trial.failed and enough


def answers_in_time(trial: Trial, settings: CapacitySettings) -> bool:
    """Whether it kept up, and the 99th percentile of its latency to what is asked."""
    (p99_us,) = histogram_quantiles_us(trial.latency_ns_histogram, [0.99])
    in_time = p99_us is not None and p99_us <= settings.p99_ms * 1000
    return keeps_up(trial, settings) and in_time


def summaries(run: ProbeRun) -> tuple[CapacitySummary, ...]:
    """One a stack, as the plan has them; none where the run is of another kind."""
    settings = run.plan.settings
    if not isinstance(settings, CapacitySettings):
        return ()

    def summary(stack: str) -> CapacitySummary:
        closed = probes.each(run.of_stack(Trial, stack), _closed_hz)
        return CapacitySummary(
            stack=stack,
            saturation=_rate(run, stack, lambda trial: keeps_up(trial, settings)),
            in_time=_rate(run, stack, lambda trial: answers_in_time(trial, settings)),
            closed_hz=probes.geometric_mean(closed),
        )

    return tuple(summary(stack) for stack in run.plan.stacks)


def highest_hz(trials: Sequence[Trial], held: Held) -> float | None:
    """The highest rate of a trial that held; None if none did."""
    return max(
        (trial.rate_hz for trial in trials if not trial.closed and held(trial)), default=None
    )


def is_open_above(trials: Sequence[Trial], held: Held) -> bool:
    """Whether above the highest rate that held no trial failed but by a generator that was late."""
    highest = highest_hz(trials, held)
    above = [
        trial
        for trial in trials
        if highest is not None and not trial.closed and trial.rate_hz > highest
    ]
    return highest is not None and all(trial.voided for trial in above)


def _rate(run: ProbeRun, stack: str, held: Held) -> RateSummary:
    found = run.of_stack(Trial, stack)
    own_hz = _highest(found, held)
    reference_hz = _highest(run.of_stack(Trial, run.plan.reference), held)
    return RateSummary(
        rate_hz=probes.geometric_mean(own_hz),
        ratio=probes.ratio_to(own_hz, reference_hz, stack == run.plan.reference),
        at_least=sum(is_open_above(trials, held) for trials in found.values()),
    )


def _highest(found: Mapping[int, Sequence[Trial]], held: Held) -> PerGeneration:
    return probes.each(found, lambda trials: highest_hz(trials, held))


def _closed_hz(trials: Sequence[Trial]) -> float | None:
    closed = [trial for trial in trials if trial.closed and not trial.voided]
    rates = [trial.window_ok / trial.window_s for trial in closed]
    # The first may have been too short to hold many requests.
    return rates[-1] if rates and rates[-1] > 0 else None
