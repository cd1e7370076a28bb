"""The bare quick start answers good requests as the contract's stacks do."""

from importlib import import_module

import pytest

from python_api.equations import EQUATIONS
from python_api.stacks import fastapi_app
from python_api.stacks.fastapi_quickstart import app
from tests.stacks.client import Client


@pytest.mark.parametrize("equation", EQUATIONS)
def test_good_requests_have_the_same_answer_as_with_the_contract(equation: str) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    answers = [
        Client(served).post(f"/v1/{equation}", json=contract.example(20))
        for served in (app, fastapi_app.create_app())
    ]
    assert answers[0].status_code == 200
    assert answers[0].content == answers[1].content


def test_health_is_served() -> None:
    assert Client(app).get("/health").json()["backend"] == "python"
