import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.summary import Gates
from stackgap.analyse.verdicts import verdict

QUIET = Gates(6, 0, rounds=30, rounds_void=0, slices=300, slices_retaken=0, reasons={})
_NUMBER = r"\d+\.\d\d"
_RANGE = rf"{_NUMBER} to {_NUMBER} times"
ALLOWED = re.compile(
    rf"At [\d,]+ req/s on this machine (x|y) uses {_RANGE} the CPU per request of (?!\1)[xy]\."
    r"|Equivalent within 5 %\."
    r"|No verdict; this run could have seen >= \d+ %\."
    r"|No verdict; a verdict needs 6 generations, this run has \d\."
    r"|No verdict; \d+ of \d+ (generations|rounds) are void\."
    rf"|No verdict; the range is {_RANGE}, more than 8 % to either side\."
    rf"|No verdict; the range is {_RANGE}, but [\d.e+-]+ times with nothing left out\."
)


def around(estimate: float, half_width: float) -> Interval:
    """A ratio's interval, `half_width` to either side in logarithms."""
    low, high = estimate * math.exp(-half_width), estimate * math.exp(half_width)
    return Interval(estimate, low, high, 0.95, 6)


def said(ratio: Estimate, by_mean: Estimate | None = None, gates: Gates = QUIET) -> str:
    return verdict("x", "y", 1000.0, ratio, by_mean or ratio, gates)


@given(
    estimate=st.floats(0.1, 10),
    half_width=st.floats(0, 0.2),
    moved=st.floats(0.9, 1.1),
    void=st.tuples(st.integers(0, 6), st.integers(0, 30)),
    generations=st.integers(0, 9),
)
def test_nothing_is_said_but_the_allowed_sentences(
    estimate: float, half_width: float, moved: float, void: tuple[int, int], generations: int
) -> None:
    gates = Gates(6, void[0], 30, void[1], 300, 0, {})
    ratio: Estimate = around(estimate, half_width)
    if generations < 6:
        ratio = NotEnough(estimate, generations)
    sentence = said(ratio, around(estimate * moved, half_width), gates)
    assert ALLOWED.fullmatch(sentence), sentence


def test_a_dearer_stack_is_said_to_be_dearer() -> None:
    assert said(Interval(5.2, 5.014, 5.391, 0.95, 6)) == (
        "At 1,000 req/s on this machine x uses 5.01 to 5.40 times the CPU per request of y."
    )


def test_a_cheaper_stack_is_the_one_compared_with() -> None:
    assert said(Interval(0.2, 0.19, 0.21, 0.95, 6)) == (
        "At 1,000 req/s on this machine y uses 4.76 to 5.27 times the CPU per request of x."
    )


@given(estimate=st.floats(0.9, 1.1), half_width=st.floats(0.001, 0.05))
def test_a_difference_is_stated_only_where_the_interval_clears_three_per_cent(
    estimate: float, half_width: float
) -> None:
    ratio = around(estimate, half_width)
    clear = ratio.low > 1.03 or ratio.high < 1 / 1.03
    assert said(ratio).startswith("At ") == clear


@given(estimate=st.floats(0.9, 1.1), half_width=st.floats(0.001, 0.05))
def test_both_directions_are_judged_alike(estimate: float, half_width: float) -> None:
    ratio = around(estimate, half_width)
    inverted = verdict(
        "y", "x", 1000.0, around(1 / estimate, half_width), around(1 / estimate, 0), QUIET
    )
    assert said(ratio).split(" uses ")[0] == inverted.split(" uses ")[0]


def test_an_interval_around_one_and_inside_five_per_cent_is_equivalent() -> None:
    assert said(around(1.01, 0.03)) == "Equivalent within 5 %."


def test_an_interval_that_shows_nothing_says_what_it_could_have_seen() -> None:
    assert said(around(1.04, 0.04)) == "No verdict; this run could have seen >= 8 %."


@given(half_width=st.floats(0.03, 0.07))
def test_a_difference_that_could_have_been_seen_would_have_been_stated(half_width: float) -> None:
    found = re.search(r">= (\d+) %", said(around(1.03, half_width)))
    assert found
    least = 1 + int(found[1]) / 100
    assert said(around(least + 1e-9, half_width)).startswith("At ")
    assert not said(around(least - 0.0101, half_width)).startswith("At ")


def test_a_wide_interval_is_a_range_and_no_verdict() -> None:
    wide = Interval(4.98, 4.501, 5.502, 0.95, 6)
    assert said(wide) == (
        "No verdict; the range is 4.50 to 5.51 times, more than 8 % to either side."
    )
    assert said(around(5.0, math.log(1.079))).startswith("At ")


@pytest.mark.parametrize("generations", [0, 3, 5])
def test_too_few_generations_are_named(generations: int) -> None:
    assert said(NotEnough(5.0, generations)) == (
        f"No verdict; a verdict needs 6 generations, this run has {generations}."
    )


def test_no_verdict_where_the_slices_left_out_decide() -> None:
    assert said(around(5.0, 0.02), around(5.35, 0.02)).startswith("At ")
    assert said(around(5.0, 0.02), around(5.4, 0.02)) == (
        "No verdict; the range is 4.90 to 5.11 times, but 5.4 times with nothing left out."
    )


def test_no_verdict_where_more_than_a_fifth_is_void() -> None:
    clear = around(5.0, 0.02)
    assert (
        said(clear, gates=Gates(8, 2, 30, 0, 300, 0, {}))
        == "No verdict; 2 of 8 generations are void."
    )
    assert (
        said(clear, gates=Gates(6, 0, 30, 7, 300, 0, {})) == "No verdict; 7 of 30 rounds are void."
    )
    assert said(clear, gates=Gates(10, 2, 30, 6, 300, 0, {})).startswith("At ")


def test_the_printed_range_covers_no_less_than_the_interval() -> None:
    assert "1.03 to 1.06 times" in said(Interval(1.045, 1.0349, 1.0501, 0.95, 6))
