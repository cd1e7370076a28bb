"""What it takes to cross from Python into Rust, and what others can do meanwhile.

List, buffer and bytes do the same maths, so that their differences are the crossing's. Bytes are
JSON, of a request and its response: `test_codecs.py` has them apart.
"""

import json
import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import quantiles
from time import perf_counter
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.suites.timing import (
    Request,
    Row,
    check,
    describe,
    native,
    note_ns_per_element,
    request,
    time_call,
)
from python_api import _rust_ext
from python_api.equations import BACKENDS, load

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
EQUATION = "ephemeris"
UNIT = "position"

SHARED_N = 20_000
"""Positions that a kernel computes while another thread wants to do something."""

# Fewer positions than this a call the Rust edge computes without giving the GIL up.
FEW = 500
ROUNDS = 20
TRIES = 50


def noop() -> None:
    """What `_rust_ext.noop` is held against."""


@pytest.mark.parametrize("language", ["python", "rust"])
def test_a_call_that_does_nothing(benchmark: BenchmarkFixture, language: str) -> None:
    call = {"python": noop, "rust": _rust_ext.noop}[language]
    time_call(benchmark, Row("boundary", "a call that does nothing", language, 0, 0, ""), call)


@pytest.mark.parametrize("n", SIZES)
def test_crossing_as_a_list(benchmark: BenchmarkFixture, n: int) -> None:
    fields = request(EQUATION, n)
    answer = time_call(benchmark, crossing(n, "list"), _rust_ext.ephemeris, *fields.values())
    check(EQUATION, fields, answer)


@pytest.mark.parametrize("n", SIZES)
def test_crossing_as_a_buffer(benchmark: BenchmarkFixture, n: int) -> None:
    fields = native("rust", request(EQUATION, n))
    outputs = [array("d", bytes(8 * n)) for _ in range(3)]
    call = _rust_ext.ephemeris_into
    time_call(benchmark, crossing(n, "buffer"), call, *fields.values(), *outputs)
    check(EQUATION, request(EQUATION, n), outputs)


@pytest.mark.parametrize("n", SIZES)
def test_crossing_as_bytes(benchmark: BenchmarkFixture, n: int) -> None:
    fields = request(EQUATION, n)
    body = json.dumps(fields).encode()
    call = _rust_ext.answer_request
    answered = time_call(benchmark, crossing(n, "bytes"), call, EQUATION, "rust", body)
    check(EQUATION, fields, list(json.loads(answered).values()))


def crossing(n: int, variant: str) -> Row:
    return Row("boundary", f"crossing, n={n}", variant, n, n, UNIT)


def in_small_calls(backend: str) -> Callable[[], object]:
    """The positions in calls so short that the Rust edge keeps the GIL in each."""
    compute = load(EQUATION, backend).compute
    fields = native(backend, request(EQUATION, FEW))

    def call() -> None:
        for _ in range(SHARED_N // FEW):
            compute(**fields)

    return call


def in_one_call(backend: str) -> Callable[[], object]:
    compute = load(EQUATION, backend).compute
    return partial(compute, **native(backend, request(EQUATION, SHARED_N)))


KERNELS: dict[str, tuple[Callable[[], Callable[[], object]], bool]] = {
    "python": (partial(in_one_call, "python"), False),
    "rust in small calls": (partial(in_small_calls, "rust"), False),
    "rust in one call": (partial(in_one_call, "rust"), True),
    "numba in one call": (partial(in_one_call, "numba"), True),
}
"""What computes, and whether it lets go of the GIL meanwhile."""


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """A thread loses the GIL only where it gives it up itself, not because its time is over."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    yield
    sys.setswitchinterval(interval_s)


class Bystander:
    """Another thread that wants to do something short just when a kernel begins."""

    def __init__(self) -> None:
        self.waited_s: list[float] = []
        self.answered_meanwhile: list[bool] = []
        self._asked = threading.Semaphore(0)
        self._answered = threading.Semaphore(0)
        self._answered_at: float | None = None
        self._ends = False
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        # Once for nothing, for it may not be waiting yet.
        self.ask_while(noop)
        self.waited_s.clear()
        self.answered_meanwhile.clear()

    def ask_while(self, kernel: Callable[[], object]) -> None:
        """Asks, runs the kernel in this thread, and returns when both are done."""
        self._answered_at = None
        asked_at = perf_counter()
        self._asked.release()
        kernel()
        meanwhile = self._answered_at is not None
        self._answered.acquire()
        assert self._answered_at is not None
        self.answered_meanwhile.append(meanwhile)
        self.waited_s.append(self._answered_at - asked_at)

    def end(self) -> None:
        """Ends the thread."""
        self._ends = True
        self._asked.release()
        self._thread.join()

    def _answer(self) -> None:
        while True:
            self._asked.acquire()
            if self._ends:
                return
            self._answered_at = perf_counter()
            self._answered.release()


@pytest.fixture
def bystander() -> Iterator[Bystander]:
    waiting = Bystander()
    yield waiting
    waiting.end()


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_beside_a_short_call_of_another_thread(
    benchmark: BenchmarkFixture, bystander: Bystander, kernel: str
) -> None:
    prepare, lets_go = KERNELS[kernel]
    call = prepare()
    # Once alone: reading a file, as a first call may, gives the GIL up.
    call()
    row = Row("boundary", "a kernel beside a short call", kernel, SHARED_N, SHARED_N, UNIT)
    describe(benchmark, row)
    benchmark.pedantic(bystander.ask_while, (call,), rounds=ROUNDS)
    note_ns_per_element(benchmark, row)
    if len(bystander.waited_s) > 1:
        percentiles = quantiles(bystander.waited_s, n=100, method="inclusive")
        benchmark.extra_info["waited_us_p50"] = percentiles[49] * 1e6
        benchmark.extra_info["waited_us_p99"] = percentiles[98] * 1e6
    # A busy machine may not get round to waking the other thread at once.
    while lets_go and not any(bystander.answered_meanwhile):
        assert len(bystander.answered_meanwhile) < TRIES, "the GIL was held"
        bystander.ask_while(call)
    assert any(bystander.answered_meanwhile) == lets_go


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_on_one_kernel(benchmark: BenchmarkFixture, threads: int, backend: str) -> None:
    compute = load(EQUATION, backend).compute
    fields = native(backend, request(EQUATION, SHARED_N))
    work = threads * SHARED_N
    row = Row("boundary", f"{backend} in threads", f"{threads}", SHARED_N, work, UNIT)
    with ThreadPoolExecutor(threads) as pool:
        answers = time_call(benchmark, row, at_once, pool, threads, compute, fields)
    for answer in answers:
        check(EQUATION, request(EQUATION, SHARED_N), answer)


def at_once(
    pool: ThreadPoolExecutor, threads: int, compute: Callable[..., Any], fields: Request
) -> Sequence[Any]:
    """What each of the threads computed, all of them the same."""
    running = [pool.submit(compute, **fields) for _ in range(threads)]
    return [each.result() for each in running]
