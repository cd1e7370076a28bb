"""Is it faster? Contenders take turns in random order, and ratios are taken within a turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from random import Random
from typing import Literal

from stackgap.analyse import contrasts
from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval

Measure = Callable[[], Mapping[str, float]]
"""One turn of a contender: seconds, or another cost, by the name of the quantity."""

MOST_TURNS = 4 * MIN_GENERATIONS


@dataclass(frozen=True)
class Limit:
    """The participant's `quantity` may be at most so many times that of another contender."""

    quantity: str
    over: Literal["solution", "baseline"]
    at_most: float


@dataclass(frozen=True)
class Ratio:
    """What was found for a limit; `state` is whether it is kept."""

    limit: Limit
    estimate: Estimate

    @property
    def state(self) -> Literal["kept", "broken", "open"]:
        """Open while the interval holds the limit, or there is none."""
        if not isinstance(self.estimate, Interval):
            return "open"
        if self.estimate.high <= self.limit.at_most:
            return "kept"
        return "broken" if self.estimate.low > self.limit.at_most else "open"


class Turns:
    """What the contenders took, turn by turn."""

    def __init__(self, contenders: Mapping[str, Measure], random: Random) -> None:
        self._contenders = contenders
        self._random = random
        self._taken: list[dict[str, Mapping[str, float]]] = []

    def take(self, turns: int) -> None:
        """So many turns more, all contenders in each."""
        for _ in range(turns):
            order = list(self._contenders)
            self._random.shuffle(order)
            self._taken.append({name: self._contenders[name]() for name in order})

    def ratio(self, quantity: str, over: str) -> Estimate:
        """The participant's over another's, over turns."""
        logarithms = [
            log(turn["own"][quantity]) - log(turn[over][quantity]) for turn in self._taken
        ]
        return contrasts.exponentiated(contrasts.mean(logarithms))


def judged(turns: Turns, limits: Sequence[Limit]) -> list[Ratio]:
    """Takes turns until each limit is seen to be kept or broken, or it has been enough."""
    taken = 0
    while True:
        more = max(MIN_GENERATIONS, taken)
        turns.take(more)
        taken += more
        found = [Ratio(limit, turns.ratio(limit.quantity, limit.over)) for limit in limits]
        settled = all(each.state == "kept" for each in found)
        broken = any(each.state == "broken" for each in found)
        if settled or broken or taken >= MOST_TURNS:
            return found
