"""A whole run: what is recorded, in which order, what is measured again, what ends it."""

import re
from collections.abc import Collection, Sequence
from itertools import groupby
from pathlib import Path

import msgspec
import pytest

from stackgap.analyse.precision import WANTED_HALF_WIDTH
from stackgap.measure.engine import Load, MachineReading, Resident, SliceReading
from stackgap.measure.fake import FakeEngine
from stackgap.records import (
    AnyRecord,
    Cell,
    CellRefused,
    GenerationEnded,
    ImportStep,
    Plan,
    RunEnded,
    RunExtended,
    RunStarted,
    SliceRetaken,
)
from stackgap.run import store
from stackgap.run.plan import shuffled
from stackgap.run.runner import RunAborted
from tests.run.engines import AlwaysFaulty, DisturbedMachine, Faulty, FaultyOnce, SlowAtFirst
from tests.run.pipeline import (
    AXUM,
    COST_US,
    FASTAPI,
    TOO_SLOW_US,
    Quiet,
    begun,
    fake_engine,
    good,
    measure,
    measured,
    resume,
    rounds,
    slices,
    small_plan,
)

KERNELS = ("python", "rust")
CELLS = 3  # FastAPI, Axum and Axum's twin
STILL = MachineReading(canary_ns=3_000_000, steal_ns=0, throttled_ns=0)


def test_a_run_records_everything_in_the_order_it_happens(tmp_path: Path) -> None:
    records = measured(tmp_path, fake_engine(), small_plan(generations=2, rounds=2))
    kinds = [(kind.__name__, len(list(group))) for kind, group in groupby(records, type)]
    one_round = [("Slice", CELLS), ("RoundEnded", 1)]
    one_generation = [
        ("GenerationStarted", 1),
        ("ResidentStarted", CELLS),
        ("Memory", CELLS),
        ("IdleCpu", CELLS),
        *one_round,
        *one_round,
        ("Memory", CELLS),
        ("GenerationEnded", 1),
    ]
    assert kinds == [("RunStarted", 1), *one_generation, *one_generation, ("RunEnded", 1)]


def test_a_run_has_as_many_good_generations_as_planned(tmp_path: Path) -> None:
    records = measured(tmp_path, fake_engine(), small_plan(generations=4))
    assert begun(records) == good(records) == [0, 1, 2, 3]


def test_every_generation_starts_and_ends_its_own_servers(tmp_path: Path) -> None:
    engine = fake_engine()
    records = measured(tmp_path, engine, small_plan(generations=3))
    pids = [record.pids[0] for record in records if hasattr(record, "pids")]
    assert len(pids) == len(set(pids)) == 3 * CELLS
    assert not engine.running


def test_every_round_holds_every_cell_once(tmp_path: Path) -> None:
    plan = small_plan(generations=2, rounds=3, which_rates="both")
    records = measured(tmp_path, fake_engine(), plan)
    by_round = groupby(slices(records), lambda own: (own.generation, own.round))
    seen = {
        number: [
            (Cell(own.stack, own.rate_name, own.rate_hz, own.replica), own.position)
            for own in taken
        ]
        for number, taken in by_round
    }
    assert sorted(seen) == [(g, r) for g in range(2) for r in range(3)]
    for placed in seen.values():
        assert {cell for cell, _ in placed} == set(plan.cells)
        assert [position for _, position in placed] == list(range(len(plan.cells)))


def test_the_seed_alone_fixes_the_order_of_slices(tmp_path: Path) -> None:
    orders = {
        name: [
            (own.stack, own.replica)
            for own in slices(measured(tmp_path / name, fake_engine(), small_plan(seed=seed)))
        ]
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    }
    assert orders["first"] == orders["again"]
    assert orders["first"] != orders["other"]


def test_rounds_of_one_run_have_different_orders() -> None:
    plan = small_plan(which_rates="both")
    orders = {
        tuple(shuffled(plan, plan.cells, generation, round_))
        for generation in range(4)
        for round_ in range(4)
    }
    assert len(orders) > 8


