"""Sentences on what a reader must know before believing a run's figures."""

from collections.abc import Iterator, Sequence
from typing import Any

from stackgap.analyse.interval import MIN_GENERATIONS
from stackgap.analyse.select import Generation
from stackgap.records import Plan, RunStarted

_CHANGING_GOVERNORS = ("conservative", "ondemand", "powersave", "schedutil", "userspace")


def warnings(
    started: RunStarted, begun: Sequence[Generation], *, complete: bool
) -> tuple[str, ...]:
    """All that apply to a run, given every generation that was begun."""
    counted = sum(generation.usable for generation in begun)
    return (
        *_on_extent(started.plan, counted, complete),
        *_on_answers(begun),
        *_on_machine(started.provenance, begun),
        *on_builds(started.provenance),
    )


def failed_requests(begun: Sequence[Generation]) -> dict[str, int]:
    """How many requests failed, by kind: in void generations too, as a failure voids its own."""
    counts: dict[str, int] = {}
    for generation in begun:
        for own in generation.slices:
            for kind, count in own.failed.items():
                counts[kind] = counts.get(kind, 0) + count
    return counts


def answers(begun: Sequence[Generation]) -> tuple[int, int]:
    """How many answers were checked, and how many of them were wrong."""
    slices = [own for generation in begun for own in generation.slices]
    return sum(own.checked_answers for own in slices), sum(own.wrong_answers for own in slices)


def _on_extent(plan: Plan, counted: int, complete: bool) -> Iterator[str]:
    planned = plan.generations
    if not complete and planned <= counted < plan.most_generations:
        yield (
            f"The run was stopped while it grew: {counted} generations count, "
            f"{planned} were planned."
        )
    elif not complete:
        yield f"The run did not come to its end: {counted} of {planned} generations count."
    if counted < MIN_GENERATIONS:
        yield f"Verdicts need {MIN_GENERATIONS} generations; in this run {counted} count."


def _on_answers(begun: Sequence[Generation]) -> Iterator[str]:
    failed = failed_requests(begun)
    if any(failed.values()):
        kinds = ", ".join(f"{kind}: {count:,}" for kind, count in failed.items())
        yield f"Requests failed ({kinds}); their generations do not count."
    checked, wrong = answers(begun)
    if wrong:
        yield f"{wrong:,} of {checked:,} answers checked are wrong; their generations do not count."


def _on_machine(provenance: dict[str, Any], begun: Sequence[Generation]) -> Iterator[str]:
    stolen_ns = sum(ended.steal_ns for generation in begun for ended in generation.rounds)
    if stolen_ns:
        yield f"The hypervisor took {stolen_ns / 1e9:.2f} s of CPU time away during the rounds."
    governor = provenance.get("governor")
    if governor in _CHANGING_GOVERNORS:
        yield f"The frequency governor is {governor}: the clock may change while measuring."
    if _known(provenance, "cores", "server", default=0) is None:
        yield "Server and generator were not pinned to cores of their own."


def on_builds(provenance: dict[str, Any]) -> Iterator[str]:
    """What to know of the builds that were measured."""
    if missing := missing_optimisations(provenance):
        yield (
            f"CPython was built without {' and '.join(missing)} optimisation: "
            "that inflates ratios of Python to Rust."
        )
    if _known(provenance, "git", "dirty"):
        yield "The sources had uncommitted changes."


def missing_optimisations(provenance: dict[str, Any]) -> list[str]:
    """Which optimisations CPython says it was built without."""
    return [
        name
        for key, name in (("pgo", "profile-guided"), ("lto", "link-time"))
        if _known(provenance, "python", key) is False
    ]


def _known(provenance: dict[str, Any], group: str, key: str, default: Any = None) -> Any:
    found = provenance.get(group)
    return found.get(key, default) if isinstance(found, dict) else default
