"""The reference itself, its unit, and how answers are held to it."""

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

from python_api.equations.lorenz import growth, in_python, reference
from python_api.equations.lorenz.contract import BETA, Example, example

REQUEST = example(50)
DT = 0.01


def right_answer() -> dict[str, list[float]]:
    (state,) = in_python.compute(**REQUEST)
    return {"state": state}


def test_the_reference_knows_the_exact_decay_on_the_vertical_axis_to_45_digits() -> None:
    """There a step multiplies z by the fourth-order polynomial of exp(-beta dt)."""
    with localcontext(reference.DIGITS):
        step = -Decimal(BETA) * Decimal(DT)
        factor = 1 + step + step**2 / 2 + step**3 / 6 + step**4 / 24
        x, y, z = reference.advance([0.0, 0.0, 80.0], DT, 100)
        assert x == y == 0
        assert abs(z / (80 * factor**100) - 1) < Decimal("1e-45")


def test_the_unit_of_a_single_step_is_an_ulp_of_its_largest_number() -> None:
    # At rest at the bottom: beta z dt is small, and the derivative of the slope has the norm 39.
    unit = reference.unit([0.0, 0.0, 10.0], 0.001, 1)
    assert unit == pytest.approx(math.ulp(10.0) * math.exp(0.02 / 2), rel=1e-3)


def test_the_unit_counts_what_later_steps_make_of_a_rounding() -> None:
    dt, steps = 0.01, 300
    states = [[-8.0, 8.0, 27.0]]
    for _ in range(steps):
        states.append(in_python.compute(states[-1], dt, 1)[0])
    derivatives, _, _ = growth._steps(np.array(states[:-1]), np.array(states[1:]), dt)
    follows = growth._what_follows(derivatives)
    for k in (0, 100, 250, steps - 1):
        for axis in range(3):
            moved = list(states[k + 1])
            moved[axis] += 1e-8
            (end,) = in_python.compute(moved, dt, steps - 1 - k)
            change = [(a - b) / 1e-8 for a, b in zip(end, states[-1], strict=True)]
            assert change == pytest.approx(follows[k][:, axis], rel=1e-3, abs=1e-4)


def test_an_error_is_counted_in_the_requests_unit() -> None:
    state = right_answer()["state"]
    before = reference.error_ulp(**REQUEST, computed=state)
    state[2] += 1000 * reference.unit(**REQUEST)
    after = reference.error_ulp(**REQUEST, computed=state)
    assert after == pytest.approx(1000, abs=before + 1)


@pytest.mark.parametrize("at_most", [1, 16])
def test_a_right_answer_passes_and_its_error_is_told(at_most: int) -> None:
    answer = right_answer()
    error = reference.error_ulp(**REQUEST, computed=answer["state"])
    assert reference.check_answer(REQUEST, answer, at_most) == error


@pytest.mark.parametrize("i", range(3))
def test_a_wrong_coordinate_is_refused_however_few_are_to_be_checked(i: int) -> None:
    answer = right_answer()
    answer["state"][i] += 1e-9
    with pytest.raises(ValueError, match="more than 8 ulp off"):
        reference.check_answer(REQUEST, answer, at_most=1)


@pytest.mark.parametrize(
    "answer",
    [{}, {"state": []}, {"state": [1.0, 2.0]}, {**right_answer(), "extra": []}, {"x": [1.0] * 3}],
    ids=["empty", "no values", "a value missing", "another field", "another name"],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fields|not 3 values"):
        reference.check_answer(REQUEST, answer, at_most=3)


def test_a_method_of_lower_order_is_outside_the_envelope() -> None:
    request = Example(state=[-8.0, 8.0, 27.0], dt=0.01, steps=100)
    (state,) = in_python.compute(request["state"], 0.005, 200)
    with pytest.raises(ValueError, match="more than 8 ulp off"):
        reference.check(**request, computed=state)