def test_a_dying_server_voids_its_generation_which_is_measured_again(tmp_path: Path) -> None:
    observer = Quiet()
    engine = fake_engine(dies_at={FASTAPI: 2})
    path = measure(tmp_path, engine, small_plan(generations=2), observer)
    records = store.load(path.parent)
    assert begun(records) == [0, 1, 2]
    assert good(records) == [1, 2]
    assert observer.void == {0: [f"{FASTAPI} died (signal SIGKILL)"]}
    assert not engine.running


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"wrong_answers": 1}, "1 of 1 answers are wrong"),
        ({"failed": {"reset": 3}}, "3 requests failed: reset"),
    ],
    ids=["wrong answer", "failed requests"],
)
@pytest.mark.parametrize("at", [1, CELLS + 1], ids=["warm-up", "slice"])
def test_a_fault_voids_its_generation(
    tmp_path: Path, at: int, fault: dict[str, object], reason: str
) -> None:
    records = measured(tmp_path, FaultyOnce(at, **fault), small_plan(generations=2))
    ended = [record for record in records if isinstance(record, GenerationEnded)]
    assert [bool(record.voided) for record in ended] == [True, False, False]
    assert ended[0].voided[0].endswith(reason)


TAKES = 3
ALL_TAKES = range(CELLS + 1, CELLS + 1 + TAKES)


@pytest.mark.parametrize(
    ("at", "fault", "reason"),
    [
        (ALL_TAKES, {"lateness_p99_ns": 2_000_000}, r"sends p99 2\.0 ms late"),
        (ALL_TAKES, {"window_ok": 10}, r"10 of \d+ requests answered in time"),
    ],
    ids=["generator always late", "rate never reached"],
)
def test_a_generator_out_of_step_voids_its_round_only(
    tmp_path: Path, at: Collection[int], fault: dict[str, object], reason: str
) -> None:
    records = measured(tmp_path, Faulty(at, **fault), small_plan(generations=2))
    voided = [round_.voided for round_ in rounds(records)]
    assert re.search(reason, voided[0][0])
    assert voided[1:] == [[], [], []]
    assert good(records) == [0, 1]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"lateness_p99_ns": 2_000_000}, r"sends p99 2\.0 ms late"),
        ({"window_ok": 10}, r"10 of \d+ requests answered in time"),
    ],
    ids=["late sends", "rate not reached"],
)
def test_a_slice_that_would_void_its_round_is_taken_again(
    tmp_path: Path, fault: dict[str, object], reason: str
) -> None:
    disturbed = Faulty({CELLS + 1, CELLS + 2}, cpu_ns=10**12, **fault)
    records = measured(tmp_path, disturbed, small_plan(generations=2))
    retaken = [record for record in records if isinstance(record, SliceRetaken)]
    first = slices(records)[0]
    assert [
        (record.generation, record.round, record.stack, record.replica) for record in retaken
    ] == [(0, 0, first.stack, first.replica)] * 2
    assert all(re.search(reason, record.reasons[0]) for record in retaken)
    assert all(own.cpu_ns < 10**12 for own in slices(records))
    assert not any(round_.voided for round_ in rounds(records))


def test_wrong_numbers_in_a_slice_that_is_taken_again_void_the_generation(tmp_path: Path) -> None:
    engine = FaultyOnce(CELLS + 1, lateness_p99_ns=2_000_000, wrong_answers=1)
    records = measured(tmp_path, engine, small_plan(generations=2))
    assert good(records) == [1, 2]


def test_stolen_time_voids_its_round_and_is_recorded(tmp_path: Path) -> None:
    stolen = MachineReading(canary_ns=3_000_000, steal_ns=10**12, throttled_ns=0)
    records = measured(tmp_path, DisturbedMachine(STILL, stolen), small_plan(generations=1))
    first, second = rounds(records)
    assert first.steal_ns == 10**12
    assert "the hypervisor stole" in first.voided[0]
    assert second.voided == []


