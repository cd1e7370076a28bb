"""Where a curve passes a level, and how often the stretch given holds the true size."""

from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse import contrasts
from stackgap.analyse.crossings import Curve, Passage, passages
from stackgap.analyse.interval import Estimate, Interval, NotEnough

SIZES = (10, 100, 1000, 10_000)


def known(value: float, half_width: float = 0.0, generations: int = 6) -> Interval:
    return Interval(value, value - half_width, value + half_width, 0.95, generations)


def curve(*log_ratios: float, half_width: float = 0.0) -> Curve:
    return Curve(SIZES[: len(log_ratios)], tuple(known(each, half_width) for each in log_ratios))


def only(found: tuple[Passage, ...]) -> Passage:
    (passage,) = found
    return passage


def test_without_noise_a_crossing_is_a_point_on_the_straight_line() -> None:
    passage = only(passages(curve(0.6, 0.2, -0.2), 0.0))
    assert passage.estimates == pytest.approx([10**2.5])
    assert (passage.low, passage.high) == pytest.approx((10**2.5, 10**2.5), rel=1e-9)
    assert (passage.before, passage.after) == ("above", "below")
    assert passage.crosses


@given(start=st.floats(0.01, 3), end=st.floats(-3, -0.01), level=st.floats(-1, 1), up=st.booleans())
def test_a_crossing_lies_where_the_line_has_the_level(
    start: float, end: float, level: float, up: bool
) -> None:
    ends = (end, start) if up else (start, end)
    passage = only(passages(curve(*(level + each for each in ends)), level))
    part = (log(passage.estimates[0]) - log(10)) / log(10)
    assert ends[0] + part * (ends[1] - ends[0]) == pytest.approx(0, abs=1e-9)
    assert passage.before == ("below" if up else "above")


def test_a_curve_that_stays_on_one_side_passes_nothing() -> None:
    assert passages(curve(0.5, 0.3, 0.4, half_width=0.05), 0.0) == ()


def test_a_curve_that_comes_back_crosses_twice_and_both_are_named() -> None:
    down, up = passages(curve(0.5, -0.5, -0.5, 0.5, half_width=0.05), 0.0)
    assert down.estimates == pytest.approx([10**1.5])
    assert up.estimates == pytest.approx([10**3.5])
    assert (down.before, down.after, up.before, up.after) == ("above", "below", "below", "above")


def test_the_stretch_of_a_crossing_is_where_the_band_holds_the_level() -> None:
    # Equal half-widths h at both ends: Welch has 10 degrees in the middle, 5 at the ends.
    passage = only(passages(curve(1.0, -1.0, half_width=0.1), 0.0))
    part = (log(passage.low) - log(10)) / log(10)
    error = 0.1 / contrasts.t_quantile(5) * ((1 - part) ** 2 + part**2) ** 0.5
    degrees = 5 * ((1 - part) ** 2 + part**2) ** 2 / ((1 - part) ** 4 + part**4)
    assert 1 - 2 * part == pytest.approx(contrasts.t_quantile(degrees) * error, rel=1e-6)
    assert passage.low * passage.high == pytest.approx(10 * 100)


def test_the_band_at_a_measured_size_is_the_interval_of_that_size() -> None:
    (passage,) = passages(curve(1.0, 0.1, 1.0, half_width=0.2), 0.0)
    assert passage.low < 100 < passage.high
    assert passages(curve(1.0, 0.21, 1.0, half_width=0.2), 0.0) == ()


def test_a_band_that_touches_without_crossing_tells_nothing_and_says_both_sides() -> None:
    passage = only(passages(curve(1.0, 0.05, 1.0, half_width=0.2), 0.0))
    assert passage.estimates == ()
    assert (passage.before, passage.after) == ("above", "above")
    assert not passage.crosses


def test_a_stretch_that_reaches_the_last_size_measured_has_no_side_there() -> None:
    at_the_end = only(passages(curve(1.0, 0.05, half_width=0.2), 0.0))
    assert at_the_end.high == pytest.approx(100)
    assert at_the_end.after is None
    at_the_start = only(passages(curve(0.05, 1.0, half_width=0.2), 0.0))
    assert at_the_start.low == pytest.approx(10)
    assert at_the_start.before is None
    assert not at_the_end.crosses
    assert not at_the_start.crosses


def test_estimates_that_waver_about_a_level_are_one_stretch() -> None:
    passage = only(passages(curve(0.5, -0.01, 0.01, -0.5, half_width=0.1), 0.0))
    assert len(passage.estimates) == 3
    assert passage.crosses


@pytest.mark.parametrize("few", [NotEnough(-0.2, 3), NotEnough(-0.2, 5)])
def test_with_too_few_generations_there_is_an_estimate_and_no_stretch(few: Estimate) -> None:
    of_two = Curve((10, 100), (known(0.2), few))
    passage = only(passages(of_two, 0.0))
    assert passage == Passage(passage.low, passage.low, (passage.low,), "above", "below")
    assert passage.low == pytest.approx(10**1.5)


@given(
    values=st.lists(st.floats(-1, 1), min_size=2, max_size=4),
    half_widths=st.lists(st.floats(0, 0.5), min_size=4, max_size=4),
)
def test_stretches_are_ordered_apart_and_hold_their_estimates(
    values: list[float], half_widths: list[float]
) -> None:
    estimates = [known(value, half) for value, half in zip(values, half_widths, strict=False)]
    found = passages(Curve(SIZES[: len(values)], tuple(estimates)), 0.0)
    for passage in found:
        assert passage.low <= passage.high * (1 + 1e-12)
        for n in passage.estimates:
            assert passage.low * (1 - 1e-9) <= n <= passage.high * (1 + 1e-9)
    for earlier, later in pairwise(found):
        assert earlier.high < later.low
        assert earlier.after == later.before


RUNS = 1000


@pytest.mark.parametrize(("generations", "part"), [(6, 0.1), (6, 0.5), (10, 0.5)])
def test_the_stretches_hold_the_true_size_as_often_as_they_say(
    generations: int, part: float
) -> None:
    """One of the two sizes is measured with half the noise; the true crossing is `part` of the
    way from one to the other."""
    rng = np.random.default_rng(generations)
    true_n = 100 * 10**part
    ends = (0.3 * part, -0.3 * (1 - part))
    held = 0
    for _ in range(RUNS):
        measured = [
            contrasts.mean([float(value) for value in rng.normal(end, noise, generations)])
            for end, noise in zip(ends, (0.03, 0.015), strict=True)
        ]
        found = passages(Curve((100, 1000), tuple(measured)), 0.0)
        held += any(each.low <= true_n <= each.high for each in found)
    assert 0.93 <= held / RUNS <= 0.975


def test_the_size_of_a_crossing_does_not_depend_on_which_way_the_ratio_is_taken() -> None:
    down = only(passages(curve(0.7, -0.2, half_width=0.1), log(1.1)))
    up = only(passages(curve(-0.7, 0.2, half_width=0.1), -log(1.1)))
    assert (down.low, down.high, *down.estimates) == pytest.approx((up.low, up.high, *up.estimates))
