"""The original claim, held against this machine: one stack's 13 % of a core, another's 3 %."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.select import Costs
from stackgap.analyse.summary import RateFor, SeedCard, SharesAtRate, StackSummary


@dataclass(frozen=True)
class Claim:
    """What was said: no rate, no equations, no versions."""

    fastapi_core_share: float
    axum_core_share: float
    fastapi_memory_mb: float
    axum_memory_mb: float


CLAIM = Claim(
    fastapi_core_share=0.13, axum_core_share=0.03, fastapi_memory_mb=55, axum_memory_mb=3.5
)


@dataclass(frozen=True)
class Pair:
    """A FastAPI and an Axum stack that the claim can be held against."""

    title: str
    fastapi: str
    axum: str


PAIRS = (
    Pair("As quick starts: FastAPI logs, Axum does not", "fastapi-quickstart", "axum-quickstart"),
    Pair("At equal work: neither logs", "fastapi-quiet-python", "axum-stock"),
)

Shares = dict[float, dict[int, float]]
"""Parts of one core by rate in requests per second, ascending, and generation number."""


def seed_cards(costs: Costs, stacks: Mapping[str, StackSummary]) -> tuple[SeedCard, ...]:
    """A card for each of PAIRS of which both stacks were measured."""
    pairs = [(pair, shares(costs, pair.fastapi), shares(costs, pair.axum)) for pair in PAIRS]
    return tuple(
        _card(pair, fastapi, axum, stacks) for pair, fastapi, axum in pairs if fastapi and axum
    )


def shares(costs: Costs, stack: str) -> Shares:
    """What a stack's replica 0 takes: rate times cost, at each rate it was measured at."""
    found = {
        cell.rate_hz: {
            number: cell.rate_hz * cost_ns * 1e-9 for number, cost_ns in by_generation.items()
        }
        for cell, by_generation in costs.items()
        if cell.stack == stack and cell.replica == 0
    }
    return dict(sorted(found.items()))


def rate_for(stack: str, core_share: float, measured: Shares) -> RateFor:
    """Where `stack` takes `core_share` of a core, by linear interpolation in each generation.

    `measured` has at least one rate.
    """
    numbers = set.intersection(*(set(by_generation) for by_generation in measured.values()))
    curves = [
        [(rate_hz, measured[rate_hz][number]) for rate_hz in measured] for number in sorted(numbers)
    ]
    outside = next(filter(None, (_side(curve, core_share) for curve in curves)), None)
    if outside or not curves:
        return RateFor(stack, core_share, None, outside)
    rates_hz = [_interpolated(curve, core_share) for curve in curves]
    return RateFor(stack, core_share, contrasts.mean(rates_hz), None)


def _card(
    pair: Pair, fastapi: Shares, axum: Shares, stacks: Mapping[str, StackSummary]
) -> SeedCard:
    fastapi_rate = rate_for(pair.fastapi, CLAIM.fastapi_core_share, fastapi)
    axum_rate = rate_for(pair.axum, CLAIM.axum_core_share, axum)
    return SeedCard(
        title=pair.title,
        fastapi=fastapi_rate,
        axum=axum_rate,
        one_rate=_overlap(fastapi_rate.rate_hz, axum_rate.rate_hz),
        at_equal_rates=tuple(
            SharesAtRate(
                rate_hz,
                contrasts.mean(list(fastapi[rate_hz].values())),
                contrasts.mean(list(axum[rate_hz].values())),
            )
            for rate_hz in fastapi
            if rate_hz in axum
        ),
        fastapi_loaded_mib=stacks[pair.fastapi].loaded_anonymous_mib,
        axum_loaded_mib=stacks[pair.axum].loaded_anonymous_mib,
    )


def _side(curve: Sequence[tuple[float, float]], core_share: float) -> str | None:
    """Where `core_share` lies if not between the shares of the lowest and the highest rate."""
    (lowest_hz, least), (highest_hz, most) = curve[0], curve[-1]
    if core_share > most:
        return f"above {highest_hz:,.10g} req/s, {_called('highest', curve)}"
    if core_share < least:
        return f"below {lowest_hz:,.10g} req/s, {_called('lowest', curve)}"
    return None


def _called(which: str, curve: Sequence[tuple[float, float]]) -> str:
    return f"the {which if len(curve) > 1 else 'only'} rate measured"


def _interpolated(curve: Sequence[tuple[float, float]], core_share: float) -> float:
    rates_hz, measured = zip(*curve, strict=True)
    return float(np.interp(core_share, measured, rates_hz))


def _overlap(a: Estimate | None, b: Estimate | None) -> bool | None:
    if not isinstance(a, Interval) or not isinstance(b, Interval):
        return None
    return a.low <= b.high and b.low <= a.high
