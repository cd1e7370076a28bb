"""The reference itself, and how answers are held to it."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from python_api.equations.checking import spread
from python_api.equations.nbody import in_python, reference
from python_api.equations.nbody.contract import RESPONSE_FIELDS, example
from python_api.equations.nbody.reference import System

REQUEST = example(20)
MIDDLE = 10
BETWEEN_TWO = System(((1.0, -1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (1.0, 1.0, 0.0, 0.0)), 1.0)


def right_answer() -> dict[str, list[float]]:
    return dict(zip(RESPONSE_FIELDS, in_python.compute(**REQUEST), strict=True))


@pytest.mark.parametrize(
    ("dx", "dy", "softening", "distance"), [(1, 2, 2, 3), (2, 3, 6, 7), (1, 4, 8, 9)]
)
def test_the_reference_has_45_digits_where_the_softened_distance_is_whole(
    dx: int, dy: int, softening: int, distance: int
) -> None:
    bodies = ((0.0, 5.0, 5.0, 5.0), (7.0, 5.0 + dx, 5.0 - dy, 5.0))
    pull = reference.pull(System(bodies, float(softening)), 0)
    exact = [Fraction(7 * d, distance**3) for d in (dx, -dy, 0)]
    for computed, expected in zip(pull.acceleration, exact, strict=True):
        assert abs(Fraction(computed) - expected) <= Fraction(1, 10**45)
    assert pull.magnitude == tuple(map(Decimal.copy_abs, pull.acceleration))


def test_magnitudes_add_up_where_pulls_cancel() -> None:
    pull = reference.pull(BETWEEN_TWO, 1)
    assert pull.acceleration == (Decimal(0),) * 3
    assert float(pull.magnitude[0]) == pytest.approx(2 * 2**-1.5, rel=1e-15)


def test_an_error_is_counted_in_ulps_of_the_terms_magnitudes() -> None:
    wrong = (1000 * math.ulp(2 * 2**-1.5), 0.0, 0.0)
    assert reference.errors_ulp(BETWEEN_TWO, [1], [wrong]) == [1000.0]


def test_where_there_are_no_terms_an_error_is_counted_as_among_small_ones() -> None:
    alone = System(((1.0, 0.0, 0.0, 0.0),), 1.0)
    assert reference.errors_ulp(alone, [0], [(0.0, 0.0, 0.0)]) == [0.0]
    assert reference.errors_ulp(alone, [0], [(0.0, 1e-300, 0.0)])[0] > 1e5


def test_the_envelope_grows_with_the_terms_that_are_added() -> None:
    assert [reference.envelope_ulp(n) for n in (1, 2, 2000)] == [23, 24, 2022]


def test_a_right_answer_passes_and_its_worst_error_is_told() -> None:
    answer = right_answer()
    accelerations = list(zip(*answer.values(), strict=True))
    errors = reference.errors_ulp(reference.system(REQUEST), range(20), accelerations)
    assert reference.check_answer(REQUEST, answer, at_most=20) == max(errors)


@pytest.mark.parametrize("field", RESPONSE_FIELDS)
@pytest.mark.parametrize("i", [0, 19])
def test_a_wrong_number_at_either_end_is_refused(field: str, i: int) -> None:
    answer = right_answer()
    answer[field][i] += 1e-12
    with pytest.raises(ValueError, match="1 of 4 accelerations"):
        reference.check_answer(REQUEST, answer, at_most=4)


def test_only_the_numbers_of_the_sample_are_checked() -> None:
    answer = right_answer()
    answer["ax"][MIDDLE] = 0.0
    assert MIDDLE not in spread(20, 4)
    reference.check_answer(REQUEST, answer, at_most=4)
    with pytest.raises(ValueError, match="1 of 20 accelerations"):
        reference.check_answer(REQUEST, answer, at_most=20)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ax": [], "ay": [], "az": []},
        {"ay": right_answer()["ay"], **right_answer()},
        {**right_answer(), "extra": []},
        {**right_answer(), "az": right_answer()["az"][:-1]},
    ],
    ids=["empty", "no values", "another order", "another field", "a value missing"],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fields|not 20 values"):
        reference.check_answer(REQUEST, answer, at_most=20)
