"""Checks of two stacks that differ in nothing, or in work whose size the server itself counts.

Both then have the layer that does the work, because the layer is not free.
"""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from stackgap.analyse import burned, contrasts, latency, select
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.verdicts import CLEAR_RATIO
from stackgap.records import AnyRecord, Cell, CellRefused, Memory, Slice
from stackgap.run.selftest.bench import (
    AXUM,
    FASTAPI,
    GENERATIONS,
    PRECISE_ROUNDS,
    ROUNDS,
    Bench,
    Check,
    Outcome,
    Scale,
    high_rate_hz,
    injecting,
    needed,
    shown,
)
from stackgap.stacks import Stack, find

_DEARER = 0.10
_WAITED_MS = 5
_WAITED_US = (5000.0, 6500.0)
# Waits as often, and shorter: what a timer costs.
_BRIEFLY_WAITED_MS = 1
_HELD_MB = 10
# Two processes of one program differ by so much.
_MEMORY_SLACK_MB = 1.0
# Nine tenths of a core at 600 requests a second.
_OVERLOAD_US = 1500


def checks(scale: Scale) -> list[Check]:
    """The checks of pairs. The shares that must pass are those of the thorough form: 54 of 60
    twins, 16 of 20 dearer ones, 18 of 20 injections."""
    both = (FASTAPI, AXUM)
    return [
        Check(
            "a stack and its twin: the plain 95 % interval includes 'no difference'",
            scale.twins,
            needed(54, 60, scale.twins),
            lambda bench, index: _twin(bench, both[index % 2]),
        ),
        Check(
            f"a twin that burns {_DEARER:.0%} more CPU is told apart",
            scale.dearer,
            needed(16, 20, scale.dearer),
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


def _injected_check(name: str, scale: Scale) -> Check:
    return Check(
        f"{scale.injected_us} us burned in {name}, counted by itself, lie in the interval",
        scale.injected,
        needed(18, 20, scale.injected),
        lambda bench, _: _injected(bench, name, scale.injected_us),
    )


def _waited_check(name: str, scale: Scale) -> Check:
    return Check(
        f"{_WAITED_MS} ms awaited in {name} raise p50 by 5 to 6.5 ms, and CPU by a timer's cost",
        scale.waited,
        scale.waited,
        lambda bench, _: _waited(bench, name),
    )


def _pair(
    bench: Bench,
    base: Stack,
    other: Stack,
    *,
    generations: int = GENERATIONS,
    rounds: int = ROUNDS,
    accounts: bool = False,
) -> "Pair":
    """Measures both; where `other` is `base` again, its twin. With memory if `accounts`."""
    cells = (
        Cell(base.name, "high", high_rate_hz()),
        Cell(other.name, "high", high_rate_hz(), replica=1 if other == base else 0),
    )
    records = bench.run(
        other.name, [base, other], cells, generations=generations, rounds=rounds, accounts=accounts
    )
    return Pair(*cells, records)


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
        unburned_ns = burned.taken_off(self._costs(), self.records)
        base, other = unburned_ns.get(self.base, {}), unburned_ns.get(self.other, {})
        generations = sorted(base.keys() & other.keys())
        return contrasts.mean([(other[g] - base[g]) / 1e3 for g in generations])

    def p50_us(self, cell: Cell) -> float:
        """Median latency of one of the two; NaN when nothing was answered."""
        (p50_us,) = latency.quantiles_us(self._slices(cell), [0.5])
        return math.nan if p50_us is None else p50_us

    def burned_us(self) -> float:
        """What the other says it burned on purpose, per request."""
        burned_ns = burned.ns_per_request(self.records).get(self.other, {})
        return sum(burned_ns.values()) / max(len(burned_ns), 1) / 1e3

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
        return sum(abs(own.ok - (own.injected_requests or 0)) for own in self._slices(self.other))

    def _costs(self) -> select.Costs:
        return select.costs(select.usable(self.records))

    def _slices(self, cell: Cell) -> list[Slice]:
        everyone = (record for record in self.records if isinstance(record, Slice))
        return [own for own in everyone if select.cell_of(own) == cell]


def _twin(bench: Bench, name: str) -> Outcome:
    stack = find(name)
    ratio = _pair(bench, stack, stack).ratio()
    return Outcome(isinstance(ratio, Interval) and ratio.includes(1.0), f"{name}: {shown(ratio)}")


def _dearer(bench: Bench, name: str) -> Outcome:
    plain = injecting(name)
    cost_us = _pair(bench, plain, plain, generations=1).base_cost_us()
    if cost_us is None:
        return Outcome(False, f"{name}: what it costs could not be measured")
    extra_us = max(round(_DEARER * cost_us), 1)
    dearer = injecting(name, inject_cpu_us=extra_us)
    pair = _pair(bench, plain, dearer, rounds=PRECISE_ROUNDS)
    ratio = pair.ratio()
    told_apart = isinstance(ratio, Interval) and ratio.low > CLEAR_RATIO
    return Outcome(told_apart, f"{name} + {pair.burned_us():.1f} us: {shown(ratio)}")


def _injected(bench: Bench, name: str, injected_us: int) -> Outcome:
    pair = _pair(bench, injecting(name), injecting(name, inject_cpu_us=injected_us))
    unexplained = pair.unexplained_us()
    covered = isinstance(unexplained, Interval) and unexplained.includes(0.0)
    figures = (
        f"burned {pair.burned_us():.1f} us, unexplained {shown(unexplained)} us, "
        f"{pair.miscounted()} requests counted differently"
    )
    return Outcome(covered and not pair.miscounted(), figures)


def _waited(bench: Bench, name: str) -> Outcome:
    briefly = _pair(bench, injecting(name), injecting(name, inject_wait_ms=_BRIEFLY_WAITED_MS))
    pair = _pair(bench, injecting(name), injecting(name, inject_wait_ms=_WAITED_MS))
    raised_us = pair.p50_us(pair.other) - pair.p50_us(pair.base)
    timer, waited = briefly.unexplained_us(), pair.unexplained_us()
    costs_no_more = (
        isinstance(timer, Interval) and isinstance(waited, Interval) and waited.low <= timer.high
    )
    low, high = _WAITED_US
    return Outcome(
        low <= raised_us <= high and costs_no_more,
        f"p50 rose by {raised_us / 1e3:.2f} ms; CPU by {shown(waited)} us, "
        f"for {_BRIEFLY_WAITED_MS} ms by {shown(timer)} us",
    )


def _held(bench: Bench, name: str) -> Outcome:
    holding = injecting(name, inject_anonymous_mb=_HELD_MB)
    pair = _pair(bench, injecting(name), holding, generations=1, rounds=1, accounts=True)
    anonymous_mb, file_mb = (
        pair.idle_memory_mb(pair.other, account) - pair.idle_memory_mb(pair.base, account)
        for account in ("anonymous_bytes", "file_bytes")
    )
    seen = abs(anonymous_mb - _HELD_MB) <= _MEMORY_SLACK_MB and abs(file_mb) <= _MEMORY_SLACK_MB
    return Outcome(seen, f"anonymous {anonymous_mb:+.1f} MB, file-backed {file_mb:+.1f} MB")


def _overload(bench: Bench) -> Outcome:
    overloaded = injecting(AXUM, inject_cpu_us=_OVERLOAD_US)
    pair = _pair(bench, injecting(AXUM), overloaded, generations=1)
    refused = pair.refused()
    listed = ", ".join(f"{cell.stack} at {cell.core_share:.0%} of its core" for cell in refused)
    return Outcome([cell.stack for cell in refused] == [pair.other.stack], f"refused: {listed}")
