"""Checks of single windows: do the ways in which the same can be measured or counted agree?"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import log

import psutil

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Interval
from stackgap.measure import counters
from stackgap.measure.engine import Load, Resident, SliceReading
from stackgap.run.plan import CONNECTIONS, LEAD_S, WINDOW_S
from stackgap.run.selftest.bench import (
    AXUM,
    EQUATION,
    FASTAPI,
    GENERATIONS,
    PRECISE_ROUNDS,
    Bench,
    Check,
    Outcome,
    Scale,
    high_rate_hz,
    injecting,
    shown,
)
from stackgap.stacks import Stack, find

_LOGGING = "fastapi-stock-python"
_SOLO_S = 5.0
_WARM_UP_S = 1.0
AGREEMENT = 0.03


def checks(scale: Scale) -> list[Check]:
    """The checks of windows."""
    return [
        Check(
            f"slices in turn agree with a window of {_SOLO_S:.0f} s alone within {AGREEMENT:.0%}",
            scale.windows,
            scale.windows,
            lambda bench, _: _alone(bench),
        ),
        Check(
            f"servers and others add up to the busy time of their core within {AGREEMENT:.0%}",
            scale.windows,
            scale.windows,
            lambda bench, _: busy(bench, (AXUM, FASTAPI)),
        ),
        Check(
            "client, server and access log count the same requests",
            scale.windows,
            scale.windows,
            lambda bench, _: _counted(bench),
        ),
    ]


def _alone(bench: Bench) -> Outcome:
    ratios: dict[str, list[float]] = {AXUM: [], FASTAPI: []}
    for _ in range(GENERATIONS):
        for name, ratio in _slices_over_solo(bench, [find(name) for name in ratios]).items():
            ratios[name].append(log(ratio))
    estimates = {
        name: contrasts.exponentiated(contrasts.mean(found)) for name, found in ratios.items()
    }
    agree = all(
        isinstance(each, Interval) and abs(each.estimate - 1) <= AGREEMENT
        for each in estimates.values()
    )
    figures = [f"{name}: slices cost {shown(each)} of it" for name, each in estimates.items()]
    return Outcome(agree, "; ".join(figures))


def _slices_over_solo(bench: Bench, stacks: Sequence[Stack]) -> dict[str, float]:
    """What a request costs in slices over what it costs alone: by stack, in the same processes."""
    with _serving(bench, stacks) as residents:
        for resident in residents:
            _loaded(bench, resident, _WARM_UP_S)
        before = _in_turn(bench, residents)
        solo = [_cost_ns([_loaded(bench, resident, _SOLO_S)]) for resident in residents]
        # As many after as before: a machine that becomes slower or faster does so for both.
        after = _in_turn(bench, residents)
    return {
        resident.stack.name: _cost_ns([*first, *last]) / alone
        for resident, first, alone, last in zip(residents, before, solo, after, strict=True)
    }


def _in_turn(bench: Bench, residents: Sequence[Resident]) -> list[list[SliceReading]]:
    readings: list[list[SliceReading]] = [[] for _ in residents]
    for _ in range(PRECISE_ROUNDS):
        for resident, own in zip(residents, readings, strict=True):
            own.append(_loaded(bench, resident, WINDOW_S))
    return readings


def _cost_ns(readings: Sequence[SliceReading]) -> float:
    return sum(each.cpu_ns for each in readings) / sum(each.window_ok for each in readings)


def busy(bench: Bench, names: Sequence[str]) -> Outcome:
    """Judged where the core is never idle: waking it up is on nobody's account, and shown."""
    figures, agree = [], True
    for name in names:
        with _serving(bench, [find(name)]) as residents:
            _loaded(bench, residents[0], _WARM_UP_S)
            shares = _shares_of_busy_time(bench, residents[0], closed=True)
            missing = 1 - sum(shares.values())
            of_wakes = 1 - sum(_shares_of_busy_time(bench, residents[0]).values())
        agree = agree and abs(missing) <= AGREEMENT
        told = ", ".join(f"{account} {share:.1%}" for account, share in shares.items())
        figures.append(
            f"{name}: {told}, {missing:+.1%} on no account when busy all the time, "
            f"{of_wakes:+.1%} at {high_rate_hz():.0f} req/s"
        )
    return Outcome(agree, "; ".join(figures))


def _shares_of_busy_time(
    bench: Bench, resident: Resident, *, closed: bool = False
) -> dict[str, float]:
    """The parts of its core's busy time that the server took, what works for it, and others."""
    core = bench.provenance["cores"]["server"]
    known = {"server": resident.pids, **resident.others}
    account_of = {pid: name for name, pids in known.items() for pid in pids}
    before = _cpu_ns_of_all_on(core)
    busy_before_ns = time.monotonic_ns() - counters.idle_ns(core)
    _loaded(bench, resident, _SOLO_S, closed=closed)
    after = _cpu_ns_of_all_on(core)
    busy_ns = time.monotonic_ns() - counters.idle_ns(core) - busy_before_ns
    shares = dict.fromkeys([*known, "others"], 0.0)
    for pid, taken_ns in after.items():
        shares[account_of.get(pid, "others")] += (taken_ns - before.get(pid, 0)) / busy_ns
    return shares


def _cpu_ns_of_all_on(core: int) -> dict[int, int]:
    """CPU so far of every process that may run on `core`, by its id.

    Where it ran is not told: all it took is counted, of whatever core. What one takes that ends
    meanwhile is lost to us.
    """
    found = {}
    for pid in psutil.pids():
        try:
            if core in os.sched_getaffinity(pid):
                found[pid] = counters.cpu_ns(pid)
        except ProcessLookupError:
            continue
    return found


def _counted(bench: Bench) -> Outcome:
    with _serving(bench, [injecting(_LOGGING)]) as residents:
        reading = _loaded(bench, residents[0], _WARM_UP_S)
    log = residents[0].log.read_text()
    logged = log.count(f"POST /v1/{EQUATION} ")
    counts = (reading.ok, reading.injected_requests, logged)
    return Outcome(
        len(set(counts)) == 1 and reading.ok > 0,
        f"{reading.ok} answers came, {reading.injected_requests} were given, {logged} are logged",
    )


@contextmanager
def _serving(bench: Bench, stacks: Sequence[Stack]) -> Iterator[list[Resident]]:
    residents: list[Resident] = []
    try:
        for stack in stacks:
            residents.append(bench.engine.start(stack, 0))
            bench.engine.pause(residents[-1])
        yield residents
    finally:
        bench.engine.stop(residents)


def _loaded(
    bench: Bench, resident: Resident, window_s: float, *, closed: bool = False
) -> SliceReading:
    bench.engine.unpause(resident)
    load = Load(high_rate_hz(), LEAD_S, window_s, CONNECTIONS, seed=0, closed=closed)
    reading = bench.engine.slice(resident, load)
    bench.engine.pause(resident)
    return reading
