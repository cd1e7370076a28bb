"""Rates that servers of known capacity are found to keep up with."""

from pathlib import Path

import pytest

from stackgap.analyse import capacity
from stackgap.analyse.capacity import CapacitySummary
from stackgap.analyse.probes import sort_out
from stackgap.probe_records import AnyProbeRecord, CapacitySettings, Trial
from stackgap.records import GenerationEnded
from stackgap.run.probes.capacity import CapacityProbe
from tests.run.pipeline import AXUM, FASTAPI
from tests.run.probes.records import measured
from tests.run.probes.servers import Limited, Watched

LIMIT_HZ = {AXUM: 20_000.0, FASTAPI: 1_000.0}
SETTINGS = CapacitySettings()
# The first slice warms up, the second is the closed loop; the third is the first trial.
FIRST_TRIAL = 2
KEPT_FROM_SENDING = {"lateness_p99_ns": 5_000_000, "window_ok": 0}


def _probe(runs: Path, engine: Limited) -> list[AnyProbeRecord]:
    return measured(runs, CapacityProbe(engine, Watched(engine), SETTINGS), SETTINGS, generations=1)


def _summaries(records: list[AnyProbeRecord]) -> dict[str, CapacitySummary]:
    return {own.stack: own for own in capacity.summaries(sort_out(records))}


def _trials(records: list[AnyProbeRecord]) -> list[Trial]:
    return [record for record in records if isinstance(record, Trial)]


def _voids(records: list[AnyProbeRecord]) -> list[list[str]]:
    return [record.voided for record in records if isinstance(record, GenerationEnded)]


def test_both_rates_are_found_as_precisely_as_asked(tmp_path: Path) -> None:
    found = _summaries(_probe(tmp_path, Limited(LIMIT_HZ)))
    for stack, limit_hz in LIMIT_HZ.items():
        saturation_hz = found[stack].saturation.rate_hz.estimate
        in_time_hz = found[stack].in_time.rate_hz.estimate
        assert saturation_hz is not None
        assert in_time_hz is not None
        # One per cent of what is due may be missing, and one request.
        assert limit_hz / 1.05 <= saturation_hz <= limit_hz * 1.02
        assert limit_hz / 2 / 1.05 <= in_time_hz < limit_hz / 2
        assert found[stack].closed_hz.estimate == pytest.approx(limit_hz, rel=0.01)
        assert found[stack].saturation.at_least == found[stack].in_time.at_least == 0


def test_no_server_is_left_running(tmp_path: Path) -> None:
    engine = Limited(LIMIT_HZ)
    _probe(tmp_path, engine)
    assert not engine.running


def test_one_disturbed_trial_does_not_lower_the_rate(tmp_path: Path) -> None:
    disturbed = Limited(LIMIT_HZ, faults={FIRST_TRIAL: {"window_ok": 0}})
    undisturbed = Limited(LIMIT_HZ)
    found = [
        _summaries(_probe(tmp_path / name, engine))
        for name, engine in (("disturbed", disturbed), ("undisturbed", undisturbed))
    ]
    for stack in LIMIT_HZ:
        assert found[0][stack].saturation == found[1][stack].saturation


def test_what_the_generator_is_too_slow_for_is_said_to_be_at_least(tmp_path: Path) -> None:
    fast = {AXUM: 90_000.0, FASTAPI: 1_000.0}
    records = _probe(tmp_path, Limited(fast, generator_hz=60_000))
    saturation = _summaries(records)[AXUM].saturation
    assert saturation.at_least == 1
    assert saturation.rate_hz.estimate == pytest.approx(60_000, rel=0.05)
    late = [trial for trial in _trials(records) if trial.voided]
    assert late
    assert all(trial.rate_hz > 60_000 for trial in late)
    assert _summaries(records)[FASTAPI].saturation.at_least == 0


def test_a_generator_that_is_late_once_is_asked_again(tmp_path: Path) -> None:
    late = {FIRST_TRIAL: KEPT_FROM_SENDING}
    records = _probe(tmp_path, Limited(LIMIT_HZ, faults=late))
    assert _voids(records) == [[]]
    assert _summaries(records) == _summaries(_probe(tmp_path / "again", Limited(LIMIT_HZ)))


