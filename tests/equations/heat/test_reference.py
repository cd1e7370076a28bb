"""The reference itself, and how answers are held to it."""

import math
from decimal import Decimal, localcontext
from typing import Any

import pytest

from python_api.equations.checking import spread
from python_api.equations.heat import in_python, reference
from python_api.equations.heat.contract import example
from tests.equations.heat.requests import request

REQUEST = example(20)
MIDDLE = 10


def right_answer() -> dict[str, list[float]]:
    (temperature,) = in_python.compute(**REQUEST)
    return {"temperature": temperature}


@pytest.mark.parametrize("ratio", [0.25, 1.0, 1000.0])
def test_the_reference_solves_both_halves_of_the_step_to_45_digits(ratio: float) -> None:
    """u' - u = r (L u' + L u) at every point: the method's definition."""
    asked = request([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, 6.0], ratio, steps=1)
    before = list(map(Decimal, asked["temperature"]))
    after = reference.diffuse(**asked)
    assert (after[0], after[-1]) == (before[0], before[-1])
    with localcontext(reference.DIGITS):
        r = Decimal(asked["diffusivity"]) * Decimal(asked["dt"]) / Decimal(asked["dx"]) ** 2 / 2
        for i in range(1, len(before) - 1):
            curvature = sum(u[i - 1] - 2 * u[i] + u[i + 1] for u in (before, after))
            assert abs(after[i] - before[i] - r * curvature) < Decimal("1e-45")


def test_an_error_is_counted_in_ulps_of_the_largest_temperature_at_the_start() -> None:
    temperature = right_answer()["temperature"]
    before = reference.errors_ulp(**REQUEST, computed=temperature)[0]
    temperature[0] += 1000 * math.ulp(max(REQUEST["temperature"]))
    after = reference.errors_ulp(**REQUEST, computed=temperature)[0]
    assert after == pytest.approx(1000, abs=before + 1)


def test_a_cold_rod_must_stay_exactly_cold() -> None:
    cold = request([0.0] * 5, 1.0, steps=2)
    reference.check(**cold, computed=[0.0, -0.0, 0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="1 of 5"):
        reference.check(**cold, computed=[0.0, 1e-300, 0.0, 0.0, 0.0])


def test_the_envelope_grows_with_the_steps_and_the_mesh_ratio() -> None:
    rod = [20.0, 80.0, 20.0, 20.0]
    narrow = reference.envelope_ulp(**request(rod, 0.1, steps=1))
    assert narrow < 45
    assert reference.envelope_ulp(**request(rod, 0.1, steps=3)) == 3 * narrow
    assert reference.envelope_ulp(**request(rod, 1000.0, steps=1)) > 100 * narrow


def test_a_right_answer_passes_and_its_worst_error_is_told() -> None:
    answer = right_answer()
    errors = reference.errors_ulp(**REQUEST, computed=answer["temperature"])
    assert reference.check_answer(REQUEST, answer, at_most=20) == max(errors)


@pytest.mark.parametrize("i", [0, 19])
def test_a_wrong_number_at_either_end_is_refused(i: int) -> None:
    answer = right_answer()
    answer["temperature"][i] += 1e-10
    with pytest.raises(ValueError, match=f"1 of 4 temperatures .* at index {i}"):
        reference.check_answer(REQUEST, answer, at_most=4)


def test_only_the_numbers_of_the_sample_are_checked() -> None:
    answer = right_answer()
    answer["temperature"][MIDDLE] = 0.0
    assert MIDDLE not in spread(20, 4)
    reference.check_answer(REQUEST, answer, at_most=4)
    with pytest.raises(ValueError, match="1 of 20 temperatures"):
        reference.check_answer(REQUEST, answer, at_most=20)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"temperature": []},
        {"temperature": right_answer()["temperature"][:-1]},
        {**right_answer(), "extra": []},
    ],
    ids=["empty", "no values", "a value missing", "another field"],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fields|not 20 values"):
        reference.check_answer(REQUEST, answer, at_most=20)


def test_a_method_of_lower_order_is_outside_the_envelope() -> None:
    rod = REQUEST["temperature"]
    one_step = request(rod, 1 / 6, steps=1)
    # To first order in the mesh ratio of 1/6 that would be right.
    inside = [(a + 4 * b + c) / 6 for a, b, c in zip(rod, rod[1:], rod[2:], strict=False)]
    flattened = [rod[0], *inside, rod[-1]]
    with pytest.raises(ValueError, match="temperatures are more than"):
        reference.check_answer(one_step, {"temperature": flattened}, at_most=20)
