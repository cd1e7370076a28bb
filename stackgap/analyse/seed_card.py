"""The original claim, held against this machine: one stack's 13 % of a core, another's 3 %."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stackgap.analyse import contrasts
from stackgap.analyse.cells import Measured, base_costs, ratio_by_mean, verdict_on
from stackgap.analyse.interval import Interval
from stackgap.analyse.summary import RateFor, SeedCard, SharesAtRate, StackSummary
from stackgap.placement import contained, split
from stackgap.records import Cell


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

    def inside(self, container: str) -> "Pair":
        """The same in containers of that kind; itself for none."""
        if not container:
            return self
        fastapi, axum = (contained(name, container) for name in (self.fastapi, self.axum))
        return Pair(f"{self.title}; in containers ({container})", fastapi, axum)


PAIRS = (
    Pair("As quick starts: FastAPI logs, Axum does not", "fastapi-quickstart", "axum-quickstart"),
    Pair("At equal work: neither logs", "fastapi-quiet-python", "axum-stock"),
)

Side = Literal["above", "below"]

Shares = dict[float, dict[int, float]]
"""Parts of one core by rate in requests per second, ascending, and generation number."""


def seed_cards(run: Measured, stacks: Mapping[str, StackSummary]) -> tuple[SeedCard, ...]:
    """A card for each of PAIRS of which both stacks were measured, as processes or in containers
    of one kind."""
    kinds = dict.fromkeys(split(name)[1] for name in stacks)
    chosen = [pair.inside(kind) for kind in kinds for pair in PAIRS]
    pairs = [(pair, _cells(run, pair.fastapi), _cells(run, pair.axum)) for pair in chosen]
    return tuple(
        _card(pair, fastapi, axum, run, stacks) for pair, fastapi, axum in pairs if fastapi and axum
    )


def _cells(run: Measured, stack: str) -> dict[float, Cell]:
    """The cells of a stack's replica 0, by rate, ascending."""
    found = {cell.rate_hz: cell for cell in run.costs if (cell.stack, cell.replica) == (stack, 0)}
    return dict(sorted(found.items()))


def _shares(cells: Mapping[float, Cell], run: Measured) -> Shares:
    """What a stack takes: rate times cost."""
    return {
        rate_hz: {number: rate_hz * cost_ns * 1e-9 for number, cost_ns in run.costs[cell].items()}
        for rate_hz, cell in cells.items()
    }


def rate_for(stack: str, core_share: float, measured: Shares) -> RateFor:
    """Where `stack` takes `core_share` of a core, by linear interpolation in each generation.

    `measured` has at least one rate.
    """
    numbers = set.intersection(*(set(by_generation) for by_generation in measured.values()))
    curves = [
        [(rate_hz, measured[rate_hz][number]) for rate_hz in measured] for number in sorted(numbers)
    ]
    sides = [_side(curve, core_share) for curve in curves]
    side = next((side for side in sides if side is not None), None)
    if side:
        # Where the generations disagree, it may be on either side of the edge.
        between_hz = _beyond(side, measured) if set(sides) == {side} else None
        return RateFor(stack, core_share, None, _said(side, measured), between_hz)
    if not curves:
        return RateFor(stack, core_share, None, None, None)
    rate_hz = contrasts.mean([_interpolated(curve, core_share) for curve in curves])
    between_hz = (rate_hz.low, rate_hz.high) if isinstance(rate_hz, Interval) else None
    return RateFor(stack, core_share, rate_hz, None, between_hz)


def _card(
    pair: Pair,
    fastapi: Mapping[float, Cell],
    axum: Mapping[float, Cell],
    run: Measured,
    stacks: Mapping[str, StackSummary],
) -> SeedCard:
    fastapi_rate = rate_for(pair.fastapi, CLAIM.fastapi_core_share, _shares(fastapi, run))
    axum_rate = rate_for(pair.axum, CLAIM.axum_core_share, _shares(axum, run))
    return SeedCard(
        title=pair.title,
        fastapi=fastapi_rate,
        axum=axum_rate,
        one_rate=_can_be_one(fastapi_rate, axum_rate),
        at_equal_rates=tuple(
            _at_equal_rate(fastapi[rate_hz], axum[rate_hz], run)
            for rate_hz in fastapi
            if rate_hz in axum
        ),
        fastapi_loaded_mib=stacks[pair.fastapi].loaded_anonymous_mib,
        axum_loaded_mib=stacks[pair.axum].loaded_anonymous_mib,
    )


def _at_equal_rate(fastapi: Cell, axum: Cell, run: Measured) -> SharesAtRate:
    of_fastapi, of_axum = (
        contrasts.mean(list(run.costs[cell].values())).scaled(cell.rate_hz * 1e-9)
        for cell in (fastapi, axum)
    )
    ratio = contrasts.ratio(run.costs[fastapi], base_costs(run.costs, fastapi, axum))
    said = verdict_on(fastapi, axum, ratio, ratio_by_mean(fastapi, axum, run), run)
    return SharesAtRate(fastapi.rate_hz, of_fastapi, of_axum, ratio, said)


def _side(curve: Sequence[tuple[float, float]], core_share: float) -> Side | None:
    """On which side of the measured rates `core_share` is taken, if not between them."""
    (_, least), (_, most) = curve[0], curve[-1]
    if core_share > most:
        return "above"
    if core_share < least:
        return "below"
    return None


def _said(side: Side, measured: Shares) -> str:
    rates_hz = list(measured)
    edge_hz, which = (rates_hz[-1], "highest") if side == "above" else (rates_hz[0], "lowest")
    return (
        f"{side} {edge_hz:,.10g} req/s, the {which if len(rates_hz) > 1 else 'only'} rate measured"
    )


def _beyond(side: Side, measured: Shares) -> tuple[float, float]:
    rates_hz = list(measured)
    return (rates_hz[-1], math.inf) if side == "above" else (0.0, rates_hz[0])


def _interpolated(curve: Sequence[tuple[float, float]], core_share: float) -> float:
    rates_hz, measured = zip(*curve, strict=True)
    return float(np.interp(core_share, measured, rates_hz))


def _can_be_one(a: RateFor, b: RateFor) -> bool | None:
    if a.between_hz is None or b.between_hz is None:
        return None
    if a.between_hz[0] > b.between_hz[1] or b.between_hz[0] > a.between_hz[1]:
        return False
    # Where they overlap beyond the measured rates nothing was seen that would tell them apart.
    return True if a.rate_hz is not None and b.rate_hz is not None else None
