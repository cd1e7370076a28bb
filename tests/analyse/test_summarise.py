from typing import Any

import msgspec
import pytest

from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Summary
from stackgap.records import (
    AnyRecord,
    Cell,
    CellRefused,
    GenerationEnded,
    Memory,
    RoundEnded,
    RunStarted,
    Slice,
    SliceRetaken,
)
from tests.analyse import factory
from tests.analyse.factory import HIGH_HZ, LOW_HZ

AXUM = factory.cell("axum-stock")
TWIN = factory.cell("axum-stock", replica=1)
STOCK = factory.cell("fastapi-stock-python")
QUIET = factory.cell("fastapi-quiet-python")
QUIET_LOW = factory.cell("fastapi-quiet-python", LOW_HZ)
AXUM_LOW = factory.cell("axum-stock", LOW_HZ)
PLAN = factory.make_plan([STOCK, QUIET, QUIET_LOW, AXUM, AXUM_LOW, TWIN])
COST_US = {"axum-stock": 60.0, "fastapi-stock-python": 350.0, "fastapi-quiet-python": 290.0}
GOOD_PROVENANCE = {
    "python": {"pgo": True, "lto": True},
    "git": {"dirty": False},
    "governor": "performance",
    "cores": {"server": 1, "generator": 0},
}


def records(provenance: dict[str, Any] | None = None) -> list[AnyRecord]:
    return factory.run_records(PLAN, factory.wavering(COST_US), provenance or GOOD_PROVENANCE)


def changed(kind: type[AnyRecord], **fields: Any) -> Summary:
    """The summary of a good run, but for one record of that kind."""
    run = records()
    index = next(index for index, record in enumerate(run) if isinstance(record, kind))
    run[index] = msgspec.structs.replace(run[index], **fields)
    return summarise(run)


def ends(estimate: Estimate | None) -> list[float]:
    assert isinstance(estimate, Interval)
    return [estimate.low, estimate.estimate, estimate.high]


def test_every_cell_has_its_cost_and_its_part_of_a_core() -> None:
    summary = summarise(records())
    assert [cell.cell for cell in summary.cells] == [STOCK, QUIET, QUIET_LOW, AXUM, AXUM_LOW]
    stock = summary.cells[0]
    assert stock.cpu_us_per_request.estimate == pytest.approx(350, rel=0.01)
    assert stock.core_share.estimate == pytest.approx(0.35, rel=0.01)
    assert stock.answered == 6 * 5 * factory.ANSWERED
    assert stock.p50_us == factory.LATENCY_NS / 1000
    assert stock.p99_us == 10 * factory.LATENCY_NS / 1000


def test_cells_are_held_against_the_reference_at_their_own_rate() -> None:
    def cost(where: Cell, _generation: int, _round: int) -> float:
        return COST_US[where.stack] * (2 if where == AXUM_LOW else 1)

    summary = summarise(factory.run_records(PLAN, cost))
    by_cell = {cell.cell: cell for cell in summary.cells}
    assert ends(by_cell[QUIET].ratio) == pytest.approx([290 / 60] * 3)
    assert ends(by_cell[QUIET_LOW].ratio) == pytest.approx([290 / 120] * 3)
    assert ends(by_cell[QUIET].difference_us) == pytest.approx([230] * 3)
    assert ends(by_cell[QUIET_LOW].difference_us) == pytest.approx([170] * 3)
    assert by_cell[QUIET_LOW].verdict == (
        "At 200 req/s on this machine fastapi-quiet-python uses 2.41 to 2.42 times "
        "the CPU per request of axum-stock."
    )


def test_the_reference_is_not_compared_with_itself() -> None:
    summary = summarise(records())
    for cell in summary.cells:
        if cell.cell in (AXUM, AXUM_LOW):
            assert (cell.ratio, cell.difference_us, cell.verdict) == (None, None, None)


