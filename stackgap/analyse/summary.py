"""What a run shows, as one tree of plain values: all that any report prints comes from here."""

from dataclasses import dataclass
from typing import Any

from stackgap.analyse.interval import Estimate
from stackgap.records import Cell, CellRefused, Plan


@dataclass(frozen=True)
class CellSummary:
    """One stack at one declared rate.

    `cpu_us_per_request` is over generations; `core_share` is the part of one core it took at its
    rate; `ratio` is its cost over the reference's at the same rate in the same generation (None
    for the reference itself), `ratio_by_mean` the same with nothing left out,
    `ratio_hodges_lehmann` by ranks; `difference_us` the cost
    minus the reference's. `verdict` is one of the sentences of `verdicts`. Latencies and
    `answered` are pooled over every slice of rounds not voided, slow ones included: a tail is
    not to be trimmed. None stands for: not measured at this rate, or nothing counted.
    """

    cell: Cell
    cpu_us_per_request: Estimate
    core_share: Estimate
    ratio: Estimate | None
    ratio_by_mean: Estimate | None
    ratio_hodges_lehmann: Estimate | None
    difference_us: Estimate | None
    verdict: str | None
    p50_us: float | None
    p99_us: float | None
    answered: int


@dataclass(frozen=True)
class StackSummary:
    """What does not depend on the rate: memory in MiB, idle CPU, start-up, of replica 0."""

    stack: str
    idle_anonymous_mib: Estimate
    idle_file_mib: Estimate
    loaded_anonymous_mib: Estimate
    loaded_file_mib: Estimate
    peak_resident_mib: Estimate
    idle_cpu_us_per_s: Estimate
    startup_s: Estimate
    health: dict[str, Any]


@dataclass(frozen=True)
class SharesAtRate:
    """What both ends of the claim take at one rate, as parts of one core; idle CPU is inside.

    `ratio` is FastAPI's over Axum's in the same generation, `verdict` the sentence on it.
    """

    rate_hz: float
    fastapi: Estimate
    axum: Estimate
    ratio: Estimate
    verdict: str


@dataclass(frozen=True)
class RateFor:
    """The rate at which a stack takes `core_share` of a core.

    `rate_hz` is None, and `outside` says on which side, where that rate lies outside the
    measured ones in some generation: nothing is extrapolated. `between_hz` is where it can lie:
    the interval, or from the last measured rate on; None where nothing is known.
    """

    stack: str
    core_share: float
    rate_hz: Estimate | None
    outside: str | None
    between_hz: tuple[float, float] | None


@dataclass(frozen=True)
class SeedCard:
    """The original claim, held against one pair of stacks.

    `one_rate` is whether the two rates can be one: False where the ranges they can lie in are
    apart, True where their intervals overlap, None where only unmeasured rates could tell.
    Memory is anonymous memory under load: nearest to what `docker stats` shows of a server, which
    adds the files it read last.
    """

    title: str
    fastapi: RateFor
    axum: RateFor
    one_rate: bool | None
    at_equal_rates: tuple[SharesAtRate, ...]
    fastapi_loaded_mib: Estimate | None
    axum_loaded_mib: Estimate | None


@dataclass(frozen=True)
class Part:
    """What one change saves of a gap, in CPU µs per request.

    `saved_us` is the mean over all orders of changes, `share` that over the gap. `first_in_us` is
    what the change saves made as early as it can be, `last_in_us` made as late, `order_us` the
    difference; None for what can come in one order only. `surcharge_us` is what it saves more at
    this rate than at the highest one, None there. `verdict` is the sentence on it.
    """

    name: str
    saved_us: Estimate
    share: Estimate | None
    first_in_us: Estimate | None
    last_in_us: Estimate | None
    order_us: Estimate | None
    surcharge_us: Estimate | None
    verdict: str


@dataclass(frozen=True)
class Interaction:
    """How much more either of two changes saves before the other is made than after."""

    factors: tuple[str, str]
    us: Estimate


@dataclass(frozen=True)
class Closure:
    """A test of an attribution against what it was not made from, in CPU µs per request.

    `held_out` is a stack, and `difference_us` its cost minus what the others predict for it (None
    where they do not); or it is None, and `difference_us` is the gap minus that between the twins
    of both ends. `of_gap` is the same as a part of the gap. `holds` is True where its interval lies
    within CLOSES_WITHIN, False where it lies outside, else None.
    """

    held_out: str | None
    difference_us: Estimate | None
    of_gap: Estimate | None
    holds: bool | None


