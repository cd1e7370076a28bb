"""Names, limits and examples; the same in Python and in Rust."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from python_api import _rust_ext
from python_api.equations.ephemeris import contract, models, orbits


def test_python_and_rust_agree_on_the_limits() -> None:
    limits = (contract.MIN_JD, contract.MAX_JD, contract.MAX_TIMES)
    assert limits == (_rust_ext.MIN_JD, _rust_ext.MAX_JD, _rust_ext.MAX_TIMES)


def test_a_response_has_the_fields_of_the_contract_in_its_order() -> None:
    assert tuple(models.Response.model_fields) == contract.RESPONSE_FIELDS


def test_the_schemas_tell_the_unit_of_every_field_of_numbers() -> None:
    schemas = (models.Request.model_json_schema(), models.Response.model_json_schema())
    fields = schemas[0]["properties"] | schemas[1]["properties"]
    units = {name: field.get("description") for name, field in fields.items() if name != "planet"}
    assert units == contract.UNITS


def test_the_planets_are_those_of_the_table() -> None:
    assert tuple(orbits.table()) == contract.PLANETS


@pytest.mark.parametrize("planet", contract.PLANETS)
@pytest.mark.parametrize("n", [1, 2, 1000, contract.MAX_TIMES])
def test_an_example_is_a_valid_request_of_n_different_times(n: int, planet: str) -> None:
    request = models.Request.model_validate(contract.example(n, planet))
    assert request.planet == planet
    assert len(set(request.times_jd)) == n


def test_an_example_is_the_same_each_time() -> None:
    assert contract.example(100) == contract.example(100)


def test_an_example_covers_the_range_and_its_times_are_irregular_parts_of_days() -> None:
    times_jd = sorted(contract.example(1000)["times_jd"])
    width = (contract.MAX_JD - contract.MIN_JD) / 100
    assert times_jd[0] < contract.MIN_JD + width
    assert times_jd[-1] > contract.MAX_JD - width
    gaps = [later - earlier for earlier, later in pairwise(times_jd)]
    assert max(gaps) < width
    assert max(gaps) > 1.5 * min(gaps)
    assert len({time_jd % 1 for time_jd in times_jd}) > 400


def test_the_work_is_the_number_of_positions() -> None:
    assert [contract.work(n) for n in contract.SIZES] == list(contract.SIZES)


@pytest.mark.parametrize("n", [0, -1, contract.MAX_TIMES + 1])
def test_an_example_outside_the_limits_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        contract.example(n)


def test_an_example_of_an_unknown_planet_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown planet 'pluto'"):
        contract.example(1, "pluto")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"planet": "pluto", "times_jd": [2451545.0]}, ("planet",)),
        ({"planet": 4, "times_jd": [2451545.0]}, ("planet",)),
        ({"planet": "mars"}, ("times_jd",)),
        ({"planet": "mars", "times_jd": []}, ("times_jd",)),
        ({"planet": "mars", "times_jd": [2451545.0] * 100_001}, ("times_jd",)),
        ({"planet": "mars", "times_jd": ["2451545.0"]}, ("times_jd", 0)),
        ({"planet": "mars", "times_jd": [True]}, ("times_jd", 0)),
        ({"planet": "mars", "times_jd": [2451545.0, float("nan")]}, ("times_jd", 1)),
        ({"planet": "mars", "times_jd": [2378496.4999999995]}, ("times_jd", 0)),
        ({"planet": "mars", "times_jd": [2469807.5000000005]}, ("times_jd", 0)),
        ({"planet": "mars", "times_jd": [2451545.0], "extra": 1}, ("extra",)),
    ],
)
def test_a_request_with_a_fault_is_refused_at_its_place(
    body: dict[str, object], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(body)
    assert [error["loc"] for error in refusal.value.errors()] == [place]


def test_both_ends_of_the_range_and_integers_are_valid() -> None:
    times_jd = [contract.MIN_JD, 2451545, contract.MAX_JD]
    request = models.Request.model_validate({"planet": "mars", "times_jd": times_jd})
    assert request.times_jd == times_jd
