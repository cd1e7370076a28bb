"""Every equation at every size: on native arrays, and on lists as a JSON service has them.

The alternatives of a row follow one another, other libraries' ways among them. The Rust edge
also checks ranges, which the others leave to the HTTP models.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peers.registry import PEERS
from benchmarks.suites.timing import Row, check, contract, native, request, time_call
from python_api.equations import BACKENDS, EQUATIONS, load
from tests.conftest import require_library


def rows(*, peers: bool) -> Iterator[tuple[str, int, str]]:
    """Equation, size and backend, or with `peers` the name of another library's way."""
    for equation in EQUATIONS:
        others = PEERS.get(equation, {}) if peers else {}
        for n in contract(equation).SIZES:
            yield from ((equation, n, backend) for backend in (*BACKENDS, *others))


@pytest.mark.parametrize(("equation", "n", "backend"), list(rows(peers=True)))
def test_on_native_arrays(benchmark: BenchmarkFixture, equation: str, n: int, backend: str) -> None:
    compute = on_native_arrays(equation, backend)
    fields = native(backend, request(equation, n))
    row = described(equation, n, backend, "native arrays")
    answer = time_call(benchmark, row, compute, *fields.values())
    check(equation, request(equation, n), answer)


@pytest.mark.parametrize(("equation", "n", "backend"), list(rows(peers=False)))
def test_on_lists(benchmark: BenchmarkFixture, equation: str, n: int, backend: str) -> None:
    compute = load(equation, backend).compute_lists
    fields = request(equation, n)
    row = described(equation, n, backend, "lists")
    answer = time_call(benchmark, row, compute, *fields.values())
    check(equation, fields, answer)


def on_native_arrays(equation: str, backend: str) -> Callable[..., Any]:
    """How the backend or the peer computes; skips the test where the peer's library is missing."""
    if backend in BACKENDS:
        return load(equation, backend).compute
    peer = PEERS[equation][backend]
    require_library(peer.library)
    return peer.prepare()


def described(equation: str, n: int, backend: str, arrays: str) -> Row:
    """The row as `stackgap.analyse.kernels` reads it."""
    terms = contract(equation)
    return Row(
        suite="equations",
        group=f"{equation} on {arrays}, n={n}",
        variant=backend,
        n=n,
        work=terms.work(n),
        unit=terms.WORK_UNIT,
        details={"equation": equation, "arrays": arrays},
    )
