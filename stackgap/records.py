"""The schema of a run's raw observations: one JSON object a line, append-only, units in the names.

Nothing here is computed from anything else, so that every figure of a report can be
recomputed from `records.jsonl` alone.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeVar

import msgspec

from stackgap.misuse import MisuseError

SCHEMA = 1
COMPRESSED = ".xz"

RateName = Literal["low", "mid", "held_out", "high"]

# Tuples, as Python's garbage collector lets go of those that hold nothing but numbers, and looks at
# lists over and over: a run has a hundred thousand of these.
Histogram = tuple[tuple[int, int], ...]
"""Latency in nanoseconds and count, in any order."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="record"):
    """What all records share: a tag that names their kind."""


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stack under one declared rate. `replica` 1 is the A/A twin: same stack, other processes;
    further ones are more of the reference."""

    stack: str
    rate_name: RateName
    rate_hz: float
    replica: int = 0


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One choice in which stacks differ: `field` of a stack's row is `before` or `after`."""

    name: str
    field: str
    before: str | bool
    after: str | bool


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change that can only be made after all others, and what it leads to."""

    name: str
    stack: str


class Factorial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stacks between two ends that can be served, and what each has changed.

    `members` gives of each stack the names of the factors whose level is `after`: none for the
    first end, all for the last. `last` follow upon that one, in order. `held_out` are members that
    are predicted from the others.
    """

    factors: list[Factor]
    members: dict[str, list[str]]
    last: list[Step]
    held_out: list[str]


class ContainerLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each container may use: memory without any swap, and so much of the servers' core (None:
    all of it)."""

    memory_bytes: int
    cpus: float | None = None


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a run is going to do; with the seed it fixes the order of every slice.

    `full` is whether its stacks are all those between the ends of the factorial. A window lasts
    `window_s`, or until `fewest_requests` are due if that is later.
    `containers` is what those may use that are part of it, and None where all are processes.
    `accounts` is whether memory and idle CPU are looked at too; `factorial` how the stacks divide
    the gap between two of them into its causes, where they do. The run grows from `generations`
    to `most_generations` if its intervals are wide.
    """

    equation: str
    n: int
    cells: list[Cell]
    reference: str
    generations: int
    rounds: int
    lead_s: float
    window_s: float
    connections: int
    seed: int
    engine: str
    fewest_requests: int = 20
    full: bool = False
    accounts: bool = True
    factorial: Factorial | None = None
    most_generations: int = 0
    containers: ContainerLimits | None = None


class Started(Record, frozen=True):
    """What the first line of every record file says."""

    schema: int
    run_id: str
    started_at: str


class RunStarted(Started, frozen=True, tag="run_started"):
    """First line of every run."""

    plan: Plan
    provenance: dict[str, Any]


class GenerationStarted(Record, frozen=True, tag="generation_started"):
    """Fresh processes of every stack follow."""

    generation: int


class ResidentStarted(Record, frozen=True, tag="resident_started"):
    """A stack's server is healthy. `startup_s` runs from exec to the first answer of /health."""

    generation: int
    stack: str
    replica: int
    pids: list[int]
    startup_s: float
    health: dict[str, Any]


class Memory(Record, frozen=True, tag="memory"):
    """A server's memory, its workers included.

    `idle` is before the first equation, `loaded` the highest seen while `connections`
    requests of n values each are in flight at once. Anonymous is private memory; file-backed
    is what libraries map. `peak_resident_bytes` is the kernel's high-water mark of both together.
    """

    generation: int
    stack: str
    replica: int
    moment: Literal["idle", "loaded"]
    anonymous_bytes: int
    file_bytes: int
    peak_resident_bytes: int


class ContainerStats(Record, frozen=True, tag="container_stats"):
    """What Docker says of a stack's container at the same moments as `Memory`.

    `held_bytes` is all that the control group is charged with, None in records from before that was
    kept, and `shown_bytes` the part that `docker stats` shows. `anonymous_bytes` and `file_bytes`
    are parts of it too: a page of a file is charged to whoever reads it first. `cpu_ns` and
    `throttled_ns` count from the container's start.
    """

    generation: int
    stack: str
    replica: int
    moment: Literal["idle", "loaded"]
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    cpu_ns: int
    throttled_ns: int
    held_bytes: int | None = None


class ImportStep(Record, frozen=True, tag="import_step"):
    """Memory of one Python process after it has made the imports up to the step of this position.

    Anonymous and file-backed as in `Memory`.
    """

    generation: int
    position: int
    step: str
    anonymous_bytes: int
    file_bytes: int


class CellRefused(Record, frozen=True, tag="cell_refused"):
    """A cell is left out of the run: at its rate it takes `core_share` of a core, over the limit,
    where queueing would be measured instead of work."""

    stack: str
    replica: int
    rate_name: RateName
    rate_hz: float
    core_share: float
    limit: float


class IdleCpu(Record, frozen=True, tag="idle_cpu"):
    """CPU a server took while nobody asked it anything."""

    generation: int
    stack: str
    replica: int
    cpu_ns: int
    window_s: float


