"""Names, limits and examples."""

import math

import pytest
from pydantic import ValidationError

from python_api.equations.nbody import contract, in_numpy, models


def body(**changed: object) -> dict[str, object]:
    """A good request for two bodies, some of its fields changed."""
    good = {
        "mass": [1.0, 2.0],
        "x": [0.0, 1.0],
        "y": [0.5, -1.0],
        "z": [0.0, 3.0],
        "softening": 0.05,
    }
    return good | changed


def test_a_response_has_the_fields_of_the_contract_in_its_order() -> None:
    assert tuple(models.Response.model_fields) == contract.RESPONSE_FIELDS


def test_the_schemas_tell_the_unit_of_every_field() -> None:
    schemas = (models.Request.model_json_schema(), models.Response.model_json_schema())
    fields = schemas[0]["properties"] | schemas[1]["properties"]
    assert {name: field.get("description") for name, field in fields.items()} == contract.UNITS


@pytest.mark.parametrize("seed", contract.SEEDS)
@pytest.mark.parametrize("n", [1, 2, 1000, contract.MAX_BODIES])
def test_an_example_is_a_valid_request_of_n_bodies(n: int, seed: int) -> None:
    request = models.Request.model_validate(contract.example(n, seed))
    places = set(zip(request.x, request.y, request.z, strict=True))
    assert len(request.mass) == len(places) == n
    assert sum(request.mass) == pytest.approx(1.0)


def test_an_example_is_the_same_each_time() -> None:
    assert contract.example(100) == contract.example(100)


def test_an_example_is_a_plummer_sphere() -> None:
    """Half of the mass is within 1.305 of the centre, and its virial is 3 pi/32 (Aarseth, Hénon
    and Wielen, Astronomy and Astrophysics 37, 1974), but for the softening and by chance.
    """
    request = contract.example(contract.MAX_BODIES)
    coordinates = [request["x"], request["y"], request["z"]]
    radii = sorted(map(math.hypot, *coordinates))
    n = len(radii)
    assert radii[n // 2] == pytest.approx(1.305, rel=0.05)
    for along_axis in coordinates:
        assert sum(along_axis) / n == pytest.approx(0.0, abs=0.15)
    pulls = in_numpy.compute_lists(**request)
    terms = (
        place * pull
        for along_axis in zip(coordinates, pulls, strict=True)
        for place, pull in zip(*along_axis, strict=True)
    )
    assert -sum(terms) / n == pytest.approx(3 * math.pi / 32, rel=0.05)


def test_the_examples_are_one_for_each_seed_and_all_different() -> None:
    requests = contract.examples(3)
    assert len({tuple(request["x"]) for request in requests}) == len(contract.SEEDS)


@pytest.mark.parametrize("n", [0, -1, contract.MAX_BODIES + 1])
def test_an_example_outside_the_limits_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        contract.example(n)


def test_the_work_is_the_number_of_ordered_pairs() -> None:
    assert [contract.work(n) for n in contract.SIZES] == [1, 100, 10_000, 1_000_000]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"mass": []}, ("mass",)),
        ({"mass": [1.0] * 2_001}, ("mass",)),
        ({"mass": [1.0, -5e-324]}, ("mass", 1)),
        ({"mass": [1000000000.0000001, 1.0]}, ("mass", 0)),
        ({"mass": ["1", 1.0]}, ("mass", 0)),
        ({"x": []}, ("x",)),
        ({"x": [0.0]}, ("x",)),
        ({"x": [0.0, 1000000.0000000001]}, ("x", 1)),
        ({"y": [-1000000.0000000001, 0.0]}, ("y", 0)),
        ({"y": [0.0, 1.0, 2.0]}, ("y",)),
        ({"z": [0.0, None]}, ("z", 1)),
        ({"z": [0.0]}, ("z",)),
        ({"z": [float("inf"), 0.0]}, ("z", 0)),
        ({"softening": 0.0}, ("softening",)),
        ({"softening": 9.999999999999997e-07}, ("softening",)),
        ({"softening": 1000000.0000000001}, ("softening",)),
        ({"softening": True}, ("softening",)),
        ({"gravity": 1.0}, ("gravity",)),
    ],
)
def test_a_request_with_a_fault_is_refused_at_its_place(
    changed: dict[str, object], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(body(**changed))
    assert [error["loc"] for error in refusal.value.errors()] == [place]


@pytest.mark.parametrize("field", ["mass", "x", "y", "z", "softening"])
def test_a_field_that_is_missing_is_refused_alone(field: str) -> None:
    request = body()
    del request[field]
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(request)
    assert [error["loc"] for error in refusal.value.errors()] == [(field,)]


@pytest.mark.parametrize("softening", [contract.MIN_SOFTENING, 1, contract.MAX_SOFTENING])
def test_both_ends_of_the_ranges_and_integers_are_valid(softening: float) -> None:
    ends = [-contract.MAX_COORDINATE, -0.0, 1, contract.MAX_COORDINATE]
    masses = [0, -0.0, 5e-324, contract.MAX_MASS]
    models.Request.model_validate(body(mass=masses, x=ends, y=ends, z=ends, softening=softening))
