"""The harness measures known effects: what it should see is put into the servers on purpose.

Each check is a series of runs of two stacks that differ in nothing, or in work whose size the
server itself counts. Both then have the layer that does the work, because the layer is not
free. A harness that fails here has no say in anything else.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from stackgap import rates, stacks
from stackgap.analyse import contrasts, latency, select
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.verdicts import CLEAR_RATIO
from stackgap.measure.engine import Engine
from stackgap.misuse import MisuseError
from stackgap.records import AnyRecord, Cell, CellRefused, Memory, Plan, Slice
from stackgap.run import runner, store
from stackgap.run.plan import CONNECTIONS, LEAD_S, WINDOW_S
from stackgap.run.runner import RunAborted, RunObserver
from stackgap.stacks import Stack

AXUM = "axum-stock"
FASTAPI = "fastapi-quiet-python"

_INJECTED_US = 60
_DEARER = 0.10
_WAITED_MS = 5
_WAITED_US = (5000.0, 6500.0)
_HELD_MB = 10
# Two processes of one program differ by so much.
_MEMORY_SLACK_MB = 1.0
# Nine tenths of a core at 600 requests a second.
_OVERLOAD_US = 1500

EQUATION = "ephemeris"
N = 100
_GENERATIONS = 6
# Coverage shows in many runs of any precision; telling 10 % apart takes a precise one.
_ROUNDS = 5
_PRECISE_ROUNDS = 20


class Scale(msgspec.Struct, frozen=True):
    """How many runs each series makes."""

    twins: int
    dearer: int
    injected: int
    waited: int


SHORT = Scale(twins=4, dearer=2, injected=2, waited=1)
THOROUGH = Scale(twins=60, dearer=20, injected=20, waited=3)


class Outcome(msgspec.Struct, frozen=True):
    """What one run showed: whether that is as it should be, and the figures."""

    passed: bool
    figures: str


class Check(msgspec.Struct, frozen=True):
    """A series of runs, and how many of them must pass."""

    name: str
    runs: int
    needed: int
    once: Callable[["Bench", int], Outcome]


def checks(scale: Scale) -> list[Check]:
    """All checks. The shares that must pass are those of the thorough form: 54 of 60 twins,
    16 of 20 dearer ones, 18 of 20 injections; a short form may always miss once."""
    both = (FASTAPI, AXUM)
    return [
        Check(
            "a stack and its twin: the plain 95 % interval includes 'no difference'",
            scale.twins,
            _needed(54, 60, scale.twins),
            lambda bench, index: _twin(bench, both[index % 2]),
        ),
        Check(
            f"a twin that burns {_DEARER:.0%} more CPU is told apart",
            scale.dearer,
            _needed(16, 20, scale.dearer),
            lambda bench, index: _dearer(bench, both[index % 2]),
        ),
        *(_injected_check(name, scale) for name in both),
        *(_waited_check(name, scale) for name in both),
        Check(
            f"{_HELD_MB} MB of anonymous memory held in {FASTAPI} appear as such",
            scale.waited,
            scale.waited,
            lambda bench, _: _held(bench, FASTAPI),
        ),
        Check("a stack over 60 % of its core is refused", 1, 1, lambda bench, _: _overload(bench)),
    ]


def chosen(scale: Scale, parts: Sequence[str]) -> list[Check]:
    """The checks whose names contain any of `parts`, all if there are none.

    Raises MisuseError for a part that is in no name, with all names.
    """
    every = checks(scale)
    for part in parts:
        if not any(part in check.name for check in every):
            names = "; ".join(check.name for check in every)
            raise MisuseError(f"no check has {part!r} in its name; there are: {names}")
    return [check for check in every if not parts or any(part in check.name for part in parts)]


def _needed(passes: int, of: int, runs: int) -> int:
    return passes if runs == of else min(passes * runs // of, runs - 1)


def _injected_check(name: str, scale: Scale) -> Check:
    return Check(
        f"{_INJECTED_US} us burned in {name}, counted by itself, lie in the interval",
        scale.injected,
        _needed(18, 20, scale.injected),
        lambda bench, _: _injected(bench, name),
    )


def _waited_check(name: str, scale: Scale) -> Check:
    return Check(
        f"{_WAITED_MS} ms awaited in {name} raise p50 by 5 to 6.5 ms",
        scale.waited,
        scale.waited,
        lambda bench, _: _waited(bench, name),
    )


class Pair(msgspec.Struct, frozen=True):
    """What a run of two stacks recorded."""

    base: Cell
    other: Cell
    records: Sequence[AnyRecord]

    def base_cost_us(self) -> float | None:
        """What a request costs the base, over all generations; None when none is good."""
        costs = self._costs().get(self.base, {}).values()
        return sum(costs) / len(costs) / 1e3 if costs else None

    def ratio(self) -> Estimate:
        """Cost of the other over the base's."""
        costs = self._costs()
        return contrasts.ratio(costs.get(self.other, {}), costs.get(self.base, {}))

    def unexplained_us(self) -> Estimate:
        """Cost of the other minus the base's, each without what it says it burned on purpose."""
        base, other = self._unburned_ns(self.base), self._unburned_ns(self.other)
        generations = sorted(base.keys() & other.keys())
        return contrasts.mean([(other[g] - base[g]) / 1e3 for g in generations])

    def p50_us(self, cell: Cell) -> float:
        """Median latency of one of the two; NaN when nothing was answered."""
        p50_us = latency.quantile_us(self._slices(cell), 0.5)
        return math.nan if p50_us is None else p50_us

    def burned_us(self) -> float:
        """What the other says it burned on purpose, per request."""
        burned = self._burned_ns(self.other)
        return sum(burned.values()) / max(len(burned), 1) / 1e3

    def idle_memory_mb(
        self, cell: Cell, account: Literal["anonymous_bytes", "file_bytes"]
    ) -> float:
        """One account of a server's memory before its first request; NaN when not measured."""
        for record in self.records:
            if (
                isinstance(record, Memory)
                and record.moment == "idle"
                and (record.stack, record.replica) == (cell.stack, cell.replica)
            ):
                return float(getattr(record, account)) / 1e6
        return math.nan

    def refused(self) -> list[CellRefused]:
        """The cells that were left out."""
        return [record for record in self.records if isinstance(record, CellRefused)]

    def miscounted(self) -> int:
        """By how many requests server and client disagree, slices of the other added up."""
        return sum(
            abs(piece.ok - (piece.injected_requests or 0)) for piece in self._slices(self.other)
        )

    def _costs(self) -> select.Costs:
        return select.costs(select.usable(self.records))

    def _slices(self, cell: Cell) -> list[Slice]:
        pieces = (record for record in self.records if isinstance(record, Slice))
        return [piece for piece in pieces if select.cell_of(piece) == cell]

    def _unburned_ns(self, cell: Cell) -> dict[int, float]:
        burned_ns = self._burned_ns(cell)
        return {g: cost - burned_ns[g] for g, cost in self._costs().get(cell, {}).items()}

    def _burned_ns(self, cell: Cell) -> dict[int, float]:
        totals: dict[int, tuple[int, int]] = {}
        for piece in self._slices(cell):
            cpu_ns, requests = totals.get(piece.generation, (0, 0))
            totals[piece.generation] = (
                cpu_ns + (piece.injected_cpu_ns or 0),
                requests + (piece.injected_requests or 0),
            )
        return {g: cpu_ns / max(requests, 1) for g, (cpu_ns, requests) in totals.items()}


