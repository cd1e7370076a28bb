"""msgspec's structs hold a request to the same limits as pydantic's models."""

import json
from importlib import import_module
from typing import Any

import msgspec
import pytest

from benchmarks.suites.structs import struct_of
from python_api.equations import EQUATIONS
from python_api.equations.ephemeris import models
from python_api.equations.ephemeris.contract import MAX_TIMES, MIN_JD, example


def parsed(**changed: Any) -> Any:
    body = json.dumps(example(3) | changed)
    return msgspec.json.decode(body, type=struct_of(models.Request))


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("model", ["Request", "Response"])
def test_a_struct_has_the_models_fields_in_order(equation: str, model: str) -> None:
    of_pydantic = getattr(import_module(f"python_api.equations.{equation}.models"), model)
    assert struct_of(of_pydantic).__struct_fields__ == tuple(of_pydantic.model_fields)


def test_a_good_request_is_taken() -> None:
    assert msgspec.to_builtins(parsed()) == example(3)


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
