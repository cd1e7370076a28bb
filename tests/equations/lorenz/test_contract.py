"""Names, limits and examples."""

from typing import Any

import pytest
from pydantic import ValidationError

from python_api.equations.lorenz import contract, models

GOOD: dict[str, Any] = {"state": [1.0, 2.0, 3.0], "dt": 0.01, "steps": 10}


def test_a_response_has_the_fields_of_the_contract_in_its_order() -> None:
    assert tuple(models.Response.model_fields) == contract.RESPONSE_FIELDS


def test_the_schemas_tell_the_unit_of_every_field() -> None:
    schemas = (models.Request.model_json_schema(), models.Response.model_json_schema())
    fields = schemas[0]["properties"] | schemas[1]["properties"]
    assert {name: field.get("description") for name, field in fields.items()} == contract.UNITS


@pytest.mark.parametrize("n", [1, 2, 1000, 2000, 2001, 49_999, contract.MAX_STEPS])
def test_an_example_is_a_valid_request_of_n_steps(n: int) -> None:
    for example in contract.examples(n):
        request = models.Request.model_validate(example)
        assert request.steps == n == contract.work(n)


def test_every_example_lasts_no_longer_than_it_may() -> None:
    for n in range(1, contract.MAX_STEPS + 1):
        example = contract.example(n)
        assert contract.MAX_TIME / n - 1e-15 <= example["dt"] or example["dt"] == contract.MAX_DT
        assert example["dt"] * float(n) <= contract.MAX_TIME


def test_an_example_is_the_same_each_time_and_the_four_differ() -> None:
    assert contract.examples(100) == contract.examples(100)
    assert contract.example(100) == contract.examples(100)[0]
    assert len({tuple(example["state"]) for example in contract.examples(100)}) == 4


@pytest.mark.parametrize("n", [0, -1, contract.MAX_STEPS + 1])
def test_an_example_outside_the_limits_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        contract.examples(n)


def test_it_is_measured_at_sizes_there_are_examples_of() -> None:
    assert all(contract.example(n)["steps"] == n for n in contract.SIZES)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"state": [1.0, 2.0]}, ("state",)),
        ({"state": [1.0, 2.0, 3.0, 4.0]}, ("state",)),
        ({"state": []}, ("state",)),
        ({"state": None}, ("state",)),
        ({"state": [1.0, 2.0, "3"]}, ("state", 2)),
        ({"state": [1.0, True, 3.0]}, ("state", 1)),
        ({"state": [100.00000000000001, 2.0, 3.0]}, ("state", 0)),
        ({"state": [1.0, 2.0, float("nan")]}, ("state", 2)),
        ({"dt": 9.99999999999999e-7}, ("dt",)),
        ({"dt": 0.010000000000000002}, ("dt",)),
        ({"dt": float("inf")}, ("dt",)),
        ({"dt": "0.01"}, ("dt",)),
        ({"steps": 0}, ("steps",)),
        ({"steps": -1}, ("steps",)),
        ({"steps": 100_001, "dt": 1e-6}, ("steps",)),
        ({"steps": 5.0}, ("steps",)),
        ({"steps": "5"}, ("steps",)),
        ({"steps": True}, ("steps",)),
        ({"steps": None}, ("steps",)),
        ({"steps": 2001}, ("steps",)),
        ({"dt": 0.0002000001, "steps": 100_000}, ("steps",)),
        ({"extra": 1}, ("extra",)),
    ],
)
def test_one_fault_is_one_error_at_its_place(
    changes: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(GOOD | changes)
    assert [error["loc"] for error in refusal.value.errors()] == [place]


@pytest.mark.parametrize("missing", GOOD)
def test_every_field_is_needed(missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(body)
    assert [error["loc"] for error in refusal.value.errors()] == [(missing,)]


def test_both_ends_of_the_ranges_and_integers_are_valid() -> None:
    for body in (
        {"state": [-100.0, 100, -0.0], "dt": 0.01, "steps": 2000},
        {"state": [0, 0, 0], "dt": 1e-6, "steps": 100_000},
        {"state": [0, 0, 0], "dt": 0.0002, "steps": 100_000},
    ):
        request = models.Request.model_validate(body)
        assert request.model_dump() == body
        assert all(isinstance(coordinate, float) for coordinate in request.state)