class Bench:
    """Measures pairs of stacks, each recorded in a directory of its own under `folder`."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        provenance: dict[str, Any],
        seed: int,
        observer: RunObserver,
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._provenance = provenance
        self._seed = seed
        self._observer = observer
        self._done = 0
        self._cost_us: dict[str, float | None] = {}

    def pair(
        self,
        base: Stack,
        other: Stack,
        *,
        generations: int = _GENERATIONS,
        rounds: int = _ROUNDS,
        accounts: bool = False,
    ) -> Pair:
        """Measures both; where `other` is `base` again, its twin. With memory if `accounts`."""
        self._done += 1
        rate_hz = rates.find(EQUATION, N).high_hz
        cells = (
            Cell(base.name, "high", rate_hz),
            Cell(other.name, "high", rate_hz, replica=1 if other == base else 0),
        )
        plan = Plan(
            equation=EQUATION,
            n=N,
            cells=list(cells),
            reference=base.name,
            generations=generations,
            rounds=rounds,
            lead_s=LEAD_S,
            window_s=WINDOW_S,
            connections=CONNECTIONS,
            seed=self._seed + self._done,
            engine=self._engine.name,
            accounts=accounts,
        )
        started = runner.started(plan, f"{self._done:03}-{other.name}", self._provenance)
        file = store.create(self._folder, started)
        known = {base.name: base, other.name: other}
        try:
            # A run that is given up is judged by what it has, like any other: as a miss.
            with suppress(RunAborted):
                runner.run(self._engine, plan, known, file, [started], self._observer)
        finally:
            file.close()
        return Pair(*cells, store.load(file.path.parent))

    def cost_us(self, stack: Stack) -> float | None:
        """What a request costs `stack`, roughly: from a run of one generation, made again only
        while it gives None, no figure."""
        if self._cost_us.get(stack.name) is None:
            self._cost_us[stack.name] = self.pair(stack, stack, generations=1).base_cost_us()
        return self._cost_us[stack.name]


def run(check: Check, bench: Bench, report: Callable[[int, Outcome], None]) -> tuple[int, bool]:
    """Makes the check's runs, each told to `report`; how many passed, and whether enough did."""
    passed = 0
    for index in range(check.runs):
        outcome = check.once(bench, index)
        passed += outcome.passed
        report(index, outcome)
    return passed, passed >= check.needed


