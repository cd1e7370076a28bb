"""Checks of attributions: is what is planted at several places found at each, and nothing else?"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import msgspec

from stackgap.analyse import burned, contrasts, select
from stackgap.analyse.attribution import at_rate
from stackgap.analyse.cells import Measured, measured
from stackgap.analyse.division import divided
from stackgap.analyse.gates import gates
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.summary import Attribution
from stackgap.factorial import between, factors
from stackgap.records import AnyRecord, Cell, Factor, Factorial
from stackgap.run.selftest.bench import (
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

# Its codec and its kernel are functions of their own, so that each can be made to cost more.
_BASE = "asgi-quiet-rustcodec-python"
_CODEC_US = 150
_KERNEL_US = 80
# On top where codec and kernel both cost more.
_BOTH_US = 60
_WIDEST_US = 15.0
_NULL_US = 10.0
_CODEC, _KERNEL, _NOTHING = "Codec", "Kernel", "Nothing"

_SHORT_RUN = (
    "fastapi-stock-python",
    "fastapi-stock-rust",
    "fastapi-quiet-python",
    "fastapi-quiet-rust",
    "axum-stock",
)
_SHORT_RUN_ROUNDS = 8
_AGREEING_SHARE = 0.93


def checks(scale: Scale) -> list[Check]:
    """The checks of attributions; that of repeated runs only where it is asked for."""
    planted = Check(
        f"{_CODEC_US} us in the codec, {_KERNEL_US} us in the kernel and {_BOTH_US} us where both "
        "are, planted at once, are each found where they are",
        scale.divided,
        scale.divided,
        lambda bench, _: _planted(bench),
    )
    repeated = Check(
        f"{scale.repeated} pairs of independent runs agree on {_AGREEING_SHARE:.0%} of the parts",
        1,
        1,
        lambda bench, _: _repeated(bench, scale.repeated),
    )
    return [planted, repeated] if scale.repeated else [planted]


def _planted(bench: Bench) -> Outcome:
    members = {
        _with(codec=codec, kernel=kernel, again=again): _names(codec, kernel, again)
        for codec, kernel, again in product((True, False), repeat=3)
    }
    factorial = Factorial(
        factors=[Factor(name, "", True, False) for name in (_CODEC, _KERNEL, _NOTHING)],
        members={stack.name: changed for stack, changed in members.items()},
        last=[],
        held_out=[],
    )
    records = _run(bench, "planted", list(members), factorial, rounds=PRECISE_ROUNDS)
    found = _attribution(factorial, _without_burned(records))
    if found is None:
        return Outcome(False, "no attribution: too few good generations")
    unexplained = {part.name: part.saved_us for part in found.parts}
    together = {frozenset(each.factors): each.us for each in found.interactions}
    both_us = together[frozenset({_CODEC, _KERNEL})]
    held = (
        *(_covers(unexplained[name], 0.0, _WIDEST_US) for name in (_CODEC, _KERNEL)),
        _stays_within(unexplained[_NOTHING], _NULL_US),
        _covers(both_us, 0.0, _WIDEST_US),
    )
    figures = [f"{name} {shown(estimate)} us" for name, estimate in unexplained.items()]
    return Outcome(
        all(held),
        f"left when what was burned is taken off: {', '.join(figures)}; "
        f"interaction {shown(both_us)} us",
    )


def _with(*, codec: bool, kernel: bool, again: bool) -> Stack:
    stack = injecting(
        _BASE,
        inject_codec_us=_CODEC_US * codec,
        inject_kernel_us=_KERNEL_US * kernel,
        inject_cpu_us=_BOTH_US * (codec and kernel),
    )
    return msgspec.structs.replace(stack, name=f"{stack.name}+again") if again else stack


def _names(codec: bool, kernel: bool, again: bool) -> list[str]:
    """The factors that are changed: what is no longer planted."""
    return [
        name
        for name, changed in ((_CODEC, not codec), (_KERNEL, not kernel), (_NOTHING, again))
        if changed
    ]


def _repeated(bench: Bench, pairs: int) -> Outcome:
    stacks = [find(name) for name in _SHORT_RUN]
    factorial = between(stacks, factors())
    assert factorial is not None
    agreeing = compared = 0
    for _ in range(pairs):
        one, other = (
            _attribution(
                factorial,
                _measured(_run(bench, "repeated", stacks, factorial, rounds=_SHORT_RUN_ROUNDS)),
            )
            for _ in range(2)
        )
        if one is None or other is None:
            return Outcome(False, "no attribution: too few good generations")
        for part, again in zip(one.parts, other.parts, strict=True):
            compared += 1
            difference = contrasts.independent_difference(part.saved_us, again.saved_us)
            agreeing += isinstance(difference, Interval) and difference.includes(0.0)
    return Outcome(
        agreeing >= _AGREEING_SHARE * compared,
        f"{agreeing} of {compared} parts differ by no more than chance",
    )


def _run(
    bench: Bench, name: str, stacks: Sequence[Stack], factorial: Factorial, *, rounds: int
) -> list[AnyRecord]:
    cells = [Cell(stack.name, "high", high_rate_hz()) for stack in stacks]
    return bench.run(name, stacks, cells, rounds=rounds, factorial=factorial)


def _measured(records: Sequence[AnyRecord]) -> Measured:
    begun = select.generations(records)
    usable = [generation for generation in begun if generation.usable]
    return measured(_SHORT_RUN[-1], usable, gates(begun))


def _without_burned(records: Sequence[AnyRecord]) -> Measured:
    """The same with every cost less what the server says it burned on purpose."""
    run = _measured(records)
    return replace(run, costs=burned.taken_off(run.costs, records))


def _attribution(factorial: Factorial, run: Measured) -> Attribution | None:
    division = divided(factorial)
    assert not isinstance(division, str), division
    found = at_rate(division, run, high_rate_hz())
    return found if isinstance(found, Attribution) else None


def _covers(estimate: Estimate, value: float, widest: float) -> bool:
    return (
        isinstance(estimate, Interval)
        and estimate.includes(value)
        and estimate.half_width <= widest
    )


def _stays_within(estimate: Estimate, bound: float) -> bool:
    return isinstance(estimate, Interval) and abs(estimate.estimate) <= bound
