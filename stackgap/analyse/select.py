"""Which records count, ended generations and rounds not voided, and what a cell costs by them."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np
from scipy.stats import trim_mean

from stackgap.analyse.slowness import slowness
from stackgap.records import (
    AnyRecord,
    Cell,
    ContainerStats,
    GenerationEnded,
    GenerationStarted,
    IdleCpu,
    ImportStep,
    Memory,
    ResidentStarted,
    RoundEnded,
    Slice,
    SliceRetaken,
)

# Of a cell's pieces in a generation so many are left out at either end: what remains is their
# interquartile mean. Where the host takes the core away for some milliseconds, the server's clock
# goes on: such a piece is several times as dear, whatever stack it was of.
TRIMMED_SHARE = 0.25

Costs = dict[Cell, dict[int, float]]
"""CPU nanoseconds per request answered, by cell and generation number."""

_Kind = TypeVar("_Kind")
_Kept = (
    ResidentStarted
    | Memory
    | ContainerStats
    | ImportStep
    | IdleCpu
    | Slice
    | SliceRetaken
    | RoundEnded
    | GenerationEnded
)


@dataclass(frozen=True)
class Generation:
    """What was recorded of one generation. `ended` is None where it was cut off."""

    number: int
    residents: tuple[ResidentStarted, ...]
    memory: tuple[Memory, ...]
    containers: tuple[ContainerStats, ...]
    imports: tuple[ImportStep, ...]
    idle_cpu: tuple[IdleCpu, ...]
    slices: tuple[Slice, ...]
    retaken: tuple[SliceRetaken, ...]
    rounds: tuple[RoundEnded, ...]
    ended: GenerationEnded | None

    @property
    def usable(self) -> bool:
        """Whether it came to its end and no gate voided it."""
        return self.ended is not None and not self.ended.voided

    @property
    def good_slices(self) -> tuple[Slice, ...]:
        """The slices of rounds that were completed and not voided."""
        good = {ended.round for ended in self.rounds if not ended.voided}
        return tuple(own for own in self.slices if own.round in good)


def cell_of(own: Slice) -> Cell:
    """The cell a slice belongs to."""
    return Cell(own.stack, own.rate_name, own.rate_hz, own.replica)


def generations(records: Iterable[AnyRecord]) -> list[Generation]:
    """All generations that were begun, by number."""
    by_number: dict[int, list[_Kept]] = {}
    for record in records:
        if isinstance(record, GenerationStarted):
            by_number.setdefault(record.generation, [])
        elif isinstance(record, _Kept):
            by_number.setdefault(record.generation, []).append(record)
    return [_generation(number, by_number[number]) for number in sorted(by_number)]


def usable(records: Iterable[AnyRecord]) -> list[Generation]:
    """The generations that count."""
    return [generation for generation in generations(records) if generation.usable]


def costs(counted: Iterable[Generation]) -> Costs:
    """Cost per cell and generation: the interquartile mean over the pieces of its slices of good
    rounds. A slice that was recorded without pieces is one.

    The CPU of every piece is what it would have been had the machine been no slower than usual
    during its slice; see `slowness`.
    """
    result: Costs = defaultdict(dict)
    for generation in counted:
        of_pieces: dict[Cell, list[float]] = defaultdict(list)
        for cell, costs_ns in _costs_of_pieces(generation.good_slices):
            of_pieces[cell] += costs_ns
        for cell, cost_ns in _interquartile_means(of_pieces):
            if 0 < cost_ns < math.inf:
                result[cell][generation.number] = cost_ns
    return dict(result)


def mean_costs(
    counted: Iterable[Generation],
    cpu_of: Callable[[Slice], int | None] = lambda own: own.cpu_ns,
) -> Costs:
    """Cost per cell and generation with nothing left out: all CPU over all requests answered.

    What the sensitivity check holds `costs` against. Of what `cpu_of` says a slice took; slices
    of which it says None do not count.
    """
    result: Costs = defaultdict(dict)
    for generation in counted:
        cpu_ns: dict[Cell, int] = defaultdict(int)
        answered: dict[Cell, int] = defaultdict(int)
        for own in generation.good_slices:
            taken_ns = cpu_of(own)
            if taken_ns is not None:
                cpu_ns[cell_of(own)] += taken_ns
                answered[cell_of(own)] += own.window_ok
        for cell, requests in answered.items():
            if requests and cpu_ns[cell]:
                result[cell][generation.number] = cpu_ns[cell] / requests
    return dict(result)


def other_costs(counted: Sequence[Generation]) -> dict[str, Costs]:
    """What others burned for a stack meanwhile, by the account that it is on.

    Nothing is left out: what Docker's daemon does comes in bursts that are its own.
    """
    accounts = {
        name
        for generation in counted
        for own in generation.good_slices
        for name in own.other_cpu_ns
    }

    def on(account: str) -> Costs:
        return mean_costs(counted, lambda own: own.other_cpu_ns.get(account))

    return {account: on(account) for account in sorted(accounts)}


def _generation(number: int, kept: Sequence[_Kept]) -> Generation:
    return Generation(
        number,
        residents=_of(ResidentStarted, kept),
        memory=_of(Memory, kept),
        containers=_of(ContainerStats, kept),
        imports=_of(ImportStep, kept),
        idle_cpu=_of(IdleCpu, kept),
        slices=_of(Slice, kept),
        retaken=_of(SliceRetaken, kept),
        rounds=_of(RoundEnded, kept),
        ended=next(iter(_of(GenerationEnded, kept)), None),
    )


def _of(kind: type[_Kind], kept: Sequence[_Kept]) -> tuple[_Kind, ...]:
    return tuple(record for record in kept if isinstance(record, kind))


def _interquartile_means(of_pieces: Mapping[Cell, Sequence[float]]) -> Iterator[tuple[Cell, float]]:
    # All cells with as many pieces at once: one call of SciPy's takes longer than what it computes.
    by_count: dict[int, list[Cell]] = defaultdict(list)
    for cell, found in of_pieces.items():
        by_count[len(found)].append(cell)
    for cells in by_count.values():
        means = trim_mean([of_pieces[cell] for cell in cells], TRIMMED_SHARE, axis=1)
        yield from zip(cells, np.asarray(means).tolist(), strict=True)


def _costs_of_pieces(slices: Sequence[Slice]) -> Iterator[tuple[Cell, list[float]]]:
    """The cell of each slice of a generation and the costs of its pieces, freed from how slow the
    machine was just then; inf where nothing was answered."""
    ordered = sorted(slices, key=lambda own: (own.round, own.position, str(cell_of(own))))
    cells = list(map(cell_of, ordered))
    numbers = {cell: index for index, cell in enumerate(dict.fromkeys(cells))}
    costs_ns = list(map(_piece_costs_ns, ordered))
    with np.errstate(divide="ignore"):
        log_cost = np.log(list(map(median, costs_ns)))
    found = slowness(
        np.array([numbers[cell] for cell in cells], dtype=np.int64),
        np.array([own.round for own in ordered], dtype=np.int64),
        log_cost,
    )
    for cell, own_ns, times in zip(cells, costs_ns, np.exp(found).tolist(), strict=True):
        yield cell, [cost_ns / times for cost_ns in own_ns]


def _piece_costs_ns(own: Slice) -> list[float]:
    if not own.window_ok:
        return [math.inf]
    if not own.cpu_ns_by_piece:
        return [own.cpu_ns / own.window_ok]
    return [cpu_ns / own.piece_requests for cpu_ns in own.cpu_ns_by_piece]
