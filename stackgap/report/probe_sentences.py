"""What every report of a probe says in words."""

import shlex
from collections.abc import Iterator, Sequence
from typing import assert_never

from stackgap.analyse import cold_start
from stackgap.analyse.probes import ProbeRun, ran_out
from stackgap.probe_records import (
    CapacitySettings,
    ColdStartSettings,
    CollateralSettings,
    DensitySettings,
    ProbePlan,
    kind,
)
from stackgap.report import formatting as f
from stackgap.report import sentences

_REASONS_SHOWN = 3
_TITLES = {
    "cold-start": "Cold start",
    "collateral": "Short requests beside long ones",
    "capacity": "Capacity of one core",
    "density": "Idle containers side by side",
}


def title(plan: ProbePlan) -> str:
    """What was looked at."""
    return _TITLES[kind(plan.settings)]


def what_was_done(run: ProbeRun) -> str:
    """The plan in a line."""
    plan = run.plan
    values = f.count(plan.n, "value")
    generations = f.count(run.trust.counted, "generation")
    return f"{plan.equation}, {values} a request; {generations}; seed {plan.seed}"


def how_to_read(plan: ProbePlan) -> list[str]:
    """What the columns are."""
    return [*_columns(plan), "[a, b] is the 95 % interval over generations: fresh processes each."]


def checks(run: ProbeRun) -> list[str]:
    """How far the probe can be trusted."""
    trust = run.trust
    begun = f.count(trust.counted + trust.void, "generation")
    return [
        f"Void: {trust.void} of {begun}.",
        *(f"Void: {reason}" for reason in trust.reasons[:_REASONS_SHOWN]),
        f"{f.count(trust.checked_answers, 'answer')} checked, {trust.wrong_answers:,} wrong.",
        *_ran_out(run),
    ]


def warnings(run: ProbeRun) -> list[str]:
    """What a reader must know before believing the figures."""
    return [*run.trust.warnings, *_on_end(run)]


def command(plan: ProbePlan) -> str:
    """The command that makes the same probe, seed included."""
    arguments = ["stackgap", "probe", kind(plan.settings)]
    arguments += ["--equation", plan.equation, "--n", str(plan.n)]
    for stack in plan.stacks:
        arguments += ["--stack", sentences.in_command(stack, plan.containers)]
    if isinstance(plan.settings, CapacitySettings):
        arguments += ["--p99-ms", f"{plan.settings.p99_ms:g}"]
    if isinstance(plan.settings, DensitySettings):
        arguments += ["--containers", str(plan.settings.containers)]
        arguments += ["--cold-cache"] * plan.settings.cold_cache
    elif plan.containers:
        arguments += ["--engine", "docker"]
    if plan.containers:
        arguments += sentences.limits(plan.containers)
    arguments += ["--generations", str(plan.generations), "--seed", str(plan.seed)]
    return shlex.join(arguments)


def _start(plan: ProbePlan) -> str:
    return "asking Docker for the container" if plan.containers else "exec"


def _cache(settings: DensitySettings) -> str:
    if settings.cold_cache:
        return "No file was in memory before the first of each stack: that one is charged with all."
    return "Files that were in memory before the first one are charged to whoever read them."


def _ran_out(run: ProbeRun) -> Iterator[str]:
    for stack in run.plan.stacks:
        if how := ran_out(run, stack):
            times = f.count(len(how), "generation")
            yield f"Out of memory in {times}: {next(iter(how.values())).splitlines()[0]}"


def _on_end(run: ProbeRun) -> Iterator[str]:
    if run.trust.given_up:
        yield f"The probe was given up: {run.trust.given_up}."
    elif not run.trust.complete:
        yield "The probe did not come to its end; a generation that was cut off does not count."


def _columns(plan: ProbePlan) -> Sequence[str]:
    settings = plan.settings
    match settings:
        case ColdStartSettings():
            return (
                f"From {_start(plan)} to the last byte of the first right answer; files and "
                "Python's byte code are cached, machine code is not. CPU is of all the server's "
                "processes.",
                "The first request is that answer's alone, a later one the median of the last "
                f"{cold_start.LAST} of up to {settings.most_requests}, sent one after another.",
                f"Steady is where the median CPU of {cold_start.RUNNING} requests comes within "
                f"{f.percent(cold_start.WITHIN)} of the last ones' for the first time; counted "
                "in requests after the first, and in time from the start.",
            )
        case CollateralSettings():
            return (
                f"Latency of GET /health at {f.rate(settings.light_hz)}, from when it was due, "
                f"alone and beside {plan.equation} at {f.rate(settings.heavy_hz)} on the same "
                "server; more and ratio are of the two in the same generation.",
                "What holds the interpreter or the event loop keeps all others waiting for as "
                "long; what releases it, or is moved to a thread, does not.",
            )
        case CapacitySettings():
            return (
                "Saturation is the highest rate found of which "
                f"{f.percent(settings.min_answered)} is answered in the window; the next higher "
                f"one tried, within {f.percent(settings.precision)}, failed twice.",
                f"The other rate also keeps the 99th percentile of latency to {settings.p99_ms:g} "
                "ms, from when a request was due. ≥: the generator came to its own limit.",
                f"Closed loop: {settings.connections} connections that never wait.",
            )
        case DensitySettings():
            return (
                f"{settings.containers} containers of each stack, one after another, none of which "
                f"is asked anything but its health. {_cache(settings)}",
                "Memory is as `docker stats` shows it; Docker keeps a process beside each that it "
                "does not show.",
                "How many fit is what there is room for if each takes what the further ones did.",
                "A container is charged with the files that nobody read before it, each page of a "
                "program and of its libraries among them, and byte code under other files; the "
                "kernel's are page tables, stacks and sockets. `docker stats` leaves out files not "
                "used again lately.",
            )
    assert_never(settings)
