"""What the pytest-benchmark suites timed: passes put together, ratios, and where curves cross.

Several passes are several measurements of the same: a figure is taken within each pass, so that
what changes between passes falls onto both sides of a ratio. Shown is the median over passes, and
from the lowest to the highest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import exp, log
from statistics import median
from typing import Any

import msgspec
from pytest_benchmark.stats import Stats

OURS = ("rust", "rust_simd")
"""What ratios are taken of. All else is a peer."""

_DIGITS = 4


class Kernel(msgspec.Struct, frozen=True):
    """One backend computing one request: a call's median time in each pass, in seconds."""

    equation: str
    arrays: str
    n: int
    backend: str
    work: int
    work_unit: str
    seconds: tuple[float, ...]

    @property
    def ns_per_element(self) -> float:
        """Nanoseconds for a piece of work, the median over passes."""
        return median(self.seconds) * 1e9 / self.work


class Accuracy(msgspec.Struct, frozen=True):
    """A backend's worst error, in the equation's ulps, over the requests that were checked.

    `of_envelope` is the largest part that an error was of the envelope for its request.
    """

    equation: str
    backend: str
    worst_ulp: float
    of_envelope: float
    requests: int


class Measurement(msgspec.Struct, frozen=True):
    """What is kept of a measurement of all kernels, and `docs/equations.md` is made from."""

    measured_at: str
    cpu: str
    passes: int
    versions: dict[str, str]
    cpu_features: dict[str, str]
    build_hash: str
    environment: dict[str, str]
    kernels: tuple[Kernel, ...]
    accuracy: tuple[Accuracy, ...]


@dataclass(frozen=True)
class Spread:
    """A figure's median over passes, and its ends."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Of at least one value."""
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])


@dataclass(frozen=True)
class Row:
    """All that computed one equation at one size from one kind of array."""

    kernels: tuple[Kernel, ...]

    @property
    def equation(self) -> str:
        """The equation that was computed."""
        return self.kernels[0].equation

    @property
    def arrays(self) -> str:
        """The kind of array it was computed from."""
        return self.kernels[0].arrays

    @property
    def n(self) -> int:
        """The size it was computed at."""
        return self.kernels[0].n

    @property
    def best_peer(self) -> Kernel:
        """The fastest that is not ours."""
        peers = (kernel for kernel in self.kernels if kernel.backend not in OURS)
        return min(peers, key=lambda kernel: kernel.ns_per_element)

    def find(self, backend: str) -> Kernel | None:
        """The backend's, if it was timed."""
        return next((kernel for kernel in self.kernels if kernel.backend == backend), None)


@dataclass(frozen=True)
class Crossover:
    """From `n` on, to the largest size measured, `faster` is faster than `slower`."""

    faster: str
    slower: str
    n: Spread


@dataclass(frozen=True)
class Group:
    """Alternatives timed beside one another: a call's median in seconds for each, over passes."""

    suite: str
    name: str
    seconds: Mapping[str, Spread]


