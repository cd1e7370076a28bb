"""What the suites share: how a call is timed, described and checked."""

import platform
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numba
import numpy as np
from llvmlite import binding as llvm
from pytest_benchmark.fixture import BenchmarkFixture

from python_api import _rust_ext

SAMPLES = 5
"""How many values of an answer are held to the reference, its first and last among them."""

Request = dict[str, Any]

_NATIVE: Mapping[str, Callable[[list[float]], Any]] = {
    "python": list,
    "rust": lambda values: array("d", values),
    "rust_simd": lambda values: array("d", values),
}


@dataclass(frozen=True)
class Row:
    """What is timed. Rows of one group are alternatives to one another.

    `work` is how many pieces of `unit` one call does; `details` go into the row's `extra_info`.
    """

    suite: str
    group: str
    variant: str
    n: int
    work: int
    unit: str
    details: Mapping[str, Any] = field(default_factory=dict)


def contract(equation: str) -> Any:
    """The equation's contract: its sizes, its work, its example requests."""
    return import_module(f"python_api.equations.{equation}.contract")


@cache
def request(equation: str, n: int) -> Request:
    """The equation's example of size `n`, which no caller may change."""
    example: Request = contract(equation).example(n)
    return example


def native(backend: str, request: Request) -> Request:
    """The request with each list as the backend's own kind of array: NumPy's, if not said."""
    convert = _NATIVE.get(backend, np.array)
    return {
        name: convert(value) if isinstance(value, list) else value
        for name, value in request.items()
    }


def time_call(
    benchmark: BenchmarkFixture, row: Row, call: Callable[..., Any], *arguments: Any
) -> Any:
    """Times `call(*arguments)`, describes it, and gives what it returned."""
    describe(benchmark, row)
    result = benchmark(call, *arguments)
    note_ns_per_element(benchmark, row)
    return result


def describe(benchmark: BenchmarkFixture, row: Row) -> None:
    """Notes what is going to be timed, and what does it."""
    benchmark.group = row.group
    benchmark.extra_info |= {
        "suite": row.suite,
        "variant": row.variant,
        "n": row.n,
        "work": row.work,
        "work_unit": row.unit,
        "build_hash": _rust_ext.BUILD_HASH,
        "versions": versions(),
        "cpu_features": cpu_features(),
        **row.details,
    }


def note_ns_per_element(benchmark: BenchmarkFixture, row: Row) -> None:
    """Notes the median time for a piece of work, where anything was timed."""
    if benchmark.stats and row.work:
        ns = benchmark.stats.stats.median * 1e9 / row.work
        benchmark.extra_info["ns_per_element"] = ns


def check(equation: str, request: Request, answer: Sequence[Sequence[float]]) -> None:
    """Holds a sample of what a backend returned to the reference.

    Raises ValueError for another shape, or a value outside the envelope.
    """
    fields = contract(equation).RESPONSE_FIELDS
    columns = (list(map(float, values)) for values in answer)
    reference = import_module(f"python_api.equations.{equation}.reference")
    reference.check_answer(request, dict(zip(fields, columns, strict=True)), SAMPLES)


@cache
def versions() -> dict[str, str]:
    """Of the libraries that have a part in the times, those of the peers that are installed too."""
    libraries = ("numpy", "numba", "llvmlite", "scipy", "numexpr", "pydantic", "msgspec", "orjson")
    installed = {name: version(name) for name in libraries if find_spec(name)}
    return installed | {
        "python": platform.python_version(),
        "libc": " ".join(platform.libc_ver()),
        "rustc": _rust_ext.build_info()["rustc"],
    }


@cache
def cpu_features() -> dict[str, str]:
    """Which instructions each compiled backend uses on this machine."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "rust": _rust_ext.build_info()["target_features"],
        "rust_simd": _rust_ext.build_info()["simd"],
        "numpy": " ".join([*simd["baseline"], *simd["found"]]),
        "numba": getattr(numba.config, "CPU_NAME", None) or llvm.get_host_cpu_name(),
    }