class Slice(Record, frozen=True, gc=False, tag="slice"):
    """A short burst of open-loop load on one cell.

    `scheduled`, `sent`, `ok`, `failed` count the whole slice; `window_ok` and `cpu_ns` what
    was answered and burned between two reads of the server's CPU clock `window_s` apart.
    Latencies count from the scheduled time of requests whose turn came inside the window.
    `wrong_answers` counts sampled bodies that do not hold the reference's numbers. `other_cpu_ns`
    is what processes burned meanwhile that work for the server without being part of it: Docker's.
    `cpu_ns_by_piece` is the server's CPU from one piece's first request to the next piece's, for
    every whole piece of `piece_requests` in the window; older runs have none.
    """

    generation: int
    round: int
    position: int
    stack: str
    replica: int
    rate_name: RateName
    rate_hz: float
    window_s: float
    scheduled: int
    sent: int
    ok: int
    failed: dict[str, int]
    window_ok: int
    cpu_ns: int
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    generator_cpu_ns: int
    checked_answers: int
    wrong_answers: int
    other_cpu_ns: dict[str, int] = {}
    injected_cpu_ns: int | None = None
    injected_requests: int | None = None
    piece_requests: int = 0
    cpu_ns_by_piece: tuple[int, ...] = ()


class SliceRetaken(Record, frozen=True, tag="slice_retaken"):
    """A slice of which nothing is kept, for what is among `reasons`: the cell got another at once.

    In older runs it was always the generator's lateness, and they name no reasons.
    """

    generation: int
    round: int
    stack: str
    replica: int
    rate_name: RateName
    lateness_p99_ns: int
    reasons: list[str] = []


class RoundEnded(Record, frozen=True, tag="round_ended"):
    """One slice of every cell is done. A round with `voided` reasons is not used."""

    generation: int
    round: int
    canary_ns: int
    steal_ns: int
    throttled_ns: int
    voided: list[str]


class GenerationEnded(Record, frozen=True, tag="generation_ended"):
    """The generation's processes are gone. One with `voided` reasons is not used."""

    generation: int
    voided: list[str]


class RunExtended(Record, frozen=True, tag="run_extended"):
    """The run goes on to `generations` good ones: its widest ratio reaches `half_width`, a part of
    its middle, to either side."""

    generations: int
    half_width: float


class RunGivenUp(Record, frozen=True, tag="run_given_up"):
    """Last line of a run that could not come to a result."""

    reason: str


class RunEnded(Record, frozen=True, tag="run_ended"):
    """Last line of a run that came to its own end."""

    ended_at: str


AnyRecord = (
    RunStarted
    | GenerationStarted
    | ResidentStarted
    | Memory
    | ContainerStats
    | ImportStep
    | CellRefused
    | IdleCpu
    | Slice
    | SliceRetaken
    | RoundEnded
    | GenerationEnded
    | RunExtended
    | RunGivenUp
    | RunEnded
)

_decoder = msgspec.json.Decoder(AnyRecord)

_Any = TypeVar("_Any", bound=Record)


def parse_lines(lines: Iterable[bytes], source: str) -> Iterator[AnyRecord]:
    """The records of a run in `lines`; raises MisuseError as `decoded` does."""
    yield from decoded(lines, source, _decoder)


def decoded(
    lines: Iterable[bytes], source: str, decoder: msgspec.json.Decoder[_Any]
) -> Iterator[_Any]:
    """The records in `lines`, one JSON object each.

    A last line without its newline was cut off in writing, and is left out.
    Raises MisuseError naming `source` and the line for anything else that is no record.
    """
    for number, line in enumerate(lines, start=1):
        if not line.endswith(b"\n"):
            return
        try:
            record = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MisuseError(f"{source}, line {number}: {error}") from error
        if isinstance(record, Started) and record.schema != SCHEMA:
            raise MisuseError(
                f"{source}, line {number}: schema {record.schema}; this version reads {SCHEMA}"
            )
        yield record


def read(path: Path) -> list[AnyRecord]:
    """All records of a run's file; raises MisuseError as `decoded` does."""
    with lines_of(path) as lines:
        return list(parse_lines(lines, str(path)))


@contextmanager
def lines_of(path: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a file of records, compressed where its name ends in `COMPRESSED`.

    Raises MisuseError naming the file where what is compressed is damaged.
    """
    if path.suffix != COMPRESSED:
        with path.open("rb") as lines:
            yield lines
        return
    lzma = _lzma(path)
    try:
        with lzma.open(path) as lines:
            yield lines
    except (EOFError, lzma.LZMAError) as error:
        raise MisuseError(f"{path}: damaged: {error}") from error


def compressed(lines: Iterable[bytes], path: Path) -> bytes:
    """The lines as a file `path` is to hold them: the same lines give the same bytes.

    Three fifths of what gzip makes of them. Raises MisuseError where Python lacks the library.
    """
    lzma = _lzma(path)
    # Of a long run a twentieth smaller than the default, in half as much time again; it is once.
    whole: bytes = lzma.compress(b"".join(lines), preset=9 | lzma.PRESET_EXTREME)
    return whole


def _lzma(path: Path) -> ModuleType:
    # Pythons that were built where liblzma's headers were missing do without: they may measure.
    try:
        return import_module("lzma")
    except ImportError as error:
        raise MisuseError(f"{path}: this Python was built without lzma, which it takes") from error


def encode(record: Record) -> bytes:
    """One line, newline included."""
    return msgspec.json.encode(record) + b"\n"