def _twin(bench: Bench, name: str) -> Outcome:
    stack = stacks.find(name)
    ratio = bench.pair(stack, stack).ratio()
    return Outcome(isinstance(ratio, Interval) and ratio.includes(1.0), f"{name}: {_shown(ratio)}")


def _dearer(bench: Bench, name: str) -> Outcome:
    plain = _with(name)
    cost_us = bench.cost_us(plain)
    if cost_us is None:
        return Outcome(False, f"{name}: what it costs could not be measured")
    extra_us = max(round(_DEARER * cost_us), 1)
    dearer = _with(name, inject_cpu_us=extra_us)
    pair = bench.pair(plain, dearer, rounds=_PRECISE_ROUNDS)
    ratio = pair.ratio()
    told_apart = isinstance(ratio, Interval) and ratio.low > CLEAR_RATIO
    return Outcome(told_apart, f"{name} + {pair.burned_us():.1f} us: {_shown(ratio)}")


def _injected(bench: Bench, name: str) -> Outcome:
    plain = _with(name)
    pair = bench.pair(plain, _with(name, inject_cpu_us=_INJECTED_US))
    unexplained = pair.unexplained_us()
    covered = isinstance(unexplained, Interval) and unexplained.includes(0.0)
    figures = (
        f"burned {pair.burned_us():.1f} us, unexplained {_shown(unexplained)} us, "
        f"{pair.miscounted()} requests counted differently"
    )
    return Outcome(covered and not pair.miscounted(), figures)


def _waited(bench: Bench, name: str) -> Outcome:
    plain = _with(name)
    pair = bench.pair(plain, _with(name, inject_wait_ms=_WAITED_MS), generations=1)
    raised_us = pair.p50_us(pair.other) - pair.p50_us(pair.base)
    low, high = _WAITED_US
    return Outcome(low <= raised_us <= high, f"p50 rose by {raised_us / 1e3:.2f} ms")


def _held(bench: Bench, name: str) -> Outcome:
    plain = _with(name)
    pair = bench.pair(
        plain, _with(name, inject_anonymous_mb=_HELD_MB), generations=1, rounds=1, accounts=True
    )
    anonymous_mb, file_mb = (
        pair.idle_memory_mb(pair.other, account) - pair.idle_memory_mb(pair.base, account)
        for account in ("anonymous_bytes", "file_bytes")
    )
    seen = abs(anonymous_mb - _HELD_MB) <= _MEMORY_SLACK_MB and abs(file_mb) <= _MEMORY_SLACK_MB
    return Outcome(seen, f"anonymous {anonymous_mb:+.1f} MB, file-backed {file_mb:+.1f} MB")


def _overload(bench: Bench) -> Outcome:
    plain = _with(AXUM)
    pair = bench.pair(plain, _with(AXUM, inject_cpu_us=_OVERLOAD_US), generations=1)
    refused = pair.refused()
    shown = ", ".join(f"{cell.stack} at {cell.core_share:.0%} of its core" for cell in refused)
    return Outcome([cell.stack for cell in refused] == [pair.other.stack], f"refused: {shown}")


def _with(
    name: str, *, inject_cpu_us: int = 0, inject_wait_ms: int = 0, inject_anonymous_mb: int = 0
) -> Stack:
    """The stack `name` with the layer that injects, and what it is to inject."""
    return msgspec.structs.replace(
        stacks.find(name),
        name=f"{name}+{inject_cpu_us}us+{inject_wait_ms}ms+{inject_anonymous_mb}MB",
        injector=True,
        inject_cpu_us=inject_cpu_us,
        inject_wait_ms=inject_wait_ms,
        inject_anonymous_mb=inject_anonymous_mb,
    )


def _shown(estimate: Estimate) -> str:
    if isinstance(estimate, Interval):
        return f"{estimate.estimate:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
    return "no interval: too few good generations"
