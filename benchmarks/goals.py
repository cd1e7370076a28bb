"""Does Rust do what it is there for? `python -m benchmarks.goals` after `stackgap bench --page`.

Prints each goal beside the least favourable row of `benchmarks/results/kernels/kernels.json`, and
fails where one is missed. Goals are ratios of speeds within a pass, medians over passes.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stackgap import project
from stackgap.analyse.kernels import Kernel, Measurement, Row, Spread, rows, times_as_fast
from stackgap.report import equations_page

# With AVX2 alone two thirds of what AVX-512 is asked for.
_AVX2_SHARE = 2 / 3

OVER_THE_BEST_PEER = {
    "ephemeris": 10.0,
    "black_scholes": 3.5,
    "nbody": 3.5,
    "heat": 1.0,
    "lorenz": 1.0,
}
"""What `rust_simd` has to reach at n = 1,000 on NumPy's kind of arrays, with AVX-512."""

SMALL = 10
"""Up to this n no other backend, `rust` included, may be faster by more than a tenth."""


class Goal(NamedTuple):
    """A ratio that has to be reached, and the row in which it is least."""

    what: str
    least: float
    row: Row
    found: Spread

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.found.middle >= self.least


def goals(measured: Measurement) -> Iterator[Goal]:
    """Every goal, with the row that is furthest from it."""
    every = rows(measured.kernels)
    share = 1.0 if measured.cpu_features.get("rust_simd") == "avx512" else _AVX2_SHARE
    for equation, times in OVER_THE_BEST_PEER.items():
        at = [
            row
            for row in every
            if (row.equation, row.n, row.arrays) == (equation, 1_000, "native arrays")
        ]
        least = times * share if times > 1.0 else times
        yield _worst(f"rust_simd over the best peer, {equation}", least, at, "rust_simd", _peer)
    yield _worst("rust over numba", 0.85, every, "rust", _numba)
    yield _worst("rust_simd over numba", 1.0, every, "rust_simd", _numba)
    small = [row for row in every if row.n <= SMALL]
    yield _worst("rust_simd over the best other, small n", 0.9, small, "rust_simd", _other)


def _worst(
    what: str, least: float, among: Iterable[Row], ours: str, theirs: Callable[[Row], Kernel]
) -> Goal:
    found = [(row, times_as_fast(_named(row, ours), theirs(row))) for row in among]
    row, spread = min(found, key=lambda pair: pair[1].middle)
    return Goal(what, least, row, spread)


def _named(row: Row, backend: str) -> Kernel:
    kernel = row.find(backend)
    assert kernel is not None
    return kernel


def _numba(row: Row) -> Kernel:
    return _named(row, "numba")


def _peer(row: Row) -> Kernel:
    return row.best_peer


def _other(row: Row) -> Kernel:
    """The fastest that is not `rust_simd`."""
    others = (kernel for kernel in row.kernels if kernel.backend != "rust_simd")
    return min(others, key=lambda kernel: kernel.ns_per_element)


def main() -> int:
    """Prints a line for each goal; 1 if any is missed."""
    measured = equations_page.decode(project.KERNELS_JSON.read_bytes())
    missed = 0
    for goal in goals(measured):
        missed += not goal.met
        found = goal.found
        print(
            f"{'met   ' if goal.met else 'MISSED'}  {goal.what}: at least {goal.least:.2f}, "
            f"found {found.middle:.2f} [{found.low:.2f}, {found.high:.2f}] "
            f"({goal.row.equation} on {goal.row.arrays}, n = {goal.row.n:,})"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
