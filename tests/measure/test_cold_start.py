"""Cold starts of real servers."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from stackgap import build
from stackgap.measure.cold_start import ColdStarts
from stackgap.measure.cores import choose
from stackgap.measure.engine import ServerDied
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.probe_records import ColdStartSettings
from stackgap.stacks import find
from tests.processes import group, left_after

SETTINGS = ColdStartSettings(most_requests=40)


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    with process_engine(Workload("ephemeris", 10), choose(), build.source_hash()) as started:
        yield started


def _others(engine: ProcessEngine) -> list[psutil.Process]:
    """What runs in the engine's group besides the guardian that leads it."""
    return [each for each in group(engine.process_group) if each.pid != engine.process_group]


@pytest.mark.parametrize(
    "name", ["axum-stock", "fastapi-quiet-rust", "fastapi-stock-python-w2", "axum-stock-float64"]
)
def test_a_start_is_watched_from_exec_to_the_last_request(engine: ProcessEngine, name: str) -> None:
    reading = ColdStarts(engine).measure(find(name), SETTINGS)
    assert 0 < reading.first_latency_ns < reading.first_answer_ns
    assert reading.cpu_ns > 0
    assert len(reading.latency_ns) == len(reading.request_cpu_ns) == SETTINGS.most_requests
    assert all(latency_ns > 0 for latency_ns in reading.latency_ns)
    assert sum(reading.request_cpu_ns) > 0
    # One of each request of the workload.
    assert reading.checked_answers == len(engine.workload.requests)
    assert reading.wrong_answers == 0
    assert not left_after(_others(engine), 2.0)


def test_the_time_for_requests_is_bounded(engine: ProcessEngine) -> None:
    settings = ColdStartSettings(most_requests=1_000_000, most_seconds=0.2)
    reading = ColdStarts(engine).measure(find("axum-stock"), settings)
    assert 0 < len(reading.latency_ns) < settings.most_requests


def test_numba_compiles_at_every_start(engine: ProcessEngine) -> None:
    before = set(Path("python_api").rglob("*.nbi"))
    ColdStarts(engine).measure(find("fastapi-quiet-numba"), SETTINGS)
    assert set(Path("python_api").rglob("*.nbi")) == before
    assert not list(engine.folder.rglob("*.nbi"))


def test_wrong_answers_are_noticed() -> None:
    workload = Workload("ephemeris", 10)
    with process_engine(workload, choose(), build.source_hash()) as engine:
        # What is held to be asked from now on is not what was asked.
        check = workload.worst_error_ulp
        workload.worst_error_ulp = (  # type: ignore[method-assign]
            lambda index, payload, body: check((index + 1) % 8, payload, body)
        )
        reading = ColdStarts(engine).measure(find("axum-stock"), SETTINGS)
    assert reading.wrong_answers == reading.checked_answers > 0


def test_a_server_that_does_not_start_is_told_with_its_last_words(engine: ProcessEngine) -> None:
    broken = msgspec.structs.replace(find("fastapi-quiet-python"), name="broken", backend="nowhere")
    with pytest.raises(ServerDied, match=r"(?s)broken did not start \(exit code 1\).*nowhere"):
        ColdStarts(engine).measure(broken, SETTINGS)
    assert not left_after(_others(engine), 2.0)


def test_a_server_that_dies_between_requests_is_told_with_its_end(
    engine: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(pids: list[int]) -> int:
        process = psutil.Process(pids[0])
        process.kill()
        assert not left_after([process], 2.0)
        return 0

    monkeypatch.setattr("stackgap.measure.cold_start._cpu_ns", kill)
    with pytest.raises(ServerDied, match=r"axum-stock died \(signal SIGKILL\)"):
        ColdStarts(engine).measure(find("axum-stock"), SETTINGS)
    assert not left_after(_others(engine), 2.0)
