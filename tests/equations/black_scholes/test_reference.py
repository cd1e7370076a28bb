"""The reference itself, and how answers are held to it."""

import math
from typing import Any

import pytest

from python_api.equations.black_scholes import in_python, reference
from python_api.equations.black_scholes.contract import RESPONSE_FIELDS, example
from python_api.equations.black_scholes.reference import Option
from python_api.equations.checking import spread

REQUEST = example(20)
MIDDLE = 10
OPTION = Option(42.0, 40.0, 0.5, 0.1, 0.2)
mp = reference.mp


def right_answer() -> dict[str, list[float]]:
    return dict(zip(RESPONSE_FIELDS, in_python.compute(**REQUEST), strict=True))


@pytest.mark.parametrize(
    "option",
    [
        OPTION,
        Option(100.0, 120.0, 3.0, 0.0, 0.8),
        Option(100.0, 100.0, 0.02, -0.1, 0.05),
        Option(0.01, 2.0, 30.0, 0.5, 3.0),
    ],
)
def test_the_reference_is_the_expected_payoff_discounted(option: Option) -> None:
    """By quadrature over the normal distribution of the price's logarithm."""
    spot, strike, years, rate, volatility = map(mp.mpf, option)
    deviation = volatility * mp.sqrt(years)
    drift = (rate - volatility**2 / 2) * years
    exercised = (mp.log(strike / spot) - drift) / deviation

    def payoff(normal: Any) -> Any:
        return (spot * mp.exp(drift + deviation * normal) - strike) * mp.npdf(normal)

    # Where the integrand lies, 15 standard deviations on either side of its middle.
    ends = mp.linspace(exercised, max(exercised, deviation) + 20, 40)
    expected = mp.exp(-rate * years) * mp.quad(payoff, ends)
    assert abs(reference.prices(option).call - expected) <= mp.mpf(10) ** -30 * spot


def test_the_scale_of_errors_is_the_larger_of_what_is_exchanged() -> None:
    assert reference.prices(OPTION).scale == 42
    below = reference.prices(OPTION._replace(strike=100.0))
    assert float(below.scale) == pytest.approx(100 * math.exp(-0.05), rel=1e-15)


def test_an_error_is_counted_in_ulps_of_that_scale() -> None:
    call, put = in_python.compute([42.0], [40.0], [0.5], 0.1, 0.2)
    before = reference.errors_ulp([OPTION], call, put)[0]
    put[0] += 1000 * math.ulp(42.0)
    after = reference.errors_ulp([OPTION], call, put)[0]
    assert after == pytest.approx(1000, abs=before + 1)


def test_a_right_answer_passes_and_its_worst_error_is_told() -> None:
    answer = right_answer()
    errors = reference.errors_ulp(reference.options(REQUEST), answer["call"], answer["put"])
    assert reference.check_answer(REQUEST, answer, at_most=20) == max(errors)


@pytest.mark.parametrize("field", RESPONSE_FIELDS)
@pytest.mark.parametrize("i", [0, 19])
def test_a_wrong_number_at_either_end_is_refused(field: str, i: int) -> None:
    answer = right_answer()
    answer[field][i] += 1e-11
    with pytest.raises(ValueError, match="1 of 4 options"):
        reference.check_answer(REQUEST, answer, at_most=4)


def test_only_the_numbers_of_the_sample_are_checked() -> None:
    answer = right_answer()
    answer["call"][MIDDLE] = 0.0
    assert MIDDLE not in spread(20, 4)
    reference.check_answer(REQUEST, answer, at_most=4)
    with pytest.raises(ValueError, match="1 of 20 options"):
        reference.check_answer(REQUEST, answer, at_most=20)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"call": [], "put": []},
        {"put": right_answer()["put"], "call": right_answer()["call"]},
        {**right_answer(), "extra": []},
        {**right_answer(), "put": right_answer()["put"][:-1]},
    ],
    ids=["empty", "no values", "another order", "another field", "a value missing"],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fields|not 20 values"):
        reference.check_answer(REQUEST, answer, at_most=20)