def test_a_cell_without_a_reference_at_its_rate_is_not_compared() -> None:
    plan = factory.make_plan([QUIET_LOW, AXUM])
    summary = summarise(factory.run_records(plan, factory.constant(COST_US)))
    assert summary.cells[0].ratio is None
    assert summary.cells[0].cpu_us_per_request.estimate == pytest.approx(290)


def test_the_twin_is_held_against_the_reference_and_stands_apart() -> None:
    summary = summarise(records())
    assert summary.twin is not None
    assert summary.twin.cell == TWIN
    assert summary.twin.verdict == "Equivalent within 5 %."


def test_a_slow_round_that_is_dropped_is_still_in_the_latencies() -> None:
    def cost(where: Cell, _generation: int, round_: int) -> float:
        return COST_US[where.stack] * (3 if round_ == 1 else 1)

    run = [
        msgspec.structs.replace(record, latency_ns_histogram=((10**9, factory.ANSWERED),))
        if isinstance(record, Slice) and record.round == 1
        else record
        for record in factory.run_records(PLAN, cost)
    ]
    stock = summarise(run).cells[0]
    assert stock.p99_us == 1_000_000
    assert ends(stock.cpu_us_per_request) == [350, 350, 350]


def test_memory_idle_cpu_and_start_are_those_of_replica_0() -> None:
    run = [
        msgspec.structs.replace(record, anonymous_bytes=10**12)
        if isinstance(record, Memory) and record.replica == 1
        else record
        for record in records()
    ]
    axum = next(stack for stack in summarise(run).stacks if stack.stack == "axum-stock")
    assert axum.idle_anonymous_mib.estimate == 10
    assert axum.idle_file_mib.estimate == 4
    assert axum.loaded_anonymous_mib.estimate == 20
    assert axum.loaded_file_mib.estimate == 5
    assert axum.peak_resident_mib.estimate == 30
    assert axum.idle_cpu_us_per_s.estimate == 500
    assert axum.startup_s.estimate == 0.5
    assert axum.health == {"stack": "axum-stock"}


def test_a_refused_cell_is_listed_and_left_out() -> None:
    refusal = CellRefused("fastapi-stock-python", 0, "high", HIGH_HZ, 0.8, 0.6)
    run = [
        record
        for record in records()
        if not (isinstance(record, Slice) and record.stack == "fastapi-stock-python")
    ]
    summary = summarise([*run[:3], refusal, *run[3:]])
    assert summary.refused == (refusal,)
    assert STOCK not in [cell.cell for cell in summary.cells]
    assert summary.warnings == ()


def test_a_good_run_warns_of_nothing() -> None:
    summary = summarise(records())
    assert summary.complete
    assert summary.warnings == ()


def test_unknown_provenance_warns_of_nothing() -> None:
    assert summarise(records({"git": {"dirty": None}, "governor": "not readable"})).warnings == ()


@pytest.mark.parametrize(
    ("provenance", "warning"),
    [
        ({"python": {"pgo": False, "lto": True}}, "without profile-guided optimisation"),
        ({"python": {"pgo": True, "lto": False}}, "without link-time optimisation"),
        ({"python": {"pgo": False, "lto": False}}, "profile-guided and link-time optimisation"),
        ({"git": {"dirty": True}}, "uncommitted changes"),
        ({"governor": "powersave"}, "governor is powersave"),
        ({"cores": {"server": None, "generator": None}}, "not pinned"),
    ],
)
def test_what_taints_a_run_is_said(provenance: dict[str, Any], warning: str) -> None:
    (said,) = summarise(records(GOOD_PROVENANCE | provenance)).warnings
    assert warning in said


def test_failed_requests_are_counted_in_void_generations_too() -> None:
    run = records()
    index = next(index for index, record in enumerate(run) if isinstance(record, Slice))
    run[index] = msgspec.structs.replace(run[index], failed={"timeout": 3})
    run[-2] = GenerationEnded(5, ["axum-stock: 3 requests failed: timeout"])
    summary = summarise(run)
    assert summary.failed_requests == {"timeout": 3}
    assert any("timeout: 3" in warning for warning in summary.warnings)


