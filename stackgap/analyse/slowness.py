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
    `log_cost` is -inf or inf for a slice that says nothing. It is the median of the slices of
    other cells, each counting by how near it is and held against what is usual for its own cell:
    so nothing that a cell costs, nor its own noise, nor what met one neighbour alone, is taken for
    the machine's. 0 where there is no other.
    """
    told = np.isfinite(log_cost)
    cost = np.where(told, log_cost, 0.0)
    found = np.zeros(len(cell))
    rounds = [np.flatnonzero(round_ == number) for number in np.unique(round_)]
    nearness = [_nearness(cell[own], told[own]) for own in rounds]
    for _ in range(_PASSES if told.any() else 0):
        beyond = cost - _usual(cell, told, cost - found)[cell]
        beyond -= np.median(beyond[told])
        for own, weights in zip(rounds, nearness, strict=True):
            found[own] = _weighted_median(beyond[own], weights)
    return found


def _nearness(cell: NDArray[np.int64], told: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much each slice of a round says of each, by row: only others do, that say something."""
    place = np.arange(len(cell))
    weights: NDArray[np.float64] = np.exp(-np.abs(place[:, None] - place[None, :]) / REACH_SLICES)
    weights *= (cell[:, None] != cell[None, :]) & told[None, :]
    return weights


def _usual(
    cell: NDArray[np.int64], told: NDArray[np.bool_], cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The median of each cell's slices that say something; 0 where none does."""
    counts = np.bincount(cell[told], minlength=cell.max() + 1)
    ascending = np.append(cost[told][np.lexsort((cost[told], cell[told]))], 0.0)
    first = np.cumsum(counts) - counts
    lower, upper = ascending[first + np.maximum(counts - 1, 0) // 2], ascending[first + counts // 2]
    return np.where(counts, (lower + upper) / 2, 0.0)


def _weighted_median(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of each row of weights: the value at which half of them is reached; 0 where all are 0."""
    ascending = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[:, ascending], axis=1)
    middle = (reached >= reached[:, -1:] / 2).argmax(axis=1)
    return np.where(reached[:, -1] > 0, values[ascending][middle], 0.0)
