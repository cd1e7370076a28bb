"""Which readings void a slice's round or its generation, to either side of each limit."""

import random

import msgspec
import pytest

from stackgap.measure import gates
from stackgap.measure.engine import MachineReading, SliceReading

GOOD = SliceReading(
    window_s=0.25,
    scheduled=1000,
    sent=1000,
    ok=1000,
    failed={},
    window_ok=1000,
    cpu_ns=50_000_000,
    latency_ns_histogram=((80_000, 1000),),
    lateness_p99_ns=10_000,
    generator_cpu_ns=250_000_000,
    checked_answers=4,
    wrong_answers=0,
)
RATE_HZ = 4000.0
USUAL_NS = 3_000_000
STILL = MachineReading(canary_ns=USUAL_NS, steal_ns=7, throttled_ns=7)


def _reading(**changes: object) -> SliceReading:
    return msgspec.structs.replace(GOOD, **changes)


def _machine_voids(after: MachineReading = STILL, canaries_ns: tuple[int, ...] = ()) -> list[str]:
    before = msgspec.structs.replace(STILL, canary_ns=(*canaries_ns, USUAL_NS)[0])
    return gates.machine_voids(before, after, 10.0, [*canaries_ns, USUAL_NS])


def test_a_good_slice_voids_nothing() -> None:
    assert gates.slice_voids("axum", RATE_HZ, GOOD) == []
    assert gates.slice_faults("axum", GOOD) == []


def test_late_sending_voids_the_round() -> None:
    assert gates.slice_voids("axum", RATE_HZ, _reading(lateness_p99_ns=1_000_000)) == []
    assert gates.slice_voids("axum", RATE_HZ, _reading(lateness_p99_ns=1_100_000)) == [
        "axum: sends p99 1.1 ms late"
    ]


def test_a_rate_not_reached_voids_the_round() -> None:
    assert gates.slice_voids("axum", RATE_HZ, _reading(window_ok=982)) == []
    assert gates.slice_voids("axum", RATE_HZ, _reading(window_ok=981)) == [
        "axum: 981 of 1000 requests answered in time"
    ]


def test_answers_that_come_after_the_window_do_not_count_as_its_rate() -> None:
    drained = _reading(ok=1000, window_ok=500)
    assert gates.slice_voids("axum", RATE_HZ, drained) == [
        "axum: 500 of 1000 requests answered in time"
    ]


def test_a_slice_of_which_no_answer_was_checked_is_a_fault() -> None:
    assert gates.slice_faults("axum", _reading(checked_answers=0)) == [
        "axum: no answer was checked"
    ]


def test_a_failed_request_is_a_fault_and_no_missed_rate() -> None:
    reading = _reading(ok=900, failed={"reset": 60, "status_500": 40})
    assert gates.slice_voids("axum", RATE_HZ, reading) == []
    assert gates.slice_faults("axum", reading) == [
        "axum: 60 requests failed: reset",
        "axum: 40 requests failed: status_500",
    ]


def test_a_wrong_answer_is_a_fault() -> None:
    assert gates.slice_faults("axum", _reading(wrong_answers=1)) == [
        "axum: 1 of 4 answers are wrong"
    ]


def test_a_still_machine_voids_nothing() -> None:
    assert _machine_voids() == []


def test_a_twentieth_of_the_cores_time_stolen_voids_the_round() -> None:
    assert _machine_voids(msgspec.structs.replace(STILL, steal_ns=1_000_000_007)) == []
    assert _machine_voids(msgspec.structs.replace(STILL, steal_ns=1_010_000_007)) == [
        "the hypervisor stole 1.01 of the cores' 20.00 s"
    ]


def test_any_throttling_voids_the_round() -> None:
    assert _machine_voids(msgspec.structs.replace(STILL, throttled_ns=50_000_007)) == [
        "the control group was throttled for 0.05 s"
    ]


@pytest.mark.parametrize(
    ("canary_ns", "reasons"),
    [
        (USUAL_NS * 104 // 100, []),
        (USUAL_NS * 96 // 100, []),
        (USUAL_NS * 106 // 100, ["the canary took +6% of its usual time"]),
        (USUAL_NS * 94 // 100, ["the canary took -6% of its usual time"]),
    ],
)
def test_a_canary_off_by_five_percent_voids_the_round_of_a_steady_machine(
    canary_ns: int, reasons: list[str]
) -> None:
    before = msgspec.structs.replace(STILL, canary_ns=canary_ns)
    assert gates.machine_voids(before, STILL, 10.0, [USUAL_NS] * 3 + [canary_ns]) == reasons


@pytest.mark.parametrize(("percent", "void"), [(109, False), (135, True)])
def test_a_canary_is_held_against_what_is_usual_on_an_unsteady_machine(
    percent: int, void: bool
) -> None:
    usual = [USUAL_NS * each // 100 for each in (92, 94, 96, 98, 100, 102, 104, 106, 108)]
    before = msgspec.structs.replace(STILL, canary_ns=USUAL_NS * percent // 100)
    assert bool(gates.machine_voids(before, STILL, 10.0, usual)) is void


def test_spread_is_the_standard_deviation_of_normal_canaries_and_ignores_an_outlier() -> None:
    draw = random.Random(1)
    canaries_ns = [round(USUAL_NS * draw.gauss(1, 0.1)) for _ in range(20_000)]
    assert gates.spread(canaries_ns) == pytest.approx(0.1, rel=0.03)
    assert gates.spread([USUAL_NS, USUAL_NS, USUAL_NS, 100 * USUAL_NS]) == 0


@pytest.mark.parametrize(("void", "reasons"), [(3, []), (4, ["4 of 6 rounds are void"])])
def test_a_generation_with_most_rounds_void_is_void(void: int, reasons: list[str]) -> None:
    assert gates.round_share_voids(6, void) == reasons


def test_a_canary_that_always_swings_may_swing() -> None:
    swinging = [USUAL_NS * percent // 100 for percent in (80, 90, 100, 110, 120)]
    assert gates.spread(swinging) == pytest.approx(0.148, abs=0.001)
    before = msgspec.structs.replace(STILL, canary_ns=swinging[0])
    assert gates.machine_voids(before, STILL, 10.0, swinging) == []


def test_one_disturbed_canary_does_not_make_disturbance_usual() -> None:
    assert gates.spread([USUAL_NS] * 4 + [10 * USUAL_NS]) == 0


def test_a_generation_is_void_when_most_of_its_rounds_are() -> None:
    assert gates.round_share_voids(6, 3) == []
    assert gates.round_share_voids(6, 4) == ["4 of 6 rounds are void"]
