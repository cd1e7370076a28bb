"""Many threads at the edge at once, and buffers that change while they are read."""

import math
import sys
import threading
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from python_api import _rust_ext
from python_api.equations.ephemeris.contract import MAX_TIMES, PLANETS, example

Triples = list[tuple[float, float, float]]

N = 20_000
EARLY_JD, LATE_JD = 2400000.5, 2460000.5


def with_lists(times_jd: list[float]) -> None:
    _rust_ext.ephemeris("mars", times_jd)


def with_buffers(times_jd: list[float]) -> None:
    into_new_buffers("mars", array("d", times_jd))


def into_new_buffers(planet: str, times_jd: "array[float]") -> Triples:
    x_au, y_au, z_au = (array("d", bytes(8 * len(times_jd))) for _ in range(3))
    _rust_ext.ephemeris_into(planet, times_jd, x_au, y_au, z_au)
    return list(zip(x_au, y_au, z_au, strict=True))


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """A thread loses the GIL only where it gives it up itself, not because its time is over."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    yield
    sys.setswitchinterval(interval_s)


def another_thread_runs_during(call: Callable[[], object]) -> bool:
    ran = False
    gate = threading.Lock()

    def run() -> None:
        nonlocal ran
        with gate:
            ran = True

    gate.acquire()
    thread = threading.Thread(target=run)
    thread.start()
    gate.release()
    call()
    during = ran
    thread.join()
    return during


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("compute", [with_lists, with_buffers])
def test_other_threads_run_while_many_times_are_computed(
    compute: Callable[[list[float]], None],
) -> None:
    times_jd = example(MAX_TIMES)["times_jd"]
    # A busy machine may not get round to waking the other thread at once.
    assert any(another_thread_runs_during(lambda: compute(times_jd)) for _ in range(50))


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("compute", [with_lists, with_buffers])
def test_few_times_are_computed_without_giving_the_gil_up(
    compute: Callable[[list[float]], None],
) -> None:
    times_jd = example(100)["times_jd"]
    assert not any(another_thread_runs_during(lambda: compute(times_jd)) for _ in range(50))


def test_threads_that_compute_at_once_do_not_disturb_each_other() -> None:
    times_jd = [array("d", example(N, planet)["times_jd"]) for planet in PLANETS]
    alone = list(map(into_new_buffers, PLANETS, times_jd))
    with ThreadPoolExecutor(len(PLANETS)) as pool:
        together = list(pool.map(into_new_buffers, PLANETS, times_jd))
    assert together == alone


@contextmanager
def flipping(times_jd: "array[float]", values: tuple[float, float]) -> Iterator[None]:
    """Meanwhile another thread fills `times_jd` with one value, then the other, over and over."""
    fillings = [array("d", [value]) * len(times_jd) for value in values]
    memory = memoryview(times_jd)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for filling in fillings:
                memory[:] = filling

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def test_a_time_that_changes_meanwhile_is_read_as_the_old_or_the_new_one() -> None:
    either = set(into_new_buffers("mars", array("d", [EARLY_JD, LATE_JD])))
    times_jd = array("d", [EARLY_JD]) * N
    seen: set[tuple[float, float, float]] = set()
    with flipping(times_jd, (EARLY_JD, LATE_JD)):
        for _ in range(200):
            seen.update(into_new_buffers("mars", times_jd))
            if len(seen) > 1:
                break
    assert seen == either


def test_times_that_turn_invalid_meanwhile_are_refused_or_computed_but_do_no_harm() -> None:
    times_jd = array("d", [EARLY_JD]) * N
    refusals: list[str] = []
    with flipping(times_jd, (EARLY_JD, math.nan)):
        for _ in range(50):
            try:
                into_new_buffers("mars", times_jd)
            except ValueError as error:
                refusals.append(str(error))
    assert all(refusal.startswith("times_jd[") for refusal in refusals)
    assert refusals
    times_jd[:] = array("d", [EARLY_JD]) * N
    assert len(set(into_new_buffers("mars", times_jd))) == 1