def test_a_generation_of_mostly_void_rounds_is_void_itself(tmp_path: Path) -> None:
    plan = small_plan(generations=2, rounds=1)
    records = measured(tmp_path, Faulty(ALL_TAKES, window_ok=10), plan)
    assert begun(records) == [0, 1, 2]
    assert good(records) == [1, 2]


def test_too_many_void_generations_abort_the_run_and_keep_its_records(tmp_path: Path) -> None:
    with pytest.raises(RunAborted, match=r"2 generations are void, .* answers are wrong"):
        measure(tmp_path, AlwaysFaulty(), small_plan(generations=5))
    records = store.load(tmp_path / "run")
    assert begun(records) == [0, 1]
    assert good(records) == []
    assert not any(isinstance(record, RunEnded) for record in records)


def test_an_aborted_run_stays_aborted_when_gone_on_with(tmp_path: Path) -> None:
    plan = small_plan(generations=5)
    with pytest.raises(RunAborted):
        measure(tmp_path, AlwaysFaulty(), plan)
    before = (tmp_path / "run" / store.RECORDS).read_bytes()
    with pytest.raises(RunAborted, match="2 generations are void"):
        resume(tmp_path / "run", fake_engine(), plan)
    assert (tmp_path / "run" / store.RECORDS).read_bytes() == before


def test_a_cell_over_its_share_of_a_core_is_recorded_and_left_out(tmp_path: Path) -> None:
    plan = small_plan(generations=2, which_rates="both")
    records = measured(tmp_path, fake_engine(COST_US | {FASTAPI: TOO_SLOW_US}), plan)
    refused = [record for record in records if isinstance(record, CellRefused)]
    assert [(each.stack, each.rate_name, each.limit) for each in refused] == [
        (FASTAPI, "high", 0.60)
    ]
    true_share = refused[0].rate_hz * TOO_SLOW_US / 1e6
    assert refused[0].core_share == pytest.approx(true_share, rel=0.2)
    measured_cells = {(own.stack, own.rate_name) for own in slices(records)}
    assert measured_cells == {(FASTAPI, "low"), (AXUM, "low"), (AXUM, "high")}
    assert good(records) == [0, 1]


def test_a_server_that_is_slow_only_at_first_is_not_refused(tmp_path: Path) -> None:
    records = measured(tmp_path, SlowAtFirst(), small_plan())
    assert not [record for record in records if isinstance(record, CellRefused)]


def test_a_generation_that_died_young_leaves_no_cell_unchecked(tmp_path: Path) -> None:
    engine = fake_engine({FASTAPI: TOO_SLOW_US, AXUM: 40.0}, dies_at={FASTAPI: 1})
    records = measured(tmp_path, engine, small_plan())
    assert [record.stack for record in records if isinstance(record, CellRefused)] == [FASTAPI]
    assert {own.stack for own in slices(records)} == {AXUM}


def test_a_reference_too_slow_for_its_rate_aborts_the_run(tmp_path: Path) -> None:
    engine = fake_engine(COST_US | {AXUM: TOO_SLOW_US})
    with pytest.raises(RunAborted, match="the reference axum-stock is too slow"):
        measure(tmp_path, engine, small_plan())
    assert not engine.running


