"""The engine that measures, on real servers: what it reads, and what it refuses to read."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from stackgap import build, project
from stackgap.measure import counters, load
from stackgap.measure.cores import Cores, choose
from stackgap.measure.engine import Load, Resident, ServerDied, StaleBuild
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.stacks import Stack, find
from tests.processes import left_after

AXUM = find("axum-stock")
FASTAPI = find("fastapi-quiet-python")
TWO_WORKERS = find("fastapi-stock-python-w2")
BOTH = pytest.mark.parametrize("stack", [AXUM, FASTAPI], ids=lambda stack: stack.name)

LOAD = Load(rate_hz=200, lead_s=0.05, window_s=0.5, connections=4, seed=1)
# Long enough to kill its server in the middle.
LONG = msgspec.structs.replace(LOAD, rate_hz=1000, window_s=1.5)


@pytest.fixture(scope="module")
def build_hash() -> str:
    """The hash of the sources, which must be what is built."""
    wanted = build.source_hash()
    stale = build.stale(wanted)
    assert not stale, f"{', '.join(stale)}: not built from these sources; run `make build`"
    return wanted


@pytest.fixture(scope="module")
def engine(build_hash: str) -> Iterator[ProcessEngine]:
    with process_engine(Workload("ephemeris", 100), choose(), build_hash) as started:
        yield started


@contextmanager
def served(engine: ProcessEngine, stack: Stack) -> Iterator[Resident]:
    """A server for the length of a block; nothing of it is left after."""
    resident = engine.start(stack, 0)
    processes = [psutil.Process(pid) for pid in resident.pids]
    try:
        yield resident
    finally:
        engine.stop([resident])
    assert not left_after(processes, 2.0)


@contextmanager
def _killed_at_work(pids: list[int]) -> Iterator[None]:
    """Kills the first of `pids` that has worked for some milliseconds."""
    idle_ns = {pid: counters.cpu_ns(pid) for pid in pids}
    given_up = threading.Event()

    def kill() -> None:
        while not given_up.wait(0.005):
            for pid in pids:
                if counters.cpu_ns(pid) - idle_ns[pid] > 3_000_000:
                    os.kill(pid, signal.SIGKILL)
                    return

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        given_up.set()
        killer.join()


@BOTH
def test_a_slice_counts_every_request(engine: ProcessEngine, stack: Stack) -> None:
    with served(engine, stack) as resident:
        reading = engine.slice(resident, LOAD)
    assert reading.failed == {}
    assert reading.ok == reading.sent == reading.scheduled
    assert reading.scheduled == pytest.approx(LOAD.rate_hz * (LOAD.lead_s + LOAD.window_s), abs=2)
    in_histogram = sum(count for _, count in reading.latency_ns_histogram)
    assert in_histogram == pytest.approx(LOAD.rate_hz * LOAD.window_s, abs=2)
    assert 0 < reading.window_ok <= reading.ok
    assert reading.checked_answers > 0
    assert reading.wrong_answers == 0
    assert reading.cpu_ns_by_piece == ()


@pytest.mark.parametrize("stack", [FASTAPI, TWO_WORKERS], ids=lambda stack: stack.name)
def test_a_slice_tells_the_cpu_of_its_whole_pieces(engine: ProcessEngine, stack: Stack) -> None:
    with served(engine, stack) as resident:
        reading = engine.slice(resident, msgspec.structs.replace(LOAD, piece_requests=3))
    # 100 requests of the window are 33 pieces; what follows the last whole one is in none.
    assert len(reading.cpu_ns_by_piece) in (32, 33)
    assert min(reading.cpu_ns_by_piece) > 0
    assert 0.5 * reading.cpu_ns < sum(reading.cpu_ns_by_piece) <= reading.cpu_ns


@BOTH
def test_injected_work_is_counted_alike_by_server_and_client(
    engine: ProcessEngine, stack: Stack
) -> None:
    burning = msgspec.structs.replace(stack, name=f"{stack.name}+100us", inject_cpu_us=100)
    with served(engine, burning) as resident:
        engine.slice(resident, LOAD)
        reading = engine.slice(resident, LOAD)
    assert reading.injected_requests == reading.ok == reading.scheduled
    assert reading.injected_cpu_ns is not None
    assert reading.injected_cpu_ns >= 100_000 * reading.ok
    assert reading.cpu_ns > 100_000 * reading.window_ok


def test_a_stack_is_asked_by_the_payload_of_its_row(engine: ProcessEngine) -> None:
    with served(engine, find("axum-stock-float64")) as resident:
        reading = engine.slice(resident, LOAD)
        loaded = engine.loaded_memory(resident, 4)
    assert reading.ok == reading.scheduled
    assert reading.checked_answers > reading.wrong_answers == 0
    assert loaded.anonymous_bytes > 0


def test_a_stack_that_takes_no_doubles_fails_where_it_is_asked_in_them(
    engine: ProcessEngine,
) -> None:
    # Of another row's payload the server has not been told.
    with served(engine, AXUM) as resident:
        stack = msgspec.structs.replace(AXUM, payload="float64")
        reading = engine.slice(msgspec.structs.replace(resident, stack=stack), LOAD)
    assert reading.ok == 0
    assert reading.failed == {"status_415": reading.scheduled}


def test_a_server_without_injected_work_claims_none(engine: ProcessEngine) -> None:
    with served(engine, AXUM) as resident:
        reading = engine.slice(resident, LOAD)
    assert reading.injected_cpu_ns is None
    assert reading.injected_requests is None


def test_wrong_answers_are_noticed(build_hash: str) -> None:
    workload = Workload("ephemeris", 100)
    with process_engine(workload, choose(), build_hash) as engine, served(engine, AXUM) as resident:
        # What is held to be asked from now on is not what the bodies ask.
        workload.requests.append(workload.requests.pop(0))
        reading = engine.slice(resident, LOAD)
    assert reading.ok == reading.scheduled
    assert reading.wrong_answers == reading.checked_answers > 0


@pytest.mark.parametrize("name", ["axum-stock", "axum-quickstart", "fastapi-quiet-rust"])
def test_other_rust_code_than_the_sources_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "0" * 16
    monkeypatch.setattr(load, "build_hash", lambda: other)
    with process_engine(Workload("ephemeris", 1), choose(), other) as engine:
        before = set(psutil.Process().children(recursive=True))
        with pytest.raises(StaleBuild, match=rf"{name} runs build \w+, the sources are {other}"):
            engine.start(find(name), 0)
        started = set(psutil.Process().children(recursive=True)) - before
        assert not left_after(started, 2.0)


def test_a_generator_of_another_build_is_not_measured_with() -> None:
    with (
        pytest.raises(StaleBuild, match="the load generator is build"),
        process_engine(Workload("ephemeris", 1), choose(), "0" * 16),
    ):
        pass


def test_a_server_without_rust_needs_no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "build_hash", lambda: "0" * 16)
    with (
        process_engine(Workload("ephemeris", 1), choose(), "0" * 16) as engine,
        served(engine, FASTAPI) as resident,
    ):
        assert resident.health["build_hash"] is None


@pytest.mark.parametrize(
    "stack",
    [AXUM, msgspec.structs.replace(AXUM, inject_cpu_us=20)],
    ids=["plain", "with injected work"],
)
def test_a_server_killed_in_a_slice_is_told_with_its_end(
    engine: ProcessEngine, stack: Stack
) -> None:
    with (
        served(engine, stack) as resident,
        _killed_at_work(resident.pids),
        pytest.raises(ServerDied, match=r"axum-stock died \(signal SIGKILL\)"),
    ):
        engine.slice(resident, LONG)


def test_a_worker_killed_in_a_slice_is_told(engine: ProcessEngine) -> None:
    with (
        served(engine, TWO_WORKERS) as resident,
        _killed_at_work(_workers(resident)),
        pytest.raises(ServerDied, match=r"w2: processes \[\d+\] died"),
    ):
        engine.slice(resident, LONG)


def _workers(resident: Resident) -> list[int]:
    """Those of its processes that serve: the supervisor and Python's resource tracker do not."""
    return [
        pid for pid in resident.pids[1:] if "spawn_main" in " ".join(psutil.Process(pid).cmdline())
    ]


