"""The stacks between two ends as sets of changed factors, and the contrasts of their costs.

Every figure of an attribution is linear in the costs, so each is made as weights on stacks: they
depend on which stacks there are, never on what these cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Changed = frozenset[str]
"""The factors that a stack has changed."""

Contrast = dict[str, float]
"""Weights on the costs of stacks, by name."""

NONE: Changed = frozenset()
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Edge:
    """A change of one factor between two stacks that are there, and how many chains make it."""

    factor: str
    before: Changed
    after: Changed
    chains: int


class Lattice:
    """The sets that can be served: `members` gives the changed factors of each stack.

    A chain is a way from no change to `full`, all that any stack has changed, by one factor at a
    time over stacks that are there. Raises ValueError where two stacks have changed the same.
    """

    def __init__(self, members: Mapping[str, Sequence[str]]) -> None:
        self.stack_of: dict[Changed, str] = {}
        for stack, changed in members.items():
            other = self.stack_of.setdefault(frozenset(changed), stack)
            if other != stack:
                raise ValueError(f"stacks {other!r} and {stack!r} have changed the same factors")
        self.full: Changed = NONE.union(*self.stack_of)
        self.edges = self._edges()

    def chains(self) -> int:
        """How many there are."""
        return sum(edge.chains for edge in self.edges if edge.before == NONE)

    def of_factor(self, factor: str) -> list[Edge]:
        """The edges at which chains change `factor`: every chain has one of them."""
        return [edge for edge in self.edges if edge.factor == factor]

    def saved(self, edges: Sequence[Edge]) -> Contrast:
        """What `edges` save: the mean over the chains through them, each of equal weight."""
        total = sum(edge.chains for edge in edges)
        contrast: Contrast = {}
        for edge in edges:
            _add(contrast, self.stack_of[edge.before], edge.chains / total)
            _add(contrast, self.stack_of[edge.after], -edge.chains / total)
        return contrast

    def nested(self) -> list[Changed] | None:
        """All sets by size, if each holds the one before and they reach from no change to all."""
        ordered = sorted(self.stack_of, key=len)
        whole = NONE in self.stack_of and self.full in self.stack_of
        return ordered if whole and all(less < more for less, more in pairwise(ordered)) else None

    def only_chain(self) -> list[Changed] | None:
        """The sets on the chain, if there is one and no other."""
        if self.chains() != 1:
            return None
        return [NONE, *(edge.after for edge in self.edges)]

    def interaction(self, one: str, other: str) -> Contrast | None:
        """How much more `one` saves before `other` is changed than after, and the other way round.

        The mean over all sets that are there with neither, either and both; None without any.
        """
        corners = [
            (found, found | {one}, found | {other}, found | {one, other})
            for found in self.stack_of
            if one not in found and other not in found
        ]
        whole = [own for own in corners if all(corner in self.stack_of for corner in own)]
        contrast: Contrast = {}
        for own in whole:
            for corner, sign in zip(own, (1, -1, -1, 1), strict=True):
                _add(contrast, self.stack_of[corner], sign / len(whole))
        return contrast or None

    def predicted(self, stack: str, others: Sequence[str]) -> Contrast | None:
        """The cost of `stack` by least squares on `others`: a constant, main effects of the
        factors, interactions of each two.

        None where that model on those stacks does not determine it.
        """
        terms = self._terms()
        known = np.array([[term <= self._changed(other) for term in terms] for other in others])
        wanted = np.array([term <= self._changed(stack) for term in terms], dtype=np.float64)
        if not known.size:
            return None
        design = known.astype(np.float64)
        weights = np.linalg.pinv(design).T @ wanted
        if not np.allclose(weights @ design, wanted, atol=_ROUNDING):
            return None
        return dict(zip(others, map(float, weights), strict=True))

    def _changed(self, stack: str) -> Changed:
        return next(changed for changed, name in self.stack_of.items() if name == stack)

    def _terms(self) -> list[Changed]:
        factors = sorted(self.full)
        pairs = [frozenset({a, b}) for index, a in enumerate(factors) for b in factors[:index]]
        return [NONE, *(frozenset({factor}) for factor in factors), *pairs]

    def _edges(self) -> list[Edge]:
        """Those on chains. How many ways lead to a set and on from it is added up by size, so that
        no chain is ever written out."""
        by_size = sorted(self.stack_of, key=len)
        ways_to = {changed: int(changed == NONE) for changed in by_size}
        for after in by_size:
            for factor in after:
                ways_to[after] += ways_to.get(after - {factor}, 0)
        ways_on = {changed: int(changed == self.full) for changed in by_size}
        for before in reversed(by_size):
            for factor in self.full - before:
                ways_on[before] += ways_on.get(before | {factor}, 0)
        edges = [
            Edge(factor, before, after, ways_to[before] * ways_on.get(after, 0))
            for before in by_size
            for factor in sorted(self.full - before)
            for after in [before | {factor}]
        ]
        return [edge for edge in edges if edge.chains]


def earliest(edges: Sequence[Edge]) -> list[Edge]:
    """Those of `edges` before which the fewest factors are changed."""
    first = min(len(edge.before) for edge in edges)
    return [edge for edge in edges if len(edge.before) == first]


def latest(edges: Sequence[Edge]) -> list[Edge]:
    """Those of `edges` before which the most factors are changed."""
    last = max(len(edge.before) for edge in edges)
    return [edge for edge in edges if len(edge.before) == last]


def minus(one: Contrast, other: Contrast) -> Contrast:
    """The contrast of two contrasts."""
    contrast = dict(one)
    for stack, weight in other.items():
        _add(contrast, stack, -weight)
    return contrast


def _add(contrast: Contrast, stack: str, weight: float) -> None:
    contrast[stack] = contrast.get(stack, 0.0) + weight
