"""Stacks between two ends, and games on them: what each costs, made up."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, combinations

from stackgap.records import Factor, Factorial, Step

Changed = frozenset[str]

LOG, KERNEL, CODEC, FRAMEWORK, SERVER = "log", "kernel", "codec", "framework", "server"
FACTORS = (LOG, KERNEL, CODEC, FRAMEWORK, SERVER)
FUSED, AXUM = "fused", "axum"
LAST = (("fused bytes", FUSED), ("process", AXUM))


def stack(changed: Collection[str]) -> str:
    """The name of the stack that has changed these."""
    return "+".join(factor for factor in FACTORS if factor in changed) or "start"


def subsets(factors: Sequence[str]) -> list[Changed]:
    sizes = range(len(factors) + 1)
    return [frozenset(own) for own in chain(*(combinations(factors, size) for size in sizes))]


def servable(factors: Sequence[str] = FACTORS) -> list[Changed]:
    """All sets but those with the server changed under an access log: 24 of the 32."""
    return [own for own in subsets(factors) if SERVER not in own or LOG in own]


def factorial(
    sets: Collection[Changed],
    held_out: Collection[Changed] = (),
    last: Sequence[tuple[str, str]] = LAST,
) -> Factorial:
    return Factorial(
        factors=[Factor(name, name, "before", "after") for name in FACTORS],
        members={stack(own): sorted(own) for own in sets},
        last=[Step(name, leads_to) for name, leads_to in last],
        held_out=[stack(own) for own in held_out],
    )


# What each change saves, in microseconds of CPU per request.
SAVED_US: Mapping[str, float] = {
    LOG: 50.0, KERNEL: 30.0, CODEC: 40.0, FRAMEWORK: 70.0, SERVER: 20.0,
}  # fmt: skip
START_US = 300.0
FUSED_SAVES_US = 5.0
AXUM_US = 45.0


def additive_us(changed: Collection[str], both: Mapping[Changed, float] | None = None) -> float:
    """What a stack costs. A pair of `both` saves that much less together than by themselves."""
    overlap_us = sum(us for pair, us in (both or {}).items() if pair <= set(changed))
    return START_US - sum(SAVED_US[factor] for factor in changed) + overlap_us


def costs_us(
    sets: Collection[Changed], both: Mapping[Changed, float] | None = None
) -> dict[str, float]:
    """By stack, with the last steps after the end of `sets`."""
    full = frozenset(chain(*sets))
    known = {stack(own): additive_us(own, both) for own in sets}
    return known | {FUSED: additive_us(full, both) - FUSED_SAVES_US, AXUM: AXUM_US}
