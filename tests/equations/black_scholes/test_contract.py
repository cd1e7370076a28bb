"""Names, limits and examples."""

import pytest
from pydantic import ValidationError

from python_api.equations.black_scholes import contract, models


def body(**changed: object) -> dict[str, object]:
    """A good request for two options, some of its fields changed."""
    good = {
        "spot": [100.0, 42.0],
        "strike": [95.0, 40.0],
        "years": [0.25, 0.5],
        "rate": 0.1,
        "volatility": 0.2,
    }
    return good | changed


def test_a_response_has_the_fields_of_the_contract_in_its_order() -> None:
    assert tuple(models.Response.model_fields) == contract.RESPONSE_FIELDS


def test_the_schemas_tell_the_unit_of_every_field() -> None:
    schemas = (models.Request.model_json_schema(), models.Response.model_json_schema())
    fields = schemas[0]["properties"] | schemas[1]["properties"]
    assert {name: field.get("description") for name, field in fields.items()} == contract.UNITS


@pytest.mark.parametrize("market", contract.MARKETS)
@pytest.mark.parametrize("n", [1, 2, 1000, contract.MAX_OPTIONS])
def test_an_example_is_a_valid_request_of_n_options(n: int, market: contract.Market) -> None:
    request = models.Request.model_validate(contract.example(n, market))
    assert (request.rate, request.volatility) == market
    assert len(request.spot) == len(request.strike) == len(request.years) == n


def test_an_example_is_the_same_each_time() -> None:
    assert contract.example(100) == contract.example(100)


def test_an_example_is_a_chain_around_100_of_all_strikes_and_expiries() -> None:
    request = contract.example(1000)
    assert (min(request["spot"]), max(request["spot"])) == pytest.approx((95, 105), abs=0.1)
    assert (min(request["strike"]), max(request["strike"])) == (50.0, 120.0)
    assert (min(request["years"]), max(request["years"])) == pytest.approx((7 / 365, 3), abs=0.01)
    options = zip(request["spot"], request["strike"], request["years"], strict=True)
    assert len(set(options)) == 1000


def test_prices_of_an_example_are_in_cents_and_its_strikes_in_halves() -> None:
    request = contract.example(1000)
    assert all(spot == round(spot, 2) for spot in request["spot"])
    assert all(2 * strike == round(2 * strike) for strike in request["strike"])


def test_the_examples_are_one_for_each_market_and_of_different_options() -> None:
    requests = contract.examples(3)
    assert [(r["rate"], r["volatility"]) for r in requests] == list(contract.MARKETS)
    assert len({tuple(request["strike"]) for request in requests}) == len(contract.MARKETS)


@pytest.mark.parametrize("n", [0, -1, contract.MAX_OPTIONS + 1])
def test_an_example_outside_the_limits_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        contract.example(n)


def test_an_example_of_an_unknown_market_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown market"):
        contract.example(1, contract.Market(rate=0.2, volatility=0.2))


def test_the_work_is_the_number_of_options() -> None:
    assert [contract.work(n) for n in contract.SIZES] == list(contract.SIZES)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"spot": []}, ("spot",)),
        ({"spot": [100.0] * 100_001}, ("spot",)),
        ({"spot": [100.0, "42"]}, ("spot", 1)),
        ({"spot": [100.0, 0.009999999999999998]}, ("spot", 1)),
        ({"spot": [1000000.0000000001, 42.0]}, ("spot", 0)),
        ({"strike": []}, ("strike",)),
        ({"strike": [95.0]}, ("strike",)),
        ({"strike": [95.0, 40.0, 30.0]}, ("strike",)),
        ({"strike": [95.0, -40.0]}, ("strike", 1)),
        ({"strike": [True, 40.0]}, ("strike", 0)),
        ({"strike": [float("nan"), 40.0]}, ("strike", 0)),
        ({"years": [0.25]}, ("years",)),
        ({"years": [0.25, 0.0]}, ("years", 1)),
        ({"years": [30.000000000000004, 0.5]}, ("years", 0)),
        ({"rate": -0.10000000000000002}, ("rate",)),
        ({"rate": 0.5000000000000001}, ("rate",)),
        ({"rate": None}, ("rate",)),
        ({"rate": float("inf")}, ("rate",)),
        ({"volatility": 0.0}, ("volatility",)),
        ({"volatility": 3.0000000000000004}, ("volatility",)),
        ({"volatility": [0.2]}, ("volatility",)),
        ({"dividend": 0.0}, ("dividend",)),
    ],
)
def test_a_request_with_a_fault_is_refused_at_its_place(
    changed: dict[str, object], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(body(**changed))
    assert [error["loc"] for error in refusal.value.errors()] == [place]


@pytest.mark.parametrize("field", ["spot", "strike", "years", "rate", "volatility"])
def test_a_field_that_is_missing_is_refused_alone(field: str) -> None:
    request = body()
    del request[field]
    with pytest.raises(ValidationError) as refusal:
        models.Request.model_validate(request)
    assert [error["loc"] for error in refusal.value.errors()] == [(field,)]


def test_both_ends_of_the_ranges_and_integers_are_valid() -> None:
    ends = body(
        spot=[contract.MIN_PRICE, contract.MAX_PRICE, 100],
        strike=[contract.MAX_PRICE, contract.MIN_PRICE, 100],
        years=[contract.MIN_YEARS, contract.MAX_YEARS, 1],
        rate=contract.MAX_RATE,
        volatility=contract.MAX_VOLATILITY,
    )
    models.Request.model_validate(ends)
    low = ends | {"rate": contract.MIN_RATE, "volatility": contract.MIN_VOLATILITY}
    models.Request.model_validate(low)
