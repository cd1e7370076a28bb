"""The reference itself, and how answers are held to it."""

import math
from typing import Any

import pytest

from python_api.equations.checking import spread
from python_api.equations.ephemeris import in_python, reference
from python_api.equations.ephemeris.contract import PLANETS, RESPONSE_FIELDS, example, examples

REQUEST = example(20)
MIDDLE = 10


def right_answer() -> dict[str, list[float]]:
    coordinates = in_python.compute(REQUEST["planet"], REQUEST["times_jd"])
    return dict(zip(RESPONSE_FIELDS, coordinates, strict=True))


@pytest.mark.parametrize("e", [0.0, 0.00859048, 0.20563593, 0.3])
@pytest.mark.parametrize("mean_anomaly", [-3.0, 0.0, 1e-300, 1e-9, 0.1, 1.5, math.pi, 2600.0])
def test_the_reference_solves_keplers_equation_to_45_digits(mean_anomaly: float, e: float) -> None:
    anomaly = reference.solve_kepler(mean_anomaly, e)
    residual = anomaly - e * reference.mp.sin(anomaly) - mean_anomaly
    assert abs(residual) <= reference.mp.mpf(10) ** -45


def test_an_error_is_counted_in_ulps_of_the_radius() -> None:
    x_au, y_au, z_au = in_python.compute("mars", [2451545.0])
    before = reference.errors_ulp("mars", [2451545.0], x_au, y_au, z_au)[0]
    z_au[0] += 1000 * math.ulp(1.39)
    after = reference.errors_ulp("mars", [2451545.0], x_au, y_au, z_au)[0]
    assert after == pytest.approx(1000, abs=before + 1)


def test_a_right_answer_passes_and_its_worst_error_is_told() -> None:
    answer = right_answer()
    errors = reference.errors_ulp("mars", REQUEST["times_jd"], *answer.values())
    assert reference.check_answer(REQUEST, answer, at_most=20) == max(errors)


@pytest.mark.parametrize("field", RESPONSE_FIELDS)
@pytest.mark.parametrize("i", [0, 19])
def test_a_wrong_number_at_either_end_is_refused(field: str, i: int) -> None:
    answer = right_answer()
    answer[field][i] += 1e-12
    with pytest.raises(ValueError, match="1 of 4 positions"):
        reference.check_answer(REQUEST, answer, at_most=4)


def test_only_the_numbers_of_the_sample_are_checked() -> None:
    answer = right_answer()
    answer["x_au"][MIDDLE] = 0.0
    assert MIDDLE not in spread(20, 4)
    reference.check_answer(REQUEST, answer, at_most=4)
    with pytest.raises(ValueError, match="1 of 20 positions"):
        reference.check_answer(REQUEST, answer, at_most=20)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"x_au": [], "y_au": [], "z_au": []},
        {"y_au": right_answer()["y_au"], **right_answer()},
        {**right_answer(), "extra": []},
        {**right_answer(), "z_au": right_answer()["z_au"][:-1]},
    ],
    ids=["empty", "no values", "another order", "another field", "a value missing"],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fields|not 20 values"):
        reference.check_answer(REQUEST, answer, at_most=20)


def test_the_examples_are_one_for_each_planet() -> None:
    assert [request["planet"] for request in examples(3)] == list(PLANETS)