def test_without_accounts_only_slices_are_measured(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(small_plan(generations=1), accounts=False)
    records = measured(tmp_path, fake_engine(), plan)
    assert not {type(record).__name__ for record in records} & {"Memory", "IdleCpu"}
    assert good(records) == [0]


def test_where_a_gap_is_divided_imports_are_climbed_once_a_generation(tmp_path: Path) -> None:
    names = [f"fastapi-{log}-{kernel}" for log in ("stock", "quiet") for kernel in KERNELS]
    plan = small_plan(generations=2, names=[*names, AXUM])
    assert plan.factorial is not None
    engine = FakeEngine(dict.fromkeys(names, 240.0) | {AXUM: 40.0})
    steps = [each for each in measured(tmp_path, engine, plan) if isinstance(each, ImportStep)]
    assert {step.generation for step in steps} == {0, 1}
    for generation in (0, 1):
        own = [step for step in steps if step.generation == generation]
        assert [step.position for step in own] == list(range(len(own)))
        assert own[0].anonymous_bytes < own[-1].anonymous_bytes


class _PausesKnown(FakeEngine):
    """Remembers how many servers may run while one is under load."""

    def __init__(self) -> None:
        super().__init__(COST_US)
        self.awake: set[int] = set()

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        assert resident.pids[0] not in self.paused
        self.awake.add(len(self.running - self.paused))
        return super().slice(resident, load)


def test_no_server_but_the_one_in_turn_runs(tmp_path: Path) -> None:
    engine = _PausesKnown()
    measure(tmp_path, engine, small_plan(generations=1))
    assert engine.awake == {1}


def _growing(most_generations: int) -> Plan:
    plan = small_plan(generations=6)
    return msgspec.structs.replace(plan, most_generations=most_generations)


def _extensions(records: Sequence[AnyRecord]) -> list[int]:
    return [record.generations for record in records if isinstance(record, RunExtended)]


def test_a_run_grows_while_an_interval_is_wide_and_says_so(tmp_path: Path) -> None:
    noisy = FakeEngine(COST_US, generation_noise=0.3)
    observer = Quiet()
    path = measure(tmp_path, noisy, _growing(16), observer)
    records = store.load(path.parent)
    assert good(records) == list(range(16))
    assert _extensions(records) == observer.extensions == [9, 12, 15, 16]
    wide = [record.half_width for record in records if isinstance(record, RunExtended)]
    assert all(half_width > WANTED_HALF_WIDTH for half_width in wide)


def test_a_run_with_narrow_intervals_does_not_grow(tmp_path: Path) -> None:
    precise = FakeEngine(COST_US, generation_noise=0.001, slice_noise=0.001)
    records = measured(tmp_path, precise, _growing(16))
    assert good(records) == list(range(6))
    assert not _extensions(records)


def test_a_run_that_may_not_grow_ends_with_wide_intervals(tmp_path: Path) -> None:
    records = measured(tmp_path, FakeEngine(COST_US, generation_noise=0.3), _growing(6))
    assert good(records) == list(range(6))
    assert isinstance(records[-1], RunEnded)


def test_an_extended_run_that_was_stopped_goes_on_to_its_new_end(tmp_path: Path) -> None:
    plan = _growing(12)
    noisy = FakeEngine(COST_US, generation_noise=0.3)
    path = measure(tmp_path, noisy, plan)
    lines = path.read_bytes().splitlines(keepends=True)
    extended = next(index for index, line in enumerate(lines) if b'"run_extended"' in line)
    path.write_bytes(b"".join(lines[: extended + 3]))
    records = resume(path.parent, noisy, plan)
    assert len(good(records)) == 12
    assert _extensions(records) == [9, 12]


def test_the_first_record_holds_the_plan(tmp_path: Path) -> None:
    plan = small_plan()
    first = measured(tmp_path, fake_engine(), plan)[0]
    assert isinstance(first, RunStarted)
    assert first.plan == plan


def test_a_window_is_longer_where_the_rate_is_low_so_that_it_holds_requests_to_divide_by(
    tmp_path: Path,
) -> None:
    plan = small_plan(which_rates="both")
    slow = [msgspec.structs.replace(cell, rate_hz=2.0) for cell in plan.cells[:2]]
    plan = msgspec.structs.replace(plan, cells=[*slow, *plan.cells[2:]])
    taken = slices(measured(tmp_path, fake_engine(), plan))
    assert {own.window_s for own in taken if own.rate_hz == 2.0} == {10.0}
    assert {own.window_s for own in taken if own.rate_hz > 500} == {plan.window_s}
