"""Which records count: ended generations, rounds not voided, and of those all but the slowest."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

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

SLOWEST_SHARE_DROPPED = 0.20

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
        return tuple(piece for piece in self.slices if piece.round in good)


def cell_of(piece: Slice) -> Cell:
    """The cell a slice belongs to."""
    return Cell(piece.stack, piece.rate_name, piece.rate_hz, piece.replica)


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
    """Cost per cell and generation, over the good rounds that `kept_rounds` keeps.

    The CPU of every slice is what it would have been had the machine been no slower than usual
    just then; see `slowness`.
    """
    return _costs((generation.number, _kept_slices(generation)) for generation in counted)


def costs_of_all_rounds(counted: Iterable[Generation]) -> Costs:
    """Cost per cell and generation over every good round: what the sensitivity check compares."""
    return _costs((generation.number, generation.good_slices) for generation in counted)


def other_costs(counted: Iterable[Generation]) -> dict[str, Costs]:
    """The same of what others burned for a stack meanwhile, by the account that it is on."""
    kept = [(generation.number, _kept_slices(generation)) for generation in counted]
    accounts = {name for _, slices in kept for piece in slices for name in piece.other_cpu_ns}

    def on(account: str) -> Costs:
        return _costs(kept, lambda piece: piece.other_cpu_ns.get(account))

    return {account: on(account) for account in sorted(accounts)}


def kept_rounds(cost: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rounds to keep: all but the slowest 20 % (rounded down), dropped whole.

    `cost` has shape (rounds, cells), inf where a round has no answer of a cell. A round's
    slowness is the median over cells of its cost over that cell's median.
    """
    if not cost.size:
        return np.ones(len(cost), dtype=np.bool_)
    typical = np.median(cost, axis=0)
    comparable = np.isfinite(typical) & (typical > 0)
    kept = np.ones(len(cost), dtype=np.bool_)
    dropped = int(SLOWEST_SHARE_DROPPED * len(cost))
    if dropped and comparable.any():
        slowness = np.median(cost[:, comparable] / typical[comparable], axis=1)
        kept[np.argsort(slowness, kind="stable")[-dropped:]] = False
    return kept


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


def _kept_slices(generation: Generation) -> list[Slice]:
    good = generation.good_slices
    rounds = sorted({piece.round for piece in good})
    cells = sorted({cell_of(piece) for piece in good}, key=str)
    cost = np.full((len(rounds), len(cells)), np.inf)
    row = {number: index for index, number in enumerate(rounds)}
    column = {cell: index for index, cell in enumerate(cells)}
    for piece in good:
        if piece.window_ok:
            cost[row[piece.round], column[cell_of(piece)]] = piece.cpu_ns / piece.window_ok
    kept = kept_rounds(cost)
    return [piece for piece in good if kept[row[piece.round]]]


def _costs(
    slices_by_generation: Iterable[tuple[int, Sequence[Slice]]],
    cpu_of: Callable[[Slice], int | None] = lambda piece: piece.cpu_ns,
) -> Costs:
    """Of what `cpu_of` says a slice took; slices of which it says None are left out."""
    result: Costs = defaultdict(dict)
    for number, slices in slices_by_generation:
        cpu_ns: dict[Cell, float] = defaultdict(float)
        answered: dict[Cell, int] = defaultdict(int)
        for piece, slower in _with_slowness(slices):
            taken_ns = cpu_of(piece)
            if taken_ns is not None:
                cpu_ns[cell_of(piece)] += taken_ns / slower
                answered[cell_of(piece)] += piece.window_ok
        for cell, requests in answered.items():
            if requests and cpu_ns[cell]:
                result[cell][number] = cpu_ns[cell] / requests
    return dict(result)


def _with_slowness(slices: Sequence[Slice]) -> Iterator[tuple[Slice, float]]:
    """Each slice of a generation, and how many times as much as usual things cost just then."""
    ordered = sorted(slices, key=lambda piece: (piece.round, piece.position, str(cell_of(piece))))
    numbers = {cell: index for index, cell in enumerate(dict.fromkeys(map(cell_of, ordered)))}
    with np.errstate(divide="ignore", invalid="ignore"):
        cpu_ns = np.array([piece.cpu_ns for piece in ordered], dtype=np.float64)
        log_cost = np.log(cpu_ns / np.array([piece.window_ok for piece in ordered]))
    found = slowness(
        np.array([numbers[cell_of(piece)] for piece in ordered], dtype=np.int64),
        np.array([piece.round for piece in ordered], dtype=np.int64),
        log_cost,
    )
    yield from zip(ordered, np.exp(found).tolist(), strict=True)