READINGS: dict[str, Callable[[ProcessEngine, Resident], object]] = {
    "slice": lambda engine, resident: engine.slice(resident, LOAD),
    "memory": lambda engine, resident: engine.memory(resident),
    "loaded memory": lambda engine, resident: engine.loaded_memory(resident, 4),
}


@pytest.mark.parametrize("read", READINGS.values(), ids=list(READINGS))
@pytest.mark.parametrize("injected", [False, True], ids=["plain", "with injected work"])
def test_a_dead_server_has_no_readings(
    engine: ProcessEngine, read: Callable[[ProcessEngine, Resident], object], injected: bool
) -> None:
    stack = msgspec.structs.replace(AXUM, inject_cpu_us=20 if injected else 0)
    with served(engine, stack) as resident:
        process = psutil.Process(resident.pids[0])
        process.kill()
        assert not left_after([process], 2.0)
        with pytest.raises(ServerDied, match="axum-stock"):
            read(engine, resident)


def test_a_paused_server_does_not_run_until_it_may(engine: ProcessEngine) -> None:
    with served(engine, FASTAPI) as resident:
        engine.pause(resident)
        # uvicorn wakes up ten times a second of itself.
        assert engine.idle_cpu_ns([resident], 0.5) == [0]
        engine.unpause(resident)
        assert engine.slice(resident, LOAD).failed == {}
        engine.pause(resident)


