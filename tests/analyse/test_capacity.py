"""Which trials hold, and which rate follows from them."""

import pytest

from stackgap.analyse.capacity import (
    answers_in_time,
    highest_hz,
    is_open_above,
    keeps_up,
    summaries,
)
from stackgap.analyse.interval import Interval
from stackgap.probe_records import CapacitySettings, ColdStartSettings, Trial
from tests.analyse.probe_records import AXUM, FASTAPI, probe, trial

SETTINGS = CapacitySettings(p99_ms=5)


def _held(own: Trial) -> bool:
    return keeps_up(own, SETTINGS)


@pytest.mark.parametrize(
    ("own", "holds"),
    [
        (trial(AXUM, 1000), True),
        (trial(AXUM, 1000, answered=0.99), True),
        (trial(AXUM, 1000, answered=0.989), True),
        (trial(AXUM, 1000, answered=0.988), False),
        # One of ten that is still under way is no overload.
        (trial(AXUM, 10, answered=0.9), True),
        (trial(AXUM, 10, answered=0.8), False),
        (trial(AXUM, 1000, failed={"timeout": 1}), False),
        # What is done in spite of the generator is done.
        (trial(AXUM, 1000, late=True), True),
    ],
)
def test_a_rate_holds_if_what_is_due_is_answered_in_the_window(own: Trial, holds: bool) -> None:
    assert keeps_up(own, SETTINGS) is holds


@pytest.mark.parametrize(("p99_ms", "answered", "in_time"), [(5, 1, 1), (5.1, 1, 0), (1, 0.9, 0)])
def test_an_answer_in_time_needs_both(p99_ms: float, answered: float, in_time: int) -> None:
    own = trial(AXUM, 1000, p99_ms=p99_ms, answered=answered)
    assert answers_in_time(own, SETTINGS) is bool(in_time)


def test_the_highest_rate_that_held_counts() -> None:
    trials = [trial(AXUM, 500), trial(AXUM, 2000, answered=0.5), trial(AXUM, 1000)]
    assert highest_hz(trials, _held) == 1000
    assert not is_open_above(trials, _held)
    assert highest_hz(trials[1:2], _held) is None


def test_a_rate_is_open_above_where_only_the_generator_gave_up() -> None:
    held, late = trial(AXUM, 1000), trial(AXUM, 2000, answered=0.5, late=True)
    assert is_open_above([held], _held)
    assert is_open_above([held, late], _held)
    assert not is_open_above([held, late, trial(AXUM, 2000, answered=0.5)], _held)
    assert not is_open_above([late], _held)


def test_rates_are_geometric_means_and_ratios_within_generations() -> None:
    def observe(generation: int, stack: str) -> list[Trial]:
        most_hz = (1000 if stack == FASTAPI else 8000) * 2 ** (generation % 2)
        return [
            trial(stack, most_hz * 0.7, closed=True, generation=generation),
            trial(stack, most_hz * 1.1, closed=True, generation=generation),
            trial(stack, most_hz, generation=generation, p99_ms=9),
            trial(stack, most_hz / 2, generation=generation),
            trial(stack, most_hz * 2, answered=0.5, generation=generation),
        ]

    fastapi, axum = summaries(probe(SETTINGS, observe))
    assert fastapi.saturation.rate_hz.estimate == pytest.approx(1000 * 2**0.5)
    assert fastapi.in_time.rate_hz.estimate == pytest.approx(500 * 2**0.5)
    assert fastapi.closed_hz.estimate == pytest.approx(1100 * 2**0.5)
    assert isinstance(fastapi.saturation.ratio, Interval)
    assert fastapi.saturation.ratio.estimate == pytest.approx(1 / 8)
    assert fastapi.saturation.ratio.half_width == pytest.approx(0, abs=1e-9)
    assert axum.saturation.ratio is None
    assert fastapi.saturation.at_least == 0


def test_without_the_reference_there_are_rates_and_no_ratios() -> None:
    own = probe(
        SETTINGS, lambda number, stack: [trial(stack, 100, generation=number)], stacks=[FASTAPI]
    )
    (found,) = summaries(own)
    assert found.saturation.rate_hz.estimate == pytest.approx(100)
    assert found.saturation.ratio is None


def test_a_probe_of_another_kind_has_no_rates() -> None:
    assert summaries(probe(ColdStartSettings(), lambda _number, _stack: [])) == ()
