"""How many idle containers of a stack there is room for, and what holds the first one's memory."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stackgap.analyse import contrasts, probes
from stackgap.analyse.interval import Estimate
from stackgap.analyse.probes import ProbeRun
from stackgap.probe_records import DensitySettings, DensityStep, FirstContainer

_MIB = 2**20
_LARGEST = 4
# Of a library's file: that it is one, of which version, and for which interpreter.
_ENDING = re.compile(r"(\.cpython-[^.]+|\.abi3)?\.so(\.[\d.]+)?$")


@dataclass(frozen=True)
class DensitySummary:
    """One stack. The first container is charged with the files that all read; `further_mib` is what
    each one after it takes, and `docker_mib` what Docker keeps beside each. `fit` is how many have
    room, by the containers alone, and `fit_with_docker` with all that.
    """

    stack: str
    first_mib: Estimate
    further_mib: Estimate
    docker_mib: Estimate
    fit: Estimate
    fit_with_docker: Estimate


def summaries(run: ProbeRun) -> tuple[DensitySummary, ...]:
    """One a stack, as the plan has them; none where the run is of another kind."""
    settings = run.plan.settings
    if not isinstance(settings, DensitySettings):
        return ()
    budget = settings.budget_bytes

    def summary(stack: str) -> DensitySummary:
        found = run.of_stack(DensityStep, stack)

        def mean(value: Callable[[Sequence[DensityStep]], float | None]) -> Estimate:
            return contrasts.mean(list(probes.each(found, value).values()))

        return DensitySummary(
            stack=stack,
            first_mib=mean(lambda steps: steps[0].shown_bytes / _MIB),
            further_mib=mean(lambda steps: _each_further(steps, _shown, 1 / _MIB)),
            docker_mib=mean(
                lambda steps: steps[-1].docker_anonymous_bytes / steps[-1].containers / _MIB
            ),
            fit=mean(lambda steps: _fit(steps, _shown, budget)),
            fit_with_docker=mean(lambda steps: _fit(steps, _with_docker, budget)),
        )

    return tuple(summary(stack) for stack in run.plan.stacks)


@dataclass(frozen=True)
class FirstSummary:
    """What holds the memory of one stack's first container.

    `held_mib` is all that it is charged with: `anonymous_mib` of its processes, `mapped_mib` of
    programs and libraries, `read_mib` of files that were read and are not mapped, and `kernel_mib`
    of the kernel for it. `shown_mib` is the part that `docker stats` shows. `largest_mib` are the
    mapped files with the most, by name.
    """

    stack: str
    anonymous_mib: Estimate
    mapped_mib: Estimate
    read_mib: Estimate
    kernel_mib: Estimate
    held_mib: Estimate
    shown_mib: Estimate
    largest_mib: tuple[tuple[str, float], ...]


def firsts(run: ProbeRun) -> tuple[FirstSummary, ...]:
    """One a stack whose first container was looked at, as the plan has them."""
    found = {stack: run.of_stack(FirstContainer, stack) for stack in run.plan.stacks}
    return tuple(
        _first(stack, [own for (own,) in seen.values()]) for stack, seen in found.items() if seen
    )


def _first(stack: str, seen: Sequence[FirstContainer]) -> FirstSummary:
    def mean(value: Callable[[FirstContainer], int]) -> Estimate:
        return contrasts.mean([value(own) / _MIB for own in seen])

    return FirstSummary(
        stack=stack,
        anonymous_mib=mean(lambda own: own.anonymous_bytes),
        mapped_mib=mean(_mapped),
        read_mib=mean(lambda own: own.file_bytes - _mapped(own)),
        kernel_mib=mean(lambda own: own.held_bytes - own.anonymous_bytes - own.file_bytes),
        held_mib=mean(lambda own: own.held_bytes),
        shown_mib=mean(lambda own: own.shown_bytes),
        largest_mib=_largest(seen),
    )


def _mapped(own: FirstContainer) -> int:
    return sum(own.mapped_bytes.values())


def _largest(seen: Sequence[FirstContainer]) -> tuple[tuple[str, float], ...]:
    total: Counter[str] = Counter()
    for own in seen:
        for path, held in own.mapped_bytes.items():
            total[_ENDING.sub("", PurePosixPath(path).name)] += held
    return tuple((name, held / len(seen) / _MIB) for name, held in total.most_common(_LARGEST))


def _shown(step: DensityStep) -> int:
    return step.shown_bytes


def _with_docker(step: DensityStep) -> int:
    return step.shown_bytes + step.docker_anonymous_bytes


def _each_further(
    steps: Sequence[DensityStep], of: Callable[[DensityStep], int], unit: float = 1.0
) -> float | None:
    """What every container after the first adds; None with one only."""
    first, last = steps[0], steps[-1]
    if last.containers == first.containers:
        return None
    return (of(last) - of(first)) / (last.containers - first.containers) * unit


def _fit(
    steps: Sequence[DensityStep], of: Callable[[DensityStep], int], budget: int
) -> float | None:
    """How many fit where each takes what the further ones did; not rounded, as it is to be
    averaged."""
    further = _each_further(steps, of)
    return None if not further else 1 + (budget - of(steps[0])) / further
