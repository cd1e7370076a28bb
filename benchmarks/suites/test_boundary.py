"""What it takes to cross from Python into Rust: a call that does nothing, a list, a buffer.

List and buffer do the same maths, so that their difference is the crossing's.
"""

from array import array

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.suites.timing import Coordinates, describe, time_positions
from python_api import _rust_ext
from python_api.equations.ephemeris.contract import example

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
PLANET = "mars"


def noop() -> None:
    """What `_rust_ext.noop` is held against."""


@pytest.mark.parametrize("language", ["python", "rust"])
def test_a_call_that_does_nothing(benchmark: BenchmarkFixture, language: str) -> None:
    benchmark.group = "a call that does nothing"
    benchmark({"python": noop, "rust": _rust_ext.noop}[language])
    describe(benchmark, 0)


@pytest.mark.parametrize("n", SIZES)
def test_crossing_as_a_list(benchmark: BenchmarkFixture, n: int) -> None:
    times_jd = example(n, PLANET)["times_jd"]
    benchmark.group = f"crossing, n={n}"
    time_positions(benchmark, lambda: _rust_ext.ephemeris(PLANET, times_jd), PLANET, times_jd)


@pytest.mark.parametrize("n", SIZES)
def test_crossing_as_a_buffer(benchmark: BenchmarkFixture, n: int) -> None:
    times_jd = array("d", example(n, PLANET)["times_jd"])
    x_au, y_au, z_au = (array("d", bytes(8 * n)) for _ in range(3))

    def call() -> Coordinates:
        _rust_ext.ephemeris_into(PLANET, times_jd, x_au, y_au, z_au)
        return x_au, y_au, z_au

    benchmark.group = f"crossing, n={n}"
    time_positions(benchmark, call, PLANET, times_jd)
