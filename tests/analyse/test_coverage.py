"""How often the intervals hold the truth, where the truth is known: simulated noise.

What fresh processes are lucky or unlucky with stays with them for a generation; each slice
has noise of its own; now and then a busy neighbour slows a whole round.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Interval
from stackgap.analyse.select import kept_rounds

RUNS = 1500
ROUNDS = 6
CELLS = 4
GENERATION_NOISE = 0.02
SLICE_NOISE = 0.03
BURST_CHANCE = 0.1
BURST = 0.5

Logs = NDArray[np.float64]
"""ln cost over the true cost, shape (RUNS, generations, ROUNDS, CELLS)."""


def simulated(generations: int) -> Logs:
    rng = np.random.default_rng(generations)
    lasting = rng.normal(0, GENERATION_NOISE, (RUNS, generations, 1, CELLS))
    passing = rng.normal(0, SLICE_NOISE, (RUNS, generations, ROUNDS, CELLS))
    # A burst does not hit every slice of its round alike.
    bursts = rng.random((RUNS, generations, ROUNDS, 1)) < BURST_CHANCE
    return lasting + passing + bursts * BURST * rng.random(passing.shape)


def log_ratios(run: Logs) -> list[float]:
    """One value a generation, as a run's costs are made: slow rounds dropped, the rest summed."""
    kept = [np.exp(generation)[kept_rounds(np.exp(generation))].sum(axis=0) for generation in run]
    return [float(np.log(cost[0] / cost[1])) for cost in kept]


def pooled_log_ratios(run: Logs) -> list[float]:
    """One value a round of every generation, as if rounds were independent."""
    differences = run[..., 0] - run[..., 1]
    return [float(value) for value in differences.ravel()]


def covered(values: list[float]) -> bool:
    estimate = contrasts.mean(values)
    assert isinstance(estimate, Interval)
    return estimate.includes(0.0)


@pytest.mark.parametrize("generations", [6, 10])
def test_the_interval_over_generations_covers_what_it_says(generations: int) -> None:
    coverage = np.mean([covered(log_ratios(run)) for run in simulated(generations)])
    assert 0.93 <= coverage <= 0.97


@pytest.mark.parametrize("generations", [6, 10])
def test_pooling_slices_would_cover_less(generations: int) -> None:
    coverage = np.mean([covered(pooled_log_ratios(run)) for run in simulated(generations)])
    assert coverage < 0.90
