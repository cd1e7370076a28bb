"""Records of runs whose costs are known, because they were made up."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stackgap.records import (
    SCHEMA,
    AnyRecord,
    Cell,
    GenerationEnded,
    GenerationStarted,
    IdleCpu,
    Memory,
    Plan,
    ResidentStarted,
    RoundEnded,
    RunEnded,
    RunStarted,
    Slice,
)

MIB = 2**20
LOW_HZ = 200.0
HIGH_HZ = 1000.0
ANSWERED = 1000
LATENCY_NS = 400_000

CostUs = Callable[[Cell, int, int], float]
"""CPU microseconds per request of a cell in a generation (from 0) and a round (from 0)."""


def cell(stack: str, rate_hz: float = HIGH_HZ, replica: int = 0) -> Cell:
    return Cell(stack, "low" if rate_hz == LOW_HZ else "high", rate_hz, replica)


def constant(cost_us: Mapping[str, float]) -> CostUs:
    """The same for a stack at every rate, always."""
    return lambda where, _generation, _round: cost_us[where.stack]


def wavering(cost_us: Mapping[str, float], by: float = 0.01) -> CostUs:
    """As `constant`, but in every generation each stack is off by up to `by`, its own way."""
    offset = {stack: index for index, stack in enumerate(cost_us)}

    def cost(where: Cell, generation: int, _round: int) -> float:
        step = (generation * (offset[where.stack] + 1) + where.replica) % 5 - 2
        return cost_us[where.stack] * (1 + by * step / 2)

    return cost


def make_plan(cells: Sequence[Cell], generations: int = 6, rounds: int = 5) -> Plan:
    return Plan(
        equation="ephemeris",
        n=100,
        cells=list(cells),
        reference="axum-stock",
        generations=generations,
        rounds=rounds,
        lead_s=0.05,
        window_s=0.25,
        connections=8,
        seed=1,
        engine="fake",
    )


def started(plan: Plan, provenance: dict[str, Any] | None = None) -> RunStarted:
    return RunStarted(SCHEMA, "a-run", "2026-01-01T00:00:00+00:00", plan, provenance or {})


def a_slice(where: Cell, cost_us: float, generation: int = 0, round_: int = 0) -> Slice:
    """A slice with ANSWERED requests at `cost_us` each."""
    return Slice(
        generation=generation,
        round=round_,
        position=0,
        stack=where.stack,
        replica=where.replica,
        rate_name=where.rate_name,
        rate_hz=where.rate_hz,
        window_s=ANSWERED / where.rate_hz,
        scheduled=ANSWERED,
        sent=ANSWERED,
        ok=ANSWERED,
        failed={},
        window_ok=ANSWERED,
        cpu_ns=round(cost_us * 1000 * ANSWERED),
        latency_ns_histogram=((LATENCY_NS, ANSWERED - 20), (10 * LATENCY_NS, 20)),
        lateness_p99_ns=1000,
        generator_cpu_ns=250_000_000,
        checked_answers=2,
        wrong_answers=0,
    )


def generation_records(
    plan: Plan, number: int, cost_us: CostUs, voided_rounds: Mapping[int, list[str]] | None = None
) -> list[AnyRecord]:
    """One generation, from its start to its end, not void."""
    records: list[AnyRecord] = [GenerationStarted(number)]
    residents = list(dict.fromkeys((where.stack, where.replica) for where in plan.cells))
    for stack, replica in residents:
        records += [
            ResidentStarted(number, stack, replica, [100], 0.5, {"stack": stack}),
            Memory(number, stack, replica, "idle", 10 * MIB, 4 * MIB, 14 * MIB),
            IdleCpu(number, stack, replica, 1_000_000, 2.0),
        ]
    for round_ in range(plan.rounds):
        records += [
            a_slice(where, cost_us(where, number, round_), number, round_) for where in plan.cells
        ]
        voided = (voided_rounds or {}).get(round_, [])
        records.append(RoundEnded(number, round_, 3_000_000, 0, 0, voided))
    records += [
        Memory(number, stack, replica, "loaded", 20 * MIB, 5 * MIB, 30 * MIB)
        for stack, replica in residents
    ]
    return [*records, GenerationEnded(number, [])]


def run_records(
    plan: Plan, cost_us: CostUs, provenance: dict[str, Any] | None = None
) -> list[AnyRecord]:
    """A whole run that nothing disturbed."""
    records: list[AnyRecord] = [started(plan, provenance)]
    for number in range(plan.generations):
        records += generation_records(plan, number, cost_us)
    return [*records, RunEnded("2026-01-01T00:03:00+00:00")]
