"""Records of probes whose findings are known, because they were made up."""

from collections.abc import Callable, Iterable, Sequence

from stackgap.analyse.probes import ProbeRun, sort_out
from stackgap.probe_records import (
    AnyProbeRecord,
    ColdStart,
    ColdStartSettings,
    DensityStep,
    FirstContainer,
    LightLoad,
    ProbePlan,
    ProbeStarted,
    RanOut,
    Settings,
    Trial,
)
from stackgap.records import SCHEMA, GenerationEnded, GenerationStarted, RunEnded

AXUM = "axum-stock"
FASTAPI = "fastapi-quiet-python"
STACKS = (FASTAPI, AXUM)

COLD_START = ColdStartSettings()

Observe = Callable[
    [int, str], Iterable[ColdStart | LightLoad | Trial | DensityStep | FirstContainer | RanOut]
]


def records(
    settings: Settings,
    observe: Observe,
    *,
    generations: int = 6,
    void: Sequence[int] = (),
    stacks: Sequence[str] = STACKS,
) -> list[AnyProbeRecord]:
    """A probe of so many generations; `observe` makes what is seen of a stack in one of them."""
    plan = ProbePlan("ephemeris", 100, list(stacks), AXUM, generations, 7, settings)
    made: list[AnyProbeRecord] = [
        ProbeStarted(SCHEMA, "20260102-000000-probe", "2026-01-02T00:00:00+00:00", plan, {})
    ]
    for number in range(generations):
        made.append(GenerationStarted(number))
        made += [own for stack in stacks for own in observe(number, stack)]
        made.append(GenerationEnded(number, ["a fault"] if number in void else []))
    return [*made, RunEnded("2026-01-02T00:10:00+00:00")]


def probe(settings: Settings, observe: Observe, **options: object) -> ProbeRun:
    """The same, sorted out."""
    return sort_out(records(settings, observe, **options))  # type: ignore[arg-type]


def cold_start(
    generation: int,
    stack: str,
    first_answer_s: float,
    request_cpu_us: Sequence[float] = (100,) * 60,
    wrong: int = 0,
) -> ColdStart:
    """A start whose requests take twice their CPU; the first one 5 ms."""
    return ColdStart(
        generation=generation,
        position=0,
        stack=stack,
        first_answer_ns=round(first_answer_s * 1e9),
        first_latency_ns=5_000_000,
        cpu_ns=round(first_answer_s * 5e8),
        latency_ns=[round(2000 * us) for us in request_cpu_us],
        request_cpu_ns=[round(1000 * us) for us in request_cpu_us],
        checked_answers=8,
        wrong_answers=wrong,
    )


def light_load(
    generation: int, stack: str, heavy: bool, *latencies_ms: float, voided: Sequence[str] = ()
) -> LightLoad:
    """A light load whose requests take these times."""
    return LightLoad(
        generation=generation,
        position=0,
        stack=stack,
        heavy=heavy,
        scheduled=len(latencies_ms),
        answered=len(latencies_ms),
        failed={},
        latency_ns_histogram=tuple((round(ms * 1e6), 1) for ms in latencies_ms),
        lateness_p99_ns=1000,
        others_share=0.0,
        heavy_answered=20 if heavy else 0,
        checked_answers=4,
        wrong_answers=0,
        voided=list(voided),
    )


def trial(
    stack: str,
    rate_hz: float,
    *,
    answered: float = 1.0,
    p99_ms: float = 1.0,
    generation: int = 0,
    window_s: float = 1.0,
    closed: bool = False,
    late: bool = False,
    failed: dict[str, int] | None = None,
) -> Trial:
    """A trial in which that part of what was due was answered; a closed one at `rate_hz`."""
    window_ok = round(answered * rate_hz * window_s)
    return Trial(
        generation=generation,
        position=0,
        stack=stack,
        closed=closed,
        rate_hz=0.0 if closed else rate_hz,
        window_s=window_s,
        scheduled=round(rate_hz * window_s),
        ok=window_ok,
        failed=failed or {},
        window_ok=window_ok,
        cpu_ns=1,
        latency_ns_histogram=((round(p99_ms * 1e6), 1),),
        lateness_p99_ns=0,
        others_share=0.0,
        checked_answers=1,
        wrong_answers=0,
        voided=["late"] if late else [],
    )


MIB = 2**20


def first_container(number: int, stack: str) -> FirstContainer:
    """10 MiB anonymous, 6 of files, 4 of them mapped, and 1 of the kernel's; 12 are shown."""
    return FirstContainer(
        generation=number,
        position=0,
        stack=stack,
        held_bytes=17 * MIB,
        shown_bytes=12 * MIB,
        anonymous_bytes=10 * MIB,
        file_bytes=6 * MIB,
        mapped_bytes={"/app/axum_api": 3 * MIB, "/usr/lib/libc.so.6": MIB},
    )


def density_steps(
    number: int,
    stack: str,
    containers: int = 5,
    *,
    first: int = 10 * MIB,
    further: int = 4 * MIB,
    beside: int = 3 * MIB,
) -> list[DensityStep]:
    """A reading after each container, by what the first and each further one takes."""
    return [
        DensityStep(
            generation=number,
            position=0,
            stack=stack,
            containers=count,
            shown_bytes=first + further * (count - 1),
            anonymous_bytes=1,
            file_bytes=1,
            docker_anonymous_bytes=beside * count,
        )
        for count in range(1, containers + 1)
    ]
