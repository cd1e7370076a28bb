"""What the references share."""

import pytest

from python_api.equations.checking import require_shape, spread


@pytest.mark.parametrize(
    ("n", "at_most", "expected"),
    [(1, 5, [0]), (5, 5, [0, 1, 2, 3, 4]), (10, 4, [0, 3, 6, 9]), (100_000, 2, [0, 99_999])],
)
def test_a_sample_is_spread_from_the_first_to_the_last(
    n: int, at_most: int, expected: list[int]
) -> None:
    assert spread(n, at_most) == expected


@pytest.mark.parametrize("answer", [{}, {"b": [], "a": []}, {"a": [1.0], "b": [1.0], "c": [1.0]}])
def test_other_fields_or_another_order_are_refused(answer: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="fields"):
        require_shape(answer, ("a", "b"), 1)


def test_a_field_of_another_length_is_refused() -> None:
    require_shape({"a": [1.0], "b": [2.0]}, ("a", "b"), 1)
    with pytest.raises(ValueError, match="not 1 values"):
        require_shape({"a": [1.0], "b": []}, ("a", "b"), 1)
