"""The msgspec structs hold a request to the same limits as the pydantic models."""

import json
from importlib import import_module
from typing import Any

import msgspec
import pytest

from python_api.equations import EQUATIONS
from python_api.equations.ephemeris import structs
from python_api.equations.ephemeris.contract import MAX_TIMES, MIN_JD, example


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("body", ["Request", "Response"])
def test_a_struct_has_the_models_fields_in_order(equation: str, body: str) -> None:
    struct, model = (
        getattr(import_module(f"python_api.equations.{equation}.{kind}"), body)
        for kind in ("structs", "models")
    )
    assert struct.__struct_fields__ == tuple(model.model_fields)


def parsed(**changed: Any) -> structs.Request:
    body = json.dumps(example(3) | changed)
    return msgspec.json.decode(body, type=structs.Request)


def test_a_good_request_is_taken() -> None:
    assert msgspec.to_builtins(parsed()) == example(3)
    assert parsed().misfit() is None


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"planet": "pluto"}, "$.planet"),
        ({"times_jd": []}, "$.times_jd"),
        ({"times_jd": [MIN_JD] * (MAX_TIMES + 1)}, "$.times_jd"),
        ({"times_jd": [MIN_JD, MIN_JD - 1]}, "$.times_jd[1]"),
        ({"times_jd": [MIN_JD, "no"]}, "$.times_jd[1]"),
        ({"moon": "io"}, "moon"),
    ],
)
def test_what_the_model_refuses_is_refused(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refusal:
        parsed(**changed)
    assert path in str(refusal.value)


@pytest.mark.parametrize(
    ("equation", "changed", "field"),
    [
        ("black_scholes", {"strike": [95.0]}, "strike"),
        ("black_scholes", {"years": [0.5]}, "years"),
        ("nbody", {"z": [0.0]}, "z"),
        ("lorenz", {"dt": 0.01, "steps": 2001}, "steps"),
        ("heat", {"diffusivity": 1000.0, "dx": 0.1, "dt": 1.0}, "dt"),
        ("heat", {"steps": 100_000, "temperature": [1.0] * 51}, "steps"),
    ],
)
def test_fields_that_do_not_go_together_are_a_misfit(
    equation: str, changed: dict[str, Any], field: str
) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    struct = import_module(f"python_api.equations.{equation}.structs").Request
    good = contract.example(10)
    assert struct(**good).misfit() is None
    misfit = struct(**good | changed).misfit()
    assert misfit.field == field
