"""What the suites share: how a call is timed, checked and described."""

import platform
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from python_api import _rust_ext
from python_api.equations.checking import spread
from python_api.equations.ephemeris import reference

SAMPLES = 5

Values = Sequence[float] | NDArray[np.float64]
Coordinates = tuple[Values, Values, Values]


def time_positions(
    benchmark: BenchmarkFixture,
    call: Callable[[], Coordinates],
    planet: str,
    times_jd: Values,
) -> None:
    """Times a call that gives positions, then holds a sample of them to the reference.

    Raises ValueError when one is outside the envelope.
    """
    n = len(times_jd)
    coordinates = benchmark(call)
    describe(benchmark, n)
    if benchmark.stats:
        benchmark.extra_info["ns_per_element"] = benchmark.stats.stats.median * 1e9 / n
    assert [len(values) for values in coordinates] == [n, n, n]
    sample = spread(n, SAMPLES)
    sampled = ([float(values[i]) for i in sample] for values in coordinates)
    reference.check(planet, [float(times_jd[i]) for i in sample], *sampled)


def describe(benchmark: BenchmarkFixture, n: int) -> None:
    """Notes beside the times how many values were computed, and what computed them."""
    benchmark.extra_info["n"] = n
    benchmark.extra_info["build_hash"] = _rust_ext.BUILD_HASH
    benchmark.extra_info["versions"] = _versions()


@cache
def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in ("numpy", "numba", "llvmlite")}
    return libraries | {
        "python": platform.python_version(),
        "libc": " ".join(platform.libc_ver()),
        "rustc": _rust_ext.build_info()["rustc"],
    }
