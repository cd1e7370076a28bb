"""Bodies of raw doubles: taken by the stacks whose rows say so, and by no other."""

import json
import struct
from importlib import import_module
from math import nextafter

import pytest

from python_api.equations import EQUATIONS
from stackgap.stacks import stacks
from tests.conformance import float64
from tests.conformance.cases import Case
from tests.conformance.client import Answer, Client, Request
from tests.conformance.contracts import CONTRACTS, EPHEMERIS, HEAT, Contract
from tests.conformance.problems import OK, UNSUPPORTED, Outcome, outcome, outcomes
from tests.conformance.server import CONTRACT_STACKS

TAKING = [name for name in CONTRACT_STACKS if stacks()[name].payload == "float64"]
BY_NAME = {contract.name: contract for contract in CONTRACTS}


def _outcome(answer: Answer) -> Outcome:
    if answer.status != 200:
        return outcome(answer)
    assert answer.media_type == "application/octet-stream", answer
    return OK


def _name(value: Case | Contract) -> str:
    return value.name


def test_case_names_are_unique() -> None:
    names = [case.name for case in float64.CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", float64.CASES, ids=_name)
def test_doubles_are_answered_as_the_contract_says(clients: dict[str, Client], case: Case) -> None:
    for name in TAKING:
        assert _outcome(clients[name].ask(case.request)) == case.outcome, name


def _assert_same_doubles(client: Client, contract: Contract, **changes: object) -> None:
    """The answer in doubles has the bits of the answer in JSON."""
    json_answer = client.ask(Request(path=contract.path, body=contract.body(**changes).encode()))
    assert outcome(json_answer) == OK
    arrays = json.loads(json_answer.body)
    doubles = [number for name in contract.outputs for number in arrays[name]]
    answer = client.ask(float64.post(contract, float64.body(contract, **changes)))
    assert _outcome(answer) == OK
    assert answer.body == struct.pack(f"<{len(doubles)}d", *doubles)


@pytest.mark.parametrize("stack", TAKING)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_an_answer_in_doubles_has_the_bits_of_the_answer_in_json(
    clients: dict[str, Client], equation: str, stack: str
) -> None:
    examples = import_module(f"python_api.equations.{equation}.contract").examples(60)
    for request in examples:
        _assert_same_doubles(clients[stack], BY_NAME[equation], **request)


@pytest.mark.parametrize("stack", TAKING)
def test_zeros_of_either_sign_and_the_smallest_doubles_are_read_alike(
    clients: dict[str, Client], stack: str
) -> None:
    odd = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, nextafter(1e6, 0.0), -1e6]
    _assert_same_doubles(clients[stack], HEAT, temperature=odd)


@pytest.mark.parametrize("contract", CONTRACTS, ids=_name)
def test_doubles_are_an_unsupported_media_type_to_all_other_stacks(
    clients: dict[str, Client], contract: Contract
) -> None:
    others = {name: client for name, client in clients.items() if name not in TAKING}
    for content in (float64.body(contract), contract.body().encode(), b""):
        request = float64.post(contract, content)
        assert outcomes(others, request) == dict.fromkeys(others, UNSUPPORTED)


def test_too_large_a_body_of_doubles_is_that_to_all_stacks(clients: dict[str, Client]) -> None:
    [case] = [case for case in float64.CASES if case.name == "413"]
    assert outcomes(clients, case.request) == dict.fromkeys(clients, case.outcome)


@pytest.mark.parametrize("stack", TAKING)
def test_what_takes_doubles_says_so(clients: dict[str, Client], stack: str) -> None:
    document = json.loads(clients[stack].ask(Request("GET", "/openapi.json", headers={})).body)
    operation = document["paths"][EPHEMERIS.path]["post"]
    for content in (
        operation["requestBody"]["content"],
        operation["responses"]["200"]["content"],
    ):
        assert {"application/json", "application/octet-stream"} <= set(content)