def test_a_server_of_several_processes_is_not_paused(engine: ProcessEngine) -> None:
    with served(engine, TWO_WORKERS) as resident:
        engine.pause(resident)
        assert engine.slice(resident, LOAD).failed == {}


def test_a_server_that_does_not_start_is_told_with_its_last_words(engine: ProcessEngine) -> None:
    broken = msgspec.structs.replace(FASTAPI, name="broken", framework="nowhere")
    with pytest.raises(ServerDied, match=r"(?s)broken did not start \(exit code 3\).*nowhere"):
        engine.start(broken, 0)


def test_all_workers_belong_to_a_server(engine: ProcessEngine) -> None:
    with served(engine, TWO_WORKERS) as resident:
        assert len(_workers(resident)) == 2
        both = engine.memory(resident)
        one = counters.memory(_workers(resident)[:1])
        reading = engine.slice(resident, LOAD)
    assert both.anonymous_bytes > 2 * one.anonymous_bytes * 0.9
    assert reading.ok == reading.scheduled


def test_the_server_behind_a_strangler_belongs_to_it(engine: ProcessEngine) -> None:
    with served(engine, find("strangler-stock-rust")) as resident:
        front, *behind = resident.pids
        assert len(behind) == 1
        memory = engine.memory(resident).anonymous_bytes
        assert (
            memory
            >= counters.memory(behind).anonymous_bytes
            > counters.memory([front]).anonymous_bytes
        )
        reading = engine.slice(resident, LOAD)
    assert reading.ok == reading.scheduled


@pytest.mark.parametrize("n", [1, 1000])
def test_memory_under_load_is_at_least_that_at_rest(build_hash: str, n: int) -> None:
    with (
        process_engine(Workload("ephemeris", n), choose(), build_hash) as engine,
        served(engine, AXUM) as resident,
    ):
        idle = engine.memory(resident)
        loaded = engine.loaded_memory(resident, 8)
    assert loaded.anonymous_bytes >= idle.anonymous_bytes > 0
    assert loaded.peak_resident_bytes >= loaded.anonymous_bytes


def test_servers_run_on_their_own_core(build_hash: str) -> None:
    allowed = sorted(os.sched_getaffinity(0))
    cores = Cores(server=allowed[-1], generator=allowed[0])
    with (
        process_engine(Workload("ephemeris", 1), cores, build_hash) as engine,
        served(engine, AXUM) as resident,
    ):
        assert os.sched_getaffinity(resident.pids[0]) == {cores.server}
    assert os.sched_getaffinity(0) == set(allowed)


def test_an_idle_server_takes_little_cpu(engine: ProcessEngine) -> None:
    with served(engine, AXUM) as resident:
        (taken_ns,) = engine.idle_cpu_ns([resident], 0.3)
    assert 0 <= taken_ns < 30_000_000


def test_stopping_spares_no_server_that_ignores_sigterm(
    engine: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stackgap.measure.process._ENDS_WITHIN_S", 0.2)
    with served(engine, TWO_WORKERS) as resident:
        # A stopped supervisor answers no SIGTERM, and so ends none of its workers.
        os.kill(resident.pids[0], signal.SIGSTOP)


def test_a_log_may_go_through_a_pipe_that_another_process_empties(engine: ProcessEngine) -> None:
    stack = find("fastapi-stock-python-pipe")
    before = set(psutil.Process().children())
    with served(engine, stack) as resident:
        output = os.readlink(f"/proc/{resident.pids[0]}/fd/1")
        (reader,) = (
            child
            for child in set(psutil.Process().children()) - before
            if child.pid not in resident.pids
        )
        assert output == os.readlink(f"/proc/{reader.pid}/fd/0")
        assert output.startswith("pipe:")
        assert reader.cpu_affinity() == [choose().generator]
        assert os.getpgid(reader.pid) == os.getpgid(resident.pids[0])
        reading = engine.slice(resident, LOAD)
    assert resident.log.read_text().count("POST /v1/ephemeris") == reading.ok
    assert not left_after([reader], 2.0)


def test_the_access_log_and_all_files_are_gone_afterwards(build_hash: str) -> None:
    place = project.TMPFS if project.TMPFS.is_dir() else Path("/tmp")
    before = set(place.glob("stackgap-*"))
    with process_engine(Workload("ephemeris", 1), choose(), build_hash) as engine:
        (folder,) = set(place.glob("stackgap-*")) - before
        with served(engine, find("fastapi-stock-python")) as resident:
            engine.slice(resident, LOAD)
            (log,) = folder.glob("*.log")
            assert log.read_text().count("POST /v1/ephemeris") >= LOAD.rate_hz * LOAD.window_s
    assert not folder.exists()


def test_the_canary_takes_time(engine: ProcessEngine) -> None:
    first, second = engine.machine(), engine.machine()
    assert first.canary_ns > 0
    assert second.steal_ns >= first.steal_ns
