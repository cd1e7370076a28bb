"""How a gap between two stacks divides into parts: which contrasts of costs make each.

The changes that can be made in any order, as far as such stacks can be served, form a lattice. A
part is what its change saves, the mean over all orders in which all changes can be made one at a
time (Shapley's value, on the sets that are there); changes that can only come last are parts of
their own. With one order only, a part is what its step saves given the earlier ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from stackgap.analyse.lattice import NONE, Changed, Contrast, Lattice, earliest, latest
from stackgap.records import Factorial


@dataclass(frozen=True)
class PartContrasts:
    """What of the costs makes one part."""

    name: str
    saved: Contrast
    first_in: Contrast | None = None
    last_in: Contrast | None = None


@dataclass(frozen=True)
class Division:
    """What of the costs makes everything that an attribution says, whatever they are.

    `stacks` are all whose costs it takes; `predictions` are of the stacks held out.
    """

    first: str
    last: str
    stacks: tuple[str, ...]
    orders: int
    parts: tuple[PartContrasts, ...]
    interactions: dict[tuple[str, str], Contrast]
    predictions: dict[str, Contrast | None]

    @property
    def gap(self) -> Contrast:
        """What all parts save together."""
        return {self.first: 1.0, self.last: -1.0}


def divided(factorial: Factorial) -> Division | str:
    """How the gap divides, or why it does not."""
    lattice = Lattice(factorial.members)
    names = [factor.name for factor in factorial.factors if factor.name in lattice.full]
    parts = _parts(lattice, names)
    if not parts:
        return (
            "its stacks lead from one end to the other neither by one change at a time "
            "nor in a single order"
        )
    previous = lattice.stack_of[lattice.full]
    for step in factorial.last:
        parts.append(PartContrasts(step.name, {previous: 1.0, step.stack: -1.0}))
        previous = step.stack
    others = [stack for stack in factorial.members if stack not in factorial.held_out]
    pairs = {pair: lattice.interaction(*pair) for pair in combinations(names, 2)}
    return Division(
        first=lattice.stack_of[NONE],
        last=previous,
        stacks=(*factorial.members, *(step.stack for step in factorial.last)),
        orders=max(lattice.chains(), 1),
        parts=tuple(parts),
        interactions={pair: found for pair, found in pairs.items() if found},
        predictions={stack: lattice.predicted(stack, others) for stack in factorial.held_out},
    )


def _parts(lattice: Lattice, names: Sequence[str]) -> list[PartContrasts]:
    """Those of the changes that do not come last; empty where there is no way to tell any."""
    if lattice.chains() > 1:
        return [_of_all_orders(lattice, name) for name in names]
    if sets := lattice.nested() or lattice.only_chain():
        return [_of_one_order(lattice, names, *own) for own in pairwise(sets)]
    return []


def _of_all_orders(lattice: Lattice, name: str) -> PartContrasts:
    edges = lattice.of_factor(name)
    return PartContrasts(
        name,
        lattice.saved(edges),
        first_in=lattice.saved(earliest(edges)),
        last_in=lattice.saved(latest(edges)),
    )


def _of_one_order(
    lattice: Lattice, names: Sequence[str], before: Changed, after: Changed
) -> PartContrasts:
    """Factors that are changed together stay one part."""
    name = " + ".join(name for name in names if name in after - before)
    return PartContrasts(name, {lattice.stack_of[before]: 1.0, lattice.stack_of[after]: -1.0})
