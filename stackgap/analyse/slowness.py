"""How slow the machine was while a slice was measured, as the slices around it show."""

import numpy as np
from numpy.typing import NDArray

# A neighbour's disturbance lasts for some slices: what was measured just before and after knows of
# it, what was measured a dozen slices away does not.
REACH_SLICES = 2.0
_PASSES = 3


def slowness(
    cell: NDArray[np.int64], round_: NDArray[np.int64], log_cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The logarithm of how many times as much as usual a slice cost, by others of its round.

    All of shape (slices,), in the order of measuring; `cell` and `round_` number them, and
    `log_cost` is -inf or inf for a slice that says nothing. Each slice of another cell counts by
    how near it is, held against what is usual for its own cell: so nothing that a cell costs, nor
    its own noise, is taken for the machine's. 0 where there is no other.
    """
    place = np.arange(len(cell))
    nearness = np.exp(-np.abs(place[:, None] - place[None, :]) / REACH_SLICES)
    nearness *= (cell[:, None] != cell[None, :]) & (round_[:, None] == round_[None, :])
    told = np.isfinite(log_cost)
    nearness[:, ~told] = 0.0
    total = nearness.sum(axis=1)
    weight = nearness / np.where(total > 0, total, 1.0)[:, None]
    cost = np.where(told, log_cost, 0.0)
    found = np.zeros(len(cell))
    for _ in range(_PASSES):
        beyond = cost - _usual(cell, told, cost - found)[cell]
        found = weight @ np.where(told, beyond - beyond[told].mean() if told.any() else 0.0, 0.0)
    return found


def _usual(
    cell: NDArray[np.int64], told: NDArray[np.bool_], cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of each cell's slices that say something."""
    counts = np.bincount(cell, told)
    return np.bincount(cell, np.where(told, cost, 0.0)) / np.where(counts > 0, counts, 1.0)
