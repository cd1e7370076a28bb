"""A light load on real servers, beside a heavy one and alone."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from stackgap import build
from stackgap.measure.collateral import Collateral
from stackgap.measure.cores import choose
from stackgap.measure.engine import ServerDied
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.probe_records import CollateralSettings
from stackgap.stacks import find

SETTINGS = CollateralSettings(heavy_hz=20, lead_s=0.1, window_s=0.5)
# Long enough to be killed in the middle.
LONG = CollateralSettings(heavy_hz=20, lead_s=0.1, window_s=2.0)
STACKS = pytest.mark.parametrize("name", ["axum-stock", "fastapi-quiet-rust"])


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    with process_engine(Workload("ephemeris", 1000), choose(), build.source_hash()) as started:
        yield started


@STACKS
@pytest.mark.parametrize("heavy", [True, False])
def test_both_loads_are_answered_and_checked(engine: ProcessEngine, name: str, heavy: bool) -> None:
    resident = engine.start(find(name), 0)
    try:
        reading = Collateral(engine).measure(resident, SETTINGS, heavy=heavy, seed=1)
    finally:
        engine.stop([resident])
    assert reading.failed == {}
    assert reading.answered == reading.scheduled == pytest.approx(60, abs=2)
    assert sum(count for _, count in reading.latency_ns_histogram) == pytest.approx(50, abs=2)
    expected = SETTINGS.heavy_hz * (SETTINGS.lead_s + SETTINGS.window_s) if heavy else 0
    assert reading.heavy_answered >= expected
    assert reading.checked_answers == (8 if heavy else 4)
    assert reading.wrong_answers == 0


def test_a_server_killed_under_both_loads_is_told_with_its_end(engine: ProcessEngine) -> None:
    resident = engine.start(find("axum-stock"), 0)
    # Before the generators are ready, or while they are at work: either is told.
    killer = threading.Timer(0.3, os.kill, (resident.pids[0], signal.SIGKILL))
    killer.start()
    try:
        with pytest.raises(ServerDied, match=r"axum-stock died \(signal SIGKILL\)"):
            Collateral(engine).measure(resident, LONG, heavy=True, seed=1)
    finally:
        killer.join()
        engine.stop([resident])


def test_a_health_that_is_none_is_wrong(
    engine: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stackgap.measure.collateral._PATH", "/openapi.json")
    resident = engine.start(find("axum-stock"), 0)
    try:
        reading = Collateral(engine).measure(resident, SETTINGS, heavy=False, seed=1)
    finally:
        engine.stop([resident])
    assert reading.wrong_answers == reading.checked_answers > 0
