"""What `stackgap probe` observes: cold starts, a light load beside a heavy one, trials of rates,
how many idle containers there is room for.

As in `stackgap.records`, whose first and last lines of generations are used here too: nothing is
computed from anything else.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, assert_never

import msgspec

from stackgap import records
from stackgap.records import (
    ContainerLimits,
    GenerationEnded,
    GenerationStarted,
    Histogram,
    Record,
    RunEnded,
    RunGivenUp,
    Started,
)

Kind = Literal["cold-start", "collateral", "capacity", "density"]


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all settings share: a tag that names the probe."""


class ColdStartSettings(_Settings, frozen=True, tag="cold-start"):
    """After the first answer up to `most_requests` follow one by one, for `most_seconds`."""

    most_requests: int = 300
    most_seconds: float = 5.0


class CollateralSettings(_Settings, frozen=True, tag="collateral"):
    """`heavy_hz` requests a second of the equation, and `light_hz` of GET /health beside them.

    `lead_s` of both comes before the `window_s` that count.
    """

    heavy_hz: float
    light_hz: float = 100.0
    lead_s: float = 0.5
    window_s: float = 4.0


class CapacitySettings(_Settings, frozen=True, tag="capacity"):
    """What a rate must keep to, and between which rates and how finely it is looked for.

    A trial lasts `window_s`, or until `fewest_requests` are due if that is later, but no longer
    than `longest_window_s`. `precision` is the widest step between the rate found and one that is
    too high, as a part of it. Up to `generator_hz` it is a disturbance if the generator is late.
    """

    p99_ms: float = 5.0
    min_answered: float = 0.99
    precision: float = 0.05
    least_hz: float = 0.5
    most_hz: float = 200_000.0
    generator_hz: float = 20_000.0
    lead_s: float = 0.1
    window_s: float = 0.5
    fewest_requests: int = 100
    longest_window_s: float = 4.0
    connections: int = 16


class DensitySettings(_Settings, frozen=True, tag="density"):
    """So many containers of a stack are started one after another, and looked at `settle_s` after
    the first and after the last; `budget_bytes` is what they are to fit into. With `cold_cache` no
    file is in memory before the first of a stack."""

    containers: int = 8
    settle_s: float = 0.5
    budget_bytes: int = 2**30
    cold_cache: bool = False


Settings = ColdStartSettings | CollateralSettings | CapacitySettings | DensitySettings


def kind(settings: Settings) -> Kind:
    """Which of the probes has such settings."""
    match settings:
        case ColdStartSettings():
            return "cold-start"
        case CollateralSettings():
            return "collateral"
        case CapacitySettings():
            return "capacity"
        case DensitySettings():
            return "density"
    assert_never(settings)


class ProbePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a probe is going to do; the seed fixes the order of the stacks.

    `containers` is what those may use that are part of it, and None where all are processes.
    """

    equation: str
    n: int
    stacks: list[str]
    reference: str
    generations: int
    seed: int
    settings: Settings
    containers: ContainerLimits | None = None


class ProbeStarted(Started, frozen=True, tag="probe_started"):
    """First line of every probe."""

    plan: ProbePlan
    provenance: dict[str, Any]


class ColdStart(Record, frozen=True, tag="cold_start"):
    """A server from exec on: its first right answer, then requests one after another.

    `first_answer_ns` runs from exec to the last byte of that answer, `first_latency_ns` from the
    sending of the request it answers; `cpu_ns` is what the server's processes had taken then.
    `latency_ns` and `request_cpu_ns` are of the requests after it, in order.
    """

    generation: int
    position: int
    stack: str
    first_answer_ns: int
    first_latency_ns: int
    cpu_ns: int
    latency_ns: list[int]
    request_cpu_ns: list[int]
    checked_answers: int
    wrong_answers: int


class LightLoad(Record, frozen=True, tag="light_load"):
    """GET /health at a low rate, with the heavy load beside it or without.

    Latencies count from the scheduled time. `heavy_answered` are the equation's answers meanwhile,
    in the heavy generator's whole run; `others_share` is the part of the servers' core that others
    took. One with `voided` reasons is not used.
    """

    generation: int
    position: int
    stack: str
    heavy: bool
    scheduled: int
    answered: int
    failed: dict[str, int]
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    others_share: float
    heavy_answered: int
    checked_answers: int
    wrong_answers: int
    voided: list[str]


class Trial(Record, frozen=True, tag="trial"):
    """A short load at one rate or, `closed`, by connections that never wait: its rate is 0.

    `window_ok` were answered in the window; latencies count from the scheduled time.
    `others_share` is the part of the servers' core that others took. One with `voided` reasons
    that fails does not tell against the server.
    """

    generation: int
    position: int
    stack: str
    closed: bool
    rate_hz: float
    window_s: float
    scheduled: int
    ok: int
    failed: dict[str, int]
    window_ok: int
    cpu_ns: int
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    others_share: float
    checked_answers: int
    wrong_answers: int
    voided: list[str]


class DensityStep(Record, frozen=True, tag="density_step"):
    """Memory of `containers` idle containers of a stack together, as in `records.ContainerStats`.

    `docker_anonymous_bytes` is what the processes take that Docker keeps beside each of them.
    """

    generation: int
    position: int
    stack: str
    containers: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    docker_anonymous_bytes: int


class FirstContainer(Record, frozen=True, tag="first_container"):
    """What a stack's first container takes, idle and alone, as in `records.ContainerStats`.

    `mapped_bytes` are the mapped files, by their paths in the container, and what of each is in
    memory as it is in the file.
    """

    generation: int
    position: int
    stack: str
    held_bytes: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    mapped_bytes: dict[str, int]


class RanOut(Record, frozen=True, tag="ran_out"):
    """A stack's container used more memory than it may, and was killed; `how` says when."""

    generation: int
    position: int
    stack: str
    how: str


AnyProbeRecord = (
    ProbeStarted
    | GenerationStarted
    | ColdStart
    | LightLoad
    | Trial
    | DensityStep
    | FirstContainer
    | RanOut
    | GenerationEnded
    | RunGivenUp
    | RunEnded
)

_decoder = msgspec.json.Decoder(AnyProbeRecord)


def parse_lines(lines: Iterable[bytes], source: str) -> Iterator[AnyProbeRecord]:
    """The records of a probe in `lines`; raises MisuseError as `records.decoded` does."""
    yield from records.decoded(lines, source, _decoder)


def read(path: Path) -> list[AnyProbeRecord]:
    """All records of a probe's file; raises MisuseError as `records.decoded` does."""
    with records.lines_of(path) as lines:
        return list(parse_lines(lines, str(path)))
