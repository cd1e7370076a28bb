"""Every backend at every size: on its own kind of array, and on lists as a JSON service has them.

The Rust edge also checks the range of each time, which the others leave to the HTTP models.

`pytest benchmarks/suites --benchmark-only --benchmark-json=out.json`, then
`pytest-benchmark compare out.json`.
"""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.suites.timing import Coordinates, time_positions
from python_api.equations import BACKENDS, load
from python_api.equations.ephemeris import in_numba, in_numpy, in_python, in_rust
from python_api.equations.ephemeris.contract import example

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
PLANET = "mars"

NATIVE: dict[str, tuple[Callable[[str, Any], Coordinates], Callable[[list[float]], Any]]] = {
    "python": (in_python.compute, list),
    "numpy": (in_numpy.compute, np.array),
    "numba": (in_numba.compute, np.array),
    "rust": (in_rust.compute, lambda times_jd: array("d", times_jd)),
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_ephemeris_on_native_arrays(benchmark: BenchmarkFixture, backend: str, n: int) -> None:
    compute, native = NATIVE[backend]
    times_jd = native(example(n, PLANET)["times_jd"])
    benchmark.group = f"ephemeris on native arrays, n={n}"
    time_positions(benchmark, lambda: compute(PLANET, times_jd), PLANET, times_jd)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_ephemeris_on_lists(benchmark: BenchmarkFixture, backend: str, n: int) -> None:
    compute_lists = load("ephemeris", backend).compute_lists
    times_jd = example(n, PLANET)["times_jd"]
    benchmark.group = f"ephemeris on lists, n={n}"
    time_positions(benchmark, lambda: compute_lists(PLANET, times_jd), PLANET, times_jd)