@dataclass(frozen=True)
class Attribution:
    """How the gap from the stack `first` to `last` divides at one rate.

    With one order only (`orders` 1) each part is what its step saves given the earlier ones, and
    no share. `generations` are those in which every stack in between has a cost; `first_us` and
    `last_us` are what the ends cost in these.
    """

    rate_hz: float
    first: str
    last: str
    orders: int
    generations: int
    first_us: Estimate
    last_us: Estimate
    gap_us: Estimate
    parts: tuple[Part, ...]
    interactions: tuple[Interaction, ...]
    closures: tuple[Closure, ...]


@dataclass(frozen=True)
class NotAttributed:
    """Why a gap that was to be divided is not, at one rate."""

    rate_hz: float
    reason: str


@dataclass(frozen=True)
class ImportSummary:
    """Memory of a Python process in MiB after the imports up to `step`.

    `added_anonymous_mib` is what the step itself adds, to nothing at the first.
    """

    step: str
    anonymous_mib: Estimate
    added_anonymous_mib: Estimate
    file_mib: Estimate


@dataclass(frozen=True)
class Line:
    """CPU per second of one stack in one generation: a constant, and so much for each request."""

    constant: float
    per_request_s: float

    def core_share(self, rate_hz: float) -> float:
        """The part of one core that is taken at a rate."""
        return self.constant + self.per_request_s * rate_hz


@dataclass(frozen=True)
class HeldOut:
    """A line's test at a rate it was not fitted to.

    `holds` is True where the interval of the ratio lies within HOLDS_WITHIN, or includes 1 and is
    no wider than that; False where it lies outside; else None.
    """

    rate_hz: float
    predicted_over_measured: Estimate
    holds: bool | None


@dataclass(frozen=True)
class CostModel:
    """A stack's CPU as a straight line of the rate, fitted at `rates_hz`, a line a generation.

    `constant_ms_per_s` is where the line would be without requests. It was not measured there: it
    is not the idle CPU. `held_out` is None where no other rate was measured.
    """

    stack: str
    rates_hz: tuple[float, ...]
    lines: tuple[Line, ...]
    constant_ms_per_s: Estimate
    per_request_us: Estimate
    held_out: HeldOut | None


@dataclass(frozen=True)
class NotModelled:
    """A stack that has no line: nothing that counts was measured of it at `rate_hz`."""

    stack: str
    rate_hz: float


@dataclass(frozen=True)
class Added:
    """What a container costs more than the same stack as a process, in CPU µs per request.

    `ratio` is the container's over the process's; both are the server's own CPU. `others_us` is
    what processes of Docker's took beside it, by account.
    """

    stack: str
    container: str
    rate_hz: float
    process_us: Estimate
    contained_us: Estimate
    added_us: Estimate
    ratio: Estimate
    others_us: dict[str, Estimate]


@dataclass(frozen=True)
class Predicted:
    """What a stack takes in a container if that adds as much as to `learnt_from`, over what it
    does take."""

    container: str
    rate_hz: float
    learnt_from: tuple[str, ...]
    stack: str
    predicted_over_measured: Estimate


@dataclass(frozen=True)
class ContainerMemory:
    """What Docker says of a stack's container: memory in MiB, as `docker stats` shows it and what
    it consists of, and for how long it was kept from running."""

    stack: str
    idle_shown_mib: Estimate
    loaded_shown_mib: Estimate
    loaded_anonymous_mib: Estimate
    loaded_file_mib: Estimate
    throttled_ms: Estimate


@dataclass(frozen=True)
class Gates:
    """What was thrown away, and why: counts by reason.

    `slices` are those kept to the end of their round; `slices_retaken` were thrown away before, as
    they would have voided it.
    """

    generations: int
    generations_void: int
    rounds: int
    rounds_void: int
    slices: int
    slices_retaken: int
    reasons: dict[str, int]


@dataclass(frozen=True)
class Summary:
    """A whole run. `warnings` are sentences; `complete` is whether the run came to its end, and
    `given_up` why not, if it was not merely cut off."""

    run_id: str
    started_at: str
    plan: Plan
    provenance: dict[str, Any]
    complete: bool
    given_up: str | None
    cells: tuple[CellSummary, ...]
    stacks: tuple[StackSummary, ...]
    twin: CellSummary | None
    seed_cards: tuple[SeedCard, ...]
    attributions: tuple[Attribution | NotAttributed, ...]
    import_ladder: tuple[ImportSummary, ...]
    cost_models: tuple[CostModel | NotModelled, ...]
    added: tuple[Added, ...]
    predicted: tuple[Predicted, ...]
    container_memory: tuple[ContainerMemory, ...]
    refused: tuple[CellRefused, ...]
    gates: Gates
    failed_requests: dict[str, int]
    checked_answers: int
    wrong_answers: int
    warnings: tuple[str, ...]
