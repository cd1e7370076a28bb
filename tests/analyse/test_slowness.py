"""What neighbours tell of the machine, and that nothing a stack costs is taken for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stackgap.analyse.slowness import slowness

CELLS, ROUNDS = 30, 16
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def order(rng: np.random.Generator, cells: int = CELLS, rounds: int = ROUNDS) -> tuple[Ints, Ints]:
    """Every round each cell once, in an order of its own."""
    drawn = np.concatenate([rng.permutation(cells) for _ in range(rounds)])
    return drawn, np.repeat(np.arange(rounds), cells)


def drift(rng: np.random.Generator, slices: int, *, spread: float, lasts: float) -> Floats:
    """What a machine does whose speed changes by and by."""
    kept = np.exp(-1 / lasts)
    steps = rng.normal(0, spread * np.sqrt(1 - kept**2), slices)
    found = np.empty(slices)
    found[0] = rng.normal(0, spread)
    for index in range(1, slices):
        found[index] = kept * found[index - 1] + steps[index]
    return found


def means(cell: Ints, cost: Floats) -> Floats:
    found: Floats = np.bincount(cell, cost) / np.bincount(cell)
    return found


def test_a_quiet_machine_is_never_slow() -> None:
    cell, round_ = order(np.random.default_rng(1))
    own = np.log(1.0 + np.arange(CELLS))
    assert slowness(cell, round_, own[cell]) == pytest.approx(np.zeros(len(cell)), abs=1e-12)


def test_what_slows_all_for_some_slices_is_taken_off() -> None:
    rng = np.random.default_rng(2)
    raw, corrected = [], []
    for _ in range(40):
        cell, round_ = order(rng)
        slow = drift(rng, len(cell), spread=0.15, lasts=6)
        cost = slow + rng.normal(0, 0.05, len(cell))
        raw.append(means(cell, cost))
        corrected.append(means(cell, cost - slowness(cell, round_, cost)))
    # Nearly as good as twice as many slices.
    assert np.std(np.diff(corrected, axis=1)) < 0.75 * np.std(np.diff(raw, axis=1))
    assert np.mean(corrected) == pytest.approx(np.mean(raw), abs=1e-3)


def test_noise_of_one_stack_alone_stays_on_its_account() -> None:
    rng = np.random.default_rng(3)
    cell, round_ = order(rng)
    cost = np.where(cell == 0, rng.normal(0, 0.5, len(cell)), 0.0)
    found = slowness(cell, round_, cost)
    assert found[cell == 0] == pytest.approx(0.0, abs=0.05)
    raw, corrected = means(cell, cost)[0], means(cell, cost - found)[0]
    assert corrected == pytest.approx(raw, abs=0.02)


@given(by=st.floats(-3, 3), which=st.integers(0, CELLS - 1))
def test_how_dear_a_stack_is_says_nothing_of_the_machine(by: float, which: int) -> None:
    rng = np.random.default_rng(4)
    cell, round_ = order(rng)
    cost = rng.normal(0, 0.1, len(cell))
    dearer = cost + by * (cell == which)
    assert slowness(cell, round_, dearer) == pytest.approx(slowness(cell, round_, cost), abs=1e-9)


def test_what_met_one_slice_alone_is_not_taken_off_its_neighbours() -> None:
    cell, round_ = order(np.random.default_rng(6))
    cost = np.zeros(len(cell))
    cost[:: CELLS // 3] = 0.4
    assert slowness(cell, round_, cost) == pytest.approx(0.0)


def test_only_slices_of_the_same_round_are_neighbours() -> None:
    cell = np.array([0, 1, 0, 1])
    round_ = np.array([0, 0, 1, 1])
    found = slowness(cell, round_, np.array([0.0, 0.0, 1.0, 1.0]))
    assert found[:2] == pytest.approx(found[0])
    assert found[2] - found[1] == pytest.approx(1.0)


def test_a_slice_without_an_answer_tells_nothing() -> None:
    rng = np.random.default_rng(5)
    cell, round_ = order(rng, 4, 3)
    cost = rng.normal(0, 0.1, len(cell))
    cost[2] = np.inf
    assert np.isfinite(slowness(cell, round_, cost)).all()


@pytest.mark.parametrize("slices", [0, 1, 3])
def test_without_another_stack_nothing_is_known(slices: int) -> None:
    none = np.zeros(slices, dtype=np.int64)
    assert slowness(none, none, np.linspace(0, 1, slices)).tolist() == [0.0] * slices
