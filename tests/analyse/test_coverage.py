"""How often the intervals hold the truth, where the truth is known: simulated noise.

What fresh processes are lucky or unlucky with stays with them for a generation; each slice
has noise of its own, and so has each of its pieces; the machine's speed drifts from slice to slice;
now and then the host takes the core away within a piece, or a busy neighbour slows whole rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import trim_mean

from stackgap.analyse import contrasts
from stackgap.analyse.division import Division, divided
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.lattice import Contrast, minus
from stackgap.analyse.precision import WANTED_HALF_WIDTH
from stackgap.analyse.select import TRIMMED_SHARE
from stackgap.analyse.slowness import slowness
from tests.analyse.ladder import (
    CODEC,
    FRAMEWORK,
    KERNEL,
    LOG,
    SERVER,
    costs_us,
    factorial,
    servable,
    stack,
)

RUNS = 2000
ROUNDS = 6
PIECES = 4
CELLS = 4
GENERATION_NOISE = 0.02
SLICE_NOISE = 0.015
DRIFT = 0.025
DRIFT_LASTS_SLICES = 6.0
PIECE_NOISE = 0.03
PREEMPTED_CHANCE = 0.1
PREEMPTED = 1.0
BURST_CHANCE = 0.1
BURST = 0.4
# Of runs that grow: the generations after which the widths are looked at.
LENGTHS = range(10, 41, 5)

Logs = NDArray[np.float64]
"""ln cost over the true cost, shape (runs, generations, ROUNDS, cells, PIECES)."""

Costs = NDArray[np.float64]
"""Cost of each generation and cell, shape (generations, cells)."""


def simulated(
    rng: np.random.Generator,
    generations: int,
    *,
    runs: int = RUNS,
    cells: int = CELLS,
    burst_rounds: int = 1,
) -> Logs:
    """Runs in which a neighbour, once there, stays for `burst_rounds`."""
    lasting = rng.normal(0, GENERATION_NOISE, (runs, generations, 1, cells))
    passing = rng.normal(0, SLICE_NOISE, (runs, generations, ROUNDS, cells))
    begins = rng.random((runs, generations, ROUNDS, 1)) < BURST_CHANCE / burst_rounds
    bursts = begins.copy()
    for later in range(1, burst_rounds):
        bursts[:, :, later:] |= begins[:, :, :-later]
    # A burst does not hit every slice of its round alike.
    passing += bursts * BURST * rng.random(passing.shape)
    of_slices = lasting + passing + drift(rng, passing.shape)
    of_pieces = rng.normal(0, PIECE_NOISE, (*of_slices.shape, PIECES))
    preempted = rng.random(of_pieces.shape) < PREEMPTED_CHANCE
    of_pieces += preempted * PREEMPTED * rng.random(of_pieces.shape)
    of_pieces += of_slices[..., np.newaxis]
    return of_pieces


@cache
def order_of(cells: int) -> NDArray[np.int64]:
    """Which cell is measured when, in each round: shape (ROUNDS, cells)."""
    return np.array([np.random.default_rng(number).permutation(cells) for number in range(ROUNDS)])


def drift(rng: np.random.Generator, shape: tuple[int, ...]) -> Logs:
    """What changes by and by within a round, by cell."""
    kept = np.exp(-1 / DRIFT_LASTS_SLICES)
    passing = rng.normal(0, DRIFT, shape)
    for place in range(1, shape[-1]):
        passing[..., place] *= np.sqrt(1 - kept**2)
        passing[..., place] += kept * passing[..., place - 1]
    found = np.empty(shape)
    order = np.broadcast_to(order_of(shape[-1]), shape)
    np.put_along_axis(found, order, passing, axis=-1)
    return found


def costs_of(run: Logs) -> Costs:
    """As a run's costs are made: slow moments taken off, then the interquartile means."""
    freed = np.array([_freed(own) for own in run])
    return np.asarray(trim_mean(freed, TRIMMED_SHARE, axis=1))


def _freed(generation: Logs) -> Costs:
    """What pieces cost but for slow moments, shape (ROUNDS * PIECES, cells)."""
    order = order_of(generation.shape[1])
    rounds, cells = order.shape
    logs = np.take_along_axis(generation, order[..., np.newaxis], axis=1)
    of_slices = np.median(logs, axis=-1)
    slow = slowness(order.ravel(), np.repeat(np.arange(rounds), cells), of_slices.ravel())
    freed = np.exp(logs - slow.reshape(rounds, cells, 1))
    costs = np.empty_like(freed)
    np.put_along_axis(costs, order[..., np.newaxis], freed, axis=1)
    return costs.swapaxes(1, 2).reshape(-1, cells)


def log_ratios(run: Logs) -> list[float]:
    """One value a generation."""
    cost = costs_of(run)
    return [float(value) for value in np.log(cost[:, 0] / cost[:, 1])]


def pooled_log_ratios(run: Logs) -> list[float]:
    """One value a round of every generation, as if rounds were independent."""
    of_slices = np.median(run, axis=-1)
    return [float(value) for value in (of_slices[..., 0] - of_slices[..., 1]).ravel()]


def includes(estimate: Estimate, truth: float) -> bool:
    assert isinstance(estimate, Interval)
    return estimate.includes(truth)


