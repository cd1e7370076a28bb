import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate, Interval, NotEnough

COST = st.floats(1e3, 1e7)
BY_GENERATION = st.lists(COST, min_size=6, max_size=12).map(lambda values: dict(enumerate(values)))


def interval(estimate: Estimate) -> Interval:
    assert isinstance(estimate, Interval)
    return estimate


def ends(estimate: Estimate) -> list[float]:
    found = interval(estimate)
    return [found.low, found.estimate, found.high]


@given(values=st.lists(st.floats(-5, 5), min_size=6, max_size=12, unique=True))
def test_the_mean_has_the_t_interval_of_a_textbook(values: list[float]) -> None:
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    low, _, high = ends(contrasts.mean(values))
    assert low == pytest.approx(expected.low, abs=1e-9)
    assert high == pytest.approx(expected.high, abs=1e-9)


@given(a=BY_GENERATION, b=BY_GENERATION)
def test_swapping_the_two_inverts_the_ratio(a: dict[int, float], b: dict[int, float]) -> None:
    for ratio in (contrasts.ratio, contrasts.hodges_lehmann_ratio):
        inverted = [1 / end for end in reversed(ends(ratio(b, a)))]
        assert ends(ratio(a, b)) == pytest.approx(inverted)


@given(a=BY_GENERATION, b=BY_GENERATION, factor=st.floats(1e-3, 1e3))
def test_a_ratio_has_no_unit(a: dict[int, float], b: dict[int, float], factor: float) -> None:
    for ratio in (contrasts.ratio, contrasts.hodges_lehmann_ratio):
        scaled = ratio(
            {number: factor * cost for number, cost in a.items()},
            {number: factor * cost for number, cost in b.items()},
        )
        assert ends(scaled) == pytest.approx(ends(ratio(a, b)))


@given(a=BY_GENERATION, drift=st.lists(st.floats(0.5, 2), min_size=12, max_size=12))
def test_what_slows_a_whole_generation_leaves_its_ratio_alone(
    a: dict[int, float], drift: list[float]
) -> None:
    b = {number: cost / 5 for number, cost in a.items()}
    slowed = contrasts.ratio(
        {number: drift[number] * cost for number, cost in a.items()},
        {number: drift[number] * cost for number, cost in b.items()},
    )
    assert ends(slowed) == pytest.approx([5, 5, 5])


def test_only_generations_that_have_both_are_compared() -> None:
    a = dict.fromkeys(range(8), 30.0)
    b = dict.fromkeys(range(2, 10), 10.0)
    assert interval(contrasts.ratio(a, b)).generations == 6
    assert ends(contrasts.difference(a, b)) == [20, 20, 20]


@pytest.mark.parametrize("size", [1, 5])
def test_fewer_than_six_generations_give_no_interval(size: int) -> None:
    a = dict.fromkeys(range(size), 30.0)
    b = dict.fromkeys(range(size), 10.0)
    assert contrasts.difference(a, b) == NotEnough(20.0, size)
    for ratio in (contrasts.ratio, contrasts.hodges_lehmann_ratio):
        found = ratio(a, b)
        assert isinstance(found, NotEnough)
        assert found.estimate == pytest.approx(3)
        assert found.generations == size


def test_no_generation_gives_no_estimate() -> None:
    for estimate in (contrasts.ratio, contrasts.hodges_lehmann_ratio, contrasts.difference):
        assert estimate({}, {1: 1.0}) == NotEnough(None, 0)


@given(a=BY_GENERATION, under=COST)
def test_over_the_same_sum_everywhere_a_ratio_of_sums_is_a_mean(
    a: dict[int, float], under: float
) -> None:
    values = list(a.values())
    found = contrasts.ratio_of_sums(values, [under] * len(values))
    expected = [end / under for end in ends(contrasts.mean(values))]
    assert ends(found) == pytest.approx(expected, rel=1e-6, abs=1e-9 * max(values) / under)


@given(a=BY_GENERATION, share=st.floats(0.01, 1))
def test_a_share_that_is_the_same_everywhere_has_no_width(
    a: dict[int, float], share: float
) -> None:
    gaps = list(a.values())
    found = contrasts.ratio_of_sums([share * gap for gap in gaps], gaps)
    assert ends(found) == pytest.approx([share] * 3)


def test_a_ratio_of_sums_by_hand_leaves_out_one_generation_at_a_time() -> None:
    a, b = [1.0, 2, 3, 4, 5, 9], [10.0, 11, 12, 13, 14, 18]
    left = [(24 - one) / (78 - under) for one, under in zip(a, b, strict=True)]
    mean = sum(left) / 6
    error = (5 / 6 * sum((own - mean) ** 2 for own in left)) ** 0.5
    found = interval(contrasts.ratio_of_sums(a, b))
    assert found.estimate == pytest.approx(24 / 78)
    assert found.half_width == pytest.approx(2.5706 * error, rel=1e-4)


def test_few_generations_give_a_ratio_of_sums_without_an_interval() -> None:
    assert contrasts.ratio_of_sums([1.0, 2], [4.0, 8]) == NotEnough(0.25, 2)
    assert contrasts.ratio_of_sums([], []) == NotEnough(None, 0)


def test_hodges_lehmann_of_six_values_by_hand() -> None:
    found = interval(contrasts.hodges_lehmann([1, 2, 3, 4, 5, 100]))
    assert found == Interval(3.5, 1, 100, 1 - 2 / 64, 6)


def test_hodges_lehmann_endpoints_of_ten_values_are_the_tabled_ones() -> None:
    # The two-sided 5 % critical value of the signed-rank statistic at n = 10 is 8.
    values = [2.0**power for power in range(10)]
    averages = sorted((a + b) / 2 for i, a in enumerate(values) for b in values[i:])
    found = interval(contrasts.hodges_lehmann(values))
    assert (found.low, found.high) == (averages[8], averages[-9])
    assert 0.95 <= found.level < 0.96


@pytest.mark.parametrize("size", range(6, 31))
def test_hodges_lehmann_covers_at_least_what_is_asked_for(size: int) -> None:
    found = interval(contrasts.hodges_lehmann([float(value) for value in range(size)]))
    assert 0.95 <= found.level < 0.97


def test_exponentiating_keeps_the_level_and_the_generations() -> None:
    found = interval(contrasts.exponentiated(Interval(0.0, -math.log(2), math.log(2), 0.97, 7)))
    assert ends(found) == pytest.approx([0.5, 1, 2])
    assert (found.level, found.generations) == (0.97, 7)


SAMPLE = st.lists(st.floats(-5, 5), min_size=6, max_size=12, unique=True)


@given(a=SAMPLE, b=SAMPLE)
def test_two_runs_that_share_nothing_differ_by_welchs_interval(
    a: list[float], b: list[float]
) -> None:
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    low, _, high = ends(contrasts.independent_difference(contrasts.mean(a), contrasts.mean(b)))
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_too_few_generations_on_one_side_leave_a_difference_without_an_interval() -> None:
    few, enough = contrasts.mean([1.0, 3.0]), contrasts.mean([4.0, 5.0, 6.0, 4.0, 5.0, 6.0])
    assert contrasts.independent_difference(few, enough) == NotEnough(-3.0, 2)