def test_wrong_answers_are_counted_and_warned_of() -> None:
    summary = changed(Slice, wrong_answers=1)
    assert summary.wrong_answers == 1
    assert summary.checked_answers == 2 * PLAN.generations * PLAN.rounds * len(PLAN.cells)
    assert any("1 of 360 answers checked are wrong" in warning for warning in summary.warnings)


def test_stolen_time_is_warned_of() -> None:
    (warning,) = changed(RoundEnded, steal_ns=120_000_000).warnings
    assert "took 0.12 s" in warning


def test_gates_are_counted_by_reason_whatever_the_figures() -> None:
    run = records()
    rounds = [index for index, record in enumerate(run) if isinstance(record, RoundEnded)]
    reasons = ["axum-stock-w2: sends p99 1.5 ms late", "axum-stock-w2: sends p99 12 ms late"]
    for index, reason in zip(rounds, reasons, strict=False):
        run[index] = msgspec.structs.replace(run[index], voided=[reason])
    gates = summarise(run).gates
    assert gates.reasons == {"axum-stock-w2: sends p99 … ms late": 2}
    assert (gates.rounds, gates.rounds_void) == (30, 2)
    assert (gates.generations, gates.generations_void) == (6, 0)


def test_slices_that_were_taken_again_are_counted_and_nothing_else() -> None:
    run = records()
    first = next(index for index, record in enumerate(run) if isinstance(record, Slice))
    again = SliceRetaken(0, 0, "axum-stock", 0, "high", 5_000_000)
    summary = summarise([*run[:first], again, *run[first:]])
    assert summary.gates.slices_retaken == 1
    assert summary.cells == summarise(run).cells


def test_too_many_void_rounds_take_the_verdict_away() -> None:
    run = [
        msgspec.structs.replace(record, voided=["the canary took +9% of its usual time"])
        if isinstance(record, RoundEnded) and record.round < 2
        else record
        for record in records()
    ]
    assert summarise(run).cells[0].verdict == "No verdict; 12 of 30 rounds are void."


def test_slow_slices_that_decide_take_the_verdict_away() -> None:
    def cost(where: Cell, generation: int, round_: int) -> float:
        # In one round in five everything is slow, and FastAPI more so.
        slow = 1 + (3 if where == STOCK else 2) * (round_ == 1)
        return factory.wavering(COST_US)(where, generation, round_) * slow

    verdict = summarise(factory.run_records(PLAN, cost)).cells[0].verdict
    assert verdict is not None
    assert verdict.endswith("with nothing left out.")


def test_a_run_cut_off_anywhere_is_summarised() -> None:
    run = records()
    for length in range(1, len(run)):
        summary = summarise(run[:length])
        assert not summary.complete
        assert "did not come to its end" in summary.warnings[0]
        assert [cell.cell for cell in summary.cells] == [STOCK, QUIET, QUIET_LOW, AXUM, AXUM_LOW]


def test_a_run_stopped_while_it_grew_has_what_was_planned() -> None:
    first, *rest = records()[:-1]
    assert isinstance(first, RunStarted)
    growing = msgspec.structs.replace(
        first, plan=msgspec.structs.replace(first.plan, most_generations=20)
    )
    assert summarise([growing, *rest]).warnings[0] == (
        "The run was stopped while it grew: 6 generations count, 6 were planned."
    )


def test_a_run_that_only_started_shows_that_nothing_was_counted() -> None:
    summary = summarise([factory.started(PLAN)])
    assert [cell.cpu_us_per_request for cell in summary.cells] == [NotEnough(None, 0)] * 5
    assert summary.cells[0].p99_us is None
    assert summary.stacks[0].health == {}
    assert summary.seed_cards == ()
    assert summary.warnings == (
        "The run did not come to its end: 0 of 6 generations count.",
        "Verdicts need 6 generations; in this run 0 count.",
    )


def test_records_without_a_start_are_refused() -> None:
    with pytest.raises(ValueError, match="do not begin with the start of a run"):
        summarise(records()[1:])
    with pytest.raises(ValueError, match="do not begin with the start of a run"):
        summarise([])
