"""Contenders that take turns: limits kept, broken, and those that cannot be told."""

from collections.abc import Callable
from random import Random

import pytest

from stackgap.analyse.interval import Interval
from stackgap.workshop.timing import MOST_TURNS, Limit, Turns, judged


def _taking(seconds: float, noise: float = 0.0, seed: int = 1) -> Callable[[], dict[str, float]]:
    random = Random(seed)
    return lambda: {"a call": seconds * random.lognormvariate(0, noise)}


def _turns(own: float, noise: float = 0.02) -> Turns:
    contenders = {
        "baseline": _taking(10.0, noise, 1),
        "solution": _taking(1.0, noise, 2),
        "own": _taking(own, noise, 3),
    }
    return Turns(contenders, Random(4))


LIMIT = Limit("a call", "solution", 2.0)


@pytest.mark.parametrize(("own", "state"), [(1.0, "kept"), (1.02, "kept"), (3.0, "broken")])
def test_a_limit_is_seen_to_be_kept_or_broken(own: float, state: str) -> None:
    (found,) = judged(_turns(own), [LIMIT])
    assert found.state == state
    assert isinstance(found.estimate, Interval)
    assert found.estimate.estimate == pytest.approx(own, rel=0.03)


def test_what_lies_on_the_limit_stays_open_and_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = _turns(2.0, noise=0.3)
    taken = 0
    take = turns.take

    def counted(more: int) -> None:
        nonlocal taken
        taken += more
        take(more)

    monkeypatch.setattr(turns, "take", counted)
    (found,) = judged(turns, [LIMIT])
    assert found.state == "open"
    assert taken == MOST_TURNS


def test_one_broken_limit_is_enough() -> None:
    found = judged(_turns(3.0), [Limit("a call", "baseline", 0.5), LIMIT])
    assert [each.state for each in found] == ["kept", "broken"]