def test_a_server_that_others_keep_from_its_core_is_tried_again(tmp_path: Path) -> None:
    crowded = {FIRST_TRIAL: {"window_ok": 0}}
    engine = Limited(LIMIT_HZ, faults=crowded)
    probe = CapacityProbe(engine, Watched(engine, crowded), SETTINGS)
    records = measured(tmp_path, probe, SETTINGS, generations=1)
    assert _voids(records) == [[]]
    (void,) = [trial for trial in _trials(records) if trial.voided]
    assert "others took 50% of the servers' core" in void.voided[0]
    assert _summaries(records) == _summaries(_probe(tmp_path / "again", Limited(LIMIT_HZ)))


def test_a_core_that_stays_crowded_voids_the_generation_at_any_rate(tmp_path: Path) -> None:
    fast = {AXUM: 150_000.0, FASTAPI: 150_000.0}
    crowded = {number: {"window_ok": 0} for number in range(FIRST_TRIAL, FIRST_TRIAL + 4)}
    engine = Limited(fast, faults=crowded)
    probe = CapacityProbe(engine, Watched(engine, crowded), SETTINGS)
    (first,), *rest = _voids(measured(tmp_path, probe, SETTINGS, generations=1))
    assert "others took 50% of the servers' core at 75,000 req/s" in first
    assert rest == [[]]


def test_a_rate_that_holds_in_spite_of_a_late_generator_holds(tmp_path: Path) -> None:
    late = {number: {"lateness_p99_ns": 5_000_000} for number in range(FIRST_TRIAL, 60)}
    records = _probe(tmp_path, Limited({AXUM: 500_000.0, FASTAPI: 500_000.0}, faults=late))
    assert _voids(records) == [[]]
    for own in _summaries(records).values():
        assert own.saturation.rate_hz.estimate == pytest.approx(SETTINGS.most_hz)


def test_a_generator_that_stays_late_at_a_rate_it_can_send_at_voids_the_generation(
    tmp_path: Path,
) -> None:
    late = dict.fromkeys(range(FIRST_TRIAL, FIRST_TRIAL + 4), KEPT_FROM_SENDING)
    (first,), *rest = _voids(_probe(tmp_path, Limited(LIMIT_HZ, faults=late)))
    assert "sends p99 5.0 ms late at " in first
    assert first.endswith("again and again")
    assert rest == [[]]


def test_requests_without_an_answer_in_time_are_too_much_load_and_no_fault(tmp_path: Path) -> None:
    unsent = {FIRST_TRIAL: {"failed": {"unsent": 3, "timeout": 1}}}
    records = _probe(tmp_path, Limited(LIMIT_HZ, faults=unsent))
    assert _voids(records) == [[]]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"wrong_answers": 1}, "1 of 1 answers are wrong"),
        ({"failed": {"status_500": 2}}, "2 requests failed: status_500"),
    ],
)
@pytest.mark.parametrize("at", [0, FIRST_TRIAL, FIRST_TRIAL + 3])
def test_wrong_or_failing_answers_void_the_generation_and_end_its_trials(
    tmp_path: Path, fault: dict[str, object], reason: str, at: int
) -> None:
    engine = Limited(LIMIT_HZ, faults={at: fault})
    records = _probe(tmp_path, engine)
    (first,), *rest = _voids(records)
    assert first.endswith(reason)
    assert rest == [[]]
    first_stack = _trials(records)[0].stack if at else None
    of_first = [own for own in _trials(records) if own.generation == 0 and own.stack == first_stack]
    assert len(of_first) == (at if at else 0)


def test_windows_are_long_enough_for_slow_servers_and_bounded(tmp_path: Path) -> None:
    slow = {AXUM: 50.0, FASTAPI: 5.0}
    trials = _trials(_probe(tmp_path, Limited(slow)))
    for trial in trials:
        assert trial.window_s <= SETTINGS.longest_window_s
        if not trial.closed and trial.window_s < SETTINGS.longest_window_s:
            assert trial.rate_hz * trial.window_s >= SETTINGS.fewest_requests - 1e-6
    assert {trial.window_s for trial in trials if trial.closed} == {
        SETTINGS.window_s,
        2.0,
        SETTINGS.longest_window_s,
    }
