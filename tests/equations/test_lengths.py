"""Arrays that must be of one length."""

from typing import Annotated

import pytest
from pydantic import BaseModel, FailFast, ValidationError

from python_api.equations.lengths import as_long_as


class Model(BaseModel):
    """Two arrays of one length."""

    first: Annotated[list[float], FailFast()]
    second: Annotated[list[float], as_long_as("first")]


def places(**fields: object) -> list[tuple[str | int, ...]]:
    """Where the faults of `fields` are."""
    with pytest.raises(ValidationError) as refusal:
        Model.model_validate(fields)
    return [error["loc"] for error in refusal.value.errors()]


def test_arrays_of_one_length_are_taken() -> None:
    assert Model.model_validate({"first": [1.0], "second": [2.0]}).second == [2.0]


@pytest.mark.parametrize("second", [[], [1.0], [1.0, 2.0, 3.0]])
def test_another_length_is_a_fault_of_the_later_array(second: list[float]) -> None:
    assert places(first=[1.0, 2.0], second=second) == [("second",)]


def test_beside_a_faulty_first_array_the_length_of_the_later_is_none() -> None:
    assert places(first=["x", 2.0], second=[1.0]) == [("first", 0)]
    assert places(second=[1.0]) == [("first",)]
