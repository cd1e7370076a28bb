"""When a server answers first, and from when on its requests cost what they will cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse.cold_start import LAST, RUNNING, steady_after, summaries
from stackgap.analyse.interval import Interval, NotEnough
from stackgap.probe_records import ColdStart, ColdStartSettings
from tests.analyse.probe_records import AXUM, FASTAPI, cold_start, probe

SETTINGS = ColdStartSettings()


def test_cost_that_never_changes_is_steady_at_once() -> None:
    assert steady_after([100.0] * 60) == 0


def test_cost_is_steady_where_most_of_the_next_requests_are_no_dearer_than_the_last() -> None:
    dear = 40
    # Five of the nine from the 36th on are cheap ones.
    assert steady_after([200.0] * dear + [100.0] * 60) == dear - RUNNING // 2


def test_one_dear_request_does_not_unsettle_the_cost() -> None:
    assert steady_after([100.0] * 20 + [5000.0] + [100.0] * 40) == 0


def test_a_cost_that_still_falls_at_the_end_is_not_steady() -> None:
    falling = [1000.0 * 0.9**index for index in range(60)]
    assert steady_after(falling) is None


def test_too_few_requests_tell_nothing() -> None:
    assert steady_after([100.0] * LAST) is None
    assert steady_after([]) is None


@given(st.lists(st.floats(1, 1e6), min_size=LAST + 1, max_size=200))
def test_steady_is_before_the_requests_it_is_held_against_or_never(cost: list[float]) -> None:
    found = steady_after(cost)
    assert found is None or 0 <= found < len(cost) - LAST


@given(
    st.lists(st.floats(1, 1e6), min_size=LAST + 1, max_size=100), st.sampled_from([0.25, 2.0, 64.0])
)
def test_steadiness_knows_no_unit(cost: list[float], unit: float) -> None:
    assert steady_after(cost) == steady_after([unit * each for each in cost])


def test_times_are_geometric_means_and_ratios_within_generations() -> None:
    def observe(generation: int, stack: str) -> list[ColdStart]:
        slowed = 2.0**generation
        return [cold_start(generation, stack, slowed * (0.01 if stack == AXUM else 0.5))]

    fastapi, axum = summaries(probe(SETTINGS, observe))
    assert fastapi.stack == FASTAPI
    assert isinstance(fastapi.first_answer_s, Interval)
    assert fastapi.first_answer_s.estimate == pytest.approx(0.5 * 2**2.5)
    assert fastapi.cpu_s.estimate == pytest.approx(0.25 * 2**2.5)
    # What slows a whole generation cancels.
    assert isinstance(fastapi.ratio, Interval)
    assert fastapi.ratio.estimate == pytest.approx(50)
    assert fastapi.ratio.half_width == pytest.approx(0, abs=1e-6)
    assert axum.ratio is None


def test_steady_seconds_run_from_exec() -> None:
    dear_us = (1000.0,) * 30 + (100.0,) * 60
    own = probe(SETTINGS, lambda number, stack: [cold_start(number, stack, 0.5, dear_us)])
    found = summaries(own)[0]
    requests = 30 - RUNNING // 2
    assert found.steady_after.estimate == requests
    assert found.steady_s.estimate == pytest.approx(0.5 + requests * 0.002)
    assert found.first_ms.estimate == pytest.approx(5)
    assert found.later_ms.estimate == pytest.approx(0.2)


def test_without_a_later_request_only_the_first_answer_is_known() -> None:
    own = probe(SETTINGS, lambda number, stack: [cold_start(number, stack, 0.5, ())])
    found = summaries(own)[0]
    assert found.first_answer_s.estimate == pytest.approx(0.5)
    for unknown in (found.later_ms, found.steady_after, found.steady_s):
        assert unknown == NotEnough(None, 0)