@pytest.mark.parametrize("generations", [6, 10])
def test_the_interval_over_generations_covers_what_it_says(generations: int) -> None:
    runs = simulated(np.random.default_rng(generations), generations)
    coverage = np.mean([includes(contrasts.mean(log_ratios(run)), 0) for run in runs])
    assert 0.93 <= coverage <= 0.97


@pytest.mark.parametrize("generations", [6, 10])
def test_pooling_slices_would_cover_less(generations: int) -> None:
    runs = simulated(np.random.default_rng(generations), generations)
    coverage = np.mean([includes(contrasts.mean(pooled_log_ratios(run)), 0) for run in runs])
    assert coverage < 0.90


HELD_OUT = frozenset({LOG, KERNEL, CODEC})
LADDER = divided(factorial(servable(), held_out=[HELD_OUT]))
TRUE_US = costs_us(servable(), {frozenset({KERNEL, CODEC}): 12.0, frozenset({LOG, SERVER}): -5.0})


@dataclass(frozen=True)
class Ensemble:
    """Runs of the whole ladder, each as long as its intervals made it.

    `dearer` is how many times as much everything costs among such neighbours.
    """

    runs: Sequence[Costs]
    dearer: float


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    """Runs that grow from 10 generations to 40, by five, while an interval is wider than wanted."""
    rng = np.random.default_rng(5)
    finished: list[Costs] = []
    growing = [np.empty((0, len(TRUE_US)))] * RUNS
    for before, generations in pairwise([0, *LENGTHS]):
        added = generations - before
        more = simulated(rng, added, runs=len(growing), cells=len(TRUE_US), burst_rounds=2)
        grown = [np.vstack([old, costs_of(new)]) for old, new in zip(growing, more, strict=True)]
        wide = [widest(run) > WANTED_HALF_WIDTH and generations < LENGTHS[-1] for run in grown]
        growing = list(compress(grown, wide))
        finished += compress(grown, np.logical_not(wide))
    dearer = float(np.mean([run.mean() for run in finished]))
    return Ensemble([run * list(TRUE_US.values()) for run in finished], dearer)


def widest(run: Costs) -> float:
    """How far the widest ratio to the last cell reaches to either side, as a part of its middle."""
    logs = np.log(run[:, :-1] / run[:, -1:])
    errors = logs.std(axis=0, ddof=1) / len(run) ** 0.5
    return float(np.expm1(contrasts.t_quantile(len(run) - 1) * errors.max()))


def weights(contrast: Contrast) -> NDArray[np.float64]:
    return np.array([contrast.get(name, 0.0) for name in TRUE_US])


def ladder() -> Division:
    assert isinstance(LADDER, Division)
    return LADDER


def contrasts_of_the_ladder() -> dict[str, NDArray[np.float64]]:
    """What an attribution says, as weights on the stacks' costs."""
    found = {part.name: part.saved for part in ladder().parts}
    framework = next(part for part in ladder().parts if part.name == FRAMEWORK)
    assert framework.first_in is not None
    assert framework.last_in is not None
    prediction = ladder().predictions[stack(HELD_OUT)]
    assert prediction is not None
    found |= {
        "order": minus(framework.first_in, framework.last_in),
        "interaction": ladder().interactions[KERNEL, CODEC],
        "held out": minus({stack(HELD_OUT): 1.0}, prediction),
    }
    return {name: weights(contrast) for name, contrast in found.items()}


def test_runs_end_at_more_than_one_length(ensemble: Ensemble) -> None:
    assert len(ensemble.runs) == RUNS
    assert {len(run) for run in ensemble.runs} == {10, 15, 20, 25, 30}


@pytest.mark.parametrize(("name", "contrast"), contrasts_of_the_ladder().items())
def test_the_interval_of_a_part_covers_what_it_says(
    name: str, contrast: NDArray[np.float64], ensemble: Ensemble
) -> None:
    truth = float(contrast @ list(TRUE_US.values()))
    coverage = np.mean(
        [
            includes(contrasts.mean(list(run @ contrast)), ensemble.dearer * truth)
            for run in ensemble.runs
        ]
    )
    assert 0.93 <= coverage <= 0.97, name


@pytest.mark.parametrize(("name", "contrast"), contrasts_of_the_ladder().items())
def test_the_interval_of_a_share_covers_that_of_the_quiet_machine(
    name: str, contrast: NDArray[np.float64], ensemble: Ensemble
) -> None:
    gap = weights(ladder().gap)
    true_us = list(TRUE_US.values())
    truth = float(contrast @ true_us) / float(gap @ true_us)
    coverage = np.mean(
        [
            includes(contrasts.ratio_of_sums(list(run @ contrast), list(run @ gap)), truth)
            for run in ensemble.runs
        ]
    )
    assert 0.93 <= coverage <= 0.97, name


def test_the_interval_of_a_ratio_covers_what_it_says_though_runs_grow(ensemble: Ensemble) -> None:
    true_us = np.array(list(TRUE_US.values()))
    truths = np.log(true_us[:-1] / true_us[-1])
    covered = [
        [
            includes(contrasts.mean(list(logs)), float(truth))
            for logs, truth in zip(np.log(run[:, :-1] / run[:, -1:]).T, truths, strict=True)
        ]
        for run in ensemble.runs
    ]
    coverage = np.mean(covered, axis=0)
    assert 0.93 <= coverage.mean() <= 0.97
    # Each is known to 0.5 %, and the lowest of two dozen is low by chance too.
    assert coverage.min() >= 0.92
    assert coverage.max() <= 0.98
