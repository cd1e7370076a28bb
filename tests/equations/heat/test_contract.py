"""Names, limits and examples."""

from typing import Any

import pytest
from pydantic import ValidationError

from python_api.equations.heat import contract, models

GOOD: dict[str, Any] = {
    "temperature": [20.0, 80.0, 20.0],
    "diffusivity": 1e-4,
    "dx": 0.01,
    "dt": 1.0,
    "steps": 10,
}


def test_a_response_has_the_fields_of_the_contract_in_its_order() -> None:
    assert tuple(models.Response.model_fields) == contract.RESPONSE_FIELDS


def test_the_schemas_tell_the_unit_of_every_field() -> None:
    schemas = (models.Request.model_json_schema(), models.Response.model_json_schema())
    fields = schemas[0]["properties"] | schemas[1]["properties"]
    assert {name: field.get("description") for name, field in fields.items()} == contract.UNITS


@pytest.mark.parametrize("n", [3, 4, 1000, contract.MAX_POINTS])
def test_an_example_is_a_valid_request_of_n_points(n: int) -> None:
    for example in contract.examples(n):
        request = models.Request.model_validate(example)
        assert len(request.temperature) == n
        assert n * request.steps == contract.work(n)
        assert contract.mesh_ratio(request.diffusivity, request.dx, request.dt) == 1.0


def test_an_example_is_the_same_each_time_and_the_four_differ() -> None:
    assert contract.examples(100) == contract.examples(100)
    assert contract.example(100) == contract.examples(100)[0]
    assert len({tuple(example["temperature"]) for example in contract.examples(100)}) == 4


def test_an_example_has_a_spot_that_is_hotter_than_the_ends() -> None:
    for example in contract.examples(100):
        temperature = example["temperature"]
        assert max(temperature) > 75.0
        assert max(temperature[0], temperature[-1]) < 25.0


@pytest.mark.parametrize("n", [0, 2, -1, contract.MAX_POINTS + 1])
def test_an_example_outside_the_limits_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        contract.examples(n)


def test_it_is_measured_at_sizes_there_are_examples_of() -> None:
    assert all(len(contract.example(n)["temperature"]) == n for n in contract.SIZES)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"temperature": []}, ("temperature",)),
        ({"temperature": [1.0, 2.0]}, ("temperature",)),
        ({"temperature": [1.0] * 100_001}, ("temperature",)),
        ({"temperature": 1.0}, ("temperature",)),
        ({"temperature": [1.0, 1000000.0000000001, 2.0]}, ("temperature", 1)),
        ({"temperature": [1.0, 2.0, float("nan")]}, ("temperature", 2)),
        ({"temperature": [False, 2.0, 3.0]}, ("temperature", 0)),
        ({"diffusivity": 9.99999999999999e-13}, ("diffusivity",)),
        ({"diffusivity": 1000.0000000000001, "dt": 1e-6}, ("diffusivity",)),
        ({"diffusivity": None}, ("diffusivity",)),
        ({"dx": 9.99999999999999e-7, "dt": 1e-9}, ("dx",)),
        ({"dx": 1000.0000000000001}, ("dx",)),
        ({"dx": 0}, ("dx",)),
        ({"dt": 9.99999999999999e-10}, ("dt",)),
        ({"dt": 1000000.0000000001, "dx": 1000.0}, ("dt",)),
        ({"dt": 1000.001}, ("dt",)),
        ({"diffusivity": 1.0, "dx": 1.0, "dt": 1000.0000000000001}, ("dt",)),
        ({"steps": 0}, ("steps",)),
        ({"steps": 100_001}, ("steps",)),
        ({"steps": 10.0}, ("steps",)),
        ({"steps": True}, ("steps",)),
        ({"steps": 51, "temperature": [1.0] * 100_000}, ("steps",)),
        ({"steps": 50_001, "temperature": [1.0] * 100}, ("steps",)),
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


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": [-1e6, 1000000, -0.0], "steps": 100_000},
        {"temperature": [1.0] * 100_000, "steps": 50},
        {"diffusivity": 1, "dx": 1, "dt": 1000},
        {"diffusivity": 1e3, "dx": 1e3, "dt": 1e6},
        {"diffusivity": 1e-12, "dx": 1e-6, "dt": 1e-9},
    ],
)
def test_both_ends_of_the_ranges_and_integers_are_valid(changes: dict[str, Any]) -> None:
    request = models.Request.model_validate(GOOD | changes)
    assert request.model_dump() == GOOD | changes
    assert isinstance(request.diffusivity, float)
    assert all(isinstance(temperature, float) for temperature in request.temperature)