def merged(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Passes of one suite, each a report as pytest-benchmark writes it, as one such report.

    Its statistics are those of all rounds together; the median of each pass, in seconds, is
    noted in `extra_info`.
    """
    by_name: dict[str, list[dict[str, Any]]] = {}
    for report in reports:
        for benchmark in report["benchmarks"]:
            by_name.setdefault(benchmark["fullname"], []).append(benchmark)
    return {**reports[0], "benchmarks": [_merged(passes) for passes in by_name.values()]}


def _merged(passes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    stats = Stats()
    for benchmark in passes:
        for round_s in benchmark["stats"]["data"]:
            stats.update(round_s)
    first = passes[0]
    medians_s = [benchmark["stats"]["median"] for benchmark in passes]
    extra_info = first["extra_info"] | {"pass_medians_s": medians_s}
    if "ns_per_element" in extra_info:
        extra_info["ns_per_element"] = median(medians_s) * 1e9 / extra_info["work"]
    together = stats.as_dict() | {
        "data": stats.data,
        "iterations": first["stats"]["iterations"],
    }
    return first | {"extra_info": extra_info, "stats": together}


def kernels(report: Mapping[str, Any]) -> list[Kernel]:
    """The rows of the equations' suite in a report of `merged`, in its order."""
    return [
        Kernel(
            equation=info["equation"],
            arrays=info["arrays"],
            n=info["n"],
            backend=info["variant"],
            work=info["work"],
            work_unit=info["work_unit"],
            seconds=tuple(float(f"{each:.{_DIGITS}g}") for each in info["pass_medians_s"]),
        )
        for info in (benchmark["extra_info"] for benchmark in report["benchmarks"])
        if info["suite"] == "equations"
    ]


def groups(report: Mapping[str, Any]) -> list[Group]:
    """The rows of all other suites in a report of `merged`, in its order."""
    found: dict[tuple[str, str], dict[str, Spread]] = {}
    for benchmark in report["benchmarks"]:
        info = benchmark["extra_info"]
        if info["suite"] != "equations":
            alternatives = found.setdefault((info["suite"], benchmark["group"]), {})
            alternatives[info["variant"]] = Spread.of(info["pass_medians_s"])
    return [Group(suite, name, seconds) for (suite, name), seconds in found.items()]


def measurement(report: Mapping[str, Any], accuracy: Sequence[Accuracy]) -> Measurement:
    """What is kept of a report of `merged`; every row of it was timed by the same builds."""
    info = report["benchmarks"][0]["extra_info"]
    machine = report["machine_info"]
    timed = tuple(kernels(report))
    return Measurement(
        measured_at=report["datetime"][: len("2026-01-01")],
        cpu=machine["cpu"].get("brand_raw") or machine["machine"],
        passes=len(timed[0].seconds),
        versions=info["versions"],
        cpu_features=info["cpu_features"],
        build_hash=info["build_hash"],
        environment=machine["environment"],
        kernels=timed,
        accuracy=tuple(accuracy),
    )


def rows(timed: Iterable[Kernel]) -> list[Row]:
    """The kernels that are alternatives to one another together: by equation, array and size."""
    found: dict[tuple[str, str, int], list[Kernel]] = {}
    for kernel in timed:
        found.setdefault((kernel.equation, kernel.arrays, kernel.n), []).append(kernel)
    return [Row(tuple(own)) for own in found.values()]


def times_as_fast(kernel: Kernel, other: Kernel) -> Spread:
    """How many times the speed of `other` the kernel has: above 1 it is the faster."""
    pairs = zip(kernel.seconds, other.seconds, strict=True)
    return Spread.of(other_s / own_s for own_s, other_s in pairs)


def crossovers(timed: Sequence[Kernel]) -> list[Crossover]:
    """Where curves of one equation and one kind of array cross for the last time, smallest n first.

    Between two sizes a curve is a straight line of log time over log n. A crossing is given
    only if every pass has it, the same way round.
    """
    curves: dict[str, list[Kernel]] = {}
    for kernel in sorted(timed, key=lambda kernel: kernel.n):
        curves.setdefault(kernel.backend, []).append(kernel)
    found = (_crossover(one, other) for one, other in combinations(curves.values(), 2))
    return sorted((each for each in found if each), key=lambda each: each.n.middle)


def _crossover(one: Sequence[Kernel], other: Sequence[Kernel]) -> Crossover | None:
    pairs = list(zip(one, other, strict=True))
    leads = [list(lead) for lead in zip(*(_leads(*pair) for pair in pairs), strict=True)]
    if len({lead[-1] > 0 for lead in leads}) > 1:
        return None
    sizes = [kernel.n for kernel in one]
    found = [_last_crossing(sizes, lead) for lead in leads]
    crossed = [n for n in found if n is not None]
    if len(crossed) < len(found):
        return None
    winner, loser = (one, other) if leads[0][-1] > 0 else (other, one)
    return Crossover(winner[0].backend, loser[0].backend, Spread.of(crossed))


def _leads(kernel: Kernel, other: Kernel) -> Iterator[float]:
    """In each pass, the logarithm of how many times as fast the kernel is."""
    for own_s, other_s in zip(kernel.seconds, other.seconds, strict=True):
        yield log(other_s / own_s)


def _last_crossing(sizes: Sequence[int], leads: Sequence[float]) -> float | None:
    points = list(zip(sizes, leads, strict=True))
    for (n, lead), (next_n, next_lead) in reversed(list(pairwise(points))):
        if (lead > 0) != (next_lead > 0):
            part = lead / (lead - next_lead)
            return exp(log(n) + part * (log(next_n) - log(n)))
    return None


def by_equation(timed: Iterable[Kernel]) -> dict[str, list[Kernel]]:
    """The kernels of each equation, in the order in which equations first appear."""
    found: dict[str, list[Kernel]] = {}
    for kernel in timed:
        found.setdefault(kernel.equation, []).append(kernel)
    return found
